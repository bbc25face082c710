// SPDX-License-Identifier: Apache-2.0
#include "app/data.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "account/vault.h"
#include "app/options.h"
#include "base/mem.h"
#include "sql/migrate.h"
#include "sys/file.h"

bool data_choose_dir(struct str asked, char *buf, size_t cap, struct error *err) {
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int n = -1;
    if (asked.len)
        n = snprintf(buf, cap, "%.*s", STR_ARG(asked));
    else if (data && *data == '/')
        n = snprintf(buf, cap, "%s/huisheng", data);
    else if (home && *home == '/')
        n = snprintf(buf, cap, "%s/.local/share/huisheng", home);
    return (n > 0 && (size_t)n < cap - 100) ||
           error_set(err, ERROR_USAGE, "请用 --data 指定数据目录",
                     "say with --data where the data directory is");
}

// Each part that is missing; only the last is ours to close to others.
static bool make_dirs(char *path, struct error *err) {
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        bool ok = mkdir(path, 0755) == 0 || errno == EEXIST;
        int why = errno;
        *p = '/';
        if (!ok)
            return error_errno(err, why, "无法建立数据目录", "cannot make the data directory",
                               path);
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST ||
           error_errno(err, errno, "无法建立数据目录", "cannot make the data directory", path);
}

struct data_options data_options_of(const struct options *o) {
    return (struct data_options){.dir = options_str(o, "data"),
                                 .store = options_str(o, "store"),
                                 .key_command = options_str(o, "master-key-command")};
}

bool data_open(const struct data_options *o, struct data_dir *ret, struct error *err) {
    struct data_dir *d = ret;
    char path[4200];
    int node;
    *d = (struct data_dir){.ids = NEW(struct id_source)};
    if (!data_choose_dir(o->dir, d->dir, sizeof d->dir, err))
        return false;
    snprintf(path, sizeof path, "%s/huisheng.db", d->dir);
    if (o->file)
        snprintf(path, sizeof path, "%s", o->file);
    if (o->existing_only && !(o->store.len ? file_exists(d->dir) : file_exists(path)))
        return error_set(
            err, ERROR_NOT_FOUND, "%s 里还没有数据，请先运行 huisheng serve 或 huisheng setup",
            "there is no data in %s yet; run huisheng serve or huisheng setup first", d->dir);
    if (!make_dirs(d->dir, err))
        return false;
    if (!sql_open(&(struct sql_options){.where = o->store.len ? o->store : str_from(path)}, &d->db,
                  err) ||
        !migrate(d->db, migrations, n_migrations, err) || !sql_node(d->db, &node, err))
        return false;
    id_source_init(d->ids, node);
    char *command = str_dup(o->key_command);
    bool ok = vault_open(d->db, d->dir, command, &d->vault, err);
    free(command);
    return ok && accounts_open(d->db, d->vault, d->ids, &d->accounts, err);
}

void data_close(struct data_dir *d) {
    sql_close(d->db);
    accounts_free(d->accounts);
    vault_free(d->vault);
    free(d->ids);
    *d = (struct data_dir){0};
}
