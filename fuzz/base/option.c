/* SPDX-License-Identifier: BSD-3-Clause */
/* option.c -- options by table; see option.h.
 *
 * Limits: long options only, no abbreviations, at most one value for each option; the last
 * occurrence wins. */
#include "fuzz/base/option.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/finding/finding.h"

#define HELP_COLUMN 24 /* where an option's description begins */
#define HELP_WIDTH 100 /* columns of --help */

int option_complain(const char *format, ...) {
    va_list ap;
    fflush(stdout);
    fprintf(stderr, "defrag-fuzz: ");
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fprintf(stderr, "\n");
    return EXIT_USAGE;
}

/* --- help */

/* Prints a description from HELP_COLUMN on, in lines of at most HELP_WIDTH columns. */
static void print_wrapped(const char *help) {
    int column = HELP_COLUMN;
    for (const char *word = help; *word;) {
        int len = (int)strcspn(word, " ");
        if (column > HELP_COLUMN && column + 1 + len > HELP_WIDTH) {
            printf("\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        column += printf("%s%.*s", column > HELP_COLUMN ? " " : "", len, word);
        word += len + (word[len] == ' ');
    }
    printf("\n");
}

static void print_option(const char *name, const char *argument, bool optional, const char *help) {
    const char *gap = optional ? "[=" : " ", *end = optional ? "]" : "";
    int width = argument ? printf("  %s%s%s%s", name, gap, argument, end) : printf("  %s", name);
    if (width >= HELP_COLUMN) width = printf("\n") - 1;
    printf("%*s", HELP_COLUMN - width, "");
    print_wrapped(help);
}

static void print_help(const OptionTable *table) {
    printf("usage: defrag-fuzz %s [OPTION...]%s%s\n\n%s\n", table->name, *table->usage ? " " : "", table->usage,
           table->text);
    for (const Option *option = table->options; option->name; option++)
        print_option(option->name, option->argument, option->kind == OPTION_FLAG_WORD, option->help);
    print_option("--help", NULL, false, "print this");
    printf("\nexample: %s\n", table->example);
}

/* --- parsing */

static const Option *find(const OptionTable *table, const char *word, size_t len) {
    for (const Option *option = table->options; option->name; option++) {
        if (strlen(option->name) == len && memcmp(option->name, word, len) == 0) return option;
    }
    return NULL;
}

static bool read_number(const char *text, int64_t *value) {
    char *end;
    int base = strncmp(text, "0x", 2) == 0 ? 16 : 10;
    if (*text == '\0' || strchr(" \t+", *text)) return false;
    errno = 0;
    *value = strtoll(text, &end, base);
    return errno == 0 && *end == '\0';
}

/* Sets the option's variable. Returns OPTION_CONTINUE or EXIT_USAGE. */
static int set(const Option *option, const char *text) {
    int64_t number;
    if (option->kind == OPTION_FLAG) {
        *(bool *)option->value = true;
    } else if (option->kind == OPTION_FLAG_WORD) {
        if (*text && strcmp(text, option->argument) != 0)
            return option_complain("%s: '%s' is not %s", option->name, text, option->argument);
        *(const char **)option->value = text;
    } else if (option->kind == OPTION_TEXT) {
        *(const char **)option->value = text;
    } else {
        if (!read_number(text, &number) || number < option->least || number > option->most)
            return option_complain("%s: '%s' is not a number from %" PRId64 " to %" PRId64, option->name, text,
                                   option->least, option->most);
        *(int64_t *)option->value = number;
    }
    return OPTION_CONTINUE;
}

/* Reads the option at argv[*i], and its value, which may be the next word. */
static int read_option(const OptionTable *table, int argc, char **argv, int *i) {
    const char *word = argv[*i], *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const Option *option = find(table, word, len);
    if (!option)
        return option_complain("%s has no option '%.*s'; see defrag-fuzz %s --help", table->name, (int)len, word,
                               table->name);
    if (option->kind == OPTION_FLAG && equals) return option_complain("%s takes no value", option->name);
    if (option->kind == OPTION_FLAG) return set(option, NULL);
    if (equals) return set(option, equals + 1);
    if (option->kind == OPTION_FLAG_WORD) return set(option, "");
    if (*i + 1 >= argc) return option_complain("%s needs a value: %s %s", option->name, option->name, option->argument);
    return set(option, argv[++*i]);
}

int option_parse(const OptionTable *table, int argc, char **argv, OptionRest *rest) {
    *rest = (OptionRest){.arguments = argv + 1};
    int i;
    for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return print_help(table), EXIT_CLEAN;
        if (argv[i][0] != '-') {
            rest->arguments[rest->count++] = argv[i];
            continue;
        }
        int status = read_option(table, argc, argv, &i);
        if (status != OPTION_CONTINUE) return status;
    }
    int after = i < argc ? i + 1 : argc;
    rest->rest = argv + after;
    rest->nrest = argc - after;
    return OPTION_CONTINUE;
}
