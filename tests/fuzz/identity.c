// SPDX-License-Identifier: Apache-2.0
// A key is its own normal form, whatever it was made of, and is shown without crashing.
#include <assert.h>

#include "base/utf8.h"
#include "unify/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_make((const char *)data, size), once, twice;
    CLEANUP(arena_done) struct arena a = {0};
    if (!utf8_is_valid(text))
        return 0;
    if (identity_phone(text, &a, &once)) {
        assert(once.len <= 30 && identity_phone(once, &a, &twice) && str_eq(once, twice));
        identity_shown(IDENTITY_PHONE, once, &a);
    }
    if (identity_email(text, &a, &once)) {
        assert(once.len <= 254 && identity_email(once, &a, &twice) && str_eq(once, twice));
        identity_shown(IDENTITY_EMAIL, once, &a);
    }
    struct record_customer c = {.external_id = text, .openid = text, .phone = text};
    struct identity_key keys[IDENTITY_MAX_KEYS];
    size_t n = identity_keys(&c, text, &a, keys);
    for (size_t i = 0; i < n; i++)
        assert(keys[i].value.len > 0 &&
               utf8_is_valid(identity_shown(keys[i].kind, keys[i].value, &a)));
    return 0;
}
