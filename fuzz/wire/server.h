/* SPDX-License-Identifier: BSD-3-Clause */
/* server.h -- starts and stops a real server, in a folder of its own, on a unix socket, with its
 * log. */
#ifndef FUZZ_WIRE_SERVER_H
#define FUZZ_WIRE_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "fuzz/wire/wire.h"
#include "harness/stream/settings.h"

typedef struct {
    pid_t pid; /* 0: not started, or already reaped */
    int log;   /* an open unlinked file */
    char folder[256];
    WireAddress address;
} WireServer;

/* Starts the program (a path) with the options of birth_options, `stepped` or in real time, and
 * connects to it. It is killed when this process ends. Returns NULL when it is not up within
 * `seconds`; then the reason is appended to *why and everything is removed. */
Wire *wire_server_start(WireServer *server, const char *program, const Settings *settings, bool stepped,
                        unsigned seconds, Text *why);

/* Stops the server according to its state: it is shut down over `wire` (which the caller keeps),
 * or, if it has died, only waited for until its log is complete; if it hangs, it gets SIGABRT, so
 * that its log has a call stack. It is killed after a few seconds. Appends its log to *log and
 * removes the folder. Returns false when it was ended by a signal or its exit status is not 0. */
bool wire_server_stop(WireServer *server, Wire *wire, WireState state, Text *log);

/* Derives a signature from the log of a server that has ended: a sanitizer's report, a failed
 * assertion, a crash, else "wire:died". */
void wire_server_signature(Text log, char *signature, size_t room);

/* Appends at most `lines` lines of a log, each after `indent`: the beginning of a crash report, or,
 * without one, the last lines. */
void wire_server_describe_log(Text *to, Text log, int lines, const char *indent);

#endif
