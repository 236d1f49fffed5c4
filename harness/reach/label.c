/* SPDX-License-Identifier: BSD-3-Clause */
/* label.c -- which structure of the data set each live block belongs to; see label.h.
 *
 * From each root (the object of a key, a database's stores of tables, the server's other tables)
 * every word that could be a pointer is followed (reachability.h), but not the slots of the stores'
 * tables, as removed entries leave theirs behind. Keys come first, then the tables, in the order of
 * the enum below: a block belongs to what reaches it first. What is no data is fenced off before:
 * clients, and the state of a scripting engine.
 *
 * A block belongs to the value's own hash table if the value has one, else to the database's; the
 * key's object always belongs to the database's.
 *
 * Limits: blocks of the server's birth are met only when they are a root; a block that only tagged
 * pointers with high bits reach is not met (the server has none); what clients hold (their own
 * tables of subscriptions, queued commands) is no data set and not met. */
#include "harness/reach/label.h"

#include <stdio.h>
#include <string.h>

#include "harness/structures/value_parts.h"
#include "harness/valkey/compat.h"
#include "harness/world/reachability.h"

#define ENCODINGS 16
#define KEY_KINDS (OBJ_TYPE_MAX * ENCODINGS * 2) /* a type, an encoding, and whether there is something special */

enum {
    KIND_KEYS = KEY_KINDS,
    KIND_EXPIRES,
    KIND_FIELD_TTLS,
    KIND_CHANNELS,
    KIND_PATTERNS,
    KIND_SCRIPTS,
    KIND_FUNCTIONS,
    KIND_COUNT
};
_Static_assert(KIND_COUNT <= REACH_KINDS, "kinds have too high numbers");

static const char *const table_names[] = {"keys table",       "expires table", "field-TTL table", "pub/sub channels",
                                          "pub/sub patterns", "scripts",       "functions"};

/* What reachability.h marks blocks with. */
#define MARK_OUTSIDE 1u

static uint32_t mark_of(int kind, bool rehash) {
    return 2 + 2 * (uint32_t)kind + rehash;
}

/* Who is called for each block. */
typedef struct {
    ReachLabelFn *fn;
    void *context;
} Receiver;

static void pass_on(const Receiver *to, const HeapBlock *block, int kind, bool rehash) {
    to->fn(to->context, block, kind, rehash);
}

void reach_kind_name(int kind, char *name, size_t room) {
    if (kind >= KEY_KINDS) {
        snprintf(name, room, "%s", table_names[kind - KEY_KINDS]);
        return;
    }
    robj o = {0};
    o.type = (unsigned)kind / 2 / ENCODINGS;
    const char *type = getObjectTypeName(&o), *encoding = strEncoding(kind / 2 % ENCODINGS);
    const char *special = kind % 2 == 0 ? "" : o.type == OBJ_HASH ? ", field TTLs" : ", groups";
    snprintf(name, room, "%s%s%s%s", type, strcmp(type, encoding) ? " " : "", strcmp(type, encoding) ? encoding : "",
             special);
}

/* --- roots */

static void reach_block(const void *start, uint32_t mark) {
    HeapBlock block;
    if (start && heap_find(start, &block)) reachability_from(block.start, block.size, mark);
}

/* The block belongs to a kind. One of the birth, which no flood meets, is passed on at once. */
static void label(const Receiver *to, const void *start, int kind, bool rehash) {
    HeapBlock block;
    if (!start || !heap_find(start, &block)) return;
    if (!reachability_stop_at(block.start, mark_of(kind, rehash))) pass_on(to, &block, kind, rehash);
}

/* The block is a root of a kind: what it reaches belongs there. */
static void root(const Receiver *to, const void *start, int kind, bool rehash) {
    label(to, start, kind, rehash);
    reach_block(start, mark_of(kind, rehash));
}

/* --- keys */

static int kind_of(const robj *o) {
    bool special = false;
    if (o->type == OBJ_HASH && o->encoding == OBJ_ENCODING_HASHTABLE) special = compat_volatile_fields(o) != NULL;
    if (o->type == OBJ_STREAM) special = ((const stream *)objectGetVal(o))->cgroups != NULL;
    return (int)(o->type * ENCODINGS + o->encoding) * 2 + special;
}

/* The hash table that a value is made of, NULL when it has none. */
static hashtable *table_of(const robj *o) {
    if (o->encoding == OBJ_ENCODING_HASHTABLE) return objectGetVal(o);
    if (o->encoding == OBJ_ENCODING_SKIPLIST) return ((const zset *)objectGetVal(o))->ht;
    return NULL;
}

/* An entry of a table of keys; `context` is that table. */
static void label_key(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    bool rehash = hashtableIsRehashing(context);
    hashtable *own = table_of(entry);
    reachability_stop_at(entry, mark_of(kind_of(entry), rehash));
    reach_block(entry, mark_of(kind_of(entry), own ? hashtableIsRehashing(own) : rehash));
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

/* A hash table, but not its entries. Its slots are not taken for pointers: those of removed entries
 * keep them. */
static void label_table(const Receiver *to, const hashtable *table, int kind) {
    const CompatTable *t = (const CompatTable *)table;
    bool rehash = t->rehash_index != -1;
    label(to, table, kind, rehash);
    for (int i = 0; i < 2; i++) {
        if (!t->tables[i]) continue;
        label(to, t->tables[i], kind, rehash);
        for (size_t j = 0; j < (size_t)1 << t->bucket_exp[i]; j++) {
            for (const CompatBucket *b = &t->tables[i][j]; b->chained;) {
                b = b->entries[COMPAT_BUCKET_ENTRIES - 1];
                label(to, b, kind, rehash);
            }
        }
    }
}

static void label_store(const Receiver *to, kvstore *store, int kind) {
    for (int i = 0; i < kvstoreNumHashtables(store); i++) {
        hashtable *table = kvstoreGetHashtable(store, i);
        if (table) label_table(to, table, kind);
    }
    root(to, store, kind, false);
}

/* The same for a dict, whose entries are blocks of their own and belong to it. */
static void label_dict(const Receiver *to, const dict *table, int kind) {
    root(to, table, kind, dictIsRehashing((dict *)table));
}

#define label_set(to, set, kind) _Generic((set), hashtable * : label_table, dict * : label_dict)(to, set, kind)

/* An entry of a table of channels: the table of subscribers, with the name of the channel.
 * `context` is the receiver. */
static void label_channel(ValueWalk *walk, void *entry, void *context) {
    const Receiver *to = context;
    (void)walk;
    const robj *name = compat_channel_name(entry);
    label_set(to, (CompatSet *)entry, KIND_CHANNELS);
    root(to, name, KIND_CHANNELS, false);
}

static void label_channels(const Receiver *to, kvstore *store) {
    ValueWalk walk = {0};
    value_store(&walk, store, label_channel, (void *)to);
    label_store(to, store, KIND_CHANNELS);
}

static void label_database_tables(serverDb *db, const Receiver *to) {
    kvstore *hashes = compat_hashes_with_ttl(db);
    label_store(to, db->keys, KIND_KEYS);
    label_store(to, db->expires, KIND_EXPIRES);
    if (hashes) label_store(to, hashes, KIND_FIELD_TTLS);
}

static void label_server_tables(const Receiver *to) {
    label_channels(to, server.pubsub_channels);
    label_channels(to, server.pubsubshard_channels);
    root(to, server.pubsub_patterns, KIND_PATTERNS, false);
    root(to, evalScriptsDict(), KIND_SCRIPTS, dictIsRehashing(evalScriptsDict()));
    root(to, compat_script_evictions(), KIND_SCRIPTS, false);
    root(to, functionsLibCtxGetCurrent(), KIND_FUNCTIONS, false);
}

/* --- fences */

/* What the engine's own part of a compiled script points to is the engine's state. */
static void fence_compiled(const compiledFunction *compiled) {
    HeapBlock block;
    if (!heap_find(compiled->function, &block)) return;
    for (size_t i = 0; i < block.size / sizeof(void *); i++)
        reachability_stop_at(((void **)block.start)[i], MARK_OUTSIDE);
}

static void fence_script(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)walk, (void)context;
    fence_compiled(((const CompatScript *)dictGetVal(entry))->compiled);
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

/* --- all of it */

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
