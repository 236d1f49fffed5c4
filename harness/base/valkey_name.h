/* SPDX-License-Identifier: BSD-3-Clause */
/* valkey_name.h -- types for names of Valkey's functions, commands and configs in string literals.
 *
 * When Valkey renames something, the compiler does not notice the old name in a string: an excuse,
 * a filter or a hint just stops matching. So each such name has one of these types, and
 * fuzz/test/test_valkey_names.py looks for every name of these types in the Valkey tree.
 *
 * Names of functions are structs that only the macros make, so the compiler rejects a plain string.
 * The other types are plain strings: the test reads each array of such a type, and each column of
 * such a type in a table.
 *
 * Limits: the test reads the sources as text. A macro's argument must be a string literal, and a
 * table an array of a struct with one row in each pair of braces. */
#ifndef HARNESS_BASE_VALKEY_NAME_H
#define HARNESS_BASE_VALKEY_NAME_H

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* A function, by its whole name. */
typedef struct {
    const char *text;
} FunctionName;

/* Functions whose names begin with this. */
typedef struct {
    const char *text;
} FunctionPrefix;

/* Functions whose names contain this. */
typedef struct {
    const char *text;
} FunctionPart;

#define VALKEY_FUNCTION(name) ((FunctionName){name})
#define VALKEY_PREFIX(prefix) ((FunctionPrefix){prefix})
#define VALKEY_PART(part) ((FunctionPart){part})

/* A parameter of CONFIG SET. */
typedef const char *ConfigName;

/* Functions of this project, which the test looks for in its own sources. */
#define HARNESS_PREFIX(prefix) ((FunctionPrefix){prefix})

/* Functions of the C library, of Lua and of the sanitizers, placeholders for an unknown name, and
 * (with an empty prefix) any function. The test does not look for them. */
#define OTHER_PREFIX(prefix) ((FunctionPrefix){prefix})
#define OTHER_PART(part) ((FunctionPart){part})

/* A parameter of CONFIG SET in the middle of code. */
#define VALKEY_CONFIG(name) ((ConfigName){name})

/* Does the name begin with one of `count` prefixes? */
static inline bool valkey_name_begins(const char *name, const FunctionPrefix *prefixes, int count) {
    for (int i = 0; i < count; i++) {
        if (strncmp(name, prefixes[i].text, strlen(prefixes[i].text)) == 0) return true;
    }
    return false;
}

/* The full name of a command: "config|set". */
typedef const char *CommandName;

/* Full names in any case, separated by commas or blanks; '*' matches any bytes. */
typedef const char *CommandNames;

/* Is a full name, or a command's first word, in a list that has no patterns and only blanks? An
 * empty name is in none. */
static inline bool valkey_names_have(CommandNames names, const char *name) {
    size_t len = strlen(name);
    for (const char *word = names; *word; word += strcspn(word, " "), word += strspn(word, " ")) {
        if (len && strcspn(word, " ") == len && strncasecmp(word, name, len) == 0) return true;
    }
    return false;
}

/* Names or tokens of command arguments, in the same form. */
typedef const char *ArgumentNames;

/* A subcommand of DEBUG. */
typedef const char *DebugName;

#endif
