/* SPDX-License-Identifier: BSD-3-Clause */
/* shape.h -- are the structures of the server well-formed? Each shape_*.c checks one kind of
 * structure; shape.c checks all.
 *
 * A check reads a structure through Valkey's own headers and the private structs of probe.h, and
 * reports the first fault. It has no effect on the server: it calls no lookup of Valkey's, which
 * might rehash or expire, allocates nothing from the heap and writes nothing. It relies on a walk
 * of value.c that has just passed: counts are right, so loops end, and no pointer on the way is
 * stale.
 *
 * What value.c checks as it reads is not checked again here: counts of tables, lists and trees; the
 * backward links of list nodes; that a sorted set's table and skiplist (or index) have the same
 * nodes, the side tables of a database the same keys, the set of fields with a TTL the same fields
 * as the hash; that a stream's pending entries are the same seen from three sides. Its findings
 * have signatures of the same form: "shape:list:links". */
#ifndef HARNESS_STRUCTURES_SHAPE_H
#define HARNESS_STRUCTURES_SHAPE_H

#include <stdbool.h>

#include "harness/valkey/compat.h"

/* --- shape.c */

/* Checks everything: databases, channels, scripts. Reports the first fault, and then does not
 * return. `amid`: a command is being executed, so that it may have paused tables. */
void shape_everything(bool amid);

/* For the checks: may a table be paused now? */
bool shape_may_be_paused(void);

/* Sets what is being checked, for the text of a finding: a `kind` of thing ("list key", "channel"),
 * its name or NULL, its database or -1. The name must stay valid until the next call. */
void shape_at(const char *kind, const_sds name, int database);

/* Reports a finding; its text begins with what shape_at has set. `block`: an address in the block
 * concerned, or NULL. Does not return. */
_Noreturn void shape_broken(const char *signature, const void *block, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- the checks, a file each. Where a tree lacks what a file needs, the probe has switched it off
 * (CHECKED_..., harness/valkey/probe.txt), and its functions find nothing. */

/* Whether the checks of tables call back for each entry. Without, sums over entries are not
 * compared. */
#define SHAPE_CALLS_BACK (CHECKED_shape_table && CHECKED_shape_dict)

/* Called for each entry of a table with its hash. */
typedef void ShapeEach(void *entry, uint64_t hash, void *context);

/* Called for each key of a radix tree, in order. `key` is valid during the call. */
typedef void ShapeRadixEach(const unsigned char *key, size_t len, void *value, void *context);

/* --- shape_listpack.c: the sizes in a listpack, and in a set of integers; its order. And are a
 * listpack's first element, and each `stride` elements after the one before, distinct? */
#if CHECKED_shape_listpack
void shape_listpack(unsigned char *lp);
void shape_listpack_distinct(unsigned char *lp, int stride);
void shape_intset(const intset *set);
#else
static inline void shape_listpack(unsigned char *lp) {
    (void)lp;
}
static inline void shape_listpack_distinct(unsigned char *lp, int stride) {
    (void)lp, (void)stride;
}
static inline void shape_intset(const intset *set) {
    (void)set;
}
#endif

/* --- shape_list.c */

#if CHECKED_shape_list
/* A list key's quicklist: each node's header matches its entries, compressed entries unpack to the
 * size in the header, bookmarks point to nodes of this list. */
void shape_list_quick(const robj *o);

/* A list of adlist.h: links in both directions, ends, length. */
void shape_list_linked(const list *list, const char *what);
#else
static inline void shape_list_quick(const robj *o) {
    (void)o;
}
static inline void shape_list_linked(const list *list, const char *what) {
    (void)list, (void)what;
}
#endif

/* --- shape_skiplist.c: order, levels, spans, backward links, tail; and the table beside it.
 * shape_ordered.c: the same of an ordered index, where the tree has one instead
 * (harness/valkey/zsets.h). */
#if HAVE_ORDERED_INDEX && CHECKED_shape_ordered
void shape_ordered(const robj *o);
#define shape_zset shape_ordered
#elif !HAVE_ORDERED_INDEX && CHECKED_shape_skiplist
void shape_skiplist(const robj *o);
#define shape_zset shape_skiplist
#else
static inline void shape_zset(const robj *o) {
    (void)o;
}
#endif

/* --- shape_module.c: a key's value of a type of the sample module. */
#if CHECKED_shape_module
void shape_module(const robj *o);
#else
static inline void shape_module(const robj *o) {
    (void)o;
}
#endif

/* --- shape_table.c */

#if CHECKED_shape_table
/* A hash table: each entry is in the bucket of its hash, in the right one of the two tables during
 * a rehash; counts are right; nothing is left paused. Calls `each` for every entry unless it is
 * NULL. */
void shape_table(hashtable *table, ShapeEach *each, void *context);

/* Would a lookup by the entry's key find this very entry (the pointer, not an equal one)? `hash` is
 * that of the key. */
bool shape_table_holds(hashtable *table, const void *entry, uint64_t hash);
#else
static inline void shape_table(hashtable *table, ShapeEach *each, void *context) {
    (void)table, (void)each, (void)context;
}
static inline bool shape_table_holds(hashtable *table, const void *entry, uint64_t hash) {
    (void)table, (void)entry, (void)hash;
    return true;
}
#endif

/* --- shape_dict.c: the same for a dict: `each` gets the entries, or the keys. */
#if CHECKED_shape_dict
void shape_dict(dict *table, ShapeEach *each, void *context);
void shape_dict_keys(dict *table, ShapeEach *each, void *context);
bool shape_dict_holds(dict *table, const void *key, uint64_t hash);
#else
#define shape_dict(table, each, context) ((void)(table), (void)(each), (void)(context))
#define shape_dict_keys shape_dict
#define shape_dict_holds(table, key, hash) ((void)(table), (void)(key), (void)(hash), true)
#endif

/* And for a CompatSet. */
#if HAVE_CHANNELS_IN_HASHTABLE
#define shape_set shape_table
#define shape_set_holds shape_table_holds
#else
#define shape_set shape_dict_keys
#define shape_set_holds shape_dict_holds
#endif

/* --- shape_store.c: all tables of a store, its counts, and its list of tables being rehashed. */
#if CHECKED_shape_store
void shape_store(kvstore *store, ShapeEach *each, void *context);
#else
static inline void shape_store(kvstore *store, ShapeEach *each, void *context) {
    for (int i = 0; i < kvstoreNumHashtables(store); i++) {
        hashtable *table = kvstoreGetHashtable(store, i);
        if (table) shape_table(table, each, context);
    }
}
#endif

/* --- shape_radix.c: nodes, order, memory. Calls `each` for every key in order, unless it is
 * NULL. */
#if CHECKED_shape_radix
void shape_radix(const rax *tree, ShapeRadixEach *each, void *context);
#else
static inline void shape_radix(const rax *tree, ShapeRadixEach *each, void *context) {
    (void)tree, (void)each, (void)context;
}
#endif

/* --- shape_stream.c: entries match the stream's length and its first and last id; groups and
 * consumers. */
#if CHECKED_shape_stream
void shape_stream(const robj *o);
#else
static inline void shape_stream(const robj *o) {
    (void)o;
}
#endif

/* --- shape_fields.c: how the set of fields with a TTL is built; the TTLs in a listpack. */
#if CHECKED_shape_fields
void shape_fields(const robj *hash);
#else
static inline void shape_fields(const robj *hash) {
    (void)hash;
}
#endif

/* --- waiting.c: the tables of clients that wait for keys of a database, or watch them. */
#if CHECKED_waiting_tables
void waiting_tables(serverDb *db);
#else
static inline void waiting_tables(serverDb *db) {
    (void)db;
}
#endif

/* --- shape_pubsub.c: the server's channels match those of the clients. */
#if CHECKED_shape_pubsub
void shape_pubsub(void);
#else
static inline void shape_pubsub(void) {
}
#endif

/* --- shape_script.c: scripts, their eviction list, their memory. */
#if CHECKED_shape_script
void shape_script(void);
#else
static inline void shape_script(void) {
}
#endif

/* --- shape_function.c: function libraries; counts and memory beside them. */
#if CHECKED_shape_function
void shape_function(void);
#else
static inline void shape_function(void) {
}
#endif

/* --- shape_lua.c: compiled scripts and functions have numbers of their own. */
#if CHECKED_shape_lua
void shape_lua(void);
#else
static inline void shape_lua(void) {
}
#endif

/* --- shape_client.c: the server's counts and lists of clients, their memory, the tracking table.
 */
#if CHECKED_shape_client
void shape_client(void);
#else
static inline void shape_client(void) {
}
#endif

/* --- shape_break.c */

/* Breaks one structure ("list", "script", ...: the table is in shape_break.c) so that only these
 * checks notice: no command and no move follows the broken link. `send` sends a command to the
 * server, as words and a NULL; it creates the structure. Returns false when there is no such
 * structure, or it is not checked in this tree. */
typedef void ShapeSendFn(const char *word, ...);
bool shape_break(const char *what, ShapeSendFn *send);

#endif
