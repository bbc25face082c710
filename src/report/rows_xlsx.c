// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <math.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "report/rows.h"
#include "report/rows_cells.h"
#include "report/rows_xlsx_part.h"
#include "sys/terminal.h"

#define MAX_ROWS       1048576 // of a sheet
#define MAX_CELL_UNITS 32767   // UTF-16 units of a cell
#define MAX_COLUMNS    16384

struct rows_xlsx {
    struct output *out;
    enum lang lang;
    const struct zone *zone;
    lxw_workbook *book;
    lxw_format *styles[N_STYLES];
    lxw_worksheet *fixed[3]; // 总览 问题 待回复, written at the end
    struct str *headers;     // original ones, cut to what a sheet holds
    size_t n_headers;
    struct sheet rows;
    int n_row_sheets;
    lxw_error failed;
    struct strbuf scratch;
    struct arena header_arena, arena;
};

// Valid XML 1.0 characters only, at most what a cell holds, NUL-terminated.
static const char *clean(struct strbuf *scratch, struct str text) {
    size_t units = 0;
    strbuf_reset(scratch);
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = utf8_next(text, &pos);
        if ((c < 0x20 && c != '\t' && c != '\n') || (c & 0xFFFE) == 0xFFFE)
            continue;
        units += c > 0xFFFF ? 2 : 1;
        if (units > MAX_CELL_UNITS)
            break;
        strbuf_add_utf8(scratch, c);
    }
    return strbuf_cstr(scratch);
}

static void note(struct sheet *s, lxw_error e) {
    if (e != LXW_NO_ERROR && *s->failed == LXW_NO_ERROR)
        *s->failed = e;
}

void sheet_text(struct sheet *s, struct str text, enum sheet_style style) {
    const char *value = clean(s->scratch, text);
    if (*value)
        note(s, worksheet_write_string(s->ws, s->row, s->col, value, s->styles[style]));
    s->col++;
}

void sheet_word(struct sheet *s, struct words w, enum sheet_style style) {
    sheet_text(s, str_from(words_in(w, s->lang)), style);
}

void sheet_number(struct sheet *s, double v, enum sheet_style style) {
    if (isfinite(v))
        note(s, worksheet_write_number(s->ws, s->row, s->col, v, s->styles[style]));
    s->col++;
}

void sheet_time(struct sheet *s, const struct civil *c, bool date_only) {
    // Excel's calendar begins in 1900; and its February of that year has a day too many.
    if (c->year > 1900 || (c->year == 1900 && c->month > 2)) {
        lxw_datetime t = {c->year, c->month, c->day, 0, 0, 0};
        if (!date_only) {
            t.hour = c->hour;
            t.min = c->minute;
            t.sec = c->second;
        }
        note(s, worksheet_write_datetime(s->ws, s->row, s->col, &t,
                                         s->styles[date_only ? STYLE_DATE : STYLE_TIME]));
    } else {
        char buf[32];
        snprintf(buf, sizeof buf, "%04d-%02d-%02d", c->year, c->month, c->day);
        note(s, worksheet_write_string(s->ws, s->row, s->col, buf, s->styles[STYLE_TEXT]));
    }
    s->col++;
}

void sheet_skip(struct sheet *s) {
    s->col++;
}

void sheet_next_row(struct sheet *s) {
    s->row++;
    s->col = 0;
}

void sheet_header(struct sheet *s, const struct words *headers, const double *widths, size_t n) {
    for (size_t i = 0; i < n; i++)
        worksheet_set_column(s->ws, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
    for (size_t i = 0; i < n; i++)
        sheet_word(s, headers[i], STYLE_HEAD);
    sheet_next_row(s);
    worksheet_freeze_panes(s->ws, s->row, 0);
}

static void make_styles(struct rows_xlsx *x) {
    static const struct {
        const char *format;
        bool bold, wrap;
        uint32_t colour, ground;
        double size;
    } looks[N_STYLES] = {
        [STYLE_PLAIN] = {0},
        [STYLE_TEXT] = {.format = "@"},
        [STYLE_HEAD] = {.bold = true, .ground = 0xEEF0F2},
        [STYLE_TITLE] = {.bold = true, .size = 14},
        [STYLE_WRAP] = {.wrap = true},
        [STYLE_NOTE] = {.colour = 0x5F6672},
        [STYLE_COUNT] = {.format = "#,##0"},
        [STYLE_SCORE] = {.format = "0.00"},
        [STYLE_SHARE] = {.format = "0.0%"},
        [STYLE_DIFF] = {.format = "+0.00;-0.00;0.00"},
        [STYLE_Q] = {.format = "0.0000"},
        [STYLE_TIME] = {.format = "yyyy-mm-dd hh:mm"},
        [STYLE_DATE] = {.format = "yyyy-mm-dd"},
        [STYLE_NEG] = {.colour = 0xC2410C},
        [STYLE_POS] = {.colour = 0x0F766E},
        [STYLE_URGENT] = {.bold = true, .colour = 0xB91C1C},
    };
    for (int i = 0; i < N_STYLES; i++) {
        lxw_format *f = x->styles[i] = workbook_add_format(x->book);
        format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
        if (looks[i].format)
            format_set_num_format(f, looks[i].format);
        if (looks[i].bold)
            format_set_bold(f);
        if (looks[i].wrap)
            format_set_text_wrap(f);
        if (looks[i].colour)
            format_set_font_color(f, looks[i].colour);
        if (looks[i].ground)
            format_set_bg_color(f, looks[i].ground);
        if (looks[i].size > 0)
            format_set_font_size(f, looks[i].size);
    }
}

static double width_of(enum rows_column column) {
    static const double widths[N_ROWS_COLUMNS] = {
        [ROWS_FILE] = 16,   [ROWS_ROW] = 8,      [ROWS_TIME] = 17,
        [ROWS_ORDER] = 22,  [ROWS_TEXT] = 60,    [ROWS_DIMENSIONS] = 24,
        [ROWS_ISSUES] = 18, [ROWS_PRODUCT] = 18, [ROWS_KEYWORDS] = 24,
    };
    return widths[column] > 0 ? widths[column] : 11;
}

static void open_row_sheet(struct rows_xlsx *x) {
    char name[32];
    const char *base = x->lang == LANG_ZH ? "明细" : "Rows";
    x->n_row_sheets++;
    if (x->n_row_sheets == 1)
        snprintf(name, sizeof name, "%s", base);
    else
        snprintf(name, sizeof name, "%s%d", base, x->n_row_sheets);
    struct sheet *s = &x->rows;
    *s = (struct sheet){.ws = workbook_add_worksheet(x->book, name),
                        .styles = x->styles,
                        .lang = x->lang,
                        .scratch = &x->scratch,
                        .failed = &x->failed};
    if (!s->ws) {
        x->failed = LXW_ERROR_CREATING_TMPFILE;
        return;
    }
    for (size_t i = 0; i < x->n_headers; i++) {
        double width = MIN(MAX((double)utf8_width(x->headers[i]) + 3, 9), 40);
        worksheet_set_column(s->ws, (lxw_col_t)i, (lxw_col_t)i, width, NULL);
    }
    for (int k = 0; k < N_ROWS_COLUMNS; k++) {
        lxw_col_t col = (lxw_col_t)(x->n_headers + (size_t)k);
        worksheet_set_column(s->ws, col, col, width_of((enum rows_column)k), NULL);
    }
    for (size_t i = 0; i < x->n_headers; i++)
        sheet_text(s, x->headers[i], STYLE_HEAD);
    for (int k = 0; k < N_ROWS_COLUMNS; k++)
        sheet_text(
            s,
            rows_header_beside((enum rows_column)k, x->lang, x->headers, x->n_headers, &x->arena),
            STYLE_HEAD);
    sheet_next_row(s);
    worksheet_freeze_panes(s->ws, 1, 0);
}

static void close_row_sheet(struct rows_xlsx *x) {
    struct sheet *s = &x->rows;
    if (s->ws && s->row > 0)
        worksheet_autofilter(s->ws, 0, 0, s->row - 1,
                             (lxw_col_t)(x->n_headers + N_ROWS_COLUMNS - 1));
}

static bool is_regular(const struct output *out) {
    struct stat st;
    return stat(output_temp_path(out), &st) == 0 && S_ISREG(st.st_mode);
}

bool rows_xlsx_open(struct output *out, enum lang lang, const struct zone *zone,
                    const struct str *headers, size_t n_headers, struct rows_xlsx **ret,
                    struct error *err) {
    static const struct words names[3] = {
        {"总览", "Overview"}, {"问题", "Issues"}, {"待回复", "To answer"}};
    if (!is_regular(out))
        return error_set(
            err, ERROR_UNSUPPORTED, "Excel 工作簿只能写到文件，不能写到标准输出或管道：%s",
            "a workbook can only be written to a file, not to standard output or a pipe: %s",
            output_temp_path(out));
    struct rows_xlsx *x = NEW(struct rows_xlsx);
    x->out = out;
    x->lang = lang;
    x->zone = zone;
    x->scratch = strbuf_init(4 * MAX_CELL_UNITS);
    x->n_headers = MIN(n_headers, (size_t)(MAX_COLUMNS - N_ROWS_COLUMNS));
    x->headers = ARENA_ARRAY(&x->header_arena, struct str, x->n_headers);
    for (size_t i = 0; i < x->n_headers; i++)
        x->headers[i] = arena_str(&x->header_arena, headers[i]);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    x->book = workbook_new_opt(output_temp_path(out), &options);
    if (!x->book) {
        rows_xlsx_discard(x);
        return error_set(err, ERROR_IO, "无法创建工作簿", "cannot make the workbook");
    }
    make_styles(x);
    for (int i = 0; i < 3; i++)
        x->fixed[i] = workbook_add_worksheet(x->book, words_in(names[i], lang));
    open_row_sheet(x);
    *ret = x;
    return true;
}

// A number only where nothing is lost: at most 11 digits before the point, no sign games, no
// leading zero.
static bool is_plain_number(struct str s, double *ret) {
    if (!cell_is_number(s) || cell_is_long_id(s) || s.len > 15 || s.ptr[0] == '+')
        return false;
    size_t first = s.ptr[0] == '-';
    bool leading_zero = s.len > first + 1 && s.ptr[first] == '0' && s.ptr[first + 1] != '.';
    return !leading_zero && str_find_char(s, ',') == STR_NONE &&
           str_find_char(s, 'e') == STR_NONE && str_find_char(s, 'E') == STR_NONE &&
           str_to_double(s, ret);
}

static void our_cell(struct rows_xlsx *x, const struct detail_row *row, enum rows_column column) {
    struct sheet *s = &x->rows;
    struct civil c;
    switch (column) {
    case ROWS_ROW:
        sheet_number(s, (double)row->row, STYLE_PLAIN);
        break;
    case ROWS_TIME:
        if (rows_civil(row, x->zone, &c))
            sheet_time(s, &c, row->date_only);
        else
            sheet_skip(s);
        break;
    case ROWS_SCORE:
        sheet_number(s, row->satisfaction, STYLE_SCORE);
        break;
    case ROWS_CONFIDENCE:
        sheet_number(s, row->sentiment_score, STYLE_SCORE);
        break;
    case ROWS_SENTIMENT:
        if (row->sentiment < N_SENTIMENTS)
            sheet_word(s, sentiment_labels[row->sentiment].name,
                       row->sentiment == SENTIMENT_NEG   ? STYLE_NEG
                       : row->sentiment == SENTIMENT_POS ? STYLE_POS
                                                         : STYLE_PLAIN);
        else
            sheet_skip(s);
        break;
    case ROWS_URGENCY:
        if (row->urgency < N_URGENCIES)
            sheet_word(s, urgency_labels[row->urgency].name,
                       row->urgency == URGENCY_URGENT ? STYLE_URGENT : STYLE_PLAIN);
        else
            sheet_skip(s);
        break;
    default:
        sheet_text(s, rows_cell(row, column, x->lang, x->zone, &x->arena), STYLE_TEXT);
    }
}

void rows_xlsx_add(struct rows_xlsx *x, const struct detail_row *row) {
    if (x->failed != LXW_NO_ERROR)
        return;
    if (x->rows.row >= MAX_ROWS) {
        close_row_sheet(x);
        open_row_sheet(x);
        if (!x->rows.ws)
            return;
    }
    for (size_t i = 0; i < x->n_headers; i++) {
        struct str cell = i < row->n_cells ? row->cells[i] : STR("");
        double number;
        if (is_plain_number(cell, &number))
            sheet_number(&x->rows, number, STYLE_PLAIN);
        else
            sheet_text(&x->rows, cell, STYLE_TEXT);
    }
    for (int k = 0; k < N_ROWS_COLUMNS; k++)
        our_cell(x, row, (enum rows_column)k);
    sheet_next_row(&x->rows);
    arena_reset(&x->arena);
}

static void done(struct rows_xlsx *x) {
    strbuf_done(&x->scratch);
    arena_done(&x->arena);
    arena_done(&x->header_arena);
    free(x);
}

void rows_xlsx_discard(struct rows_xlsx *x) {
    if (!x)
        return;
    if (x->book)
        lxw_workbook_free(x->book);
    done(x);
}

static bool fail(lxw_error e, int errnum, const char *path, struct error *err) {
    if (errnum)
        return error_errno(err, errnum, "无法写入", "cannot write", path);
    return error_set(err, ERROR_IO, "无法写入 %s：%s", "cannot write %s: %s", path,
                     lxw_strerror(e));
}

bool rows_xlsx_close(struct rows_xlsx *x, const struct report *r, struct error *err) {
    static void (*const write[3])(struct sheet *, const struct report *) = {
        sheet_overview, sheet_issues, sheet_todos};
    close_row_sheet(x);
    for (int i = 0; i < 3; i++) {
        struct sheet s = {.ws = x->fixed[i],
                          .styles = x->styles,
                          .lang = x->lang,
                          .scratch = &x->scratch,
                          .failed = &x->failed};
        if (s.ws)
            write[i](&s, r);
    }
    const char *path = output_path(x->out);
    lxw_error failed = x->failed;
    if (failed != LXW_NO_ERROR) {
        rows_xlsx_discard(x);
        return fail(failed, 0, path, err);
    }
    int muted = terminal_mute_errors(); // what the library would print we say better
    errno = 0;
    failed = workbook_close(x->book); // frees the book
    int errnum = errno;
    terminal_unmute_errors(muted);
    done(x);
    return failed == LXW_NO_ERROR || fail(failed, errnum, path, err);
}
