// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres_wire.h"
#include "tests/support/test.h"

TEST(postgres_value_reads_the_binary_protocol) {
    static const struct {
        Oid type;
        struct str bytes;
        enum sql_kind kind;
        int64_t i;
        double r;
    } rows[] = {
        {16, STR_INIT("\1"), SQL_KIND_INT, 1, 1},
        {16, STR_INIT("\0"), SQL_KIND_INT, 0, 0},
        {21, STR_INIT("\xff\xfe"), SQL_KIND_INT, -2, -2},
        {23, STR_INIT("\x80\0\0\0"), SQL_KIND_INT, INT32_MIN, INT32_MIN},
        {20, STR_INIT("\x80\0\0\0\0\0\0\0"), SQL_KIND_INT, INT64_MIN, -0x1p63},
        {5069, STR_INIT("\0\0\0\0\0\0\3\xe8"), SQL_KIND_INT, 1000, 1000},
        {28, STR_INIT("\xff\xff\xff\xff"), SQL_KIND_INT, 0xffffffff, 0xffffffff},
        {700, STR_INIT("\x3f\xc0\0\0"), SQL_KIND_REAL, 1, 1.5},
        {701, STR_INIT("\xc0\x04\0\0\0\0\0\0"), SQL_KIND_REAL, -2, -2.5},
        {701, STR_INIT("\x7f\xf0\0\0\0\0\0\0"), SQL_KIND_REAL, INT64_MAX, INFINITY},
        {17, STR_INIT("\0x"), SQL_KIND_BLOB, 0, 0},
        {25, STR_INIT("x"), SQL_KIND_TEXT, 0, 0},
        // numeric: count, weight, sign, scale, digits
        {1700, STR_INIT("\0\0\0\0\0\0\0\0"), SQL_KIND_INT, 0, 0},
        {1700, STR_INIT("\0\1\0\0\0\0\0\0\0\x0a"), SQL_KIND_INT, 10, 10},
        {1700, STR_INIT("\0\1\0\1\0\0\0\0\0\1"), SQL_KIND_INT, 10000, 10000},
        {1700, STR_INIT("\0\2\0\1\x40\0\0\0\0\1\0\2"), SQL_KIND_INT, -10002, -10002},
        {1700, STR_INIT("\0\2\0\0\0\0\0\1\0\2\x13\x88"), SQL_KIND_REAL, 2, 2.5},
        {1700, STR_INIT("\0\1\xff\xff\0\0\0\4\x13\x88"), SQL_KIND_REAL, 0, 0.5},
        // 9223372036854775807, one more, and −9223372036854775808
        {1700, STR_INIT("\0\5\0\4\0\0\0\0\3\x9a\x0d\x2c\1\x70\x15\x65\x16\xaf"), SQL_KIND_INT,
         INT64_MAX, 0x1p63},
        {1700, STR_INIT("\0\5\0\4\0\0\0\0\3\x9a\x0d\x2c\1\x70\x15\x65\x16\xb0"), SQL_KIND_INT,
         INT64_MAX, 0x1p63},
        {1700, STR_INIT("\0\5\0\4\x40\0\0\0\3\x9a\x0d\x2c\1\x70\x15\x65\x16\xb0"), SQL_KIND_INT,
         INT64_MIN, -0x1p63},
        {1700, STR_INIT("\0\1\0\7\x40\0\0\0\0\1"), SQL_KIND_INT, INT64_MIN, -1e28},
        {1700, STR_INIT("\0\1\0\7"), SQL_KIND_REAL, 0, NAN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum sql_kind kind = postgres_kind(rows[i].type, rows[i].bytes);
        bool number = kind == SQL_KIND_INT || kind == SQL_KIND_REAL;
        int64_t n = number ? postgres_int(rows[i].type, rows[i].bytes) : 0;
        double r = number ? postgres_real(rows[i].type, rows[i].bytes) : 0;
        if (kind != rows[i].kind || n != rows[i].i ||
            (r != rows[i].r && !(isnan(r) && isnan(rows[i].r))))
            fail_msg("row %zu: kind %d, %lld, %g", i, (int)kind, (long long)n, r);
    }
    assert_true(isnan(postgres_real(1700, STR("\0\0\0\0\xc0\0\0\0"))));
    assert_int_equal(postgres_int(1700, STR("\0\0\0\0\xc0\0\0\0")), 0);
}

TEST(postgres_value_counts_the_parameters_of_a_text) {
    static const struct {
        const char *text;
        size_t n;
    } rows[] = {
        {"SELECT 1", 0},
        {"SELECT $1, $2, $1", 2},
        {"SELECT '$9', \"$8\", $3", 3},
        {"SELECT 'it''s $5' || $12", 12},
        {"$", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(postgres_parameters(rows[i].text), rows[i].n);
}

TEST(postgres_value_knows_what_errors_mean) {
    static const struct {
        const char *state;
        enum error_code code;
        bool conflict, loss;
    } rows[] = {
        {"23505", ERROR_CONFLICT, false, false},   {"23503", ERROR_CONFLICT, false, false},
        {"40001", ERROR_UNAVAILABLE, true, false}, {"40P01", ERROR_UNAVAILABLE, true, false},
        {"53100", ERROR_NO_SPACE, false, false},   {"53300", ERROR_UNAVAILABLE, false, false},
        {"57P01", ERROR_UNAVAILABLE, false, true}, {"57014", ERROR_UNAVAILABLE, false, false},
        {"08006", ERROR_UNAVAILABLE, false, true}, {"08P01", ERROR_INTERNAL, false, false},
        {"42P01", ERROR_INTERNAL, false, false},   {"42501", ERROR_FORBIDDEN, false, false},
        {"25006", ERROR_FORBIDDEN, false, false},  {"22003", ERROR_INVALID, false, false},
        {"XX001", ERROR_CORRUPT, false, false},    {"XX000", ERROR_INTERNAL, false, false},
        {"ZZZZZ", ERROR_INTERNAL, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        assert_false(postgres_error(rows[i].state, "as it says\nand more", &err));
        if (err.code != rows[i].code)
            fail_msg("%s: %s: %s", rows[i].state, error_code_name(err.code), err.en);
        assert_non_null(strstr(err.en, "as it says"));
        assert_non_null(strstr(err.zh, "as it says"));
        assert_null(strchr(err.en, '\n'));
        assert_int_equal(postgres_is_conflict(rows[i].state), rows[i].conflict);
        assert_int_equal(postgres_is_loss(rows[i].state), rows[i].loss);
    }
}
