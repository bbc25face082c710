// SPDX-License-Identifier: Apache-2.0
// `huisheng key create` and `huisheng key rotate`.
#include <stdio.h>

#include "app/admin.h"
#include "app/command.h"
#include "app/options.h"
#include "base/clock.h"

static void add(struct json_writer *w, const char *key, struct str value) {
    json_key(w, key);
    json_add_str(w, value);
}

static bool check_create(const struct options *o, struct error *err) {
    static const char *const needed[] = {"name", "scopes"};
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (options_str(o, needed[i]).len)
            continue;
        error_set(err, ERROR_USAGE, "缺少 --%s", "--%s is missing", needed[i]);
        return error_field(err, needed[i]);
    }
    return true;
}

// The end of that day in UTC; 0 without --expires.
static int64_t end_of(const struct options *o) {
    int64_t day;
    return options_date(o, "expires", &day) ? (day + 1) * US_PER_DAY : 0;
}

static bool run_create(const struct options *o, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf request = strbuf_init(32 * KIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    struct data_options data = data_options_of(o);
    data.existing_only = true;
    if (!check_create(o, err))
        return false;
    struct json_writer w = json_writer_init(&request);
    json_begin_object(&w);
    add(&w, "command", STR("key create"));
    add(&w, "name", options_str(o, "name"));
    add(&w, "scopes", options_str(o, "scopes"));
    add(&w, "workspace", options_str(o, "workspace"));
    json_key(&w, "expires_us");
    json_add_int(&w, end_of(o));
    json_end_object(&w);
    if (!admin_call(&data, strbuf_str(&request), &tree, &result, err))
        return false;
    printf("%.*s\n", STR_ARG(json_str(json_get(result, "key"))));
    return true;
}

static bool run_rotate(const struct options *o, struct error *err) {
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    struct data_options data = data_options_of(o);
    data.existing_only = true;
    if (!admin_call(&data, STR("{\"command\":\"key rotate\"}"), &tree, &result, err))
        return false;
    bool zh = options_lang(o) == LANG_ZH, by_command = data.key_command.len > 0;
    int generation = (int)json_int(json_get(result, "generation"), 0);
    fprintf(
        stderr,
        zh ? "密钥已更换（第 %d 代）；旧数据由服务器在后台重新加密。\n"
           : "keys rotated (generation %d); the server seals older data again in the background.\n",
        generation);
    if (!by_command)
        fputs(
            zh ? "旧主密钥留在数据目录的 master.key.old-… 中：以前的备份需要它，与那些备份一起删除。"
                 "新的 master.key 请另外保存一份。\n"
               : "The old master key stays in the data directory as master.key.old-…: backups made before need it, delete "
                 "it with them. Keep a copy of the new master.key elsewhere.\n",
            stderr);
    return true;
}

static const char *const settings_taken[] = {"data", "store", "master-key-command", NULL};

static const struct option create_options[] = {
    {.name = "name",
     .type = OPTION_TEXT,
     .arg = {"名称", "NAME"},
     .help = {"哪个系统使用它", "which system uses it"}},
    {.name = "scopes",
     .type = OPTION_TEXT,
     .arg = {"权限,…", "SCOPE,…"},
     .help =
         {"它能做什么：feedback:read、feedback:write、import:write、event:write 等，逗号隔开",
          "what it may do: feedback:read, feedback:write, import:write, event:write …, by comma"}},
    {.name = "workspace",
     .type = OPTION_TEXT,
     .arg = {"名称|编号", "NAME|ID"},
     .otherwise_is = {"唯一的工作区", "the only one"},
     .help = {"属于哪个工作区", "workspace it belongs to"}},
    {.name = "expires",
     .type = OPTION_DATE,
     .arg = {"日期", "DATE"},
     .otherwise_is = {"永不", "never"},
     .help = {"最后一天（UTC）", "last day it is good (UTC)"}},
};

static const struct example create_examples[] = {
    {"huisheng key create --name ERP --scopes feedback:read,feedback:write",
     {"为一个系统建立 API 密钥", "an API key for a system"}},
};

const struct command command_key_create = {
    .name = "key create",
    .summary = {"建立 API 密钥并输出它", "make an API key and print it"},
    .args = {"", ""},
    .about =
        {"标准输出上只有密钥。密钥只显示这一次，库里只存它的哈希。服务器正在运行时由它完成，立即可用。",
         "Standard output has the key and nothing else. It is shown this once; the store has only its hash. A running server "
         "makes it, and it works at once."},
    .options = create_options,
    .n_options = ARRAY_LEN(create_options),
    .settings = settings_taken,
    .examples = create_examples,
    .n_examples = ARRAY_LEN(create_examples),
    .run = run_create,
};

static const struct example rotate_examples[] = {
    {"huisheng key rotate", {"更换全部密钥，不停机", "change all keys without stopping"}},
};

const struct command command_key_rotate = {
    .name = "key rotate",
    .summary = {"更换主密钥和各工作区的数据密钥",
                "change the master key and every workspace's data key"},
    .args = {"", ""},
    .about =
        {"在一个事务里用新的主密钥重新包裹所有密钥，并给每个工作区一个新的数据密钥；旧数据仍可读，由服务器在后台重新加密。\n\n"
         "设置了 master-key-command 时，先更换它给出的主密钥，再在服务器运行时执行本命令。",
         "Wraps all keys under a new master key in one transaction and gives each workspace a new data key. Older data "
         "stays readable and is sealed again in the background by the server.\n\n"
         "With master-key-command, change the key that it prints first, then run this while the server runs."},
    .settings = settings_taken,
    .examples = rotate_examples,
    .n_examples = ARRAY_LEN(rotate_examples),
    .run = run_rotate,
};
