/* SPDX-License-Identifier: BSD-3-Clause */
/* compat_9.h -- what differs between Valkey versions, for 9.1. Only compat.h includes it.
 * compat_8.h defines the same names. */
#ifndef HARNESS_VALKEY_COMPAT_9_H
#define HARNESS_VALKEY_COMPAT_9_H

#include <vset.h>

/* Databases: created on first use. Returns NULL for one that was never used. */
static inline serverDb *compat_db(int id) {
    return server.db[id];
}

/* The side table of hashes that have fields with a TTL; NULL in versions without. */
static inline kvstore *compat_hashes_with_ttl(serverDb *db) {
    return db->keys_with_volatile_items;
}

/* The type that an in-memory connection reports: the member get_type of a ConnectionType. */
static inline int compat_connection_type(void) {
    return CONN_TYPE_UNIX;
}

/* --- tables */

/* Begins an iteration over a table. It visits every entry, expired hash fields included, and leaves
 * the table as it was. */
static inline void compat_walk_begin(hashtableIterator *it, hashtable *table) {
    hashtableInitIterator(it, table, HASHTABLE_ITER_SKIP_VALIDATION);
}

/* Ends it. Needed after an iteration that stopped early, harmless after a complete one. */
static inline void compat_walk_end(hashtableIterator *it) {
    hashtableCleanupIterator(it);
}

/* Mirror of struct hashtable in hashtable.c; see compat.h. */
typedef struct {
    hashtableType *type;
    ssize_t rehash_index;
    CompatBucket *tables[2];
    size_t used[2];
    int8_t bucket_exp[2];
    int16_t pause_rehash, pause_auto_shrink;
    size_t child_buckets[2];
    void *safe_iterators;
    void *metadata[];
} CompatTable;

/* Is a safe iterator, one that lets the table change meanwhile, active in the table? */
static inline bool compat_table_iterated(const CompatTable *table) {
    return table->safe_iterators != NULL;
}

/* Does Valkey agree that the rehash has reached that bucket (-1: no rehash)? */
static inline bool compat_rehash_index_is(hashtable *table, ssize_t index) {
    return index == hashtableGetRehashingIndex(table);
}

/* Mirror of struct _kvstore in kvstore.c; see compat.h. */
typedef struct {
    int flags;
    hashtableType *type;
    hashtable **tables;
    int count, bits;
    list *rehashing;
    int resize_cursor, allocated, non_empty;
    unsigned long long key_count, bucket_count, *size_index;
    size_t overhead_lut, overhead_rehashing;
    hashtable *importing;
    unsigned long long importing_key_count;
} CompatStore;

/* The number of slots that a store is importing from another node. */
static inline size_t compat_store_importing(const CompatStore *store) {
    return hashtableSize(store->importing);
}

/* Does Valkey agree with the mirror about them? */
static inline bool compat_store_importing_fits(kvstore *store) {
    return ((const CompatStore *)store)->importing_key_count == (unsigned long long)kvstoreImportingSize(store);
}

/* --- hash fields */

/* The name, the value and the expiry (in ms, or EXPIRY_NONE) of a hash's field, which is an entry
 * of its table. */
static inline const_sds compat_field_name(const void *field) {
    return entryGetField(field);
}

static inline const char *compat_field_value(const void *field, size_t *len) {
    return entryGetValue(field, len);
}

static inline mstime_t compat_field_expiry(const void *field) {
    return entryGetExpiry(field);
}

/* Does any field of a hash have a TTL? */
static inline bool compat_has_volatile_fields(robj *hash) {
    return hashTypeHasVolatileFields(hash);
}

/* The set of fields of a hash that have a TTL, as vset.c's tagged word (see CompatFieldsKind). NULL
 * when there are none. `hash` has the encoding OBJ_ENCODING_HASHTABLE; its table's metadata holds
 * the set. */
static inline void *compat_volatile_fields(const robj *hash) {
    vset *set = (vset *)hashtableMetadata(objectGetVal(hash));
    return vsetIsValid(set) && !vsetIsEmpty(set) ? *set : NULL;
}

/* Calls each() for each of these fields, in order of expiry. */
static inline void compat_each_volatile_field(const robj *hash, void (*each)(const void *field, void *context),
                                              void *context) {
    if (!compat_volatile_fields(hash)) return;
    vsetIterator it;
    void *field;
    vsetInitIterator((vset *)hashtableMetadata(objectGetVal(hash)), &it);
    while (vsetNext(&it, &field)) each(field, context);
    vsetResetIterator(&it);
}

/* Makes the tables that hash entries by address (the sets of fields with a TTL, vset.c) use `hash`
 * instead. */
static inline void compat_hash_addresses_with(uint64_t (*hash)(const void *address)) {
    extern hashtableType pointerHashtableType;
    pointerHashtableType.hashFunction = hash;
}

/* --- scripts */

/* The array that 8.1 reuses for the arguments of each command that a script calls. Between such
 * commands nothing in it is valid. NULL when the version has no such array. */
static inline const void *compat_script_arguments(void) {
    return NULL;
}

/* --- pub/sub */

/* A set of pub/sub: the subscribers of a channel or pattern (clients), the channels or patterns of
 * a client (string objects). */
typedef hashtable CompatSet;

static inline size_t compat_set_size(CompatSet *set) {
    return hashtableSize(set);
}

static inline void *compat_set_metadata(CompatSet *set) {
    return hashtableMetadata(set);
}

#endif
