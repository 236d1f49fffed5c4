/* SPDX-License-Identifier: BSD-3-Clause */
/* spawn.c -- starts a program as a child, with its output on a pipe; see spawn.h.
 *
 * Limits: stdout and stderr share the pipe, so their order is that of the flushes. */
#include "fuzz/base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/fault.h"
#include "harness/finding/finding.h"

static _Noreturn void run_child(char **argv, const SpawnVariable *variables, int output) {
    int nothing = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    for (int i = 0; variables && variables[i].name; i++) setenv(variables[i].name, variables[i].value, 1);
    execv(argv[0], argv);
    fprintf(stderr, FAULT_PREFIX "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(EXIT_HARNESS);
}

pid_t spawn_start_into(char **argv, const SpawnVariable *variables, int output) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) run_child(argv, variables, output);
    return pid;
}

pid_t spawn_start(char **argv, const SpawnVariable *variables, int *output) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    pid_t pid = spawn_start_into(argv, variables, ends[1]);
    int error = errno;
    close(ends[1]);
    if (pid > 0)
        *output = ends[0];
    else
        close(ends[0]);
    errno = error;
    return pid;
}

bool spawn_read(int output, Text *text) {
    char buffer[1 << 14];
    ssize_t got = read(output, buffer, sizeof(buffer));
    if (got < 0) return errno == EINTR;
    text_append(text, buffer, (size_t)got);
    return got > 0;
}

int spawn_wait(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) finding_harness("lost a child: %s", strerror(errno));
    }
    return status;
}
