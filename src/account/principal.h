// SPDX-License-Identifier: Apache-2.0
// Who asks: the signed-in user or the API key behind a request, in one workspace, and what he may. Made once a
// request by account/session.h or account/api_key.h; everything else only reads it.
#ifndef ACCOUNT_PRINCIPAL_H
#define ACCOUNT_PRINCIPAL_H

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"

// One bit a permission. The word before the colon is what it is about: API key scopes have the same names.
enum permission {
    PERMISSION_NONE,             // needs no sign-in
    PERMISSION_SIGNED_IN,        // any user
    PERMISSION_FEEDBACK_READ,    // feedback:read      lists, details, figures
    PERMISSION_FEEDBACK_WRITE,   // feedback:write     create, update, correct
    PERMISSION_FEEDBACK_DELETE,  // feedback:delete    delete, erase a person, undo an import
    PERMISSION_IMPORT,           // import:write
    PERMISSION_EXPORT,           // export:read
    PERMISSION_CUSTOMER_READ,    // customer:read
    PERMISSION_CUSTOMER_WRITE,   // customer:write     merge, undo
    PERMISSION_PERSONAL_READ,    // personal:read      sees personal data unmasked
    PERMISSION_EVENT_WRITE,      // event:write        orders, deliveries, visits
    PERMISSION_TAXONOMY_WRITE,   // taxonomy:write
    PERMISSION_WEBHOOK_WRITE,    // webhook:write
    PERMISSION_KEY_WRITE,        // key:write          API keys
    PERMISSION_USER_WRITE,       // user:write         invitations, roles
    PERMISSION_AUDIT_READ,       // audit:read
    PERMISSION_SYSTEM_READ,      // system:read        status, jobs
    PERMISSION_SYSTEM_WRITE,     // system:write       jobs, retention, rotation
    PERMISSION_WORKSPACE_WRITE,  // workspace:write    name, zone, industry, settings
    PERMISSION_WORKSPACE_DELETE, // workspace:delete
    PERMISSION_WORKSPACE_CREATE, // workspace:create   another one beside, with oneself as its owner
    N_PERMISSIONS,
};

enum role {
    ROLE_OWNER,   // everything
    ROLE_ADMIN,   // everything but deleting the workspace and making others
    ROLE_ANALYST, // reads, exports, imports, corrects, taxonomy
    ROLE_AGENT,   // reads and corrects feedback in his scope, sees phones he must call
    ROLE_VIEWER,  // reads, masked
    N_ROLES,
};

// A filter on facts that every answer to this principal carries: dimension in values.
struct scope_rule {
    struct str dimension;     // role or name of the dimension: "region"
    const struct str *values; // any of them
    size_t n_values;
};

struct principal {
    int64_t workspace; // 0: none chosen (platform routes)
    int64_t user;      // 0 for an API key
    int64_t key;       // 0 for a user
    int64_t session;   // of the user's request; 0 for an API key
    enum role role;
    uint64_t permissions;           // bit 1 << enum permission
    struct str name;                // e-mail, or the key's name: for the audit log
    const struct scope_rule *scope; // all must hold; none: everything
    size_t n_scope;
    struct str csrf; // of the session: what X-CSRF-Token must say on anything but GET
};

static inline bool principal_may(const struct principal *p, enum permission permission) {
    return p && (p->permissions >> permission & 1);
}

const char *permission_code(enum permission p);              // "feedback:read"
bool permission_find(struct str code, enum permission *ret); // of a code that can be granted
// "feedback:read,feedback:write" ↔ bits. ERROR_INVALID names the code there is not.
bool permission_parse_list(struct str codes, uint64_t *ret, struct error *err) MUST_USE;
void permission_format_list(uint64_t bits, struct strbuf *ret);
const char *role_code(enum role r); // "owner" …
bool role_find(struct str code, enum role *ret);
uint64_t role_permissions(enum role r); // one table: account/principal.c

// Who he is in the rows of what was done: "user:UUID", "key:UUID", "" without either. No name stands there: he
// may leave, and be renamed.
#define PRINCIPAL_ACTOR 48
struct str principal_actor(const struct principal *p, char buf[PRINCIPAL_ACTOR]);

struct principal principal_copy(struct arena *a, const struct principal *p);

#endif
