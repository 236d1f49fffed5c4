/* SPDX-License-Identifier: BSD-3-Clause */
/* export.h -- a stream told again for a real server: as commands for valkey-cli, or as a test for
 * Valkey's own test suite. */
#ifndef FUZZ_CLI_EXPORT_H
#define FUZZ_CLI_EXPORT_H

#include <stdio.h>

#include "harness/stream/stream.h"

/* Writes what `valkey-cli < FILE` understands: the settings of the server and the commands of the
 * client that speaks first. What one connection to a real server cannot do, other clients and all
 * verbs but "!reload", stands there as comments. `name` is what the comments call the stream. */
void script_write_cli(const Stream *stream, const char *name, FILE *to);

/* Writes a test in Tcl for tests/unit of Valkey's sources (tests/support: start_server, r,
 * wait_for_condition). Every client is a connection. A whole cycle, a reload, a clock and a client
 * that goes have an equivalent; slices and which pointers move are comments, because a real server
 * has no command for them. The server must have been built with "make DEBUG_FORCE_DEFRAG=yes", best
 * with SANITIZER=address. */
void script_write_tcl(const Stream *stream, const char *name, FILE *to);

#endif
