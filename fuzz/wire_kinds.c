/* wire_kinds.c -- why replies may differ; see wire_kinds.h. */
#include "fuzz/wire_kinds.h"

#include <string.h>
#include <strings.h>

#include "harness/refuse.h"

static const WireKind kinds[] = {
    {"INFO", WIRE_ALWAYS, "process", "process id, uptime, memory, sockets, and what the harness itself has asked"},
    {"CLIENT|LIST", WIRE_ALWAYS, "process",
     "addresses, sockets and buffers of connections; the harness's own is listed too"},
    {"CLIENT|INFO", WIRE_ALWAYS, "process", "address, socket and buffers of a connection"},
    {"COMMANDLOG", WIRE_ALWAYS, "process", "how long commands took by the real clock, and addresses of clients"},
    {"SLOWLOG", WIRE_ALWAYS, "process", "how long commands took by the real clock, and addresses of clients"},
    {"LATENCY", WIRE_ALWAYS, "process", "how long things took by the real clock"},
    {"LASTSAVE", WIRE_ALWAYS, "process", "the time of the start, by the real clock"},
    {"LOLWUT", WIRE_ALWAYS, "process", "the version's own picture"},
    {"CONFIG|GET", WIRE_ALWAYS, "process", "sockets, folders, logs"},
    {"MEMORY", WIRE_ALWAYS, "memory", "the allocator decides how big blocks are"},
    {"DEBUG|OBJECT", WIRE_ALWAYS, "memory", "an address"},
    {"DEBUG|SDSLEN", WIRE_ALWAYS, "memory", "the allocator decides how big blocks are"},
    {"DEBUG|HTSTATS", WIRE_ALWAYS, "memory", "sizes of tables"},
    {"CLUSTER", WIRE_ALWAYS, "process", "the node's name and port"},
    {"MONITOR", WIRE_ALWAYS, "process", "addresses of clients"},
    {"TIME", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"TTL", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"PTTL", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"EXPIRETIME", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"PEXPIRETIME", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"HTTL", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"HPTTL", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"HEXPIRETIME", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"HPEXPIRETIME", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"OBJECT", WIRE_REAL_TIME, "clock", "the time, by the real clock"},
    {"EXPIREAT", WIRE_REAL_TIME, "clock", "a time that is past by the real clock"},
    {"PEXPIREAT", WIRE_REAL_TIME, "clock", "a time that is past by the real clock"},
    {"HEXPIREAT", WIRE_REAL_TIME, "clock", "a time that is past by the real clock"},
    {"HPEXPIREAT", WIRE_REAL_TIME, "clock", "a time that is past by the real clock"},
    {"XADD", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XINFO", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XPENDING", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XREAD", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XREADGROUP", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XRANGE", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XREVRANGE", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XCLAIM", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"XAUTOCLAIM", WIRE_REAL_TIME, "clock", "IDs and idle times by the real clock"},
    {"HGETALL", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"HKEYS", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"HVALS", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"HSCAN", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SSCAN", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"ZSCAN", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SCAN", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SMEMBERS", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SINTER", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SUNION", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SDIFF", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"KEYS", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SORT", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SORT_RO", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"FUNCTION|LIST", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"FUNCTION|DUMP", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"PUBSUB", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"UNSUBSCRIBE", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"PUNSUBSCRIBE", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SUNSUBSCRIBE", WIRE_ORDER, "order", "the order in a hash table: its seed, or what has expired first"},
    {"SPOP", WIRE_REAL_TIME, "random", "chosen in a hash table: its seed, or what has expired first"},
    {"SRANDMEMBER", WIRE_RANDOM, "random", "chosen in a hash table: its seed, or what has expired first"},
    {"HRANDFIELD", WIRE_RANDOM, "random", "chosen in a hash table: its seed, or what has expired first"},
    {"ZRANDMEMBER", WIRE_RANDOM, "random", "chosen in a hash table: its seed, or what has expired first"},
    {"RANDOMKEY", WIRE_RANDOM, "random", "chosen in a hash table: its seed, or what has expired first"},
    {"EVAL", WIRE_REAL_TIME, "script", "whatever the script asks for"},
    {"EVAL_RO", WIRE_REAL_TIME, "script", "whatever the script asks for"},
    {"EVALSHA", WIRE_REAL_TIME, "script", "whatever the script asks for"},
    {"EVALSHA_RO", WIRE_REAL_TIME, "script", "whatever the script asks for"},
    {"FCALL", WIRE_REAL_TIME, "script", "whatever the script asks for"},
    {"FCALL_RO", WIRE_REAL_TIME, "script", "whatever the script asks for"},
    {"HELLO", WIRE_REAL_TIME, "process", "numbers of clients, which go on from stream to stream"},
    {"CLIENT", WIRE_REAL_TIME, "process", "numbers of clients, which go on from stream to stream"},
};

static const WireKind monitor = {"MONITOR", WIRE_ALWAYS, "process", "addresses of clients"};
static const WireKind timed = {"", WIRE_REAL_TIME, "clock", "something may have expired by the real clock"};
static const WireKind follows = {"", WIRE_REAL_TIME, "follows", "may follow from an earlier difference in the list"};

static bool names(const char *name, const Argv *argv) {
    const char *bar = strchr(name, '|');
    if (!bar) return argv->count > 0 && strcasecmp(name, argv->items[0].data) == 0;
    return argv->count > 1 && strlen(argv->items[0].data) == (size_t)(bar - name) &&
           strncasecmp(name, argv->items[0].data, (size_t)(bar - name)) == 0 &&
           strcasecmp(bar + 1, argv->items[1].data) == 0;
}

const WireKind *wire_kind(const Argv *argv) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (names(kinds[i].command, argv)) return &kinds[i];
    }
    return NULL;
}

const WireKind *wire_kind_of_monitor(void) {
    return &monitor;
}

const WireKind *wire_kind_of_time(void) {
    return &timed;
}

const WireKind *wire_kind_of_consequence(void) {
    return &follows;
}

bool wire_sets_time(const Step *step) {
    static const char *const words[] = {"EX", "PX", "EXAT", "PXAT", "BLOCK", "SETEX", "PSETEX", "RESTORE"};
    static Argv argv;
    if (step->kind == STEP_VERB) return step->verb == VERB_CLOCK || step->verb == VERB_CRON;
    step_expand(step, &argv);
    if (argv.count && strcasestr(argv.items[0].data, "expire")) return true;
    for (int i = 0; i < argv.count; i++) {
        for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++) {
            if (strcasecmp(argv.items[i].data, words[j]) == 0) return true;
        }
    }
    return false;
}

/* --- what is left out --------------------------------------------------------------------------------------- */

static bool pauses_all(const Argv *argv) {
    if (!names("CLIENT|PAUSE", argv)) return false;
    return argv->count < 4 || strcasecmp(argv->items[3].data, "WRITE") != 0;
}

/* Its answer is for whoever comes next. */
static bool outlasts(const Argv *argv) {
    return names("ACL|SETUSER", argv) || names("ACL|DELUSER", argv);
}

static const char *command_left_out(const Step *step, bool ours) {
    static Argv argv;
    step_expand(step, &argv);
    const char *refused = refuse_words(&argv);
    if (refused) return refused;
    if (pauses_all(&argv)) return "the harness's own connection would be paused as well";
    if (!ours && outlasts(&argv)) return "it would outlast the stream";
    return NULL;
}

const char *wire_left_out(const Step *step, bool ours) {
    if (step->kind == STEP_COMMAND) return command_left_out(step, ours);
    if (step->verb == VERB_JOBS) return "background jobs of a real server are threads that nobody holds";
    if (step->verb == VERB_CANARY) return "canaries live in this process only";
    return NULL;
}
