// SPDX-License-Identifier: Apache-2.0
#include "work/webhook.h"

#include <stdio.h>

const char *const webhook_event_codes[N_WEBHOOK_EVENTS] = {
    [WEBHOOK_RECORD_CREATED] = "feedback_record.created",
    [WEBHOOK_RECORD_UPDATED] = "feedback_record.updated",
    [WEBHOOK_RECORD_DELETED] = "feedback_record.deleted",
    [WEBHOOK_CREATED] = "webhook.created",
    [WEBHOOK_UPDATED] = "webhook.updated",
    [WEBHOOK_DELETED] = "webhook.deleted",
};

bool webhook_event_find(struct str code, enum webhook_event *ret) {
    for (int i = 0; i < N_WEBHOOK_EVENTS; i++)
        if (str_eq(code, str_from(webhook_event_codes[i]))) {
            *ret = (enum webhook_event)i;
            return true;
        }
    return false;
}

void webhook_make_key(struct strbuf *ret) {
    char secret[24];
    crypto_random(secret, sizeof secret);
    strbuf_adds(ret, "whsec_");
    crypto_base64(str_make(secret, sizeof secret), ret);
    crypto_wipe(secret, sizeof secret);
}

void webhook_sign(struct str key, struct str id, int64_t seconds, struct str body,
                  struct strbuf *ret) {
    CLEANUP(strbuf_done) struct strbuf secret = strbuf_init(KIB);
    CLEANUP(strbuf_done) struct strbuf signed_text = strbuf_init(body.len + KIB);
    struct str prefix = STR("whsec_");
    struct str coded = str_starts(key, prefix) ? str_slice(key, prefix.len, key.len) : key;
    if (!crypto_base64_decode(coded, &secret)) {
        strbuf_reset(&secret);
        strbuf_add(&secret, key);
    }
    strbuf_addf(&signed_text, "%.*s.%" PRId64 ".", STR_ARG(id), seconds);
    strbuf_add(&signed_text, body);
    uint8_t mac[CRYPTO_HASH_BYTES];
    crypto_hmac(strbuf_str(&secret), strbuf_str(&signed_text), mac);
    strbuf_adds(ret, "v1,");
    crypto_base64(str_make((const char *)mac, sizeof mac), ret);
    if (secret.ptr)
        crypto_wipe(secret.ptr, secret.len);
}
