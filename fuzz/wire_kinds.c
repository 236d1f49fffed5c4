/* wire_kinds.c -- why replies may differ; see wire_kinds.h. */
#include "fuzz/wire_kinds.h"

#include <string.h>
#include <strings.h>

#include "harness/refuse.h"

static const WireKind kinds[] = {
    {"INFO", false, "process", "process id, uptime, memory, sockets, and what the harness itself has asked"},
    {"CLIENT|LIST", false, "process", "addresses, sockets and buffers of connections; the harness's own is listed too"},
    {"CLIENT|INFO", false, "process", "address, socket and buffers of a connection"},
    {"COMMANDLOG", false, "process", "how long commands took by the real clock, and addresses of clients"},
    {"SLOWLOG", false, "process", "how long commands took by the real clock, and addresses of clients"},
    {"LATENCY", false, "process", "how long things took by the real clock"},
    {"LASTSAVE", false, "process", "the time of the start, by the real clock"},
    {"LOLWUT", false, "process", "the version's own picture"},
    {"CONFIG|GET", false, "process", "sockets, folders, logs"},
    {"MEMORY", false, "memory", "the allocator decides how big blocks are"},
    {"DEBUG|OBJECT", false, "memory", "an address"},
    {"DEBUG|SDSLEN", false, "memory", "the allocator decides how big blocks are"},
    {"DEBUG|HTSTATS", false, "memory", "sizes of tables"},
    {"CLUSTER", false, "process", "the node's name and port"},
    {"MONITOR", false, "process", "addresses of clients"},
    {"TIME", true, "clock", "the time, by the real clock"},
    {"TTL", true, "clock", "the time, by the real clock"},
    {"PTTL", true, "clock", "the time, by the real clock"},
    {"EXPIRETIME", true, "clock", "the time, by the real clock"},
    {"PEXPIRETIME", true, "clock", "the time, by the real clock"},
    {"HTTL", true, "clock", "the time, by the real clock"},
    {"HPTTL", true, "clock", "the time, by the real clock"},
    {"HEXPIRETIME", true, "clock", "the time, by the real clock"},
    {"HPEXPIRETIME", true, "clock", "the time, by the real clock"},
    {"OBJECT", true, "clock", "the time, by the real clock"},
    {"EXPIREAT", true, "clock", "a time that is past by the real clock"},
    {"PEXPIREAT", true, "clock", "a time that is past by the real clock"},
    {"HEXPIREAT", true, "clock", "a time that is past by the real clock"},
    {"HPEXPIREAT", true, "clock", "a time that is past by the real clock"},
    {"XADD", true, "clock", "IDs and idle times by the real clock"},
    {"XINFO", true, "clock", "IDs and idle times by the real clock"},
    {"XPENDING", true, "clock", "IDs and idle times by the real clock"},
    {"XREAD", true, "clock", "IDs and idle times by the real clock"},
    {"XREADGROUP", true, "clock", "IDs and idle times by the real clock"},
    {"XRANGE", true, "clock", "IDs and idle times by the real clock"},
    {"XREVRANGE", true, "clock", "IDs and idle times by the real clock"},
    {"XCLAIM", true, "clock", "IDs and idle times by the real clock"},
    {"XAUTOCLAIM", true, "clock", "IDs and idle times by the real clock"},
    {"HGETALL", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"HKEYS", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"HVALS", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"HSCAN", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SSCAN", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"ZSCAN", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SCAN", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SMEMBERS", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SINTER", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SUNION", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SDIFF", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"KEYS", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SORT", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SORT_RO", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"FUNCTION|LIST", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"FUNCTION|DUMP", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"PUBSUB", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"UNSUBSCRIBE", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"PUNSUBSCRIBE", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SUNSUBSCRIBE", true, "order", "the order in hash tables, whose seed is the server's own"},
    {"SPOP", true, "random", "chosen in hash tables, whose seed is the server's own"},
    {"SRANDMEMBER", true, "random", "chosen in hash tables, whose seed is the server's own"},
    {"HRANDFIELD", true, "random", "chosen in hash tables, whose seed is the server's own"},
    {"ZRANDMEMBER", true, "random", "chosen in hash tables, whose seed is the server's own"},
    {"RANDOMKEY", true, "random", "chosen in hash tables, whose seed is the server's own"},
    {"EVAL", true, "script", "whatever the script asks for"},
    {"EVAL_RO", true, "script", "whatever the script asks for"},
    {"EVALSHA", true, "script", "whatever the script asks for"},
    {"EVALSHA_RO", true, "script", "whatever the script asks for"},
    {"FCALL", true, "script", "whatever the script asks for"},
    {"FCALL_RO", true, "script", "whatever the script asks for"},
    {"HELLO", true, "process", "numbers of clients, which go on from stream to stream"},
    {"CLIENT", true, "process", "numbers of clients, which go on from stream to stream"},
};

static const WireKind monitor = {"MONITOR", false, "process", "addresses of clients"};
static const WireKind timed = {"", true, "clock", "something may have expired by the real clock"};
static const WireKind follows = {"", true, "follows", "may follow from an earlier difference in the list"};

static bool names(const char *name, const Argv *argv) {
    const char *bar = strchr(name, '|');
    if (!bar) return argv->count > 0 && strcasecmp(name, argv->items[0].data) == 0;
    return argv->count > 1 && strlen(argv->items[0].data) == (size_t)(bar - name) &&
           strncasecmp(name, argv->items[0].data, (size_t)(bar - name)) == 0 &&
           strcasecmp(bar + 1, argv->items[1].data) == 0;
}

const WireKind *wire_kind(const Argv *argv, bool exact) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((!kinds[i].real_time || !exact) && names(kinds[i].command, argv)) return &kinds[i];
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
