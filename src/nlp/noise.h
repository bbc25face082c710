// SPDX-License-Identifier: Apache-2.0
// Texts that are no feedback: nothing said, the platform's own words, random keys, advertisement.
// Rules over characters and words, made so that what a real customer wrote is next to never called
// noise.
#ifndef NLP_NOISE_H
#define NLP_NOISE_H

#include "nlp/segment.h"

enum noise_flag {
    NOISE_BLANK = 1 << 0, // no words: empty, punctuation, emoji, digits
    NOISE_DEFAULT_PRAISE = 1 << 1, // written by the platform: 此用户没有填写评价, 系统默认好评
    NOISE_GIBBERISH = 1 << 2, // random characters, keyboard runs, meaningless repetition
    NOISE_AD = 1 << 3,        // solicits: contact, link, brushing, loans, buying agents
    NOISE_PROFANITY = 1 << 4, // has abusive words: a mark, the text stays feedback
};

// Flags of a text. At most one of BLANK, DEFAULT_PRAISE, GIBBERISH, AD; PROFANITY beside any.
uint32_t noise_flags(struct segmenter *sg, struct str text);

#endif
