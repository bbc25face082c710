// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "collect/source_parts.h"

void source_note(struct source *s, struct source_table *t, const char *zh, const char *en, ...) {
    char buf[2][512];
    va_list args;
    va_start(args, en);
    vsnprintf(buf[0], sizeof buf[0], zh, args);
    va_end(args);
    va_start(args, en);
    vsnprintf(buf[1], sizeof buf[1], en, args);
    va_end(args);
    for (int i = 0; i < 2; i++) { // cut at a character
        struct str all = str_from(buf[i]);
        buf[i][utf8_valid_prefix(all)] = '\0';
    }
    vec_push(&t->notes, ((struct words){arena_str(&s->arena, str_from(buf[0])).ptr,
                                        arena_str(&s->arena, str_from(buf[1])).ptr}));
}

// ── merging ──

static bool same_scale(const struct score_column *a, const struct score_column *b) {
    return a->metric == b->metric && a->low == b->low && a->high == b->high &&
           a->reversed == b->reversed && a->is_words == b->is_words &&
           str_eq(a->dimension, b->dimension);
}

// Scores of several files are one column if they measure the same on the same scale; two columns of one file never.
static int add_score(struct source *s, const struct score_column *c, int first_of_table,
                     const bool *taken) {
    struct schema *schema = &s->schema;
    for (int i = 0; i < first_of_table; i++)
        if (!taken[i] && same_scale(&schema->scores[i], c))
            return i;
    if (schema->n_scores == FEEDBACK_MAX_SCORES)
        return -1;
    schema->scores[schema->n_scores] = *c;
    return schema->n_scores++;
}

static void attr_identity(const struct column_plan *c, struct attr_column *ret) {
    *ret = (struct attr_column){.name = c->name, .role = c->role};
    ret->kind = c->kind == COLUMN_MEASURE ? ATTR_MEASURE : ATTR_DIMENSION;
    bool zh = c->written.len && (unsigned char)c->written.ptr[0] >= 0x80;
    switch (c->kind) { // what is read out of a cell is not called as its column
    case COLUMN_ADDRESS:
    case COLUMN_IP:
        ret->role = STR("region");
        ret->name = zh ? STR("省份") : STR("region");
        break;
    case COLUMN_METADATA:
        ret->role = STR("sku");
        ret->name = zh ? STR("规格") : STR("variant");
        break;
    case COLUMN_PRODUCT_ID:
        ret->role = STR("product");
        break;
    default:
        break;
    }
    if (str_eq(ret->role, STR("dimension")) || str_eq(ret->role, STR("measure")))
        ret->role = (struct str){"", 0};
}

static int add_attr(struct source *s, const struct attr_column *a) {
    struct schema *schema = &s->schema;
    for (int i = 0; i < schema->n_attrs; i++) {
        const struct attr_column *b = &schema->attrs[i];
        if (a->kind == b->kind &&
            (a->role.len ? str_eq(a->role, b->role) : b->role.len == 0 && str_eq(a->name, b->name)))
            return i;
    }
    if (schema->n_attrs == FEEDBACK_MAX_ATTRS)
        return -1;
    schema->attrs[schema->n_attrs] = *a;
    return schema->n_attrs++;
}

static bool is_order_role(const struct source *s, struct str role, enum order_value *ret) {
    for (int v = 0; s->orders && v < N_ORDER_VALUES; v++)
        if (str_eq(orders_attr((enum order_value)v, true).role, role)) {
            *ret = (enum order_value)v;
            return true;
        }
    return false;
}

// The columns that the user named, then the known ones, then those that only look like dimensions: where there are
// more than fit, the last ones are left out.
static int attr_turn(const struct column_plan *c, const struct attr_column *a) {
    return c->by_map ? 0 : a->role.len ? 1 : 2;
}

static int **attr_slots(struct source *s) {
    int **slots = ARENA_ARRAY(&s->arena, int *, s->tables.len);
    for (size_t t = 0; t < s->tables.len; t++) {
        slots[t] = ARENA_ARRAY(&s->arena, int, s->tables.items[t].plan.n);
        for (size_t i = 0; i < s->tables.items[t].plan.n; i++)
            slots[t][i] = -1;
    }
    for (size_t t = 0; t < s->tables.len; t++) { // whom the customer spoke with
        struct attr_column agent = {STR("客服人员"), STR("agent"), ATTR_DIMENSION, false};
        if (s->options.lang == LANG_EN)
            agent.name = STR("agent");
        s->tables.items[t].agent_attr = s->tables.items[t].chat ? add_attr(s, &agent) : -1;
    }
    for (int turn = 0; turn < 3; turn++) {
        for (size_t t = 0; t < s->tables.len; t++)
            for (size_t i = 0; i < s->tables.items[t].plan.n; i++) {
                const struct column_plan *c = &s->tables.items[t].plan.columns[i];
                struct attr_column a;
                attr_identity(c, &a);
                if (c->is_attr && attr_turn(c, &a) == turn)
                    slots[t][i] = add_attr(s, &a);
            }
        for (int v = 0; turn == 1 && s->orders && v < N_ORDER_VALUES; v++) {
            struct attr_column a = orders_attr((enum order_value)v, s->options.lang == LANG_ZH);
            if (orders_has(s->orders, (enum order_value)v))
                s->order_attrs[v] = add_attr(s, &a);
        }
    }
    return slots;
}

static bool gives_something(const struct source_table *t, size_t column, const struct step *step) {
    switch (step->kind) {
    case COLUMN_IGNORE:
    case COLUMN_RECEIVER:
    case COLUMN_MESSAGE_KIND:
        return false;
    case COLUMN_DIMENSION:
        return step->attr >= 0 || step->is_channel;
    case COLUMN_MEASURE:
    case COLUMN_ADDRESS:
    case COLUMN_IP:
        return step->attr >= 0;
    case COLUMN_TIME:
    case COLUMN_FOLLOW_UP_TIME:
        return t->plan.columns[column].is_main_time;
    default:
        return true;
    }
}

// Scores of the whole come first: where there are more than fit, it is those of dimensions that are left out.
static int *score_slots(struct source *s, struct source_table *t) {
    struct table_plan *plan = &t->plan;
    int first = s->schema.n_scores;
    bool taken[FEEDBACK_MAX_SCORES] = {false};
    int *slots = ARENA_ARRAY(&s->arena, int, plan->n);
    size_t left_out = 0;
    for (size_t i = 0; i < plan->n; i++)
        slots[i] = -1;
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < plan->n; i++) {
            const struct column_plan *c = &plan->columns[i];
            if (!c->is_score || (c->score.dimension.len > 0) != turn)
                continue;
            slots[i] = add_score(s, &c->score, first, taken);
            if (slots[i] >= 0)
                taken[slots[i]] = true;
            left_out += slots[i] < 0;
        }
    if (left_out)
        source_note(s, t, "评分列太多，有 %zu 列没有计入（最多 %d 列）",
                    "%zu score columns are not counted (at most %d)", left_out,
                    FEEDBACK_MAX_SCORES);
    return slots;
}

static void make_steps(struct source *s, struct source_table *t, const int *attrs) {
    struct table_plan *plan = &t->plan;
    int *scores = score_slots(s, t);
    size_t texts = 0;
    t->steps = ARENA_ARRAY(&s->arena, struct step, plan->n);
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        struct step step = {(uint32_t)i, c->kind, scores[i], attrs[i], false, false};
        step.is_channel = c->kind == COLUMN_DIMENSION && str_eq(c->role, STR("channel"));
        step.is_region = attrs[i] >= 0 && str_eq(s->schema.attrs[attrs[i]].role, STR("region"));
        texts += c->kind == COLUMN_TEXT || c->kind == COLUMN_TITLE || c->kind == COLUMN_PROS ||
                 c->kind == COLUMN_CONS;
        if (c->is_score && step.score < 0)
            continue; // a score that found no place
        if (gives_something(t, i, &step))
            t->steps[t->n_steps++] = step;
    }
    t->joined_text = texts > 1;
}

static void merge_flags(struct schema *schema, const struct table_plan *plan) {
    schema->has_time |= plan->main_time >= 0;
    for (size_t i = 0; i < plan->n; i++) {
        enum column_kind k = plan->columns[i].kind;
        schema->has_customer |= k == COLUMN_CUSTOMER || k == COLUMN_SENDER;
        schema->has_order |= k == COLUMN_ORDER || k == COLUMN_SUB_ORDER;
        schema->has_reply |= k == COLUMN_REPLY || k == COLUMN_REPLY_STATUS;
        schema->has_follow_up |= k == COLUMN_FOLLOW_UP;
    }
}

void schema_merge(struct source *s) {
    for (int v = 0; v < N_ORDER_VALUES; v++)
        s->order_attrs[v] = -1;
    int **attrs = attr_slots(s);
    for (size_t i = 0; i < s->tables.len; i++) {
        struct source_table *t = &s->tables.items[i];
        make_steps(s, t, attrs[i]);
        merge_flags(&s->schema, &t->plan);
    }
    // A role that a file has itself is not “from the orders”, though they may fill its gaps.
    for (int a = 0; a < s->schema.n_attrs; a++) {
        enum order_value v;
        struct attr_column *attr = &s->schema.attrs[a];
        if (!attr->from_orders && is_order_role(s, attr->role, &v) && s->order_attrs[v] < 0)
            s->order_attrs[v] = a;
    }
}

// ── in words ──

static const char *keep(struct source *s, struct strbuf *sb) {
    const char *text = arena_str(&s->arena, strbuf_str(sb)).ptr;
    strbuf_reset(sb);
    return text;
}

static struct words kind_words(const struct column_plan *c) {
    static const struct words table[N_COLUMN_KINDS] = {
        [COLUMN_IGNORE] = {"未使用", "not used"},
        [COLUMN_TEXT] = {"评价文字", "feedback text"},
        [COLUMN_TITLE] = {"标题，并入文字", "title, joined to the text"},
        [COLUMN_PROS] = {"优点，并入文字", "pros, joined to the text"},
        [COLUMN_CONS] = {"缺点，并入文字", "cons, joined to the text"},
        [COLUMN_FOLLOW_UP] = {"追评", "follow-up review"},
        [COLUMN_FOLLOW_UP_TIME] = {"追评时间", "time of the follow-up"},
        [COLUMN_REPLY] = {"商家回复（不当作反馈）", "seller's reply (not feedback)"},
        [COLUMN_REPLY_STATUS] = {"回复状态", "reply status"},
        [COLUMN_SCORE] = {"评分", "score"},
        [COLUMN_NPS] = {"NPS 评分", "NPS score"},
        [COLUMN_CSAT] = {"满意度评分", "satisfaction score"},
        [COLUMN_CES] = {"费力度评分", "effort score"},
        [COLUMN_LABEL] = {"标签", "label"},
        [COLUMN_TIME] = {"时间", "time"},
        [COLUMN_CUSTOMER] = {"顾客", "customer"},
        [COLUMN_ORDER] = {"订单编号", "order number"},
        [COLUMN_SUB_ORDER] = {"子订单编号", "sub-order number"},
        [COLUMN_EXTERNAL_ID] = {"反馈编号", "id of the feedback"},
        [COLUMN_PRODUCT] = {"商品", "product"},
        [COLUMN_PRODUCT_ID] = {"商品编号", "product id"},
        [COLUMN_SKU] = {"规格", "variant"},
        [COLUMN_METADATA] = {"时间和规格", "time and variant"},
        [COLUMN_ADDRESS] = {"地址，取省份", "address, read for the region"},
        [COLUMN_IP] = {"IP，取地区", "IP address, read for the region"},
        [COLUMN_DIMENSION] = {"维度", "dimension"},
        [COLUMN_MEASURE] = {"数值", "measure"},
        [COLUMN_SENDER] = {"发送方", "sender"},
        [COLUMN_RECEIVER] = {"接收方", "receiver"},
        [COLUMN_MESSAGE_KIND] = {"消息类型", "kind of message"},
    };
    return table[c->kind];
}

static void describe_score(const struct source *s, struct strbuf *zh, struct strbuf *en,
                           const struct score_column *c) {
    if (c->is_words) {
        strbuf_addf(zh, "，文字 %.0f 档", c->high);
        strbuf_addf(en, ", words of %.0f grades", c->high);
    } else {
        strbuf_addf(zh, " %g–%g", c->low, c->high);
        strbuf_addf(en, " %g–%g", c->low, c->high);
    }
    if (c->reversed && !c->is_words) {
        strbuf_adds(zh, "，低分为好");
        strbuf_adds(en, ", lowest is best");
    }
    if (c->dimension.len) {
        struct words label = names_dimension_label(source_names(s), c->dimension);
        strbuf_addf(zh, "（%s）", label.zh ? label.zh : c->dimension.ptr);
        strbuf_addf(en, " (%.*s)", STR_ARG(c->dimension));
    }
}

static struct words describe(struct source *s, const struct column_plan *c, bool used) {
    CLEANUP(strbuf_done) struct strbuf zh = strbuf_init(KIB), en = strbuf_init(KIB);
    struct words kind = kind_words(c);
    bool other_time = c->kind == COLUMN_TIME && !c->is_main_time;
    bool attr = c->kind == COLUMN_DIMENSION || c->kind == COLUMN_MEASURE;
    strbuf_adds(&zh, attr && !used ? "未使用" : other_time ? "其他时间，未使用" : kind.zh);
    strbuf_adds(&en, attr && !used ? "not used" : other_time ? "another time, not used" : kind.en);
    if (attr && used && c->label.zh && c->role.len) {
        strbuf_addf(&zh, "：%s", c->label.zh);
        strbuf_addf(&en, ": %s", c->label.en);
    }
    if (c->is_score) {
        if (c->kind == COLUMN_LABEL) {
            strbuf_adds(&zh, "，兼作评分");
            strbuf_adds(&en, ", also the score");
        }
        describe_score(s, &zh, &en, &c->score);
    }
    if (c->is_main_time) {
        bool date = c->profile.time.timed == 0 && c->profile.time.dated > 0;
        strbuf_adds(&zh, date ? "（只有日期）" : "");
        strbuf_adds(&en, date ? " (date only)" : "");
    }
    if (used && c->profile.rows && c->profile.filled < c->profile.rows) {
        double empty = 100.0 * (c->profile.rows - c->profile.filled) / c->profile.rows;
        strbuf_addf(&zh, empty < 1 ? "，%.1f%% 空" : "，%.0f%% 空", empty);
        strbuf_addf(&en, empty < 1 ? ", %.1f%% empty" : ", %.0f%% empty", empty);
    }
    struct words w;
    w.zh = keep(s, &zh);
    w.en = keep(s, &en);
    return w;
}

static void note_column(struct source *s, struct source_table *t, const struct column_plan *c) {
    bool is_id =
        c->kind == COLUMN_ORDER || c->kind == COLUMN_EXTERNAL_ID || c->kind == COLUMN_SUB_ORDER;
    if (is_id && c->profile.lost_ids > 0)
        source_note(
            s, t,
            "“%.*s” 被表格软件改成了 1.23E+17 这样的数，不能关联订单；请把该列设为文本后重新导出",
            "\"%.*s\" was turned into numbers like 1.23E+17 by a spreadsheet and cannot be joined; export it "
            "again as text",
            STR_ARG(c->name));
    if (c->is_main_time && time_profile_is_ambiguous(&c->profile.time))
        source_note(s, t, "“%.*s” 里分不清月和日，按 %s 理解",
                    "\"%.*s\" does not tell day from month; read as %s", STR_ARG(c->name),
                    c->time.order == TIME_ORDER_DMY ? "日/月/年 d/m/y" : "月/日/年 m/d/y");
}

void schema_describe(struct source *s) {
    for (size_t i = 0; i < s->tables.len; i++) {
        struct source_table *t = &s->tables.items[i];
        struct source_info *info = &s->infos[i];
        for (size_t k = 0; k < t->plan.n; k++) {
            const struct column_plan *c = &t->plan.columns[k];
            bool used = false;
            for (size_t j = 0; j < t->n_steps; j++)
                used |= t->steps[j].column == k;
            struct str role = c->is_main_time               ? STR("time")
                              : c->role.len                 ? c->role
                              : c->kind == COLUMN_DIMENSION ? STR("dimension")
                              : c->kind == COLUMN_MEASURE   ? STR("measure")
                                                            : STR("ignore");
            double filled = c->profile.rows ? (double)c->profile.filled / c->profile.rows : 0;
            struct words meaning = describe(s, c, used);
            vec_push(&s->columns, ((struct source_column){(uint32_t)i, c->name, role, meaning,
                                                          filled, used, c->by_map}));
            if (c->kind == COLUMN_TEXT && info->text_column.len == 0)
                info->text_column = c->name;
            if (c->is_main_time)
                info->time_column = c->name;
            note_column(s, t, c);
        }
        if (s->schema.text_name.len == 0)
            s->schema.text_name = info->text_column;
        if (s->schema.time_name.len == 0)
            s->schema.time_name = info->time_column;
        info->notes = t->notes.items;
        info->n_notes = t->notes.len;
    }
}
