// SPDX-License-Identifier: Apache-2.0
// Words of a text. Runs of Chinese are cut along the path of words with the highest product of
// frequencies (unigram model, Viterbi over the graph of dictionary words; a character no word
// covers stands alone). Runs of Latin letters, of digits, of white space, emoji and every
// punctuation mark are tokens of their own. The tokens cover the text without gaps.
//
//     struct segmenter *sg = segmenter_new(lx);                      // scratch of one thread
//     const struct token *t;
//     size_t n = segment(sg, text, &t);                              // valid until the next call
//     for (size_t i = 0; i < n; i++) use(str_slice(text, t[i].start, t[i].start + t[i].len));
//     segmenter_free(sg);
//
// Cost: linear in the text. Any bytes are accepted; invalid UTF-8 becomes tokens of kind
// TOKEN_OTHER.
#ifndef NLP_SEGMENT_H
#define NLP_SEGMENT_H

#include "nlp/lexicon.h"

enum token_kind {
    TOKEN_HAN,    // a Chinese word
    TOKEN_LATIN,  // letters, with digits inside: "iPhone15", "don't"
    TOKEN_NUMBER, // digits, with . , inside
    TOKEN_PUNCT,
    TOKEN_SPACE,
    TOKEN_EMOJI,
    TOKEN_OTHER, // other scripts, control characters
};

struct token {
    uint32_t start; // bytes from the start of the text
    uint32_t len;   // bytes
    uint32_t word;  // lexicon id, LEXICON_NONE if not there
    uint16_t flags; // enum word_flag
    uint8_t kind;   // enum token_kind
    uint8_t tag;    // enum word_tag
};

struct segmenter;

struct segmenter *segmenter_new(const struct lexicon *lx); // `lx` must outlive it
void segmenter_free(struct segmenter *sg);
const struct lexicon *segmenter_lexicon(const struct segmenter *sg);

// Number of tokens; *ret points to them until the next call. Texts above 4 GiB are read up to
// there.
size_t segment(struct segmenter *sg, struct str text, const struct token **ret);

#endif
