// SPDX-License-Identifier: Apache-2.0
// The row of `huisheng report`: what can be asked for. The work is in report_command.c.
#include "app/command.h"
#include "app/report_command.h"
#include "base/def.h"

static const struct option options[] = {
    {.name = "output",
     .short_name = 'o',
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"把报告页写到这个 HTML 文件", "write the report page to this HTML file"}},
    {.name = "json",
     .type = OPTION_PATH,
     .alone = "-",
     .alone_suffix = ".json",
     .arg = {"文件", "FILE"},
     .help = {"同样的事实写成 JSON；不写文件名则写到标准输出",
              "the same facts as JSON; to standard output unless a file is named"}},
    {.name = "text",
     .type = OPTION_BOOL,
     .help = {"在终端显示摘要", "print a summary for the terminal"}},
    {.name = "brief",
     .type = OPTION_BOOL,
     .help = {"打印不超过 2048 字节的简报，可粘贴到企业微信群",
              "print a brief of at most 2,048 bytes, to paste into a chat group"}},
    {.name = "csv",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"每一行原始数据连同分析结果写成 CSV",
              "write every input row with its analysis as CSV"}},
    {.name = "xlsx",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"写成 Excel 工作簿：总览、问题、待回复、明细",
              "write a workbook: overview, issues, to answer, details"}},
    {.name = "orders",
     .type = OPTION_PATH,
     .repeatable = true,
     .many = true,
     .arg = {"文件…", "FILE…"},
     .help = {"按订单号并入的订单表（取到下一个选项为止）",
              "order tables to join by order number (all files up to the next option)"}},
    {.name = "map",
     .type = OPTION_PAIRS,
     .repeatable = true,
     .arg = {"含义=列名,…", "MEANING=COLUMN,…"},
     .help = {"指定列的含义，如 text=评价内容,score=评分",
              "say what a column is, such as text=Comment,score=Stars"}},
    {.name = "sheet",
     .type = OPTION_TEXT,
     .arg = {"名称", "NAME"},
     .help = {"读取工作簿中的这张表", "read this sheet of a workbook"}},
    {.name = "where",
     .type = OPTION_PAIRS,
     .repeatable = true,
     .arg = {"列=值", "COLUMN=VALUE"},
     .help =
         {"只看这些行；同一列写两次表示任一值，不同列须同时满足",
          "only these rows; one column twice means either value, different columns must all hold"}},
    {.name = "since",
     .type = OPTION_DATE,
     .arg = {"日期", "DATE"},
     .help = {"从这一天起（含），如 2026-03-01", "from this day on, such as 2026-03-01"}},
    {.name = "until",
     .type = OPTION_DATE,
     .arg = {"日期", "DATE"},
     .help = {"到这一天为止（含）", "up to and including this day"}},
    {.name = "compare",
     .type = OPTION_TEXT,
     .arg = {"周期", "PERIOD"},
     .help =
         {"与哪个时期比较：previous、last-week、last-month、2026-10、2026-11-10..2026-11-16 或 none",
          "period to compare with: previous, last-week, last-month, 2026-10, "
          "2026-11-10..2026-11-16 or none"}},
    {.name = "title",
     .type = OPTION_TEXT,
     .arg = {"文字", "TEXT"},
     .help = {"报告的标题", "title of the report"}},
    {.name = "mask",
     .type = OPTION_BOOL,
     .otherwise = "yes",
     .help = {"不遮盖原文中的手机号、地址等个人信息",
              "show phone numbers, addresses and other personal data in quotes"}},
    {.name = "quiet",
     .short_name = 'q',
     .type = OPTION_BOOL,
     .help = {"不显示进度，也不说明读懂了什么", "show no progress and not what was understood"}},
};

static const char *const takes[] = {"industry", "timezone", "model", "threads", "nice", NULL};

static const struct example examples[] = {
    {"huisheng report reviews.xlsx -o report.html",
     {"读一张评价表，写出报告页", "read a table of reviews, write the page"}},
    {"huisheng report tmall.csv jd.xls --orders orders.xlsx -o report.html",
     {"两个平台合在一起，并入订单", "two platforms together, joined with their orders"}},
    {"huisheng report reviews.csv --where channel=tmall --since 2026-03-01 --text",
     {"只看一个渠道、一段时间，在终端显示", "one channel since March, in the terminal"}},
};

const struct command command_report = {
    .name = "report",
    .summary = {"把表格里的顾客反馈变成一份报告", "turn a spreadsheet of feedback into a report"},
    .args = {"文件…", "FILE…"},
    .min_args = 1,
    .max_args = SIZE_MAX,
    .about = {"读取平台导出的评价、问卷、工单等表格，判断每一列是什么，分析每一条反馈，写出一个独立"
              "的 HTML 页面："
              "今天要处理什么、顾客有多满意、为什么、在哪里。所有内容都在本机完成，不向任何地方发送"
              "。\n\n"
              "可读 CSV、TSV、XLSX、XLS（也包括名为 .xls "
              "的网页和文本）、JSON、NDJSON、纯文本，以及它们的 "
              ".gz、.zst、.zip；“-” 是标准输入。读懂了什么会列在标准错误上，用 --map 可以改正。",
              "Reads tables of reviews, survey answers or tickets as people export them, finds out "
              "what each "
              "column is, analyses every piece of feedback and writes one self-contained HTML "
              "page: what to do "
              "today, how satisfied customers are, why, and where. Everything happens on this "
              "machine; nothing "
              "is sent anywhere.\n\n"
              "Reads CSV, TSV, XLSX, XLS (also the web pages and text files that are named .xls), "
              "JSON, NDJSON, "
              "plain text, and .gz, .zst or .zip of them; - is standard input. What was understood "
              "is listed on "
              "standard error; --map corrects it."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = takes,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = report_command,
};
