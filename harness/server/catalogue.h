/* SPDX-License-Identifier: BSD-3-Clause */
/* catalogue.h -- the server's own command table, in neutral form, for those who make streams.
 *
 * Read once after the server's birth from server.commands (COMMAND DOCS' data: struct
 * serverCommandArg), so a new Valkey brings its new commands along and nothing about commands is
 * listed twice. Holds no Valkey type, so that fuzz/ never sees a Valkey header. Commands that
 * harness/server/command_filter.c refuses as a whole are left out. */
#ifndef HARNESS_SERVER_CATALOGUE_H
#define HARNESS_SERVER_CATALOGUE_H

#include <stdbool.h>

typedef enum { /* as Valkey's serverCommandArgType */
               CAT_STRING,
               CAT_INTEGER,
               CAT_DOUBLE,
               CAT_KEY,
               CAT_PATTERN,
               CAT_UNIX_TIME,
               CAT_PURE_TOKEN,
               CAT_ONE_OF,
               CAT_BLOCK,
} CatArgType;

/* What a command is about. For those with keys it is the type of the value the keys hold: the typed
 * pools of key names follow it. CAT_ANY takes keys of every type (DEL, COPY, EXPIRE). */
typedef enum {
    CAT_ANY,
    CAT_STRINGS,
    CAT_LISTS,
    CAT_SETS,
    CAT_ZSETS,
    CAT_HASHES,
    CAT_STREAMS,
    CAT_HLL,
    CAT_BITMAPS,
    CAT_GEO,
    CAT_CHANNELS,
    CAT_SCRIPTS,
    CAT_TRANSACTIONS,
    CAT_CONNECTION,
    CAT_SERVER,
    CAT_CLUSTER,
    CAT_GROUP_COUNT
} CatGroup;

typedef struct CatArg {
    const char *name;
    CatArgType type;
    const char *token; /* NULL: none */
    bool optional, multiple, multiple_token;
    const struct CatArg *args; /* ONE_OF, BLOCK */
    int nargs;
} CatArg;

typedef struct {
    const char *name;       /* "set", "xgroup" */
    const char *subcommand; /* "create", or NULL */
    int arity;              /* as in Valkey: negative means "at least"; counts name and subcommand */
    CatGroup group;
    bool write, readonly, blocking, noscript, admin, pubsub, touches_keys;
    bool adds; /* may take memory for one place of keys (denyoom, one key spec): SET, RPUSH, not SUNIONSTORE or LPOP */
    const CatArg *args;
    int nargs;
} CatCommand;

/* All commands, sorted by name then subcommand; *count gets their number. Valid after birth, until
 * the process ends. */
const CatCommand *catalogue_commands(int *count);

/* The command of that name (and subcommand, or NULL), or NULL. Case does not matter. */
const CatCommand *catalogue_find(const char *name, const char *subcommand);

#endif
