// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "collect/feedback_store.h"
#include "collect/intake_inner.h"
#include "collect/outbox.h"

static bool changed_meanwhile(struct error *err) {
    return error_set(err, ERROR_CONFLICT, "这条反馈在此期间被改过，请重试；没有写入",
                     "the feedback was changed meanwhile: try again; nothing was written");
}

static bool store(struct sql *s, const struct stored_feedback *was, const struct record *newer,
                  const uint8_t content[VAULT_LOOKUP_BYTES], struct str sealed, struct str actor,
                  struct error *err) {
    int64_t now = clock_now_us(), changed;
    if (!sql_run(
            s, err,
            "INSERT INTO feedback_history (feedback, version, at_us, actor, import, body)"
            " SELECT id, version, $3, $4, NULL, body FROM feedback WHERE id = $1 AND version = $2"
            " ON CONFLICT (feedback, version) DO NOTHING",
            SQL_INT(was->id), SQL_INT(was->version), SQL_INT(now), SQL_TEXT(actor)) ||
        !sql_change(
            s, &changed, err,
            "UPDATE feedback SET version = version + 1, content = $3, occurred_us = $4, channel = $5, updated_us = $6, body = $7"
            " WHERE id = $1 AND version = $2 AND deleted_us IS NULL",
            SQL_INT(was->id), SQL_INT(was->version),
            SQL_BLOB(str_make((const char *)content, VAULT_LOOKUP_BYTES)),
            SQL_INT(newer->occurred_us != TIME_NONE ? newer->occurred_us : was->occurred_us),
            SQL_TEXT(newer->channel), SQL_INT(now), SQL_BLOB(sealed)))
        return false;
    return changed == 1 || changed_meanwhile(err);
}

bool feedback_update(struct sql *s, const struct store *st, int64_t workspace,
                     const struct stored_feedback *was, const struct record *newer,
                     struct str actor, bool *ret_changed, struct error *err) {
    const struct workspace_keys *k = vault_keys(st->vault, workspace, err);
    CLEANUP(strbuf_done) struct strbuf before = strbuf_init(4 * MIB), after = strbuf_init(4 * MIB);
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(4 * MIB);
    uint8_t content[VAULT_LOOKUP_BYTES];
    if (!k)
        return false;
    if (!was->found || was->deleted_us != TIME_NONE)
        return error_set(err, ERROR_NOT_FOUND, "没有这条反馈", "there is no such feedback");
    record_format(&was->record, &before);
    record_format(newer, &after);
    *ret_changed = !str_eq(strbuf_str(&before), strbuf_str(&after));
    if (!*ret_changed)
        return true;
    intake_seal(k, was->id, strbuf_str(&after), &sealed);
    if (after.overflow || sealed.overflow)
        return error_set(err, ERROR_LIMIT, "改动后的反馈太大",
                         "the feedback with its changes is too large");
    vault_lookup(k, "feedback.content", strbuf_str(&after), content);
    return store(s, was, newer, content, strbuf_str(&sealed), actor, err) &&
           outbox_add(s, workspace, EVENT_FEEDBACK_RECEIVED, LANE_LIVE, &was->id, 1, err);
}
