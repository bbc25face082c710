// SPDX-License-Identifier: Apache-2.0
// Server-sent events. An event is kept once, whoever waits for it; a listener is a ring of pointers, and its
// connection sleeps in libmicrohttpd until something comes. Locks: http.lock before hub.lock.
#include "http/inner.h"

#include "base/clock.h"

#define MOST_WAITING 256
#define COMMENT_US   (15 * US_PER_SECOND)

struct event {
    size_t refs; // under the hub's lock
    size_t len;
    char text[];
};

struct event_hub {
    pthread_mutex_t lock;
    struct listener *listeners;
};

struct listener {
    struct event_hub *hub;
    struct listener *prev, *next;
    uint64_t topic; // hash
    struct str topic_name;
    struct http *http;
    struct connection *c;          // under http.lock; NULL: not sent yet
    struct connection *connection; // libmicrohttpd's thread
    struct MHD_Connection *mhd;
    struct event *waiting[MOST_WAITING];
    size_t head, count, sent; // sent: bytes of the event at the head
    bool is_asleep, has_ended, is_dropped, wants_comment;
    int64_t last_us; // something was handed over
};

struct event_hub *event_hub_new(void) {
    struct event_hub *hub = NEW(struct event_hub);
    pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

void event_hub_free(struct event_hub *hub) {
    if (!hub)
        return;
    if (hub->listeners)
        abort(); // http_close comes first
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

static struct event *event_new(struct str name, struct str data) {
    struct event *e = mem_alloc(sizeof *e + name.len + data.len + 32);
    e->refs = 1;
    e->len = (size_t)snprintf(e->text, name.len + data.len + 32, "event: %.*s\ndata: %.*s\n\n",
                              STR_ARG(name), STR_ARG(data));
    return e;
}

static void event_unref(struct event *e) {
    if (--e->refs == 0)
        free(e);
}

// Under the hub's lock, as all below up to listener_read.
static void wake(struct listener *l) {
    if (!l->is_asleep)
        return;
    l->is_asleep = false;
    MHD_resume_connection(l->mhd);
}

static void hand_over(struct listener *l, struct event *e) {
    if (l->is_dropped || l->has_ended)
        return;
    if (l->count == MOST_WAITING) {
        l->is_dropped = true; // the watch shuts its socket
        return;
    }
    e->refs++;
    l->waiting[(l->head + l->count++) % MOST_WAITING] = e;
    wake(l);
}

void event_publish(struct event_hub *hub, struct str topic, const char *event, struct str data) {
    if (memchr(data.ptr ? data.ptr : "", '\n', data.len))
        abort(); // one line: a second would be read as another field
    uint64_t hash = str_hash(topic);
    struct event *e = NULL;
    pthread_mutex_lock(&hub->lock);
    for (struct listener *l = hub->listeners; l; l = l->next) {
        if (l->topic != hash || !str_eq(l->topic_name, topic))
            continue;
        if (!e)
            e = event_new(str_from(event), data);
        hand_over(l, e);
    }
    if (e)
        event_unref(e);
    pthread_mutex_unlock(&hub->lock);
}

// As much of what waits as fits.
static size_t take(struct listener *l, char *buf, size_t max) {
    size_t n = 0;
    while (l->count && n < max) {
        struct event *e = l->waiting[l->head];
        size_t part = MIN(e->len - l->sent, max - n);
        memcpy(buf + n, e->text + l->sent, part);
        n += part;
        l->sent += part;
        if (l->sent < e->len)
            break;
        event_unref(e);
        l->sent = 0;
        l->head = (l->head + 1) % MOST_WAITING;
        l->count--;
    }
    return n;
}

static ssize_t listener_read(void *cls, UNUSED uint64_t position, char *buf, size_t max) {
    struct listener *l = cls;
    static const char comment[] = ":\n\n";
    pthread_mutex_lock(&l->hub->lock);
    ssize_t n = (ssize_t)take(l, buf, max);
    if (l->is_dropped) {
        n = stream_break(l->connection);
    } else if (!n && l->has_ended) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (!n && l->wants_comment && max >= sizeof comment) {
        n = sizeof comment - 1;
        memcpy(buf, comment, (size_t)n);
    } else if (!n) {
        l->is_asleep = true;
        MHD_suspend_connection(l->mhd);
    }
    if (n > 0) {
        l->wants_comment = false;
        l->last_us = clock_monotonic_us();
    }
    pthread_mutex_unlock(&l->hub->lock);
    return n;
}

static void listener_free(void *cls) {
    struct listener *l = cls;
    pthread_mutex_lock(&l->http->lock);
    if (l->c)
        l->c->listener = NULL;
    pthread_mutex_unlock(&l->http->lock);
    pthread_mutex_lock(&l->hub->lock);
    if (l->prev)
        l->prev->next = l->next;
    else
        l->hub->listeners = l->next;
    if (l->next)
        l->next->prev = l->prev;
    for (size_t i = 0; i < l->count; i++)
        event_unref(l->waiting[(l->head + i) % MOST_WAITING]);
    pthread_mutex_unlock(&l->hub->lock);
    free((void *)(uintptr_t)l->topic_name.ptr);
    free(l);
}

void reply_events(struct request *r, struct event_hub *hub, struct str topic) {
    reply_status(r, 200); // drops what was set before
    reply_header(r, "Cache-Control", STR("no-store"));
    reply_header(r, "X-Accel-Buffering", STR("no")); // nginx would hold events back
    struct listener *l = NEW(struct listener);
    *l = (struct listener){.hub = hub, .http = r->c->http, .connection = r->c, .mhd = r->c->mhd};
    l->topic_name = str_make(str_dup(topic), topic.len);
    l->topic = str_hash(topic);
    l->last_us = clock_monotonic_us();
    l->wants_comment = true; // the browser learns at once that the stream is open
    r->reply.kind = BODY_EVENTS;
    r->reply.type = "text/event-stream";
    r->reply.listener = l;
    pthread_mutex_lock(&hub->lock);
    l->next = hub->listeners;
    if (l->next)
        l->next->prev = l;
    hub->listeners = l;
    pthread_mutex_unlock(&hub->lock);
}

struct MHD_Response *listener_response(struct request *r) {
    struct listener *l = r->reply.listener;
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, 8 * KIB, listener_read, l, listener_free);
    if (!response)
        return NULL;
    r->reply.is_begun = true;
    pthread_mutex_lock(&r->c->http->lock);
    l->c = r->c;
    r->c->listener = l;
    pthread_mutex_unlock(&r->c->http->lock);
    return response;
}

void listener_drop(struct request *r) {
    if (!r->reply.is_begun)
        listener_free(r->reply.listener);
    r->reply.listener = NULL;
    r->reply.is_begun = false;
}

bool listener_tick(struct listener *l, int64_t now_us, bool closing) {
    pthread_mutex_lock(&l->hub->lock);
    if (closing)
        l->has_ended = true;
    if (now_us - l->last_us >= COMMENT_US && !l->count)
        l->wants_comment = true;
    if (l->has_ended || l->wants_comment)
        wake(l);
    bool is_dropped = l->is_dropped;
    pthread_mutex_unlock(&l->hub->lock);
    return is_dropped;
}
