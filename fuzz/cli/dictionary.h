/* SPDX-License-Identifier: BSD-3-Clause */
/* dictionary.h -- the words of streams as a dictionary for engines that mutate bytes.
 *
 * Limits: single words without values; the grammar of arguments is in grammar.h. */
#ifndef FUZZ_CLI_DICTIONARY_H
#define FUZZ_CLI_DICTIONARY_H

#include "harness/base/text.h"

/* All words: names of commands and subcommands and their tokens from the server's own command
 * table, which includes those of new versions; verbs and settings of streams; names of keys. They
 * are sorted and unique, a line `"word"` for each: the format of libFuzzer and AFL
 * (llvm.org/docs/LibFuzzer.html#dictionaries). The server must have been started. The caller frees
 * the text with text_free. */
Text dictionary_print(void);

#endif
