/* SPDX-License-Identifier: BSD-3-Clause */
/* expected_differences.c -- the reasons why replies may differ; see expected_differences.h. */
#include "fuzz/wire/expected_differences.h"

#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/server/command_filter.h"

#define CLOCK "by the real clock"
#define TABLE "a hash table's seed, or what has expired first"

static const WireDifference table[] = {
    {"INFO", WIRE_ALWAYS, "process", "process id, uptime, memory, sockets, and the harness's own commands"},
    {"CLIENT|LIST CLIENT|INFO", WIRE_ALWAYS, "process", "addresses, sockets and buffers; the harness's own connection"},
    {"MONITOR", WIRE_ALWAYS, "process", "addresses of clients"},
    {"COMMANDLOG SLOWLOG LATENCY", WIRE_ALWAYS, "process", "durations " CLOCK ", and addresses of clients"},
    {"LASTSAVE", WIRE_ALWAYS, "process", "the time of the start, " CLOCK},
    {"MODULE|LIST HELLO", WIRE_ALWAYS, "process", "paths of modules"},
    {"CONFIG|GET", WIRE_ALWAYS, "process", "sockets, folders, logs"},
    {"CLUSTER|NODES CLUSTER|SLOTS CLUSTER|SHARDS CLUSTER|INFO CLUSTER|LINKS", WIRE_ALWAYS, "process",
     "the node's port"},
    {"MEMORY DEBUG|SDSLEN DEBUG|HTSTATS", WIRE_ALWAYS, "memory", "block sizes depend on the allocator"},
    {"DEBUG|OBJECT", WIRE_ALWAYS, "memory", "an address"},
    {"TIME TTL PTTL EXPIRETIME PEXPIRETIME HTTL HPTTL HEXPIRETIME HPEXPIRETIME OBJECT", WIRE_REAL_TIME, "clock",
     "times " CLOCK},
    {"EXPIREAT PEXPIREAT HEXPIREAT HPEXPIREAT", WIRE_REAL_TIME, "clock", "a time in the past " CLOCK},
    {"XADD XINFO XPENDING XREAD XREADGROUP XRANGE XREVRANGE XCLAIM XAUTOCLAIM", WIRE_REAL_TIME, "clock",
     "IDs and idle times " CLOCK},
    {"HGETALL HKEYS HVALS HSCAN SSCAN ZSCAN SCAN KEYS SMEMBERS SINTER SUNION SDIFF SORT SORT_RO", WIRE_ORDER, "order",
     TABLE},
    {"PUBSUB UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE FUNCTION|LIST FUNCTION|DUMP", WIRE_ORDER, "order", TABLE},
    {"SRANDMEMBER HRANDFIELD ZRANDMEMBER RANDOMKEY", WIRE_RANDOM, "random", TABLE},
    {"SPOP", WIRE_REAL_TIME, "random", TABLE},
    {"EVAL EVAL_RO EVALSHA EVALSHA_RO FCALL FCALL_RO", WIRE_REAL_TIME, "script", "whatever the script returns"},
    {"HELLO CLIENT", WIRE_REAL_TIME, "process", "client numbers, which continue from stream to stream"},
};

static const WireDifference monitor = {"MONITOR", WIRE_ALWAYS, "process", "addresses of clients"};
static const WireDifference timed = {"", WIRE_REAL_TIME, "clock", "something may have expired " CLOCK};
static const WireDifference follows = {"", WIRE_REAL_TIME, "follows",
                                       "may follow from an earlier difference in the list"};

/* Does the command begin with the words of the name? "CONFIG|GET" matches CONFIG GET. */
static bool names(const char *name, size_t len, const Argv *argv) {
    const char *bar = memchr(name, '|', len);
    size_t first = bar ? (size_t)(bar - name) : len;
    if (argv->count < (bar ? 2 : 1)) return false;
    const Text *words = argv->items;
    if (words[0].len != first || strncasecmp(words[0].data, name, first) != 0) return false;
    return !bar || (words[1].len == len - first - 1 && strncasecmp(words[1].data, bar + 1, words[1].len) == 0);
}

/* Is the command one of those in the list? */
static bool listed(const char *list, const Argv *argv) {
    for (size_t len; *list; list += len + (list[len] == ' ')) {
        len = strcspn(list, " ");
        if (names(list, len, argv)) return true;
    }
    return false;
}

const WireDifference *wire_expected(const Argv *argv) {
    for (int i = 0; i < COUNT_OF(table); i++) {
        if (listed(table[i].commands, argv)) return &table[i];
    }
    return NULL;
}

const WireDifference *wire_expected_monitor(void) {
    return &monitor;
}

const WireDifference *wire_expected_time(void) {
    return &timed;
}

const WireDifference *wire_expected_consequence(void) {
    return &follows;
}

bool wire_sets_time(const Step *step) {
    static const char *const words[] = {"EX", "PX", "EXAT", "PXAT", "BLOCK", "SETEX", "PSETEX", "RESTORE"};
    static Argv argv;
    if (step->kind == STEP_VERB) return verb_row(step->verb)->effect == VERB_ON_TIME;
    step_expand(step, &argv);
    if (argv.count && strcasestr(argv.items[0].data, "expire")) return true;
    for (int i = 0; i < argv.count; i++) {
        for (int j = 0; j < COUNT_OF(words); j++) {
            if (strcasecmp(argv.items[i].data, words[j]) == 0) return true;
        }
    }
    return strstr(argv.count > 1 ? argv.items[1].data : "", "expire") != NULL; /* in a script */
}

/* --- steps that are left out */

static bool pauses_all(const Argv *argv) {
    if (!listed("CLIENT|PAUSE", argv)) return false;
    return argv->count < 4 || strcasecmp(argv->items[3].data, "WRITE") != 0;
}

/* Clients that are closed for what they do, or do not do: the harness's own connection too. */
static bool limits_clients(const Argv *argv) {
    static const char *const limits[] = {"timeout", "maxmemory-clients", "client-output-buffer-limit"};
    if (!listed("CONFIG|SET", argv)) return false;
    for (int i = 2; i < argv->count; i += 2) {
        for (int j = 0; j < COUNT_OF(limits); j++)
            if (strcasecmp(argv->items[i].data, limits[j]) == 0) return true;
    }
    return false;
}

/* Its effect would be seen by later streams. */
static bool outlasts(const Argv *argv) {
    return listed("ACL|SETUSER ACL|DELUSER", argv);
}

static const char *command_left_out(const Step *step, bool spawned) {
    static Argv argv;
    step_expand(step, &argv);
    const char *refused = refuse_words(&argv);
    if (refused) return refused;
    if (pauses_all(&argv)) return "the harness's own connection would be paused as well";
    if (limits_clients(&argv)) return "the harness's own connection would be limited as well";
    if (!spawned && outlasts(&argv)) return "it would outlast the stream";
    return NULL;
}

const char *wire_left_out(const Step *step, bool spawned) {
    return step->kind == STEP_COMMAND ? command_left_out(step, spawned) : verb_row(step->verb)->left_out;
}
