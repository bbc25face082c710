// SPDX-License-Identifier: Apache-2.0
#include "explain/layout.h"

#include <math.h>

#include "analyse/score.h"
#include "explain/fact_feed.h"

#define STRAY_DAYS                                                                                 \
    60 // what is further off than this, and than the others are apart, may be a wrong date
#define STRAY_MIN_N 20 // in smaller data every date counts

static bool rates_whole(const struct score_column *c) {
    return (c->metric == METRIC_RATING || c->metric == METRIC_CSAT) && str_is_empty(c->dimension);
}

// enum dimension of a column that rates one dimension, or −1.
static int rated_dimension(const struct score_column *c) {
    if (c->metric != METRIC_RATING && c->metric != METRIC_CSAT)
        return -1;
    return label_find(dimension_labels, N_DIMENSIONS, c->dimension);
}

static int add_metric(struct layout *l, enum metric metric, struct str name) {
    for (int i = 0; i < l->schema->n_scores; i++)
        if (l->schema->scores[i].metric == metric)
            return facts_add_measure(l->facts, name, STR("score"));
    return -1;
}

static void add_own_columns(struct layout *l) {
    for (int i = 0; i < l->schema->n_scores; i++) {
        const struct score_column *c = &l->schema->scores[i];
        int dimension = rated_dimension(c);
        if (dimension < 0)
            continue;
        l->own[l->n_own].column = facts_add_measure(l->facts, c->name, STR("score"));
        l->own[l->n_own].source = i;
        l->own[l->n_own++].dimension = (uint8_t)dimension;
    }
}

void layout_init(struct layout *l, const struct schema *schema, int threads) {
    *l = (struct layout){.facts = facts_new(), .threads = threads, .schema = schema};
    struct facts *f = l->facts;
    l->sentiment = facts_add_class(f, STR("sentiment"), N_SENTIMENTS);
    l->urgency = facts_add_class(f, STR("urgency"), N_URGENCIES);
    l->score = facts_add_measure(f, STR("score"), STR("score"));
    l->text_score = facts_add_measure(f, STR("text_score"), STR("score"));
    l->nps = add_metric(l, METRIC_NPS, STR("nps"));
    l->csat = add_metric(l, METRIC_CSAT, STR("csat"));
    l->ces = add_metric(l, METRIC_CES, STR("ces"));
    l->channel = facts_add_dimension(f, STR("channel"), STR("channel"));
    l->product = facts_add_dimension(f, STR("product"), STR("product"));
    l->n_attrs = MIN(schema->n_attrs, FEEDBACK_MAX_ATTRS);
    for (int i = 0; i < l->n_attrs; i++) {
        const struct attr_column *a = &schema->attrs[i];
        l->attrs[i] = a->kind == ATTR_MEASURE ? facts_add_measure(f, a->name, a->role)
                                              : facts_add_dimension(f, a->name, a->role);
    }
    add_own_columns(l);
    bool whole = false;
    for (int i = 0; i < schema->n_scores; i++)
        whole |= rates_whole(&schema->scores[i]);
    l->score_of_parts = !whole && l->n_own > 0;
}

void layout_done(struct layout *l) {
    if (!l->attached)
        facts_free(l->facts);
    *l = (struct layout){0};
}

// A number as people write it: "1,234.5", "￥12", "3天", "85%". False where digits follow the unit (“3天2小时”).
static bool parse_number(struct str s, double *ret) {
    static const struct str signs[] = {STR_INIT("¥"), STR_INIT("￥"), STR_INIT("$")};
    s = str_trim(s);
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (str_starts(s, signs[i]))
            s = str_trim(str_slice(s, signs[i].len, s.len));
    char digits[40];
    size_t n = 0, at = 0;
    for (; at < s.len && n < sizeof digits; at++) {
        char c = s.ptr[at];
        if (c == ',')
            continue;
        if (!(c >= '0' && c <= '9') && c != '.' && !(at == 0 && (c == '-' || c == '+')))
            break;
        digits[n++] = c;
    }
    for (size_t i = at; i < s.len; i++)
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            return false;
    return str_to_double(str_make(digits, n), ret);
}

static void put_attrs(struct layout *l, const struct feedback *feedback) {
    for (int i = 0; feedback->attrs && i < l->n_attrs; i++) {
        double number;
        if (l->schema->attrs[i].kind == ATTR_DIMENSION)
            facts_put(l->facts, l->attrs[i], feedback->attrs[i]);
        else if (parse_number(feedback->attrs[i], &number))
            facts_put_measure(l->facts, l->attrs[i], number);
    }
}

// The rating of the whole: the first column that has one; without such a column the mean of the parts.
static double row_score(const struct layout *l, const struct fact_row *row) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < l->schema->n_scores; i++)
        if (rates_whole(&l->schema->scores[i]) && !isnan(row->satisfaction[i]))
            return row->satisfaction[i];
    for (int i = 0; l->score_of_parts && i < l->n_own; i++) {
        double part = row->satisfaction[l->own[i].source];
        if (!isnan(part)) {
            sum += part;
            n++;
        }
    }
    return n ? sum / n : NAN;
}

static void put_metrics(struct layout *l, const struct fact_row *row) {
    for (int i = 0; i < l->schema->n_scores; i++) {
        switch (l->schema->scores[i].metric) {
        case METRIC_NPS:
            facts_put_measure(l->facts, l->nps, row->original[i]);
            break;
        case METRIC_CES:
            facts_put_measure(l->facts, l->ces, row->original[i]);
            break;
        case METRIC_CSAT:
            facts_put_measure(l->facts, l->csat, row->satisfaction[i]);
            break;
        case METRIC_RATING:
            break;
        }
    }
    for (int i = 0; i < l->n_own; i++)
        facts_put_measure(l->facts, l->own[i].column, row->satisfaction[l->own[i].source]);
}

void layout_put(struct layout *l, const struct fact_row *row) {
    struct facts *f = l->facts;
    facts_begin(f);
    facts_put_day(f, row->local_day);
    facts_put_flags(f, row->flags);
    facts_put(f, l->channel, row->feedback->channel);
    facts_put(f, l->product, row->feedback->product);
    put_attrs(l, row->feedback);
    put_metrics(l, row);
    double score = row_score(l, row);
    facts_put_measure(f, l->score, score);
    if (!isnan(score) && !(row->flags & FACT_SYSTEM_GIVEN))
        l->n_rated++;
    const struct enrichment *e = row->enrichment;
    if (!e || row->flags & (FACT_NO_TEXT | FACT_SYSTEM_GIVEN))
        return;
    l->n_texts++;
    facts_put_class(f, l->sentiment, e->sentiment);
    facts_put_class(f, l->urgency, e->urgency);
    if (e->sentiment < N_SENTIMENTS)
        facts_put_measure(f, l->text_score, score_of_text.score[e->sentiment]);
    for (int i = 0; i < e->n_aspects; i++)
        facts_put_aspect(f, e->aspects[i].dimension, e->aspects[i].polarity);
    for (size_t i = 0; i < row->n_phrases; i++)
        facts_put_phrase(f, row->phrases[i]);
}

// Groups [*first, *last] without what lies far before the rest and is at most `allowed` rows.
static void cut_front(const struct result *r, size_t *first, size_t last, int64_t allowed) {
    int64_t rows = 0;
    for (size_t i = *first; i < last; i++) {
        int32_t gap = result_key(r, i + 1, 0) - result_key(r, i, 0);
        int32_t rest = result_key(r, last, 0) - result_key(r, i + 1, 0);
        rows += r->n[i];
        if (rows > allowed)
            return;
        if (gap > MAX(STRAY_DAYS, rest))
            *first = i + 1;
    }
}

static void cut_back(const struct result *r, size_t first, size_t *last, int64_t allowed) {
    int64_t rows = 0;
    for (size_t i = *last; i > first; i--) {
        int32_t gap = result_key(r, i, 0) - result_key(r, i - 1, 0);
        int32_t rest = result_key(r, i - 1, 0) - result_key(r, first, 0);
        rows += r->n[i];
        if (rows > allowed)
            return;
        if (gap > MAX(STRAY_DAYS, rest))
            *last = i - 1;
    }
}

static void find_days(struct layout *l) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = query_init(GRAIN_FEEDBACK);
    query_by_day(&q, TIME_DAY);
    if (!facts_query(l->facts, &q, l->threads, &r, NULL))
        return;
    size_t first = r.n_groups && result_key(&r, 0, 0) == FACTS_NO_DAY, last = r.n_groups - 1;
    l->has_days = r.n_groups > first;
    if (!l->has_days)
        return;
    int64_t n = 0;
    for (size_t i = first; i <= last; i++)
        n += r.n[i];
    int64_t allowed = n >= STRAY_MIN_N ? MAX(n / 200, 1) : 0;
    size_t all_first = first, all_last = last;
    cut_back(&r, first, &last,
             allowed); // a future date first: before it is cut, nothing else looks far off
    cut_front(&r, &first, last, allowed);
    cut_back(&r, first, &last, allowed);
    for (size_t i = all_first; i <= all_last; i++)
        l->n_stray += i < first || i > last ? r.n[i] : 0;
    l->first_day = result_key(&r, first, 0);
    l->last_day = result_key(&r, last, 0);
}

void layout_seal(struct layout *l) {
    facts_seal(l->facts);
    find_days(l);
    l->from_text = score_takes_text(l->n_rated, l->n_texts);
}

// ── facts of a store ──

static int find_column(const struct facts *f, struct str name) {
    for (int i = FACTS_FIRST_COLUMN; i < facts_columns(f); i++)
        if (str_eq(facts_name(f, i), name))
            return i;
    return -1;
}

// −1 also where it has never been given.
static int find_metric(const struct layout *l, const char *name) {
    return find_column(l->facts, str_from(name));
}

static bool is_fixed(const struct layout *l, int column) {
    const int fixed[] = {l->sentiment, l->urgency, l->score,   l->text_score, l->nps,
                         l->csat,      l->ces,     l->channel, l->product};
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        if (column == fixed[i])
            return true;
    return false;
}

static void attach_columns(struct layout *l) {
    static const struct str own = STR_INIT(FACT_OWN_PREFIX);
    for (int i = FACTS_FIRST_COLUMN; i < facts_columns(l->facts); i++) {
        struct str name = facts_name(l->facts, i);
        int dimension = str_starts(name, own) ? label_find(dimension_labels, N_DIMENSIONS,
                                                           str_slice(name, own.len, name.len))
                                              : -1;
        enum column_kind kind = facts_kind(l->facts, i);
        if (dimension >= 0 && l->n_own < FEEDBACK_MAX_SCORES) {
            l->own[l->n_own].column = i;
            l->own[l->n_own++].dimension = (uint8_t)dimension;
        } else if (dimension < 0 && !is_fixed(l, i) &&
                   (kind == COLUMN_DIMENSION || kind == COLUMN_MEASURE) &&
                   l->n_attrs < FEEDBACK_MAX_ATTRS) {
            l->attrs[l->n_attrs++] = i;
        }
    }
}

// Rows with a rating that a customer gave, and rows with a text.
static bool count_rows(struct layout *l, struct error *err) {
    CLEANUP(result_done) struct result rated = {0}, texts = {0};
    struct query q = query_init(GRAIN_FEEDBACK), t = query_init(GRAIN_FEEDBACK);
    q.flags_none = FACT_SYSTEM_GIVEN | FACT_NOT_COUNTED;
    query_measure(&q, l->score);
    t.flags_none = FACT_SYSTEM_GIVEN | FACT_NO_TEXT | FACT_NOT_COUNTED;
    if (!facts_query(l->facts, &q, l->threads, &rated, err) ||
        !facts_query(l->facts, &t, l->threads, &texts, err))
        return false;
    l->n_rated = result_moments(&rated, 0, 0).n;
    l->n_texts = texts.n[0];
    return true;
}

bool layout_attach(struct layout *l, const struct facts *facts, int threads, struct error *err) {
    static const struct schema none = {0};
    *l = (struct layout){.facts = (struct facts *)(uintptr_t)facts,
                         .attached = true,
                         .threads = threads,
                         .schema = &none};
    l->sentiment = find_metric(l, FACT_COLUMN_SENTIMENT);
    l->urgency = find_metric(l, FACT_COLUMN_URGENCY);
    l->score = find_metric(l, FACT_COLUMN_SCORE);
    l->text_score = find_metric(l, FACT_COLUMN_TEXT);
    l->nps = find_metric(l, FACT_COLUMN_NPS);
    l->csat = find_metric(l, FACT_COLUMN_CSAT);
    l->ces = find_metric(l, FACT_COLUMN_CES);
    l->channel = find_metric(l, FACT_COLUMN_CHANNEL);
    l->product = find_metric(l, FACT_COLUMN_PRODUCT);
    if (l->sentiment < 0 || l->score < 0 || l->text_score < 0 || l->channel < 0 || l->product < 0)
        return error_set(err, ERROR_UNAVAILABLE, "还没有可统计的反馈",
                         "there is no feedback to count yet");
    attach_columns(l);
    if (!count_rows(l, err))
        return false;
    find_days(l);
    l->from_text = score_takes_text(l->n_rated, l->n_texts);
    return true;
}

int layout_score(const struct layout *l) {
    return l->from_text ? l->text_score : l->score;
}

static bool has_two_values(const struct layout *l, int column) {
    return facts_state(l->facts, column) == COLUMN_OPEN &&
           facts_cardinality(l->facts, column) > 2; // “unknown” is one of them
}

bool layout_is_outcome(const struct layout *l, int column) {
    static const struct str roles[] = {
        STR_INIT("refund"),  STR_INIT("refund_amount"), STR_INIT("order_status"),
        STR_INIT("status"),  STR_INIT("reply_status"),  STR_INIT("issue_category"),
        STR_INIT("tags"),    STR_INIT("dish_liked"),    STR_INIT("dish_disliked"),
        STR_INIT("helpful"),
        STR_INIT("recency"), // who complains has just bought: nothing to be done about
    };
    struct str role = facts_role(l->facts, column);
    for (size_t i = 0; i < ARRAY_LEN(roles); i++)
        if (str_eq(role, roles[i]))
            return true;
    return false;
}

int layout_dimensions(const struct layout *l, int ret[FACTS_MAX_COLUMNS]) {
    int n = 0;
    bool own_channel = false, own_product = false;
    for (int i = 0; i < l->n_attrs; i++) {
        own_channel |= str_eq(facts_role(l->facts, l->attrs[i]), STR("channel"));
        own_product |= str_eq(facts_role(l->facts, l->attrs[i]), STR("product"));
    }
    if (!own_channel && has_two_values(l, l->channel))
        ret[n++] = l->channel;
    if (!own_product && has_two_values(l, l->product))
        ret[n++] = l->product;
    for (int i = 0; i < l->n_attrs; i++)
        if (l->attrs[i] >= 0 && facts_kind(l->facts, l->attrs[i]) == COLUMN_DIMENSION &&
            has_two_values(l, l->attrs[i]) && !layout_is_outcome(l, l->attrs[i]))
            ret[n++] = l->attrs[i];
    return n;
}

int layout_measures(const struct layout *l, int ret[FACTS_MAX_COLUMNS]) {
    int n = 0;
    for (int i = 0; i < l->n_attrs; i++)
        if (l->attrs[i] >= 0 && facts_kind(l->facts, l->attrs[i]) == COLUMN_MEASURE &&
            !layout_is_outcome(l, l->attrs[i]))
            ret[n++] = l->attrs[i];
    return n;
}

int64_t layout_texts(const struct layout *l) {
    return l->n_texts;
}
