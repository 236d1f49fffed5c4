/* SPDX-License-Identifier: BSD-3-Clause */
/* sweep.c -- one worker of an exploration; see sweep.h.
 *
 * A slice ends when the server first checks the clock after N pointers, so several values of N end
 * at the same place. The sweep visits each place once: a slice that ended after M pointers is
 * followed by one of M + 1. Where a stage of the cycle ends before that, the next slices begin
 * after that stage.
 *
 * The steps before an event are run once and the resulting state is kept; each event continues from
 * that state (run_prefix, run_branch).
 *
 * Limits: all pointers move; one event; the slice after the event has a fixed length. */
#include "fuzz/explore/sweep.h"

#include <inttypes.h>
#include <stdio.h>

#include "fuzz/generate/interruptions.h"
#include "harness/base/stopwatch.h"
#include "harness/defrag/slice.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/run/run.h"

/* elements of a big value: 5 x active-defrag-max-scan-fields of limits=small */
#define SIZE 80
#define STAGE 1000000   /* pointers, more than any stage has */
#define SECOND_SLICE 20 /* pointers, after the event */

/* Steps are run with all oracles that a branch supports. Leaks are searched for at the end only;
 * replay searches after every step. */
static RunOptions branch_options(void) {
    return (RunOptions){.oracles = oracles_for_branch(), .skip_call_sites = true};
}

/* The sweep over one pair. */
typedef struct {
    const SweepPlan *plan;
    SweepShared *shared;
    SweepWorker *worker;
    SweepPlace place;
    RunMark *stage;       /* after the whole stages: the steps of a place with 0 pointers */
    uint64_t stage_moved; /* blocks moved up to that point */
} Sweep;

/* --- streams */

static InterruptionFrame frame_of(const SweepPlan *plan, const SweepPlace *place) {
    const SweepPair *pair = &plan->pairs[place->pair];
    return (InterruptionFrame){.kind = pair->kind,
                               .second = pair->second,
                               .key = "key",
                               .other = "other",
                               .third = "third",
                               .size = SIZE,
                               .databases = 2};
}

/* Appends a verb with one argument or, for "", without one. */
static void add_verb_word(Stream *out, VerbId verb, const char *word) {
    Step step = step_verb(verb);
    if (*word) step_add_string(&step, word);
    if (!stream_insert(out, out->nsteps, &step)) step_free(&step);
}

static void add_verb(Stream *out, VerbId verb, int64_t number) {
    char digits[24] = "";
    if (number) snprintf(digits, sizeof(digits), "%" PRId64, number);
    add_verb_word(out, verb, digits);
}

void sweep_stream(const SweepPlan *plan, const SweepPlace *place, Stream *out) {
    InterruptionFrame frame = frame_of(plan, place);
    stream_init(out);
    out->settings.after = AFTER_NOTHING;
    out->settings.module = interruptions_needs_module(frame.kind) || interruptions_needs_module(frame.second);
    interruptions_add_build(&frame, out);
    for (int i = 0; i < place->stages; i++) add_verb(out, VERB_SLICE, STAGE);
    if (place->pointers) add_verb(out, VERB_SLICE, place->pointers);
    if (place->event < 0) return;
    interruptions_add_event(&frame, place->event, out);
    add_verb(out, VERB_SLICE, SECOND_SLICE);
    add_verb(out, VERB_FINISH, 0);
    add_verb(out, VERB_CYCLE, 0);
    interruptions_add_end(&frame, out);
    if (plan->canary) add_verb_word(out, VERB_CANARY, "world");
}

/* --- one combination */

static RunMark *prefix(Sweep *sweep, const RunMark *from, RunReport *report) {
    Stream stream;
    const RunOptions how = branch_options();
    sweep->place.event = -1;
    sweep->worker->place = sweep->place;
    sweep->worker->busy = true;
    sweep_stream(sweep->plan, &sweep->place, &stream);
    RunMark *mark = run_prefix(from, &stream, &how, report);
    sweep->worker->busy = false;
    sweep->worker->prefixes++;
    sweep->worker->exhausted += mark == NULL;
    stream_free(&stream);
    return mark;
}

/* Runs the same stream again, from the start: the result must be identical. */
static void compare(Sweep *sweep, const Stream *stream, const RunReport *branch, double seconds) {
    RunReport whole;
    const RunOptions how = branch_options();
    double start = stopwatch_cpu_seconds();
    run_stream(stream, &how, &whole);
    if (whole.hash != branch->hash || whole.steps != branch->steps || whole.commands != branch->commands)
        finding_harness("'%s' at boundary %d of pair %d differs when run from a prefix and from the start",
                        interruptions_event(sweep->place.event), sweep->place.boundary, sweep->place.pair);
    sweep->worker->sample_whole_seconds += stopwatch_cpu_seconds() - start;
    sweep->worker->sample_branch_seconds += seconds;
    sweep->worker->sampled++;
}

static void continue_from(Sweep *sweep, const RunMark *mark, int prefix_steps) {
    Stream stream;
    const RunOptions how = branch_options();
    RunReport report;
    sweep->worker->place = sweep->place;
    sweep->worker->busy = true;
    sweep_stream(sweep->plan, &sweep->place, &stream);
    double start = stopwatch_cpu_seconds();
    sweep->worker->exhausted += run_branch(mark, &stream, &how, &report) != EXIT_CLEAN;
    double seconds = stopwatch_cpu_seconds() - start;
    uint64_t number = ++sweep->worker->continuations;
    if (sweep->plan->sample && number % (uint64_t)sweep->plan->sample == 0) compare(sweep, &stream, &report, seconds);
    sweep->worker->busy = false;
    sweep->worker->steps += (uint64_t)(stream.nsteps - prefix_steps);
    stream_free(&stream);
}

static bool must_stop(const Sweep *sweep) {
    return sweep->shared->stop || (sweep->plan->end > 0 && stopwatch_seconds() >= sweep->plan->end);
}

/* --- one pair */

/* Runs all events, starting with `event`. Returns false when it is time to stop. */
static bool continue_all(Sweep *sweep, const RunMark *mark, int event, int prefix_steps) {
    const SweepPair *pair = &sweep->plan->pairs[sweep->place.pair];
    for (; interruptions_event(event); event++) {
        bool wanted = sweep->plan->event < 0 || sweep->plan->event == event;
        if (!wanted || !interruptions_fits(event, pair->kind, pair->second)) continue;
        if (must_stop(sweep)) return false;
        sweep->place.event = event;
        if (sweep->shared->failed[sweep->place.pair][event])
            sweep->worker->skipped++;
        else
            continue_from(sweep, mark, prefix_steps);
    }
    return true;
}

/* Keeps the state after the whole stages. Returns false when the cycle has no such state. */
static bool enter_stage(Sweep *sweep) {
    RunReport report;
    int64_t pointers = sweep->place.pointers;
    sweep->place.pointers = 0;
    if (sweep->stage) run_mark_free(sweep->stage);
    sweep->stage = prefix(sweep, NULL, &report);
    sweep->stage_moved = report.moved;
    sweep->place.pointers = pointers;
    return sweep->stage != NULL;
}

/* Interrupts the cycle at the current place and runs the events, starting with `event`; then
 * advances to the next place. Returns false when there is none, or when it is time to stop. */
static bool sweep_boundary(Sweep *sweep, int event) {
    RunReport report;
    RunMark *mark = prefix(sweep, sweep->stage, &report);
    if (!mark) return false;
    bool over = !slice_running();
    sweep->worker->whole += over;
    bool unfinished = !over && continue_all(sweep, mark, event, report.steps);
    run_mark_free(mark);
    if (!unfinished) return false;
    int64_t moved = (int64_t)(report.moved - sweep->stage_moved);
    sweep->place.boundary++;
    if (moved >= sweep->place.pointers) {
        sweep->place.pointers = moved + 1;
        return true;
    }
    sweep->place.stages++;
    sweep->place.pointers = 1;
    return enter_stage(sweep);
}

static void sweep_pair(const SweepPlan *plan, SweepShared *shared, SweepWorker *worker, SweepPlace from, int event) {
    Sweep sweep = {.plan = plan, .shared = shared, .worker = worker, .place = from};
    bool more = enter_stage(&sweep);
    while (more && sweep.place.boundary <= plan->bound) {
        more = sweep_boundary(&sweep, event);
        event = 0;
    }
    if (sweep.stage) run_mark_free(sweep.stage);
}

void sweep_work(const SweepPlan *plan, SweepShared *shared, int number, const SweepPlace *from) {
    SweepWorker *worker = &shared->workers[number];
    if (from) sweep_pair(plan, shared, worker, *from, from->event + 1);
    int pair;
    while (!shared->stop && (pair = shared->next_pair++) < plan->npairs) {
        if (plan->end > 0 && stopwatch_seconds() >= plan->end) break;
        sweep_pair(plan, shared, worker, (SweepPlace){.pair = pair, .boundary = 1, .pointers = 1}, 0);
    }
}
