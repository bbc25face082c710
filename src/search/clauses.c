// SPDX-License-Identifier: Apache-2.0
#include "search/clauses.h"

#include "base/utf8.h"
#include "search/units.h"

static bool is_quote(uint32_t c) {
    return c == '"' || (c >= 0x201C && c <= 0x201F) || c == 0xFF02 || (c >= 0x300C && c <= 0x300F);
}

static bool is_minus(uint32_t c) {
    return c == '-' || c == 0xFF0D || c == 0x2212;
}

static bool is_star(uint32_t c) {
    return c == '*' || c == 0xFF0A;
}

// One word or one quotation, still as it was written.
struct piece {
    struct str text;
    bool excludes;
    bool prefix;
};

static uint32_t peek(struct str s, size_t at) {
    return at < s.len ? utf8_next(s, &at) : 0;
}

static size_t skip(struct str s, size_t at) {
    if (at < s.len)
        utf8_next(s, &at);
    return at;
}

// From `*at`, which is no space, to the end of the piece.
static struct piece next_piece(struct str s, size_t *at) {
    struct piece p = {0};
    size_t i = *at;
    uint32_t after = peek(s, skip(s, i));
    if (is_minus(peek(s, i)) && after && !unit_is_space(after) && !is_minus(after)) {
        p.excludes = true;
        i = skip(s, i);
    }
    bool quoted = is_quote(peek(s, i));
    if (quoted)
        i = skip(s, i);
    size_t start = i;
    for (; i < s.len; i = skip(s, i)) {
        uint32_t c = peek(s, i);
        if (is_quote(c) || (!quoted && unit_is_space(c)))
            break;
        p.prefix = !quoted && is_star(c);
    }
    p.text = str_slice(s, start, i);
    // The mark that closes belongs to the quotation; one inside of a word begins the next piece.
    *at = quoted ? skip(s, i) : i;
    return p;
}

// The atoms that stand for the units of a piece: a pair for each joined two, a word for a word, and an ideograph with
// no neighbour by its beginning.
static struct clause make_clause(struct arena *a, const struct units *u, const struct piece *p) {
    struct clause c = {.atoms = ARENA_ARRAY(a, struct atom, u->len), .excludes = p->excludes};
    for (size_t i = 0; i < u->len; i++) {
        bool last = i + 1 == u->len, before_joined = !last && u->items[i + 1].joined;
        bool ideograph = u->items[i].ideograph;
        if (ideograph && !before_joined && u->items[i].joined)
            continue; // the pair before has it
        c.atoms[c.n_atoms++] = (struct atom){
            .term = arena_str(a, units_term(u, i)),
            .place = (uint32_t)i,
            .prefix = ideograph ? !before_joined : last && p->prefix,
        };
    }
    return c;
}

static bool too_long(struct error *err) {
    return error_set(err, ERROR_LIMIT, "搜索内容太长：最多 %d 个词、%d 个字",
                     "the search is too long: at most %d words and %d characters", CLAUSES_MAX,
                     CLAUSES_MAX_UNITS);
}

bool clauses_parse(struct arena *a, struct str text, struct clauses *ret, struct error *err) {
    if (text.len > CLAUSES_MAX_TEXT)
        return too_long(err);
    struct clauses all = {.items = ARENA_ARRAY(a, struct clause, CLAUSES_MAX)};
    CLEANUP(units_done) struct units u = {0};
    size_t n_units = 0, n_required = 0;
    for (size_t i = 0; i < text.len;) {
        if (unit_is_space(peek(text, i))) {
            i = skip(text, i);
            continue;
        }
        struct piece p = next_piece(text, &i);
        units_read(&u, p.text);
        if (u.len == 0)
            continue;
        n_units += u.len;
        if (all.len == CLAUSES_MAX || n_units > CLAUSES_MAX_UNITS)
            return too_long(err);
        all.items[all.len++] = make_clause(a, &u, &p);
        n_required += !p.excludes;
    }
    if (n_required == 0)
        return all.len ? error_set(err, ERROR_INVALID, "搜索里只有要排除的词：请至少写一个要找的词",
                                   "the search only excludes: name at least one word to find")
                       : error_set(err, ERROR_INVALID, "搜索里没有可以找的字或词",
                                   "the search names nothing to find");
    *ret = all;
    return true;
}
