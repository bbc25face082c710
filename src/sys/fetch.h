// SPDX-License-Identifier: Apache-2.0
// Requests to other servers, over libcurl: only http and https, no redirects, a deadline, a bound on the answer. The
// address is looked at after its name was resolved, on the very connection that is used: what is not allowed is not
// connected to, whatever the name says.
//
//     fetch_init();                                        // once, at start
//     struct fetch *f = fetch_new();                       // one a thread; keeps connections
//     struct fetch_request q = {.method = "POST", .url = url, .headers = headers, .body = body, .timeout_ms = 15000};
//     struct fetch_reply a = {.body = strbuf_init(64 * KIB)};
//     if (fetch_run(f, &q, &a, err)) use(a.status);
#ifndef SYS_FETCH_H
#define SYS_FETCH_H

#include "base/error.h"
#include "base/strbuf.h"

struct fetch;

void fetch_init(void);
struct fetch *fetch_new(void);
void fetch_free(struct fetch *f); // NULL is fine

struct fetch_request {
    const char *method, *url;
    const char *const *headers; // "Name: value", NULL-terminated; NULL: none
    struct str body;
    int64_t timeout_ms;
    // Private addresses (10/8, 192.168/16, loopback …) are refused unless this is set. Link-local ones, where clouds
    // keep their secrets, multicast and unspecified ones always are.
    bool allow_private;
};
struct fetch_reply {
    int status;
    struct strbuf body;    // what is beyond its limit is dropped
    int64_t retry_after_s; // of the answer's Retry-After in seconds; −1: none
};

// True: there was an answer, whatever its status. ERROR_INVALID: no such address or one that is refused;
// ERROR_UNAVAILABLE: no answer.
bool fetch_run(struct fetch *f, const struct fetch_request *q, struct fetch_reply *ret,
               struct error *err) MUST_USE;

// "http://host…" or "https://host…", without user and password.
bool fetch_url_is_valid(struct str url);

#endif
