/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_table.c -- is a hash table well-formed? See shape.h.
 *
 * Buckets are read through the mirrors of compat.h. Valkey's own functions could answer the
 * question (would a lookup find this very entry?) only by a lookup, which continues a rehash. The
 * hash of an entry's key is computed again, with the table's own function.
 *
 * Limits: an empty bucket in the middle of a chain is allowed, and so are table sizes that Valkey
 * would not choose. */
#include "harness/structures/shape.h"

#include "harness/world/heap.h"

typedef struct {
    const CompatTable *table;
    ShapeEach *each;
    void *context;
    int which; /* of the two tables */
    size_t used, children;
} TableCheck;

static size_t bucket_count(const CompatTable *table, int which) {
    return table->bucket_exp[which] < 0 ? 0 : (size_t)1 << table->bucket_exp[which];
}

static CompatBucket *child_of(const CompatBucket *bucket) {
    return bucket->chained ? bucket->entries[COMPAT_BUCKET_ENTRIES - 1] : NULL;
}

static uint64_t hash_of(const CompatTable *table, const void *entry) {
    const hashtableType *type = table->type;
    const void *key = type->entryGetKey ? type->entryGetKey(entry) : entry;
    return type->hashFunction ? type->hashFunction(key) : hashtableGenHashFunction((const char *)&key, sizeof(key));
}

static void check_entry(TableCheck *check, const CompatBucket *bucket, int position, size_t index) {
    void *entry = bucket->entries[position];
    uint64_t hash = hash_of(check->table, entry);
    if (bucket->hashes[position] != hash >> 56)
        shape_broken("shape:table:hash", bucket,
                     "a lookup would miss an entry, because its bucket has other bits of its hash");
    if ((hash & (bucket_count(check->table, check->which) - 1)) != index)
        shape_broken("shape:table:place", bucket, "an entry is in bucket %zu, where its hash does not belong", index);
    check->used++;
    if (check->each) check->each(entry, hash, check->context);
}

static void check_chain(TableCheck *check, const CompatBucket *bucket, size_t index) {
    for (; bucket; bucket = child_of(bucket)) {
        for (int i = 0; i < COMPAT_BUCKET_ENTRIES; i++) {
            if (!(bucket->presence & 1 << i)) continue;
            if (bucket->chained && i == COMPAT_BUCKET_ENTRIES - 1)
                shape_broken("shape:table:chain", bucket, "an entry is in the slot of the next bucket of a chain");
            check_entry(check, bucket, i, index);
        }
        check->children += bucket->chained;
        if (check->children > check->table->child_buckets[check->which])
            shape_broken("shape:table:chain", bucket,
                         "the chains are longer than the %zu buckets that the table counts",
                         check->table->child_buckets[check->which]);
    }
}

/* Buckets of table 0 that a rehash has passed must be empty. */
static void check_rehashed(const TableCheck *check, const CompatBucket *bucket, size_t index) {
    if (check->which == 1 || check->table->rehash_index < 0 || (ssize_t)index >= check->table->rehash_index) return;
    if (bucket->chained || bucket->presence)
        shape_broken("shape:table:rehash", bucket, "bucket %zu is not empty, though the rehash has passed it", index);
}

static void check_table(TableCheck *check) {
    const CompatTable *table = check->table;
    int which = check->which;
    size_t count = bucket_count(table, which);
    if ((count > 0) != (table->tables[which] != NULL))
        shape_broken("shape:table:size", table, "table %d has %zu buckets and %s memory", which, count,
                     count ? "no" : "yet");
    if (count && heap_usable_size(table->tables[which]) < count * sizeof(CompatBucket))
        shape_broken("shape:table:size", table->tables[which], "table %d has %zu buckets, its memory is smaller", which,
                     count);
    check->used = check->children = 0;
    for (size_t i = 0; i < count; i++) {
        check_rehashed(check, &table->tables[which][i], i);
        check_chain(check, &table->tables[which][i], i);
    }
    if (check->used != table->used[which])
        shape_broken("shape:table:count", table, "table %d counts %zu entries and has %zu", which, table->used[which],
                     check->used);
    if (check->children != table->child_buckets[which])
        shape_broken("shape:table:chain", table, "table %d counts %zu chained buckets and has %zu", which,
                     table->child_buckets[which], check->children);
}

/* Between steps nothing iterates, so nothing may be paused. */
static void check_state(const CompatTable *table) {
    bool rehashing = table->rehash_index >= 0;
    if (table->pause_rehash || table->pause_auto_shrink || compat_table_iterated(table))
        shape_broken("shape:table:paused", table, "a table is still paused: rehash %d, shrinking %d%s",
                     table->pause_rehash, table->pause_auto_shrink,
                     compat_table_iterated(table) ? ", with an iterator" : "");
    if (rehashing != (table->tables[1] != NULL) || (rehashing && (size_t)table->rehash_index >= bucket_count(table, 0)))
        shape_broken("shape:table:rehash", table, "a rehash is at bucket %zd of %zu, with%s a table to go to",
                     table->rehash_index, bucket_count(table, 0), table->tables[1] ? "" : "out");
}

void shape_table(hashtable *table, ShapeEach *each, void *context) {
    TableCheck check = {.table = (const CompatTable *)table, .each = each, .context = context};
    check_state(check.table);
    for (check.which = 0; check.which < 2; check.which++) check_table(&check);
}

static bool chain_holds(const CompatBucket *bucket, const void *entry, uint64_t hash) {
    for (; bucket; bucket = child_of(bucket)) {
        for (int i = 0; i < COMPAT_BUCKET_ENTRIES - bucket->chained; i++) {
            if (bucket->presence & 1 << i && bucket->hashes[i] == hash >> 56 && bucket->entries[i] == entry)
                return true;
        }
    }
    return false;
}

bool shape_table_holds(hashtable *table, const void *entry, uint64_t hash) {
    const CompatTable *t = (const CompatTable *)table;
    for (int which = 0; which < 2; which++) {
        size_t count = bucket_count(t, which);
        if (count && chain_holds(&t->tables[which][hash & (count - 1)], entry, hash)) return true;
    }
    return false;
}

static void check_dict_table(dict *table, int which, ShapeEach *each, void *context) {
    unsigned long met = 0, count = DICTHT_SIZE(table->ht_size_exp[which]);
    for (unsigned long i = 0; i < count; i++) {
        const dictEntry *entry = table->ht_table[which][i];
        if (entry && which == 0 && table->rehashidx >= 0 && (long)i < table->rehashidx)
            shape_broken("shape:dict:rehash", entry, "bucket %lu is not empty, though the rehash has passed it", i);
        for (; entry; entry = dictGetNext(entry)) {
            uint64_t hash = dictHashKey(table, dictGetKey(entry));
            if ((hash & (count - 1)) != i)
                shape_broken("shape:dict:place", entry, "an entry is in bucket %lu, where its hash does not belong", i);
            if (++met > table->ht_used[which]) break;
            if (each) each(dictGetKey(entry), hash, context);
        }
    }
    if (met != table->ht_used[which])
        shape_broken("shape:dict:count", table, "table %d counts %lu entries and has %s%lu", which,
                     table->ht_used[which], met > table->ht_used[which] ? "at least " : "", met);
}

void shape_table_dict(dict *table, ShapeEach *each, void *context) {
    if (table->pauserehash || table->pauseAutoResize)
        shape_broken("shape:dict:paused", table, "a table is still paused: rehash %d, resizing %d", table->pauserehash,
                     table->pauseAutoResize);
    if ((table->rehashidx >= 0) != (table->ht_table[1] != NULL))
        shape_broken("shape:dict:rehash", table, "a rehash is at bucket %ld, with%s a table to go to", table->rehashidx,
                     table->ht_table[1] ? "" : "out");
    for (int which = 0; which < 2; which++) check_dict_table(table, which, each, context);
}

bool shape_table_dict_holds(dict *table, const void *key, uint64_t hash) {
    for (int which = 0; which < 2; which++) {
        unsigned long count = DICTHT_SIZE(table->ht_size_exp[which]);
        const dictEntry *entry = count ? table->ht_table[which][hash & (count - 1)] : NULL;
        for (; entry; entry = dictGetNext(entry)) {
            if (dictGetKey(entry) == key) return true;
        }
    }
    return false;
}
