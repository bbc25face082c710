// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"

#include "app/help.h"
#include "app/options.h"
#include "tests/support/test.h"

TEST(command_rows_are_complete_in_both_languages) {
    for (size_t i = 0; i < n_commands; i++) {
        const struct command *c = commands[i];
        assert_ptr_equal(command_find(str_from(c->name)), c);
        assert_non_null(c->run);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(c->name, commands[k]->name);
        assert_true(c->summary.zh && c->summary.en && c->args.zh && c->args.en);
        assert_int_equal(c->about.zh == NULL, c->about.en == NULL);
        assert_true(c->min_args <= c->max_args);
        for (size_t k = 0; k < c->n_examples; k++) {
            assert_true(str_has(str_from(c->examples[k].line), STR("huisheng ")));
            assert_true(c->examples[k].what.zh && c->examples[k].what.en);
        }
    }
}

TEST(command_options_are_complete_and_unique) {
    for (size_t i = 0; i < n_commands; i++) {
        const struct command *c = commands[i];
        for (size_t k = 0; c->settings && c->settings[k]; k++)
            assert_non_null(help_option(c, c->n_options + k)); // each name is in the settings table
        for (size_t k = 0; help_option(c, k); k++) {
            const struct option *row = help_option(c, k);
            assert_true(row->help.zh && row->help.en);
            assert_true(row->type == OPTION_BOOL || (row->arg.zh && row->arg.en));
            assert_true(row->type != OPTION_CHOICE || row->choices);
            assert_true(row->type != OPTION_INT || row->low < row->high);
            for (size_t j = 0; j < k; j++) {
                assert_string_not_equal(row->name, help_option(c, j)->name);
                assert_true(!row->short_name || row->short_name != help_option(c, j)->short_name);
            }
            for (size_t j = 0; options_common(j); j++)
                assert_string_not_equal(row->name, options_common(j)->name);
        }
    }
}
