// SPDX-License-Identifier: Apache-2.0
#include "app/understood.h"

#include "base/utf8.h"

#define NAME_COLUMNS 22

static void padded(FILE *to, struct str s, size_t columns) {
    size_t width = 0, pos = 0, end = 0;
    while (pos < s.len) {
        size_t w = (size_t)utf8_char_width(utf8_next(s, &pos));
        if (width + w > columns)
            break;
        width += w;
        end = pos;
    }
    fprintf(to, "%.*s%*s", (int)end, s.ptr ? s.ptr : "", (int)(columns - width), "");
}

static void print_columns(const struct source *s, uint32_t file, enum lang lang, FILE *to) {
    size_t n;
    const struct source_column *columns = source_columns(s, &n);
    size_t unused = 0;
    for (size_t i = 0; i < n; i++) {
        if (columns[i].file != file)
            continue;
        unused += !columns[i].used;
        if (!columns[i].used)
            continue;
        fputs("    ", to);
        padded(to, columns[i].name, NAME_COLUMNS);
        fprintf(to, " %s%s\n", words_in(columns[i].meaning, lang),
                columns[i].by_map ? (lang == LANG_ZH ? "（--map 指定）" : " (by --map)") : "");
    }
    if (unused)
        fprintf(to,
                lang == LANG_ZH ? "    另有 %zu 列没有用到\n"
                                : "    %zu other columns are not used\n",
                unused);
}

void understood_print(const struct source *s, const struct taxonomy *t, enum lang lang, FILE *to) {
    size_t n;
    const struct source_info *files = source_files(s, &n);
    for (size_t i = 0; i < n; i++) {
        struct str platform = lang == LANG_ZH ? files[i].platform_zh : files[i].platform_en;
        if (!platform.len)
            platform = files[i].channel;
        fprintf(to, "%.*s  %.*s", STR_ARG(files[i].name), STR_ARG(files[i].kind));
        if (platform.len)
            fprintf(to, "  %.*s", STR_ARG(platform));
        fputc('\n', to);
        print_columns(s, (uint32_t)i, lang, to);
        for (size_t k = 0; k < files[i].n_notes; k++)
            fprintf(to, "    %s %s\n",
                    lang == LANG_ZH ? "注意：" : "note:", words_in(files[i].notes[k], lang));
    }
    struct str industry = taxonomy_name(t, lang);
    const struct taxonomy_guess *guess = taxonomy_guessed(t);
    fprintf(to, lang == LANG_ZH ? "行业：%.*s%s\n" : "industry: %.*s%s\n", STR_ARG(industry),
            guess && guess->n_words
                ? (lang == LANG_ZH ? "（由列名和文字判断，可用 --industry 指定）"
                                   : " (judged from names and texts; --industry sets it)")
                : "");
}
