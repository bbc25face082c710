// SPDX-License-Identifier: Apache-2.0
// Values of PostgreSQL's binary protocol, and what its errors (SQLSTATE) mean to us.
#include <endian.h>

#include "sql/postgres_wire.h"

enum type { // pg_type.dat: fixed for ever
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_OID = 26,
    TYPE_XID = 28,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_NUMERIC = 1700,
    TYPE_XID8 = 5069,
};

static uint64_t big_endian(struct str s) {
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++)
        v = v << 8 | (uint8_t)s.ptr[i];
    return v;
}

// numeric: count, weight, sign, scale, then digits of base 10,000; the first counts 10,000 to the power of weight
struct numeric {
    int n, weight;
    bool negative, nan;
    int scale;
    struct str digits;
};

static struct numeric numeric_of(struct str s) {
    struct numeric v = {.nan = true};
    if (s.len < 8)
        return v;
    unsigned sign = (unsigned)big_endian(str_slice(s, 4, 6));
    v.n = (int)big_endian(str_slice(s, 0, 2));
    v.weight = (int16_t)big_endian(str_slice(s, 2, 4));
    v.negative = sign == 0x4000;
    v.nan = sign > 0x4000; // NaN and the infinities
    v.scale = (int)big_endian(str_slice(s, 6, 8));
    v.digits = str_slice(s, 8, s.len);
    v.n = MIN(v.n, (int)(v.digits.len / 2));
    return v;
}

static int digit(const struct numeric *v, int i) {
    return i < v->n ? (int)big_endian(str_slice(v->digits, (size_t)i * 2, (size_t)i * 2 + 2)) : 0;
}

static double numeric_real(struct str s) {
    struct numeric v = numeric_of(s);
    if (v.nan)
        return NAN;
    double sum = 0;
    for (int i = 0; i < v.n; i++)
        sum = sum * 10000 + digit(&v, i);
    sum *= pow(10000, v.weight - v.n + 1);
    return v.negative ? -sum : sum;
}

static int64_t numeric_int(struct str s) {
    struct numeric v = numeric_of(s);
    int64_t sum = 0;
    for (int i = 0; !v.nan && i <= v.weight; i++)
        if (__builtin_mul_overflow(sum, 10000, &sum) ||
            __builtin_sub_overflow(sum, digit(&v, i), &sum)) // downwards: there is more room
            return v.negative ? INT64_MIN : INT64_MAX;
    if (v.negative)
        return sum;
    return sum == INT64_MIN ? INT64_MAX : -sum;
}

enum sql_kind postgres_kind(Oid type, struct str value) {
    switch (type) {
    case TYPE_BOOL:
    case TYPE_INT8:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_OID:
    case TYPE_XID:
    case TYPE_XID8:
        return SQL_KIND_INT;
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
        return SQL_KIND_REAL;
    case TYPE_NUMERIC: { // sums of whole numbers are whole
        struct numeric v = numeric_of(value);
        return v.scale == 0 && !v.nan ? SQL_KIND_INT : SQL_KIND_REAL;
    }
    case TYPE_BYTEA:
        return SQL_KIND_BLOB;
    default:
        return SQL_KIND_TEXT;
    }
}

int64_t postgres_int(Oid type, struct str value) {
    switch (type) {
    case TYPE_INT2:
        return (int16_t)big_endian(value);
    case TYPE_INT4:
        return (int32_t)big_endian(value);
    case TYPE_NUMERIC:
        return numeric_int(value);
    case TYPE_FLOAT4:
    case TYPE_FLOAT8: {
        double r = postgres_real(type, value);
        return isnan(r) ? 0 : r >= 0x1p63 ? INT64_MAX : r < -0x1p63 ? INT64_MIN : (int64_t)r;
    }
    default:
        return (int64_t)big_endian(value);
    }
}

double postgres_real(Oid type, struct str value) {
    uint64_t bits = big_endian(value);
    uint32_t half = (uint32_t)bits;
    double r;
    float f;
    switch (type) {
    case TYPE_FLOAT4:
        memcpy(&f, &half, sizeof f);
        return (double)f;
    case TYPE_FLOAT8:
        memcpy(&r, &bits, sizeof r);
        return r;
    case TYPE_NUMERIC:
        return numeric_real(value);
    default:
        return (double)postgres_int(type, value);
    }
}

size_t postgres_parameters(const char *text) {
    size_t most = 0;
    char quote = '\0';
    for (const char *c = text; *c; c++) {
        if (quote) {
            quote = *c == quote ? '\0' : quote;
        } else if (*c == '\'' || *c == '"') {
            quote = *c;
        } else if (*c == '$') {
            size_t n = 0;
            while (c[1] >= '0' && c[1] <= '9')
                n = n * 10 + (size_t)(*++c - '0');
            most = MAX(most, n);
        }
    }
    return most;
}

// ── errors ──

// The longest prefix that fits decides.
static const struct {
    const char *state;
    enum error_code code;
    struct words what; // "" where the server's own words say it best
} meanings[] = {
    {"08P01", ERROR_INTERNAL, {"", ""}},
    {"08", ERROR_UNAVAILABLE, {"与数据库的连接断开", "the connection to the database was lost"}},
    {"22", ERROR_INVALID, {"有值不合数据库的要求", "a value does not fit the database"}},
    {"23",
     ERROR_CONFLICT,
     {"与已有数据冲突，没有写入", "conflicts with what is there: not written"}},
    {"25006",
     ERROR_FORBIDDEN,
     {"数据库只读（是备库？），没有写入", "the database is read-only (a replica?): not written"}},
    {"25P02", ERROR_INTERNAL, {"", ""}},
    {"28", ERROR_FORBIDDEN, {"数据库拒绝登录", "the database refuses the login"}},
    {"3D", ERROR_NOT_FOUND, {"数据库不存在", "there is no such database"}},
    {"40",
     ERROR_UNAVAILABLE,
     {"与别的写入反复冲突，没有写入，请稍后重试",
      "kept meeting other writes: not written, try again"}},
    {"42501", ERROR_FORBIDDEN, {"数据库用户没有权限", "the database user may not do this"}},
    {"53100",
     ERROR_NO_SPACE,
     {"数据库所在磁盘已满，本次没有写入；腾出空间后自动恢复",
      "the disk of the database is full: this was not written; make room, then it goes on"}},
    {"53",
     ERROR_UNAVAILABLE,
     {"数据库资源不足，请稍后重试", "the database lacks resources: try again later"}},
    {"54", ERROR_LIMIT, {"超过数据库的上限", "larger than the database takes"}},
    {"55P03",
     ERROR_UNAVAILABLE,
     {"等待别的写入太久，没有写入，请稍后重试",
      "waited too long for other writes: not written, try again"}},
    {"57014",
     ERROR_UNAVAILABLE,
     {"数据库操作超时，没有完成", "the database took too long: not done"}},
    {"57P", ERROR_UNAVAILABLE, {"数据库正在停止或启动", "the database is stopping or starting"}},
    {"58", ERROR_IO, {"数据库读写失败", "the database cannot read or write"}},
    {"XX00",
     ERROR_CORRUPT,
     {"数据库损坏，请从备份恢复", "the database is damaged: restore a backup"}},
    {"XX000", ERROR_INTERNAL, {"", ""}},
};

bool postgres_error(const char *state, const char *message, struct error *err) {
    size_t best = ARRAY_LEN(meanings), length = 0;
    char line[256];
    for (size_t i = 0; state && i < ARRAY_LEN(meanings); i++) {
        size_t n = strlen(meanings[i].state);
        if (n > length && strncmp(state, meanings[i].state, n) == 0) {
            best = i;
            length = n;
        }
    }
    snprintf(line, sizeof line, "%s", message ? message : "");
    line[strcspn(line, "\n")] = '\0';
    if (best == ARRAY_LEN(meanings) || !*meanings[best].what.en)
        return error_set(err, ERROR_INTERNAL, "数据库语句出错：%s（%s）",
                         "a database statement failed: %s (%s)", line, state ? state : "?");
    return error_set(err, meanings[best].code, "%1$s%2$.0s（%3$s）", "%1$.0s%2$s (%3$s)",
                     meanings[best].what.zh, meanings[best].what.en, line);
}

bool postgres_is_conflict(const char *state) {
    // The last: a statement prepared before another node changed the schema.
    static const char *const states[] = {"40001", "40P01", "0A000"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(state, states[i]) == 0)
            return true;
    return false;
}

bool postgres_is_loss(const char *state) {
    return strncmp(state, "57P", 3) == 0 ||
           (strncmp(state, "08", 2) == 0 && strcmp(state, "08P01") != 0);
}
