// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/clock.h"
#include "base/map.h"
#include "unify/dedup.h"
#include "work/suspicion.h"

#define MIN_BANDS    3 // of NEARDUP_BANDS: about 0.82 of the 3-grams in common
#define AROUND_HOURS (28 * 24)
#define NEAR_HOURS   24 // a burst lasts: what is near is not what is usual
#define KNOWN_HOURS  (7 * 24)
#define TIMES        3

static const char *const rule_codes[N_SUSPICION_RULES] = {"copy", "burst", "early"};

static const struct {
    const char *kind;
    int64_t least;
    bool must_be_known;
} subjects[] = {{"product", 10, true}, {"device", 5, false}, {"customer", 5, false}};
#define N_SUBJECTS ARRAY_LEN(subjects)

struct noting {
    struct sql *s;
    const struct workspace_keys *keys;
    int64_t workspace;
    struct customer_ids *changed;
};

static int64_t keyed(const struct noting *x, const char *kind, struct str value) {
    uint8_t hash[VAULT_LOOKUP_BYTES];
    int64_t number;
    vault_lookup(x->keys, kind, value, hash);
    memcpy(&number, hash, sizeof number);
    return number;
}

static bool insert(struct noting *x, int64_t feedback, const struct suspicion *what,
                   struct error *err) {
    int64_t n;
    if (!sql_change(
            x->s, &n, err,
            "INSERT INTO suspicion (feedback, rule, workspace, at_us, other, number, usual, kind) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (feedback, rule) DO UPDATE SET number = $6, usual = $7 WHERE suspicion.number < $6",
            SQL_INT(feedback), SQL_TEXT(str_from(rule_codes[what->rule])), SQL_INT(x->workspace),
            SQL_INT(clock_now_us()), SQL_INT_OR_NULL(what->other, 0), SQL_INT(what->number),
            SQL_INT(what->usual), SQL_TEXT(what->kind)))
        return false;
    if (n)
        vec_push(x->changed, feedback);
    return true;
}

bool suspicion_forget(struct sql *s, int64_t feedback, struct error *err) {
    return sql_run(s, err, "DELETE FROM suspicion WHERE feedback = $1", SQL_INT(feedback)) &&
           sql_run(s, err, "DELETE FROM text_band WHERE feedback = $1", SQL_INT(feedback)) &&
           sql_run(s, err, "DELETE FROM activity WHERE feedback = $1", SQL_INT(feedback));
}

// ── copies ──

// The feedback that has most bands in common with `in`, of somebody else.
static bool find_original(struct noting *x, const struct suspicion_input *in,
                          const int64_t bands[NEARDUP_BANDS], int64_t *ret, struct error *err) {
    struct sql_rows *rows;
    *ret = 0;
    if (!sql_select(
            x->s, &rows, err,
            "SELECT b.feedback, count(*), f.customer FROM text_band b JOIN feedback f ON f.id = b.feedback"
            " WHERE b.workspace = $1 AND b.band IN ($2, $3, $4, $5, $6, $7, $8, $9) AND b.feedback <> $10"
            " GROUP BY b.feedback, f.customer ORDER BY 2 DESC, 1 LIMIT 1",
            SQL_INT(x->workspace), SQL_INT(bands[0]), SQL_INT(bands[1]), SQL_INT(bands[2]),
            SQL_INT(bands[3]), SQL_INT(bands[4]), SQL_INT(bands[5]), SQL_INT(bands[6]),
            SQL_INT(bands[7]), SQL_INT(in->id)))
        return false;
    bool mine = false;
    if (sql_next(rows) && sql_int(rows, 1) >= MIN_BANDS) {
        *ret = sql_int(rows, 0);
        mine = in->customer && sql_int(rows, 2) == in->customer;
    }
    if (!sql_rows_close(rows, err))
        return false;
    // His own text again is lazy, not suspicious; it is not remembered a second time either.
    *ret = mine ? -*ret : *ret;
    return true;
}

static bool note_text(struct noting *x, const struct suspicion_input *in, struct error *err) {
    int64_t bands[NEARDUP_BANDS], original;
    if (!in->sketch || in->sketch->n_chars < DEDUP_LONG_CHARS)
        return true;
    for (int i = 0; i < NEARDUP_BANDS; i++) {
        char value[24];
        snprintf(value, sizeof value, "%d.%08" PRIx32, i, in->sketch->bands[i]);
        bands[i] = keyed(x, "text.band", str_from(value));
    }
    if (!find_original(x, in, bands, &original, err))
        return false;
    if (original > 0)
        return insert(x, in->id, &(struct suspicion){.rule = SUSPICION_COPY, .other = original},
                      err);
    for (int i = 0; original == 0 && i < NEARDUP_BANDS; i++)
        if (!sql_run(x->s, err,
                     "INSERT INTO text_band (workspace, band, feedback) VALUES ($1, $2, $3)"
                     " ON CONFLICT (workspace, band, feedback) DO NOTHING",
                     SQL_INT(x->workspace), SQL_INT(bands[i]), SQL_INT(in->id)))
            return false;
    return true;
}

// ── bursts ──

static bool note_activity(struct noting *x, const struct suspicion_input *in,
                          int64_t ret_subjects[N_SUBJECTS], struct error *err) {
    char customer[24] = "";
    if (in->customer)
        snprintf(customer, sizeof customer, "%" PRId64, in->customer);
    const struct str values[N_SUBJECTS] = {in->product, in->device, str_from(customer)};
    for (size_t i = 0; i < N_SUBJECTS; i++) {
        char kind[40];
        ret_subjects[i] = 0;
        if (!values[i].len || in->date_only)
            continue;
        snprintf(kind, sizeof kind, "activity.%s", subjects[i].kind);
        ret_subjects[i] = keyed(x, kind, values[i]);
        if (!sql_run(
                x->s, err,
                "INSERT INTO activity (workspace, subject, hour, feedback) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (workspace, subject, hour, feedback) DO NOTHING",
                SQL_INT(x->workspace), SQL_INT(ret_subjects[i]), SQL_INT(in->at_us / US_PER_HOUR),
                SQL_INT(in->id)))
            return false;
    }
    return true;
}

// The largest hour else, and whether the subject was there a week before or after.
static bool read_usual(struct noting *x, int64_t subject, int64_t hour, int64_t *ret_usual,
                       bool *ret_known, struct error *err) {
    struct sql_rows *rows;
    *ret_usual = 0;
    *ret_known = false;
    if (!sql_select(
            x->s, &rows, err,
            "SELECT hour, count(*) FROM activity WHERE workspace = $1 AND subject = $2 AND hour >= $3 AND hour <= $4 GROUP BY hour",
            SQL_INT(x->workspace), SQL_INT(subject), SQL_INT(hour - AROUND_HOURS),
            SQL_INT(hour + AROUND_HOURS)))
        return false;
    while (sql_next(rows)) {
        int64_t apart = sql_int(rows, 0) - hour;
        apart = apart < 0 ? -apart : apart;
        if (apart > NEAR_HOURS)
            *ret_usual = MAX(*ret_usual, sql_int(rows, 1));
        *ret_known = *ret_known || apart >= KNOWN_HOURS;
    }
    return sql_rows_close(rows, err);
}

// Another hour had so many that `n` is nothing special. An hour like others meets one at once; only for a real burst
// are all of them read.
static bool was_busy_else(struct noting *x, int64_t subject, int64_t hour, int64_t n, bool *ret,
                          struct error *err) {
    int64_t found;
    bool ok = sql_get_int(
        x->s, &found, 0, err,
        "SELECT 1 FROM activity WHERE workspace = $1 AND subject = $2 AND hour >= $3 AND hour <= $4 AND (hour < $5 OR hour > $6)"
        " GROUP BY hour HAVING count(*) * $7 > $8 LIMIT 1",
        SQL_INT(x->workspace), SQL_INT(subject), SQL_INT(hour - AROUND_HOURS),
        SQL_INT(hour + AROUND_HOURS), SQL_INT(hour - NEAR_HOURS), SQL_INT(hour + NEAR_HOURS),
        SQL_INT(TIMES), SQL_INT(n));
    *ret = ok && found;
    return ok;
}

static bool flag_hour(struct noting *x, int64_t subject, int64_t hour, const struct suspicion *what,
                      struct error *err) {
    struct sql_rows *rows;
    struct customer_ids ids = {0};
    if (!sql_select(
            x->s, &rows, err,
            "SELECT feedback FROM activity WHERE workspace = $1 AND subject = $2 AND hour = $3",
            SQL_INT(x->workspace), SQL_INT(subject), SQL_INT(hour)))
        return false;
    while (sql_next(rows))
        vec_push(&ids, sql_int(rows, 0));
    bool ok = sql_rows_close(rows, err);
    for (size_t i = 0; ok && i < ids.len; i++)
        ok = insert(x, ids.items[i], what, err);
    vec_done(&ids);
    return ok;
}

static bool judge(struct noting *x, size_t kind, int64_t subject, int64_t hour, struct error *err) {
    int64_t n, usual;
    bool known, was_busy;
    if (!sql_get_int(
            x->s, &n, 0, err,
            "SELECT count(*) FROM activity WHERE workspace = $1 AND subject = $2 AND hour = $3",
            SQL_INT(x->workspace), SQL_INT(subject), SQL_INT(hour)))
        return false;
    if (n < subjects[kind].least)
        return true;
    if (!was_busy_else(x, subject, hour, n, &was_busy, err))
        return false;
    if (was_busy)
        return true;
    if (!read_usual(x, subject, hour, &usual, &known, err))
        return false;
    if (subjects[kind].must_be_known && !known)
        return true;
    struct suspicion what = {.rule = SUSPICION_BURST,
                             .number = n,
                             .usual = usual,
                             .kind = str_from(subjects[kind].kind)};
    return flag_hour(x, subject, hour, &what, err);
}

// Every subject and hour of the batch once.
static bool judge_all(struct noting *x, const struct suspicion_input *in, size_t n,
                      int64_t (*of)[N_SUBJECTS], struct error *err) {
    struct map_u64 seen = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        for (size_t k = 0; ok && k < N_SUBJECTS; k++) {
            int64_t hour = in[i].at_us / US_PER_HOUR;
            uint64_t key = hash_u64((uint64_t)of[i][k] ^ hash_u64((uint64_t)hour)), before;
            if (!of[i][k] || map_u64_get(&seen, key, &before))
                continue;
            map_u64_put(&seen, key, 1);
            ok = judge(x, k, of[i][k], hour, err);
        }
    map_u64_done(&seen);
    return ok;
}

bool suspicion_note(struct sql *s, const struct store *store, int64_t workspace,
                    const struct suspicion_input *in, size_t n, struct customer_ids *ret_changed,
                    struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct noting x = {s, vault_keys(store->vault, workspace, err), workspace, ret_changed};
    int64_t(*of)[N_SUBJECTS] = arena_zero(&a, n, sizeof *of);
    if (!x.keys)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((in[i].version > 1 && !suspicion_forget(s, in[i].id, err)) ||
            !note_text(&x, &in[i], err) || !note_activity(&x, &in[i], of[i], err))
            return false;
    return judge_all(&x, in, n, of, err);
}

// ── reading ──

bool suspicion_load(struct sql *s, int64_t feedback, struct arena *a,
                    struct suspicion ret[N_SUSPICION_RULES], size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT rule, other, number, usual, kind FROM suspicion WHERE feedback = $1 ORDER BY rule DESC",
            SQL_INT(feedback)))
        return false;
    while (n < N_SUSPICION_RULES && sql_next(rows)) {
        struct suspicion x = {.other = sql_int(rows, 1),
                              .number = sql_int(rows, 2),
                              .usual = sql_int(rows, 3),
                              .kind = arena_str(a, sql_text(rows, 4))};
        for (int r = 0; r < N_SUSPICION_RULES; r++)
            if (str_eq(sql_text(rows, 0), str_from(rule_codes[r])))
                x.rule = (enum suspicion_rule)r;
        ret[n++] = x;
    }
    *ret_n = n;
    return sql_rows_close(rows, err);
}
