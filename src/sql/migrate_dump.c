// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "sql/migrate.h"
#include "sql/migrate_inner.h"
#include "sql/migrate_sql.h"

#define STATEMENTS 20000 // places from here on are statements of their own: see migrate_sql.h

// Bytes of the comment or quoted text that begins here, 0 if none does.
static size_t skip_comment(struct str s) {
    if (!str_starts(s, STR("--")))
        return 0;
    size_t end = str_find_char(s, '\n');
    return end == STR_NONE ? s.len : end;
}

static size_t quoted_bytes(struct str s) {
    if (s.ptr[0] != '\'' && s.ptr[0] != '"')
        return 0;
    for (size_t i = 1; i < s.len; i++)
        if (s.ptr[i] == s.ptr[0])
            return i + 1;
    return s.len;
}

static bool ends_open(const struct strbuf *sb) {
    return sb->len == 0 || strchr(" (\n", sb->ptr[sb->len - 1]);
}

static void drop_space(struct strbuf *sb) {
    while (sb->len && strchr(" \n", sb->ptr[sb->len - 1]))
        strbuf_truncate(sb, sb->len - 1);
}

static void add_mark(struct strbuf *sb, char c, int *depth, bool table) {
    if (c == ')' || c == ',')
        drop_space(sb);
    if (c == ')' && --*depth == 0 && table)
        strbuf_addc(sb, '\n');
    strbuf_addc(sb, c);
    if (c == '(')
        ++*depth;
    if (c != ')' && *depth == 1 && table)
        strbuf_adds(sb, "\n    ");
}

void migrate_normalise(struct str statement, struct strbuf *ret) {
    bool table = str_starts(statement, STR("CREATE TABLE"));
    int depth = 0;
    for (size_t i = 0, n; i < statement.len; i += n) {
        struct str rest = str_slice(statement, i, statement.len);
        char c = rest.ptr[0];
        n = 1;
        size_t quoted = quoted_bytes(rest), comment = skip_comment(rest);
        if (quoted) {
            strbuf_add(ret, str_slice(rest, 0, quoted));
            n = quoted;
        } else if (comment) {
            n = comment;
        } else if (strchr(" \t\r\n", c)) {
            if (!ends_open(ret))
                strbuf_addc(ret, ' ');
        } else if (strchr("(),", c)) {
            add_mark(ret, c, &depth, table);
        } else {
            strbuf_addc(ret, c);
        }
    }
    drop_space(ret);
    strbuf_adds(ret, ";\n");
}

static bool dump_sqlite(struct sql *s, struct strbuf *out, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, migrate_dump_sqlite))
        return false;
    while (sql_next(rows)) {
        strbuf_adds(out, out->len ? "\n" : "");
        migrate_normalise(sql_text(rows, 1), out);
    }
    return sql_rows_close(rows, err);
}

static bool dump_postgres(struct sql *s, struct strbuf *out, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, migrate_dump_postgres))
        return false;
    bool in_table = false;
    while (sql_next(rows)) {
        int64_t place = sql_int(rows, 1);
        struct str table = sql_text(rows, 0), line = sql_text(rows, 2);
        bool starts = place == 1;
        if (in_table && (starts || place >= STATEMENTS)) {
            strbuf_adds(out, "\n);\n");
            in_table = false;
        }
        if (starts) {
            strbuf_addf(out, "%sCREATE TABLE %.*s (\n    %.*s", out->len ? "\n" : "",
                        STR_ARG(table), STR_ARG(line));
            in_table = true;
        } else if (place < STATEMENTS) {
            strbuf_addf(out, ",\n    %.*s", STR_ARG(line));
        } else {
            strbuf_addf(out, "\n%.*s;\n", STR_ARG(line));
        }
    }
    strbuf_adds(out, in_table ? "\n);\n" : "");
    return sql_rows_close(rows, err);
}

static bool dump(struct sql *s, void *ctx, struct error *err) {
    struct strbuf *out = ctx;
    strbuf_reset(out);
    return sql_engine_of(s) == SQL_ENGINE_SQLITE ? dump_sqlite(s, out, err)
                                                 : dump_postgres(s, out, err);
}

bool migrate_dump(struct sql_db *db, struct strbuf *ret, struct error *err) {
    if (!sql_read(db, dump, ret, err))
        return false;
    return !ret->overflow || error_set(err, ERROR_LIMIT, "表结构太长", "the schema is too long");
}
