// SPDX-License-Identifier: Apache-2.0
// Hub records (collect/hub_record.h) in rows: found by what clients filter by, added with the feedback in one
// transaction, changed and removed. Words are compared by keyed hash; what rows cannot answer (sentiment, dates,
// numbers that are no score) the caller checks on the loaded feedback (hub_filter.needs_look).
//
// All functions run inside a transaction of the caller.
#ifndef COLLECT_HUB_STORE_H
#define COLLECT_HUB_STORE_H

#include "collect/feedback_store.h"
#include "collect/hub_record.h"

#define HUB_MAX_IN 50 // values of one filter

enum hub_word { // what is hashed
    HUB_WORD_TENANT,
    HUB_WORD_IDENTITY,
    HUB_WORD_SUBMISSION,
    HUB_WORD_FIELD,
    HUB_WORD_GROUP,
    HUB_WORD_SOURCE_TYPE,
    HUB_WORD_SOURCE_ID,
    HUB_WORD_SOURCE_NAME,
    HUB_WORD_VALUE_ID,
    HUB_WORD_PERSON,
    HUB_WORD_LANGUAGE,
    N_HUB_WORDS,
};

struct hub_hash {
    uint8_t bytes[VAULT_LOOKUP_BYTES];
};
struct hub_hash hub_hash(const struct workspace_keys *k, enum hub_word word, struct str value);

struct hub_row {
    int64_t feedback, collected_us, created_us;
    struct hub_hash words[N_HUB_WORDS];
    bool has[N_HUB_WORDS]; // the record has such a word
    enum hub_type type;
    double score; // NAN: none
};
void hub_row_make(const struct workspace_keys *k, const struct hub_record *h, int64_t feedback,
                  int64_t collected_us, struct hub_row *ret);

// ERROR_CONFLICT: tenant, submission and field have a record already.
bool hub_store_add(struct sql *s, int64_t workspace, const struct hub_row *row,
                   struct error *err) MUST_USE;
// *ret 0: there is none.
bool hub_store_find(struct sql *s, int64_t workspace, const struct hub_hash *identity, int64_t *ret,
                    struct error *err) MUST_USE;

struct hub_filter {
    struct hub_hash tenant;
    struct {
        struct hub_hash values[HUB_MAX_IN];
        size_t n;      // 0: any
    } in[N_HUB_WORDS]; // from HUB_WORD_SUBMISSION on
    uint32_t types;    // bit 1 << enum hub_type; 0: any
    // both ends included; INT64_MIN, INT64_MAX: open
    int64_t collected_from, collected_to, created_from, created_to;
    double number_low, number_high; // NAN: any
    bool by_created, ascending;
};

// After `after` ({0, 0, with has_after false}: from the start): at_us in the order asked for, then ids ascending.
bool hub_store_list(struct sql *s, int64_t workspace, const struct hub_filter *f,
                    const struct feedback_position *after, size_t limit, int64_t *ret_ids,
                    int64_t *ret_at_us, size_t *ret_n, struct error *err) MUST_USE;
bool hub_store_count(struct sql *s, int64_t workspace, const struct hub_filter *f, int64_t *ret,
                     struct error *err) MUST_USE;
// Ids above `after`: of a person (NULL: anyone) in a tenant (NULL: any), ascending.
bool hub_store_of(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                  const struct hub_hash *person, int64_t after, size_t limit, int64_t *ret_ids,
                  size_t *ret_n, struct error *err) MUST_USE;
// The tenant of a record. False with ERROR_NOT_FOUND: it is no Hub record.
bool hub_store_tenant(struct sql *s, int64_t workspace, int64_t id, struct hub_hash *ret,
                      struct error *err) MUST_USE;

// Writes a new version of feedback and row; analysis follows. `record` is what hub_record_store made of it.
bool hub_store_update(struct sql *s, const struct store *store, int64_t workspace,
                      const struct hub_row *row, const struct record *record, struct str actor,
                      struct error *err) MUST_USE;
// For good. *ret_n: how many there were.
bool hub_store_remove(struct sql *s, int64_t workspace, const int64_t *ids, size_t n,
                      int64_t *ret_n, struct error *err) MUST_USE;

// Texts of a tenant, and how many of them are analysed as they stand.
bool hub_store_progress(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                        int64_t *ret_texts, int64_t *ret_analysed, struct error *err) MUST_USE;

// Settings of a tenant: sealed JSON; *ret "" if none.
bool hub_setting_load(struct sql *s, const struct store *store, int64_t workspace,
                      const struct hub_hash *tenant, struct strbuf *ret,
                      struct error *err) MUST_USE;
bool hub_setting_store(struct sql *s, const struct store *store, int64_t workspace,
                       const struct hub_hash *tenant, struct str json, struct error *err) MUST_USE;
bool hub_setting_remove(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                        struct error *err) MUST_USE;

#endif
