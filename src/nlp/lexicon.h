// SPDX-License-Identifier: Apache-2.0
// The words the house knows: Chinese words with frequency and part of speech, stop words,
// profanity, and words of opinion with their leaning. One text file, models/lexicon/words.txt,
// sorted by bytes, one word a line:
//
//     word TAB frequency TAB tag TAB flags      flags: s stop, p profane, + good, - bad, x never in
//     a phrase …
//
// The file is mapped, not copied; opening indexes it (a few milliseconds). Read-only after that and
// shared by all threads.
//
//     struct lexicon *lx;
//     if (!lexicon_open(NULL, &lx, err)) return false;
//     uint32_t w = lexicon_find(lx, STR("物流"));
//     lexicon_close(lx);
#ifndef NLP_LEXICON_H
#define NLP_LEXICON_H

#include "base/error.h"
#include "base/str.h"
#include "nlp/bigram.h"

#define LEXICON_NONE           UINT32_MAX
#define LEXICON_MAX_WORD_BYTES 64 // longer lines are refused

// Part of speech, folded from the dictionary's finer tags.
enum word_tag {
    TAG_OTHER,
    TAG_NOUN,      // n, nz, nr, ns, nt …
    TAG_VERB,      // v, vn, vd
    TAG_ADJECTIVE, // a, an, ad, z
    TAG_ADVERB,    // d
    TAG_NUMBER,    // m
    TAG_MEASURE,   // q
    TAG_PRONOUN,   // r
    TAG_PREPOSITION,
    TAG_CONJUNCTION,
    TAG_PARTICLE, // u, y, e, o
    TAG_TIME,     // t
    TAG_PLACE,    // f, s
    TAG_IDIOM,    // i, l
    TAG_ENGLISH,  // eng: given by the segmenter
};

enum word_flag {
    WORD_STOP = 1 << 0,     // carries no content of its own
    WORD_PROFANE = 1 << 1,  // abusive or obscene
    WORD_GOOD = 1 << 2,     // says something good of a thing
    WORD_BAD = 1 << 3,      // says something bad of a thing
    WORD_NEUTRAL = 1 << 4,  // an opinion that takes its leaning from its noun: 大, 高, 多
    WORD_ASPECT = 1 << 5,   // a thing customers judge: 物流, 客服, 屏幕
    WORD_NEGATION = 1 << 6, // 不, 没有, 无
    WORD_DEGREE = 1 << 7,   // 很, 太, 有点: dropped from phrases
    WORD_ALONE = 1 << 8,    // says enough by itself: 闪退, 好用
    WORD_VAGUE = 1 << 9,    // never part of a phrase: 东西, 时候, 觉得
};
#define WORD_OPINION (WORD_GOOD | WORD_BAD | WORD_NEUTRAL)

struct lexicon;

// `dir`: folder with words.txt and bigrams.dat; NULL looks for models/lexicon beside the
// executable's folder and its parents, then in /usr/share/huisheng. Errors: ERROR_NOT_FOUND,
// ERROR_FORMAT (names the line).
bool lexicon_open(const char *dir, struct lexicon **ret, struct error *err) MUST_USE;
void lexicon_close(struct lexicon *lx); // NULL is fine

const struct bigrams *lexicon_bigrams(const struct lexicon *lx);

uint32_t lexicon_count(const struct lexicon *lx);
uint32_t lexicon_find(const struct lexicon *lx,
                      struct str word); // id in file order, or LEXICON_NONE
struct str lexicon_word(const struct lexicon *lx, uint32_t id);
enum word_tag lexicon_tag(const struct lexicon *lx, uint32_t id);
uint32_t lexicon_flags(const struct lexicon *lx, uint32_t id);
float lexicon_cost(const struct lexicon *lx, uint32_t id); // −ln of the word's probability

// All words that begin at text[pos] (a character boundary), shortest first; at most `max`. For the
// segmenter.
struct lexicon_match {
    uint32_t word;
    uint32_t len; // bytes
};
int lexicon_prefixes(const struct lexicon *lx, struct str text, size_t pos,
                     struct lexicon_match *ret, int max);

#endif
