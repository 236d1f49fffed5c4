/* SPDX-License-Identifier: BSD-3-Clause */
/* live.c -- defrag-fuzz live: a real server under generated load, with what was sent kept for the
 * case that it dies. */
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/wire/live.h"
#include "harness/finding/finding.h"
#include "harness/run/run.h"
#include "harness/server/birth.h"

#define DEFAULT_ANSWER_SECONDS 20

static int run(const char *where, const LiveOptions *options, unsigned answer_seconds) {
    WireTarget target;
    const char *why = run_born();
    if (why) return option_complain("%s", why);
    if (!wire_target_read(where, false, answer_seconds, &target) || !wire_target_check(&target, birth_version()))
        return EXIT_USAGE;
    int status = live_run(&target, options);
    wire_target_free(&target);
    return status;
}

int cmd_live(int argc, char **argv) {
    const char *where = NULL;
    int64_t answer_seconds = DEFAULT_ANSWER_SECONDS;
    LiveOptions live = {.seconds = 60, .clients = 4, .pipeline = 16, .seed = 1, .record = "live.stream"};
    const Option options[] = {
        {"--server", "WHERE", "HOST:PORT, unix:PATH, or spawn:PATH-OF-valkey-server to start one; must be given",
         OPTION_TEXT, &where, 0, 0},
        {"--seconds", "N", "how long (60)", OPTION_NUMBER, &live.seconds, 1, 10000000},
        {"--clients", "N", "connections (4)", OPTION_NUMBER, &live.clients, 1, LIVE_MAX_CLIENTS},
        {"--pipeline", "N", "commands that a connection may be waiting for (16)", OPTION_NUMBER, &live.pipeline, 1,
         10000},
        {"--seed", "N", "of the load (1)", OPTION_NUMBER, &live.seed, 0, INT64_MAX},
        {"--record", "FILE", "where the stream of a finding goes (live.stream)", OPTION_TEXT, &live.record, 0, 0},
        {"--answer", "N", "seconds that the server may take for an answer before it is said to hang (20)",
         OPTION_NUMBER, &answer_seconds, 1, 86400},
        {0}};
    const OptionTable table = {
        .name = "live",
        .usage = "",
        .text = "Keeps a real, patched server under generated load, with its defrag at work all the time. The server "
                "is EMPTIED, again and\n"
                "again. When it dies, hangs, or DEBUG DEFRAG VERIFY is not content, the last one to two thousand steps "
                "are written as a\n"
                "stream, which replay --server and replay can run. The password, if it wants one, is "
                "$DEFRAG_FUZZ_PASSWORD.\n\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage, or a server that cannot be used\n",
        .example = "defrag-fuzz live --server unix:/run/valkey/test.sock --seconds 600 --clients 8",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_GO_ON) return status;
    if (rest.count + rest.nrest) return option_complain("live takes no argument; see defrag-fuzz live --help");
    if (!where) return option_complain("live: which server? Give --server WHERE");
    return run(where, &live, (unsigned)answer_seconds);
}
