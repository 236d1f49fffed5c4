/* SPDX-License-Identifier: BSD-3-Clause */
/* client.h -- the clients of a stream: connections in memory, with the real query parser behind and
 * the real reply path before them.
 *
 * A client is a number (the stream's prefix). It connects with its first command and again after it
 * was closed, by "!close" or by the server. Replies are collected as bytes, per client, until
 * client_forget_replies.
 *
 * Limits: connections never block, never fail and never lose bytes; what a client is sent while it
 * is blocked or paused waits in the server. */
#ifndef HARNESS_SERVER_CLIENT_H
#define HARNESS_SERVER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/stream/stream.h"

#define CLIENT_ADMIN STREAM_MAX_CLIENTS /* one more client, for the harness itself: settings, save and reload */
#define CLIENT_COUNT (STREAM_MAX_CLIENTS + 1)

/* Sends a command as RESP, connecting first if need be, lets the server read it, and turns its loop
 * once. */
void client_send(int client, const Argv *argv);

/* The same for a zero-terminated list of words: client_say(1, "get", "key", NULL). */
void client_say(int client, const char *word, ...) __attribute__((sentinel));

/* client_say for CLIENT_ADMIN: client_admin_say("debug", "reload", NULL). */
void client_admin_say(const char *word, ...) __attribute__((sentinel));

/* The client closes its end; the server notices and frees it. Nothing happens when it is not
 * connected. */
void client_close(int client);

/* One turn of the server's event loop: timers that are due, then replies are written. */
void client_turn(void);

/* The same without timers: what timers, or defrag, left to be said is written. */
void client_settle(void);

/* What the client was sent since client_forget_replies; empty when nothing. Valid until the next
 * call into the server. */
Text client_reply(int client);
void client_forget_replies(void);

/* True when the reply's first byte says that it is an error. */
bool client_reply_is_error(int client);

#endif
