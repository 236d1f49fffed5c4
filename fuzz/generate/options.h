/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h -- the options of commands, out of the server's own command table.
 *
 * An option is a word that the table gives a command (a token: "EX", "LEFT", "~"), or an optional
 * argument without such a word ("[count]" of LPOP). A word that the table gives a command twice is
 * one option.
 *
 * Limits: a command has an option if the word is among its words, at any place: the value "ex" of a
 * SET counts as EX. An option without a word counts when the command is long enough to have it. */
#ifndef FUZZ_GENERATE_OPTIONS_H
#define FUZZ_GENERATE_OPTIONS_H

#include <stdbool.h>

#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

typedef struct {
    const char *name; /* the word; the name of an argument without one, in lower case */
    bool word;
    int least; /* without a word: the least number of the command's words with this option */
} CommandOption;

/* Does the table give the argument, or an argument within it, a word? */
bool options_has_word(const CatArg *arg);

/* The option of the command at `index`, from 0. Returns false after the last one. */
bool options_get(const CatCommand *command, int index, CommandOption *option);

/* Do the words of a call of the command have the option? */
bool options_given(const CatCommand *command, const CommandOption *option, const Argv *words);

/* The command or subcommand of the catalogue that the words call, or NULL. */
const CatCommand *options_command(const Argv *words);

#endif
