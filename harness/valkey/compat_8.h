/* SPDX-License-Identifier: BSD-3-Clause */
/* compat_8.h -- what differs between Valkey versions, for 8.1. Only compat.h includes it.
 * compat_9.h defines the same names and documents them.
 *
 * 8.1 has no TTLs of hash fields: the functions that ask for them find none. */
#ifndef HARNESS_VALKEY_COMPAT_8_H
#define HARNESS_VALKEY_COMPAT_8_H

/* Databases: all exist from the start. */
static inline serverDb *compat_db(int id) {
    return &server.db[id];
}

static inline kvstore *compat_hashes_with_ttl(serverDb *db) {
    (void)db;
    return NULL;
}

static inline const char *compat_connection_type(connection *conn) {
    (void)conn;
    return CONN_TYPE_UNIX;
}

/* --- objects and skiplists: names of 9.1 for public members */

static inline void *objectGetVal(const robj *o) {
    return o->ptr;
}

static inline void objectSetVal(robj *o, void *value) {
    o->ptr = value;
}

static inline zskiplistNode *zslGetHeader(zskiplist *list) {
    return list->header;
}

static inline zskiplistNode *zslGetTail(const zskiplist *list) {
    return list->tail;
}

static inline unsigned long zslGetLength(const zskiplist *list) {
    return list->length;
}

static inline int zslGetHeight(const zskiplist *list) {
    return list->level;
}

static inline sds zslGetNodeElement(const zskiplistNode *node) {
    return node->ele;
}

/* --- tables */

/* An unsafe iterator: it only takes a fingerprint of the table and compares it at the end. */
static inline void compat_walk_begin(hashtableIterator *it, hashtable *table) {
    hashtableInitIterator(it, table, 0);
}

static inline void compat_walk_end(hashtableIterator *it) {
    hashtableResetIterator(it);
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
    void *metadata[];
} CompatTable;

/* A table does not know its iterators. (A safe iterator pauses the rehash.) */
static inline bool compat_table_iterated(const CompatTable *table) {
    (void)table;
    return false;
}

/* Valkey does not expose the bucket. */
static inline bool compat_rehash_index_is(hashtable *table, ssize_t index) {
    return (index >= 0) == (bool)hashtableIsRehashing(table);
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
} CompatStore;

/* Slots are imported key by key, into the same tables. */
static inline size_t compat_store_importing(const CompatStore *store) {
    (void)store;
    return 0;
}

static inline bool compat_store_importing_fits(kvstore *store) {
    (void)store;
    return true;
}

/* --- hash fields */

#define EXPIRY_NONE (-1)

static inline const_sds compat_field_name(const void *field) {
    return hashTypeEntryGetField(field);
}

static inline const char *compat_field_value(const void *field, size_t *len) {
    sds value = hashTypeEntryGetValue(field);
    *len = sdslen(value);
    return value;
}

static inline mstime_t compat_field_expiry(const void *field) {
    (void)field;
    return EXPIRY_NONE;
}

static inline bool compat_has_volatile_fields(robj *hash) {
    (void)hash;
    return false;
}

static inline void *compat_volatile_fields(const robj *hash) {
    (void)hash;
    return NULL;
}

static inline void compat_each_volatile_field(const robj *hash, void (*each)(const void *field, void *context),
                                              void *context) {
    (void)hash, (void)each, (void)context;
}

/* No table hashes addresses. */
static inline void compat_hash_addresses_with(uint64_t (*hash)(const void *address)) {
    (void)hash;
}

/* --- scripts */

/* lua/script_lua.c; static there, made global by seams.txt. */
static inline const void *compat_script_arguments(void) {
    extern robj **lua_argv;
    return lua_argv;
}

/* --- pub/sub */

typedef dict CompatSet; /* of keys without values */

static inline size_t compat_set_size(CompatSet *set) {
    return dictSize(set);
}

static inline void *compat_set_metadata(CompatSet *set) {
    return dictMetadata(set);
}

#endif
