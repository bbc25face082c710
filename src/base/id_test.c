// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

#include "base/clock.h"
#include "tests/support/test.h"

TEST(id_rises_and_reads_back_from_its_text) {
    struct id_source s;
    id_source_init(&s, 1023);
    int64_t before = 0;
    for (int i = 0; i < 10000; i++) {
        int64_t id = id_next(&s), back;
        char text[ID_TEXT];
        assert_true(id > before);
        assert_true(id_parse(str_from(id_format(id, text)), &back));
        assert_int_equal(back, id);
        assert_int_equal(text[14], '7');
        assert_int_equal(text[19], 'b');
        before = id;
    }
    int64_t age = clock_now_us() - id_time_us(before);
    assert_true(age > -10 * US_PER_SECOND && age < 10 * US_PER_SECOND);
}

TEST(id_text_that_we_did_not_make_is_refused) {
    static const char *const bad[] = {
        "",
        "0190",
        "01902d6f-1a2b-4c3d-8000-000000000000", // version 4
        "01902d6f-1a2b-7c3d-8000-000000000001", // bits we never set
        "01902d6f-1a2b-7c3d-c000-000000000000", // variant
        "01902d6f11a2b-7c3d-8000-000000000000", // no dash
        "g1902d6f-1a2b-7c3d-8000-000000000000",
        "00000000-0000-7000-8000-000000000000", // before 2020
    };
    int64_t id;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(id_parse(str_from(bad[i]), &id));
    assert_true(id_parse(STR("01902D6F-1A2B-7C3D-8000-000000000000"), &id));
}

TEST(id_at_is_the_first_of_its_millisecond) {
    struct id_source s;
    id_source_init(&s, 0);
    int64_t id = id_next(&s);
    assert_true(id_at(id_time_us(id)) <= id);
    assert_true(id_at(id_time_us(id) + 1000) > id);
}
