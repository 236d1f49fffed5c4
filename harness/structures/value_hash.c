/* SPDX-License-Identifier: BSD-3-Clause */
/* value_hash.c -- the digest of a hash table's fields: names, values and TTLs, in no order; and
 * whether the set of fields with a TTL (harness/valkey/fields.h) holds exactly those.
 *
 * A listpack is hashed as it is (value_type.c), the TTLs in it too.
 *
 * Limits: see value.c. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_hash

#include "harness/valkey/fields.h"

/* Sums over a hash: of all entries; of the addresses of those with a TTL. */
typedef struct {
    uint64_t digest, expiring;
} HashSums;

static void sum_field(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    HashSums *sums = context;
    size_t len = 0;
    const char *bytes = compat_field_value(entry, &len);
    mstime_t expiry = compat_field_expiry(entry);
    if (expiry != EXPIRY_NONE) sums->expiring += value_pointer(entry);
    sums->digest += value_block(bytes, len, value_sds(compat_field_name(entry), expiry));
}

static void sum_expiring(const void *field, void *context) {
    *(uint64_t *)context += value_pointer(field);
}

static void check_field_expiry(ValueWalk *walk, const robj *o, uint64_t expected) {
    uint64_t sum = 0;
    compat_each_volatile_field(o, sum_expiring, &sum);
    if (sum != expected)
        value_fault(walk, "shape:fields:members", "the set of fields with a TTL does not have exactly those fields");
}

uint64_t value_hash(ValueWalk *walk, robj *o) {
    if (o->encoding != OBJ_ENCODING_HASHTABLE) return value_other(walk, o);
    HashSums sums = {0, 0};
    value_table(walk, objectGetVal(o), sum_field, &sums);
    check_field_expiry(walk, o, sums.expiring);
    return sums.digest;
}

bool value_hash_is_volatile(robj *o) {
    return compat_has_volatile_fields(o);
}

#endif
