// SPDX-License-Identifier: Apache-2.0
#include "collect/sheet_choice.h"

#include "base/utf8.h"

size_t sheet_choice_text(const struct row *row) {
    size_t n = 0;
    for (size_t i = 0; i < row->n && !row->bad; i++) {
        size_t chars = row->kinds[i] == CELL_TEXT ? utf8_count(row->cells[i]) : 0;
        n += chars >= 6 ? 2 + MIN(chars, (size_t)40) / 10 : chars > 0;
    }
    return n;
}

void sheet_list(const struct str *names, size_t n, size_t except, struct strbuf *ret) {
    for (size_t i = 0; i < n; i++) {
        if (i == except)
            continue;
        strbuf_adds(ret, ret->len ? "、" : "");
        strbuf_add(ret, names[i]);
    }
}

bool sheet_find(const struct str *names, size_t n, struct str wanted, size_t *ret,
                struct error *err) {
    for (*ret = 0; *ret < n; ++*ret)
        if (str_eq(names[*ret], wanted))
            return true;
    for (*ret = 0; *ret < n; ++*ret)
        if (str_eq_nocase(str_trim(names[*ret]), str_trim(wanted)))
            return true;
    int64_t number;
    if (str_to_int64(wanted, &number) && number >= 1 && (uint64_t)number <= n) {
        *ret = (size_t)number - 1;
        return true;
    }
    struct strbuf list = strbuf_init(300);
    sheet_list(names, n, SIZE_MAX, &list);
    error_set(err, ERROR_NOT_FOUND, "没有工作表“%.*s”，有：%s",
              "there is no sheet “%.*s”; there are: %s", STR_ARG(utf8_cut(wanted, 40)),
              strbuf_cstr(&list));
    strbuf_done(&list);
    return error_field(err, "sheet");
}
