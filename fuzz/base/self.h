/* SPDX-License-Identifier: BSD-3-Clause */
/* self.h -- this process: its program, and the number of processors it may use. */
#ifndef FUZZ_BASE_SELF_H
#define FUZZ_BASE_SELF_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the path of this program to `path`, at most `room` bytes with the zero (/proc/self/exe,
 * proc(5)). Returns false, with errno and an empty path, when it is unknown. */
bool self_path(char *path, size_t room);

/* The number of processors that this process may use: at least 1, at most `most`. */
int self_processors(int most);

#endif
