// SPDX-License-Identifier: Apache-2.0
// From logits to an answer: the vectors of train/quick/heads.py, the networks, the decisions, the proof.
#include "nlp/quick_inner.h"

#define TEXT_LIMIT     12.0f // logits are clipped before they enter a network
#define CLAUSE_LIMIT   8.0f
#define ASPECT_FLOOR   (-4.0f) // a dimension with no logit above is not considered
#define ASPECT_CLASSES 4       // absent, negative, neutral, positive

static float clip(float x, float limit) {
    return x > limit ? limit : x < -limit ? -limit : x;
}

static float softplus(float x) {
    return log1pf(expf(x));
}

static float sigmoid(float x) {
    return 1 / (1 + expf(-x));
}

typedef float floats4 __attribute__((vector_size(16)));

// hidden += x × row, four at a time; n is a multiple of four.
static void add_scaled(float *hidden, float x, const float *row, int n) {
    for (int h = 0; h < n; h += 4) {
        floats4 a, b;
        memcpy(&a, hidden + h, sizeof a);
        memcpy(&b, row + h, sizeof b);
        a += x * b;
        memcpy(hidden + h, &a, sizeof a);
    }
}

static void run_net(const struct net *net, int group, const float *x, float *ret) {
    float hidden[MAX_HIDDEN];
    memcpy(hidden, net->b1 + (size_t)group * (size_t)net->hidden,
           (size_t)net->hidden * sizeof *hidden);
    for (int i = 0; i < net->inputs; i++)
        add_scaled(hidden, x[i], net->w1 + i * net->hidden, net->hidden);
    float top = -INFINITY, total = 0;
    for (int c = 0; c < net->classes; c++) {
        float z = net->b2[c];
        for (int h = 0; h < net->hidden; h++)
            z += MAX(hidden[h], 0) * net->w2[h * net->classes + c];
        ret[c] = z;
        top = MAX(top, z);
    }
    for (int c = 0; c < net->classes; c++)
        total += ret[c] = expf(ret[c] - top);
    for (int c = 0; c < net->classes; c++)
        ret[c] /= total;
}

static void clip_logits(struct quick_run *r) {
    for (int c = 0; c < WIDE_COLUMNS; c++)
        r->wide[c] = clip(r->wide[c], TEXT_LIMIT);
    for (int c = 0; c < TEXT_COLUMNS; c++)
        r->text[c] = clip(r->text[c], TEXT_LIMIT);
    for (int i = 0; i < r->features.n_clauses; i++)
        for (int c = 0; c < CLAUSE_COLUMNS; c++)
            r->clause[i][c] = clip(r->clause[i][c], CLAUSE_LIMIT);
}

static float largest(const float *x, int n) {
    float m = x[0];
    for (int i = 1; i < n; i++)
        m = MAX(m, x[i]);
    return m;
}

// What the characters look like. Returns whether there is any word at all.
static bool read_shape(const struct quick_run *r, float ret[10]) {
    const struct features *f = &r->features;
    int inside = f->n_symbols - 2, kinds[SYMBOL_KIND_PICTOGRAPH + 1] = {0};
    int long_numbers = 0, distinct = 0, longest = 0;
    uint32_t seen[4096] = {0}; // symbol + 1: BOS and EOS never get here, ids are below 2^32 - 1
    for (int i = 1; i <= inside; i++) {
        const struct symbol *s = &f->symbols[i];
        enum symbol_kind kind = symbol_kind(s->id);
        kinds[kind]++;
        long_numbers += s->id == SYMBOL_LONG_NUMBER;
        if (kind == SYMBOL_KIND_WORD)
            longest = MAX(longest, (int)(s->end - s->start));
        uint32_t at = (s->id * 0x9E3779B1u) >> 20;
        while (seen[at] && seen[at] != s->id + 1)
            at = (at + 1) % ARRAY_LEN(seen);
        distinct += seen[at] == 0;
        seen[at] = s->id + 1;
    }
    float n = (float)MAX(inside, 1);
    ret[0] = log1pf((float)inside);
    ret[1] = (float)kinds[SYMBOL_KIND_HAN] / n;
    ret[2] = (float)kinds[SYMBOL_KIND_WORD] / n;
    ret[3] = (float)kinds[SYMBOL_KIND_NUMBER] / n;
    ret[4] = (float)(kinds[SYMBOL_KIND_PUNCTUATION] + kinds[SYMBOL_KIND_PICTOGRAPH]) / n;
    for (int g = 1; g <= 2; g++) { // pairs and triples the wide vocabulary knows
        int known = 0, count = f->n_symbols - g;
        for (int i = 0; i < count; i++)
            known += r->wide_rows[g][i] != NO_ROW;
        ret[4 + g] = (float)known / (float)MAX(count, 1);
    }
    ret[7] = (float)distinct / n;
    ret[8] = (float)MIN(long_numbers, 3);
    ret[9] = (float)MIN(longest, 30) / 10;
    return kinds[SYMBOL_KIND_HAN] + kinds[SYMBOL_KIND_WORD] + kinds[SYMBOL_KIND_OTHER] > 0;
}

struct range_of { // of one clause column over the clauses
    float mean, max, min, first, last, soft;
};

static struct range_of over_clauses(const struct quick_run *r, int column) {
    int n = r->features.n_clauses;
    float x = r->clause[0][column];
    struct range_of o = {0, x, x, x, r->clause[n - 1][column], 0};
    for (int i = 0; i < n; i++) {
        x = r->clause[i][column];
        o.mean += x / (float)n;
        o.max = MAX(o.max, x);
        o.min = MIN(o.min, x);
        o.soft += softplus(x);
    }
    return o;
}

// Strongest complaint (or praise) of each clause: its largest, and the sum of softplus.
static void strongest(const struct quick_run *r, int column, float *ret_max, float *ret_soft) {
    *ret_max = -INFINITY;
    *ret_soft = 0;
    for (int i = 0; i < r->features.n_clauses; i++) {
        float x = largest(&r->clause[i][column], N_DIMENSIONS);
        *ret_max = MAX(*ret_max, x);
        *ret_soft += softplus(x);
    }
}

static bool global_vector(const struct quick_run *r, float g[N_GLOBAL]) {
    float shape[10];
    bool has_words = read_shape(r, shape);
    g[0] = r->wide[WIDE_POLARITY];
    g[1] = r->wide[WIDE_NEUTRAL];
    memcpy(g + 2, r->text, TEXT_MENTION * sizeof *g);
    struct range_of p = over_clauses(r, CLAUSE_POLARITY), n = over_clauses(r, CLAUSE_NEUTRAL);
    g[11] = p.mean;
    g[12] = p.max;
    g[13] = p.min;
    g[14] = p.last;
    g[15] = p.first;
    g[16] = n.mean;
    g[17] = n.min;
    g[18] = log1pf((float)r->features.n_clauses);
    g[19] = shape[0];
    strongest(r, CLAUSE_NEGATIVE, &g[22], &g[20]);
    strongest(r, CLAUSE_POSITIVE, &g[23], &g[21]);
    g[24] = largest(r->text + TEXT_MENTION, N_DIMENSIONS);
    struct range_of u2 = over_clauses(r, CLAUSE_URGENCY_2);
    g[25] = over_clauses(r, CLAUSE_URGENCY_1).max;
    g[26] = u2.max;
    g[27] = u2.soft;
    memcpy(g + 28, shape + 1, 9 * sizeof *g);
    g[37] = r->wide[WIDE_URGENCY_1];
    g[38] = r->wide[WIDE_URGENCY_2];
    return has_words;
}

static void top_three(const float *x, int n, float ret[3]) {
    ret[0] = ret[1] = ret[2] = -INFINITY;
    for (int i = 0; i < n; i++) {
        if (x[i] > ret[0]) {
            ret[2] = ret[1];
            ret[1] = ret[0];
            ret[0] = x[i];
        } else if (x[i] > ret[1]) {
            ret[2] = ret[1];
            ret[1] = x[i];
        } else if (x[i] > ret[2]) {
            ret[2] = x[i];
        }
    }
}

// `j`: the clause where the dimension is strongest.
static void aspect_vector(const struct quick_run *r, const float *g, const float order[3], int d,
                          int j, float x[N_ASPECT]) {
    const float *best = r->clause[j];
    float total = 0, leaning = 0;
    for (int i = 0; i < r->features.n_clauses; i++) {
        float s = sigmoid(r->clause[i][CLAUSE_MENTION + d]);
        total += s;
        leaning += s * r->clause[i][CLAUSE_POLARITY];
    }
    x[0] = r->text[TEXT_MENTION + d];
    x[1] = best[CLAUSE_MENTION + d];
    x[2] = logf(total + 1e-3f);
    x[3] = best[CLAUSE_NEGATIVE + d];
    x[4] = best[CLAUSE_POSITIVE + d];
    x[5] = x[3];
    x[6] = x[4];
    for (int i = 0; i < r->features.n_clauses; i++) {
        x[5] = MAX(x[5], r->clause[i][CLAUSE_NEGATIVE + d]);
        x[6] = MAX(x[6], r->clause[i][CLAUSE_POSITIVE + d]);
    }
    x[7] = best[CLAUSE_POLARITY];
    x[8] = best[CLAUSE_NEUTRAL];
    x[9] = leaning / total;
    x[10] = g[0];
    x[11] = g[2];
    x[12] = g[3];
    x[13] = g[4];
    x[14] = g[18];
    x[15] = g[19];
    memcpy(x + 16, order, 3 * sizeof *x);
    x[19] = largest(best + CLAUSE_MENTION, N_DIMENSIONS) - best[CLAUSE_MENTION + d];
    x[20] = r->text[TEXT_MENTION + DIM_OVERALL];
    x[21] = g[10];
}

static void find_aspects(const struct quick *q, const struct quick_run *r, const float *g,
                         struct text_answer *a) {
    int best[N_DIMENSIONS];
    float strongest_of[N_DIMENSIONS], order[3];
    for (int d = 0; d < N_DIMENSIONS; d++) {
        best[d] = 0;
        for (int i = 1; i < r->features.n_clauses; i++)
            if (r->clause[i][CLAUSE_MENTION + d] > r->clause[best[d]][CLAUSE_MENTION + d])
                best[d] = i;
        strongest_of[d] = MAX(r->clause[best[d]][CLAUSE_MENTION + d], r->text[TEXT_MENTION + d]);
    }
    top_three(strongest_of, N_DIMENSIONS, order);
    for (int d = 0; d < N_DIMENSIONS; d++) {
        if (strongest_of[d] < ASPECT_FLOOR)
            continue;
        float x[N_ASPECT], p[ASPECT_CLASSES];
        aspect_vector(r, g, order, d, best[d], x);
        run_net(&q->aspect, d, x, p);
        int polarity = SENTIMENT_NEG;
        for (int k = 1; k < N_SENTIMENTS; k++)
            if (p[1 + k] > p[1 + polarity])
                polarity = k;
        if (p[1 + polarity] > q->aspect_min)
            answer_add_aspect(
                a, (struct answer_aspect){(uint8_t)d, (uint8_t)polarity, p[1 + polarity], 0, 0});
    }
}

// What each symbol of the clause argues for mention and polarity: an n-gram shares its weight evenly.
static void find_gains(const struct quick *q, struct quick_run *r, int clause, int d,
                       int polarity) {
    int from = r->clause_first[clause], to = r->clause_first[clause + 1];
    int column = polarity == SENTIMENT_POS ? CLAUSE_POSITIVE : CLAUSE_NEGATIVE;
    const float *step = q->step[2];
    for (int i = from; i < to; i++)
        r->gain[i] = 0;
    for (int n = 0; n < FEATURES_MAX_N; n++)
        for (int i = from; i + n < to; i++) {
            uint32_t row = r->deep_rows[n][i];
            if (row == NO_ROW)
                continue;
            const int8_t *w = q->deep.rows + (size_t)row * DEEP_COLUMNS + TEXT_COLUMNS;
            float gain = ((float)w[CLAUSE_MENTION + d] * step[CLAUSE_MENTION + d] +
                          (float)w[column + d] * step[column + d]) /
                         (r->clause_norm[clause] * (float)(n + 1));
            for (int k = 0; k <= n; k++)
                r->gain[i + k] += gain;
        }
}

// Clauses longer than this are narrowed to the run of symbols that argues most, with a toll for each. Both were
// chosen on texts the model was trained on; the card states the overlap on held-out ones.
#define PROOF_WHOLE 11
#define PROOF_TOLL  0.2f

// Where mention and polarity together are strongest; polarity counts double.
static int proof_clause(const struct quick_run *r, int d, int polarity) {
    int column = polarity == SENTIMENT_POS ? CLAUSE_POSITIVE : CLAUSE_NEGATIVE, clause = 0;
    float top = -INFINITY;
    for (int i = 0; i < r->features.n_clauses; i++) {
        float x = r->clause[i][CLAUSE_MENTION + d] + 2 * r->clause[i][column + d];
        if (x > top) {
            top = x;
            clause = i;
        }
    }
    return clause;
}

// Length of a word at s that only joins clauses, 0 if there is none.
static int joining_word(const struct symbol *s, int n) {
    static const uint32_t pairs[][2] = {
        {0x4F46, 0x662F}, {0x4E0D, 0x8FC7},
        {0x53EF, 0x662F}, {0x800C, 0x4E14}, // 但是 不过 可是 而且
        {0x7136, 0x800C}, {0x53E6, 0x5916},
        {0x8FD8, 0x6709}, {0x56E0, 0x4E3A}, // 然而 另外 还有 因为
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs) && n > 2; i++)
        if (s[0].id == pairs[i][0] && s[1].id == pairs[i][1])
            return 2;
    return n > 1 && (s[0].id == 0x4F46 /* 但 */ || s[0].id == SYMBOL_BUT);
}

// The run of symbols in [*from, *to) with the largest sum of gains.
static void narrow(const float *gain, int *from, int *to) {
    float best = 0, sum = 0;
    int best_from = *from, best_to = *to;
    for (int i = *from, start = *from; i < *to; i++) {
        sum += gain[i] - PROOF_TOLL;
        if (sum > best) {
            best = sum;
            best_from = start;
            best_to = i + 1;
        }
        if (sum <= 0) {
            sum = 0;
            start = i + 1;
        }
    }
    *from = best_from;
    *to = best_to;
}

static void find_proof(const struct quick *q, struct quick_run *r, struct answer_aspect *a) {
    const struct symbol *s = r->features.symbols;
    int clause = proof_clause(r, a->dimension, a->polarity);
    int from = r->clause_first[clause], to = r->clause_first[clause + 1];
    while (from < to &&
           (s[from].id == SYMBOL_BOS || symbol_kind(s[from].id) == SYMBOL_KIND_PUNCTUATION))
        from++;
    while (to > from &&
           (s[to - 1].id == SYMBOL_EOS || symbol_kind(s[to - 1].id) == SYMBOL_KIND_PUNCTUATION))
        to--;
    from += joining_word(s + from, to - from);
    if (to - from > PROOF_WHOLE) {
        find_gains(q, r, clause, a->dimension, a->polarity);
        narrow(r->gain, &from, &to);
    }
    bool found = from < to;
    a->start = found ? s[from].start : 0;
    a->end = found ? s[to - 1].end : (uint32_t)r->features.n_chars;
}

// No word, no feedback: that is a rule and needs no network.
static void judge_validity(const struct quick *q, bool has_words, struct text_answer *a) {
    if (!has_words) {
        memset(a->validity, 0, sizeof a->validity);
        a->validity[VALIDITY_BLANK] = 1;
        a->validity_label = VALIDITY_BLANK;
        return;
    }
    int noise = VALIDITY_BLANK;
    for (int v = noise + 1; v < N_VALIDITIES; v++)
        if (a->validity[v] > a->validity[noise])
            noise = v;
    a->validity_label = (uint8_t)(a->validity[noise] > q->validity_min ? noise : VALIDITY_OK);
}

void quick_read(const struct quick *q, struct quick_run *r, struct str text,
                struct text_answer *ret) {
    float g[N_GLOBAL];
    features_read(&r->features, text);
    quick_sum(q, r);
    clip_logits(r);
    bool has_words = global_vector(r, g);
    run_net(&q->sentiment, 0, g, ret->sentiment);
    run_net(&q->urgency, 0, g, ret->urgency);
    run_net(&q->validity, 0, g, ret->validity);

    ret->urgency_level = URGENCY_ORDINARY;
    if (ret->urgency[URGENCY_URGENT] > q->urgency_2_min)
        ret->urgency_level = URGENCY_URGENT;
    else if (ret->urgency[URGENCY_REPLY] + ret->urgency[URGENCY_URGENT] > q->urgency_1_min)
        ret->urgency_level = URGENCY_REPLY;

    judge_validity(q, has_words, ret);

    memset(ret->emotion, 0, sizeof ret->emotion);
    ret->certainty = 0;
    ret->n_aspects = 0;
    if (ret->validity_label != VALIDITY_OK)
        return;
    find_aspects(q, r, g, ret);
    for (int i = 0; i < ret->n_aspects; i++)
        find_proof(q, r, &ret->aspects[i]);
}
