/* SPDX-License-Identifier: BSD-3-Clause */
/* stores.h -- slots that a kvstore imports from another node: tables of their own beside the
 * others, whose keys the sums leave out (9.1), or keys like any other (8.1). For shape_store.c. */
#ifndef HARNESS_VALKEY_STORES_H
#define HARNESS_VALKEY_STORES_H

#include "harness/valkey/compat.h"

/* How many slots a store is importing. */
static inline size_t compat_store_importing(const PrivateStore *store) {
#ifdef HAVE_PrivateStore_importing
    return hashtableSize(store->importing);
#else
    (void)store;
    return 0;
#endif
}

#endif
