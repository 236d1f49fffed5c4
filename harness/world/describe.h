/* SPDX-License-Identifier: BSD-3-Clause */
/* describe.h -- what is known of an address, in words. */
#ifndef HARNESS_WORLD_DESCRIBE_H
#define HARNESS_WORLD_DESCRIBE_H

/* Prints to stderr, for a finding's banner: the block that holds the address, whether it is live,
 * and where it was allocated and freed. Nothing when the address lies in no block of the
 * server's. */
void describe_block(const void *address);

#endif
