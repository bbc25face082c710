// SPDX-License-Identifier: Apache-2.0
// JSON records as rows: objects become columns by their keys, arrays of values rows of cells, plain
// values one cell.
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "collect/json_split.h"
#include "collect/serial.h"
#include "collect/window.h"

#define SAMPLE_BYTES     (256 * KIB)
#define MAX_RECORD_BYTES (16 * MIB)
#define HEADER_RECORDS   200       // whose keys make the header row …
#define HEADER_BYTES     (4 * MIB) // … as far as they fit
#define MAX_DEPTH        8         // of objects within objects that become columns

enum record_shape {
    SHAPE_OBJECT,
    SHAPE_ARRAY,
    SHAPE_VALUE,
};

struct json_rows {
    struct reader *reader;
    struct window window;
    enum json_layout layout;
    bool shape_known;
    enum record_shape shape; // of the first record
    uint64_t number, line;   // of the next record: number counts records
    bool finished;           // the array is closed
    struct dict keys;
    size_t header_keys; // of these, in the header row
    bool header_made;
    struct row_maker row;
    struct strbuf clean, path, joined;
    // The records that the header was made of, to be given after it.
    struct arena first_arena;
    struct row *first;
    size_t n_first, next_first;
    bool header_given;
    bool failed; // reading the first records: said behind them
    struct error failure;
};

static const struct words reason_not_json = {"不是有效的 JSON", "not valid JSON"};
static const struct words reason_other_shape = {"与其他记录结构不同",
                                                "not of the same form as the other records"};
static const struct words reason_too_long = {"记录超过 16 MB", "the record is larger than 16 MB"};

// --- a value as cells

static void add_compact(struct json_rows *j, const struct json *v) {
    struct json_writer w = json_writer_init(&j->joined);
    json_add_value(&w, v);
}

static void join_plain(struct json_rows *j, const struct json *v, char *buf) {
    struct str s = STR("");
    switch (json_kind(v)) {
    case JSON_KIND_STRING:
        s = json_str(v);
        break;
    case JSON_KIND_NUMBER:
        serial_format_double(json_num(v, 0), FORMAT_NUMBER, false, buf, &s);
        break;
    case JSON_KIND_BOOL:
        s = json_bool(v, false) ? STR("TRUE") : STR("FALSE");
        break;
    case JSON_KIND_ABSENT:
    case JSON_KIND_NULL:
        break;
    case JSON_KIND_ARRAY:
    case JSON_KIND_OBJECT:
        add_compact(j, v);
        return;
    }
    strbuf_add(&j->joined, s);
}

static struct str join_array(struct json_rows *j, const struct json *v) {
    char buf[SERIAL_BYTES];
    strbuf_reset(&j->joined);
    for (size_t i = 0; i < json_len(v); i++) {
        if (i)
            strbuf_adds(&j->joined, "、");
        join_plain(j, json_at(v, i), buf);
    }
    return strbuf_str(&j->joined);
}

static void mark_bad(struct row *row, const struct words *why, size_t column) {
    if (row->bad)
        return;
    row->bad = true;
    row->reason = *why;
    row->column = (uint32_t)column;
}

static void add_cell(struct json_rows *j, struct row *row, size_t column, struct str s,
                     enum cell_kind kind) {
    if (column >= TABLE_MAX_COLUMNS)
        mark_bad(row, &reason_too_many_columns, TABLE_MAX_COLUMNS + 1);
    else if (s.len > TABLE_MAX_CELL_BYTES)
        mark_bad(row, &reason_cell_too_long, column + 1);
    else
        row_maker_add(&j->row, column, s, kind);
}

static void add_value(struct json_rows *j, struct row *row, size_t column, const struct json *v) {
    char buf[SERIAL_BYTES];
    struct str s = STR("");
    switch (json_kind(v)) {
    case JSON_KIND_STRING:
        add_cell(j, row, column, json_str(v), CELL_TEXT);
        break;
    case JSON_KIND_NUMBER:
        if (json_is_whole(v))
            s = str_make(buf, (size_t)snprintf(buf, sizeof buf, "%lld", (long long)json_int(v, 0)));
        else
            serial_format_double(json_num(v, 0), FORMAT_NUMBER, false, buf, &s);
        add_cell(j, row, column, s, CELL_NUMBER);
        break;
    case JSON_KIND_BOOL:
        add_cell(j, row, column, json_bool(v, false) ? STR("TRUE") : STR("FALSE"), CELL_BOOL);
        break;
    case JSON_KIND_ARRAY:
        add_cell(j, row, column, join_array(j, v), CELL_TEXT);
        break;
    case JSON_KIND_OBJECT:
        strbuf_reset(&j->joined);
        add_compact(j, v);
        add_cell(j, row, column, strbuf_str(&j->joined), CELL_TEXT);
        break;
    case JSON_KIND_ABSENT:
    case JSON_KIND_NULL:
        break;
    }
}

// Column of the key in j->path. Past the limit keys are not remembered, or a hostile file would
// fill the memory.
static size_t column_of_path(struct json_rows *j) {
    struct str path = strbuf_str(&j->path);
    uint32_t id = dict_find(&j->keys, path);
    if (id == DICT_NONE && j->keys.count >= TABLE_MAX_COLUMNS)
        return TABLE_MAX_COLUMNS;
    return id == DICT_NONE ? dict_add(&j->keys, path) : id;
}

static void add_object(struct json_rows *j, struct row *row, const struct json *object, int depth) {
    size_t before = j->path.len;
    for (void *it = json_iter(object); it; it = json_iter_next(object, it)) {
        const struct json *v = json_iter_value(it);
        if (before)
            strbuf_addc(&j->path, '.');
        strbuf_add(&j->path, json_iter_key(it));
        if (json_kind(v) == JSON_KIND_OBJECT && depth < MAX_DEPTH && json_len(v) > 0)
            add_object(j, row, v, depth + 1);
        else
            add_value(j, row, column_of_path(j), v);
        strbuf_truncate(&j->path, before);
    }
}

static enum record_shape shape_of(const struct json *v) {
    enum json_kind kind = json_kind(v);
    return kind == JSON_KIND_OBJECT  ? SHAPE_OBJECT
           : kind == JSON_KIND_ARRAY ? SHAPE_ARRAY
                                     : SHAPE_VALUE;
}

static void add_record(struct json_rows *j, struct row *row, const struct json *v) {
    row_maker_reset(&j->row);
    strbuf_reset(&j->path);
    if (shape_of(v) != j->shape) {
        mark_bad(row, &reason_other_shape, 0);
        return;
    }
    if (j->shape == SHAPE_OBJECT)
        add_object(j, row, v, 0);
    else if (j->shape == SHAPE_VALUE)
        add_value(j, row, 0, v);
    else
        for (size_t i = 0; i < json_len(v); i++)
            add_value(j, row, i, json_at(v, i));
    if (j->path.overflow)
        mark_bad(row, &reason_cell_too_long, 0);
}

// --- records of the text

static uint64_t count_lines(struct str s) {
    uint64_t n = 0;
    for (size_t at; (at = str_find_char(s, '\n')) != STR_NONE; n++)
        s = str_slice(s, at + 1, s.len);
    return n;
}

static void pass(struct json_rows *j, size_t bytes) {
    j->line += count_lines(str_slice(window_str(&j->window), 0, bytes));
    j->window.at += bytes;
}

// White space and commas before a record; at the end of an array sets finished.
static bool find_start(struct json_rows *j, struct error *err) {
    for (;;) {
        struct str text = window_str(&j->window);
        size_t i = 0;
        while (i < text.len && (text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\r' ||
                                text.ptr[i] == '\n' || text.ptr[i] == ','))
            i++;
        pass(j, i);
        if (i < text.len) {
            j->finished |= j->layout == JSON_ARRAY && text.ptr[i] == ']';
            return true;
        }
        if (j->window.ended) {
            j->finished = true;
            return true;
        }
        if (!window_fill(&j->window, j->reader, err))
            return false;
    }
}

// The end of the record that starts the window: of the line, or of the value. *ret_bytes 0 if it
// does not end within MAX_RECORD_BYTES or the text.
static bool find_end(struct json_rows *j, size_t *ret_bytes, struct error *err) {
    struct json_scan scan = {0};
    size_t seen = 0;
    *ret_bytes = 0;
    for (;;) {
        struct str text = window_str(&j->window), rest = str_slice(text, seen, text.len);
        bool done = false;
        if (j->layout == JSON_LINES) {
            size_t nl = str_find_char(rest, '\n');
            done = nl != STR_NONE || j->window.ended;
            seen += nl != STR_NONE ? nl : rest.len;
        } else {
            seen += json_scan_feed(&scan, rest.ptr, rest.len, &done);
            done |= j->window.ended && scan.in_word && scan.depth == 0;
        }
        if (done || j->window.ended || seen > MAX_RECORD_BYTES) {
            *ret_bytes = done && seen <= MAX_RECORD_BYTES ? seen : 0;
            return true;
        }
        if (!window_fill(&j->window, j->reader, err))
            return false;
    }
}

// After a record without an end: on at the next line that begins as this one did. Else there is
// nothing to go on with.
static bool skip_lost(struct json_rows *j, struct error *err) {
    bool first = true;
    for (;;) {
        struct str text = window_str(&j->window);
        size_t from = first ? 1 : 0;
        for (size_t at = from; at < text.len; at++) {
            const char *nl = memchr(text.ptr + at, '\n', text.len - at);
            if (!nl)
                break;
            at = (size_t)(nl - text.ptr);
            bool starts = at + 1 < text.len && (j->layout == JSON_LINES || text.ptr[at + 1] == '{');
            if (starts) {
                pass(j, at + 1);
                return true;
            }
        }
        if (j->window.ended) {
            pass(j, text.len);
            return true;
        }
        first = false;
        pass(j, text.len > 0 ? text.len - 1 : 0); // a line end may be last
        if (!window_fill(&j->window, j->reader, err))
            return false;
    }
}

static bool parse_record(struct json_rows *j, struct str text, struct json **ret) {
    struct json_mending m = {0};
    strbuf_reset(&j->clean);
    text = str_trim(text);
    if (text.len && text.ptr[text.len - 1] == ',')
        text.len--;
    json_clean(text, &j->clean, &m);
    j->reader->counts.nuls += m.nuls;
    j->reader->counts.replaced += m.replaced;
    return json_parse(strbuf_str(&j->clean), ret, NULL);
}

static void note_mending(struct json_rows *j, struct row *row) {
    if (row->bad || j->reader->counts.replaced == 0)
        return;
    for (size_t i = 0; i < row->n && !row->mended; i++)
        if (str_has(row->cells[i], STR("\xEF\xBF\xBD"))) {
            row->mended = true;
            row->reason = reason_broken_text;
            row->column = (uint32_t)(i + 1);
        }
}

static bool read_record(struct json_rows *j, struct arena *arena, struct row *row,
                        struct error *err) {
    for (;;) {
        if (!j->finished && !find_start(j, err))
            return false;
        if (j->finished) {
            row->end = true;
            return true;
        }
        row->line = j->line;
        row->number = j->layout == JSON_LINES ? j->line : ++j->number;
        size_t bytes;
        if (!find_end(j, &bytes, err))
            return false;
        if (bytes == 0) {
            bool too_long = window_str(&j->window).len > MAX_RECORD_BYTES;
            mark_bad(row, too_long ? &reason_too_long : &reason_not_json, 0);
            return skip_lost(j, err);
        }
        struct json *v = NULL;
        struct str text = str_slice(window_str(&j->window), 0, bytes);
        if (parse_record(j, text, &v)) {
            j->shape = j->shape_known ? j->shape : shape_of(v);
            j->shape_known = true;
            add_record(j, row, v);
            json_free(v);
        } else {
            row_maker_reset(&j->row);
            mark_bad(row, &reason_not_json, 0);
        }
        pass(j, bytes);
        bool some = row_maker_finish(&j->row, arena, row);
        j->reader->counts.late_keys = j->header_made ? j->keys.count - j->header_keys : 0;
        if (some || row->bad) {
            note_mending(j, row);
            return true;
        }
        *row = (struct row){.end = false};
    }
}

// --- the header row, and the records that it was made of

static void read_first(struct json_rows *j) {
    j->first = NEW_ARRAY(struct row, HEADER_RECORDS);
    while (j->n_first < HEADER_RECORDS && j->first_arena.total_bytes < HEADER_BYTES) {
        struct row *row = &j->first[j->n_first];
        j->failed = !read_record(j, &j->first_arena, row, &j->failure);
        if (j->failed || row->end)
            break;
        j->n_first++;
    }
    j->header_keys = j->keys.count;
    j->header_made = true;
}

static void give_header(struct json_rows *j, struct arena *arena, struct row *row) {
    row_maker_reset(&j->row);
    for (uint32_t i = 0; i < j->header_keys; i++)
        row_maker_add(&j->row, i, dict_str(&j->keys, i), CELL_TEXT);
    row_maker_finish(&j->row, arena, row);
}

static void give_first(struct json_rows *j, struct arena *arena, struct row *row) {
    *row = j->first[j->next_first++];
    struct row copy = *row;
    row_maker_reset(&j->row);
    for (size_t i = 0; i < copy.n; i++)
        row_maker_add(&j->row, i, copy.cells[i], copy.kinds[i]);
    row_maker_finish(&j->row, arena, row);
    if (j->next_first == j->n_first)
        arena_done(&j->first_arena);
}

static bool json_rows_next(void *ctx, struct arena *arena, struct row *row, struct error *err) {
    struct json_rows *j = ctx;
    if (!j->header_given) {
        j->header_given = true;
        if (j->shape == SHAPE_OBJECT && j->header_keys > 0) {
            give_header(j, arena, row);
            return true;
        }
    }
    if (j->next_first < j->n_first) {
        give_first(j, arena, row);
        return true;
    }
    if (j->failed) {
        if (err)
            *err = j->failure;
        return false;
    }
    return read_record(j, arena, row, err);
}

static const struct str *json_rows_keys(void *ctx, size_t *ret_n) {
    struct json_rows *j = ctx;
    *ret_n = j->keys.count;
    return j->keys.keys;
}

static double json_rows_progress(void *ctx) {
    return input_progress(((struct json_rows *)ctx)->window.in);
}

static void json_rows_close(void *ctx) {
    struct json_rows *j = ctx;
    window_done(&j->window);
    dict_done(&j->keys);
    row_maker_done(&j->row);
    strbuf_done(&j->clean);
    strbuf_done(&j->path);
    strbuf_done(&j->joined);
    arena_done(&j->first_arena);
    free(j->first);
    free(j);
}

static const struct reader_ops json_rows_ops = {json_rows_next, json_rows_progress,
                                                json_rows_close};

bool json_rows_open(struct reader *r, struct input *in, struct error *err) {
    struct json_rows *j = NEW(struct json_rows);
    j->reader = r;
    j->line = 1;
    j->clean = strbuf_init(2 * MAX_RECORD_BYTES);
    j->joined = strbuf_init(2 * MAX_RECORD_BYTES);
    j->path = strbuf_init(4 * KIB);
    row_maker_init(&j->row);
    if (!window_open(&j->window, in, SAMPLE_BYTES, r, err)) {
        json_rows_close(j);
        return false;
    }
    size_t start;
    j->layout = json_locate(window_str(&j->window), j->window.ended, &start);
    pass(j, start);
    strbuf_addf(&r->kind, "JSON %s%s", j->layout == JSON_LINES ? "lines " : "",
                encoding_name(decoder_encoding(j->window.decoder)));
    r->ops = &json_rows_ops;
    r->ctx = j;
    read_first(j);
    r->is_plain = j->shape_known && j->shape == SHAPE_VALUE;
    r->keys = j->shape == SHAPE_OBJECT ? json_rows_keys : NULL;
    return true;
}
