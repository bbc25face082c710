// SPDX-License-Identifier: Apache-2.0
#include "collect/source_chat.h"

#include "base/strbuf.h"
#include "base/vec.h"
#include "collect/cell.h"

struct talk {
    struct conversation c; // cells owned; strings in the buffers below
    struct strbuf text, reply;
    char *customer, *agent;
    uint64_t pair;
    int64_t last_us;
    size_t at; // index into talks while it is open
};

struct chat {
    int sender, receiver, kind, text, time; // columns, −1 = not there
    struct time_format format;
    struct dict staff;
    struct {
        VEC(struct talk *);
    } talks; // the open ones in the order they began; NULL once over
    struct {
        VEC(struct talk *);
    } ready;       // over, in the order they ended
    size_t taken;  // of ready
    size_t oldest; // of talks: all before it are NULL
    size_t n_open;
    struct map_u64 open; // pair → index into talks
};

static struct str cell_at(const struct row *r, int column) {
    return column >= 0 && (size_t)column < r->n ? cell_value(r->cells[column])
                                                : (struct str){"", 0};
}

static bool is_customer_id(struct str s) { // the ids of outside contacts in WeCom archives
    return s.len >= 20 && (str_starts(s, STR("wm")) || str_starts(s, STR("wo")));
}

static bool is_staff_name(struct str s) {
    static const struct str words[] = {STR_INIT("客服"),    STR_INIT("小二"),   STR_INIT("官方"),
                                       STR_INIT("坐席"),    STR_INIT("顾问"),   STR_INIT("agent"),
                                       STR_INIT("service"), STR_INIT("support")};
    char buf[128];
    struct str folded = cell_fold(s, buf, sizeof buf);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_has(folded, words[i]))
            return true;
    return false;
}

// Whoever talks with more than one in the sample is staff.
static void learn_staff(struct chat *c, const struct row *rows, size_t n) {
    CLEANUP(map_u64_done) struct map_u64 partner = {0};
    for (size_t i = 0; i < n; i++) {
        struct str ends[2] = {cell_at(&rows[i], c->sender), cell_at(&rows[i], c->receiver)};
        for (int k = 0; k < 2; k++) {
            uint64_t key = str_hash(ends[k]), other = str_hash(ends[1 - k]), before;
            if (ends[k].len == 0 || ends[1 - k].len == 0 || is_customer_id(ends[k]))
                continue;
            if (is_staff_name(ends[k]) || (map_u64_get(&partner, key, &before) && before != other))
                dict_add(&c->staff, ends[k]);
            map_u64_put(&partner, key, other);
        }
    }
}

struct chat *chat_new(const struct table_plan *plan, const struct row *sample, size_t n) {
    struct chat *c = NEW(struct chat);
    c->sender = c->receiver = c->kind = c->text = -1;
    c->time = plan->main_time;
    for (size_t i = 0; i < plan->n; i++) {
        enum column_kind k = plan->columns[i].kind;
        int *column = k == COLUMN_SENDER         ? &c->sender
                      : k == COLUMN_RECEIVER     ? &c->receiver
                      : k == COLUMN_MESSAGE_KIND ? &c->kind
                      : k == COLUMN_TEXT         ? &c->text
                                                 : NULL;
        if (column)
            *column = (int)i;
    }
    if (c->sender < 0 || c->text < 0) {
        chat_free(c);
        return NULL;
    }
    if (c->time >= 0)
        c->format = plan->columns[c->time].time;
    learn_staff(c, sample, n);
    return c;
}

static void talk_free(struct talk *t) {
    if (!t)
        return;
    for (uint32_t i = 0; i < t->c.n_cells; i++)
        free((void *)(uintptr_t)t->c.cells[i].ptr);
    free(t->c.cells);
    strbuf_done(&t->text);
    strbuf_done(&t->reply);
    free(t->customer);
    free(t->agent);
    free(t);
}

void chat_free(struct chat *c) {
    if (!c)
        return;
    for (size_t i = 0; i < c->talks.len; i++)
        talk_free(c->talks.items[i]);
    for (size_t i = c->taken; i < c->ready.len; i++)
        talk_free(c->ready.items[i]);
    vec_done(&c->talks);
    vec_done(&c->ready);
    map_u64_done(&c->open);
    dict_done(&c->staff);
    free(c);
}

static struct talk *begin(struct chat *c, const struct row *row, struct str customer,
                          struct str agent, uint64_t pair) {
    struct talk *t = NEW(struct talk);
    t->text = strbuf_init(CHAT_MAX_TEXT);
    t->reply = strbuf_init(CHAT_MAX_TEXT);
    t->customer = str_dup(customer);
    t->agent = str_dup(agent);
    t->pair = pair;
    t->c.row = row->number;
    t->c.occurred_us = TIME_NONE;
    t->c.cells = NEW_ARRAY(struct str, row->n);
    t->c.n_cells = (uint32_t)row->n;
    for (size_t i = 0; i < row->n; i++)
        t->c.cells[i] = (struct str){str_dup(row->cells[i]), row->cells[i].len};
    t->at = c->talks.len;
    map_u64_put(&c->open, pair, t->at);
    vec_push(&c->talks, t);
    c->n_open++;
    return t;
}

static void close_talk(struct chat *c, struct talk *t) {
    c->talks.items[t->at] = NULL;
    c->n_open--;
    map_u64_put(&c->open, t->pair, UINT64_MAX);
    vec_push(&c->ready, t);
}

// Moves past those that are over, so that the list stays as long as what is open.
static void drop_over(struct chat *c) {
    while (c->oldest < c->talks.len && !c->talks.items[c->oldest])
        c->oldest++;
    if (c->oldest < 1024 || c->oldest * 2 < c->talks.len)
        return;
    size_t n = 0;
    for (size_t i = c->oldest; i < c->talks.len; i++) {
        struct talk *t = c->talks.items[i];
        if (!t)
            continue;
        t->at = n;
        c->talks.items[n++] = t;
        map_u64_put(&c->open, t->pair, t->at);
    }
    c->talks.len = n;
    c->oldest = 0;
}

static bool is_text_kind(struct str kind) {
    return kind.len == 0 || str_eq(kind, STR("文本")) || str_eq(kind, STR("文字")) ||
           str_eq_nocase(kind, STR("text")) || str_eq(kind, STR("文本消息"));
}

static void add_line(struct strbuf *sb, struct str s) {
    if (s.len == 0 || sb->len + s.len + 1 >= CHAT_MAX_TEXT)
        return;
    if (sb->len)
        strbuf_addc(sb, '\n');
    strbuf_add(sb, s);
}

void chat_add(struct chat *c, const struct row *row) {
    struct str from = cell_at(row, c->sender), to = cell_at(row, c->receiver);
    bool from_staff = dict_find(&c->staff, from) != DICT_NONE || is_staff_name(from);
    bool to_staff = dict_find(&c->staff, to) != DICT_NONE || is_staff_name(to);
    if (from_staff && to_staff)
        from_staff =
            !is_customer_id(to) && str_hash(from) < str_hash(to); // colleagues: either end will do
    struct str customer = from_staff ? to : from, agent = from_staff ? from : to;
    uint64_t pair = hash_u64(str_hash(customer) * 31 + str_hash(agent)), at = UINT64_MAX;
    struct timestamp time = {TIME_NONE, false};
    bool known = c->time >= 0 && timestamp_parse(&c->format, cell_at(row, c->time), &time);
    struct talk *t = NULL;
    if (map_u64_get(&c->open, pair, &at) && at != UINT64_MAX)
        t = c->talks.items[at];
    if (t && known && t->last_us != TIME_NONE && llabs(time.us - t->last_us) > CHAT_GAP) {
        close_talk(c, t);
        t = NULL;
    }
    if (!t && c->n_open >= CHAT_MAX_OPEN) {
        drop_over(c);
        close_talk(c, c->talks.items[c->oldest]);
    }
    drop_over(c);
    if (!t) {
        t = begin(c, row, customer, agent, pair);
    }
    if (t->c.occurred_us == TIME_NONE && known) {
        t->c.occurred_us = time.us;
        t->c.date_only = time.date_only;
    }
    t->last_us = known ? time.us : t->c.n_rows ? t->last_us : TIME_NONE;
    t->c.n_rows++;
    struct str text =
        is_text_kind(cell_at(row, c->kind)) ? cell_at(row, c->text) : (struct str){"", 0};
    add_line(from_staff ? &t->reply : &t->text, text);
    t->c.replied = from_staff && t->text.len > 0;
}

void chat_end(struct chat *c) {
    for (size_t i = c->oldest; i < c->talks.len; i++)
        if (c->talks.items[i])
            close_talk(c, c->talks.items[i]);
}

bool chat_take(struct chat *c, struct arena *arena, struct conversation *ret) {
    if (c->taken == c->ready.len)
        return false;
    struct talk *t = c->ready.items[c->taken++];
    *ret = t->c;
    ret->text = arena_str(arena, strbuf_str(&t->text));
    ret->reply = arena_str(arena, strbuf_str(&t->reply));
    ret->customer = arena_str(arena, str_from(t->customer));
    ret->agent = arena_str(arena, str_from(t->agent));
    ret->cells = ARENA_ARRAY(arena, struct str, t->c.n_cells);
    for (uint32_t i = 0; i < t->c.n_cells; i++)
        ret->cells[i] = arena_str(arena, t->c.cells[i]);
    talk_free(t);
    if (c->taken == c->ready.len)
        c->ready.len = c->taken = 0;
    return true;
}
