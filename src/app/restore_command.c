// SPDX-License-Identifier: Apache-2.0
// `huisheng restore`: a backup into a new data directory.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/vault.h"
#include "app/archive.h"
#include "app/command.h"
#include "app/data.h"
#include "app/doctor_inner.h"
#include "app/options.h"
#include "base/mem.h"
#include "sql/migrate.h"
#include "sys/file.h"

#define KEY_BYTES (4 * KIB)

struct restore {
    const struct options *options;
    char dir[4096], part[4200]; // part: until everything is proved
    struct json *manifest;
    bool has_rows, lacks_key;
};

static int remove_one(const char *path, UNUSED const struct stat *st, UNUSED int type,
                      UNUSED struct FTW *ftw) {
    return remove(path);
}

static void remove_tree(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool put_key(const struct restore *r, struct error *err) {
    const char *from = options_path(r->options, "master-key");
    char path[4300];
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(KEY_BYTES);
    if (!from)
        return true;
    if (!file_read(from, KEY_BYTES, &key, err))
        return false;
    snprintf(path, sizeof path, "%s/master.key", r->part);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, key.ptr, key.len) == (ssize_t)key.len && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    explicit_bzero(key.ptr, key.cap);
    return ok || error_errno(err, why ? why : EIO, "无法写入", "cannot write", path);
}

// Whether the store is whole, of a schema that we know, and opens with the key. Closes it.
static bool prove_store(struct restore *r, struct sql_db *db, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf trouble = strbuf_init(64 * KIB);
    struct vault *v = NULL;
    struct error e = {0};
    if (!doctor_quick_check(db, &trouble, err) ||
        (trouble.len &&
         !error_set(err, ERROR_FORMAT, "备份里的数据库已损坏：%s",
                    "the database in the backup is damaged: %s", strbuf_cstr(&trouble))) ||
        !migrate(db, migrations, n_migrations, err)) {
        sql_close(db);
        return false;
    }
    char *command = str_dup(options_str(r->options, "master-key-command"));
    bool ok = vault_open(db, r->part, command, &v, &e);
    free(command);
    r->lacks_key = !ok && e.code == ERROR_NOT_FOUND;
    if (!ok && !r->lacks_key && err)
        *err = e;
    sql_close(db);
    vault_free(v);
    return ok || r->lacks_key;
}

static bool prove(struct restore *r, struct error *err) {
    char path[4300];
    struct sql_db *db;
    int64_t schema = json_int(json_get(r->manifest, "schema"), 0);
    if (schema > migrations[n_migrations - 1].number)
        return error_set(
            err, ERROR_UNSUPPORTED, "备份来自更新版本的回声（表结构 %d，本程序到 %d），请先升级",
            "the backup is of a newer Huisheng (schema %d, this program knows %d); upgrade first",
            (int)schema, migrations[n_migrations - 1].number);
    snprintf(path, sizeof path, "%s/huisheng.db", r->part);
    r->has_rows = file_exists(path);
    if (!r->has_rows)
        return true;
    return sql_open(&(struct sql_options){.where = str_from(path)}, &db, err) &&
           prove_store(r, db, err);
}

static bool take_place(const struct restore *r, struct error *err) {
    return rename(r->part, r->dir) == 0 ||
           error_errno(err, errno, "无法建立数据目录", "cannot make the data directory", r->dir);
}

static void say(const struct restore *r) {
    bool zh = options_lang(r->options) == LANG_ZH;
    printf(zh ? "已恢复到 %s（备份于 %.*s）\n" : "restored into %s (backup of %.*s)\n", r->dir,
           STR_ARG(json_str(json_get(r->manifest, "made_at"))));
    if (!r->has_rows)
        fputs(
            zh ? "记录在 PostgreSQL 里：请用 psql 或 pg_restore 恢复，再用 --store 启动。\n"
               : "The rows are in PostgreSQL: put them back with psql or pg_restore, then start with --store.\n",
            stderr);
    if (r->lacks_key)
        fprintf(
            stderr,
            zh ? "没有主密钥，数据还不能读取：请把 master.key（权限 0600）放入 %s 再启动；找不回主密钥，这些数据就无法再读取。\n"
               : "There is no master key and nothing can be read yet: put master.key (mode 0600) into %s before you start; without that key the data cannot be read ever again.\n",
            r->dir);
}

static bool restore(struct restore *r, struct error *err) {
    const char *from = options_arg(r->options, 0);
    remove_tree(r->part); // of a run that was killed
    if (mkdir(r->part, 0700) != 0)
        return error_errno(err, errno, "无法建立数据目录", "cannot make the data directory",
                           r->part);
    bool ok = archive_extract(from, r->part, &r->manifest, err) && put_key(r, err) &&
              prove(r, err) && take_place(r, err);
    if (ok)
        say(r);
    else
        remove_tree(r->part);
    return ok;
}

static bool run(const struct options *o, struct error *err) {
    struct restore r = {.options = o};
    if (!data_choose_dir(options_str(o, "data"), r.dir, sizeof r.dir, err))
        return false;
    for (size_t n = strlen(r.dir); n > 1 && r.dir[n - 1] == '/'; n--)
        r.dir[n - 1] = '\0';
    snprintf(r.part, sizeof r.part, "%s.restoring", r.dir);
    if (file_exists(r.dir))
        return error_set(err, ERROR_CONFLICT, "%s 已存在；请用 --data 指定一个新的目录",
                         "%s is there already; name a new directory with --data", r.dir);
    bool ok = restore(&r, err);
    json_free(r.manifest);
    return ok;
}

static const struct option options[] = {
    {.name = "master-key",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"备份当时的主密钥文件（master.key）",
              "the master key of the time of the backup (master.key)"}},
};

static const char *const settings_taken[] = {"data", "master-key-command", NULL};

static const struct example examples[] = {
    {"huisheng restore huisheng-2026-11-24.tar.zst --data /srv/huisheng --master-key master.key",
     {"恢复到新目录", "restore into a new directory"}},
};

const struct command command_restore = {
    .name = "restore",
    .summary = {"把备份恢复到新的数据目录", "put a backup back, into a new data directory"},
    .args = {"文件", "FILE"},
    .min_args = 1,
    .max_args = 1,
    .about =
        {"检查备份是否完整、版本是否认识、主密钥是否正确，全部通过才建立数据目录；已有的目录不会被改动。没有给出主密钥时也会恢复，"
         "但放入主密钥之前无法读取。",
         "Checks that the backup is whole, of a version that it knows, and opens with the master key; only then the data directory appears. A "
         "directory that is there is not touched. Without a master key it is restored too, but cannot be read before the key is put in."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = settings_taken,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run,
};
