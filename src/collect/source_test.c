// SPDX-License-Identifier: Apache-2.0
// What is understood of the exports in tests/golden/exports: each NAME.csv has NAME.txt beside it, the columns and
// the first records in plain text. HUISHENG_GOLDEN=write writes them anew, to be read before they are committed.
#include "collect/source.h"

#include "base/strbuf.h"
#include "collect/score_cell.h"
#include "sys/file.h"
#include "tests/support/test.h"

#define SHOWN_RECORDS 2

static const char *templates(char buf[512]) {
    snprintf(buf, 512, "%s/templates", test_source_dir());
    return buf;
}

static void show_schema(struct strbuf *sb, const struct schema *schema) {
    for (int i = 0; i < schema->n_scores; i++) {
        static const char *const metrics[] = {"rating", "nps", "csat", "ces"};
        const struct score_column *c = &schema->scores[i];
        strbuf_addf(sb, "score %d: %.*s %s %g-%g%s%s %.*s\n", i, STR_ARG(c->name), metrics[c->metric], c->low,
                    c->high, c->reversed ? " reversed" : "", c->is_words ? " words" : "", STR_ARG(c->dimension));
    }
    for (int i = 0; i < schema->n_attrs; i++) {
        const struct attr_column *a = &schema->attrs[i];
        strbuf_addf(sb, "attr %d: %.*s (%.*s) %s%s\n", i, STR_ARG(a->name), STR_ARG(a->role),
                    a->kind == ATTR_MEASURE ? "measure" : "dimension", a->from_orders ? " from orders" : "");
    }
}

static void show_str(struct strbuf *sb, const char *name, struct str s) {
    if (s.len == 0)
        return;
    strbuf_addf(sb, " %s=", name);
    for (size_t i = 0; i < s.len; i++)
        strbuf_addc(sb, s.ptr[i] == '\n' ? '|' : s.ptr[i]);
}

static void show_record(struct strbuf *sb, const struct schema *schema, const struct feedback *f) {
    char time[32];
    strbuf_addf(sb, "row %" PRIu64 ":", f->row);
    show_str(sb, "text", f->text);
    show_str(sb, "follow_up", f->follow_up);
    show_str(sb, "reply", f->reply);
    show_str(sb, "label", f->label);
    show_str(sb, "channel", f->channel);
    show_str(sb, "customer", f->customer);
    show_str(sb, "order", f->order);
    show_str(sb, "product", f->product);
    show_str(sb, "id", f->external_id);
    if (f->occurred_us != TIME_NONE)
        strbuf_addf(sb, " time=%s%s", clock_format_iso(f->occurred_us, time, sizeof time),
                    f->date_only ? "(date)" : "");
    strbuf_adds(sb, f->replied ? " replied" : "");
    for (int i = 0; i < f->n_scores; i++)
        strbuf_addf(sb, " s%u=%.*s", f->scores[i].column, STR_ARG(f->scores[i].raw));
    for (int i = 0; i < schema->n_attrs; i++)
        if (f->attrs[i].len)
            strbuf_addf(sb, " a%d=%.*s", i, STR_ARG(f->attrs[i]));
    strbuf_addf(sb, " cells=%u\n", f->n_cells);
}

// Everything that was understood of the files, as text. Counts at the end.
static void understand(const struct source_options *options, struct strbuf *sb) {
    struct source *s;
    struct error err = {0};
    if (!source_open(options, &s, &err)) {
        strbuf_addf(sb, "error %s: %s\n", error_code_name(err.code), err.zh);
        return;
    }
    size_t n;
    const struct source_info *files = source_files(s, &n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(sb, "file: %.*s | %.*s | channel %.*s | %.*s | header row %" PRIu64 "\n", STR_ARG(files[i].name),
                    STR_ARG(files[i].kind), STR_ARG(files[i].channel), STR_ARG(files[i].platform_zh),
                    files[i].header_row);
    const struct source_column *columns = source_columns(s, &n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(sb, "column: %.*s = %.*s%s | %s | %s\n", STR_ARG(columns[i].name), STR_ARG(columns[i].role),
                    columns[i].used ? "" : " (unused)", columns[i].meaning.zh, columns[i].meaning.en);
    const struct schema *schema = source_schema(s);
    show_schema(sb, schema);
    size_t shown = 0;
    for (;;) {
        CLEANUP(arena_done) struct arena arena = {0};
        struct feedback batch[7];
        if (!source_next(s, &arena, batch, ARRAY_LEN(batch), &n, &err)) {
            strbuf_addf(sb, "error %s: %s\n", error_code_name(err.code), err.zh);
            break;
        }
        for (size_t i = 0; i < n; i++)
            if (shown++ < SHOWN_RECORDS)
                show_record(sb, schema, &batch[i]);
        if (n == 0)
            break;
    }
    for (int k = 0; k < N_REJECTS; k++) {
        const struct rejects *r = source_rejects(s, (enum reject_kind)k);
        if (r->total)
            strbuf_addf(sb, "%s: %" PRIu64 ", first row %" PRIu64 " %.*s\n", r->code, r->total, r->examples[0].row,
                        STR_ARG(r->examples[0].sample));
    }
    files = source_files(s, &n);
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(sb, "read %" PRIu64 " used %" PRIu64 " rejected %" PRIu64 " skipped %" PRIu64 "\n", files[i].read,
                    files[i].used, files[i].rejected, files[i].skipped);
        assert_int_equal(files[i].read, files[i].used + files[i].rejected + files[i].skipped);
        for (size_t k = 0; k < files[i].n_notes; k++)
            strbuf_addf(sb, "note: %s | %s\n", files[i].notes[k].zh, files[i].notes[k].en);
    }
    struct source_join join = source_join(s);
    if (join.n_orders)
        strbuf_addf(sb, "orders %" PRIu64 " joined %" PRIu64 " of %" PRIu64 " lost %" PRIu64 "\n", join.n_orders,
                    join.n_joined, join.n_with_order, join.n_lost);
    source_close(s);
}

static void check_golden(const char *name, struct str got) {
    char path[1024];
    const char *mode = getenv("HUISHENG_GOLDEN");
    snprintf(path, sizeof path, "%s/tests/golden/exports/%s.txt", test_source_dir(), name);
    if (mode && strcmp(mode, "write") == 0) {
        struct output *out;
        assert_true(output_open(path, &out, NULL));
        output_write(out, got);
        assert_true(output_commit(out, NULL));
        return;
    }
    CLEANUP(strbuf_done) struct strbuf want = strbuf_init(MIB);
    if (!file_read(path, MIB, &want, NULL))
        fail_msg("cannot read %s", path);
    struct str a = strbuf_str(&want), b = got, x, y;
    for (int line = 1; a.len || b.len; line++) {
        x = y = (struct str){"", 0};
        str_cut(&a, '\n', &x);
        str_cut(&b, '\n', &y);
        if (!str_eq(x, y))
            fail_msg("%s line %d\n  want %.*s\n  got  %.*s", name, line, STR_ARG(x), STR_ARG(y));
    }
}

static struct zone *east8(void) {
    struct zone *z;
    assert_true(zone_open(STR("+08:00"), &z, NULL));
    return z;
}

TEST(source_understands_the_known_exports) {
    static const char *const names[] = {
        "taobao_reviews.csv", "taobao_metadata.csv", "jd_reviews.csv",   "拼多多评价.csv",
        "douyin_reviews.csv", "meituan_reviews.csv", "dianping.csv",     "ctrip.csv",
        "wenjuanxing.csv",    "qualtrics.csv",       "hotel_pms.csv",    "restaurant.csv",
        "hotline.csv",        "title_row3.csv",      "two_line_header.csv", "no_header.csv",
        "us_dates.csv",       "lost_ids.csv",        "words_stars.tsv",
    };
    struct zone *zone = east8();
    char dir[512];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char path[1024];
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        snprintf(path, sizeof path, "%s/tests/golden/exports/%s", test_source_dir(), names[i]);
        const char *paths[] = {path};
        understand(&(struct source_options){.paths = paths, .n_paths = 1, .zone = zone,
                                            .templates_dir = templates(dir)},
                   &sb);
        check_golden(names[i], strbuf_str(&sb));
    }
    zone_free(zone);
}
