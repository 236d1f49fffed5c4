/* SPDX-License-Identifier: BSD-3-Clause */
/* run.c -- a stream is run; see run.h.
 *
 * The order of things in a step: the command is sent and the server's loop turns once; the clock
 * moves on; then memory moves, as the header's after= says, with the oracles before and after; then
 * the step's line goes into the trace. Verbs do just what they say.
 *
 * A stream runs once with moves. For the oracles that compare, it runs again: with moves in place,
 * with each other value of reuse=, with other limits, with the other protocol, saved and loaded
 * between any two steps, or in transactions (oracle.h, SecondRun). */
#include "harness/run/run.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "harness/base/stopwatch.h"
#include "harness/defrag/moves.h"
#include "harness/defrag/slice.h"
#include "harness/finding/finding.h"
#include "harness/oracles/canary.h"
#include "harness/oracles/likeness.h"
#include "harness/oracles/series.h"
#include "harness/oracles/table.h"
#include "harness/reach/pointers.h"
#include "harness/reach/reach.h"
#include "harness/reach/stretch.h"
#include "harness/run/batch.h"
#include "harness/run/inspect.h"
#include "harness/run/replies.h"
#include "harness/run/trace.h"
#include "harness/server/birth.h"
#include "harness/server/client.h"
#include "harness/server/executed.h"
#include "harness/server/command_filter.h"
#include "harness/server/references.h"
#include "harness/server/reload.h"
#include "harness/server/rewrite.h"
#include "harness/structures/hash.h"
#include "harness/structures/value.h"
#include "harness/world/clock.h"
#include "harness/world/describe.h"
#include "harness/world/heap.h"
#include "harness/world/jobs.h"
#include "harness/world/seams.h"
#include "harness/world/snapshot.h"

/* One run of one stream. */
typedef struct {
    const Stream *stream;
    const RunOptions *options;
    RunReport *report;
    OracleSet oracles; /* that are asked */
    SecondRun kind;    /* what differs in a further run, which an oracle compares with the first */
    int reuse_turn;    /* 0: reuse= is as in the stream; 1, 2: one of its other values */
    int limit;         /* steps to do */
    bool executed;     /* somebody asks which commands have run in a step */
    Batch batch;       /* the transaction under way, in a run for the oracle of that name */
    uint64_t hash;
    /* The step under way, or the last one that was done. */
    int at;            /* its index; -1: none yet */
    MovesCount before; /* moves before it */
    uint64_t commands; /* report->commands before it */
    bool counted;      /* its moves are in the report */
} Run;

static bool is_further(const Run *run) {
    return run->kind != SECOND_RUN_NONE;
}

static Run *under_way;     /* for record_end; NULL: no run, or its end is recorded */
static sigjmp_buf abandon; /* where abandon_exhausted goes */
static sigjmp_buf known;   /* where abandon_known goes */
static bool abandonable;   /* somebody waits there */

/* The server ends itself for want of memory: that is the stream's doing, and the stream is left
 * from within the server. */
static void abandon_exhausted(void) {
    if (heap_exhausted()) siglongjmp(abandon, 1);
}

/* What the step under way did so far. */
static TraceStep so_far(const Run *run) {
    MovesCount now = moves_count();
    return (TraceStep){.number = run->at + 1,
                       .step = &run->stream->steps[run->at],
                       .moved = now.moved - run->before.moved,
                       .released = now.released - run->before.released};
}

/* Adds a step that will not end to the report. */
static void count_broken_step(Run *run) {
    if (run->at < 0) return;
    TraceStep step = so_far(run);
    if (!run->counted) run->report->moved += step.moved;
    if (step.step->kind == STEP_COMMAND && run->report->commands == run->commands) run->report->commands++;
}

/* The process ends in the middle of a step: the report, which may lie in memory that a parent
 * shares, gets what the step did so far, and the trace a last line. */
static void record_end(const char *reason) {
    Run *run = under_way;
    under_way = NULL;
    if (!run || run->at < 0) return;
    count_broken_step(run);
    TraceStep line = so_far(run);
    line.end = reason;
    if (run->options->trace) trace_write(run->options->trace, &line, run->options->whole);
}

/* --- known findings */

static void abandon_known(void);

const char *run_init(const char *heap, uintptr_t at) {
    bool asan = strcmp(heap, "asan") == 0;
    if (!asan && strcmp(heap, "arena") != 0) return "the heap is either arena or asan";
    finding_init();
    finding_register(&(FindingHooks){.cleanup = seams_cleanup,
                                     .describe = describe_block,
                                     .excuse = abandon_exhausted,
                                     .record = record_end,
                                     .abandon = abandon_known});
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (oracles_row(i)->init) oracles_row(i)->init();
    }
    return birth_init(asan ? HEAP_ASAN : HEAP_ARENA, (void *)at);
}

const char *run_born(void) {
    Settings settings;
    const char *why = run_init("arena", 0);
    if (why) return why;
    settings_default(&settings);
    settings.module = true; /* the catalogue has its commands then */
    run_ensure_server(&settings);
    run_ensure_server(NULL);
    return NULL;
}

void run_ensure_server(const Settings *settings) {
    Stream empty;
    stream_init(&empty);
    if (settings) empty.settings = *settings;
    run_stream(&empty, &(RunOptions){0}, NULL);
    stream_free(&empty);
}

const char *run_trace_legend(bool whole) {
    return trace_legend(whole);
}

/* --- time, for the bench */

static double lap(const Run *run, double since) {
    if (!run->options->timed) return 0;
    return stopwatch_us() - since;
}

/* --- oracles */

/* In the first run all that are wanted; in a further one those that compare it with the first. */
static void choose_oracles(Run *run, OracleSet wanted) {
    run->oracles = oracles_with_needs(wanted);
    /* One run a process. */
    if (heap_kind() != HEAP_ARENA) run->oracles = oracles_single_run(run->oracles);
}

/* Calls a member of all oracles that are asked and have it, in the order of the table. */
#define ASK(run, member, ...)                                                                                          \
    do {                                                                                                               \
        double ask_start = lap(run, 0);                                                                                \
        for (int ask_i = 0; ask_i < ORACLE_COUNT; ask_i++) {                                                           \
            const Oracle *asked = oracles_row(ask_i);                                                                  \
            if (!((run)->oracles & 1U << ask_i)) continue;                                                             \
            if (asked->member) asked->member(__VA_ARGS__);                                                             \
        }                                                                                                              \
        (run)->report->us_oracles += lap(run, ask_start);                                                              \
    } while (0)

/* --- defrag */

typedef enum { WORK_CYCLE, WORK_SLICE, WORK_FINISH } Work;

/* `pointers`: of each slice; 0: all at once. */
static void defrag(Run *run, Work work, int64_t pointers) {
    if (run->options->no_moves) return;
    bool whole = work == WORK_CYCLE && pointers == 0 && !slice_running();
    ASK(run, before, whole);
    ASK(run, watch, true);
    double start = lap(run, 0);
    if (work == WORK_SLICE)
        slice_run(pointers);
    else
        slice_finish(work == WORK_CYCLE, pointers);
    canary_during_defrag();
    run->report->us_defrag += lap(run, start);
    run->report->cycles += work == WORK_CYCLE;
    run->report->slices += work == WORK_SLICE;
    ASK(run, watch, false);
    ASK(run, after, whole);
}

static void defrag_in_script(void *run, int64_t pointers) {
    defrag(run, WORK_SLICE, pointers);
}

static void note_refused(void *context, const char *fullname, const char *reason) {
    Run *run = context;
    RunReport *report = run->report;
    if (run->stream->settings.refused == REFUSED_EXPECTED) return;
    if (report->refused < RUN_REFUSALS) {
        RunRefusal *refusal = &report->refusals[report->refused];
        *refusal = (RunRefusal){.step = run->at + 1, .reason = reason};
        snprintf(refusal->command, sizeof(refusal->command), "%s", fullname);
    }
    report->refused++;
}

static void defrag_after_command(Run *run) {
    const Settings *settings = &run->stream->settings;
    if (settings->after == AFTER_CYCLE) defrag(run, WORK_CYCLE, 0);
    if (settings->after == AFTER_SLICE) defrag(run, WORK_SLICE, settings->after_pointers);
}

/* --- steps */

static void do_command(Run *run, const Step *step) {
    static Argv argv; /* its memory serves every step */
    double start = lap(run, 0);
    step_expand(step, &argv);
    if (argv.count) client_send(step->client, &argv);
    if (!run->batch.end) clock_advance(CLOCK_COMMAND_US);
    run->report->us_command += lap(run, start);
    run->report->commands++;
    run->report->errors += client_reply_is_error(step->client);
    defrag_after_command(run);
}

/* The verb's word at `index`, "" when it is absent. */
static const char *word(const Step *step, int index) {
    return index < step->nargs ? step->args[index].parts[0].data : "";
}

static void do_move(const Step *step) {
    const char *which = word(step, 0);
    if (strcasecmp(which, "none") == 0)
        moves_choose(MOVES_NONE, 0, 0);
    else if (strcasecmp(which, "every") == 0)
        moves_choose(MOVES_EVERY, step_number(step, 1, 1), 0);
    else if (strcasecmp(which, "some") == 0)
        moves_choose(MOVES_SOME, step_number(step, 2, 50), step_number(step, 1, 1));
    else if (strcasecmp(which, "only") == 0)
        moves_choose(MOVES_ONLY, step_number(step, 1, 1), step_number(step, 2, 1));
    else
        moves_choose(MOVES_ALL, 0, 0);
}

static void do_jobs(const Step *step) {
    const char *which = word(step, 0);
    if (strcasecmp(which, "hold") == 0)
        jobs_hold();
    else if (strcasecmp(which, "one") == 0)
        jobs_run_one();
    else
        jobs_run();
}

static void do_cron(int64_t times) {
    for (int64_t i = 0; i < times; i++) {
        clock_advance(100000); /* the server's cron runs ten times a second, or more often */
        client_turn();
    }
}

static void do_verb(Run *run, const Step *step) {
    switch (step->verb) {
    case VERB_CYCLE:
        defrag(run, WORK_CYCLE, step_number(step, 0, 0));
        break;
    case VERB_SLICE:
        defrag(run, WORK_SLICE, step_number(step, 0, 1));
        break;
    case VERB_FINISH:
        defrag(run, WORK_FINISH, step_number(step, 0, 0));
        break;
    case VERB_MOVE:
        do_move(step);
        break;
    case VERB_CLOCK:
        clock_advance(step_number(step, 0, 0) * 1000);
        client_turn();
        break;
    case VERB_CRON:
        do_cron(step_number(step, 0, 1));
        break;
    case VERB_JOBS:
        do_jobs(step);
        break;
    case VERB_BUSY:
        slice_when_busy(step_number(step, 0, 16), step_number(step, 1, 0));
        break;
    case VERB_RELOAD:
        reload_data();
        break;
    case VERB_REWRITE:
        rewrite_data();
        break;
    case VERB_REFERENCES:
        references_make();
        break;
    case VERB_CLOSE:
        client_close(step->client);
        break;
    case VERB_CORK:
        client_cork(step->client);
        break;
    case VERB_UNCORK:
        client_uncork(step->client, step_number(step, 0, 0));
        break;
    case VERB_MEANWHILE:
        client_uncork_busy(step->client, step_number(step, 0, 1));
        break;
    case VERB_WINDOW:
        client_window(step->client, step_number(step, 0, -1));
        break;
    case VERB_CANARY:
        if (!canary_trigger(word(step, 0))) finding_harness("no canary is called %s", word(step, 0));
        break;
    case VERB_COUNT:
        break;
    }
}

static uint64_t data_digest(const Run *run) {
    static ValueImage image;
    const char *why = NULL;
    (void)run;
    if (!value_take(&image, &why))
        finding_report(value_fault_signature(), NULL, "a structure contradicts itself: %s", why);
    return image.digest;
}

static void record_replies(FILE *to, uint64_t moved) {
    RepliesStep step = {.moved = moved};
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) step.sent[i] = client_reply(i);
    replies_write(to, &step);
}

static void begin_step(Run *run, int i) {
    run->at = i;
    run->before = moves_count();
    run->commands = run->report->commands;
    run->counted = false;
    finding_at(i);
    heap_set_step((uint32_t)i + 1);
    if (run->executed) executed_settle();
    if (run->options->stretches) stretch_step(i + 1);
}

static void end_step(Run *run, int i) {
    TraceStep line = so_far(run);
    run->report->moved += line.moved;
    run->counted = true;
    if (run->options->trace) {
        line.digest = data_digest(run);
        if (!is_further(run)) trace_write(run->options->trace, &line, run->options->whole);
    }
    if (run->options->replies && !is_further(run)) record_replies(run->options->replies, line.moved);
    run->hash = trace_chain(run->hash, &line, trace_replies());
    ASK(run, settled, i + 1, line.step);
    if (!is_further(run)) series_settled(i + 1, line.step);
    if (run->kind == SECOND_RUN_SAVED && reload_is_neutral()) reload_data();
    client_forget_replies();
}

/* A function of its own, because a debugger stops at it (cli/replay.c, --gdb). */
__attribute__((noinline)) static void do_step(Run *run, int i) {
    const Step *step = &run->stream->steps[i];
    begin_step(run, i);
    if (run->kind == SECOND_RUN_TRANSACTION) batch_begin(&run->batch, run->stream, i, run->limit);
    if (step->kind == STEP_COMMAND)
        do_command(run, step);
    else
        do_verb(run, step);
    batch_continue(&run->batch, run->stream, i);
    if (run->options->replies) client_settle();
    if (heap_exhausted()) return;
    end_step(run, i);
    run->report->steps = i + 1;
}

/* The steps that are not done yet. */
static void do_steps(Run *run) {
    slice_on_busy(defrag_in_script, run);
    refuse_on(note_refused, run);
    for (int i = run->report->steps; i < run->limit && !heap_exhausted(); i++) do_step(run, i);
}

/* --- the whole stream */

static void write_totals(const Run *run) {
    const RunReport *r = run->report;
    if (!run->options->trace || is_further(run)) return;
    fprintf(run->options->trace,
            "end\tcommands=%" PRIu64 " errors=%" PRIu64 " cycles=%" PRIu64 " slices=%" PRIu64 " moves=%" PRIu64
            "%s\tdata=%016" PRIx64 "\thash=%016" PRIx64 "\n",
            r->commands, r->errors, r->cycles, r->slices, r->moved, r->exhausted ? " out-of-memory" : "", r->digest,
            r->hash);
}

/* The settings of the run. */
static Settings settings_of(const Run *run) {
    Settings settings = run->stream->settings;
    settings.reuse = (ReuseKind)(((int)settings.reuse + run->reuse_turn) % REUSE_KINDS);
    if (run->kind == SECOND_RUN_LIMITS) settings.limits = settings.limits == LIMITS_SMALL ? LIMITS_STOCK : LIMITS_SMALL;
    return settings;
}

/* A newly born server. */
static void begin(Run *run) {
    Settings settings = settings_of(run);
    *run->report = (RunReport){0};
    run->hash = 0;
    run->at = -1;
    double start = lap(run, 0);
    birth_reset(&settings);
    run->report->us_reset = lap(run, start);
    client_forget_replies();
    run->executed = run->options->record || run->options->other || oracles_ask_commands(run->oracles);
    if (run->executed) executed_begin();
    ASK(run, begin, is_further(run));
    if (!is_further(run)) series_begin();
}

/* False when the stream's memory is used up. */
static bool go_on(Run *run) {
    under_way = run;
    run->limit = run->stream->nsteps;
    if (run->options->until && run->options->until <= run->limit) run->limit = run->options->until - 1;
    if (sigsetjmp(abandon, 0) == 0)
        do_steps(run);
    else
        ASK(run, watch, false); /* the stream may have been left in the middle of defrag */
    return !(run->report->exhausted = heap_exhausted());
}

static void end(Run *run, bool whole) {
    RunReport *r = run->report;
    if (whole) {
        finding_at(run->limit - 1);
        ASK(run, end);
        r->digest = data_digest(run);
        if (run->options->state && !is_further(run) && run->limit < run->stream->nsteps)
            state_write(run->options->state);
    }
    r->hash = hash_bytes(&r->digest, sizeof(r->digest), run->hash);
    ASK(run, compare, r->steps, r->digest);
    if (!is_further(run)) series_end(r->steps, r->digest);
    write_totals(run);
    finding_at(-1);
    under_way = NULL;
}

/* One run, the first or a further one. */
static void run_once(Run *run) {
    begin(run);
    end(run, go_on(run));
}

/* What a further run does otherwise and is not part of its settings. */
static void vary(SecondRun kind) {
    moves_in_place(kind == SECOND_RUN_IN_PLACE);
    client_speak(kind == SECOND_RUN_PROTOCOL ? 3 : 2);
}

/* Leaves the run from anywhere in it. The next stream begins with the world of a birth, so nothing
 * that is left half done in the server matters; what oracles keep outside of the world they forget
 * when a stream begins. */
static void abandon_known(void) {
    Run *run = under_way;
    if (!run || !abandonable) return;
    under_way = NULL;
    count_broken_step(run);
    ASK(run, watch, false);
    vary(SECOND_RUN_NONE);
    siglongjmp(known, 1);
}

/* A run for the oracles of `first` that compare with such a run. */
static void run_again(const Run *first, SecondRun kind, int reuse_turn) {
    RunReport unwanted = {0};
    Run further = {.stream = first->stream,
                   .options = first->options,
                   .report = &unwanted,
                   .oracles = oracles_comparing(first->oracles, kind),
                   .kind = kind,
                   .reuse_turn = reuse_turn};
    if (!further.oracles) return;
    vary(kind);
    run_once(&further);
    vary(SECOND_RUN_NONE);
}

static void run_further(const Run *first) {
    run_again(first, SECOND_RUN_IN_PLACE, 0);
    for (int turn = 1; turn < REUSE_KINDS; turn++) run_again(first, SECOND_RUN_REUSE, turn);
    run_again(first, SECOND_RUN_LIMITS, 0);
    run_again(first, SECOND_RUN_PROTOCOL, 0);
    run_again(first, SECOND_RUN_SAVED, 0);
    run_again(first, SECOND_RUN_TRANSACTION, 0); /* the rehearsal */
    run_again(first, SECOND_RUN_TRANSACTION, 0);
}

/* False: abandoned, because of a known finding. */
static bool run_unless_known(Run *run) {
    abandonable = sigsetjmp(known, 0) == 0;
    if (!abandonable) return false;
    run_once(run);
    if (!run->report->exhausted) run_further(run);
    abandonable = false;
    return true;
}

int run_stream(const Stream *stream, const RunOptions *options, RunReport *report) {
    RunReport unwanted, *done = report ? report : &unwanted;
    Run run = {.stream = stream, .options = options, .report = done};
    finding_stream(stream, options->file);
    choose_oracles(&run, options->oracles);
    heap_record_sites(!options->skip_call_sites || oracles_ask_sites(run.oracles));
    likeness_list(options->expected);
    if (!series_open(options->record, options->other)) finding_harness("the other build's record has no end");
    if (options->reach) reach_begin();
    if (options->pointers) pointers_begin();
    if (options->stretches) stretch_begin(options->file);
    bool whole = run_unless_known(&run);
    if (options->reach) reach_end();
    if (options->pointers) pointers_end();
    if (options->stretches) stretch_end();
    finding_stream(NULL, NULL);
    if (!whole) return EXIT_FINDING;
    return done->exhausted ? EXIT_TIMEOUT : EXIT_CLEAN;
}

/* --- from the middle of a stream */

/* What a run knows at a moment: the world, and the few things of its own that last from step to
 * step. Oracles keep nothing from one step to the next, those that need a second run apart. */
struct RunMark {
    Mark *world;
    RunReport report;
    uint64_t hash;
};

/* The run is where it was when the mark was made, or at the beginning when there is none. */
static void bring_back(Run *run, const RunMark *from) {
    finding_stream(run->stream, run->options->file);
    choose_oracles(run, oracles_single_run(run->options->oracles));
    heap_record_sites(!run->options->skip_call_sites || oracles_ask_sites(run->oracles));
    if (!from) {
        begin(run);
        return;
    }
    double start = lap(run, 0);
    seams_forget_files();
    snapshot_restore(from->world);
    client_forget_replies();
    *run->report = from->report;
    run->at = -1;
    run->report->us_reset += lap(run, start);
    run->hash = from->hash;
}

RunMark *run_prefix(const RunMark *from, const Stream *stream, const RunOptions *options, RunReport *report) {
    RunReport unwanted;
    RunMark *mark = NULL;
    Run run = {.stream = stream, .options = options, .report = report ? report : &unwanted};
    bring_back(&run, from);
    if (go_on(&run)) {
        mark = malloc(sizeof(*mark));
        if (!mark) finding_harness("out of memory for a mark");
        *mark = (RunMark){.world = snapshot_save(), .report = *run.report, .hash = run.hash};
    }
    finding_stream(NULL, NULL);
    under_way = NULL;
    return mark;
}

int run_branch(const RunMark *from, const Stream *stream, const RunOptions *options, RunReport *report) {
    RunReport unwanted;
    Run run = {.stream = stream, .options = options, .report = report ? report : &unwanted};
    bring_back(&run, from);
    bool whole = go_on(&run);
    end(&run, whole);
    finding_stream(NULL, NULL);
    return whole ? EXIT_CLEAN : EXIT_TIMEOUT;
}

void run_mark_free(RunMark *mark) {
    snapshot_mark_free(mark->world);
    free(mark);
}
