// SPDX-License-Identifier: Apache-2.0
// Any bytes as a sealed value, and as the text forms: nothing opens that was not sealed, and what is decoded is
// encoded back as it was.
#include <stdlib.h>

#include "sys/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok) {
    if (!ok)
        abort();
}

static void round_trip(bool (*decode)(struct str, struct strbuf *),
                       void (*encode)(struct str, struct strbuf *), struct str text, bool folds) {
    struct strbuf bytes = strbuf_init(MIB), back = strbuf_init(4 * MIB);
    if (decode(text, &bytes)) {
        encode(strbuf_str(&bytes), &back);
        expect(folds ? str_eq_nocase(strbuf_str(&back), text) : str_eq(strbuf_str(&back), text));
    } else {
        expect(bytes.len == 0);
    }
    strbuf_done(&bytes);
    strbuf_done(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct seal_key key = {.key = {1, 2, 3}, .generation = 1};
    struct str input = str_make((const char *)data, size);
    struct strbuf sealed = strbuf_init(2 * MIB), plain = strbuf_init(2 * MIB);
    expect(!unseal(&key, STR("fuzz"), input, &plain, NULL) && plain.len == 0);
    seal(&key, STR("fuzz"), input, &sealed);
    if (!sealed.overflow) {
        expect(unseal(&key, STR("fuzz"), strbuf_str(&sealed), &plain, NULL));
        expect(str_eq(strbuf_str(&plain), input));
    }
    strbuf_done(&sealed);
    strbuf_done(&plain);
    round_trip(crypto_base64_decode, crypto_base64, input, false);
    round_trip(crypto_base64url_decode, crypto_base64url, input, false);
    round_trip(crypto_hex_decode, crypto_hex, input, true);
    expect(!crypto_password_verify(STR("x"), str_slice(input, 0, 8)));
    return 0;
}
