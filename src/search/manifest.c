// SPDX-License-Identifier: Apache-2.0
#include "search/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/mem.h"
#include "search/postings.h"
#include "sys/file.h"

#define VERSION   1
#define MAX_BYTES (256 * KIB)
#define NAME      "manifest"
#define NEW_NAME  "manifest.new"
// A manifest is filled up to a multiple of this: its length does not tell the number of segments.
#define PAD_BYTES 2048

static const struct str bound = STR_INIT("search manifest");

static struct seal_key key_of(const uint8_t key[CRYPTO_KEY_BYTES]) {
    struct seal_key own = {0};
    crypto_derive(key, "search manifest", own.key);
    return own;
}

void manifest_done(struct manifest *m) {
    free(m->items);
    *m = (struct manifest){0};
}

static bool is_name(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
            return false;
    return s.len == BLOCK_NAME;
}

bool manifest_parse(struct str plain, struct manifest *ret) {
    uint64_t version, watermark, n, blocks;
    if (!varint_get(&plain, &version) || version != VERSION || !varint_get(&plain, &watermark) ||
        !varint_get(&plain, &n) || n > MANIFEST_MAX)
        return false;
    struct manifest m = {.watermark = unzigzag(watermark),
                         .items = NEW_ARRAY(struct manifest_entry, n)};
    for (; m.len < n; m.len++) {
        struct str name = str_slice(plain, 0, BLOCK_NAME);
        plain = str_slice(plain, BLOCK_NAME, plain.len);
        if (!is_name(name) || !varint_get(&plain, &blocks) || blocks == 0 || blocks > UINT32_MAX) {
            manifest_done(&m);
            return false;
        }
        memcpy(m.items[m.len].name, name.ptr, BLOCK_NAME);
        m.items[m.len].n_blocks = (uint32_t)blocks;
    }
    *ret = m;
    return true;
}

bool manifest_load(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], struct manifest *ret,
                   struct error *err) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" NAME, dir);
    if (!file_exists(path)) {
        *ret = (struct manifest){0};
        return true;
    }
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(MAX_BYTES);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(MAX_BYTES);
    if (!file_read(path, MAX_BYTES, &sealed, err))
        return false;
    struct seal_key own = key_of(key);
    struct error why;
    bool opened = unseal(&own, bound, strbuf_str(&sealed), &plain, &why);
    crypto_wipe(&own, sizeof own);
    if (opened && manifest_parse(strbuf_str(&plain), ret))
        return true;
    struct str rest = strbuf_str(&plain);
    uint64_t version;
    if (opened && varint_get(&rest, &version) && version > VERSION)
        return error_set(err, ERROR_UNSUPPORTED, "搜索索引 %s 由更新的版本写成：请升级程序",
                         "search index %s was written by a newer version: upgrade the program",
                         dir);
    return error_set(err, ERROR_CORRUPT,
                     "搜索索引 %s 已损坏，或是用另一把密钥加密的：请删除这个文件夹，系统会重新建立",
                     "search index %s is damaged or sealed with another key: delete the folder, it "
                     "will be built again",
                     dir);
}

static bool write_file(const char *path, struct str s, struct error *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, "无法写入", "cannot write", path);
    int failed = 0;
    while (s.len && !failed) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && errno != EINTR)
            failed = errno;
        if (n > 0)
            s = str_slice(s, (size_t)n, s.len);
    }
    if (!failed && fsync(fd) != 0)
        failed = errno;
    if (close(fd) != 0 && !failed)
        failed = errno;
    return failed ? error_errno(err, failed, "无法写入", "cannot write", path) : true;
}

static bool sync_folder(const char *dir, struct error *err) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return failed ? error_errno(err, failed, "无法写入", "cannot write", dir) : true;
}

bool manifest_save(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const struct manifest *m,
                   bool *ret_switched, struct error *err) {
    *ret_switched = false;
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(MAX_BYTES);
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(MAX_BYTES + SEAL_OVERHEAD);
    uint8_t buf[30];
    size_t n = varint_put(VERSION, buf);
    n += varint_put(zigzag(m->watermark), buf + n);
    n += varint_put(m->len, buf + n);
    strbuf_add(&plain, str_make((const char *)buf, n));
    for (size_t i = 0; i < m->len; i++) {
        strbuf_add(&plain, str_make(m->items[i].name, BLOCK_NAME));
        strbuf_add(&plain, str_make((const char *)buf, varint_put(m->items[i].n_blocks, buf)));
    }
    while (plain.len % PAD_BYTES)
        strbuf_addc(&plain, 0);
    struct seal_key own = key_of(key);
    seal(&own, bound, strbuf_str(&plain), &sealed);
    crypto_wipe(&own, sizeof own);
    char path[PATH_MAX], new_path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" NAME, dir);
    snprintf(new_path, sizeof new_path, "%s/" NEW_NAME, dir);
    // The folder first: segments must not be less durable than what names them.
    if (!sync_folder(dir, err) || !write_file(new_path, strbuf_str(&sealed), err))
        return false;
    if (rename(new_path, path) != 0)
        return error_errno(err, errno, "无法写入", "cannot write", path);
    *ret_switched = true;
    return sync_folder(dir, err);
}

static bool is_named(const struct manifest *m, struct str file) {
    for (size_t i = 0; i < m->len; i++)
        if (str_eq(file, str_make(m->items[i].name, BLOCK_NAME)))
            return true;
    return false;
}

size_t manifest_sweep(const char *dir, const struct manifest *m) {
    DIR *d = opendir(dir);
    size_t removed = 0;
    for (const struct dirent *e; d && (e = readdir(d));) {
        struct str name = str_from(e->d_name);
        bool segment = str_ends(name, STR(".seg")) && is_name(str_slice(name, 0, name.len - 4));
        if (!str_eq(name, STR(NEW_NAME)) &&
            (!segment || is_named(m, str_slice(name, 0, BLOCK_NAME))))
            continue;
        removed += unlinkat(dirfd(d), e->d_name, 0) == 0;
    }
    if (d)
        closedir(d);
    return removed;
}
