/* SPDX-License-Identifier: BSD-3-Clause */
/* debugger.h -- a stream in gdb, stopped where it fails. */
#ifndef FUZZ_CLI_DEBUGGER_H
#define FUZZ_CLI_DEBUGGER_H

/* Becomes gdb with this program replaying the file at `path`: runs it once to count its steps, and
 * a second time up to the last one that was begun, where gdb waits for the user. Returns only when
 * gdb cannot be run, with the exit status, and says why. */
int debugger_run(const char *path);

#endif
