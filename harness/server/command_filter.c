/* SPDX-License-Identifier: BSD-3-Clause */
/* command_filter.c -- refuses commands that would leave the process; see command_filter.h.
 *
 * CONFIG SET and DEBUG are guarded by lists of what is allowed, not of what is forbidden: a new
 * parameter or subcommand of Valkey is refused until it has been reviewed. So is a new command
 * (known_commands.c), unless it only handles data. */
#include "harness/server/command_filter.h"

#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/finding/finding.h"
#include "harness/module/sample.h"
#include "harness/server/known_commands.h"
#include "harness/valkey/compat.h"
#include "harness/world/world.h"

/* --- the tables */

/* The words of a command: a client's arguments, or a stream's step. */
typedef struct {
    const client *client; /* NULL: argv */
    const Argv *argv;
    int count;
} Words;

typedef struct {
    CommandName name;                   /* the server's full name */
    bool (*allows)(const Words *words); /* NULL: refused whatever the arguments */
    const char *reason;
} Refusal;

static bool config_set_allows(const Words *words);
static bool debug_allows(const Words *words);
static bool script_debug_allows(const Words *words);
static bool module_unload_allows(const Words *words);

static const Refusal refusals[] = {
    {"shutdown", NULL, "ends the process"},
    {"failover", NULL, "needs replicas"},
    {"replicaof", NULL, "opens a connection"},
    {"slaveof", NULL, "opens a connection"},
    {"sync", NULL, "starts a process"},
    {"psync", NULL, "starts a process"},
    {"replconf", NULL, "makes a client a replica"},
    {"migrate", NULL, "opens a connection"},
    {"save", NULL, "writes a file"},
    {"bgsave", NULL, "starts a process"},
    {"bgrewriteaof", NULL, "starts a process"},
    {"module|load", NULL, "loads code"},
    {"module|loadex", NULL, "loads code"},
    {"module|unload", module_unload_allows, "removes the scripting engine"},
    {"acl|load", NULL, "reads a file"},
    {"acl|save", NULL, "writes a file"},
    {"config|rewrite", NULL, "writes a file"},
    {"cluster|meet", NULL, "opens a connection"},
    {"cluster|replicate", NULL, "opens a connection"},
    {"cluster|failover", NULL, "needs replicas"},
    {"cluster|migrateslots", NULL, "opens a connection"},
    {"cluster|syncslots", NULL, "belongs to a slot migration between servers"},
    {"script|debug", script_debug_allows, "starts a process for the debugger, or stops the server in it"},
    {"pfselftest", NULL, "takes seconds"},
    {"config|set", config_set_allows, "this parameter reaches outside of the process, or has not been reviewed yet"},
    {"debug", debug_allows, "this subcommand ends, blocks or leaves the process, or has not been reviewed yet"},
};
enum { REFUSALS = COUNT_OF(refusals) };

/* Parameters that act only on the server's memory. */
static const ConfigName config_allowed[] = {
    "active-defrag-cycle-max",
    "active-defrag-cycle-min",
    "active-defrag-cycle-us",
    "active-defrag-ignore-bytes",
    "active-defrag-max-scan-fields",
    "active-defrag-threshold-lower",
    "active-defrag-threshold-upper",
    "active-expire-effort",
    "activedefrag",
    "activerehashing",
    "busy-reply-threshold",
    "client-output-buffer-limit",
    "client-query-buffer-limit",
    "commandlog-execution-slower-than",
    "commandlog-large-reply-max-len",
    "commandlog-large-request-max-len",
    "commandlog-reply-larger-than",
    "commandlog-request-larger-than",
    "commandlog-slow-execution-max-len",
    "dynamic-hz",
    "hash-max-listpack-entries",
    "hash-max-listpack-value",
    "hash-max-ziplist-entries",
    "hash-max-ziplist-value",
    "hll-sparse-max-bytes",
    "hz",
    "import-mode",
    "latency-monitor-threshold",
    "latency-tracking",
    "lazyfree-lazy-eviction",
    "lazyfree-lazy-expire",
    "lazyfree-lazy-server-del",
    "lazyfree-lazy-user-del",
    "lazyfree-lazy-user-flush",
    "lfu-decay-time",
    "lfu-log-factor",
    "list-compress-depth",
    "list-max-listpack-size",
    "list-max-ziplist-size",
    "loading-process-events-interval-bytes",
    "lua-time-limit",
    "maxmemory",
    "maxmemory-clients",
    "maxmemory-eviction-tenacity",
    "maxmemory-policy",
    "maxmemory-samples",
    "notify-keyspace-events",
    "proto-max-bulk-len",
    "set-max-intset-entries",
    "set-max-listpack-entries",
    "set-max-listpack-value",
    "slowlog-log-slower-than",
    "slowlog-max-len",
    "stream-node-max-bytes",
    "stream-node-max-entries",
    "timeout",
    "tracking-table-max-keys",
    "zset-max-listpack-entries",
    "zset-max-listpack-value",
    "zset-max-ziplist-entries",
    "zset-max-ziplist-value",
};

static const DebugName debug_allowed[] = {
    "change-repl-id",
    "client-enforce-reply-list",
    "dict-stats",
    "dict-resizing",
    "digest",
    "digest-value",
    "error",
    "hashing",
    "help",
    "htstats",
    "htstats-key",
    "listpack",
    "log",
    "object",
    "protocol",
    "quicklist",
    "quicklist-packed-threshold",
    "sdslen",
    "set-active-expire",
    "set-disable-deny-scripts",
    "stringmatch-len",
    "stringmatch-loop",
    "ziplist",
    "zset",
};

#define LISTED(word, list) listed(word, list, COUNT_OF(list))

static bool listed(const char *word, const char *const *list, int count) {
    for (int i = 0; i < count; i++) {
        if (strcasecmp(word, list[i]) == 0) return true;
    }
    return false;
}

static const char *word(const Words *words, int index) {
    return words->client ? objectGetVal(words->client->argv[index]) : words->argv->items[index].data;
}

static bool config_set_allows(const Words *words) {
    for (int i = 2; i < words->count; i += 2) {
        if (!LISTED(word(words, i), config_allowed)) return false;
    }
    return true;
}

static bool debug_allows(const Words *words) {
    return words->count > 1 && LISTED(word(words, 1), debug_allowed);
}

/* With YES the next script runs in a process of its own; with SYNC the debugger stops the
 * server. */
static bool script_debug_allows(const Words *words) {
    return words->count > 2 && strcasecmp(word(words, 2), "no") == 0;
}

/* The server itself refuses it, because the sample module has types. */
static bool module_unload_allows(const Words *words) {
    return words->count > 2 && strcasecmp(word(words, 2), SAMPLE_NAME) == 0;
}

/* Do the words begin with this command? "config|set" stands for CONFIG SET, "debug" for DEBUG. */
static bool names(const char *name, const Argv *argv) {
    const char *bar = strchr(name, '|');
    size_t len = bar ? (size_t)(bar - name) : strlen(name);
    if (argv->items[0].len != len || strncasecmp(argv->items[0].data, name, len) != 0) return false;
    return !bar || (argv->count > 1 && strcasecmp(argv->items[1].data, bar + 1) == 0);
}

/* --- commands that are not known */

static const char unknown_reason[] = "is unknown to the harness, and does not only handle data";
static char **unknown; /* their full names, in the order in which they were met */
static int nunknown;

static bool is_unknown(const char *fullname) {
    for (int i = 0; i < nunknown; i++) {
        if (strcasecmp(unknown[i], fullname) == 0) return true;
    }
    return false;
}

static void add_unknown(const char *fullname) {
    if (is_unknown(fullname)) return;
    unknown = array_reserve(unknown, (size_t)nunknown, (size_t)nunknown + 1, sizeof(*unknown));
    unknown[nunknown] = strdup(fullname);
    if (!unknown[nunknown]) finding_harness("out of memory for the name of a command");
    nunknown++;
}

const char *refuse_unknown(int index) {
    return index < nunknown ? unknown[index] : NULL;
}

const char *refuse_words(const Argv *argv) {
    Words words = {.argv = argv, .count = argv->count};
    if (!argv->count) return NULL;
    for (int i = 0; i < REFUSALS; i++) {
        if (!names(refusals[i].name, argv)) continue;
        return refusals[i].allows && refusals[i].allows(&words) ? NULL : refusals[i].reason;
    }
    for (int i = 0; i < nunknown; i++) {
        if (names(unknown[i], argv)) return unknown_reason;
    }
    return NULL;
}

/* --- how it is applied */

static serverCommandProc *originals[REFUSALS]; /* the same after every birth */
static bool suspended WORLD, saw_resizing WORLD;
static RefuseFn *when_refused; /* NULL: none */
static void *refused_context;

void refuse_on(RefuseFn *fn, void *context) {
    when_refused = fn;
    refused_context = context;
}

void refuse_suspend(bool yes) {
    suspended = yes;
}

bool refuse_saw_resizing(void) {
    return saw_resizing;
}

static int find(const char *fullname) {
    for (int i = 0; i < REFUSALS; i++) {
        if (strcasecmp(refusals[i].name, fullname) == 0) return i;
    }
    return -1;
}

const char *refuse_reason(const char *fullname) {
    int i = find(fullname);
    if (i >= 0) return refusals[i].allows ? NULL : refusals[i].reason;
    return is_unknown(fullname) ? unknown_reason : NULL;
}

static void refuse(client *c, const char *reason) {
    if (when_refused) when_refused(refused_context, c->cmd->fullname, reason);
    addReplyErrorFormat(c, "refused by the harness: %s %s", c->cmd->fullname, reason);
}

/* DEBUG RELOAD, by the harness. Not another command: one of a client that waited may run in the
 * same turn of the server's loop. */
static bool is_own(const Words *words) {
    return suspended && words->count == 2 && strcasecmp(word(words, 0), "debug") == 0 &&
           strcasecmp(word(words, 1), "reload") == 0;
}

/* Runs instead of the command. */
static void guard(client *c) {
    int i = find(c->cmd->fullname);
    if (i < 0) finding_harness("%s is guarded without a row", c->cmd->fullname);
    Words words = {.client = c, .count = c->argc};
    saw_resizing |= words.count > 1 && strcasecmp(word(&words, 1), "dict-resizing") == 0;
    if (is_own(&words) || (refusals[i].allows && refusals[i].allows(&words))) {
        originals[i](c);
        return;
    }
    refuse(c, refusals[i].reason);
}

static void guard_unknown(client *c) {
    refuse(c, unknown_reason);
}

static void install_on(struct serverCommand *command) {
    int i = find(command->fullname);
    if (i >= 0) {
        originals[i] = command->proc;
        command->proc = guard;
    } else if (!known_commands_allow(command)) {
        add_unknown(command->fullname);
        command->proc = guard_unknown;
    }
}

static void install_in(hashtable *commands) {
    hashtableIterator it;
    void *entry;
    compat_walk_begin(&it, commands);
    while (hashtableNext(&it, &entry)) {
        struct serverCommand *command = entry;
        install_on(command);
        if (command->subcommands_ht) install_in(command->subcommands_ht);
    }
    compat_walk_end(&it);
}

void refuse_install(void) {
    install_in(server.commands);
}
