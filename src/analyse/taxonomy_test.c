// SPDX-License-Identifier: Apache-2.0
#include "analyse/taxonomy.h"

#include <sys/stat.h>

#include "analyse/taxonomy_file.h"
#include "base/utf8.h"
#include "tests/support/test.h"

static struct str shipped_dir(struct arena *a) {
    return arena_printf(a, "%s/templates/industries", test_source_dir());
}

static struct taxonomy *open_shipped(const char *industry) {
    CLEANUP(arena_done) struct arena a = {0};
    struct taxonomy *t = NULL;
    struct error err;
    if (!taxonomy_open(shipped_dir(&a).ptr, str_from(industry), NULL, &t, &err))
        fail_msg("%s", err.en);
    return t;
}

static void check_industry(const struct industry *x) {
    for (int d = 0; d < N_DIMENSIONS; d++) {
        const struct dimension_rule *r = &x->dimensions[d];
        if (!r->present)
            continue;
        size_t unconditional = 0;
        for (size_t i = 0; i < r->n_measures; i++)
            unconditional += !r->measures[i].conditional;
        if (unconditional != 1 || r->measures[r->n_measures - 1].conditional)
            fail_msg("%.*s.%s: one measure without condition, the last, is wanted",
                     STR_ARG(x->code), dimension_labels[d].code);
        // Tighter than the loader's bounds: what we ship must look well in a narrow column.
        if (utf8_count(r->issue.zh) > 16 || utf8_count(r->name.zh) > 8 ||
            utf8_count(r->department.zh) > 10)
            fail_msg("%.*s.%s: a Chinese name is too long", STR_ARG(x->code),
                     dimension_labels[d].code);
    }
    assert_true(x->dimensions[DIM_OVERALL].present);
    assert_true(x->dimensions[DIM_SERVICE].present);
}

TEST(industries_shipped_are_well_formed) {
    CLEANUP(arena_done) struct arena a = {0};
    struct error err;
    struct word_list codes;
    struct str dir = shipped_dir(&a);
    if (!industry_list(dir.ptr, &a, &codes, &err))
        fail_msg("%s", err.en);
    assert_true(codes.n >= 3);
    for (size_t i = 0; i < codes.n; i++) {
        struct industry x;
        if (!industry_load(dir.ptr, codes.items[i], &a, &x, &err))
            fail_msg("%s", err.en);
        check_industry(&x);
        bool is_general = str_eq(codes.items[i], STR("general"));
        assert_int_equal(x.names.n + x.texts.n == 0, is_general);
        for (int d = 0; is_general && d < N_DIMENSIONS; d++)
            assert_true(x.dimensions[d].present);
    }
}

TEST(taxonomy_speaks_the_words_of_the_trade) {
    struct taxonomy *shop = open_shipped("e-commerce"), *food = open_shipped("餐饮外卖");
    assert_str(taxonomy_code(food), "restaurant");
    assert_str(taxonomy_issue_name(shop, DIM_LOGISTICS, LANG_ZH), "物流慢");
    assert_str(taxonomy_issue_name(food, DIM_LOGISTICS, LANG_ZH), "配送慢");
    assert_str(taxonomy_issue_name(food, DIM_LOGISTICS, LANG_EN), "Slow delivery");
    assert_str(taxonomy_dimension_name(food, DIM_LOGISTICS, LANG_EN), "delivery");
    assert_str(taxonomy_department(shop, DIM_PACKAGING, LANG_ZH), "仓储部");
    assert_true(taxonomy_weight(food, DIM_TASTE) > taxonomy_weight(food, DIM_LOCATION));
    // A restaurant has no dimension “policy”: general words, no weight.
    assert_true(taxonomy_issue_name(food, DIM_POLICY, LANG_ZH).len > 0);
    assert_true(taxonomy_department(food, DIM_POLICY, LANG_EN).len > 0);
    assert_float_equal(taxonomy_weight(food, DIM_POLICY), 0, 0);
    assert_str(taxonomy_guessed(food)->code, "");
    taxonomy_close(shop);
    taxonomy_close(food);
}

TEST(taxonomy_lists_the_known_industries) {
    CLEANUP(arena_done) struct arena a = {0};
    struct taxonomy *t = NULL;
    struct error err;
    assert_false(taxonomy_open(shipped_dir(&a).ptr, STR("mining"), NULL, &t, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.zh, "mining"));
    assert_non_null(strstr(err.en, "general"));
    assert_non_null(strstr(err.en, "restaurant"));
    assert_string_equal(err.field, "industry");
    assert_false(taxonomy_open("/nowhere", STR("hotel"), NULL, &t, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

TEST(taxonomy_finds_the_shipped_folder_by_itself) {
    struct taxonomy *t = NULL;
    struct error err;
    if (!taxonomy_open(NULL, STR("general"), NULL, &t, &err))
        fail_msg("%s", err.en);
    assert_str(taxonomy_name(t, LANG_ZH), "通用");
    taxonomy_close(t);
}

TEST(taxonomy_guesses_from_names_and_texts) {
    static const struct {
        const char *names[4], *texts[3], *code;
    } cases[] = {
        {{"评价内容", "评分"}, {"不错", "很好"}, "general"},
        {{"天猫评价.csv", "SKU", "评价内容"}, {"不错"}, "e-commerce"},
        {{"TMALL", "jd"}, {"fine"}, "e-commerce"},
        {{"桌号", "菜品", "评价内容"}, {"不错"}, "restaurant"},
        {{"内容"}, {"骑手送来都凉了", "上菜太慢", "服务员不理人"}, "restaurant"},
        {{"text"}, {"The waiter ignored us", "nice dish", "too loud"}, "restaurant"},
        {{"评价"}, {"快递三天才到", "卖家态度好", "包装破了"}, "e-commerce"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        struct str names[4], texts[3];
        struct taxonomy_hints h = {.names = names, .texts = texts};
        while (h.n_names < 4 && cases[i].names[h.n_names]) {
            names[h.n_names] = str_from(cases[i].names[h.n_names]);
            h.n_names++;
        }
        while (h.n_texts < 3 && cases[i].texts[h.n_texts]) {
            texts[h.n_texts] = str_from(cases[i].texts[h.n_texts]);
            h.n_texts++;
        }
        struct taxonomy *t = NULL;
        struct error err;
        assert_true(taxonomy_open(shipped_dir(&a).ptr, STR(""), &h, &t, &err));
        assert_str(taxonomy_code(t), cases[i].code);
        const struct taxonomy_guess *g = taxonomy_guessed(t);
        assert_str(g->code, cases[i].code);
        assert_int_equal(g->n_words == 0, str_eq(g->code, STR("general")));
        taxonomy_close(t);
    }
}

TEST(taxonomy_guess_is_general_when_two_trades_speak) {
    CLEANUP(arena_done) struct arena a = {0};
    const struct str names[] = {STR("天猫"), STR("京东"), STR("美团"), STR("菜品")};
    struct taxonomy *t = NULL;
    struct error err;
    struct taxonomy_hints h = {.names = names, .n_names = 4};
    assert_true(taxonomy_open(shipped_dir(&a).ptr, STR(""), &h, &t, &err));
    assert_str(taxonomy_code(t), "general");
    taxonomy_close(t);
}

static const char GENERAL_FILE[] =
    "{\"code\":\"general\",\"name\":{\"zh\":\"通用\",\"en\":\"General\"},\"recognise\":{},"
    "\"dimensions\":{\"logistics\":{\"name\":{\"zh\":\"物流\",\"en\":\"delivery\"},"
    "\"issue\":{\"zh\":\"物流慢\",\"en\":\"slow\"},\"weight\":1,"
    "\"department\":{\"zh\":\"仓储部\",\"en\":\"Stores\"},\"measures\":["
    "{\"zh\":\"换承运商\",\"en\":\"carrier\",\"when\":{\"fact\":\"delivery_days\",\"above\":3}},"
    "{\"zh\":\"单看这个地区\",\"en\":\"region\",\"when\":{\"column\":\"region\"},"
    "\"department\":{\"zh\":\"区域部\",\"en\":\"Regions\"}},"
    "{\"zh\":\"先补发\",\"en\":\"resend\",\"when\":{\"words\":[\"丢件\",\"Lost\"]}},"
    "{\"zh\":\"主动告知\",\"en\":\"tell\"}]}},"
    "\"urgent\":[{\"words\":[\"12315\",\"起诉\",\"sue\"],\"reason\":{\"zh\":\"要投诉\",\"en\":"
    "\"threat\"},"
    "\"department\":{\"zh\":\"法务\",\"en\":\"Legal\"}}]}";

static const char *own_dir(const char *name, const char *content) {
    static char dir[256];
    snprintf(dir, sizeof dir, "%s/%s", test_tmp_dir(), name);
    assert_true(mkdir(dir, 0700) == 0);
    char path[128];
    snprintf(path, sizeof path, "%s/general.json", name);
    test_tmp_file(path, str_from(content));
    return dir;
}

static const struct str lost_texts[] = {STR_INIT("丢件了"), STR_INIT("LOST again"), STR_INIT("慢")};
static const struct str one_lost[] = {STR_INIT("丢件了"), STR_INIT("慢")};
static const struct measure_fact slow[] = {{STR_INIT("delivery_days"), 5.4, 2.1}};
static const struct measure_fact same[] = {{STR_INIT("delivery_days"), 5.4, 5.4}};
static const struct measure_fact quick[] = {{STR_INIT("delivery_days"), 2.9, 1.0}};
static const struct measure_fact alone[] = {{STR_INIT("delivery_days"), 5.4, NAN}};
static const struct str region[] = {STR_INIT("region")};

TEST(taxonomy_measure_is_the_one_whose_condition_fits_best) {
    static const struct {
        struct measure_context context;
        const char *zh, *department;
    } cases[] = {
        {{0}, "主动告知", "仓储部"},
        {{.facts = slow, .n_facts = 1}, "换承运商", "仓储部"},
        {{.facts = same, .n_facts = 1}, "主动告知", "仓储部"},
        {{.facts = quick, .n_facts = 1}, "主动告知", "仓储部"},
        {{.facts = alone, .n_facts = 1}, "换承运商", "仓储部"},
        {{.columns = region, .n_columns = 1}, "单看这个地区", "区域部"},
        {{.texts = lost_texts, .n_texts = 3}, "先补发", "仓储部"},
        {{.texts = one_lost, .n_texts = 2}, "主动告知", "仓储部"}, // one text is no pattern
        {{.facts = slow, .n_facts = 1, .columns = region, .n_columns = 1}, "换承运商", "仓储部"},
        {{.texts = lost_texts, .n_texts = 3, .columns = region, .n_columns = 1},
         "先补发",
         "仓储部"},
    };
    struct taxonomy *t = NULL;
    struct error err;
    assert_true(taxonomy_open(own_dir("measures", GENERAL_FILE), STR("general"), NULL, &t, &err));
    struct str department;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_str(taxonomy_measure(t, DIM_LOGISTICS, &cases[i].context, LANG_ZH, &department),
                   cases[i].zh);
        assert_str(department, cases[i].department);
    }
    assert_str(taxonomy_measure(t, DIM_LOGISTICS, NULL, LANG_EN, NULL), "tell");
    // Even a template with one dimension answers for the others.
    assert_str(taxonomy_measure(t, DIM_TASTE, NULL, LANG_EN, &department), "");
    assert_str(taxonomy_issue_name(t, DIM_TASTE, LANG_EN), "taste");
    taxonomy_close(t);
}

TEST(taxonomy_urgent_reason_needs_the_word_itself) {
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"不处理就打12315", "要投诉"},
        {"电话 4001231500", ""},
        {"我会SUE you", "要投诉"},
        {"a big issue", ""},
        {"没有起诉", ""},
        {"没有起诉，但会起诉", "要投诉"},
        {"", ""},
        {"慢", ""},
    };
    struct taxonomy *t = NULL;
    struct error err;
    assert_true(taxonomy_open(own_dir("urgent", GENERAL_FILE), STR("general"), NULL, &t, &err));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str department;
        assert_str(taxonomy_urgent_reason(t, str_from(cases[i].text), LANG_ZH, &department),
                   cases[i].reason);
        assert_str(department, *cases[i].reason ? "法务" : "");
    }
    taxonomy_close(t);
    t = open_shipped("restaurant");
    struct str department;
    assert_str(taxonomy_urgent_reason(t, STR("菜里有虫，要曝光你们"), LANG_ZH, &department),
               "吃到异物");
    assert_str(department, "食安负责人");
    assert_str(taxonomy_urgent_reason(t, STR("要曝光你们"), LANG_ZH, NULL), "称要曝光给媒体");
    taxonomy_close(t);
}

TEST(industry_files_that_are_wrong_are_named_with_the_member) {
    static const struct {
        const char *find, *put, *member;
    } cases[] = {
        {"\"code\":\"general\"", "\"code\":\"x\"", "code"},
        {"\"logistics\"", "\"logistic\"", "dimensions.logistic"},
        {"\"weight\":1", "\"weight\":7", "dimensions.logistics.weight"},
        {"\"weight\":1", "\"weight\":0", "dimensions"},
        {"\"weight\":1,", "", "dimensions.logistics.weight"},
        {"\"weight\":1", "\"wieght\":1", "dimensions.logistics.wieght"},
        {"\"en\":\"slow\"", "\"en\":\"\"", "dimensions.logistics.issue.en"},
        {",\"above\":3", "", "dimensions.logistics.measures[0].when.fact"},
        {"{\"column\":\"region\"}", "{}", "dimensions.logistics.measures[1].when"},
        {"[\"丢件\",\"Lost\"]", "\"丢件\"", "dimensions.logistics.measures[2].when.words"},
        {"[\"12315\",\"起诉\",\"sue\"]", "[]", "urgent[0].words"},
        {"\"recognise\":{},", "", "recognise"},
    };
    CLEANUP(arena_done) struct arena a = {0};
    const char *dir = own_dir("wrong", GENERAL_FILE);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str all = str_from(GENERAL_FILE);
        size_t at = str_find(all, str_from(cases[i].find)), end = at + strlen(cases[i].find);
        assert_true(at != STR_NONE);
        struct str text =
            arena_printf(&a, "%.*s%s%s", (int)at, all.ptr, cases[i].put, all.ptr + end);
        test_tmp_file("wrong/general.json", text);
        struct industry x;
        struct error err;
        assert_false(industry_load(dir, STR("general"), &a, &x, &err));
        assert_int_equal(err.code, ERROR_FORMAT);
        char expected[128];
        snprintf(expected, sizeof expected, "general.json, %s: ", cases[i].member);
        if (!strstr(err.en, expected))
            fail_msg("case %zu: “%s” does not name “%s”", i, err.en, cases[i].member);
    }
}
