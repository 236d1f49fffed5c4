/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.c -- one worker of an exploration; see walk.h.
 *
 * A slice ends at the server's first look at the clock after N pointers, so many N end at the same
 * place. The walk takes each place once: a slice that ended after M pointers is followed by one of
 * M + 1. Where a stage of the cycle ends before that, the next slices begin behind it.
 *
 * The steps before an event are run once, and their end is kept; each event goes on from there
 * (run_prefix, run_branch).
 *
 * Limits: all pointers move; one event; the slice behind the event has one length. */
#include "fuzz/explore/walk.h"

#include <inttypes.h>
#include <stdio.h>

#include "fuzz/generate/interruptions.h"
#include "harness/base/stopwatch.h"
#include "harness/defrag/slice.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/run/run.h"

#define SIZE 80         /* elements of a big value: five times active-defrag-max-scan-fields of limits=small */
#define STAGE 1000000   /* pointers: more than any stage has */
#define SECOND_SLICE 20 /* pointers, behind the event */

/* How steps are run: with all that can be asked in a branch, so leaks are looked for at the end;
 * replay looks after every step. */
static RunOptions branch_options(void) {
    return (RunOptions){.oracles = oracles_for_branch(), .skip_call_sites = true};
}

/* A walk over one pair. */
typedef struct {
    const WalkPlan *plan;
    WalkShared *shared;
    WalkWorker *worker;
    WalkPlace place;
    RunMark *stage;       /* behind the whole stages; its steps are those of a place with no pointers */
    uint64_t stage_moved; /* blocks moved up to there */
} Walk;

/* --- streams */

static InterruptionFrame frame_of(const WalkPlan *plan, const WalkPlace *place) {
    const WalkPair *pair = &plan->pairs[place->pair];
    return (InterruptionFrame){.kind = pair->kind,
                               .second = pair->second,
                               .key = "key",
                               .other = "other",
                               .third = "third",
                               .size = SIZE,
                               .databases = 2};
}

/* A verb at the end, with one word or, for "", none. */
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

void walk_stream(const WalkPlan *plan, const WalkPlace *place, Stream *out) {
    InterruptionFrame frame = frame_of(plan, place);
    stream_init(out);
    out->settings.after = AFTER_NOTHING;
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

static RunMark *prefix(Walk *walk, const RunMark *from, RunReport *report) {
    Stream stream;
    const RunOptions how = branch_options();
    walk->place.event = -1;
    walk->worker->place = walk->place;
    walk->worker->busy = true;
    walk_stream(walk->plan, &walk->place, &stream);
    RunMark *mark = run_prefix(from, &stream, &how, report);
    walk->worker->busy = false;
    walk->worker->prefixes++;
    walk->worker->exhausted += mark == NULL;
    stream_free(&stream);
    return mark;
}

/* The same stream once more, from the start: the same, only slower. */
static void compare(Walk *walk, const Stream *stream, const RunReport *branch, double seconds) {
    RunReport whole;
    const RunOptions how = branch_options();
    double start = stopwatch_cpu_seconds();
    run_stream(stream, &how, &whole);
    if (whole.hash != branch->hash || whole.steps != branch->steps || whole.commands != branch->commands)
        finding_harness("'%s' at boundary %d of pair %d is not the same from a prefix as from the start",
                        interruptions_event(walk->place.event), walk->place.boundary, walk->place.pair);
    walk->worker->sample_whole_seconds += stopwatch_cpu_seconds() - start;
    walk->worker->sample_branch_seconds += seconds;
    walk->worker->sampled++;
}

static void continue_from(Walk *walk, const RunMark *mark, int prefix_steps) {
    Stream stream;
    const RunOptions how = branch_options();
    RunReport report;
    walk->worker->place = walk->place;
    walk->worker->busy = true;
    walk_stream(walk->plan, &walk->place, &stream);
    double start = stopwatch_cpu_seconds();
    walk->worker->exhausted += run_branch(mark, &stream, &how, &report) != EXIT_CLEAN;
    double seconds = stopwatch_cpu_seconds() - start;
    uint64_t number = ++walk->worker->continuations;
    if (walk->plan->sample && number % (uint64_t)walk->plan->sample == 0) compare(walk, &stream, &report, seconds);
    walk->worker->busy = false;
    walk->worker->steps += (uint64_t)(stream.nsteps - prefix_steps);
    stream_free(&stream);
}

static bool must_stop(const Walk *walk) {
    return walk->shared->stop || (walk->plan->end > 0 && stopwatch_seconds() >= walk->plan->end);
}

/* --- one pair */

/* All events, from `event` on. False when it is time to stop. */
static bool continue_all(Walk *walk, const RunMark *mark, int event, int prefix_steps) {
    const WalkPair *pair = &walk->plan->pairs[walk->place.pair];
    for (; interruptions_event(event); event++) {
        bool wanted = walk->plan->event < 0 || walk->plan->event == event;
        if (!wanted || !interruptions_fits(event, pair->kind, pair->second)) continue;
        if (must_stop(walk)) return false;
        walk->place.event = event;
        if (walk->shared->failed[walk->place.pair][event])
            walk->worker->skipped++;
        else
            continue_from(walk, mark, prefix_steps);
    }
    return true;
}

/* Keeps the end of the whole stages. False when there is no such moment. */
static bool enter_stage(Walk *walk) {
    RunReport report;
    int64_t pointers = walk->place.pointers;
    walk->place.pointers = 0;
    if (walk->stage) run_mark_free(walk->stage);
    walk->stage = prefix(walk, NULL, &report);
    walk->stage_moved = report.moved;
    walk->place.pointers = pointers;
    return walk->stage != NULL;
}

/* Interrupts the cycle at the place and lets things happen, from `event` on; then the place is the
 * next one. False when there is none, or it is time to stop. */
static bool walk_boundary(Walk *walk, int event) {
    RunReport report;
    RunMark *mark = prefix(walk, walk->stage, &report);
    if (!mark) return false;
    bool over = !slice_running();
    walk->worker->whole += over;
    bool go_on = !over && continue_all(walk, mark, event, report.steps);
    run_mark_free(mark);
    if (!go_on) return false;
    int64_t moved = (int64_t)(report.moved - walk->stage_moved);
    walk->place.boundary++;
    if (moved >= walk->place.pointers) {
        walk->place.pointers = moved + 1;
        return true;
    }
    walk->place.stages++;
    walk->place.pointers = 1;
    return enter_stage(walk);
}

static void walk_pair(const WalkPlan *plan, WalkShared *shared, WalkWorker *worker, WalkPlace from, int event) {
    Walk walk = {.plan = plan, .shared = shared, .worker = worker, .place = from};
    bool more = enter_stage(&walk);
    while (more && walk.place.boundary <= plan->bound) {
        more = walk_boundary(&walk, event);
        event = 0;
    }
    if (walk.stage) run_mark_free(walk.stage);
}

void walk_work(const WalkPlan *plan, WalkShared *shared, int number, const WalkPlace *from) {
    WalkWorker *worker = &shared->workers[number];
    if (from) walk_pair(plan, shared, worker, *from, from->event + 1);
    int pair;
    while (!shared->stop && (pair = shared->next_pair++) < plan->npairs) {
        if (plan->end > 0 && stopwatch_seconds() >= plan->end) break;
        walk_pair(plan, shared, worker, (WalkPlace){.pair = pair, .boundary = 1, .pointers = 1}, 0);
    }
}
