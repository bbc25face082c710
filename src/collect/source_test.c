// SPDX-License-Identifier: Apache-2.0
// What is understood of the exports in tests/golden/exports: each NAME.csv has NAME.txt beside it, the columns and
// the first records in plain text. HUISHENG_GOLDEN=write writes them anew, to be read before they are committed.
#include "collect/source.h"

#include "base/strbuf.h"
#include "collect/score_cell.h"
#include "sys/file.h"
#include "tests/support/test.h"

#define SHOWN_RECORDS 2

static const char *templates(char buf[512]) {
    snprintf(buf, 512, "%s/templates", test_source_dir());
    return buf;
}

static void show_schema(struct strbuf *sb, const struct schema *schema) {
    for (int i = 0; i < schema->n_scores; i++) {
        static const char *const metrics[] = {"rating", "nps", "csat", "ces"};
        const struct score_column *c = &schema->scores[i];
        strbuf_addf(sb, "score %d: %.*s %s %g-%g%s%s %.*s\n", i, STR_ARG(c->name),
                    metrics[c->metric], c->low, c->high, c->reversed ? " reversed" : "",
                    c->is_words ? " words" : "", STR_ARG(c->dimension));
    }
    for (int i = 0; i < schema->n_attrs; i++) {
        const struct attr_column *a = &schema->attrs[i];
        strbuf_addf(sb, "attr %d: %.*s (%.*s) %s%s\n", i, STR_ARG(a->name), STR_ARG(a->role),
                    a->kind == ATTR_MEASURE ? "measure" : "dimension",
                    a->from_orders ? " from orders" : "");
    }
}

static void show_str(struct strbuf *sb, const char *name, struct str s) {
    if (s.len == 0)
        return;
    strbuf_addf(sb, " %s=", name);
    for (size_t i = 0; i < s.len; i++)
        strbuf_addc(sb, s.ptr[i] == '\n' ? '|' : s.ptr[i]);
}

static void show_record(struct strbuf *sb, const struct schema *schema, const struct feedback *f) {
    char time[32];
    strbuf_addf(sb, "row %" PRIu64 ":", f->row);
    show_str(sb, "text", f->text);
    show_str(sb, "follow_up", f->follow_up);
    show_str(sb, "reply", f->reply);
    show_str(sb, "label", f->label);
    show_str(sb, "channel", f->channel);
    show_str(sb, "customer", f->customer);
    show_str(sb, "order", f->order);
    show_str(sb, "product", f->product);
    show_str(sb, "id", f->external_id);
    if (f->occurred_us != TIME_NONE)
        strbuf_addf(sb, " time=%s%s", clock_format_iso(f->occurred_us, time, sizeof time),
                    f->date_only ? "(date)" : "");
    strbuf_adds(sb, f->replied ? " replied" : "");
    for (int i = 0; i < f->n_scores; i++)
        strbuf_addf(sb, " s%u=%.*s", f->scores[i].column, STR_ARG(f->scores[i].raw));
    for (int i = 0; i < schema->n_attrs; i++)
        if (f->attrs[i].len)
            strbuf_addf(sb, " a%d=%.*s", i, STR_ARG(f->attrs[i]));
    strbuf_addf(sb, " cells=%u\n", f->n_cells);
}

// Everything that was understood of the files, as text. Counts at the end.
static void understand(const struct source_options *options, struct strbuf *sb) {
    struct source *s;
    struct error err = {0};
    if (!source_open(options, &s, &err)) {
        strbuf_addf(sb, "error %s: %s\n", error_code_name(err.code), err.zh);
        return;
    }
    size_t n;
    const struct source_info *files = source_files(s, &n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(sb, "file: %.*s | %.*s | channel %.*s | %.*s | header row %" PRIu64 "\n",
                    STR_ARG(files[i].name), STR_ARG(files[i].kind), STR_ARG(files[i].channel),
                    STR_ARG(files[i].platform_zh), files[i].header_row);
    const struct source_column *columns = source_columns(s, &n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(sb, "column: %.*s = %.*s%s | %s | %s\n", STR_ARG(columns[i].name),
                    STR_ARG(columns[i].role), columns[i].used ? "" : " (unused)",
                    columns[i].meaning.zh, columns[i].meaning.en);
    const struct schema *schema = source_schema(s);
    show_schema(sb, schema);
    size_t shown = 0;
    for (;;) {
        CLEANUP(arena_done) struct arena arena = {0};
        struct feedback batch[7];
        if (!source_next(s, &arena, batch, ARRAY_LEN(batch), &n, &err)) {
            strbuf_addf(sb, "error %s: %s\n", error_code_name(err.code), err.zh);
            break;
        }
        for (size_t i = 0; i < n; i++)
            if (shown++ < SHOWN_RECORDS)
                show_record(sb, schema, &batch[i]);
        if (n == 0)
            break;
    }
    for (int k = 0; k < N_REJECTS; k++) {
        const struct rejects *r = source_rejects(s, (enum reject_kind)k);
        if (r->total)
            strbuf_addf(sb, "%s: %" PRIu64 ", first row %" PRIu64 " %.*s\n", r->code, r->total,
                        r->examples[0].row, STR_ARG(r->examples[0].sample));
    }
    files = source_files(s, &n);
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(sb,
                    "read %" PRIu64 " used %" PRIu64 " rejected %" PRIu64 " skipped %" PRIu64 "\n",
                    files[i].read, files[i].used, files[i].rejected, files[i].skipped);
        assert_int_equal(files[i].read, files[i].used + files[i].rejected + files[i].skipped);
        for (size_t k = 0; k < files[i].n_notes; k++)
            strbuf_addf(sb, "note: %s | %s\n", files[i].notes[k].zh, files[i].notes[k].en);
    }
    struct source_join join = source_join(s);
    if (join.n_orders)
        strbuf_addf(sb, "orders %" PRIu64 " joined %" PRIu64 " of %" PRIu64 " lost %" PRIu64 "\n",
                    join.n_orders, join.n_joined, join.n_with_order, join.n_lost);
    source_close(s);
}

static void check_golden(const char *name, struct str got) {
    char path[1024];
    const char *mode = getenv("HUISHENG_GOLDEN");
    snprintf(path, sizeof path, "%s/tests/golden/exports/%s.txt", test_source_dir(), name);
    if (mode && strcmp(mode, "write") == 0) {
        struct output *out;
        assert_true(output_open(path, &out, NULL));
        output_write(out, got);
        assert_true(output_commit(out, NULL));
        return;
    }
    CLEANUP(strbuf_done) struct strbuf want = strbuf_init(MIB);
    if (!file_read(path, MIB, &want, NULL))
        fail_msg("cannot read %s", path);
    struct str a = strbuf_str(&want), b = got, x, y;
    for (int line = 1; a.len || b.len; line++) {
        x = y = (struct str){"", 0};
        str_cut(&a, '\n', &x);
        str_cut(&b, '\n', &y);
        if (!str_eq(x, y))
            fail_msg("%s line %d\n  want %.*s\n  got  %.*s", name, line, STR_ARG(x), STR_ARG(y));
    }
}

static struct zone *east8(void) {
    struct zone *z;
    assert_true(zone_open(STR("+08:00"), &z, NULL));
    return z;
}

TEST(source_understands_the_known_exports) {
    static const char *const names[] = {
        "taobao_reviews.csv", "taobao_metadata.csv", "jd_reviews.csv",      "拼多多评价.csv",
        "douyin_reviews.csv", "meituan_reviews.csv", "dianping.csv",        "ctrip.csv",
        "wenjuanxing.csv",    "qualtrics.csv",       "hotel_pms.csv",       "restaurant.csv",
        "hotline.csv",        "title_row3.csv",      "two_line_header.csv", "no_header.csv",
        "us_dates.csv",       "lost_ids.csv",        "words_stars.tsv",     "wecom_messages.csv",
    };
    struct zone *zone = east8();
    char dir[512];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char path[1024];
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        snprintf(path, sizeof path, "%s/tests/golden/exports/%s", test_source_dir(), names[i]);
        const char *paths[] = {path};
        understand(
            &(struct source_options){
                .paths = paths, .n_paths = 1, .zone = zone, .templates_dir = templates(dir)},
            &sb);
        check_golden(names[i], strbuf_str(&sb));
    }
    zone_free(zone);
}

// Opens files with the given contents (up to four), shows what is understood.
static void understand_texts(const char *const *contents, size_t n, const char *map,
                             const char *orders, struct strbuf *sb) {
    const char *paths[4];
    char dir[512];
    for (size_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "table-%zu.csv", i);
        paths[i] = test_tmp_file(name, str_from(contents[i]));
    }
    const char *order_paths[1];
    char keep[256];
    if (orders) {
        snprintf(keep, sizeof keep, "%s", test_tmp_file("orders.csv", str_from(orders)));
        order_paths[0] = keep;
    }
    struct zone *zone = east8();
    understand(&(struct source_options){.paths = paths,
                                        .n_paths = n,
                                        .orders = order_paths,
                                        .n_orders = orders ? 1 : 0,
                                        .map = str_from(map),
                                        .zone = zone,
                                        .templates_dir = templates(dir)},
               sb);
    zone_free(zone);
}

static void expect(struct str all, const char *part) {
    if (!str_has(all, str_from(part)))
        fail_msg("missing “%s” in\n%.*s", part, STR_ARG(all));
}

TEST(source_obeys_the_map) {
    const char *csv =
        "甲,乙,丙,丁\n3,2026-01-02,质量不错的一款杯子,东区\n2,2026-01-03,颜色有点暗,西区\n"
        "7,2026-01-04,用着顺手，推荐,东区\n5,2026-01-05,等了很久才到,西区\n";
    static const struct {
        const char *map, *part;
    } cases[] = {
        {"score=甲@1-7", "score 0: 甲 rating 1-7 \n"},
        {"score=甲@7-1", "score 0: 甲 rating 1-7 reversed \n"},
        {"score.logistics=#1@1-7", "score 0: 甲 rating 1-7 logistics\n"},
        {"nps=甲", "score 0: 甲 nps 0-10 \n"},
        {"text=丁", "text=东区"},
        {"text=丁,text=丙", "text=质量不错的一款杯子|东区"},
        {"region=丁,ignore=甲", "attr 0: 丁 (region) dimension"},
        {"dimension=\"丁\"", "attr 0: 丁 () dimension"},
        {"text=没有的列", "error usage: --map：没有叫 “没有的列” 的列"},
        {"text=#9", "error usage: --map：没有第 9 列"},
        {"wrong=甲", "error usage: --map 里的角色 “wrong” 没有"},
        {"text", "error usage: --map 的 “text” 看不懂"},
        {"score=甲@x", "error usage: --map 的 “score=甲@x” 看不懂"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        understand_texts(&csv, 1, cases[i].map, NULL, &sb);
        expect(strbuf_str(&sb), cases[i].part);
    }
}

TEST(source_says_what_is_wrong) {
    static const struct {
        const char *csv, *part;
    } cases[] = {
        {"姓名,电话\n张三,13812345678\n李四,13912345678\n",
         "没有找到评价文字或评分。列有：姓名、电话。请指明，例如 --map text=电话"},
        {"评价内容,评分\n", "read 0 used 0"},
        {"评价内容,评分\n很好用,5\n", "read 1 used 1"},
        {"评分,评价内容\n5,好\n4,不错啊\n5,挺好的\n11,一般\n3,还行\n5,好\n5,赞\n4,行\n0,差\n无,差\n五星,好\n随便,好\n",
         "out_of_range: 2, first row 5 11"},
        {"评分,评价内容\n5,好\n4,不错啊\n5,挺好的\n11,一般\n3,还行\n5,好\n5,赞\n4,行\n0,差\n无,差\n五星,好\n随便,好\n",
         "bad_score: 1, first row 13 随便"},
        {"评价时间,评价内容\n2026-01-01,好用的杯子\n昨天,杯子漏水了\n1850-01-01,还行吧\n2026-01-04,推荐给大家\n-,没话说\n",
         "bad_time: 2, first row 3 昨天"},
        {"评价内容,评分\n杯子很好,5\n评价内容,评分\n杯子漏水,1\n总计,\n",
         "total: 2, first row 3 评价内容 | 评分"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        understand_texts(&cases[i].csv, 1, NULL, NULL, &sb);
        expect(strbuf_str(&sb), cases[i].part);
    }
}

TEST(source_counts_what_two_exports_share_once) {
    static const char first[] =
        "订单编号,商品名称,评价内容,评分\n"
        "2261000000001,杯子,很好看的杯子,5\n2261000000002,杯子,有点漏水,2\n"
        "2261000000002,杯盖,盖子不错,5\n2261000000003,杯子,还行吧,3\n"
        "2261000000003,杯子,第二个也还行,3\n2261000000003,杯子,第二个也还行,3\n";
    static const char second[] =
        "订单编号,商品名称,评价内容,评分\n"
        "2261000000002,杯子,有点漏水（已补发）,3\n2261000000009,杯子,新的评价,4\n"
        "2261000000002,杯盖,盖子不错,5\n";
    const char *files[] = {first, second};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    understand_texts(files, 2, NULL, NULL, &sb);
    expect(strbuf_str(&sb), "overlap: 3, first row 7 第二个也还行");
    expect(strbuf_str(&sb), "read 6 used 5 rejected 0 skipped 1\n");
    expect(strbuf_str(&sb), "read 3 used 1 rejected 0 skipped 2\n");
}

TEST(source_merges_files_by_role) {
    static const char zh[] =
        "评价内容,评分,门店,省份\n杯子很好看,5,一店,广东省\n漏水了，差评,1,二店,西藏自治区\n"
        "还可以吧,3,一店,北京市\n";
    static const char en[] =
        "review_text,rating,store,region\nGreat cup and fast,10,Store 1,广东\n"
        "It broke after a day,2,Store 2,Ohio\nFine for the price,8,Store 1,Ohio\n";
    static const char other[] =
        "评论,打分,店名\n包装很严实,4,三店\n发错货了,2,三店\n态度不错,5,一店\n";
    const char *files[] = {zh, en, other};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    understand_texts(files, 3, NULL, NULL, &sb);
    expect(
        strbuf_str(&sb),
        "score 0: 评分 rating 1-5 \nscore 1: rating rating 1-10 \nattr 0: 门店 (store) dimension\n"
        "attr 1: 省份 (region) dimension\nrow 2:");
    expect(strbuf_str(&sb), "row 2: text=杯子很好看 s0=5 a0=一店 a1=广东 ");
}

TEST(source_joins_orders) {
    const char *reviews =
        "订单编号,评价内容,评分\n2261000000001,很好看的杯子,5\n2261000000002,有点漏水,2\n"
        "2261000000007,没有这个订单,4\n2.26E+12,编号坏了,3\n";
    const char *orders =
        "订单编号,买家会员名,买家实际支付金额,收货地址,订单付款时间,发货时间,确认收货时间,物流公司,退款金额,宝贝标题\n"
        "2261000000001,a,59.00,广东省 深圳市,2026-01-01 10:00,2026-01-02 10:00,2026-01-04 22:00,顺丰,0.00,杯子\n"
        "2261000000002,b,60.00,西藏自治区 拉萨市,2026-01-01 10:00,2026-01-02 10:00,2026-01-10 10:00,圆通,60.00,杯盖\n"
        "合计,,119.00,,,,,,60.00,\n";
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    understand_texts(&reviews, 1, NULL, orders, &sb);
    struct str got = strbuf_str(&sb);
    expect(
        got,
        "attr 0: 省份 (region) dimension from orders\nattr 1: 配送天数 (delivery_days) measure from orders\n"
        "attr 2: 物流公司 (courier) dimension from orders\nattr 3: 是否退款 (refund) dimension from orders\n"
        "attr 4: 订单金额 (amount) measure from orders\nattr 5: 商品 (product) dimension from orders\n");
    expect(got, "a0=广东 a1=2.5 a2=顺丰 a3=否 a4=59.00 a5=杯子");
    expect(got, "a0=西藏 a1=8.0 a2=圆通 a3=是 a4=60.00 a5=杯盖");
    expect(got, "orders 2 joined 2 of 4 lost 1");
}

TEST(source_reads_every_kind_of_order_export) {
    static const char *const names[] = {"orders_taobao.csv", "orders_pinduoduo.csv",
                                        "orders_douyin.csv"};
    struct zone *zone = east8();
    char dir[512];
    CLEANUP(strbuf_done) struct strbuf all = strbuf_init(MIB);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char orders[1024], reviews[1024];
        snprintf(orders, sizeof orders, "%s/tests/golden/exports/%s", test_source_dir(), names[i]);
        snprintf(reviews, sizeof reviews, "%s/tests/golden/exports/douyin_reviews.csv",
                 test_source_dir());
        const char *paths[] = {reviews}, *order_paths[] = {orders};
        strbuf_addf(&all, "== %s\n", names[i]);
        understand(&(struct source_options){.paths = paths,
                                            .n_paths = 1,
                                            .orders = order_paths,
                                            .n_orders = 1,
                                            .zone = zone,
                                            .templates_dir = templates(dir)},
                   &all);
    }
    check_golden("orders", strbuf_str(&all));
    zone_free(zone);
}
