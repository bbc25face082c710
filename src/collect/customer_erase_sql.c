// SPDX-License-Identifier: Apache-2.0
#include "collect/customer_erase.h"

#include <stdio.h>

#include "base/clock.h"
#include "collect/customer_inner.h"
#include "collect/feedback_store.h"
#include "collect/intake_inner.h"
#include "collect/outbox.h"
#include "nlp/pii.h"

#define PAGE 500

struct erasing {
    struct sql *s;
    const struct store *store;
    const struct workspace_keys *keys;
    int64_t workspace;
    struct customer_erasure *ret;
};

// ── feedback that stays as a count ──

static bool is_plain(struct str value) {
    struct pii_span span;
    return value.len <= 120 && pii_find(value, &span, 1) == 0;
}

static void strip_record(const struct record *from, struct arena *a, struct record *ret) {
    struct record_attr *kept = ARENA_ARRAY(a, struct record_attr, from->n_attributes);
    *ret = (struct record){.source = from->source,
                           .channel = from->channel,
                           .label = is_plain(from->label) ? from->label : STR(""),
                           .product = from->product,
                           .language = from->language,
                           .occurred_us = from->occurred_us,
                           .date_only = from->date_only,
                           .replied = from->replied,
                           .scores = from->scores,
                           .n_scores = from->n_scores,
                           .attributes = kept};
    for (size_t i = 0; i < from->n_attributes; i++)
        if (from->attributes[i].kind == RECORD_ATTR_NUMBER || is_plain(from->attributes[i].value))
            kept[ret->n_attributes++] = from->attributes[i];
}

static void write_dimensions(struct json_writer *w, const struct json *list) {
    json_begin_array(w);
    for (size_t i = 0; i < json_len(list); i++) {
        json_begin_object(w);
        json_key(w, "code");
        json_add_value(w, json_get(json_at(list, i), "code"));
        json_key(w, "polarity");
        json_add_value(w, json_get(json_at(list, i), "polarity"));
        json_end_object(w);
    }
    json_end_array(w);
}

// What was concluded, without the words it was read from.
static void strip_analysis(const struct json *from, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    for (void *it = json_iter(from); it; it = json_iter_next(from, it)) {
        char key[80];
        snprintf(key, sizeof key, "%.*s", STR_ARG(json_iter_key(it)));
        if (strcmp(key, "keywords") == 0)
            continue;
        json_key(&w, key);
        if (strcmp(key, "dimensions") == 0)
            write_dimensions(&w, json_iter_value(it));
        else
            json_add_value(&w, json_iter_value(it));
    }
    json_end_object(&w);
}

static bool strip(struct erasing *x, const struct stored_feedback *f, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done)
    struct strbuf plain = strbuf_init(2 * MIB), sealed = strbuf_init(2 * MIB),
                  analysis = strbuf_init(4 * MIB);
    struct record r;
    uint8_t content[VAULT_LOOKUP_BYTES];
    int64_t n;
    strip_record(&f->record, &a, &r);
    record_format(&r, &plain);
    vault_lookup(x->keys, "feedback.content", strbuf_str(&plain), content);
    intake_seal(x->keys, f->id, strbuf_str(&plain), &sealed);
    strip_analysis(f->analysis, &analysis);
    bool ok =
        sql_run(
            x->s, err,
            "UPDATE feedback SET lookup = NULL, content = $2, customer = NULL, customer_home = NULL, order_lookup = NULL,"
            " version = version + 1, updated_us = $3, body = $4 WHERE id = $1",
            SQL_INT(f->id), LOOKUP(content), SQL_INT(clock_now_us()),
            SQL_BLOB(strbuf_str(&sealed))) &&
        sql_change(x->s, &n, err, "DELETE FROM feedback_history WHERE feedback = $1",
                   SQL_INT(f->id));
    x->ret->versions += ok ? n : 0;
    ok =
        ok &&
        sql_change(
            x->s, &n, err,
            "DELETE FROM correction WHERE feedback = $1 AND field NOT IN ('sentiment', 'urgency', 'validity', 'suspect')",
            SQL_INT(f->id));
    x->ret->corrections += ok ? n : 0;
    x->ret->kept_as_counts++;
    return ok && (!f->analysis || analysis_store(x->s, x->store, x->workspace, f->id,
                                                 f->version + 1, 1, strbuf_str(&analysis), err));
}

// ── feedback that goes ──

static bool count_of(struct erasing *x, const char *text, int64_t id, int64_t *sum,
                     struct error *err) {
    int64_t n;
    if (!sql_get_int(x->s, &n, 0, err, text, SQL_INT(id)))
        return false;
    *sum += n;
    return true;
}

static bool purge(struct erasing *x, const struct stored_feedback *f, struct error *err) {
    struct customer_erasure *e = x->ret;
    e->feedback++;
    return count_of(x, "SELECT count(*) FROM feedback_history WHERE feedback = $1", f->id,
                    &e->versions, err) &&
           count_of(x, "SELECT count(*) FROM analysis WHERE feedback = $1", f->id, &e->analyses,
                    err) &&
           count_of(x, "SELECT count(*) FROM correction WHERE feedback = $1", f->id,
                    &e->corrections, err) &&
           feedback_purge(x->s, x->workspace, &f->id, 1, err);
}

static void note_import(struct customer_erasure *e, int64_t import) {
    for (size_t i = 0; i < e->n_imports; i++)
        if (e->imports[i] == import)
            return;
    if (import && e->n_imports < ERASE_MAX_IMPORTS)
        e->imports[e->n_imports++] = import;
}

static bool forget_notes(struct erasing *x, int64_t feedback, struct error *err) {
    return sql_run(x->s, err, "DELETE FROM suspicion WHERE feedback = $1 OR other = $1",
                   SQL_INT(feedback)) &&
           sql_run(x->s, err, "DELETE FROM text_band WHERE feedback = $1", SQL_INT(feedback)) &&
           sql_run(x->s, err, "DELETE FROM activity WHERE feedback = $1", SQL_INT(feedback));
}

static bool erase_page(struct erasing *x, const int64_t *ids, size_t n, struct error *err) {
    struct feedback_batch batch = {0};
    bool ok = feedback_load(x->s, x->store, x->workspace, ids, n, FEEDBACK_EVERYTHING, &batch, err);
    for (size_t i = 0; ok && i < n; i++) {
        const struct stored_feedback *f = &batch.items[i];
        note_import(x->ret, f->import);
        ok = forget_notes(x, f->id, err) &&
             (x->ret->keep_counts && f->deleted_us == TIME_NONE ? strip(x, f, err)
                                                                : purge(x, f, err));
    }
    feedback_batch_done(&batch);
    return ok && change_add(x->s, x->workspace, ids, n, err);
}

// Each page leaves fewer, because what is erased is no longer his.
static bool erase_feedback(struct erasing *x, struct error *err) {
    int64_t ids[PAGE];
    size_t n;
    do {
        if (!customer_feedback(x->s, x->workspace, x->ret->customer, PAGE, ids, &n, err) ||
            (n && !erase_page(x, ids, n, err)))
            return false;
    } while (n == PAGE);
    return true;
}

// ── who he was ──

static bool erase_person(struct erasing *x, struct error *err) {
    struct customer_erasure *e = x->ret;
    int64_t id = e->customer, n;
#define HIS "(SELECT id FROM customer WHERE root = $1)"
    return sql_change(x->s, &e->events, err, "DELETE FROM event WHERE customer = $1",
                      SQL_INT(id)) &&
           sql_change(x->s, &e->keys, err, "DELETE FROM customer_key WHERE customer = $1",
                      SQL_INT(id)) &&
           sql_change(x->s, &e->hints, err, "DELETE FROM customer_hint WHERE customer = $1",
                      SQL_INT(id)) &&
           sql_change(x->s, &e->merges, err,
                      "DELETE FROM customer_merge WHERE kept IN " HIS " OR gone IN " HIS,
                      SQL_INT(id)) &&
           sql_change(x->s, &n, err, "DELETE FROM customer_apart WHERE a IN " HIS " OR b IN " HIS,
                      SQL_INT(id)) &&
           sql_change(x->s, &e->customers, err, "DELETE FROM customer WHERE root = $1",
                      SQL_INT(id));
}

bool customer_erase(struct sql *s, const struct store *store, int64_t workspace, int64_t customer,
                    bool keep_counts, struct customer_erasure *ret, struct error *err) {
    struct erasing x = {s, store, vault_keys(store->vault, workspace, err), workspace, ret};
    *ret = (struct customer_erasure){.keep_counts = keep_counts};
    if (!x.keys || !customer_lock(s, workspace, err) ||
        !customer_root(s, workspace, customer, &ret->customer, err))
        return false;
    if (!ret->customer)
        return error_set(err, ERROR_NOT_FOUND, "没有这个客户", "there is no such customer");
    return erase_feedback(&x, err) && erase_person(&x, err);
}

// ── the certificate ──

static void add_count(struct json_writer *w, const char *key, int64_t n) {
    json_key(w, key);
    json_add_int(w, n);
}

static void add_id(struct json_writer *w, const char *key, int64_t id) {
    char text[ID_TEXT];
    json_key(w, key);
    json_add_cstr(w, id ? id_format(id, text) : NULL);
}

static void write_certificate(struct json_writer *w, const struct customer_erasure *e, int64_t id,
                              int64_t at_us, int64_t user, int64_t key) {
    char time[40];
    add_id(w, "id", id);
    add_id(w, "customer", e->customer);
    json_key(w, "at");
    json_add_cstr(w, clock_format_iso(at_us, time, sizeof time));
    add_id(w, "by_user", user);
    add_id(w, "by_key", key);
    json_key(w, "removed");
    json_begin_object(w);
    add_count(w, "feedback", e->feedback);
    add_count(w, "feedback_kept_as_counts", e->kept_as_counts);
    add_count(w, "versions", e->versions);
    add_count(w, "analyses", e->analyses);
    add_count(w, "corrections", e->corrections);
    add_count(w, "events", e->events);
    add_count(w, "keys", e->keys);
    add_count(w, "hints", e->hints);
    add_count(w, "merges", e->merges);
    add_count(w, "profiles", e->customers);
    json_end_object(w);
    json_key(w, "not_reached");
    json_begin_object(w);
    json_key(w, "backups");
    json_add_cstr(w, "backups made before");
    json_key(w, "imports");
    json_begin_array(w);
    for (size_t i = 0; i < e->n_imports; i++) {
        char text[ID_TEXT];
        json_add_cstr(w, id_format(e->imports[i], text));
    }
    json_end_array(w);
    json_end_object(w);
}

void customer_certificate(const struct customer_erasure *e, int64_t id, int64_t at_us, int64_t user,
                          int64_t key, struct strbuf *ret) {
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(64 * KIB), hex = strbuf_init(KIB);
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct json_writer w = json_writer_init(&plain);
    json_begin_object(&w);
    write_certificate(&w, e, id, at_us, user, key);
    json_end_object(&w);
    crypto_sha256(strbuf_str(&plain), hash);
    crypto_hex(str_make((const char *)hash, sizeof hash), &hex);
    w = json_writer_init(ret);
    json_begin_object(&w);
    write_certificate(&w, e, id, at_us, user, key);
    json_key(&w, "hash");
    json_add_str(&w, strbuf_str(&hex));
    json_end_object(&w);
}

bool customer_certificate_store(struct sql *s, int64_t workspace, int64_t id, int64_t at_us,
                                int64_t customer, struct str certificate, struct error *err) {
    return sql_run(
        s, err,
        "INSERT INTO erasure (id, workspace, at_us, customer, certificate) VALUES ($1, $2, $3, $4, $5)",
        SQL_INT(id), SQL_INT(workspace), SQL_INT(at_us), SQL_INT(customer), SQL_TEXT(certificate));
}

bool customer_certificate_load(struct sql *s, int64_t workspace, int64_t customer, struct arena *a,
                               struct str *ret, struct error *err) {
    struct sql_rows *rows;
    *ret = STR("");
    if (!sql_select(
            s, &rows, err,
            "SELECT certificate FROM erasure WHERE workspace = $1 AND customer = $2 ORDER BY id DESC LIMIT 1",
            SQL_INT(workspace), SQL_INT(customer)))
        return false;
    if (sql_next(rows))
        *ret = arena_str(a, sql_text(rows, 0));
    return sql_rows_close(rows, err);
}
