// SPDX-License-Identifier: Apache-2.0
// `huisheng doctor` and `huisheng support-bundle`.
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "app/archive.h"
#include "app/command.h"
#include "app/doctor_control.h"
#include "app/options.h"
#include "app/settings.h"
#include "base/clock.h"
#include "sys/file.h"

#define LOG_LINES 500
#define LOG_MOST  (64 * MIB)

static const char *const settings_taken[] = {"data", "store", "master-key-command", "model", NULL};

// ── doctor ──

static void print_lines(const struct doctor_report *r, enum lang lang) {
    static const char *const marks[] = {"ok  ", "warn", "BAD "};
    for (size_t i = 0; i < r->n; i++) {
        const struct doctor_line *l = &r->lines[i];
        printf("%s  %-11s  %s\n", marks[l->state], l->check, lang == LANG_ZH ? l->zh : l->en);
    }
}

static bool run_doctor(const struct options *o, struct error *err) {
    struct doctor_report *r = &(struct doctor_report){0};
    int bad = 0;
    doctor_examine(o, r);
    if (options_bool(o, "json")) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        struct json_writer w = json_writer_init(&sb);
        doctor_format_json(r, &w);
        printf("%s\n", strbuf_cstr(&sb));
    } else {
        print_lines(r, options_lang(o));
    }
    for (size_t i = 0; i < r->n; i++)
        bad += r->lines[i].state == DOCTOR_BAD;
    return !bad || error_set(err, ERROR_UNAVAILABLE, "%d 项不正常，见上",
                             "%d checks are bad, see above", bad);
}

static const struct option doctor_options[] = {
    {.name = "json", .type = OPTION_BOOL, .help = {"输出 JSON", "print JSON"}},
};

static const struct example doctor_examples[] = {
    {"huisheng doctor --data /srv/huisheng", {"检查一切是否正常", "look whether all is well"}},
};

const struct command command_doctor = {
    .name = "doctor",
    .summary = {"检查数据目录、数据库和运行环境",
                "look whether directory, store and machine are well"},
    .args = {"", ""},
    .about =
        {"逐项检查并说明怎么办，不改动任何数据。有 BAD 时退出状态不为 0。服务器运行时也可以使用。",
         "Checks one thing after another, says what to do, changes nothing. With a BAD line the exit status is not 0. It may be used "
         "while a server runs."},
    .options = doctor_options,
    .n_options = ARRAY_LEN(doctor_options),
    .settings = settings_taken,
    .examples = doctor_examples,
    .n_examples = ARRAY_LEN(doctor_examples),
    .run = run_doctor,
};

// ── support bundle ──

static bool add_doctor(struct archive *a, const struct doctor_report *r, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf checks = strbuf_init(MIB), counts = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&checks), c = json_writer_init(&counts);
    doctor_format_json(r, &w);
    json_begin_object(&c);
    doctor_format_counts(&r->counts, &c);
    json_end_object(&c);
    return archive_add_text(a, "doctor.json", strbuf_str(&checks), err) &&
           archive_add_text(a, "counts.json", strbuf_str(&counts), err);
}

static bool add_versions(struct archive *a, const struct doctor_report *r, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    struct utsname u;
    uname(&u);
    strbuf_addf(&sb, "huisheng %s\nstore %s\nschema %" PRId64 "\nsystem %s %s %s\nprocessors %ld\n",
                HUISHENG_VERSION, r->store_version, r->schema, u.sysname, u.release, u.machine,
                sysconf(_SC_NPROCESSORS_ONLN));
    return archive_add_text(a, "versions.txt", strbuf_str(&sb), err);
}

// Which are set, and the values of those that cannot say anything secret: choices, numbers, yes or no.
static bool add_settings(struct archive *a, const struct options *o, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    for (const char *const *name = settings_taken; *name; name++) {
        const struct option *row = settings_find(str_from(*name));
        bool tells = !row->secret && (row->type == OPTION_CHOICE || row->type == OPTION_INT ||
                                      row->type == OPTION_BOOL);
        if (!options_is_given(o, *name))
            strbuf_addf(&sb, "%s: not set\n", *name);
        else if (tells)
            strbuf_addf(&sb, "%s: %.*s\n", *name, STR_ARG(options_str(o, *name)));
        else
            strbuf_addf(&sb, "%s: set\n", *name);
    }
    return archive_add_text(a, "settings.txt", strbuf_str(&sb), err);
}

static struct str last_lines(struct str text) {
    size_t from = text.len;
    for (int n = 0; from > 0 && n <= LOG_LINES; from--)
        n += text.ptr[from - 1] == '\n';
    return str_slice(text, from ? from + 1 : 0, text.len);
}

static bool add_log(struct archive *a, const struct options *o, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(LOG_MOST);
    const char *path = options_path(o, "log");
    if (path && !file_read(path, LOG_MOST, &sb, err))
        return false;
    // Where systemd keeps it; without one, or without the right to read it, there is just no log.
    FILE *f = path ? NULL : popen("journalctl -q -u huisheng -n 500 --no-pager 2>/dev/null", "re");
    char buf[4096];
    for (size_t n; f && (n = fread(buf, 1, sizeof buf, f)) > 0;)
        strbuf_add(&sb, str_make(buf, n));
    if (f)
        pclose(f);
    return archive_add_text(a, "log.txt", last_lines(strbuf_str(&sb)), err);
}

static bool run_bundle(const struct options *o, struct error *err) {
    struct doctor_report *r = &(struct doctor_report){0};
    struct archive *a;
    const char *output = options_path(o, "output");
    if (!output) {
        error_set(err, ERROR_USAGE, "缺少 -o 文件", "-o FILE is missing");
        return error_field(err, "output");
    }
    if (!archive_create(output, &a, err))
        return false;
    doctor_examine(o, r);
    if (!add_versions(a, r, err) || !add_doctor(a, r, err) || !add_settings(a, o, err) ||
        !add_log(a, o, err)) {
        archive_discard(a);
        return false;
    }
    if (!archive_commit(a, NULL, NULL, err))
        return false;
    printf(options_lang(o) == LANG_ZH
               ? "已写入 %s；其中没有反馈内容、姓名、联系方式和密钥\n"
               : "%s written; no feedback, names, addresses or keys are in it\n",
           output);
    return true;
}

static const struct option bundle_options[] = {
    {.name = "output",
     .short_name = 'o',
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"写到哪里（.tar.zst）", "where to (.tar.zst)"}},
    {.name = "log",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .otherwise_is = {"systemd 日志", "systemd's journal"},
     .help = {"附上这个日志的最后 500 行", "adds the last 500 lines of this log"}},
};

static const struct example bundle_examples[] = {
    {"huisheng support-bundle --data /srv/huisheng -o support.tar.zst",
     {"求助时附上", "to attach when you ask for help"}},
};

const struct command command_support_bundle = {
    .name = "support-bundle",
    .summary = {"收集求助所需的信息，不含内容和密钥",
                "gather what help needs, without texts and keys"},
    .args = {"", ""},
    .about =
        {"版本、doctor 的结果、设置了哪些项、数量和最近的日志，装进一个文件。没有反馈内容、个人信息和密钥。",
         "Versions, what doctor says, which settings are set, counts and the last lines of the log in one file: no feedback, nothing "
         "personal, no keys."},
    .options = bundle_options,
    .n_options = ARRAY_LEN(bundle_options),
    .settings = settings_taken,
    .examples = bundle_examples,
    .n_examples = ARRAY_LEN(bundle_examples),
    .run = run_bundle,
};
