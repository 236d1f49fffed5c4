/* SPDX-License-Identifier: BSD-3-Clause */
/* debugger.c -- runs a stream in gdb, stopped where it fails; see debugger.h.
 *
 * It relies on determinism: the second run reaches the same step in the same way. gdb disables
 * address randomisation, which does not change traces.
 *
 * Limits: a stream that passes stops at its last step. */
#include "fuzz/cli/debugger.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/base/option.h"
#include "fuzz/base/self.h"
#include "harness/base/array.h"
#include "harness/finding/finding.h"

/* Counts the calls of run.c's do_step in a first run, and stops at the last of them in a second. */
static const char *const script[] = {
    "set pagination off",
    "set confirm off",
    "set breakpoint pending on",
    "handle SIGSEGV nostop noprint pass",
    "set $steps = 0",
    "break do_step if ++$steps < 0",
    "run",
    "delete",
    "set $last = $steps",
    "set $steps = 0",
    "break do_step if ++$steps == $last",
    "run",
};

#define COMMANDS COUNT_OF(script)

int debugger_run(const char *path) {
    char self[4096];
    if (!self_path(self, sizeof(self)))
        return option_complain("cannot find the path of this program: %s", strerror(errno));
    const char *arguments[2 * COMMANDS + 8] = {"gdb", "-q"};
    size_t n = 2;
    for (int i = 0; i < COMMANDS; i++) {
        arguments[n++] = "-ex";
        arguments[n++] = script[i];
    }
    const char *rest[] = {"--args", self, "replay", "--same-process", path};
    memcpy(arguments + n, rest, sizeof(rest));
    execvp("gdb", (char *const *)arguments);
    return option_complain("cannot run gdb: %s; install Debian's package gdb", strerror(errno));
}
