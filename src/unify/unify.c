// SPDX-License-Identifier: Apache-2.0
#include "unify/unify.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "nlp/noise.h"
#include "nlp/pii.h"
#include "unify/scale.h"

// What platforms and people put before a follow-up or a review, and is nobody's opinion.
static const struct str prefixes[] = {
    STR_INIT("追评"),     STR_INIT("追加评论"), STR_INIT("追加评价"), STR_INIT("追加"),
    STR_INIT("初评"),     STR_INIT("首次评价"), STR_INIT("初次评价"), STR_INIT("评价内容"),
    STR_INIT("评论内容"), STR_INIT("补充评价"), STR_INIT("补充"),     STR_INIT("用户评价"),
    STR_INIT("买家评价"), STR_INIT("评价"),     STR_INIT("评论"),
};

static bool eat_colon(struct str *s) {
    static const struct str colons[] = {STR_INIT(":"), STR_INIT("："), STR_INIT("】"),
                                        STR_INIT("]")};
    for (size_t i = 0; i < ARRAY_LEN(colons); i++) {
        if (str_starts(*s, colons[i])) {
            *s = str_slice(*s, colons[i].len, s->len);
            return true;
        }
    }
    return false;
}

// Page footers that were copied with a review, from their first words to the end of the text.
static const struct str footers[] = {
    STR_INIT("免费注册网站导航"), STR_INIT("免费注册 网站导航"), STR_INIT("下一页>>"),
    STR_INIT("Copyright©"),       STR_INIT("Copyright ©"),       STR_INIT("Copyright?"),
    STR_INIT("Copyright1999"),    STR_INIT("查看全部评价"),      STR_INIT("展开全部"),
    STR_INIT("收起评价"),
};

static struct str cut_footer(struct str s) {
    for (size_t i = 0; i < ARRAY_LEN(footers); i++) {
        size_t at = str_find(s, footers[i]);
        if (at != STR_NONE)
            s = str_slice(s, 0, at);
    }
    return str_trim(s);
}

// “追评：”, “【追评】”, “[3天后追评]”, “收货5天后追加：” in front fall off.
struct str unify_trim(struct str s) {
    s = cut_footer(s);
    struct str rest = s;
    if (str_starts(rest, STR("【")))
        rest = str_slice(rest, 3, rest.len);
    else if (str_starts(rest, STR("[")))
        rest = str_slice(rest, 1, rest.len);
    if (str_starts(rest, STR("收货")) || str_starts(rest, STR("确认收货后")))
        rest = str_slice(rest, str_starts(rest, STR("收货")) ? 6 : 15, rest.len);
    size_t digits = 0;
    while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9')
        digits++;
    struct str after_days = str_slice(rest, digits, rest.len);
    if (digits && str_starts(after_days, STR("天后")))
        rest = str_slice(after_days, 6, after_days.len);
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (!str_starts(rest, prefixes[i]))
            continue;
        struct str body = str_slice(rest, prefixes[i].len, rest.len);
        if (!eat_colon(&body))
            continue;
        eat_colon(&body);
        return str_trim(body);
    }
    return s;
}

static uint32_t flags_of_noise(uint32_t noise) {
    uint32_t flags = 0;
    flags |= noise & NOISE_BLANK ? UNIFY_BLANK : 0;
    flags |= noise & NOISE_DEFAULT_PRAISE ? UNIFY_DEFAULT_PRAISE : 0;
    flags |= noise & NOISE_GIBBERISH ? UNIFY_GIBBERISH : 0;
    flags |= noise & NOISE_AD ? UNIFY_AD : 0;
    flags |= noise & NOISE_PROFANITY ? UNIFY_PROFANITY : 0;
    return flags;
}

// Review and follow-up as one text. A part that says nothing is left out: “此用户没有填写评价” with
// a real follow-up is a real review. The flags are those of the text; of nothing at all, the
// review's.
static void unify_text(struct segmenter *sg, const struct feedback *f, struct arena *arena,
                       struct unified *u) {
    struct str review = unify_trim(f->text), follow_up = unify_trim(f->follow_up);
    uint32_t review_noise = noise_flags(sg, review);
    u->text = review;
    u->flags |= flags_of_noise(review_noise);
    if (follow_up.len == 0 || str_eq(follow_up, review))
        return;
    uint32_t follow_noise = noise_flags(sg, follow_up);
    if (follow_noise & (NOISE_BLANK | NOISE_DEFAULT_PRAISE))
        return;
    if (review_noise & (NOISE_BLANK | NOISE_DEFAULT_PRAISE)) {
        u->text = follow_up;
        u->flags = flags_of_noise(follow_noise);
        return;
    }
    u->text = arena_printf(arena, "%.*s\n%.*s", STR_ARG(review), STR_ARG(follow_up));
    uint32_t both = review_noise & follow_noise &
                    (NOISE_GIBBERISH | NOISE_AD); // one good part makes it feedback
    u->flags = flags_of_noise(both | ((review_noise | follow_noise) & NOISE_PROFANITY));
}

static void unify_scores(const struct schema *schema, const struct feedback *f, struct unified *u) {
    u->satisfaction = u->nps = u->csat = u->ces = NAN;
    for (int i = 0; i < FEEDBACK_MAX_SCORES; i++)
        u->score[i] = NAN;
    for (int i = 0; i < f->n_scores; i++) {
        int column = f->scores[i].column;
        if (column >= schema->n_scores)
            continue;
        const struct score_column *c = &schema->scores[column];
        double satisfaction = NAN, original = NAN;
        switch (scale_unify(c, f->scores[i].raw, &satisfaction, &original)) {
        case SCALE_OK:
            break;
        case SCALE_EMPTY:
            continue;
        case SCALE_OUT_OF_RANGE:
            u->flags |= UNIFY_OUT_OF_RANGE;
            continue;
        case SCALE_UNREADABLE:
            u->flags |= UNIFY_UNREADABLE_SCORE;
            continue;
        }
        u->score[column] = satisfaction;
        bool is_whole = c->dimension.len == 0;
        if (c->metric == METRIC_NPS && isnan(u->nps))
            u->nps = original;
        else if (c->metric == METRIC_CES && isnan(u->ces))
            u->ces = original;
        else if (c->metric == METRIC_CSAT && is_whole && isnan(u->csat))
            u->csat = satisfaction;
        if (is_whole && isnan(u->satisfaction) &&
            (c->metric == METRIC_RATING || c->metric == METRIC_CSAT))
            u->satisfaction = satisfaction;
    }
}

// A column that only says 好评 / 中评 / 差评 is a rating in words where there is no other.
static void unify_label(const struct feedback *f, struct unified *u) {
    static const struct score_column words = {
        .metric = METRIC_RATING, .low = 1, .high = 5, .is_words = true};
    double satisfaction = NAN, original = NAN;
    if (isnan(u->satisfaction) && f->label.len &&
        scale_unify(&words, f->label, &satisfaction, &original) == SCALE_OK)
        u->satisfaction = satisfaction;
}

void unify_batch(const struct lexicon *lx, const struct schema *schema,
                 const struct feedback *feedback, size_t n, struct arena *arena,
                 struct unified *ret) {
    struct segmenter *sg = segmenter_new(lx);
    for (size_t i = 0; i < n; i++) {
        struct unified *u = &ret[i];
        *u = (struct unified){0};
        unify_text(sg, &feedback[i], arena, u);
        unify_scores(schema, &feedback[i], u);
        unify_label(&feedback[i], u);
        struct pii_span *spans;
        size_t n_spans = pii_find_all(u->text, arena, &spans);
        u->n_pii = (uint32_t)n_spans;
        u->masked = pii_mask(u->text, spans, n_spans, arena);
        neardup_sketch(u->text, &u->sketch);
    }
    segmenter_free(sg);
}
