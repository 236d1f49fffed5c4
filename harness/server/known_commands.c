/* SPDX-License-Identifier: BSD-3-Clause */
/* known_commands.c -- which commands without a row in command_filter.c may run; see
 * known_commands.h.
 *
 * A server may have commands that this file does not list. One that only handles data is allowed,
 * so that the generator draws it. Any other may have an effect outside of the process, or take over
 * a connection, and is refused until it has been reviewed: add it to the list here, or a row to
 * command_filter.c.
 *
 * unknown-commands reads this file and applies the same rule to a tree's sources when the build is
 * configured.
 */
#include "harness/server/known_commands.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/server/data_commands.h"
#include "harness/valkey/compat.h"

/* Reviewed, although they do not only handle data. */
static const CommandNames known[] = {
    "acl|cat acl|deluser acl|dryrun acl|genpass acl|getuser acl|help acl|list acl|log "
    "acl|setuser acl|users acl|whoami",
    "client|caching client|capa client|getname client|getredir client|help client|id "
    "client|import-source client|info client|kill client|list client|no-evict "
    "client|no-touch client|pause client|reply client|setinfo client|setname "
    "client|tracking client|trackinginfo client|unblock client|unpause",
    "cluster|addslots cluster|addslotsrange cluster|bumpepoch cluster|cancelslotmigrations "
    "cluster|count-failure-reports cluster|countkeysinslot cluster|delslots "
    "cluster|delslotsrange cluster|flushslot cluster|flushslots cluster|forget "
    "cluster|getkeysinslot cluster|getslotmigrations cluster|help cluster|info "
    "cluster|keyslot cluster|links cluster|myid cluster|myshardid cluster|nodes "
    "cluster|replicas cluster|reset cluster|saveconfig cluster|set-config-epoch "
    "cluster|setslot cluster|shards cluster|slaves cluster|slot-stats cluster|slots",
    "command command|count command|docs command|getkeys command|getkeysandflags "
    "command|help command|info command|list",
    "commandlog|get commandlog|help commandlog|len commandlog|reset",
    "config|get config|help config|resetstat",
    "function|delete function|dump function|flush function|help function|kill function|list "
    "function|load function|restore function|stats",
    "latency|doctor latency|graph latency|help latency|histogram latency|history "
    "latency|latest latency|reset",
    "memory|doctor memory|help memory|malloc-stats memory|purge memory|stats memory|usage",
    "module|help module|list",
    "pubsub|channels pubsub|numpat pubsub|numsub pubsub|shardchannels pubsub|shardnumsub",
    "script|exists script|flush script|help script|kill script|load script|show",
    "slowlog|get slowlog|help slowlog|len slowlog|reset",
    "asking auth clusterscan dbsize discard echo eval eval_ro evalsha evalsha_ro exec fcall "
    "fcall_ro flushall flushdb hello info keys lastsave lolwut monitor multi pfdebug ping "
    "psubscribe publish punsubscribe quit readonly readwrite reset restore restore-asking "
    "role sample.wait select sort sort_ro spublish ssubscribe subscribe sunsubscribe swapdb time "
    "unsubscribe unwatch wait waitaof watch",
};

static bool is_known(const char *name) {
    for (int i = 0; i < COUNT_OF(known); i++) {
        if (valkey_names_have(known[i], name)) return true;
    }
    return false;
}

/* A container such as XGROUP only runs through its subcommands. */
static bool never_runs(const struct serverCommand *command) {
    return command->subcommands_ht && abs(command->arity) != 1;
}

bool known_commands_allow(const struct serverCommand *command) {
    return is_known(command->fullname) || data_commands_have(command) || never_runs(command);
}
