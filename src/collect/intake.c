// SPDX-License-Identifier: Apache-2.0
#include "collect/intake.h"

#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "collect/feedback_store.h"
#include "collect/intake_inner.h"

#define FLIGHT_ITEMS 4000 // a transaction: beyond, the rest waits for the next
#define FLIGHTS_MANY 2    // on PostgreSQL two transactions at a time use the round trips
// More comes in live than goes out at once: several requests share a transaction, or few with many items (one large
// request is no crowd). It stays true for so long.
#define CROWD_REQUESTS 8
#define CROWD_FEW      2
#define CROWD_ITEMS    200
#define CROWD_US       (US_PER_SECOND / 20)
#define LOOK_MS        5

struct intake {
    struct store store;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    struct intake_request *first, **last; // waiting
    int flights, max_flights;
    int64_t crowded_until_us; // monotonic
};

// One transaction with the requests it carries.
struct flight {
    struct intake *intake;
    struct intake_request *requests;
};

const char *intake_outcome_code(enum intake_outcome o) {
    static const char *const codes[N_INTAKE_OUTCOMES] = {[INTAKE_CREATED] = "created",
                                                         [INTAKE_UPDATED] = "updated",
                                                         [INTAKE_UNCHANGED] = "unchanged"};
    return codes[o];
}

struct intake *intake_new(const struct store *store) {
    struct intake *in = NEW(struct intake);
    in->store = *store;
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->idle, NULL);
    in->last = &in->first;
    in->max_flights = sql_engine(store->db) == SQL_ENGINE_POSTGRES ? FLIGHTS_MANY : 1;
    return in;
}

void intake_free(struct intake *in) {
    if (!in)
        return;
    pthread_mutex_lock(&in->lock);
    while (in->flights > 0 || in->first)
        pthread_cond_wait(&in->idle, &in->lock);
    pthread_mutex_unlock(&in->lock);
    pthread_cond_destroy(&in->idle);
    pthread_mutex_destroy(&in->lock);
    free(in);
}

// ── preparing ──

// Fields are set apart by a byte that text does not have.
static void identity_of(const struct record *r, struct strbuf *ret) {
    const struct record_customer *c = &r->customer;
    struct str who = c->external_id.len ? c->external_id
                     : c->phone.len     ? c->phone
                     : c->email.len     ? c->email
                     : c->openid.len    ? c->openid
                                        : c->name;
    const struct str parts[] = {r->source, r->order, who, r->product, r->text};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        strbuf_add(ret, parts[i]);
        strbuf_addc(ret, '\1');
    }
    if (r->occurred_us != TIME_NONE)
        strbuf_addf(ret, "%" PRId64, r->occurred_us / US_PER_SECOND);
}

uint64_t intake_identity(const struct record *record) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    identity_of(record, &sb);
    return str_hash(strbuf_str(&sb));
}

// Platforms count their ids up: what comes in together begins alike. Such a group stands together in the index, so
// that a transaction writes a few of its pages instead of one for each feedback.
#define GROUP_BYTES    3  // of the lookup
#define GROUP_TAIL     3  // bytes of the id that count within a group
#define GROUP_MAX_HEAD 12 // bytes of it that name the group

void feedback_lookup(const struct workspace_keys *k, struct str source, struct str external_id,
                     uint8_t ret[VAULT_LOOKUP_BYTES]) {
    uint8_t group[VAULT_LOOKUP_BYTES];
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    strbuf_add(&sb, source);
    strbuf_addc(&sb, '\1');
    size_t head = external_id.len > GROUP_TAIL ? external_id.len - GROUP_TAIL : 0;
    size_t begin = sb.len;
    strbuf_add(&sb, external_id);
    vault_lookup(k, "feedback.external_id", strbuf_str(&sb), ret);
    strbuf_truncate(&sb, begin + MIN(head, (size_t)GROUP_MAX_HEAD));
    vault_lookup(k, "feedback.external_id.group", strbuf_str(&sb), group);
    memcpy(ret, group, GROUP_BYTES);
}

static void look_up(const struct workspace_keys *k, const struct record *r, uint32_t nth,
                    struct intake_item *item) {
    if (r->external_id.len) {
        feedback_lookup(k, r->source, r->external_id, item->lookup);
    } else if (nth) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        identity_of(r, &sb);
        strbuf_addf(&sb, "\1%" PRIu32, nth);
        vault_lookup(k, "feedback.identity", strbuf_str(&sb), item->lookup);
    } else {
        return;
    }
    item->has_lookup = true;
}

void intake_seal(const struct workspace_keys *k, int64_t id, struct str plain, struct strbuf *ret) {
    char bound[40];
    snprintf(bound, sizeof bound, "feedback:%" PRId64, id);
    seal(&k->data, str_from(bound), plain, ret);
}

bool intake_prepare(struct intake *in, const struct intake_request *r, const struct record *record,
                    uint32_t nth, struct arena *a, struct intake_item *ret, struct error *err) {
    const struct workspace_keys *k = vault_keys(in->store.vault, r->workspace, err);
    if (!k)
        return false;
    *ret = (struct intake_item){
        .new_id = id_next(in->store.ids), .record = record, .occurred_us = record->occurred_us};
    if (ret->occurred_us == TIME_NONE)
        ret->occurred_us = id_time_us(ret->new_id);
    look_up(k, record, nth, ret);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(2 * MIB), sealed = strbuf_init(2 * MIB);
    record_format(record, &plain);
    vault_lookup(k, "feedback.content", strbuf_str(&plain), ret->content);
    intake_seal(k, ret->new_id, strbuf_str(&plain), &sealed);
    if (plain.overflow || sealed.overflow)
        return error_set(err, ERROR_LIMIT, "这条反馈超过 2 MiB",
                         "the feedback is larger than 2 MiB");
    ret->body = arena_str(a, strbuf_str(&sealed));
    return true;
}

// ── flying ──

static bool fly(struct sql *s, void *ctx, struct error *err) {
    struct flight *f = ctx;
    return intake_store_all(s, &f->intake->store, f->requests, err);
}

static void start_flights(struct intake *in);

static void landed(void *ctx, bool ok, const struct error *err) {
    struct flight *f = ctx;
    struct intake *in = f->intake;
    // Two nodes may write the same at the same moment; then each request is tried once more by itself, so that
    // one does not fail for another.
    bool again = !ok && err->code == ERROR_CONFLICT && !f->requests->alone;
    for (struct intake_request *r = f->requests, *next; r; r = next) {
        next = r->next; // `done` may free the request
        r->alone = again;
        if (again)
            intake_submit(in, r);
        else
            r->done(r, ok, err);
    }
    free(f);
    pthread_mutex_lock(&in->lock);
    in->flights--;
    start_flights(in);
    if (in->flights == 0)
        pthread_cond_broadcast(&in->idle);
    pthread_mutex_unlock(&in->lock);
}

bool intake_is_crowd(const struct intake_request *requests) {
    size_t n = 0, n_items = 0;
    for (const struct intake_request *r = requests; r; r = r->next)
        if (r->lane == LANE_LIVE) {
            n++;
            n_items += r->n_items;
        }
    return n >= CROWD_REQUESTS || (n >= CROWD_FEW && n_items >= CROWD_ITEMS);
}

void intake_give_way(struct intake *in, int64_t patience_us) {
    int64_t until = clock_monotonic_us() + patience_us;
    for (bool crowded = true; crowded;) {
        int64_t now = clock_monotonic_us();
        pthread_mutex_lock(&in->lock);
        crowded = now < MIN(in->crowded_until_us, until);
        pthread_mutex_unlock(&in->lock);
        if (crowded)
            nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}

// With the lock held.
static void start_flights(struct intake *in) {
    while (in->first && in->flights < in->max_flights) {
        struct flight *f = NEW(struct flight);
        f->intake = in;
        f->requests = in->first;
        size_t n = in->first->n_items;
        struct intake_request *r = in->first;
        while (r->next && !r->alone && !r->next->alone && n + r->next->n_items <= FLIGHT_ITEMS) {
            r = r->next;
            n += r->n_items;
        }
        in->first = r->next;
        r->next = NULL;
        if (!in->first)
            in->last = &in->first;
        in->flights++;
        if (intake_is_crowd(f->requests))
            in->crowded_until_us = clock_monotonic_us() + CROWD_US;
        sql_write_async(in->store.db, fly, landed, f);
    }
}

void intake_submit(struct intake *in, struct intake_request *r) {
    pthread_mutex_lock(&in->lock);
    r->next = NULL;
    *in->last = r;
    in->last = &r->next;
    start_flights(in);
    pthread_mutex_unlock(&in->lock);
}

// ── waiting ──

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool is_answered, ok;
    struct error error;
};

static void wake(struct intake_request *r, bool ok, const struct error *err) {
    struct waiting *w = r->ctx;
    pthread_mutex_lock(&w->lock);
    w->is_answered = true;
    w->ok = ok;
    if (!ok && err)
        w->error = *err;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

bool intake_write(struct intake *in, struct intake_request *r, struct error *err) {
    struct waiting w = {.is_answered = false};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.answered, NULL);
    r->done = wake;
    r->ctx = &w;
    intake_submit(in, r);
    pthread_mutex_lock(&w.lock);
    while (!w.is_answered)
        pthread_cond_wait(&w.answered, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_cond_destroy(&w.answered);
    pthread_mutex_destroy(&w.lock);
    if (!w.ok && err)
        *err = w.error;
    return w.ok;
}
