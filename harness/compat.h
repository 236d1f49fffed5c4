/* compat.h -- everything that differs between Valkey versions, and everything that Valkey keeps to itself.
 *
 * The only door from harness/ to Valkey's headers: it includes them, so that no other file names one, and it hides
 * behind small accessors what one version spells differently from another. No other file has a version #if.
 *
 * It also repeats the few layouts that Valkey declares in a .c file and that an oracle has to read ("mirrors" below).
 * A mirror must have the same members in the same order as the original; each names where the original is. Nothing
 * checks that at compile time, so each says what notices a change.
 *
 * Headers are included with <>, never with "": harness/ has files of the same name (stream.h).
 *
 * Limit: written for series 9.1. */
#ifndef DEFRAG_FUZZ_COMPAT_H
#define DEFRAG_FUZZ_COMPAT_H

#include <server.h>

#include <allocator_defrag.h>
#include <bio.h>
#include <functions.h>
#include <intset.h>
#include <listpack.h>
#include <quicklist.h>
#include <scripting_engine.h>
#include <vset.h>

/* Databases: 9.1 makes them when they are first used. Returns NULL for one that nobody has used. */
static inline serverDb *compat_db(int id) {
    return server.db[id];
}

/* Begins a walk over a table that shows every entry, expired hash fields too, and leaves no trace in the table. */
static inline void compat_walk_begin(hashtableIterator *it, hashtable *table) {
    hashtableInitIterator(it, table, HASHTABLE_ITER_SKIP_VALIDATION);
}

/* Ends it. Needed after a walk that stopped early, harmless after one that came to its end. */
static inline void compat_walk_end(hashtableIterator *it) {
    hashtableCleanupIterator(it);
}

/* The fields of a hash that have a TTL, in the order of their expiry. Returns NULL when it has none. `o` is a hash
 * with the encoding OBJ_ENCODING_HASHTABLE; its table's metadata holds the set. */
static inline vset *compat_volatile_fields(const robj *o) {
    vset *set = (vset *)hashtableMetadata(objectGetVal(o));
    return vsetIsValid(set) && !vsetIsEmpty(set) ? set : NULL;
}

/* The tables that hash entries by their address (the sets of fields with a TTL, vset.c): makes them use `hash` instead. */
static inline void compat_hash_addresses_with(uint64_t (*hash)(const void *address)) {
    extern hashtableType pointerHashtableType;
    pointerHashtableType.hashFunction = hash;
}

/* The name of a channel, given the table of its subscribers (an entry of server.pubsub_channels). */
static inline const robj *compat_channel_name(hashtable *subscribers) {
    return *(robj **)hashtableMetadata(subscribers);
}

/* Mirror of watchedKey in multi.c. `node` is a node of the list in db->watched_keys and is the first member, so a
 * node of that list is a CompatWatchedKey. A change shows as client ids and database numbers that do not exist. */
typedef struct {
    listNode node;
    robj *key;
    serverDb *db;
    client *client;
    unsigned expired : 1;
} CompatWatchedKey;

/* Mirror of evalScript in eval.c, the values of evalScriptsDict(). A change shows as a body that is not a string:
 * see value_script.c. */
typedef struct {
    compiledFunction *compiled;
    scriptingEngine *engine;
    robj *body;
    uint64_t flags;
    listNode *node; /* in the eviction list, or NULL for a script that SCRIPT LOAD brought */
} CompatScript;

/* Client-side caching, tracking.c: key name -> radix tree of client ids (8 bytes each). NULL when nobody tracks. */
extern rax *TrackingTable;

#endif
