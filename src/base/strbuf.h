// SPDX-License-Identifier: Apache-2.0
// A growing byte buffer that states its limit at birth. Writing never fails loudly: past the limit nothing is
// added and `overflow` sticks, to be checked once at the end.
//
//     CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
//     strbuf_addf(&sb, "%d rows", n);
//     if (sb.overflow) return error_set(...);
//     use(strbuf_str(&sb));
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/str.h"

struct strbuf {
    char *ptr;    // always NUL-terminated after the first write; owned
    size_t len;   // bytes written
    size_t cap;   // bytes allocated
    size_t limit; // most bytes it may ever hold
    bool overflow;
};

struct strbuf strbuf_init(size_t limit);
void strbuf_done(struct strbuf *sb);
void strbuf_reset(struct strbuf *sb); // empties, clears overflow, keeps the memory

void strbuf_add(struct strbuf *sb, struct str s); // `s` must not lie in `sb` itself
void strbuf_adds(struct strbuf *sb, const char *nul_terminated);
void strbuf_addc(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) PRINTF(2, 3);
void strbuf_add_utf8(struct strbuf *sb, uint32_t code_point);
void strbuf_truncate(struct strbuf *sb, size_t len);

static inline struct str strbuf_str(const struct strbuf *sb) {
    return (struct str){sb->ptr ? sb->ptr : "", sb->len};
}
const char *strbuf_cstr(const struct strbuf *sb); // NUL-terminated, for foreign APIs; borrowed

#endif
