// SPDX-License-Identifier: Apache-2.0
#include "search/clauses.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

// "-[a@0 b*@1]": one pair of brackets a clause.
static void show(const struct clauses *c, struct strbuf *ret) {
    for (size_t i = 0; i < c->len; i++) {
        strbuf_adds(ret, c->items[i].excludes ? "-[" : "[");
        for (size_t k = 0; k < c->items[i].n_atoms; k++) {
            const struct atom *a = &c->items[i].atoms[k];
            strbuf_addf(ret, "%s%.*s%s@%u", k ? " " : "", STR_ARG(a->term), a->prefix ? "*" : "",
                        a->place);
        }
        strbuf_adds(ret, "]");
    }
}

TEST(clauses_are_read_as_people_write_them) {
    static const struct {
        const char *query, *clauses;
    } cases[] = {
        {"物流", "[物流@0]"},
        {"慢", "[慢*@0]"},
        {"等了很久", "[等了@0 了很@1 很久@2]"},
        {"物流 客服", "[物流@0][客服@0]"},
        {"物流　-客服", "[物流@0]-[客服@0]"},
        {"物流 －客服 −慢", "[物流@0]-[客服@0]-[慢*@0]"},
        {"\"late refund\"", "[late@0 refund@1]"},
        {"“很慢 客服”好", "[很慢@0 客服@2][好*@0]"},
        {"「退款」『不退』", "[退款@0][不退@0]"},
        {"-\"too slow\" x", "-[too@0 slow@1][x@0]"},
        {"refund* 退款* ab*c", "[refund*@0][退款@0][ab@0 c@1]"},
        {"5G＊", "[5@0 g*@1]"},
        {"\"ab*\"", "[ab@0]"},
        {"e-mail iPhone15手机", "[e@0 mail@1][iphone@0 15@1 手机@2]"},
        {"好 no", "[好*@0][no@0]"},
        {"好no", "[好*@0 no@1]"},
        {"\"好，坏人\"", "[好*@0 坏人@1]"},
        {"\"never closed", "[never@0 closed@1]"},
        {"- -- 慢", "[慢*@0]"},
        {"--x", "[x@0]"},
        {"。， a", "[a@0]"},
        {"a\"b c\"d", "[a@0][b@0 c@1][d@0]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
        struct clauses c;
        struct error err;
        if (!clauses_parse(&a, str_from(cases[i].query), &c, &err))
            fail_msg("%s: %s", cases[i].query, err.en);
        show(&c, &sb);
        assert_str(strbuf_str(&sb), cases[i].clauses);
    }
}

TEST(clauses_refuse_what_cannot_be_searched) {
    CLEANUP(strbuf_done) struct strbuf many = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf run = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf large = strbuf_init(64 * KIB);
    for (int i = 0; i <= CLAUSES_MAX; i++)
        strbuf_adds(&many, "a ");
    for (int i = 0; i <= CLAUSES_MAX_UNITS; i++)
        strbuf_adds(&run, "慢");
    for (size_t i = 0; i <= CLAUSES_MAX_TEXT; i++)
        strbuf_addc(&large, ' ');
    const struct {
        struct str query;
        enum error_code code;
    } cases[] = {
        {STR(""), ERROR_INVALID},          {STR("  　"), ERROR_INVALID},
        {STR("-客服"), ERROR_INVALID},     {STR("？！ \"\""), ERROR_INVALID},
        {strbuf_str(&many), ERROR_LIMIT},  {strbuf_str(&run), ERROR_LIMIT},
        {strbuf_str(&large), ERROR_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        struct clauses c;
        struct error err;
        assert_false(clauses_parse(&a, cases[i].query, &c, &err));
        assert_int_equal(err.code, cases[i].code);
    }
}
