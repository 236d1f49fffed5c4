/* SPDX-License-Identifier: BSD-3-Clause */
/* lua_pointers.h -- what Lua's tables hash instead of addresses. Included before the first line of
 * Lua's ltable.c.
 *
 * A script sees the order in which a table has its keys, and a reply can show it: the elements of a
 * RESP3 set are keys, and if they are statuses, these are tables, which Lua hashes by address.
 *
 * Limits: addresses outside of the heap, which Lua's own code uses as keys, all have the hash 0. A
 * script that converts a table or a function to a string still sees an address. */
#ifndef HARNESS_VALKEY_LUA_POINTERS_H
#define HARNESS_VALKEY_LUA_POINTERS_H

#if __has_include(<llimits.h>)
#include <stdint.h>

#define LUA_CORE /* as ltable.c has it */
#include <llimits.h>

uint64_t heap_block_identity(const void *address);

static unsigned int lua_pointer_number(const void *address) {
    uint64_t identity = heap_block_identity(address);
    return (unsigned int)(identity >> 32) + (unsigned int)identity;
}

#undef IntPoint
#define IntPoint lua_pointer_number
#endif

#endif
