// SPDX-License-Identifier: Apache-2.0
#include "app/import_control.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/admin.h"
#include "base/mem.h"
#include "work/house.h"
#include "work/import_stage.h"

#define COLUMNS_MOST 60 // of an answer, which is one line of at most 64 KB
#define REJECTS_MOST 20

static struct str member(const struct json *in, const char *name) {
    return json_str(json_get(in, name));
}

static enum lang lang_of(const struct json *in) {
    return str_eq(member(in, "lang"), STR("en")) ? LANG_EN : LANG_ZH;
}

static bool house_of(void *ctx, struct house **ret, struct error *err) {
    struct data_dir *d = ctx;
    *ret = d->house;
    return d->house || error_set(err, ERROR_UNAVAILABLE, "服务器还没有就绪，请稍后再试",
                                 "the server is not ready yet; try again in a moment");
}

static bool target(const struct json *in, int64_t *ret_workspace, int64_t *ret_id,
                   struct error *err) {
    return (id_parse(member(in, "workspace"), ret_workspace) &&
            id_parse(member(in, "id"), ret_id)) ||
           error_set(err, ERROR_NOT_FOUND, "没有这次导入", "there is no such import");
}

// ── adding ──

static bool copy(int fd, const char *path, struct import_upload *u, struct error *err) {
    char *buf = mem_alloc(256 * KIB);
    bool ok = true;
    for (;;) {
        ssize_t n = read(fd, buf, 256 * KIB);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            ok = error_errno(err, errno, "无法读取", "cannot read", path);
        ok = ok && (n == 0 || import_upload_add(u, str_make(buf, (size_t)n), err));
        if (!ok || n == 0)
            break;
    }
    free(buf);
    return ok;
}

static bool seal_file(struct house *h, const char *path, int64_t id, int64_t *ret_bytes,
                      uint8_t *ret_key, struct error *err) {
    struct import_upload *u;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, "无法读取", "cannot read", path);
    bool ok = import_upload_begin(h->options.data_dir, id, &u, err);
    if (ok && !copy(fd, path, u, err)) {
        import_upload_discard(u);
        ok = false;
    }
    close(fd);
    return ok && import_upload_commit(u, ret_bytes, ret_key, err);
}

static void add_id(struct json_writer *out, const char *key, int64_t id) {
    char text[ID_TEXT];
    json_key(out, key);
    json_add_cstr(out, id_format(id, text));
}

bool import_control_add(void *ctx, const struct json *in, struct json_writer *out,
                        struct error *err) {
    struct data_dir *d = ctx;
    struct house *h;
    int64_t workspace = 0, bytes;
    uint8_t key[CRYPTO_KEY_BYTES];
    if (!house_of(ctx, &h, err) ||
        !admin_workspace(d->accounts, member(in, "workspace"), &workspace, err))
        return false;
    int64_t id = id_next(h->store.ids);
    char *path = str_dup(member(in, "path"));
    bool ok = seal_file(h, path, id, &bytes, key, err);
    free(path);
    if (ok && !imports_add(h, workspace, NULL, STR("huisheng import"), id, member(in, "name"),
                           bytes, key, lang_of(in), err)) {
        import_part_remove(h->options.data_dir, id, IMPORT_PART_FILE);
        ok = false;
    }
    crypto_wipe(key, sizeof key);
    if (!ok)
        return false;
    add_id(out, "id", id);
    add_id(out, "workspace", workspace);
    return true;
}

// ── looking ──

static void add_import(struct json_writer *out, const struct import *im) {
    json_key(out, "state");
    json_add_cstr(out, import_state_code(im->state));
    import_counts_add(out, &im->counts);
    json_key(out, "share");
    json_add_num(out, im->share, 4);
    json_key(out, "has_report");
    json_add_bool(out, im->has_report);
    json_key(out, "problem_zh");
    json_add_str(out, im->about.problem_zh);
    json_key(out, "problem_en");
    json_add_str(out, im->about.problem_en);
}

static void add_columns(struct json_writer *out, const struct import *im) {
    CLEANUP(json_freep) struct json *tree = NULL;
    json_key(out, "columns");
    json_begin_array(out);
    if (im->about.mapping.len && json_parse(im->about.mapping, &tree, NULL))
        for (size_t i = 0; i < MIN(json_len(tree), (size_t)COLUMNS_MOST); i++)
            json_add_value(out, json_at(tree, i));
    json_end_array(out);
}

static void add_rejects(struct json_writer *out, const struct import_check *c, enum lang lang) {
    json_key(out, "rejects");
    json_begin_array(out);
    for (size_t i = 0; i < MIN(c->n_rejects, (size_t)REJECTS_MOST); i++) {
        const struct import_reject *r = &c->rejects[i];
        json_begin_object(out);
        json_key(out, "row");
        json_add_int(out, (int64_t)r->row);
        json_key(out, "column");
        json_add_str(out, r->column);
        json_key(out, "reason");
        json_add_cstr(out, words_in(r->reason, lang));
        json_key(out, "sample");
        json_add_str(out, r->sample);
        json_end_object(out);
    }
    json_end_array(out);
}

struct texts {
    struct str map, sheet, time_zone;
};

static struct import_settings settings_of(const struct json *in, struct texts *texts) {
    *texts = (struct texts){member(in, "map"), member(in, "sheet"), member(in, "time_zone")};
    return (struct import_settings){&texts->map, &texts->sheet, &texts->time_zone, lang_of(in)};
}

bool import_control_check(void *ctx, const struct json *in, struct json_writer *out,
                          struct error *err) {
    struct house *h;
    struct texts texts;
    struct import_settings settings = settings_of(in, &texts);
    struct import_check c;
    int64_t workspace, id;
    if (!house_of(ctx, &h, err) || !target(in, &workspace, &id, err) ||
        !imports_check(h, workspace, id, &settings, &c, err))
        return false;
    add_import(out, &c.import);
    json_key(out, "estimated");
    json_add_bool(out, c.is_cut);
    add_columns(out, &c.import);
    add_rejects(out, &c, settings.lang);
    import_check_done(&c);
    return true;
}

bool import_control_start(void *ctx, const struct json *in, UNUSED struct json_writer *out,
                          struct error *err) {
    struct house *h;
    struct texts texts;
    struct import_settings settings = settings_of(in, &texts);
    int64_t workspace, id;
    return house_of(ctx, &h, err) && target(in, &workspace, &id, err) &&
           imports_start(h, workspace, NULL, id, &settings, err);
}

bool import_control_remove(void *ctx, const struct json *in, UNUSED struct json_writer *out,
                           struct error *err) {
    struct house *h;
    int64_t workspace, id;
    return house_of(ctx, &h, err) && target(in, &workspace, &id, err) &&
           imports_remove(h, workspace, NULL, id, err);
}

bool import_control_show(void *ctx, const struct json *in, struct json_writer *out,
                         struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct house *h;
    struct import im;
    int64_t workspace, id;
    if (!house_of(ctx, &h, err) || !target(in, &workspace, &id, err) ||
        !imports_load(h, workspace, id, &a, &im, err))
        return false;
    add_import(out, &im);
    return true;
}
