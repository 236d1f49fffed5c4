/* SPDX-License-Identifier: BSD-3-Clause */
/* trial.c -- does a stream still fail with a certain signature? See trial.h.
 *
 * What makes it quick:
 * - The steps that a candidate shares with the beginning of the best stream, up to the one that
 *   fails there, are known to be fine: no oracle is asked in them. They take a tenth of the time
 *   then.
 * - A long candidate is first tried without the oracles that cannot give the signature; most fail
 *   there already. Leaks and stale pointers are searched for in all of memory, which takes most of
 *   a step's time.
 * - The twin runs only for signatures of its own.
 * - Call sites of allocations are recorded only for those signatures that name one.
 * - Runners keep a symbolizer running (runner.h).
 * None of this changes an answer: oracles leave no trace in the world, so one that is not asked can
 * only hide a failure, and whoever fails is tried again with all of them.
 *
 * Limits: a candidate has SECONDS of real time; on a machine that is slow enough a good one could
 * be taken for one that hangs. */
#include "fuzz/shrink/trial.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"

#define SECONDS 10  /* real time that a candidate may take */
#define SHORT 16    /* steps that are tried with all oracles at once: to be sure takes longer than to ask them */
#define TICK_MS 200 /* how often somebody looks at the clock at least */

/* Candidates that are tried together. */
typedef struct {
    Trial *trial;
    const Stream *candidates;
    int next;    /* the first that was not begun */
    int limit;   /* the first that fails as it should, or their number: what is behind it does not matter */
    int failing; /* the step at which that one does */
    int running;
    int index[TRIAL_MAX_JOBS]; /* of the candidate in each runner; -1: what it does is of no interest */
    bool full[TRIAL_MAX_JOBS]; /* it is tried with all oracles */
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
    text_free(&result.said);
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

/* How many steps at the beginning of the candidate are known to be fine. */
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

/* Gives runners that have nothing to do the candidates that come next. */
static void start_some(Batch *batch) {
    for (int i = 0; i < batch->trial->jobs && batch->next < batch->limit; i++) {
        if (!batch->trial->runners[i].busy) start(batch, i, batch->next++, false);
    }
}

/* A runner has something to say. */
static void conclude(Batch *batch, int runner) {
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

/* Candidates behind the first that fails are of no interest any more; their runners are busy until
 * they are done. */
static void lose_interest(Batch *batch) {
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
        if (waits[i].revents) conclude(batch, i);
    }
}

static bool must_stop(const Trial *trial) {
    return stopped || (trial->end > 0 && stopwatch_seconds() >= trial->end);
}

static int first_that_fails(void *context, const Stream *candidates, int count) {
    Trial *trial = context;
    Batch batch = {.trial = trial, .candidates = candidates, .limit = count};
    for (int i = 0; i < trial->jobs; i++)
        batch.index[i] = -1; /* what was lost interest in before may still be going on */
    for (;;) {
        start_some(&batch);
        if (batch.running == 0 && batch.next >= batch.limit) break;
        if (trial->wait) trial->wait(trial->told);
        if (must_stop(trial)) return SHRINK_STOP;
        wait_for_answers(&batch);
        lose_interest(&batch);
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
        .first = first_that_fails, .settled = note_best, .failing = step_that_fails, .context = trial};
}
