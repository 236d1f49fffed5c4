/* SPDX-License-Identifier: BSD-3-Clause */
/* isolate.c -- one stream in a process of its own; see isolate.h.
 *
 * Three things come back from a child: the report and the facts of a finding, in memory that both
 * share; the signature of a finding, through a pipe whose end is also the sign that the child is
 * gone; and what it wrote to stderr, in a file in memory.
 *
 * The child keeps the time limit itself (finding_deadline), because it can say at which step it
 * was. The parent kills it when it does not, GRACE seconds later.
 *
 * Limits: a child that is killed leaves its scratch folder behind, if it had one. */
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

static Shared *shared; /* with the child that runs */
static bool born_here; /* children are copies of this process's server */

const char *isolate_init(const IsolateOptions *options) {
    born_here = strcmp(options->heap, "asan") != 0;
    return born_here ? run_init(options->heap, options->at) : NULL;
}

/* --- the child */

/* The trusted steps without oracles, which begin all the same; then the others. */
static int run_distrusted(const Stream *stream, const RunOptions *options, int trusted) {
    RunOptions silently = *options;
    Stream prefix = *stream;
    silently.oracles = 0;
    prefix.nsteps = 0;
    RunMark *birth = run_prefix(NULL, &prefix, options, &shared->report);
    prefix.nsteps = trusted;
    RunMark *mark = birth ? run_prefix(birth, &prefix, &silently, &shared->report) : NULL;
    return mark ? run_branch(mark, stream, options, &shared->report) : EXIT_TIMEOUT;
}

static _Noreturn void be_child(const Stream *stream, const RunOptions *options, const IsolateOptions *how, int note,
                               int said) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* do not outlive the parent */
    if (dup2(said, STDERR_FILENO) < 0) finding_harness("cannot redirect stderr: %s", strerror(errno));
    finding_set_note(note);
    finding_set_facts(&shared->facts);
    finding_deadline(how->seconds);
    const char *why = born_here ? NULL : run_init(how->heap, how->at);
    if (why) finding_harness("%s", why);
    int status =
        how->trusted ? run_distrusted(stream, options, how->trusted) : run_stream(stream, options, &shared->report);
    finding_deadline(0);
    shared->done = true;
    exit(status);
}

/* --- the parent */

/* Reads the signature until the child is gone. Returns false when it took too long. */
static bool listen_to(int note, unsigned seconds, char *signature, size_t room) {
    int64_t end = stopwatch_ms() + ((int64_t)seconds + GRACE) * 1000;
    size_t len = 0;
    for (;;) {
        int64_t left = end - stopwatch_ms();
        struct pollfd wait = {.fd = note, .events = POLLIN};
        int ready = poll(&wait, 1, seconds == 0 ? -1 : left > 0 ? (int)left : 0);
        if (ready == 0) return false;
        if (ready < 0 && errno == EINTR) continue;
        char rest[256]; /* of a signature that is too long */
        bool full = len + 1 >= room;
        ssize_t got = read(note, full ? rest : signature + len, full ? sizeof(rest) : room - 1 - len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return true;
        if (!full) len += (size_t)got;
        signature[len] = '\0';
    }
}

static void read_said(int said, Text *text) {
    char buffer[4096];
    ssize_t got;
    for (off_t at = 0; (got = pread(said, buffer, sizeof(buffer), at)) > 0; at += got)
        text_append(text, buffer, (size_t)got);
}

static void judge_exit(Isolated *out, int status) {
    out->status = status;
    if (out->signature[0]) {
        out->status = status == EXIT_TIMEOUT ? EXIT_TIMEOUT : EXIT_FINDING;
    } else if (status == EXIT_CLEAN && !shared->done) {
        out->status = EXIT_HARNESS;
        text_format(&out->said, FAULT_PREFIX "the child left without a report\n");
    } else if (status != EXIT_CLEAN && status != EXIT_HARNESS && status != EXIT_TIMEOUT) {
        out->status = EXIT_FINDING;
        snprintf(out->signature, sizeof(out->signature), "exit:%d", status);
    }
}

static void judge_signal(Isolated *out, int number) {
    const char *name = sigabbrev_np(number);
    out->status = EXIT_FINDING;
    if (out->signature[0]) return;
    if (number == SIGKILL) {
        out->status = EXIT_HARNESS;
        text_format(&out->said, FAULT_PREFIX "the child was killed from outside; is the machine short of memory?\n");
        return;
    }
    snprintf(out->signature, sizeof(out->signature), "crash:SIG%s", name ? name : "?");
    text_format(&out->said, "defrag-fuzz: the process died of signal %d (SIG%s)\n", number, name ? name : "?");
}

static void follow(pid_t child, int note, int said, unsigned seconds, Isolated *out) {
    int status;
    bool in_time = listen_to(note, seconds, out->signature, sizeof(out->signature));
    if (!in_time) kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) finding_harness("lost a child: %s", strerror(errno));
    }
    read_said(said, &out->said);
    if (!in_time) {
        out->status = out->signature[0] ? EXIT_FINDING : EXIT_TIMEOUT;
        text_format(&out->said, "defrag-fuzz: killed after %u s\n", seconds + GRACE);
    } else if (WIFSIGNALED(status)) {
        judge_signal(out, WTERMSIG(status));
    } else {
        judge_exit(out, WEXITSTATUS(status));
    }
    out->report = shared->report;
    out->facts = shared->facts;
}

void isolate_run(const Stream *stream, const RunOptions *options, const IsolateOptions *how, Isolated *out) {
    int note[2], said = memfd_create("defrag-fuzz-stderr", MFD_CLOEXEC);
    *out = (Isolated){0};
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) finding_harness("no memory to share with a child");
    if (said < 0 || pipe2(note, O_CLOEXEC) != 0) finding_harness("cannot talk to a child: %s", strerror(errno));
    if (born_here) run_ensure_server(&stream->settings);
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) finding_harness("cannot make a process: %s", strerror(errno));
    if (child == 0) {
        close(note[0]);
        be_child(stream, options, how, note[1], said);
    }
    close(note[1]);
    follow(child, note[0], said, how->seconds, out);
    close(note[0]);
    close(said);
    munmap(shared, sizeof(*shared));
}
