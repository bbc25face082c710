// SPDX-License-Identifier: Apache-2.0
// The door through which feedback comes in, from the API, an import or a connector: sealed, written, its outbox
// row with it, in one transaction; acknowledged only after that. Requests that arrive while a transaction is on
// its way go together in the next one.
//
//     struct intake *in = intake_new(&store);
//     struct intake_request r = {.workspace = w, .actor = actor, .items = items, .n_items = n, .done = answer,
//     .ctx = …};
//     for (i …) if (!intake_prepare(in, &r, &records[i], &arena, &items[i], err)) …
//     intake_submit(in, &r);                       // `answer` is called after the commit, on a writer thread
//     intake_free(in);                             // after everything was answered
//
// The same feedback again — same source and external id, or, for an import, same source, customer, product, date,
// first text and how many-th of these in the file — updates what it says differently and keeps the earlier
// version; saying nothing new changes nothing. A feedback that was deleted comes back.
//
// Threads: any. Memory: a request and all it points to must live until `done`.
#ifndef COLLECT_INTAKE_H
#define COLLECT_INTAKE_H

#include "account/store.h"
#include "collect/record.h"

#define INTAKE_MAX_ITEMS 1000 // a request

enum lane {
    LANE_LIVE,
    LANE_BULK, // imports: worked on after what is live
};

enum intake_outcome {
    INTAKE_CREATED,
    INTAKE_UPDATED,
    INTAKE_UNCHANGED,
    N_INTAKE_OUTCOMES,
};

const char *intake_outcome_code(enum intake_outcome o); // "created", "updated", "unchanged"

struct intake_item {
    // by intake_prepare
    int64_t new_id; // if it becomes a new feedback
    bool has_lookup;
    uint8_t lookup[VAULT_LOOKUP_BYTES], content[VAULT_LOOKUP_BYTES];
    int64_t occurred_us;
    const struct record *record;
    struct str body; // sealed, in the arena
    // after the commit
    int64_t id; // of the feedback, new or old
    enum intake_outcome outcome;
};

enum intake_replay {
    INTAKE_FIRST,     // no key, or the first with it
    INTAKE_REPLAYED,  // answered before: status and reply are those of then
    INTAKE_OTHER_BODY // the key was used for another body
};

struct intake_request {
    int64_t workspace;
    // for the history: principal_actor, "import:UUID"; no name and no e-mail, rows are not sealed
    struct str actor;
    int64_t import; // 0: none
    enum lane lane;
    struct intake_item *items; // ids ascending, as prepared
    size_t n_items;
    // Idempotency: keyed hash of principal and key, hash of the body. `format` writes the reply that is stored
    // with it (inside the transaction: no side effects); needed when has_key.
    bool has_key;
    uint8_t key[VAULT_LOOKUP_BYTES], body_hash[CRYPTO_HASH_BYTES];
    void (*format)(struct intake_request *r, int *ret_status, struct strbuf *ret);
    // What else belongs into the same transaction, once the items are written (NULL: nothing); not for a reply
    // that is given again. May run again. Failing undoes the request.
    bool (*also)(struct sql *s, struct intake_request *r, struct error *err);
    // Called once. On failure (err set) nothing was written.
    void (*done)(struct intake_request *r, bool ok, const struct error *err);
    void *ctx;
    // results
    enum intake_replay replay;
    int status;          // with has_key
    struct strbuf reply; // with has_key; the receiver frees
    // inside
    struct intake_request *next;
    bool alone; // goes in a transaction of its own
};

struct intake;
struct intake *intake_new(const struct store *store);
void intake_free(struct intake *in);

// `nth`: 0 for the API, where only an external id makes two the same; for an import 1 + how many rows with the same
// identity (intake_identity) came before in the file.
bool intake_prepare(struct intake *in, const struct intake_request *r, const struct record *record,
                    uint32_t nth, struct arena *a, struct intake_item *ret,
                    struct error *err) MUST_USE;
// What tells a record without external id from others: for counting `nth`.
uint64_t intake_identity(const struct record *record);

void intake_submit(struct intake *in, struct intake_request *r);
// The same, waiting. Not on a thread that must not wait.
bool intake_write(struct intake *in, struct intake_request *r, struct error *err) MUST_USE;

// For work behind intake: waits while much comes in live (transactions are shared by many), at most `patience_us`.
void intake_give_way(struct intake *in, int64_t patience_us);

#endif
