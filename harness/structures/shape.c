/* SPDX-License-Identifier: BSD-3-Clause */
/* shape.c -- checks all structures that defrag touches, database by database; see shape.h.
 *
 * The oracle's file, oracles/shape.c, says what it proves and what it cannot see. */
#include "harness/structures/shape.h"

#include <stdarg.h>
#include <stdio.h>

#include "harness/finding/finding.h"
#include "harness/structures/value_parts.h"

/* --- the report */

static struct {
    const char *kind;
    const_sds name;
    int database;
} at;

void shape_at(const char *kind, const_sds name, int database) {
    at.kind = kind;
    at.name = name;
    at.database = database;
}

void shape_broken(const char *signature, const void *block, const char *format, ...) {
    char text[400], name[80] = "", database[40] = "";
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    if (at.name) {
        name[0] = ' ';
        value_quote(at.name, sdslen(at.name), name + 1, sizeof(name) - 1);
    }
    if (at.database >= 0) snprintf(database, sizeof(database), " in database %d", at.database);
    finding_report(signature, block, "%s%s%s: %s", at.kind, name, database, text);
}

/* --- keys */

/* Listpacks of these have a member, or a field and its value, after the other. */
static void check_packed(const robj *o) {
    if (o->encoding != OBJ_ENCODING_LISTPACK) return;
    shape_listpack(objectGetVal(o));
    if (o->type == OBJ_SET) shape_listpack_distinct(objectGetVal(o), 1);
    if (o->type == OBJ_ZSET || o->type == OBJ_HASH) shape_listpack_distinct(objectGetVal(o), 2);
}

/* The server deletes a key with its last element; only a stream may have none. */
static void check_elements(const robj *o) {
    void *value = objectGetVal(o);
    bool none = (o->encoding == OBJ_ENCODING_LISTPACK && !lpFirst(value)) ||
                (o->encoding == OBJ_ENCODING_HASHTABLE && hashtableSize(value) == 0) ||
                (o->encoding == OBJ_ENCODING_INTSET && intsetLen(value) == 0) ||
                (o->encoding == OBJ_ENCODING_QUICKLIST && ((quicklist *)value)->count == 0);
    if (none) shape_broken("shape:keys:empty", o, "a key without elements");
}

static void check_set(const robj *o) {
    if (o->encoding == OBJ_ENCODING_HASHTABLE) shape_table(objectGetVal(o), NULL, NULL);
    if (o->encoding == OBJ_ENCODING_INTSET) shape_intset(objectGetVal(o));
}

static void check_hash(const robj *o) {
    if (o->encoding == OBJ_ENCODING_HASHTABLE) shape_table(objectGetVal(o), NULL, NULL);
    shape_fields(o);
}

static const struct {
    const char *kind;
    void (*check)(const robj *o);
} types[] = {
    [OBJ_STRING] = {"string key", NULL},         [OBJ_LIST] = {"list key", shape_list_quick},
    [OBJ_SET] = {"set key", check_set},          [OBJ_ZSET] = {"zset key", shape_zset},
    [OBJ_HASH] = {"hash key", check_hash},       [OBJ_MODULE] = {"module key", shape_module},
    [OBJ_STREAM] = {"stream key", shape_stream},
};

static void check_key(void *entry, uint64_t hash, void *context) {
    (void)hash;
    robj *o = entry;
    const serverDb *db = context;
    if (o->type >= sizeof(types) / sizeof(types[0]) || !types[o->type].check) return;
    shape_at(types[o->type].kind, objectGetKey(o), db->id);
    check_elements(o);
    check_packed(o);
    types[o->type].check(o);
    shape_at("the table of keys", NULL, db->id);
}

/* --- databases */

/* The table in which the entries of a side table are looked up. */
typedef struct {
    kvstore *keys;
    const char *what;
} Side;

/* An entry of a side table must be an entry of the slot's table of keys. */
static void check_side_entry(void *entry, uint64_t hash, void *context) {
    const Side *side = context;
    sds name = objectGetKey(entry);
    int slot = kvstoreNumHashtables(side->keys) > 1 ? keyHashSlot(name, (int)sdslen(name)) : 0;
    hashtable *table = kvstoreGetHashtable(side->keys, slot);
    if (table && shape_table_holds(table, entry, hash)) return;
    shape_broken("shape:keys:side", entry, "a key in %s is not among the keys", side->what);
}

static void check_side(serverDb *db, kvstore *store, const char *what) {
    Side side = {db->keys, what};
    shape_at(what, NULL, db->id);
    if (store) shape_store(store, check_side_entry, &side);
}

/* The mean TTL is an average over time (expire.c), so only its sign can be checked. */
static void check_mean_ttl(const serverDb *db) {
    long long mean = compat_mean_ttl(db);
    if (mean < 0) shape_broken("shape:keys:ttl", db, "the mean TTL of keys is %lld ms", mean);
}

static void check_database(serverDb *db) {
    shape_at("the table of keys", NULL, db->id);
    shape_store(db->keys, check_key, db);
    check_mean_ttl(db);
    check_side(db, db->expires, "the table of keys with a TTL");
    check_side(db, compat_hashes_with_ttl(db), "the table of hashes with field TTLs");
    waiting_tables(db);
}

static bool amid_command;

bool shape_may_be_paused(void) {
    return amid_command;
}

void shape_everything(bool amid) {
    amid_command = amid;
    for (int i = 0; i < server.dbnum; i++) {
        serverDb *db = compat_db(i);
        if (db) check_database(db);
    }
    shape_pubsub();
    shape_script();
    shape_function();
    shape_lua();
    shape_client();
}
