// SPDX-License-Identifier: Apache-2.0
#include "explain/fact_feed.h"

#include <math.h>

#include "analyse/score.h"
#include "analyse/taxonomy.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "explain/layout.h"

struct pending {
    struct fact_change change;
    size_t first_value, first_aspect; // in the feed's lists: pointers are set when all are there
};

struct fact_feed {
    struct fact_store *store;
    const struct zone *zone;
    const struct taxonomy *taxonomy;
    struct dict names;                  // of attribute columns
    int columns[FACTS_MAX_COLUMNS * 2]; // by id in names: number of the column, −1: no room
    int sentiment, urgency, validity, score, text_score, nps, csat, ces, channel, source, product;
    int own[N_DIMENSIONS]; // −2: not asked for yet
    struct arena arena;    // strings of what is pending
    struct {
        VEC(struct pending);
    } pending;
    struct {
        VEC(struct fact_value);
    } values;
    struct {
        VEC(struct fact_aspect);
    } aspects;
};

static bool open_columns(struct fact_feed *ff, struct error *err) {
    const struct {
        int *column;
        enum column_kind kind;
        const char *name, *role;
        int n_classes;
    } fixed[] = {
        {&ff->sentiment, COLUMN_CLASS, FACT_COLUMN_SENTIMENT, "", N_SENTIMENTS},
        {&ff->urgency, COLUMN_CLASS, FACT_COLUMN_URGENCY, "", N_URGENCIES},
        {&ff->validity, COLUMN_CLASS, FACT_COLUMN_VALIDITY, "", N_QUALITIES},
        {&ff->score, COLUMN_MEASURE, FACT_COLUMN_SCORE, "score", 0},
        {&ff->text_score, COLUMN_MEASURE, FACT_COLUMN_TEXT, "score", 0},
        {&ff->nps, COLUMN_MEASURE, FACT_COLUMN_NPS, "score", 0},
        {&ff->csat, COLUMN_MEASURE, FACT_COLUMN_CSAT, "score", 0},
        {&ff->ces, COLUMN_MEASURE, FACT_COLUMN_CES, "score", 0},
        {&ff->channel, COLUMN_DIMENSION, FACT_COLUMN_CHANNEL, "channel", 0},
        {&ff->source, COLUMN_DIMENSION, FACT_COLUMN_SOURCE, "source", 0},
        {&ff->product, COLUMN_DIMENSION, FACT_COLUMN_PRODUCT, "product", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
        *fixed[i].column = fact_store_column(ff->store, fixed[i].kind, str_from(fixed[i].name),
                                             str_from(fixed[i].role), fixed[i].n_classes, err);
        if (*fixed[i].column < 0)
            return false;
    }
    for (int d = 0; d < N_DIMENSIONS; d++)
        ff->own[d] = -2;
    return true;
}

bool fact_feed_open(struct fact_store *store, const struct zone *zone,
                    const struct taxonomy *taxonomy, struct fact_feed **ret, struct error *err) {
    struct fact_feed *ff = NEW(struct fact_feed);
    ff->store = store;
    ff->zone = zone;
    ff->taxonomy = taxonomy;
    if (!open_columns(ff, err)) {
        fact_feed_close(ff);
        return false;
    }
    *ret = ff;
    return true;
}

void fact_feed_close(struct fact_feed *ff) {
    if (!ff)
        return;
    dict_done(&ff->names);
    arena_done(&ff->arena);
    vec_done(&ff->pending);
    vec_done(&ff->values);
    vec_done(&ff->aspects);
    free(ff);
}

// ── columns of attributes ──

static bool is_reserved(struct str name) {
    static const char *const reserved[] = {
        FACT_COLUMN_SENTIMENT, FACT_COLUMN_URGENCY, FACT_COLUMN_VALIDITY, FACT_COLUMN_SCORE,
        FACT_COLUMN_TEXT,      FACT_COLUMN_NPS,     FACT_COLUMN_CSAT,     FACT_COLUMN_CES,
        FACT_COLUMN_CHANNEL,   FACT_COLUMN_SOURCE,  FACT_COLUMN_PRODUCT};
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (str_eq(name, str_from(reserved[i])))
            return true;
    return str_starts(name, STR(FACT_OWN_PREFIX));
}

// One name may hold words in one feedback and numbers in another: then there are two columns.
static int attr_column(struct fact_feed *ff, enum column_kind kind, struct str name,
                       struct str role) {
    struct str shown = is_reserved(name) ? arena_printf(&ff->arena, "%.*s *", STR_ARG(name)) : name;
    struct str key =
        arena_printf(&ff->arena, "%c%.*s", kind == COLUMN_MEASURE ? '#' : '=', STR_ARG(shown));
    uint32_t n = ff->names.count, id = dict_find(&ff->names, key);
    if (id != DICT_NONE)
        return ff->columns[id];
    if (n == ARRAY_LEN(ff->columns))
        return -1;
    id = dict_add(&ff->names, key);
    ff->columns[id] = fact_store_column(ff->store, kind, shown, role, 0, NULL);
    return ff->columns[id];
}

static int own_column(struct fact_feed *ff, int dimension) {
    if (ff->own[dimension] == -2)
        ff->own[dimension] = fact_store_column(
            ff->store, COLUMN_MEASURE,
            arena_printf(&ff->arena, FACT_OWN_PREFIX "%s", dimension_labels[dimension].code),
            STR("score"), 0, NULL);
    return ff->own[dimension];
}

// ── one feedback ──

static void put_number(struct fact_feed *ff, int column, double v) {
    if (column >= 0 && !isnan(v)) {
        vec_push(&ff->values, ((struct fact_value){.column = column, .number = v}));
        ff->pending.items[ff->pending.len - 1].change.n_values++;
    }
}

static void put_text(struct fact_feed *ff, int column, struct str v) {
    if (column >= 0 && v.len) {
        vec_push(&ff->values,
                 ((struct fact_value){.column = column, .text = arena_str(&ff->arena, v)}));
        ff->pending.items[ff->pending.len - 1].change.n_values++;
    }
}

void fact_feed_measure(struct fact_feed *ff, struct str name, struct str role, double value) {
    put_number(ff, attr_column(ff, COLUMN_MEASURE, name, role), value);
}

// What somebody has written is no dimension: no text enters the facts. Names of goods are long on some platforms.
static bool is_text(struct str value, struct str role) {
    size_t most = str_eq(role, STR("product")) ? 120 : 40;
    return value.len > most && utf8_count(value) > most;
}

void fact_feed_dimension(struct fact_feed *ff, struct str name, struct str role, struct str value) {
    if (!is_text(value, role))
        put_text(ff, attr_column(ff, COLUMN_DIMENSION, name, role), value);
}

static void put_attrs(struct fact_feed *ff, const struct record_attr *attrs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double number;
        if (attrs[i].kind == RECORD_ATTR_NUMBER && str_to_double(attrs[i].value, &number))
            fact_feed_measure(ff, attrs[i].name, attrs[i].role, number);
        else
            fact_feed_dimension(ff, attrs[i].name, attrs[i].role, attrs[i].value);
    }
}

static void put_scores(struct fact_feed *ff, const struct record *r,
                       const struct analysis_facts *a) {
    double sum = 0, own[N_DIMENSIONS];
    int n = 0;
    for (int d = 0; d < N_DIMENSIONS; d++)
        own[d] = NAN;
    for (size_t i = 0; i < MIN(r->n_scores, a->n_scores); i++) {
        int dimension = label_find(dimension_labels, N_DIMENSIONS, r->scores[i].dimension);
        if (dimension < 0 || isnan(a->score[i]))
            continue;
        if (ff->taxonomy)
            dimension = (int)taxonomy_target(ff->taxonomy, (enum dimension)dimension);
        // of merged ones the worse, as with mentions
        own[dimension] = fmin(own[dimension], a->score[i]);
        sum += a->score[i];
        n++;
    }
    for (int d = 0; d < N_DIMENSIONS; d++)
        if (!isnan(own[d]))
            put_number(ff, own_column(ff, d), own[d]);
    // Without a rating of the whole it is the mean of its dimensions' ratings.
    put_number(ff, ff->score, isnan(a->satisfaction) && n ? sum / n : a->satisfaction);
    put_number(ff, ff->nps, a->nps);
    put_number(ff, ff->csat, a->csat);
    put_number(ff, ff->ces, a->ces);
}

// enum fact_flag
static uint32_t flags_of(const struct record *r, const struct analysis_facts *a) {
    bool scored = !isnan(a->satisfaction) || !isnan(a->nps) || !isnan(a->csat) || !isnan(a->ces);
    for (size_t i = 0; i < a->n_scores; i++)
        scored = scored || !isnan(a->score[i]);
    bool counts = a->used || (scored && (quality_kinds[a->quality].score_counts ||
                                         a->quality == QUALITY_DEFAULT_PRAISE));
    return (a->used ? 0u : FACT_NO_TEXT) |
           (a->quality == QUALITY_DEFAULT_PRAISE ? FACT_SYSTEM_GIVEN : 0u) |
           (r->replied ? FACT_REPLIED : 0u) |
           (a->flags & UNIFY_NEAR_DUPLICATE ? FACT_SUSPECT : 0u) | (counts ? 0u : FACT_NOT_COUNTED);
}

bool fact_feed_add(struct fact_feed *ff, const struct stored_feedback *f,
                   const struct analysis_facts *given, struct error *err) {
    struct analysis_facts placed = *given;
    const struct analysis_facts *a = &placed;
    if (f->found)
        analysis_facts_place(&placed, ff->taxonomy, f->record.label);
    bool gone = !f->found || f->deleted_us != TIME_NONE || !f->analysis;
    struct pending p = {.change = {.id = f->id, .gone = gone},
                        .first_value = ff->values.len,
                        .first_aspect = ff->aspects.len};
    if (ff->pending.len >= 100000)
        return error_set(err, ERROR_INTERNAL, "一批事实太大", "too many facts in one batch");
    if (!gone) {
        p.change.day = (int32_t)zone_local_days(ff->zone, f->occurred_us);
        p.change.at_us = f->occurred_us;
        p.change.flags = flags_of(&f->record, a);
        p.change.n_aspects = a->used ? a->n_aspects : 0;
    }
    vec_push(&ff->pending, p);
    if (gone)
        return true;
    for (size_t i = 0; i < p.change.n_aspects; i++)
        vec_push(&ff->aspects,
                 ((struct fact_aspect){a->aspects[i].dimension, a->aspects[i].polarity}));
    put_text(ff, ff->channel, f->record.channel);
    put_text(ff, ff->source, f->record.source);
    if (!is_text(f->record.product, STR("product")))
        put_text(ff, ff->product, f->record.product);
    put_number(ff, ff->validity, a->quality);
    if (a->used && a->sentiment < N_SENTIMENTS) {
        put_number(ff, ff->sentiment, a->sentiment);
        put_number(ff, ff->text_score, score_of_text.score[a->sentiment]);
    }
    if (a->used && a->urgency < N_URGENCIES)
        put_number(ff, ff->urgency, a->urgency);
    put_scores(ff, &f->record, a);
    put_attrs(ff, f->record.attributes, f->record.n_attributes);
    put_attrs(ff, f->record.customer.attributes, f->record.customer.n_attributes);
    return true;
}

bool fact_feed_apply(struct fact_feed *ff, int64_t watermark, struct error *err) {
    struct fact_change *changes = NEW_ARRAY(struct fact_change, ff->pending.len);
    for (size_t i = 0; i < ff->pending.len; i++) {
        changes[i] = ff->pending.items[i].change;
        changes[i].values =
            ff->values.items ? ff->values.items + ff->pending.items[i].first_value : NULL;
        // None of a whole batch may have any: then there is no array to point into.
        changes[i].aspects =
            ff->aspects.items ? ff->aspects.items + ff->pending.items[i].first_aspect : NULL;
    }
    bool ok = fact_store_apply(ff->store, changes, ff->pending.len, watermark, err);
    free(changes);
    ff->pending.len = ff->values.len = ff->aspects.len = 0;
    arena_reset(&ff->arena);
    return ok;
}
