// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/dimensions: what can be filtered and grouped by. GET /api/v1/crosstab: two of them against each other.
#include <math.h>

#include "analyse/taxonomy.h"
#include "api/figures.h"
#include "explain/fact_feed.h"

#define VALUES_SHOWN  200
#define ROWS_SHOWN    50
#define COLUMNS_SHOWN 20

// ── axes: what one can group by ──

// A column of the facts, or the aspects of a feedback.
struct axis {
    int column;                 // FACTS_ASPECT for “dimension”
    struct str field;           // as a filter: "attr.省份"
    const struct label *labels; // of classes
    int n_labels;
};

static const struct label urgency_levels[N_URGENCIES] = {
    {.code = "0", .name = {"普通", "ordinary"}},
    {.code = "1", .name = {"需要处理", "needs an answer"}},
    {.code = "2", .name = {"紧急", "urgent"}}};

static bool is_own_score(struct str name) {
    return str_starts(name, STR(FACT_OWN_PREFIX));
}

static bool is_fixed_field(struct str name) {
    return str_eq(name, STR(FACT_COLUMN_CHANNEL)) || str_eq(name, STR(FACT_COLUMN_SOURCE)) ||
           str_eq(name, STR(FACT_COLUMN_PRODUCT));
}

// Field name of a column: the fixed ones as they are, others behind “attr.”.
static struct str field_of(struct str name, struct arena *a) {
    return is_fixed_field(name) ? name : arena_printf(a, "attr.%.*s", STR_ARG(name));
}

static bool find_axis(const struct figures *f, struct str name, struct axis *ret) {
    const struct facts *facts = f->layout.facts;
    struct str attr = str_starts(name, STR("attr.")) ? str_slice(name, 5, name.len) : name;
    *ret = (struct axis){.column = -1, .field = name};
    if (str_eq(name, STR("dimension")))
        *ret = (struct axis){FACTS_ASPECT, name, dimension_labels, N_DIMENSIONS};
    else if (str_eq(name, STR("sentiment")))
        *ret = (struct axis){f->layout.sentiment, name, sentiment_labels, N_SENTIMENTS};
    else if (str_eq(name, STR("urgency")))
        *ret = (struct axis){f->layout.urgency, name, urgency_levels, N_URGENCIES};
    for (int i = FACTS_FIRST_COLUMN; ret->column < 0 && i < facts_columns(facts); i++)
        if (facts_kind(facts, i) == COLUMN_DIMENSION && facts_state(facts, i) == COLUMN_OPEN &&
            (str_eq(facts_name(facts, i), attr) ||
             (facts_role(facts, i).len && str_eq(facts_role(facts, i), attr))))
            *ret = (struct axis){.column = i, .field = field_of(facts_name(facts, i), f->arena)};
    return ret->column >= 0;
}

static struct str axis_value(const struct figures *f, const struct axis *x, int32_t code) {
    if (x->labels)
        return code >= 0 && code < x->n_labels ? str_from(x->labels[code].code) : STR("");
    return facts_value(f->layout.facts, x->column, (uint32_t)code);
}

static struct str axis_name(const struct figures *f, const struct axis *x, int32_t code) {
    if (x->column == FACTS_ASPECT && code < N_DIMENSIONS)
        return taxonomy_dimension_name(f->taxonomy, (enum dimension)code, f->lang);
    if (x->labels && code >= 0 && code < x->n_labels)
        return str_from(words_in(x->labels[code].name, f->lang));
    struct str value = axis_value(f, x, code);
    return value.len ? value : f->lang == LANG_ZH ? STR("未知") : STR("unknown");
}

// ── dimensions ──

// Other words for it, so that it can be found by them.
static void add_synonyms(const struct figures *f, struct json_writer *w, enum dimension d) {
    const struct str *words;
    size_t n = taxonomy_synonyms(f->taxonomy, d, &words);
    if (!n)
        return;
    json_key(w, "synonyms");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        json_add_str(w, words[i]);
    json_end_array(w);
}

static bool add_values(const struct figures *f, struct json_writer *w, const struct axis *x,
                       struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = query_init(x->column == FACTS_ASPECT ? GRAIN_ASPECT : GRAIN_FEEDBACK);
    query_by(&q, x->column);
    q.order = ORDER_COUNT_DESC;
    q.limit = VALUES_SHOWN;
    if (!facts_query(f->layout.facts, &q, 1, &r, err))
        return false;
    json_key(w, "values");
    json_begin_array(w);
    for (size_t g = 0; g < r.n_groups; g++) {
        struct str value = axis_value(f, x, result_key(&r, g, 0));
        bool is_dimension = x->column == FACTS_ASPECT && result_key(&r, g, 0) < N_DIMENSIONS;
        if (!value.len ||
            (is_dimension && taxonomy_is_hidden(f->taxonomy, (enum dimension)result_key(&r, g, 0))))
            continue;
        json_begin_object(w);
        json_key(w, "value");
        json_add_str(w, value);
        json_key(w, "n");
        json_add_int(w, r.n[g]);
        json_key(w, "label");
        json_add_str(w, axis_name(f, x, result_key(&r, g, 0)));
        if (is_dimension)
            add_synonyms(f, w, (enum dimension)result_key(&r, g, 0));
        json_end_object(w);
    }
    json_end_array(w);
    return true;
}

static bool add_axis(const struct figures *f, struct json_writer *w, const char *kind,
                     struct str label, const struct axis *x, const char *closed,
                     struct error *err) {
    json_begin_object(w);
    json_key(w, "name");
    json_add_str(w, x->field);
    json_key(w, "label");
    json_add_str(w, label);
    json_key(w, "kind");
    json_add_cstr(w, kind);
    json_key(w, "closed");
    json_add_cstr(w, closed);
    if (str_eq(str_from(kind), STR("measure")) || closed) {
        json_key(w, "values");
        json_begin_array(w);
        json_end_array(w);
    } else if (!add_values(f, w, x, err)) {
        return false;
    }
    json_end_object(w);
    return true;
}

static const struct {
    const char *name;
    struct words label;
} fixed_labels[] = {
    {"sentiment", {"情感", "sentiment"}}, {"urgency", {"紧急程度", "urgency"}},
    {"dimension", {"维度", "dimension"}}, {"channel", {"渠道", "channel"}},
    {"source", {"来源", "source"}},       {"product", {"商品", "product"}},
};

static struct str label_of(const struct figures *f, struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(fixed_labels); i++)
        if (str_eq(name, str_from(fixed_labels[i].name)))
            return str_from(words_in(fixed_labels[i].label, f->lang));
    return name;
}

static bool write_dimensions(const struct figures *f, struct json_writer *w, struct error *err) {
    static const char *const first[] = {"sentiment", "urgency", "dimension"};
    const struct facts *facts = f->layout.facts;
    struct axis x;
    for (size_t i = 0; f->has_data && i < ARRAY_LEN(first); i++)
        if (find_axis(f, str_from(first[i]), &x) &&
            !add_axis(f, w, "class", label_of(f, x.field), &x, NULL, err))
            return false;
    for (int i = FACTS_FIRST_COLUMN; f->has_data && i < facts_columns(facts); i++) {
        struct str name = facts_name(facts, i), field = field_of(name, f->arena);
        bool is_score = str_eq(facts_role(facts, i), STR("score")) || is_own_score(name);
        enum column_state state = facts_state(facts, i);
        x = (struct axis){.column = i, .field = field};
        const char *closed =
            state == COLUMN_OPEN ? NULL
            : state == COLUMN_TOO_MANY
                ? words_in((struct words){"取值太多", "too many values"}, f->lang)
                : words_in((struct words){"像个人信息，不作统计", "looks personal; not counted"},
                           f->lang);
        if (facts_kind(facts, i) == COLUMN_DIMENSION &&
            !add_axis(f, w, "dimension", label_of(f, name), &x, closed, err))
            return false;
        if (facts_kind(facts, i) == COLUMN_MEASURE && !is_score &&
            !add_axis(f, w, "measure", name, &x, closed, err))
            return false;
    }
    return true;
}

static enum request_outcome get_dimensions(struct request *r, void *ctx) {
    struct figures f;
    struct error e;
    if (!figures_open(r, ctx, &f))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(16 * MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    bool ok = write_dimensions(&f, &w, &e);
    json_end_array(&w);
    json_end_object(&w);
    figures_close(&f);
    if (ok)
        return api_ok(r, 200, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

// ── cross-table ──

enum cell_measure {
    CELL_SATISFACTION,
    CELL_VOLUME,
    CELL_NEG_SHARE,
    CELL_NPS,
};
static const char *const measure_names[] = {[CELL_SATISFACTION] = "satisfaction",
                                            [CELL_VOLUME] = "volume",
                                            [CELL_NEG_SHARE] = "neg_share",
                                            [CELL_NPS] = "nps"};
static const float nps_cuts[] = {7, 9}; // 0–6 detractors, 7–8 passives, 9–10 promoters

struct table {
    const struct figures *f;
    enum cell_measure measure;
    struct axis rows, columns;
    struct result cells, by_row, by_column, all;
};

static bool ask(struct table *t, const struct axis *a, const struct axis *b, struct result *ret,
                struct error *err) {
    const struct layout *l = &t->f->layout;
    bool aspects = (a && a->column == FACTS_ASPECT) || (b && b->column == FACTS_ASPECT);
    struct query q = period_query(aspects ? GRAIN_ASPECT : GRAIN_FEEDBACK, t->f->now);
    if (a)
        query_by(&q, a->column);
    if (b)
        query_by(&q, b->column);
    query_measure(&q, layout_score(l));
    query_classes(&q, aspects ? FACTS_POLARITY : l->sentiment);
    query_cuts(&q, l->nps, nps_cuts, ARRAY_LEN(nps_cuts));
    q.order = ORDER_COUNT_DESC;
    return facts_query(l->facts, &q, 1, ret, err);
}

static struct estimate value_of(const struct table *t, const struct result *r, size_t g) {
    const int64_t *classes = result_classes(r, g, 0), *nps = result_classes(r, g, 1);
    int64_t texts = classes[SENTIMENT_NEG] + classes[SENTIMENT_NEU] + classes[SENTIMENT_POS];
    switch (t->measure) {
    case CELL_SATISFACTION:
        return estimate_mean_within(result_moments(r, g, 0), 1, 5);
    case CELL_NEG_SHARE:
        return estimate_share(classes[SENTIMENT_NEG], texts);
    case CELL_NPS:
        return score_nps(
            (struct nps_counts){.detractors = nps[0], .passives = nps[1], .promoters = nps[2]});
    case CELL_VOLUME:
        break;
    }
    return (struct estimate){.has = true,
                             .value = (double)r->n[g],
                             .low = (double)r->n[g],
                             .high = (double)r->n[g],
                             .n = r->n[g]};
}

static void add_cell(const struct table *t, struct json_writer *w, const struct result *r, size_t g,
                     struct str row, struct str column) {
    struct estimate e = value_of(t, r, g);
    struct figure_link links[3] = {{NULL, STR("")}};
    size_t n = 0;
    if (row.len)
        links[n++] = (struct figure_link){
            arena_printf(t->f->arena, "%.*s", STR_ARG(t->rows.field)).ptr, row};
    if (column.len)
        links[n++] = (struct figure_link){
            arena_printf(t->f->arena, "%.*s", STR_ARG(t->columns.field)).ptr, column};
    links[n].field = NULL;
    figure_score(w, e);
    if (e.n != r->n[g]) {
        json_key(w, "n_all");
        json_add_int(w, r->n[g]);
    }
    figure_filter(t->f, w, links);
    json_end_object(w);
}

static void add_headings(const struct table *t, struct json_writer *w, const char *key,
                         const struct axis *x, const struct result *r, size_t n) {
    json_key(w, key);
    json_begin_array(w);
    for (size_t g = 0; g < n; g++) {
        json_begin_object(w);
        json_key(w, "value");
        json_add_str(w, axis_value(t->f, x, result_key(r, g, 0)));
        json_key(w, "name");
        json_add_str(w, axis_name(t->f, x, result_key(r, g, 0)));
        json_end_object(w);
    }
    json_end_array(w);
}

static size_t find_cell(const struct result *r, int32_t row, int32_t column) {
    size_t g = 0;
    while (g < r->n_groups && !(result_key(r, g, 0) == row && result_key(r, g, 1) == column))
        g++;
    return g;
}

static void add_totals(const struct table *t, struct json_writer *w, const char *key,
                       const struct axis *x, const struct result *r, size_t n) {
    json_key(w, key);
    json_begin_array(w);
    for (size_t g = 0; g < n; g++) {
        struct str value = axis_value(t->f, x, result_key(r, g, 0));
        add_cell(t, w, r, g, x == &t->rows ? value : STR(""), x == &t->columns ? value : STR(""));
    }
    json_end_array(w);
}

static void write_table(const struct table *t, struct json_writer *w) {
    size_t n_rows = MIN(t->by_row.n_groups, (size_t)ROWS_SHOWN),
           n_columns = MIN(t->by_column.n_groups, (size_t)COLUMNS_SHOWN);
    json_begin_object(w);
    figure_days(w, "period", t->f->now);
    json_key(w, "measure");
    json_add_cstr(w, measure_names[t->measure]);
    add_headings(t, w, "rows", &t->rows, &t->by_row, n_rows);
    add_headings(t, w, "columns", &t->columns, &t->by_column, n_columns);
    json_key(w, "cells");
    json_begin_array(w);
    for (size_t i = 0; i < n_rows; i++) {
        json_begin_array(w);
        for (size_t k = 0; k < n_columns; k++) {
            int32_t row = result_key(&t->by_row, i, 0), column = result_key(&t->by_column, k, 0);
            size_t g = find_cell(&t->cells, row, column);
            if (g < t->cells.n_groups)
                add_cell(t, w, &t->cells, g, axis_value(t->f, &t->rows, row),
                         axis_value(t->f, &t->columns, column));
            else
                json_add_null(w);
        }
        json_end_array(w);
    }
    json_end_array(w);
    json_key(w, "totals");
    json_begin_object(w);
    add_totals(t, w, "rows", &t->rows, &t->by_row, n_rows);
    add_totals(t, w, "columns", &t->columns, &t->by_column, n_columns);
    json_key(w, "all");
    add_cell(t, w, &t->all, 0, STR(""), STR(""));
    json_end_object(w);
    json_key(w, "rows_left_out");
    json_add_int(w, (int64_t)(t->by_row.n_groups - n_rows));
    json_key(w, "columns_left_out");
    json_add_int(w, (int64_t)(t->by_column.n_groups - n_columns));
    json_end_object(w);
}

// False: answered.
static bool read_axes(struct request *r, const struct figures *f, struct table *t) {
    struct str measure = request_query(r, "measure");
    size_t m = 0;
    while (measure.len && m < ARRAY_LEN(measure_names) &&
           !str_eq(measure, str_from(measure_names[m])))
        m++;
    t->measure = (enum cell_measure)m;
    const char *wrong = m == ARRAY_LEN(measure_names)                             ? "measure"
                        : !find_axis(f, request_query(r, "rows"), &t->rows)       ? "rows"
                        : !find_axis(f, request_query(r, "columns"), &t->columns) ? "columns"
                        : t->rows.column == t->columns.column                     ? "columns"
                                                                                  : NULL;
    if (wrong)
        api_invalid(
            r, wrong,
            (struct words){"应为 /api/v1/dimensions 给出的名称，行与列不同",
                           "must be a name of /api/v1/dimensions, rows and columns different"});
    return !wrong;
}

static enum request_outcome no_data(struct request *r, struct figures *f) {
    figures_close(f);
    reply_json(r, 200, STR("{\"rows\":[],\"columns\":[],\"cells\":[],\"totals\":null}"));
    return REQUEST_DONE;
}

static enum request_outcome get_crosstab(struct request *r, void *ctx) {
    struct figures f;
    struct error e;
    if (!figures_open(r, ctx, &f))
        return REQUEST_DONE;
    if (!f.has_data)
        return no_data(r, &f);
    struct table t = {.f = &f};
    if (!read_axes(r, &f, &t)) {
        figures_close(&f);
        return REQUEST_DONE;
    }
    struct strbuf sb = strbuf_init(16 * MIB);
    struct json_writer w = json_writer_init(&sb);
    bool ok = ask(&t, &t.rows, &t.columns, &t.cells, &e) && ask(&t, &t.rows, NULL, &t.by_row, &e) &&
              ask(&t, &t.columns, NULL, &t.by_column, &e) && ask(&t, NULL, NULL, &t.all, &e);
    if (ok)
        write_table(&t, &w);
    result_done(&t.cells);
    result_done(&t.by_row);
    result_done(&t.by_column);
    result_done(&t.all);
    figures_close(&f);
    if (ok)
        return api_ok(r, 200, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

static const struct api_param dimensions_query[] = {
    API_FILTER_PARAM, API_FIGURE_PARAMS, {.name = NULL}};
static const struct api_param crosstab_query[] = {
    {"rows",
     PARAM_TEXT,
     0,
     0,
     {"行：/api/v1/dimensions 给出的名称", "rows: a name of /api/v1/dimensions"}},
    {"columns", PARAM_TEXT, 0, 0, {"列", "columns"}},
    {"measure",
     PARAM_TEXT,
     0,
     0,
     {"satisfaction（默认）、volume、neg_share、nps",
      "satisfaction (default), volume, neg_share, nps"}},
    API_FILTER_PARAM,
    API_FIGURE_PARAMS,
    {.name = NULL},
};

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/dimensions",
     .handler = get_dimensions,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "figures",
     .summary = {"可以筛选和分组的字段及其取值",
                 "what can be filtered and grouped by, with its values"},
     .query = dimensions_query,
     .reply = "Dimensions"},
    {.method = "GET",
     .path = "/api/v1/crosstab",
     .handler = get_crosstab,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "figures",
     .summary = {"任意两个字段的交叉表", "any two fields against each other"},
     .query = crosstab_query,
     .reply = "Crosstab"},
};
const struct api_table crosstab_routes = API_TABLE(routes);
