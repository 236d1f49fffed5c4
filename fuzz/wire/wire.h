/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.h -- a real server at the other end of sockets: one connection for the harness, and one for
 * each client of a stream.
 *
 * Bytes are what counts: each client has the bytes that the server has sent it since wire_forget.
 * Whoever waits for one connection reads all of them, so the server is never held up by replies
 * that nobody fetches.
 *
 * Over hiredis (Debian's libhiredis-dev, 0.14 and 1.x): it connects, forms requests and writes
 * them. Its reader is not used: the one of 0.14 does not know RESP3.
 *
 * Limits: one Wire a process at a time is what it is made for; names are resolved by hiredis, in
 * its time. */
#ifndef FUZZ_WIRE_WIRE_H
#define FUZZ_WIRE_WIRE_H

#include <stdbool.h>

#include "harness/stream/stream.h"

#define WIRE_ADMIN STREAM_MAX_CLIENTS /* the harness's own connection */

/* Where a server is: a unix socket's path, or a host and a port. */
typedef struct {
    char host[256]; /* or the socket's path */
    int port;       /* 0: a unix socket */
} WireAddress;

/* Reads "unix:PATH", "HOST:PORT" or "[IPV6]:PORT". Returns NULL or what is wrong, in words that
 * follow the text itself. */
const char *wire_address(const char *text, WireAddress *out);

typedef enum {
    WIRE_FINE,
    WIRE_DIED, /* the connection ended, and a new one cannot be had */
    WIRE_HUNG, /* no answer in time */
} WireState;

typedef struct Wire Wire;

/* Connects the harness's own connection. `seconds`: how long any answer may take, 0 for ever. NULL,
 * with the reason in *why (appended), when there is nobody. */
Wire *wire_connect(const WireAddress *address, unsigned seconds, Text *why);

/* Closes all connections and frees everything; NULL is nothing. */
void wire_free(Wire *wire);

/* Asks over the harness's own connection and waits for the reply, whose bytes are put into *reply
 * (its old content is dropped) when that is not NULL. The words are zero-terminated and end with
 * NULL. A connection that a stream has ended (CLIENT KILL) is made anew, and the question asked
 * again. */
WireState wire_ask(Wire *wire, Text *reply, const char *word, ...) __attribute__((sentinel));

/* Asks whether we are let in: AUTH with $DEFRAG_FUZZ_PASSWORD, which every connection begins with
 * when that is set, else PING. */
WireState wire_login(Wire *wire, Text *reply);

/* Sends a client's command, connecting it first if need be; it has left when this returns, and the
 * server may not have read it. */
WireState wire_send(Wire *wire, int client, const Argv *argv);

/* Hands a client's command over to be sent when the socket takes it: wire_pump writes. False when
 * it cannot be connected. */
bool wire_queue(Wire *wire, int client, const Argv *argv);

/* Reads and writes what can be without waiting, after having waited for `ms` milliseconds at most
 * for there to be something. */
void wire_pump(Wire *wire, int ms);

/* Whether the server has not fetched all that was sent to it, as far as the kernel knows: exact for
 * a unix socket. */
bool wire_unread(const Wire *wire, int client);

/* Bytes that wire_queue has taken and that have not left yet. */
bool wire_unsent(const Wire *wire, int client);

/* The client ends its connection. Nothing happens when it has none. */
void wire_close(Wire *wire, int client);
bool wire_is_open(const Wire *wire, int client);

/* What a client was sent and what nobody has taken off yet; valid until the next call. wire_forget
 * takes off everything, wire_take the first `bytes`. */
Text wire_received(const Wire *wire, int client);
void wire_forget(Wire *wire, int client);
void wire_take(Wire *wire, int client, size_t bytes);

#endif
