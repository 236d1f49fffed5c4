/* SPDX-License-Identifier: BSD-3-Clause */
/* data_types.c -- types and encodings of values; see data_types.h.
 *
 * The names are the server's own: obj_type_name, whose row without a name is that of modules
 * (db.c), and strEncoding, which calls an encoding without a name "unknown" (object.c).
 *
 * Limits: a server without obj_type_name has no types here. */
#include "harness/server/data_types.h"

#include <string.h>

#include "harness/valkey/compat.h"

#define MOST_ENCODINGS 16 /* an object has four bits for it */
#define MOST_ROWS (OBJ_TYPE_MAX + MOST_ENCODINGS)

/* In db.c; no header declares it. */
extern char *obj_type_name[OBJ_TYPE_MAX] __attribute__((weak));

static DataType rows[MOST_ROWS];
static int count;
static int type_at[OBJ_TYPE_MAX], encoding_at[MOST_ENCODINGS]; /* rows; -1: none */

static int add(bool encoding, const char *name) {
    rows[count] = (DataType){.encoding = encoding, .name = name};
    return count++;
}

static void list_rows(void) {
    if (count) return;
    for (int i = 0; i < OBJ_TYPE_MAX; i++)
        type_at[i] = obj_type_name ? add(false, obj_type_name[i] ? obj_type_name[i] : "module") : -1;
    for (int i = 0; i < MOST_ENCODINGS; i++)
        encoding_at[i] = strcmp(strEncoding(i), "unknown") == 0 ? -1 : add(true, strEncoding(i));
}

const DataType *data_types_row(int index) {
    list_rows();
    return index < count ? &rows[index] : NULL;
}

static void note_table(hashtable *table) {
    hashtableIterator it;
    void *entry;
    compat_walk_begin(&it, table);
    while (hashtableNext(&it, &entry)) {
        const robj *value = entry;
        if (type_at[value->type] >= 0) rows[type_at[value->type]].seen = true;
        if (encoding_at[value->encoding] >= 0) rows[encoding_at[value->encoding]].seen = true;
    }
    compat_walk_end(&it);
}

void data_types_note(void) {
    list_rows();
    for (int id = 0; id < server.dbnum; id++) {
        serverDb *db = compat_db(id);
        if (!db) continue;
        for (int slot = compat_first_slot(db->keys); slot >= 0; slot = compat_next_slot(db->keys, slot)) {
            hashtable *table = kvstoreGetHashtable(db->keys, slot);
            if (table) note_table(table);
        }
    }
}
