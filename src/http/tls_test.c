// SPDX-License-Identifier: Apache-2.0
// server.c under TLS, with a certificate made here and libcurl as the client.
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/strbuf.h"
#include "tests/support/http_client.h"

// A self-signed certificate for an hour and its key, as PEM text.
static void make_certificate(struct strbuf *cert, struct strbuf *key) {
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    assert_non_null(pkey);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, pkey);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1,
                               0);
    X509_set_issuer_name(x, name);
    assert_true(X509_sign(x, pkey, EVP_sha256()) > 0);
    BIO *out = BIO_new(BIO_s_mem());
    char *text;
    PEM_write_bio_X509(out, x);
    long n = BIO_get_mem_data(out, &text);
    strbuf_add(cert, str_make(text, (size_t)n));
    BIO_free(out);
    out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL);
    n = BIO_get_mem_data(out, &text);
    strbuf_add(key, str_make(text, (size_t)n));
    BIO_free(out);
    X509_free(x);
    EVP_PKEY_free(pkey);
}

static enum request_outcome echo(struct request *r, UNUSED void *ctx) {
    reply_cookie(r, "sid", STR("1"), 60);
    reply_bytes(r, 200, "text/plain", request_body(r));
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/echo", .handler = echo, .body_limit = MIB},
};

static size_t gather(char *bytes, size_t size, size_t n, void *ctx) {
    strbuf_add(ctx, str_make(bytes, size * n));
    return size * n;
}

// {bytes posted, libcurl's SSL version, status, 0: no connection}
static const struct {
    size_t bytes;
    long version;
    long status;
} posts[] = {
    {5, CURL_SSLVERSION_DEFAULT, 200},
    {200000, CURL_SSLVERSION_TLSv1_3, 200},
    {200000, CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2, 200},
    {5, CURL_SSLVERSION_TLSv1_1 | CURL_SSLVERSION_MAX_TLSv1_1, 0},
    {2 * MIB, CURL_SSLVERSION_DEFAULT, 413},
    {20 * MIB, CURL_SSLVERSION_DEFAULT, 413},
};

TEST(http_tls_serves_1_2_and_1_3_with_an_own_certificate) {
    CLEANUP(strbuf_done) struct strbuf cert = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(64 * KIB);
    make_certificate(&cert, &key);
    struct http_options more = {.cert_pem = strbuf_cstr(&cert), .key_pem = strbuf_cstr(&key)};
    struct http *h = test_server(routes, 1, &more);
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%d/echo", http_port(h));
    static char body[20 * MIB];
    memset(body, 'x', sizeof body);
    for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
        CLEANUP(strbuf_done) struct strbuf got = strbuf_init(4 * MIB);
        CLEANUP(strbuf_done) struct strbuf head = strbuf_init(64 * KIB);
        CURL *curl = curl_easy_init();
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, posts[i].version);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)posts[i].bytes);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gather);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        CURLcode code = curl_easy_perform(curl);
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (status != posts[i].status)
            fail_msg("case %zu: %ld, %s", i, status, curl_easy_strerror(code));
        if (status == 200) {
            assert_int_equal(got.len, posts[i].bytes);
            assert_true(str_has(strbuf_str(&head), STR("SameSite=Lax; Secure")));
        }
        curl_easy_cleanup(curl);
    }
    http_close(h, 1000000);
}

TEST(http_tls_says_that_a_certificate_cannot_be_used) {
    CLEANUP(strbuf_done) struct strbuf cert = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf key = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf other = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf unused = strbuf_init(64 * KIB);
    make_certificate(&cert, &key);
    make_certificate(&unused, &other);
    const char *const pairs[][2] = {{"rubbish", strbuf_cstr(&key)},
                                    {strbuf_cstr(&cert), "rubbish"},
                                    {strbuf_cstr(&cert), strbuf_cstr(&other)},
                                    {strbuf_cstr(&cert), NULL}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct http_options o = {.listen = STR("127.0.0.1:0"),
                                 .routes = routes,
                                 .n_routes = 1,
                                 .cert_pem = pairs[i][0],
                                 .key_pem = pairs[i][1]};
        struct http *h = NULL;
        struct error err = {0};
        if (http_open(&o, &h, &err))
            fail_msg("pair %zu was accepted", i);
        assert_int_equal(err.code, ERROR_INVALID);
    }
}
