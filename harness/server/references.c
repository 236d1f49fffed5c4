/* SPDX-License-Identifier: BSD-3-Clause */
/* references.c -- the verb "!references"; see references.h.
 *
 * Only a module can make such a value, and no module is loaded. The rest of the server handles them
 * wherever a field has a value, so a check that never meets one knows nothing about that code.
 *
 * Limits: all strings are in one block of the world, which is never used again within a stream. */
#include "harness/server/references.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/valkey/compat.h"
#include "harness/world/world.h"

#if HAVE_hashTypeUpdateAsStringRef

#include "harness/valkey/fields.h"

#define ROOM 65536 /* bytes for all strings of a stream */

static char strings[ROOM] WORLD;
static size_t used WORLD;

/* Addresses of a table's entries, which change while the table does not. */
typedef struct {
    void **entries;
    size_t count;
} Entries;

static Entries entries_of(hashtable *table) {
    Entries all = {0};
    hashtableIterator it;
    void *entry;
    all.entries = array_reserve(NULL, 0, hashtableSize(table), sizeof(void *));
    compat_walk_begin(&it, table);
    while (hashtableNext(&it, &entry)) all.entries[all.count++] = entry;
    compat_walk_end(&it);
    return all;
}

static void refer(robj *hash, void *field) {
    size_t len;
    const char *value = compat_field_value(field, &len);
    if (len > ROOM - used) return;
    char *copy = memcpy(strings + used, value, len);
    used += len;
    hashTypeUpdateAsStringRef(hash, (sds)compat_field_name(field), copy, len);
}

static void refer_all(robj *hash) {
    if (hash->encoding == OBJ_ENCODING_LISTPACK) hashTypeConvert(hash, OBJ_ENCODING_HASHTABLE);
    Entries fields = entries_of(objectGetVal(hash));
    for (size_t i = 0; i < fields.count; i++) refer(hash, fields.entries[i]);
    free(fields.entries);
}

static void visit_slot(hashtable *table) {
    Entries keys = entries_of(table);
    for (size_t i = 0; i < keys.count; i++) {
        robj *key = keys.entries[i];
        if (key->type == OBJ_HASH) refer_all(key);
    }
    free(keys.entries);
}

void references_make(void) {
    for (int id = 0; id < server.dbnum; id++) {
        serverDb *db = compat_db(id);
        if (!db) continue;
        for (int slot = compat_first_slot(db->keys); slot >= 0; slot = compat_next_slot(db->keys, slot)) {
            hashtable *table = kvstoreGetHashtable(db->keys, slot);
            if (table) visit_slot(table);
        }
    }
}

#else

void references_make(void) {
}

#endif
