// SPDX-License-Identifier: Apache-2.0
#include "sys/crypto.h"

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex_digits[] = "0123456789abcdef";

void crypto_hex(struct str bytes, struct strbuf *ret) {
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t b = (uint8_t)bytes.ptr[i];
        strbuf_addc(ret, hex_digits[b >> 4]);
        strbuf_addc(ret, hex_digits[b & 15]);
    }
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool crypto_hex_decode(struct str text, struct strbuf *ret) {
    size_t before = ret->len;
    bool ok = text.len % 2 == 0;
    for (size_t i = 0; ok && i < text.len; i += 2) {
        int high = hex_value(text.ptr[i]), low = hex_value(text.ptr[i + 1]);
        ok = high >= 0 && low >= 0;
        if (ok)
            strbuf_addc(ret, (char)(high << 4 | low));
    }
    if (!ok)
        strbuf_truncate(ret, before);
    return ok;
}

static void encode(struct str bytes, const char *digits, bool pad, struct strbuf *ret) {
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t n = MIN(bytes.len - i, (size_t)3);
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < n ? (uint8_t)bytes.ptr[i + k] : 0u);
        for (size_t k = 0; k < 4; k++) {
            if (k <= n)
                strbuf_addc(ret, digits[v >> (18 - 6 * k) & 63]);
            else if (pad)
                strbuf_addc(ret, '=');
        }
    }
}

static int digit_value(char c, const char *digits) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == digits[62] ? 62 : c == digits[63] ? 63 : -1;
}

// `text` without padding. A text has one form: what could not have been encoded is refused.
static bool decode(struct str text, const char *digits, struct strbuf *ret) {
    size_t before = ret->len;
    bool ok = text.len % 4 != 1;
    for (size_t i = 0; ok && i < text.len; i += 4) {
        size_t n = MIN(text.len - i, (size_t)4);
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = k < n ? digit_value(text.ptr[i + k], digits) : 0;
            ok = ok && d >= 0;
            v = v << 6 | (uint32_t)(d & 63);
        }
        uint32_t spare = n == 2 ? v & 0xffff : n == 3 ? v & 0xff : 0;
        ok = ok && !spare;
        for (size_t k = 0; ok && k + 1 < n; k++)
            strbuf_addc(ret, (char)(v >> (16 - 8 * k) & 255));
    }
    if (!ok)
        strbuf_truncate(ret, before);
    return ok;
}

void crypto_base64url(struct str bytes, struct strbuf *ret) {
    encode(bytes, base64url_digits, false, ret);
}

bool crypto_base64url_decode(struct str text, struct strbuf *ret) {
    return decode(text, base64url_digits, ret);
}

void crypto_base64(struct str bytes, struct strbuf *ret) {
    encode(bytes, base64_digits, true, ret);
}

bool crypto_base64_decode(struct str text, struct strbuf *ret) {
    if (text.len % 4 != 0)
        return false;
    for (int i = 0; i < 2 && str_ends(text, STR("=")); i++)
        text.len--;
    return decode(text, base64_digits, ret);
}

#define TOKEN_DIGITS 43 // 62^43 > 2^256

void crypto_token(const char *prefix, struct strbuf *ret) {
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    strbuf_adds(ret, prefix);
    for (int n = 0; n < TOKEN_DIGITS;) {
        uint8_t random[TOKEN_DIGITS + 8];
        crypto_random(random, sizeof random);
        for (size_t i = 0; i < sizeof random && n < TOKEN_DIGITS; i++) {
            if (random[i] >= 4 * 62) // the rest of 256 would favour the first digits
                continue;
            strbuf_addc(ret, digits[random[i] % 62]);
            n++;
        }
        crypto_wipe(random, sizeof random);
    }
}
