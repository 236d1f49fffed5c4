/* SPDX-License-Identifier: BSD-3-Clause */
/* data_commands.c -- commands that only handle data; see data_commands.h.
 *
 * Limits: trusts the flags, categories and groups that the server's table gives to a command. A
 * category or group that does not exist yet counts as data: a new type of values brings one. */
#include "harness/server/data_commands.h"

#if CHECKED_data_commands

/* A client that waits for a key is like one of BLPOP; one that waits for anything else is not. */
static bool waits_for_no_key(const struct serverCommand *command) {
    bool blocks = command->flags & CMD_BLOCKING || command->acl_categories & ACL_CATEGORY_BLOCKING;
    return blocks && command->key_specs_num == 0;
}

bool data_commands_have(const struct serverCommand *command) {
    const uint64_t flags = CMD_ADMIN | CMD_PROTECTED | CMD_PUBSUB;
    const uint64_t categories = ACL_CATEGORY_ADMIN | ACL_CATEGORY_DANGEROUS | ACL_CATEGORY_CONNECTION |
                                ACL_CATEGORY_PUBSUB | ACL_CATEGORY_SCRIPTING | ACL_CATEGORY_TRANSACTION;
    if (command->flags & flags || command->acl_categories & categories || waits_for_no_key(command)) return false;
    switch (command->group) {
    case COMMAND_GROUP_SERVER:
    case COMMAND_GROUP_CLUSTER:
    case COMMAND_GROUP_CONNECTION:
    case COMMAND_GROUP_SENTINEL:
        return false;
    default:
        return true;
    }
}

#else

bool data_commands_have(const struct serverCommand *command) {
    (void)command;
    return false;
}

#endif
