// SPDX-License-Identifier: Apache-2.0
#include "collect/table.h"

#include <unistd.h>

#include "base/mem.h"
#include "collect/reader.h"
#include "collect/sniff.h"

#define MAX_LAYERS 3 // .gz around .zst around … one file
#define MAX_SPOOL  (4 * (uint64_t)GIB)

struct table {
    struct reader reader;
    char *name;
    bool in_memory;
    struct arena peeked_arena;
    struct row *peeked;
    size_t n_peeked, next_peeked;
    bool failed; // while peeking: said by table_next behind the rows that were read
    struct error failure;
};

struct table_set {
    char *sheet;
    char *name; // base name of the path
    bool in_memory;
    struct zip *archive; // a zip of tables, or NULL
    size_t next_member, given;
    struct table *single; // opened, not yet given
    struct table *current;
};

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void table_free(struct table *t) {
    if (!t)
        return;
    reader_done(&t->reader);
    arena_done(&t->peeked_arena);
    free(t->peeked);
    free(t->name);
    free(t);
}

// --- what it is

// Puts the file concerned in front of what a reader said, unless it is there already.
static bool about_file(struct error *err, const char *name) {
    if (!err || strstr(err->en, name) || err->code == ERROR_CANCELLED)
        return false;
    struct error cause = *err;
    snprintf(err->zh, sizeof err->zh, "%.120s：%.340s", name, cause.zh);
    snprintf(err->en, sizeof err->en, "%.120s: %.340s", name, cause.en);
    return false;
}

static bool not_a_table(struct words name, struct words advice, struct error *err) {
    if (err) {
        *err = (struct error){.code = ERROR_FORMAT};
        snprintf(err->zh, sizeof err->zh, "不是表格，是%s，%s", name.zh, advice.zh);
        snprintf(err->en, sizeof err->en, "not a table: it is %s; %s", name.en, advice.en);
    }
    return false;
}

static bool is_named_table(struct str name) {
    static const char *const ends[] = {".csv",  ".tsv",    ".tab",    ".xls",
                                       ".xlsx", ".csv.gz", ".tsv.gz", ".csv.zst"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        struct str end = str_from(ends[i]);
        if (name.len > end.len && str_eq_nocase(str_slice(name, name.len - end.len, name.len), end))
            return true;
    }
    return false;
}

// Other documents that are zip archives inside.
static bool is_other_document(const struct zip *z, struct words *ret_name) {
    static const struct {
        struct str member;
        struct words name;
    } known[] = {
        {STR_INIT("xl/workbook.bin"), {"二进制工作簿 (.xlsb)", "a binary workbook (.xlsb)"}},
        {STR_INIT("word/document.xml"), {"Word 文档", "a Word document"}},
        {STR_INIT("ppt/presentation.xml"), {"PowerPoint 演示文稿", "a PowerPoint presentation"}},
        {STR_INIT("content.xml"), {"OpenDocument 文档", "an OpenDocument file"}},
        {STR_INIT("Index/Document.iwa"), {"Numbers 表格", "a Numbers spreadsheet"}},
        {STR_INIT("META-INF/MANIFEST.MF"), {"Java 程序", "a Java program"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (zip_find(z, known[i].member) != ZIP_NONE) {
            *ret_name = known[i].name;
            return true;
        }
    }
    return false;
}

static bool is_workbook(const struct zip *z) {
    return zip_find(z, STR("xl/workbook.xml")) != ZIP_NONE ||
           (zip_find(z, STR("[Content_Types].xml")) != ZIP_NONE &&
            zip_find(z, STR("_rels/.rels")) != ZIP_NONE);
}

// --- opening

// Takes packed layers off. The stream is replaced in *in; what it is then goes to *ret_what.
static bool unpack(struct input **in, struct strbuf *kind, enum sniff *ret_what,
                   struct error *err) {
    struct words name, advice;
    for (int layer = 0;; layer++) {
        struct str head;
        if (!input_peek(*in, SNIFF_BYTES, &head, err))
            return false;
        *ret_what = sniff(head, head.len < SNIFF_BYTES, &name, &advice);
        if (*ret_what == SNIFF_OTHER)
            return not_a_table(name, advice, err);
        if (*ret_what != SNIFF_GZIP && *ret_what != SNIFF_ZSTD)
            return true;
        if (layer == MAX_LAYERS)
            return error_set(err, ERROR_FORMAT, "压缩套得太深，请先解压再读",
                             "packed too many times: unpack it first");
        bool gzip = *ret_what == SNIFF_GZIP;
        *in = gzip ? input_unpack_gzip(*in, input_default_limits)
                   : input_unpack_zstd(*in, input_default_limits);
        strbuf_adds(kind, gzip ? ".gz " : ".zst ");
    }
}

static bool open_ole(struct table *t, struct input *in, struct str sheet, struct error *err) {
    int fd;
    uint64_t size;
    bool ok = input_spool(in, TABLE_WHOLE_LIMIT, t->in_memory, &fd, &size, err);
    input_close(in);
    return ok && xls_open(&t->reader, fd, sheet, err);
}

// The stream of something that is no zip; taken over in any case.
static bool open_stream(struct table *t, struct input *in, enum sniff what, struct str sheet,
                        struct error *err) {
    switch (what) {
    case SNIFF_JSON:
        return json_rows_open(&t->reader, in, err);
    case SNIFF_HTML:
        return html_open(&t->reader, in, sheet, err);
    case SNIFF_SPREADSHEET_XML:
        return xml_sheet_open(&t->reader, in, sheet, err);
    case SNIFF_OLE:
        return open_ole(t, in, sheet, err);
    case SNIFF_TEXT:
        return csv_open(&t->reader, in, is_named_table(str_from(t->name)), err);
    case SNIFF_EMPTY:
    case SNIFF_ZIP:
    case SNIFF_GZIP:
    case SNIFF_ZSTD:
    case SNIFF_OTHER:
        break;
    }
    input_close(in);
    error_set(err, ERROR_INVALID, "文件是空的", "the file is empty");
    return error_field(err, "empty");
}

// The zip archive `in`, taken over in any case. If it is no workbook and that is wanted, it goes to
// *ret_archive.
static bool open_zip(struct table *t, struct input *in, struct str sheet, struct zip **ret_archive,
                     struct error *err) {
    int fd;
    uint64_t size;
    struct zip *z;
    uint64_t limit = t->in_memory ? TABLE_WHOLE_LIMIT : MAX_SPOOL;
    bool ok = input_spool(in, limit, t->in_memory, &fd, &size, err);
    input_close(in);
    if (!ok || !zip_open(fd, size, &z, err))
        return false;
    struct words name;
    if (is_other_document(z, &name)) {
        zip_close(z);
        struct words advice = {"请另存为 .xlsx 或 .csv", "save it as .xlsx or .csv"};
        return not_a_table(name, advice, err);
    }
    if (is_workbook(z))
        return xlsx_open(&t->reader, z, sheet, err);
    if (ret_archive) {
        *ret_archive = z;
        return true;
    }
    zip_close(z);
    return error_set(err, ERROR_FORMAT, "压缩包套得太深，请先解压再读",
                     "packed too many times: unpack it first");
}

static struct table *table_new(const struct table_set *s, struct str name) {
    struct table *t = NEW(struct table);
    t->in_memory = s->in_memory;
    reader_init(&t->reader);
    t->name = str_dup(name);
    return t;
}

// The table of the stream `in`, which is taken over in any case. *ret is NULL if it turns out to be
// a zip of tables.
static bool open_table(const struct table_set *s, struct input *in, struct str name,
                       struct table **ret, struct zip **ret_archive, struct error *err) {
    struct table *t = table_new(s, name);
    struct str sheet = str_from(s->sheet);
    enum sniff what;
    bool ok = unpack(&in, &t->reader.kind, &what, err);
    if (!ok)
        input_close(in);
    else if (what == SNIFF_ZIP)
        ok = open_zip(t, in, sheet, ret_archive, err);
    else
        ok = open_stream(t, in, what, sheet, err);
    bool is_table = ok && t->reader.ops;
    if (!is_table)
        table_free(t);
    *ret = is_table ? t : NULL;
    return ok;
}

bool table_set_open(const char *path, const struct table_options *options, struct table_set **ret,
                    struct error *err) {
    struct table_set *s = NEW(struct table_set);
    bool is_stdin = str_eq(str_from(path), STR("-"));
    CLEANUP(strbuf_done) struct strbuf name = strbuf_init(KIB);
    strbuf_add(&name, options->name);
    const char *shown = options->name.len ? strbuf_cstr(&name) : path;
    s->in_memory = options->in_memory;
    s->name = str_dup(str_from(is_stdin ? "stdin" : base_name(shown)));
    s->sheet = str_dup(options->sheet);
    struct input *in;
    bool ok = input_open(path, &in, err);
    if (ok)
        ok = open_table(s, in, str_from(s->name), &s->single, &s->archive, err);
    if (!ok) {
        about_file(err, is_stdin ? "-" : s->name);
        table_set_close(s);
        return false;
    }
    *ret = s;
    return true;
}

void table_set_close(struct table_set *s) {
    if (!s)
        return;
    table_free(s->single);
    table_free(s->current);
    zip_close(s->archive);
    free(s->sheet);
    free(s->name);
    free(s);
}

// --- members of an archive

// Folders, and what operating systems and open programs leave behind.
static bool is_clutter(struct str name) {
    size_t at = 0;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/' || name.ptr[i] == '\\')
            at = i + 1;
    struct str base = str_slice(name, at, name.len);
    return base.len == 0 || *base.ptr == '.' || str_starts(base, STR("~$")) ||
           str_starts(name, STR("__MACOSX/")) || str_eq_nocase(base, STR("thumbs.db")) ||
           str_eq_nocase(base, STR("desktop.ini"));
}

static bool has_picture_name(struct str name) {
    static const char *const ends[] = {".jpg", ".jpeg", ".png", ".gif", ".webp",
                                       ".bmp", ".mp4",  ".mov", ".heic"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (name.len > strlen(ends[i]) &&
            str_eq_nocase(str_slice(name, name.len - strlen(ends[i]), name.len), str_from(ends[i])))
            return true;
    return false;
}

static bool may_hold_table(struct str name) {
    return !is_clutter(name) && !has_picture_name(name);
}

size_t table_set_count(const struct table_set *s) {
    if (!s->archive)
        return 1;
    size_t n = 0;
    for (size_t i = 0; i < zip_count(s->archive); i++)
        n += may_hold_table(zip_name(s->archive, i));
    return n;
}

static bool open_member(struct table_set *s, size_t i, struct table **ret, struct error *err) {
    struct str name = zip_name(s->archive, i);
    struct strbuf full = strbuf_init(8 * KIB);
    strbuf_addf(&full, "%s/%.*s", s->name, STR_ARG(name));
    struct input *in;
    bool ok = zip_input(s->archive, i, input_default_limits, &in, err) &&
              open_table(s, in, strbuf_str(&full), ret, NULL, err);
    if (!ok)
        about_file(err, strbuf_cstr(&full));
    strbuf_done(&full);
    return ok;
}

bool table_set_next(struct table_set *s, struct table **ret, struct error *err) {
    table_free(s->current);
    s->current = *ret = NULL;
    if (!s->archive) {
        *ret = s->current = s->single;
        s->single = NULL;
        return true;
    }
    while (s->next_member < zip_count(s->archive)) {
        size_t i = s->next_member++;
        if (!may_hold_table(zip_name(s->archive, i)))
            continue;
        s->given++;
        bool ok = open_member(s, i, &s->current, err);
        *ret = s->current;
        return ok;
    }
    if (s->given == 0) {
        s->given = 1; // said once
        error_set(err, ERROR_FORMAT, "压缩包里没有表格", "there is no table in the archive");
        return about_file(err, s->name);
    }
    return true;
}

// --- rows

struct str table_name(const struct table *t) {
    return str_from(t->name);
}

struct str table_kind(const struct table *t) {
    return strbuf_str(&t->reader.kind);
}

struct str table_other_sheets(const struct table *t) {
    return strbuf_str(&t->reader.other_sheets);
}

double table_progress(const struct table *t) {
    return t->reader.ops->progress(t->reader.ctx);
}

const struct table_counts *table_counts(const struct table *t) {
    return &t->reader.counts;
}

bool table_is_keyed(const struct table *t) {
    return t->reader.keys != NULL;
}

bool table_is_plain(const struct table *t) {
    return t->reader.is_plain;
}

size_t table_keys(const struct table *t, const struct str **ret) {
    size_t n = 0;
    *ret = t->reader.keys ? t->reader.keys(t->reader.ctx, &n) : NULL;
    return n;
}

static bool read_row(struct table *t, struct arena *arena, struct row *ret, struct error *err) {
    *ret = (struct row){.end = false};
    if (!t->reader.ops->next(t->reader.ctx, arena, ret, err))
        return about_file(err, t->name);
    t->reader.counts.rows += !ret->end;
    t->reader.counts.bad += ret->bad;
    t->reader.counts.mended += ret->mended;
    return true;
}

static void copy_row(const struct row *from, struct arena *arena, struct row *ret) {
    *ret = *from;
    if (from->n == 0)
        return;
    ret->cells = arena_alloc(arena, from->n * sizeof *from->cells);
    ret->kinds = arena_alloc(arena, from->n);
    memcpy(ret->kinds, from->kinds, from->n);
    for (size_t i = 0; i < from->n; i++)
        ret->cells[i] = arena_str(arena, from->cells[i]);
}

bool table_next(struct table *t, struct arena *arena, struct row *ret, struct error *err) {
    if (t->next_peeked < t->n_peeked) {
        copy_row(&t->peeked[t->next_peeked++], arena, ret);
        return true;
    }
    if (t->failed) {
        *ret = (struct row){.end = false};
        if (err)
            *err = t->failure;
        return false;
    }
    return read_row(t, arena, ret, err);
}

bool table_peek(struct table *t, size_t max_rows, const struct row **ret, size_t *ret_n,
                struct error *err) {
    max_rows = MIN(max_rows, (size_t)TABLE_MAX_PEEK);
    if (!t->peeked)
        t->peeked = NEW_ARRAY(struct row, TABLE_MAX_PEEK);
    while (t->n_peeked < max_rows && !t->failed) {
        struct row *row = &t->peeked[t->n_peeked];
        t->failed = !read_row(t, &t->peeked_arena, row, &t->failure);
        if (row->end)
            break;
        t->n_peeked += !t->failed;
    }
    if (t->failed && t->n_peeked == 0) {
        if (err)
            *err = t->failure;
        return false;
    }
    *ret = t->peeked;
    *ret_n = t->n_peeked;
    return true;
}
