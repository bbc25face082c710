// SPDX-License-Identifier: Apache-2.0
#include "http/inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

// "[::1]:80" → "::1" and "80". False if it is not of that shape.
static bool split_address(struct str where, char host[256], char port[8]) {
    size_t colon = STR_NONE;
    for (size_t i = 0; i < where.len; i++)
        if (where.ptr[i] == ':')
            colon = i;
    if (colon == STR_NONE)
        return false;
    struct str h = str_slice(where, 0, colon), p = str_slice(where, colon + 1, where.len);
    bool brackets = h.len >= 2 && h.ptr[0] == '[' && h.ptr[h.len - 1] == ']';
    if (brackets)
        h = str_slice(h, 1, h.len - 1);
    else if (str_find_char(h, ':') != STR_NONE)
        return false;
    int64_t number;
    if (!h.len || h.len >= 256 || !p.len || p.len >= 8 || !str_to_int64(p, &number) || number < 0 ||
        number > 65535)
        return false;
    snprintf(host, 256, "%.*s", STR_ARG(h));
    snprintf(port, 8, "%d", (int)number);
    return true;
}

static int port_of(int fd) {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } sa = {0};
    socklen_t len = sizeof sa;
    if (getsockname(fd, &sa.any, &len) != 0)
        return 0;
    return ntohs(sa.any.sa_family == AF_INET6 ? sa.six.sin6_port : sa.four.sin_port);
}

// A listening socket, or −1 and errno.
static int open_socket(const struct addrinfo *a) {
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int on = 1, off = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

bool listen_open(struct str where, int *ret_fd, int *ret_port, struct error *err) {
    char host[256], port[8];
    if (!split_address(where, host, port)) {
        error_set(
            err, ERROR_INVALID, "监听地址 %.*s 不正确，应为 127.0.0.1:8080 或 [::1]:8080 的形式",
            "the address %.*s is not of the form 127.0.0.1:8080 or [::1]:8080", STR_ARG(where));
        return error_field(err, "listen");
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        error_set(err, ERROR_INVALID, "监听地址 %s 不是这台机器的地址",
                  "%s is not an address of this machine", host);
        return error_field(err, "listen");
    }
    int fd = open_socket(found), why = errno;
    freeaddrinfo(found);
    if (fd < 0 && why == EADDRINUSE)
        return error_set(
            err, ERROR_CONFLICT, "端口已被占用：%.*s。请换一个端口，或停掉占用它的程序",
            "the port is taken: %.*s; choose another or stop who uses it", STR_ARG(where));
    if (fd < 0) {
        char text[300];
        snprintf(text, sizeof text, "%.*s", STR_ARG(where));
        return error_errno(err, why, "无法监听", "cannot listen on", text);
    }
    *ret_fd = fd;
    *ret_port = port_of(fd);
    return true;
}

void peer_format(const struct sockaddr *sa, char *buf, size_t cap) {
    const void *address = NULL;
    int family = sa ? sa->sa_family : AF_UNSPEC;
    if (family == AF_INET)
        address = &((const struct sockaddr_in *)sa)->sin_addr;
    if (family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)sa)->sin6_addr;
        address = six;
        if (IN6_IS_ADDR_V4MAPPED(six)) { // an IPv4 client of a socket for both
            address = &six->s6_addr[12];
            family = AF_INET;
        }
    }
    if (!address || !inet_ntop(family, address, buf, (socklen_t)cap))
        snprintf(buf, cap, "unknown");
}
