// SPDX-License-Identifier: Apache-2.0
// Text of unknown encoding → valid UTF-8 without NUL, in bounded memory. Whatever the bytes are,
// what comes out can be trusted by everything behind it; what had to be changed is counted.
//
// The encoding is found from the first 256 KiB: a BOM, else validity, else statistics. One file may
// still hold lines of another encoding (logs and exports glued together): in a UTF-8 file cells
// that only make sense as GB18030 are read so, and the other way round. Bytes that nothing explains
// become U+FFFD.
//
//     struct decoder *d;
//     if (!decoder_open(in, &d, err)) return false;       // borrows `in`
//     struct text_buf buf = {0};
//     while (decoder_read(d, &buf, &n, err) && n > 0)     // appends n bytes
//         …
//     decoder_close(d);
#ifndef COLLECT_DECODE_H
#define COLLECT_DECODE_H

#include "collect/input.h"
#include "collect/text_buf.h"

enum encoding {
    ENCODING_UTF8,
    ENCODING_GB18030,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_WINDOWS_1252, // single accented letters among ASCII
};

const char *encoding_name(enum encoding e); // "UTF-8", "GB18030" …

// From the first bytes of a text. `ret_bom` is the length of the byte order mark, 0 if there is
// none.
enum encoding encoding_detect(struct str head, size_t *ret_bom);

struct decode_counts {
    uint64_t recoded;  // lines with cells in another encoding than the file's
    uint64_t replaced; // U+FFFD put in
    uint64_t nuls;     // NUL characters dropped
};

struct decoder;
bool decoder_open(struct input *in, struct decoder **ret, struct error *err) MUST_USE;
void decoder_close(struct decoder *d); // NULL is fine; does not close the input
enum encoding decoder_encoding(const struct decoder *d);
bool decoder_has_bom(const struct decoder *d);
const struct decode_counts *decoder_counts(const struct decoder *d);
// Appends some text to `buf`, *ret_n bytes of it; 0 at the end. Whole lines as long as lines are
// shorter than 256 KiB, always whole characters.
bool decoder_read(struct decoder *d, struct text_buf *buf, size_t *ret_n,
                  struct error *err) MUST_USE;

// Bytes of the longest valid prefix, fast on long runs of ASCII and of Chinese.
size_t decode_valid_prefix(struct str s);
// Bytes of the valid character that starts with *p ≥ 0x80, 0 if there is none.
size_t decode_char_length(const unsigned char *p, size_t left);
// The valid character of n bytes is of a writing that feedback is written in, or an emoji: GB18030 that happens to be
// valid UTF-8 mostly gives others.
bool decode_is_common(const unsigned char *p, size_t n);
// Any bytes as UTF-8, for names inside archives: UTF-8 if valid, else GB18030. Appended to `buf`.
void decode_name(struct str raw, struct text_buf *buf);

#endif
