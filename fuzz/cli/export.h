/* SPDX-License-Identifier: BSD-3-Clause */
/* export.h -- exports a stream for a real server: as commands for valkey-cli, or as a test for
 * Valkey's own test suite. */
#ifndef FUZZ_CLI_EXPORT_H
#define FUZZ_CLI_EXPORT_H

#include <stdio.h>

#include "harness/stream/stream.h"

/* Writes commands for `valkey-cli < FILE`: the settings of the server and the commands of the first
 * client. Steps that one connection to a real server cannot do (other clients, all verbs except
 * "!reload") are written as comments. `name` is the stream's name in the comments. */
void script_write_cli(const Stream *stream, const char *name, FILE *to);

/* Writes a test in Tcl for tests/unit of Valkey's sources (tests/support: start_server, r,
 * wait_for_condition). Every client is a connection. Whole cycles, reloads, clock steps and closed
 * clients have equivalents; slices and the choice of pointers are comments, because a real server
 * lacks commands for them. The server must be built with "make DEBUG_FORCE_DEFRAG=yes", preferably
 * with SANITIZER=address. */
void script_write_tcl(const Stream *stream, const char *name, FILE *to);

#endif
