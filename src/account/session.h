// SPDX-License-Identifier: Apache-2.0
// Sessions of people in a browser. The cookie holds a token of 32 random bytes, the store its SHA-256; a sign-in
// always makes a new one and ends the one that came with it. A session ends 12 hours after its last use (written
// at most once a minute) and 14 days after its beginning.
//
//     struct session_start s;
//     session_open(a, user, 0, origin, old_cookie, arena, &s, err)  →  Set-Cookie: hs_session=…; HttpOnly;
//     SameSite=Lax
//     switch (session_peek(a, cookie, arena, &who)) …                    // never waits
//     session_find(a, cookie, arena, &who, err)                          // may read the store
//
// X-CSRF-Token is derived from the token, so a page of another site cannot know it and nothing more is stored.
#ifndef ACCOUNT_SESSION_H
#define ACCOUNT_SESSION_H

#include "account/accounts.h"

#define SESSION_IDLE_US (12 * 3600 * INT64_C(1000000))
#define SESSION_MAX_US  (14 * 24 * 3600 * INT64_C(1000000))

struct session_origin {
    struct str address; // "203.0.113.7"
    struct str agent;   // User-Agent; cut to 300 bytes
};

struct session_start {
    int64_t id, user, workspace;
    int64_t expires_us;
    struct str token; // base64url, 43 characters
    struct str csrf;
};

// After the password has been verified or a link accepted. `workspace` 0: the first he may enter. `old_token` "" or
// that of the request: it ends. ERROR_FORBIDDEN if he may not enter.
bool session_open(struct accounts *a, int64_t user, int64_t workspace,
                  const struct session_origin *origin, struct str old_token, struct arena *arena,
                  struct session_start *ret, struct error *err) MUST_USE;

enum auth session_peek(struct accounts *a, struct str token, struct arena *arena,
                       struct principal *ret);
// Principal with his present role and data scope, in arena memory. ERROR_NOT_FOUND: no such session (any more).
bool session_find(struct accounts *a, struct str token, struct arena *arena, struct principal *ret,
                  struct error *err) MUST_USE;
// ERROR_NOT_FOUND if there is none. For PATCH /session {workspace_id}.
bool session_switch(struct accounts *a, struct str token, int64_t workspace,
                    struct error *err) MUST_USE;
// Signing out. True also if there was none.
bool session_end_token(struct accounts *a, struct str token, struct error *err) MUST_USE;

struct session {
    int64_t id;
    int64_t created_us, used_us, expires_us;
    struct session_origin origin;
    bool is_current;
};
// Of a user, newest first; only those that have not ended. `token`: which one is current; may be "".
bool session_list(struct accounts *a, int64_t user, struct str token, struct arena *arena,
                  const struct session **ret, size_t *ret_n, struct error *err) MUST_USE;
// One of his; ERROR_NOT_FOUND if it is not his.
bool session_end(struct accounts *a, int64_t user, int64_t id, struct error *err) MUST_USE;
// All of his but `keep` (0: none is kept).
bool session_end_all(struct accounts *a, int64_t user, int64_t keep, struct error *err) MUST_USE;

#endif
