/* SPDX-License-Identifier: BSD-3-Clause */
/* fake_catalogue.c -- a catalogue of a dozen commands for tests without a server: it implements
 * harness/server/catalogue.h.
 *
 * It has every form that fuzz/generate/grammar.c handles: counts, optional counted keys, adjacent
 * repeated arguments, options that are repeated like the keys, alternatives, blocks, tokens that
 * repeat and tokens that do not.
 *
 * Limits: the commands are like Valkey's commands of the same names, with fewer options. Rows are
 * sorted. */
#include <stddef.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/server/catalogue.h"

#define ARGS(rows) .args = rows, .nargs = COUNT_OF(rows)
#define KEY(n)                                                                                                         \
    { .name = n, .type = CAT_KEY }
#define KEYS(n)                                                                                                        \
    { .name = n, .type = CAT_KEY, .multiple = true }
#define TEXT(n)                                                                                                        \
    { .name = n, .type = CAT_STRING }
#define TEXTS(n)                                                                                                       \
    { .name = n, .type = CAT_STRING, .multiple = true }
#define INTEGER(n)                                                                                                     \
    { .name = n, .type = CAT_INTEGER }
#define FLAG(t)                                                                                                        \
    { .name = t, .type = CAT_PURE_TOKEN, .token = t }
#define FLAG_MAYBE(t)                                                                                                  \
    { .name = t, .type = CAT_PURE_TOKEN, .token = t, .optional = true }

static const CatArg field_value[] = {TEXT("field"), TEXT("value")};
static const CatArg counted_fields[] = {INTEGER("numfields"), TEXTS("field")};
static const CatArg side[] = {FLAG("LEFT"), FLAG("RIGHT")};
static const CatArg id_selector[] = {{.name = "auto-id", .type = CAT_PURE_TOKEN, .token = "*"}, TEXT("id")};
static const CatArg sort_by[] = {FLAG("BYSCORE"), FLAG("BYLEX")};
static const CatArg limit[] = {INTEGER("offset"), INTEGER("count")};
static const CatArg group_block[] = {TEXT("group"), TEXT("consumer")};
static const CatArg read_streams[] = {KEYS("key"), TEXTS("id")};

static const CatArg blpop[] = {KEYS("key"), {.name = "timeout", .type = CAT_DOUBLE}};
static const CatArg copy[] = {KEY("source"), KEY("destination"), FLAG_MAYBE("REPLACE")};
static const CatArg eval[] = {TEXT("script"),
                              INTEGER("numkeys"),
                              {.name = "key", .type = CAT_KEY, .optional = true, .multiple = true},
                              {.name = "arg", .type = CAT_STRING, .optional = true, .multiple = true}};
static const CatArg just_key[] = {KEY("key")};
static const CatArg hexpire[] = {
    KEY("key"),
    INTEGER("seconds"),
    {.name = "fields", .type = CAT_BLOCK, .token = "FIELDS", .args = counted_fields, .nargs = 2}};
static const CatArg hset[] = {KEY("key"),
                              {.name = "data", .type = CAT_BLOCK, .multiple = true, .args = field_value, .nargs = 2}};
static const CatArg lmpop[] = {INTEGER("numkeys"),
                               KEYS("key"),
                               {.name = "where", .type = CAT_ONE_OF, .args = side, .nargs = 2},
                               {.name = "count", .type = CAT_INTEGER, .token = "COUNT", .optional = true}};
static const CatArg restore[] = {KEY("key"), INTEGER("ttl"), TEXT("serialized-value"), FLAG_MAYBE("REPLACE")};
static const CatArg set[] = {KEY("key"), TEXT("value"), FLAG_MAYBE("GET")};
static const CatArg sort[] = {KEY("key"),
                              {.name = "get-pattern",
                               .type = CAT_PATTERN,
                               .token = "GET",
                               .optional = true,
                               .multiple = true,
                               .multiple_token = true}};
static const CatArg script_load[] = {TEXT("script")};
static const CatArg subscribe[] = {TEXTS("channel")};
static const CatArg xadd[] = {KEY("key"),
                              {.name = "id-selector", .type = CAT_ONE_OF, .args = id_selector, .nargs = 2},
                              {.name = "data", .type = CAT_BLOCK, .multiple = true, .args = field_value, .nargs = 2}};
static const CatArg xreadgroup[] = {
    {.name = "group-block", .type = CAT_BLOCK, .token = "GROUP", .args = group_block, .nargs = 2},
    {.name = "streams", .type = CAT_BLOCK, .token = "STREAMS", .args = read_streams, .nargs = 2}};
static const CatArg zrange[] = {
    KEY("key"),
    TEXT("start"),
    TEXT("stop"),
    {.name = "sortby", .type = CAT_ONE_OF, .optional = true, .args = sort_by, .nargs = 2},
    {.name = "limit", .type = CAT_BLOCK, .token = "LIMIT", .optional = true, .args = limit, .nargs = 2}};
static const CatArg zunion[] = {
    INTEGER("numkeys"),
    KEYS("key"),
    {.name = "weight", .type = CAT_INTEGER, .token = "WEIGHTS", .optional = true, .multiple = true}};

static const CatCommand table[] = {
    {"blpop", NULL, -3, CAT_LISTS, .write = true, .blocking = true, .touches_keys = true, ARGS(blpop)},
    {"copy", NULL, -3, CAT_ANY, .write = true, .touches_keys = true, ARGS(copy)},
    {"eval", NULL, -3, CAT_SCRIPTS, .touches_keys = true, ARGS(eval)},
    {"exec", NULL, 1, CAT_TRANSACTIONS, .nargs = 0},
    {"get", NULL, 2, CAT_STRINGS, .readonly = true, .touches_keys = true, ARGS(just_key)},
    {"hexpire", NULL, -6, CAT_HASHES, .write = true, .touches_keys = true, ARGS(hexpire)},
    {"hset", NULL, -4, CAT_HASHES, .write = true, .touches_keys = true, .adds = true, ARGS(hset)},
    {"lmpop", NULL, -4, CAT_LISTS, .write = true, .touches_keys = true, ARGS(lmpop)},
    {"multi", NULL, 1, CAT_TRANSACTIONS, .nargs = 0},
    {"restore", NULL, -4, CAT_ANY, .write = true, .touches_keys = true, .adds = true, ARGS(restore)},
    {"sample.get", NULL, 2, CAT_STRINGS, .readonly = true, .touches_keys = true, .module = true, ARGS(just_key)},
    {"script", "load", 3, CAT_SCRIPTS, ARGS(script_load)},
    {"set", NULL, -3, CAT_STRINGS, .write = true, .touches_keys = true, .adds = true, ARGS(set)},
    {"sort", NULL, -2, CAT_ANY, .readonly = true, .touches_keys = true, ARGS(sort)},
    {"subscribe", NULL, -2, CAT_CHANNELS, .pubsub = true, ARGS(subscribe)},
    {"xadd", NULL, -5, CAT_STREAMS, .write = true, .touches_keys = true, .adds = true, ARGS(xadd)},
    {"xreadgroup", NULL, -7, CAT_STREAMS, .write = true, .blocking = true, .touches_keys = true, ARGS(xreadgroup)},
    {"zrange", NULL, -4, CAT_ZSETS, .readonly = true, .touches_keys = true, ARGS(zrange)},
    {"zunion", NULL, -3, CAT_ZSETS, .readonly = true, .touches_keys = true, ARGS(zunion)},
};

const CatCommand *catalogue_commands(int *count) {
    *count = COUNT_OF(table);
    return table;
}

const CatCommand *catalogue_find(const char *name, const char *subcommand) {
    int count;
    const CatCommand *rows = catalogue_commands(&count);
    for (int i = 0; i < count; i++) {
        const char *sub = rows[i].subcommand ? rows[i].subcommand : "";
        if (!strcasecmp(rows[i].name, name) && !strcasecmp(sub, subcommand ? subcommand : "")) return &rows[i];
    }
    return NULL;
}
