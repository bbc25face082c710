// SPDX-License-Identifier: Apache-2.0
// `huisheng setup` and `huisheng user reset`: getting in without a browser.
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "account/password.h"
#include "app/admin.h"
#include "app/command.h"
#include "app/options.h"
#include "base/utf8.h"
#include "sys/terminal.h"

static bool missing(const char *option, struct error *err) {
    error_set(err, ERROR_USAGE, "缺少 --%s", "--%s is missing", option);
    return error_field(err, option);
}

static void add(struct json_writer *w, const char *key, struct str value) {
    json_key(w, key);
    json_add_str(w, value);
}

// The first line of standard input. A terminal does not show it.
static bool read_password(struct strbuf *ret, struct error *err) {
    struct termios was;
    bool hides = tcgetattr(STDIN_FILENO, &was) == 0;
    if (hides) {
        struct termios quiet = was;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    int c;
    while ((c = getchar()) != EOF && c != '\n')
        strbuf_addc(ret, (char)c);
    if (hides)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
    if (ret->len && ret->ptr[ret->len - 1] == '\r')
        strbuf_truncate(ret, ret->len - 1);
    if (ret->overflow || ret->len > PASSWORD_MAX_BYTES)
        return error_set(err, ERROR_LIMIT, "密码超过 %d 字节",
                         "the password has more than %d bytes", PASSWORD_MAX_BYTES);
    if (!utf8_is_valid(strbuf_str(ret)))
        return error_set(err, ERROR_INVALID, "密码不是 UTF-8 文本",
                         "the password is not UTF-8 text");
    return ret->len > 0 || error_set(err, ERROR_INVALID, "标准输入里没有密码",
                                     "there is no password on standard input");
}

static bool check_setup(const struct options *o, struct error *err) {
    if (!options_str(o, "email").len)
        return missing("email", err);
    if (options_bool(o, "password-stdin"))
        return true;
    error_set(err, ERROR_USAGE, "请用 --password-stdin 从标准输入给出密码",
              "give the password on standard input, with --password-stdin");
    return error_field(err, "password-stdin");
}

static void format_setup(const struct options *o, struct str password, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    add(&w, "command", STR("setup"));
    add(&w, "email", options_str(o, "email"));
    add(&w, "password", password);
    add(&w, "name", options_str(o, "name"));
    add(&w, "lang", options_lang(o) == LANG_ZH ? STR("zh") : STR("en"));
    add(&w, "workspace", options_str(o, "workspace"));
    add(&w, "time_zone", options_str(o, "timezone"));
    add(&w, "industry", options_str(o, "industry"));
    json_end_object(&w);
}

static bool run_setup(const struct options *o, struct error *err) {
    CLEANUP(strbuf_done)
    struct strbuf password = strbuf_init(4 * KIB), request = strbuf_init(32 * KIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    struct data_options data = data_options_of(o);
    bool ok = check_setup(o, err) && read_password(&password, err);
    if (ok)
        format_setup(o, strbuf_str(&password), &request);
    ok = ok && admin_call(&data, strbuf_str(&request), &tree, &result, err);
    if (password.ptr)
        explicit_bzero(password.ptr, password.cap);
    if (request.ptr)
        explicit_bzero(request.ptr, request.cap);
    if (ok)
        fprintf(stderr,
                options_lang(o) == LANG_ZH ? "已设置：管理员 %.*s，工作区 “%.*s”\n"
                                           : "set up: administrator %.*s, workspace \"%.*s\"\n",
                STR_ARG(json_str(json_get(result, "email"))),
                STR_ARG(json_str(json_get(result, "workspace"))));
    return ok;
}

static bool run_reset(const struct options *o, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf request = strbuf_init(32 * KIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    struct data_options data = data_options_of(o);
    data.existing_only = true;
    if (!options_str(o, "email").len)
        return missing("email", err);
    struct json_writer w = json_writer_init(&request);
    json_begin_object(&w);
    add(&w, "command", STR("user reset"));
    add(&w, "email", options_str(o, "email"));
    json_end_object(&w);
    if (!admin_call(&data, strbuf_str(&request), &tree, &result, err))
        return false;
    printf("%.*s\n", STR_ARG(json_str(json_get(result, "path"))));
    if (terminal_is(STDERR_FILENO))
        fputs(
            options_lang(o) == LANG_ZH
                ? "把它接在服务器地址后面，在 24 小时内打开一次，即可设置新密码\n"
                : "put it behind the address of the server and open it once within 24 hours to set a "
                  "new password\n",
            stderr);
    return true;
}

static const char *const setup_settings[] = {"data",     "store",    "master-key-command",
                                             "timezone", "industry", NULL};
static const char *const reset_settings[] = {"data", "store", "master-key-command", NULL};

static const struct option setup_options[] = {
    {.name = "email",
     .type = OPTION_TEXT,
     .arg = {"邮箱", "E-MAIL"},
     .help = {"第一位管理员的邮箱，用来登录",
              "e-mail of the first administrator, to sign in with"}},
    {.name = "password-stdin",
     .type = OPTION_BOOL,
     .help = {"从标准输入的第一行读密码（至少 12 个字符）",
              "read the password from the first line of standard input (12 characters at least)"}},
    {.name = "name",
     .type = OPTION_TEXT,
     .arg = {"姓名", "NAME"},
     .otherwise_is = {"邮箱", "the e-mail"},
     .help = {"管理员的姓名", "name of the administrator"}},
    {.name = "workspace",
     .type = OPTION_TEXT,
     .arg = {"名称", "NAME"},
     .otherwise_is = {"我的公司", "My company"},
     .help = {"第一个工作区的名称", "name of the first workspace"}},
};

static const struct example setup_examples[] = {
    {"huisheng setup --email boss@example.com --password-stdin < password.txt",
     {"不经浏览器建立管理员", "make the administrator without a browser"}},
};

const struct command command_setup = {
    .name = "setup",
    .summary = {"建立数据目录和第一位管理员",
                "make the data directory and the first administrator"},
    .args = {"", ""},
    .about =
        {"做一次，与浏览器里的首次设置相同：建立数据目录、数据库、第一个工作区和它的所有者。已经设置过时以状态 73 结束，"
         "不改动任何东西。服务器正在运行时由它完成。",
         "Does once what the first page in the browser does: the data directory, the store, the first workspace and "
         "its owner. Ends with status 73 and changes nothing when it was set up before. A running server does it."},
    .options = setup_options,
    .n_options = ARRAY_LEN(setup_options),
    .settings = setup_settings,
    .examples = setup_examples,
    .n_examples = ARRAY_LEN(setup_examples),
    .run = run_setup,
};

static const struct option reset_options[] = {
    {.name = "email",
     .type = OPTION_TEXT,
     .arg = {"邮箱", "E-MAIL"},
     .help = {"谁的密码", "whose password"}},
};

static const struct example reset_examples[] = {
    {"huisheng user reset --email boss@example.com",
     {"忘记密码时取得一次性链接", "a one-time link for a lost password"}},
};

const struct command command_user_reset = {
    .name = "user reset",
    .summary = {"输出重设密码的一次性链接", "print a one-time link that sets a new password"},
    .args = {"", ""},
    .about =
        {"输出链接的路径（/links/…），接在服务器地址后面打开。24 小时内可用一次，之前的链接作废。",
         "Prints the path of the link (/links/…), to be opened behind the address of the server. It works once within 24 "
         "hours; links made before stop working."},
    .options = reset_options,
    .n_options = ARRAY_LEN(reset_options),
    .settings = reset_settings,
    .examples = reset_examples,
    .n_examples = ARRAY_LEN(reset_examples),
    .run = run_reset,
};
