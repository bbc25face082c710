// SPDX-License-Identifier: Apache-2.0
// A borrowed run of bytes, usually UTF-8, not NUL-terminated. Passing a struct str never passes ownership.
//
//     struct str line = STR("a,b"), cell;
//     while (str_cut(&line, ',', &cell)) ...        // "a", then "b"
#ifndef BASE_STR_H
#define BASE_STR_H

#include <string.h>

#include "base/def.h"

struct str {
    const char *ptr; // may be NULL when len is 0
    size_t len;      // bytes
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    { "" literal, sizeof(literal) - 1 }
// For printf: printf("%.*s", STR_ARG(s))
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

struct str str_from(const char *nul_terminated); // NULL gives the empty str
static inline struct str str_make(const char *ptr, size_t len) {
    return (struct str){ptr, len};
}
static inline bool str_is_empty(struct str s) {
    return s.len == 0;
}

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); // folds ASCII letters only
int str_cmp(struct str a, struct str b);        // bytewise, shorter first on a common prefix
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

#define STR_NONE ((size_t)-1)
size_t str_find(struct str s, struct str needle); // byte offset or STR_NONE
size_t str_find_char(struct str s, char c);       // byte offset or STR_NONE
bool str_has(struct str s, struct str needle);

struct str str_slice(struct str s, size_t from, size_t to); // clamped to [0, len]
// drops ASCII space, tab, CR, LF, U+00A0, U+3000, U+FEFF at both ends
struct str str_trim(struct str s);

// Cuts `*rest` at the first `sep`: the part before goes to `*ret`, `*rest` becomes what follows. The last part has no
// separator after it; after that returns false. An empty input gives no part.
bool str_cut(struct str *rest, char sep, struct str *ret);

// Whole string must be a number (after trimming ASCII space). No locale. Doubles accept 1e5, not inf/nan.
bool str_to_int64(struct str s, int64_t *ret) MUST_USE;
bool str_to_double(struct str s, double *ret) MUST_USE;

// 64-bit, well mixed, the same on every machine; not for adversaries
uint64_t str_hash(struct str s);
uint64_t hash_u64(uint64_t x); // finaliser of the above

// Copies to the heap, NUL-terminated; the caller frees.
char *str_dup(struct str s) MUST_USE;

#endif
