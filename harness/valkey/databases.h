/* SPDX-License-Identifier: BSD-3-Clause */
/* databases.h -- how the server keeps its databases: as pointers, each made on first use (9.1), or
 * in one array (8.1). */
#ifndef HARNESS_VALKEY_DATABASES_H
#define HARNESS_VALKEY_DATABASES_H

/* A database by its number, 0 to server.dbnum - 1; NULL when it has not been used yet. */
static inline serverDb *compat_db(int id) {
#if HAVE_DATABASE_POINTERS
    return server.db[id];
#else
    return &server.db[id];
#endif
}

/* The side table of hashes that have fields with a TTL; NULL when the server has no such fields. */
static inline kvstore *compat_hashes_with_ttl(serverDb *db) {
#if HAVE_keys_with_volatile_items
    return db->keys_with_volatile_items;
#else
    (void)db;
    return NULL;
#endif
}

/* The mean TTL of a database's keys, in ms; 0 when the server keeps none. */
static inline long long compat_mean_ttl(const serverDb *db) {
#if HAVE_MEAN_TTL_OF_KEYS
    return db->expiry[KEYS].avg_ttl;
#elif HAVE_MEAN_TTL
    return db->avg_ttl;
#else
    (void)db;
    return 0;
#endif
}

/* The first slot of a store that has entries, and the next one; -1: there is none. (Valkey says 0
 * of a store of one slot even when that has no table yet.) Without Valkey's own functions, all
 * slots are looked at. */
#if HAVE_STORE_STEPS
static inline int compat_first_slot(kvstore *store) {
    return kvstoreSize(store) ? kvstoreGetFirstNonEmptyHashtableIndex(store) : -1;
}

static inline int compat_next_slot(kvstore *store, int slot) {
    return kvstoreGetNextNonEmptyHashtableIndex(store, slot);
}
#else
static inline int compat_next_slot(kvstore *store, int slot) {
    for (slot++; slot < kvstoreNumHashtables(store); slot++) {
        hashtable *table = kvstoreGetHashtable(store, slot);
        if (table && hashtableSize(table)) return slot;
    }
    return -1;
}

static inline int compat_first_slot(kvstore *store) {
    return compat_next_slot(store, -1);
}
#endif

#endif
