/* SPDX-License-Identifier: BSD-3-Clause */
/* shape.h -- are the structures of the server well-formed? Each shape_*.c checks one kind of them,
 * shape.c goes over all.
 *
 * A check reads a structure through Valkey's own headers and the mirrors of compat.h, and reports
 * the first thing that is not as it must be. It has no effect on the server: no lookup of Valkey's
 * that rehashes or expires, no allocation from the heap, nothing written. It relies on a walk of
 * value.c that has just passed: counts are right, so that loops end, and no pointer on the way is
 * stale.
 *
 * What value.c finds as it reads is not checked a second time here: counts of tables, lists and
 * trees; the links of list nodes back; that a sorted set's table and skiplist hold the same nodes,
 * the side tables of a database the same keys, the set of fields with a TTL the same fields as the
 * hash; and that pending entries are the same three ways. Those findings have signatures of this
 * kind too, "shape:list:links". */
#ifndef HARNESS_STRUCTURES_SHAPE_H
#define HARNESS_STRUCTURES_SHAPE_H

#include <stdbool.h>

#include "harness/valkey/compat.h"

/* --- shape.c */

/* Before the first check: a fault of the harness when the mirrors do not fit this Valkey. */
void shape_begin(void);

/* Checks everything: databases, channels, scripts. Reports the first thing that is wrong, and does
 * not return then. */
void shape_everything(void);

/* Where the walk is, for the words of a finding: a `kind` of thing ("list key", "channel"), its
 * name or NULL, its database or -1. The name must stay valid until the next call. */
void shape_at(const char *kind, const_sds name, int database);

/* Reports a finding with the words of shape_at in front. `block`: an address in the block
 * concerned, or NULL. Does not return. */
_Noreturn void shape_broken(const char *signature, const void *block, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- shape_list.c */

/* A quicklist: what each node says about its entries and what is there; compressed ones unpack to
 * what the node says; bookmarks stand at nodes of this list. */
void shape_list_quick(const quicklist *list);

/* A list of adlist.h: links both ways, ends, length. */
void shape_list_linked(const list *list, const char *what);

/* --- shape_skiplist.c: order, levels, spans, links back, tail; and the table beside it. */
void shape_skiplist(const zset *zs);

/* --- shape_table.c */

/* Called for each entry of a table with its hash. */
typedef void ShapeEach(void *entry, uint64_t hash, void *context);

/* A hash table: each entry stands where its hash wants it, in a table that is not yet or already
 * rehashed there; counts; nothing is left paused. Calls `each` for every entry unless it is
 * NULL. */
void shape_table(hashtable *table, ShapeEach *each, void *context);

/* Whether a lookup by the entry's key would meet this very entry (the pointer, not an equal one).
 * `hash` is that of the key. */
bool shape_table_holds(hashtable *table, const void *entry, uint64_t hash);

/* The same for a dict: `each` gets the keys. */
void shape_table_dict(dict *table, ShapeEach *each, void *context);
bool shape_table_dict_holds(dict *table, const void *key, uint64_t hash);

/* And for a CompatSet. */
#define shape_set(set, each, context)                                                                                  \
    _Generic((set), hashtable * : shape_table, dict * : shape_table_dict)(set, each, context)
#define shape_set_holds(set, entry, hash)                                                                              \
    _Generic((set), hashtable * : shape_table_holds, dict * : shape_table_dict_holds)(set, entry, hash)

/* --- shape_store.c: all tables of a store, its counts, and its list of tables that are being
 * rehashed. */
void shape_store(kvstore *store, ShapeEach *each, void *context);

/* --- shape_radix.c: nodes, order, memory. Calls `each` for every key in order, unless it is NULL.
 * `key` is valid during the call. */
typedef void ShapeRadixEach(const unsigned char *key, size_t len, void *value, void *context);
void shape_radix(const rax *tree, ShapeRadixEach *each, void *context);

/* --- shape_stream.c: entries against the stream's length and its first and last id; groups and
 * consumers. */
void shape_stream(stream *s);

/* --- shape_fields.c: how the set of fields with a TTL is built. */
void shape_fields(const robj *hash);

/* --- shape_pubsub.c: channels at the server against channels at the clients. */
void shape_pubsub(void);

/* --- shape_break.c */

/* Breaks one structure ("list", "script", ...: the table is in shape_break.c) so that only these
 * checks notice: no command and no move follows what is wrong. `say` sends a command to the server,
 * words and a NULL: it makes what is broken. False when there is no such structure. */
typedef void ShapeSay(const char *word, ...);
bool shape_break(const char *what, ShapeSay *say);

/* --- shape_script.c: scripts and the list in which they wait for eviction; function libraries. */
void shape_script(void);

#endif
