/* SPDX-License-Identifier: BSD-3-Clause */
/* option.h -- the options of a subcommand: one table, used for parsing and for --help. */
#ifndef FUZZ_BASE_OPTION_H
#define FUZZ_BASE_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#define OPTION_CONTINUE (-1) /* option_parse: no error, continue with the subcommand */

/* One row of the table. `value` is what the option sets: a bool, an int64_t (decimal, or 0x and
 * hexadecimal digits) or a const char *, by kind. A flag with a word is a const char *: NULL unless
 * it is given, "" when it is given alone, and `argument` is the one word that may follow "=". */
typedef enum { OPTION_FLAG, OPTION_NUMBER, OPTION_TEXT, OPTION_FLAG_WORD } OptionKind;
typedef struct {
    const char *name;     /* "--seconds"; NULL ends the table */
    const char *argument; /* "N", in --help; NULL for a flag */
    const char *help;     /* without newlines; --help wraps it */
    OptionKind kind;
    void *value;
    int64_t least, most; /* of a number, both included */
} Option;

/* The help text and the options of a subcommand. */
typedef struct {
    const char *name;    /* "replay" */
    const char *usage;   /* what follows the options: "FILE|DIR..." */
    const char *text;    /* lines, each with its newline: what it does, exit statuses */
    const char *example; /* one command line */
    const Option *options;
} OptionTable;

/* The command line without its options. */
typedef struct {
    char **arguments; /* in the order given */
    int count;
    char **rest; /* what followed "--" */
    int nrest;
} OptionRest;

/* Reads the command line of a subcommand; argv[0] is its name. Options may be anywhere before
 * "--", as "--name value" or "--name=value". The array is reordered. Returns OPTION_CONTINUE;
 * EXIT_CLEAN after --help; EXIT_USAGE after reporting an error. */
int option_parse(const OptionTable *table, int argc, char **argv, OptionRest *rest);

/* Prints "defrag-fuzz: ..." as one line on stderr. Returns EXIT_USAGE. */
int option_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
