/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_dict.c -- is a dict well-formed? See shape.h.
 *
 * A dict is a table with chains of entries, or a hashtable of dictEntry blocks
 * (harness/valkey/dicts.h); then the checks are those of shape_table.c. The hash of an entry's key
 * is computed again, with the dict's own function. */
#include "harness/structures/shape.h"

#if CHECKED_shape_dict

#if HAVE_DICT_IS_HASHTABLE

void shape_dict(dict *table, ShapeEach *each, void *context) {
    shape_table(table, each, context);
}

#else

static void check_table(dict *table, int which, ShapeEach *each, void *context) {
    unsigned long met = 0, count = DICTHT_SIZE(table->ht_size_exp[which]);
    for (unsigned long i = 0; i < count; i++) {
        dictEntry *entry = table->ht_table[which][i];
        if (entry && which == 0 && table->rehashidx >= 0 && (long)i < table->rehashidx)
            shape_broken("shape:dict:rehash", entry, "bucket %lu holds something, though the rehash has passed it", i);
        for (; entry; entry = dictGetNext(entry)) {
            uint64_t hash = dictHashKey(table, dictGetKey(entry));
            if ((hash & (count - 1)) != i)
                shape_broken("shape:dict:place", entry, "an entry is in bucket %lu, where its hash does not belong", i);
            if (++met > table->ht_used[which]) break;
            if (each) each(entry, hash, context);
        }
    }
    if (met != table->ht_used[which])
        shape_broken("shape:dict:count", table, "table %d counts %lu entries and has %s%lu", which,
                     table->ht_used[which], met > table->ht_used[which] ? "at least " : "", met);
}

void shape_dict(dict *table, ShapeEach *each, void *context) {
    if ((table->pauserehash || table->pauseAutoResize) && !shape_may_be_paused())
        shape_broken("shape:dict:paused", table, "a table is still paused: rehash %d, resizing %d", table->pauserehash,
                     table->pauseAutoResize);
    if ((table->rehashidx >= 0) != (table->ht_table[1] != NULL))
        shape_broken("shape:dict:rehash", table, "a rehash is at bucket %ld, with%s a table to go to", table->rehashidx,
                     table->ht_table[1] ? "" : "out");
    for (int which = 0; which < 2; which++) check_table(table, which, each, context);
}

#endif

#if !HAVE_CHANNELS_IN_HASHTABLE

/* What shape_dict_keys passes on. */
typedef struct {
    ShapeEach *each;
    void *context;
} Keys;

static void pass_key(void *entry, uint64_t hash, void *context) {
    const Keys *keys = context;
    if (keys->each) keys->each(dictGetKey((dictEntry *)entry), hash, keys->context);
}

void shape_dict_keys(dict *table, ShapeEach *each, void *context) {
    Keys keys = {each, context};
    shape_dict(table, pass_key, &keys);
}

bool shape_dict_holds(dict *table, const void *key, uint64_t hash) {
    for (int which = 0; which < 2; which++) {
        unsigned long count = DICTHT_SIZE(table->ht_size_exp[which]);
        const dictEntry *entry = count ? table->ht_table[which][hash & (count - 1)] : NULL;
        for (; entry; entry = dictGetNext(entry)) {
            if (dictGetKey(entry) == key) return true;
        }
    }
    return false;
}

#endif

#endif
