// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include "base/log.h"
#include "base/vec.h"
#include "http/query.h"

struct node {
    struct str literal;
    struct {
        VEC(size_t);
    } children;         // indexes of nodes with a literal
    size_t param, rest; // node index, 0: none
    struct {
        VEC(const struct http_route *);
    } routes;
};

#define ROOT 1 // index 0 says “none”

struct router {
    struct {
        VEC(struct node);
    } nodes;
};

static bool is_param(struct str segment) {
    return segment.len > 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';
}

static bool is_rest(struct str segment) {
    return is_param(segment) && segment.ptr[segment.len - 2] == '*';
}

static NORETURN void table_error(const struct http_route *route, const char *why) {
    log_error("route %s %s: %s", route->method, route->path, why);
    abort();
}

static size_t add_node(struct router *r, struct str literal) {
    vec_push(&r->nodes, ((struct node){.literal = literal}));
    return r->nodes.len - 1;
}

// The child of node `at` for one segment of a route's path, made if it is new.
static size_t child(struct router *r, size_t at, struct str segment) {
    if (is_rest(segment)) {
        if (!r->nodes.items[at].rest) {
            size_t made = add_node(r, STR("")); // may move the nodes
            r->nodes.items[at].rest = made;
        }
        return r->nodes.items[at].rest;
    }
    if (is_param(segment)) {
        if (!r->nodes.items[at].param) {
            size_t made = add_node(r, STR(""));
            r->nodes.items[at].param = made;
        }
        return r->nodes.items[at].param;
    }
    for (size_t i = 0; i < r->nodes.items[at].children.len; i++) {
        size_t c = r->nodes.items[at].children.items[i];
        if (str_eq(r->nodes.items[c].literal, segment))
            return c;
    }
    size_t made = add_node(r, segment);
    vec_push(&r->nodes.items[at].children, made);
    return made;
}

static void add_route(struct router *r, const struct http_route *route) {
    struct str rest = str_from(route->path), segment;
    if (!rest.len || rest.ptr[0] != '/')
        table_error(route, "the path must begin with /");
    if (!route->handler || (route->quick && route->sink))
        table_error(route, "no handler, or a sink on a quick route");
    rest = str_slice(rest, 1, rest.len);
    size_t at = ROOT, n_params = 0, n = 0;
    bool ended = false;
    while (str_cut(&rest, '/', &segment)) {
        bool braces = str_find_char(segment, '{') != STR_NONE;
        if (ended || braces != is_param(segment) || ++n > ROUTER_MAX_SEGMENTS)
            table_error(route, "a parameter must be a whole segment, {rest*} the last");
        n_params += braces;
        ended = is_rest(segment);
        at = child(r, at, segment);
    }
    if (n_params > ROUTER_MAX_PARAMS)
        table_error(route, "too many parameters");
    struct node *end = &r->nodes.items[at];
    for (size_t i = 0; i < end->routes.len; i++)
        if (strcmp(end->routes.items[i]->method, route->method) == 0)
            table_error(route, "stands twice in the table");
    vec_push(&end->routes, route);
}

struct router *router_new(const struct http_route *routes, size_t n) {
    struct router *r = NEW(struct router);
    add_node(r, STR(""));
    add_node(r, STR(""));
    for (size_t i = 0; i < n; i++)
        add_route(r, &routes[i]);
    return r;
}

void router_free(struct router *r) {
    if (!r)
        return;
    for (size_t i = 0; i < r->nodes.len; i++) {
        vec_done(&r->nodes.items[i].children);
        vec_done(&r->nodes.items[i].routes);
    }
    vec_done(&r->nodes);
    free(r);
}

struct walk {
    const struct router *r;
    struct str segments[ROUTER_MAX_SEGMENTS]; // as they came
    size_t n;
    const char *end;                  // of the path
    size_t params[ROUTER_MAX_PARAMS]; // index of the segment
    size_t n_params;
    bool has_rest; // the last parameter takes everything from its segment on
};

// The node of the path, 0 if there is none. Depth is bounded by ROUTER_MAX_SEGMENTS; a wrong turn goes back.
static size_t descend(struct walk *w, size_t at, size_t depth) {
    const struct node *node = &w->r->nodes.items[at];
    if (depth == w->n)
        return node->routes.len ? at : 0;
    for (size_t i = 0; i < node->children.len; i++) {
        size_t c = node->children.items[i];
        if (str_eq(w->r->nodes.items[c].literal, w->segments[depth])) {
            size_t found = descend(w, c, depth + 1);
            if (found)
                return found;
        }
    }
    if (node->param && w->segments[depth].len) {
        w->params[w->n_params++] = depth;
        size_t found = descend(w, node->param, depth + 1);
        if (found)
            return found;
        w->n_params--;
    }
    if (node->rest) {
        w->params[w->n_params++] = depth;
        w->has_rest = true;
        return node->rest;
    }
    return 0;
}

// The node index of the path, 0: unknown.
static size_t find_node(struct walk *w, struct str path) {
    if (!path.len || path.ptr[0] != '/')
        return 0;
    w->end = path.ptr + path.len;
    struct str rest = str_slice(path, 1, path.len);
    while (path.len > 1 && w->n < ROUTER_MAX_SEGMENTS) { // deeper ones can only belong to a {rest*}
        size_t slash = str_find_char(rest, '/');
        w->segments[w->n++] = str_slice(rest, 0, slash == STR_NONE ? rest.len : slash);
        if (slash == STR_NONE)
            break;
        rest = str_slice(rest, slash + 1, rest.len);
    }
    return descend(w, ROOT, 0);
}

static const struct http_route *pick(const struct node *node, struct str method) {
    const struct http_route *get = NULL;
    for (size_t i = 0; i < node->routes.len; i++) {
        const struct http_route *route = node->routes.items[i];
        if (str_eq(str_from(route->method), method))
            return route;
        if (strcmp(route->method, "GET") == 0)
            get = route;
    }
    return str_eq(method, STR("HEAD")) ? get : NULL;
}

struct route_match router_find(const struct router *r, struct arena *a, struct str method,
                               struct str path) {
    struct walk w = {.r = r};
    struct route_match m = {0};
    size_t at = find_node(&w, path);
    if (!at)
        return m;
    m.path_known = true;
    m.route = pick(&r->nodes.items[at], method);
    for (size_t i = 0; i < w.n_params; i++) {
        struct str raw = w.segments[w.params[i]];
        if (w.has_rest && i + 1 == w.n_params)
            raw.len = (size_t)(w.end - raw.ptr);
        m.is_bad |= !query_decode_segment(a, raw, &m.params[i]);
    }
    return m;
}

struct str router_allow(const struct router *r, struct arena *a, struct str path) {
    struct walk w = {.r = r};
    size_t at = find_node(&w, path);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    const struct node *node = &r->nodes.items[at];
    const struct http_route *get = at ? pick(node, STR("GET")) : NULL;
    for (size_t i = 0; at && i < node->routes.len; i++)
        strbuf_addf(&sb, "%s%s, ", node->routes.items[i]->method,
                    node->routes.items[i] == get && pick(node, STR("HEAD")) == get ? ", HEAD" : "");
    strbuf_adds(&sb, "OPTIONS");
    return arena_str(a, strbuf_str(&sb));
}

int router_param_index(const struct http_route *route, struct str name) {
    struct str rest = str_from(route->path), segment;
    int index = 0;
    while (str_cut(&rest, '/', &segment)) {
        if (!is_param(segment))
            continue;
        struct str inner = str_slice(segment, 1, segment.len - (is_rest(segment) ? 2 : 1));
        if (str_eq(inner, name))
            return index;
        index++;
    }
    return -1;
}
