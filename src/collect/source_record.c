// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "base/utf8.h"
#include "collect/cell.h"
#include "collect/score_cell.h"
#include "collect/source_parts.h"

#define TEXT_LIMIT (2 * MIB) // of several answers joined

static const struct str nothing = {"", 0};

#define MAX_PENDING 16
#define MAX_FILES   0xFFFF // bits of a remembered identity that say which file it was in

// Something found wrong in a cell, counted only if the row becomes a record.
struct pending {
    enum reject_kind kind;
    struct str column, sample;
    struct words reason;
};

// One row on its way to a record.
struct building {
    struct source *s;
    struct source_table *t;
    uint32_t file;
    const struct row *row;
    struct arena *arena;
    struct feedback *f;
    struct str sku, sub_order;
    bool lost_order, has_value;
    struct pending pending[MAX_PENDING];
    size_t n_pending;
};

static struct str header(const struct building *b, const struct step *step) {
    return b->t->plan.columns[step->column].name;
}

static void reject(struct building *b, enum reject_kind kind, const struct step *step,
                   struct words reason, struct str sample) {
    if (b->n_pending < MAX_PENDING)
        b->pending[b->n_pending++] = (struct pending){kind, header(b, step), sample, reason};
}

static void count_pending(const struct building *b) {
    for (size_t i = 0; i < b->n_pending; i++) {
        const struct pending *p = &b->pending[i];
        reject_add(b->s, p->kind, b->file, b->row->number, p->column, p->reason, p->sample);
        b->s->join.n_lost += p->kind == REJECT_LOST_ID;
    }
}

// ── single columns ──

static void take_score(struct building *b, const struct step *step, struct str cell) {
    struct feedback *f = b->f;
    const struct score_column *c = &b->s->schema.scores[step->score];
    if (f->n_scores == FEEDBACK_MAX_SCORES)
        return;
    f->scores[f->n_scores++] = (struct raw_score){(uint8_t)step->score, cell};
    if (cell.len == 1 && cell.ptr[0] >= '0' && cell.ptr[0] <= '9' && cell.ptr[0] - '0' >= c->low &&
        cell.ptr[0] - '0' <= c->high)
        return;
    struct score_cell score = score_cell_parse(cell);
    bool number = score.form == SCORE_FORM_NUMBER ||
                  (score.form == SCORE_FORM_WORDS && !c->is_words && !isnan(score.value));
    if (score.form == SCORE_FORM_UNREADABLE)
        reject(b, REJECT_BAD_SCORE, step, (struct words){"不是评分", "not a score"}, cell);
    else if ((number && !(score.value >= c->low && score.value <= c->high)) ||
             (score.form == SCORE_FORM_FRACTION &&
              !(score.value >= 0 && score.value <= score.of)) ||
             (score.form == SCORE_FORM_PERCENT && !(score.value >= 0 && score.value <= 100)))
        reject(b, REJECT_OUT_OF_RANGE, step, (struct words){"超出评分范围", "outside the scale"},
               cell);
}

static void take_time(struct building *b, const struct step *step, struct str cell) {
    const struct column_plan *c = &b->t->plan.columns[step->column];
    struct timestamp t;
    if (timestamp_parse(&c->time, cell, &t)) {
        b->f->occurred_us = t.us;
        b->f->date_only = t.date_only;
    } else {
        reject(b, REJECT_BAD_TIME, step, (struct words){"不是可用的时间", "not a usable time"},
               cell);
    }
}

static bool says_replied(struct str s) {
    static const struct str no[] = {STR_INIT("未"), STR_INIT("否"),      STR_INIT("没"),
                                    STR_INIT("无"), STR_INIT("不"),      STR_INIT("待"),
                                    STR_INIT("no"), STR_INIT("false"),   STR_INIT("0"),
                                    STR_INIT("un"), STR_INIT("pending"), STR_INIT("open")};
    char buf[32];
    struct str folded = cell_fold(s, buf, sizeof buf);
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (str_starts(folded, no[i]))
            return false;
    return s.len > 0;
}

// “2026年1月3日\n已购：白色”: the variant.
static struct str metadata_sku(struct str cell) {
    static const struct str marks[] = {STR_INIT("已购："), STR_INIT("已购:"), STR_INIT("已购买："),
                                       STR_INIT("颜色分类："), STR_INIT("规格：")};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        size_t at = str_find(cell, marks[i]);
        if (at == STR_NONE)
            continue;
        struct str rest = str_slice(cell, at + marks[i].len, cell.len);
        size_t end = str_find_char(rest, '\n');
        return str_trim(str_slice(rest, 0, MIN(end, rest.len)));
    }
    return nothing;
}

static struct str ip_region(struct str cell) { // 183.6.1.2(广东-深圳)
    size_t open = str_find_char(cell, '(');
    if (open == STR_NONE)
        return nothing;
    struct str inside = str_slice(cell, open + 1, cell.len);
    size_t end = 0;
    while (end < inside.len && inside.ptr[end] != '-' && inside.ptr[end] != ')')
        end++;
    return str_trim(str_slice(inside, 0, end));
}

// One short name a province, however it is written; anything else as it stands.
static struct str region_name(const struct source *s, struct str value) {
    struct str province = names_province(source_names(s), value);
    return province.len ? province : value;
}

static struct str address_region(const struct source *s, struct str value) {
    struct str province = names_province(source_names(s), value);
    size_t space = str_find_char(value, ' ');
    if (province.len == 0 && space != STR_NONE && space <= 24)
        province = str_slice(value, 0, space);
    return province;
}

static struct str channel_name(struct source *s, struct str value) {
    uint64_t key = str_hash(value), at;
    if (!map_u64_get(&s->channels, key, &at)) {
        at = (uint64_t)(uintptr_t)names_channel(source_names(s), value);
        map_u64_put(&s->channels, key, at);
    }
    const struct channel *c = (const struct channel *)(uintptr_t)at;
    return c ? c->code : value;
}

static void take_attr(struct building *b, const struct step *step, struct str value) {
    if (value.len == 0 || value.ptr[0] == '*' ||
        (value.ptr[0] == '#' && str_starts(value, STR("##"))))
        return; // hidden or encrypted by the platform
    if (step->kind == COLUMN_IP)
        value = ip_region(value);
    else if (step->kind == COLUMN_METADATA)
        value = metadata_sku(value);
    else if (step->kind == COLUMN_ADDRESS)
        value = address_region(b->s, value);
    if (step->is_region && value.len)
        value = region_name(b->s, value);
    if (value.len && b->f->attrs[step->attr].len == 0)
        b->f->attrs[step->attr] = value;
}

static void take_order(struct building *b, const struct step *step, struct str value) {
    b->f->order = value;
    if (cell_is_lost_id(value)) {
        b->lost_order = true;
        reject(b, REJECT_LOST_ID, step,
               (struct words){"编号已被表格软件四舍五入", "number rounded by a spreadsheet"},
               value);
    }
}

static void take(struct building *b, const struct step *step, struct str value) {
    struct feedback *f = b->f;
    switch (step->kind) {
    case COLUMN_TEXT:
        if (!b->t->joined_text)
            f->text = value;
        break;
    case COLUMN_FOLLOW_UP:
        f->follow_up = value;
        break;
    case COLUMN_REPLY:
        f->reply = value;
        f->replied |= value.len > 0;
        break;
    case COLUMN_REPLY_STATUS:
        f->replied |= says_replied(value);
        break;
    case COLUMN_LABEL:
        f->label = value;
        break;
    case COLUMN_CUSTOMER:
    case COLUMN_SENDER:
        f->customer = value;
        break;
    case COLUMN_ORDER:
        take_order(b, step, value);
        break;
    case COLUMN_SUB_ORDER:
        b->sub_order = value;
        break;
    case COLUMN_EXTERNAL_ID:
        f->external_id = value;
        break;
    case COLUMN_PRODUCT:
        f->product = value;
        break;
    case COLUMN_PRODUCT_ID:
        if (f->product.len == 0)
            f->product = value;
        break;
    case COLUMN_SKU:
        b->sku = value;
        break;
    case COLUMN_METADATA:
        b->sku = metadata_sku(value);
        break;
    default:
        break;
    }
}

// ── the whole row ──

// Titles, advantages, disadvantages and the answers to several questions, one a line.
static struct str joined_text(const struct building *b) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(TEXT_LIMIT);
    static const enum column_kind order[] = {COLUMN_TITLE, COLUMN_TEXT, COLUMN_PROS, COLUMN_CONS};
    struct str title = nothing;
    for (size_t k = 0; k < ARRAY_LEN(order); k++)
        for (size_t i = 0; i < b->t->n_steps; i++) {
            const struct step *step = &b->t->steps[i];
            if (step->kind != order[k] || step->column >= b->row->n)
                continue;
            struct str value = cell_value(b->row->cells[step->column]);
            if (value.len == 0)
                continue;
            if (order[k] == COLUMN_TITLE)
                title = value;
            else if (order[k] == COLUMN_TEXT && title.len && str_starts(value, title))
                strbuf_truncate(&sb, 0); // a title that only repeats the beginning
            if (sb.len)
                strbuf_addc(&sb, '\n');
            if (order[k] == COLUMN_PROS || order[k] == COLUMN_CONS)
                strbuf_addf(&sb, "%.*s：", STR_ARG(header(b, step)));
            strbuf_add(&sb, value);
        }
    return sb.len ? arena_str(b->arena, strbuf_str(&sb)) : nothing;
}

static void fill(struct building *b) {
    const struct source_table *t = b->t;
    for (size_t i = 0; i < t->n_steps; i++) {
        const struct step *step = &t->steps[i];
        if (step->column >= b->row->n)
            continue;
        struct str value = cell_value(b->row->cells[step->column]);
        if (value.len == 0 || b->row->kinds[step->column] == CELL_ERROR)
            continue;
        b->has_value = true;
        take(b, step, value);
        if (step->score >= 0)
            take_score(b, step, value);
        if (t->plan.main_time == (int)step->column)
            take_time(b, step, value);
        if (step->attr >= 0)
            take_attr(b, step, value);
        if (step->is_channel)
            b->f->channel = channel_name(b->s, value);
    }
    if (t->joined_text)
        b->f->text = joined_text(b);
    if (b->f->product.len == 0)
        b->f->product = b->sku;
}

static bool is_total(const struct building *b) {
    const struct feedback *f = b->f;
    if (f->text.len > 24 || f->occurred_us != TIME_NONE)
        return false;
    size_t looked = 0;
    for (size_t i = 0; i < b->row->n && looked < 3; i++) {
        struct str s = cell_trim(b->row->cells[i]);
        if (s.len == 0)
            continue;
        looked++;
        if (names_is_total(source_names(b->s), s) && (f->text.len == 0 || str_eq(f->text, s)))
            return true;
    }
    return false;
}

// The header again: files glued together, page breaks of printed tables.
static bool is_header_again(const struct building *b) {
    size_t same = 0, filled = 0;
    for (size_t i = 0; i < b->row->n && i < b->t->plan.n; i++) {
        struct str s = cell_trim(b->row->cells[i]);
        if (s.len == 0)
            continue;
        filled++;
        if (!str_eq(s, cell_trim(b->t->plan.columns[i].written)))
            return false;
        if (++same >= 3)
            return true;
    }
    return same > 0 && same == filled && filled == b->t->plan.n;
}

static uint64_t mix(uint64_t h, struct str s) {
    return hash_u64(h * 31 + str_hash(s));
}

// The same review in two exports, or twice in one. In one file the text must be the same too: two rows of one order
// may be two opinions.
static bool is_repeat(const struct building *b) {
    const struct feedback *f = b->f;
    struct str order = b->sub_order.len ? b->sub_order : f->order;
    uint64_t key, before;
    bool by_id = false;
    for (size_t i = 0; i < b->t->n_steps && f->external_id.len; i++)
        by_id |= b->t->steps[i].kind == COLUMN_EXTERNAL_ID &&
                 b->t->plan.columns[b->t->steps[i].column].unique_id;
    if (by_id)
        key = mix(mix(mix(1, f->channel), f->external_id),
                  order); // one review may cover several orders
    else if (order.len && !b->lost_order)
        key = mix(mix(mix(2, f->channel), order), f->product.len ? f->product : f->text);
    else
        return false;
    // Of the first record file and text are remembered, of others under the same key only the texts.
    uint64_t text = mix(key, f->text), file = (uint64_t)b->file + 1, unused;
    if (!map_u64_get(&b->s->seen, key, &before)) {
        map_u64_put(&b->s->seen, key, (text & ~(uint64_t)MAX_FILES) | file);
        return false;
    }
    bool same_text = (before & ~(uint64_t)MAX_FILES) == (text & ~(uint64_t)MAX_FILES);
    if ((before & MAX_FILES) != file || same_text || map_u64_get(&b->s->seen_text, text, &unused))
        return true;
    map_u64_put(&b->s->seen_text, text, 1);
    return false;
}

static void join_order(struct building *b) {
    struct source *s = b->s;
    struct feedback *f = b->f;
    if (!s->orders || f->order.len + b->sub_order.len == 0)
        return;
    s->join.n_with_order++;
    if (b->lost_order)
        return;
    const struct order *o = f->order.len ? orders_find(s->orders, f->order) : NULL;
    if (!o && b->sub_order.len)
        o = orders_find(s->orders, b->sub_order);
    if (!o)
        return;
    s->join.n_joined++;
    for (int v = 0; v < N_ORDER_VALUES; v++) {
        int attr = s->order_attrs[v];
        if (attr >= 0 && f->attrs[attr].len == 0)
            f->attrs[attr] = orders_value(s->orders, o, (enum order_value)v);
    }
    if (f->product.len == 0)
        f->product = orders_value(s->orders, o, ORDER_PRODUCT);
}

static void keep_cells(struct building *b) {
    size_t n = b->t->plan.n;
    struct feedback *f = b->f;
    f->cells = b->row->cells;
    f->n_cells = (uint32_t)b->row->n;
    if (b->row->n >= n)
        return;
    f->cells = ARENA_ARRAY(b->arena, struct str, n); // short rows: as many cells as the header has
    if (b->row->n)
        memcpy(f->cells, b->row->cells, b->row->n * sizeof *f->cells);
    for (size_t i = b->row->n; i < n; i++)
        f->cells[i] = nothing;
    f->n_cells = (uint32_t)n;
}

static struct feedback empty_record(const struct source *s, uint32_t table, uint64_t row,
                                    struct arena *arena) {
    struct feedback f = {.file = table,
                         .row = row,
                         .text = nothing,
                         .follow_up = nothing,
                         .reply = nothing,
                         .label = nothing,
                         .channel = s->tables.items[table].channel,
                         .customer = nothing,
                         .order = nothing,
                         .product = nothing,
                         .external_id = nothing,
                         .occurred_us = TIME_NONE};
    size_t n = (size_t)s->schema.n_attrs;
    f.attrs = arena_alloc(arena, MAX(n, (size_t)1) * sizeof *f.attrs);
    for (size_t i = 0; i < n; i++)
        f.attrs[i] = nothing;
    return f;
}

bool record_of_chat(struct source *s, uint32_t table, const struct conversation *c,
                    struct arena *arena, struct feedback *f) {
    struct source_table *t = &s->tables.items[table];
    if (c->text.len == 0)
        return false;
    struct row row = {.number = c->row, .cells = c->cells, .n = c->n_cells};
    struct building b = {.s = s, .t = t, .file = table, .row = &row, .arena = arena, .f = f};
    *f = empty_record(s, table, c->row, arena);
    f->text = c->text;
    f->reply = c->reply;
    f->customer = c->customer;
    f->occurred_us = c->occurred_us;
    f->date_only = c->date_only;
    f->replied = c->replied;
    if (t->agent_attr >= 0)
        f->attrs[t->agent_attr] = c->agent;
    keep_cells(&b);
    return true;
}

enum record_result record_build(struct source *s, uint32_t table, const struct row *row,
                                struct arena *arena, struct feedback *f) {
    struct source_table *t = &s->tables.items[table];
    struct building b; // not cleared: the list of what is wrong is usually empty
    b.s = s, b.t = t, b.file = table, b.row = row, b.arena = arena, b.f = f;
    b.sku = b.sub_order = nothing;
    b.lost_order = b.has_value = false;
    b.n_pending = 0;
    *f = empty_record(s, table, row->number, arena);
    fill(&b);
    if (!b.has_value) {
        bool blank = true;
        for (size_t i = 0; i < row->n && blank; i++)
            blank = cell_trim(row->cells[i]).len == 0;
        if (blank)
            return RECORD_BLANK;
    }
    if (is_total(&b) || is_header_again(&b)) {
        reject_add(s, REJECT_TOTAL, table, row->number, nothing,
                   (struct words){"合计或重复的表头", "a total, or the header again"},
                   reject_row_sample(row, arena));
        return RECORD_SKIPPED;
    }
    if (is_repeat(&b)) {
        reject_add(
            s, REJECT_OVERLAP, table, row->number, nothing,
            (struct words){"同一订单或评价编号已读过", "same order or review id read before"},
            f->text.len ? f->text : reject_row_sample(row, arena));
        return RECORD_SKIPPED;
    }
    count_pending(&b);
    join_order(&b);
    keep_cells(&b);
    return RECORD_GIVEN;
}
