/* SPDX-License-Identifier: BSD-3-Clause */
/* debugger.h -- runs a stream in gdb, stopped where it fails. */
#ifndef FUZZ_CLI_DEBUGGER_H
#define FUZZ_CLI_DEBUGGER_H

/* Replaces this process with gdb, in which this program replays the file at `path`: once to count
 * its steps, and again until the last step that was started, where gdb waits for the user. Returns
 * only when gdb cannot be run: reports the error and returns the exit status. */
int debugger_run(const char *path);

#endif
