// SPDX-License-Identifier: Apache-2.0
#include "collect/import_record.h"

#include <math.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "collect/cell.h"
#include "collect/intake.h"

#define MAX_FILES_COLUMNS 16 // columns of one file that name the customer
#define SCORE_BYTES       60 // as record_parse takes

// A column of a file that says who the customer is, beside struct feedback's own member.
struct customer_column {
    uint32_t column;
    size_t member; // offset in struct record_customer
};

struct file_map {
    struct customer_column columns[MAX_FILES_COLUMNS];
    size_t n_columns;
    size_t name_member; // where struct feedback's customer goes
};

struct import_mapper {
    const struct source *source;
    const struct schema *schema;
    const struct source_info *infos;
    struct file_map *files;
    struct record_attr attrs[FEEDBACK_MAX_ATTRS]; // name, role; name "" for one that is left out
    struct map_u64 seen;                          // hash of identity → how many
    struct arena arena;
};

#define NAME_MEMBER     offsetof(struct record_customer, name)
#define EXTERNAL_MEMBER offsetof(struct record_customer, external_id)

static bool has_word(struct str folded, const char *const *words) {
    for (size_t i = 0; words[i]; i++)
        if (str_has(folded, str_from(words[i])))
            return true;
    return false;
}

// What a header of a customer column promises: an id that stays the same, or a name.
static size_t member_of_header(struct str header) {
    static const char *const ids[] = {"id", "编号", "卡号", "账号", "帐号", "no", NULL};
    static const char *const openid[] = {"openid", NULL}, *const unionid[] = {"unionid", NULL};
    char buf[120];
    struct str folded = cell_fold(header, buf, sizeof buf);
    if (has_word(folded, openid))
        return offsetof(struct record_customer, openid);
    if (has_word(folded, unionid))
        return offsetof(struct record_customer, unionid);
    return has_word(folded, ids) ? EXTERNAL_MEMBER : NAME_MEMBER;
}

static bool is_email_header(struct str header) {
    static const char *const words[] = {"email", "e-mail", "mail", "邮箱", NULL};
    char buf[120];
    return has_word(cell_fold(header, buf, sizeof buf), words);
}

static void map_column(struct import_mapper *m, const struct source_column *c, uint32_t number) {
    struct file_map *f = &m->files[c->file];
    size_t member = SIZE_MAX;
    if (str_eq(c->role, STR("customer")) && c->used)
        f->name_member = member_of_header(c->name);
    else if (str_eq(c->role, STR("phone")))
        member = offsetof(struct record_customer, phone);
    else if (str_eq(c->role, STR("identity")) && is_email_header(c->name))
        member = offsetof(struct record_customer, email);
    if (member != SIZE_MAX && f->n_columns < MAX_FILES_COLUMNS)
        f->columns[f->n_columns++] = (struct customer_column){number, member};
}

static void map_attrs(struct import_mapper *m) {
    for (int i = 0; i < m->schema->n_attrs; i++) {
        const struct attr_column *c = &m->schema->attrs[i];
        struct str name = arena_str(&m->arena, utf8_cut(str_trim(c->name), RECORD_MAX_KEY));
        for (int k = 0; k < i; k++)
            if (str_eq(m->attrs[k].name, name))
                name.len = 0; // two names that differ only beyond what we keep
        m->attrs[i] = (struct record_attr){.name = name, .role = c->role};
    }
}

struct import_mapper *import_mapper_new(const struct source *s) {
    struct import_mapper *m = NEW(struct import_mapper);
    size_t n_files, n_columns;
    m->source = s;
    m->schema = source_schema(s);
    m->infos = source_files(s, &n_files);
    m->files = ARENA_ARRAY(&m->arena, struct file_map, n_files);
    for (size_t i = 0; i < n_files; i++)
        m->files[i].name_member = NAME_MEMBER;
    const struct source_column *columns = source_columns(s, &n_columns);
    uint32_t number = 0;
    for (size_t i = 0; i < n_columns; i++) {
        number = i > 0 && columns[i].file == columns[i - 1].file ? number + 1 : 0;
        map_column(m, &columns[i], number);
    }
    map_attrs(m);
    return m;
}

void import_mapper_free(struct import_mapper *m) {
    if (!m)
        return;
    map_u64_done(&m->seen);
    arena_done(&m->arena);
    free(m);
}

// ── one feedback ──

static struct str cut(struct str s, size_t most, const struct words *name, struct words *ret_cut) {
    if (s.len <= most)
        return s;
    struct str kept = utf8_cut(s, most);
    if (kept.len < s.len)
        *ret_cut = *name;
    return kept;
}

static bool is_masked(struct str s) {
    return str_find_char(s, '*') != STR_NONE;
}

static void take_customer(const struct import_mapper *m, const struct feedback *f,
                          struct record_customer *c) {
    const struct file_map *map = &m->files[f->file];
    for (size_t i = 0; i < map->n_columns; i++) {
        const struct customer_column *column = &map->columns[i];
        if (column->column >= f->n_cells)
            continue;
        struct str value = cell_value(f->cells[column->column]);
        struct str *member = (struct str *)((char *)c + column->member);
        size_t most = column->member == offsetof(struct record_customer, phone) ? 40 : 255;
        if (member->len == 0 && value.len && value.len <= most && !is_masked(value) &&
            !cell_is_lost_id(value))
            *member = value;
    }
    struct str who = utf8_cut(f->customer, 255);
    // A masked id (“t***8”) is shared by many: it is a name.
    bool id = map->name_member != NAME_MEMBER && !is_masked(who) && !cell_is_lost_id(who);
    *(struct str *)((char *)c + (id ? map->name_member : NAME_MEMBER)) = who;
}

static void take_scores(const struct import_mapper *m, const struct feedback *f, struct arena *a,
                        struct record *r) {
    struct record_score *scores = ARENA_ARRAY(a, struct record_score, f->n_scores);
    for (int i = 0; i < f->n_scores; i++) {
        const struct score_column *c = &m->schema->scores[f->scores[i].column];
        if (f->scores[i].raw.len == 0 || f->scores[i].raw.len > SCORE_BYTES)
            continue;
        scores[r->n_scores++] = (struct record_score){.metric = c->metric,
                                                      .value = f->scores[i].raw,
                                                      .low = c->low,
                                                      .high = c->high,
                                                      .reversed = c->reversed,
                                                      .dimension = c->dimension};
    }
    r->scores = scores;
}

static void take_attrs(const struct import_mapper *m, const struct feedback *f, struct arena *a,
                       struct record *r, struct words *ret_cut) {
    static const struct words name = {"维度的值", "the value of a dimension"};
    struct record_attr *attrs = ARENA_ARRAY(a, struct record_attr, (size_t)m->schema->n_attrs);
    for (int i = 0; i < m->schema->n_attrs; i++) {
        struct number_cell number;
        if (f->attrs[i].len == 0 || m->attrs[i].name.len == 0)
            continue;
        struct record_attr *attr = &attrs[r->n_attributes++];
        *attr = m->attrs[i];
        attr->value = cut(f->attrs[i], RECORD_MAX_VALUE, &name, ret_cut);
        if (m->schema->attrs[i].kind == ATTR_MEASURE && number_cell_parse(attr->value, &number) &&
            isfinite(number.value)) {
            attr->kind = RECORD_ATTR_NUMBER;
            attr->value = arena_printf(a, "%.15g", number.value);
        }
    }
    r->attributes = attrs;
}

// A channel that a column or a known export names is the same in every export; one that only the file's name tells
// is not, and would make the next export, under another name, other feedback.
static void take_source(const struct import_mapper *m, const struct feedback *f, struct record *r) {
    const struct source_info *info = &m->infos[f->file];
    struct words known = source_channel_words(m->source, f->channel);
    r->channel = known.zh ? str_from(known.zh) : utf8_cut(f->channel, 100);
    bool by_column = !str_eq(f->channel, info->channel);
    struct str code = by_column && known.zh ? f->channel : info->origin;
    r->source = code.len ? code : STR("import");
}

// How many-th of the same in the file, from 1.
static uint32_t count(struct import_mapper *m, uint64_t key) {
    uint64_t before = 0;
    if (!map_u64_get(&m->seen, key, &before))
        before = 0;
    map_u64_put(&m->seen, key, before + 1);
    return (uint32_t)MIN(before + 1, (uint64_t)UINT32_MAX);
}

static uint32_t identify(struct import_mapper *m, const struct feedback *f, struct arena *a,
                         struct record *r) {
    struct str id = utf8_cut(f->external_id, 240);
    if (id.len == 0 || !m->infos[f->file].external_ids || cell_is_lost_id(id))
        return count(m, intake_identity(r));
    uint64_t key = hash_u64(str_hash(r->source) * 31 + str_hash(id));
    uint32_t nth = count(m, key);
    // One review of several products, or a second opinion under the same id: none takes the place of the other.
    r->external_id = nth == 1 ? id : arena_printf(a, "%.*s~%u", STR_ARG(id), nth);
    return nth;
}

uint32_t import_mapper_next(struct import_mapper *m, const struct feedback *f, struct arena *a,
                            struct record *ret, struct words *ret_cut) {
    static const struct words text = {"评价文字", "the text"}, more = {"追评", "the follow-up"},
                              reply = {"商家回复", "the reply"};
    *ret_cut = (struct words){NULL, NULL};
    *ret = (struct record){
        .text = cut(f->text, RECORD_MAX_TEXT, &text, ret_cut),
        .follow_up = cut(f->follow_up, RECORD_MAX_TEXT, &more, ret_cut),
        .reply = cut(f->reply, RECORD_MAX_TEXT, &reply, ret_cut),
        .label = utf8_cut(f->label, 200),
        .product = utf8_cut(f->product, 255),
        .order = cell_is_lost_id(f->order) ? (struct str){"", 0} : utf8_cut(f->order, 255),
        .occurred_us = f->occurred_us,
        .date_only = f->date_only,
        .replied = f->replied,
    };
    take_source(m, f, ret);
    take_customer(m, f, &ret->customer);
    take_scores(m, f, a, ret);
    take_attrs(m, f, a, ret, ret_cut);
    return identify(m, f, a, ret);
}
