// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "account/vault.h"
#include "analyse/enrich.h"
#include "app/control.h"
#include "app/data.h"
#include "app/doctor_control.h"
#include "app/doctor_inner.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/mem.h"
#include "olap/duckdb.h"
#include "sql/migrate.h"

#define ANSWER_MOST     (256 * KIB)
#define LATE_US         (10 * US_PER_MINUTE)
#define SKEW_US         (5 * US_PER_MINUTE)
#define BUILT_NO_SOONER INT64_C(1764000000) // seconds: a clock before this is wrong

const char *const doctor_state_names[] = {"ok", "warn", "bad"};

struct examination {
    const struct options *options;
    struct doctor_report *report;
    struct data_options data;
    char dir[4096];
    bool has_dir, runs; // a server answers there
    struct doctor_store store;
};

static PRINTF(5, 6) void add(struct examination *x, const char *check, enum doctor_state state,
                             const char *zh, const char *en, ...) {
    struct doctor_line *l = &x->report->lines[x->report->n];
    va_list args, again;
    if (x->report->n == DOCTOR_MOST)
        abort();
    x->report->n++;
    *l = (struct doctor_line){.check = check, .state = state};
    va_start(args, en);
    va_copy(again, args);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    vsnprintf(l->zh, sizeof l->zh, zh, again);
#pragma GCC diagnostic pop
    vsnprintf(l->en, sizeof l->en, en, args);
    va_end(again);
    va_end(args);
}

static void add_error(struct examination *x, const char *check, enum doctor_state state,
                      const struct error *e) {
    add(x, check, state, "%s", "%s", e->en);
    struct doctor_line *l = &x->report->lines[x->report->n - 1];
    snprintf(l->zh, sizeof l->zh, "%s", e->zh);
}

// ── the machine ──

static void check_directory(struct examination *x) {
    struct stat st;
    if (stat(x->dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
        add(x, "directory", DOCTOR_BAD,
            "没有数据目录 %s：运行 huisheng serve 建立，或用 --data 指定",
            "there is no data directory %s: huisheng serve makes it, or name another with --data",
            x->dir);
        return;
    }
    x->has_dir = true;
    if (access(x->dir, R_OK | W_OK | X_OK) != 0)
        add(x, "directory", DOCTOR_BAD, "%s 不能读写：改用它的所有者运行，或 chown",
            "%s cannot be read and written: run as its owner, or chown it", x->dir);
    else if (st.st_mode & 077)
        add(x, "directory", DOCTOR_WARN, "%s 其他用户也能进入：chmod 700",
            "%s is open to other users: chmod 700", x->dir);
    else
        add(x, "directory", DOCTOR_OK, "%s 只有本用户可读", "%s is readable by this user only",
            x->dir);
}

static void check_disk(struct examination *x) {
    struct statvfs v;
    if (statvfs(x->dir, &v) != 0)
        return;
    int64_t room = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
    int64_t gib = (int64_t)GIB, all = (int64_t)v.f_blocks * (int64_t)v.f_frsize;
    enum doctor_state state = room < gib                          ? DOCTOR_BAD
                              : room < 5 * gib || room < all / 20 ? DOCTOR_WARN
                                                                  : DOCTOR_OK;
    if (state == DOCTOR_OK)
        add(x, "disk", state, "可用 %.1f GB", "%.1f GB free", (double)room / 1e9);
    else
        add(x, "disk", state, "只剩 %.1f GB：清理或扩大磁盘，写满后不能接收反馈",
            "only %.1f GB left: make room; on a full disk no feedback is taken",
            (double)room / 1e9);
}

static void check_clock(struct examination *x) {
    struct stat st;
    char path[4200], now[40];
    int64_t us = clock_now_us();
    snprintf(path, sizeof path, "%s/huisheng.db", x->dir);
    bool ahead = stat(path, &st) == 0 && st.st_mtime * US_PER_SECOND > us + SKEW_US;
    clock_format_iso(us, now, sizeof now);
    if (us < BUILT_NO_SOONER * US_PER_SECOND || ahead)
        add(x, "clock", DOCTOR_BAD,
            "时钟是 %s，比数据还早：校准时间（如 systemctl enable --now systemd-timesyncd）",
            "the clock says %s, which is before the data: set it (such as systemctl enable --now systemd-timesyncd)",
            now);
    else
        add(x, "clock", DOCTOR_OK, "%s", "%s", now);
}

static void check_key_file(struct examination *x) {
    struct stat st;
    char path[4200];
    snprintf(path, sizeof path, "%s/master.key", x->dir);
    if (x->data.key_command.len)
        return; // told by the store
    if (stat(path, &st) == 0 && st.st_mode & 077)
        add(x, "key file", DOCTOR_BAD, "%s 其他用户可读：chmod 600，并考虑 huisheng key rotate",
            "%s is readable by others: chmod 600, and think of huisheng key rotate", path);
}

// ── the store ──

// What the server says of its store.
static bool ask_server(struct examination *x, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(ANSWER_MOST);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    return control_call(x->dir, STR("{\"command\":\"doctor\"}"), &x->runs, &answer, err) &&
           (!x->runs || (control_result(strbuf_str(&answer), &tree, &result, err) &&
                         doctor_store_parse(result, &x->store)));
}

static bool look_here(struct examination *x, struct error *err) {
    char path[4200];
    struct sql_db *db;
    struct stat st;
    snprintf(path, sizeof path, "%s/huisheng.db", x->dir);
    if (!x->data.store.len && stat(path, &st) != 0)
        return error_set(err, ERROR_NOT_FOUND, "还没有数据：运行 huisheng serve",
                         "there is no data yet: run huisheng serve");
    if (!sql_open(
            &(struct sql_options){.where = x->data.store.len ? x->data.store : str_from(path)}, &db,
            err))
        return false;
    bool ok = doctor_store_look(db, &x->store, err);
    char *command = str_dup(x->data.key_command);
    struct vault *v = NULL;
    struct error e;
    // Without the check value it is a store that was never opened: then a key would be made here.
    if (ok && x->store.has_check && !vault_open(db, x->dir, command, &v, &e))
        add_error(x, "master key", DOCTOR_BAD, &e);
    else if (ok && x->store.has_check)
        add(x, "master key", DOCTOR_OK, "主密钥正确", "the master key is right");
    free(command);
    sql_close(db);
    vault_free(v);
    return ok;
}

static void check_schema(struct examination *x) {
    int64_t ours = migrations[n_migrations - 1].number, is = x->store.schema;
    if (is > ours)
        add(x, "schema", DOCTOR_BAD, "表结构 %d 比本程序（%d）新：升级 huisheng",
            "schema %d is newer than this program (%d): upgrade huisheng", (int)is, (int)ours);
    else if (is < ours)
        add(x, "schema", DOCTOR_WARN, "表结构 %d，下次启动时升级到 %d",
            "schema %d; the next start brings it to %d", (int)is, (int)ours);
    else
        add(x, "schema", DOCTOR_OK, "表结构 %d", "schema %d", (int)is);
}

static void check_queues(struct examination *x) {
    const struct doctor_counts *c = &x->store.counts;
    int64_t age_us = c->oldest_us ? clock_now_us() - c->oldest_us : 0;
    if (c->parked)
        add(x, "queues", DOCTOR_WARN, "%d 项工作多次失败后搁置：在控制台“状态”页查看原因并重试",
            "%d jobs failed again and again and are parked: see why on the status page, and start them again",
            (int)c->parked);
    else if (x->runs && age_us > LATE_US)
        add(x, "queues", DOCTOR_WARN, "%d 批在等待，最早的已等 %d 分钟：看日志，或增加 --threads",
            "%d batches wait, the oldest for %d minutes: look at the log, or give more --threads",
            (int)c->waiting, (int)(age_us / US_PER_MINUTE));
    else
        add(x, "queues", DOCTOR_OK, "%d 批在等待，没有搁置", "%d batches waiting, none parked",
            (int)c->waiting);
}

static void check_store(struct examination *x) {
    struct error e = {0};
    const char *check = x->data.store.len ? "postgresql" : "store";
    bool ok = x->data.store.len ? look_here(x, &e) : ask_server(x, &e);
    if (ok && !x->data.store.len && !x->runs)
        ok = look_here(x, &e);
    if (!ok) {
        add_error(x, check, DOCTOR_BAD, &e);
        return;
    }
    if (x->runs)
        add(x, "master key", DOCTOR_OK, "服务器正在运行，主密钥正确",
            "a server is running, its master key is right");
    add(x, check, DOCTOR_OK, "%.100s", "%.100s", x->store.server);
    check_schema(x);
    if (x->store.trouble[0])
        add(x, "integrity", DOCTOR_BAD, "数据库已损坏（%.200s）：停止服务器，从备份恢复",
            "the database is damaged (%.200s): stop the server and restore a backup",
            x->store.trouble);
    else if (!x->data.store.len)
        add(x, "integrity", DOCTOR_OK, "数据库完好", "the database is whole");
    check_queues(x);
    if (x->store.follow[0])
        add(x, "facts", DOCTOR_WARN, "统计或搜索落后：%.200s；解决后运行 huisheng rebuild",
            "statistics or search have fallen behind: %.200s; when that is mended run huisheng rebuild",
            x->store.follow);
}

// ── what is shipped ──

static void check_parts(struct examination *x) {
    struct error e;
    struct duckdb lib;
    struct model *m;
    struct str name = options_str(x->options, "model");
    if (duckdb_load(NULL, &lib, &e))
        add(x, "duckdb", DOCTOR_OK, "DuckDB %s", "DuckDB %s", lib.library_version());
    else
        add_error(x, "duckdb", DOCTOR_BAD, &e);
    if (model_open(name.len ? name : STR("quick"), &m, &e)) {
        add(x, "model", DOCTOR_OK, "模型 %.*s", "model %.*s", STR_ARG(model_name(m)));
        model_close(m);
    } else {
        add_error(x, "model", DOCTOR_BAD, &e);
    }
}

void doctor_examine(const struct options *o, struct doctor_report *ret) {
    *ret = (struct doctor_report){0};
    struct examination *x =
        &(struct examination){.options = o, .report = ret, .data = data_options_of(o)};
    struct error e;
    if (!data_choose_dir(x->data.dir, x->dir, sizeof x->dir, &e)) {
        add_error(x, "directory", DOCTOR_BAD, &e);
        return;
    }
    check_directory(x);
    if (x->has_dir) {
        check_disk(x);
        check_clock(x);
        check_key_file(x);
        check_store(x);
    }
    check_parts(x);
    ret->counts = x->store.counts;
    ret->schema = x->store.schema;
    memcpy(ret->store_version, x->store.server, sizeof ret->store_version);
}

enum doctor_state doctor_worst(const struct doctor_report *r) {
    enum doctor_state worst = DOCTOR_OK;
    for (size_t i = 0; i < r->n; i++)
        worst = MAX(worst, r->lines[i].state);
    return worst;
}

void doctor_format_json(const struct doctor_report *r, struct json_writer *w) {
    json_begin_object(w);
    json_key(w, "state");
    json_add_cstr(w, doctor_state_names[doctor_worst(r)]);
    json_key(w, "checks");
    json_begin_array(w);
    for (size_t i = 0; i < r->n; i++) {
        const struct doctor_line *l = &r->lines[i];
        json_begin_object(w);
        json_key(w, "check");
        json_add_cstr(w, l->check);
        json_key(w, "state");
        json_add_cstr(w, doctor_state_names[l->state]);
        json_key(w, "zh");
        json_add_cstr(w, l->zh);
        json_key(w, "en");
        json_add_cstr(w, l->en);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}
