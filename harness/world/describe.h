/* SPDX-License-Identifier: BSD-3-Clause */
/* describe.h -- describes an address in words. */
#ifndef HARNESS_WORLD_DESCRIBE_H
#define HARNESS_WORLD_DESCRIBE_H

/* Prints to stderr, for a finding's banner: the block that contains the address, whether it is
 * live, and where it was allocated and freed. Prints nothing when the address is in no block of the
 * server. */
void describe_block(const void *address);

#endif
