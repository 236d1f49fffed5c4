/* SPDX-License-Identifier: BSD-3-Clause */
/* command_words.h -- what the server's table of commands calls kinds of arguments and groups of
 * commands, in the words of catalogue.h. Where a tree lacks one, the probe has switched the file off,
 * and all arguments are strings. */
#ifndef HARNESS_SERVER_COMMAND_WORDS_H
#define HARNESS_SERVER_COMMAND_WORDS_H

#include "harness/server/catalogue.h"
#include "harness/valkey/compat.h"

CatArgType command_word_type(const serverCommandArg *argument);

CatGroup command_word_group(const struct serverCommand *command);

#endif
