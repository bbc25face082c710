// SPDX-License-Identifier: Apache-2.0
#include "account/principal.h"

#include <stdio.h>

#include "base/id.h"

#define BIT(p) (UINT64_C(1) << PERMISSION_##p)

// One row a permission: its code, and the roles that have it.
#define O 1 << ROLE_OWNER
#define A 1 << ROLE_ADMIN
#define Y 1 << ROLE_ANALYST
#define G 1 << ROLE_AGENT
#define V 1 << ROLE_VIEWER

static const struct {
    const char *code;
    unsigned roles;
} permissions[N_PERMISSIONS] = {
    [PERMISSION_NONE] = {"none", O | A | Y | G | V},
    [PERMISSION_SIGNED_IN] = {"signed-in", O | A | Y | G | V},
    [PERMISSION_FEEDBACK_READ] = {"feedback:read", O | A | Y | G | V},
    [PERMISSION_FEEDBACK_WRITE] = {"feedback:write", O | A | Y | G},
    [PERMISSION_FEEDBACK_DELETE] = {"feedback:delete", O | A},
    [PERMISSION_IMPORT] = {"import:write", O | A | Y},
    [PERMISSION_EXPORT] = {"export:read", O | A | Y},
    [PERMISSION_CUSTOMER_READ] = {"customer:read", O | A | Y | G | V},
    [PERMISSION_CUSTOMER_WRITE] = {"customer:write", O | A | Y},
    [PERMISSION_PERSONAL_READ] = {"personal:read", O | A | G},
    [PERMISSION_EVENT_WRITE] = {"event:write", O | A | Y},
    [PERMISSION_TAXONOMY_WRITE] = {"taxonomy:write", O | A | Y},
    [PERMISSION_WEBHOOK_WRITE] = {"webhook:write", O | A},
    [PERMISSION_KEY_WRITE] = {"key:write", O | A},
    [PERMISSION_USER_WRITE] = {"user:write", O | A},
    [PERMISSION_AUDIT_READ] = {"audit:read", O | A},
    [PERMISSION_SYSTEM_READ] = {"system:read", O | A},
    [PERMISSION_SYSTEM_WRITE] = {"system:write", O | A},
    [PERMISSION_WORKSPACE_WRITE] = {"workspace:write", O | A},
    [PERMISSION_WORKSPACE_DELETE] = {"workspace:delete", O},
    [PERMISSION_WORKSPACE_CREATE] = {"workspace:create", O},
};

static const char *const roles[N_ROLES] = {
    [ROLE_OWNER] = "owner", [ROLE_ADMIN] = "admin",   [ROLE_ANALYST] = "analyst",
    [ROLE_AGENT] = "agent", [ROLE_VIEWER] = "viewer",
};

const char *permission_code(enum permission p) {
    return permissions[p].code;
}

bool permission_find(struct str code, enum permission *ret) {
    // The first two are states, not something to be granted.
    for (int p = PERMISSION_FEEDBACK_READ; p < N_PERMISSIONS; p++) {
        if (str_eq(code, str_from(permissions[p].code))) {
            *ret = (enum permission)p;
            return true;
        }
    }
    return false;
}

bool permission_parse_list(struct str codes, uint64_t *ret, struct error *err) {
    uint64_t bits = 0;
    struct str code;
    while (str_cut(&codes, ',', &code)) {
        enum permission p;
        code = str_trim(code);
        if (!code.len)
            continue;
        if (!permission_find(code, &p)) {
            error_set(err, ERROR_INVALID,
                      "没有权限 “%.*s”；可用的有 feedback:read、feedback:write、import:write 等",
                      "no scope \"%.*s\"; there are feedback:read, feedback:write, import:write …",
                      (int)MIN(code.len, (size_t)40), code.ptr);
            return error_field(err, "scopes");
        }
        bits |= UINT64_C(1) << p;
    }
    if (!bits) {
        error_set(err, ERROR_INVALID, "至少要有一项权限", "at least one scope is needed");
        return error_field(err, "scopes");
    }
    *ret = bits | BIT(NONE);
    return true;
}

void permission_format_list(uint64_t bits, struct strbuf *ret) {
    const char *gap = "";
    for (int p = PERMISSION_FEEDBACK_READ; p < N_PERMISSIONS; p++) {
        if (!(bits >> p & 1))
            continue;
        strbuf_addf(ret, "%s%s", gap, permissions[p].code);
        gap = ",";
    }
}

const char *role_code(enum role r) {
    return roles[r];
}

bool role_find(struct str code, enum role *ret) {
    for (int r = 0; r < N_ROLES; r++) {
        if (str_eq(code, str_from(roles[r]))) {
            *ret = (enum role)r;
            return true;
        }
    }
    return false;
}

uint64_t role_permissions(enum role r) {
    uint64_t bits = 0;
    for (int p = 0; p < N_PERMISSIONS; p++)
        if (permissions[p].roles >> r & 1)
            bits |= UINT64_C(1) << p;
    return bits;
}

struct str principal_actor(const struct principal *p, char buf[PRINCIPAL_ACTOR]) {
    char id[ID_TEXT];
    int n = 0;
    if (p && (p->user || p->key))
        n = snprintf(buf, PRINCIPAL_ACTOR, "%s:%s", p->user ? "user" : "key",
                     id_format(p->user ? p->user : p->key, id));
    return str_make(buf, (size_t)n);
}

struct principal principal_copy(struct arena *a, const struct principal *p) {
    struct principal copy = *p;
    struct scope_rule *rules = ARENA_ARRAY(a, struct scope_rule, p->n_scope);
    for (size_t i = 0; i < p->n_scope; i++) {
        const struct scope_rule *from = &p->scope[i];
        struct str *values = ARENA_ARRAY(a, struct str, from->n_values);
        for (size_t k = 0; k < from->n_values; k++)
            values[k] = arena_str(a, from->values[k]);
        rules[i] = (struct scope_rule){arena_str(a, from->dimension), values, from->n_values};
    }
    copy.scope = rules;
    copy.name = arena_str(a, p->name);
    copy.csrf = arena_str(a, p->csrf);
    return copy;
}
