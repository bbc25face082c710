// SPDX-License-Identifier: Apache-2.0
#include "api/customer_json.h"

#include <math.h>

#include "api/feedback_json.h"
#include "base/utf8.h"
#include "unify/identity.h"
#include "work/behaviour.h"

#define SCORED 50 // latest feedback that the score is taken from

struct str customer_mask(struct str s, const struct principal *p, struct arena *a) {
    size_t n = utf8_count(s);
    if (principal_may(p, PERMISSION_PERSONAL_READ) || n == 0)
        return s;
    struct str first = utf8_cut(s, 1),
               last = n > 2 ? str_slice(s, utf8_offset(s, n - 1), s.len) : STR("");
    return arena_printf(a, "%.*s***%.*s", STR_ARG(first), STR_ARG(last));
}

struct customer_view customer_view_of(struct request *r, struct api *api) {
    struct actor_names *names = ARENA_NEW(request_arena(r), struct actor_names);
    *names = actor_names_of(r, api);
    return (struct customer_view){.api = api,
                                  .principal = request_user(r),
                                  .lang = request_lang(r),
                                  .arena = request_arena(r),
                                  .names = names};
}

// ── segments, score ──

static bool add_segments(const struct customer_view *v, struct json_writer *w, int64_t id,
                         struct error *err) {
    struct segment_history history;
    int values[N_SEGMENT_AXES];
    if (!behaviour_segments(v->s, v->principal->workspace, id, clock_now_us(), &history, values,
                            err))
        return false;
    json_key(w, "segments");
    json_begin_array(w);
    for (int axis = 0; axis < N_SEGMENT_AXES; axis++) {
        if (values[axis] < 0)
            continue;
        const struct segment_axis_label *l = &segment_axes[axis];
        json_begin_object(w);
        json_key(w, "code");
        json_add_cstr(w, l->axis.code);
        json_key(w, "name");
        json_add_cstr(w, words_in(l->axis.name, v->lang));
        json_key(w, "value");
        json_add_cstr(w, l->values[values[axis]].code);
        json_key(w, "label");
        json_add_cstr(w, words_in(l->values[values[axis]].name, v->lang));
        json_end_object(w);
    }
    json_end_array(w);
    return true;
}

struct seen {
    double score; // NAN
    size_t n;     // within scope
    size_t looked;
};

static bool look_at_feedback(const struct customer_view *v, int64_t customer, struct seen *ret,
                             struct error *err) {
    int64_t ids[SCORED];
    size_t n;
    struct feedback_batch b = {0};
    double sum = 0;
    size_t scored = 0;
    *ret = (struct seen){.score = NAN};
    bool ok = customer_feedback(v->s, v->principal->workspace, customer, SCORED, ids, &n, err) &&
              feedback_load(v->s, &v->api->house->store, v->principal->workspace, ids, n,
                            FEEDBACK_EVERYTHING, &b, err);
    for (size_t i = 0; ok && i < n; i++) {
        const struct stored_feedback *f = &b.items[i];
        double score = json_num(json_get(f->analysis, "satisfaction"), NAN);
        ret->looked += f->found;
        if (!f->found || f->deleted_us != TIME_NONE || !feedback_in_scope(f, v->principal))
            continue;
        ret->n++;
        sum += isnan(score) ? 0 : score;
        scored += !isnan(score);
    }
    if (scored)
        ret->score = sum / (double)scored;
    feedback_batch_done(&b);
    return ok;
}

bool customer_json_begin(const struct customer_view *v, struct json_writer *w, int64_t id,
                         bool *ret_seen, struct error *err) {
    struct customer *c = ARENA_NEW(v->arena, struct customer);
    struct seen seen;
    if (!customer_load(v->s, &v->api->house->store, v->principal->workspace, id, v->arena, c,
                       err) ||
        !look_at_feedback(v, c->id, &seen, err))
        return false;
    *ret_seen = seen.n > 0 || v->principal->n_scope == 0;
    if (!*ret_seen)
        return true;
    struct str phone = customer_profile_get(&c->profile, STR("phone"));
    json_begin_object(w);
    api_add_id(w, "id", c->id);
    api_add_text(
        w, "name",
        customer_mask(customer_profile_get(&c->profile, STR("name")), v->principal, v->arena));
    api_add_text(w, "tail", str_slice(phone, phone.len > 4 ? phone.len - 4 : 0, phone.len));
    api_add_time(w, "first_at", c->first_us);
    api_add_time(w, "last_at", c->last_us);
    json_key(w, "n");
    json_add_int(w, c->n_feedback);
    json_key(w, "n_events");
    json_add_int(w, c->n_events);
    json_key(w, "score");
    json_add_num(w, seen.score, 2);
    return add_segments(v, w, c->id, err);
}

// ── keys, merges ──

bool customer_json_identities(const struct customer_view *v, struct json_writer *w,
                              int64_t customer, struct error *err) {
    struct customer_identity *list;
    size_t n;
    if (!customer_identities(v->s, &v->api->house->store, v->principal->workspace, customer,
                             v->arena, &list, &n, err))
        return false;
    json_key(w, "identities");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        int kind = identity_find(list[i].kind);
        struct str shown = list[i].value;
        size_t at = str_find_char(shown, '\x1f'); // source of an external id
        json_begin_object(w);
        api_add_text(w, "kind", list[i].kind);
        json_key(w, "name");
        json_add_cstr(w, kind >= 0 ? words_in(identity_labels[kind].name, v->lang) : "");
        if (at != STR_NONE)
            api_add_text(w, "source", str_slice(shown, 0, at));
        if (!principal_may(v->principal, PERMISSION_PERSONAL_READ) && kind >= 0)
            shown = identity_shown((enum identity_kind)kind, shown, v->arena);
        else if (at != STR_NONE)
            shown = str_slice(shown, at + 1, shown.len);
        api_add_text(w, "value", shown);
        api_add_id(w, "customer_id", list[i].home);
        api_add_time(w, "added_at", list[i].added_us);
        api_add_id(w, "record_id", list[i].origin);
        json_end_object(w);
    }
    json_end_array(w);
    return true;
}

static struct str because(const struct customer_view *v, const struct customer_merge *m,
                          enum lang lang) {
    struct str who = actor_name(v->names, m->actor);
    if (m->actor.len && !who.len)
        who = lang == LANG_ZH ? STR("已离开的成员") : STR("somebody who has left");
    return identity_because(who, m->by_event, m->record, m->kept_key.kind, m->kept_key.shown,
                            m->gone_key.kind, m->gone_key.shown, lang, v->arena);
}

bool customer_json_merges(const struct customer_view *v, struct json_writer *w, int64_t customer,
                          struct error *err) {
    struct customer_merge *list;
    size_t n;
    if (!customer_merges(v->s, &v->api->house->store, v->principal->workspace, customer, v->arena,
                         &list, &n, err))
        return false;
    json_key(w, "merges");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        const struct customer_merge *m = &list[i];
        json_begin_object(w);
        api_add_id(w, "id", m->id);
        api_add_id(w, "kept", m->kept);
        api_add_id(w, "gone", m->gone);
        api_add_time(w, "at", m->at_us);
        api_add_text(w, "by", actor_name(v->names, m->actor));
        api_add_id(w, m->by_event ? "event_id" : "feedback_id", m->record);
        json_key(w, "because");
        json_begin_object(w);
        api_add_text(w, "zh", because(v, m, LANG_ZH));
        api_add_text(w, "en", because(v, m, LANG_EN));
        json_end_object(w);
        api_add_time(w, "undone_at", m->undone_us);
        api_add_text(w, "undone_by", actor_name(v->names, m->undone_by));
        json_end_object(w);
    }
    json_end_array(w);
    return true;
}

void customer_json_profile(const struct customer_view *v, struct json_writer *w,
                           const struct customer_profile *p) {
    json_key(w, "profile");
    json_begin_object(w);
    for (size_t i = 0; i < p->n; i++) {
        json_key(w, arena_printf(v->arena, "%.*s", STR_ARG(p->fields[i].name)).ptr);
        json_begin_array(w);
        for (size_t k = 0; k < p->fields[i].n; k++) {
            json_begin_object(w);
            api_add_text(w, "value",
                         customer_mask(p->fields[i].values[k].value, v->principal, v->arena));
            api_add_time(w, "at", p->fields[i].values[k].at_us);
            json_end_object(w);
        }
        json_end_array(w);
    }
    json_end_object(w);
}

// ── events ──

void event_json_add(struct json_writer *w, const struct stored_event *e, const struct principal *p,
                    struct arena *a) {
    json_begin_object(w);
    api_add_id(w, "id", e->id);
    api_add_text(w, "type", e->event.type);
    api_add_text(w, "source", e->event.source);
    api_add_text(w, "external_id", customer_mask(e->event.external_id, p, a));
    api_add_time(w, "at", e->at_us);
    api_add_time(w, "updated_at", e->updated_us);
    api_add_text(w, "order", customer_mask(e->event.order, p, a));
    api_add_id(w, "customer_id", e->customer);
    feedback_attrs_add(w, "measures", e->event.measures, e->event.n_measures, p, a);
    feedback_attrs_add(w, "attributes", e->event.attributes, e->event.n_attributes, p, a);
    json_end_object(w);
}
