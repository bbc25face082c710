// SPDX-License-Identifier: Apache-2.0
// The rows of `huisheng nlp …`: filters over JSON lines. The work is in nlp_command.c.
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "analyse/enrich.h"
#include "app/command.h"
#include "app/nlp_bench.h"
#include "app/nlp_command.h"
#include "app/nlp_verbs.h"
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

static int threads_of(const struct options *o) {
    int64_t n = options_int(o, "threads");
    return n ? (int)n : ordered_default_threads();
}

static void give_way(const struct options *o) {
    int64_t level = options_int(o, "nice");
    if (level)
        setpriority(PRIO_PROCESS, 0, (int)level);
}

static bool nlp_bench_command(const struct options *o, struct error *err) {
    struct model *model = NULL;
    double bytes;
    FILE *in = NULL;
    give_way(o);
    if (options_n_args(o) && !open_input(o, &in, &bytes, err))
        return false;
    bool ok = model_open(options_str(o, "model"), &model, err) &&
              nlp_bench(in, model, threads_of(o), options_lang(o), stdout, err);
    model_close(model);
    if (in && in != stdin)
        fclose(in);
    return ok;
}

static bool with_input(const struct options *o,
                       bool (*run)(const struct options *o, FILE *in, struct nlp_filter_options f,
                                   struct error *err),
                       struct error *err) {
    struct nlp_filter_options f = {.lang = options_lang(o),
                                   .quiet = options_bool(o, "quiet"),
                                   .complaints = stderr,
                                   .threads = threads_of(o)};
    FILE *in;
    give_way(o);
    if (!open_input(o, &in, &f.in_bytes, err))
        return false;
    bool ok = run(o, in, f, err);
    if (in != stdin)
        fclose(in);
    return ok;
}

static bool run_analyse(const struct options *o, FILE *in, struct nlp_filter_options f,
                        struct error *err) {
    struct model *model = NULL;
    bool ok =
        model_open(options_str(o, "model"), &model, err) && nlp_analyse(in, stdout, model, f, err);
    model_close(model);
    return ok;
}

static bool nlp_analyse_command(const struct options *o, struct error *err) {
    return with_input(o, run_analyse, err);
}

static bool run_pii(const struct options *o, FILE *in, struct nlp_filter_options f,
                    struct error *err) {
    return nlp_pii(in, stdout, options_bool(o, "mask"), f, err);
}

static bool nlp_pii_command(const struct options *o, struct error *err) {
    return with_input(o, run_pii, err);
}

static bool run_dedup(UNUSED const struct options *o, FILE *in, struct nlp_filter_options f,
                      struct error *err) {
    return nlp_dedup(in, stdout, f, err);
}

static bool nlp_dedup_command(const struct options *o, struct error *err) {
    return with_input(o, run_dedup, err);
}

static bool run_phrases(const struct options *o, FILE *in, struct nlp_filter_options f,
                        struct error *err) {
    return nlp_phrases(in, stdout, (size_t)options_int(o, "top"), f, err);
}

static bool nlp_phrases_command(const struct options *o, struct error *err) {
    return with_input(o, run_phrases, err);
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
        {"每行读一个 {\"id\":…,\"text\":…}，按同样的顺序每行写出情感、维度与证据、紧急程度、有效性、情绪和关键词。"
         "没有给出文件时读标准输入。无法读取的行会在结果里标出并在标准错误上说明，最后以状态 65 结束。",
         "Reads one {\"id\":…,\"text\":…} a line and writes, in the same order, sentiment, dimensions with "
         "their proof, urgency, validity, emotions and keywords. Standard input is read when no file is named. A line "
         "that cannot be read is marked in the result and named on standard error; the exit status is "
         "then 65."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = takes,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = nlp_analyse_command,
};

// ── pii ──

static const struct option pii_options[] = {
    {.name = "mask",
     .type = OPTION_BOOL,
     .help = {"结果里也给出遮盖后的文字", "also give the text with what was found masked"}},
    {.name = "quiet",
     .short_name = 'q',
     .type = OPTION_BOOL,
     .help = {"不显示进度", "show no progress"}},
};

static const char *const plain_takes[] = {"threads", "nice", NULL};

static const struct example pii_examples[] = {
    {"huisheng nlp pii --mask < feedback.ndjson > found.ndjson",
     {"找出电话、身份证号、地址等并遮盖",
      "find telephone and identity numbers, addresses …, and mask them"}},
};

const struct command command_nlp_pii = {
    .name = "nlp pii",
    .summary = {"找出 JSON 行文字里的个人信息", "find personal data in texts given as JSON lines"},
    .args = {"[文件]", "[FILE]"},
    .max_args = 1,
    .about =
        {"每行读一个 {\"id\":…,\"text\":…}，按同样的顺序写出 spans：type 为 mobile、landline、id_card、bank_card、email、plate、"
         "passport、address、name、wechat 或 qq，start 和 end 为字符位置。订单号、价格、日期不是个人信息。",
         "Reads one {\"id\":…,\"text\":…} a line and writes spans in the same order: type is mobile, landline, id_card, "
         "bank_card, email, plate, passport, address, name, wechat or qq; start and end count characters. Order "
         "numbers, prices and dates are no personal data."},
    .options = pii_options,
    .n_options = ARRAY_LEN(pii_options),
    .settings = plain_takes,
    .examples = pii_examples,
    .n_examples = ARRAY_LEN(pii_examples),
    .run = nlp_pii_command,
};

// ── dedup ──

static const struct example dedup_examples[] = {
    {"huisheng nlp dedup < feedback.ndjson > copies.ndjson",
     {"每条反馈重复了前面的哪一条", "which earlier feedback each one repeats"}},
};

const struct command command_nlp_dedup = {
    .name = "nlp dedup",
    .summary = {"找出 JSON 行里重复的文字",
                "find texts given as JSON lines that repeat earlier ones"},
    .args = {"[文件]", "[FILE]"},
    .max_args = 1,
    .about =
        {"每行读一个 {\"id\":…,\"text\":…}，按同样的顺序写出 duplicate 和 duplicate_of：它重复的那一条的 id，没有则为 null。"
         "只差几个字、标点或表情的也算重复。",
         "Reads one {\"id\":…,\"text\":…} a line and writes, in the same order, duplicate and duplicate_of: the id of the text "
         "that it repeats, else null. A few other words, marks or emoji make no other text."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = plain_takes,
    .examples = dedup_examples,
    .n_examples = ARRAY_LEN(dedup_examples),
    .run = nlp_dedup_command,
};

// ── phrases ──

static const struct option phrases_options[] = {
    {.name = "top",
     .type = OPTION_INT,
     .low = 1,
     .high = 100000,
     .arg = {"数量", "N"},
     .otherwise = "100",
     .help = {"最多给出多少个短语", "at most so many phrases"}},
    {.name = "quiet",
     .short_name = 'q',
     .type = OPTION_BOOL,
     .help = {"不显示进度", "show no progress"}},
};

static const struct example phrases_examples[] = {
    {"huisheng nlp phrases --top 20 feedback.ndjson",
     {"说得最多的二十个短语", "the twenty phrases said most often"}},
};

const struct command command_nlp_phrases = {
    .name = "nlp phrases",
    .summary = {"统计 JSON 行文字里的短语", "count the phrases of texts given as JSON lines"},
    .args = {"[文件]", "[FILE]"},
    .max_args = 1,
    .about =
        {"每行读一个 {\"id\":…,\"text\":…}，最后每行写出一个短语和说到它的条数，多的在前；说法相近的合并，否定保留。"
         "随后是词典里没有的新说法（\"new\":true）。",
         "Reads one {\"id\":…,\"text\":…} a line and in the end writes a phrase a line with the number of texts that say it, "
         "most frequent first; like wordings are merged, negation is kept. Then come expressions that no dictionary "
         "has (\"new\":true)."},
    .options = phrases_options,
    .n_options = ARRAY_LEN(phrases_options),
    .settings = plain_takes,
    .examples = phrases_examples,
    .n_examples = ARRAY_LEN(phrases_examples),
    .run = nlp_phrases_command,
};

// ── bench ──

static const struct example bench_examples[] = {
    {"huisheng nlp bench --threads 2",
     {"本机每秒能读多少条", "how many texts a second this machine reads"}},
    {"huisheng nlp bench feedback.ndjson",
     {"用自己的反馈来量", "measured with feedback of one's own"}},
};

const struct command command_nlp_bench = {
    .name = "nlp bench",
    .summary = {"测量模型读文字的速度", "measure how fast the model reads"},
    .args = {"[文件]", "[FILE]"},
    .max_args = 1,
    .about =
        {"读几遍文件里的文字（每行一个 {\"id\":…,\"text\":…}；没有给出文件时用自带的例句），写出一行 JSON：模型、条数、字符数、线程数、"
         "一遍所用的秒数（取中位数）和每秒条数。",
         "Reads the texts of the file a few times (one {\"id\":…,\"text\":…} a line; sentences of its own when no file is "
         "named) and writes one line of JSON: model, texts, characters, threads, seconds of one reading (the median) "
         "and texts a second."},
    .settings = takes,
    .examples = bench_examples,
    .n_examples = ARRAY_LEN(bench_examples),
    .run = nlp_bench_command,
};
