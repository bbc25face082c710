// SPDX-License-Identifier: Apache-2.0
#include "collect/json_split.h"

#define MAX_WRAP_DEPTH 4

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool ends_word(char c) {
    return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '[' ||
           c == '{';
}

size_t json_scan_feed(struct json_scan *s, const char *p, size_t n, bool *ret_done) {
    *ret_done = false;
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (s->in_string) {
            if (s->escaped)
                s->escaped = false;
            else if (c == '\\')
                s->escaped = true;
            else if (c == '"')
                s->in_string = false;
            *ret_done = !s->in_string && s->depth == 0;
        } else if (s->in_word && s->depth == 0 && ends_word(c)) {
            *ret_done = true;
            return i;
        } else if (c == '"') {
            s->in_string = s->started = true;
        } else if (c == '{' || c == '[') {
            s->depth++;
            s->started = true;
        } else if (c == '}' || c == ']') {
            s->depth -= s->depth > 0;
            *ret_done = s->depth == 0;
        } else if (!is_space(c)) {
            s->in_word = s->started = true;
        }
        if (*ret_done)
            return i + 1;
    }
    return n;
}

static size_t skip_space(struct str s, size_t at) {
    while (at < s.len && is_space(s.ptr[at]))
        at++;
    return at;
}

static bool is_list_name(struct str key) {
    static const char *const names[] = {"data",     "list",     "items",   "records",  "rows",
                                        "results",  "result",   "reviews", "comments", "content",
                                        "feedback", "rateList", "entries", "documents"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_nocase(key, str_from(names[i])))
            return true;
    return false;
}

struct list_found {
    size_t start; // behind its “[”; 0: none
    bool named;   // with a name that lists have
    bool several; // more than one element is seen
};

// The array of objects inside an object that most probably holds the records.
static struct list_found find_list(struct str text, size_t at) {
    struct list_found best = {.start = 0};
    struct str key = STR(""), last = STR("");
    unsigned depth = 0, inside = 0; // depth of the array taken, whose content is passed over
    bool here = false;              // that array is `best`
    for (size_t i = at; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"') {
            size_t from = i + 1;
            for (i++; i < text.len && text.ptr[i] != '"'; i++)
                i += text.ptr[i] == '\\';
            last = str_slice(text, from, i);
        } else if (c == ':') {
            key = last;
        } else if (c == '{') {
            depth++;
            best.several |=
                here && depth == inside + 1 && best.start > 0 && skip_space(text, best.start) < i;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
            if (depth < inside) {
                inside = 0;
                here = false;
            }
            if (depth == 0)
                break;
        } else if (c == '[') {
            depth++;
            size_t next = skip_space(text, i + 1);
            if (!inside && depth <= MAX_WRAP_DEPTH && next < text.len && text.ptr[next] == '{') {
                bool named = is_list_name(key);
                inside = depth;
                here = !best.start || (named && !best.named);
                if (here)
                    best = (struct list_found){.start = i + 1, .named = named};
            }
        }
    }
    return best;
}

enum json_layout json_locate(struct str text, bool complete, size_t *ret_start) {
    size_t at = skip_space(text, 0);
    *ret_start = at;
    if (at < text.len && text.ptr[at] == '[') {
        // [1,2]\n[3,4]: arrays that follow each other are lines; one array is the document.
        struct json_scan s = {0};
        bool done;
        size_t end = at + json_scan_feed(&s, text.ptr + at, text.len - at, &done);
        bool follows = done && skip_space(text, end) < text.len;
        if (follows)
            return JSON_LINES;
        *ret_start = at + 1;
        return JSON_ARRAY;
    }
    struct json_scan s = {0};
    bool done;
    size_t end = at + json_scan_feed(&s, text.ptr + at, text.len - at, &done);
    struct str first = str_slice(text, at, end);
    bool one_line = str_find_char(first, '\n') == STR_NONE;
    if (done && skip_space(text, end) < text.len)
        return one_line ? JSON_LINES : JSON_CHAIN;
    if (!done && str_find_char(str_slice(text, at, text.len), '\n') == STR_NONE && !complete &&
        !find_list(text, at).start)
        return JSON_LINES; // one very long line
    struct list_found list = find_list(text, at);
    // An object that is not followed by another: a wrapper if it holds a list, else the only
    // record.
    if (list.start && (list.named || list.several || !done)) {
        *ret_start = list.start;
        return JSON_ARRAY;
    }
    return one_line ? JSON_LINES : JSON_CHAIN;
}

static int hex4(const char *p, size_t left) {
    if (left < 4)
        return -1;
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char l = (char)(p[i] | 0x20);
        int h = p[i] >= '0' && p[i] <= '9' ? p[i] - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
        if (h < 0)
            return -1;
        v = v * 16 + h;
    }
    return v;
}

// The escape at s[i] ('\\') to *ret; returns the bytes it takes.
static size_t clean_escape(struct str s, size_t i, struct strbuf *ret, struct json_mending *m) {
    size_t left = s.len - i;
    int unit = left >= 2 && s.ptr[i + 1] == 'u' ? hex4(s.ptr + i + 2, left - 2) : -1;
    if (unit < 0) {
        strbuf_add(ret, str_slice(s, i, i + 2));
        return MIN(left, (size_t)2);
    }
    if (unit == 0) {
        m->nuls++;
        return 6;
    }
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        bool pair = unit < 0xDC00 && left >= 12 && s.ptr[i + 6] == '\\' && s.ptr[i + 7] == 'u';
        int tail = pair ? hex4(s.ptr + i + 8, left - 8) : -1;
        if (tail >= 0xDC00 && tail <= 0xDFFF) {
            strbuf_add(ret, str_slice(s, i, i + 12));
            return 12;
        }
        m->replaced++;
        strbuf_adds(ret, "\\ufffd");
        return 6;
    }
    strbuf_add(ret, str_slice(s, i, i + 6));
    return 6;
}

static size_t clean_string(struct str s, size_t i, struct strbuf *ret, struct json_mending *m) {
    size_t from = i++;
    while (i < s.len && s.ptr[i] != '"') {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c != '\\' && c >= 0x20) {
            i++;
            continue;
        }
        strbuf_add(ret, str_slice(s, from, i));
        if (c == '\\') {
            i += clean_escape(s, i, ret, m);
        } else {
            strbuf_addc(ret, ' ');
            i++;
        }
        from = i;
    }
    i += i < s.len;
    strbuf_add(ret, str_slice(s, from, i));
    return i;
}

void json_clean(struct str s, struct strbuf *ret, struct json_mending *m) {
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        char c = s.ptr[i];
        if (c == '"') {
            i = clean_string(s, i, ret, m);
            continue;
        }
        if ((c < '0' || c > '9') && c != '-') {
            while (i < s.len && s.ptr[i] != '"' && s.ptr[i] != '-' &&
                   (s.ptr[i] < '0' || s.ptr[i] > '9'))
                i++;
            strbuf_add(ret, str_slice(s, from, i));
            continue;
        }
        i++;
        while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
            i++;
        bool whole = i == s.len || ends_word(s.ptr[i]);
        bool quote = whole && i - from > 18;
        strbuf_adds(ret, quote ? "\"" : "");
        while (i < s.len && !ends_word(s.ptr[i]))
            i++;
        strbuf_add(ret, str_slice(s, from, i));
        strbuf_adds(ret, quote ? "\"" : "");
    }
}
