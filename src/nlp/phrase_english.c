// SPDX-License-Identifier: Apache-2.0
#include "nlp/phrase_english.h"

#include "base/strbuf.h"

#define LOOK_BACK    5 // words between a thing and what is said of it, “is” and degree included
#define LOOK_BACK_NO 3 // words a negation reaches
#define MAX_BYTES    48

struct reader {
    struct str text;
    const struct token *t;
    size_t n;
};

static bool is_break(const struct token *t) {
    return t->kind == TOKEN_PUNCT || t->kind == TOKEN_EMOJI || t->kind == TOKEN_OTHER;
}

static bool is_content(const struct reader *r, size_t i) {
    const struct token *t = &r->t[i];
    return t->kind == TOKEN_LATIN && t->len >= 3 &&
           !(t->flags & (WORD_STOP | WORD_OPINION | WORD_NEGATION | WORD_DEGREE | WORD_PROFANE));
}

static bool is_thing(const struct reader *r, size_t i) {
    return is_content(r, i) && (r->t[i].flags & WORD_ASPECT);
}

// The thing before the opinion at i: “delivery was so slow”.
static size_t thing_before(const struct reader *r, size_t i) {
    int words = 0;
    for (size_t k = i; k-- > 0 && words < LOOK_BACK && !is_break(&r->t[k]);) {
        if (r->t[k].kind != TOKEN_LATIN)
            continue;
        words++;
        if (is_thing(r, k))
            return k;
        if (!(r->t[k].flags & (WORD_STOP | WORD_DEGREE | WORD_NEGATION | WORD_OPINION)))
            break;
    }
    return SIZE_MAX;
}

// The thing after it: “slow delivery”, “rude customer service”.
static size_t thing_after(const struct reader *r, size_t i, size_t *ret_end) {
    size_t k = i + 1;
    if (k + 1 >= r->n || r->t[k].kind != TOKEN_SPACE || !is_content(r, k + 1))
        return SIZE_MAX;
    *ret_end = k + 1;
    if (k + 3 < r->n && r->t[k + 2].kind == TOKEN_SPACE && is_thing(r, k + 3))
        *ret_end = k + 3;
    else if (!is_thing(r, k + 1))
        return SIZE_MAX;
    return k + 1;
}

static bool is_negated(const struct reader *r, size_t i) {
    int words = 0;
    for (size_t k = i; k-- > 0 && words < LOOK_BACK_NO && !is_break(&r->t[k]);) {
        words += r->t[k].kind == TOKEN_LATIN;
        if (r->t[k].flags & WORD_NEGATION)
            return true;
    }
    return false;
}

static void add_words(const struct reader *r, size_t from, size_t to, struct strbuf *sb) {
    for (size_t i = from; i <= to; i++) {
        for (size_t k = 0; k < r->t[i].len; k++) {
            char ch = r->text.ptr[r->t[i].start + k];
            strbuf_addc(sb, ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch);
        }
    }
}

int phrase_extract_english(struct str text, const struct token *tokens, size_t n,
                           struct arena *arena, struct str *ret, int max) {
    struct reader r = {text, tokens, n};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MAX_BYTES);
    int n_ret = 0;
    for (size_t i = 0; i < n && n_ret < max; i++) {
        if (tokens[i].kind != TOKEN_LATIN || !(tokens[i].flags & WORD_OPINION))
            continue;
        size_t end = i, thing = thing_after(&r, i, &end);
        if (thing == SIZE_MAX)
            end = thing = thing_before(&r, i);
        if (thing == SIZE_MAX && !(tokens[i].flags & WORD_ALONE))
            continue;
        strbuf_reset(&sb);
        if (is_negated(&r, i))
            strbuf_adds(&sb, "not ");
        add_words(&r, i, i, &sb);
        if (thing != SIZE_MAX) {
            strbuf_addc(&sb, ' ');
            add_words(&r, thing, end, &sb);
        }
        bool is_new = !sb.overflow;
        for (int k = 0; k < n_ret; k++)
            is_new = is_new && !str_eq(ret[k], strbuf_str(&sb));
        if (is_new)
            ret[n_ret++] = arena_str(arena, strbuf_str(&sb));
    }
    return n_ret;
}
