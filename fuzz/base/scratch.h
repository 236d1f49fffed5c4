/* SPDX-License-Identifier: BSD-3-Clause */
/* scratch.h -- a private folder for the length of a run. */
#ifndef FUZZ_BASE_SCRATCH_H
#define FUZZ_BASE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Makes a new folder in $TMPDIR, or /tmp, and writes its path to `path` (`room` bytes). False when
 * it cannot be made, with errno. */
bool scratch_make(char *path, size_t room);

/* Removes the folder and everything in it, as far as that is possible; links are not followed. */
void scratch_remove(const char *path);

#endif
