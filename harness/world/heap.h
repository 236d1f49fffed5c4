/* SPDX-License-Identifier: BSD-3-Clause */
/* heap.h -- all memory of the server: one arena at a fixed place, or (--heap=asan) the sanitizer's
 * own heap.
 *
 * The arena is a bump allocator. Freed memory is not used again within a stream, so a new block
 * cannot hide a stale pointer, unless the stream asks for it (reuse=, heap_reuse). The size, the
 * age and the call sites of allocation and release are known for every block, and the whole arena
 * can be saved and restored (snapshot.c). The heap writes AddressSanitizer's shadow itself, so
 * accesses are checked as usual. On both heaps blocks have the same usable size and the same fill
 * pattern, so a stream does the same on both.
 *
 * Limits: one thread; a block is smaller than 4 GiB; blocks are aligned to 16 bytes, or as
 * heap_memalign is asked to. */
#ifndef HARNESS_WORLD_HEAP_H
#define HARNESS_WORLD_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stream/settings.h"

/* Address space of the arena, in bytes. memory= can use all but a part of it. */
#define HEAP_RESERVED ((size_t)1280 << 20)

typedef enum { HEAP_ARENA, HEAP_ASAN } HeapKind;

/* Counters. Part of the world: a snapshot restores them. */
typedef struct {
    uint64_t live_blocks, live_bytes; /* bytes are usable sizes */
    uint64_t allocations, frees;      /* since birth */
    /* Bytes of live blocks that Valkey's zmalloc allocated, less those that it freed; 0 when the
     * tree has no zmalloc.c */
    uint64_t counted_bytes;
} HeapStats;

/* What is known about the block around an address. Sites and steps are 0 when unknown. */
typedef struct {
    void *start;
    size_t size; /* usable bytes */
    bool live;
    uint32_t alloc_site, free_site; /* harness/finding/site.h */
    uint32_t alloc_step, free_step; /* number of the step; 0: the birth of the server */
    /* alloc_site of the block that this one is a moved copy of, else its own */
    uint32_t origin_site;
    /* Number from 1, in order of allocation; a block keeps it when it moves */
    uint32_t identity;
    bool again; /* another block was here before */
} HeapBlock;

/* Where the arena is when nobody asks for another place: the same in every run, so that what
 * happens to look like an address always does. Far from the program, its libraries and the
 * sanitizers' shadow; the lower half is no number that data would have beside the upper half of an
 * old pointer. */
#define HEAP_PLACE ((void *)0x3b7ac7d00000)

/* Call once, before the server's birth. `at`: wanted address of the arena; NULL: HEAP_PLACE, or
 * where the kernel has room when that is taken. Returns false when the address space is not
 * available. */
bool heap_init(HeapKind kind, void *at);
HeapKind heap_kind(void);

/* The malloc family, for the server's objects (harness/world/seams.txt). They return NULL when the
 * budget of heap_budget is used up; heap_exhausted is then true until the next reset. A wild or
 * double free is a finding. */
void *heap_malloc(size_t size);
void *heap_calloc(size_t count, size_t size);
void *heap_realloc(void *old, size_t size);
void heap_free(void *block);
size_t heap_usable_size(void *block);
int heap_memalign(void **out, size_t alignment, size_t size);
char *heap_strdup(const char *s);

/* madvise(2). MADV_DONTNEED zeroes whole pages, as the kernel does with those that it takes away;
 * other advice does nothing. Returns -1 when `from` is not the start of a page. Pages that are not
 * all of one live block are a finding: what is beside the block would be lost. */
int heap_madvise(void *from, size_t len, int advice);

/* The same for calls from Valkey's zmalloc.c, which keeps counts of its own (used_memory). Others
 * (Lua, fpconv) call those above (cut-seams). */
void *heap_counted_malloc(size_t size);
void *heap_counted_calloc(size_t count, size_t size);
void *heap_counted_realloc(void *old, size_t size);
void heap_counted_free(void *block);
int heap_counted_memalign(void **out, size_t alignment, size_t size);

/* Sets what a stream may allocate from now on, in bytes, and how sizes are rounded: not at all, or
 * up to jemalloc's size classes (4 classes per doubling, 16 byte steps up to 128; jemalloc(3),
 * "Implementation notes"). */
void heap_budget(size_t bytes, bool jemalloc_sizes);
bool heap_exhausted(void);

/* Sets which memory is used again, of blocks that are allocated and released from now on
 * (places.h). What is older, such as a block of the birth, is never used again. On ASan's heap,
 * with anything but REUSE_NEVER, released blocks that wait for their next use are poisoned by
 * this file instead of ASan, whose report then lacks the stack of the release. */
void heap_reuse(ReuseKind how);
ReuseKind heap_reused(void); /* what was set */

/* Sets whether call sites are recorded (harness/finding/site.h), which takes a tenth of a run's
 * time. Returns what was set before; true at first. Not part of the world. */
bool heap_record_sites(bool yes);

HeapStats heap_stats(void);

/* Blocks allocated or freed from now on belong to step `step`. */
void heap_set_step(uint32_t step);

/* Finds the block (live or freed) whose bytes or header contain `address`. Arena only: false on the
 * other heap. */
bool heap_find(const void *address, HeapBlock *out);

/* A number to hash where the server would hash an address. It is the same on both heaps,
 * wherever they are in memory. With REUSE_NEVER it belongs to the block and does not change when
 * defrag moves it. Else it belongs to the place, like an address: the server may ask about a
 * released block whose place is in use again, and must get the number that it got before. Works
 * for blocks that were just freed too. 0 outside the heap. */
uint64_t heap_identity(const void *address);

/* The same, but always of the block, for a table that asks about live blocks only: the order of its
 * keys is then the same with each REUSE_. */
uint64_t heap_block_identity(const void *address);

/* The identity (HeapBlock) of the last allocated block that is not a moved copy. Later blocks have
 * higher numbers. */
uint32_t heap_last_identity(void);

/* Is the address in the used part of the arena? */
bool heap_contains(const void *address);

/* Has the block at `block`, live or freed, had another one in its place? Arena only. */
bool heap_is_again(const void *block);

/* Calls fn for every live block that overlaps [from, to) of the arena, in order of address. Takes
 * time proportional to the number of blocks. fn must not allocate from this heap. */
void heap_each_live(const void *from, const void *to, void (*fn)(const HeapBlock *block, void *arg), void *arg);

/* Makes `block`, the last one allocated, take over origin and identity of the live block `old`, of
 * which it will be the copy. */
void heap_inherit(void *block, const void *old);

/* The end of the used part: blocks allocated later are above it, or in a place below that is used
 * again. */
void *heap_mark(void);

/* For snapshot.c: the used part of the arena and its shadow. heap_cut makes the first `used` bytes
 * the used part, poisons the rest again and gives memory far beyond it back to the system. It does
 * not change the contents below. */
void *heap_base(void);
size_t heap_used(void);
void heap_cut(size_t used);
size_t heap_shadow_size(size_t used); /* bytes that the next two copy */
/* Saves the shadow of the first `used` bytes, and where blocks are */
void heap_shadow_read(void *to, size_t used);
void heap_shadow_write(const void *from, size_t used); /* restores them */

#endif
