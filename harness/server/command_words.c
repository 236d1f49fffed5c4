/* SPDX-License-Identifier: BSD-3-Clause */
/* command_words.c -- kinds of arguments and groups of commands; see catalogue.h. A new kind is a
 * string, a command of a new group may belong to any. */
#include "harness/server/catalogue.h"

#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/valkey/compat.h"

#if CHECKED_command_words

CatArgType command_word_type(const struct serverCommandArg *argument) {
    switch (argument->type) {
    case ARG_TYPE_STRING:
        return CAT_STRING;
    case ARG_TYPE_INTEGER:
        return CAT_INTEGER;
    case ARG_TYPE_DOUBLE:
        return CAT_DOUBLE;
    case ARG_TYPE_KEY:
        return CAT_KEY;
    case ARG_TYPE_PATTERN:
        return CAT_PATTERN;
    case ARG_TYPE_UNIX_TIME:
        return CAT_UNIX_TIME;
    case ARG_TYPE_PURE_TOKEN:
        return CAT_PURE_TOKEN;
    case ARG_TYPE_ONEOF:
        return CAT_ONE_OF;
    case ARG_TYPE_BLOCK:
        return CAT_BLOCK;
    default:
        return CAT_STRING;
    }
}

/* Of a module's command, by its name. */
static CatGroup module_group(const char *name) {
    static const struct {
        const char *prefix;
        CatGroup group;
    } groups[] = {{"sample.tree", CAT_TREES},  {"sample.table", CAT_TABLES},   {"sample.pages", CAT_PAGES},
                  {"sample.hash", CAT_HASHES}, {"sample.string", CAT_STRINGS}, {"sample.list", CAT_LISTS},
                  {"sample.zset", CAT_ZSETS},  {"sample.stream", CAT_STREAMS}, {"sample.", CAT_MODULE}};
    for (int i = 0; i < COUNT_OF(groups); i++) {
        if (strncasecmp(name, groups[i].prefix, strlen(groups[i].prefix)) == 0) return groups[i].group;
    }
    return CAT_ANY;
}

CatGroup command_word_group(const struct serverCommand *command) {
    switch (command->group) {
    case COMMAND_GROUP_STRING:
        return CAT_STRINGS;
    case COMMAND_GROUP_LIST:
        return CAT_LISTS;
    case COMMAND_GROUP_SET:
        return CAT_SETS;
    case COMMAND_GROUP_SORTED_SET:
        return CAT_ZSETS;
    case COMMAND_GROUP_HASH:
        return CAT_HASHES;
    case COMMAND_GROUP_STREAM:
        return CAT_STREAMS;
    case COMMAND_GROUP_HYPERLOGLOG:
        return CAT_HLL;
    case COMMAND_GROUP_BITMAP:
        return CAT_BITMAPS;
    case COMMAND_GROUP_GEO:
        return CAT_GEO;
    case COMMAND_GROUP_PUBSUB:
        return CAT_CHANNELS;
    case COMMAND_GROUP_SCRIPTING:
        return CAT_SCRIPTS;
    case COMMAND_GROUP_TRANSACTIONS:
        return CAT_TRANSACTIONS;
    case COMMAND_GROUP_CONNECTION:
        return CAT_CONNECTION;
    case COMMAND_GROUP_SERVER:
    case COMMAND_GROUP_SENTINEL:
        return CAT_SERVER;
    case COMMAND_GROUP_CLUSTER:
        return CAT_CLUSTER;
    case COMMAND_GROUP_MODULE:
        return module_group(command->declared_name);
    case COMMAND_GROUP_GENERIC:
        return CAT_ANY;
    default:
        return CAT_ANY;
    }
}

#else

CatArgType command_word_type(const struct serverCommandArg *argument) {
    (void)argument;
    return CAT_STRING;
}

CatGroup command_word_group(const struct serverCommand *command) {
    (void)command;
    return CAT_ANY;
}

#endif
