/* SPDX-License-Identifier: BSD-3-Clause */
/* heap.h -- all memory of the server: one arena at one place, or (--heap=asan) the sanitizer's own
 * heap.
 *
 * The arena is a bump allocator. Freed memory is never used again within a stream, so no stale
 * pointer hides behind a new block; every block is known, with its size, its age and who allocated
 * and freed it; and the whole can be saved and brought back (snapshot.c). The shadow of
 * AddressSanitizer is written by hand, so that accesses are checked as usual. Both heaps hand out
 * blocks of the same usable size and filled with the same pattern: a stream does the same on both.
 *
 * Limits: one thread; a block is smaller than 4 GiB; blocks are aligned to 16 bytes, or to what
 * heap_memalign is asked. */
#ifndef HARNESS_WORLD_HEAP_H
#define HARNESS_WORLD_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_RESERVED                                                                                                  \
    ((size_t)1280 << 20) /* address space of the arena, in bytes; memory= can use all but a part of it */

typedef enum { HEAP_ARENA, HEAP_ASAN } HeapKind;

/* Counters of the world: a snapshot brings them back. */
typedef struct {
    uint64_t live_blocks, live_bytes; /* bytes are usable sizes */
    uint64_t allocations, frees;      /* since birth */
} HeapStats;

/* What is known about the block around an address. Sites and steps are 0 when unknown. */
typedef struct {
    void *start;
    size_t size; /* usable bytes */
    bool live;
    uint32_t alloc_site, free_site; /* harness/finding/site.h */
    uint32_t alloc_step, free_step; /* number of the step; 0 is the birth of the server */
    uint32_t origin_site;           /* who allocated the block that this one is a moved copy of, or alloc_site */
    uint32_t identity;              /* its number, from 1 in the order of allocation; a block keeps it when it moves */
} HeapBlock;

/* Once, before the server's birth. `at`: wanted address of the arena, NULL for what the kernel
 * picks. Returns false when the address space cannot be had there. */
bool heap_init(HeapKind kind, void *at);
HeapKind heap_kind(void);

/* malloc and its kin, for the server's objects (harness/world/seams.txt). NULL when the budget of
 * heap_budget is used up, and then heap_exhausted is true until the next reset. A wild or double
 * free is reported as a finding. */
void *heap_malloc(size_t size);
void *heap_calloc(size_t count, size_t size);
void *heap_realloc(void *old, size_t size);
void heap_free(void *block);
size_t heap_usable_size(void *block);
int heap_memalign(void **out, size_t alignment, size_t size);
char *heap_strdup(const char *s);

/* What a stream may allocate from now on, in bytes, and how sizes are rounded: exact, or to
 * jemalloc's size classes (4 classes a doubling, 16 byte steps up to 128; jemalloc(3),
 * "Implementation notes"). */
void heap_budget(size_t bytes, bool jemalloc_sizes);
bool heap_exhausted(void);

/* Whether call sites are recorded (harness/finding/site.h), which takes a tenth of a run's time.
 * True at first; not part of the world. */
void heap_record_sites(bool yes);

HeapStats heap_stats(void);

/* Blocks allocated or freed from now on belong to step `step`. */
void heap_set_step(uint32_t step);

/* Finds the block (live or freed) whose bytes or header contain `address`. Arena only; false
 * elsewhere. */
bool heap_find(const void *address, HeapBlock *out);

/* A number for an address in a block that is the same on both heaps, wherever they lie, and that a
 * block keeps when defrag moves it: what to hash where the server would hash an address. Answers
 * for blocks just freed too. 0 outside of the heap. */
uint64_t heap_identity(const void *address);

/* The identity (HeapBlock) of the block that was allocated last, moved copies left out: later ones
 * have higher numbers. */
uint32_t heap_last_identity(void);

/* Whether the address lies in the used part of the arena. */
bool heap_contains(const void *address);

/* Calls fn for every live block that overlaps [from, to) of the arena, in the order of addresses,
 * which is the order of allocation, in time that depends on their number. fn must not allocate from
 * this heap. */
void heap_each_live(const void *from, const void *to, void (*fn)(const HeapBlock *block, void *arg), void *arg);

/* `block`, the last one allocated, is going to be the copy of the live block `old`: it takes over
 * its origin and identity. */
void heap_inherit(void *block, const void *old);

/* The end of what is used: blocks that are allocated later lie behind it. */
void *heap_mark(void);

/* For snapshot.c: the used part of the arena, its shadow, and how to cut the arena back. heap_cut
 * makes `used` bytes the used part, poisons the rest again and gives memory far beyond it back to
 * the system. Contents below are not touched. */
void *heap_base(void);
size_t heap_used(void);
void heap_cut(size_t used);
size_t heap_shadow_size(size_t used);                  /* bytes that the next two copy */
void heap_shadow_read(void *to, size_t used);          /* the shadow of the first `used` bytes, and where blocks are */
void heap_shadow_write(const void *from, size_t used); /* and back */

#endif
