// SPDX-License-Identifier: Apache-2.0
// Data quality, what was understood of the files, and how the numbers were made.
#include <math.h>

#include "report/page_part.h"

static void head_row(const struct pen *p, struct str caption, const struct words *headers,
                     size_t n) {
    pen_raw(p, "<table class=\"stack\"><caption>");
    pen_text(p, caption);
    pen_raw(p, "</caption><thead><tr>");
    for (size_t i = 0; i < n; i++) {
        pen_raw(p, "<th scope=\"col\">");
        pen_text(p, str_from(words_in(headers[i], p->lang)));
        pen_raw(p, "</th>");
    }
    pen_raw(p, "</tr></thead><tbody>\n");
}

static void cell(const struct pen *p, const struct words *header, struct str s) {
    pen_raw(p, "<td data-h=\"");
    pen_text(p, str_from(words_in(*header, p->lang)));
    pen_raw(p, "\">");
    pen_text(p, s);
    pen_raw(p, "</td>");
}

static void example(const struct pen *p, const struct quote *q) {
    struct str row = format_exact(p->a, (int64_t)MIN(q->row, (uint64_t)INT64_MAX));
    struct str file = q->file < p->r->n_files && p->r->n_files > 1
                          ? pen_name(p, p->r->files[q->file].name)
                          : STR("");
    pen_raw(p, "<p class=\"note\"><bdi>");
    markup_quote(p->out, q, 60);
    pen_raw(p, "</bdi> — ");
    pen_text(p, file);
    pen_say(p, "%s第\u00a0%.*s\u00a0行", "%srow\u00a0%.*s", file.len ? " " : "", STR_ARG(row));
    pen_raw(p, "</p>");
}

void page_quality(const struct pen *p) {
    static const struct words headers[] = {
        {"情况", "What"}, {"条数", "n"}, {"怎么处理", "What was done"}, {"例子", "Examples"}};
    const struct report *r = p->r;
    struct str read = format_exact(p->a, (int64_t)r->read),
               used = format_exact(p->a, (int64_t)r->used);
    struct str rejected = format_exact(p->a, (int64_t)r->rejected);
    page_section_named(p, "quality", pen_str(p, "数据质量", "Data quality"),
                       r->rejected
                           ? pen_str(p, "读了 %.*s 行，用了 %.*s 条，%.*s 行读不了",
                                     "%.*s rows read, %.*s used, %.*s unreadable", STR_ARG(read),
                                     STR_ARG(used), STR_ARG(rejected))
                           : pen_str(p, "读了 %.*s 行，用了 %.*s 条", "%.*s rows read, %.*s used",
                                     STR_ARG(read), STR_ARG(used)));
    size_t shown = MIN(r->n_quality, (size_t)20);
    if (shown == 0) {
        pen_raw(p, "<p class=\"lead\">");
        pen_say(p, "没有发现空白、重复、乱码或广告。",
                "No blanks, duplicates, gibberish or advertising were found.");
        pen_raw(p, "</p>");
    } else {
        head_row(p,
                 pen_str(p, "什么都没有删：每一行都在 --csv 里，带着这里的标记",
                         "Nothing was deleted: every row is in --csv with these marks"),
                 headers, ARRAY_LEN(headers));
        for (size_t i = 0; i < shown; i++) {
            const struct quality_row *q = &r->quality[i];
            page_cell_head(p, pen_name(p, q->name));
            cell(p, &headers[1], format_exact(p->a, q->n));
            cell(p, &headers[2], clip(p->a, q->treatment, 80));
            pen_raw(p, "<td>");
            for (size_t k = 0; k < MIN(q->n_examples, (size_t)3); k++)
                example(p, &q->examples[k]);
            pen_raw(p, "</td></tr>\n");
        }
        pen_raw(p, "</tbody></table>");
    }
    page_section_end(p);
}

static void files(const struct pen *p) {
    static const struct words headers[] = {{"文件", "File"},    {"格式", "Format"},
                                           {"渠道", "Channel"}, {"读了", "Read"},
                                           {"用了", "Used"},    {"读不了", "Unreadable"}};
    const struct report *r = p->r;
    size_t shown = MIN(r->n_files, (size_t)40);
    head_row(p, pen_str(p, "文件", "Files"), headers, ARRAY_LEN(headers));
    for (size_t i = 0; i < shown; i++) {
        const struct source_file *f = &r->files[i];
        page_cell_head(p, pen_name(p, f->name));
        cell(p, &headers[1], clip(p->a, f->kind, 60));
        cell(p, &headers[2], f->channel.len ? pen_name(p, f->channel) : STR("–"));
        cell(p, &headers[3], format_exact(p->a, (int64_t)f->read));
        cell(p, &headers[4], format_exact(p->a, (int64_t)f->used));
        cell(p, &headers[5], format_exact(p->a, (int64_t)f->rejected));
        page_row_end(p);
    }
    pen_raw(p, "</tbody></table>\n");
    if (r->n_files > shown) {
        struct str left = format_exact(p->a, (int64_t)(r->n_files - shown));
        page_note(p, pen_str(p, "另有 %.*s 个文件，见 --json。", "%.*s more files: see --json.",
                             STR_ARG(left)));
    }
}

void page_understood(const struct pen *p) {
    static const struct words headers[] = {
        {"列", "Column"}, {"文件", "File"}, {"理解为", "Understood as"}};
    const struct report *r = p->r;
    struct str text = clip(p->a, r->text_column, PAGE_NAME);
    page_section_named(
        p, "understood", pen_str(p, "读懂了什么", "What was understood"),
        text.len
            ? pen_str(p, "原文在“%.*s”这一列", "The text is in the column “%.*s”", STR_ARG(text))
            : pen_str(p, "没有找到原文所在的列", "No column with the text was found"));
    files(p);
    size_t shown = MIN(r->n_columns, (size_t)60);
    if (shown) {
        pen_raw(p, "<br>");
        head_row(p, pen_str(p, "列", "Columns"), headers, ARRAY_LEN(headers));
    }
    for (size_t i = 0; i < shown; i++) {
        page_cell_head(p, pen_name(p, r->columns[i].column));
        cell(p, &headers[1], pen_name(p, r->columns[i].file));
        cell(p, &headers[2], clip(p->a, r->columns[i].meaning, 80));
        page_row_end(p);
    }
    if (shown)
        pen_raw(p, "</tbody></table>\n");
    if (r->n_columns > shown) {
        struct str left = format_exact(p->a, (int64_t)(r->n_columns - shown));
        page_note(p, pen_str(p, "另有 %.*s 列，见 --json。", "%.*s more columns: see --json.",
                             STR_ARG(left)));
    }
    pen_raw(p, "<p class=\"note\">");
    pen_say(p, "理解错了就指出来：", "If that is wrong, say so: ");
    pen_raw(p, "<code>--map text=");
    pen_say(p, "评价内容,score=评分", "review,score=stars");
    pen_raw(p, "</code></p>");
    page_section_end(p);
}

static void item(const struct pen *p, struct str name, struct str what) {
    if (!what.len)
        return;
    pen_raw(p, "<dt>");
    pen_text(p, name);
    pen_raw(p, "</dt><dd>");
    pen_text(p, what);
    pen_raw(p, "</dd>");
}

static struct str score_note(const struct pen *p) {
    const struct report *r = p->r;
    if (r->all.from_text)
        return pen_str(p, "没有评分列；由文字按模型卡里的校准表估计，1–5",
                       "No rating column; estimated from the text by the calibrated table of the "
                       "model card, 1–5");
    struct str column = clip(p->a, r->score_column, PAGE_NAME);
    struct str low = format_number(p->a, r->score_low), high = format_number(p->a, r->score_high);
    return pen_str(p, "评分列“%.*s”（%.*s–%.*s）换算到 1–5 的平均；系统默认好评不计",
                   "Mean of the column “%.*s” (%.*s–%.*s) brought to 1–5; ratings given by the "
                   "system are left out",
                   STR_ARG(column), STR_ARG(low), STR_ARG(high));
}

void page_method(const struct pen *p) {
    const struct report *r = p->r;
    struct str model = clip(p->a, r->model, PAGE_NAME),
               industry = clip(p->a, r->industry_name, PAGE_NAME);
    page_section_named(p, "method", pen_str(p, "怎么算的", "Method"),
                       pen_str(p, "全部在这台机器上算出，没有一个字离开它",
                               "All worked out on this machine; not a word has left it"));
    pen_raw(p, "<dl class=\"is\">");
    item(p, pen_str(p, "模型", "Model"),
         pen_str(
             p,
             "%.*s：情感、方面与证据、紧急程度、关键词。会出错，误差见模型卡；所以每条结论都带原文",
             "%.*s: sentiment, dimensions with evidence, urgency, keywords. It errs, the model "
             "card says how often; so each claim comes with its texts",
             STR_ARG(model)));
    item(p, pen_str(p, "满意度", "Score"), score_note(p));
    item(p, pen_str(p, "区间", "Intervals"),
         pen_str(p, "95 %% 置信区间；不足 %d 条的组不评判",
                 "95 %% confidence; no verdict on groups of fewer than %d", REPORT_GROUP_MIN_N));
    if (r->mode == REPORT_FULL) {
        struct str tested = format_exact(p->a, r->n_segments_tested);
        item(p, pen_str(p, "检验", "Tests"),
             pen_str(p,
                     "比例用双比例检验，均值用 Welch 检验；检验了 %.*s 组，按 Benjamini–Hochberg "
                     "校正，q < 0.05 才称显著",
                     "Two-proportion and Welch tests; %.*s groups tested, corrected after "
                     "Benjamini–Hochberg, significant if q < 0.05",
                     STR_ARG(tested)));
    } else {
        item(p, pen_str(p, "检验", "Tests"),
             pen_str(p, "有效评价不足 %d 条，不做检验",
                     "Fewer than %d usable reviews: nothing is tested", REPORT_TEST_MIN_N));
    }
    item(p, pen_str(p, "行业模板", "Industry"), industry);
    item(p, pen_str(p, "时区", "Time zone"), clip(p->a, r->timezone, PAGE_NAME));
    if (isfinite(r->order_join_rate)) {
        struct str rate = format_share(p->a, r->order_join_rate);
        item(p, pen_str(p, "订单关联", "Orders joined"),
             pen_str(p, "%.*s 的评价按订单号找到了订单",
                     "%.*s of the reviews found their order by its number", STR_ARG(rate)));
    }
    item(p, pen_str(p, "隐私", "Privacy"),
         pen_str(p, "引文里的手机号、地址等已打码；订单号只留末几位",
                 "Phone numbers, addresses and the like are masked in quotes; of order numbers "
                 "only the end is shown"));
    item(p, pen_str(p, "建议", "Measures"),
         pen_str(p, "来自行业模板，按问题匹配，%s",
                 "From the industry template, matched by issue, %s",
                 word_in(WORD_NOT_PROVEN, p->lang)));
    pen_raw(p, "</dl>");
    page_section_end(p);
}
