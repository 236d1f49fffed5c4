/* SPDX-License-Identifier: BSD-3-Clause */
/* runner.c -- a process that runs candidates for the shrinker; see runner.h.
 *
 * A request is a RunnerHow, a length and a stream's text; an answer is a RunnerAnswer.
 *
 * Limits: a runner whose candidate hangs is busy until the candidate's time limit. */
#include "fuzz/shrink/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/base/isolate.h"
#include "harness/finding/finding.h"
#include "harness/finding/site.h"

/* --- pipes */

/* Returns false at the end of the pipe. */
static bool read_whole(int fd, void *data, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t got = read(fd, (char *)data + done, len - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

static bool write_whole(int fd, const void *data, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t put = write(fd, (const char *)data + done, len - done);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        done += (size_t)put;
    }
    return true;
}

/* --- the runner's side */

void runner_warm_up(void) {
    char name[128];
    site_function((uintptr_t)runner_warm_up, name, sizeof(name));
}

static RunnerAnswer try(const Stream *candidate, const RunnerHow *how) {
    Isolated result;
    RunOptions options = {.oracles = how->oracles, .skip_call_sites = how->skip_call_sites};
    IsolateOptions isolation = {.heap = "arena", .seconds = how->seconds, .trusted = how->trusted};
    isolate_run(candidate, &options, &isolation, &result);
    RunnerAnswer answer = {.status = result.status, .failing = result.facts.step};
    snprintf(answer.signature, sizeof(answer.signature), "%s", result.signature);
    text_free(&result.stderr_text);
    return answer;
}

static bool serve_one(int ask, int answer) {
    RunnerHow how;
    size_t len;
    Text text = {0};
    Stream candidate;
    if (!read_whole(ask, &how, sizeof(how)) || !read_whole(ask, &len, sizeof(len))) return false;
    if (!read_whole(ask, text_room(&text, len), len)) return false;
    stream_parse(text.data, len, STREAM_LENIENT, &candidate, NULL);
    RunnerAnswer reply = try(&candidate, &how);
    stream_free(&candidate);
    text_free(&text);
    return write_whole(answer, &reply, sizeof(reply));
}

static _Noreturn void serve(int ask, int answer) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* the parent decides when to stop */
    signal(SIGTERM, SIG_IGN);
    runner_warm_up();
    while (serve_one(ask, answer)) continue;
    _exit(EXIT_CLEAN);
}

/* --- the parent's side */

void runner_start(Runner *runner) {
    int ask[2], answer[2];
    if (pipe2(ask, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0)
        finding_harness("cannot communicate with a child: %s", strerror(errno));
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) finding_harness("cannot create a process: %s", strerror(errno));
    if (pid == 0) {
        close(ask[1]);
        close(answer[0]);
        serve(ask[0], answer[1]);
    }
    close(ask[0]);
    close(answer[1]);
    *runner = (Runner){.pid = pid, .ask = ask[1], .answer = answer[0]};
}

void runner_ask(Runner *runner, const Stream *candidate, const RunnerHow *how) {
    Text text = stream_print(candidate);
    bool good = write_whole(runner->ask, how, sizeof(*how)) && write_whole(runner->ask, &text.len, sizeof(text.len)) &&
                write_whole(runner->ask, text.data, text.len);
    if (!good) finding_harness("a process that runs candidates has ended: %s", strerror(errno));
    text_free(&text);
    runner->busy = true;
}

RunnerAnswer runner_answer(Runner *runner) {
    RunnerAnswer answer;
    if (!read_whole(runner->answer, &answer, sizeof(answer)))
        finding_harness("a process that runs candidates has ended; is the machine short of memory?");
    runner->busy = false;
    return answer;
}

void runner_end(Runner *runner) {
    kill(runner->pid, SIGKILL);
    while (waitpid(runner->pid, NULL, 0) < 0 && errno == EINTR) continue;
    close(runner->ask);
    close(runner->answer);
}
