// SPDX-License-Identifier: Apache-2.0
#include "analyse/taxonomy_own.h"

#include <math.h>

#include "analyse/record_analysis.h"
#include "analyse/taxonomy.h"
#include "tests/support/accounts.h"

static struct taxonomy *open_general(void) {
    CLEANUP(arena_done) struct arena a = {0};
    struct taxonomy *t = NULL;
    struct error err;
    if (!taxonomy_open(arena_printf(&a, "%s/templates/industries", test_source_dir()).ptr,
                       STR("restaurant"), NULL, &t, &err))
        fail_msg("%s", err.en);
    return t;
}

static struct json *parse(const char *text) {
    struct json *j = NULL;
    struct error err;
    if (!json_parse(str_from(text), &j, &err))
        fail_msg("%s: %s", text, err.en);
    return j;
}

TEST(taxonomy_own_takes_a_change_and_gives_it_back_from_the_store) {
    CLEANUP(arena_done) struct arena a = {0};
    struct taxonomy *t = open_general();
    struct taxonomy_own own, again;
    struct error err;
    CLEANUP(json_freep)
    struct json *j = parse(
        "[{\"code\":\"logistics\",\"name\":\"外送\",\"name_en\":\"riders\",\"weight\":42.5,\"synonyms\":[\"骑手\",\" 骑手 \",\"Rider\"]},"
        "{\"code\":\"response\",\"merged_into\":\"service\"},{\"code\":\"stock\",\"hidden\":true}]");
    test_ok(taxonomy_own_parse(NULL, &a, &own, &err), &err);
    test_ok(taxonomy_own_change(&own, t, j, LANG_ZH, &a, &err), &err);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&sb);
    taxonomy_own_format(&own, &w);
    assert_str(
        strbuf_str(&sb),
        "{\"logistics\":{\"name_zh\":\"外送\",\"name_en\":\"riders\",\"weight\":42.5,\"synonyms\":[\"骑手\",\"Rider\"]},"
        "\"response\":{\"merged_into\":\"service\"},\"stock\":{\"hidden\":true}}");
    CLEANUP(json_freep) struct json *stored = parse(strbuf_cstr(&sb));
    test_ok(taxonomy_own_parse(stored, &a, &again, &err), &err);
    assert_true(taxonomy_own_counts_alike(&own, &again));
    double before = taxonomy_points(t, DIM_SERVICE);
    test_ok(taxonomy_adjust(t, stored, &err), &err);
    assert_str(taxonomy_dimension_name(t, DIM_LOGISTICS, LANG_ZH), "外送");
    assert_str(taxonomy_dimension_name(t, DIM_LOGISTICS, LANG_EN), "riders");
    assert_float_equal(taxonomy_points(t, DIM_LOGISTICS), 42.5, 1e-9);
    assert_float_equal(taxonomy_points(t, DIM_SERVICE), before, 1e-9);
    assert_true(taxonomy_weight(t, DIM_STOCK) == 0 && taxonomy_is_hidden(t, DIM_STOCK));
    assert_true(taxonomy_weight(t, DIM_RESPONSE) == 0);
    assert_int_equal(taxonomy_target(t, DIM_RESPONSE), DIM_SERVICE);
    assert_int_equal(taxonomy_target(t, DIM_TASTE), DIM_TASTE);
    assert_true(taxonomy_labelled(t, STR("包装、骑手")) == UINT64_C(1) << DIM_LOGISTICS);
    assert_true(taxonomy_labelled(t, STR("rider")) == UINT64_C(1) << DIM_LOGISTICS);
    assert_true(taxonomy_labelled(t, STR("骑手很慢")) == 0);
    taxonomy_close(t);
}

TEST(taxonomy_own_forgets_what_the_industry_says_anyway) {
    CLEANUP(arena_done) struct arena a = {0};
    struct taxonomy *t = open_general();
    struct taxonomy_own own;
    struct error err;
    test_ok(taxonomy_own_parse(NULL, &a, &own, &err), &err);
    CLEANUP(json_freep)
    struct json *first = parse("[{\"code\":\"taste\",\"name\":\"风味\",\"weight\":90}]");
    test_ok(taxonomy_own_change(&own, t, first, LANG_ZH, &a, &err), &err);
    struct str name = taxonomy_dimension_name(t, DIM_TASTE, LANG_ZH);
    struct str text = arena_printf(&a, "[{\"code\":\"taste\",\"name\":\"%.*s\",\"weight\":%.1f}]",
                                   STR_ARG(name), taxonomy_points(t, DIM_TASTE));
    CLEANUP(json_freep) struct json *back = parse(text.ptr);
    test_ok(taxonomy_own_change(&own, t, back, LANG_ZH, &a, &err), &err);
    assert_true(own.dimensions[DIM_TASTE].name.zh.len == 0);
    assert_true(isnan(own.dimensions[DIM_TASTE].weight));
    // Sent back as it was read, with a name of the other language beside: nothing differs.
    CLEANUP(json_freep)
    struct json *same =
        parse(arena_printf(&a, "[{\"code\":\"taste\",\"name\":\"%.*s\",\"name_en\":\"flavour\"}]",
                           STR_ARG(name))
                  .ptr);
    test_ok(taxonomy_own_change(&own, t, same, LANG_ZH, &a, &err), &err);
    assert_true(own.dimensions[DIM_TASTE].name.zh.len == 0);
    assert_str(own.dimensions[DIM_TASTE].name.en, "flavour");
    taxonomy_close(t);
}

TEST(taxonomy_own_says_what_is_wrong) {
    static const struct {
        const char *list, *field;
    } cases[] = {
        {"{}", "dimensions"},
        {"[5]", "dimensions[0].code"},
        {"[{\"code\":\"speed\"}]", "dimensions[0].code"},
        {"[{\"code\":\"taste\",\"color\":1}]", "dimensions[0].color"},
        {"[{\"code\":\"taste\",\"name\":7}]", "dimensions[0].name"},
        {"[{\"code\":\"taste\",\"weight\":101}]", "dimensions[0].weight"},
        {"[{\"code\":\"taste\",\"weight\":\"5\"}]", "dimensions[0].weight"},
        {"[{\"code\":\"taste\",\"synonyms\":\"a\"}]", "dimensions[0].synonyms"},
        {"[{\"code\":\"taste\",\"synonyms\":[\"\"]}]", "dimensions[0].synonyms"},
        {"[{\"code\":\"taste\",\"hidden\":1}]", "dimensions[0].hidden"},
        {"[{\"code\":\"taste\",\"merged_into\":\"taste\"}]", "dimensions[0].merged_into"},
        {"[{\"code\":\"taste\",\"merged_into\":\"x\"}]", "dimensions[0].merged_into"},
        {"[{\"code\":\"taste\",\"merged_into\":\"price\"},{\"code\":\"price\",\"merged_into\":\"quality\"}]",
         "taste.merged_into"},
        {"[{\"code\":\"taste\",\"synonyms\":[\"Aa\"]},{\"code\":\"price\",\"synonyms\":[\"aA\"]}]",
         "price.synonyms"},
    };
    struct taxonomy *t = open_general();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        CLEANUP(json_freep) struct json *j = parse(cases[i].list);
        struct taxonomy_own own;
        struct error err = {0};
        test_ok(taxonomy_own_parse(NULL, &a, &own, &err), &err);
        if (taxonomy_own_change(&own, t, j, LANG_ZH, &a, &err) || err.code != ERROR_INVALID ||
            strcmp(err.field, cases[i].field) != 0)
            fail_msg("%s: %s %s", cases[i].list, err.field, err.en);
    }
    taxonomy_close(t);
}

TEST(taxonomy_own_places_mentions) {
    struct taxonomy *t = open_general();
    struct error err;
    CLEANUP(json_freep)
    struct json *j =
        parse("{\"response\":{\"merged_into\":\"service\"},\"hygiene\":{\"synonyms\":[\"异物\"]}}");
    test_ok(taxonomy_adjust(t, j, &err), &err);
    struct analysis_facts f = {.used = true,
                               .sentiment = SENTIMENT_NEG,
                               .n_aspects = 3,
                               .aspects = {{DIM_SERVICE, SENTIMENT_POS},
                                           {DIM_RESPONSE, SENTIMENT_NEG},
                                           {DIM_TASTE, SENTIMENT_POS}}};
    struct analysis_facts silent = {.n_aspects = 0};
    analysis_facts_place(&f, t, STR("异物"));
    assert_int_equal(f.n_aspects, 3);
    assert_int_equal(f.aspects[0].dimension, DIM_TASTE);
    assert_int_equal(f.aspects[1].dimension, DIM_SERVICE);
    assert_int_equal(f.aspects[1].polarity, SENTIMENT_NEG);
    assert_int_equal(f.aspects[2].dimension, DIM_HYGIENE);
    assert_int_equal(f.aspects[2].polarity, SENTIMENT_NEG);
    analysis_facts_place(&silent, t, STR("异物"));
    assert_int_equal(silent.n_aspects, 0);
    taxonomy_close(t);
}
