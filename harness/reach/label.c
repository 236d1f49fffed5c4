/* SPDX-License-Identifier: BSD-3-Clause */
/* label.c -- finds the structure of the data set that each live block belongs to; see label.h.
 *
 * From each root (the object of a key, a database's stores of tables, the server's other tables)
 * every word that could be a pointer is followed (reachability.h), except the slots of the stores'
 * tables, where removed entries leave their pointers. Keys come first, then the tables, in the
 * order of the enum below. A block belongs to the root that reaches it first. What is not data is
 * excluded beforehand: clients, and the state of a scripting engine.
 *
 * The nodes of an ordered index are ordinary blocks here, so a sorted set's blocks are those of
 * "zset btree". Free slots of nodes are followed too: what they point to is the index's own, or
 * dead.
 *
 * A block belongs to the value's own hash table if the value has one, else to the database's; the
 * key's object always belongs to the database's.
 *
 * Limits: a block of the server's birth is found only if it is a root. A block that can be reached
 * only through pointers with a tag in high bits is not found (the server has none). What clients
 * hold (their tables of subscriptions, queued commands) is not part of the data set. No server with
 * an ordered index has been labelled. */
#include "harness/reach/label.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/module/sample.h"
#include "harness/structures/value_parts.h"
#include "harness/world/reachability.h"

#if CHECKED_reach_label

#include "harness/valkey/channels.h"
#include "harness/valkey/fields.h"
#include "harness/valkey/scripts.h"

#define ENCODINGS 16
/* A type, an encoding, and whether it is special (field TTLs, groups). */
#define KEY_STRUCTURES (OBJ_TYPE_MAX * ENCODINGS * 2)

enum {
    STRUCTURE_KEYS = KEY_STRUCTURES,
    STRUCTURE_EXPIRES,
    STRUCTURE_FIELD_TTLS,
    STRUCTURE_CHANNELS,
    STRUCTURE_PATTERNS,
    STRUCTURE_SCRIPTS,
    STRUCTURE_FUNCTIONS,
    STRUCTURE_NOTES,
    STRUCTURE_COUNT
};
_Static_assert(STRUCTURE_COUNT <= REACH_STRUCTURES, "there are too many structures");

static const char *const table_names[] = {"keys table",       "expires table", "field-TTL table", "pub/sub channels",
                                          "pub/sub patterns", "scripts",       "functions",       "module globals"};

/* The marks of reachability.h. */
#define MARK_OUTSIDE 1u

static uint32_t mark_of(int structure, bool rehash) {
    return 2 + 2 * (uint32_t)structure + rehash;
}

/* The function that is called for each block. */
typedef struct {
    ReachLabelFn *fn;
    void *context;
} Receiver;

static void pass_on(const Receiver *to, const HeapBlock *block, int structure, bool rehash) {
    to->fn(to->context, block, structure, rehash);
}

void reach_structure_name(int structure, char *name, size_t room) {
    if (structure >= KEY_STRUCTURES) {
        snprintf(name, room, "%s", table_names[structure - KEY_STRUCTURES]);
        return;
    }
    robj o = {0};
    o.type = (unsigned)structure / 2 / ENCODINGS;
    if (o.type == OBJ_MODULE) { /* a value knows the name of its type, and here is none */
        snprintf(name, room, "module value");
        return;
    }
    const char *type = getObjectTypeName(&o), *encoding = strEncoding(structure / 2 % ENCODINGS);
    const char *special = structure % 2 == 0 ? "" : o.type == OBJ_HASH ? ", field TTLs" : ", groups";
    snprintf(name, room, "%s%s%s%s", type, strcmp(type, encoding) ? " " : "", strcmp(type, encoding) ? encoding : "",
             special);
}

/* --- roots */

static void reach_block(const void *start, uint32_t mark) {
    HeapBlock block;
    if (start && heap_find(start, &block)) reachability_from(block.start, block.size, mark);
}

/* Labels a block as part of a structure. A block of the birth, which no search reaches, is passed
 * on at once. */
static void label(const Receiver *to, const void *start, int structure, bool rehash) {
    HeapBlock block;
    if (!start || !heap_find(start, &block)) return;
    if (!reachability_stop_at(block.start, mark_of(structure, rehash))) pass_on(to, &block, structure, rehash);
}

/* Labels a block as a root of a structure: everything that it reaches belongs to it. */
static void root(const Receiver *to, const void *start, int structure, bool rehash) {
    label(to, start, structure, rehash);
    reach_block(start, mark_of(structure, rehash));
}

/* --- keys */

static int structure_of(const robj *o) {
    bool special = false;
    if (o->type == OBJ_HASH) special = compat_has_volatile_fields((robj *)o);
    if (o->type == OBJ_STREAM) special = ((const stream *)objectGetVal(o))->cgroups != NULL;
    return (int)(o->type * ENCODINGS + o->encoding) * 2 + special;
}

/* The hash table of a value, or NULL. */
static hashtable *table_of(const robj *o) {
    if (o->encoding == OBJ_ENCODING_HASHTABLE) return objectGetVal(o);
    if (o->type == OBJ_ZSET && o->encoding != OBJ_ENCODING_LISTPACK) return ((const zset *)objectGetVal(o))->ht;
    return NULL;
}

/* Labels an entry of a table of keys; `context` is that table. */
static void label_key(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    bool rehash = hashtableIsRehashing(context);
    hashtable *own = table_of(entry);
    reachability_stop_at(entry, mark_of(structure_of(entry), rehash));
    reach_block(entry, mark_of(structure_of(entry), own ? hashtableIsRehashing(own) : rehash));
}

static void label_keys(serverDb *db, const Receiver *to) {
    (void)to;
    ValueWalk walk = {0};
    for (int i = 0; i < kvstoreNumHashtables(db->keys); i++) {
        hashtable *table = kvstoreGetHashtable(db->keys, i);
        if (table) value_table(&walk, table, label_key, table);
    }
}

/* --- tables */

/* Labels the buckets that follow one in its chain. A chain's next bucket is in the last slot. */
static void label_chain(const Receiver *to, const PrivateBucket *bucket, int structure, bool rehash) {
    while (bucket->chained) {
        bucket = bucket->entries[COUNT_OF(bucket->entries) - 1];
        label(to, bucket, structure, rehash);
    }
}

/* Labels a hash table, but not its entries. Its slots are not treated as pointers, because removed
 * entries leave theirs there. */
static void label_table(const Receiver *to, const hashtable *table, int structure) {
    const PrivateTable *t = (const PrivateTable *)table;
    bool rehash = t->rehash_idx != -1;
    label(to, table, structure, rehash);
    for (int i = 0; i < 2; i++) {
        if (!t->tables[i]) continue;
        label(to, t->tables[i], structure, rehash);
        for (size_t j = 0; j < (size_t)1 << t->bucket_exp[i]; j++) label_chain(to, &t->tables[i][j], structure, rehash);
    }
}

static void label_store(const Receiver *to, kvstore *store, int structure) {
    for (int i = 0; i < kvstoreNumHashtables(store); i++) {
        hashtable *table = kvstoreGetHashtable(store, i);
        if (table) label_table(to, table, structure);
    }
    root(to, store, structure, false);
}

/* The same for a set of pub/sub. The entries of a dict are blocks of their own and belong to it. */
static void label_set(const Receiver *to, const CompatSet *set, int structure) {
#if HAVE_CHANNELS_IN_HASHTABLE
    label_table(to, set, structure);
#else
    root(to, set, structure, dictIsRehashing((dict *)set));
#endif
}

/* Labels an entry of a table of channels: the table of subscribers and the name of the channel.
 * `context` is the receiver. */
static void label_channel(ValueWalk *walk, void *entry, void *context) {
    const Receiver *to = context;
    (void)walk;
    const robj *name = compat_channel_name(entry);
    label_set(to, (CompatSet *)entry, STRUCTURE_CHANNELS);
    root(to, name, STRUCTURE_CHANNELS, false);
}

static void label_channels(const Receiver *to, kvstore *store) {
    ValueWalk walk = {0};
    value_store(&walk, store, label_channel, (void *)to);
    label_store(to, store, STRUCTURE_CHANNELS);
}

static void label_database_tables(serverDb *db, const Receiver *to) {
    kvstore *hashes = compat_hashes_with_ttl(db);
    label_store(to, db->keys, STRUCTURE_KEYS);
    label_store(to, db->expires, STRUCTURE_EXPIRES);
    if (hashes) label_store(to, hashes, STRUCTURE_FIELD_TTLS);
}

static void label_server_tables(const Receiver *to) {
    label_channels(to, server.pubsub_channels);
    label_channels(to, server.pubsubshard_channels);
    root(to, server.pubsub_patterns, STRUCTURE_PATTERNS, false);
    root(to, evalScriptsDict(), STRUCTURE_SCRIPTS, dictIsRehashing(evalScriptsDict()));
    root(to, compat_script_evictions(), STRUCTURE_SCRIPTS, false);
    root(to, functionsLibCtxGetCurrent(), STRUCTURE_FUNCTIONS, false);
    root(to, sample_notes()->notes, STRUCTURE_NOTES, false);
}

/* --- exclusions */

/* Excludes what the engine's own part of a compiled script points to: the engine's state. */
static void fence_compiled(const compiledFunction *compiled) {
    HeapBlock block;
    if (!heap_find(compiled->function, &block)) return;
    for (size_t i = 0; i < block.size / sizeof(void *); i++)
        reachability_stop_at(((void **)block.start)[i], MARK_OUTSIDE);
}

static void fence_script(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)walk, (void)context;
    fence_compiled(((const PrivateScript *)dictGetVal(entry))->script);
}

static void fence_function(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)walk, (void)context;
    fence_compiled(((const functionInfo *)dictGetVal(entry))->compiled_function);
}

static void fence_library(ValueWalk *walk, const dictEntry *entry, void *context) {
    value_dict(walk, ((const functionLibInfo *)dictGetVal(entry))->functions, fence_function, context);
}

static void fence_off(void) {
    ValueWalk walk = {0};
    for (const listNode *node = server.clients->head; node; node = node->next)
        reachability_stop_at(node->value, MARK_OUTSIDE);
    value_dict(&walk, evalScriptsDict(), fence_script, NULL);
    value_dict(&walk, functionsLibGet(), fence_library, NULL);
}

/* --- the whole data set */

static void each_database(void (*visit)(serverDb *db, const Receiver *to), const Receiver *to) {
    for (int i = 0; i < server.dbnum; i++) {
        serverDb *db = compat_db(i);
        if (db) visit(db, to);
    }
}

void reach_label(ReachLabelFn *fn, void *context) {
    const ReachabilityBlock *blocks;
    const Receiver to = {fn, context};
    reachability_begin();
    fence_off();
    each_database(label_keys, &to);
    each_database(label_database_tables, &to);
    label_server_tables(&to);
    size_t count = reachability_blocks(&blocks);
    for (size_t i = 0; i < count; i++) {
        HeapBlock block;
        if (blocks[i].mark <= MARK_OUTSIDE || !heap_find((const void *)blocks[i].start, &block)) continue;
        pass_on(&to, &block, (int)(blocks[i].mark - 2) / 2, blocks[i].mark & 1);
    }
}

bool reach_is_known(void) {
    return true;
}

#else

void reach_label(ReachLabelFn *fn, void *context) {
    (void)fn, (void)context;
}

void reach_structure_name(int structure, char *name, size_t room) {
    snprintf(name, room, "structure %d", structure);
}

bool reach_is_known(void) {
    return false;
}

#endif
