// SPDX-License-Identifier: Apache-2.0
#include "work/suspicion.h"

#include "base/clock.h"

#define CONTENT 4 // a satisfaction from here on

static double satisfaction_of(const struct stored_feedback *f) {
    return json_num(json_get(f->analysis, "satisfaction"), 0);
}

bool suspicion_early(const struct stored_feedback *f, const struct event_batch *of_order,
                     struct suspicion *ret) {
    int64_t slack = US_PER_DAY + (f->record.date_only ? US_PER_DAY : 0);
    for (size_t i = 0; i < of_order->n; i++) {
        const struct stored_event *e = &of_order->items[i];
        bool order = str_eq(e->event.type, STR(EVENT_ORDER)),
             delivery = str_eq(e->event.type, STR(EVENT_DELIVERY));
        int64_t early = e->at_us - f->occurred_us;
        if (early <= slack || !(order || (delivery && satisfaction_of(f) >= CONTENT)))
            continue;
        *ret = (struct suspicion){.rule = SUSPICION_EARLY,
                                  .number = early / US_PER_HOUR,
                                  .kind = order ? STR(EVENT_ORDER) : STR(EVENT_DELIVERY)};
        return true;
    }
    return false;
}

bool suspicion_taken_back(const struct stored_feedback *f) {
    for (size_t i = 0; i < f->n_corrections; i++) {
        const struct correction *c = &f->corrections[i];
        if ((str_eq(c->field, STR("suspect")) && !json_bool(c->value, true)) ||
            (str_eq(c->field, STR("validity")) && str_eq(json_str(c->value), STR("ok"))))
            return true;
    }
    return false;
}

static struct words kind_name(struct str kind) {
    static const struct {
        const char *kind;
        struct words name;
    } names[] = {{"product", {"同一商品", "one product"}},
                 {"device", {"同一设备", "one device"}},
                 {"customer", {"同一客户", "one customer"}},
                 {EVENT_ORDER, {"下单", "the order was placed"}},
                 {EVENT_DELIVERY, {"签收", "it was delivered"}}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(kind, str_from(names[i].kind)))
            return names[i].name;
    return (struct words){"", ""};
}

struct str suspicion_because(const struct suspicion *x, enum lang lang, struct arena *a) {
    bool zh = lang == LANG_ZH;
    struct words kind = kind_name(x->kind);
    char id[ID_TEXT];
    switch (x->rule) {
    case SUSPICION_COPY:
        return arena_printf(
            a, zh ? "与反馈 %s 的长文几乎相同" : "nearly the same long text as feedback %s",
            id_format(x->other, id));
    case SUSPICION_BURST:
        return arena_printf(a,
                            zh ? "%s 1 小时内 %" PRId64 " 条，前后四周其他时候最多 %" PRId64 " 条"
                               : "%s got %" PRId64 " within an hour, at most %" PRId64
                                 " in any other hour of the four weeks around",
                            zh ? kind.zh : kind.en, x->number, x->usual);
    case SUSPICION_EARLY:
        return arena_printf(
            a, zh ? "评价比%s早 %" PRId64 " 小时" : "written before %s, by %" PRId64 " hours",
            zh ? kind.zh : kind.en, x->number);
    case N_SUSPICION_RULES:
        break;
    }
    return STR("");
}
