/* SPDX-License-Identifier: BSD-3-Clause */
/* value.h -- the data set as one number: the contents of every key, subscription and script,
 * whatever their addresses.
 *
 * It is read directly from the server's structures, which is fast enough for twice per defrag
 * cycle. Images of equal data are equal whatever moved in between. The digest is also the same in
 * other processes, builds and heaps: no address, time of day or iteration order goes into it. The
 * comment at the top of value.c says what it covers and what it cannot see. */
#ifndef HARNESS_STRUCTURES_VALUE_H
#define HARNESS_STRUCTURES_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thing with a digest of its own: a key, a subscription, a script, a library. */
typedef struct {
    uint64_t name;   /* hash of kind, database and name: identifies it */
    uint64_t digest; /* hash of everything about it: its contents */
} ValueEntry;

/* The data set at one moment. Outside the world: restoring a snapshot does not change it. */
typedef struct {
    uint64_t digest; /* of everything, whatever the order */
    /* Hash of the sizes of all hash tables, in bytes; not data, so not in the digest */
    uint64_t tables;
    uint64_t bookmarks;  /* of all lists; not in the digest either */
    ValueEntry *entries; /* in the order of the walk */
    size_t count, room;
} ValueImage;

/* Reads the whole data set into *image, whose memory from an earlier call is reused. Does not
 * change the server in any way: nothing is expired, rehashed, allocated or counted. ASan reports a
 * stale pointer on the way like any other access, since the walk is instrumented. Returns false
 * when a structure contradicts itself (a list whose count and nodes differ); *why (static storage)
 * then describes it. */
bool value_take(ValueImage *image, const char **why);

/* The signature of the last fault for which value_take returned false: "shape:list:count". */
const char *value_fault_signature(void);

/* Writes what differs into text: "list key \"k2\" in database 0 changed", for up to three entries.
 * The server must be in the state that `after` was taken from. Returns the length. *kind gets a
 * short word for a signature: "list", "zset", ..., "pubsub", "script", "function", "lost",
 * "new". */
size_t value_explain(const ValueImage *before, const ValueImage *after, char *text, size_t room, const char **kind);

#endif
