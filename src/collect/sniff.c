// SPDX-License-Identifier: Apache-2.0
#include "collect/sniff.h"

struct magic {
    struct str bytes;
    size_t at;
    enum sniff is;
    struct words name, advice;
};

#define EXPORT_TABLE                                                                               \
    { "请选择导出的表格文件", "choose the exported table" }
#define UNPACK_FIRST                                                                               \
    { "请先解压再读", "unpack it first" }
#define SAVE_AS                                                                                    \
    { "请另存为 .xlsx 或 .csv", "save it as .xlsx or .csv" }

static const struct magic magics[] = {
    {STR_INIT("PK\x03\x04"), 0, SNIFF_ZIP, {0}, {0}},
    {STR_INIT("PK\x05\x06"), 0, SNIFF_ZIP, {0}, {0}},
    {STR_INIT("\x1F\x8B\x08"), 0, SNIFF_GZIP, {0}, {0}},
    {STR_INIT("\x28\xB5\x2F\xFD"), 0, SNIFF_ZSTD, {0}, {0}},
    {STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), 0, SNIFF_OLE, {0}, {0}},
    {STR_INIT("\x89PNG"), 0, SNIFF_OTHER, {"PNG 图片", "a PNG picture"}, EXPORT_TABLE},
    {STR_INIT("\xFF\xD8\xFF"), 0, SNIFF_OTHER, {"JPEG 图片", "a JPEG picture"}, EXPORT_TABLE},
    {STR_INIT("GIF8"), 0, SNIFF_OTHER, {"GIF 图片", "a GIF picture"}, EXPORT_TABLE},
    {STR_INIT("WEBP"), 8, SNIFF_OTHER, {"WebP 图片", "a WebP picture"}, EXPORT_TABLE},
    {STR_INIT("ftyp"), 4, SNIFF_OTHER, {"视频或照片", "a video or photo"}, EXPORT_TABLE},
    {STR_INIT("ID3"), 0, SNIFF_OTHER, {"录音", "a sound recording"}, EXPORT_TABLE},
    {STR_INIT("WAVE"), 8, SNIFF_OTHER, {"录音", "a sound recording"}, EXPORT_TABLE},
    {STR_INIT("%PDF"), 0, SNIFF_OTHER, {"PDF 文档", "a PDF document"}, SAVE_AS},
    {STR_INIT("{\\rtf"), 0, SNIFF_OTHER, {"RTF 文档", "an RTF document"}, SAVE_AS},
    {STR_INIT("Rar!"), 0, SNIFF_OTHER, {"RAR 压缩包", "a RAR archive"}, UNPACK_FIRST},
    {STR_INIT("7z\xBC\xAF\x27\x1C"), 0, SNIFF_OTHER, {"7z 压缩包", "a 7z archive"}, UNPACK_FIRST},
    {STR_INIT("BZh"), 0, SNIFF_OTHER, {"bzip2 压缩文件", "a bzip2 file"}, UNPACK_FIRST},
    {STR_INIT("\xFD"
              "7zXZ"),
     0,
     SNIFF_OTHER,
     {"xz 压缩文件", "an xz file"},
     UNPACK_FIRST},
    {STR_INIT("ustar"), 257, SNIFF_OTHER, {"tar 压缩包", "a tar archive"}, UNPACK_FIRST},
    {STR_INIT("SQLite format 3"), 0, SNIFF_OTHER, {"SQLite 数据库", "an SQLite database"}, SAVE_AS},
    {STR_INIT("PAR1"), 0, SNIFF_OTHER, {"Parquet 文件", "a Parquet file"}, SAVE_AS},
    {STR_INIT("MIME-Version:"),
     0,
     SNIFF_OTHER,
     {"单个文件网页 (MHT)", "a web archive (MHT)"},
     SAVE_AS},
    {STR_INIT("\x7F"
              "ELF"),
     0,
     SNIFF_OTHER,
     {"程序", "a program"},
     EXPORT_TABLE},
};

// The first 4 KiB without NULs, BOM and leading white space: markup of a UTF-16 text reads like
// that of any other.
static struct str plain_head(struct str head, char *buf, size_t cap) {
    size_t n = 0;
    for (size_t i = 0; i < head.len && n < cap; i++)
        if (head.ptr[i])
            buf[n++] = head.ptr[i];
    struct str s = str_make(buf, n);
    if (str_starts(s, STR("\xFF\xFE")) || str_starts(s, STR("\xFE\xFF")))
        s = str_slice(s, 2, s.len);
    return str_trim(s);
}

static bool has_nocase(struct str s, struct str needle) {
    for (size_t i = 0; i + needle.len <= s.len; i++)
        if (str_eq_nocase(str_slice(s, i, i + needle.len), needle))
            return true;
    return false;
}

static char next_char(struct str s, size_t from) {
    struct str rest = str_trim(str_slice(s, from, s.len));
    return rest.len ? *rest.ptr : '\0';
}

static bool is_json(struct str s) {
    char next = next_char(s, 1);
    if (*s.ptr == '{')
        return next == '"' || next == '}';
    return *s.ptr == '[' && (next == '{' || next == '[' || next == '"' || next == ']');
}

static enum sniff sniff_markup(struct str s) {
    static const char *const starts[] = {"<!doctype html", "<html",  "<table", "<meta",
                                         "<head",          "<body",  "<style", "<div",
                                         "<center",        "<title", "<tr",    "<thead"};
    if (has_nocase(s, STR("urn:schemas-microsoft-com:office:spreadsheet")) &&
        (has_nocase(s, STR("<workbook")) || has_nocase(s, STR(":workbook"))) &&
        !has_nocase(s, STR("<html")))
        return SNIFF_SPREADSHEET_XML;
    for (size_t i = 0; i < ARRAY_LEN(starts); i++)
        if (str_eq_nocase(str_slice(s, 0, strlen(starts[i])), str_from(starts[i])))
            return SNIFF_HTML;
    return has_nocase(s, STR("<table")) || has_nocase(s, STR("<html")) ? SNIFF_HTML : SNIFF_TEXT;
}

// Texts have hardly any control characters (NULs apart: UTF-16 and broken exports have them).
static bool is_binary(struct str s) {
    size_t control = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        control +=
            (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1A && c != 0) ||
            c == 0x7F;
    }
    return control * 10 > s.len;
}

// NULs, and nothing else to speak of.
static bool is_nothing(struct str head) {
    size_t some = 0;
    for (size_t i = 0; i < head.len; i++)
        some += head.ptr[i] != 0;
    return head.len > 0 && some * 100 < head.len;
}

enum sniff sniff(struct str head, bool complete, struct words *ret_name, struct words *ret_advice) {
    *ret_name = *ret_advice = (struct words){NULL, NULL};
    for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
        const struct magic *m = &magics[i];
        if (str_starts(str_slice(head, m->at, head.len), m->bytes)) {
            *ret_name = m->name;
            *ret_advice = m->advice;
            return m->is;
        }
    }
    char buf[4096];
    struct str s = plain_head(head, buf, sizeof buf);
    if (s.len == 0 && complete && !is_nothing(head))
        return SNIFF_EMPTY;
    bool utf16 = str_starts(head, STR("\xFF\xFE")) || str_starts(head, STR("\xFE\xFF"));
    if (is_nothing(head) || (!utf16 && is_binary(s))) {
        *ret_name = (struct words){"二进制文件", "a binary file"};
        *ret_advice = (struct words)EXPORT_TABLE;
        return SNIFF_OTHER;
    }
    if (s.len && is_json(s))
        return SNIFF_JSON;
    if (s.len && *s.ptr == '<')
        return sniff_markup(s);
    return SNIFF_TEXT;
}
