/* SPDX-License-Identifier: BSD-3-Clause */
/* server.h -- a real server that we start and end ourselves, in a folder of its own, on a unix
 * socket, with its log. */
#ifndef FUZZ_WIRE_SERVER_H
#define FUZZ_WIRE_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "fuzz/wire/wire.h"
#include "harness/stream/settings.h"

typedef struct {
    pid_t pid; /* 0: it is not there, or its end has been seen */
    int log;   /* an open file without a name */
    char folder[256];
    WireAddress address;
} WireServer;

/* Starts the program (a path) as birth_options says, `stepped` or by real time, and connects. It
 * dies when we do. NULL when it does not come up within `seconds`, with the reason in *why
 * (appended) and nothing left behind. */
Wire *wire_server_start(WireServer *server, const char *program, const Settings *settings, bool stepped,
                        unsigned seconds, Text *why);

/* Ends it: one that is fine is asked to shut down over `wire` (which stays the caller's), one that
 * has died has only to finish its last words, one that hangs gets SIGABRT, for the call stack in
 * its log. It is killed when that takes more than a few seconds. Takes its log into *log (appended)
 * and removes the folder. Returns false when it ended badly: by a signal, or with a status that is
 * not 0. */
bool wire_server_stop(WireServer *server, Wire *wire, WireState state, Text *log);

/* The signature of what ended a server, by its log: a sanitizer's report, a failed assertion, a
 * crash, else "wire:died". */
void wire_server_signature(Text log, char *signature, size_t room);

/* Appends so many lines of a log, each with `indent` before it: the beginning of a report of its
 * death, or, where there is none, the last ones. */
void wire_server_describe_log(Text *to, Text log, int lines, const char *indent);

#endif
