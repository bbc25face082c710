// SPDX-License-Identifier: Apache-2.0
// What is left to do after a commit, written in the same transaction: outbox rows for work/pipeline, change rows
// for what follows the truth (facts, search), and a word to everyone who listens.
#ifndef COLLECT_OUTBOX_H
#define COLLECT_OUTBOX_H

#include "collect/intake.h"

// Events of the pipeline table.
#define EVENT_FEEDBACK_RECEIVED "feedback.received" // unify, analyse

// Listeners: sql_listen(db, …). The payload is "WORKSPACE".
#define CHANNEL_OUTBOX "outbox"
#define CHANNEL_CHANGE "change"

bool outbox_add(struct sql *s, int64_t workspace, const char *event, enum lane lane,
                const int64_t *ids, size_t n, struct error *err) MUST_USE;
bool change_add(struct sql *s, int64_t workspace, const int64_t *ids, size_t n,
                struct error *err) MUST_USE;

// The ids column, both ways. *ret is arena memory.
void ids_pack(const int64_t *ids, size_t n, struct strbuf *ret);
size_t ids_unpack(struct str packed, struct arena *a, int64_t **ret);

#endif
