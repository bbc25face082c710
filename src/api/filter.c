// SPDX-License-Identifier: Apache-2.0
#include "api/filter.h"

#include <math.h>

#include "api/feedback_json.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "collect/timestamp.h"
#include "explain/fact_feed.h"

enum field_kind {
    FIELD_TIME,
    FIELD_TEXT,
    FIELD_LABEL, // one of a table of codes
    FIELD_NUMBER,
    FIELD_ID,
    FIELD_ATTR,
};

enum field_id {
    BY_OCCURRED,
    BY_CREATED,
    BY_CHANNEL,
    BY_SOURCE,
    BY_PRODUCT,
    BY_CUSTOMER,
    BY_IMPORT,
    BY_SENTIMENT,
    BY_URGENCY,
    BY_DIMENSION,
    BY_POLARITY,
    BY_SCORE,
    BY_VALIDITY,
    BY_ATTR,
};

struct filter_field {
    const char *name;
    enum field_id id;
    enum field_kind kind;
    bool by_rows;
    const struct label *labels;
    int n_labels;
};

static const struct label urgency_levels[N_URGENCIES] = {
    {.code = "0"}, {.code = "1"}, {.code = "2"}};

static const struct filter_field fields[] = {
    {"occurred_at", BY_OCCURRED, FIELD_TIME, true, NULL, 0},
    {"created_at", BY_CREATED, FIELD_TIME, true, NULL, 0},
    {"channel", BY_CHANNEL, FIELD_TEXT, true, NULL, 0},
    {"source", BY_SOURCE, FIELD_TEXT, true, NULL, 0},
    {"customer_id", BY_CUSTOMER, FIELD_ID, true, NULL, 0},
    {"import_id", BY_IMPORT, FIELD_ID, true, NULL, 0},
    {"product", BY_PRODUCT, FIELD_TEXT, false, NULL, 0},
    {"sentiment", BY_SENTIMENT, FIELD_LABEL, false, sentiment_labels, N_SENTIMENTS},
    {"urgency", BY_URGENCY, FIELD_LABEL, false, urgency_levels, N_URGENCIES},
    {"dimension", BY_DIMENSION, FIELD_LABEL, false, dimension_labels, N_DIMENSIONS},
    {"polarity", BY_POLARITY, FIELD_LABEL, false, sentiment_labels, N_SENTIMENTS},
    {"score", BY_SCORE, FIELD_NUMBER, false, NULL, 0},
    {"validity", BY_VALIDITY, FIELD_TEXT, false, NULL, 0},
    {"attr.", BY_ATTR, FIELD_ATTR, false, NULL, 0},
};

const char *const *filter_field_names(void) {
    static const char *const names[] = {"occurred_at", "created_at", "channel",  "source",
                                        "customer_id", "import_id",  "product",  "sentiment",
                                        "urgency",     "dimension",  "polarity", "score",
                                        "validity",    "attr.NAME",  NULL};
    return names;
}

static const char *const op_names[] = {[OP_EQ] = "eq", [OP_IN] = "in",   [OP_GTE] = "gte",
                                       [OP_GT] = "gt", [OP_LTE] = "lte", [OP_LT] = "lt"};

// ── reading ──

static const struct filter_field *find_field(struct str name, struct str *ret_attr) {
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        struct str known = str_from(fields[i].name);
        if (fields[i].kind == FIELD_ATTR && str_starts(name, known) && name.len > known.len) {
            *ret_attr = str_slice(name, known.len, name.len);
            return &fields[i];
        }
        if (fields[i].kind != FIELD_ATTR && str_eq(name, known))
            return &fields[i];
    }
    return NULL;
}

// "filter[a][b]" → a, b; without the second part "eq".
static bool split_name(struct str name, struct str *ret_field, struct str *ret_op) {
    name = str_slice(name, 7, name.len); // behind "filter["
    size_t end = str_find_char(name, ']');
    if (end == STR_NONE || end == 0)
        return false;
    *ret_field = str_slice(name, 0, end);
    struct str rest = str_slice(name, end + 1, name.len);
    *ret_op = STR("eq");
    if (!rest.len)
        return true;
    if (rest.len < 3 || rest.ptr[0] != '[' || rest.ptr[rest.len - 1] != ']')
        return false;
    *ret_op = str_slice(rest, 1, rest.len - 1);
    return true;
}

static bool read_time(const struct api_filter *f, struct filter_condition *c,
                      struct words *ret_why) {
    struct time_format format = {.number = TIME_NUMBER_NONE, .zone = f->zone};
    struct timestamp t;
    *ret_why = (struct words){"应为时间，如 2026-11-16 或 2026-11-16T08:30:00Z",
                              "must be a time such as 2026-11-16 or 2026-11-16T08:30:00Z"};
    if (!timestamp_parse(&format, c->values[0], &t))
        return false;
    c->when = t.us;
    // A day as the end of a range is its end.
    if (t.date_only && (c->op == OP_LTE || c->op == OP_GT))
        c->when += US_PER_DAY - 1;
    return c->op != OP_IN;
}

static bool read_values(const struct api_filter *f, struct filter_condition *c, struct str value,
                        struct words *ret_why) {
    struct str rest = value, part;
    *ret_why = (struct words){"值的个数应为 1–8", "must have 1–8 values"};
    if (c->op == OP_IN)
        while (str_cut(&rest, ',', &part)) {
            if (c->n_values == FEEDBACK_MAX_IN)
                return false;
            c->values[c->n_values++] = str_trim(part);
        }
    else
        c->values[c->n_values++] = value;
    if (c->n_values == 0)
        return false;
    if (c->field->kind == FIELD_TIME)
        return read_time(f, c, ret_why);
    bool is_range = c->op != OP_EQ && c->op != OP_IN;
    for (size_t i = 0; i < c->n_values; i++) {
        int64_t id;
        *ret_why = (struct words){"不是已知的值", "is no known value"};
        if (c->field->kind == FIELD_LABEL &&
            label_find(c->field->labels, c->field->n_labels, c->values[i]) < 0)
            return false;
        *ret_why = (struct words){"应为编号", "must be an id"};
        if (c->field->kind == FIELD_ID && !id_parse(c->values[i], &id))
            return false;
    }
    *ret_why = (struct words){"应为数字", "must be a number"};
    if ((is_range || c->field->kind == FIELD_NUMBER) && !str_to_double(c->values[0], &c->number))
        return false;
    *ret_why = (struct words){"不能用于比较大小", "cannot be compared by size"};
    return !is_range || c->field->kind == FIELD_NUMBER || c->field->kind == FIELD_ATTR ||
           c->field->id == BY_URGENCY;
}

static bool read_one(struct request *r, size_t i, struct api_filter *f) {
    struct str name = request_query_name(r, i), field, op;
    char shown[90];
    snprintf(shown, sizeof shown, "%.*s", STR_ARG(utf8_cut_bytes(name, 80)));
    if (f->n == FILTER_MAX) {
        api_invalid(
            r, shown,
            (struct words){"条件太多，最多 16 个", "is one condition too many: at most 16"});
        return false;
    }
    struct filter_condition *c = &f->conditions[f->n];
    *c = (struct filter_condition){0};
    if (!split_name(name, &field, &op) || !(c->field = find_field(field, &c->attr))) {
        api_invalid(r, shown, (struct words){"没有这个字段", "names no field"});
        return false;
    }
    size_t known = 0;
    while (known < ARRAY_LEN(op_names) && !str_eq(op, str_from(op_names[known])))
        known++;
    if (known == ARRAY_LEN(op_names)) {
        api_invalid(r, shown,
                    (struct words){"比较方式应为 eq、in、gte、gt、lte 或 lt",
                                   "must compare by eq, in, gte, gt, lte or lt"});
        return false;
    }
    c->op = (enum filter_op)known;
    struct words why;
    if (!read_values(f, c, request_query_value(r, i), &why)) {
        api_invalid(r, shown, why);
        return false;
    }
    f->needs_facts = f->needs_facts || !c->field->by_rows;
    f->has_aspect = f->has_aspect || c->field->id == BY_DIMENSION || c->field->id == BY_POLARITY;
    f->n++;
    return true;
}

bool filter_parse(struct request *r, struct api_filter *ret) {
    const struct api *api = request_ctx(r);
    const struct principal *p = request_user(r);
    *ret = (struct api_filter){.principal = p,
                               .zone = house_zone(api->house, p->workspace),
                               .taxonomy = house_taxonomy(api->house, p->workspace),
                               .search = str_trim(request_query(r, "q"))};
    for (size_t i = 0; i < request_n_query(r); i++)
        if (str_starts(request_query_name(r, i), STR("filter[")) && !read_one(r, i, ret))
            return false;
    ret->needs_facts = ret->needs_facts || p->n_scope > 0;
    return true;
}

// ── rows ──

static void narrow(int64_t *from, int64_t *to, const struct filter_condition *c) {
    int64_t low = c->op == OP_GTE || c->op == OP_EQ ? c->when
                  : c->op == OP_GT                  ? c->when + 1
                                                    : INT64_MIN;
    int64_t high = c->op == OP_LT    ? c->when
                   : c->op == OP_LTE ? c->when + 1
                   : c->op == OP_EQ  ? c->when + US_PER_DAY
                                     : INT64_MAX;
    if (low != INT64_MIN && (*from == 0 || low > *from))
        *from = low;
    if (high != INT64_MAX && (*to == 0 || high < *to))
        *to = high;
}

void filter_rows(const struct api_filter *f, UNUSED const struct api *api,
                 struct feedback_filter *ret) {
    *ret = (struct feedback_filter){0};
    for (size_t i = 0; i < f->n; i++) {
        const struct filter_condition *c = &f->conditions[i];
        if (c->field->id == BY_OCCURRED)
            narrow(&ret->occurred_from, &ret->occurred_to, c);
        else if (c->field->id == BY_CREATED)
            narrow(&ret->created_from, &ret->created_to, c);
        else if (c->field->id == BY_CUSTOMER && !id_parse(c->values[0], &ret->customer))
            ret->customer = -1;
        else if (c->field->id == BY_IMPORT && !id_parse(c->values[0], &ret->import))
            ret->import = -1;
        else if (c->field->id == BY_CHANNEL && ret->n_channels == 0)
            for (; ret->n_channels < c->n_values; ret->n_channels++)
                ret->channels[ret->n_channels] = c->values[ret->n_channels];
        else if (c->field->id == BY_SOURCE && ret->n_sources == 0)
            for (; ret->n_sources < c->n_values; ret->n_sources++)
                ret->sources[ret->n_sources] = c->values[ret->n_sources];
    }
    if ((ret->occurred_from || ret->occurred_to) && ret->occurred_to == 0)
        ret->occurred_to = INT64_MAX;
    if ((ret->created_from || ret->created_to) && ret->created_to == 0)
        ret->created_to = INT64_MAX;
}

// ── facts ──

static int find_column(const struct facts *facts, struct str name, enum column_kind kind) {
    for (int i = FACTS_FIRST_COLUMN; i < facts_columns(facts); i++)
        if (facts_kind(facts, i) == kind &&
            (str_eq(facts_name(facts, i), name) ||
             (facts_role(facts, i).len && str_eq(facts_role(facts, i), name))))
            return i;
    return -1;
}

// Rows whose dimension has one of the values. False: no row has any of them.
static bool in_values(const struct facts *facts, int column, const struct str *values, size_t n,
                      struct arena *a, struct query *q) {
    uint32_t *codes = ARENA_ARRAY(a, uint32_t, n);
    size_t n_codes = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = facts_code(facts, column, values[i]);
        if (code != UINT32_MAX)
            codes[n_codes++] = code;
    }
    query_in(q, column, codes, n_codes);
    return n_codes > 0;
}

static void in_labels(const struct filter_condition *c, int column, struct arena *a,
                      struct query *q) {
    uint32_t *codes = ARENA_ARRAY(a, uint32_t, (size_t)c->field->n_labels);
    size_t n = 0;
    if (c->op == OP_EQ || c->op == OP_IN) {
        for (size_t i = 0; i < c->n_values; i++)
            codes[n++] = (uint32_t)label_find(c->field->labels, c->field->n_labels, c->values[i]);
    } else {
        for (int level = 0; level < c->field->n_labels; level++) {
            bool in = c->op == OP_GTE  ? level >= c->number
                      : c->op == OP_GT ? level > c->number
                      : c->op == OP_LT ? level < c->number
                                       : level <= c->number;
            if (in)
                codes[n++] = (uint32_t)level;
        }
    }
    query_in(q, column, codes, n);
}

static uint64_t label_bits(const struct filter_condition *c) {
    uint64_t bits = 0;
    for (size_t i = 0; i < c->n_values; i++)
        bits |= UINT64_C(1) << label_find(c->field->labels, c->field->n_labels, c->values[i]);
    return bits;
}

static void in_range(const struct filter_condition *c, int column, struct query *q) {
    double low = -INFINITY, high = INFINITY, v = c->number;
    if (c->op == OP_GTE || c->op == OP_EQ)
        low = v;
    if (c->op == OP_GT)
        low = nextafter(v, INFINITY);
    if (c->op == OP_LT)
        high = v;
    if (c->op == OP_LTE || c->op == OP_EQ)
        high = nextafter(v, INFINITY);
    query_range(q, column, low, high);
}

static bool no_column(struct str name, struct error *err) {
    return error_set(err, ERROR_INVALID, "没有可筛选的属性 “%.*s”",
                     "no attribute \"%.*s\" to filter by", STR_ARG(utf8_cut(name, 40)));
}

static bool attr_condition(const struct filter_condition *c, const struct facts *facts,
                           struct arena *a, struct query *q, struct error *err) {
    double number;
    int measure = find_column(facts, c->attr, COLUMN_MEASURE),
        dimension = find_column(facts, c->attr, COLUMN_DIMENSION);
    bool is_range = c->op != OP_EQ && c->op != OP_IN;
    if (dimension >= 0 && !is_range)
        return in_values(facts, dimension, c->values, c->n_values, a, q);
    if (measure < 0 || !str_to_double(c->values[0], &number))
        return no_column(c->attr, err);
    struct filter_condition numeric = *c;
    numeric.number = number;
    in_range(&numeric, measure, q);
    return true;
}

static void day_range(const struct api_filter *f, struct query *q) {
    int32_t from = INT32_MIN, to = INT32_MAX;
    for (size_t i = 0; i < f->n; i++) {
        const struct filter_condition *c = &f->conditions[i];
        if (c->field->id != BY_OCCURRED)
            continue;
        int64_t low = 0, high = 0;
        narrow(&low, &high, c);
        if (low)
            from = MAX(from, (int32_t)zone_local_days(f->zone, low));
        if (high)
            to = MIN(to, (int32_t)zone_local_days(f->zone, high - 1) + 1);
    }
    if (from != INT32_MIN || to != INT32_MAX)
        query_days(q, MAX(from, q->from_day), MIN(to, q->to_day));
}

static bool one_condition(const struct filter_condition *c, const struct facts *facts,
                          struct arena *a, struct query *q, struct error *err) {
    uint32_t *validity;
    size_t n = 0;
    switch (c->field->id) {
    case BY_OCCURRED:
    case BY_CREATED:
    case BY_CUSTOMER:
    case BY_IMPORT:
        return true; // by days above, else by the rows
    case BY_CHANNEL:
    case BY_SOURCE:
    case BY_PRODUCT:
        return in_values(facts, find_column(facts, str_from(c->field->name), COLUMN_DIMENSION),
                         c->values, c->n_values, a, q);
    case BY_SENTIMENT:
    case BY_URGENCY:
        in_labels(c, find_column(facts, str_from(c->field->name), COLUMN_CLASS), a, q);
        return true;
    case BY_DIMENSION:
        q->with_dimensions |= label_bits(c);
        return true;
    case BY_POLARITY:
        q->with_polarities |= (uint32_t)label_bits(c);
        return true;
    case BY_SCORE:
        in_range(c, find_column(facts, STR(FACT_COLUMN_SCORE), COLUMN_MEASURE), q);
        return true;
    case BY_VALIDITY:
        validity = ARENA_ARRAY(a, uint32_t, c->n_values);
        for (size_t i = 0; i < c->n_values; i++)
            for (int k = 0; k < N_QUALITIES; k++)
                if (str_eq(c->values[i], str_from(quality_kinds[k].code)))
                    validity[n++] = (uint32_t)k;
        query_in(q, find_column(facts, STR(FACT_COLUMN_VALIDITY), COLUMN_CLASS), validity, n);
        return n > 0;
    case BY_ATTR:
        return attr_condition(c, facts, a, q, err);
    }
    return true;
}

bool filter_query(const struct api_filter *f, const struct facts *facts, struct arena *a,
                  struct query *q, struct error *err) {
    if (err)
        err->code = ERROR_NONE;
    day_range(f, q);
    for (size_t i = 0; i < f->n; i++)
        if (!one_condition(&f->conditions[i], facts, a, q, err))
            return false;
    for (size_t i = 0; i < f->principal->n_scope; i++) {
        const struct scope_rule *rule = &f->principal->scope[i];
        int column = find_column(facts, rule->dimension, COLUMN_DIMENSION);
        if (column < 0 || !in_values(facts, column, rule->values, rule->n_values, a, q))
            return false;
    }
    if (q->n_filters > QUERY_MAX_FILTERS)
        return error_set(err, ERROR_LIMIT, "条件太多", "too many conditions");
    return true;
}

// ── a feedback in hand ──

static bool text_is(const struct filter_condition *c, struct str value) {
    for (size_t i = 0; i < c->n_values; i++)
        if (str_eq(c->values[i], value))
            return true;
    return false;
}

static bool number_is(const struct filter_condition *c, double v, double bound) {
    switch (c->op) {
    case OP_EQ:
    case OP_IN:
        return v == bound;
    case OP_GTE:
        return v >= bound;
    case OP_GT:
        return v > bound;
    case OP_LTE:
        return v <= bound;
    case OP_LT:
        return v < bound;
    }
    return false;
}

static bool time_is(const struct filter_condition *c, int64_t us) {
    int64_t from = 0, to = 0;
    narrow(&from, &to, c);
    return (!from || us >= from) && (!to || us < to);
}

static bool label_is(const struct filter_condition *c, int value) {
    if (value >= c->field->n_labels)
        return false;
    if (c->op == OP_EQ || c->op == OP_IN)
        return text_is(c, str_from(c->field->labels[value].code));
    return number_is(c, value, c->number);
}

static bool id_is(const struct filter_condition *c, int64_t id) {
    int64_t wanted;
    for (size_t i = 0; i < c->n_values; i++)
        if (id_parse(c->values[i], &wanted) && wanted == id)
            return true;
    return false;
}

static bool attr_is(const struct filter_condition *c, const struct record_attr *attrs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double v, bound;
        if (!str_eq(attrs[i].name, c->attr) &&
            !(attrs[i].role.len && str_eq(attrs[i].role, c->attr)))
            continue;
        if ((c->op == OP_EQ || c->op == OP_IN) && text_is(c, attrs[i].value))
            return true;
        if (str_to_double(attrs[i].value, &v) && str_to_double(c->values[0], &bound) &&
            number_is(c, v, bound))
            return true;
    }
    return false;
}

// Dimension and polarity speak of one and the same aspect.
static bool aspect_is(const struct api_filter *f, const struct analysis_facts *a) {
    for (size_t i = 0; i < a->n_aspects; i++) {
        bool all = true;
        for (size_t k = 0; k < f->n; k++) {
            const struct filter_condition *c = &f->conditions[k];
            all = all && (c->field->id != BY_DIMENSION || label_is(c, a->aspects[i].dimension)) &&
                  (c->field->id != BY_POLARITY || label_is(c, a->aspects[i].polarity));
        }
        if (all)
            return true;
    }
    return false;
}

static bool condition_holds(const struct filter_condition *c, const struct stored_feedback *s,
                            const struct analysis_facts *a) {
    const struct record *r = &s->record;
    switch (c->field->id) {
    case BY_OCCURRED:
        return time_is(c, s->occurred_us);
    case BY_CREATED:
        return time_is(c, id_time_us(s->id));
    case BY_CHANNEL:
        return text_is(c, r->channel);
    case BY_SOURCE:
        return text_is(c, r->source);
    case BY_PRODUCT:
        return text_is(c, r->product);
    case BY_CUSTOMER:
        return id_is(c, s->customer);
    case BY_IMPORT:
        return id_is(c, s->import);
    case BY_SENTIMENT:
        return label_is(c, a->sentiment);
    case BY_URGENCY:
        return label_is(c, a->urgency);
    case BY_SCORE:
        return number_is(c, a->satisfaction, c->number);
    case BY_VALIDITY:
        return s->analysis && text_is(c, str_from(quality_kinds[a->quality].code));
    case BY_ATTR:
        return attr_is(c, r->attributes, r->n_attributes) ||
               attr_is(c, r->customer.attributes, r->customer.n_attributes);
    case BY_DIMENSION:
    case BY_POLARITY:
        return true; // aspect_is
    }
    return true;
}

bool filter_matches(const struct api_filter *f, const struct stored_feedback *s) {
    struct analysis_facts a = {
        .sentiment = N_SENTIMENTS, .urgency = N_URGENCIES, .satisfaction = NAN};
    if (s->analysis)
        analysis_facts_read(s->analysis, s->corrections, s->n_corrections, &a);
    if (f->has_aspect)
        analysis_facts_place(&a, f->taxonomy, s->record.label);
    for (size_t i = 0; i < f->n; i++)
        if (!condition_holds(&f->conditions[i], s, &a))
            return false;
    return (!f->has_aspect || aspect_is(f, &a)) && feedback_in_scope(s, f->principal);
}
