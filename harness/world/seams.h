/* SPDX-License-Identifier: BSD-3-Clause */
/* seams.h -- what the server's objects call instead of libc's functions, where no other file
 * provides it.
 *
 * The table of all replacements, with a reason each, is seams.txt. */
#ifndef HARNESS_WORLD_SEAMS_H
#define HARNESS_WORLD_SEAMS_H

/* Removes the scratch folder, if the server ever created a file. Called at the end of the process.
 * A forked child removes only its own. */
void seams_cleanup(void);

/* Removes the files that the server created, so that no stream finds those of an earlier one. Cheap
 * when there are none. */
void seams_forget_files(void);

#endif
