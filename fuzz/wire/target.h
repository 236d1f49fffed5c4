/* SPDX-License-Identifier: BSD-3-Clause */
/* target.h -- the real server that a command line names: whether it can be used, and sessions with
 * it. */
#ifndef FUZZ_WIRE_TARGET_H
#define FUZZ_WIRE_TARGET_H

#include <stdbool.h>

#include "fuzz/wire/server.h"
#include "fuzz/wire/wire.h"
#include "harness/stream/settings.h"

typedef struct {
    const char *where; /* as given on the command line */
    /* the program of spawn:PATH, started for each session; NULL: a running server at `address` */
    const char *program;
    WireAddress address;
    bool stepped;     /* start stepped servers (VALKEY_DEFRAG_STEPPED) */
    unsigned seconds; /* time limit of every answer; 0: none */
    Text config;      /* of a running server: the reply to CONFIG GET * before the first session */
    char log[600];    /* of a running server: where its log is, for messages */
} WireTarget;

/* Writes the settings of a stream that fits the server: its databases (at most 16) and its cluster
 * mode; all others are the defaults. */
void wire_target_settings(const WireTarget *target, Settings *settings);

/* A session with a server that is empty and configured by a stream's settings. */
typedef struct {
    Wire *wire;
    WireServer server; /* if `spawned` */
    bool spawned;      /* the server was started for this session */
    bool clock;        /* the server's clock can be moved */
} WireSession;

/* Parses HOST:PORT, unix:PATH or spawn:PATH. Reports the error in one line and returns false when
 * it is invalid. The caller frees the target with wire_target_free. */
bool wire_target_read(const char *where, bool stepped, unsigned seconds, WireTarget *target);
void wire_target_free(WireTarget *target);

/* Checks that the server can be used: it is reachable, a Valkey of the series of `version`,
 * patched, and permits DEBUG. If not, reports the reason in one line and returns false. To be
 * called before the first session: it reads the settings of a running server, which later sessions
 * restore. */
bool wire_target_check(WireTarget *target, const char *version);

/* Begins a session, with a new server or with the running one, emptied and with its original
 * settings. Returns false, with the reason appended to *why, when the server is not available, or,
 * with *unfit set, when the running server has other databases or another cluster mode than the
 * settings require. */
bool wire_session_open(WireTarget *target, const Settings *settings, WireSession *session, bool *unfit, Text *why);

/* Ends the session; a running server is emptied and its settings are restored. The log of a spawned
 * server is appended to *log. Returns false when a spawned server ended badly or has a sanitizer's
 * report in its log. */
bool wire_session_close(WireTarget *target, WireSession *session, WireState state, Text *log);

#endif
