// SPDX-License-Identifier: Apache-2.0
// The second half of detection: every column has been judged alone; now they are weighed against each other.
#include "collect/detect.h"

static double share(const struct column_profile *p, uint32_t n) {
    return profile_share(p, n);
}

static enum column_kind dimension_or_ignore(const struct column_plan *c) {
    return detect_is_dimension(&c->profile, false) ? COLUMN_DIMENSION : COLUMN_IGNORE;
}

static double rank(const struct column_plan *c) {
    const struct column_profile *p = &c->profile;
    double r = c->name_score + 20 * (p->rows ? (double)p->filled / p->rows : 0);
    if (c->kind == COLUMN_TEXT)
        r += MIN(p->mean_chars, 40.0) / 2 - (str_eq(c->role, STR("remark")) ? 60 : 0);
    return r;
}

static void demote(struct column_plan *c) {
    c->kind = dimension_or_ignore(c);
    c->role = (struct str){"", 0};
    c->label = (struct words){NULL, NULL};
}

static void keep_best(struct table_plan *plan, enum column_kind kind) {
    struct column_plan *best = NULL;
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        if (c->kind != kind)
            continue;
        if (!best || rank(c) > rank(best)) {
            if (best)
                demote(best);
            best = c;
        } else {
            demote(c);
        }
    }
}

static void settle_texts(struct table_plan *plan) {
    size_t mapped = 0, strong = 0;
    for (size_t i = 0; i < plan->n; i++) {
        mapped += plan->columns[i].kind == COLUMN_TEXT && plan->columns[i].by_map;
        strong +=
            plan->columns[i].kind == COLUMN_TEXT && !str_eq(plan->columns[i].role, STR("remark"));
    }
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        if (c->kind == COLUMN_TEXT &&
            ((mapped && !c->by_map) || (strong && str_eq(c->role, STR("remark")))))
            demote(c);
    }
    if (!mapped && !plan->is_survey)
        keep_best(plan, COLUMN_TEXT);
    for (size_t i = 0; i < plan->n; i++) {
        enum column_kind k = plan->columns[i].kind;
        plan->n_texts += k == COLUMN_TEXT || k == COLUMN_PROS || k == COLUMN_CONS;
    }
    for (size_t i = 0; i < plan->n && plan->n_texts == 0; i++)
        if (plan->columns[i].kind == COLUMN_TITLE) {
            plan->columns[i].kind = COLUMN_TEXT;
            plan->n_texts++;
        }
}

static void settle_roles(struct table_plan *plan) {
    static const enum column_kind once[] = {
        COLUMN_TITLE,          COLUMN_PROS,       COLUMN_CONS,         COLUMN_FOLLOW_UP,
        COLUMN_FOLLOW_UP_TIME, COLUMN_REPLY,      COLUMN_REPLY_STATUS, COLUMN_LABEL,
        COLUMN_CUSTOMER,       COLUMN_ORDER,      COLUMN_SUB_ORDER,    COLUMN_EXTERNAL_ID,
        COLUMN_PRODUCT,        COLUMN_PRODUCT_ID, COLUMN_SKU,          COLUMN_METADATA,
        COLUMN_ADDRESS,        COLUMN_IP,         COLUMN_SENDER,       COLUMN_RECEIVER,
        COLUMN_MESSAGE_KIND,
    };
    settle_texts(plan);
    for (size_t i = 0; i < ARRAY_LEN(once); i++)
        keep_best(plan, once[i]);
    // Of several columns of one dimension role the fullest keeps the role.
    for (size_t i = 0; i < plan->n; i++)
        for (size_t k = 0; k < i; k++) {
            struct column_plan *a = &plan->columns[k], *b = &plan->columns[i];
            if (a->role.len == 0 || !str_eq(a->role, b->role) ||
                (a->kind != COLUMN_DIMENSION && a->kind != COLUMN_MEASURE))
                continue;
            struct column_plan *loser = rank(b) > rank(a) ? a : b;
            loser->role = (struct str){"", 0};
        }
}

static void settle_time(const struct detect_options *o, struct table_plan *plan) {
    plan->main_time = -1;
    int best = -1;
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        if (c->kind != COLUMN_TIME && c->kind != COLUMN_METADATA &&
            c->kind != COLUMN_FOLLOW_UP_TIME)
            continue;
        enum time_number said = c->time.number;
        c->time = time_profile_format(&c->profile.time, o->zone);
        if (c->by_map && said != TIME_NUMBER_NONE)
            c->time.number = said;
        int prefer = c->kind == COLUMN_METADATA         ? 90
                     : c->kind == COLUMN_FOLLOW_UP_TIME ? 0
                                                        : c->prefer;
        bool empty = c->profile.filled == 0 && !c->by_map;
        if (prefer > best && !empty && prefer > 0) {
            best = prefer;
            plan->main_time = (int)i;
        }
    }
    if (plan->main_time >= 0)
        plan->columns[plan->main_time].is_main_time = true;
}

static void settle_score(const struct detect_options *o, const struct table_plan *plan,
                         struct column_plan *c) {
    bool said = isfinite(c->score.low) && isfinite(c->score.high) && c->score.low < c->score.high &&
                (c->by_map || c->by_platform);
    struct score_column s = c->score, found = {.low = 1, .high = 5};
    const struct column_profile *p = &c->profile;
    bool ok = profile_scale(p, c->written, c->kind == COLUMN_NPS, &found);
    if (!said) {
        bool reversed = c->by_map && s.reversed;
        s.low = found.low, s.high = found.high, s.reversed = found.reversed || reversed;
    }
    s.is_words = ok && found.is_words;
    if (s.is_words)
        s.low = found.low, s.high = found.high;
    if (plan->platform && plan->platform->stars_times_ten && s.high > 10 && s.high <= 50 &&
        !c->by_map)
        s.low = 10, s.high = 50;
    s.name = c->name;
    s.metric = c->kind == COLUMN_NPS    ? METRIC_NPS
               : c->kind == COLUMN_CES  ? METRIC_CES
               : c->kind == COLUMN_CSAT ? METRIC_CSAT
                                        : METRIC_RATING;
    if (s.metric == METRIC_NPS && !c->by_map && p->n_values > 0 &&
        (s.high != 10 || (p->n_values >= 20 && p->values[p->n_values - 1] <= 5)))
        s.metric = METRIC_RATING; // called so, but not on 0–10
    if (s.metric == METRIC_RATING && p->n_values >= 20 && !said &&
        p->values[p->n_values - 1] <= 5 && s.high == 10)
        s.low = 1, s.high = 5;
    if (!c->by_map && !c->by_platform && c->kind != COLUMN_NPS && c->kind != COLUMN_CES)
        s.dimension = names_score_dimension(exports_names(o->exports), c->written);
    if (s.dimension.len && s.metric == METRIC_CSAT && !c->by_map)
        s.metric = METRIC_RATING; // 物流满意度 belongs to its dimension
    if (!s.dimension.ptr)
        s.dimension = (struct str){"", 0};
    c->score = s;
    c->is_score = true;
}

// “商品评分” beside 物流评分 and 服务评分, “服务满意度” alone: the only score of a table is of the whole.
static void settle_scores(const struct detect_options *o, struct table_plan *plan) {
    size_t whole = 0, n = 0;
    struct column_plan *only = NULL, *label = NULL;
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        if (c->kind == COLUMN_LABEL)
            label = c;
        if (c->kind < COLUMN_SCORE || c->kind > COLUMN_CES)
            continue;
        settle_score(o, plan, c);
        bool rating = c->score.metric == METRIC_RATING || c->score.metric == METRIC_CSAT;
        n += rating;
        whole += rating && c->score.dimension.len == 0;
        only = rating ? c : only;
    }
    if (n == 1 && whole == 0 && !only->by_map && !only->by_platform) {
        only->score.dimension = (struct str){"", 0};
        if (only->kind == COLUMN_CSAT)
            only->score.metric = METRIC_CSAT;
        whole = 1;
    }
    if (label && whole == 0 && share(&label->profile, label->profile.readable) >= 0.6) {
        settle_score(o, plan, label);
        label->score.dimension = (struct str){"", 0};
    }
    for (size_t i = 0; i < plan->n; i++)
        plan->has_score |= plan->columns[i].is_score;
}

static void settle_attrs(struct table_plan *plan) {
    bool has_product = false;
    for (size_t i = 0; i < plan->n; i++)
        has_product |= plan->columns[i].kind == COLUMN_PRODUCT;
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        switch (c->kind) {
        case COLUMN_DIMENSION:
            c->is_attr = c->by_map || detect_is_dimension(&c->profile, c->role.len > 0);
            break;
        case COLUMN_MEASURE:
            c->is_attr = c->profile.filled > 0;
            break;
        case COLUMN_PRODUCT:
        case COLUMN_SKU:
            c->is_attr = detect_is_dimension(&c->profile, true);
            break;
        case COLUMN_PRODUCT_ID:
            c->is_attr = !has_product && detect_is_dimension(&c->profile, true);
            break;
        case COLUMN_IP: // the region stands in brackets, or not at all
            c->is_attr = c->profile.with_han > 0;
            break;
        case COLUMN_ADDRESS:
        case COLUMN_METADATA:
            c->is_attr = c->profile.filled > 0;
            break;
        default:
            break;
        }
        if (c->kind == COLUMN_EXTERNAL_ID || c->kind == COLUMN_ORDER || c->kind == COLUMN_SUB_ORDER)
            c->unique_id = !c->profile.serial && c->profile.mean_chars >= 6 &&
                           c->profile.lost_ids == 0 &&
                           c->profile.distinct * 50 >= c->profile.filled * 49;
    }
}

void detect_settle(const struct detect_options *o, struct table_plan *plan) {
    settle_roles(plan);
    settle_time(o, plan);
    settle_scores(o, plan);
    settle_attrs(plan);
}
