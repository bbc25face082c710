// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "base/utf8.h"
#include "collect/cell.h"
#include "collect/source_parts.h"

#define SAMPLE_CHARS 120

static const struct {
    const char *code;
    struct words name, treatment;
} kinds[N_REJECTS] = {
    [REJECT_UNREADABLE] = {"unreadable",
                           {"无法读取的行", "unreadable rows"},
                           {"已跳过", "left out"}},
    [REJECT_TOTAL] = {"total", {"合计行", "rows of totals"}, {"已跳过", "left out"}},
    [REJECT_OVERLAP] = {"overlap",
                        {"重复导出的行", "rows exported twice"},
                        {"只计一次", "counted once"}},
    [REJECT_OUT_OF_RANGE] = {"out_of_range",
                             {"超出范围的评分", "scores out of range"},
                             {"已保留原值，不计分", "original kept, not scored"}},
    [REJECT_BAD_SCORE] = {"bad_score",
                          {"看不懂的评分", "unreadable scores"},
                          {"已保留原值，不计分", "original kept, not scored"}},
    [REJECT_BAD_TIME] = {"bad_time",
                         {"看不懂的时间", "unreadable times"},
                         {"保留该行，不计时间", "row kept without its time"}},
    [REJECT_LOST_ID] = {"lost_id",
                        {"被表格软件损坏的编号", "ids ruined by a spreadsheet"},
                        {"保留该行，不做关联", "row kept, not joined"}},
};

void reject_init(struct source *s) {
    for (int k = 0; k < N_REJECTS; k++) {
        s->examples[k] = ARENA_ARRAY(&s->arena, struct reject, SOURCE_REJECT_EXAMPLES);
        s->rejects[k] = (struct rejects){
            kinds[k].code, kinds[k].name, kinds[k].treatment, 0, s->examples[k], 0};
    }
}

void reject_add(struct source *s, enum reject_kind kind, uint32_t file, uint64_t row,
                struct str column, struct words reason, struct str sample) {
    struct rejects *r = &s->rejects[kind];
    const struct reject all = {file, row, column, reason,
                               utf8_cut(cell_trim(sample), SAMPLE_CHARS)};
    if (s->options.on_reject)
        s->options.on_reject(s->options.ctx, kind, &all);
    if (r->n_examples < SOURCE_REJECT_EXAMPLES) {
        struct reject *example = &s->examples[kind][r->n_examples++];
        *example = all;
        example->sample = arena_str(&s->arena, all.sample);
    }
    r->total++;
}

struct str reject_row_sample(const struct row *row, struct arena *arena) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(2 * KIB);
    for (size_t i = 0; i < row->n && sb.len < SAMPLE_CHARS * 4; i++) {
        struct str s = utf8_cut(cell_trim(row->cells[i]), SAMPLE_CHARS);
        if (s.len == 0)
            continue;
        if (sb.len)
            strbuf_adds(&sb, " | ");
        strbuf_add(&sb, s);
    }
    return arena_str(arena, utf8_cut(strbuf_str(&sb), SAMPLE_CHARS));
}

const struct rejects *source_rejects(const struct source *s, enum reject_kind kind) {
    return &s->rejects[kind];
}
