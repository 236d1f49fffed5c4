/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_store.c -- is a kvstore well-formed? See shape.h.
 *
 * A store is an array of tables, either a single one or one per slot, with sums over them. Its
 * tables point back to it. The tables being rehashed are in a list, and each points to its node
 * there.
 *
 * The sums, and when they differ from what is found (kvstore.c):
 * - keys, tables that are not empty, sums by slot: tables of slots that are being imported are
 *   left out (cumulativeKeyCountAdd) until the import ends (kvstoreSetIsImporting); their keys
 *   have a sum of their own;
 * - buckets: those of both tables of a rehash, from its start (kvstoreHashtableRehashingStarted)
 *   to its end (...Completed), without chained ones. Never different with the fix 0016; without
 *   it, the buckets of a table that is freed when it becomes empty stay counted
 *   (freeHashtableIfNeeded);
 * - memory of tables: always equal. Chained buckets are counted as they come and go
 *   (kvstoreHashtableTrackMemUsage);
 * - memory of old tables in a rehash: always equal (kvstoreHashtableRehashingStarted).
 *
 * Limits: the cursor of resizes is not checked. */
#include "harness/structures/shape.h"

#if CHECKED_shape_store

#include "harness/valkey/stores.h"

/* Sums over the tables of a store. */
typedef struct {
    int allocated, non_empty, rehashing;
    size_t keys, importing_keys, buckets, memory, rehashing_memory;
} Sums;

static void check_owner(const PrivateStore *store, hashtable *table) {
    const PrivateStoreMetadata *metadata = hashtableMetadata(table);
    if ((const PrivateStore *)metadata->kvs != store)
        shape_broken("shape:store:owner", table, "a table points back to another store");
    bool rehashing = hashtableIsRehashing(table), listed = metadata->rehashing_node != NULL;
    if (rehashing != listed)
        shape_broken("shape:store:rehashing", table, "a table that is%s being rehashed is%s in the list of such tables",
                     rehashing ? "" : " not", listed ? "" : " not");
    if (listed && metadata->rehashing_node->value != table)
        shape_broken("shape:store:rehashing", table,
                     "a table's node in the list of tables being rehashed belongs to another table");
}

static void add_table(const PrivateStore *store, int slot, Sums *sums) {
    hashtable *table = store->hashtables[slot];
    size_t from = 0, to = 0;
    if (hashtableIsRehashing(table)) hashtableRehashingInfo(table, &from, &to);
    sums->allocated++;
    sums->rehashing += hashtableIsRehashing(table);
    sums->buckets += hashtableBuckets(table);
    sums->memory += hashtableMemUsage(table);
    sums->rehashing_memory += from * HASHTABLE_BUCKET_SIZE;
    if (compat_store_is_importing(store, slot)) {
        sums->importing_keys += hashtableSize(table);
    } else {
        sums->keys += hashtableSize(table);
        sums->non_empty += hashtableSize(table) > 0;
    }
}

static size_t counted_keys(const PrivateStore *store, int slot) {
    hashtable *table = store->hashtables[slot];
    return table && !compat_store_is_importing(store, slot) ? hashtableSize(table) : 0;
}

/* Each word i of a Fenwick tree is the sum over the (i & -i) tables up to the i-th. */
static void check_size_index(const PrivateStore *store) {
    for (int i = 1; i <= store->num_hashtables; i++) {
        unsigned long long sum = counted_keys(store, i - 1);
        for (int step = 1; step < (i & -i); step *= 2) sum += store->hashtable_size_index[i - step];
        if (sum != store->hashtable_size_index[i])
            shape_broken("shape:store:index", store->hashtable_size_index,
                         "the sums by slot have %llu keys at %d, there are %llu", store->hashtable_size_index[i], i,
                         sum);
    }
}

static void check_keys(const PrivateStore *store, const Sums *sums) {
    if (store->key_count != sums->keys || store->non_empty_hashtables != sums->non_empty)
        shape_broken("shape:store:count", store,
                     "a store counts %llu keys in %d tables that are not empty, %zu in %d were found", store->key_count,
                     store->non_empty_hashtables, sums->keys, sums->non_empty);
    if (compat_store_importing_keys(store) != sums->importing_keys)
        shape_broken("shape:store:importing", store, "a store counts %llu keys of slots being imported, %zu were found",
                     compat_store_importing_keys(store), sums->importing_keys);
    if (store->hashtable_size_index) check_size_index(store);
}

static void check_memory(const PrivateStore *store, const Sums *sums) {
    if (store->rehashing->len != (unsigned long)sums->rehashing)
        shape_broken("shape:store:rehashing", store,
                     "%lu tables are in the list of tables being rehashed, %d point to it", store->rehashing->len,
                     sums->rehashing);
    if (store->allocated_hashtables != sums->allocated || store->overhead_hashtable_lut != sums->memory)
        shape_broken("shape:store:tables", store, "a store counts %d tables of %zu bytes, %d of %zu were found",
                     store->allocated_hashtables, store->overhead_hashtable_lut, sums->allocated, sums->memory);
    if (store->overhead_hashtable_rehashing != sums->rehashing_memory)
        shape_broken("shape:store:overhead", store,
                     "a store counts %zu bytes of tables that a rehash will free, %zu were found",
                     store->overhead_hashtable_rehashing, sums->rehashing_memory);
    if (store->bucket_count != sums->buckets)
        shape_broken("shape:store:buckets", store, "a store counts %llu buckets, %zu were found", store->bucket_count,
                     sums->buckets);
}

void shape_store(kvstore *kvs, ShapeEach *each, void *context) {
    const PrivateStore *store = (const PrivateStore *)kvs;
    Sums sums = {0};
    if (compat_store_importing(store)) shape_table(compat_store_importing(store), NULL, NULL);
    for (int i = 0; i < store->num_hashtables; i++) {
        if (!store->hashtables[i]) continue;
        check_owner(store, store->hashtables[i]);
        add_table(store, i, &sums);
        shape_table(store->hashtables[i], each, context);
    }
    shape_list_linked(store->rehashing, "the list of tables being rehashed");
    check_memory(store, &sums);
    check_keys(store, &sums);
}

#endif
