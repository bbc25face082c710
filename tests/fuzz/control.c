// SPDX-License-Identifier: Apache-2.0
// Any line on the control socket gets one answer that reads as an answer; any answer is a result or an error with
// both languages.
#include <stdlib.h>

#include "app/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool echo(void *ctx, const struct json *in, struct json_writer *out, struct error *err) {
    (void)ctx;
    if (json_bool(json_get(in, "fail"), false))
        return error_set(err, ERROR_INVALID, "不行", "no");
    json_key(out, "in");
    json_add_value(out, json_get(in, "x"));
    return true;
}

static const struct control_row rows[] = {{"echo", echo}};

static void read_answer(struct str line, bool is_ours) {
    struct json *tree;
    const struct json *result;
    struct error err = {0};
    if (control_result(line, &tree, &result, &err))
        json_free(tree);
    else if (err.code == ERROR_NONE || (is_ours && (!err.zh[0] || !err.en[0])))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str input = str_make((const char *)data, size);
    struct strbuf answer = strbuf_init(2 * MIB);
    control_answer(rows, 1, NULL, input, &answer);
    if (!answer.overflow)
        read_answer(strbuf_str(&answer), true);
    read_answer(input, false);
    strbuf_done(&answer);
    return 0;
}
