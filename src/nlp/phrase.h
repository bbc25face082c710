// SPDX-License-Identifier: Apache-2.0
// What a text says, in phrases short enough for a list: a thing with what is said of it (物流慢,
// 质量不错, 客服不回复), or a word that says enough alone (闪退, 难用). Negation is kept (不好用,
// 没有异味); words of degree and particles are dropped (“物流实在是太慢了” → 物流慢). English:
// noun–adjective pairs without stop words.
//
//     struct phraser *p = phraser_new(lx);                           // one a thread
//     struct str phrases[8];
//     int n = phrase_extract(p, text, &arena, phrases, 8);
//     phraser_free(p);
//
// Over a collection, struct phrase_tally counts them: each phrase once a text; wordings of the same
// thing are merged under the most frequent (快递慢, 物流太慢 → 物流慢), and a phrase nearly always
// said inside a longer one is dropped for it. struct phrase_miner finds expressions the dictionary
// does not know.
#ifndef NLP_PHRASE_H
#define NLP_PHRASE_H

#include "base/arena.h"
#include "nlp/segment.h"

struct phraser;
struct phraser *phraser_new(const struct lexicon *lx); // `lx` must outlive it
void phraser_free(struct phraser *p);

// Up to `max` phrases, each once, the most telling first. They are arena memory. Reads the first
// 2,000 characters.
int phrase_extract(struct phraser *p, struct str text, struct arena *arena, struct str *ret,
                   int max);

// ── counting over a collection ──
#define PHRASE_CLASSES 9 // classes of the caller, e.g. sentiment + 3 × period

struct phrase_count {
    struct str text; // the wording shown; tally memory
    uint64_t n;      // texts
    uint64_t by_class[PHRASE_CLASSES];
};

struct phrase_tally; // one thread; at most ~200,000 different phrases are held, the rarest are let
                     // go
struct phrase_tally *phrase_tally_new(const struct lexicon *lx); // `lx` must outlive it
void phrase_tally_free(struct phrase_tally *t);
// The phrases of one text, each counted once. `class` < PHRASE_CLASSES.
void phrase_tally_add(struct phrase_tally *t, const struct str *phrases, int n, int class);
// The `max` most frequent after merging, most frequent first. The array is arena memory.
size_t phrase_tally_top(struct phrase_tally *t, struct arena *arena, size_t max,
                        struct phrase_count **ret);

// ── expressions not in the dictionary ──
struct phrase_miner; // one thread; keeps at most 4 million characters of a sample of the texts
struct phrase_miner *phrase_miner_new(const struct lexicon *lx);
void phrase_miner_free(struct phrase_miner *m);
void phrase_miner_add(struct phrase_miner *m, struct str text);

struct new_phrase {
    struct str text;
    uint32_t n;        // occurrences in the sample
    float cohesion;    // least pointwise mutual information of its splits, nats
    float left, right; // entropy of the neighbours, nats
};
// 2–6 characters, n ≥ min_n, by n × cohesion. The array is arena memory.
size_t phrase_miner_top(struct phrase_miner *m, uint32_t min_n, struct arena *arena, size_t max,
                        struct new_phrase **ret);

#endif
