/* SPDX-License-Identifier: BSD-3-Clause */
/* tables.h -- a walk over a hash table that shows every entry, expired fields of hashes too, and
 * leaves no trace in the table.
 *
 * 9.1 has a flag for that (an iterator that does not validate entries), 8.1 an unsafe iterator,
 * which only takes a fingerprint of the table and compares it at the end. */
#ifndef HARNESS_VALKEY_TABLES_H
#define HARNESS_VALKEY_TABLES_H

static inline void compat_walk_begin(hashtableIterator *it, hashtable *table) {
#if HAVE_HASHTABLE_ITER_SKIP_VALIDATION
    hashtableInitIterator(it, table, HASHTABLE_ITER_SKIP_VALIDATION);
#else
    hashtableInitIterator(it, table, 0);
#endif
}

/* Ends it. Needed after a walk that stopped early, harmless after one that came to its end. */
static inline void compat_walk_end(hashtableIterator *it) {
#if HAVE_hashtableCleanupIterator
    hashtableCleanupIterator(it);
#else
    hashtableResetIterator(it);
#endif
}

#endif
