// SPDX-License-Identifier: Apache-2.0
#include "collect/customer_profile.h"

#include <stdio.h>

void customer_profile_init(struct customer_profile *p, struct arena *a) {
    *p = (struct customer_profile){.arena = a};
}

static struct customer_field *field_of(struct customer_profile *p, struct str name) {
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->fields[i].name, name))
            return &p->fields[i];
    if (p->n == CUSTOMER_MAX_FIELDS)
        return NULL;
    struct customer_field *f = &p->fields[p->n++];
    *f = (struct customer_field){
        .name = arena_str(p->arena, name),
        .values = ARENA_ARRAY(p->arena, struct customer_value, CUSTOMER_MAX_VALUES)};
    return f;
}

static void take_out(struct customer_field *f, size_t at) {
    memmove(&f->values[at], &f->values[at + 1], (f->n - at - 1) * sizeof *f->values);
    f->n--;
}

static void put_in(struct customer_field *f, struct customer_value v) {
    size_t at = 0;
    while (at < f->n && f->values[at].at_us > v.at_us)
        at++;
    if (at == CUSTOMER_MAX_VALUES)
        return;
    if (f->n == CUSTOMER_MAX_VALUES)
        f->n--;
    memmove(&f->values[at + 1], &f->values[at], (f->n - at) * sizeof *f->values);
    f->values[at] = v;
    f->n++;
}

bool customer_profile_add(struct customer_profile *p, struct str name, struct str value,
                          int64_t at_us) {
    value = str_trim(value);
    struct customer_field *f = value.len ? field_of(p, name) : NULL;
    if (!f)
        return false;
    for (size_t i = 0; i < f->n; i++) {
        struct customer_value v = f->values[i];
        if (!str_eq(v.value, value))
            continue;
        if (at_us < v.at_us + US_PER_DAY)
            return false;
        take_out(f, i);
        v.at_us = at_us;
        put_in(f, v);
        return true;
    }
    size_t before = f->n;
    put_in(f, (struct customer_value){arena_str(p->arena, value), at_us});
    return before < CUSTOMER_MAX_VALUES || f->values[f->n - 1].at_us <= at_us;
}

bool customer_profile_learn(struct customer_profile *p, const struct record_customer *c,
                            int64_t at_us) {
    const struct {
        struct str name, value;
    } said[] = {{STR("name"), c->name},     {STR("phone"), c->phone},
                {STR("email"), c->email},   {STR("external_id"), c->external_id},
                {STR("openid"), c->openid}, {STR("unionid"), c->unionid}};
    bool changed = false;
    for (size_t i = 0; i < ARRAY_LEN(said); i++)
        changed |= customer_profile_add(p, said[i].name, said[i].value, at_us);
    for (size_t i = 0; i < c->n_attributes; i++) {
        char name[sizeof CUSTOMER_ATTR + RECORD_MAX_KEY * 4];
        snprintf(name, sizeof name, CUSTOMER_ATTR "%.*s", STR_ARG(c->attributes[i].name));
        changed |= customer_profile_add(p, str_from(name), c->attributes[i].value, at_us);
    }
    return changed;
}

void customer_profile_join(struct customer_profile *into, const struct customer_profile *from) {
    for (size_t i = 0; i < from->n; i++)
        for (size_t k = from->fields[i].n; k-- > 0;)
            customer_profile_add(into, from->fields[i].name, from->fields[i].values[k].value,
                                 from->fields[i].values[k].at_us);
}

struct str customer_profile_get(const struct customer_profile *p, struct str name) {
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->fields[i].name, name))
            return p->fields[i].n ? p->fields[i].values[0].value : STR("");
    return STR("");
}

void customer_profile_read(const struct json *j, struct arena *a, struct customer_profile *ret) {
    customer_profile_init(ret, a);
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        const struct json *values = json_iter_value(it);
        struct customer_field *f = field_of(ret, json_iter_key(it));
        for (size_t i = 0; f && i < json_len(values); i++)
            put_in(f,
                   (struct customer_value){arena_str(a, json_str(json_at(json_at(values, i), 0))),
                                           json_int(json_at(json_at(values, i), 1), 0)});
    }
}

void customer_profile_format(const struct customer_profile *p, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    for (size_t i = 0; i < p->n; i++) {
        char name[sizeof CUSTOMER_ATTR + RECORD_MAX_KEY * 4];
        if (p->fields[i].n == 0)
            continue;
        snprintf(name, sizeof name, "%.*s", STR_ARG(p->fields[i].name));
        json_key(&w, name);
        json_begin_array(&w);
        for (size_t k = 0; k < p->fields[i].n; k++) {
            json_begin_array(&w);
            json_add_str(&w, p->fields[i].values[k].value);
            json_add_int(&w, p->fields[i].values[k].at_us);
            json_end_array(&w);
        }
        json_end_array(&w);
    }
    json_end_object(&w);
}
