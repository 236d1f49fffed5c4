/* SPDX-License-Identifier: BSD-3-Clause */
/* compat_9.h -- what differs between Valkey versions, as 9.1 has it. Included by compat.h alone;
 * compat_8.h gives the same names. */
#ifndef HARNESS_VALKEY_COMPAT_9_H
#define HARNESS_VALKEY_COMPAT_9_H

#include <vset.h>

/* Databases: made when they are first used. Returns NULL for one that nobody has used. */
static inline serverDb *compat_db(int id) {
    return server.db[id];
}

/* The side table of hashes that have fields with a TTL; NULL in versions without. */
static inline kvstore *compat_hashes_with_ttl(serverDb *db) {
    return db->keys_with_volatile_items;
}

/* What the connection type in memory says it is: the member get_type of a ConnectionType. */
static inline int compat_connection_type(void) {
    return CONN_TYPE_UNIX;
}

/* --- tables */

/* Begins a walk over a table that shows every entry, expired hash fields too, and leaves no trace
 * in the table. */
static inline void compat_walk_begin(hashtableIterator *it, hashtable *table) {
    hashtableInitIterator(it, table, HASHTABLE_ITER_SKIP_VALIDATION);
}

/* Ends it. Needed after a walk that stopped early, harmless after one that came to its end. */
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

/* Whether a safe iterator, one that lets the table change meanwhile, stands in the table. */
static inline bool compat_table_iterated(const CompatTable *table) {
    return table->safe_iterators != NULL;
}

/* Whether Valkey agrees that a rehash has come to that bucket (-1: none is under way). */
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

/* How many slots a store imports from another node. */
static inline size_t compat_store_importing(const CompatStore *store) {
    return hashtableSize(store->importing);
}

/* Whether Valkey agrees with what the mirror says about them. */
static inline bool compat_store_importing_holds(kvstore *store) {
    return ((const CompatStore *)store)->importing_key_count == (unsigned long long)kvstoreImportingSize(store);
}

/* --- hash fields */

/* The name and the value of a hash's field (an entry of its table); when it expires, in ms, or
 * EXPIRY_NONE. */
static inline const_sds compat_field_name(const void *field) {
    return entryGetField(field);
}

static inline const char *compat_field_value(const void *field, size_t *len) {
    return entryGetValue(field, len);
}

static inline mstime_t compat_field_expiry(const void *field) {
    return entryGetExpiry(field);
}

/* Whether any field of a hash has a TTL. */
static inline bool compat_has_volatile_fields(robj *hash) {
    return hashTypeHasVolatileFields(hash);
}

/* The set of fields of a hash that have a TTL, as the word that vset.c keeps (see
 * CompatFieldsKind). NULL when it has none. `hash` has the encoding OBJ_ENCODING_HASHTABLE; its
 * table's metadata holds the set. */
static inline void *compat_volatile_fields(const robj *hash) {
    vset *set = (vset *)hashtableMetadata(objectGetVal(hash));
    return vsetIsValid(set) && !vsetIsEmpty(set) ? *set : NULL;
}

/* Calls each() for every one of them, in the order of their expiry. */
static inline void compat_each_volatile_field(const robj *hash, void (*each)(const void *field, void *context),
                                              void *context) {
    if (!compat_volatile_fields(hash)) return;
    vsetIterator it;
    void *field;
    vsetInitIterator((vset *)hashtableMetadata(objectGetVal(hash)), &it);
    while (vsetNext(&it, &field)) each(field, context);
    vsetResetIterator(&it);
}

/* The tables that hash entries by their address (the sets of fields with a TTL, vset.c): makes them
 * use `hash` instead. */
static inline void compat_hash_addresses_with(uint64_t (*hash)(const void *address)) {
    extern hashtableType pointerHashtableType;
    pointerHashtableType.hashFunction = hash;
}

/* --- scripts */

/* The array that 8.1 keeps for the arguments of the next command that a script calls; between such
 * commands nothing in it is valid. NULL: there is none. */
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
