// SPDX-License-Identifier: Apache-2.0
// The file stays in memory as it is; entries point into it. Words are found through an index of
// their first two characters, which gives a short run of the sorted entries, and a binary search in
// it. Every entry knows the longest other entry it begins with (`parent`): the predecessor of a
// text in sorted order therefore has all dictionary words that begin the text among itself and its
// ancestors.
#include "nlp/lexicon.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "sys/file.h"

#define FILE_LIMIT (64 * MIB)

struct entry {
    uint32_t start;  // byte of the file
    uint32_t parent; // id of the longest proper prefix that is a word, or LEXICON_NONE
    float cost;
    uint16_t flags;
    uint8_t len;
    uint8_t tag;
};

// Words with the same first and second character: entries [lo, next pair's lo).
struct pair {
    uint32_t second; // code point, 0 for the word of one character
    uint32_t lo;
};

#define N_FIRST 0x10000u // first characters above are looked for among `first_high`

struct run { // entries or pairs [lo, hi)
    uint32_t lo, hi;
};

struct lexicon {
    struct bigrams *bigrams;
    struct strbuf file;
    struct entry *entries;
    uint32_t count;
    struct pair *pairs; // in the order of entries, a sentinel at the end
    uint32_t n_pairs;
    struct run *first; // pairs, by first character
    struct run high;   // pairs whose first character is ≥ N_FIRST
};

// By character; 0 is no flag.
static const uint16_t flag_by_char[128] = {
    ['s'] = WORD_STOP,    ['p'] = WORD_PROFANE, ['+'] = WORD_GOOD,     ['-'] = WORD_BAD,
    ['='] = WORD_NEUTRAL, ['n'] = WORD_ASPECT,  ['!'] = WORD_NEGATION, ['d'] = WORD_DEGREE,
    ['1'] = WORD_ALONE,   ['x'] = WORD_VAGUE,
};

// The dictionary's first letters; what is not here is TAG_OTHER.
static const uint8_t tag_by_char[128] = {
    ['n'] = TAG_NOUN,        ['v'] = TAG_VERB,        ['a'] = TAG_ADJECTIVE, ['z'] = TAG_ADJECTIVE,
    ['d'] = TAG_ADVERB,      ['m'] = TAG_NUMBER,      ['q'] = TAG_MEASURE,   ['r'] = TAG_PRONOUN,
    ['p'] = TAG_PREPOSITION, ['c'] = TAG_CONJUNCTION, ['u'] = TAG_PARTICLE,  ['y'] = TAG_PARTICLE,
    ['e'] = TAG_PARTICLE,    ['o'] = TAG_PARTICLE,    ['t'] = TAG_TIME,      ['f'] = TAG_PLACE,
    ['s'] = TAG_PLACE,       ['i'] = TAG_IDIOM,       ['l'] = TAG_IDIOM,     ['g'] = TAG_ENGLISH,
};

static inline struct str entry_word(const struct lexicon *lx, const struct entry *e) {
    return str_make(lx->file.ptr + e->start, e->len);
}

struct str lexicon_word(const struct lexicon *lx, uint32_t id) {
    return entry_word(lx, &lx->entries[id]);
}

static void first_two(struct str s, uint32_t *ret_first, uint32_t *ret_second) {
    size_t pos = 0;
    *ret_first = utf8_next(s, &pos);
    *ret_second = pos < s.len ? utf8_next(s, &pos) : 0;
}

// One line “word TAB frequency TAB tag [TAB flags]” from `p` on; the file ends in a NUL byte.
// Returns the end of the line, NULL if it is wrong. By hand, byte by byte: opening must not be
// felt.
static const char *parse_line(const char *base, const char *p, struct entry *ret) {
    const char *word = p;
    while (*p != '\t' && *p != '\n' && *p)
        p++;
    size_t len = (size_t)(p - word);
    if (*p++ != '\t' || len == 0 || len > LEXICON_MAX_WORD_BYTES)
        return NULL;
    uint32_t n = 0;
    const char *digits = p;
    for (; *p >= '0' && *p <= '9'; p++)
        n = n * 10 + (uint32_t)(*p - '0');
    if (p == digits || p - digits > 9 || *p++ != '\t' || *p < 'a' || *p > 'z')
        return NULL;
    *ret = (struct entry){.start = (uint32_t)(word - base),
                          .parent = LEXICON_NONE,
                          .cost = (float)MAX(n, 1u),
                          .len = (uint8_t)len,
                          .tag = tag_by_char[(unsigned char)*p++]};
    if (*p == '\t') {
        for (p++; *p != '\n' && *p; p++) {
            uint16_t flag = (unsigned char)*p < 128 ? flag_by_char[(unsigned char)*p] : 0;
            if (!flag)
                return NULL;
            ret->flags |= flag;
        }
    }
    return *p == '\n' || !*p ? p : NULL;
}

// Reads the lines; checks that they ascend.
static bool read_entries(struct lexicon *lx, const char *path, struct error *err) {
    const char *base = strbuf_cstr(&lx->file), *p = base, *stop = base + lx->file.len;
    size_t cap = lx->file.len / 6 + 1; // no line is shorter than “x TAB 1 TAB n NL”
    lx->entries = mem_resize(NULL, cap, sizeof *lx->entries);
    double total = 0;
    for (int64_t number = 1; p < stop; number++) {
        const char *end = memchr(p, '\n', (size_t)(stop - p));
        end = end ? end : stop;
        if (*p != '\n' && *p != '#') {
            struct entry *e = &lx->entries[lx->count];
            if (lx->count == cap || parse_line(base, p, e) != end ||
                (lx->count && str_cmp(entry_word(lx, e - 1), entry_word(lx, e)) >= 0))
                return error_set(err, ERROR_FORMAT, "词典 %s 第 %" PRId64 " 行有误，请重新安装",
                                 "lexicon %s, line %" PRId64 " is wrong; install it again", path,
                                 number);
            total += (double)e->cost;
            lx->count++;
        }
        p = end < stop ? end + 1 : stop;
    }
    float log_total = (float)log(MAX(total, 1));
    for (uint32_t i = 0; i < lx->count; i++)
        lx->entries[i].cost = log_total - logf(lx->entries[i].cost);
    return true;
}

static void link_parents(struct lexicon *lx) {
    uint32_t stack[LEXICON_MAX_WORD_BYTES + 1];
    int depth = 0;
    for (uint32_t i = 0; i < lx->count; i++) {
        struct str word = lexicon_word(lx, i);
        while (depth && !str_starts(word, lexicon_word(lx, stack[depth - 1])))
            depth--;
        if (depth)
            lx->entries[i].parent = stack[depth - 1];
        stack[depth++] =
            i; // each on the stack is longer than the one below: at most as many as bytes
    }
}

static void build_index(struct lexicon *lx) {
    lx->pairs = mem_resize(NULL, (size_t)lx->count + 1, sizeof *lx->pairs);
    lx->first = NEW_ARRAY(struct run, N_FIRST);
    uint32_t last_first = UINT32_MAX, last_second = 0;
    for (uint32_t i = 0; i < lx->count; i++) {
        uint32_t first, second;
        first_two(lexicon_word(lx, i), &first, &second);
        if (first == last_first && second == last_second)
            continue;
        struct run *run = first < N_FIRST ? &lx->first[first] : &lx->high;
        if (first != last_first && run->hi == 0)
            run->lo = lx->n_pairs;
        lx->pairs[lx->n_pairs++] = (struct pair){second, i};
        run->hi = lx->n_pairs;
        last_first = first;
        last_second = second;
    }
    lx->pairs[lx->n_pairs] = (struct pair){0, lx->count};
    lx->pairs = mem_resize(lx->pairs, (size_t)lx->n_pairs + 1, sizeof *lx->pairs);
}

// Entries whose first two characters are these (second 0: the word of one character alone).
static struct run entries_of(const struct lexicon *lx, uint32_t first, uint32_t second) {
    if (first >= N_FIRST) // a handful of words: search them all
        return lx->high.hi ? (struct run){lx->pairs[lx->high.lo].lo, lx->pairs[lx->high.hi].lo}
                           : (struct run){0, 0};
    struct run r = lx->first[first];
    uint32_t end = r.hi;
    while (r.lo < r.hi) {
        uint32_t mid = r.lo + (r.hi - r.lo) / 2;
        if (lx->pairs[mid].second < second)
            r.lo = mid + 1;
        else
            r.hi = mid;
    }
    if (r.lo == end || lx->pairs[r.lo].second != second)
        return (struct run){0, 0};
    return (struct run){lx->pairs[r.lo].lo, lx->pairs[r.lo + 1].lo};
}

bool lexicon_open(const char *dir, struct lexicon **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf folder = strbuf_init(PATH_MAX);
    if (dir)
        strbuf_adds(&folder, dir);
    else if (!file_find_shipped("models/lexicon", &folder))
        return error_set(
            err, ERROR_NOT_FOUND, "找不到随程序提供的词典 models/lexicon，请重新安装",
            "models/lexicon, which comes with the program, is missing; install it again");
    char words[PATH_MAX + 16], bigrams[PATH_MAX + 16];
    if (folder.overflow)
        return error_set(err, ERROR_INVALID, "词典路径过长", "the path of the lexicon is too long");
    snprintf(words, sizeof words, "%s/words.txt", strbuf_cstr(&folder));
    snprintf(bigrams, sizeof bigrams, "%s/bigrams.dat", strbuf_cstr(&folder));
    struct lexicon *lx = NEW(struct lexicon);
    lx->file = strbuf_init(FILE_LIMIT);
    if (!file_read(words, FILE_LIMIT, &lx->file, err) || !read_entries(lx, words, err) ||
        !bigrams_open(bigrams, &lx->bigrams, err)) {
        lexicon_close(lx);
        return false;
    }
    link_parents(lx);
    build_index(lx);
    *ret = lx;
    return true;
}

void lexicon_close(struct lexicon *lx) {
    if (!lx)
        return;
    strbuf_done(&lx->file);
    bigrams_free(lx->bigrams);
    free(lx->entries);
    free(lx->pairs);
    free(lx->first);
    free(lx);
}

const struct bigrams *lexicon_bigrams(const struct lexicon *lx) {
    return lx->bigrams;
}

uint32_t lexicon_count(const struct lexicon *lx) {
    return lx->count;
}

enum word_tag lexicon_tag(const struct lexicon *lx, uint32_t id) {
    return lx->entries[id].tag;
}

uint32_t lexicon_flags(const struct lexicon *lx, uint32_t id) {
    return lx->entries[id].flags;
}

float lexicon_cost(const struct lexicon *lx, uint32_t id) {
    return lx->entries[id].cost;
}

// The last entry of the run that is not above `text`, or LEXICON_NONE.
static uint32_t predecessor(const struct lexicon *lx, struct run r, struct str text) {
    uint32_t lo = r.lo;
    while (lo < r.hi) {
        uint32_t mid = lo + (r.hi - lo) / 2;
        if (str_cmp(lexicon_word(lx, mid), text) <= 0)
            lo = mid + 1;
        else
            r.hi = mid;
    }
    return lo > r.lo ? lo - 1 : LEXICON_NONE;
}

uint32_t lexicon_find(const struct lexicon *lx, struct str word) {
    if (word.len == 0 || word.len > LEXICON_MAX_WORD_BYTES || lx->count == 0)
        return LEXICON_NONE;
    uint32_t first, second;
    first_two(word, &first, &second);
    uint32_t id = predecessor(lx, entries_of(lx, first, second), word);
    return id != LEXICON_NONE && str_eq(lexicon_word(lx, id), word) ? id : LEXICON_NONE;
}

int lexicon_prefixes(const struct lexicon *lx, struct str text, size_t pos,
                     struct lexicon_match *ret, int max) {
    if (lx->count == 0 || pos >= text.len || max < 1)
        return 0;
    struct str rest = str_slice(text, pos, pos + LEXICON_MAX_WORD_BYTES);
    size_t end = 0;
    utf8_next(rest, &end);
    int n = 0;
    uint32_t one = lexicon_find(lx, str_slice(rest, 0, end));
    if (one != LEXICON_NONE)
        ret[n++] = (struct lexicon_match){one, (uint32_t)end};
    if (end >= rest.len)
        return n;
    uint32_t first, second;
    first_two(rest, &first, &second);
    uint32_t id = predecessor(lx, entries_of(lx, first, second), rest);
    while (id != LEXICON_NONE && !str_starts(rest, lexicon_word(lx, id)))
        id = lx->entries[id].parent;
    int from = n;
    for (; id != LEXICON_NONE && lx->entries[id].len > end && n < max; id = lx->entries[id].parent)
        ret[n++] = (struct lexicon_match){id, lx->entries[id].len};
    for (int i = from, j = n - 1; i < j; i++, j--) { // ancestors came longest first
        struct lexicon_match t = ret[i];
        ret[i] = ret[j];
        ret[j] = t;
    }
    return n;
}
