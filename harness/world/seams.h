/* SPDX-License-Identifier: BSD-3-Clause */
/* seams.h -- what the server's objects get instead of libc's functions, where no other file
 * provides it.
 *
 * The table of all replacements, with a reason each, is seams.txt. */
#ifndef HARNESS_WORLD_SEAMS_H
#define HARNESS_WORLD_SEAMS_H

/* Removes the scratch folder, if the server ever made a file. At the end of the process, and in a
 * child only for its own. */
void seams_cleanup(void);

/* Removes the files that the server made, so that no stream finds those of an earlier one. Cheap
 * when there are none. */
void seams_forget_files(void);

#endif
