// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "base/utf8.h"
#include "report/render.h"
#include "tests/support/report_fixture.h"
#include "tests/support/test.h"

static struct arena arena;

// The page of a fixture, as it stands in its file.
static struct str page_of(enum report_fixture which, enum lang lang, struct strbuf *ret) {
    char path[300];
    struct output *out;
    struct error err = {0};
    snprintf(path, sizeof path, "%s/page.html", test_tmp_dir());
    assert_true(output_open(path, &out, &err));
    if (!report_page(report_fixture(which, lang, &arena), out, &err))
        fail_msg("%s: %s", report_fixture_names[which], err.en);
    assert_true(output_commit(out, &err));
    assert_true(file_read(path, MIB, ret, &err));
    return strbuf_str(ret);
}

static void forget(void) {
    arena_done(&arena);
    arena = (struct arena){0};
}

#define EACH_PAGE(html)                                                                            \
    for (int which = 0; which < N_REPORT_FIXTURES; which++)                                        \
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++)                                          \
            for (struct strbuf sb = strbuf_init(MIB), *once = &sb; once;                           \
                 strbuf_done(&sb), once = NULL)                                                    \
                for (struct str html = page_of((enum report_fixture)which, (enum lang)lang, &sb);  \
                     html.len; html.len = 0)

static size_t count(struct str text, const char *what) {
    size_t n = 0, at;
    struct str needle = str_from(what);
    while ((at = str_find(text, needle)) != STR_NONE) {
        text = str_slice(text, at + needle.len, text.len);
        n++;
    }
    return n;
}

TEST(page_is_whole_small_and_asks_nothing_of_the_network) {
    EACH_PAGE(html) {
        assert_true(html.len <= REPORT_PAGE_LIMIT);
        assert_true(str_starts(html, STR("<!doctype html>")));
        assert_true(str_ends(html, STR("</html>\n")));
        // the name of the SVG name space is the only address
        assert_int_equal(count(html, "http://"), count(html, "http://www.w3.org/2000/svg"));
        assert_int_equal(count(html, "https://"), 0);
        assert_int_equal(count(html, "url("), 0);
        assert_int_equal(count(html, "@import"), 0);
        assert_int_equal(count(html, "<script"), 1);
        assert_int_equal(count(html, "<main"), 1);
        assert_int_equal(count(html, "<h1"), 1);
        assert_true(str_has(html, STR("Content-Security-Policy\" content=\"default-src 'none'")));
        assert_false(str_has(html, STR("\"nan")) || str_has(html, STR(">nan")) ||
                     str_has(html, STR("-nan")) || str_has(html, STR(" nan")));
        assert_int_equal(count(html, "style=\""), 0);
    }
    forget();
}

TEST(page_tags_are_balanced) {
    static const char *const tags[] = {
        "section",    "figure",  "table", "tbody", "thead", "tr",     "td",   "th",      "ol",
        "ul",         "li",      "div",   "p",     "h2",    "h3",     "h4",   "details", "summary",
        "blockquote", "article", "dl",    "dt",    "dd",    "svg",    "mark", "span",    "small",
        "a",          "g",       "pre",   "code",  "nav",   "header", "main", "footer",  "bdi"};
    EACH_PAGE(html) {
        for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
            char open1[32], open2[32], close[32];
            snprintf(open1, sizeof open1, "<%s>", tags[i]);
            snprintf(open2, sizeof open2, "<%s ", tags[i]);
            snprintf(close, sizeof close, "</%s>", tags[i]);
            size_t opened = count(html, open1) + count(html, open2);
            if (opened != count(html, close))
                fail_msg("%s: <%s> %zu opened, %zu closed", report_fixture_names[which], tags[i],
                         opened, count(html, close));
        }
    }
    forget();
}

TEST(page_shows_markup_in_texts_as_text) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    struct str html = page_of(FIXTURE_RUBBISH, LANG_ZH, &sb);
    assert_false(str_has(html, STR("<script>alert")));
    assert_false(str_has(html, STR("<img")));
    assert_false(str_has(html, STR("onload=\"")));
    assert_true(str_has(html, STR("&lt;script&gt;alert(1)&lt;/script&gt;")));
    assert_false(str_has(html, STR("\xE2\x80\xAE")));
    assert_false(str_has(html, STR("\x1b")));
    assert_true(utf8_is_valid(html));
    forget();
}

TEST(page_has_the_order_of_the_first_screen) {
    static const char *const order[] = {"id=\"today\"",      "id=\"overall\"",    "id=\"why\"",
                                        "id=\"loved\"",      "id=\"cautions\"",   "id=\"time\"",
                                        "id=\"dimensions\"", "id=\"who\"",        "id=\"words\"",
                                        "id=\"quality\"",    "id=\"understood\"", "id=\"method\""};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    struct str html = page_of(FIXTURE_WEEK, LANG_ZH, &sb);
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        size_t at = str_find(html, str_from(order[i]));
        if (at == STR_NONE)
            fail_msg("%s is missing or too early", order[i]);
        html = str_slice(html, at, html.len);
    }
    forget();
}

TEST(page_says_what_design_asks_it_to_say) {
    static const struct {
        enum report_fixture which;
        enum lang lang;
        const char *what;
    } cases[] = {
        {FIXTURE_WEEK, LANG_ZH, "<html lang=\"zh-CN\">"},
        {FIXTURE_WEEK, LANG_EN, "<html lang=\"en\">"},
        {FIXTURE_WEEK, LANG_ZH, "今天要处理 12 条，</span><span class=\"cl\">其中 3 条紧急"},
        {FIXTURE_WEEK, LANG_ZH, "面里<mark>吃出一截铁丝，嘴里划破了</mark>"},
        {FIXTURE_WEEK, LANG_ZH, "reviews.xlsx 第\u00a01,863\u00a0行"},
        {FIXTURE_WEEK, LANG_ZH, "未回复 31\u00a0小时"},
        {FIXTURE_WEEK, LANG_ZH, "最久 4\u00a0天 2\u00a0小时"},
        {FIXTURE_WEEK, LANG_ZH, "4.2 ±0.06"},
        {FIXTURE_WEEK, LANG_ZH, "▼ −0.31 <small>显著</small>"},
        {FIXTURE_WEEK, LANG_ZH, "未经本店验证"},
        {FIXTURE_WEEK, LANG_ZH, "含系统默认好评"},
        {FIXTURE_WEEK, LANG_ZH, "n = 14 样本不足"},
        {FIXTURE_WEEK, LANG_ZH, "--where '省份=西藏'"},
        {FIXTURE_WEEK, LANG_EN, "12 to handle today, 3 of them urgent"},
        {FIXTURE_WEEK, LANG_EN, "not proven here"},
        {FIXTURE_LIST, LANG_ZH, "不做检验"},
        {FIXTURE_LIST, LANG_ZH, "放在三公里外的代收点"},
        {FIXTURE_EMPTY, LANG_ZH, "--map text=列名"},
        {FIXTURE_EMPTY, LANG_EN, "--map text=COLUMN"},
        {FIXTURE_NO_TIME, LANG_ZH, "没有时间列，</span><span class=\"cl\">所以没有变化图"},
        {FIXTURE_NO_TIME, LANG_ZH, "数据里没有评分"},
        {FIXTURE_LARGE, LANG_ZH, "另有 4,140 条，见 --csv"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        if (!str_has(page_of(cases[i].which, cases[i].lang, &sb), str_from(cases[i].what)))
            fail_msg("%s does not say \"%s\"", report_fixture_names[cases[i].which], cases[i].what);
    }
    forget();
}

TEST(page_of_few_texts_tests_nothing) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    struct str html = page_of(FIXTURE_LIST, LANG_ZH, &sb);
    assert_false(str_has(html, STR("id=\"who\"")));
    assert_false(str_has(html, STR("id=\"time\"")));
    assert_false(str_has(html, STR("q &lt; 0.05")));
    forget();
}

TEST(page_of_endless_quotes_is_written_with_shorter_ones) {
    enum {
        ISSUES = 99,
        QUOTES = 3,
        CHARACTERS = 700
    };
    static char text[CHARACTERS];
    static struct quote quotes[QUOTES];
    static struct issue issues[ISSUES];
    memset(text, '"', sizeof text); // six bytes each on the page
    for (int i = 0; i < QUOTES; i++)
        quotes[i] = (struct quote){
            .text = str_make(text, sizeof text), .occurred_us = TIME_NONE, .score = NAN};
    for (int i = 0; i < ISSUES; i++)
        issues[i] = (struct issue){.name = STR("x"),
                                   .n = QUOTES,
                                   .quotes = quotes,
                                   .n_quotes = QUOTES,
                                   .share_of_bad = NAN};
    struct report r = *report_fixture(FIXTURE_LIST, LANG_EN, &arena);
    r.issues = issues;
    r.n_issues = ISSUES;
    char path[300];
    struct output *out;
    struct error err = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    snprintf(path, sizeof path, "%s/endless.html", test_tmp_dir());
    assert_true(output_open(path, &out, &err));
    assert_true(report_page(&r, out, &err));
    assert_true(output_commit(out, &err));
    assert_true(file_read(path, MIB, &sb, &err));
    assert_true(sb.len > 300 * KIB && sb.len <= REPORT_PAGE_LIMIT);
    assert_true(str_ends(strbuf_str(&sb), STR("</html>\n")));
    forget();
}
