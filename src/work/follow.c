// SPDX-License-Identifier: Apache-2.0
#include "work/follow.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/change.h"
#include "collect/outbox.h"
#include "explain/fact_feed.h"
#include "search/search.h"
#include "work/behaviour.h"
#include "work/house.h"

#define MAX_FOLLOWED  256
#define PAGE_IDS      2000
#define LOOK_US       (5 * US_PER_SECOND)  // without news
#define AGAIN_US      (10 * US_PER_SECOND) // after a failure
#define QUIET_US      US_PER_HOUR          // between marks of a workspace in which nothing changes
#define NICE          1 // what has come in is found before it is analysed (work/pipeline.c)
#define PROBLEM_BYTES ((int)sizeof(((struct follow_status *)0)->facts_problem))

struct followed {
    int64_t workspace;
    struct fact_store *_Atomic facts;
    struct fact_feed *feed;
    struct search *_Atomic search;
    _Atomic int64_t facts_mark, search_mark; // how far each is
    int64_t facts_again_us, search_again_us; // not tried before
    int64_t quiet_us;                        // when a mark without changes was last put on disk
    _Atomic bool wants_rebuild;
    struct follow_status status; // under the lock
};

struct follow {
    struct house *house;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;  // of what follows
    pthread_cond_t news;   // for the thread
    pthread_cond_t caught; // for those who wait
    uint64_t n_news;
    bool stopping;
    struct followed *list[MAX_FOLLOWED];
    size_t n;
    pthread_mutex_t opening; // one opens at a time
};

// ── opening ──

static struct followed *find(struct follow *f, int64_t workspace) {
    struct followed *found = NULL;
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->n && !found; i++)
        if (f->list[i]->workspace == workspace)
            found = f->list[i];
    if (!found && f->n < MAX_FOLLOWED) {
        found = f->list[f->n++] = NEW(struct followed);
        found->workspace = workspace;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}

static bool make_dir(const char *parent, const char *name, char *path, size_t cap,
                     struct error *err) {
    snprintf(path, cap, "%s/%s", parent, name);
    return mkdir(path, 0700) == 0 || errno == EEXIST ||
           error_errno(err, errno, "无法创建目录", "cannot create the folder", path);
}

// Facts are derived: a file that a full disk has left half written is thrown away, and what it held is read again.
static bool open_store(const struct fact_store_options *o, struct fact_store **ret,
                       struct error *err) {
    char wal[4300];
    struct error e;
    if (fact_store_open(o, ret, &e))
        return true;
    if (e.code != ERROR_CORRUPT) {
        *err = e;
        return false;
    }
    log_warn("%s; it is made anew", e.en);
    snprintf(wal, sizeof wal, "%s.wal", o->path);
    unlink(wal);
    if (unlink(o->path) != 0)
        return error_errno(err, errno, "无法删除", "cannot remove", o->path);
    return fact_store_open(o, ret, err);
}

static bool open_facts(struct follow *f, struct followed *w, struct error *err) {
    const struct house_options *o = &f->house->options;
    char dir[4096], path[4200];
    if (!make_dir(o->data_dir, "facts", dir, sizeof dir, err))
        return false;
    snprintf(path, sizeof path, "%s/%" PRId64 ".duckdb", dir, w->workspace);
    struct fact_store *store;
    if (!open_store(&(struct fact_store_options){.path = path, .library = o->duckdb}, &store, err))
        return false;
    struct fact_feed *feed;
    if (!fact_feed_open(store, house_zone(f->house, w->workspace),
                        house_taxonomy(f->house, w->workspace), &feed, err)) {
        fact_store_close(store);
        return false;
    }
    w->facts_mark = fact_store_watermark(store);
    w->feed = feed;
    w->facts = store;
    return true;
}

static bool open_search(struct follow *f, struct followed *w, struct error *err) {
    char dir[4096], name[64];
    const struct workspace_keys *k = vault_keys(f->house->store.vault, w->workspace, err);
    if (!k || !make_dir(f->house->options.data_dir, "search", dir, sizeof dir, err))
        return false;
    snprintf(name, sizeof name, "search/%" PRId64, w->workspace);
    snprintf(dir, sizeof dir, "%s/%s", f->house->options.data_dir, name);
    struct search *s;
    if (!search_open(dir, k->search, &s, err))
        return false;
    w->search_mark = search_watermark(s);
    w->search = s;
    return true;
}

struct fact_store *follow_facts(struct follow *f, int64_t workspace, struct error *err) {
    struct followed *w = find(f, workspace);
    struct fact_store *store = NULL;
    pthread_mutex_lock(&f->opening);
    if (!w)
        error_set(err, ERROR_LIMIT, "工作区太多", "too many workspaces");
    else if (w->facts || open_facts(f, w, err))
        store = w->facts;
    pthread_mutex_unlock(&f->opening);
    return store;
}

struct search *follow_search(struct follow *f, int64_t workspace, struct error *err) {
    struct followed *w = find(f, workspace);
    struct search *search = NULL;
    pthread_mutex_lock(&f->opening);
    if (!w)
        error_set(err, ERROR_LIMIT, "工作区太多", "too many workspaces");
    else if (w->search || open_search(f, w, err))
        search = w->search;
    pthread_mutex_unlock(&f->opening);
    return search;
}

// ── taking over ──

struct page {
    struct follow *follow;
    int64_t workspace, after;
    bool by_log; // else all feedback by id
    struct arena arena;
    struct change_page change;
    struct feedback_batch batch;
    struct behaviour *behaviours; // beside the items of the batch
};

static bool read_page(struct sql *s, void *ctx, struct error *err) {
    struct page *p = ctx;
    arena_reset(&p->arena);
    if (p->by_log) {
        if (!change_read(s, p->workspace, p->after, PAGE_IDS, &p->arena, &p->change, err))
            return false;
    } else {
        p->change = (struct change_page){.ids = ARENA_ARRAY(&p->arena, int64_t, PAGE_IDS)};
        if (!change_all_feedback(s, p->workspace, p->after, PAGE_IDS, p->change.ids, &p->change.n,
                                 err))
            return false;
        p->change.more = p->change.n == PAGE_IDS;
    }
    const struct store *store = &p->follow->house->store;
    if (!feedback_load(s, store, p->workspace, p->change.ids, p->change.n, FEEDBACK_EVERYTHING,
                       &p->batch, err))
        return false;
    p->behaviours = ARENA_ARRAY(&p->arena, struct behaviour, p->change.n);
    return behaviour_load(s, store, p->workspace, &p->batch, &p->arena, p->behaviours, err);
}

// Writes down what is wrong, "" for nothing.
static void note(struct follow *f, char *problem, const char *what, int64_t *again_us) {
    pthread_mutex_lock(&f->lock);
    snprintf(problem, PROBLEM_BYTES, "%.*s", PROBLEM_BYTES - 1, what);
    pthread_mutex_unlock(&f->lock);
    *again_us = *what ? clock_now_us() + AGAIN_US : 0;
    if (*what)
        log_warn("facts or search fall behind: %s", what);
}

static void set_rebuilding(struct follow *f, struct followed *w, bool rebuilding, int64_t rebuilt) {
    pthread_mutex_lock(&f->lock);
    w->status.rebuilding = rebuilding;
    w->status.rebuilt = rebuilt;
    pthread_mutex_unlock(&f->lock);
}

// What the customer did, beside the feedback added last.
static void add_behaviour(struct fact_feed *feed, const struct behaviour *b) {
    for (size_t i = 0; i < b->n; i++) {
        const struct behaviour_column *c = &b->columns[i];
        if (c->is_measure)
            fact_feed_measure(feed, c->name, c->role, c->number);
        else
            fact_feed_dimension(feed, c->name, c->role, c->text);
    }
}

static void apply_facts(struct follow *f, struct followed *w, const struct page *p, int64_t mark) {
    struct error e = {0};
    const struct feedback_batch *b = &p->batch;
    if (!w->facts || clock_now_us() < w->facts_again_us || mark < w->facts_mark)
        return;
    bool ok = true;
    for (size_t i = 0; ok && i < b->n; i++) {
        struct analysis_facts a = {0};
        analysis_facts_read(b->items[i].analysis, b->items[i].corrections,
                            b->items[i].n_corrections, &a);
        a.flags |= p->behaviours[i].suspect ? UNIFY_NEAR_DUPLICATE : 0;
        ok = fact_feed_add(w->feed, &b->items[i], &a, &e);
        if (ok)
            add_behaviour(w->feed, &p->behaviours[i]);
    }
    if (!ok || !fact_feed_apply(w->feed, mark, &e)) {
        note(f, w->status.facts_problem, e.en, &w->facts_again_us);
        return;
    }
    w->facts_mark = mark;
    if (w->status.facts_problem[0])
        note(f, w->status.facts_problem, "", &w->facts_again_us);
}

static void apply_search(struct follow *f, struct followed *w, struct page *p, int64_t mark) {
    struct error e = {0};
    const struct feedback_batch *b = &p->batch;
    if (!w->search || clock_now_us() < w->search_again_us || mark < w->search_mark)
        return;
    struct search_doc *docs = ARENA_ARRAY(&p->arena, struct search_doc, b->n);
    for (size_t i = 0; i < b->n; i++) {
        const struct stored_feedback *s = &b->items[i];
        docs[i] = (struct search_doc){.id = s->id, .gone = !s->found || s->deleted_us != TIME_NONE};
        if (!docs[i].gone)
            docs[i].text = arena_printf(&p->arena, "%.*s\n%.*s",
                                        STR_ARG(record_whole_text(&s->record, &p->arena)),
                                        STR_ARG(s->record.product));
    }
    if (!search_apply(w->search, docs, b->n, mark, &e)) {
        note(f, w->status.search_problem, e.en, &w->search_again_us);
        return;
    }
    w->search_mark = mark;
    if (w->status.search_problem[0])
        note(f, w->status.search_problem, "", &w->search_again_us);
}

// ── building anew ──

struct positions {
    int64_t now, floor;
};

static bool read_positions(struct sql *s, void *ctx, struct error *err) {
    struct positions *p = ctx;
    return change_position(s, &p->now, err) && change_floor(s, &p->floor, err);
}

static bool is_stopping(struct follow *f) {
    pthread_mutex_lock(&f->lock);
    bool stopping = f->stopping;
    pthread_mutex_unlock(&f->lock);
    return stopping;
}

static bool rebuild(struct follow *f, struct followed *w, const struct positions *at,
                    struct page *p, struct error *err) {
    log_info("building facts and search of workspace %" PRId64 " anew", w->workspace);
    if ((w->facts && !fact_store_clear(w->facts, err)) ||
        (w->search && !search_clear(w->search, err)))
        return false;
    if (w->facts) {
        struct fact_feed *feed;
        if (!fact_feed_open(w->facts, house_zone(f->house, w->workspace),
                            house_taxonomy(f->house, w->workspace), &feed, err))
            return false;
        fact_feed_close(w->feed);
        w->feed = feed;
    }
    w->facts_mark = w->search_mark = 0;
    int64_t n = 0;
    p->by_log = false;
    p->after = 0;
    bool more = true;
    while (more && !is_stopping(f)) {
        if (!sql_read(f->house->store.db, read_page, p, err))
            return false;
        more = p->change.more;
        if (p->change.n)
            p->after = p->change.ids[p->change.n - 1];
        int64_t mark = more ? 0 : at->now;
        apply_facts(f, w, p, mark);
        apply_search(f, w, p, mark);
        n += (int64_t)p->change.n;
        set_rebuilding(f, w, true, n);
    }
    return true;
}

// ── the thread ──

static void open_both(struct follow *f, struct followed *w) {
    struct error e;
    if (!w->facts && clock_now_us() >= w->facts_again_us && !follow_facts(f, w->workspace, &e))
        note(f, w->status.facts_problem, e.en, &w->facts_again_us);
    if (!w->search && clock_now_us() >= w->search_again_us && !follow_search(f, w->workspace, &e))
        note(f, w->status.search_problem, e.en, &w->search_again_us);
}

static int64_t mark_of(const struct followed *w) {
    int64_t mark = INT64_MAX, now = clock_now_us();
    if (w->facts && now >= w->facts_again_us)
        mark = MIN(mark, (int64_t)w->facts_mark);
    if (w->search && now >= w->search_again_us)
        mark = MIN(mark, (int64_t)w->search_mark);
    return mark;
}

// One page of the log, or a whole rebuild. *ret_more: there is more to do now.
static bool step(struct follow *f, struct followed *w, struct page *p, bool *ret_more,
                 struct error *err) {
    struct positions at = {0};
    *ret_more = false;
    open_both(f, w);
    int64_t mark = mark_of(w);
    if (mark == INT64_MAX)
        return true;
    if (!sql_read(f->house->store.db, read_positions, &at, err))
        return false;
    p->workspace = w->workspace;
    if (w->wants_rebuild || mark < at.floor) {
        set_rebuilding(f, w, true, 0);
        w->wants_rebuild = false; // asked for again from here on: again
        bool ok = rebuild(f, w, &at, p, err);
        if (!ok || is_stopping(f))
            w->wants_rebuild = true;
        set_rebuilding(f, w, false, 0);
        *ret_more = ok;
        return ok;
    }
    p->by_log = true;
    p->after = mark;
    if (!sql_read(f->house->store.db, read_page, p, err))
        return false;
    if (p->change.position > mark) {
        apply_facts(f, w, p, p->change.position);
        apply_search(f, w, p, p->change.position);
        // the last ones are the newest
        size_t skip = p->change.n - MIN(p->change.n, (size_t)HOUSE_TELL_IDS);
        house_tell_feedback(f->house, w->workspace, "feedback.analysed", p->change.ids + skip,
                            p->change.n - skip, (int64_t)p->change.n);
    } else if (!p->change.more && at.now > mark && clock_now_us() >= w->quiet_us + QUIET_US) {
        // Nothing of this workspace up to here: without a mark that says so, clearing the log would have it built
        // anew.
        apply_facts(f, w, p, at.now);
        apply_search(f, w, p, at.now);
        w->quiet_us = clock_now_us();
    }
    *ret_more = p->change.more;
    return true;
}

static bool read_workspaces(struct sql *s, void *ctx, struct error *err) {
    struct page *p = ctx;
    arena_reset(&p->arena);
    p->change = (struct change_page){0};
    return change_workspaces(s, &p->arena, &p->change.ids, &p->change.n, err);
}

// Everything of everyone. *ret_more: some have more.
static bool round_of(struct follow *f, struct page *p, bool *ret_more, struct error *err) {
    *ret_more = false;
    if (!sql_read(f->house->store.db, read_workspaces, p, err))
        return false;
    for (size_t i = 0; i < p->change.n; i++)
        find(f, p->change.ids[i]);
    pthread_mutex_lock(&f->lock);
    size_t n = f->n;
    pthread_mutex_unlock(&f->lock);
    for (size_t i = 0; i < n && !is_stopping(f); i++) {
        bool more;
        if (!step(f, f->list[i], p, &more, err))
            return false;
        *ret_more = *ret_more || more;
    }
    return true;
}

static void hear(void *ctx, UNUSED struct str payload) {
    struct follow *f = ctx;
    pthread_mutex_lock(&f->lock);
    f->n_news++;
    pthread_cond_signal(&f->news);
    pthread_mutex_unlock(&f->lock);
}

static void wait_for_news(struct follow *f, uint64_t seen, int64_t pause_us) {
    int64_t until = clock_now_us() + pause_us;
    struct timespec t = {.tv_sec = until / US_PER_SECOND, .tv_nsec = until % US_PER_SECOND * 1000};
    pthread_mutex_lock(&f->lock);
    pthread_cond_broadcast(&f->caught);
    while (!f->stopping && f->n_news == seen &&
           pthread_cond_timedwait(&f->news, &f->lock, &t) == 0) {
    }
    pthread_mutex_unlock(&f->lock);
}

static void *follow_log(void *ctx) {
    struct follow *f = ctx;
    struct page p = {.follow = f};
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    while (!is_stopping(f)) {
        pthread_mutex_lock(&f->lock);
        uint64_t seen = f->n_news;
        pthread_mutex_unlock(&f->lock);
        bool more;
        struct error e;
        if (!round_of(f, &p, &more, &e)) {
            log_warn("cannot read the change log: %s", e.en);
            wait_for_news(f, seen, US_PER_SECOND);
        } else if (!more) {
            wait_for_news(f, seen, LOOK_US);
        }
    }
    feedback_batch_done(&p.batch);
    arena_done(&p.arena);
    return NULL;
}

bool follow_start(struct house *h, struct follow **ret, struct error *err) {
    struct follow *f = NEW(struct follow);
    f->house = h;
    pthread_mutex_init(&f->lock, NULL);
    pthread_mutex_init(&f->opening, NULL);
    pthread_cond_init(&f->news, NULL);
    pthread_cond_init(&f->caught, NULL);
    if (!sql_listen(h->store.db, CHANNEL_CHANGE, hear, f, err)) {
        follow_stop(f);
        return false;
    }
    f->has_thread = pthread_create(&f->thread, NULL, follow_log, f) == 0;
    if (!f->has_thread) {
        follow_stop(f);
        return error_set(err, ERROR_UNAVAILABLE, "系统不给更多线程",
                         "the system gives no more threads");
    }
    *ret = f;
    return true;
}

void follow_stop(struct follow *f) {
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_signal(&f->news);
    pthread_cond_broadcast(&f->caught);
    pthread_mutex_unlock(&f->lock);
    if (f->has_thread)
        pthread_join(f->thread, NULL);
    sql_unlisten(f->house->store.db, hear, f);
    for (size_t i = 0; i < f->n; i++) {
        fact_feed_close(f->list[i]->feed);
        fact_store_close(f->list[i]->facts);
        search_close(f->list[i]->search);
        free(f->list[i]);
    }
    pthread_cond_destroy(&f->news);
    pthread_cond_destroy(&f->caught);
    pthread_mutex_destroy(&f->opening);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

void follow_rebuild(struct follow *f, int64_t workspace) {
    struct followed *w = find(f, workspace);
    pthread_mutex_lock(&f->lock);
    if (w)
        w->wants_rebuild = true;
    f->n_news++;
    pthread_cond_signal(&f->news);
    pthread_mutex_unlock(&f->lock);
}

// ── what is seen of it ──

struct behind {
    int64_t workspace, after, rows;
};

static bool read_behind(struct sql *s, void *ctx, struct error *err) {
    struct behind *b = ctx;
    return change_behind(s, b->workspace, b->after, &b->rows, err);
}

struct follow_status follow_status(struct follow *f, int64_t workspace) {
    struct followed *w = find(f, workspace);
    if (!w)
        return (struct follow_status){0};
    pthread_mutex_lock(&f->lock);
    struct follow_status s = w->status;
    s.rebuilding = s.rebuilding || w->wants_rebuild;
    pthread_mutex_unlock(&f->lock);
    struct behind b = {.workspace = workspace,
                       .after = MIN((int64_t)w->facts_mark, (int64_t)w->search_mark)};
    if (sql_read(f->house->store.db, read_behind, &b, NULL))
        s.behind = b.rows;
    return s;
}

bool follow_wait(struct follow *f, int64_t workspace, int64_t patience_us) {
    struct followed *w = find(f, workspace);
    struct behind b = {.workspace = workspace};
    for (int64_t end = clock_now_us() + patience_us; w;) {
        b.after = MIN((int64_t)w->facts_mark, (int64_t)w->search_mark);
        if (sql_read(f->house->store.db, read_behind, &b, NULL) && b.rows == 0)
            return true;
        if (clock_now_us() >= end)
            return false;
        struct timespec t;
        int64_t until = MIN(end, clock_now_us() + US_PER_SECOND / 20);
        t = (struct timespec){.tv_sec = until / US_PER_SECOND,
                              .tv_nsec = until % US_PER_SECOND * 1000};
        pthread_mutex_lock(&f->lock);
        pthread_cond_timedwait(&f->caught, &f->lock, &t);
        pthread_mutex_unlock(&f->lock);
    }
    return false;
}
