// SPDX-License-Identifier: Apache-2.0
// The rows of `huisheng nlp …`: filters over JSON lines. The work is in nlp_command.c.
#include <sys/stat.h>
#include <unistd.h>

#include "analyse/enrich.h"
#include "app/command.h"
#include "app/nlp_command.h"
#include "app/options.h"
#include "sys/ordered.h"

static const struct option options[] = {
    {.name = "quiet",
     .short_name = 'q',
     .type = OPTION_BOOL,
     .help = {"不显示进度", "show no progress"}},
};

static const char *const takes[] = {"model", "threads", NULL};

static const struct example examples[] = {
    {"huisheng nlp analyse < in.jsonl > out.jsonl",
     {"每行 {\"id\":…,\"text\":…}，顺序不变", "lines of {\"id\":…,\"text\":…}, order kept"}},
};

static bool run_analyse(const struct options *o, struct error *err) {
    struct model *model;
    struct stat st;
    if (!model_open(options_str(o, "model"), &model, err))
        return false;
    int threads = (int)options_int(o, "threads");
    struct nlp_options n = {
        .model = model,
        .threads = threads > 0 ? threads : ordered_default_threads(),
        .lang = options_lang(o),
        .quiet = options_bool(o, "quiet"),
        .in_bytes = fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode) ? (double)st.st_size : 0,
        .complaints = stderr,
    };
    bool ok = nlp_analyse(stdin, stdout, &n, err);
    model_close(model);
    return ok;
}

const struct command command_nlp_analyse = {
    .name = "nlp analyse",
    .summary = {"分析每一行文字：情感、维度、紧急程度、有效性、关键词",
                "analyse a text a line: sentiment, dimensions, urgency, validity, keywords"},
    .args = {"", ""},
    .about =
        {"从标准输入读 JSON Lines，每行 {\"id\":…,\"text\":…}；每行输出一个 JSON 对象，顺序不变。"
         "位置以字符计。读不懂的行在标准错误上指出行号，输出中留一个带 error 的对象，其余照常。",
         "Reads JSON lines {\"id\":…,\"text\":…} from standard input and writes one JSON object a "
         "line, in the same order. Offsets count characters. A line that cannot be read is named "
         "on standard error and answered by an object with an error; the others go on."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = takes,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run_analyse,
};
