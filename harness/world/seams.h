/* SPDX-License-Identifier: BSD-3-Clause */
/* seams.h -- what the server's objects call instead of libc's functions, where no other file
 * provides it.
 *
 * The table of all replacements, with a reason each, is seams.txt. */
#ifndef HARNESS_WORLD_SEAMS_H
#define HARNESS_WORLD_SEAMS_H

#include <setjmp.h>
#include <stdbool.h>

/* Where to go when the server has started and begins to loop. */
void seams_when_started(jmp_buf *place);

/* Can a cluster's bus listen? Not in a server that has another name for the function that does. */
bool seams_can_listen(void);

/* Removes the scratch folder, if the server ever created a file. Called at the end of the process.
 * A forked child removes only its own. */
void seams_cleanup(void);

/* Removes the files that the server created, so that no stream finds those of an earlier one. Cheap
 * when there are none. */
void seams_forget_files(void);

#endif
