/* SPDX-License-Identifier: BSD-3-Clause */
/* live.c -- defrag-fuzz live: keeps a real server under generated load, and records the commands in
 * case it dies. */
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
        {"--server", "WHERE", "HOST:PORT, unix:PATH, or spawn:PATH-OF-valkey-server to start one (required)",
         OPTION_TEXT, &where, 0, 0},
        {"--seconds", "N", "duration in seconds (60)", OPTION_NUMBER, &live.seconds, 1, 10000000},
        {"--clients", "N", "number of connections (4)", OPTION_NUMBER, &live.clients, 1, LIVE_MAX_CLIENTS},
        {"--pipeline", "N", "the most unanswered commands of a connection (16)", OPTION_NUMBER, &live.pipeline, 1,
         10000},
        {"--seed", "N", "seed of the random load (1)", OPTION_NUMBER, &live.seed, 0, INT64_MAX},
        {"--record", "FILE", "the file for the stream of a finding (live.stream)", OPTION_TEXT, &live.record, 0, 0},
        {"--answer", "N", "seconds without an answer after which the server counts as hung (20)", OPTION_NUMBER,
         &answer_seconds, 1, 86400},
        {0}};
    const OptionTable table = {
        .name = "live",
        .usage = "",
        .text = "Keeps a real, patched server under generated load, with its defrag always running. The server is\n"
                "EMPTIED (FLUSHALL) in every round. When it dies or hangs, or when DEBUG DEFRAG VERIFY fails, the\n"
                "last one to two thousand steps are written as a stream for replay and replay --server.\n"
                "\n"
                "environment: DEFRAG_FUZZ_PASSWORD is the server's password, if it requires one\n"
                "\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage, or a server that cannot be used\n",
        .example = "defrag-fuzz live --server unix:/run/valkey/test.sock --seconds 600 --clients 8",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.count + rest.nrest) return option_complain("live takes no arguments; see defrag-fuzz live --help");
    if (!where) return option_complain("live: --server WHERE is missing");
    return run(where, &live, (unsigned)answer_seconds);
}
