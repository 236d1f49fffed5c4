/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.c -- runs a stream on a real server and compares the replies with those of a run in this
 * process; see replay.h.
 *
 * In process, the replies of a step are those that clients have after one iteration of the server's
 * event loop. For a real server, this point is found by a command on the harness's own connection,
 * which is answered after everything that arrived before it. Because a long request takes several
 * iterations, the kernel is also asked whether the server has read everything; then replies that
 * were sent in process are waited for briefly.
 *
 * The order within a step is that of harness/run/run.c: the command; due timers; the clock
 * advances; memory moves; structures are checked.
 *
 * Limits: over TCP the kernel does not know what the server has read, so a step whose client gets
 * no reply may not have ended when the next one begins. */
#include "fuzz/wire/replay.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/base/isolate.h"
#include "fuzz/wire/expected_differences.h"
#include "fuzz/wire/reply.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/banner.h"
#include "harness/finding/finding.h"
#include "harness/run/replies.h"
#include "harness/world/clock.h"

#define PATIENCE_MS 1000 /* for replies that were sent in process */
#define MAX_TURNS 1000   /* of the server's event loop, for one request */
#define LOG_LINES 40
#define WIDTH 160 /* of a step's text, in bytes */
#define SHOWN 400 /* of a reply, in bytes */

/* The run of a stream. */
typedef struct {
    WireTarget *target;
    WireSession session;
    WireState state;
    const Stream *stream; /* without the steps that are left out */
    const int *numbers;   /* the numbers of its steps in the file */
    const Replies *here;  /* the replies in process, up to its end */
    const char *file;
    int at;
    const WireDifference *expected;                   /* why this step's replies may differ */
    const WireDifference *queued[STREAM_MAX_CLIENTS]; /* the same for the client's transaction */
    bool monitors[STREAM_MAX_CLIENTS];
    bool given_up;  /* the stream has locked out the harness */
    bool timed;     /* a step has set something that expires */
    uint64_t moved; /* blocks moved in this step */
    Text reply;     /* to a command of the harness */
    WireResult *out;
} ServerRun;

#define ASK(run, ...) (((run)->state = wire_ask((run)->session.wire, &(run)->reply, __VA_ARGS__, NULL)) == WIRE_OK)

static bool over(const ServerRun *run) {
    return run->state != WIRE_OK || run->out->signature[0] || run->given_up;
}

static bool refused(const ServerRun *run) {
    return run->reply.len && run->reply.data[0] == '-';
}

/* --- findings */

/* Adds a line about something that is not a finding. */
static void note(ServerRun *run, const char *label, const char *reason) {
    Text text = step_summary(&run->stream->steps[run->at], WIDTH / 2);
    text_format(&run->out->notes, "  step %d: %s: %s: %s\n", run->numbers[run->at], text.data, label, reason);
    text_free(&text);
}

/* Writes the banner of a finding. `what` may have several lines; the first one follows "what:". */
static void report(ServerRun *run, const char *signature, const char *what) {
    Text *text = &run->out->stderr_text;
    if (run->out->signature[0]) return;
    snprintf(run->out->signature, sizeof(run->out->signature), "%s", signature);
    banner_begin(text, signature, run->target->where, what);
    banner_last_steps(text, run->stream, run->at, run->numbers);
    banner_settings(text, &run->stream->settings);
    banner_file(text, run->file);
    text_format(text, "replay:     defrag-fuzz replay --server %s --expect '%s' %s\n", run->target->where, signature,
                run->file);
    banner_end(text, signature);
}

/* The name of the step in signatures: "GET", "!clock". */
static void name_step(const Step *step, char *name, size_t room) {
    Text text = step_summary(step, WIDTH);
    const char *word = step->kind == STEP_COMMAND && step->client ? strchr(text.data, ' ') + 1 : text.data;
    size_t n = 0;
    for (; n + 1 < room && word[n] && (isalnum((unsigned char)word[n]) || strchr("!._-", word[n])); n++)
        name[n] = step->kind == STEP_COMMAND ? (char)toupper((unsigned char)word[n]) : word[n];
    name[n] = '\0';
    if (!n) snprintf(name, room, "?");
    text_free(&text);
}

static void report_difference(ServerRun *run, int client, Text here, Text there) {
    char name[48], signature[96];
    Text what = {0};
    name_step(&run->stream->steps[run->at], name, sizeof(name));
    snprintf(signature, sizeof(signature), "wire:reply:%s", name);
    text_format(&what, "client %d received other replies than in process\n  in process: ", client);
    wire_reply_describe(&what, here, SHOWN);
    text_format(&what, "\n  server:     ");
    wire_reply_describe(&what, there, SHOWN);
    report(run, signature, what.data);
    text_free(&what);
}

/* Reports that the server has refused a command that the harness needs. If the stream has revoked
 * the permission for it, that is not a finding. */
static void report_refusal(ServerRun *run, const char *signature, const char *what) {
    Text text = {0};
    if (strncmp(run->reply.data, "-NOPERM", 7) == 0 || strncmp(run->reply.data, "-NOAUTH", 7) == 0) {
        run->given_up = true;
        note(run, "given up", "the harness lacks the permission to continue");
        return;
    }
    text_format(&text, "%s: ", what);
    wire_reply_describe(&text, run->reply, SHOWN);
    report(run, signature, text.data);
    text_free(&text);
}

/* --- waiting for the server */

/* Returns when the server has handled everything that arrived before. */
static bool turn(ServerRun *run) {
    return ASK(run, "DEBUG", "DEFRAG", "HINT");
}

static void wait_until_read(ServerRun *run, int client) {
    turn(run);
    for (int i = 0; i < MAX_TURNS && run->state == WIRE_OK && wire_unread(run->session.wire, client); i++) turn(run);
}

/* The replies that the client received in process; empty when unknown. */
static Text local_replies(const ServerRun *run, int client) {
    return run->at < run->here->count ? run->here->steps[run->at].sent[client] : (Text){0};
}

static bool lacks_replies(const ServerRun *run, int client) {
    Text here = local_replies(run, client), there = wire_received(run->session.wire, client);
    if (!here.len || text_equal(here, there) || !wire_is_open(run->session.wire, client)) return false;
    return wire_reply_count(there) < wire_reply_count(here);
}

static bool any_lacks_replies(const ServerRun *run) {
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) {
        if (lacks_replies(run, i)) return true;
    }
    return false;
}

static void wait_for_replies(ServerRun *run) {
    wire_pump(run->session.wire, 0);
    for (int64_t end = stopwatch_ms() + PATIENCE_MS; any_lacks_replies(run) && stopwatch_ms() < end;) {
        if (!turn(run)) return;
        wire_pump(run->session.wire, 1);
    }
}

/* --- time */

static void move_clock(ServerRun *run, int64_t us, bool later) {
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, us);
    bool asked =
        later ? ASK(run, "DEBUG", "DEFRAG", "CLOCK", text, "LATER") : ASK(run, "DEBUG", "DEFRAG", "CLOCK", text);
    if (asked && refused(run)) report_refusal(run, "wire:clock", "the clock cannot be moved");
}

static void sleep_instead(ServerRun *run, int64_t ms) {
    if (ms > WIRE_REPLAY_LONGEST_MS) {
        run->out->left_out++;
        note(run, "left out", "this server's clock cannot be moved, and the time is too long to wait for");
        return;
    }
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
    turn(run);
}

static void pass_time(ServerRun *run, int64_t ms) {
    if (run->session.clock)
        move_clock(run, ms * 1000, false);
    else
        sleep_instead(run, ms);
}

/* --- defrag */

static void verify(ServerRun *run) {
    char signature[200];
    if (over(run) || !ASK(run, "DEBUG", "DEFRAG", "VERIFY") || !refused(run)) return;
    if (sscanf(run->reply.data, "-SHAPE %199s", signature) != 1) snprintf(signature, sizeof(signature), "wire:verify");
    report_refusal(run, signature, "the server's structures are not well-formed");
}

/* Runs defrag; `how` is CYCLE, SLICE or FINISH. Nothing happens when active defrag is off, as in
 * process. */
static void defrag(ServerRun *run, const char *how, int64_t pointers) {
    char text[24];
    if (over(run)) return;
    snprintf(text, sizeof(text), "%" PRId64, pointers);
    if (!(pointers ? ASK(run, "DEBUG", "DEFRAG", how, text) : ASK(run, "DEBUG", "DEFRAG", how))) return;
    char moved[24];
    if (wire_reply_value(run->reply, 1, moved, sizeof(moved)))
        run->moved += strtoull(moved, NULL, 10);
    else if (!strstr(run->reply.data, "switched off"))
        report_refusal(run, "wire:defrag", "DEBUG DEFRAG is refused");
    run->out->cycles += strcmp(how, "CYCLE") == 0;
    verify(run);
}

static void defrag_after_command(ServerRun *run) {
    const Settings *settings = &run->stream->settings;
    if (settings->after == AFTER_CYCLE) defrag(run, "CYCLE", 0);
    if (settings->after == AFTER_SLICE) defrag(run, "SLICE", settings->after_pointers);
}

/* --- steps */

/* Finds the reason why this command's replies may differ; for EXEC, that of a command in the
 * transaction. */
static void find_expected(ServerRun *run, int client, const Argv *argv) {
    const WireDifference **queued = &run->queued[client];
    const char *name = argv->count ? argv->items[0].data : "";
    run->expected = wire_expected(argv);
    if (strcasecmp(name, "multi") == 0) *queued = NULL;
    if (run->expected && (!*queued || run->expected->when == WIRE_ALWAYS)) *queued = run->expected;
    if (strcasecmp(name, "exec") == 0 && !run->expected) run->expected = *queued;
    if (strcasecmp(name, "monitor") == 0) run->monitors[client] = true;
}

static void do_command(ServerRun *run, const Step *step) {
    static Argv argv; /* reused for every step */
    step_expand(step, &argv);
    find_expected(run, step->client, &argv);
    if (argv.count && (run->state = wire_send(run->session.wire, step->client, &argv)) != WIRE_OK) return;
    wait_until_read(run, step->client);
    if (lacks_replies(run, step->client)) wait_for_replies(run);
    if (run->session.clock && !over(run)) move_clock(run, CLOCK_COMMAND_US, true);
    defrag_after_command(run);
    run->out->commands++;
}

static void do_move(ServerRun *run, const Step *step) {
    const char *which = step_word(step, 0);
    if (strcasecmp(which, "every") == 0)
        ASK(run, "DEBUG", "DEFRAG", "HINT", "every", step_word(step, 1));
    else if (strcasecmp(which, "some") == 0 || strcasecmp(which, "only") == 0)
        ASK(run, "DEBUG", "DEFRAG", "HINT", which, step_word(step, 1), step_word(step, 2));
    else
        ASK(run, "DEBUG", "DEFRAG", "HINT", strcasecmp(which, "none") == 0 ? "never" : "always");
    if (!over(run) && refused(run)) report_refusal(run, "wire:hint", "the hint is refused");
}

static void do_busy(ServerRun *run, const Step *step) {
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, step_number(step, 0, 16));
    if (ASK(run, "DEBUG", "DEFRAG", "BUSY", text) && refused(run))
        report_refusal(run, "wire:busy", "DEBUG DEFRAG BUSY is refused");
}

static void do_reload(ServerRun *run) {
    if (!ASK(run, "DEBUG", "RELOAD")) return;
    if (refused(run)) report_refusal(run, "reload:failed", "the data set could not be saved and loaded back");
    if (run->session.clock && !over(run)) move_clock(run, 0, false);
}

static void do_close(ServerRun *run, int client) {
    if (!wire_is_open(run->session.wire, client)) return;
    wire_close(run->session.wire, client);
    run->monitors[client] = false;
    run->queued[client] = NULL;
    if (turn(run) && run->session.clock) move_clock(run, 0, false);
}

static void do_verb(ServerRun *run, const Step *step) {
    switch (step->verb) {
    case VERB_CYCLE:
        defrag(run, "CYCLE", step_number(step, 0, 0));
        break;
    case VERB_SLICE:
        defrag(run, "SLICE", step_number(step, 0, 1));
        break;
    case VERB_FINISH:
        defrag(run, "FINISH", step_number(step, 0, 0));
        break;
    case VERB_MOVE:
        do_move(run, step);
        break;
    case VERB_CLOCK:
        pass_time(run, step_number(step, 0, 0));
        break;
    case VERB_CRON:
        for (int64_t i = step_number(step, 0, 1); i > 0 && !over(run); i--) pass_time(run, 100);
        break;
    case VERB_BUSY:
        do_busy(run, step);
        break;
    case VERB_RELOAD:
        do_reload(run);
        break;
    case VERB_CLOSE:
        do_close(run, step->client);
        break;
    case VERB_CORK:
    case VERB_UNCORK:
    case VERB_MEANWHILE:
    case VERB_WINDOW:
    case VERB_JOBS:
    case VERB_REWRITE:
    case VERB_REFERENCES:
    case VERB_CANARY:
    case VERB_COUNT:
        break; /* left out by wire_left_out */
    }
}

/* Does the step's row apply to the replies of the client? */
static bool row_holds(const ServerRun *run, int client) {
    if (!run->expected) return false;
    if (run->expected->when == WIRE_ALWAYS || !run->session.spawned) return true;
    if (run->expected->when == WIRE_ORDER && run->timed)
        return wire_reply_same_values(local_replies(run, client), wire_received(run->session.wire, client));
    return run->expected->when == WIRE_RANDOM && run->timed;
}

/* The reason why the client's replies may differ, or NULL. */
static const WireDifference *reason_for(const ServerRun *run, int client) {
    if (run->monitors[client]) return wire_expected_monitor();
    if (row_holds(run, client)) return run->expected;
    if (run->session.spawned) return NULL;
    if (run->out->listed) return wire_expected_consequence();
    return run->timed ? wire_expected_time() : NULL;
}

static void compare_client(ServerRun *run, int client) {
    Text here = local_replies(run, client), there = wire_received(run->session.wire, client);
    if (text_equal(here, there)) return;
    const WireDifference *expected = reason_for(run, client);
    if (!expected) {
        report_difference(run, client, here, there);
        return;
    }
    run->out->listed++;
    note(run, expected->label, expected->reason);
}

static void compare(ServerRun *run) {
    if (run->at >= run->here->count) return;
    for (int i = 0; i < STREAM_MAX_CLIENTS && !over(run); i++) compare_client(run, i);
    run->out->other_moves += run->moved != run->here->steps[run->at].moved;
}

static void do_step(ServerRun *run) {
    const Step *step = &run->stream->steps[run->at];
    run->expected = NULL;
    run->moved = 0;
    run->timed |= wire_sets_time(step);
    if (step->kind == STEP_COMMAND)
        do_command(run, step);
    else
        do_verb(run, step);
    if (!over(run)) turn(run);
    if (!over(run)) wait_for_replies(run);
    if (over(run)) return;
    Text reply = wire_received(run->session.wire, step->client);
    run->out->errors += step->kind == STEP_COMMAND && reply.len && reply.data[0] == '-';
    run->out->moved += run->moved;
    compare(run);
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) wire_forget(run->session.wire, i);
}

/* --- the end */

static void describe_log(const ServerRun *run, Text log, Text *what) {
    if (!run->session.spawned) {
        text_format(what, "\nits log:    %s", run->target->log);
        return;
    }
    text_format(what, log.len ? "\nits log:\n" : "\nits log:    empty");
    wire_server_describe_log(what, log, LOG_LINES, "  | ");
    while (what->len && what->data[what->len - 1] == '\n') what->data[--what->len] = '\0';
}

static void report_end(ServerRun *run, Text log) {
    char signature[FINDING_SIGNATURE] = "wire:hung";
    Text what = {0};
    if (run->state == WIRE_HUNG)
        text_format(&what, "the server does not answer within %u s", run->target->seconds);
    else
        text_format(&what, "the server has ended");
    if (run->state != WIRE_HUNG) wire_server_signature(log, signature, sizeof(signature));
    describe_log(run, log, &what);
    report(run, signature, what.data);
    text_free(&what);
}

/* Ends the session, and a server that was started for it. */
static void end_session(ServerRun *run) {
    Text log = {0};
    bool well = wire_session_close(run->target, &run->session, run->state, &log);
    if (run->state != WIRE_OK || !well) report_end(run, log);
    text_free(&log);
}

static void run_on_server(ServerRun *run) {
    bool unfit;
    Text why = {0};
    if (wire_session_open(run->target, &run->stream->settings, &run->session, &unfit, &why)) {
        while (run->at < run->stream->nsteps) {
            do_step(run);
            if (over(run)) break;
            run->at++;
        }
        end_session(run);
    } else if (unfit) {
        run->out->skipped = true;
        text_format(&run->out->notes, "%s", why.data);
    } else {
        run->out->fault = true;
        text_format(&run->out->stderr_text, "defrag-fuzz: the server %s is not available: %s\n", run->target->where,
                    why.data);
    }
    text_free(&why);
    text_free(&run->reply);
}

/* --- the run in process */

/* Copies the stream without the steps that are left out. `numbers` has room for all steps. */
static void copy_kept_steps(const WireTarget *target, const Stream *stream, Stream *out, int *numbers,
                            WireResult *result) {
    stream_copy(out, stream);
    int kept = 0;
    for (int i = 0; i < stream->nsteps; i++) {
        const char *reason = wire_left_out(&stream->steps[i], target->program != NULL);
        if (!reason) {
            numbers[kept++] = i + 1;
            continue;
        }
        Text text = step_summary(&stream->steps[i], WIDTH / 2);
        text_format(&result->notes, "  step %d: %s: left out: %s\n", i + 1, text.data, reason);
        text_free(&text);
        stream_remove(out, kept);
        result->left_out++;
    }
}

static void run_here(const WireTarget *target, const Stream *stream, const char *file, Isolated *result,
                     Replies *replies) {
    FILE *record = fdopen(memfd_create("replies", MFD_CLOEXEC), "w+");
    if (!record) finding_harness("cannot create a file for replies");
    RunOptions run = {.skip_call_sites = true, .file = file, .replies = record};
    IsolateOptions how = {.heap = "arena", .seconds = target->seconds};
    isolate_run(stream, &run, &how, result);
    replies_read(record, replies);
    fclose(record);
}

/* Adds the result of the run in process if it failed; a finding of the server has priority. */
static void add_local_result(const Isolated *here, const Replies *replies, WireResult *out) {
    if (here->status == EXIT_CLEAN || out->signature[0] || out->fault || out->skipped) return;
    text_format(&out->notes, "  the run in process ended after %d steps; later replies were not compared\n",
                replies->count);
    if (here->status == EXIT_TIMEOUT) return;
    text_append(&out->stderr_text, here->stderr_text.data, here->stderr_text.len);
    out->fault = here->status == EXIT_HARNESS;
    if (!out->fault) snprintf(out->signature, sizeof(out->signature), "%s", here->signature);
}

void wire_replay(WireTarget *target, const Stream *stream, const char *file, WireResult *out) {
    Stream kept;
    Replies replies;
    Isolated here;
    *out = (WireResult){0};
    int *numbers = calloc((size_t)stream->nsteps + 1, sizeof(*numbers));
    if (!numbers) finding_harness("out of memory for a stream");
    copy_kept_steps(target, stream, &kept, numbers, out);
    run_here(target, &kept, file, &here, &replies);
    ServerRun run = {.target = target, .stream = &kept, .numbers = numbers, .here = &replies, .file = file, .out = out};
    run_on_server(&run);
    add_local_result(&here, &replies, out);
    text_free(&here.stderr_text);
    replies_free(&replies);
    stream_free(&kept);
    free(numbers);
}

void wire_result_free(WireResult *result) {
    text_free(&result->notes);
    text_free(&result->stderr_text);
}
