/* SPDX-License-Identifier: BSD-3-Clause */
/* world.h -- what belongs to the world, which a snapshot saves and restores.
 *
 * The world is the arena (heap.c), the writable globals of the server and its libraries (their
 * .data and .bss, renamed to vkdata and vkbss when their archive is rewritten), and those variables
 * of the harness that are marked WORLD: the clock, the random numbers, the clients. Everything else
 * survives a reset: counters, buffers, the trace. */
#ifndef HARNESS_WORLD_WORLD_H
#define HARNESS_WORLD_WORLD_H

#define WORLD __attribute__((section("vkworld")))

#endif
