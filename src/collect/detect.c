// SPDX-License-Identifier: Apache-2.0
#include "collect/detect.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "collect/cell.h"

static double share(const struct column_profile *p, uint32_t n) {
    return profile_share(p, n);
}

bool detect_fits(enum column_kind kind, const struct column_profile *p) {
    if (p->filled == 0)
        return true; // nothing speaks against the name
    bool hidden = share(p, p->links) > 0.5 || share(p, p->personal) > 0.5;
    switch (kind) {
    case COLUMN_TEXT:
    case COLUMN_TITLE:
    case COLUMN_PROS:
    case COLUMN_CONS:
    case COLUMN_FOLLOW_UP: {
        bool judged = share(p, p->readable) > 0.9 && p->distinct <= 12 && p->filled >= 8;
        return !hidden && !judged && share(p, p->numbers) < 0.6 &&
               time_profile_share(&p->time, false) < 0.8;
    }
    case COLUMN_REPLY:
        return !hidden && share(p, p->numbers) < 0.6 && !(p->max_chars <= 4 && p->distinct <= 3);
    case COLUMN_SCORE:
    case COLUMN_NPS:
    case COLUMN_CSAT:
    case COLUMN_CES: {
        struct score_column unused = {0};
        return profile_scale(p, STR(""), kind == COLUMN_NPS, &unused);
    }
    case COLUMN_LABEL:
        return p->distinct <= 20 && p->mean_chars <= 12;
    case COLUMN_TIME:
    case COLUMN_FOLLOW_UP_TIME:
        return time_profile_share(&p->time, true) >= 0.4;
    case COLUMN_METADATA:
        return time_profile_share(&p->time, false) >= 0.5;
    case COLUMN_REPLY_STATUS:
        return p->distinct <= 12 && p->mean_chars <= 12;
    case COLUMN_ORDER:
    case COLUMN_SUB_ORDER:
    case COLUMN_EXTERNAL_ID:
        return p->mean_chars <= 64 && share(p, p->sentences) < 0.2 && share(p, p->links) < 0.5;
    case COLUMN_CUSTOMER:
        return p->mean_chars <= 40 && share(p, p->links) < 0.5;
    case COLUMN_PRODUCT:
    case COLUMN_PRODUCT_ID:
    case COLUMN_SKU:
        return p->mean_chars <= 120 && share(p, p->links) < 0.5;
    case COLUMN_DIMENSION:
        return !hidden && p->mean_chars <= 40;
    case COLUMN_MEASURE:
        return share(p, p->amounts) >= 0.6;
    default:
        return true;
    }
}

bool detect_is_dimension(const struct column_profile *p, bool named) {
    uint32_t n = p->filled, d = p->distinct;
    if (n == 0 || share(p, p->links) > 0.2 || share(p, p->personal) > 0.2 ||
        share(p, p->masked) > 0.5 || p->lost_ids > 0 || p->joined > 0 ||
        (!named && share(p, p->codes) > 0.5 && d > 12))
        return false;
    if (named)
        return p->mean_chars <= 40 && (n < 20 || d <= n * 6 / 10);
    double longest =
        share(p, p->with_han) > 0.5 ? 16 : 40; // a Latin word is some three characters of Chinese
    if (p->mean_chars > longest || share(p, p->sentences) > 0.3 || d < 2 || n * 20 < p->rows)
        return false;
    if (n < 12)
        return d * 2 <= n;
    return d <= MAX(n / 5, 3u) && d <= 60;
}

// ── names ──

static void take_role(struct column_plan *c, const struct role *r, int score) {
    c->kind = r->kind;
    c->role = r->code;
    c->label = r->label;
    c->prefer = r->prefer;
    c->name_score = score;
}

static bool is_pending(const struct column_plan *c) {
    return c->kind == N_COLUMN_KINDS;
}

static enum column_kind dimension_or_ignore(const struct column_plan *c) {
    return detect_is_dimension(&c->profile, false) ? COLUMN_DIMENSION : COLUMN_IGNORE;
}

bool detect_map_fits(const struct mapping_entry *e, const struct header *h) {
    if (e->number)
        return e->number <= h->n;
    for (size_t i = 0; i < h->n; i++)
        if (str_eq(str_trim(h->written[i]), e->column) || str_eq(h->names[i], e->column))
            return true;
    return false;
}

static bool is_column(const struct mapping_entry *e, const struct header *h, size_t i) {
    return e->number ? e->number == i + 1
                     : str_eq(str_trim(h->written[i]), e->column) || str_eq(h->names[i], e->column);
}

static bool apply_map(const struct detect_options *o, struct table_plan *plan, struct error *err) {
    for (size_t k = 0; o->map && k < o->map->len; k++) {
        const struct mapping_entry *e = &o->map->items[k];
        const struct role *r = names_role(exports_names(o->exports), e->role);
        bool generic = str_eq(e->role, STR("dimension")) || str_eq(e->role, STR("measure")) ||
                       str_eq(e->role, STR("ignore"));
        if (!r && !generic) {
            error_set(
                err, ERROR_USAGE,
                "--map 里的角色 “%.*s” 没有；可用 text、score、time、order、region、dimension 等",
                "--map: there is no role \"%.*s\"; use text, score, time, order, region, dimension …",
                STR_ARG(e->role));
            return error_field(err, "map");
        }
        for (size_t i = 0; i < plan->n; i++) {
            struct column_plan *c = &plan->columns[i];
            if (!is_column(e, &plan->header, i))
                continue;
            c->role = (struct str){"", 0};
            if (r)
                take_role(c, r, 1000);
            else
                c->kind = str_eq(e->role, STR("dimension")) ? COLUMN_DIMENSION
                          : str_eq(e->role, STR("measure")) ? COLUMN_MEASURE
                                                            : COLUMN_IGNORE;
            c->by_map = true;
            c->prefer = 1000;
            c->name_score = 1000;
            c->score.dimension = e->dimension;
            c->score.low = e->low;
            c->score.high = e->high;
            c->score.reversed = e->reversed;
            c->time.number = e->from_1904 ? TIME_NUMBER_SERIAL_1904 : TIME_NUMBER_NONE;
        }
    }
    return true;
}

static void apply_platform(const struct detect_options *o, struct table_plan *plan) {
    for (size_t i = 0; i < plan->n && plan->platform; i++) {
        struct column_plan *c = &plan->columns[i];
        const struct platform_column *p = platform_column(plan->platform, c->written);
        if (!p || !is_pending(c))
            continue;
        const struct role *r = names_role(exports_names(o->exports), p->role);
        enum column_kind kind = r                                ? r->kind
                                : str_eq(p->role, STR("ignore")) ? COLUMN_IGNORE
                                                                 : COLUMN_DIMENSION;
        if (!detect_fits(kind, &c->profile))
            continue; // the values say otherwise: judged like any other column
        if (r)
            take_role(c, r, 500);
        c->kind = kind;
        c->role = p->role;
        c->by_platform = true;
        c->name_score = 500;
        c->score.dimension = p->dimension;
        c->score.low = p->low;
        c->score.high = p->high;
        c->score.reversed = p->reversed;
    }
}

// Names without a score of their own that are scores if their values are: 口味, 环境, service.
static bool is_dimension_score(const struct detect_options *o, const struct column_plan *c) {
    const struct column_profile *p = &c->profile;
    const struct names *names = exports_names(o->exports);
    struct score_column scale = {0};
    if (p->filled == 0 || c->written.len > 48 || p->serial || share(p, p->readable) < 0.9 ||
        p->mean_chars > 8 || p->distinct > 60 || p->one_sided_words || p->yes_no_words)
        return false;
    return names_score_dimension(names, c->written).len > 0 &&
           !names_is_quantity(names, c->written) && profile_scale(p, c->written, false, &scale) &&
           (scale.is_words || scale.high <= 10) && scale.high > 1;
}

// A few short phrases over and over are a state, not an answer.
static bool is_status(const struct column_profile *p) {
    return p->filled > 0 &&
           (p->max_chars <= 4 || (p->distinct <= 12 && p->distinct * 20 <= p->filled));
}

static void apply_names(const struct detect_options *o, struct table_plan *plan) {
    const struct names *names = exports_names(o->exports);
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        struct name_match best[NAMES_MAX_MATCHES];
        if (!is_pending(c) || c->written.len == 0)
            continue;
        size_t n = names_match(names, c->written, best);
        for (size_t k = 0; k < n && is_pending(c); k++)
            if (detect_fits(best[k].role->kind, &c->profile) &&
                !(best[k].role->kind == COLUMN_PRODUCT && is_dimension_score(o, c)))
                take_role(c, best[k].role, best[k].score);
        if (c->kind == COLUMN_REPLY && is_status(&c->profile))
            c->kind = COLUMN_REPLY_STATUS, c->role = STR("reply_status");
        bool weak = is_pending(c) || c->name_score <= 100;
        if (weak && c->kind != COLUMN_CSAT && c->kind != COLUMN_NPS && c->kind != COLUMN_CES &&
            is_dimension_score(o, c))
            take_role(c, names_role(names, STR("score")), 60);
    }
}

// ── values alone ──

static double text_likeness(const struct column_profile *p) {
    if (p->filled == 0 || share(p, p->numbers) > 0.2 || share(p, p->links) > 0.2 ||
        share(p, p->personal) > 0.2 || share(p, p->codes) > 0.3 ||
        time_profile_share(&p->time, true) > 0.5)
        return 0;
    double written = MAX(share(p, p->sentences), share(p, p->long_cells) / 2);
    double different = share(p, p->distinct);
    bool wordy =
        share(p, p->sentences) >= 0.08 || p->mean_chars >= 15 ||
        (share(p, p->with_han) > 0.5 && p->mean_chars >= 6); // more than names and short codes
    if (!wordy || (different < 0.3 && p->filled > 20))
        return 0;
    return (0.2 + written) * (0.1 + different) * MIN(p->mean_chars, 200.0);
}

static void find_text(struct table_plan *plan) {
    struct column_plan *best = NULL;
    double most = 0;
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        if (c->kind == COLUMN_TEXT)
            return;
        if (!is_pending(c) && c->kind != COLUMN_TITLE)
            continue;
        double likeness = text_likeness(&c->profile) + (c->kind == COLUMN_TITLE ? 1 : 0);
        if (likeness > most) {
            most = likeness;
            best = c;
        }
    }
    if (best) {
        best->kind = COLUMN_TEXT;
        best->role = STR("text");
    }
}

static bool is_scored(const struct column_plan *c) {
    return c->kind == COLUMN_SCORE || c->kind == COLUMN_NPS || c->kind == COLUMN_CSAT ||
           c->kind == COLUMN_LABEL;
}

// Stars, words of judgement and fractions are scores wherever they stand.
static bool looks_judged(const struct column_profile *p) {
    return p->stars + p->fractions > p->filled / 2 ||
           (p->words > p->filled / 2 &&
            (p->extreme_words || (p->middle_words && !p->one_sided_words)));
}

// Plain numbers are scores only where no column is named one and they look like nothing else.
static bool looks_numbered(const struct column_profile *p) {
    struct score_column scale = {0};
    return p->n_values == p->filled && p->distinct >= 3 && p->distinct <= 11 && !p->serial &&
           p->filled >= 5 && profile_scale(p, STR(""), false, &scale) && scale.high == 5 &&
           p->values[p->n_values - 1] == 5;
}

static void find_score(struct table_plan *plan) {
    bool scored = false;
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        const struct column_profile *p = &c->profile;
        if (is_pending(c) && p->filled > 0 && share(p, p->readable) >= 0.9) {
            if (looks_judged(p))
                c->kind = COLUMN_SCORE, c->role = STR("score");
            else if (p->one_sided_words && !p->yes_no_words && p->words * 10 >= p->filled * 9 &&
                     p->mean_chars >= 2)
                c->kind = COLUMN_LABEL, c->role = STR("label");
        }
        scored |= is_scored(c);
    }
    for (size_t i = 0; i < plan->n && !scored; i++) {
        struct column_plan *c = &plan->columns[i];
        if (is_pending(c) && c->profile.filled > 0 && looks_numbered(&c->profile)) {
            c->kind = COLUMN_SCORE;
            c->role = STR("score");
            scored = true;
        }
    }
}

static void apply_values(struct table_plan *plan) {
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        if (is_pending(c) && time_profile_share(&c->profile.time, false) >= 0.8) {
            c->kind = COLUMN_TIME;
            c->role = STR("other_time");
            c->prefer = 30;
        }
    }
    find_text(plan);
    find_score(plan);
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        const struct column_profile *p = &c->profile;
        if (!is_pending(c))
            continue;
        bool open_answer = plan->is_survey && text_likeness(p) > 0 &&
                           !detect_is_dimension(p, false) && share(p, p->distinct) > 0.4;
        if (open_answer) {
            c->kind = COLUMN_TEXT;
            c->role = STR("text");
            c->name_score = 50;
        } else if (p->n_values == p->filled && p->filled > 0 && p->distinct > 12 && !p->serial &&
                   share(p, p->codes) < 0.1 && share(p, p->lost_ids) == 0 &&
                   share(p, p->personal) < 0.1) {
            c->kind = COLUMN_MEASURE;
        } else {
            c->kind = dimension_or_ignore(c);
        }
    }
}

static bool is_question(const struct column_plan *c) {
    struct str s = c->written;
    size_t i = 0;
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
        i++;
    bool numbered = i > 0 && i <= 3 &&
                    (str_starts(str_slice(s, i, s.len), STR("、")) ||
                     str_starts(str_slice(s, i, s.len), STR(".")));
    return numbered || str_ends(s, STR("？")) || str_ends(s, STR("?"));
}

static bool no_text(const struct detect_options *o, const struct table_plan *plan,
                    struct error *err) {
    CLEANUP(strbuf_done) struct strbuf list = strbuf_init(300);
    for (size_t i = 0; i < plan->n && i < 12; i++) {
        struct str name = utf8_cut(plan->columns[i].name, 12);
        if (list.len + name.len + 8 > 280)
            break;
        if (i)
            strbuf_adds(&list, "、");
        strbuf_add(&list, name);
    }
    struct str first = plan->n ? utf8_cut(plan->columns[plan->n - 1].name, 12) : STR("");
    error_set(
        err, ERROR_FORMAT, "%.*s 里没有找到评价文字或评分。列有：%s。请指明，例如 --map text=%.*s",
        "%.*s: no column of feedback text or scores. Columns: %s. Name one, for example --map text=%.*s",
        (int)MIN(o->name.len, (size_t)60), o->name.ptr ? o->name.ptr : "", strbuf_cstr(&list),
        STR_ARG(first));
    return error_field(err, "map");
}

bool detect_table(const struct detect_options *o, const struct row *rows, size_t n,
                  struct arena *arena, struct table_plan *ret, struct error *err) {
    struct table_plan plan = {.main_time = -1};
    plan.header = header_find(o->exports, rows, n, o->keyed, o->plain, arena);
    plan.n = plan.header.n;
    plan.columns = ARENA_ARRAY(arena, struct column_plan, plan.n);
    plan.platform = exports_recognise(o->exports, plan.header.written, plan.n);
    const struct row *data = rows + plan.header.data_from;
    size_t n_data = n - plan.header.data_from;
    if (plan.n > 512) // wide tables: the same work, fewer rows
        n_data = MIN(n_data, (size_t)(512 * 1000) / plan.n);
    size_t questions = 0;
    for (size_t i = 0; i < plan.n; i++) {
        struct column_plan *c = &plan.columns[i];
        c->name = plan.header.names[i];
        c->written = plan.header.written[i];
        c->kind = N_COLUMN_KINDS;
        c->score.low = c->score.high = NAN;
        c->profile = profile_column(data, n_data, i, arena);
        questions += is_question(c);
    }
    plan.is_survey = questions >= 2 || (plan.platform && (plan.platform->kind == PLATFORM_SURVEY));
    if (!apply_map(o, &plan, err))
        return false;
    apply_platform(o, &plan);
    if (o->plain && plan.n && is_pending(&plan.columns[0]))
        plan.columns[0].kind = COLUMN_TEXT, plan.columns[0].role = STR("text");
    apply_names(o, &plan);
    apply_values(&plan);
    detect_settle(o, &plan);
    if (!o->orders && plan.n_texts == 0 && !plan.has_score)
        return no_text(o, &plan, err);
    *ret = plan;
    return true;
}
