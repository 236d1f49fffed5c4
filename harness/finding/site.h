/* SPDX-License-Identifier: BSD-3-Clause */
/* site.h -- call sites of allocations: who asked for a block, who freed it.
 *
 * A site is a short call stack, found by walking frame pointers, stored once and named by a small
 * number. Numbers depend on the order of first use, so they never go into a trace; they are for
 * people. */
#ifndef HARNESS_FINDING_SITE_H
#define HARNESS_FINDING_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/valkey_name.h"

#define SITE_FRAMES 8

/* The number of the call stack above `frame` (a __builtin_frame_address(0)). 0 when the table is
 * full. */
uint32_t site_capture(const void *frame);

/* The return addresses above `frame`, innermost first, up to `room` of them; returns how many. */
int site_stack(const void *frame, uintptr_t *frames, int room);

/* The return addresses of a site, innermost first; returns how many there are. */
int site_frames(uint32_t site, const uintptr_t **frames);

/* Does a function of the site's stack have `part` in its name? Functions are those of symbol.h,
 * which needs symbol_load; no symbolizer is started for it. */
bool site_passes(uint32_t site, FunctionPart part);

/* "zmalloc < sdsnewlen < defragLater < ..." into text: function names, innermost first. Returns the
 * length. */
size_t site_describe(uint32_t site, char *text, size_t room);

/* The first function of a site that says something: not an allocator wrapper, not a string helper.
 * A static buffer that the next call overwrites. "?" for site 0. */
const char *site_owner(uint32_t site);

/* Whether names of static functions can be known: with the sanitizers' symbolizer only. */
bool site_knows_statics(void);

/* The name of the function that an address lies in, without offset, into name; "?" when it is
 * unknown. */
void site_function(uintptr_t pc, char *name, size_t room);

#endif
