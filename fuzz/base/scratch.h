/* SPDX-License-Identifier: BSD-3-Clause */
/* scratch.h -- a private folder for the duration of a run. */
#ifndef FUZZ_BASE_SCRATCH_H
#define FUZZ_BASE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Creates a folder in $TMPDIR, or /tmp, and writes its path to `path` (`room` bytes). Returns
 * false, with errno, when it cannot be created. */
bool scratch_make(char *path, size_t room);

/* Removes the folder and everything in it, as far as possible; links are not followed. */
void scratch_remove(const char *path);

#endif
