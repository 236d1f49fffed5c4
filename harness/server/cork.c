/* SPDX-License-Identifier: BSD-3-Clause */
/* cork.c -- requests that wait on the client's side; see cork.h. */
#include "harness/server/cork.h"

#include <string.h>

#include "harness/stream/stream.h"
#include "harness/world/heap.h"
#include "harness/world/world.h"

enum { CORKS = STREAM_MAX_CLIENTS + 1 }; /* the last one is of the harness's own client */

typedef struct {
    char data[CORK_BYTES];
    size_t first, len;          /* what is held: data[first] to data[first + len - 1] */
    size_t ends[CORK_REQUESTS]; /* where requests end in `data` */
    int first_end, count;       /* those not taken: ends[first_end] to ends[count - 1] */
    int64_t turns;              /* until the cork comes out; 0: it stays in */
    bool in, closing;
} Cork;

/* Made when a client first puts one in, in the arena: the world would be larger for all others. */
static Cork *corks[CORKS] WORLD;

/* Nothing is held. Leaves `data`, which the server may be reading. */
static void drop(Cork *cork) {
    cork->first = cork->len = 0;
    cork->first_end = cork->count = 0;
}

static void take_out(Cork *cork) {
    cork->in = false;
    cork->turns = 0;
}

bool cork_put_in(int client) {
    if (!corks[client]) corks[client] = heap_calloc(1, sizeof(Cork));
    if (corks[client]) corks[client]->in = true;
    return corks[client];
}

void cork_forget(int client) {
    if (!corks[client]) return;
    drop(corks[client]);
    take_out(corks[client]);
    corks[client]->closing = false;
}

bool cork_is_in(int client) {
    return corks[client] && corks[client]->in;
}

bool cork_hold(int client, const char *request, size_t len) {
    Cork *cork = corks[client];
    size_t used = cork->first + cork->len;
    if (len > CORK_BYTES - used || cork->count == CORK_REQUESTS) return false;
    memcpy(cork->data + used, request, len);
    cork->len += len;
    cork->ends[cork->count++] = used + len;
    return true;
}

CorkPart cork_take(int client, int64_t bytes) {
    Cork *cork = corks[client];
    size_t len = bytes > 0 && (size_t)bytes < cork->len ? (size_t)bytes : cork->len;
    CorkPart part = {cork->data + cork->first, len, 0};
    cork->first += len;
    cork->len -= len;
    while (cork->first_end < cork->count && cork->ends[cork->first_end] <= cork->first) {
        cork->first_end++;
        part.requests++;
    }
    if (bytes <= 0) take_out(cork);
    if (cork->len == 0) drop(cork);
    return part;
}

void cork_close(int client) {
    corks[client]->closing = true;
}

bool cork_is_closing(int client) {
    return corks[client] && corks[client]->closing;
}

void cork_wait(int client, int64_t count) {
    if (cork_is_in(client)) corks[client]->turns = count;
}

bool cork_waits(int client) {
    return corks[client] && corks[client]->turns;
}

bool cork_is_due(int client) {
    return cork_waits(client) && --corks[client]->turns == 0;
}
