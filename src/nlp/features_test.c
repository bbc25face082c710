// SPDX-License-Identifier: Apache-2.0
#include "nlp/features.h"

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/support/test.h"

// The symbols between BOS and EOS, each as the characters it covers, clauses separated by |.
static void show(const struct features *f, struct str text, struct strbuf *out) {
    strbuf_reset(out);
    uint32_t clause = 0;
    for (int i = 1; i < f->n_symbols - 1; i++) {
        const struct symbol *s = &f->symbols[i];
        if (s->clause != clause)
            strbuf_adds(out, "|");
        else if (i > 1)
            strbuf_adds(out, "_");
        clause = s->clause;
        strbuf_add(out, str_slice(text, utf8_offset(text, s->start), utf8_offset(text, s->end)));
    }
}

TEST(features_cut_text_into_symbols_and_clauses) {
    static const struct {
        const char *text, *symbols;
    } cases[] = {
        {"", ""},
        {"质量好", "质_量_好"},
        {"质量好，物流慢。", "质_量_好_，|物_流_慢_。"},
        {"质量好 物流慢", "质_量_好_ |物_流_慢"},
        {"很好但是贵", "很_好|但_是_贵"},
        {"但是贵", "但_是_贵"},
        {"再好不过了", "再_好|不_过_了"},
        {"再不过了", "再_不_过_了"},
        {"Good phone, but it's slow", "Good_phone_,|but_it's_slow"},
        {"nice screen however heavy", "nice_screen|however_heavy"},
        {"ＡＢＣ　好", "ＡＢＣ_好"},
        {"等了3.5小时", "等_了_3.5_小_时"},
        {"打12315投诉", "打_12315_投_诉"},
        {"加13800001111", "加_13800001111"},
        {"好好好好", "好_好好好"},
        {"!!!!", "!_!!!"},
        {"好\xE2\x80\x8B评", "好_评"},
        {"a\xFF"
         "b",
         "a_\xFF_b"},
        {"👍赞", "👍_赞"},
    };
    struct features *f = mem_zero(1, sizeof *f);
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(64 * KIB);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_from(cases[i].text);
        features_read(f, text);
        show(f, text, &out);
        assert_str(strbuf_str(&out), cases[i].symbols);
    }
    free(f);
}

TEST(features_fold_what_means_the_same) {
    static const struct {
        const char *a, *b;
    } same[] = {
        {"质量好，慢。", "质量好,慢."},
        {"ＡＢＣ１２", "abc34"},
        {"“好”", "\"好\""},
        {"Don’t", "don't"},
        {"好\n慢", "好  慢"},
        {"5个", "7个"},
        {"138000011112", "95.5,888,22"},
        {"好！！！！！", "好!!"},
        {"…", "。"},
    };
    struct features *f = mem_zero(2, sizeof *f);
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        features_read(&f[0], str_from(same[i].a));
        features_read(&f[1], str_from(same[i].b));
        assert_int_equal(f[0].n_symbols, f[1].n_symbols);
        for (int k = 0; k < f[0].n_symbols; k++)
            assert_int_equal(f[0].symbols[k].id, f[1].symbols[k].id);
        for (int n = 0; n < FEATURES_MAX_N; n++)
            for (int k = 0; k + n < f[0].n_symbols; k++)
                assert_true(f[0].keys[n][k] == f[1].keys[n][k]);
    }
    features_read(&f[0], STR("12315"));
    features_read(&f[1], STR("12316"));
    assert_int_not_equal(f[0].symbols[1].id, f[1].symbols[1].id);
    free(f);
}

TEST(features_stay_inside_their_limits) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(1 * MIB);
    for (int i = 0; i < 5000; i++)
        strbuf_adds(&sb, i % 3 ? "好" : i % 2 ? "慢，" : "x1");
    struct features *f = mem_zero(1, sizeof *f);
    features_read(f, strbuf_str(&sb));
    assert_int_equal(f->n_chars, FEATURES_MAX_CHARS);
    assert_true(f->n_symbols <= FEATURES_MAX_SYMBOLS);
    assert_true(f->n_clauses <= FEATURES_MAX_CLAUSES);
    assert_int_equal(f->symbols[f->n_symbols - 1].clause, f->n_clauses - 1);
    for (int i = 1; i < f->n_symbols; i++) {
        assert_true(f->symbols[i].start >= f->symbols[i - 1].end);
        assert_true(f->symbols[i].end <= FEATURES_MAX_CHARS);
        assert_true(f->symbols[i].clause - f->symbols[i - 1].clause <= 1);
    }
    free(f);
}

TEST(features_know_kinds_of_symbols) {
    static const struct {
        uint32_t id;
        enum symbol_kind kind;
    } cases[] = {
        {'.', SYMBOL_KIND_PUNCTUATION},    {' ', SYMBOL_KIND_PUNCTUATION},
        {'0', SYMBOL_KIND_NUMBER},         {0xE011, SYMBOL_KIND_NUMBER},
        {0xE020, SYMBOL_KIND_NUMBER},      {0x597D, SYMBOL_KIND_HAN},
        {0x20000, SYMBOL_KIND_HAN},        {0x80000001, SYMBOL_KIND_WORD},
        {0x3042, SYMBOL_KIND_OTHER},       {0x1F44D, SYMBOL_KIND_PICTOGRAPH},
        {0x2764, SYMBOL_KIND_PICTOGRAPH},  {0xE9, SYMBOL_KIND_OTHER},
        {0x300C, SYMBOL_KIND_PUNCTUATION},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(symbol_kind(cases[i].id), cases[i].kind);
}
