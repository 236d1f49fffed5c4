/* SPDX-License-Identifier: BSD-3-Clause */
/* cork.h -- what a client has sent and the server cannot read yet.
 *
 * As with TCP_CORK (tcp(7)): while the cork is in, requests gather; then a part of them arrives, or
 * all in one read. A client that closes its end is gone when everything before has arrived.
 *
 * Limits: a cork holds CORK_BYTES and CORK_REQUESTS; what does not fit takes it out. */
#ifndef HARNESS_SERVER_CORK_H
#define HARNESS_SERVER_CORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORK_BYTES 65536
#define CORK_REQUESTS 256

/* What arrives: bytes, valid until the next call for this client, and how many requests end in
 * them. */
typedef struct {
    const char *data;
    size_t len;
    int requests;
} CorkPart;

/* Puts the cork in. Returns false, and does nothing, when there is no memory for it. */
bool cork_put_in(int client);

/* Takes the cork out and forgets what is held: the connection is gone. */
void cork_forget(int client);

bool cork_is_in(int client);

/* Adds a request. Returns false, and holds nothing more, when there is no room. */
bool cork_hold(int client, const char *request, size_t len);

/* Takes the first `bytes` of what is held, and the cork stays in; with 0 everything, and the cork
 * is out. */
CorkPart cork_take(int client, int64_t bytes);

/* The client closes its end behind what is held. */
void cork_close(int client);
bool cork_is_closing(int client);

/* The cork comes out at the count-th turn of a busy server from now on. */
void cork_wait(int client, int64_t count);

/* Does the client wait for such a turn? */
bool cork_waits(int client);

/* Counts such a turn. Is it the one that the client waits for? */
bool cork_is_due(int client);

#endif
