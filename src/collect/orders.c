// SPDX-License-Identifier: Apache-2.0
#include "collect/orders.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "collect/cell.h"

struct orders {
    struct {
        VEC(struct order);
    } rows;
    struct map_u64 by_number; // hash of the number → index
    struct dict values;
    size_t count, lost;
    bool has[N_ORDER_VALUES];
};

// Columns of one table, −1 = not there.
struct columns {
    int order, sub_order, region, address, courier, refund, refund_amount, status, amount, product;
    int ordered, shipped, received, days;
    const struct time_format *ordered_format, *shipped_format, *received_format;
    bool zh;
};

struct orders *orders_new(void) {
    return NEW(struct orders);
}

void orders_free(struct orders *o) {
    if (!o)
        return;
    vec_done(&o->rows);
    map_u64_done(&o->by_number);
    dict_done(&o->values);
    free(o);
}

static bool has_han(struct str s) {
    for (size_t pos = 0; pos < s.len;)
        if (utf8_is_han(utf8_next(s, &pos)))
            return true;
    return false;
}

static void take(int *column, size_t i) {
    if (*column < 0)
        *column = (int)i;
}

static struct columns find_columns(const struct table_plan *plan) {
    struct columns c = {-1, -1, -1, -1, -1, -1,   -1,   -1,   -1,
                        -1, -1, -1, -1, -1, NULL, NULL, NULL, false};
    for (size_t i = 0; i < plan->n; i++) {
        const struct column_plan *p = &plan->columns[i];
        c.zh |= has_han(p->written);
        if (p->kind == COLUMN_ORDER)
            take(&c.order, i);
        else if (p->kind == COLUMN_SUB_ORDER)
            take(&c.sub_order, i);
        else if (p->kind == COLUMN_ADDRESS)
            take(&c.address, i);
        else if (p->kind == COLUMN_PRODUCT)
            take(&c.product, i);
        else if (str_eq(p->role, STR("region")))
            take(&c.region, i);
        else if (str_eq(p->role, STR("courier")))
            take(&c.courier, i);
        else if (str_eq(p->role, STR("refund")))
            take(&c.refund, i);
        else if (str_eq(p->role, STR("refund_amount")))
            take(&c.refund_amount, i);
        else if (str_eq(p->role, STR("order_status")))
            take(&c.status, i);
        else if (str_eq(p->role, STR("amount")))
            take(&c.amount, i);
        else if (str_eq(p->role, STR("delivery_days")))
            take(&c.days, i);
        else if (str_eq(p->role, STR("order_time")) || str_eq(p->role, STR("pay_time")))
            take(&c.ordered, i), c.ordered_format = &plan->columns[c.ordered].time;
        else if (str_eq(p->role, STR("ship_time")))
            take(&c.shipped, i), c.shipped_format = &p->time;
        else if (str_eq(p->role, STR("receive_time")))
            take(&c.received, i), c.received_format = &p->time;
    }
    return c;
}

static struct str value_at(const struct row *r, int column) {
    struct str s =
        column >= 0 && (size_t)column < r->n ? cell_value(r->cells[column]) : (struct str){"", 0};
    return s.len && (s.ptr[0] == '*' || str_starts(s, STR("##"))) ? (struct str){"", 0}
                                                                  : s; // hidden, encrypted
}

static void set(struct orders *o, struct order *order, enum order_value v, struct str s) {
    if (s.len == 0 || order->values[v] != DICT_NONE)
        return;
    order->values[v] = dict_add(&o->values, utf8_cut(s, 60));
    o->has[v] = true;
}

static bool time_at(const struct row *r, int column, const struct time_format *f,
                    struct timestamp *ret) {
    struct str s = value_at(r, column);
    return s.len && timestamp_parse(f, s, ret);
}

static void set_days(struct orders *o, const struct columns *c, const struct row *r,
                     struct order *order) {
    struct timestamp from, to;
    char buf[32];
    if (c->days >= 0) {
        set(o, order, ORDER_DELIVERY_DAYS, value_at(r, c->days));
        return;
    }
    if (!time_at(r, c->received, c->received_format, &to) ||
        (!time_at(r, c->shipped, c->shipped_format, &from) &&
         !time_at(r, c->ordered, c->ordered_format, &from)))
        return;
    double days = (double)(to.us - from.us) / (double)US_PER_DAY;
    if (days < 0 || days > 365)
        return; // one of the times is wrong
    snprintf(buf, sizeof buf, from.date_only || to.date_only ? "%.0f" : "%.1f", days);
    set(o, order, ORDER_DELIVERY_DAYS, str_from(buf));
}

static int refund_said(struct str s) { // 1 yes, 0 no, −1 nothing said
    static const struct str no[] = {STR_INIT("无售后"),
                                    STR_INIT("未申请"),
                                    STR_INIT("没有申请"),
                                    STR_INIT("否"),
                                    STR_INIT("售后关闭"),
                                    STR_INIT("退款关闭"),
                                    STR_INIT("no"),
                                    STR_INIT("false"),
                                    STR_INIT("0"),
                                    STR_INIT("none"),
                                    STR_INIT("无售后或售后取消"),
                                    STR_INIT("未发起售后")};
    static const struct str yes[] = {STR_INIT("退款"), STR_INIT("退货"), STR_INIT("refund"),
                                     STR_INIT("return"), STR_INIT("售后完成")};
    if (s.len == 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (str_eq_nocase(s, no[i]))
            return 0;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        if (str_has(s, yes[i]))
            return 1;
    return str_eq(s, STR("是")) || str_eq_nocase(s, STR("yes")) || str_eq(s, STR("1")) ||
                   str_eq_nocase(s, STR("true"))
               ? 1
               : -1;
}

static void set_refund(struct orders *o, const struct columns *c, const struct row *r,
                       struct order *order) {
    struct number_cell n;
    int said = refund_said(value_at(r, c->refund));
    struct str amount = value_at(r, c->refund_amount);
    if (said < 0 && amount.len && number_cell_parse(amount, &n))
        said = n.value > 0;
    if (said < 0 && c->refund_amount >= 0)
        said = 0; // a column of refunds with nothing in it
    if (said < 0 && c->refund >= 0)
        said = 0;
    if (said < 0)
        return;
    struct str text = c->zh ? (said ? STR("是") : STR("否")) : (said ? STR("yes") : STR("no"));
    if (said)
        order->values[ORDER_REFUND] = DICT_NONE; // one line with a refund makes the order one
    set(o, order, ORDER_REFUND, text);
}

static void fill(struct orders *o, const struct columns *c, const struct names *names,
                 const struct row *r, struct order *order) {
    struct str region = value_at(r, c->region), address = value_at(r, c->address);
    struct str province = names_province(names, region.len ? region : address);
    if (province.len)
        region = province;
    else if (region.len == 0 && address.len) // the first word of the address
        region = str_slice(address, 0, MIN(str_find_char(address, ' '), (size_t)24));
    set(o, order, ORDER_REGION, region);
    set(o, order, ORDER_COURIER, value_at(r, c->courier));
    set(o, order, ORDER_AMOUNT, value_at(r, c->amount));
    set(o, order, ORDER_PRODUCT, value_at(r, c->product));
    set_days(o, c, r, order);
    set_refund(o, c, r, order);
}

static void add_row(struct orders *o, const struct columns *c, const struct names *names,
                    const struct row *r) {
    struct str keys[2] = {value_at(r, c->order), value_at(r, c->sub_order)};
    uint64_t index = UINT64_MAX;
    size_t usable = 0;
    for (int i = 0; i < 2; i++) {
        if (keys[i].len && cell_is_lost_id(keys[i])) {
            o->lost++;
            keys[i].len = 0;
        }
        usable += keys[i].len > 0;
        if (keys[i].len && index == UINT64_MAX)
            map_u64_get(&o->by_number, str_hash(keys[i]), &index);
    }
    if (usable == 0 || names_is_total(names, keys[0]))
        return;
    if (index == UINT64_MAX) {
        struct order empty;
        for (int v = 0; v < N_ORDER_VALUES; v++)
            empty.values[v] = DICT_NONE;
        index = o->rows.len;
        vec_push(&o->rows, empty);
        o->count++;
    }
    for (int i = 0; i < 2; i++)
        if (keys[i].len)
            map_u64_put(&o->by_number, str_hash(keys[i]), index);
    fill(o, c, names, r, &o->rows.items[index]);
}

bool orders_read(struct orders *o, struct table *t, const struct table_plan *plan,
                 const struct names *names, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct columns c = find_columns(plan);
    struct row r;
    if (c.order < 0 && c.sub_order < 0) {
        error_set(err, ERROR_FORMAT, "%.*s 里没有订单编号列，无法关联；请用 --map order=列名 指明",
                  "%.*s has no column of order numbers to join by; name it with --map order=COLUMN",
                  STR_ARG(table_name(t)));
        return error_field(err, "orders");
    }
    for (size_t i = 0;; i++) {
        if (!table_next(t, &arena, &r, err))
            return false;
        if (r.end)
            return true;
        if (i >= plan->header.data_from && !r.bad)
            add_row(o, &c, names, &r);
        if (i % 256 == 255)
            arena_reset(&arena);
    }
}

const struct order *orders_find(const struct orders *o, struct str number) {
    uint64_t index;
    return map_u64_get(&o->by_number, str_hash(number), &index) ? &o->rows.items[index] : NULL;
}

struct str orders_value(const struct orders *o, const struct order *order, enum order_value v) {
    uint32_t id = order->values[v];
    return id == DICT_NONE ? (struct str){"", 0} : dict_str(&o->values, id);
}

bool orders_has(const struct orders *o, enum order_value v) {
    return o->has[v];
}

size_t orders_count(const struct orders *o) {
    return o->count;
}

size_t orders_lost(const struct orders *o) {
    return o->lost;
}

struct attr_column orders_attr(enum order_value v, bool zh) {
    static const struct {
        struct str zh, en, role;
        enum attr_kind kind;
    } table[N_ORDER_VALUES] = {
        [ORDER_REGION] = {STR_INIT("省份"), STR_INIT("region"), STR_INIT("region"), ATTR_DIMENSION},
        [ORDER_DELIVERY_DAYS] = {STR_INIT("配送天数"), STR_INIT("delivery days"),
                                 STR_INIT("delivery_days"), ATTR_MEASURE},
        [ORDER_COURIER] = {STR_INIT("物流公司"), STR_INIT("courier"), STR_INIT("courier"),
                           ATTR_DIMENSION},
        [ORDER_REFUND] = {STR_INIT("是否退款"), STR_INIT("refund"), STR_INIT("refund"),
                          ATTR_DIMENSION},
        [ORDER_AMOUNT] = {STR_INIT("订单金额"), STR_INIT("amount"), STR_INIT("amount"),
                          ATTR_MEASURE},
        [ORDER_PRODUCT] = {STR_INIT("商品"), STR_INIT("product"), STR_INIT("product"),
                           ATTR_DIMENSION},
    };
    return (struct attr_column){zh ? table[v].zh : table[v].en, table[v].role, table[v].kind, true};
}
