// SPDX-License-Identifier: Apache-2.0
#include "app/nlp_verbs.h"

#include <errno.h>
#include <math.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "nlp/neardup.h"
#include "nlp/phrase.h"
#include "nlp/pii.h"

// ── personal data ──

static void write_spans(void *ctx, UNUSED void *mark, UNUSED const struct json *id, struct str text,
                        struct json_writer *w) {
    const bool *masks = ctx;
    CLEANUP(arena_done) struct arena arena = {0};
    struct pii_span *spans;
    size_t n = pii_find_all(text, &arena, &spans);
    json_key(w, "spans");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_key(w, "type");
        json_add_cstr(w, pii_labels[spans[i].type].code);
        json_key(w, "start");
        json_add_int(w, spans[i].start);
        json_key(w, "end");
        json_add_int(w, spans[i].end);
        json_end_object(w);
    }
    json_end_array(w);
    if (*masks) {
        json_key(w, "masked");
        json_add_str(w, pii_mask(text, spans, n, &arena));
    }
}

bool nlp_pii(FILE *in, FILE *out, bool masks, struct nlp_filter_options options,
             struct error *err) {
    static const struct nlp_verb verb = {.doing = {"查找", "searching"}, .write = write_spans};
    options.ctx = &masks;
    return nlp_filter(in, out, &verb, &options, err);
}

// ── copies ──

#define MAX_IDS_BYTES (2 * GIB)

struct copies {
    struct neardup *index;
    struct map_u64 shorts; // texts too short for it: hash → number
    struct {
        VEC(size_t); // of each text: where its id ends in `ids`
    } ends;
    struct strbuf ids; // as JSON, one behind the other
};

static void sketch_texts(UNUSED void *ctx, UNUSED int worker, const struct str *texts, size_t n,
                         void *marks) {
    struct neardup_sketch *sketches = marks;
    for (size_t i = 0; i < n; i++)
        neardup_sketch(texts[i], &sketches[i]);
}

static void add_id(const struct copies *c, uint32_t text, struct json_writer *w) {
    CLEANUP(json_freep) struct json *id = NULL;
    size_t from = text ? c->ends.items[text - 1] : 0;
    if (json_parse(str_slice(strbuf_str(&c->ids), from, c->ends.items[text]), &id, NULL))
        json_add_value(w, id);
    else
        json_add_null(w);
}

// A short text is a copy only of one with the same letters and digits; one without any is none.
static uint32_t find_first(struct copies *c, const struct neardup_sketch *s, uint32_t number) {
    uint64_t first;
    if (s->n_chars >= NEARDUP_MIN_CHARS || s->exact == 0)
        return neardup_add(c->index, s, number);
    if (map_u64_get(&c->shorts, s->exact, &first))
        return (uint32_t)first;
    map_u64_put(&c->shorts, s->exact, number);
    return NEARDUP_NONE;
}

static void write_copy(void *ctx, void *mark, const struct json *id, UNUSED struct str text,
                       struct json_writer *w) {
    struct copies *c = ctx;
    struct json_writer ids = json_writer_init(&c->ids);
    uint32_t number = (uint32_t)c->ends.len, first = find_first(c, mark, number);
    if (id)
        json_add_value(&ids, id);
    vec_push(&c->ends, c->ids.len);
    json_key(w, "duplicate");
    json_add_bool(w, first != NEARDUP_NONE);
    json_key(w, "duplicate_of");
    if (first != NEARDUP_NONE)
        add_id(c, first, w);
    else
        json_add_null(w);
}

bool nlp_dedup(FILE *in, FILE *out, struct nlp_filter_options options, struct error *err) {
    static const struct nlp_verb verb = {.doing = {"比较", "comparing"},
                                         .mark_bytes = sizeof(struct neardup_sketch),
                                         .in_order = true,
                                         .read = sketch_texts,
                                         .write = write_copy};
    struct copies c = {.index = neardup_new(), .ids = strbuf_init(MAX_IDS_BYTES)};
    options.ctx = &c;
    bool ok = nlp_filter(in, out, &verb, &options, err);
    neardup_free(c.index);
    map_u64_done(&c.shorts);
    vec_done(&c.ends);
    strbuf_done(&c.ids);
    return ok;
}

// ── phrases of a collection ──

#define PHRASES_OF_A_TEXT 12
#define NEW_MIN_N         5 // an expression that is said less often is no finding

struct collection {
    struct phraser *phraser;
    struct phrase_tally *tally;
    struct phrase_miner *miner;
    struct arena arena; // of one text
};

static void count_text(void *ctx, UNUSED void *mark, UNUSED const struct json *id, struct str text,
                       UNUSED struct json_writer *w) {
    struct collection *c = ctx;
    struct str phrases[PHRASES_OF_A_TEXT];
    arena_reset(&c->arena);
    int n = phrase_extract(c->phraser, text, &c->arena, phrases, PHRASES_OF_A_TEXT);
    phrase_tally_add(c->tally, phrases, n, 0);
    phrase_miner_add(c->miner, text);
}

static void begin_phrase(struct json_writer *w, struct str phrase, uint64_t n) {
    json_begin_object(w);
    json_key(w, "phrase");
    json_add_str(w, phrase);
    json_key(w, "count");
    json_add_int(w, (int64_t)n);
}

// Cohesion: the least pointwise mutual information of its splits; freedom: the smaller entropy of what stands before
// and behind it (both in nats). High ones make an expression.
static bool print_phrases(struct collection *c, size_t max, FILE *out, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(GIB);
    struct json_writer w = json_writer_init(&sb);
    struct phrase_count *top;
    struct new_phrase *found;
    arena_reset(&c->arena);
    size_t n = phrase_tally_top(c->tally, &c->arena, max, &top);
    for (size_t i = 0; i < n; i++) {
        begin_phrase(&w, top[i].text, top[i].n);
        json_end_object(&w);
        strbuf_addc(&sb, '\n');
        w = json_writer_init(&sb);
    }
    n = phrase_miner_top(c->miner, NEW_MIN_N, &c->arena, max, &found);
    for (size_t i = 0; i < n; i++) {
        begin_phrase(&w, found[i].text, found[i].n);
        json_key(&w, "new");
        json_add_bool(&w, true);
        json_key(&w, "cohesion");
        json_add_num(&w, (double)found[i].cohesion, 2);
        json_key(&w, "freedom");
        json_add_num(&w, (double)fminf(found[i].left, found[i].right), 2);
        json_end_object(&w);
        strbuf_addc(&sb, '\n');
        w = json_writer_init(&sb);
    }
    errno = 0;
    if (sb.len && (fwrite(sb.ptr, 1, sb.len, out) != sb.len || fflush(out)))
        return error_errno(err, errno ? errno : EIO, "无法写入结果", "cannot write the result",
                           "stdout");
    return true;
}

bool nlp_phrases(FILE *in, FILE *out, size_t max, struct nlp_filter_options options,
                 struct error *err) {
    static const struct nlp_verb verb = {
        .doing = {"统计", "counting"}, .in_order = true, .silent = true, .write = count_text};
    struct lexicon *lexicon;
    if (!lexicon_open(NULL, &lexicon, err))
        return false;
    struct collection c = {.phraser = phraser_new(lexicon),
                           .tally = phrase_tally_new(lexicon),
                           .miner = phrase_miner_new(lexicon)};
    options.ctx = &c;
    bool read = nlp_filter(in, out, &verb, &options, err);
    struct error printing;
    // What could be read is shown also when some lines could not.
    bool printed = print_phrases(&c, max, out, &printing);
    if (read && !printed)
        *err = printing;
    phraser_free(c.phraser);
    phrase_tally_free(c.tally);
    phrase_miner_free(c.miner);
    arena_done(&c.arena);
    lexicon_close(lexicon);
    return read && printed;
}
