// SPDX-License-Identifier: Apache-2.0
#include "work/demo_text.h"

#include "base/utf8.h"
#include "work/demo_words.h"

// ── the grammar ──

// Behind the brace that closes the one at `at` − 1; alternatives are cut at the bars of the same depth.
static size_t alternatives(struct str s, size_t at, struct str *ret, size_t cap, size_t *ret_n) {
    size_t from = at, depth = 1;
    *ret_n = 0;
    for (; at < s.len; at++) {
        char c = s.ptr[at];
        depth += c == '{';
        if ((c == '|' && depth == 1) || (c == '}' && depth == 1)) {
            if (*ret_n < cap)
                ret[(*ret_n)++] = str_slice(s, from, at);
            from = at + 1;
        }
        if (c == '}' && --depth == 0)
            return at + 1;
    }
    return at;
}

void demo_expand(struct str s, struct random *r, struct strbuf *ret) {
    for (size_t at = 0; at < s.len;) {
        struct str list[40];
        size_t n;
        if (s.ptr[at] != '{') {
            strbuf_addc(ret, s.ptr[at++]);
            continue;
        }
        at = alternatives(s, at + 1, list, ARRAY_LEN(list), &n);
        if (n)
            demo_expand(list[random_below(r, n)], r, ret);
    }
}

static void say(const struct demo_list *list, struct random *r, struct strbuf *ret) {
    if (list->n)
        demo_expand(str_from(list->items[random_below(r, list->n)]), r, ret);
}

// ── what is said ──

static void join(struct random *r, struct strbuf *ret) {
    static const char *const joints[] = {"，", "，", "，", "。", "，{而且|另外|还有}，", "，"};
    if (ret->len)
        demo_expand(str_from(joints[random_below(r, ARRAY_LEN(joints))]), r, ret);
}

static void turn(struct random *r, struct strbuf *ret) {
    static const char *const turns[] = {"，{就是|只是|不过|可惜}", "，{但是|但|然而}",
                                        "。{唯一不足是|扣一星是因为|要说缺点，}"};
    if (ret->len)
        demo_expand(str_from(turns[random_below(r, ARRAY_LEN(turns))]), r, ret);
}

static enum demo_topic topic_of(const struct demo_occasion *o, struct random *r) {
    static const enum demo_topic online[] = {DEMO_LOGISTICS, DEMO_LOGISTICS, DEMO_PACKAGING,
                                             DEMO_PACKAGING, DEMO_SERVICE,   DEMO_PRICE,
                                             DEMO_PRICE},
                                 store[] = {DEMO_STAFF, DEMO_STAFF, DEMO_WAITING, DEMO_STORE,
                                            DEMO_PRICE};
    if (o->service)
        return random_chance(r, 0.6) ? DEMO_AFTER_SALES : DEMO_SERVICE;
    if (o->app && random_chance(r, 0.3))
        return DEMO_APP;
    if (o->event == DEMO_PROMOTION && random_chance(r, 0.4))
        return DEMO_PRICE;
    return o->online ? online[random_below(r, ARRAY_LEN(online))]
                     : store[random_below(r, ARRAY_LEN(store))];
}

static void say_topic(const struct demo_occasion *o, bool good, struct random *r,
                      struct strbuf *ret) {
    enum demo_topic topic = topic_of(o, r);
    say(good ? &demo_topics_good[topic] : &demo_topics_bad[topic], r, ret);
}

static void say_product(const struct demo_occasion *o, bool good, struct random *r,
                        struct strbuf *ret) {
    say(good ? &demo_products_good[o->kind] : &demo_products_bad[o->kind], r, ret);
}

// What went wrong in an unusual way is what he writes about.
static bool say_event(const struct demo_occasion *o, struct random *r, struct strbuf *ret) {
    if (o->rating > 3)
        return false;
    switch (o->event) {
    case DEMO_LATE:
        say(&demo_late, r, ret);
        break;
    case DEMO_RANCID:
        say(&demo_rancid, r, ret);
        break;
    case DEMO_RUDE:
        say(&demo_rude, r, ret);
        break;
    case DEMO_PROMOTION:
    case DEMO_ORDINARY:
        return false;
    }
    return true;
}

static void praise(const struct demo_occasion *o, struct random *r, struct strbuf *ret) {
    if (random_chance(r, 0.35)) {
        say(&demo_openings, r, ret);
        join(r, ret);
    }
    if (o->service)
        say_topic(o, true, r, ret);
    else
        say_product(o, true, r, ret);
    if (random_chance(r, 0.62)) {
        join(r, ret);
        say_topic(o, true, r, ret);
    }
    if (random_chance(r, 0.2) && !o->service) {
        join(r, ret);
        say_product(o, true, r, ret);
    }
    if (random_chance(r, 0.38)) {
        join(r, ret);
        say(&demo_closings_good, r, ret);
    }
}

static void complain(const struct demo_occasion *o, struct random *r, struct strbuf *ret) {
    bool special = say_event(o, r, ret);
    if (!special && random_chance(r, 0.55) && !o->service)
        say_product(o, false, r, ret);
    else if (!special)
        say_topic(o, false, r, ret);
    if (random_chance(r, special ? 0.3 : 0.45)) {
        join(r, ret);
        say_topic(o, false, r, ret);
    }
    if (random_chance(r, 0.45)) {
        join(r, ret);
        say(&demo_closings_bad, r, ret);
    }
}

static void weigh(const struct demo_occasion *o, struct random *r, struct strbuf *ret) {
    if (o->service)
        say_topic(o, true, r, ret);
    else
        say_product(o, true, r, ret);
    turn(r, ret);
    if (!say_event(o, r, ret))
        say_topic(o, false, r, ret);
}

void demo_text(const struct demo_occasion *o, struct random *r, struct strbuf *ret) {
    double u = random_unit(r);
    if (u < 0.015 && o->rating == 5)
        strbuf_adds(ret, "此用户没有填写评价。");
    else if (u < 0.022)
        say(&demo_rubbish, r, ret);
    else if (u < 0.11)
        say(o->rating >= 4   ? &demo_short_good
            : o->rating == 3 ? &demo_short_middle
                             : &demo_short_bad,
            r, ret);
    else if (o->rating >= 5 || (o->rating == 4 && random_chance(r, 0.6)))
        praise(o, r, ret);
    else if (o->rating >= 3)
        weigh(o, r, ret);
    else
        complain(o, r, ret);
    if (ret->len && random_chance(r, 0.5)) {
        static const char *const ends[] = {"。", "！", "。", "～", "！！"};
        strbuf_adds(ret, ends[random_below(r, ARRAY_LEN(ends))]);
    }
}

void demo_follow_up(const struct demo_occasion *o, struct random *r, struct strbuf *ret) {
    bool good = o->rating >= 4 ? random_chance(r, 0.85) : random_chance(r, 0.3);
    say(&demo_later, r, ret);
    strbuf_adds(ret, "，");
    if (o->service || random_chance(r, 0.4))
        say(good ? &demo_topics_good[DEMO_AFTER_SALES] : &demo_topics_bad[DEMO_AFTER_SALES], r,
            ret);
    else
        say_product(o, good, r, ret);
}

void demo_reply(const struct demo_occasion *o, struct random *r, struct strbuf *ret) {
    say(o->rating >= 4 ? &demo_replies_good : &demo_replies_bad, r, ret);
}
