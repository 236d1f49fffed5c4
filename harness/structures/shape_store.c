/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_store.c -- is a kvstore well-formed? See shape.h.
 *
 * A store is an array of tables, either a single one or one per slot, with sums over them. Its
 * tables point back to it. The tables being rehashed are in a list, and each points to its node
 * there.
 *
 * Limits: in a store with slots that are being imported, the sums are not checked, since they leave
 * those slots out. The number of buckets is not checked: when Valkey frees an empty table, it does
 * not subtract that table's buckets. */
#include "harness/structures/shape.h"

#include "harness/finding/finding.h"

/* Sums over the tables of a store. */
typedef struct {
    int allocated, non_empty, rehashing;
    size_t keys, memory;
} Sums;

static void add_table(const CompatStore *store, hashtable *table, Sums *sums) {
    const CompatStoreMetadata *metadata = hashtableMetadata(table);
    if ((const CompatStore *)metadata->store != store)
        shape_broken("shape:store:owner", table, "a table points back to another store");
    bool rehashing = hashtableIsRehashing(table), listed = metadata->rehashing_node != NULL;
    if (rehashing != listed)
        shape_broken("shape:store:rehashing", table, "a table that is%s being rehashed is%s in the list of such tables",
                     rehashing ? "" : " not", listed ? "" : " not");
    if (listed && metadata->rehashing_node->value != table)
        shape_broken("shape:store:rehashing", table,
                     "a table's node in the list of tables being rehashed belongs to another table");
    sums->allocated++;
    sums->non_empty += hashtableSize(table) > 0;
    sums->rehashing += listed;
    sums->keys += hashtableSize(table);
    sums->memory += hashtableMemUsage(table);
}

/* Each word i of a Fenwick tree is the sum over the (i & -i) tables up to the i-th. */
static void check_size_index(const CompatStore *store) {
    for (int i = 1; i <= store->count; i++) {
        unsigned long long sum = store->tables[i - 1] ? hashtableSize(store->tables[i - 1]) : 0;
        for (int step = 1; step < (i & -i); step *= 2) sum += store->size_index[i - step];
        if (sum != store->size_index[i])
            shape_broken("shape:store:index", store->size_index,
                         "the sums by slot have %llu keys at %d, there are %llu", store->size_index[i], i, sum);
    }
}

static void check_sums(const CompatStore *store, const Sums *sums) {
    if (store->key_count != sums->keys || store->non_empty != sums->non_empty)
        shape_broken("shape:store:count", store,
                     "a store counts %llu keys in %d tables that are not empty, %zu in %d were found", store->key_count,
                     store->non_empty, sums->keys, sums->non_empty);
    if (store->size_index) check_size_index(store);
}

void shape_store(kvstore *kvs, ShapeEach *each, void *context) {
    const CompatStore *store = (const CompatStore *)kvs;
    Sums sums = {0};
    if (!compat_store_mirror_fits(kvs))
        finding_harness("the mirror of Valkey's kvstore in compat.h does not fit this version of it");
    for (int i = 0; i < store->count; i++) {
        if (!store->tables[i]) continue;
        add_table(store, store->tables[i], &sums);
        shape_table(store->tables[i], each, context);
    }
    shape_list_linked(store->rehashing, "the list of tables being rehashed");
    if (store->rehashing->len != (unsigned long)sums.rehashing)
        shape_broken("shape:store:rehashing", store,
                     "%lu tables are in the list of tables being rehashed, %d point to it", store->rehashing->len,
                     sums.rehashing);
    if (store->allocated != sums.allocated || store->overhead_lut != sums.memory)
        shape_broken("shape:store:tables", store, "a store counts %d tables of %zu bytes, %d of %zu were found",
                     store->allocated, store->overhead_lut, sums.allocated, sums.memory);
    if (compat_store_importing(store) == 0) check_sums(store, &sums);
}
