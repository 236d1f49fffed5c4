/* SPDX-License-Identifier: BSD-3-Clause */
/* heap.c -- the arena for all of the server's memory, and its shadow; see heap.h.
 *
 * Layout, from the arena's start: the state of the heap itself (so that a snapshot of the arena
 * contains it), then blocks. A block is a 32-byte header, which is the red zone between neighbours,
 * then its room: its bytes, rounded up to 16, or more in a place that is used again.
 *
 *     | header | bytes ......... pad | header | bytes ... | header |  free: poisoned, never touched
 *
 * Shadow values are ASan's own, so that its reports say heap-use-after-free and
 * heap-buffer-overflow: 0 live, 0xfa header and padding, 0xfd freed, 0xf7 beyond the end.
 *
 * This file is compiled without ASan, because it writes headers, which are poisoned. Source of the
 * shadow's form: AddressSanitizer (Serebryany et al., USENIX ATC 2012); asan_interface.h. */
#include "harness/world/heap.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/stream/stream.h"
#include "harness/world/places.h"
#include "harness/world/raw.h"
#include "harness/world/release_log.h"
#include "harness/world/world.h"

#define GRANULE PLACES_GRANULE
#define HEADER sizeof(Header)
#define PAGE ((size_t)4096)
#define FIRST_BLOCK 4096 /* the first page has the state */
/* The shadow beyond the end is poisoned in chunks of this many bytes */
#define FRONTIER ((size_t)256 << 10)
#define KEPT_BYTES ((size_t)64 << 20) /* memory that a reset keeps beyond the end, in bytes */
/* Fills new memory: not a canonical pointer, and an absurd size */
#define NEW_BYTE 0xA5

enum { SHADOW_HEADER = 0xfa, SHADOW_FREED = 0xfd, SHADOW_BEYOND = 0xf7 };
enum { BLOCK_LIVE = 0x11fe11fe, BLOCK_FREED = 0xdeadf0ee, BLOCK_FILLER = 0xf111e2f1 };

typedef struct {
    uint32_t state;
    uint32_t size; /* usable bytes */
    uint32_t alloc_site, free_site;
    uint16_t alloc_step, free_step;
    uint32_t room : 31; /* granules up to the next header */
    uint32_t again : 1; /* HeapBlock.again */
    uint32_t origin_site;
    uint32_t identity; /* of the block */
} Header;

_Static_assert(STREAM_MAX_STEPS <= UINT16_MAX, "Header has room for a step");

typedef struct {
    size_t used;  /* bytes of the arena, the first page included */
    size_t limit; /* of `used` */
    HeapStats stats;
    uint32_t step;
    uint32_t identities; /* assigned so far */
    bool exhausted, jemalloc_sizes;
    ReuseKind reuse;
    size_t reuse_from; /* what begins before it is never used again */
} ArenaState;

static HeapKind kind;
static bool record_sites = true;
static unsigned char *base;   /* of the arena; never changes */
static size_t frontier;       /* the shadow is poisoned or in use up to here */
static unsigned char *shadow; /* of base; NULL without ASan, or without arena */
static uint64_t *begun;       /* the same for live and freed blocks */
/* A bit for every granule of the arena: a live block begins there */
static uint64_t *live;
static ArenaState asan_heap_state WORLD; /* HEAP_ASAN has no arena to keep it in */

__attribute__((weak)) void __asan_get_shadow_mapping(size_t *scale, size_t *offset);

static ArenaState *arena_state(void) {
    return kind == HEAP_ARENA ? (ArenaState *)base : &asan_heap_state;
}

static size_t round_up(size_t n, size_t to) {
    return (n + to - 1) / to * to;
}

/* The usable size for a request: jemalloc's class, or the exact size. */
static size_t usable_for(size_t size) {
    if (!arena_state()->jemalloc_sizes) return size ? size : 1;
    if (size <= 8) return 8;
    if (size <= 128) return round_up(size, 16);
    size_t group = (size_t)1 << (63 - __builtin_clzl(size - 1));
    return round_up(size, group / 4);
}

/* The number that stands for an address (heap_identity). */
static uint64_t identity_at(uint32_t number, size_t offset) {
    return (uint64_t)number << 32 | (uint32_t)offset;
}

/* --- shadow */

/* The shadow of an address; NULL without ASan. */
static unsigned char *shadow_of(const void *at) {
    if (!__asan_get_shadow_mapping) return NULL;
    size_t scale, offset;
    __asan_get_shadow_mapping(&scale, &offset);
    return (unsigned char *)(((uintptr_t)at >> scale) + offset);
}

static void shadow_fill(size_t from, size_t to, unsigned char value) {
    if (shadow && to > from) raw_fill(shadow + from / 8, value, (to - from) / 8);
}

/* Unpoisons `size` bytes and poisons the rest of their room. `s`: their shadow. */
static void shadow_unpoison(unsigned char *s, size_t size, size_t room) {
    size_t whole = size / 8;
    for (size_t i = 0; i < whole; i++) s[i] = 0;
    if (size % 8) s[whole++] = (unsigned char)(size % 8);
    for (size_t i = whole; i < room / 8; i++) s[i] = SHADOW_HEADER;
}

/* Unpoisons a new block's bytes and poisons its header and the rest of its room. */
static void shadow_live(size_t at, size_t size, size_t room) {
    if (!shadow) return;
    unsigned char *s = shadow + at / 8;
    for (size_t i = 1; i <= HEADER / 8; i++) *(s - i) = SHADOW_HEADER;
    shadow_unpoison(s, size, room);
}

static void shadow_extend(size_t used) {
    while (frontier < used + FRONTIER && frontier < HEAP_RESERVED) {
        shadow_fill(frontier, frontier + FRONTIER, SHADOW_BEYOND);
        frontier += FRONTIER;
    }
}

/* --- which blocks live */

static void set_bit(uint64_t *bits, size_t at, bool yes) {
    size_t granule = at / GRANULE;
    uint64_t bit = (uint64_t)1 << granule % 64;
    if (yes)
        bits[granule / 64] |= bit;
    else
        bits[granule / 64] &= ~bit;
}

/* The bytes of `live` that belong to the first `used` bytes of the arena. */
static size_t live_bytes(size_t used) {
    return round_up(used, GRANULE * 64) / GRANULE / 8;
}

/* --- the arena */

static uint64_t *map_bits(void) {
    return mmap(NULL, live_bytes(HEAP_RESERVED), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                -1, 0);
}

/* The arena's address space at that place, or anywhere with NULL; or MAP_FAILED. */
static void *map_arena(void *at) {
    size_t len = HEAP_RESERVED + FRONTIER;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (at ? MAP_FIXED_NOREPLACE : 0);
    void *got = mmap(at, len, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (!at || got == at || got == MAP_FAILED) return got;
    munmap(got, len); /* a kernel that does not know the flag takes the place for a wish */
    return MAP_FAILED;
}

bool heap_init(HeapKind wanted, void *at) {
    kind = wanted;
    /* Hidden from the oracle refs, which searches the arena; LeakSanitizer must see them */
    places_init(kind == HEAP_ARENA);
    if (kind == HEAP_ASAN) {
        *arena_state() = (ArenaState){.used = FIRST_BLOCK, .limit = HEAP_RESERVED - 2 * FRONTIER};
        return true;
    }
    void *got = at ? map_arena(at) : map_arena(HEAP_PLACE);
    if (got == MAP_FAILED && !at) got = map_arena(NULL);
    if (got == MAP_FAILED) return false;
    /* So that its shadow starts on a page */
    base = (unsigned char *)round_up((uintptr_t)got, FRONTIER);
    shadow = shadow_of(base);
    live = map_bits();
    begun = map_bits();
    if (live == MAP_FAILED || begun == MAP_FAILED) return false;
    ArenaState *s = arena_state();
    *s = (ArenaState){.used = FIRST_BLOCK, .limit = HEAP_RESERVED - 2 * FRONTIER};
    shadow_fill(0, FIRST_BLOCK, SHADOW_HEADER);
    frontier = FIRST_BLOCK / FRONTIER * FRONTIER;
    shadow_extend(FIRST_BLOCK);
    shadow_fill(0, FIRST_BLOCK, SHADOW_HEADER);
    return true;
}

HeapKind heap_kind(void) {
    return kind;
}

static bool in_arena(const void *p) {
    return base && (const unsigned char *)p >= base + FIRST_BLOCK &&
           (const unsigned char *)p < base + arena_state()->used;
}

bool heap_contains(const void *address) {
    return in_arena(address);
}

static Header *header_of(const void *block) {
    return (Header *)((uintptr_t)block - HEADER);
}

static void count_alloc(ArenaState *s, size_t size) {
    s->stats.live_blocks++;
    s->stats.live_bytes += size;
    s->stats.allocations++;
}

static void count_free(ArenaState *s, size_t size) {
    s->stats.live_blocks--;
    s->stats.live_bytes -= size;
    s->stats.frees++;
}

/* Where the next new block begins, as an offset in the arena. */
static size_t next_offset(const ArenaState *s, size_t alignment) {
    size_t at = s->used + HEADER;
    /* A filler's header fits before this one */
    return alignment > GRANULE ? round_up(at + HEADER, alignment) : at;
}

/* May the place at that offset be used again, after the block in it? */
static bool is_reusable(const ArenaState *s, size_t at) {
    return s->reuse != REUSE_NEVER && at >= s->reuse_from;
}

/* The place that is used again for such a block, or NULL. */
static void *old_place(size_t size, size_t alignment) {
    return alignment == GRANULE ? places_take(size) : NULL;
}

/* Makes a block live, at offset `at` of the arena, with room for `room` bytes. */
static void *arena_begin(size_t at, size_t size, size_t room, bool again, uint32_t site) {
    ArenaState *s = arena_state();
    Header *h = (Header *)(base + at - HEADER);
    *h = (Header){.state = BLOCK_LIVE,
                  .size = (uint32_t)size,
                  .alloc_site = site,
                  .alloc_step = (uint16_t)s->step,
                  .room = (uint32_t)(room / GRANULE) & INT32_MAX,
                  .again = again,
                  .origin_site = site,
                  .identity = ++s->identities};
    shadow_live(at, size, room);
    set_bit(live, at, true);
    set_bit(begun, at, true);
    count_alloc(s, size);
    return base + at;
}

/* Makes a block of `size` usable bytes at the end of the arena. It is not filled. */
static void *arena_carve(size_t size, size_t alignment, uint32_t site) {
    ArenaState *s = arena_state();
    size_t at = next_offset(s, alignment), room = round_up(size, GRANULE);
    size_t end = at + room;
    if (size >= s->limit || end > s->limit) {
        s->exhausted = true;
        return NULL;
    }
    shadow_extend(end);
    if (at - HEADER > s->used) {
        size_t gap = at - HEADER - s->used - HEADER;
        *(Header *)(base + s->used) =
            (Header){.state = BLOCK_FILLER, .size = (uint32_t)gap, .room = (uint32_t)(gap / GRANULE)};
        shadow_fill(s->used, at, SHADOW_HEADER);
    }
    s->used = end;
    return arena_begin(at, size, room, false, site);
}

/* In a place that is used again, or at the end. It is not filled. */
static void *arena_alloc(size_t size, size_t alignment, uint32_t site) {
    unsigned char *old = old_place(size, alignment);
    if (!old) return arena_carve(size, alignment, site);
    return arena_begin((size_t)(old - base), size, (size_t)header_of(old)->room * GRANULE, true, site);
}

static void fill(void *block, unsigned char byte, size_t size) {
    size_t padded = round_up(size, GRANULE);
    if (padded <= 256)
        raw_fill_words(block, byte * 0x0101010101010101u, padded / 8);
    else
        raw_fill(block, byte, padded);
}

static void copy(void *to, const void *from, size_t size) {
    if (size <= 256)
        raw_copy_short(to, from, size);
    else
        raw_copy(to, from, size);
}

/* --- ASan's heap */

/* Precedes every block on ASan's heap. ASan uses the first 16 bytes for itself when it has got the
 * block back. */
typedef struct {
    uint32_t room;     /* bytes */
    uint32_t distance; /* bytes between ASan's block and ours */
    uint32_t released; /* the place waits for its next use */
    uint32_t unused;   /* for the alignment */
    uint32_t magic;    /* libc's own blocks lack it */
    uint32_t place;    /* offset / GRANULE that it would have in the arena */
    uint32_t identity; /* of the block */
    uint32_t size;     /* usable bytes */
} Prefix;

#define PREFIX_MAGIC 0x64656672u

__attribute__((weak)) void __asan_poison_memory_region(const volatile void *at, size_t size);
__attribute__((weak)) const char *__asan_locate_address(void *address, char *name, size_t room, void **start,
                                                        size_t *size);

/* The prefix of a block; NULL for one that libc allocated itself. */
static Prefix *prefix_of(const void *block) {
    Prefix *p = (Prefix *)block - 1;
    return p->magic == PREFIX_MAGIC ? p : NULL;
}

/* Makes a block of ASan's, unpoisoned. Charges the budget with what the arena would have used. */
static void *asan_heap_new(size_t size, size_t alignment) {
    ArenaState *s = arena_state();
    void *raw = NULL;
    size_t at = next_offset(s, alignment), room = round_up(size, GRANULE);
    size_t distance = alignment < sizeof(Prefix) ? sizeof(Prefix) : alignment;
    size_t wanted = s->reuse == REUSE_NEVER ? size : room;
    if (size >= s->limit || at + room > s->limit || posix_memalign(&raw, distance, distance + wanted)) {
        s->exhausted = true;
        return NULL;
    }
    s->used = at + room;
    if (__asan_poison_memory_region) __asan_poison_memory_region(raw, distance);
    unsigned char *block = (unsigned char *)raw + distance;
    ((Prefix *)block)[-1] = (Prefix){.room = (uint32_t)room,
                                     .distance = (uint32_t)distance,
                                     .magic = PREFIX_MAGIC,
                                     .place = (uint32_t)(at / GRANULE)};
    return block;
}

static void *asan_heap_alloc(size_t size, size_t alignment, unsigned char byte) {
    ArenaState *s = arena_state();
    void *block = old_place(size, alignment);
    if (!block) block = asan_heap_new(size, alignment);
    if (!block) return NULL;
    Prefix *p = prefix_of(block);
    p->released = false;
    p->size = (uint32_t)size;
    p->identity = ++s->identities;
    unsigned char *mark = s->reuse == REUSE_NEVER ? NULL : shadow_of(block);
    if (mark) shadow_unpoison(mark, size, p->room);
    raw_fill(block, byte, size);
    count_alloc(s, size);
    return block;
}

static void give_back(void *block) {
    free((unsigned char *)block - prefix_of(block)->distance);
}

/* Keeps the block for its next use, poisoned, and gives back one that is never used again. */
static void asan_heap_keep(void *block) {
    Prefix *p = prefix_of(block);
    unsigned char *mark = shadow_of(block);
    if (p->released) finding_heap("free", "already freed", block);
    p->released = true;
    if (mark) raw_fill(mark, SHADOW_FREED, p->room / 8);
    void *dropped = places_offer(block, p->room);
    if (dropped) give_back(dropped);
}

static void asan_heap_free(void *block) {
    const ArenaState *s = arena_state();
    const Prefix *p = prefix_of(block);
    if (!p) {
        free(block);
        return;
    }
    uint32_t size = p->size;
    if (is_reusable(s, (size_t)p->place * GRANULE))
        asan_heap_keep(block);
    else
        give_back(block);
    count_free(arena_state(), size);
}

/* `place`: the number of the place, else that of the block. */
static uint64_t asan_heap_identity(const void *address, bool place) {
    char name[8];
    void *raw = NULL;
    size_t size = 0;
    if (!__asan_locate_address) return 0;
    __asan_locate_address((void *)(uintptr_t)address, name, sizeof(name), &raw, &size);
    for (size_t alignment = sizeof(Prefix); raw && alignment <= 4096; alignment *= 2) {
        const unsigned char *block = (const unsigned char *)raw + alignment;
        const Prefix *p = prefix_of(block);
        if (!p) continue;
        return identity_at(place ? p->place : p->identity, (size_t)((const unsigned char *)address - block));
    }
    return 0;
}

/* --- both */

static uint32_t site_of(const void *frame) {
    return record_sites ? site_capture(frame) : 0;
}

static void *allocate(size_t wanted, size_t alignment, unsigned char byte, const void *frame) {
    if (wanted > HEAP_RESERVED) {
        arena_state()->exhausted = true;
        return NULL;
    }
    size_t size = usable_for(wanted);
    if (kind == HEAP_ASAN) return asan_heap_alloc(size, alignment, byte);
    void *block = arena_alloc(size, alignment, site_of(frame));
    if (block) fill(block, byte, size);
    return block;
}

/* The header of a live block that is about to be freed, moved or measured; a finding if it is not
 * one. */
static Header *expect_live(void *block, const char *what) {
    Header *h = header_of(block);
    bool aligned = (uintptr_t)block % GRANULE == 0;
    if (aligned && h->state == BLOCK_LIVE) return h;
    finding_heap(what, aligned && h->state == BLOCK_FREED ? "already freed" : "not the start of a block", block);
}

static void arena_free(void *block, uint32_t site) {
    ArenaState *s = arena_state();
    Header *h = expect_live(block, "free");
    h->state = BLOCK_FREED;
    h->free_site = site;
    h->free_step = (uint16_t)s->step;
    size_t at = (size_t)((unsigned char *)block - base);
    set_bit(live, at, false);
    size_t room = (size_t)h->room * GRANULE;
    if (room <= 256 && shadow) {
        unsigned char *mark = shadow + at / 8;
        for (size_t i = 0; i < room / 8; i++) mark[i] = SHADOW_FREED;
    } else {
        shadow_fill(at, at + room, SHADOW_FREED);
    }
    count_free(s, h->size);
    release_log_add(block, h->size);
    if (is_reusable(s, at)) places_offer(block, room);
}

/* --- malloc and its kin */

void *heap_malloc(size_t size) {
    return allocate(size, GRANULE, NEW_BYTE, __builtin_frame_address(0));
}

void *heap_calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    return allocate(bytes, GRANULE, 0, __builtin_frame_address(0));
}

static void release(void *block, const void *frame) {
    if (kind == HEAP_ARENA && in_arena(block)) {
        arena_free(block, site_of(frame));
        return;
    }
    if (kind == HEAP_ASAN)
        asan_heap_free(block);
    else
        free(block); /* allocated by libc itself */
}

void heap_free(void *block) {
    if (block) release(block, __builtin_frame_address(0));
}

size_t heap_usable_size(void *block) {
    if (!block) return 0;
    if (kind == HEAP_ARENA && in_arena(block)) return expect_live(block, "malloc_usable_size")->size;
    Prefix *p = kind == HEAP_ASAN ? prefix_of(block) : NULL;
    return p ? p->size : malloc_usable_size(block);
}

static void *reallocate(void *old, size_t size, const void *frame) {
    if (!old) return allocate(size, GRANULE, NEW_BYTE, frame);
    size_t before = heap_usable_size(old);
    void *block = allocate(size, GRANULE, NEW_BYTE, frame);
    if (!block) return NULL;
    copy(block, old, before < size ? before : size);
    release(old, frame);
    return block;
}

void *heap_realloc(void *old, size_t size) {
    return reallocate(old, size, __builtin_frame_address(0));
}

int heap_memalign(void **out, size_t alignment, size_t size) {
    void *block = allocate(size, alignment > GRANULE ? alignment : GRANULE, NEW_BYTE, __builtin_frame_address(0));
    if (!block) return ENOMEM;
    *out = block;
    return 0;
}

char *heap_strdup(const char *s) {
    size_t size = strlen(s) + 1;
    char *copy = allocate(size, GRANULE, NEW_BYTE, __builtin_frame_address(0));
    if (copy) raw_copy(copy, s, size);
    return copy;
}

/* --- giving pages back */

/* The last block of those in `bits` that begins before offset `at`; NULL when there is none. */
static const Header *last_before(const uint64_t *bits, size_t at) {
    for (size_t word = at / GRANULE / 64 + 1; word-- > 0;) {
        uint64_t found = bits[word];
        if (word == at / GRANULE / 64) found &= ((uint64_t)1 << at / GRANULE % 64) - 1;
        if (!found) continue;
        size_t begin = (word * 64 + 63 - (size_t)__builtin_clzl(found)) * GRANULE;
        return (const Header *)(base + begin) - 1;
    }
    return NULL;
}

/* The block, live or freed, that contains the address. The padding after a block belongs to it. */
static const Header *block_around(const void *address) {
    return last_before(begun, (size_t)((const unsigned char *)address - base) + GRANULE);
}

/* Is [from, to) within one live block? */
static bool within_live_block(const unsigned char *from, const unsigned char *to) {
    const Header *h = block_around(from);
    if (!h || h->state != BLOCK_LIVE) return false;
    const unsigned char *start = (const unsigned char *)(h + 1);
    return from >= start && to <= start + h->size;
}

int heap_madvise(void *from, size_t len, int advice) {
    unsigned char *start = from;
    if (advice != MADV_DONTNEED) return 0;
    if ((uintptr_t)from % PAGE) {
        errno = EINVAL;
        return -1;
    }
    len = round_up(len, PAGE);
    if (kind == HEAP_ASAN) {
        memset(from, 0, len); /* AddressSanitizer sees what it may not write to */
        return 0;
    }
    if (!in_arena(from) || !within_live_block(start, start + len))
        finding_heap("madvise", "not the start of pages that are all of one live block", from);
    raw_fill(start, 0, len);
    return 0;
}

/* --- the same for zmalloc.c */

static void *counted(void *block) {
    arena_state()->stats.counted_bytes += heap_usable_size(block);
    return block;
}

void *heap_counted_malloc(size_t size) {
    return counted(allocate(size, GRANULE, NEW_BYTE, __builtin_frame_address(0)));
}

void *heap_counted_calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    return counted(allocate(bytes, GRANULE, 0, __builtin_frame_address(0)));
}

void *heap_counted_realloc(void *old, size_t size) {
    size_t before = heap_usable_size(old);
    void *block = reallocate(old, size, __builtin_frame_address(0));
    if (block) arena_state()->stats.counted_bytes -= before;
    return counted(block);
}

void heap_counted_free(void *block) {
    if (!block) return;
    arena_state()->stats.counted_bytes -= heap_usable_size(block);
    release(block, __builtin_frame_address(0));
}

int heap_counted_memalign(void **out, size_t alignment, size_t size) {
    void *block = allocate(size, alignment > GRANULE ? alignment : GRANULE, NEW_BYTE, __builtin_frame_address(0));
    if (!block) return ENOMEM;
    *out = counted(block);
    return 0;
}

/* --- queries */

void heap_budget(size_t bytes, bool jemalloc_sizes) {
    ArenaState *s = arena_state();
    size_t limit = s->used + bytes;
    size_t most = HEAP_RESERVED - 2 * FRONTIER;
    s->limit = limit < most ? limit : most;
    s->jemalloc_sizes = jemalloc_sizes;
    s->exhausted = false;
}

void heap_reuse(ReuseKind how) {
    ArenaState *s = arena_state();
    s->reuse = how;
    s->reuse_from = s->used;
    places_choose(how);
}

ReuseKind heap_reused(void) {
    return arena_state()->reuse;
}

bool heap_record_sites(bool yes) {
    bool before = record_sites;
    record_sites = yes;
    return before;
}

bool heap_exhausted(void) {
    return arena_state()->exhausted;
}

HeapStats heap_stats(void) {
    return arena_state()->stats;
}

void heap_set_step(uint32_t step) {
    arena_state()->step = step;
}

static HeapBlock describe(const Header *h) {
    return (HeapBlock){.start = (void *)(h + 1),
                       .size = h->size,
                       .live = h->state == BLOCK_LIVE,
                       .alloc_site = h->alloc_site,
                       .free_site = h->free_site,
                       .alloc_step = h->alloc_step,
                       .free_step = h->free_step,
                       .origin_site = h->origin_site,
                       .identity = h->identity,
                       .again = h->again};
}

static const Header *next_header(const Header *h) {
    return (const Header *)((const unsigned char *)(h + 1) + (size_t)h->room * GRANULE);
}

/* Calls fn for the live blocks that begin in [from, to), offsets in the arena. */
static void each_beginning(size_t from, size_t to, void (*fn)(const HeapBlock *block, void *arg), void *arg) {
    size_t granule = round_up(from, GRANULE) / GRANULE, end = round_up(to, GRANULE) / GRANULE;
    for (size_t word = granule / 64; word * 64 < end; word++) {
        uint64_t bits = live[word];
        if (word == granule / 64) bits &= ~(uint64_t)0 << granule % 64;
        for (; bits; bits &= bits - 1) {
            size_t at = (word * 64 + (size_t)__builtin_ctzl(bits)) * GRANULE;
            if (at >= to) return;
            HeapBlock block = describe((const Header *)(base + at) - 1);
            fn(&block, arg);
        }
    }
}

/* The live block that begins before offset `at` and reaches beyond it, if there is one. */
static const Header *reaching(size_t at) {
    const Header *h = last_before(live, at);
    return h && (size_t)((const unsigned char *)(h + 1) - base) + h->size > at ? h : NULL;
}

void heap_each_live(const void *from, const void *to, void (*fn)(const HeapBlock *block, void *arg), void *arg) {
    if (kind != HEAP_ARENA) return;
    size_t first = (size_t)((const unsigned char *)from - base), last = (size_t)((const unsigned char *)to - base);
    const Header *before = reaching(first);
    if (before) {
        HeapBlock block = describe(before);
        fn(&block, arg);
    }
    each_beginning(first, last < arena_state()->used ? last : arena_state()->used, fn, arg);
}

bool heap_is_again(const void *block) {
    return header_of(block)->again;
}

void heap_inherit(void *block, const void *old) {
    if (kind == HEAP_ASAN) {
        prefix_of(block)->identity = prefix_of(old)->identity;
    } else {
        Header *to = header_of(block);
        const Header *from = header_of(old);
        to->origin_site = from->origin_site;
        to->identity = from->identity;
    }
    /* So that later blocks get the same numbers with moves as without */
    arena_state()->identities--;
}

static uint64_t identity(const void *address, bool place) {
    if (kind == HEAP_ASAN) return asan_heap_identity(address, place);
    if (!in_arena(address)) return 0;
    const Header *h = block_around(address);
    if (!h) return 0;
    size_t at = (size_t)((const unsigned char *)(h + 1) - base);
    return identity_at(place ? (uint32_t)(at / GRANULE) : h->identity,
                       (size_t)((const unsigned char *)address - base) - at);
}

uint64_t heap_identity(const void *address) {
    return identity(address, arena_state()->reuse != REUSE_NEVER);
}

uint64_t heap_block_identity(const void *address) {
    return identity(address, false);
}

uint32_t heap_last_identity(void) {
    return arena_state()->identities;
}

bool heap_find(const void *address, HeapBlock *out) {
    if (kind != HEAP_ARENA || !in_arena(address)) return false;
    const Header *h = block_around(address);
    /* A header is a red zone between two blocks. An address in it belongs to the block after it, if
     * that is known. */
    const Header *next = h ? next_header(h) : (const Header *)(base + FIRST_BLOCK);
    if ((const unsigned char *)address >= (const unsigned char *)next &&
        (const unsigned char *)next < base + arena_state()->used)
        h = next;
    if (!h || h->state == BLOCK_FILLER) return false;
    *out = describe(h);
    return true;
}

void *heap_mark(void) {
    return kind == HEAP_ARENA ? base + arena_state()->used : NULL;
}

void *heap_base(void) {
    return base;
}

size_t heap_used(void) {
    return kind == HEAP_ARENA ? arena_state()->used : 0;
}

void heap_cut(size_t used) {
    size_t before = frontier;
    frontier = round_up(used, FRONTIER) + FRONTIER;
    if (before > frontier + KEPT_BYTES) {
        /* Unused shadow beyond it reads as zero, so shadow_extend fills it before it is used. */
        madvise(base + frontier + KEPT_BYTES, before - frontier - KEPT_BYTES, MADV_DONTNEED);
        if (shadow) madvise(shadow + (frontier + KEPT_BYTES) / 8, (before - frontier - KEPT_BYTES) / 8, MADV_DONTNEED);
    }
    shadow_fill(used, frontier, SHADOW_BEYOND);
    size_t keep = live_bytes(used), last = live_bytes(before);
    if (last > keep) {
        raw_fill((unsigned char *)live + keep, 0, last - keep);
        raw_fill((unsigned char *)begun + keep, 0, last - keep);
    }
}

size_t heap_shadow_size(size_t used) {
    return used / 8 + 2 * live_bytes(used);
}

void heap_shadow_read(void *to, size_t used) {
    if (shadow) raw_copy(to, shadow, used / 8);
    raw_copy((unsigned char *)to + used / 8, live, live_bytes(used));
    raw_copy((unsigned char *)to + used / 8 + live_bytes(used), begun, live_bytes(used));
}

void heap_shadow_write(const void *from, size_t used) {
    if (shadow) raw_copy(shadow, from, used / 8);
    raw_copy(live, (const unsigned char *)from + used / 8, live_bytes(used));
    raw_copy(begun, (const unsigned char *)from + used / 8 + live_bytes(used), live_bytes(used));
}
