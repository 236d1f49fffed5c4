/* SPDX-License-Identifier: BSD-3-Clause */
/* catalogue.h -- the server's own command table, in neutral form, for code that generates streams.
 *
 * Read after each birth of a server from server.commands (COMMAND DOCS' data: struct
 * serverCommandArg), so new commands of a new Valkey are included, and nothing about commands is
 * listed twice. Those of the sample module are included once a server was born with it. Has no
 * Valkey type, so that fuzz/ needs no Valkey header. Commands that harness/server/command_filter.c
 * refuses whatever their arguments are left out: a new command is drawn if it only handles data. */
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

/* What a command is about. For commands with keys it is the type of the keys' values, which selects
 * the pool of key names. CAT_ANY takes keys of every type (DEL, COPY, EXPIRE). */
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
    CAT_TREES, /* these four are the sample module's */
    CAT_TABLES,
    CAT_PAGES,
    CAT_MODULE,
    CAT_GROUP_COUNT
} CatGroup;

typedef struct CatArg {
    const char *name;
    CatArgType type;
    const char *token; /* or NULL */
    bool optional, multiple, multiple_token;
    const struct CatArg *args; /* ONE_OF, BLOCK */
    int nargs;
} CatArg;

typedef struct {
    const char *name;       /* "set", "xgroup" */
    const char *subcommand; /* "create", or NULL */
    /* As in Valkey: negative means "at least"; counts name and subcommand */
    int arity;
    CatGroup group;
    bool write, readonly, blocking, noscript, admin, pubsub, touches_keys;
    bool module; /* of a module, whatever its group says */
    /* May allocate memory for one key position (denyoom, one key spec): SET and RPUSH do,
     * SUNIONSTORE and LPOP do not. */
    bool adds;
    const CatArg *args;
    int nargs;
} CatCommand;

/* Adds the commands that the server has now and the catalogue lacks. After each birth. */
void catalogue_read(void);

/* All commands, sorted by name, then subcommand. *count gets their number. Available after birth;
 * valid until catalogue_read finds another command. */
const CatCommand *catalogue_commands(int *count);

/* A command that is left out of the catalogue. */
typedef struct {
    const char *fullname; /* the server's: "module|load" */
    const char *reason;
} CatRefused;

/* All commands that the harness refuses whatever their arguments, sorted. *count gets their number.
 * Available as the commands are. */
const CatRefused *catalogue_refused(int *count);

/* The command of that name and subcommand (or NULL), in any case; NULL when there is none. */
const CatCommand *catalogue_find(const char *name, const char *subcommand);

/* command_words.c: the server's kinds of arguments and groups of commands in these words. Where a
 * tree lacks one, the probe has switched the file off, and all arguments are strings. */
struct serverCommand;
struct serverCommandArg;
CatArgType command_word_type(const struct serverCommandArg *argument);
CatGroup command_word_group(const struct serverCommand *command);

#endif
