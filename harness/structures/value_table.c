/* SPDX-License-Identifier: BSD-3-Clause */
/* value_table.c -- iterates over Valkey's hash tables without changing them.
 *
 * The iterators are Valkey's own, of the unsafe kind: they neither pause nor advance a rehash and
 * write nothing into the table. They visit both tables of a rehash. A table whose count differs
 * from the number of its entries is a fault.
 *
 * Limits: entries of slots that are being imported from another node are not visited. */
#include "harness/structures/value_parts.h"

static void check_count(ValueWalk *walk, size_t met, size_t expected) {
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
    check_count(walk, met, expected);
}

void value_store(ValueWalk *walk, kvstore *store, TableEach *each, void *context) {
    size_t expected = store ? kvstoreSize(store) : 0, met = 0;
    if (expected == 0) return;
    int slot = compat_first_slot(store);
    while (slot >= 0) {
        hashtable *table = kvstoreGetHashtable(store, slot);
        met += hashtableSize(table);
        value_table(walk, table, each, context);
        slot = kvstoreGetNextNonEmptyHashtableIndex(store, slot);
    }
    check_count(walk, met, expected);
}

void value_dict(ValueWalk *walk, dict *table, DictEach *each, void *context) {
    size_t expected = dictSize(table), met = 0;
    if (walk->image) walk->image->tables += value_mix(dictMemUsage(table), dictIsRehashing(table));
    if (expected == 0) return;
    dictIterator it;
    const dictEntry *entry;
    dictInitIterator(&it, table);
    while ((entry = dictNext(&it)) != NULL) {
        met++;
        each(walk, entry, context);
    }
    dictResetIterator(&it);
    check_count(walk, met, expected);
}

/* What value_dict passes to a TableEach. */
typedef struct {
    TableEach *each;
    void *context;
} Keys;

static void read_key(ValueWalk *walk, const dictEntry *entry, void *context) {
    const Keys *keys = context;
    keys->each(walk, dictGetKey(entry), keys->context);
}

void value_dict_keys(ValueWalk *walk, dict *table, TableEach *each, void *context) {
    Keys keys = {each, context};
    value_dict(walk, table, read_key, &keys);
}

void value_sum_pointer(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    *(uint64_t *)context += value_pointer(entry);
}
