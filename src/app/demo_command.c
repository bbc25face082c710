// SPDX-License-Identifier: Apache-2.0
// `huisheng demo`: a company that does not exist, in a data directory of its own, served like any other.
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/setup.h"
#include "app/command.h"
#include "app/data.h"
#include "app/options.h"
#include "app/serve_command.h"
#include "base/clock.h"
#include "sys/file.h"
#include "work/demo.h"
#include "work/house.h"

#define EMAIL "demo@huisheng.example"

struct demo {
    const struct options *options;
    enum lang lang;
    char dir[4096], note[4200];
    struct data_dir data;
    struct strbuf password;
};

// ── where ──

static bool choose_dir(struct demo *d, struct error *err) {
    struct str asked = options_str(d->options, "data");
    if (!data_choose_dir(asked, d->dir, sizeof d->dir - 10, err))
        return false;
    if (!options_is_given(d->options, "data")) { // never beside somebody's own data
        size_t n = strlen(d->dir);
        snprintf(d->dir + n, sizeof d->dir - n, "-demo");
    }
    snprintf(d->note, sizeof d->note, "%s/demo-sign-in.txt", d->dir);
    return true;
}

// The password is made at the first start and kept beside the data, because nobody is there to be told of it only
// once.
static bool read_note(struct demo *d, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    if (!file_read(d->note, 4 * KIB, &sb, err))
        return false;
    strbuf_add(&d->password, str_trim(strbuf_str(&sb)));
    return true;
}

static bool write_note(struct demo *d, struct error *err) {
    struct output *out;
    mode_t before = umask(0077);
    bool ok = output_open(d->note, &out, err);
    umask(before);
    if (!ok)
        return false;
    output_write(out, strbuf_str(&d->password));
    output_write(out, STR("\n"));
    return output_commit(out, err);
}

// ── making it ──

static bool set_up(struct demo *d, int64_t *ret_workspace, struct error *err) {
    bool zh = d->lang == LANG_ZH;
    int64_t user;
    struct user u = {.email = STR(EMAIL), .name = STR("演示"), .lang = zh ? STR("zh") : STR("en")};
    struct workspace w = {.name = STR("青禾家（演示）"),
                          .time_zone = STR(DEMO_TIME_ZONE),
                          .industry = STR(DEMO_INDUSTRY)};
    crypto_token("demo-", &d->password);
    strbuf_truncate(&d->password, 25); // it is typed by hand: 119 random bits are enough
    return setup_run(d->data.accounts, NULL, &u, strbuf_str(&d->password), &w, &user, ret_workspace,
                     err);
}

static bool load(struct demo *d, int64_t workspace, struct error *err) {
    struct house h;
    struct demo_stats stats;
    struct house_options o = {.store = {d->data.db, d->data.vault, d->data.ids},
                              .accounts = d->data.accounts,
                              .data_dir = d->data.dir,
                              .duckdb = options_path(d->options, "duckdb"),
                              .model = options_str(d->options, "model"),
                              .workers = (int)options_int(d->options, "threads")};
    struct demo_options what = {.seed = (uint64_t)options_int(d->options, "seed"),
                                .n_feedback = (size_t)options_int(d->options, "feedback"),
                                .now_us = clock_now_us()};
    if (!house_open(&o, &h, err))
        return false;
    bool ok = demo_load(&h, workspace, &what, &stats, err);
    house_close(&h);
    if (ok)
        fprintf(stderr,
                d->lang == LANG_ZH ? "已载入 %zu 个事件、%zu 条反馈，%s，用时 %.1f 秒\n"
                                   : "loaded %zu events and %zu feedback, %s, in %.1f s\n",
                stats.n_events, stats.n_feedback,
                stats.followed
                    ? (d->lang == LANG_ZH ? "全部分析完毕" : "all analysed")
                    : (d->lang == LANG_ZH ? "分析在后台继续" : "analysis goes on behind"),
                (double)stats.took_us / 1e6);
    return ok;
}

static bool make(struct demo *d, struct error *err) {
    bool needed;
    int64_t workspace;
    struct data_options o = {.dir = str_from(d->dir)};
    bool ok = data_open(&o, &d->data, err) && setup_is_needed(d->data.accounts, &needed, err);
    if (ok && !needed)
        ok = error_set(
            err, ERROR_CONFLICT, "%s 里已有别的数据，或上次没有载入完；请用 --data 换一个目录",
            "%s has other data, or the demo was not loaded to its end; choose another --data",
            d->dir);
    if (ok)
        fputs(d->lang == LANG_ZH
                  ? "正在编一家公司：订单、签收、到店和半年的反馈……\n"
                  : "making a company: orders, deliveries, visits and six months of feedback…\n",
              stderr);
    ok = ok && set_up(d, &workspace, err) && load(d, workspace, err) && write_note(d, err);
    data_close(&d->data);
    return ok;
}

static bool run(const struct options *o, struct error *err) {
    struct demo d = {.options = o, .lang = options_lang(o), .password = strbuf_init(KIB)};
    char listen[40];
    bool ok = choose_dir(&d, err) && (file_exists(d.note) ? read_note(&d, err) : make(&d, err));
    if (ok) {
        printf(d.lang == LANG_ZH ? "登录：%s　密码：%s\n" : "sign in: %s, password: %s\n", EMAIL,
               strbuf_cstr(&d.password));
        fflush(stdout);
    }
    strbuf_done(&d.password);
    if (!ok || options_bool(o, "load-only"))
        return ok;
    snprintf(listen, sizeof listen, "127.0.0.1:%d", (int)options_int(o, "port"));
    struct serve_options s = {.lang = d.lang,
                              .data = str_from(d.dir),
                              .listen = str_from(listen),
                              .model = options_str(o, "model"),
                              .duckdb = options_path(o, "duckdb"),
                              .workers = (int)options_int(o, "threads")};
    return serve(&s, err);
}

static const struct option options[] = {
    {.name = "port",
     .type = OPTION_INT,
     .arg = {"端口", "PORT"},
     .otherwise = "8080",
     .low = 0,
     .high = 65535,
     .help = {"在 127.0.0.1 的这个端口上提供服务；0：任意", "port on 127.0.0.1; 0: any"}},
    {.name = "feedback",
     .type = OPTION_INT,
     .arg = {"条数", "NUMBER"},
     .otherwise = "20000",
     .low = 200,
     .high = 1000000,
     .help = {"反馈的条数", "how many feedback"}},
    {.name = "seed",
     .type = OPTION_INT,
     .arg = {"数", "NUMBER"},
     .otherwise = "1",
     .low = 0,
     .high = 1000000000,
     .help = {"同一个数编出同一家公司", "the same number makes the same company"}},
    {.name = "load-only",
     .type = OPTION_BOOL,
     .help = {"载入后结束，不提供服务", "end after loading; do not serve"}},
    {.name = "duckdb",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .otherwise_is = {"自动查找", "looked for"},
     .help = {"libduckdb.so 的位置", "where libduckdb.so is"}},
};
static const char *const settings_taken[] = {"data", "model", "threads", NULL};
static const struct example examples[] = {
    {"huisheng demo",
     {"编一家公司，启动后打开给出的地址", "make the company; open the address it prints"}},
    {"huisheng demo --data /tmp/demo --port 9090", {"指定目录和端口", "a directory and a port"}},
};

const struct command command_demo = {
    .name = "demo",
    .summary = {"启动一家演示公司", "start with a company that does not exist"},
    .args = {"", ""},
    .about =
        {"编一家自有品牌的家居食品公司：六家门店，天猫、京东、小程序、美团和客服，一年的客户与订单，半年的反馈，并埋下若干原因——"
         "西藏、青海一个月的物流延误，一批坏了的坚果，一家门店态度恶劣的晚班，一个大促周，一次刷单——看看分析能否找到。"
         "\n\n数据放在单独的目录里，第二次启动直接用它；删除目录即重新开始。",
         "Makes a company with its own household goods and food: six stores, Tmall, JD, a mini-program, Meituan and customer "
         "service, a year of customers and orders, six months of feedback, with causes to be found: a month of late parcels to two "
         "remote provinces, a batch of nuts that went off, a rude evening shift in one store, a promotion week, bought "
         "reviews.\n\nIt has a data directory of its own, which the next start uses again; delete it to begin anew."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = settings_taken,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run,
};
