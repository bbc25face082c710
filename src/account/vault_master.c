// SPDX-License-Identifier: Apache-2.0
// Where the master key comes from: a file of the data directory, or a command.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/vault_inner.h"
#include "base/clock.h"
#include "base/log.h"

#define MAX_TEXT          (4 * KIB)
#define COMMAND_TIMEOUT_S 30

bool master_parse(struct str text, struct seal_key *ret) {
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(KIB);
    text = str_trim(text);
    bool ok = text.len == 64
                  ? crypto_hex_decode(text, &key)
                  : crypto_base64_decode(text, &key) || crypto_base64url_decode(text, &key);
    ok = ok && key.len == CRYPTO_KEY_BYTES;
    if (ok) {
        memcpy(ret->key, key.ptr, CRYPTO_KEY_BYTES);
        ret->generation = 0; // the file does not say which one it is; the check value does
    }
    if (key.ptr)
        crypto_wipe(key.ptr, key.cap);
    return ok;
}

// ── a command ──

// Reads until its end, the time or the limit.
static bool read_all(int fd, int64_t deadline_us, struct strbuf *ret) {
    char buf[512];
    for (;;) {
        int64_t left_ms = (deadline_us - clock_monotonic_us()) / 1000;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = left_ms > 0 ? poll(&p, 1, (int)left_ms) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t n = read(fd, buf, sizeof buf);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || ret->overflow)
            return n == 0 && !ret->overflow;
        strbuf_add(ret, str_make(buf, (size_t)n));
        crypto_wipe(buf, sizeof buf);
    }
}

extern char **environ;

static bool start(const char *command, int out, pid_t *ret) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    // A group of its own: what it has started ends with it.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    char shell[] = "sh", flag[] = "-c";
    char *argv[] = {shell, flag, (char *)command, NULL};
    int failed = posix_spawn(ret, "/bin/sh", &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed == 0;
}

static bool run(const char *command, struct strbuf *ret, struct error *err) {
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_errno(err, errno, "无法运行", "cannot run", "HUISHENG_MASTER_KEY_COMMAND");
    bool ok = start(command, ends[1], &pid);
    close(ends[1]);
    int status = -1;
    if (ok) {
        ok = read_all(ends[0], clock_monotonic_us() + COMMAND_TIMEOUT_S * US_PER_SECOND, ret);
        if (!ok)
            kill(-pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    // Its output is a secret: the reason is told without it.
    return (ok && WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           error_set(err, ERROR_UNAVAILABLE,
                     "HUISHENG_MASTER_KEY_COMMAND 没有在 %d 秒内成功给出主密钥，请单独运行它看看",
                     "HUISHENG_MASTER_KEY_COMMAND did not print the master key within %d s and end "
                     "with status 0; run it alone to see why",
                     COMMAND_TIMEOUT_S);
}

// ── a file ──

static void path_of(const char *data_dir, const char *name, char buf[PATH_MAX]) {
    snprintf(buf, PATH_MAX, "%s/%s", data_dir, name);
}

static bool read_file(const char *path, struct strbuf *ret, struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, "无法读取主密钥", "cannot read the master key", path);
    struct stat st;
    if (fstat(fd, &st) == 0 && (st.st_mode & 077) && fchmod(fd, 0600) == 0)
        log_warn("others could read %s; its mode is 0600 now", path);
    char buf[MAX_TEXT];
    ssize_t n = read(fd, buf, sizeof buf);
    int failed = n < 0 ? errno : 0;
    close(fd);
    if (failed)
        return error_errno(err, failed, "无法读取主密钥", "cannot read the master key", path);
    strbuf_add(ret, str_make(buf, (size_t)n));
    crypto_wipe(buf, sizeof buf);
    return true;
}

bool master_read(const char *data_dir, const char *command, const char *name, struct seal_key *ret,
                 struct error *err) {
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(MAX_TEXT);
    char path[PATH_MAX];
    path_of(data_dir, name, path);
    bool by_command = command && *command;
    bool ok = by_command ? run(command, &text, err) : read_file(path, &text, err);
    bool is_key = ok && master_parse(strbuf_str(&text), ret);
    if (text.ptr)
        crypto_wipe(text.ptr, text.cap);
    if (!ok || is_key)
        return ok;
    if (by_command)
        return error_set(
            err, ERROR_FORMAT,
            "HUISHENG_MASTER_KEY_COMMAND 给出的不是主密钥（应为 64 位十六进制或 base64）",
            "what HUISHENG_MASTER_KEY_COMMAND prints is no master key (64 hex digits, "
            "or base64 of 32 bytes)");
    return error_set(err, ERROR_FORMAT, "%s 不是主密钥（应为 64 位十六进制），请从备份的密钥恢复",
                     "%s is no master key (64 hex digits); put the right one back", path);
}

static void sync_dir(const char *data_dir) {
    int fd = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static int write_key(int fd, const struct seal_key *key) {
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(KIB);
    crypto_hex(str_make((const char *)key->key, CRYPTO_KEY_BYTES), &text);
    strbuf_addc(&text, '\n');
    errno = 0;
    bool ok = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    int failed = ok ? 0 : errno ? errno : ENOSPC;
    crypto_wipe(text.ptr, text.cap);
    return failed;
}

bool master_create(const char *data_dir, const char *name, struct seal_key *ret,
                   struct error *err) {
    char path[PATH_MAX];
    path_of(data_dir, name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, "无法写入主密钥", "cannot write the master key", path);
    ret->generation = 0;
    crypto_random(ret->key, sizeof ret->key);
    int failed = write_key(fd, ret);
    close(fd);
    if (failed) {
        unlink(path);
        return error_errno(err, failed, "无法写入主密钥", "cannot write the master key", path);
    }
    sync_dir(data_dir);
    return true;
}

bool master_promote(const char *data_dir, struct error *err) {
    char path[PATH_MAX], fresh[PATH_MAX], old[PATH_MAX], name[64];
    struct civil c = civil_from_us(clock_now_us());
    snprintf(name, sizeof name, "master.key.old-%04d%02d%02dT%02d%02d%02d.%06d", c.year, c.month,
             c.day, c.hour, c.minute, c.second, c.us);
    path_of(data_dir, "master.key", path);
    path_of(data_dir, "master.key.new", fresh);
    path_of(data_dir, name, old);
    // A link first: at no moment is there a directory without a master.key.
    if ((link(path, old) != 0 && errno != ENOENT) || rename(fresh, path) != 0)
        return error_errno(err, errno, "无法更换主密钥文件", "cannot replace the master key file",
                           path);
    sync_dir(data_dir);
    return true;
}

int master_lock(const char *data_dir, bool wait, struct error *err) {
    char path[PATH_MAX];
    path_of(data_dir, "master.key.lock", path);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    // Of the open file, not of the process: two threads keep each other out too.
    while (fd >= 0 && fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &whole) != 0) {
        if (errno == EINTR)
            continue;
        int failed = errno;
        close(fd);
        fd = -1;
        errno = failed;
    }
    if (fd < 0 && (errno == EAGAIN || errno == EACCES))
        error_set(err, ERROR_CONFLICT, "另一个进程正在更换主密钥，请稍后再试",
                  "another process is rotating the master key; try again later");
    else if (fd < 0)
        error_errno(err, errno, "无法锁定", "cannot lock", path);
    return fd;
}

void master_unlock(int fd) {
    close(fd);
}

void master_remove(const char *data_dir, const char *name) {
    char path[PATH_MAX];
    path_of(data_dir, name, path);
    unlink(path);
}
