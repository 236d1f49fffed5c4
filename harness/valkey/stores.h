/* SPDX-License-Identifier: BSD-3-Clause */
/* stores.h -- slots that a kvstore imports from another node: tables of their own beside the
 * others, whose keys the sums leave out (9.1), or keys like any other (8.1). For shape_store.c. */
#ifndef HARNESS_VALKEY_STORES_H
#define HARNESS_VALKEY_STORES_H

#include "harness/valkey/compat.h"

/* The set of slots that a store is importing; NULL when the tree has none. */
static inline hashtable *compat_store_importing(const PrivateStore *store) {
#ifdef HAVE_PrivateStore_importing
    return store->importing;
#else
    (void)store;
    return NULL;
#endif
}

/* The store's own sum of the keys of these slots. */
static inline unsigned long long compat_store_importing_keys(const PrivateStore *store) {
#ifdef HAVE_PrivateStore_importing_key_count
    return store->importing_key_count;
#else
    (void)store;
    return 0;
#endif
}

/* Whether a slot is one of them. An iterator finds it, because a lookup could continue a rehash. */
static inline bool compat_store_is_importing(const PrivateStore *store, int slot) {
    hashtable *importing = compat_store_importing(store);
    if (!importing || hashtableSize(importing) == 0) return false;
    hashtableIterator it;
    void *entry;
    bool found = false;
    compat_walk_begin(&it, importing);
    while (!found && hashtableNext(&it, &entry)) found = (intptr_t)entry == slot;
    compat_walk_end(&it);
    return found;
}

#endif
