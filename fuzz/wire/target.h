/* SPDX-License-Identifier: BSD-3-Clause */
/* target.h -- which real server a command line means, whether it is one that can be used, and a
 * session with it. */
#ifndef FUZZ_WIRE_TARGET_H
#define FUZZ_WIRE_TARGET_H

#include <stdbool.h>

#include "fuzz/wire/server.h"
#include "fuzz/wire/wire.h"
#include "harness/stream/settings.h"

typedef struct {
    const char *where;   /* as on the command line */
    const char *program; /* of spawn:PATH, started for each session; NULL: a server that is there, at `address` */
    WireAddress address;
    bool stepped;     /* a server that we start is a stepped one (VALKEY_DEFRAG_STEPPED) */
    unsigned seconds; /* that any answer may take; 0: any */
    Text config;      /* of a server that is there: the reply to CONFIG GET * before the first session */
    char log[600];    /* of a server that is there: where its log is, in words */
} WireTarget;

/* The settings of a stream that would fit the server: its databases (at most 16) and its cluster
 * mode, all else by default. */
void wire_target_settings(const WireTarget *target, Settings *settings);

/* A server that is empty and set up as a stream's settings say. */
typedef struct {
    Wire *wire;
    WireServer server; /* if `ours` */
    bool ours;         /* started for this session: all that it is comes from the settings */
    bool clock;        /* its clock can be moved */
} WireSession;

/* Reads HOST:PORT, unix:PATH or spawn:PATH. False when it is wrong, which it has said in one line.
 * The caller frees the target with wire_target_free. */
bool wire_target_read(const char *where, bool stepped, unsigned seconds, WireTarget *target);
void wire_target_free(WireTarget *target);

/* Whether the server can be used: there, a Valkey of the series of `version`, patched, DEBUG
 * allowed. False when not, which it has said in one line. To be called before the first session: a
 * server that is there is asked for its settings, which later sessions bring back. */
bool wire_target_check(WireTarget *target, const char *version);

/* Begins a session: a new server, or one that is there, emptied, with its settings of before. False
 * with the reason in *why (appended) when there is none to be had, or, with *unfit set, when the
 * server that is there has other databases or another cluster mode than the settings want. */
bool wire_session_open(WireTarget *target, const Settings *settings, WireSession *session, bool *unfit, Text *why);

/* Ends it; a server that is there is emptied and gets its settings of before back. What a server of
 * our own has logged is appended to *log. Returns false when such a server ended badly, or has a
 * sanitizer's report in its log. */
bool wire_session_close(WireTarget *target, WireSession *session, WireState state, Text *log);

#endif
