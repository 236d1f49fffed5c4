/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_pages.c -- the hint "pages": move the blocks on sparse pages; see defrag_portable.h. Works
 * with any allocator, without its help.
 *
 * It takes two cycles. In the first one, the census, nothing moves: each block that defrag asks
 * about is added to the units of memory that it is on. At its end the sparsest units are chosen,
 * as many as the others have room for. In the second cycle the blocks on chosen units move. The
 * allocator decides where a block moves to, so a new block on a chosen unit is held, and the
 * allocator is asked again: it returns each hole on a chosen unit once, and then the holes
 * elsewhere. Blocks that are held are released when the cycle ends, and the allocator returns whole
 * pages to the system.
 *
 * A unit is 64 kB, not a page of 4 kB: glibc keeps the page in which a free chunk begins, so of a
 * run of free pages one is lost, and blocks of several kB reach over several pages. In a model of
 * glibc 2.36 (a million blocks of 40 to 87 bytes, three quarters freed at random), one cycle left
 * 1.36 times the live bytes resident with units of 4 kB, 1.11 times with 64 kB, moving 61 and 66 %
 * of the live bytes.
 *
 * glibc's fast bins are switched off (mallopt(3), M_MXFAST): joining the chunks in them takes a
 * second per million chunks, in one pause.
 *
 * How it compares with jemalloc's own hint: jemalloc keeps blocks of one size class in slabs and
 * always knows how full each is; it moves the blocks of a slab that is emptier than the average of
 * its class. "pages" has to count first, sees only what defrag asks about (a client's table, for
 * example, keeps its page and is not seen), and does not know size classes. On the other hand a
 * unit that is emptied serves any size, and "pages" stops when a cycle would not gain a tenth of
 * the live bytes, or the last one did not give back what it promised.
 *
 * Limits: leaves out blocks of 128 kB and more, which have mappings of their own, and those that
 * cannot hold a pointer, which only AddressSanitizer's allocator has. */
#include "server.h"

#include <malloc.h>

#define UNIT_BITS 16
#define UNIT ((uintptr_t)1 << UNIT_BITS)
#define REGION_BITS 30 /* address space is looked up by regions of 1 GB */
#define REGION_UNITS (1 << (REGION_BITS - UNIT_BITS))
#define BIG (128 * 1024)
#define CHOSEN_BIT 0x80000000u
#define STEPS 4096    /* kinds of units, by their live bytes */
#define FILL 90       /* percent of the room on the other units that can be used */
#define GAIN 10       /* percent of the live bytes that a cycle must give back to move anything */
#define RELEASED 4096 /* held blocks that are released at a time: about 1 ms */

#if defined(__GLIBC__) && !defined(USE_JEMALLOC) && !defined(USE_TCMALLOC)
#define HEADER sizeof(size_t) /* before a block, part of the memory that it takes */
#else
#define HEADER 0
#endif

/* --- units */

/* Live bytes of each unit of a region, and CHOSEN_BIT. */
typedef struct {
    uintptr_t number; /* address >> REGION_BITS */
    uint32_t unit[REGION_UNITS];
} region;

static region **regions;
static size_t nregions;

static enum { IDLE, COUNTING, CHOSEN, MOVING } phase;
static defragPagesFigures figures;

static region *findRegion(uintptr_t number) {
    static size_t last;
    if (last < nregions && regions[last]->number == number) return regions[last];
    for (last = 0; last < nregions; last++) {
        if (regions[last]->number == number) return regions[last];
    }
    return NULL;
}

static region *addRegion(uintptr_t number) {
    regions = zrealloc(regions, (nregions + 1) * sizeof(*regions));
    regions[nregions] = zcalloc(sizeof(region));
    regions[nregions]->number = number;
    return regions[nregions++];
}

static void forget(void) {
    while (nregions) zfree(regions[--nregions]);
    zfree(regions);
    regions = NULL;
}

static int unitIndex(uintptr_t address) {
    return address >> UNIT_BITS & (REGION_UNITS - 1);
}

static void count(void *ptr, size_t size) {
    uintptr_t at = (uintptr_t)ptr - HEADER, end = (uintptr_t)ptr + size;
    while (at < end) {
        uintptr_t next = (at | (UNIT - 1)) + 1;
        region *r = findRegion(at >> REGION_BITS);
        if (!r) r = addRegion(at >> REGION_BITS);
        r->unit[unitIndex(at)] += (next < end ? next : end) - at;
        at = next;
    }
}

/* Whether any byte of a block is on a chosen unit. */
static bool onChosen(void *ptr, size_t size) {
    uintptr_t at = (uintptr_t)ptr - HEADER, end = (uintptr_t)ptr + size;
    for (; at < end; at = (at | (UNIT - 1)) + 1) {
        region *r = findRegion(at >> REGION_BITS);
        if (r && r->unit[unitIndex(at)] & CHOSEN_BIT) return true;
    }
    return false;
}

/* --- choosing */

/* Units of one kind have about the same number of live bytes. */
typedef struct {
    size_t count, live;
} kind;

static int kindOf(uint32_t live) {
    size_t k = (size_t)live * STEPS / UNIT;
    return k < STEPS ? k : STEPS - 1;
}

/* Calls fn for each unit that has live bytes. */
static void eachUnit(void (*fn)(uint32_t *unit, void *context), void *context) {
    for (size_t i = 0; i < nregions; i++) {
        for (int j = 0; j < REGION_UNITS; j++) {
            if (regions[i]->unit[j]) fn(&regions[i]->unit[j], context);
        }
    }
}

static void addToKind(uint32_t *unit, void *context) {
    kind *k = (kind *)context + kindOf(*unit);
    k->count++;
    k->live += *unit;
    figures.counted += *unit;
    figures.size += UNIT;
}

/* How many of the sparsest units can be emptied: the others have room for their live bytes. */
static size_t howMany(const kind *kinds) {
    double moving = 0, room = (double)figures.size - figures.counted;
    size_t many = 0;
    for (int k = 0; k < STEPS; k++) {
        if (!kinds[k].count) continue;
        double live = (double)kinds[k].live / kinds[k].count, gap = UNIT - live;
        for (size_t i = 0; i < kinds[k].count; i++, many++) {
            if (moving + live > (room - gap) * FILL / 100) return many;
            moving += live;
            room -= gap;
        }
    }
    return many;
}

/* What to choose: all units of the kinds before the last one, and `of_last` units of that one. */
typedef struct {
    int last;
    size_t of_last, live;
} choice;

static void chooseUnit(uint32_t *unit, void *context) {
    choice *c = context;
    int k = kindOf(*unit);
    if (k > c->last || (k == c->last && !c->of_last)) return;
    if (k == c->last) c->of_last--;
    c->live += *unit;
    figures.chosen += UNIT;
    *unit |= CHOSEN_BIT;
}

/* What the last cycle that moved blocks should have given back, and the size of all units before
 * it; 0: no cycle has moved blocks. */
static struct {
    size_t gain;
    size_t size;
} promise;

/* Whether at least half of the last promise was kept. It is not kept where the units also have
 * blocks that are not asked about, or do not move. */
static bool kept(void) {
    size_t gain = promise.gain / 2;
    promise.gain = 0;
    return !gain || figures.size + gain <= promise.size;
}

/* Chooses the units to empty. Returns false when the gain is not worth the moves. */
static bool choose(void) {
    static kind kinds[STEPS];
    choice c = {.last = -1};
    memset(kinds, 0, sizeof(kinds));
    figures = (defragPagesFigures){0};
    eachUnit(addToKind, kinds);
    for (size_t left = howMany(kinds); left;) {
        c.last++;
        c.of_last = kinds[c.last].count < left ? kinds[c.last].count : left;
        left -= c.of_last;
    }
    eachUnit(chooseUnit, &c);
    if (!kept() || figures.chosen <= c.live || (figures.chosen - c.live) * 100 < figures.counted * GAIN) return false;
    promise.gain = figures.chosen - c.live;
    promise.size = figures.size;
    return true;
}

/* --- the blocks that are held, linked through their first words */

static void *held;
static size_t held_bytes;

void defragPagesHold(void *ptr) {
    *(void **)ptr = held;
    held = ptr;
    held_bytes += zmalloc_size(ptr);
    if (held_bytes > figures.held) figures.held = held_bytes;
}

static void release(size_t blocks) {
    while (held && blocks--) {
        void *ptr = held;
        size_t size = zmalloc_size(ptr);
        held = *(void **)ptr;
        held_bytes -= size;
        defragRawFree(ptr, size);
    }
}

void defragPagesReleaseAll(void) {
    release(SIZE_MAX);
}

size_t defragPagesHeldBytes(void) {
    return held_bytes;
}

/* Returns whole pages to the system. */
static void trim(void) {
#if defined(USE_JEMALLOC)
    jemalloc_purge();
#elif defined(__GLIBC__) && !defined(USE_TCMALLOC)
    malloc_trim(0);
#endif
}

static long long releaseSome(aeEventLoop *el, long long id, void *data) {
    UNUSED(el);
    UNUSED(id);
    UNUSED(data);
    release(RELEASED);
    if (held) return 1;
    trim();
    return AE_NOMORE;
}

/* Releases what is held: in parts, or at once when DEBUG DEFRAG runs the cycle and waits for it. */
static void giveBack(void) {
    if (!defragStepDecides() && aeCreateTimeEvent(server.el, 1, releaseSome, NULL, NULL) != AE_ERR) return;
    defragPagesReleaseAll();
    trim();
}

/* --- the hint */

void defragPagesPrepare(void) {
#if defined(__GLIBC__) && !defined(USE_JEMALLOC) && !defined(USE_TCMALLOC)
    mallopt(M_MXFAST, 0);
#endif
}

int defragPagesAsk(void *ptr) {
    size_t size = zmalloc_size(ptr);
    if (size >= BIG || size < sizeof(void *)) return 0;
    if (phase == COUNTING) count(ptr, size);
    return phase == MOVING && onChosen(ptr, size);
}

bool defragPagesMoving(void) {
    return phase == MOVING;
}

bool defragPagesLikes(void *ptr) {
    return phase != MOVING || !onChosen(ptr, zmalloc_size(ptr));
}

void defragPagesCycleBegins(void) {
    if (phase == CHOSEN) {
        defragPagesReleaseAll(); /* what the cycle before the census still holds */
        phase = MOVING;
    } else {
        forget();
        phase = COUNTING;
    }
}

/* Fragmentation in bytes when a census last found nothing worth moving; 0: no census has. */
static size_t content_at;

bool defragPagesContent(size_t bytes) {
    if (content_at && bytes > content_at + content_at / 10) content_at = 0;
    return content_at > 0;
}

void defragPagesCycleEnds(void) {
    bool was_moving = phase == MOVING, was_counting = phase == COUNTING;
    phase = was_counting && choose() ? CHOSEN : IDLE;
    if (was_counting) content_at = phase == IDLE ? defragFiguresTake(false).bytes : 0;
    if (phase == IDLE) forget();
    if (was_moving) giveBack();
}

defragPagesFigures defragPagesGetFigures(void) {
    return figures;
}
