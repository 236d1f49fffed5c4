/* SPDX-License-Identifier: BSD-3-Clause */
/* value_dict.c -- iterates over Valkey's dicts without changing them; see value_table.c, which does
 * the same for hash tables. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_dict

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
    value_count(walk, met, expected);
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

#endif
