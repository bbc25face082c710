// SPDX-License-Identifier: Apache-2.0
// One person is forgotten: feedback with its versions and what was concluded from it, events, keys, merges, what
// was known of him. Where counts are to stay, his feedback stays as an entry without text, customer, order or ids:
// scores, what was concluded, channel, product and attributes in which nothing personal is found.
//
// What follows the truth (facts, search) is told by change rows. Not reached: backups, and files that were uploaded
// for an import (sealed; `imports` names them).
#ifndef COLLECT_CUSTOMER_ERASE_H
#define COLLECT_CUSTOMER_ERASE_H

#include "collect/customer.h"

#define ERASE_MAX_IMPORTS 100

struct customer_erasure {
    int64_t customer; // counted with himself
    bool keep_counts;
    // what was removed
    int64_t feedback, versions, analyses, corrections, events, keys, hints, merges, customers;
    int64_t kept_as_counts; // feedback that stays without anything of him
    int64_t imports[ERASE_MAX_IMPORTS];
    size_t n_imports;
};

// In a transaction that writes. ERROR_NOT_FOUND.
bool customer_erase(struct sql *s, const struct store *store, int64_t workspace, int64_t customer,
                    bool keep_counts, struct customer_erasure *ret, struct error *err) MUST_USE;

// The certificate: what was removed, when, by whom (an id), and SHA-256 of its text without the member "hash".
// Names nobody.
void customer_certificate(const struct customer_erasure *e, int64_t id, int64_t at_us, int64_t user,
                          int64_t key, struct strbuf *ret);
bool customer_certificate_store(struct sql *s, int64_t workspace, int64_t id, int64_t at_us,
                                int64_t customer, struct str certificate,
                                struct error *err) MUST_USE;
// "" and found false where there is none.
bool customer_certificate_load(struct sql *s, int64_t workspace, int64_t customer, struct arena *a,
                               struct str *ret, struct error *err) MUST_USE;

#endif
