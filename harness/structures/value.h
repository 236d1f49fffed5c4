/* SPDX-License-Identifier: BSD-3-Clause */
/* value.h -- the data set, as one number: what every key, subscription and script holds, whatever
 * its address.
 *
 * Reads the server's structures directly, so that it can be taken twice around every defrag cycle.
 * Two images of equal data are equal whatever moved in between; the digest is also equal between
 * processes, builds and heaps (no address, no time of day, no iteration order goes into it). What
 * it covers and what it cannot see: the comment at the top of value.c. */
#ifndef HARNESS_STRUCTURES_VALUE_H
#define HARNESS_STRUCTURES_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thing with a digest of its own: a key, a subscription, a script, a library. */
typedef struct {
    uint64_t name;   /* hash of kind, database and name: what it is */
    uint64_t digest; /* hash of everything about it: what it holds */
} ValueEntry;

/* The data set at one moment. Lives outside the world: bringing a snapshot back does not touch
 * it. */
typedef struct {
    uint64_t digest;     /* of everything; order does not matter */
    uint64_t tables;     /* hash of the sizes of all hash tables, in bytes; not in the digest, for it is no data */
    uint64_t bookmarks;  /* of all lists; not in the digest either */
    ValueEntry *entries; /* in the order they were met */
    size_t count, room;
} ValueImage;

/* Reads the whole data set into *image, using again the memory that it has from an earlier call.
 * Does not change the server in any way: nothing is expired, rehashed, allocated or counted. A
 * stale pointer met on the way is reported by ASan like any other access (the walk is
 * instrumented). Returns false when a structure contradicts itself while being read (a list whose
 * count and nodes differ); *why (static storage) then says so. */
bool value_take(ValueImage *image, const char **why);

/* What value_take last returned false for, as a signature: "shape:list:count". */
const char *value_fault_signature(void);

/* What differs, in words, into text: "list key \"k2\" in database 0 changed"; kinds and names of up
 * to three entries. The server must be in the state that `after` was taken from. Returns the
 * length. *kind gets a short word for a
 * signature: "list", "zset", ..., "pubsub", "script", "function", "lost", "new". */
size_t value_explain(const ValueImage *before, const ValueImage *after, char *text, size_t room, const char **kind);

#endif
