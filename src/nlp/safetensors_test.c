// SPDX-License-Identifier: Apache-2.0
#include "nlp/safetensors.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

// A file with this header and as many data bytes as said, in 8-byte aligned memory. Freed by the caller.
static struct str make(const char *header, size_t data_bytes) {
    size_t n = strlen(header);
    char *p = calloc(1, 8 + n + data_bytes + 8);
    assert_non_null(p);
    p[0] = (char)(n & 0xFF);
    p[1] = (char)(n >> 8);
    memcpy(p + 8, header, n);
    for (size_t i = 0; i < data_bytes; i++)
        p[8 + n + i] = (char)i;
    return str_make(p, 8 + n + data_bytes);
}

#define GOOD                                                                                           \
    "{\"__metadata__\":{\"a\":\"b\"},\"w\":{\"dtype\":\"I8\",\"shape\":[2,3],\"data_offsets\":[0,6]}," \
    "\"b\":{\"dtype\":\"U16\",\"shape\":[2],\"data_offsets\":[6,10]}}  "

TEST(safetensors_gives_tensors_by_name) {
    struct str file = make(GOOD, 10);
    assert_int_equal((file.len - 10) % 2, 0); // the fixture keeps U16 aligned
    struct safetensors *st;
    struct error err = {0};
    assert_true(safetensors_parse(file, "f", &st, &err));
    struct tensor t;
    assert_true(safetensors_get(st, "w", TENSOR_I8, 2, (uint64_t[]){2, 3}, &t, &err));
    assert_int_equal(((const int8_t *)t.data)[5], 5);
    assert_true(safetensors_get(st, "b", TENSOR_U16, 1, (uint64_t[]){TENSOR_ANY}, &t, &err));
    assert_int_equal(t.shape[0], 2);
    assert_int_equal(((const uint16_t *)t.data)[0], 6 | 7 << 8);
    safetensors_close(st);
    free((char *)file.ptr);
}

TEST(safetensors_refuses_what_was_not_asked_for) {
    struct str file = make(GOOD, 10);
    struct safetensors *st;
    struct error err = {0};
    assert_true(safetensors_parse(file, "f", &st, &err));
    static const struct {
        const char *name;
        enum tensor_type type;
        int rank;
        uint64_t shape[2];
    } cases[] = {
        {"x", TENSOR_I8, 2, {2, 3}}, {"w", TENSOR_U8, 2, {2, 3}},         {"w", TENSOR_I8, 1, {6}},
        {"w", TENSOR_I8, 2, {3, 2}}, {"__metadata__", TENSOR_I8, 1, {0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct tensor t;
        err = (struct error){0};
        assert_false(safetensors_get(st, cases[i].name, cases[i].type, cases[i].rank,
                                     cases[i].shape, &t, &err));
        assert_int_equal(err.code, ERROR_FORMAT);
        assert_true(str_has(str_from(err.en), str_from(cases[i].name)));
    }
    safetensors_close(st);
    free((char *)file.ptr);
}

TEST(safetensors_says_what_is_damaged) {
    static const struct {
        const char *header;
        size_t data;
        const char *says;
    } cases[] = {
        {"", 0, "JSON"},
        {"[1]", 0, "JSON"},
        {"{\"w\":", 4, "JSON"},
        {"{\"w\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "element type"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[-1],\"data_offsets\":[0,8]}}", 8, "shape"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[1.5],\"data_offsets\":[0,8]}}", 8, "shape"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[4294967296,4294967296,2],\"data_offsets\":[0,8]}}", 8,
         "shape"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,1]}}", 1, "shape"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[0,8]}}", 7, "cut short"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[8,0]}}", 8, "cut short"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[-8,0]}}", 8, "cut short"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[0]}}", 8, "cut short"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[8]}}", 8, "cut short"},
        {"{\"w\":{\"dtype\":\"I8\",\"shape\":[7],\"data_offsets\":[0,8]}}", 8, "does not fit"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", 8,
         "does not fit"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}   ", 8, "unaligned"},
        {"{\"w\":7}", 0, "element type"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str file = make(cases[i].header, cases[i].data);
        struct safetensors *st;
        struct error err = {0};
        assert_false(safetensors_parse(file, "my.safetensors", &st, &err));
        assert_int_equal(err.code, ERROR_FORMAT);
        if (!str_has(str_from(err.en), str_from(cases[i].says)))
            fail_msg("case %zu says: %s", i, err.en);
        assert_true(str_has(str_from(err.zh), STR("my.safetensors")));
        free((char *)file.ptr);
    }
}

TEST(safetensors_survives_every_cut) {
    struct str file = make(GOOD, 10);
    for (size_t n = 0; n < file.len; n++) {
        struct safetensors *st = NULL;
        assert_false(safetensors_parse(str_slice(file, 0, n), "f", &st, NULL));
    }
    free((char *)file.ptr);
}

TEST(safetensors_names_the_missing_file) {
    struct safetensors *st;
    struct error err = {0};
    assert_false(safetensors_open("/nonexistent/model.safetensors", &st, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_false(safetensors_open(test_tmp_file("short.safetensors", STR("abc")), &st, &err));
    assert_int_equal(err.code, ERROR_FORMAT);
    assert_false(safetensors_open(test_tmp_dir(), &st, &err));
}
