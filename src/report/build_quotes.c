// SPDX-License-Identifier: Apache-2.0
// Which customers speak in the report: what to do today, and the quotes that prove an issue, a praise or a segment.
#include <math.h>

#include "base/utf8.h"
#include "explain/issues.h"
#include "report/build_inner.h"

#define POOL 24 // candidates kept for each issue before near-copies are taken out

bool build_covers(const struct build *b, const struct text *t) {
    bool all = b->period.from == INT32_MIN && b->period.to == INT32_MAX;
    return t->quality == QUALITY_USED &&
           (all || (t->day != FACTS_NO_DAY && t->day >= b->period.from && t->day < b->period.to));
}

bool build_is_bad(const struct text *t) {
    if (!isnan(t->satisfaction))
        return t->satisfaction <= 2;
    return t->quality == QUALITY_USED && t->sentiment == SENTIMENT_NEG;
}

struct quote build_quote(const struct build *b, const struct text *t,
                         const struct text_aspect *proof) {
    const struct texts *texts = b->in->texts;
    return (struct quote){
        .file = t->file,
        .row = t->row,
        .text = text_str(t),
        .start = proof ? proof->start : 0,
        .end = proof ? proof->end : 0,
        .channel = dict_str(&texts->names, t->channel),
        .customer_tail = dict_str(&texts->names, t->tail),
        .occurred_us = t->occurred_us,
        .date_only = t->date_only,
        .replied = t->replied,
        .score = t->satisfaction,
    };
}

static const struct text_aspect *aspect_of(const struct text *t, int dimension, int polarity) {
    for (int i = 0; i < t->n_aspects; i++)
        if (t->aspects[i].polarity == polarity &&
            (dimension < 0 || t->aspects[i].dimension == dimension))
            return &t->aspects[i];
    return NULL;
}

// ── ① what to do today ──

struct waiting { // a text that somebody should answer
    uint32_t number;
    uint8_t rank; // 0 urgent, 1 asks for an answer, 2 bad and unanswered
    int64_t occurred_us;
};

// Urgent ones first; within a rank the newest first: an answer helps most while the customer still waits.
static int by_rank(const void *a, const void *b) {
    const struct waiting *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    if (x->occurred_us != y->occurred_us)
        return x->occurred_us < y->occurred_us ? 1 : -1;
    return x->number < y->number ? -1 : 1;
}

static double waiting_hours(const struct build *b, const struct text *t) {
    if (t->occurred_us == TIME_NONE || t->replied)
        return NAN;
    return (double)(b->in->counts->last_us - t->occurred_us) / US_PER_HOUR;
}

static struct todo todo_of(const struct build *b, const struct text *t) {
    const struct taxonomy *x = b->in->taxonomy;
    enum lang lang = b->in->lang;
    const struct text_aspect *proof = aspect_of(t, -1, SENTIMENT_NEG);
    struct todo todo = {
        .quote = build_quote(b, t, proof),
        .urgency = t->urgency,
        .dimension = proof ? proof->dimension : DIM_NONE,
        .waiting_hours = waiting_hours(b, t),
    };
    if (proof) {
        todo.issue = taxonomy_issue_name(x, proof->dimension, lang);
        todo.department = taxonomy_department(x, proof->dimension, lang);
    } else {
        todo.department = taxonomy_department(x, DIM_SERVICE, lang);
    }
    struct str department = STR("");
    todo.reason = taxonomy_urgent_reason(x, text_str(t), lang, &department);
    if (department.len)
        todo.department = department;
    return todo;
}

void build_todos(struct build *b) {
    struct report *r = b->report;
    struct {
        VEC(struct waiting);
    } list = {0};
    for (size_t i = 0; i < b->in->texts->len; i++) {
        const struct text *t = &b->in->texts->items[i];
        if (!build_covers(b, t) || t->replied)
            continue;
        bool bad = build_is_bad(t);
        int rank = t->urgency == URGENCY_URGENT       ? 0
                   : t->urgency == URGENCY_REPLY      ? 1
                   : bad && b->knows_replies[t->file] ? 2
                                                      : 3;
        r->n_urgent += rank == 0;
        r->n_needs_reply += rank == 1;
        if (bad && b->knows_replies[t->file]) {
            double hours = waiting_hours(b, t);
            r->n_bad_unreplied++;
            if (!isnan(hours) && !(hours <= r->oldest_wait_hours))
                r->oldest_wait_hours = hours;
        }
        if (rank < 3)
            vec_push(&list, ((struct waiting){(uint32_t)i, (uint8_t)rank, t->occurred_us}));
    }
    if (list.len)
        qsort(list.items, list.len, sizeof *list.items, by_rank);
    r->n_todos = MIN(list.len, (size_t)BUILD_MAX_TODOS);
    r->todos = ARENA_ARRAY(b->arena, struct todo, r->n_todos);
    for (size_t i = 0; i < r->n_todos; i++)
        r->todos[i] = todo_of(b, &b->in->texts->items[list.items[i].number]);
    vec_done(&list);
}

// ── quotes that prove ──

struct candidate {
    uint32_t number;
    const struct text_aspect *proof;
    double worth;
};

struct pool { // the best so far, best first
    struct candidate items[POOL];
    size_t n;
};

// A good quote is sure, short enough to read and long enough to say something.
static double worth(const struct text *t, const struct text_aspect *proof) {
    size_t chars = utf8_count(text_str(t));
    double length = chars < 8      ? 0.3
                    : chars < 15   ? 0.8
                    : chars <= 80  ? 1.0
                    : chars <= 160 ? 0.7
                                   : 0.4;
    double focus = t->n_aspects <= 2 ? 1.0 : 0.8;
    return (double)proof->score * length * focus;
}

static void pool_offer(struct pool *p, struct candidate c) {
    if (p->n == POOL && p->items[POOL - 1].worth >= c.worth)
        return;
    size_t i = p->n < POOL ? p->n++ : POOL - 1;
    for (; i > 0 && p->items[i - 1].worth < c.worth; i--)
        p->items[i] = p->items[i - 1];
    p->items[i] = c;
}

static bool same_proof(const struct build *b, const struct candidate *x,
                       const struct candidate *y) {
    struct str s[2];
    const struct candidate *c[2] = {x, y};
    for (int i = 0; i < 2; i++) {
        struct str t = text_str(&b->in->texts->items[c[i]->number]);
        size_t from = utf8_offset(t, c[i]->proof->start), to = utf8_offset(t, c[i]->proof->end);
        s[i] = str_slice(t, from, to);
    }
    return str_eq(s[0], s[1]);
}

// The best of a pool that do not say the same in the same words.
static struct quote *take(const struct build *b, const struct pool *p, size_t max, size_t *ret_n) {
    struct quote *quotes = ARENA_ARRAY(b->arena, struct quote, MIN(max, p->n));
    const struct candidate *taken[POOL];
    size_t n = 0;
    for (size_t i = 0; i < p->n && n < max; i++) {
        bool repeats = false;
        for (size_t j = 0; j < n; j++)
            repeats = repeats || same_proof(b, taken[j], &p->items[i]);
        if (repeats)
            continue;
        taken[n] = &p->items[i];
        quotes[n++] = build_quote(b, &b->in->texts->items[p->items[i].number], p->items[i].proof);
    }
    *ret_n = n;
    return quotes;
}

static void fill_pools(const struct build *b, int polarity, struct pool pools[N_DIMENSIONS]) {
    memset(pools, 0, N_DIMENSIONS * sizeof *pools);
    for (size_t i = 0; i < b->in->texts->len; i++) {
        const struct text *t = &b->in->texts->items[i];
        if (!build_covers(b, t))
            continue;
        for (int a = 0; a < t->n_aspects; a++)
            if (t->aspects[a].polarity == polarity)
                pool_offer(
                    &pools[t->aspects[a].dimension],
                    (struct candidate){(uint32_t)i, &t->aspects[a], worth(t, &t->aspects[a])});
    }
}

void build_praise(struct build *b) {
    struct report *r = b->report;
    struct pool *pools = NEW_ARRAY(struct pool, N_DIMENSIONS);
    fill_pools(b, SENTIMENT_POS, pools);
    for (size_t i = 0; i < r->n_dimensions; i++)
        r->dimensions[i].quotes =
            take(b, &pools[r->dimensions[i].dimension], 2, &r->dimensions[i].n_quotes);
    free(pools);
}

void build_segment_quotes(struct build *b, const int *columns, const uint32_t *values) {
    struct report *r = b->report;
    const struct facts *f = b->in->layout->facts;
    size_t shown = 0;
    for (size_t s = 0; s < r->n_segments && shown < 12; s++) {
        if (!r->segments[s].significant || !(r->segments[s].diff < 0))
            continue;
        shown++;
        struct pool pool = {0};
        for (size_t i = 0; i < b->in->texts->len; i++) {
            const struct text *t = &b->in->texts->items[i];
            const struct text_aspect *proof = aspect_of(t, -1, SENTIMENT_NEG);
            if (proof && t->fact != TEXT_NO_FACT && build_covers(b, t) && build_is_bad(t) &&
                facts_code_at(f, columns[s], t->fact) == values[s])
                pool_offer(&pool, (struct candidate){(uint32_t)i, proof, worth(t, proof)});
        }
        r->segments[s].quotes = take(b, &pool, 2, &r->segments[s].n_quotes);
    }
}

// ── ③ what hurts ──

static void fill_where(const struct build *b, const struct issue_found *found,
                       struct issue *issue) {
    const struct facts *f = b->in->layout->facts;
    issue->where = ARENA_ARRAY(b->arena, struct where, 2);
    for (int i = 0; i < found->n_where && issue->n_where < 2; i++) {
        const struct issue_where *w = &found->where[i];
        issue->where[issue->n_where++] = (struct where){
            .column = build_column(b, w->column),
            .value = facts_value(f, w->column, w->value),
            .n = w->n,
            .share = w->share,
            .base_share = w->base_share,
            .lift = w->lift,
            .q = w->q,
        };
    }
}

// The measure whose condition fits what is known: phrases, places, numbers that go with the complaints.
static void fill_measure(const struct build *b, const struct issue_found *found,
                         const struct numbers *numbers, struct issue *issue) {
    const struct facts *f = b->in->layout->facts;
    CLEANUP(arena_done) struct arena a = {0};
    struct measure_fact *facts = ARENA_ARRAY(&a, struct measure_fact, numbers->n);
    struct str *columns = ARENA_ARRAY(&a, struct str, ISSUE_MAX_WHERE);
    size_t n_facts = 0, n_columns = 0;
    for (size_t i = 0; i < numbers->n; i++)
        if (numbers->items[i].diff.significant)
            facts[n_facts++] =
                (struct measure_fact){facts_role(f, numbers->items[i].column),
                                      numbers->items[i].bad.value, numbers->items[i].good.value};
    for (int i = 0; found && i < found->n_where; i++)
        columns[n_columns++] = facts_role(f, found->where[i].column);
    struct measure_context context = {
        .texts = issue->phrases,
        .n_texts = issue->n_phrases,
        .facts = facts,
        .n_facts = n_facts,
        .columns = columns,
        .n_columns = n_columns,
    };
    enum dimension d = issue->dimension;
    struct str department = STR("");
    issue->measure = taxonomy_measure(b->in->taxonomy, d, &context, b->in->lang, &department);
    issue->department =
        department.len ? department : taxonomy_department(b->in->taxonomy, d, b->in->lang);
}

static double *sparkline(const struct build *b, enum dimension d) {
    double *line = ARENA_ARRAY(b->arena, double, b->trend.n);
    for (size_t i = 0; i < b->trend.n; i++) {
        const struct trend_bucket *t = &b->trend.items[i];
        line[i] = t->n_texts >= 10 ? (double)t->issue[d] / (double)t->n_texts : NAN;
    }
    return line;
}

static void fill_issue(struct build *b, const struct issue_found *found,
                       const struct numbers *numbers, struct issue *issue) {
    enum dimension d = found->dimension;
    const struct change *effect = &found->score_effect;
    issue->dimension = found->dimension;
    issue->code = str_from(dimension_labels[d].code);
    issue->name = taxonomy_issue_name(b->in->taxonomy, d, b->in->lang);
    issue->n = found->n;
    issue->share = found->share;
    issue->share_of_bad = found->share_of_bad;
    issue->trend = b->comparison.has ? b->changes.issue[d] : (struct change){0};
    if (effect->has)
        issue->score_effect = (struct estimate){.has = true,
                                                .value = effect->diff,
                                                .low = effect->low,
                                                .high = effect->high,
                                                .n = found->n_scored};
    issue->sparkline = sparkline(b, d);
    issue->phrases = ARENA_ARRAY(b->arena, struct str, 4);
    issue->n_phrases = build_issue_phrases(b, d, issue->phrases, 4);
    fill_where(b, found, issue);
    fill_measure(b, found, numbers, issue);
}

// Every negative one, by issue; those that name none under “overall”.
static void list_all(struct build *b) {
    struct report *r = b->report;
    struct issue *rest = &r->issues[r->n_issues];
    *rest =
        (struct issue){.dimension = DIM_OVERALL,
                       .code = str_from(dimension_labels[DIM_OVERALL].code),
                       .name = build_say(b, (struct words){"没有说明原因的不满",
                                                           "dissatisfied without a reason given"})};
    for (size_t k = 0; k <= r->n_issues; k++) {
        struct issue *issue = &r->issues[k];
        issue->quotes = ARENA_ARRAY(b->arena, struct quote, BUILD_LIST_QUOTES);
        issue->n_quotes = 0;
    }
    for (size_t i = 0; i < b->in->texts->len; i++) {
        const struct text *t = &b->in->texts->items[i];
        if (!build_covers(b, t))
            continue;
        bool listed = false;
        for (size_t k = 0; k < r->n_issues; k++) {
            struct issue *issue = &r->issues[k];
            const struct text_aspect *proof = aspect_of(t, issue->dimension, SENTIMENT_NEG);
            if (proof && issue->n_quotes < BUILD_LIST_QUOTES)
                issue->quotes[issue->n_quotes++] = build_quote(b, t, proof);
            listed = listed || proof;
        }
        if (!listed && build_is_bad(t) && rest->n_quotes < BUILD_LIST_QUOTES)
            rest->quotes[rest->n_quotes++] = build_quote(b, t, NULL);
    }
    rest->n = (int64_t)rest->n_quotes;
    rest->share = estimate_share(rest->n, b->overview.n_texts);
    rest->share_of_bad = NAN;
    rest->sparkline = sparkline(b, DIM_OVERALL);
    r->n_issues += rest->n > 0;
}

bool build_issues(struct build *b, struct error *err) {
    struct report *r = b->report;
    struct issues found;
    if (!issues_find(b->in->layout, b->period, SIZE_MAX, b->arena, &found, err))
        return false;
    struct pool *pools = NEW_ARRAY(struct pool, N_DIMENSIONS);
    fill_pools(b, SENTIMENT_NEG, pools);
    r->issues = ARENA_ARRAY(b->arena, struct issue, found.n + 1);
    r->n_issues = found.n;
    for (size_t i = 0; i < found.n; i++) {
        fill_issue(b, &found.items[i], &b->numbers, &r->issues[i]);
        r->issues[i].quotes =
            take(b, &pools[found.items[i].dimension], BUILD_ISSUE_QUOTES, &r->issues[i].n_quotes);
    }
    free(pools);
    if (r->mode == REPORT_LIST)
        list_all(b);
    return true;
}
