/* SPDX-License-Identifier: BSD-3-Clause */
/* dictionary.h -- the words of streams as a dictionary for engines that mutate bytes and know
 * nothing of streams.
 *
 * Limits: single words, no values; what a command's arguments may be is the grammar's business
 * (grammar.h). */
#ifndef FUZZ_CLI_DICTIONARY_H
#define FUZZ_CLI_DICTIONARY_H

#include "harness/base/text.h"

/* All words: names of commands, of subcommands and their tokens from the server's own command
 * table, so that a new Valkey brings its new ones along; verbs and settings of streams; names of
 * keys. Sorted, each once, one line `"word"` each: the format that libFuzzer and AFL read
 * (llvm.org/docs/LibFuzzer.html#dictionaries). The server must have been born. The caller frees it
 * with text_free. */
Text dictionary_print(void);

#endif
