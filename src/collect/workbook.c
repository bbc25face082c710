// SPDX-License-Identifier: Apache-2.0
#include "collect/workbook.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "collect/serial.h"
#include "collect/xml.h"

#define MAX_SHEETS       4096
#define MAX_STRINGS_SIZE GIB
#define MAX_FORMATS      65536

static bool run_part(struct xml *x, struct error *err) {
    bool paused;
    bool ok = xml_run(x, &paused, err);
    xml_done(x);
    return ok;
}

static struct str copy_attr(struct arena *a, const char **attrs, const char *name) {
    return arena_str(a, str_from(xml_attr(attrs, name)));
}

// --- relations: which part a relation id stands for

struct relations {
    struct xml xml;
    struct workbook *book; // its sheets get their parts …
    struct str folder;     // … relative to this
    struct str main;       // for the package: the workbook part
    struct str strings, styles;
};

// "/xl/a.xml", "a.xml" in "xl/" and "../xl/a.xml" are all "xl/a.xml".
static struct str resolve(struct arena *a, struct str folder, struct str target) {
    if (str_starts(target, STR("/")))
        return arena_str(a, str_slice(target, 1, target.len));
    while (str_starts(target, STR("../"))) {
        target = str_slice(target, 3, target.len);
        folder.len -= folder.len > 0;
        while (folder.len > 0 && folder.ptr[folder.len - 1] != '/')
            folder.len--;
    }
    if (str_starts(target, STR("./")))
        target = str_slice(target, 2, target.len);
    return arena_printf(a, "%.*s%.*s", STR_ARG(folder), STR_ARG(target));
}

static void relation_start(void *ctx, const char *name, const char **attrs) {
    struct relations *r = ctx;
    if (!xml_is(name, "Relationship"))
        return;
    struct str type = str_from(xml_attr(attrs, "Type")), id = str_from(xml_attr(attrs, "Id"));
    struct str part = resolve(&r->book->arena, r->folder, str_from(xml_attr(attrs, "Target")));
    if (str_ends(type, STR("/officeDocument")))
        r->main = part;
    else if (str_ends(type, STR("/sharedStrings")))
        r->strings = part;
    else if (str_ends(type, STR("/styles")))
        r->styles = part;
    else if (str_ends(type, STR("/worksheet")))
        for (size_t i = 0; i < r->book->sheets.len; i++)
            if (str_eq(r->book->sheets.items[i].relation, id))
                r->book->sheets.items[i].part = part;
}

static struct str folder_of(struct str part) {
    while (part.len > 0 && part.ptr[part.len - 1] != '/')
        part.len--;
    return part;
}

// The relations of `part` ("" is the package). A package without them is read by the usual names.
static bool read_relations(struct relations *r, struct workbook *w, struct str part,
                           struct error *err) {
    struct str folder = folder_of(part);
    struct str base = str_slice(part, folder.len, part.len);
    struct str name =
        arena_printf(&w->arena, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(base));
    *r = (struct relations){.book = w, .folder = folder};
    size_t i = zip_find(w->zip, name);
    struct input *in;
    if (i == ZIP_NONE)
        return true;
    if (!zip_input(w->zip, i, zip_part_limits, &in, err))
        return false;
    xml_init(&r->xml, in, NULL);
    XML_SetStartElementHandler(r->xml.parser, relation_start);
    return run_part(&r->xml, err);
}

// --- the list of sheets

struct book_part {
    struct xml xml;
    struct workbook *book;
    bool found; // it is a workbook
};

static void book_start(void *ctx, const char *name, const char **attrs) {
    struct book_part *b = ctx;
    struct workbook *w = b->book;
    const char *local = xml_local(name);
    if (strcmp(local, "workbook") == 0)
        b->found = true;
    if (strcmp(local, "workbookPr") == 0) {
        struct str v = str_from(xml_attr(attrs, "date1904"));
        w->is_1904 = str_eq(v, STR("1")) || str_eq(v, STR("true")) || str_eq(v, STR("on"));
    }
    if (strcmp(local, "sheet") != 0 || w->sheets.len >= MAX_SHEETS)
        return;
    struct sheet_entry e = {.name = copy_attr(&w->arena, attrs, "name")};
    struct str state = str_from(xml_attr(attrs, "state"));
    e.hidden = str_eq(state, STR("hidden")) || str_eq(state, STR("veryHidden"));
    // The relation id is the attribute with a prefix: sheetId has none.
    for (const char **a = attrs; *a; a += 2)
        if (strchr(*a, ':') && xml_is(*a, "id"))
            e.relation = arena_str(&w->arena, str_from(a[1]));
    vec_push(&w->sheets, e);
}

static bool not_a_workbook(struct error *err) {
    return error_set(err, ERROR_FORMAT, "不是完整的 Excel 工作簿，请重新导出或用 Excel、WPS 另存",
                     "not a complete Excel workbook: export it again or save it from Excel or WPS");
}

static bool read_sheets(struct workbook *w, struct str part, struct error *err) {
    struct book_part b = {.book = w};
    struct input *in;
    size_t i = zip_find(w->zip, part);
    if (i == ZIP_NONE)
        return not_a_workbook(err);
    if (!zip_input(w->zip, i, zip_part_limits, &in, err))
        return false;
    xml_init(&b.xml, in, NULL);
    XML_SetStartElementHandler(b.xml.parser, book_start);
    return run_part(&b.xml, err) && (b.found || not_a_workbook(err));
}

// Sheets without a part are charts and macros, or the relations are lost: then the usual names are
// tried.
static void keep_worksheets(struct workbook *w) {
    size_t kept = 0;
    bool any = false;
    for (size_t i = 0; i < w->sheets.len; i++)
        any |= w->sheets.items[i].part.len > 0;
    for (size_t i = 0; i < w->sheets.len; i++) {
        struct sheet_entry e = w->sheets.items[i];
        if (!any)
            e.part = arena_printf(&w->arena, "xl/worksheets/sheet%zu.xml", i + 1);
        if (e.part.len > 0 && zip_find(w->zip, e.part) != ZIP_NONE)
            w->sheets.items[kept++] = e;
    }
    w->sheets.len = kept;
}

// --- styles

struct styles {
    struct xml xml;
    struct workbook *book;
    struct {
        VEC(struct custom_format);
    } custom;
    bool in_cell_xfs;
};

struct custom_format {
    unsigned id;
    enum number_format format;
};

static enum number_format format_by_id(const struct styles *s, unsigned id) {
    for (size_t i = 0; i < s->custom.len; i++)
        if (s->custom.items[i].id == id)
            return s->custom.items[i].format;
    return number_format_builtin(id);
}

static unsigned number_attr(const char **attrs, const char *name) {
    int64_t v = 0;
    return str_to_int64(str_from(xml_attr(attrs, name)), &v) && v >= 0 && v < UINT32_MAX
               ? (unsigned)v
               : 0;
}

static void styles_start(void *ctx, const char *name, const char **attrs) {
    struct styles *s = ctx;
    const char *local = xml_local(name);
    if (strcmp(local, "numFmt") == 0 && s->custom.len < MAX_FORMATS) {
        struct str code = str_from(xml_attr(attrs, "formatCode"));
        vec_push(&s->custom,
                 ((struct custom_format){number_attr(attrs, "numFmtId"), number_format_of(code)}));
    } else if (strcmp(local, "cellXfs") == 0) {
        s->in_cell_xfs = true;
    } else if (strcmp(local, "xf") == 0 && s->in_cell_xfs && s->book->formats.len < MAX_FORMATS) {
        vec_push(&s->book->formats, (uint8_t)format_by_id(s, number_attr(attrs, "numFmtId")));
    }
}

static void styles_end(void *ctx, const char *name) {
    struct styles *s = ctx;
    if (xml_is(name, "cellXfs"))
        s->in_cell_xfs = false;
}

static bool read_styles(struct workbook *w, struct str part, struct error *err) {
    struct styles s = {.book = w};
    struct input *in;
    size_t i = zip_find(w->zip, part.len ? part : STR("xl/styles.xml"));
    if (i == ZIP_NONE)
        return true;
    if (!zip_input(w->zip, i, zip_part_limits, &in, err))
        return false;
    xml_init(&s.xml, in, NULL);
    XML_SetElementHandler(s.xml.parser, styles_start, styles_end);
    bool ok = run_part(&s.xml, err);
    vec_done(&s.custom);
    return ok;
}

// --- shared strings

struct strings_part {
    struct xml xml;
    struct shared_strings *strings;
    size_t start;      // of the string being read
    unsigned phonetic; // depth inside <rPh>: how to pronounce it, not part of it
    bool in_text, too_large;
};

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    char l = (char)(c | 0x20);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// Value of "_x000D_" at p, or -1.
static int escaped_unit(const char *p, size_t left) {
    if (left < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return -1;
    int v = 0;
    for (int i = 2; i < 6; i++) {
        int h = hex_value(p[i]);
        if (h < 0)
            return -1;
        v = v * 16 + h;
    }
    return v;
}

size_t workbook_unescape(char *p, size_t n) {
    char *at = n ? memchr(p, '_', n) : NULL, *end = p + n;
    if (!at)
        return n;
    char *to = at;
    while (at < end) {
        int v = escaped_unit(at, (size_t)(end - at));
        if (v < 0) {
            *to++ = *at++;
            continue;
        }
        at += 7;
        if (v > 0 && !(v >= 0xD800 && v <= 0xDFFF))
            to += utf8_encode((uint32_t)v, to); // at most 3 bytes for 7
    }
    return (size_t)(to - p);
}

static void strings_start(void *ctx, const char *name, UNUSED const char **attrs) {
    struct strings_part *s = ctx;
    const char *local = xml_local(name);
    if (strcmp(local, "t") == 0)
        s->in_text = s->phonetic == 0;
    else if (strcmp(local, "rPh") == 0)
        s->phonetic++;
    else if (strcmp(local, "si") == 0)
        s->start = s->strings->text.len;
}

static void strings_end(void *ctx, const char *name) {
    struct strings_part *s = ctx;
    const char *local = xml_local(name);
    struct strbuf *text = &s->strings->text;
    if (strcmp(local, "t") == 0) {
        s->in_text = false;
    } else if (strcmp(local, "rPh") == 0) {
        s->phonetic -= s->phonetic > 0;
    } else if (strcmp(local, "si") == 0) {
        if (text->len > s->start)
            text->len = s->start + workbook_unescape(text->ptr + s->start, text->len - s->start);
        vec_push(&s->strings->ends, (uint32_t)text->len);
        if (text->overflow || s->strings->ends.len > UINT32_MAX / 8) {
            s->too_large = true;
            XML_StopParser(s->xml.parser, XML_FALSE);
        }
    }
}

static void strings_text(void *ctx, const char *p, int n) {
    struct strings_part *s = ctx;
    if (s->in_text)
        strbuf_add(&s->strings->text, str_make(p, (size_t)n));
}

static bool read_strings(struct workbook *w, struct str part, struct error *err) {
    struct strings_part s = {.strings = &w->strings};
    w->strings.text = strbuf_init(MAX_STRINGS_SIZE);
    struct input *in;
    size_t i = zip_find(w->zip, part.len ? part : STR("xl/sharedStrings.xml"));
    if (i == ZIP_NONE)
        return true;
    if (!zip_input(w->zip, i, zip_part_limits, &in, err))
        return false;
    xml_init(&s.xml, in, NULL);
    XML_SetElementHandler(s.xml.parser, strings_start, strings_end);
    XML_SetCharacterDataHandler(s.xml.parser, strings_text);
    bool ok = run_part(&s.xml, err);
    if (s.too_large)
        return error_set(err, ERROR_LIMIT, "工作簿的文字超过 1 GB，请另存为 .csv 再读",
                         "the workbook has more than 1 GB of text: save it as .csv");
    return ok;
}

bool workbook_open(struct zip *zip, struct workbook *ret, struct error *err) {
    *ret = (struct workbook){.zip = zip};
    struct relations package, book;
    bool ok = read_relations(&package, ret, STR(""), err);
    if (ok && package.main.len == 0)
        package.main = STR("xl/workbook.xml");
    ok = ok && read_sheets(ret, package.main, err) && read_relations(&book, ret, package.main, err);
    if (ok)
        keep_worksheets(ret);
    if (ok && ret->sheets.len == 0)
        ok = error_set(err, ERROR_FORMAT, "工作簿里没有工作表",
                       "there is no worksheet in the workbook");
    ok = ok && read_styles(ret, book.styles, err) && read_strings(ret, book.strings, err);
    if (!ok)
        workbook_done(ret);
    return ok;
}

void workbook_done(struct workbook *w) {
    vec_done(&w->sheets);
    vec_done(&w->formats);
    vec_done(&w->strings.ends);
    strbuf_done(&w->strings.text);
    arena_done(&w->arena);
}
