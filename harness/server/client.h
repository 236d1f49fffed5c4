/* SPDX-License-Identifier: BSD-3-Clause */
/* client.h -- the clients of a stream: connections in memory, which use the server's real query
 * parser and reply path.
 *
 * A client is a number (the stream's prefix). It connects with its first command, and again after
 * it was closed by "!close" or by the server. Replies are collected as bytes, per client, until
 * client_forget_replies. A client may hold back what it sends (cork.h), and may stop to read.
 *
 * Limits: connections never fail and never lose bytes. What a blocked or paused client sends waits
 * in the server. */
#ifndef HARNESS_SERVER_CLIENT_H
#define HARNESS_SERVER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/stream/stream.h"

/* One more client, for the harness itself: settings, save and reload */
#define CLIENT_ADMIN STREAM_MAX_CLIENTS
#define CLIENT_COUNT (STREAM_MAX_CLIENTS + 1)

/* The protocol that clients of a stream have when they connect: 2, as usual, or 3, as after
 * HELLO 3. CLIENT_ADMIN always has 2. Outside of the world. */
void client_speak(int protocol);
int client_spoken(void);

/* Sends a command as RESP, connecting first if needed, lets the server read it, and runs its event
 * loop once. */
void client_send(int client, const Argv *argv);

/* The same for a zero-terminated list of words: client_say(1, "get", "key", NULL). */
void client_say(int client, const char *word, ...) __attribute__((sentinel));

/* client_say for CLIENT_ADMIN: client_admin_say("debug", "reload", NULL). */
void client_admin_say(const char *word, ...) __attribute__((sentinel));

/* Closes the client's end; the server notices and frees it. Does nothing when it is not
 * connected. With a cork in, the end follows what is held. */
void client_close(int client);

/* What the client sends from now on is held back, until client_uncork: then the first `bytes` of
 * it arrive, all in one read, and the rest is held; with 0 everything, and nothing is held any
 * more. */
void client_cork(int client);
void client_uncork(int client, int64_t bytes);

/* The same at the count-th turn of a busy server from now on (client_serve). */
void client_uncork_busy(int client, int64_t count);

/* A turn of the server's event loop while it is busy (networking.c, processEventsWhileBlocked):
 * what is due by client_uncork_busy arrives. Returns whether anything did. */
bool client_serve(void);

/* Is there a client whose requests, or whose end, would arrive at such a turn? */
bool client_waits_for_busy(void);

/* The client reads no more than `bytes` bytes from now on, so that the rest stays in the server;
 * negative: it reads everything, as usual. */
void client_window(int client, int64_t bytes);

/* Runs the server's event loop once: due timers, then pending replies are written. */
void client_turn(void);

/* The same without timers: writes the replies that timers or defrag have left. */
void client_settle(void);

/* What was sent to the client since client_forget_replies. Valid until the next call into the
 * server. */
Text client_reply(int client);
void client_forget_replies(void);

/* Is the reply an error, by its first byte? */
bool client_reply_is_error(int client);

#endif
