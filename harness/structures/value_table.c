/* SPDX-License-Identifier: BSD-3-Clause */
/* value_table.c -- iterates over Valkey's hash tables without changing them.
 *
 * The iterators are Valkey's own, of the unsafe kind: they neither pause nor advance a rehash and
 * write nothing into the table. They visit both tables of a rehash. A table whose count differs
 * from the number of its entries is a fault.
 *
 * Limits: entries of slots that are being imported from another node are not visited. */
#include "harness/structures/value_parts.h"

void value_count(ValueWalk *walk, size_t met, size_t expected) {
    if (met == expected) return;
    value_fault(walk, "shape:table:count", "a table counts %zu entries, %zu were found", expected, met);
}

void value_table(ValueWalk *walk, hashtable *table, TableEach *each, void *context) {
    size_t expected = hashtableSize(table), met = 0;
    if (walk->image) walk->image->tables += value_mix(hashtableMemUsage(table), hashtableIsRehashing(table));
    if (expected == 0) return;
    hashtableIterator it;
    void *entry;
    compat_walk_begin(&it, table);
    while (hashtableNext(&it, &entry)) {
        met++;
        each(walk, entry, context);
    }
    compat_walk_end(&it);
    value_count(walk, met, expected);
}

void value_store(ValueWalk *walk, kvstore *store, TableEach *each, void *context) {
    size_t expected = store ? kvstoreSize(store) : 0, met = 0;
    if (expected == 0) return;
    int slot = compat_first_slot(store);
    while (slot >= 0) {
        hashtable *table = kvstoreGetHashtable(store, slot);
        met += hashtableSize(table);
        value_table(walk, table, each, context);
        slot = compat_next_slot(store, slot);
    }
    value_count(walk, met, expected);
}

void value_sum_pointer(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    *(uint64_t *)context += value_pointer(entry);
}
