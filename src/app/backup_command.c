// SPDX-License-Identifier: Apache-2.0
// `huisheng backup`: the whole store in one file, while the server runs. Never with the master key.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/admin.h"
#include "app/archive.h"
#include "app/command.h"
#include "app/options.h"
#include "app/settings.h"
#include "base/clock.h"
#include "sql/migrate.h"
#include "sys/file.h"

#define ROWS_NAME "backup-rows." // and the number of the process

struct backup {
    const struct options *options;
    struct data_options data;
    char dir[4096], rows[4200]; // rows: the copy of the store, beside it
    struct archive *archive;
    int64_t n_files;
};

// ── rows ──

// What backups that were killed have left.
static void remove_leftovers(const struct backup *b) {
    DIR *d = opendir(b->dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        struct str name = str_from(e->d_name);
        size_t end = strlen(ROWS_NAME); // "-wal" and the like may follow
        int64_t pid;
        while (end < name.len && name.ptr[end] >= '0' && name.ptr[end] <= '9')
            end++;
        if (str_starts(name, STR(ROWS_NAME)) &&
            str_to_int64(str_slice(name, strlen(ROWS_NAME), end), &pid) &&
            kill((pid_t)pid, 0) != 0 && errno == ESRCH)
            unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d)
        closedir(d);
}

// By the server that owns the file, or here: either way a copy as it is at one moment.
static bool copy_rows(struct backup *b, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf request = strbuf_init(16 * KIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    struct json_writer w = json_writer_init(&request);
    json_begin_object(&w);
    json_key(&w, "command");
    json_add_cstr(&w, "backup rows");
    json_key(&w, "path");
    json_add_cstr(&w, b->rows);
    json_end_object(&w);
    return admin_call(&b->data, strbuf_str(&request), &tree, &result, err);
}

// ── the rest ──

static bool add_uploads(struct backup *b, struct error *err) {
    char path[4200], file[5000], name[300];
    snprintf(path, sizeof path, "%s/uploads", b->dir);
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT || error_errno(err, errno, "无法读取", "cannot read", path);
    bool ok = true;
    for (struct dirent *e; ok && (e = readdir(d));) {
        snprintf(name, sizeof name, "uploads/%s", e->d_name);
        // One that is being written has another name, one that has gone meanwhile is not missed.
        if (!archive_is_name(str_from(name)) || str_has(str_from(name), STR(".part-")) ||
            faccessat(dirfd(d), e->d_name, F_OK, 0) != 0)
            continue;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        ok = archive_add_file(b->archive, name, file, err);
        b->n_files += ok;
    }
    closedir(d);
    return ok;
}

// What was set, to set it again by hand: without what is secret, may hold a password, or says where things are.
static bool add_settings(struct backup *b, struct error *err) {
    static const char *const left_out[] = {"data", "store", "master-key-command"};
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(64 * KIB);
    for (const char *const *name = options_command(b->options)->settings; *name; name++) {
        bool out = settings_find(str_from(*name))->secret;
        for (size_t i = 0; i < ARRAY_LEN(left_out); i++)
            out = out || strcmp(*name, left_out[i]) == 0;
        if (!out && options_is_given(b->options, *name))
            strbuf_addf(&text, "%s = %.*s\n", *name, STR_ARG(options_str(b->options, *name)));
    }
    return archive_add_text(b->archive, "settings.conf", strbuf_str(&text), err);
}

static void add_head(void *ctx, struct json_writer *w) {
    const struct backup *b = ctx;
    char now[40];
    json_key(w, "version");
    json_add_cstr(w, HUISHENG_VERSION);
    json_key(w, "made_at");
    json_add_cstr(w, clock_format_iso(clock_now_us(), now, sizeof now));
    json_key(w, "store");
    json_add_cstr(w, b->data.store.len ? "postgresql" : "sqlite");
    json_key(w, "schema");
    json_add_int(w, migrations[n_migrations - 1].number);
}

static bool write_archive(struct backup *b, const char *output, struct error *err) {
    if (!archive_create(output, &b->archive, err))
        return false;
    bool ok = (b->data.store.len || archive_add_file(b->archive, "huisheng.db", b->rows, err)) &&
              add_uploads(b, err) && add_settings(b, err);
    if (ok)
        return archive_commit(b->archive, add_head, b, err);
    archive_discard(b->archive);
    return false;
}

static void say(const struct backup *b, const char *output) {
    bool zh = options_lang(b->options) == LANG_ZH;
    printf(zh ? "已备份到 %s（含 %" PRId64 " 个上传文件）\n"
              : "backed up to %s (with %" PRId64 " uploaded files)\n",
           output, b->n_files);
    if (b->data.store.len)
        fputs(zh ? "PostgreSQL 中的记录不在其中，请用 pg_dump 备份。\n"
                 : "The rows in PostgreSQL are not in it: back them up with pg_dump.\n",
              stderr);
    fputs(
        zh ? "主密钥不在备份里。没有主密钥，备份无法读取：请另外保存它。\n"
           : "The master key is not in the backup, and without it the backup cannot be read: keep it elsewhere.\n",
        stderr);
}

static bool run(const struct options *o, struct error *err) {
    struct backup b = {.options = o, .data = data_options_of(o)};
    const char *output = options_path(o, "output");
    b.data.existing_only = true;
    if (!output) {
        error_set(err, ERROR_USAGE, "缺少 -o 文件", "-o FILE is missing");
        return error_field(err, "output");
    }
    if (file_exists(output))
        return error_set(err, ERROR_CONFLICT, "%s 已存在，不会覆盖",
                         "%s is there already and is not written over", output);
    if (!data_choose_dir(b.data.dir, b.dir, sizeof b.dir, err))
        return false;
    char *full = realpath(b.dir, NULL); // the server may stand elsewhere
    snprintf(b.rows, sizeof b.rows, "%s/" ROWS_NAME "%d", full ? full : b.dir, (int)getpid());
    free(full);
    remove_leftovers(&b);
    bool ok = (b.data.store.len || copy_rows(&b, err)) && write_archive(&b, output, err);
    unlink(b.rows);
    if (ok)
        say(&b, output);
    return ok;
}

static const struct option options[] = {
    {.name = "output",
     .short_name = 'o',
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"备份文件，不会覆盖已有的", "the backup; a file that is there is not written over"}},
};

static const char *const settings_taken[] = {"data", "store", "master-key-command", NULL};

static const struct example examples[] = {
    {"huisheng backup --data /srv/huisheng -o huisheng-2026-11-24.tar.zst",
     {"在线备份", "back up while the server runs"}},
};

const struct command command_backup = {
    .name = "backup",
    .summary = {"在线备份到一个文件", "back up into one file, while the server runs"},
    .args = {"", ""},
    .about =
        {"把数据库在某一时刻的完整副本、上传的文件和设置写入一个文件。服务器可以继续运行。备份里的内容仍是加密的，主密钥从不在"
         "其中：请另外保存主密钥，两者缺一不可。统计和搜索不备份，恢复后自动重新生成。\n\n使用 PostgreSQL 时，记录请用 pg_dump "
         "备份，本命令保存其余部分。",
         "Writes a whole copy of the store as it is at one moment, the uploaded files and the settings into one file. The server may run. What is "
         "sealed stays sealed, and the master key is never in it: keep that elsewhere, you need both. Facts and search are not kept; they are "
         "made again after restoring.\n\nOn PostgreSQL back the rows up with pg_dump; this command keeps the rest."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = settings_taken,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run,
};
