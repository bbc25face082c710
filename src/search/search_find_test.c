// SPDX-License-Identifier: Apache-2.0
// The index against a plain scan: random documents, replacements, deletions, flushes, merges, reopenings; random
// queries.
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "search/search.h"
#include "tests/support/test.h"

#define MAX_UNITS 24
#define MAX_IDS   240

static const uint8_t key[CRYPTO_KEY_BYTES] = "a key of the test, 32 bytes long";
static const char *const han[] = {"快", "慢", "递", "客", "服", "好"};
static const char *const words[] = {"a", "ab", "abc", "refund", "café", "1", "12", "2024"};

// A unit as the scan sees it; the text is rendered from it, never read back.
struct piece {
    const char *text;
    bool han, joined;
};
struct line {
    struct piece pieces[MAX_UNITS];
    size_t len;
};

struct random {
    uint64_t state;
};
static uint32_t below(struct random *r, uint32_t n) {
    return (uint32_t)(hash_u64(++r->state * UINT64_C(0x9E3779B97F4A7C15)) % n);
}

static bool is_digit(const char *word) {
    return *word >= '0' && *word <= '9';
}

static void make_line(struct random *r, struct line *l, uint32_t max_len) {
    l->len = below(r, max_len + 1);
    for (size_t i = 0; i < l->len; i++) {
        bool is_han = below(r, 3) > 0;
        l->pieces[i] = (struct piece){is_han ? han[below(r, ARRAY_LEN(han))]
                                             : words[below(r, ARRAY_LEN(words))],
                                      is_han, false};
        l->pieces[i].joined = i && is_han && l->pieces[i - 1].han && below(r, 4) > 0;
    }
}

// Sometimes in capitals, sometimes full-width: it must not matter.
static void render_piece(struct random *r, const struct piece *p, struct strbuf *ret) {
    uint32_t way = p->han ? 0 : below(r, 4);
    struct str s = str_from(p->text);
    for (size_t i = 0; i < s.len;) {
        uint32_t c = utf8_next(s, &i);
        if (way == 1 && c >= 'a' && c <= 'z')
            c -= 32;
        if (way == 2 && c > ' ' && c < 0x7F)
            c += 0xFEE0;
        if (way == 3 && c == 0xE9) { // e and a combining accent
            strbuf_add_utf8(ret, 'e');
            c = 0x301;
        }
        strbuf_add_utf8(ret, c);
    }
}

static void render(struct random *r, const struct line *l, bool spaces, struct strbuf *ret) {
    static const char *const gaps[] = {"，", "。", "/", "　", " ", "\n"};
    for (size_t i = 0; i < l->len; i++) {
        const struct piece *p = &l->pieces[i], *before = i ? p - 1 : NULL;
        bool touches = before && before->han == p->han && !p->joined;
        bool same_kind =
            before && !p->han && !before->han && is_digit(p->text) == is_digit(before->text);
        if (before && !p->joined && ((touches && p->han) || same_kind || below(r, 3) == 0))
            strbuf_adds(ret, gaps[below(r, spaces ? 6 : 3)]);
        render_piece(r, p, ret);
    }
}

struct wish {
    struct line line;
    bool excludes, prefix;
};

static bool stands_at(const struct line *doc, size_t at, const struct wish *w) {
    for (size_t k = 0; k < w->line.len; k++) {
        const struct piece *have = &doc->pieces[at + k], *want = &w->line.pieces[k];
        bool begins = w->prefix && k + 1 == w->line.len && !want->han;
        if (begins ? strncmp(have->text, want->text, strlen(want->text)) != 0
                   : strcmp(have->text, want->text) != 0)
            return false;
        if (want->joined && !have->joined)
            return false;
    }
    return true;
}

static bool has(const struct line *doc, const struct wish *w) {
    for (size_t at = 0; at + w->line.len <= doc->len; at++)
        if (stands_at(doc, at, w))
            return true;
    return false;
}

struct world {
    struct random r;
    struct search *s;
    char dir[256];
    struct line docs[MAX_IDS + 1];
    bool there[MAX_IDS + 1];
    int64_t watermark;
};

static void must(bool ok, const struct error *err) {
    if (!ok)
        fail_msg("%s", err->en);
}

// A wish: a piece of a document that exists, or anything.
static void make_wish(struct world *w, struct wish *ret, struct strbuf *query) {
    struct random *r = &w->r;
    const struct line *from = &w->docs[1 + below(r, MAX_IDS)];
    make_line(r, &ret->line, 3);
    if (from->len && below(r, 4)) {
        size_t start = below(r, (uint32_t)from->len);
        size_t len = 1 + below(r, 4);
        len = MIN(len, from->len - start);
        memcpy(ret->line.pieces, from->pieces + start, len * sizeof *from->pieces);
        ret->line.len = len;
    }
    if (ret->line.len == 0)
        ret->line = (struct line){{{"好", true, false}}, 1};
    ret->line.pieces[0].joined = false;
    ret->excludes = below(r, 4) == 0;
    bool quoted = below(r, 2);
    ret->prefix = !quoted && below(r, 3) == 0;
    if (ret->excludes)
        strbuf_adds(query, below(r, 2) ? "-" : "－");
    strbuf_adds(query, quoted ? below(r, 2) ? "“" : "\"" : "");
    render(r, &ret->line, quoted, query);
    strbuf_adds(query, quoted ? "\"" : ret->prefix ? "*" : "");
    strbuf_adds(query, below(r, 2) ? "　" : " ");
}

static bool odd_ids(void *ctx, int64_t id) {
    return id % *(int64_t *)ctx != 0;
}

static void check_query(struct world *w) {
    struct wish wishes[3];
    size_t n = 1 + below(&w->r, 3), want_n = 0, got_n, required = 0;
    CLEANUP(strbuf_done) struct strbuf query = strbuf_init(8 * KIB);
    for (size_t i = 0; i < n; i++) {
        make_wish(w, &wishes[i], &query);
        required += !wishes[i].excludes;
    }
    int64_t modulus = 2 + below(&w->r, 5), want[MAX_IDS], got[MAX_IDS];
    struct search_query q = {.text = strbuf_str(&query), .limit = 1 + below(&w->r, MAX_IDS)};
    q.before = below(&w->r, 3) ? 0 : 1 + below(&w->r, MAX_IDS);
    if (below(&w->r, 3) == 0) {
        q.wanted = odd_ids;
        q.ctx = &modulus;
    }
    for (int64_t id = MAX_IDS; id > 0 && want_n < q.limit; id--) {
        bool ok = w->there[id] && (!q.before || id < q.before) && (!q.wanted || id % modulus != 0);
        for (size_t i = 0; ok && i < n; i++)
            ok = has(&w->docs[id], &wishes[i]) != wishes[i].excludes;
        if (ok)
            want[want_n++] = id;
    }
    struct error err;
    bool found = search_find(w->s, &q, got, &got_n, &err);
    if (!required) {
        assert_false(found);
        assert_int_equal(err.code, ERROR_INVALID);
        return;
    }
    must(found, &err);
    if (got_n != want_n || memcmp(got, want, got_n * sizeof *got) != 0)
        fail_msg("%s: %zu found, %zu expected", strbuf_cstr(&query), got_n, want_n);
}

static void change(struct world *w) {
    struct search_doc docs[30];
    struct strbuf texts[30];
    size_t n = below(&w->r, 30);
    for (size_t i = 0; i < n; i++) {
        int64_t id = 1 + below(&w->r, MAX_IDS);
        texts[i] = strbuf_init(4 * KIB);
        docs[i] = (struct search_doc){.id = id, .gone = below(&w->r, 5) == 0};
        w->there[id] = !docs[i].gone;
        if (docs[i].gone)
            continue;
        make_line(&w->r, &w->docs[id], MAX_UNITS - 4);
        render(&w->r, &w->docs[id], true, &texts[i]);
        docs[i].text = strbuf_str(&texts[i]);
    }
    struct error err;
    must(search_apply(w->s, docs, n, ++w->watermark, &err), &err);
    for (size_t i = 0; i < n; i++)
        strbuf_done(&texts[i]);
}

static void check_counts(struct world *w) {
    uint64_t n = 0;
    for (size_t id = 1; id <= MAX_IDS; id++)
        n += w->there[id];
    assert_int_equal(search_stats(w->s).documents, n);
}

TEST(search_finds_what_a_scan_finds) {
    struct error err;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct world *w = test_calloc(1, sizeof *w);
        w->r.state = seed << 32;
        snprintf(w->dir, sizeof w->dir, "%s/scan%" PRIu64, test_tmp_dir(), seed);
        must(search_open(w->dir, key, &w->s, &err), &err);
        for (int round = 0; round < 120; round++) {
            for (uint32_t i = below(&w->r, 4); i > 0; i--)
                change(w);
            if (below(&w->r, 2)) {
                must(search_flush(w->s, &err), &err);
                assert_int_equal(search_watermark(w->s), w->watermark);
            }
            if (below(&w->r, 15) == 0) {
                search_close(w->s);
                must(search_open(w->dir, key, &w->s, &err), &err);
                assert_int_equal(search_watermark(w->s), w->watermark);
            }
            if (below(&w->r, 60) == 0) {
                must(search_clear(w->s, &err), &err);
                memset(w->there, 0, sizeof w->there);
                w->watermark = 0;
            }
            check_counts(w);
            for (int i = 0; i < 12; i++)
                check_query(w);
        }
        search_close(w->s);
        test_free(w);
    }
}

TEST(search_merges_many_small_segments) {
    struct error err;
    char dir[256];
    struct search *s;
    snprintf(dir, sizeof dir, "%s/merging", test_tmp_dir());
    must(search_open(dir, key, &s, &err), &err);
    for (int64_t id = 1; id <= 40; id++) {
        struct search_doc doc = {.id = id, .text = STR("合并")};
        must(search_apply(s, &doc, 1, id, &err), &err);
        must(search_flush(s, &err), &err);
    }
    for (int wait = 0; wait < 500 && search_stats(s).segments >= 8; wait++)
        usleep(10000);
    assert_in_range(search_stats(s).segments, 1, 7);
    int64_t ids[64];
    size_t n;
    struct search_query q = {.text = STR("合并"), .limit = 64};
    must(search_find(s, &q, ids, &n, &err), &err);
    assert_int_equal(n, 40);
    search_close(s);
    must(search_open(dir, key, &s, &err), &err);
    must(search_find(s, &q, ids, &n, &err), &err);
    assert_int_equal(n, 40);
    search_close(s);
}
