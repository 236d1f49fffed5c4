/* runner.c -- a process that tries candidates for the shrinker; see runner.h.
 *
 * A question is a SlotHow, a length and a stream's text; an answer is a SlotAnswer.
 *
 * Limits: a slot that was given a candidate that hangs is busy until the candidate's time is over. */
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

/* False at the end of the pipe. */
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

/* --- the slot's side */

void slot_warm_up(void) {
    char name[128];
    site_function((uintptr_t)slot_warm_up, name, sizeof(name));
}

static SlotAnswer try(const Stream *candidate, const SlotHow *how) {
    Isolated result;
    RunOptions options = {.oracles = how->oracles, .fast = how->fast};
    IsolateOptions isolation = {.heap = "arena", .seconds = how->seconds, .trusted = how->trusted};
    isolate_run(candidate, &options, &isolation, &result);
    SlotAnswer answer = {.status = result.status, .failing = result.facts.step};
    snprintf(answer.signature, sizeof(answer.signature), "%s", result.signature);
    text_free(&result.said);
    return answer;
}

static bool serve_one(int ask, int answer) {
    SlotHow how;
    size_t len;
    Text text = {0};
    Stream candidate;
    if (!read_whole(ask, &how, sizeof(how)) || !read_whole(ask, &len, sizeof(len))) return false;
    if (!read_whole(ask, text_room(&text, len), len)) return false;
    stream_parse(text.data, len, STREAM_LENIENT, &candidate, NULL);
    SlotAnswer said = try(&candidate, &how);
    stream_free(&candidate);
    text_free(&text);
    return write_whole(answer, &said, sizeof(said));
}

static _Noreturn void be_slot(int ask, int answer) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* whoever asks decides when it is over */
    signal(SIGTERM, SIG_IGN);
    slot_warm_up();
    while (serve_one(ask, answer)) continue;
    _exit(EXIT_NOTHING);
}

/* --- the other side */

void slot_start(Slot *slot) {
    int ask[2], answer[2];
    if (pipe2(ask, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0)
        finding_harness("cannot talk to a child: %s", strerror(errno));
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) finding_harness("cannot make a process: %s", strerror(errno));
    if (pid == 0) {
        close(ask[1]);
        close(answer[0]);
        be_slot(ask[0], answer[1]);
    }
    close(ask[0]);
    close(answer[1]);
    *slot = (Slot){.pid = pid, .ask = ask[1], .answer = answer[0]};
}

void slot_ask(Slot *slot, const Stream *candidate, const SlotHow *how) {
    Text text = stream_print(candidate);
    bool good = write_whole(slot->ask, how, sizeof(*how)) && write_whole(slot->ask, &text.len, sizeof(text.len)) &&
                write_whole(slot->ask, text.data, text.len);
    if (!good) finding_harness("a process that tries candidates is gone: %s", strerror(errno));
    text_free(&text);
    slot->busy = true;
}

SlotAnswer slot_answer(Slot *slot) {
    SlotAnswer answer;
    if (!read_whole(slot->answer, &answer, sizeof(answer)))
        finding_harness("a process that tries candidates is gone; is the machine short of memory?");
    slot->busy = false;
    return answer;
}

void slot_end(Slot *slot) {
    kill(slot->pid, SIGKILL);
    while (waitpid(slot->pid, NULL, 0) < 0 && errno == EINTR) continue;
    close(slot->ask);
    close(slot->answer);
}
