/* SPDX-License-Identifier: BSD-3-Clause */
/* value_parts.h -- what the files value*.c share. No other file includes it.
 *
 * A walk reads the whole data set once and gives every thing (a key, a channel, a script ...) a
 * name and a digest. Digests are combined with value_mix where order counts, and by addition where
 * it does not.
 *
 * Rules that keep the walk free of side effects: no lookup (Valkey's lookups rehash and expire), no
 * allocation, no radix tree iterator (it allocates for long keys). No address goes into a digest:
 * pointers are only compared. */
#ifndef HARNESS_STRUCTURES_VALUE_PARTS_H
#define HARNESS_STRUCTURES_VALUE_PARTS_H

/* first: in a real server it decides what the system's headers offer */
#include "harness/valkey/compat.h"

#include "harness/structures/hash.h"
#include "harness/structures/value.h"

/* The kinds of things that have an entry. Each has a row in a table of value_explain.c. At most
 * 16. */
typedef enum {
    THING_KEY,
    THING_CHANNEL,
    THING_PATTERN,
    THING_SHARD,
    THING_CLIENT,
    THING_WATCHED,
    THING_BLOCKED,
    THING_TRACKING,
    THING_SCRIPT,
    THING_EVICTION,
    THING_LIBRARY,
    THING_NOTE,
    THING_COUNT
} ThingKind;

typedef struct {
    ThingKind kind;
    int database;     /* 0 where a thing belongs to no database */
    const char *type; /* "list", "zset", ... for a key, else NULL */
    const char *name;
    size_t len;
    uint64_t number; /* a client's id; other things have a name */
} Thing;

typedef struct ValueWalk ValueWalk;
struct ValueWalk {
    ValueImage *image; /* receives an entry for each thing, unless NULL */
    /* Called for each thing with its ValueEntry.name, unless NULL. */
    void (*meet)(ValueWalk *walk, const Thing *thing, uint64_t name);
    void *context; /* of meet */
    int database;  /* the key being read, for value_fault; -1 outside the key space */
    const_sds key; /* or NULL */
    bool faulty;   /* a contradiction was found; value_take reports the first */
};

/* Folds a word into a hash; order counts. Idea: the multiply-and-fold step of Wang Yi's wyhash. */
static inline uint64_t value_mix(uint64_t hash, uint64_t word) {
    unsigned __int128 product = (unsigned __int128)(hash ^ 0x9e3779b97f4a7c15ull) * (word ^ 0xd1b54a32d192ed03ull);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* A pointer as a term of a sum. Sums are compared within one walk: equal sums mean equal sets of
 * pointers. Must not go into a digest. */
static inline uint64_t value_pointer(const void *p) {
    return value_mix(0, (uintptr_t)p);
}

/* Hashes a block after reading its ends with instrumented code, so that ASan reports a freed
 * block. */
static inline uint64_t value_block(const void *data, size_t len, uint64_t seed) {
    const volatile unsigned char *bytes = data;
    if (len) {
        (void)bytes[0];
        (void)bytes[len - 1];
    }
    return hash_bytes(data, len, seed);
}

static inline uint64_t value_sds(const_sds s, uint64_t seed) {
    return value_block(s, sdslen(s), seed);
}

/* value.c */

/* Records the first contradiction of a walk, with the key that it was found in; later ones are
 * dropped. The signature has the form "shape:list:links" and is static. */
void value_fault(ValueWalk *walk, const char *signature, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds a thing to the walk. Its name is hashed here; `digest` covers the rest. */
void value_add(ValueWalk *walk, const Thing *thing, uint64_t digest);

/* Walks everything. */
void value_walk(ValueWalk *walk);

/* Allocates pages outside the server's memory and outside the heap: new ones, or `old` enlarged
 * with its contents kept. Sizes are in bytes. Running out of memory is a fault of the harness
 * (finding_harness). */
void *value_map(void *old, size_t old_size, size_t size);
void value_unmap(void *map, size_t size);

/* value_explain.c: `len` bytes in double quotes, non-printing ones as \xNN, cut with "..." to
 * `room` (at least 16). Returns the length. */
size_t value_quote(const char *bytes, size_t len, char *text, size_t room);

/* value_table.c: iterates over hash tables. These functions call each() for every entry and record
 * a fault when a table's count is wrong. A NULL store is an empty one. */
typedef void TableEach(ValueWalk *walk, void *entry, void *context);
void value_table(ValueWalk *walk, hashtable *table, TableEach *each, void *context);
void value_store(ValueWalk *walk, kvstore *store, TableEach *each, void *context);

/* Records a fault unless both numbers of entries are the same. */
void value_count(ValueWalk *walk, size_t met, size_t expected);

/* value_dict.c: the same for dicts; the second calls each() for every key. */
#if CHECKED_value_dict
typedef void DictEach(ValueWalk *walk, const dictEntry *entry, void *context);
void value_dict(ValueWalk *walk, dict *table, DictEach *each, void *context);
void value_dict_keys(ValueWalk *walk, dict *table, TableEach *each, void *context);
#endif

/* One of the two, for a CompatSet. */
#if HAVE_CHANNELS_IN_HASHTABLE
#define value_set value_table
#else
#define value_set value_dict_keys
#endif

/* A TableEach that adds value_pointer(entry) to the uint64_t that is its context. */
void value_sum_pointer(ValueWalk *walk, void *entry, void *context);

/* value_radix.c: calls each(walk, hash of the key, value, context) for every key of a tree, in no
 * particular order, and returns the sum of the results. The hash depends only on the key's bytes. A
 * NULL tree is an empty one. Records a fault when the tree's counts are wrong. */
typedef uint64_t RadixEach(ValueWalk *walk, uint64_t key, void *value, void *context);
#if CHECKED_value_radix
uint64_t value_radix(ValueWalk *walk, const rax *tree, RadixEach *each, void *context);
#endif

/* value_type.c: the digest of an object's value, by type and encoding; of a string object that is
 * not a key's value; of a listpack. */
uint64_t value_object(ValueWalk *walk, robj *o);
uint64_t value_string(const robj *o, uint64_t seed);

/* The bytes of a string object; an integer is written into digits, which has room for
 * LONG_STR_SIZE. */
const char *value_text(const robj *o, char *digits, size_t *len);

/* value_packed.c: the digest of a listpack; of one that is a key's value. value_intset.c: that of a
 * set that is not a hash table. */
#if CHECKED_value_packed
uint64_t value_listpack(ValueWalk *walk, unsigned char *lp, uint64_t seed);
uint64_t value_packed(ValueWalk *walk, robj *o);
#else
#define value_packed value_by_server
#endif
#if CHECKED_value_intset
uint64_t value_intset(ValueWalk *walk, robj *o);
#else
#define value_intset value_other
#endif

/* value_server.c: the server's own digest of a key's value; 0 when it has none. */
uint64_t value_by_server(ValueWalk *walk, robj *o);

/* value_type.c: the digest of a value whose type or encoding no file here reads: the server's own.
 * Faults when the server does not know the encoding either. */
uint64_t value_other(ValueWalk *walk, robj *o);

/* A file each, for a key's value of one type that is not a listpack. Where a tree lacks what a file
 * needs, the probe has switched it off (CHECKED_..., harness/valkey/probe.txt), and the server's
 * own digest takes its place. */
#if CHECKED_value_list
uint64_t value_list(ValueWalk *walk, robj *o);
#else
#define value_list value_by_server
#endif

/* A sorted set is on one of the two (harness/valkey/zsets.h). */
#if HAVE_ORDERED_INDEX && CHECKED_value_ordered
uint64_t value_ordered(ValueWalk *walk, robj *o);
#define value_zset value_ordered
#elif !HAVE_ORDERED_INDEX && CHECKED_value_skiplist
uint64_t value_skiplist(ValueWalk *walk, robj *o);
#define value_zset value_skiplist
#else
#define value_zset value_by_server
#endif

#if CHECKED_value_stream
uint64_t value_stream(ValueWalk *walk, robj *o);
#else
#define value_stream value_by_server
#endif

#if CHECKED_value_hash
uint64_t value_hash(ValueWalk *walk, robj *o);

/* Whether a hash has fields with a TTL. */
bool value_hash_is_volatile(robj *o);
#else
#define value_hash value_by_server
#define value_hash_is_volatile(o) ((void)(o), false)
#endif

/* value_module.c: of a module's type; and what the sample module keeps beside the keys. */
#if CHECKED_value_module
uint64_t value_module(ValueWalk *walk, robj *o);
void value_notes(ValueWalk *walk);
#else
#define value_module value_by_server
#define value_notes(walk) ((void)(walk))
#endif

/* value_client.c: clients and what they subscribe to; what they watch and wait for in one
 * database. */
#if CHECKED_value_client
void value_clients(ValueWalk *walk);
void value_waiting(ValueWalk *walk, serverDb *db);
#else
#define value_clients(walk) ((void)(walk))
#define value_waiting(walk, db) ((void)(walk), (void)(db))
#endif

/* value_script.c: cached scripts, function libraries. */
#if CHECKED_value_script
void value_scripts(ValueWalk *walk);
#else
#define value_scripts(walk) ((void)(walk))
#endif

#endif
