// SPDX-License-Identifier: Apache-2.0
#include "app/live.h"

#include "app/options.h"

#define ANSWER_MOST (256 * KIB)

static bool open_here(struct live *l, struct error *err) {
    l->data_options.existing_only = true;
    if (!data_open(&l->data_options, &l->data, err))
        return false;
    struct house_options h = {.store = {l->data.db, l->data.vault, l->data.ids},
                              .accounts = l->data.accounts,
                              .data_dir = l->data.dir,
                              .model = options_str(l->options, "model")};
    if (!house_open(&h, &l->house, err))
        return false;
    l->is_here = true;
    l->data.house = &l->house;
    return true;
}

bool live_open(const struct options *o, struct live *ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(ANSWER_MOST);
    bool is_running;
    *ret = (struct live){.options = o, .data_options = data_options_of(o)};
    // A server answers whatever it is asked; nobody there: we are to do it ourselves.
    if (!data_choose_dir(ret->data_options.dir, ret->dir, sizeof ret->dir, err) ||
        !control_call(ret->dir, STR("{\"command\":\"\"}"), &is_running, &answer, err))
        return false;
    return is_running || open_here(ret, err);
}

void live_close(struct live *l) {
    if (l->is_here)
        house_close(&l->house);
    data_close(&l->data);
}

bool live_ask(struct live *l, struct str request, struct json **ret_tree,
              const struct json **ret_result, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(ANSWER_MOST);
    bool is_running = true;
    if (l->is_here)
        control_answer(admin_rows, n_admin_rows, &l->data, request, &answer);
    else if (!control_call(l->dir, request, &is_running, &answer, err))
        return false;
    if (!is_running)
        return error_set(err, ERROR_UNAVAILABLE, "服务器已停止，请再启动它后重试",
                         "the server has stopped; start it and try again");
    return control_result(strbuf_str(&answer), ret_tree, ret_result, err);
}
