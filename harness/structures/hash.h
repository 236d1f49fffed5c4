/* SPDX-License-Identifier: BSD-3-Clause */
/* hash.h -- the hash function for digests and traces. */
#ifndef HARNESS_STRUCTURES_HASH_H
#define HARNESS_STRUCTURES_HASH_H

#include <stddef.h>
#include <stdint.h>

/* A 64-bit hash of `len` bytes; `seed` chains calls. Not instrumented by any sanitizer, so a read
 * of freed memory is not reported. */
uint64_t hash_bytes(const void *data, size_t len, uint64_t seed);

#endif
