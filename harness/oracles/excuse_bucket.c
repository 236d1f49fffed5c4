/* SPDX-License-Identifier: BSD-3-Clause */
/* excuse_bucket.c -- a slot of a hash table's bucket that holds no entry; see excuses.h.
 *
 * hashtable.c, struct hashtableBucket: `presence` has a bit for each slot that is filled; when
 * `chained` is set, the last slot holds the next bucket. An entry that is removed leaves its
 * pointer in the slot. A block of buckets is an array of them. */
#include "harness/oracles/excuses.h"

#include "harness/base/array.h"
#include "harness/valkey/compat.h"

#if CHECKED_excuse_bucket

bool excuse_bucket(const HeapBlock *block, size_t offset) {
    const PrivateBucket *bucket = (const PrivateBucket *)block->start + offset / sizeof(*bucket);
    size_t within = offset % sizeof(*bucket);
    if (block->size % sizeof(*bucket) || within < offsetof(PrivateBucket, entries)) return false;
    int slot = (int)((within - offsetof(PrivateBucket, entries)) / sizeof(bucket->entries[0]));
    bool child = bucket->chained && slot == COUNT_OF(bucket->entries) - 1;
    return !child && !(bucket->presence >> slot & 1);
}

#endif
