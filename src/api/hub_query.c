// SPDX-License-Identifier: Apache-2.0
// The filters of list and count. The official client writes several values of one filter with commas; a value may
// have a comma itself: so both the whole and its parts are looked for.
#include <stdio.h>

#include "api/feedback_json.h"
#include "api/hub.h"
#include "base/clock.h"

static const struct {
    const char *name;
    enum hub_word word;
} word_params[] = {
    {"submission_id", HUB_WORD_SUBMISSION}, {"field_id", HUB_WORD_FIELD},
    {"field_group_id", HUB_WORD_GROUP},     {"source_type", HUB_WORD_SOURCE_TYPE},
    {"source_id", HUB_WORD_SOURCE_ID},      {"source_name", HUB_WORD_SOURCE_NAME},
    {"value_id", HUB_WORD_VALUE_ID},        {"user_id", HUB_WORD_PERSON},
    {"language", HUB_WORD_LANGUAGE},
};

static const char *const sentiment_codes[] = {"very_negative", "negative",      "neutral",
                                              "positive",      "very_positive", "mixed"};

static bool bad(struct request *r, const char *name, const char *zh, const char *en) {
    api_invalid(r, name, (struct words){zh, en});
    return false;
}

static bool add_word(struct request *r, const struct workspace_keys *k, const char *name,
                     enum hub_word word, struct str value, struct hub_filter *f) {
    if (!hub_check_id(r, name, value, true))
        return false;
    struct hub_hash h = hub_hash(k, word, value);
    for (size_t i = 0; i < f->in[word].n; i++)
        if (memcmp(&f->in[word].values[i], &h, sizeof h) == 0)
            return true;
    if (f->in[word].n == HUB_MAX_IN)
        return bad(r, name, "一次最多 50 个值", "takes at most 50 values");
    f->in[word].values[f->in[word].n++] = h;
    return true;
}

static bool read_words(struct request *r, const struct workspace_keys *k, struct hub_filter *f) {
    for (size_t i = 0; i < request_n_query(r); i++)
        for (size_t p = 0; p < ARRAY_LEN(word_params); p++) {
            struct str value = request_query_value(r, i), part;
            const char *name = word_params[p].name;
            if (!str_eq(request_query_name(r, i), str_from(name)) || !value.len)
                continue;
            if (!add_word(r, k, name, word_params[p].word, value, f))
                return false;
            bool several = str_find_char(value, ',') != STR_NONE;
            while (several && str_cut(&value, ',', &part))
                if (part.len && !add_word(r, k, name, word_params[p].word, part, f))
                    return false;
        }
    return true;
}

// Bits of the codes in every value of the parameter.
static bool read_codes(struct request *r, const char *name, const char *const *codes, size_t n,
                       const char *en, uint32_t *ret) {
    for (size_t i = 0; i < request_n_query(r); i++) {
        struct str rest = request_query_value(r, i), one;
        if (!str_eq(request_query_name(r, i), str_from(name)))
            continue;
        while (str_cut(&rest, ',', &one)) {
            size_t c = 0;
            while (c < n && !str_eq(one, str_from(codes[c])))
                c++;
            if (c == n && one.len)
                return bad(r, name, "不是可用的值", en);
            if (one.len)
                *ret |= UINT32_C(1) << c;
        }
    }
    return true;
}

static bool read_time(struct request *r, const char *name, int64_t *io) {
    struct str s = request_query(r, name);
    return !s.len || hub_time_parse(s, io) ||
           bad(r, name, "应为 1970 至 2080 年间的 RFC 3339 时间",
               "must be an RFC 3339 time between 1970-01-01 and 2080-12-31");
}

static bool read_number(struct request *r, const char *name, double *io) {
    struct str s = request_query(r, name);
    return !s.len || str_to_double(s, io) || bad(r, name, "应为数", "must be a number");
}

static bool read_bool(struct request *r, const char *name, int *io) {
    struct str s = request_query(r, name);
    if (!s.len)
        return true;
    bool yes = str_eq(s, STR("true"));
    if (!yes && !str_eq(s, STR("false")))
        return bad(r, name, "应为 true 或 false", "must be true or false");
    *io = yes;
    return true;
}

static bool read_order(struct request *r, struct hub_filter *f) {
    struct str sort = request_query(r, "sort"), order = request_query(r, "order");
    f->by_created = str_eq(sort, STR("created_at"));
    f->ascending = str_eq(order, STR("asc"));
    if (sort.len && !f->by_created && !str_eq(sort, STR("collected_at")))
        return bad(r, "sort", "应为 collected_at 或 created_at",
                   "must be one of: collected_at, created_at");
    if (order.len && !f->ascending && !str_eq(order, STR("desc")))
        return bad(r, "order", "应为 asc 或 desc", "must be one of: asc, desc");
    return true;
}

// Emotions and translations there are none of: asking for records with them finds nothing.
static bool read_absent(struct request *r, struct hub_query *q) {
    static const char *const emotions[] = {"joy",  "anger",    "sadness",
                                           "fear", "surprise", "disgust"};
    uint32_t wanted = 0;
    int has_emotions = -1, has_translation = -1;
    if (!read_codes(r, "emotions", emotions, ARRAY_LEN(emotions),
                    "must be one of: joy, anger, sadness, fear, surprise, disgust", &wanted) ||
        !read_bool(r, "has_emotions", &has_emotions) ||
        !read_bool(r, "has_translation", &has_translation))
        return false;
    q->nothing = wanted || has_emotions == 1 || has_translation == 1;
    return true;
}

bool hub_query_read(struct request *r, struct hub_query *ret) {
    const struct principal *p = request_user(r);
    const struct workspace_keys *k = hub_keys(r);
    *ret = (struct hub_query){
        .tenant = request_query(r, "tenant_id"),
        .rows = {.collected_from = INT64_MIN,
                 .collected_to = INT64_MAX,
                 .created_from = INT64_MIN,
                 .created_to = INT64_MAX,
                 .number_low = NAN,
                 .number_high = NAN},
        .has_sentiment = -1,
        .score_low = NAN,
        .score_high = NAN,
        .date_low = INT64_MIN,
        .date_high = INT64_MAX,
    };
    struct hub_filter *f = &ret->rows;
    if (!k || !hub_check_id(r, "tenant_id", ret->tenant, true) || !read_words(r, k, f) ||
        !read_codes(
            r, "field_type", hub_type_codes, N_HUB_TYPES,
            "must be one of: text, categorical, nps, csat, ces, rating, number, boolean, date",
            &f->types) ||
        !read_time(r, "since", &f->collected_from) || !read_time(r, "until", &f->collected_to) ||
        !read_time(r, "created_since", &f->created_from) ||
        !read_time(r, "created_until", &f->created_to) ||
        !read_number(r, "value_number_min", &f->number_low) ||
        !read_number(r, "value_number_max", &f->number_high) ||
        !read_time(r, "value_date_min", &ret->date_low) ||
        !read_time(r, "value_date_max", &ret->date_high) ||
        !read_codes(
            r, "sentiment", sentiment_codes, ARRAY_LEN(sentiment_codes),
            "must be one of: very_negative, negative, neutral, positive, very_positive, mixed",
            &ret->sentiments) ||
        !read_number(r, "sentiment_score_min", &ret->score_low) ||
        !read_number(r, "sentiment_score_max", &ret->score_high) ||
        !read_bool(r, "has_sentiment", &ret->has_sentiment) || !read_absent(r, ret) ||
        !read_order(r, f))
        return false;
    if (f->number_low > f->number_high)
        return bad(r, "value_number_max", "小于 value_number_min", "is below value_number_min");
    if (ret->score_low > ret->score_high)
        return bad(r, "sentiment_score_max", "小于 sentiment_score_min",
                   "is below sentiment_score_min");
    f->tenant = hub_hash(k, HUB_WORD_TENANT, ret->tenant);
    ret->needs_look = ret->sentiments || ret->has_sentiment >= 0 || !isnan(ret->score_low) ||
                      !isnan(ret->score_high) || !isnan(f->number_low) || !isnan(f->number_high) ||
                      ret->date_low != INT64_MIN || ret->date_high != INT64_MAX || p->n_scope;
    return true;
}

bool hub_query_matches(const struct hub_query *q, const struct stored_feedback *f,
                       const struct hub_record *h, const struct principal *p) {
    if (p->n_scope && !feedback_in_scope(f, p))
        return false;
    double n = json_num(h->value_number, NAN);
    bool ranged = !isnan(q->rows.number_low) || !isnan(q->rows.number_high);
    if (ranged && (isnan(n) || n < q->rows.number_low || n > q->rows.number_high))
        return false;
    bool dated = q->date_low != INT64_MIN || q->date_high != INT64_MAX;
    if (dated && (h->value_date_us == TIME_NONE || h->value_date_us < q->date_low ||
                  h->value_date_us > q->date_high))
        return false;
    struct hub_sentiment s = hub_sentiment_of(f, h);
    if (q->has_sentiment >= 0 && (s.label != NULL) != (q->has_sentiment == 1))
        return false;
    if ((!isnan(q->score_low) || !isnan(q->score_high)) &&
        (!s.label || s.score < q->score_low || s.score > q->score_high))
        return false;
    for (size_t i = 0; q->sentiments && i < ARRAY_LEN(sentiment_codes); i++)
        if (s.label && strcmp(s.label, sentiment_codes[i]) == 0)
            return q->sentiments >> i & 1;
    return !q->sentiments;
}
