// SPDX-License-Identifier: Apache-2.0
#include "search/search.h"

#include "tests/support/test.h"

static const uint8_t key[CRYPTO_KEY_BYTES] = "a key of the test, 32 bytes long";

static struct search *open_new(const char *name) {
    char dir[256];
    snprintf(dir, sizeof dir, "%s/%s", test_tmp_dir(), name);
    struct search *s;
    struct error err;
    if (!search_open(dir, key, &s, &err))
        fail_msg("%s", err.en);
    return s;
}

static void apply(struct search *s, int64_t id, const char *text) {
    struct search_doc doc = {.id = id, .gone = !text, .text = str_from(text)};
    struct error err;
    if (!search_apply(s, &doc, 1, id, &err))
        fail_msg("%s", err.en);
}

// "3 1": the ids found.
static struct str find(struct search *s, const char *text, char *buf, size_t room) {
    int64_t ids[32];
    size_t n, len = 0;
    struct error err;
    struct search_query q = {.text = str_from(text), .limit = 32};
    if (!search_find(s, &q, ids, &n, &err))
        return str_from(error_code_name(err.code));
    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(buf + len, room - len, "%s%" PRId64, i ? " " : "", ids[i]);
    return str_make(buf, len);
}

TEST(search_finds_words_pairs_and_phrases) {
    static const char *const texts[] = {
        "快递太慢，等了很久，客服也不理人",
        "物流很快，客服态度好",
        "The iPhone15 arrived late; refund please",
        "包装破损。快递员态度差，要求退款 refunded",
        "慢",
    };
    static const struct {
        const char *query, *ids;
    } cases[] = {
        {"快递", "4 1"},       {"客服", "2 1"},       {"慢", "5 1"},        {"快", "4 2 1"},
        {"快递 态度", "4"},    {"\"等了很久\"", "1"}, {"“客服态度”", "2"},  {"快递 -退款", "1"},
        {"refund", "3"},       {"REFUND*", "4 3"},    {"iphone", "3"},      {"iPhone15", "3"},
        {"ＩＰＨＯＮＥ", "3"}, {"客服　－物流", "1"}, {"久客", ""},         {"\"久 客服\"", "1"},
        {"-客服", "invalid"},  {"。，", "invalid"},   {"late refund", "3"}, {"\"refund late\"", ""},
        {"理人", "1"},         {"无此词", ""},
    };
    for (int reopened = 0; reopened < 3; reopened++) {
        struct search *s = open_new("words");
        for (size_t i = 0; reopened == 0 && i < ARRAY_LEN(texts); i++)
            apply(s, (int64_t)i + 1, texts[i]);
        struct error err;
        if (reopened == 2)
            assert_true(search_flush(s, &err));
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            char buf[256];
            struct str got = find(s, cases[i].query, buf, sizeof buf);
            if (!str_eq(got, str_from(cases[i].ids)))
                fail_msg("%s: %.*s, not %s", cases[i].query, STR_ARG(got), cases[i].ids);
        }
        search_close(s);
    }
}
