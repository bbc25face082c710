// SPDX-License-Identifier: Apache-2.0
// Keywords of the whole, and the phrases that go with an issue.
#include <math.h>

#include "explain/phrases.h"
#include "nlp/phrase.h"
#include "report/build_inner.h"

#define ISSUE_PHRASE_MIN_N 3
#define KEYWORD_MIN_N      2

// Class of a text in the tally: its sentiment, and which of the two compared periods it is in.
enum when {
    WHEN_NOW,
    WHEN_BEFORE,
    WHEN_OTHER,
    N_WHENS,
};

static enum when when_of(const struct build *b, const struct text *t) {
    const struct comparison *c = &b->comparison;
    if (!c->has || t->day == FACTS_NO_DAY)
        return WHEN_OTHER;
    if (t->day >= c->now.from && t->day < c->now.to)
        return WHEN_NOW;
    return t->day >= c->before.from && t->day < c->before.to ? WHEN_BEFORE : WHEN_OTHER;
}

static int class_of(enum sentiment s, enum when w) {
    return (int)s * N_WHENS + (int)w;
}

static struct phrase_tally *count(const struct build *b, struct phrase_counts *totals) {
    const struct texts *texts = b->in->texts;
    struct phrase_tally *tally = phrase_tally_new(b->in->lexicon);
    for (size_t i = 0; i < texts->len; i++) {
        const struct text *t = &texts->items[i];
        struct str phrases[UINT8_MAX];
        if (!build_covers(b, t))
            continue;
        for (int k = 0; k < t->n_keywords; k++)
            phrases[k] = dict_str(&texts->keywords, t->keywords[k]);
        enum when w = when_of(b, t);
        totals->sentiment[t->sentiment]++;
        totals->now += w == WHEN_NOW;
        totals->before += w == WHEN_BEFORE;
        phrase_tally_add(tally, phrases, t->n_keywords, class_of(t->sentiment, w));
    }
    return tally;
}

static struct phrase_counts counts_of(const struct phrase_count *c) {
    struct phrase_counts counts = {0};
    for (int s = 0; s < N_SENTIMENTS; s++) {
        for (int w = 0; w < N_WHENS; w++)
            counts.sentiment[s] += (int64_t)c->by_class[class_of((enum sentiment)s, (enum when)w)];
        counts.now += (int64_t)c->by_class[class_of((enum sentiment)s, WHEN_NOW)];
        counts.before += (int64_t)c->by_class[class_of((enum sentiment)s, WHEN_BEFORE)];
    }
    return counts;
}

// One text for each keyword, so that the number can be opened: the first of its prevailing sentiment.
static void fill_quotes(const struct build *b, struct keyword *keywords, size_t n) {
    const struct texts *texts = b->in->texts;
    struct dict wanted = {0};
    for (size_t i = 0; i < n; i++)
        dict_add(&wanted, keywords[i].text);
    for (size_t i = 0; i < texts->len; i++) {
        const struct text *t = &texts->items[i];
        if (!build_covers(b, t) || t->len > 600)
            continue;
        for (int k = 0; k < t->n_keywords; k++) {
            uint32_t at = dict_find(&wanted, dict_str(&texts->keywords, t->keywords[k]));
            if (at == DICT_NONE || keywords[at].n_quotes || t->sentiment != keywords[at].polarity)
                continue;
            keywords[at].quotes = ARENA_NEW(b->arena, struct quote);
            keywords[at].quotes[0] = build_quote(b, t, NULL);
            keywords[at].n_quotes = 1;
        }
    }
    dict_done(&wanted);
}

void build_keywords(struct build *b) {
    struct report *r = b->report;
    struct phrase_counts totals = {0};
    struct phrase_tally *tally = count(b, &totals);
    CLEANUP(arena_done) struct arena a = {0};
    struct phrase_count *top;
    size_t n = phrase_tally_top(tally, &a, BUILD_MAX_KEYWORDS, &top);
    struct phrase_counts *counts = ARENA_ARRAY(&a, struct phrase_counts, n);
    struct phrase_judged *judged = ARENA_ARRAY(&a, struct phrase_judged, n);
    for (size_t i = 0; i < n; i++)
        counts[i] = counts_of(&top[i]);
    phrases_judge(&totals, counts, n, judged);
    r->keywords = ARENA_ARRAY(b->arena, struct keyword, n);
    for (size_t i = 0; i < n; i++) {
        if (top[i].n < KEYWORD_MIN_N && r->mode == REPORT_FULL)
            continue;
        bool rose = judged[i].change.has && judged[i].change.significant;
        r->keywords[r->n_keywords++] = (struct keyword){
            .text = arena_str(b->arena, top[i].text),
            .n = (int64_t)top[i].n,
            .polarity = judged[i].polarity,
            .change = rose ? judged[i].ratio : NAN,
        };
    }
    phrase_tally_free(tally);
    fill_quotes(b, r->keywords, r->n_keywords);
}

size_t build_issue_phrases(const struct build *b, enum dimension d, struct str *ret, size_t max) {
    const struct texts *texts = b->in->texts;
    if (max == 0)
        return 0;
    uint32_t *with = NEW_ARRAY(uint32_t, texts->keywords.count),
             *all = NEW_ARRAY(uint32_t, texts->keywords.count);
    double n_with = 0, n_all = 0;
    for (size_t i = 0; i < texts->len; i++) {
        const struct text *t = &texts->items[i];
        if (!build_covers(b, t))
            continue;
        bool has = false;
        for (int k = 0; k < t->n_aspects; k++)
            has = has || (t->aspects[k].dimension == d && t->aspects[k].polarity == SENTIMENT_NEG);
        n_with += has;
        n_all += 1;
        for (int k = 0; k < t->n_keywords; k++) {
            with[t->keywords[k]] += has;
            all[t->keywords[k]]++;
        }
    }
    size_t n = 0;
    double best[8];
    uint32_t ids[8];
    max = MIN(max, ARRAY_LEN(best));
    for (uint32_t id = 0; id < texts->keywords.count; id++) {
        // How much likelier beside the complaint, weighted by how often: n · ln(lift).
        double lift = n_with > 0 && all[id] ? (with[id] / n_with) / (all[id] / n_all) : 0;
        double score = with[id] >= ISSUE_PHRASE_MIN_N && lift > 1.5 ? with[id] * log(lift) : 0;
        if (score <= 0 || (n == max && score <= best[n - 1]))
            continue;
        size_t i = n < max ? n++ : n - 1;
        for (; i > 0 && best[i - 1] < score; i--) {
            best[i] = best[i - 1];
            ids[i] = ids[i - 1];
        }
        best[i] = score;
        ids[i] = id;
    }
    for (size_t i = 0; i < n; i++)
        ret[i] = dict_str(&texts->keywords, ids[i]);
    free(with);
    free(all);
    return n;
}
