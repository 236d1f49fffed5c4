/* SPDX-License-Identifier: BSD-3-Clause */
/* spawn.h -- starts a program as a child, with its output on a pipe. */
#ifndef FUZZ_BASE_SPAWN_H
#define FUZZ_BASE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/base/text.h"

/* A variable of the child's environment; a NULL name ends the list. */
typedef struct {
    const char *name, *value;
} SpawnVariable;

/* Starts argv[0] (a path) with the arguments and, in addition to this process's environment, the
 * variables (NULL: none). Its stdin is empty; its stdout and stderr go to a pipe whose read end is
 * stored in *output. It is killed when this process ends. Returns its process id, or -1 with errno
 * when the process cannot be created. When the program cannot be executed, the child reports that
 * on the pipe and exits with EXIT_HARNESS. */
pid_t spawn_start(char **argv, const SpawnVariable *variables, int *output);

/* The same, with stdout and stderr going to the open file `output`, which the caller keeps and
 * closes. */
pid_t spawn_start_into(char **argv, const SpawnVariable *variables, int output);

/* Reads what is available and appends it to *text. Returns false at the end of the pipe. */
bool spawn_read(int output, Text *text);

/* Waits for the child to end. Returns its wait status (waitpid(2)). */
int spawn_wait(pid_t pid);

#endif
