// SPDX-License-Identifier: Apache-2.0
#include "collect/names.h"

#include "base/json.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "collect/cell.h"

#define NAMES_LIMIT  (4 * MIB)
#define HEADER_BYTES 256 // of a header that are looked at

struct pattern { // a word that a header may contain
    struct str word;
    uint16_t role;
};

struct score_dimension {
    struct str code;
    struct words label;
    struct str *names;
    size_t n_names;
};

struct channel_entry {
    struct channel channel;
    struct str *names;
    size_t n_names;
};

struct names {
    struct arena arena;
    struct role *roles;
    size_t n_roles;
    struct dict exact; // normalised name → index into exact_role
    struct {
        VEC(uint16_t);
    } exact_role;
    struct {
        VEC(struct pattern);
    } contains;
    struct {
        VEC(struct pattern);
    } nots;
    struct score_dimension *dimensions;
    size_t n_dimensions;
    struct str *overall; // words that say “of the whole”
    size_t n_overall;
    struct str *score_not; // words of amounts and counts
    size_t n_score_not;
    struct channel_entry *channels;
    size_t n_channels;
    struct str *provinces;
    size_t n_provinces;
    struct map_u64 province_at; // first two characters → index + 1
    struct dict totals;
};

static const struct {
    struct str code;
    enum column_kind kind;
} kinds[] = {
    {STR_INIT("ignore"), COLUMN_IGNORE},
    {STR_INIT("text"), COLUMN_TEXT},
    {STR_INIT("title"), COLUMN_TITLE},
    {STR_INIT("pros"), COLUMN_PROS},
    {STR_INIT("cons"), COLUMN_CONS},
    {STR_INIT("follow_up"), COLUMN_FOLLOW_UP},
    {STR_INIT("time_follow_up"), COLUMN_FOLLOW_UP_TIME},
    {STR_INIT("reply"), COLUMN_REPLY},
    {STR_INIT("reply_status"), COLUMN_REPLY_STATUS},
    {STR_INIT("score"), COLUMN_SCORE},
    {STR_INIT("nps"), COLUMN_NPS},
    {STR_INIT("csat"), COLUMN_CSAT},
    {STR_INIT("ces"), COLUMN_CES},
    {STR_INIT("label"), COLUMN_LABEL},
    {STR_INIT("time"), COLUMN_TIME},
    {STR_INIT("customer"), COLUMN_CUSTOMER},
    {STR_INIT("order"), COLUMN_ORDER},
    {STR_INIT("sub_order"), COLUMN_SUB_ORDER},
    {STR_INIT("external_id"), COLUMN_EXTERNAL_ID},
    {STR_INIT("product"), COLUMN_PRODUCT},
    {STR_INIT("product_id"), COLUMN_PRODUCT_ID},
    {STR_INIT("sku"), COLUMN_SKU},
    {STR_INIT("metadata"), COLUMN_METADATA},
    {STR_INIT("address"), COLUMN_ADDRESS},
    {STR_INIT("ip"), COLUMN_IP},
    {STR_INIT("dimension"), COLUMN_DIMENSION},
    {STR_INIT("measure"), COLUMN_MEASURE},
    {STR_INIT("sender"), COLUMN_SENDER},
    {STR_INIT("receiver"), COLUMN_RECEIVER},
    {STR_INIT("message_kind"), COLUMN_MESSAGE_KIND},
};

// ── normal form ──

static bool is_separator(uint32_t c) {
    static const char ascii[] = " _-/\\:*\"'#?!.,;&+|~`=<>";
    if (c < 0x80)
        return c != 0 && strchr(ascii, (int)c) != NULL;
    return c == 0x3001 || c == 0x3002 || c == 0xB7 || c == 0x2014 || c == 0xFEFF || c == 0x3010 ||
           c == 0x3011 || c == 0x201C || c == 0x201D || c == 0x300A || c == 0x300B;
}

// “3、”, “12.”, “(3)”, “Q7:” in front of a question.
static size_t numbering(struct str s) {
    size_t i = 0, digits = 0;
    if (i < s.len && (s.ptr[i] == 'q' || s.ptr[i] == '('))
        i++;
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
        i++, digits++;
    if (digits == 0 || digits > 3)
        return 0;
    struct str rest = str_slice(s, i, s.len);
    if (rest.len > 1 && strchr(".:) ", rest.ptr[0]))
        return i + 1;
    if (rest.len > 3 && str_starts(rest, STR("、")))
        return i + 3;
    return 0;
}

struct str names_normalise(struct str header, char *buf, size_t cap) {
    char folded[HEADER_BYTES];
    struct str s = str_trim(cell_fold(header, folded, sizeof folded));
    s = str_slice(s, numbering(s), s.len);
    size_t n = 0;
    int depth = 0;
    bool has_outside = s.len > 0 && s.ptr[0] != '(' && s.ptr[0] != '[';
    for (size_t pos = 0; pos < s.len;) {
        size_t from = pos;
        uint32_t c = utf8_next(s, &pos);
        if (c == '(' || c == '[') {
            depth++;
        } else if (c == ')' || c == ']') {
            depth -= depth > 0;
        } else if ((depth == 0 || !has_outside) && !is_separator(c)) {
            if (n + (pos - from) > cap)
                break;
            memcpy(buf + n, s.ptr + from, pos - from);
            n += pos - from;
        }
    }
    return str_make(buf, n);
}

// ── loading ──

static struct str keep_normal(struct names *n, struct str s) {
    char buf[HEADER_BYTES];
    return arena_str(&n->arena, names_normalise(s, buf, sizeof buf));
}

static const char *keep_cstr(struct names *n, const struct json *j) {
    return arena_str(&n->arena, json_str(j)).ptr;
}

static struct words keep_words(struct names *n, const struct json *j) {
    return (struct words){keep_cstr(n, json_get(j, "zh")), keep_cstr(n, json_get(j, "en"))};
}

static struct str *keep_list(struct names *n, const struct json *list, size_t *ret_n) {
    size_t len = json_len(list);
    struct str *items = ARENA_ARRAY(&n->arena, struct str, len);
    for (size_t i = 0; i < len; i++)
        items[i] = keep_normal(n, json_str(json_at(list, i)));
    *ret_n = len;
    return items;
}

static bool load_role(struct names *n, const struct json *j, size_t index, struct error *err) {
    struct role *r = &n->roles[index];
    r->code = arena_str(&n->arena, json_str(json_get(j, "role")));
    struct str kind = json_str(json_get(j, "kind"));
    size_t k = 0;
    while (k < ARRAY_LEN(kinds) && !str_eq(kind, kinds[k].code))
        k++;
    if (k == ARRAY_LEN(kinds) || r->code.len == 0)
        return error_set(err, ERROR_FORMAT, "列名表第 %zu 个角色的 kind “%.*s” 不认识",
                         "names table: role %zu has an unknown kind \"%.*s\"", index + 1,
                         STR_ARG(kind));
    r->kind = kinds[k].kind;
    r->label = keep_words(n, j);
    r->weight = (int)json_int(json_get(j, "weight"), 10);
    r->prefer = (int)json_int(json_get(j, "prefer"), 0);
    const struct json *list = json_get(j, "names");
    for (size_t i = 0; i < json_len(list); i++) {
        char buf[HEADER_BYTES];
        uint32_t before = n->exact.count;
        if (dict_add(&n->exact, names_normalise(json_str(json_at(list, i)), buf, sizeof buf)) ==
            before)
            vec_push(&n->exact_role, (uint16_t)index); // the first role that claims a name has it
    }
    list = json_get(j, "contains");
    for (size_t i = 0; i < json_len(list); i++)
        vec_push(&n->contains,
                 ((struct pattern){keep_normal(n, json_str(json_at(list, i))), (uint16_t)index}));
    list = json_get(j, "not");
    for (size_t i = 0; i < json_len(list); i++)
        vec_push(&n->nots,
                 ((struct pattern){keep_normal(n, json_str(json_at(list, i))), (uint16_t)index}));
    return true;
}

// Two characters tell any two provinces apart.
static uint64_t province_key(struct str s) {
    uint64_t key = 0;
    memcpy(&key, s.ptr, MIN(s.len, (size_t)6));
    return key;
}

static bool load_tables(struct names *n, const struct json *root, struct error *err) {
    const struct json *list = json_get(root, "roles");
    n->n_roles = MIN(json_len(list), (size_t)UINT16_MAX);
    if (n->n_roles == 0)
        return error_set(err, ERROR_FORMAT, "列名表没有 roles", "names table has no roles");
    n->roles = ARENA_ARRAY(&n->arena, struct role, n->n_roles);
    for (size_t i = 0; i < n->n_roles; i++)
        if (!load_role(n, json_at(list, i), i, err))
            return false;
    list = json_get(root, "score_dimensions");
    n->n_dimensions = json_len(list);
    n->dimensions = ARENA_ARRAY(&n->arena, struct score_dimension, n->n_dimensions);
    for (size_t i = 0; i < n->n_dimensions; i++) {
        n->dimensions[i].code = arena_str(&n->arena, json_str(json_get(json_at(list, i), "code")));
        n->dimensions[i].label = keep_words(n, json_at(list, i));
        n->dimensions[i].names =
            keep_list(n, json_get(json_at(list, i), "names"), &n->dimensions[i].n_names);
    }
    n->score_not = keep_list(n, json_get(root, "score_not"), &n->n_score_not);
    n->overall = keep_list(n, json_get(root, "overall"), &n->n_overall);
    list = json_get(root, "channels");
    n->n_channels = json_len(list);
    n->channels = ARENA_ARRAY(&n->arena, struct channel_entry, n->n_channels);
    for (size_t i = 0; i < n->n_channels; i++) {
        struct channel_entry *c = &n->channels[i];
        c->channel.code = arena_str(&n->arena, json_str(json_get(json_at(list, i), "code")));
        c->channel.label = keep_words(n, json_at(list, i));
        c->names = keep_list(n, json_get(json_at(list, i), "names"), &c->n_names);
    }
    n->provinces = keep_list(n, json_get(root, "provinces"), &n->n_provinces);
    for (size_t i = 0; i < n->n_provinces; i++)
        map_u64_put(&n->province_at, province_key(n->provinces[i]), i + 1);
    list = json_get(root, "totals");
    for (size_t i = 0; i < json_len(list); i++)
        dict_add(&n->totals, keep_normal(n, json_str(json_at(list, i))));
    return true;
}

bool names_load(const char *path, struct names **ret, struct error *err) {
    struct json *root;
    if (!json_load(path, NAMES_LIMIT, &root, err))
        return false;
    struct names *n = NEW(struct names);
    bool ok = load_tables(n, root, err);
    json_free(root);
    if (!ok) {
        names_free(n);
        return false;
    }
    *ret = n;
    return true;
}

void names_free(struct names *n) {
    if (!n)
        return;
    dict_done(&n->exact);
    dict_done(&n->totals);
    map_u64_done(&n->province_at);
    vec_done(&n->exact_role);
    vec_done(&n->contains);
    vec_done(&n->nots);
    arena_done(&n->arena);
    free(n);
}

// ── matching ──

static void offer(struct name_match *best, size_t *n, const struct role *role, int score) {
    for (size_t i = 0; i < *n; i++) {
        if (best[i].role == role) {
            if (best[i].score >= score)
                return;
            memmove(best + i, best + i + 1, (*n - i - 1) * sizeof *best);
            --*n;
            break;
        }
    }
    size_t at = 0;
    while (at < *n && best[at].score >= score)
        at++;
    if (at == NAMES_MAX_MATCHES)
        return;
    size_t keep = MIN(*n, (size_t)NAMES_MAX_MATCHES - 1);
    if (keep > at)
        memmove(best + at + 1, best + at, (keep - at) * sizeof *best);
    best[at] = (struct name_match){role, score};
    *n = keep + 1;
}

static bool is_excluded(const struct names *n, size_t role, struct str header) {
    for (size_t i = 0; i < n->nots.len; i++)
        if (n->nots.items[i].role == role && str_has(header, n->nots.items[i].word))
            return true;
    return false;
}

static int share(struct str part, struct str whole) {
    return whole.len ? (int)(part.len * 30 / whole.len) : 0;
}

// The head of a compound stands last: 下单渠道 is a 渠道, customer_city a city. `boundary` says where a new word
// begins in Latin headers.
static void match_ends(const struct names *n, struct str header, struct str raw,
                       struct name_match *best, size_t *count) {
    char buf[HEADER_BYTES];
    for (size_t pos = 0; pos < header.len;) {
        utf8_next(header, &pos);
        struct str end = str_slice(header, pos, header.len);
        if (end.len < 6 || (unsigned char)end.ptr[0] < 0x80)
            continue;
        uint32_t id = dict_find(&n->exact, end);
        if (id != DICT_NONE && !is_excluded(n, n->exact_role.items[id], header))
            offer(best, count, &n->roles[n->exact_role.items[id]],
                  30 + share(end, header) + n->roles[n->exact_role.items[id]].weight);
    }
    for (size_t i = 1; i < raw.len && i < HEADER_BYTES; i++) {
        bool camel = raw.ptr[i] >= 'A' && raw.ptr[i] <= 'Z' && raw.ptr[i - 1] >= 'a' &&
                     raw.ptr[i - 1] <= 'z';
        bool joint = raw.ptr[i - 1] == '_' || raw.ptr[i - 1] == ' ' || raw.ptr[i - 1] == '-' ||
                     raw.ptr[i - 1] == '.';
        if (!camel && !joint)
            continue;
        struct str end = names_normalise(str_slice(raw, i, raw.len), buf, sizeof buf);
        uint32_t id = end.len >= 3 ? dict_find(&n->exact, end) : DICT_NONE;
        if (id != DICT_NONE && !is_excluded(n, n->exact_role.items[id], header))
            offer(best, count, &n->roles[n->exact_role.items[id]],
                  30 + share(end, header) + n->roles[n->exact_role.items[id]].weight);
    }
}

size_t names_match(const struct names *n, struct str raw,
                   struct name_match ret[NAMES_MAX_MATCHES]) {
    char buf[HEADER_BYTES];
    struct str header = names_normalise(raw, buf, sizeof buf);
    size_t count = 0;
    if (header.len == 0)
        return 0;
    uint32_t id = dict_find(&n->exact, header);
    if (id != DICT_NONE)
        offer(ret, &count, &n->roles[n->exact_role.items[id]], 110);
    for (size_t i = 0; i < n->contains.len; i++) {
        const struct pattern *p = &n->contains.items[i];
        if (!str_has(header, p->word) || is_excluded(n, p->role, header))
            continue;
        offer(ret, &count, &n->roles[p->role],
              40 + share(p->word, header) + n->roles[p->role].weight);
    }
    match_ends(n, header, raw, ret, &count);
    return count;
}

const struct role *names_role(const struct names *n, struct str code) {
    for (size_t i = 0; i < n->n_roles; i++)
        if (str_eq(n->roles[i].code, code))
            return &n->roles[i];
    return NULL;
}

size_t names_roles(const struct names *n, const struct role **ret) {
    *ret = n->roles;
    return n->n_roles;
}

static int letter_class(char c) { // 1 letter, 2 digit, 0 neither
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return 1;
    return c >= '0' && c <= '9' ? 2 : 0;
}

// A Latin word counts only as a word of its own: “jd” is not in “jdoe.csv”, nor “400” in “4000 rows.csv”.
static bool has_word(struct str s, struct str word) {
    for (size_t from = 0; from + word.len <= s.len;) {
        size_t at = str_find(str_slice(s, from, s.len), word);
        if (at == STR_NONE)
            return false;
        at += from;
        size_t end = at + word.len;
        int first = letter_class(word.ptr[0]), last = letter_class(word.ptr[word.len - 1]);
        bool left = at == 0 || first == 0 || letter_class(s.ptr[at - 1]) != first;
        bool right = end == s.len || last == 0 || letter_class(s.ptr[end]) != last;
        if (left && right)
            return true;
        from = at + 1;
    }
    return false;
}

// “product_count” as words: “product count”.
static struct str spaced(struct str raw, char *buf, size_t cap) {
    char with[HEADER_BYTES];
    size_t n = 0;
    for (size_t i = 0; i < raw.len && n + 2 < sizeof with; i++) {
        bool camel = i > 0 && raw.ptr[i] >= 'A' && raw.ptr[i] <= 'Z' && raw.ptr[i - 1] >= 'a' &&
                     raw.ptr[i - 1] <= 'z';
        if (camel)
            with[n++] = ' ';
        with[n++] = raw.ptr[i] == '_' || raw.ptr[i] == '-' ? ' ' : raw.ptr[i];
    }
    return cell_fold(str_make(with, n), buf, cap);
}

bool names_is_quantity(const struct names *n, struct str raw) {
    char buf[HEADER_BYTES];
    struct str s = spaced(raw, buf, sizeof buf);
    for (size_t i = 0; i < n->n_score_not; i++)
        if (has_word(s, n->score_not[i]))
            return true;
    return false;
}

struct str names_score_dimension(const struct names *n, struct str raw) {
    char buf[HEADER_BYTES];
    struct str header = names_normalise(raw, buf, sizeof buf), best = {"", 0};
    size_t best_len = 0;
    for (size_t i = 0; i < n->n_overall; i++)
        if (str_has(header, n->overall[i]))
            return best;
    for (size_t i = 0; i < n->n_dimensions; i++)
        for (size_t k = 0; k < n->dimensions[i].n_names; k++) {
            struct str word = n->dimensions[i].names[k];
            if (word.len > best_len && str_has(header, word)) {
                best = n->dimensions[i].code;
                best_len = word.len;
            }
        }
    return best;
}

struct words names_dimension_label(const struct names *n, struct str code) {
    for (size_t i = 0; i < n->n_dimensions; i++)
        if (str_eq(n->dimensions[i].code, code))
            return n->dimensions[i].label;
    return (struct words){NULL, NULL};
}

// ── channels, places, totals ──

const struct channel *names_channel(const struct names *n, struct str value) {
    char buf[HEADER_BYTES];
    if (value.len > 60)
        return NULL;
    struct str v = names_normalise(value, buf, sizeof buf);
    for (size_t i = 0; i < n->n_channels; i++) {
        if (str_eq(v, n->channels[i].channel.code))
            return &n->channels[i].channel;
        for (size_t k = 0; k < n->channels[i].n_names; k++)
            if (str_eq(v, n->channels[i].names[k]))
                return &n->channels[i].channel;
    }
    return NULL;
}

const struct channel *names_channel_in(const struct names *n, struct str file_name) {
    char buf[HEADER_BYTES];
    struct str s = cell_fold(file_name, buf, sizeof buf);
    const struct channel *best = NULL;
    size_t best_len = 0;
    for (size_t i = 0; i < n->n_channels; i++)
        for (size_t k = 0; k < n->channels[i].n_names; k++) {
            struct str word = n->channels[i].names[k];
            if (word.len > best_len && has_word(s, word)) {
                best = &n->channels[i].channel;
                best_len = word.len;
            }
        }
    return best;
}

const struct channel *names_channel_by_code(const struct names *n, struct str code) {
    for (size_t i = 0; i < n->n_channels; i++)
        if (str_eq(n->channels[i].channel.code, code))
            return &n->channels[i].channel;
    return NULL;
}

struct str names_province(const struct names *n, struct str address) {
    if (address.len > 6 && str_starts(address, STR("中国")))
        address = str_trim(str_slice(address, 6, address.len));
    uint64_t at;
    if (address.len >= 6 && map_u64_get(&n->province_at, province_key(address), &at) &&
        str_starts(address, n->provinces[at - 1]))
        return n->provinces[at - 1];
    return (struct str){"", 0};
}

bool names_is_total(const struct names *n, struct str cell) {
    char buf[HEADER_BYTES];
    if (cell.len == 0 || cell.len > 40)
        return false;
    return dict_find(&n->totals, names_normalise(cell, buf, sizeof buf)) != DICT_NONE;
}
