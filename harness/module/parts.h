/* SPDX-License-Identifier: BSD-3-Clause */
/* parts.h -- what the files of the sample module share. No other file includes it. */
#ifndef HARNESS_MODULE_PARTS_H
#define HARNESS_MODULE_PARTS_H

#include <valkeymodule.h>

#include "harness/module/sample.h"

/* A command: one row, from which its registration and its documentation derive. */
typedef struct {
    const char *name, *flags;
    ValkeyModuleCmdFunc run;
    int arity;
    ValkeyModuleCommandInfo *info;
} SampleCommand;

/* Registers commands; the row without a name is the last. VALKEYMODULE_ERR when the server refuses
 * one. */
int sample_add_commands(ValkeyModuleCtx *ctx, const SampleCommand *commands);

/* Each file's part of OnLoad: registers its type or its commands. VALKEYMODULE_ERR when the server
 * refuses one. */
int sample_load_tree(ValkeyModuleCtx *ctx);
int sample_load_table(ValkeyModuleCtx *ctx);
int sample_load_pages(ValkeyModuleCtx *ctx);
int sample_load_counter(ValkeyModuleCtx *ctx);
int sample_load_notes(ValkeyModuleCtx *ctx);
int sample_load_hold(ValkeyModuleCtx *ctx);
int sample_load_scan(ValkeyModuleCtx *ctx);
int sample_load_wait(ValkeyModuleCtx *ctx);
int sample_load_watch(ValkeyModuleCtx *ctx);
int sample_load_call(ValkeyModuleCtx *ctx);
int sample_load_refer(ValkeyModuleCtx *ctx);
int sample_load_edit(ValkeyModuleCtx *ctx);
int sample_load_range(ValkeyModuleCtx *ctx);
int sample_load_misuse(ValkeyModuleCtx *ctx);

#define SAMPLE_MOST_YIELDS 100 /* of one command */

/* hold.c: works for a while, and lets the server and other clients work then. */
void sample_yield(ValkeyModuleCtx *ctx);

/* notes.c: the notes in a file of the server's, before the keys. A type has to do it: that of
 * pages. Loading replaces all notes; VALKEYMODULE_ERR when they cannot be read. */
void sample_notes_save(ValkeyModuleIO *rdb, int when);
int sample_notes_load(ValkeyModuleIO *rdb, int version, int when);

/* notes.c: makes a note, or replaces its text. Both strings stay the caller's. */
void sample_remember(ValkeyModuleString *name, ValkeyModuleString *text);

/* pages.c: a key may have got another name or database. */
void sample_pages_elsewhere(void);

/* pages.c: the first item of a key's pages; NULL when the key has none, or another type. */
ValkeyModuleString *sample_pages_first(ValkeyModuleCtx *ctx, ValkeyModuleString *name);

/* Opens a key of one of the server's own types for reading and writing; replies with an error and
 * returns NULL when it holds another type. */
ValkeyModuleKey *sample_open_for(ValkeyModuleCtx *ctx, ValkeyModuleString *name, int type);

/* Opens the key argv[1]. *value gets what it holds: NULL when there is no such key. False: it holds
 * another type, the client has its error, and no key is open. */
bool sample_open(ValkeyModuleCtx *ctx, ValkeyModuleString *name, int mode, const ValkeyModuleType *type,
                 ValkeyModuleKey **key, void **value);

/* A type that keeps strings by name, for map.c. `set` and `drop` return whether the name is new,
 * and whether it was there; `get` the text, or NULL; `reply` sends each name and its text. */
typedef struct {
    ValkeyModuleType *type;
    void *(*create)(void);
    void (*destroy)(void *value);
    bool (*set)(void *value, ValkeyModuleString *name, ValkeyModuleString *text);
    bool (*drop)(void *value, const ValkeyModuleString *name);
    ValkeyModuleString *(*get)(void *value, const ValkeyModuleString *name);
    size_t (*count)(const void *value);
    void (*reply)(ValkeyModuleCtx *ctx, const void *value);
} SampleMap;

/* The commands KEY NAME TEXT [NAME TEXT ...], KEY NAME [NAME ...], KEY NAME and KEY: add and
 * replace, remove (the key with its last string), one, all. What they return is for the server. */
int sample_map_set(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc);
int sample_map_drop(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc);
int sample_map_get(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc);
int sample_map_list(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc);

/* Loads a count and that many names and texts, and passes each on to `set`, as SampleMap has it.
 * False: they cannot be read. */
bool sample_load_pairs(ValkeyModuleIO *rdb, bool (*set)(void *to, ValkeyModuleString *name, ValkeyModuleString *text),
                       void *to);

/* Loads what was saved as a count and that many names and texts. NULL: it cannot be read. */
void *sample_map_load(ValkeyModuleIO *rdb, const SampleMap *map, int version);

/* Reads an argument that is a number from `low` to `high`, or a time in milliseconds (up to 11
 * days). False: it is none, and the client has its error, which calls it `what`. */
bool sample_number(ValkeyModuleCtx *ctx, const ValkeyModuleString *word, const char *what, long long low,
                   long long high, long long *number);
bool sample_time(ValkeyModuleCtx *ctx, const ValkeyModuleString *word, long long *ms);

/* A command whose one argument switches something off (0) or on. What it returns is for the
 * server. */
int sample_switch(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc, bool *on);

/* The order of two strings in a tree: below, equal to or above 0. */
int sample_compare(const ValkeyModuleString *a, const ValkeyModuleString *b);

/* Adds a string to a digest. */
void sample_digest_string(ValkeyModuleDigest *digest, const ValkeyModuleString *string);

/* Moves a string, if the server wants it moved. */
void sample_defrag_string(ValkeyModuleDefragCtx *ctx, ValkeyModuleString **string);

/* Moves a block, if the server wants it moved: returns where it is now. */
void *sample_defrag_block(ValkeyModuleDefragCtx *ctx, void *block);

/* Checks what the interface promises to a callback that has no cursor: it need not stop, and cannot
 * set one. */
void sample_check_cursor(ValkeyModuleDefragCtx *ctx);

/* --- documentation of commands: rows for ValkeyModuleCommandInfo */

#define SAMPLE_KEY(FLAGS)                                                                                              \
    (ValkeyModuleCommandKeySpec[]) {                                                                                   \
        {.flags = (FLAGS),                                                                                             \
         .begin_search_type = VALKEYMODULE_KSPEC_BS_INDEX,                                                             \
         .bs.index.pos = 1,                                                                                            \
         .find_keys_type = VALKEYMODULE_KSPEC_FK_RANGE,                                                                \
         .fk.range = {0, 1, 0}},                                                                                       \
        {                                                                                                              \
        }                                                                                                              \
    }
#define SAMPLE_READS (VALKEYMODULE_CMD_KEY_RO | VALKEYMODULE_CMD_KEY_ACCESS)
#define SAMPLE_ADDS (VALKEYMODULE_CMD_KEY_RW | VALKEYMODULE_CMD_KEY_INSERT)
#define SAMPLE_REMOVES (VALKEYMODULE_CMD_KEY_RW | VALKEYMODULE_CMD_KEY_DELETE)

#define SAMPLE_INFO(KEYS, ...)                                                                                         \
    &(ValkeyModuleCommandInfo) {                                                                                       \
        .version = VALKEYMODULE_COMMAND_INFO_VERSION, .key_specs = (KEYS), .args = (ValkeyModuleCommandArg[]) {        \
            __VA_ARGS__, {                                                                                             \
            }                                                                                                          \
        }                                                                                                              \
    }
#define SAMPLE_ARG_KEY                                                                                                 \
    { .name = "key", .type = VALKEYMODULE_ARG_TYPE_KEY, .key_spec_index = 0 }
#define SAMPLE_ARG(NAME, TYPE)                                                                                         \
    { .name = (NAME), .type = VALKEYMODULE_ARG_TYPE_##TYPE }
#define SAMPLE_ARGS(NAME, TYPE)                                                                                        \
    { .name = (NAME), .type = VALKEYMODULE_ARG_TYPE_##TYPE, .flags = VALKEYMODULE_CMD_ARG_MULTIPLE }
#define SAMPLE_ARG_PAIRS(FIRST, SECOND)                                                                                \
    {                                                                                                                  \
        .name = "pair", .type = VALKEYMODULE_ARG_TYPE_BLOCK, .flags = VALKEYMODULE_CMD_ARG_MULTIPLE,                   \
        .subargs = (ValkeyModuleCommandArg[]) {                                                                        \
            SAMPLE_ARG(FIRST, STRING), SAMPLE_ARG(SECOND, STRING), {                                                   \
            }                                                                                                          \
        }                                                                                                              \
    }

#endif
