/* SPDX-License-Identifier: BSD-3-Clause */
/* trial.c -- decides whether a stream still fails with a given signature; see trial.h.
 *
 * Optimisations:
 * - The steps that a candidate has in common with the beginning of the best stream, before the
 *   failing one, are known to pass: no oracle is asked there, which makes them ten times as fast.
 * - A long candidate is first run without the oracles that cannot give the signature, which rejects
 *   most candidates. The searches for leaks and stale pointers read all of memory and take most of
 *   a step's time.
 * - Further runs (the oracles twin and reuse) are made only if the finding needs them.
 * - Call sites of allocations are recorded only for signatures that name one.
 * - Runners keep a symbolizer running (runner.h).
 * None of this changes an answer: oracles have no side effects, so one that is not asked can only
 * hide a failure, and a failing candidate is run again with all oracles.
 *
 * Limits: a candidate has SECONDS of real time; on a very slow machine a good one could be taken
 * for one that hangs. */
#include "fuzz/shrink/trial.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"

#define SECONDS 10 /* real time limit of a candidate */
/* candidates of so few steps are run with all oracles right away, which is faster */
#define SHORT 16
#define TICK_MS 200 /* the longest time between two checks of the clock */

/* Candidates that are run together. */
typedef struct {
    Trial *trial;
    const Stream *candidates;
    int next; /* the first that was not started */
    /* the first that fails as required, or their number; those after it are irrelevant */
    int limit;
    int failing; /* the step at which that one fails */
    int running;
    int index[TRIAL_MAX_JOBS]; /* of each runner's candidate; -1: its answer is irrelevant */
    bool full[TRIAL_MAX_JOBS]; /* run with all oracles */
} Batch;

static volatile sig_atomic_t stopped;

void trial_stop(void) {
    stopped = 1;
}

/* --- the first stream, and the result */

static Isolated replay(const Trial *trial, const Stream *stream, OracleSet oracles) {
    Isolated result;
    IsolateOptions how = {.heap = "arena", .seconds = trial->seconds};
    isolate_run(stream, &(RunOptions){.oracles = oracles}, &how, &result);
    return result;
}

const char *trial_init(Trial *trial) {
    return isolate_init(&(IsolateOptions){.heap = "arena", .seconds = trial->seconds});
}

Isolated trial_replay(const Trial *trial, const Stream *stream) {
    return replay(trial, stream, oracles_all());
}

void trial_begin(Trial *trial, const Stream *stream, const Isolated *failed) {
    snprintf(trial->signature, sizeof(trial->signature), "%s", failed->signature);
    OracleSet single_run = oracles_single_run(oracles_all());
    Isolated result = replay(trial, stream, single_run);
    bool without = strcmp(result.signature, trial->signature) == 0;
    text_free(&result.stderr_text);
    trial->oracles = without ? single_run : oracles_all();
    trial->decisive = oracles_decisive(trial->signature, trial->oracles);
    trial->skip_call_sites = !oracles_need_sites(trial->signature);
    trial->failing = failed->facts.step;
    trial->best = stream;
    for (int i = 0; i < trial->jobs; i++) runner_start(&trial->runners[i]);
}

void trial_end(Trial *trial) {
    for (int i = 0; i < trial->jobs; i++) runner_end(&trial->runners[i]);
    runner_warm_up();
}

/* --- candidates */

static bool same_step(const Step *a, const Step *b) {
    Text left = step_print(a), right = step_print(b);
    bool same = text_equal(left, right);
    text_free(&left);
    text_free(&right);
    return same;
}

/* The number of steps at the beginning of the candidate that are known to pass. */
static int trusted_steps(const Trial *trial, const Stream *candidate) {
    const Stream *best = trial->best;
    int count = 0;
    if (trial->oracles != oracles_single_run(trial->oracles) || !settings_equal(&best->settings, &candidate->settings))
        return 0;
    while (count < trial->failing - 1 && count < candidate->nsteps && count < best->nsteps &&
           same_step(&best->steps[count], &candidate->steps[count]))
        count++;
    return count;
}

static void start(Batch *batch, int runner, int index, bool full) {
    const Trial *trial = batch->trial;
    const Stream *candidate = &batch->candidates[index];
    RunnerHow how = {
        .seconds = SECONDS, .trusted = trusted_steps(trial, candidate), .skip_call_sites = trial->skip_call_sites};
    full = full || trial->decisive == trial->oracles || candidate->nsteps - how.trusted <= SHORT;
    how.oracles = full ? trial->oracles : trial->decisive;
    runner_ask(&batch->trial->runners[runner], candidate, &how);
    batch->index[runner] = index;
    batch->full[runner] = full;
    batch->running++;
}

/* Gives idle runners the next candidates. */
static void start_some(Batch *batch) {
    for (int i = 0; i < batch->trial->jobs && batch->next < batch->limit; i++) {
        if (!batch->trial->runners[i].busy) start(batch, i, batch->next++, false);
    }
}

/* Handles the answer of a runner. */
static void handle_answer(Batch *batch, int runner) {
    Trial *trial = batch->trial;
    int index = batch->index[runner];
    RunnerAnswer answer = runner_answer(&trial->runners[runner]);
    if (index < 0) return;
    batch->running--;
    bool fails = index < batch->limit && strcmp(answer.signature, trial->signature) == 0;
    if (fails && !batch->full[runner]) {
        start(batch, runner, index, true);
    } else if (fails) {
        batch->limit = index;
        batch->failing = answer.failing;
    }
}

/* Drops the candidates after the first that fails; their runners stay busy until they are done. */
static void drop_candidates(Batch *batch) {
    for (int i = 0; i < batch->trial->jobs; i++) {
        if (!batch->trial->runners[i].busy || batch->index[i] <= batch->limit) continue;
        batch->index[i] = -1;
        batch->running--;
    }
}

static void wait_for_answers(Batch *batch) {
    struct pollfd waits[TRIAL_MAX_JOBS] = {0};
    Trial *trial = batch->trial;
    for (int i = 0; i < trial->jobs; i++)
        waits[i] = (struct pollfd){.fd = trial->runners[i].busy ? trial->runners[i].answer : -1, .events = POLLIN};
    int ready = poll(waits, (nfds_t)trial->jobs, TICK_MS);
    if (ready < 0 && errno != EINTR) finding_harness("cannot wait for children: %s", strerror(errno));
    for (int i = 0; i < trial->jobs && ready > 0; i++) {
        if (waits[i].revents) handle_answer(batch, i);
    }
}

static bool must_stop(const Trial *trial) {
    return stopped || (trial->end > 0 && stopwatch_seconds() >= trial->end);
}

static int first_that_fails(void *context, const Stream *candidates, int count) {
    Trial *trial = context;
    Batch batch = {.trial = trial, .candidates = candidates, .limit = count};
    for (int i = 0; i < trial->jobs; i++)
        batch.index[i] = -1; /* candidates that were dropped before may still be running */
    for (;;) {
        start_some(&batch);
        if (batch.running == 0 && batch.next >= batch.limit) break;
        if (trial->wait) trial->wait(trial->context);
        if (must_stop(trial)) return SHRINK_STOP;
        wait_for_answers(&batch);
        drop_candidates(&batch);
    }
    if (batch.limit == count) return SHRINK_NONE;
    trial->failing = batch.failing;
    return batch.limit;
}

/* --- the best stream */

static void note_best(void *context, const Stream *best) {
    ((Trial *)context)->best = best;
}

static int step_that_fails(void *context) {
    return ((Trial *)context)->failing;
}

ShrinkPredicate trial_predicate(Trial *trial) {
    return (ShrinkPredicate){
        .first = first_that_fails, .improved = note_best, .failing = step_that_fails, .context = trial};
}
