// SPDX-License-Identifier: Apache-2.0
#include "sys/fetch.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/test.h"

TEST(fetch_takes_only_http_addresses) {
    static const struct {
        const char *url;
        bool valid;
    } cases[] = {
        {"http://example.com", true},
        {"https://example.com:8443/a?b=c", true},
        {"http://[::1]/", true},
        {"ftp://example.com", false},
        {"file:///etc/passwd", false},
        {"example.com", false},
        {"http://", false},
        {"", false},
        {"http://user:word@host/", false},
        {"http://ho st/", false},
        {"gopher://127.0.0.1:6379/", false},
        {"http://a\n.b/", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (fetch_url_is_valid(str_from(cases[i].url)) != cases[i].valid)
            fail_msg("%s", cases[i].url);
}

TEST(fetch_goes_nowhere_inside_unless_allowed) {
    static const struct {
        const char *url;
        bool allow;
        enum error_code code;
    } cases[] = {
        {"http://127.0.0.1:9/", false, ERROR_INVALID},
        {"http://localhost:9/", false, ERROR_INVALID},
        {"http://[::1]:9/", false, ERROR_INVALID},
        {"http://10.1.2.3:9/", false, ERROR_INVALID},
        {"http://[::ffff:192.168.0.1]:9/", false, ERROR_INVALID},
        {"http://2130706433:9/", false, ERROR_INVALID}, // 127.0.0.1 in one number
        {"http://169.254.169.254/latest/meta-data", true, ERROR_INVALID},
        {"http://[fe80::1]/", true, ERROR_INVALID},
        {"http://0.0.0.0:9/", true, ERROR_INVALID},
        {"http://127.0.0.1:9/", true, ERROR_UNAVAILABLE}, // nobody is there
    };
    fetch_init();
    struct fetch *f = fetch_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fetch_request q = {.method = "GET",
                                  .url = cases[i].url,
                                  .timeout_ms = 2000,
                                  .allow_private = cases[i].allow};
        struct fetch_reply a = {.body = strbuf_init(KIB)};
        struct error err = {0};
        if (fetch_run(f, &q, &a, &err) || err.code != cases[i].code)
            fail_msg("%s: %s", cases[i].url, err.en);
        strbuf_done(&a.body);
    }
    fetch_free(f);
}

// Answers one request with what it is given.
struct peer {
    int listener, port;
    const char *answer;
    char heard[4096];
    size_t n;
    pthread_t thread;
};

static void *serve(void *ctx) {
    struct peer *p = ctx;
    int c = accept(p->listener, NULL, NULL);
    for (ssize_t n = 1; n > 0 && !strstr(p->heard, "{\"a\":1}");) {
        n = read(c, p->heard + p->n, sizeof p->heard - 1 - p->n);
        p->n += n > 0 ? (size_t)n : 0;
    }
    if (write(c, p->answer, strlen(p->answer)) < 0)
        p->n = 0;
    close(c);
    return NULL;
}

static void peer_open(struct peer *p, const char *answer) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    *p =
        (struct peer){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .answer = answer};
    assert_int_equal(bind(p->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(p->listener, 1), 0);
    assert_int_equal(getsockname(p->listener, (struct sockaddr *)&at, &len), 0);
    p->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
}

TEST(fetch_posts_and_reads_the_answer) {
    static const struct {
        const char *answer;
        int status;
        const char *body;
        int64_t retry_s;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", -1},
        {"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 20\r\n\r\n01234567890123456789",
         503, "0123456789", 7},
        {"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
         302, "", -1},
    };
    static const char *const headers[] = {"X-Test: 1", NULL};
    struct fetch *f = fetch_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct peer p;
        struct error err;
        char url[64];
        peer_open(&p, cases[i].answer);
        snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", p.port);
        struct fetch_request q = {.method = "POST",
                                  .url = url,
                                  .headers = headers,
                                  .body = STR("{\"a\":1}"),
                                  .timeout_ms = 5000,
                                  .allow_private = true};
        struct fetch_reply a = {.body = strbuf_init(10)};
        if (!fetch_run(f, &q, &a, &err))
            fail_msg("%s", err.en);
        pthread_join(p.thread, NULL);
        close(p.listener);
        assert_int_equal(a.status, cases[i].status);
        assert_str(strbuf_str(&a.body), cases[i].body);
        assert_int_equal(a.retry_after_s, cases[i].retry_s);
        assert_non_null(strstr(p.heard, "POST /hook HTTP/1.1\r\n"));
        assert_non_null(strstr(p.heard, "X-Test: 1\r\n"));
        strbuf_done(&a.body);
    }
    fetch_free(f);
}
