// SPDX-License-Identifier: Apache-2.0
// Who did what: append-only, one chain a workspace (0: the house, for what happens before there is one). A row's hash
// is
//
//     SHA-256(hash of the row before, 32 zeros for the first
//         | workspace | seq | at | user | key, each 8 bytes little endian
//         | action | subject | detail, each as 4 bytes of length and its bytes)
//
// so a row that was changed, taken out or put in is found by audit_verify. Whoever can write to the database
// could also make the whole chain again: write down the head that verify shows to notice that too.
//
// Rows hold ids and no names, texts or addresses: a person can be erased and the chain still holds. Names are put in
// when it is read.
#ifndef ACCOUNT_AUDIT_H
#define ACCOUNT_AUDIT_H

#include "account/accounts.h"

struct sql;

// In the caller's transaction, best as its last statement: it locks the end of the chain until the commit. `action`:
// "feedback.delete" (a table of words, not free text). `subject`: "feedback:0190…" or "". `detail`: JSON or "", ≤
// 8 KB, no personal data. `by` NULL: the command line, in the house's chain.
bool audit_add(struct sql *s, const struct principal *by, const char *action, struct str subject,
               struct str detail, struct error *err) MUST_USE;
// The same for a workspace that is not that of `by`.
bool audit_add_in(struct sql *s, int64_t workspace, const struct principal *by, const char *action,
                  struct str subject, struct str detail, struct error *err) MUST_USE;
// "user:0190…" of kind and id into buf.
#define AUDIT_SUBJECT 64
struct str audit_subject(char buf[AUDIT_SUBJECT], const char *kind, int64_t id);

struct audit_row {
    int64_t seq, at_us;
    int64_t user, key; // 0: none
    struct str actor;  // e-mail, name of the key, or "" for the command line and who is no more
    struct str action, subject, detail;
};

struct audit_query {
    int64_t workspace;
    int64_t before_seq;         // 0: from the newest
    int64_t since_us, until_us; // at, half open; 0: no bound
    int64_t user, key;          // 0: anybody
    struct str action;          // "" any; "user." every action that begins so
    int limit;                  // 1 … 1000
};

// Newest first. The next page begins before the last row's seq.
bool audit_list(struct accounts *a, const struct audit_query *q, struct arena *arena,
                const struct audit_row **ret, size_t *ret_n, struct error *err) MUST_USE;

struct audit_state {
    int64_t rows;
    int64_t broken; // seq of the first row that does not fit, 0: the chain holds
    uint8_t head[CRYPTO_HASH_BYTES];
};
// Reads the whole chain, one row at a time.
bool audit_verify(struct sql_db *db, int64_t workspace, struct audit_state *ret,
                  struct error *err) MUST_USE;

#endif
