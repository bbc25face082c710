// SPDX-License-Identifier: Apache-2.0
#include "work/house.h"

#include <pthread.h>

#include "account/workspace.h"
#include "analyse/taxonomy.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "sys/ordered.h"
#include "work/follow.h"
#include "work/pipeline.h"
#include "work/stages.h"
#include "work/upkeep.h"
#include "work/webhook.h"

// ── zones and words of workspaces ──

// Never freed before the house: whoever asked may still use it.
struct place {
    int64_t workspace; // 0: forgotten
    struct zone *zone;
    struct taxonomy *taxonomy;
    struct place *next;
};

struct places {
    pthread_mutex_t lock;
    struct place *first;
    struct stage_state *stages;
};

// What the workspace says differently from its industry.
static void adjust(struct taxonomy *t, struct str settings) {
    CLEANUP(json_freep) struct json *j = NULL;
    struct error e;
    if (!json_parse(settings, &j, &e) ||
        !taxonomy_adjust(t, json_get(json_get(j, "taxonomy"), "dimensions"), &e))
        log_warn("cannot read the dimensions of a workspace: %s", e.en);
}

static struct place *open_place(struct house *h, int64_t workspace) {
    CLEANUP(arena_done) struct arena a = {0};
    struct place *p = NEW(struct place);
    struct workspace w = {0};
    struct error e;
    p->workspace = workspace;
    bool known = workspace_load(h->accounts, workspace, &a, &w, &e);
    if (!known)
        log_warn("cannot read workspace %" PRId64 ": %s", workspace, e.en);
    if ((!known || !zone_open(w.time_zone, &p->zone, &e)) && !zone_open(STR("UTC"), &p->zone, &e))
        log_warn("cannot open a time zone: %s", e.en);
    if ((!known || !taxonomy_open(NULL, w.industry.len ? w.industry : STR("general"), NULL,
                                  &p->taxonomy, &e)) &&
        !taxonomy_open(NULL, STR("general"), NULL, &p->taxonomy, &e))
        log_warn("cannot open an industry template: %s", e.en);
    if (known && p->taxonomy && w.settings.len)
        adjust(p->taxonomy, w.settings);
    return p;
}

static const struct place *place_of(struct house *h, int64_t workspace) {
    struct places *all = h->places;
    pthread_mutex_lock(&all->lock);
    struct place *p = all->first;
    while (p && p->workspace != workspace)
        p = p->next;
    if (!p) {
        p = open_place(h, workspace);
        p->next = all->first;
        all->first = p;
    }
    pthread_mutex_unlock(&all->lock);
    return p;
}

const struct zone *house_zone(struct house *h, int64_t workspace) {
    return place_of(h, workspace)->zone;
}

const struct taxonomy *house_taxonomy(struct house *h, int64_t workspace) {
    return place_of(h, workspace)->taxonomy;
}

void house_forget_place(struct house *h, int64_t workspace) {
    pthread_mutex_lock(&h->places->lock);
    for (struct place *p = h->places->first; p; p = p->next)
        if (p->workspace == workspace)
            p->workspace = 0;
    pthread_mutex_unlock(&h->places->lock);
}

static void places_free(struct places *all) {
    for (struct place *p = all->first, *next; p; p = next) {
        next = p->next;
        zone_free(p->zone);
        taxonomy_close(p->taxonomy);
        free(p);
    }
    stage_state_free(all->stages);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

// ── the house ──

void house_tell(const struct house *h, int64_t workspace, const char *event, struct str json) {
    if (h->options.tell)
        h->options.tell(h->options.tell_ctx, workspace, event, json);
}

void house_tell_feedback(const struct house *h, int64_t workspace, const char *event,
                         const int64_t *ids, size_t n_ids, int64_t n) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "n");
    json_add_int(&w, n);
    json_key(&w, "ids");
    json_begin_array(&w);
    for (size_t i = 0; i < MIN(n_ids, (size_t)HOUSE_TELL_IDS); i++) {
        char id[ID_TEXT];
        json_add_cstr(&w, id_format(ids[i], id));
    }
    json_end_array(&w);
    json_end_object(&w);
    house_tell(h, workspace, event, strbuf_str(&sb));
}

bool house_open(const struct house_options *o, struct house *ret, struct error *err) {
    *ret = (struct house){
        .options = *o, .store = o->store, .accounts = o->accounts, .started_us = clock_now_us()};
    struct house *h = ret;
    // One of them may be at an import for minutes: what is live goes on beside it.
    int workers = MAX(o->workers ? o->workers : ordered_default_threads(), 2);
    h->places = NEW(struct places);
    pthread_mutex_init(&h->places->lock, NULL);
    if (!model_open(o->model.len ? o->model : STR("quick"), &h->model, err)) {
        house_close(h);
        return false;
    }
    h->intake = intake_new(&h->store);
    h->places->stages = stage_state_new(h, workers);
    struct pipeline_options p = {.store = &h->store,
                                 .stages = stages,
                                 .n_stages = n_stages,
                                 .ctx = h->places->stages,
                                 .workers = workers};
    // Whoever runs this server decides where it may go: shops have their systems in their own network.
    struct webhook_sender_options w = {.store = h->store, .allow_private = true};
    h->upkeep = upkeep_new(&(struct upkeep_options){h->store, h->accounts, o->data_dir});
    if (!follow_start(h, &h->follow, err) || !pipeline_start(&p, &h->pipeline, err) ||
        !webhook_sender_start(&w, &h->webhooks, err) || !upkeep_start(h->upkeep, err)) {
        house_close(h);
        return false;
    }
    return true;
}

void house_close(struct house *h) {
    upkeep_free(h->upkeep);
    webhook_sender_stop(h->webhooks);
    pipeline_stop(h->pipeline); // its stages write through the intake and make room for it
    intake_free(h->intake);
    follow_stop(h->follow);
    if (h->places)
        places_free(h->places);
    model_close(h->model);
    *h = (struct house){0};
}
