// SPDX-License-Identifier: Apache-2.0
#include "collect/hub_store.h"

#include <stdio.h>

#include "base/clock.h"
#include "collect/intake_inner.h"
#include "collect/outbox.h"

#define HASH(h) SQL_BLOB(str_make((const char *)(h).bytes, sizeof(h).bytes))

struct hub_hash hub_hash(const struct workspace_keys *k, enum hub_word word, struct str value) {
    static const char *const kinds[N_HUB_WORDS] = {
        [HUB_WORD_TENANT] = "hub.tenant",         [HUB_WORD_IDENTITY] = "hub.identity",
        [HUB_WORD_SUBMISSION] = "hub.submission", [HUB_WORD_FIELD] = "hub.field",
        [HUB_WORD_GROUP] = "hub.group",           [HUB_WORD_SOURCE_TYPE] = "hub.source_type",
        [HUB_WORD_SOURCE_ID] = "hub.source_id",   [HUB_WORD_SOURCE_NAME] = "hub.source_name",
        [HUB_WORD_VALUE_ID] = "hub.value_id",     [HUB_WORD_PERSON] = "hub.person",
        [HUB_WORD_LANGUAGE] = "hub.language",
    };
    struct hub_hash h;
    vault_lookup(k, kinds[word], value, h.bytes);
    return h;
}

void hub_row_make(const struct workspace_keys *k, const struct hub_record *h, int64_t feedback,
                  int64_t collected_us, struct hub_row *ret) {
    // Parts of the identity are set apart by a byte that text does not have.
    CLEANUP(strbuf_done) struct strbuf identity = strbuf_init(16 * KIB);
    const struct str parts[] = {h->tenant_id, h->submission_id, h->field_id};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        strbuf_add(&identity, parts[i]);
        strbuf_addc(&identity, '\0');
    }
    const struct str words[N_HUB_WORDS] = {
        [HUB_WORD_TENANT] = h->tenant_id,         [HUB_WORD_IDENTITY] = strbuf_str(&identity),
        [HUB_WORD_SUBMISSION] = h->submission_id, [HUB_WORD_FIELD] = h->field_id,
        [HUB_WORD_GROUP] = h->field_group_id,     [HUB_WORD_SOURCE_TYPE] = h->source_type,
        [HUB_WORD_SOURCE_ID] = h->source_id,      [HUB_WORD_SOURCE_NAME] = h->source_name,
        [HUB_WORD_VALUE_ID] = h->value_id,        [HUB_WORD_PERSON] = h->user_id,
        [HUB_WORD_LANGUAGE] = h->language,
    };
    *ret = (struct hub_row){.feedback = feedback,
                            .collected_us = collected_us,
                            .created_us = id_time_us(feedback),
                            .score = NAN};
    for (int i = 0; i < N_HUB_WORDS; i++) {
        ret->has[i] = words[i].len > 0;
        if (ret->has[i])
            ret->words[i] = hub_hash(k, (enum hub_word)i, words[i]);
    }
    if (!hub_type_find(h->field_type, &ret->type))
        ret->type = HUB_TEXT;
    if (h->value_number && ret->type >= HUB_NPS && ret->type <= HUB_RATING)
        ret->score = json_num(h->value_number, NAN);
}

static struct sql_arg word_arg(const struct hub_row *r, enum hub_word word) {
    return r->has[word] ? HASH(r->words[word]) : SQL_NULL;
}

bool hub_store_add(struct sql *s, int64_t workspace, const struct hub_row *r, struct error *err) {
    // A row whose feedback was removed for good stands in nobody's way.
    int64_t changed;
    if (!sql_change(
            s, &changed, err,
            "INSERT INTO hub_record (feedback, workspace, tenant, identity, submission, field, field_group, source_type, source_id,"
            " source_name, value_id, person, language, field_type, collected_us, created_us, score)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
            " ON CONFLICT (workspace, identity) DO UPDATE SET feedback = $1, field_group = $7, source_type = $8, source_id = $9,"
            " source_name = $10, value_id = $11, person = $12, language = $13, field_type = $14, collected_us = $15,"
            " created_us = $16, score = $17"
            " WHERE NOT EXISTS (SELECT 1 FROM feedback f WHERE f.id = hub_record.feedback)",
            SQL_INT(r->feedback), SQL_INT(workspace), word_arg(r, HUB_WORD_TENANT),
            word_arg(r, HUB_WORD_IDENTITY), word_arg(r, HUB_WORD_SUBMISSION),
            word_arg(r, HUB_WORD_FIELD), word_arg(r, HUB_WORD_GROUP),
            word_arg(r, HUB_WORD_SOURCE_TYPE), word_arg(r, HUB_WORD_SOURCE_ID),
            word_arg(r, HUB_WORD_SOURCE_NAME), word_arg(r, HUB_WORD_VALUE_ID),
            word_arg(r, HUB_WORD_PERSON), word_arg(r, HUB_WORD_LANGUAGE), SQL_INT(r->type),
            SQL_INT(r->collected_us), SQL_INT(r->created_us), SQL_REAL(r->score)))
        return false;
    return changed > 0 ||
           error_set(err, ERROR_CONFLICT, "这个 submission_id 和 field_id 已有记录",
                     "a record with this tenant_id, submission_id and field_id exists already");
}

bool hub_store_find(struct sql *s, int64_t workspace, const struct hub_hash *identity, int64_t *ret,
                    struct error *err) {
    return sql_get_int(s, ret, 0, err,
                       "SELECT h.feedback FROM hub_record h JOIN feedback f ON f.id = h.feedback"
                       " WHERE h.workspace = $1 AND h.identity = $2",
                       SQL_INT(workspace), HASH(*identity));
}

bool hub_store_tenant(struct sql *s, int64_t workspace, int64_t id, struct hub_hash *ret,
                      struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT h.tenant FROM hub_record h JOIN feedback f ON f.id = h.feedback"
                    " WHERE h.feedback = $1 AND h.workspace = $2 AND f.deleted_us IS NULL",
                    SQL_INT(id), SQL_INT(workspace)))
        return false;
    bool found = sql_next(rows);
    struct str bytes = sql_bytes(rows, 0);
    if (found)
        memcpy(ret->bytes, bytes.ptr, MIN(bytes.len, sizeof ret->bytes));
    if (!sql_rows_close(rows, err))
        return false;
    return found || error_set(err, ERROR_NOT_FOUND, "没有这条记录", "feedback record not found");
}

// ── lists ──

// One text for every combination: an argument that is 0 switches its condition off. The hashes of one filter are one
// blob, one after the other, in which that of the row is looked for; a blob of one byte means any.
#define IN_SQLITE(blob, column)   "instr(" blob ", h." column ")"
#define IN_POSTGRES(blob, column) "position(h." column " in " blob ")"
#define ANY(in, blob, column)     " AND (length(" blob ") = 1 OR " in(blob, column) " > 0)"
#define CONDITIONS(in)                                                                             \
    " FROM hub_record h JOIN feedback f ON f.id = h.feedback"                                      \
    " WHERE h.workspace = $1 AND h.tenant = $2 AND f.deleted_us IS NULL"                           \
    " AND h.collected_us >= $3 AND h.collected_us <= $4"                                           \
    " AND h.created_us >= $5 AND h.created_us <= $6"                                               \
    " AND ($7 = 0 OR ($7 >> h.field_type) & 1 = 1)"                                                \
    " AND ($8 = 0 OR h.field_type = 6 OR (h.score >= $9 AND h.score <= $10))" ANY(                 \
        in, "$11", "submission") ANY(in, "$12", "field") ANY(in, "$13", "field_group")             \
        ANY(in, "$14", "source_type") ANY(in, "$15", "source_id") ANY(in, "$16", "source_name")    \
            ANY(in, "$17", "value_id") ANY(in, "$18", "person") ANY(in, "$19", "language")
#define N_CONDITIONS 19
_Static_assert(HUB_NUMBER == 6 && HUB_TEXT == 0, "the texts name them");

static void condition_args(int64_t workspace, const struct hub_filter *f, struct sql_arg *args) {
    bool numbers = !isnan(f->number_low) || !isnan(f->number_high);
    args[0] = SQL_INT(workspace);
    args[1] = HASH(f->tenant);
    args[2] = SQL_INT(f->collected_from);
    args[3] = SQL_INT(f->collected_to);
    args[4] = SQL_INT(f->created_from);
    args[5] = SQL_INT(f->created_to);
    args[6] = SQL_INT(f->types);
    args[7] = SQL_INT(numbers);
    args[8] = SQL_REAL(isnan(f->number_low) ? -HUGE_VAL : f->number_low);
    args[9] = SQL_REAL(isnan(f->number_high) ? HUGE_VAL : f->number_high);
    for (int word = HUB_WORD_SUBMISSION; word < N_HUB_WORDS; word++) {
        size_t n = f->in[word].n;
        args[10 + word - HUB_WORD_SUBMISSION] =
            n ? SQL_BLOB(str_make((const char *)f->in[word].values, n * sizeof(struct hub_hash)))
              : SQL_BLOB(STR("-"));
    }
}

#define LIST(in, column, sign, order)                                                              \
    "SELECT h.feedback, h." column CONDITIONS(                                                     \
        in) " AND ($22 = 0 OR h." column " " sign " $20 OR (h." column                             \
            " = $20 AND h.feedback > $21)) ORDER BY h." column " " order ", h.feedback LIMIT $23"
#define LISTS(in)                                                                                  \
    {                                                                                              \
        {LIST(in, "collected_us", "<", "DESC"), LIST(in, "collected_us", ">", "ASC")}, {           \
            LIST(in, "created_us", "<", "DESC"), LIST(in, "created_us", ">", "ASC")                \
        }                                                                                          \
    }

bool hub_store_list(struct sql *s, int64_t workspace, const struct hub_filter *f,
                    const struct feedback_position *after, size_t limit, int64_t *ret_ids,
                    int64_t *ret_at_us, size_t *ret_n, struct error *err) {
    static const char *const texts[][2][2] = {
        [SQL_ENGINE_SQLITE] = LISTS(IN_SQLITE),
        [SQL_ENGINE_POSTGRES] = LISTS(IN_POSTGRES),
    };
    const char *text = texts[sql_engine_of(s)][f->by_created][f->ascending];
    struct sql_arg args[N_CONDITIONS + 4];
    condition_args(workspace, f, args);
    args[N_CONDITIONS] = SQL_INT(after ? after->at_us : 0);
    args[N_CONDITIONS + 1] = SQL_INT(after ? after->id : 0);
    args[N_CONDITIONS + 2] = SQL_INT(after != NULL);
    args[N_CONDITIONS + 3] = SQL_INT((int64_t)limit);
    struct sql_rows *rows;
    if (!sql_select_args(s, &rows, err, text, args, ARRAY_LEN(args)))
        return false;
    size_t n = 0;
    while (n < limit && sql_next(rows)) {
        ret_ids[n] = sql_int(rows, 0);
        ret_at_us[n++] = sql_int(rows, 1);
    }
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool hub_store_count(struct sql *s, int64_t workspace, const struct hub_filter *f, int64_t *ret,
                     struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] = "SELECT count(*)" CONDITIONS(IN_SQLITE),
        [SQL_ENGINE_POSTGRES] = "SELECT count(*)" CONDITIONS(IN_POSTGRES),
    };
    struct sql_arg args[N_CONDITIONS];
    condition_args(workspace, f, args);
    return sql_get_int_args(s, ret, 0, err, texts[sql_engine_of(s)], args, ARRAY_LEN(args));
}

bool hub_store_of(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                  const struct hub_hash *person, int64_t after, size_t limit, int64_t *ret_ids,
                  size_t *ret_n, struct error *err) {
    static const char *const texts[2][2] = {
        {"SELECT feedback FROM hub_record WHERE workspace = $1 AND feedback > $2 ORDER BY feedback LIMIT $3",
         "SELECT feedback FROM hub_record WHERE workspace = $1 AND feedback > $2 AND person = $4 ORDER BY feedback LIMIT $3"},
        {"SELECT feedback FROM hub_record WHERE workspace = $1 AND feedback > $2 AND tenant = $4 ORDER BY feedback LIMIT $3",
         "SELECT feedback FROM hub_record WHERE workspace = $1 AND feedback > $2 AND tenant = $4 AND person = $5 ORDER BY feedback"
         " LIMIT $3"},
    };
    struct sql_arg args[5] = {SQL_INT(workspace), SQL_INT(after), SQL_INT((int64_t)limit)};
    size_t n_args = 3, n = 0;
    if (tenant)
        args[n_args++] = HASH(*tenant);
    if (person)
        args[n_args++] = HASH(*person);
    struct sql_rows *rows;
    if (!sql_select_args(s, &rows, err, texts[tenant != NULL][person != NULL], args, n_args))
        return false;
    while (n < limit && sql_next(rows))
        ret_ids[n++] = sql_int(rows, 0);
    *ret_n = n;
    return sql_rows_close(rows, err);
}

// ── changing ──

bool hub_store_update(struct sql *s, const struct store *store, int64_t workspace,
                      const struct hub_row *r, const struct record *record, struct str actor,
                      struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(4 * MIB);
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(4 * MIB);
    struct hub_hash content;
    int64_t now = clock_now_us(), changed;
    if (!k)
        return false;
    record_format(record, &plain);
    intake_seal(k, r->feedback, strbuf_str(&plain), &sealed);
    vault_lookup(k, "feedback.content", strbuf_str(&plain), content.bytes);
    if (!sql_run(
            s, err,
            "INSERT INTO feedback_history (feedback, version, at_us, actor, import, body)"
            " SELECT id, version, $2, $3, NULL, body FROM feedback WHERE id = $1 ON CONFLICT (feedback, version) DO NOTHING",
            SQL_INT(r->feedback), SQL_INT(now), SQL_TEXT(actor)) ||
        !sql_change(
            s, &changed, err,
            "UPDATE feedback SET version = version + 1, content = $3, updated_us = $4, body = $5"
            " WHERE id = $1 AND workspace = $2 AND deleted_us IS NULL",
            SQL_INT(r->feedback), SQL_INT(workspace), HASH(content), SQL_INT(now),
            SQL_BLOB(strbuf_str(&sealed))))
        return false;
    if (!changed)
        return error_set(err, ERROR_NOT_FOUND, "没有这条记录", "feedback record not found");
    return sql_run(
               s, err,
               "UPDATE hub_record SET value_id = $2, person = $3, language = $4, score = $5 WHERE feedback = $1",
               SQL_INT(r->feedback), word_arg(r, HUB_WORD_VALUE_ID), word_arg(r, HUB_WORD_PERSON),
               word_arg(r, HUB_WORD_LANGUAGE), SQL_REAL(r->score)) &&
           outbox_add(s, workspace, EVENT_FEEDBACK_RECEIVED, LANE_LIVE, &r->feedback, 1, err);
}

bool hub_store_remove(struct sql *s, int64_t workspace, const int64_t *ids, size_t n,
                      int64_t *ret_n, struct error *err) {
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t changed;
        if (!sql_change(s, &changed, err,
                        "DELETE FROM hub_record WHERE feedback = $1 AND workspace = $2",
                        SQL_INT(ids[i]), SQL_INT(workspace)))
            return false;
        *ret_n += changed;
    }
    return feedback_purge(s, workspace, ids, n, err);
}

bool hub_store_progress(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                        int64_t *ret_texts, int64_t *ret_analysed, struct error *err) {
    return sql_get_int(
               s, ret_texts, 0, err,
               "SELECT count(*) FROM hub_record h JOIN feedback f ON f.id = h.feedback"
               " WHERE h.workspace = $1 AND h.tenant = $2 AND h.field_type = 0 AND f.deleted_us IS NULL",
               SQL_INT(workspace), HASH(*tenant)) &&
           sql_get_int(
               s, ret_analysed, 0, err,
               "SELECT count(*) FROM hub_record h JOIN feedback f ON f.id = h.feedback"
               " JOIN analysis a ON a.feedback = h.feedback AND a.version = f.version"
               " WHERE h.workspace = $1 AND h.tenant = $2 AND h.field_type = 0 AND f.deleted_us IS NULL",
               SQL_INT(workspace), HASH(*tenant));
}

// ── settings ──

bool hub_setting_load(struct sql *s, const struct store *store, int64_t workspace,
                      const struct hub_hash *tenant, struct strbuf *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT body FROM hub_setting WHERE workspace = $1 AND tenant = $2",
                    SQL_INT(workspace), HASH(*tenant)))
        return false;
    strbuf_reset(ret);
    bool ok = !sql_next(rows) || vault_unseal(store->vault, workspace, STR("hub_setting"),
                                              sql_bytes(rows, 0), ret, err);
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

bool hub_setting_store(struct sql *s, const struct store *store, int64_t workspace,
                       const struct hub_hash *tenant, struct str json, struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (!k)
        return false;
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(64 * KIB);
    seal(&k->data, STR("hub_setting"), json, &sealed);
    return sql_run(s, err,
                   "INSERT INTO hub_setting (workspace, tenant, body) VALUES ($1, $2, $3)"
                   " ON CONFLICT (workspace, tenant) DO UPDATE SET body = $3",
                   SQL_INT(workspace), HASH(*tenant), SQL_BLOB(strbuf_str(&sealed)));
}

bool hub_setting_remove(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                        struct error *err) {
    return sql_run(s, err, "DELETE FROM hub_setting WHERE workspace = $1 AND tenant = $2",
                   SQL_INT(workspace), HASH(*tenant));
}
