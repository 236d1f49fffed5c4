/* SPDX-License-Identifier: BSD-3-Clause */
/* spawn.h -- a program started as a child, with what it prints on a pipe. */
#ifndef FUZZ_BASE_SPAWN_H
#define FUZZ_BASE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/base/text.h"

/* A variable of the child's environment; a NULL name ends a list of them. */
typedef struct {
    const char *name, *value;
} SpawnVariable;

/* Starts argv[0] (a path) with the arguments and, on top of our environment, the variables (NULL:
 * none). Its stdin is empty, its stdout and stderr go to a pipe whose reading end is put into
 * *output; it dies when we do. Returns its process id, or -1 with errno when the process cannot be
 * made. A program that cannot be executed says so on the pipe and ends with EXIT_HARNESS. */
pid_t spawn_start(char **argv, const SpawnVariable *variables, int *output);

/* The same with stdout and stderr going to the open file `output`, which stays the caller's. */
pid_t spawn_start_into(char **argv, const SpawnVariable *variables, int output);

/* Reads what there is and appends it to *text. False at the end of the pipe. */
bool spawn_read(int output, Text *text);

/* Waits for the child to end. Returns its wait status (waitpid(2)). */
int spawn_wait(pid_t pid);

#endif
