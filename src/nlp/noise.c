// SPDX-License-Identifier: Apache-2.0
#include "nlp/noise.h"

#include "base/utf8.h"
#include "nlp/noise_parts.h"

#define READ_CHARS 2000

static bool is_space(uint32_t c) {
    return c <= 0x20 || c == 0xA0 || c == 0x3000 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200F);
}

static bool is_wordlike(uint32_t c) {
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (utf8_is_han(c))
        return true;
    return c >= 0xC0 && c != UTF8_REPLACEMENT && c != 0xD7 && c != 0xF7 && !utf8_is_emoji(c) &&
           !(c >= 0x2000 && c < 0x3040) && !(c >= 0x3099 && c <= 0x309C) &&
           !(c >= 0xFE00 && c <= 0xFFEF) && !(c >= 0x2B0 && c <= 0x36F);
}

static void make_plain(struct str text, struct strbuf *plain, struct strbuf *words) {
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = utf8_next(text, &pos);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFEE0;
        if (c >= 'A' && c <= 'Z')
            c += 32;
        if (is_space(c))
            continue;
        strbuf_add_utf8(plain, c);
        if (is_wordlike(c))
            strbuf_add_utf8(words, c);
    }
}

static bool has_profanity(const struct token *t, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (t[i].flags & WORD_PROFANE)
            return true;
    return false;
}

uint32_t noise_flags(struct segmenter *sg, struct str text) {
    text = utf8_cut(text, READ_CHARS);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(4 * READ_CHARS + 4);
    CLEANUP(strbuf_done) struct strbuf words = strbuf_init(4 * READ_CHARS + 4);
    make_plain(text, &plain, &words);
    if (noise_is_default_praise(strbuf_str(&words)))
        return NOISE_DEFAULT_PRAISE;
    if (noise_is_blank(strbuf_str(&words), strbuf_str(&plain)))
        return NOISE_BLANK;
    const struct token *t;
    size_t n = segment(sg, text, &t);
    uint32_t flags = has_profanity(t, n) ? NOISE_PROFANITY : 0;
    if (noise_is_ad(strbuf_str(&plain)))
        flags |= NOISE_AD;
    else if (noise_is_gibberish(segmenter_lexicon(sg), text, t, n))
        flags |= NOISE_GIBBERISH;
    return flags;
}
