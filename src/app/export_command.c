// SPDX-License-Identifier: Apache-2.0
// `huisheng export`: everything one would take along to leave, readable, one folder a workspace.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/audit.h"
#include "account/user.h"
#include "account/workspace.h"
#include "api/customer_json.h"
#include "api/feedback_json.h"
#include "app/admin.h"
#include "app/command.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/mem.h"
#include "collect/change.h"
#include "sys/file.h"
#include "sys/stop.h"
#include "work/house.h"

#define PAGE       200
#define PAGE_BYTES (256 * MIB)

struct export {
    const struct options *options;
    const char *folder;
    char dir[4096], rows[4200]; // rows: the copy that is read from
    struct data_dir data;
    struct house house; // only what the API's writers look at
    struct api api;
    struct principal principal;
    // of the workspace and page in work
    char path[4200];
    struct arena arena;
    struct strbuf out;
    int64_t after_us, after_id;
    bool more;
    int64_t n, n_feedback, n_customers, n_events;
};

// One page; appends its lines to x->out. Inside a transaction.
typedef bool page_fn(struct export *x, struct sql *s, struct error *err);

static void end_line(struct export *x) {
    strbuf_addc(&x->out, '\n');
    x->n++;
}

static bool feedback_page(struct export *x, struct sql *s, struct error *err) {
    int64_t ids[PAGE];
    size_t n;
    struct feedback_batch b = {0};
    bool ok = change_all_feedback(s, x->principal.workspace, x->after_id, PAGE, ids, &n, err) &&
              feedback_load(s, &x->house.store, x->principal.workspace, ids, n, FEEDBACK_EVERYTHING,
                            &b, err);
    for (size_t i = 0; ok && i < n; i++) {
        struct json_writer w = json_writer_init(&x->out);
        if (!b.items[i].found || b.items[i].deleted_us != TIME_NONE)
            continue;
        feedback_json_add(&w, &b.items[i], &x->principal, &x->arena, false);
        end_line(x);
    }
    feedback_batch_done(&b);
    x->more = ok && n == PAGE;
    x->after_id = ok && n ? ids[n - 1] : x->after_id;
    return ok;
}

static bool add_customer(struct export *x, struct sql *s, int64_t id, struct error *err) {
    const struct customer_view v = {.s = s,
                                    .api = &x->api,
                                    .principal = &x->principal,
                                    .lang = options_lang(x->options),
                                    .arena = &x->arena};
    struct json_writer w = json_writer_init(&x->out);
    struct customer *c = ARENA_NEW(&x->arena, struct customer);
    bool seen;
    if (!customer_json_begin(&v, &w, id, &seen, err) ||
        !customer_load(s, &x->house.store, x->principal.workspace, id, &x->arena, c, err))
        return false;
    customer_json_profile(&v, &w, &c->profile);
    if (!customer_json_identities(&v, &w, id, err) || !customer_json_merges(&v, &w, id, err))
        return false;
    json_end_object(&w);
    end_line(x);
    return true;
}

static bool customer_page(struct export *x, struct sql *s, struct error *err) {
    int64_t ids[PAGE], at_us[PAGE];
    size_t n;
    bool ok = customer_list(s, x->principal.workspace,
                            (struct customer_position){x->after_us, x->after_id}, PAGE, ids, at_us,
                            &n, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = add_customer(x, s, ids[i], err);
    x->more = ok && n == PAGE;
    if (ok && n) {
        x->after_us = at_us[n - 1];
        x->after_id = ids[n - 1];
    }
    return ok;
}

static bool event_page(struct export *x, struct sql *s, struct error *err) {
    int64_t ids[PAGE], at_us[PAGE];
    size_t n;
    struct event_batch b = {0};
    bool ok =
        event_list(s, x->principal.workspace, &(struct event_filter){0},
                   (struct event_position){x->after_us, x->after_id}, PAGE, ids, at_us, &n, err) &&
        event_load(s, &x->house.store, x->principal.workspace, ids, n, &b, err);
    for (size_t i = 0; ok && i < n; i++) {
        struct json_writer w = json_writer_init(&x->out);
        event_json_add(&w, &b.items[i], &x->principal, &x->arena);
        end_line(x);
    }
    event_batch_done(&b);
    x->more = ok && n == PAGE;
    if (ok && n) {
        x->after_us = at_us[n - 1];
        x->after_id = ids[n - 1];
    }
    return ok;
}

// ── files ──

struct paging {
    struct export *x;
    page_fn *page;
    size_t before; // length of the output
    int64_t n, after_us, after_id;
};

// May run again: then it begins where this page began.
static bool run_page(struct sql *s, void *ctx, struct error *err) {
    struct paging *p = ctx;
    strbuf_truncate(&p->x->out, p->before);
    p->x->n = p->n;
    p->x->after_us = p->after_us;
    p->x->after_id = p->after_id;
    return p->page(p->x, s, err);
}

static bool begin_file(struct export *x, const char *name, struct output **ret, struct error *err) {
    char path[4300];
    snprintf(path, sizeof path, "%s/%s", x->path, name);
    return output_open(path, ret, err);
}

// A file of lines, a page at a time. *ret_n: lines.
static bool write_pages(struct export *x, const char *name, page_fn *page, bool ascending,
                        int64_t *ret_n, struct error *err) {
    struct output *out;
    if (!begin_file(x, name, &out, err))
        return false;
    x->n = 0;
    x->after_us = x->after_id = ascending ? 0 : INT64_MAX;
    bool ok = true;
    for (x->more = true; ok && x->more;) {
        strbuf_reset(&x->out);
        arena_reset(&x->arena);
        struct paging p = {x, page, 0, x->n, x->after_us, x->after_id};
        ok = sql_read(x->data.db, run_page, &p, err) && (!stop_requested() || stop_error(err));
        if (ok && x->out.overflow)
            ok = error_set(err, ERROR_LIMIT, "一页内容太大", "a page is too large");
        if (ok)
            output_write(out, strbuf_str(&x->out));
    }
    if (!ok) {
        output_discard(out);
        return false;
    }
    *ret_n += x->n;
    return output_commit(out, err);
}

static void add_text(struct json_writer *w, const char *key, struct str text) {
    json_key(w, key);
    json_add_str(w, text);
}

static bool write_users(struct export *x, struct error *err) {
    struct output *out;
    const struct user *list;
    size_t n = PAGE;
    if (!begin_file(x, "users.ndjson", &out, err))
        return false;
    bool ok = true;
    for (int64_t after = 0; ok && n == PAGE;) {
        strbuf_reset(&x->out);
        arena_reset(&x->arena);
        ok = user_list(x->data.accounts, x->principal.workspace, after, PAGE, &x->arena, &list, &n,
                       err);
        for (size_t i = 0; ok && i < n; i++) {
            struct json_writer w = json_writer_init(&x->out);
            json_begin_object(&w);
            api_add_id(&w, "id", list[i].id);
            add_text(&w, "email", list[i].email);
            add_text(&w, "name", list[i].name);
            add_text(&w, "lang", list[i].lang);
            json_key(&w, "role");
            json_add_cstr(&w, role_code(list[i].role));
            json_key(&w, "active");
            json_add_bool(&w, list[i].active);
            json_end_object(&w);
            end_line(x);
            after = list[i].id;
        }
        output_write(out, strbuf_str(&x->out));
    }
    if (ok)
        return output_commit(out, err);
    output_discard(out);
    return false;
}

static void add_audit(struct export *x, const struct audit_row *r) {
    struct json_writer w = json_writer_init(&x->out);
    json_begin_object(&w);
    json_key(&w, "seq");
    json_add_int(&w, r->seq);
    api_add_time(&w, "at", r->at_us);
    add_text(&w, "actor", r->actor);
    add_text(&w, "action", r->action);
    add_text(&w, "subject", r->subject);
    add_text(&w, "detail", r->detail);
    json_end_object(&w);
    end_line(x);
}

// Newest first.
static bool write_audit(struct export *x, struct error *err) {
    struct output *out;
    const struct audit_row *list;
    size_t n = PAGE;
    struct audit_query q = {.workspace = x->principal.workspace, .limit = PAGE};
    if (!begin_file(x, "audit.ndjson", &out, err))
        return false;
    bool ok = true;
    while (ok && n == PAGE) {
        strbuf_reset(&x->out);
        arena_reset(&x->arena);
        ok = audit_list(x->data.accounts, &q, &x->arena, &list, &n, err);
        for (size_t i = 0; ok && i < n; i++)
            add_audit(x, &list[i]);
        if (ok && n)
            q.before_seq = list[n - 1].seq;
        output_write(out, strbuf_str(&x->out));
    }
    if (ok)
        return output_commit(out, err);
    output_discard(out);
    return false;
}

// The words by which the workspace's feedback is told apart, as the template has them.
static bool write_taxonomy(struct export *x, struct str industry, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf path = strbuf_init(8 * KIB), text = strbuf_init(4 * MIB);
    struct output *out;
    if (!file_find_shipped("templates/industries", &path))
        return true;
    strbuf_addf(&path, "/%.*s.json", STR_ARG(industry.len ? industry : STR("general")));
    if (!file_read(strbuf_cstr(&path), 4 * MIB, &text, err) ||
        !begin_file(x, "taxonomy.json", &out, err))
        return false;
    output_write(out, strbuf_str(&text));
    return output_commit(out, err);
}

static bool write_about(struct export *x, const struct workspace *ws, struct error *err) {
    struct output *out;
    CLEANUP(json_freep) struct json *settings = NULL;
    strbuf_reset(&x->out);
    struct json_writer w = json_writer_init(&x->out);
    json_begin_object(&w);
    api_add_id(&w, "id", ws->id);
    add_text(&w, "name", ws->name);
    add_text(&w, "time_zone", ws->time_zone);
    add_text(&w, "industry", ws->industry);
    api_add_time(&w, "created_at", ws->created_us);
    if (ws->settings.len && json_parse(ws->settings, &settings, NULL)) {
        json_key(&w, "settings");
        json_add_value(&w, settings);
    }
    json_end_object(&w);
    if (!begin_file(x, "workspace.json", &out, err))
        return false;
    output_write(out, strbuf_str(&x->out));
    return output_commit(out, err);
}

// ── all of it ──

static bool make_folder(const char *path, struct error *err) {
    return mkdir(path, 0700) == 0 ||
           (errno == EEXIST &&
            error_set(err, ERROR_CONFLICT, "%s 已存在；请用 -o 指定一个新的文件夹",
                      "%s is there already; name a new folder with -o", path)) ||
           (errno != EEXIST &&
            error_errno(err, errno, "无法建立文件夹", "cannot make the folder", path));
}

static bool export_workspace(struct export *x, const struct workspace *w, struct error *err) {
    char id[ID_TEXT];
    snprintf(x->path, sizeof x->path, "%s/%s", x->folder, id_format(w->id, id));
    x->principal.workspace = w->id;
    return make_folder(x->path, err) && write_about(x, w, err) &&
           write_taxonomy(x, w->industry, err) && write_users(x, err) && write_audit(x, err) &&
           write_pages(x, "feedback.ndjson", feedback_page, true, &x->n_feedback, err) &&
           write_pages(x, "customers.ndjson", customer_page, false, &x->n_customers, err) &&
           write_pages(x, "events.ndjson", event_page, false, &x->n_events, err);
}

// What a running server owns cannot be opened a second time, so a copy is read, as everything is at one moment.
static bool copy_rows(struct export *x, const struct data_options *o, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf request = strbuf_init(16 * KIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    struct json_writer w = json_writer_init(&request);
    json_begin_object(&w);
    add_text(&w, "command", STR("backup rows"));
    add_text(&w, "path", str_from(x->rows));
    json_end_object(&w);
    return admin_call(o, strbuf_str(&request), &tree, &result, err);
}

static bool open_rows(struct export *x, struct error *err) {
    struct data_options o = data_options_of(x->options);
    o.existing_only = true;
    if (!data_choose_dir(o.dir, x->dir, sizeof x->dir, err))
        return false;
    char *full = realpath(x->dir, NULL); // the server may stand elsewhere
    snprintf(x->rows, sizeof x->rows, "%s/backup-rows.%d", full ? full : x->dir, (int)getpid());
    free(full);
    if (!o.store.len && !copy_rows(x, &o, err))
        return false;
    o.file = o.store.len ? NULL : x->rows;
    if (!data_open(&o, &x->data, err))
        return false;
    x->house.store = (struct store){x->data.db, x->data.vault, x->data.ids};
    x->house.accounts = x->data.accounts;
    x->api = (struct api){.house = &x->house, .accounts = x->data.accounts};
    return true;
}

static bool export_all(struct export *x, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    const struct workspace *list;
    size_t n;
    if (!open_rows(x, err) || !workspace_list(x->data.accounts, 0, &a, &list, &n, err) ||
        !make_folder(x->folder, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!export_workspace(x, &list[i], err))
            return false;
    printf(options_lang(x->options) == LANG_ZH
               ? "已导出到 %s：%zu 个工作区，%" PRId64 " 条反馈，%" PRId64 " 位客户，%" PRId64
                 " 个事件。内容未加密，请妥善保管。\n"
               : "exported to %s: %zu workspaces, %" PRId64 " feedback, %" PRId64
                 " customers, %" PRId64 " events. It is not sealed: keep it safe.\n",
           x->folder, n, x->n_feedback, x->n_customers, x->n_events);
    return true;
}

static bool run(const struct options *o, struct error *err) {
    struct export x = {
        .options = o,
        .folder = options_path(o, "output"),
        .principal = {.role = ROLE_OWNER, .permissions = role_permissions(ROLE_OWNER)},
        .out = strbuf_init(PAGE_BYTES)};
    if (!x.folder) {
        error_set(err, ERROR_USAGE, "缺少 -o 文件夹", "-o FOLDER is missing");
        return error_field(err, "output");
    }
    umask(077);
    bool ok = export_all(&x, err);
    data_close(&x.data);
    if (x.rows[0]) {
        char lock[4300];
        unlink(x.rows);
        static const char *const ends[] = {"-wal", "-shm", ".lock", "-lock"};
        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
            snprintf(lock, sizeof lock, "%s%s", x.rows, ends[i]);
            unlink(lock);
        }
    }
    strbuf_done(&x.out);
    arena_done(&x.arena);
    return ok;
}

static const struct option options[] = {
    {.name = "output",
     .short_name = 'o',
     .type = OPTION_PATH,
     .arg = {"文件夹", "FOLDER"},
     .help = {"新的文件夹", "a new folder"}},
};

static const char *const settings_taken[] = {"data", "store", "master-key-command", NULL};

static const struct example examples[] = {
    {"huisheng export --data /srv/huisheng -o everything",
     {"导出全部数据", "take everything along"}},
};

const struct command command_export = {
    .name = "export",
    .summary = {"导出全部数据，供离开时带走", "write out everything, to take along"},
    .args = {"", ""},
    .about =
        {"每个工作区一个文件夹：feedback.ndjson（与 API 返回的相同）、customers.ndjson、events.ndjson、users.ndjson（没有密码）、"
         "audit.ndjson、taxonomy.json、workspace.json。内容不加密，只有本用户可读。服务器可以继续运行。",
         "One folder a workspace: feedback.ndjson (as the API shows it), customers.ndjson, events.ndjson, users.ndjson (without passwords), "
         "audit.ndjson, taxonomy.json, workspace.json. It is not sealed; only this user may read it. A server may go on running."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = settings_taken,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run,
};
