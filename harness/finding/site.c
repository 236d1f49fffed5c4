/* SPDX-License-Identifier: BSD-3-Clause */
/* site.c -- call sites of allocations; see site.h.
 *
 * Frame pointers make this cheap (some 20 ns for eight frames): the whole program is compiled with
 * -fno-omit-frame-pointer. The table only grows; with eight frames a long run meets a few ten
 * thousand sites. Names come from the sanitizer's symbolizer when there is one, else from the
 * dynamic symbol table (-rdynamic), which does not know static functions. */
#include "harness/finding/site.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/finding/symbol.h"

#define PLACES (1u << 16)
#define SITE_MAX (PLACES / 4 * 3)

typedef struct {
    uint64_t hash;
    uintptr_t frames[SITE_FRAMES];
    int count;
} Site;

/* In the order in which they were met, so that few pages are touched; 0: unknown. */
static Site sites[SITE_MAX];
static uint32_t site_count = 1;
static uint32_t places[PLACES]; /* by hash: an index of `sites`; 0: free */
static uintptr_t stack_low, stack_high;

static void find_stack(void) {
    pthread_attr_t attr;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        pthread_attr_getstack(&attr, &low, &size);
        pthread_attr_destroy(&attr);
    }
    stack_low = (uintptr_t)low;
    stack_high = (uintptr_t)low + size;
}

static bool on_stack(uintptr_t address) {
    return address >= stack_low && address + 2 * sizeof(uintptr_t) <= stack_high && address % sizeof(uintptr_t) == 0;
}

int site_stack(const void *frame, uintptr_t *frames, int room) {
    int count = 0;
    if (!stack_high) find_stack();
    const uintptr_t *fp = frame;
    while (count < room && on_stack((uintptr_t)fp) && fp[1]) {
        frames[count++] = fp[1];
        if (fp[0] <= (uintptr_t)fp) break;
        fp = (const uintptr_t *)fp[0];
    }
    return count;
}

uint32_t site_capture(const void *frame) {
    uintptr_t frames[SITE_FRAMES];
    uint64_t hash = 0x9e3779b97f4a7c15u;
    int count = site_stack(frame, frames, SITE_FRAMES);
    for (int i = 0; i < count; i++) {
        hash = (hash ^ frames[i]) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 29;
    }
    uint32_t place = (uint32_t)hash % PLACES;
    while (places[place]) {
        if (sites[places[place]].hash == hash) return places[place];
        place = (place + 1) % PLACES;
    }
    if (site_count == SITE_MAX) return 0;
    places[place] = site_count;
    sites[site_count] = (Site){.hash = hash, .count = count};
    memcpy(sites[site_count].frames, frames, sizeof(frames[0]) * (size_t)count);
    return site_count++;
}

int site_frames(uint32_t site, const uintptr_t **frames) {
    if (site >= SITE_MAX) return 0;
    *frames = sites[site].frames;
    return sites[site].count;
}

bool site_passes(uint32_t site, FunctionPart part) {
    const uintptr_t *frames = NULL;
    int count = site_frames(site, &frames);
    for (int i = 0; i < count; i++) {
        const Symbol *function = symbol_at(frames[i] - 1);
        if (function && strstr(function->name, part.text)) return true;
    }
    return false;
}

/* In sanitized builds the run-time symbolizes; weak, so that a plain build links without it. */
__attribute__((weak)) void __sanitizer_symbolize_pc(void *pc, const char *format, char *out, size_t room);

bool site_knows_statics(void) {
    return __sanitizer_symbolize_pc != NULL;
}

void site_function(uintptr_t pc, char *name, size_t room) {
    snprintf(name, room, "?");
    if (__sanitizer_symbolize_pc) {
        __sanitizer_symbolize_pc((void *)(pc - 1), "%f", name, room);
        if (strncmp(name, "in ", 3) == 0) memmove(name, name + 3, strlen(name + 3) + 1);
    } else {
        Dl_info info;
        if (dladdr((void *)(pc - 1), &info) && info.dli_sname) snprintf(name, room, "%s", info.dli_sname);
    }
    if (strncmp(name, "__wrap_", 7) == 0) memmove(name, name + 7, strlen(name + 7) + 1);
}

size_t site_describe(uint32_t site, char *text, size_t room) {
    const uintptr_t *frames = NULL;
    int count = site_frames(site, &frames);
    size_t used = 0;
    text[0] = 0;
    for (int i = 0; i < count && used + 1 < room; i++) {
        char name[128];
        site_function(frames[i], name, sizeof(name));
        int n = snprintf(text + used, room - used, "%s%s", i ? " < " : "", name);
        used += (size_t)n < room - used ? (size_t)n : room - used - 1;
    }
    if (count == 0) used = (size_t)snprintf(text, room, "?");
    return used;
}

/* Functions that allocate or copy for others and so name no owner. */
static bool is_helper(const char *name) {
    static const FunctionPrefix helpers[] = {
        HARNESS_PREFIX("heap_"),
        VALKEY_PREFIX("zmalloc"),
        VALKEY_PREFIX("zcalloc"),
        VALKEY_PREFIX("zrealloc"),
        VALKEY_PREFIX("ztry"),
        VALKEY_PREFIX("zstrdup"),
        VALKEY_PREFIX("zfree"),
        VALKEY_PREFIX("valkey_malloc"),
        VALKEY_PREFIX("valkey_calloc"),
        VALKEY_PREFIX("valkey_realloc"),
        VALKEY_PREFIX("sds"),
        VALKEY_PREFIX("_sds"),
        VALKEY_PREFIX("allocatorDefrag"),
        VALKEY_PREFIX("activeDefragAlloc"),
        VALKEY_PREFIX("raxNewNode"),
        OTHER_PREFIX("valloc"),
        OTHER_PREFIX("?"),
    };
    return valkey_name_begins(name, helpers, COUNT_OF(helpers));
}

const char *site_owner(uint32_t site) {
    static char name[128];
    const uintptr_t *frames = NULL;
    int count = site_frames(site, &frames);
    snprintf(name, sizeof(name), "?");
    for (int i = 0; i < count; i++) {
        site_function(frames[i], name, sizeof(name));
        if (!is_helper(name)) break;
    }
    return name;
}
