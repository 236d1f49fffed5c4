/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_portable.c -- the interface of allocator_defrag.h for any allocator; see
 * defrag_portable.h.
 *
 * With the bundled jemalloc, allocator_defrag.c keeps its functions under the names jemalloc...,
 * and the hint "native" calls them.
 *
 * Limits: the server must know the usable size of a block (HAVE_MALLOC_SIZE), since defrag copies
 * all of it. */
#include "server.h"
#include "allocator_defrag.h"

#define ATTEMPTS 1000 /* to find a place for a block: about 100 us, and rarely needed */
/* Above this size glibc may use mappings, whose usable sizes follow other rules. No counter of the
 * server depends on these. */
#define INEXACT (128 * 1024)

#ifndef HAVE_MALLOC_SIZE
#error "HAVE_DEFRAG needs an allocator that reports the usable size of a block"
#endif

/* --- the allocator's own part */

#ifdef DEFRAG_JEMALLOC

static bool native;

static void initNative(void) {
    native = jemallocDefragInit() == 0;
}

bool defragHasNativeHint(void) {
    return native;
}

int defragNativeHint(void *ptr) {
    return jemallocShouldDefrag(ptr);
}

float defragNativeFigures(size_t *bytes) {
    return jemallocGetFragmentation(bytes);
}

void *defragRawAlloc(size_t size) {
    return jemallocDefragAlloc(size);
}

void defragRawFree(void *ptr, size_t size) {
    jemallocDefragFree(ptr, size);
}

unsigned long allocatorDefragGetFragSmallbins(void) {
    return native ? jemallocDefragGetFragSmallbins() : 0;
}

#else

static void initNative(void) {
}

bool defragHasNativeHint(void) {
    return false;
}

int defragNativeHint(void *ptr) {
    UNUSED(ptr);
    return 0;
}

float defragNativeFigures(size_t *bytes) {
    *bytes = 0;
    return 0;
}

void *defragRawAlloc(size_t size) {
    return zmalloc(size);
}

void defragRawFree(void *ptr, size_t size) {
    UNUSED(size);
    zfree(ptr);
}

unsigned long allocatorDefragGetFragSmallbins(void) {
    return 0;
}

#endif

/* --- allocator_defrag.h */

int allocatorDefragInit(void) {
    initNative();
    /* Measures what is resident without data. */
    if (!defragHasNativeHint()) defragFiguresTake(false);
    if (defragHintIsPages()) defragPagesPrepare();
    defragStepInit();
    return 0;
}

/* A block of exactly `size` usable bytes at an address that the hint accepts; NULL when there is
 * none. Blocks that do not qualify are held until then, or the allocator would return them again.
 * glibc's chunks are sometimes a little larger, where the remainder would be too small for a chunk
 * of its own; the server relies on usable sizes that do not change (rax.c: alloc_size). */
static void *findPlace(size_t size) {
    void *place = NULL;
    for (int i = 0; i < ATTEMPTS && !place; i++) {
        void *ptr = defragRawAlloc(size);
        if ((size >= INEXACT || zmalloc_size(ptr) == size) && defragPagesLikes(ptr))
            place = ptr;
        else
            defragPagesHold(ptr);
    }
    if (!defragPagesMoving()) defragPagesReleaseAll();
    return place;
}

/* The new block of the move that was just decided. It is allocated before the move, so that a block
 * stays when there is no place for it. */
static void *place_found;

int allocatorShouldDefrag(void *ptr) {
    if (!defragHintAsk(ptr)) return 0;
    place_found = findPlace(zmalloc_size(ptr));
    return place_found != NULL;
}

void *allocatorDefragAlloc(size_t size) {
    defragHintMoved(size);
    return place_found;
}

void allocatorDefragFree(void *ptr, size_t size) {
    if (ptr) defragRawFree(ptr, size);
}

float getAllocatorFragmentation(size_t *out_frag_bytes) {
    if (defragStepDecides()) {
        bool wanted = defragStepWantsCycle();
        if (out_frag_bytes) *out_frag_bytes = wanted ? server.active_defrag_ignore_bytes + 1 : 0;
        return wanted ? server.active_defrag_threshold_upper : 0;
    }
    defragFigures figures = defragFiguresTake(false);
    bool content = defragHintIsPages() && !figures.simulated && defragPagesContent(figures.bytes);
    if (out_frag_bytes) *out_frag_bytes = content ? 0 : figures.bytes;
    return content ? 0 : figures.percent;
}

/* --- what the server calls */

void defragCycleBegins(void) {
    size_t ignored;
    /* jemalloc's hint uses these counts. */
    if (defragHasNativeHint()) defragNativeFigures(&ignored);
    if (defragHintIsPages()) defragPagesCycleBegins();
}

void defragCycleEnds(void) {
    defragPagesCycleEnds();
}

sds defragInfo(sds info) {
    return sdscatprintf(info, "active_defrag_hint:%s\r\nactive_defrag_figures:%s\r\n", defragHintText(),
                        defragFiguresTake(false).source);
}

/* --- configs */

sds defrag_hint_config, defrag_simulated_config;

int defragIsValidHintConfig(sds text, const char **err) {
    sds now = sdsnew(defragHintText());
    const char *ignored;
    int valid = defragHintSet(text, err);
    defragHintSet(now, &ignored);
    sdsfree(now);
    return valid;
}

int defragIsValidSimulatedConfig(sds text, const char **err) {
    return defragFiguresSimulate(text, err);
}

int defragApplyConfig(const char **err) {
    return defragHintSet(defrag_hint_config, err) && defragFiguresSimulate(defrag_simulated_config, err);
}
