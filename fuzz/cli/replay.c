/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.c -- defrag-fuzz replay: runs streams from files, each in a process of its own.
 *
 * A line for each stream is printed on stdout, its name before it runs and the result after that;
 * the report of a finding follows on stderr.
 *
 * With --server they are run on a real server as well, and compared (wire/replay.h). With --json
 * stdout has an object a stream, when it has run, and one with the totals (fuzz/cli/README.md).
 *
 * Limits: with --same-process the first finding ends the process. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/base/files.h"
#include "fuzz/base/isolate.h"
#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/cli/debugger.h"
#include "fuzz/cli/export.h"
#include "fuzz/wire/replay.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/oracles/canary.h"
#include "harness/oracles/table.h"
#include "harness/server/birth.h"

#define DEFAULT_SECONDS 20

/* The parsed command line. */
typedef struct {
    bool no_twin, same_process, list_canaries, gdb, script, tcl, json;
    const char *trace; /* NULL: none; "" or "full" */
    const char *expect, *heap, *server;
    int64_t at, seconds, until;
} Wanted;

/* The numbers of streams by result. */
typedef struct {
    int streams, findings, expected, timeouts, faults, skipped, unreadable;
    uint64_t commands, errors, cycles, moves, refused;
    uint64_t listed, left_out, other_moves; /* as in WireResult */
} Totals;

typedef struct {
    Wanted wanted;
    RunOptions run;
    IsolateOptions how;
    WireTarget target; /* with --server */
    Totals totals;
    double begun; /* stopwatch_seconds() at the start of the running stream */
} Replay;

/* The printed result of a stream. Members that are NULL are not printed. */
typedef struct {
    const char *word;        /* the result: "ok", "finding" ... */
    const char *signature;   /* of a finding, or of work that did not end */
    const char *joint, *why; /* why it was skipped, and the separator before that in the line */
    /* lines about the replies of a real server, or about refused commands */
    const char *notes;
    const RunReport *report;   /* the counts */
    const FindingFacts *facts; /* facts recorded by the child before its end */
} Verdict;

/* --- one stream */

/* Other lines come before a stream's result: a trace, or the server's state. */
static bool has_other_lines(const Replay *replay) {
    return replay->wanted.trace || replay->wanted.until;
}

static void begin_line(Replay *replay, const char *path) {
    bool alone = has_other_lines(replay);
    replay->begun = stopwatch_seconds();
    if (replay->wanted.json) return;
    printf("%s%s%s", alone ? "# " : "", path, alone ? "\n" : ": ");
    fflush(stdout);
}

static void end_line(const Replay *replay, const char *path, const Verdict *verdict) {
    if (has_other_lines(replay)) printf("# %s: ", path);
    fputs(verdict->word, stdout);
    if (verdict->signature) printf(" %s", verdict->signature);
    if (verdict->why) printf("%s%s", verdict->joint, verdict->why);
    printf("\n%s", verdict->notes ? verdict->notes : "");
    fflush(stdout);
}

static void json_facts(Json *json, const FindingFacts *facts) {
    if (facts->what[0]) json_text(json, "what", facts->what);
    if (facts->step) {
        json_count(json, "step", (uint64_t)facts->step);
        json_count(json, "steps", (uint64_t)facts->steps);
        json_text(json, "command", facts->command);
    }
    if (!facts->stack[0]) return;
    json_list(json, "stack");
    for (const char *p = facts->stack, *end; (end = strchr(p, '\n')); p = end + 1)
        json_bytes(json, NULL, p, (size_t)(end - p));
    json_close(json);
}

static void json_report(Json *json, const RunReport *report) {
    json_count(json, "commands", report->commands);
    json_count(json, "errors", report->errors);
    json_count(json, "cycles", report->cycles);
    json_count(json, "moves", report->moved);
    json_count(json, "refused", report->refused);
}

static void json_verdict(const Replay *replay, const char *path, const Verdict *verdict) {
    Json json = json_begin(stdout);
    json_text(&json, "type", "verdict");
    json_text(&json, "path", path);
    json_text(&json, "verdict", verdict->word);
    json_real(&json, "seconds", stopwatch_seconds() - replay->begun, 3);
    if (verdict->signature) json_text(&json, "signature", verdict->signature);
    if (verdict->why) json_text(&json, "why", verdict->why);
    if (verdict->notes) json_text(&json, "notes", verdict->notes);
    if (verdict->report) json_report(&json, verdict->report);
    if (verdict->facts) json_facts(&json, verdict->facts);
    json_end(&json);
}

static void print_verdict(const Replay *replay, const char *path, Verdict verdict) {
    if (replay->wanted.json)
        json_verdict(replay, path, &verdict);
    else
        end_line(replay, path, &verdict);
}

static void add_report(Totals *totals, const RunReport *report) {
    totals->commands += report->commands;
    totals->errors += report->errors;
    totals->cycles += report->cycles;
    totals->moves += report->moved;
    totals->refused += report->refused;
}

/* A line for each refused command that the report describes, and one for the others. */
static Text describe_refusals(const Replay *replay, const RunReport *report, const Stream *stream, const char *path) {
    Text out = {0};
    const char *margin = has_other_lines(replay) ? "#   " : "    ";
    uint64_t described = report->refused < RUN_REFUSALS ? report->refused : RUN_REFUSALS;
    for (uint64_t i = 0; i < described; i++) {
        const RunRefusal *refusal = &report->refusals[i];
        text_format(&out, "%s%s:%d: refused: %s %s\n", margin, path, stream->steps[refusal->step - 1].line,
                    refusal->command, refusal->reason);
    }
    if (report->refused > described)
        text_format(&out, "%sand %" PRIu64 " more refused\n", margin, report->refused - described);
    return out;
}

static void count_finding(Replay *replay, const char *signature) {
    replay->totals.findings++;
    if (replay->wanted.expect && strcmp(replay->wanted.expect, signature) == 0) replay->totals.expected++;
}

/* Counts the result of a stream and prints it. */
static void report_result(Replay *replay, const char *path, const Stream *stream, const Isolated *result) {
    Totals *totals = &replay->totals;
    Text refusals = describe_refusals(replay, &result->report, stream, path);
    Verdict verdict = {.notes = refusals.data, .report = &result->report, .facts = &result->facts};
    add_report(totals, &result->report);
    if (result->signature[0]) verdict.signature = result->signature;
    switch (result->status) {
    case EXIT_CLEAN:
        verdict.word = "ok";
        break;
    case EXIT_FINDING:
        count_finding(replay, result->signature);
        verdict.word = "finding";
        break;
    case EXIT_TIMEOUT:
        if (result->signature[0] && replay->wanted.expect)
            count_finding(replay, result->signature);
        else
            totals->timeouts++;
        verdict.word = result->report.exhausted && !result->signature[0] ? "out of memory" : "out of time";
        break;
    default:
        totals->faults++;
        verdict.word = "harness fault";
    }
    print_verdict(replay, path, verdict);
    text_free(&refusals);
    if (result->stderr_text.len) fwrite(result->stderr_text.data, 1, result->stderr_text.len, stderr);
}

static void run_here(const Replay *replay, const Stream *stream, Isolated *result) {
    *result = (Isolated){0};
    finding_deadline(replay->how.seconds);
    result->status = run_stream(stream, &replay->run, &result->report);
    finding_deadline(0);
}

/* Counts the result of a stream on a real server and prints it. */
static void report_wire_result(Replay *replay, const char *path, const WireResult *result) {
    Totals *totals = &replay->totals;
    totals->commands += result->commands;
    totals->errors += result->errors;
    totals->cycles += result->cycles;
    totals->moves += result->moved;
    totals->listed += (uint64_t)result->listed;
    totals->left_out += (uint64_t)result->left_out;
    totals->other_moves += result->other_moves;
    totals->streams -= result->skipped;
    totals->skipped += result->skipped;
    totals->faults += result->fault;
    Verdict verdict = {.word = result->fault ? "harness fault" : "ok"};
    if (result->notes.len && !result->skipped) verdict.notes = result->notes.data;
    if (result->signature[0]) {
        count_finding(replay, result->signature);
        verdict.word = "finding";
        verdict.signature = result->signature;
    } else if (result->skipped) {
        verdict = (Verdict){.word = "skipped", .joint = ": ", .why = result->notes.data};
    }
    print_verdict(replay, path, verdict);
    if (result->stderr_text.len) fwrite(result->stderr_text.data, 1, result->stderr_text.len, stderr);
}

static void replay_on_server(Replay *replay, const char *path, const Stream *stream) {
    WireResult result;
    wire_replay(&replay->target, stream, path, &result);
    report_wire_result(replay, path, &result);
    wire_result_free(&result);
}

static void print_skipped(const Replay *replay, const char *path, const Settings *settings) {
    Text why = {0};
    const char *lack = birth_lacks(settings);
    if (lack)
        text_format(&why, "this Valkey lacks %s", lack);
    else
        text_format(&why, "since %s", settings->since);
    print_verdict(replay, path, (Verdict){.word = "skipped", .joint = ", ", .why = why.data});
    text_free(&why);
}

static void replay_stream(Replay *replay, const char *path, const Stream *stream) {
    Isolated result;
    if (files_too_new(stream, birth_version()) || birth_lacks(&stream->settings)) {
        replay->totals.skipped++;
        print_skipped(replay, path, &stream->settings);
        return;
    }
    replay->totals.streams++;
    replay->run.file = path;
    if (replay->wanted.server) {
        replay_on_server(replay, path, stream);
        return;
    }
    if (replay->wanted.same_process)
        run_here(replay, stream, &result);
    else
        isolate_run(stream, &replay->run, &replay->how, &result);
    report_result(replay, path, stream, &result);
    text_free(&result.stderr_text);
}

static void replay_file(Replay *replay, const FilesItem *item) {
    Stream stream;
    begin_line(replay, item->path);
    if (files_read(item, &stream)) {
        replay_stream(replay, item->path, &stream);
        stream_free(&stream);
    } else {
        replay->totals.unreadable++;
        print_verdict(replay, item->path, (Verdict){.word = "unreadable"});
    }
}

/* --- all of them */

static void print_totals(const Totals *t) {
    Text refused = {0};
    if (t->refused) text_format(&refused, ", %" PRIu64 " command%s refused", t->refused, t->refused == 1 ? "" : "s");
    printf(
        "%d stream%s, %d finding%s, %d out of time or memory, %d harness fault%s, %d skipped, %d unreadable; %" PRIu64
        " commands (%.1f %% without an error reply), %" PRIu64 " cycles, %" PRIu64 " moves%s\n",
        t->streams, t->streams == 1 ? "" : "s", t->findings, t->findings == 1 ? "" : "s", t->timeouts, t->faults,
        t->faults == 1 ? "" : "s", t->skipped, t->unreadable, t->commands,
        t->commands ? 100.0 * (double)(t->commands - t->errors) / (double)t->commands : 0.0, t->cycles, t->moves,
        t->refused ? refused.data : "");
    text_free(&refused);
}

static void print_wire_totals(const Totals *t) {
    printf("on the server: %" PRIu64 " replies differ as expected, %" PRIu64 " steps left out, in %" PRIu64
           " steps defrag moved another number of blocks than in process\n",
           t->listed, t->left_out, t->other_moves);
}

static void json_totals(const Totals *t, bool server) {
    Json json = json_begin(stdout);
    json_text(&json, "type", "totals");
    json_count(&json, "streams", (uint64_t)t->streams);
    json_count(&json, "findings", (uint64_t)t->findings);
    json_count(&json, "timeouts", (uint64_t)t->timeouts);
    json_count(&json, "faults", (uint64_t)t->faults);
    json_count(&json, "skipped", (uint64_t)t->skipped);
    json_count(&json, "unreadable", (uint64_t)t->unreadable);
    json_count(&json, "commands", t->commands);
    json_count(&json, "errors", t->errors);
    json_count(&json, "cycles", t->cycles);
    json_count(&json, "moves", t->moves);
    json_count(&json, "refused", t->refused);
    if (server) {
        json_count(&json, "listed", t->listed);
        json_count(&json, "left_out", t->left_out);
        json_count(&json, "other_moves", t->other_moves);
    }
    json_end(&json);
}

static void report_totals(const Replay *replay) {
    bool server = replay->wanted.server;
    if (replay->wanted.json) {
        json_totals(&replay->totals, server);
        return;
    }
    print_totals(&replay->totals);
    if (server) print_wire_totals(&replay->totals);
}

/* With --expect, returns 1 only when every stream failed as expected. */
static int status_of(const Replay *replay) {
    const Totals *t = &replay->totals;
    if (t->faults) return EXIT_HARNESS;
    if (t->unreadable) return EXIT_USAGE;
    if (replay->wanted.expect && t->expected < t->findings) return EXIT_MISMATCH;
    if (t->findings && !replay->wanted.expect) return EXIT_FINDING;
    if (t->timeouts) return EXIT_TIMEOUT;
    return t->findings && t->findings == t->streams ? EXIT_FINDING : EXIT_CLEAN;
}

static const char *start(Replay *replay) {
    const Wanted *wanted = &replay->wanted;
    replay->run = (RunOptions){.oracles = wanted->no_twin ? oracles_single_run(oracles_all()) : oracles_all(),
                               .trace = wanted->trace ? stdout : NULL,
                               .whole = wanted->trace && *wanted->trace,
                               .until = (int)wanted->until,
                               .state = stdout};
    replay->how =
        (IsolateOptions){.heap = wanted->heap, .at = (uintptr_t)wanted->at, .seconds = (unsigned)wanted->seconds};
    return wanted->same_process ? run_init(wanted->heap, (uintptr_t)wanted->at) : isolate_init(&replay->how);
}

static int replay_files(Replay *replay, OptionRest *rest) {
    Files files, more;
    replay->totals.unreadable += !files_collect(rest->arguments, rest->count, &files);
    replay->totals.unreadable += !files_collect(rest->rest, rest->nrest, &more);
    const char *why = files.count + more.count ? start(replay) : NULL;
    if (why) return option_complain("%s", why);
    if (replay->wanted.trace) {
        setvbuf(stdout, NULL, _IOLBF, 0); /* so that lines are printed before a stream hangs */
        fputs(run_trace_legend(replay->run.whole), stdout);
    }
    for (int i = 0; i < files.count; i++) replay_file(replay, &files.items[i]);
    for (int i = 0; i < more.count; i++) replay_file(replay, &more.items[i]);
    report_totals(replay);
    files_free(&files);
    files_free(&more);
    return status_of(replay);
}

/* --- the command line */

static int list_canaries(void) {
    for (const CanaryRow *row = canary_rows(); row->name; row++) printf("%s\t%s\n", row->name, row->expects);
    return EXIT_CLEAN;
}

/* Prints or debugs a stream instead of running it. */
static int export_stream(const Wanted *wanted, const OptionRest *rest) {
    if (rest->count + rest->nrest != 1) return option_complain("replay: --gdb, --script and --tcl take one FILE");
    const char *path = rest->count ? rest->arguments[0] : rest->rest[0];
    if (wanted->gdb) return debugger_run(path);
    Stream stream;
    StreamError error;
    if (!stream_read(path, STREAM_LENIENT, &stream, &error)) return option_complain("%s: %s", path, error.what);
    (wanted->tcl ? script_write_tcl : script_write_cli)(&stream, path, stdout);
    stream_free(&stream);
    return EXIT_CLEAN;
}

/* Finds the server of --server. Returns false, after reporting the error, when it cannot be
 * used. */
static bool reach_server(Replay *replay) {
    const Wanted *wanted = &replay->wanted;
    return wire_target_read(wanted->server, true, (unsigned)wanted->seconds, &replay->target) &&
           wire_target_check(&replay->target, birth_version());
}

static int check_usage(const Wanted *wanted, const OptionRest *rest) {
    bool asan = strcmp(wanted->heap, "asan") == 0;
    if (rest->count + rest->nrest == 0)
        return option_complain("replay: FILE or DIR is missing; see defrag-fuzz replay --help");
    if (!asan && strcmp(wanted->heap, "arena") != 0)
        return option_complain("--heap: '%s' is neither arena nor asan", wanted->heap);
    if (asan && wanted->same_process)
        return option_complain("--same-process needs --heap=arena: the asan heap is usable for one stream only");
    if (wanted->gdb + wanted->script + wanted->tcl > 1)
        return option_complain("replay: --gdb, --script and --tcl cannot be combined");
    if (asan && wanted->at) return option_complain("--arena-at needs --heap=arena");
    if (wanted->expect && wanted->same_process)
        return option_complain("--expect cannot be combined with --same-process: a finding ends the process");
    if (wanted->server && (wanted->same_process || asan || wanted->trace || wanted->until || wanted->gdb ||
                           wanted->script || wanted->tcl))
        return option_complain("--server can be combined with --expect, --seconds and --json only");
    if (wanted->json &&
        (wanted->same_process || wanted->trace || wanted->until || wanted->gdb || wanted->script || wanted->tcl))
        return option_complain(
            "--json can be combined with --expect, --seconds, --no-twin, --heap, --arena-at and --server only");
    return OPTION_CONTINUE;
}

int cmd_replay(int argc, char **argv) {
    Replay replay = {.wanted = {.heap = "arena", .seconds = DEFAULT_SECONDS}};
    Wanted *wanted = &replay.wanted;
    const Option options[] = {
        {"--trace", "full",
         "print a line for each step, after lines that explain the columns; full: with complete replies",
         OPTION_FLAG_WORD, &wanted->trace, 0, 0},
        {"--expect", "SIGNATURE",
         "exit with 1 if every stream fails with this signature, 5 if one fails with another, 0 if one passes",
         OPTION_TEXT, &wanted->expect, 0, 0},
        {"--until", "STEP", "stop before this step, counted from 1, and print the state of the server", OPTION_NUMBER,
         &wanted->until, 1, STREAM_MAX_STEPS},
        {"--seconds", "N", "time limit of each stream, in seconds of real time; 0: none (20)", OPTION_NUMBER,
         &wanted->seconds, 0, 86400},
        {"--json", NULL, "print JSON, an object a line: each stream's verdict, then the totals", OPTION_FLAG,
         &wanted->json, 0, 0},
        {"--no-twin", NULL,
         "do not compare with further runs of each stream: without moves, with another reuse=, other limits, the "
         "other protocol, saved and loaded, in transactions",
         OPTION_FLAG, &wanted->no_twin, 0, 0},
        {"--heap", "arena|asan", "asan: use the sanitizer's own heap, for reports with full stacks (arena)",
         OPTION_TEXT, &wanted->heap, 0, 0},
        {"--arena-at", "ADDRESS", "place the arena at this address, such as 0x300000000000 (always the same)",
         OPTION_NUMBER, &wanted->at, 4096, INT64_MAX},
        {"--same-process", NULL, "run all streams in this process; the first finding ends it", OPTION_FLAG,
         &wanted->same_process, 0, 0},
        {"--gdb", NULL, "run one stream in gdb, stopped at the failing step", OPTION_FLAG, &wanted->gdb, 0, 0},
        {"--script", NULL, "only print the stream as commands for valkey-cli", OPTION_FLAG, &wanted->script, 0, 0},
        {"--tcl", NULL, "only print the stream as a test for Valkey's own test suite", OPTION_FLAG, &wanted->tcl, 0, 0},
        {"--server", "WHERE",
         "also run each stream on a real, patched server and compare all replies: HOST:PORT, unix:PATH, or "
         "spawn:PATH-OF-valkey-server to start a server for each stream; a running server is emptied (FLUSHALL) before "
         "and after each stream",
         OPTION_TEXT, &wanted->server, 0, 0},
        {"--list-canaries", NULL,
         "list the arguments of '!canary' and the signature or exit status that each must cause", OPTION_FLAG,
         &wanted->list_canaries, 0, 0},
        {0}};
    const OptionTable table = {
        .name = "replay",
        .usage = "FILE|DIR...",
        .text = "Runs streams, each in a process of its own, so that one finding does not hide the next. A folder\n"
                "is searched for *.stream files. Prints each path, then its result.\n"
                "\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage or unreadable input, 3 a fault of the\n"
                "harness, 4 out of time or memory, 5 a finding with another signature than that of --expect\n",
        .example = "defrag-fuzz replay --trace corpus/seeds/list-quicklist.stream",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (wanted->list_canaries) return list_canaries();
    status = check_usage(wanted, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (wanted->gdb || wanted->script || wanted->tcl) return export_stream(wanted, &rest);
    if (wanted->server && !reach_server(&replay)) return EXIT_USAGE;
    status = replay_files(&replay, &rest);
    wire_target_free(&replay.target);
    return status;
}
