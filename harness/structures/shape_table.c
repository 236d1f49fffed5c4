/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_table.c -- is a hash table well-formed? See shape.h.
 *
 * Buckets are read through the private structs of probe.h. Valkey's own functions could answer the
 * question (would a lookup find this very entry?) only by a lookup, which continues a rehash. The
 * hash of an entry's key is computed again, with the table's own function.
 *
 * A whole scan with Valkey's own function must call back once for each entry, and its cursors must
 * follow each other as they would in a table of any other size; else SCAN, expiry and defrag miss
 * entries. It scans a copy of the head, which is paused, so the table itself is not touched.
 *
 * Limits: an empty bucket in the middle of a chain is allowed, and so are table sizes that Valkey
 * would not choose. Which cursor an entry belongs to is not checked. */
#include "harness/structures/shape.h"

#include "harness/structures/value_parts.h"
#include "harness/world/heap.h"

#if CHECKED_shape_table

#define BUCKET_ENTRIES ((int)(sizeof(((PrivateBucket *)NULL)->entries) / sizeof(void *)))

typedef struct {
    const PrivateTable *table;
    ShapeEach *each;
    void *context;
    int which; /* of the two tables */
    size_t used, children;
    uint64_t sum; /* over all entries of both tables */
} TableCheck;

static size_t bucket_count(const PrivateTable *table, int which) {
    return table->bucket_exp[which] < 0 ? 0 : (size_t)1 << table->bucket_exp[which];
}

static PrivateBucket *child_of(const PrivateBucket *bucket) {
    return bucket->chained ? bucket->entries[BUCKET_ENTRIES - 1] : NULL;
}

static uint64_t hash_of(const PrivateTable *table, const void *entry) {
    const hashtableType *type = table->type;
    const void *key = type->entryGetKey ? type->entryGetKey(entry) : entry;
    return type->hashFunction ? type->hashFunction(key) : hashtableGenHashFunction((const char *)&key, sizeof(key));
}

static void check_entry(TableCheck *check, const PrivateBucket *bucket, int position, size_t index) {
    void *entry = bucket->entries[position];
    uint64_t hash = hash_of(check->table, entry);
    if (bucket->hashes[position] != hash >> 56)
        shape_broken("shape:table:hash", bucket,
                     "a lookup would miss an entry, because its bucket has other bits of its hash");
    if ((hash & (bucket_count(check->table, check->which) - 1)) != index)
        shape_broken("shape:table:place", bucket, "an entry is in bucket %zu, where its hash does not belong", index);
    check->used++;
    check->sum += value_pointer(entry);
    if (check->each) check->each(entry, hash, check->context);
}

static void check_chain(TableCheck *check, const PrivateBucket *bucket, size_t index) {
    for (; bucket; bucket = child_of(bucket)) {
        for (int i = 0; i < BUCKET_ENTRIES; i++) {
            if (!(bucket->presence & 1 << i)) continue;
            if (bucket->chained && i == BUCKET_ENTRIES - 1)
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
static void check_rehashed(const TableCheck *check, const PrivateBucket *bucket, size_t index) {
    if (check->which == 1 || check->table->rehash_idx < 0 || (ssize_t)index >= check->table->rehash_idx) return;
    if (bucket->chained || bucket->presence)
        shape_broken("shape:table:rehash", bucket, "bucket %zu is not empty, though the rehash has passed it", index);
}

static void check_table(TableCheck *check) {
    const PrivateTable *table = check->table;
    int which = check->which;
    size_t count = bucket_count(table, which);
    if ((count > 0) != (table->tables[which] != NULL))
        shape_broken("shape:table:size", table, "table %d has %zu buckets and %s memory", which, count,
                     count ? "no" : "yet");
    if (count && heap_usable_size(table->tables[which]) < count * sizeof(PrivateBucket))
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

/* Whether a safe iterator, one that lets the table change meanwhile, is in the table. Before 9.1 a
 * table does not know its iterators; a safe one pauses the rehash. */
static bool is_iterated(const PrivateTable *table) {
#ifdef HAVE_PrivateTable_safe_iterators
    return table->safe_iterators != NULL;
#else
    (void)table;
    return false;
#endif
}

/* Between commands nothing iterates, so nothing may be paused. */
static void check_state(const PrivateTable *table) {
    bool rehashing = table->rehash_idx >= 0;
    bool paused = table->pause_rehash || table->pause_auto_shrink || is_iterated(table);
    if (paused && !shape_may_be_paused())
        shape_broken("shape:table:paused", table, "a table is still paused: rehash %d, shrinking %d%s",
                     table->pause_rehash, table->pause_auto_shrink, is_iterated(table) ? ", with an iterator" : "");
    if (rehashing != (table->tables[1] != NULL) || (rehashing && (size_t)table->rehash_idx >= bucket_count(table, 0)))
        shape_broken("shape:table:rehash", table, "a rehash is at bucket %zd of %zu, with%s a table to go to",
                     table->rehash_idx, bucket_count(table, 0), table->tables[1] ? "" : "out");
}

/* --- a scan */

/* What a scan has called back with. */
typedef struct {
    size_t count;
    uint64_t sum;
} Scanned;

static void add_scanned(void *context, void *entry) {
    Scanned *scanned = context;
    scanned->count++;
    scanned->sum += value_pointer(entry);
}

static uint64_t reverse_bits(uint64_t bits) {
    uint64_t reversed = 0;
    for (int i = 0; i < 64; i++) reversed |= (bits >> i & 1) << (63 - i);
    return reversed;
}

/* Cursors count in the highest bits of the smaller table's mask first (hashtable.c, nextCursor). */
static size_t cursor_after(size_t cursor, size_t mask) {
    return reverse_bits(reverse_bits(cursor | ~mask) + 1);
}

/* The smaller one's, where there are two tables. */
static size_t scan_mask(const PrivateTable *table) {
    size_t first = bucket_count(table, 0), second = bucket_count(table, 1);
    return (second && second < first ? second : first) - 1;
}

/* A type without functions lets a scan validate no entry, so fields that have expired count too. */
static void check_scan(const TableCheck *check) {
    const PrivateTable *table = check->table;
    hashtableType nothing = {0};
    PrivateTable head = *table;
    Scanned scanned = {0};
    size_t mask, cursor = 0;
    if (table->used[0] + table->used[1] == 0) return;
    head.type = &nothing;
    head.pause_auto_shrink++;
    mask = scan_mask(table);
    do {
        size_t next = hashtableScan((hashtable *)&head, cursor, add_scanned, &scanned);
        if (next != cursor_after(cursor, mask))
            shape_broken("shape:table:cursor", table, "a scan goes from cursor %zu to %zu of %zu", cursor, next, mask);
        cursor = next;
    } while (cursor);
    if (scanned.count != table->used[0] + table->used[1] || scanned.sum != check->sum)
        shape_broken("shape:table:scan", table, "a scan calls back %zu times for %zu entries", scanned.count,
                     table->used[0] + table->used[1]);
}

void shape_table(hashtable *table, ShapeEach *each, void *context) {
    TableCheck check = {.table = (const PrivateTable *)table, .each = each, .context = context};
    check_state(check.table);
    for (check.which = 0; check.which < 2; check.which++) check_table(&check);
    check_scan(&check);
}

static bool chain_holds(const PrivateBucket *bucket, const void *entry, uint64_t hash) {
    for (; bucket; bucket = child_of(bucket)) {
        for (int i = 0; i < BUCKET_ENTRIES - bucket->chained; i++) {
            if (bucket->presence & 1 << i && bucket->hashes[i] == hash >> 56 && bucket->entries[i] == entry)
                return true;
        }
    }
    return false;
}

bool shape_table_holds(hashtable *table, const void *entry, uint64_t hash) {
    const PrivateTable *t = (const PrivateTable *)table;
    for (int which = 0; which < 2; which++) {
        size_t count = bucket_count(t, which);
        if (count && chain_holds(&t->tables[which][hash & (count - 1)], entry, hash)) return true;
    }
    return false;
}

#endif
