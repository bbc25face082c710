// SPDX-License-Identifier: Apache-2.0
// The rows of `huisheng nlp …`: filters over JSON lines. The work is in nlp_command.c.
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "analyse/enrich.h"
#include "app/command.h"
#include "app/nlp_command.h"
#include "app/options.h"
#include "sys/ordered.h"

static bool open_input(const struct options *o, FILE **ret, double *ret_bytes, struct error *err) {
    const char *path = options_n_args(o) ? options_arg(o, 0) : "-";
    *ret = stdin;
    if (!str_eq(str_from(path), STR("-")) && !(*ret = fopen(path, "rbe")))
        return error_errno(err, errno, "无法读取", "cannot read", path);
    struct stat sb;
    bool known = fstat(fileno(*ret), &sb) == 0 && S_ISREG(sb.st_mode);
    *ret_bytes = known ? (double)sb.st_size : 0;
    return true;
}

static bool nlp_analyse_command(const struct options *o, struct error *err) {
    struct model *model = NULL;
    struct nlp_options n = {.lang = options_lang(o),
                            .quiet = options_bool(o, "quiet"),
                            .complaints = stderr,
                            .threads = (int)options_int(o, "threads")};
    if (n.threads == 0)
        n.threads = ordered_default_threads();
    int64_t nice_level = options_int(o, "nice");
    if (nice_level)
        setpriority(PRIO_PROCESS, 0, (int)nice_level);
    FILE *in;
    if (!open_input(o, &in, &n.in_bytes, err))
        return false;
    bool ok = model_open(options_str(o, "model"), &model, err);
    n.model = model;
    ok = ok && nlp_analyse(in, stdout, &n, err);
    model_close(model);
    if (in != stdin)
        fclose(in);
    return ok;
}

static const struct option options[] = {
    {.name = "quiet",
     .short_name = 'q',
     .type = OPTION_BOOL,
     .help = {"不显示进度", "show no progress"}},
};

static const char *const takes[] = {"model", "threads", "nice", NULL};

static const struct example examples[] = {
    {"huisheng nlp analyse < feedback.ndjson > answers.ndjson",
     {"每行一条反馈，每行一个结果", "a line of feedback in, a line of answer out"}},
};

const struct command command_nlp_analyse = {
    .name = "nlp analyse",
    .summary = {"逐条分析 JSON 行里的反馈", "analyse feedback given as JSON lines"},
    .args = {"[文件]", "[FILE]"},
    .max_args = 1,
    .about =
        {"每行读一个 {\"id\":…,\"text\":…}，按同样的顺序每行写出情感、维度与证据、紧急程度、有效性和关键词。"
         "没有给出文件时读标准输入。无法读取的行会在结果里标出并在标准错误上说明，最后以状态 65 结束。",
         "Reads one {\"id\":…,\"text\":…} a line and writes, in the same order, sentiment, dimensions with "
         "their proof, urgency, validity and keywords. Standard input is read when no file is named. A line "
         "that cannot be read is marked in the result and named on standard error; the exit status is "
         "then 65."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = takes,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = nlp_analyse_command,
};
