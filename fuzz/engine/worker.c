/* SPDX-License-Identifier: BSD-3-Clause */
/* worker.c -- an engine process of a run; see worker.h.
 *
 * This file depends on libFuzzer: its flags, its exit statuses (llvm.org/docs/LibFuzzer.html, and
 * FuzzerOptions.h for the numbers) and the "cov:" and "corp:" in its output. */
#include "fuzz/engine/worker.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/base/spawn.h"
#include "fuzz/engine/flags.h"
#include "harness/finding/finding.h"

#define TAIL 4096    /* bytes of output that are kept */
#define ARGUMENTS 16 /* the most arguments that are added */

enum { ENGINE_TIMEOUT = 70, ENGINE_MEMORY = 71, ENGINE_INTERRUPTED = 72 }; /* exit statuses */

bool worker_open(Worker *worker, const WorkerPlan *plan, int number) {
    *worker = (Worker){.output = -1};
    snprintf(worker->stats_path, sizeof(worker->stats_path), "%s/" STATS_FILE "%d", plan->scratch, number);
    worker->stats = stats_create(worker->stats_path);
    return worker->stats != NULL;
}

void worker_close(Worker *worker) {
    text_free(&worker->line);
    text_free(&worker->tail);
    if (worker->stats) stats_unmap(worker->stats);
    *worker = (Worker){.output = -1};
}

/* --- starting */

/* Appends an argument made by text_format; the array owns it. */
#define ADD(...) text_format(&words[count++], __VA_ARGS__)

/* Makes the added part of the command line. Returns its number of words. */
static int make_flags(Text *words, const WorkerPlan *plan, int64_t seed, int64_t runs) {
    int count = 0;
    ADD("%s", plan->engine);
    ADD("-seed=%" PRId64, seed);
    ADD("-runs=%" PRId64, runs);
    for (const char *const *flag = engine_flags(); *flag; flag++) ADD("%s", *flag);
    ADD("-reload=%d", plan->alone ? 0 : 1);
    ADD("-artifact_prefix=%s/", plan->scratch);
    return count;
}

#undef ADD

bool worker_start(Worker *worker, const WorkerPlan *plan, int64_t seed, int64_t runs) {
    Text words[ARGUMENTS] = {0};
    int own = make_flags(words, plan, seed, runs), count = 0;
    char **argv = calloc((size_t)(own + plan->nflags + plan->nseeds + 2), sizeof(*argv));
    if (!argv) finding_harness("out of memory");
    SpawnVariable variables[] = {{STATS_ENVIRONMENT, worker->stats_path}, {"TMPDIR", plan->scratch}, {0}};
    for (int i = 0; i < own; i++) argv[count++] = words[i].data;
    for (int i = 0; i < plan->nflags; i++) argv[count++] = plan->flags[i];
    argv[count++] = (char *)plan->corpus;
    for (int i = 0; i < plan->nseeds; i++) argv[count++] = plan->seeds[i];
    memset(worker->stats->signature, 0, sizeof(worker->stats->signature));
    worker->ended = false;
    worker->stats->busy = false;
    worker->stats->place = 0;
    text_free(&worker->tail);
    pid_t pid = spawn_start(argv, variables, &worker->output);
    for (int i = 0; i < own; i++) text_free(&words[i]);
    free(argv);
    worker->pid = pid > 0 ? pid : 0;
    worker->starts++;
    return pid > 0;
}

void worker_stop(Worker *worker, bool gracefully) {
    worker->ended = true;
    if (worker->pid) kill(worker->pid, gracefully ? SIGTERM : SIGKILL);
}

/* --- its output */

static void read_number_after(const char *line, const char *word, uint64_t *value) {
    const char *p = strstr(line, word);
    if (p) *value = strtoull(p + strlen(word), NULL, 10);
}

static void cut_front(Text *text, size_t keep) {
    if (text->len <= keep) return;
    Text rest = text_make(text->data + text->len - keep, keep);
    text_free(text);
    *text = rest;
}

static void handle_line(Worker *worker, const char *line, size_t len) {
    read_number_after(line, " cov: ", &worker->coverage);
    read_number_after(line, " corp: ", &worker->corpus);
    text_append(&worker->tail, line, len);
    text_append(&worker->tail, "\n", 1);
    cut_front(&worker->tail, TAIL);
}

bool worker_read(Worker *worker) {
    bool more = spawn_read(worker->output, &worker->line);
    char *start = worker->line.data, *newline;
    size_t left = worker->line.len;
    while (left && (newline = memchr(start, '\n', left))) {
        *newline = '\0';
        handle_line(worker, start, (size_t)(newline - start));
        left -= (size_t)(newline + 1 - start);
        start = newline + 1;
    }
    cut_front(&worker->line, left);
    return more;
}

/* --- its end */

/* Did it die of a signal of worker_stop? An engine that has not reached its first input has no
 * handler for it. */
static bool died_of_stop(const Worker *worker, int status) {
    return worker->ended && WIFSIGNALED(status) && (WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGKILL);
}

/* Makes a signature for a finding that has not recorded one. Returns false when the input is not at
 * fault. */
static bool name_crash(int status, char *signature) {
    if (WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        snprintf(signature, FINDING_SIGNATURE, "crash:SIG%s", name ? name : "?");
        return WTERMSIG(status) != SIGKILL;
    }
    if (WEXITSTATUS(status) == EXIT_HARNESS) return false;
    if (WEXITSTATUS(status) == ENGINE_TIMEOUT)
        snprintf(signature, FINDING_SIGNATURE, "timeout");
    else if (WEXITSTATUS(status) == ENGINE_MEMORY)
        snprintf(signature, FINDING_SIGNATURE, "memory");
    else
        snprintf(signature, FINDING_SIGNATURE, "exit:%d", WEXITSTATUS(status));
    return true;
}

WorkerEnd worker_reap(Worker *worker, char *signature) {
    int status = spawn_wait(worker->pid);
    close(worker->output);
    worker->output = -1;
    worker->pid = 0;
    text_free(&worker->line);
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == ENGINE_INTERRUPTED))
        return WORKER_DONE;
    if (died_of_stop(worker, status)) return WORKER_DONE;
    if (!worker->stats->busy) return WORKER_FAULT;
    snprintf(signature, FINDING_SIGNATURE, "%.*s", FINDING_SIGNATURE - 1, worker->stats->signature);
    if (signature[0]) return WORKER_FINDING;
    return name_crash(status, signature) ? WORKER_FINDING : WORKER_FAULT;
}
