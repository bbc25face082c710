// SPDX-License-Identifier: Apache-2.0
// Writes every fixture in every form to a folder, to look at and for the browser tests:
//
//     build/report-pages build/pages && node tests/e2e/report.mjs build/pages/*.html
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "report/render.h"
#include "tests/support/report_fixture.h"

struct target {
    const char *folder, *name, *lang;
};

static bool save(const struct target *t, const char *ending, const struct report *page,
                 struct str content, struct error *err) {
    char path[512];
    struct output *out;
    snprintf(path, sizeof path, "%s/%s-%s.%s", t->folder, t->name, t->lang, ending);
    if (!output_open(path, &out, err))
        return false;
    if (page && !report_page(page, out, err)) {
        output_discard(out);
        return false;
    }
    output_write(out, content);
    return output_commit(out, err);
}

static bool write_all(const struct target *t, const struct report *r, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(MIB);
    CLEANUP(strbuf_done) struct strbuf brief = strbuf_init(MIB);
    CLEANUP(strbuf_done) struct strbuf json = strbuf_init(64 * MIB);
    report_text(r, false, &text);
    report_brief(r, &brief);
    report_json(r, &json);
    return save(t, "html", r, STR(""), err) && save(t, "txt", NULL, strbuf_str(&text), err) &&
           save(t, "brief.txt", NULL, strbuf_str(&brief), err) &&
           save(t, "json", NULL, strbuf_str(&json), err);
}

int main(int argc, char **argv) {
    struct error err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: report-pages FOLDER\n");
        return 2;
    }
    if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) {
        perror(argv[1]);
        return 1;
    }
    for (int which = 0; which < N_REPORT_FIXTURES; which++)
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
            CLEANUP(arena_done) struct arena a = {0};
            struct target t = {argv[1], report_fixture_names[which], lang == LANG_ZH ? "zh" : "en"};
            if (!write_all(&t, report_fixture((enum report_fixture)which, (enum lang)lang, &a),
                           &err)) {
                fprintf(stderr, "%s-%s: %s\n", t.name, t.lang, err.en);
                return 1;
            }
        }
    return 0;
}
