/* SPDX-License-Identifier: BSD-3-Clause */
/* compat.h -- everything that differs between Valkey versions, and the private layouts that the
 * harness reads.
 *
 * The only door from harness/ to Valkey's headers. It includes them, so that no other file names
 * one. Small accessors hide what versions spell differently: compat_8.h and compat_9.h define the
 * same names, those of 9. Which of the two is used depends on what the tree has, not on its version
 * number.
 *
 * It also repeats the few layouts that Valkey declares in a .c file and that an oracle has to read
 * ("mirrors" below). A mirror must have the same members in the same order as the original, and
 * names its file. Nothing checks that at compile time, so each mirror says how a change would show.
 *
 * Valkey's headers are included with <>, ours with "" and their path: both have a stream.h.
 *
 * Limit: written for series 8.1 and 9.1. check-compat reports what a tree lacks, one line for each
 * name. */
#ifndef HARNESS_VALKEY_COMPAT_H
#define HARNESS_VALKEY_COMPAT_H

#include <server.h>

#include <stdbool.h>

#include <allocator_defrag.h>
#include <bio.h>
#include <cluster.h>
#include <connhelpers.h>
#include <functions.h>
#include <intset.h>
#include <listpack.h>
#include <lzf.h>
#include <monotonic.h>
#include <mt19937-64.h>
#include <quicklist.h>
#include <script.h>
#include <scripting_engine.h>
#include <version.h>

/* Mirror of bucket in hashtable.c: 7 entries per bucket, or 6 entries and, in the last slot, the
 * next bucket of a chain. */
#define COMPAT_BUCKET_ENTRIES 7

typedef struct CompatBucket CompatBucket;
struct CompatBucket {
    uint8_t chained : 1;
    uint8_t presence : COMPAT_BUCKET_ENTRIES;
    uint8_t hashes[COMPAT_BUCKET_ENTRIES]; /* the highest 8 bits of each entry's hash */
    void *entries[COMPAT_BUCKET_ENTRIES];
};

/* TTLs of hash fields came with the objects, tables and stores that compat_9.h is about. */
#if __has_include(<vset.h>)
#define COMPAT_FIELD_TTLS 1
#include "harness/valkey/compat_9.h"
#else
#define COMPAT_FIELD_TTLS 0
#include "harness/valkey/compat_8.h"
#endif

/* The first slot of a store that has entries, or -1. (For a store with one slot, Valkey returns 0
 * even when that slot has no table yet.) */
static inline int compat_first_slot(kvstore *store) {
    return kvstoreSize(store) ? kvstoreGetFirstNonEmptyHashtableIndex(store) : -1;
}

/* The name of a channel, given the set of its subscribers (an entry of server.pubsub_channels). */
static inline const robj *compat_channel_name(CompatSet *subscribers) {
    return *(robj **)compat_set_metadata(subscribers);
}

/* What the mirrors CompatTable and CompatStore (compat_8.h, compat_9.h) have in common. Table: the
 * first `rehash_index` buckets of table 0 have moved to table 1; -1: no rehash. A table has 1 <<
 * bucket_exp buckets, none when that is -1. Store: `size_index` is a Fenwick tree of 1 + count
 * sums, NULL when count is 1. */

/* Mirror of kvstoreHashtableMetadata in kvstore.c. A change shows as tables that seem to belong to
 * another store. */
typedef struct {
    listNode *rehashing_node;
    kvstore *store;
} CompatStoreMetadata;

/* Does the mirror of a table, or of a store, fit this server? Compares what it shows with what
 * Valkey's own functions return. */
static inline bool compat_table_mirror_fits(hashtable *table) {
    const CompatTable *t = (const CompatTable *)table;
    size_t buckets = ((size_t)1 << t->bucket_exp[0]) + (t->tables[1] ? (size_t)1 << t->bucket_exp[1] : 0);
    return sizeof(CompatBucket) == HASHTABLE_BUCKET_SIZE && hashtableEntriesPerBucket() == COMPAT_BUCKET_ENTRIES &&
           t->type == hashtableGetType(table) && (const void *)t->metadata == hashtableMetadata(table) &&
           t->used[0] + t->used[1] == hashtableSize(table) && compat_rehash_index_is(table, t->rehash_index) &&
           buckets == hashtableBuckets(table) && t->child_buckets[0] == hashtableChainedBuckets(table, 0);
}

static inline bool compat_store_mirror_fits(kvstore *store) {
    const CompatStore *s = (const CompatStore *)store;
    return s->count == kvstoreNumHashtables(store) && s->tables[0] == kvstoreGetHashtable(store, 0) &&
           s->allocated == kvstoreNumAllocatedHashtables(store) &&
           s->non_empty == kvstoreNumNonEmptyHashtables(store) &&
           s->rehashing->len == kvstoreHashtableRehashingCount(store) &&
           s->overhead_lut == kvstoreOverheadHashtableLut(store) && compat_store_importing_fits(store);
}

/* Mirror of watchedKey in multi.c. `node` is a node of the list in db->watched_keys and is the
 * first member, so a node of that list is a CompatWatchedKey. A change shows as client ids and
 * database numbers that do not exist. */
typedef struct {
    listNode node;
    robj *key;
    serverDb *db;
    client *client;
    unsigned expired : 1;
} CompatWatchedKey;

/* Mirror of evalScript in eval.c, the values of evalScriptsDict(). A change shows as a body that is
 * not a string: see value_script.c. */
typedef struct {
    compiledFunction *compiled;
    scriptingEngine *engine;
    robj *body;
    uint64_t flags;
    listNode *node; /* in the eviction list; NULL for a script loaded by SCRIPT LOAD */
} CompatScript;

/* How vset.c keeps fields with a TTL: a word whose lowest bits say what it points to. The address
 * of a field itself is odd. Mirrors of its VSET_BUCKET_ constants and pVector; a change shows as a
 * bucket of no known kind, or a vector whose count is wrong. */
typedef enum {
    COMPAT_FIELDS_VECTOR = 2, /* in order of expiry when it is the whole set, else unordered */
    COMPAT_FIELDS_TABLE = 4,
    /* The end of a time window (8 bytes, network order) -> a bucket of another kind */
    COMPAT_FIELDS_RADIX = 6,
} CompatFieldsKind;

#define COMPAT_FIELDS_MASK 7

typedef struct {
    uint64_t len : 30;
    uint64_t alloc : 34; /* bytes */
    void *data[];
} CompatFieldVector;

/* The list of evictable scripts, oldest first: SHA1 strings. evalCtx is private to eval.c; this
 * mirrors its beginning. A change shows as a list without the nodes that scripts point to. */
static inline const list *compat_script_evictions(void) {
    extern struct {
        dict *scripts;
        list *evictions;
    } evalCtx;
    return evalCtx.evictions;
}

/* Client-side caching, tracking.c: key name -> radix tree of client ids (8 bytes each). NULL when
 * no client tracks keys. */
extern rax *TrackingTable;

#endif
