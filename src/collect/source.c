// SPDX-License-Identifier: Apache-2.0
#include "collect/source.h"

#include <sys/stat.h>

#include "collect/source_parts.h"
#include "sys/stop.h"

#define MAX_OPEN   8 // sets kept open between detection and reading
#define MAX_TABLES 4096

const struct names *source_names(const struct source *s) {
    return exports_names(s->exports);
}

static bool is_stdin(const char *path) {
    return strcmp(path, "-") == 0;
}

// ── opening ──

static struct str channel_of(struct source *s, const struct table_plan *plan, struct str name) {
    const struct channel *named = names_channel_in(source_names(s), name);
    if (!plan->platform || plan->platform->channel.len == 0)
        return named ? named->code : (struct str){"", 0};
    for (size_t i = 0; named && i < plan->platform->n_channels; i++)
        if (str_eq(plan->platform->channels[i], named->code))
            return named->code; // the same export serves several shops: the file's name tells which
    return plan->platform->channel;
}

static void note_platform(struct source *s, struct source_table *t) {
    const struct platform *p = t->plan.platform;
    if (p && p->no_score && !t->plan.has_score)
        source_note(s, t, "这种导出不含评分，满意度由文字推断",
                    "this export carries no scores; satisfaction is read from the text");
    struct str others = table_other_sheets(t->table);
    if (others.len)
        source_note(s, t, "未读取的工作表：%.*s（可用 --sheet 指定）",
                    "sheets not read: %.*s (choose with --sheet)", STR_ARG(others));
    if (t->chat)
        source_note(
            s, t, "每行是一条消息，已按客户和间隔（2 小时）合并成会话",
            "each row is one message; put together to conversations by customer and a gap of 2 hours");
    if (!t->plan.header.found && !table_is_plain(t->table))
        source_note(s, t, "没有表头，按内容判断各列",
                    "no header row; columns are judged by their values");
}

static bool has_external_ids(const struct table_plan *plan) {
    for (size_t i = 0; i < plan->n; i++) {
        const struct column_plan *c = &plan->columns[i];
        if (c->kind == COLUMN_EXTERNAL_ID && c->profile.lost_ids == 0 &&
            (c->by_map || c->by_platform || !c->profile.serial))
            return true;
    }
    return false;
}

static struct source_info make_info(struct source *s, const struct source_table *t, uint64_t size) {
    struct source_info info = {
        .name = arena_str(&s->arena, table_name(t->table)),
        .path = arena_str(&s->arena, str_from(t->path)),
        .kind = arena_str(&s->arena, table_kind(t->table)),
        .channel = t->channel,
        .origin = t->plan.platform ? t->plan.platform->channel : (struct str){"", 0},
        .external_ids = has_external_ids(&t->plan),
        .header_row = t->plan.header.row,
        .size_bytes = size,
        .platform_zh = {"", 0},
        .platform_en = {"", 0},
        .text_column = {"", 0},
        .time_column = {"", 0},
    };
    if (t->plan.platform) {
        info.platform_zh = str_from(t->plan.platform->name.zh);
        info.platform_en = str_from(t->plan.platform->name.en);
    }
    return info;
}

struct opening {
    struct source *s;
    struct {
        VEC(struct source_info);
    } infos;
    bool orders; // the files given by --orders
};

// The rows that were looked at stay with the table only as long as it is open: what the plan keeps is copied.
static void keep_plan(struct source *s, struct table_plan *plan) {
    for (size_t i = 0; i < plan->n; i++) {
        struct column_plan *c = &plan->columns[i];
        c->name = arena_str(&s->arena, c->name);
        c->written = arena_str(&s->arena, c->written);
        c->score.name = c->name;
        c->profile.values = NULL;
        plan->header.names[i] = c->name;
        plan->header.written[i] = c->written;
    }
}

static bool read_orders(struct source *s, struct table *table, const struct table_plan *plan,
                        struct error *err) {
    if (!s->orders)
        s->orders = orders_new();
    return orders_read(s->orders, table, plan, source_names(s), err);
}

// Understands one table. *ret_kept: it is one to read feedback from.
static bool add_table(struct opening *o, const char *path, size_t member, struct table *table,
                      bool *ret_kept, struct error *err) {
    struct source *s = o->s;
    const struct row *rows;
    size_t n;
    *ret_kept = false;
    size_t sample = s->options.sample_rows ? s->options.sample_rows : TABLE_MAX_PEEK;
    if (!table_peek(table, MIN(sample, (size_t)TABLE_MAX_PEEK), &rows, &n, err))
        return false;
    struct source_table t = {.path = path, .member = member, .table = table};
    struct detect_options d = {.exports = s->exports,
                               .map = &s->map,
                               .zone = s->options.zone,
                               .keyed = table_is_keyed(table),
                               .plain = table_is_plain(table),
                               .orders = o->orders,
                               .name = table_name(table)};
    struct error no_text;
    if (!detect_table(&d, rows, n, &s->arena, &t.plan, &no_text)) {
        d.orders = true; // orders handed over among the reviews are orders still
        if (o->orders || no_text.code != ERROR_FORMAT ||
            !detect_table(&d, rows, n, &s->arena, &t.plan, NULL) || !t.plan.platform ||
            t.plan.platform->kind != PLATFORM_ORDERS) {
            if (err)
                *err = no_text;
            return false;
        }
    }
    if (d.orders)
        return read_orders(s, table, &t.plan, err);
    if (t.plan.platform && t.plan.platform->kind == PLATFORM_CHAT)
        t.chat = chat_new(&t.plan, rows + t.plan.header.data_from, n - t.plan.header.data_from);
    keep_plan(s, &t.plan);
    t.channel = channel_of(s, &t.plan, table_name(table));
    note_platform(s, &t);
    struct stat st;
    uint64_t size =
        !is_stdin(path) && stat(path, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    vec_push(&o->infos, make_info(s, &t, size));
    vec_push(&s->tables, t);
    *ret_kept = true;
    return true;
}

static bool too_many(struct error *err) {
    return error_set(err, ERROR_LIMIT, "表太多（超过 %d 个），请分批处理",
                     "more than %d tables; give fewer at a time", MAX_TABLES);
}

// All tables of one path. A member of an archive that cannot be understood does not stop the others.
static bool add_path(struct opening *o, const char *path, struct str name, struct error *err) {
    struct source *s = o->s;
    struct table_options options = {
        .sheet = s->options.sheet, .name = name, .in_memory = s->options.in_memory};
    struct table_set *set;
    if (!table_set_open(path, &options, &set, err))
        return false;
    bool single = table_set_count(set) == 1, ok = true;
    size_t found = 0;
    struct error first = {0};
    for (size_t member = 0; ok; member++) {
        struct table *table;
        struct error e = {0};
        bool kept = false;
        bool opened = table_set_next(set, &table, &e);
        if (opened && !table)
            break;
        if (s->tables.len >= MAX_TABLES) {
            ok = too_many(err);
            break;
        }
        if (opened && add_table(o, path, member, table, &kept, &e)) {
            if (kept)
                s->tables.items[s->tables.len - 1].shown = name;
            found++;
            if (kept && single && (is_stdin(path) || s->tables.len <= MAX_OPEN)) {
                s->tables.items[s->tables.len - 1].set = set;
                return true;
            }
        } else if (first.code == ERROR_NONE) {
            first = e;
        }
        if (single || (!opened && member + 1 >= table_set_count(set)))
            break;
    }
    table_set_close(set);
    if (ok && found == 0) {
        if (err)
            *err = first;
        return first.code == ERROR_NONE
                   ? error_set(err, ERROR_INVALID, "%s 里没有表格", "%s holds no table", path)
                   : false;
    }
    if (ok && first.code != ERROR_NONE && s->tables.len)
        source_note(s, &s->tables.items[s->tables.len - 1], "压缩包中有文件未读取：%s",
                    "a member was not read: %s", first.zh);
    return ok;
}

// Every entry of the map must name a column of some file.
static bool check_map(const struct source *s, struct error *err) {
    for (size_t k = 0; k < s->map.len; k++) {
        const struct mapping_entry *e = &s->map.items[k];
        bool fits = false;
        for (size_t i = 0; i < s->tables.len && !fits; i++)
            fits = detect_map_fits(e, &s->tables.items[i].plan.header);
        if (fits || s->tables.len == 0)
            continue;
        if (e->number)
            error_set(err, ERROR_USAGE, "--map：没有第 %zu 列", "--map: there is no column %zu",
                      e->number);
        else
            error_set(err, ERROR_USAGE, "--map：没有叫 “%.*s” 的列",
                      "--map: no column is called \"%.*s\"", STR_ARG(e->column));
        return error_field(err, "map");
    }
    return true;
}

static bool open_all(struct opening *o, struct error *err) {
    const struct source_options *options = &o->s->options;
    o->orders = true;
    for (size_t i = 0; i < options->n_orders; i++)
        if (!add_path(o, options->orders[i], (struct str){"", 0}, err))
            return false;
    o->orders = false;
    for (size_t i = 0; i < options->n_paths; i++)
        if (!add_path(o, options->paths[i],
                      options->names ? options->names[i] : (struct str){"", 0}, err))
            return false;
    if (o->infos.len == 0)
        return error_set(err, ERROR_INVALID, "没有可以分析的评价文件（给的都是订单？）",
                         "no file of feedback was given (only orders?)");
    return check_map(o->s, err);
}

bool source_open(const struct source_options *options, struct source **ret, struct error *err) {
    struct source *s = NEW(struct source);
    struct opening o = {.s = s};
    s->options = *options;
    reject_init(s);
    bool ok = mapping_parse(options->map, &s->map, err) &&
              (options->exports || exports_load(options->templates_dir, &s->own_exports, err));
    s->exports = options->exports ? options->exports : s->own_exports;
    ok = ok && open_all(&o, err);
    s->infos = o.infos.items; // owned by the source from here on
    if (!ok) {
        source_close(s);
        return false;
    }
    schema_merge(s);
    schema_describe(s);
    if (s->orders)
        s->join.n_orders = orders_count(s->orders), s->join.n_lost = orders_lost(s->orders);
    *ret = s;
    return true;
}

void source_close(struct source *s) {
    if (!s)
        return;
    for (size_t i = 0; i < s->tables.len; i++) {
        table_set_close(s->tables.items[i].set);
        vec_done(&s->tables.items[i].notes);
        chat_free(s->tables.items[i].chat);
    }
    vec_done(&s->tables);
    vec_done(&s->columns);
    free(s->infos);
    map_u64_done(&s->seen);
    map_u64_done(&s->seen_text);
    map_u64_done(&s->channels);
    orders_free(s->orders);
    mapping_done(&s->map);
    exports_free(s->own_exports);
    arena_done(&s->arena);
    free(s);
}

// ── reading ──

static bool reopen(struct source *s, struct source_table *t, struct error *err) {
    struct table_options options = {
        .sheet = s->options.sheet, .name = t->shown, .in_memory = s->options.in_memory};
    if (!table_set_open(t->path, &options, &t->set, err))
        return false;
    t->table = NULL;
    for (size_t i = 0; i <= t->member; i++)
        if (!table_set_next(t->set, &t->table, err) && i == t->member)
            return false;
    if (!t->table)
        return error_set(err, ERROR_CONFLICT, "%s 在读取过程中被改动",
                         "%s was changed while it was read", t->path);
    const struct row *rows; // the same look as before, so that the same rows come
    size_t n, sample = s->options.sample_rows ? s->options.sample_rows : TABLE_MAX_PEEK;
    return table_peek(t->table, MIN(sample, (size_t)TABLE_MAX_PEEK), &rows, &n, err);
}

static void finish_table(struct source *s) {
    struct source_table *t = &s->tables.items[s->current];
    const struct table_counts *counts = table_counts(t->table);
    if (counts->recoded > 0)
        source_note(s, t, "%" PRIu64 " 行混用了另一种编码，已恢复",
                    "%" PRIu64 " lines in another encoding were recovered", counts->recoded);
    if (counts->replaced > 0)
        source_note(s, t, "%" PRIu64 " 个字符已损坏，显示为 �",
                    "%" PRIu64 " broken characters are shown as �", counts->replaced);
    s->infos[s->current].notes = t->notes.items;
    s->infos[s->current].n_notes = t->notes.len;
    table_set_close(t->set);
    t->set = NULL;
    t->table = NULL;
    s->current++;
    s->row_index = 0;
}

// A file that breaks off after good rows: they stay, the break is noted, the next file follows.
static bool broke_off(struct source *s, struct error *e, struct error *err) {
    struct source_table *t = &s->tables.items[s->current];
    bool nothing_read =
        s->infos[s->current].used == 0 && !(t->chat && s->infos[s->current].read > 0);
    if (nothing_read || e->code == ERROR_CANCELLED) {
        if (err)
            *err = *e;
        return false;
    }
    if (t->chat && !t->chat_ended) { // first what is still open; then the table fails here again
        chat_end(t->chat);
        t->chat_ended = true;
        return true;
    }
    source_note(s, t, "文件在第 %" PRIu64 " 行后无法继续：%s",
                "the file breaks off after row %" PRIu64 ": %s", s->infos[s->current].read, e->zh);
    reject_add(s, REJECT_UNREADABLE, (uint32_t)s->current, s->infos[s->current].read + 1,
               (struct str){"", 0},
               (struct words){arena_str(&s->arena, str_from(e->zh)).ptr,
                              arena_str(&s->arena, str_from(e->en)).ptr},
               (struct str){"", 0});
    s->infos[s->current].read++;
    s->infos[s->current].rejected++;
    finish_table(s);
    return true;
}

static void count_bad(struct source *s, const struct row *row, struct arena *arena) {
    struct source_table *t = &s->tables.items[s->current];
    struct str column = row->column && row->column <= t->plan.n
                            ? t->plan.columns[row->column - 1].name
                            : (struct str){"", 0};
    reject_add(s, REJECT_UNREADABLE, (uint32_t)s->current, row->number, column, row->reason,
               reject_row_sample(row, arena));
    s->infos[s->current].read++;
    s->infos[s->current].rejected++;
    s->rows++;
}

// One row of the current table; true in *ret_given if it made a record.
static void take_row(struct source *s, const struct row *row, struct arena *arena,
                     struct feedback *ret, bool *ret_given) {
    struct source_info *info = &s->infos[s->current];
    *ret_given = false;
    if (s->row_index++ < s->tables.items[s->current].plan.header.data_from)
        return;
    if (row->bad) {
        count_bad(s, row, arena);
        return;
    }
    enum record_result result = record_build(s, (uint32_t)s->current, row, arena, ret);
    if (result == RECORD_BLANK)
        return;
    s->rows++;
    info->read++;
    *ret_given = result == RECORD_GIVEN;
    if (*ret_given)
        info->used++;
    else
        info->skipped++;
}

// The next conversation that is over. Its messages are counted here, when it is known whether the customer spoke.
static bool take_chat(struct source *s, struct arena *arena, struct feedback *ret) {
    struct source_table *t = &s->tables.items[s->current];
    struct source_info *info = &s->infos[s->current];
    struct conversation c;
    while (chat_take(t->chat, arena, &c)) {
        bool given = record_of_chat(s, (uint32_t)s->current, &c, arena, ret);
        if (given)
            info->used += c.n_rows;
        else
            info->skipped += c.n_rows;
        if (given)
            return true;
    }
    return false;
}

static void add_message(struct source *s, const struct row *row, struct arena *arena) {
    struct source_table *t = &s->tables.items[s->current];
    if (s->row_index++ < t->plan.header.data_from)
        return;
    if (row->bad) {
        count_bad(s, row, arena);
        return;
    }
    s->rows++;
    s->infos[s->current].read++;
    chat_add(t->chat, row);
}

bool source_next(struct source *s, struct arena *arena, struct feedback *ret, size_t max,
                 size_t *ret_n, struct error *err) {
    size_t n = 0;
    if (stop_requested())
        return stop_error(err);
    while (n < max && s->current < s->tables.len) {
        struct source_table *t = &s->tables.items[s->current];
        struct error e = {0};
        struct row row;
        bool given;
        if (t->chat && take_chat(s, arena, &ret[n])) {
            n++;
            continue;
        }
        bool ok = t->set || reopen(s, t, &e);
        if (!ok || !table_next(t->table, arena, &row, &e)) {
            if (!t->table || !broke_off(s, &e, err)) {
                if (!t->table && err)
                    *err = e;
                return false;
            }
            continue;
        }
        if (row.end && t->chat && !t->chat_ended) {
            chat_end(t->chat);
            t->chat_ended = true;
        } else if (row.end) {
            finish_table(s);
        } else if (t->chat) {
            add_message(s, &row, arena);
        }
        if (row.end || t->chat)
            continue;
        take_row(s, &row, arena, &ret[n], &given);
        n += given;
    }
    *ret_n = n;
    return true;
}

// ── what is known ──

const struct schema *source_schema(const struct source *s) {
    return &s->schema;
}

const struct source_info *source_files(const struct source *s, size_t *ret_n) {
    *ret_n = s->tables.len;
    return s->infos;
}

struct words source_channel_words(const struct source *s, struct str channel) {
    const struct channel *known = names_channel_by_code(source_names(s), channel);
    return known ? known->label : (struct words){NULL, NULL};
}

const struct str *source_header(const struct source *s, uint32_t file, uint32_t *ret_n) {
    const struct table_plan *plan = &s->tables.items[file].plan;
    *ret_n = (uint32_t)plan->n;
    return plan->header.names;
}

const struct source_column *source_columns(const struct source *s, size_t *ret_n) {
    *ret_n = s->columns.len;
    return s->columns.items;
}

struct source_progress source_progress(const struct source *s) {
    double share = 0, all = 0;
    bool known = true;
    for (size_t i = 0; i < s->tables.len; i++) {
        const struct source_table *t = &s->tables.items[i];
        double size = (double)MAX(s->infos[i].size_bytes, (uint64_t)1);
        all += size;
        if (i < s->current) {
            share += size;
        } else if (i == s->current && t->table && t->set) {
            double part = table_progress(t->table);
            known &= part >= 0;
            share += size * MAX(part, 0.0);
        }
        known &= !is_stdin(t->path);
    }
    return (struct source_progress){s->rows, known && all > 0 ? share / all : -1};
}

struct source_join source_join(const struct source *s) {
    return s->join;
}
