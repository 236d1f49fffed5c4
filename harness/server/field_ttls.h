/* SPDX-License-Identifier: BSD-3-Clause */
/* field_ttls.h -- what the TTLs of hash fields mean for saving and loading.
 *
 * Limits: hashes of fields in a listpack are not looked at. */
#ifndef HARNESS_SERVER_FIELD_TTLS_H
#define HARNESS_SERVER_FIELD_TTLS_H

#include <stdbool.h>

/* Is there a hash that is written as commands in an order that depends on addresses? Its fields
 * with a TTL are written by the order of their set, and in that more than 127 of nearly the same
 * time are kept by their addresses (aof.c, rewriteHashObject; vset.c,
 * VOLATILESET_VECTOR_BUCKET_MAX_SIZE). Also true of more than 127 that are in order. */
bool field_ttls_are_by_address(void);

/* Has a field expired that is still there? It is not loaded, and neither is a hash that has no
 * others (rdb.c, rdbLoadObject). */
bool field_ttls_are_over(void);

#endif
