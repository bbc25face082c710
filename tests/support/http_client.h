// SPDX-License-Identifier: Apache-2.0
// Raw bytes to a server of this process and its answers, for tests of src/http and of what stands on it.
//
//     struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
//     struct test_reply reply;
//     test_ask(h, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", &reply);
//     assert_int_equal(reply.status, 200);
#ifndef TESTS_SUPPORT_HTTP_CLIENT_H
#define TESTS_SUPPORT_HTTP_CLIENT_H

#include "http/http.h"
#include "tests/support/test.h"

struct test_reply {
    int status;      // 0: the connection ended without one
    struct str head; // with its last empty line
    struct str body; // chunks joined
    bool is_open;    // the server has not closed
    char bytes[256 * 1024];
};

// Opens a server on 127.0.0.1:0. `more`: further options, NULL for none. Fails the test if it does not start.
struct http *test_server(const struct http_route *routes, size_t n,
                         const struct http_options *more);

int test_connect(const struct http *h); // a socket whose reads give up after 10 s
void test_send(int fd, struct str bytes);
// One reply (1xx ones are skipped); `to_head`: a reply without body to a HEAD request. False: nothing came.
bool test_receive(int fd, bool to_head, struct test_reply *ret);
// The server closes within the time of a read.
bool test_is_closed(int fd);
// Connects, sends, receives, closes.
void test_ask(const struct http *h, const char *request, struct test_reply *ret);
struct str test_header(const struct test_reply *reply, const char *name); // "" if absent

#endif
