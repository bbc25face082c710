// SPDX-License-Identifier: Apache-2.0
#include "http/inner.h"

#include <netinet/in.h>
#include <unistd.h>

#include "tests/support/test.h"

static const struct {
    const char *where;
    enum error_code code;
} addresses[] = {
    {"127.0.0.1:0", ERROR_NONE},
    {"localhost:0", ERROR_NONE},
    {"0.0.0.0:0", ERROR_NONE},
    {"", ERROR_INVALID},
    {"8080", ERROR_INVALID},
    {":8080", ERROR_INVALID},
    {"127.0.0.1", ERROR_INVALID},
    {"127.0.0.1:", ERROR_INVALID},
    {"127.0.0.1:65536", ERROR_INVALID},
    {"127.0.0.1:-1", ERROR_INVALID},
    {"::1:80", ERROR_INVALID},
    {"[::1", ERROR_INVALID},
    {"no.such.host.invalid:0", ERROR_INVALID},
};

TEST(http_listen_takes_addresses_with_a_port) {
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        int fd = -1, port = 0;
        struct error err = {0};
        bool ok = listen_open(str_from(addresses[i].where), &fd, &port, &err);
        if (err.code != addresses[i].code || ok != (err.code == ERROR_NONE) || (ok && port <= 0))
            fail_msg("%s: %s", addresses[i].where, err.en);
        if (ok)
            close(fd);
        else
            assert_string_equal(err.field, "listen");
    }
}

TEST(http_listen_says_that_a_port_is_taken) {
    int fd, other, port;
    struct error err = {0};
    assert_true(listen_open(STR("127.0.0.1:0"), &fd, &port, &err));
    char where[32];
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    assert_false(listen_open(str_from(where), &other, &port, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    close(fd);
}

TEST(http_listen_writes_the_address_of_the_other_end) {
    char buf[64];
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xC0000201)};
    peer_format((struct sockaddr *)&four, buf, sizeof buf);
    assert_string_equal(buf, "192.0.2.1");
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    peer_format((struct sockaddr *)&six, buf, sizeof buf);
    assert_string_equal(buf, "::1");
    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6,
                                  .sin6_addr.s6_addr = {[10] = 0xff, 0xff, 192, 0, 2, 7}};
    peer_format((struct sockaddr *)&mapped, buf, sizeof buf);
    assert_string_equal(buf, "192.0.2.7");
    peer_format(NULL, buf, sizeof buf);
    assert_string_equal(buf, "unknown");
}
