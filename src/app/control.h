// SPDX-License-Identifier: Apache-2.0
// How a command reaches the server that owns a data directory: a socket DATA/control.sock (0600, and only for
// processes of the same user or root), one JSON line there and one back. While a server runs on SQLite the file
// is its own, so it does what the command asks; without one the command does the same itself, through the same
// rows (app/admin.h).
//
//     {"command":"key create","name":"ERP","scopes":"feedback:read"}       →
//     {"ok":true,"result":{"key":"hs_key_…"}}                              ←
//     {"ok":false,"error":{"code":"conflict","field":"","zh":"…","en":"…"}}
//
// The server answers one connection at a time, on a thread of its own; a line has at most 64 KB and comes within 5 s.
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

#include "base/json.h"

struct control_row {
    const char *command;
    // Runs on the control thread. Writes members into the open object `out`.
    bool (*run)(void *ctx, const struct json *in, struct json_writer *out, struct error *err);
};

// Looks the command up and runs it; the whole answer line (without its end) goes to *ret. Never fails: errors are
// answers.
void control_answer(const struct control_row *rows, size_t n, void *ctx, struct str line,
                    struct strbuf *ret);
// The "result" of an answer (borrowed from *ret_tree, which the caller frees), or its error.
bool control_result(struct str line, struct json **ret_tree, const struct json **ret_result,
                    struct error *err) MUST_USE;

// ── the server ──

struct control;
// ERROR_CONFLICT if another server answers there. A socket that nobody answers on is replaced.
bool control_start(const char *data_dir, const struct control_row *rows, size_t n, void *ctx,
                   struct control **ret, struct error *err) MUST_USE;
// waits for what is being answered; removes the socket; NULL is fine
void control_stop(struct control *c);

// ── the command ──

// Sends the line and reads the answer. *ret_is_running false: no server answers there, nothing was done.
bool control_call(const char *data_dir, struct str line, bool *ret_is_running, struct strbuf *ret,
                  struct error *err) MUST_USE;

#endif
