/* SPDX-License-Identifier: BSD-3-Clause */
/* isolate.c -- one stream in a process of its own; see isolate.h.
 *
 * Three things come back from a child: the report and the facts of a finding, in shared memory; the
 * signature of a finding, through a pipe whose end of file also shows that the child is gone; and
 * its stderr, in a file in memory.
 *
 * The child enforces the time limit itself (finding_deadline), because it can report the step. If
 * it does not, the parent kills it GRACE seconds later.
 *
 * Limits: a child that is killed does not remove its scratch folder, if it has one. */
#include "fuzz/base/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/oracles/table.h"
#include "harness/base/fault.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"

#define GRACE 2 /* seconds */

/* What parent and child share. */
typedef struct {
    RunReport report;
    FindingFacts facts;
    bool done;
} Shared;

static Shared *shared;        /* with the child that runs */
static bool server_inherited; /* children are copies of this process's server */

const char *isolate_init(const IsolateOptions *options) {
    server_inherited = strcmp(options->heap, "asan") != 0;
    return server_inherited ? run_init(options->heap, options->at) : NULL;
}

/* --- the child */

/* Runs the trusted steps without asking the oracles, but those that have to see every step; all are
 * started. Then the others. */
static int run_distrusted(const Stream *stream, const RunOptions *options, int trusted) {
    RunOptions trusting = *options;
    Stream prefix = *stream;
    trusting.oracles = oracles_following(options->oracles);
    trusting.skip_call_sites = options->skip_call_sites && !oracles_ask_sites(options->oracles);
    prefix.nsteps = 0;
    RunMark *birth = run_prefix(NULL, &prefix, options, &shared->report);
    prefix.nsteps = trusted;
    RunMark *mark = birth ? run_prefix(birth, &prefix, &trusting, &shared->report) : NULL;
    return mark ? run_branch(mark, stream, options, &shared->report) : EXIT_TIMEOUT;
}

static _Noreturn void run_child(const Stream *stream, const RunOptions *options, const IsolateOptions *how, int note,
                                int stderr_file) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* do not outlive the parent */
    if (dup2(stderr_file, STDERR_FILENO) < 0) finding_harness("cannot redirect stderr: %s", strerror(errno));
    finding_set_note(note);
    finding_set_facts(&shared->facts);
    finding_deadline(how->seconds);
    const char *why = server_inherited ? NULL : run_init(how->heap, how->at);
    if (why) finding_harness("%s", why);
    int status =
        how->trusted ? run_distrusted(stream, options, how->trusted) : run_stream(stream, options, &shared->report);
    finding_deadline(0);
    shared->done = true;
    exit(status);
}

/* --- the parent */

/* Reads the signature until the child has ended. Returns false when that took too long. */
static bool read_signature(int note, unsigned seconds, char *signature, size_t room) {
    int64_t end = stopwatch_ms() + ((int64_t)seconds + GRACE) * 1000;
    size_t len = 0;
    for (;;) {
        int64_t left = end - stopwatch_ms();
        struct pollfd wait = {.fd = note, .events = POLLIN};
        int ready = poll(&wait, 1, seconds == 0 ? -1 : left > 0 ? (int)left : 0);
        if (ready == 0) return false;
        if (ready < 0 && errno == EINTR) continue;
        char rest[256]; /* the rest of a signature that is too long */
        bool full = len + 1 >= room;
        ssize_t got = read(note, full ? rest : signature + len, full ? sizeof(rest) : room - 1 - len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return true;
        if (!full) len += (size_t)got;
        signature[len] = '\0';
    }
}

static void read_stderr(int stderr_file, Text *text) {
    char buffer[4096];
    ssize_t got;
    for (off_t at = 0; (got = pread(stderr_file, buffer, sizeof(buffer), at)) > 0; at += got)
        text_append(text, buffer, (size_t)got);
}

static void classify_exit(Isolated *out, int status) {
    out->status = status;
    if (out->signature[0]) {
        out->status = status == EXIT_TIMEOUT ? EXIT_TIMEOUT : EXIT_FINDING;
    } else if (status == EXIT_CLEAN && !shared->done) {
        out->status = EXIT_HARNESS;
        text_format(&out->stderr_text, FAULT_PREFIX "the child exited without a report\n");
    } else if (status != EXIT_CLEAN && status != EXIT_HARNESS && status != EXIT_TIMEOUT) {
        out->status = EXIT_FINDING;
        snprintf(out->signature, sizeof(out->signature), "exit:%d", status);
    }
}

static void classify_signal(Isolated *out, int number) {
    const char *name = sigabbrev_np(number);
    out->status = EXIT_FINDING;
    if (out->signature[0]) return;
    if (number == SIGKILL) {
        out->status = EXIT_HARNESS;
        text_format(&out->stderr_text,
                    FAULT_PREFIX "the child was killed from outside; is the machine short of memory?\n");
        return;
    }
    snprintf(out->signature, sizeof(out->signature), "crash:SIG%s", name ? name : "?");
    text_format(&out->stderr_text, "defrag-fuzz: the process died of signal %d (SIG%s)\n", number, name ? name : "?");
}

static void collect(pid_t child, int note, int stderr_file, unsigned seconds, Isolated *out) {
    int status;
    bool in_time = read_signature(note, seconds, out->signature, sizeof(out->signature));
    if (!in_time) kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) finding_harness("lost a child: %s", strerror(errno));
    }
    read_stderr(stderr_file, &out->stderr_text);
    if (!in_time) {
        out->status = out->signature[0] ? EXIT_FINDING : EXIT_TIMEOUT;
        text_format(&out->stderr_text, "defrag-fuzz: killed after %u s\n", seconds + GRACE);
    } else if (WIFSIGNALED(status)) {
        classify_signal(out, WTERMSIG(status));
    } else {
        classify_exit(out, WEXITSTATUS(status));
    }
    out->report = shared->report;
    out->facts = shared->facts;
}

void isolate_run(const Stream *stream, const RunOptions *options, const IsolateOptions *how, Isolated *out) {
    int note[2], stderr_file = memfd_create("defrag-fuzz-stderr", MFD_CLOEXEC);
    *out = (Isolated){0};
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) finding_harness("no memory to share with a child");
    if (stderr_file < 0 || pipe2(note, O_CLOEXEC) != 0)
        finding_harness("cannot communicate with a child: %s", strerror(errno));
    if (server_inherited) run_ensure_server(&stream->settings);
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) finding_harness("cannot create a process: %s", strerror(errno));
    if (child == 0) {
        close(note[0]);
        run_child(stream, options, how, note[1], stderr_file);
    }
    close(note[1]);
    collect(child, note[0], stderr_file, how->seconds, out);
    close(note[0]);
    close(stderr_file);
    munmap(shared, sizeof(*shared));
}
