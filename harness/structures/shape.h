/* SPDX-License-Identifier: BSD-3-Clause */
/* shape.h -- are the structures of the server well-formed? Each shape_*.c checks one kind of
 * structure; shape.c checks all.
 *
 * A check reads a structure through Valkey's own headers and the mirrors of compat.h, and reports
 * the first fault. It has no effect on the server: it calls no lookup of Valkey's, which might
 * rehash or expire, allocates nothing from the heap and writes nothing. It relies on a walk of
 * value.c that has just passed: counts are right, so loops end, and no pointer on the way is stale.
 *
 * What value.c checks as it reads is not checked again here: counts of tables, lists and trees; the
 * backward links of list nodes; that a sorted set's table and skiplist have the same nodes, the
 * side tables of a database the same keys, the set of fields with a TTL the same fields as the
 * hash; that a stream's pending entries are the same seen from three sides. Its findings have
 * signatures of the same form: "shape:list:links". */
#ifndef HARNESS_STRUCTURES_SHAPE_H
#define HARNESS_STRUCTURES_SHAPE_H

#include <stdbool.h>

#include "harness/valkey/compat.h"

/* --- shape.c */

/* Call before the first check. It is a fault of the harness if the mirrors do not fit this
 * Valkey. */
void shape_begin(void);

/* Checks everything: databases, channels, scripts. Reports the first fault, and then does not
 * return. */
void shape_everything(void);

/* Sets what is being checked, for the text of a finding: a `kind` of thing ("list key", "channel"),
 * its name or NULL, its database or -1. The name must stay valid until the next call. */
void shape_at(const char *kind, const_sds name, int database);

/* Reports a finding; its text begins with what shape_at has set. `block`: an address in the block
 * concerned, or NULL. Does not return. */
_Noreturn void shape_broken(const char *signature, const void *block, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- shape_list.c */

/* A quicklist: each node's header matches its entries, compressed entries unpack to the size in the
 * header, bookmarks point to nodes of this list. */
void shape_list_quick(const quicklist *list);

/* A list of adlist.h: links in both directions, ends, length. */
void shape_list_linked(const list *list, const char *what);

/* --- shape_skiplist.c: order, levels, spans, backward links, tail. */
void shape_skiplist(const zset *zs);

/* --- shape_table.c */

/* Called for each entry of a table with its hash. */
typedef void ShapeEach(void *entry, uint64_t hash, void *context);

/* A hash table: each entry is in the bucket of its hash, in the right one of the two tables during
 * a rehash; counts are right; nothing is left paused. Calls `each` for every entry unless it is
 * NULL. */
void shape_table(hashtable *table, ShapeEach *each, void *context);

/* Would a lookup by the entry's key find this very entry (the pointer, not an equal one)? `hash` is
 * that of the key. */
bool shape_table_holds(hashtable *table, const void *entry, uint64_t hash);

/* The same for a dict: `each` gets the keys. */
void shape_table_dict(dict *table, ShapeEach *each, void *context);
bool shape_table_dict_holds(dict *table, const void *key, uint64_t hash);

/* And for a CompatSet. */
#define shape_set(set, each, context)                                                                                  \
    _Generic((set), hashtable * : shape_table, dict * : shape_table_dict)(set, each, context)
#define shape_set_holds(set, entry, hash)                                                                              \
    _Generic((set), hashtable * : shape_table_holds, dict * : shape_table_dict_holds)(set, entry, hash)

/* --- shape_store.c: all tables of a store, its counts, and its list of tables being rehashed. */
void shape_store(kvstore *store, ShapeEach *each, void *context);

/* --- shape_radix.c: nodes, order, memory. Calls `each` for every key in order, unless it is NULL.
 * `key` is valid during the call. */
typedef void ShapeRadixEach(const unsigned char *key, size_t len, void *value, void *context);
void shape_radix(const rax *tree, ShapeRadixEach *each, void *context);

/* --- shape_stream.c: entries match the stream's length and its first and last id; groups and
 * consumers. */
void shape_stream(stream *s);

/* --- shape_fields.c: how the set of fields with a TTL is built. */
void shape_fields(const robj *hash);

/* --- shape_pubsub.c: the server's channels match those of the clients. */
void shape_pubsub(void);

/* --- shape_break.c */

/* Breaks one structure ("list", "script", ...: the table is in shape_break.c) so that only these
 * checks notice: no command and no move follows the broken link. `send` sends a command to the
 * server, as words and a NULL; it creates the structure. Returns false when there is no such
 * structure. */
typedef void ShapeSendFn(const char *word, ...);
bool shape_break(const char *what, ShapeSendFn *send);

/* --- shape_script.c: scripts and their eviction list; function libraries. */
void shape_script(void);

#endif
