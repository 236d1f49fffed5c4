/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.h -- connections to a real server: one for the harness, and one for each client of a stream.
 *
 * Replies are kept as bytes: each client has the bytes that the server has sent it since
 * wire_forget. A wait for one connection reads all of them, so unread replies never block the
 * server.
 *
 * It uses hiredis (Debian's libhiredis-dev, 0.14 and 1.x) to connect, to format requests and to
 * write them. The reader of hiredis is not used, because that of 0.14 does not support RESP3.
 *
 * Limits: one Wire per process at a time; hiredis resolves host names without a time limit. */
#ifndef FUZZ_WIRE_WIRE_H
#define FUZZ_WIRE_WIRE_H

#include <stdbool.h>

#include "harness/stream/stream.h"

#define WIRE_ADMIN STREAM_MAX_CLIENTS /* the harness's own connection */

/* The address of a server: a unix socket's path, or a host and a port. */
typedef struct {
    char host[256]; /* the host, or the socket's path */
    int port;       /* 0: a unix socket */
} WireAddress;

/* Parses "unix:PATH", "HOST:PORT" or "[IPV6]:PORT". Returns NULL or an error message that continues
 * the text itself. */
const char *wire_address(const char *text, WireAddress *out);

typedef enum {
    WIRE_OK,
    WIRE_DIED, /* the connection ended, and reconnecting failed */
    WIRE_HUNG, /* no answer in time */
} WireState;

typedef struct Wire Wire;

/* Opens the harness's own connection. `seconds` is the time limit of every answer; 0: none. Returns
 * NULL, with the reason appended to *why, when it cannot connect. */
Wire *wire_connect(const WireAddress *address, unsigned seconds, Text *why);

/* Closes all connections and frees everything; NULL is permitted. */
void wire_free(Wire *wire);

/* Sends a command over the harness's own connection and waits for the reply, whose bytes replace
 * the content of *reply if that is not NULL. The words are zero-terminated; NULL ends them. If a
 * stream has ended the connection (CLIENT KILL), reconnects and sends the command again. */
WireState wire_ask(Wire *wire, Text *reply, const char *word, ...) __attribute__((sentinel));

/* Logs in: sends AUTH with $DEFRAG_FUZZ_PASSWORD if that is set, as every connection does first,
 * else PING. */
WireState wire_login(Wire *wire, Text *reply);

/* Sends a client's command, connecting the client first if necessary. It has been sent when this
 * returns, but the server may not have read it. */
WireState wire_send(Wire *wire, int client, const Argv *argv);

/* Queues a client's command, which wire_pump sends. Returns false when the client cannot
 * connect. */
bool wire_queue(Wire *wire, int client, const Argv *argv);

/* Waits at most `ms` milliseconds until a socket is ready, then reads and writes all that is
 * possible without blocking. */
void wire_pump(Wire *wire, int ms);

/* Are there bytes that the server has not read, as far as the kernel knows? Exact for unix
 * sockets. */
bool wire_unread(const Wire *wire, int client);

/* Are there queued bytes that have not been sent? */
bool wire_unsent(const Wire *wire, int client);

/* Closes the client's connection, if it has one. */
void wire_close(Wire *wire, int client);
bool wire_is_open(const Wire *wire, int client);

/* The bytes that a client has received and that have not been removed; valid until the next call.
 * wire_forget removes all of them, wire_take the first `bytes`. */
Text wire_received(const Wire *wire, int client);
void wire_forget(Wire *wire, int client);
void wire_take(Wire *wire, int client, size_t bytes);

#endif
