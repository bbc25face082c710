// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"

#include "base/def.h"

// One line a command, so that a new one is a new line.
// clang-format off
const struct command *const commands[] = {
    &command_report,
    &command_serve,
    &command_demo,
    &command_setup,
    &command_import,
    &command_export,
    &command_rebuild,
    &command_backup,
    &command_restore,
    &command_doctor,
    &command_support_bundle,
    &command_key_create,
    &command_key_rotate,
    &command_user_reset,
    &command_nlp_analyse,
    &command_nlp_pii,
    &command_nlp_phrases,
    &command_nlp_dedup,
    &command_nlp_bench,
    &command_help,
    &command_version,
};
// clang-format on
const size_t n_commands = ARRAY_LEN(commands);

const struct command *command_find(struct str name) {
    for (size_t i = 0; i < n_commands; i++)
        if (str_eq(name, str_from(commands[i]->name)))
            return commands[i];
    return NULL;
}
