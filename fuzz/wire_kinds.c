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
};

static const WireKind monitor = {"MONITOR", false, "process", "addresses of clients"};

static bool names(const char *name, const Argv *argv) {
    const char *bar = strchr(name, '|');
    if (!bar) return argv->count > 0 && strcasecmp(name, argv->items[0].data) == 0;
    return argv->count > 1 && strlen(argv->items[0].data) == (size_t)(bar - name) &&
           strncasecmp(name, argv->items[0].data, (size_t)(bar - name)) == 0 &&
           strcasecmp(bar + 1, argv->items[1].data) == 0;
}

const WireKind *wire_kind(const Argv *argv, bool stepped) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((!kinds[i].real_time || !stepped) && names(kinds[i].command, argv)) return &kinds[i];
    }
    return NULL;
}

const WireKind *wire_kind_of_monitor(void) {
    return &monitor;
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
