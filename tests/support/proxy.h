// SPDX-License-Identifier: Apache-2.0
// Stands between a client and the PostgreSQL of the tests, and drops an answer at a chosen moment.
#ifndef TESTS_SUPPORT_PROXY_H
#define TESTS_SUPPORT_PROXY_H

#include <stddef.h>

struct test_proxy;

// Forwards to the server of `uri`; *ret_uri leads through the proxy.
struct test_proxy *test_proxy_start(const char *uri, char *ret_uri, size_t cap);
// Once: when a client sends these bytes, they go to the server, its answer is swallowed, and the connection is
// closed.
void test_proxy_cut_after(struct test_proxy *p, const char *bytes);
// Once: after so many more pieces of either direction a connection is closed, the last piece delivered or not by
// turns.
void test_proxy_cut_in(struct test_proxy *p, int pieces);
void test_proxy_stop(struct test_proxy *p);

#endif
