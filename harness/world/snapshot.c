/* SPDX-License-Identifier: BSD-3-Clause */
/* snapshot.c -- saves and restores the whole world; see snapshot.h.
 *
 * Why it is fast: after a base is saved, the world's memory is mapped again, privately, over a file
 * in memory that holds the image. The kernel then knows which pages were written, because those
 * have become anonymous: bit 61 of /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst). A
 * reset reads those bits, adds the pages to a list and copies exactly the pages of the list back.
 * The list is "sticky": streams write to the same few hundred pages again and again, and a page
 * that is anonymous stays so. No written page is missed, and a page that was written before causes
 * no further page fault. After every SNAPSHOT_RENEW resets all pages are mapped again, so that
 * pages which only one stream wrote are not copied forever.
 *
 * Where pagemap cannot be read (some containers), every page is compared instead: correct, and some
 * ten times slower.
 *
 * The first and the last page of the globals also contain memory outside of the world, so only part
 * of them is copied, by hand. This file is compiled without ASan. */
#include "harness/world/snapshot.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/finding/finding.h"
#include "harness/world/heap.h"
#include "harness/world/raw.h"

#define PAGE ((size_t)4096)
#define MAX_RANGES 4

/* The bounds of the world's sections, from the linker. */
extern unsigned char __start_vkdata[], __stop_vkdata[], __start_vkbss[], __stop_vkbss[];
extern unsigned char __start_vkworld[], __stop_vkworld[];

/* A range of world memory. Its inner part is whole pages, its edges are the rest. */
typedef struct {
    unsigned char *start, *stop;      /* all of it */
    unsigned char *first_page, *last; /* the inner part; equal when there is none */
    size_t offset;                    /* in the image, of `start` rounded down to a page */
} Range;

struct Base {
    /* File in memory with the image of all ranges, each from its first page */
    int fd;
    unsigned char *image; /* the same, mapped for reading */
    size_t size;
    Range ranges[MAX_RANGES];
    int nranges;
    size_t used;           /* of the arena */
    unsigned char *shadow; /* of the used part */
    uint32_t *sticky;      /* indices of pages (of the image) written since they were mapped */
    unsigned char *is_sticky;
    size_t nsticky, npages;
    unsigned resets;
};

struct Mark {
    Base *base;
    size_t used;
    unsigned char *shadow;
    uint32_t *pages;         /* indices of pages that differ from the base */
    unsigned char *contents; /* of those pages */
    size_t npages;
    unsigned char *edges; /* the ranges' edges, one after the other */
    unsigned char *tail;  /* the arena from the base's end to `used` */
};

static Base *active;
static SnapshotOptions options = {.renew = SNAPSHOT_RENEW};
static int pagemap = -1;
static pid_t pagemap_owner; /* the process whose pages it shows; a forked child opens its own */

static void *require_memory(void *p) {
    if (!p) finding_harness("out of memory for a snapshot");
    return p;
}

static Range make_range(void *start, void *stop, size_t *offset) {
    Range r = {.start = start, .stop = stop, .offset = *offset};
    uintptr_t first = ((uintptr_t)start + PAGE - 1) & ~(PAGE - 1), last = (uintptr_t)stop & ~(PAGE - 1);
    r.first_page = (unsigned char *)first;
    r.last = (unsigned char *)(last > first ? last : first);
    *offset += (((uintptr_t)stop + PAGE - 1) & ~(PAGE - 1)) - ((uintptr_t)start & ~(PAGE - 1));
    return r;
}

static void find_ranges(Base *b) {
    size_t offset = 0;
    b->used = heap_used();
    unsigned char *arena = heap_base();
    b->ranges[b->nranges++] = make_range(arena, arena + b->used, &offset);
    b->ranges[b->nranges++] = make_range(__start_vkdata, __stop_vkdata, &offset);
    b->ranges[b->nranges++] = make_range(__start_vkbss, __stop_vkbss, &offset);
    b->ranges[b->nranges++] = make_range(__start_vkworld, __stop_vkworld, &offset);
    b->size = offset;
    b->npages = offset / PAGE;
}

/* The offset of `address` (in range r) in the image. */
static size_t image_offset(const Range *r, const unsigned char *address) {
    return r->offset + (size_t)(address - (unsigned char *)((uintptr_t)r->start & ~(PAGE - 1)));
}

/* Calls fn for the parts of a range before its first whole page and after its last one. */
static void each_edge(const Range *r, void (*fn)(const Range *, unsigned char *from, size_t len, void *), void *arg) {
    if (r->first_page >= r->stop || r->first_page == r->last) {
        fn(r, r->start, (size_t)(r->stop - r->start), arg);
        return;
    }
    fn(r, r->start, (size_t)(r->first_page - r->start), arg);
    fn(r, r->last, (size_t)(r->stop - r->last), arg);
}

static void edge_to_world(const Range *r, unsigned char *from, size_t len, void *arg) {
    Base *b = arg;
    raw_copy(from, b->image + image_offset(r, from), len);
}

/* Maps the inner part of every range privately over the image, so that all pages are clean. */
static void map_clean(Base *b) {
    for (int i = 0; i < b->nranges; i++) {
        Range *r = &b->ranges[i];
        size_t len = (size_t)(r->last - r->first_page);
        if (!len) continue;
        if (!raw_map_over(r->first_page, len, b->fd, (off_t)image_offset(r, r->first_page)))
            finding_harness("cannot map the world's memory again");
    }
    for (size_t i = 0; i < b->nsticky; i++) b->is_sticky[b->sticky[i]] = 0;
    b->nsticky = 0;
}

void snapshot_set_options(const SnapshotOptions *wanted) {
    options = *wanted;
}

Base *snapshot_base(void) {
    Base *b = require_memory(calloc(1, sizeof(*b)));
    find_ranges(b);
    b->fd = memfd_create("defrag-fuzz-world", MFD_CLOEXEC);
    if (b->fd < 0 || ftruncate(b->fd, (off_t)b->size) != 0) finding_harness("cannot make a file in memory");
    b->image =
        /* All is written now */
        mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, b->fd, 0);
    if (b->image == MAP_FAILED) finding_harness("cannot map a file in memory");
    for (int i = 0; i < b->nranges; i++) {
        Range *r = &b->ranges[i];
        raw_copy(b->image + image_offset(r, r->start), r->start, (size_t)(r->stop - r->start));
    }
    mprotect(b->image, b->size, PROT_READ);
    b->shadow = require_memory(malloc(heap_shadow_size(b->used)));
    heap_shadow_read(b->shadow, b->used);
    b->sticky = require_memory(malloc(b->npages * sizeof(*b->sticky)));
    b->is_sticky = require_memory(calloc(b->npages, 1));
    map_clean(b);
    active = b;
    return b;
}

void snapshot_base_free(Base *b) {
    if (active == b) active = NULL;
    munmap(b->image, b->size);
    close(b->fd);
    free(b->shadow);
    free(b->sticky);
    free(b->is_sticky);
    free(b);
}

/* --- which pages were written */

static void make_sticky(Base *b, size_t page) {
    if (b->is_sticky[page]) return;
    b->is_sticky[page] = 1;
    b->sticky[b->nsticky++] = (uint32_t)page;
}

static bool scan_pagemap(Base *b, const Range *r) {
    static uint64_t entries[1 << 14];
    size_t pages = (size_t)(r->last - r->first_page) / PAGE, first = image_offset(r, r->first_page) / PAGE;
    for (size_t done = 0; done < pages;) {
        size_t want = pages - done < 1 << 14 ? pages - done : 1 << 14;
        off_t at = (off_t)(((uintptr_t)r->first_page / PAGE + done) * sizeof(uint64_t));
        if (pread(pagemap, entries, want * 8, at) != (ssize_t)(want * 8)) return false;
        for (size_t i = 0; i < want; i++) {
            bool present = entries[i] >> 63 & 1, swapped = entries[i] >> 62 & 1, of_file = entries[i] >> 61 & 1;
            if ((present && !of_file) || swapped) make_sticky(b, first + done + i);
        }
        done += want;
    }
    return true;
}

static void scan_by_comparing(Base *b, const Range *r) {
    for (unsigned char *p = r->first_page; p < r->last; p += PAGE) {
        size_t offset = image_offset(r, p);
        if (!raw_equal(p, b->image + offset, PAGE)) make_sticky(b, offset / PAGE);
    }
}

static void open_pagemap(void) {
    if (pagemap_owner == getpid()) return;
    if (pagemap >= 0) close(pagemap);
    pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    pagemap_owner = getpid();
}

/* Updates the list of sticky pages. */
static void scan(Base *b) {
    open_pagemap();
    for (int i = 0; i < b->nranges; i++) {
        if (options.compare || pagemap < 0 || !scan_pagemap(b, &b->ranges[i])) scan_by_comparing(b, &b->ranges[i]);
    }
}

static unsigned char *page_address(const Base *b, size_t page) {
    for (int i = 0; i < b->nranges; i++) {
        const Range *r = &b->ranges[i];
        size_t first = image_offset(r, r->first_page) / PAGE, count = (size_t)(r->last - r->first_page) / PAGE;
        if (page >= first && page < first + count) return r->first_page + (page - first) * PAGE;
    }
    finding_harness("a page that belongs to no part of the world");
}

/* --- back to the base */

static void copy_back(Base *b) {
    for (size_t i = 0; i < b->nsticky; i++) {
        size_t page = b->sticky[i];
        raw_copy(page_address(b, page), b->image + page * PAGE, PAGE);
    }
}

void snapshot_reset(Base *b) {
    if (b != active) {
        map_clean(b);
        active = b;
    } else if (++b->resets % options.renew == 0) {
        map_clean(b);
    } else {
        scan(b);
        copy_back(b);
    }
    for (int i = 0; i < b->nranges; i++) each_edge(&b->ranges[i], edge_to_world, b);
    heap_shadow_write(b->shadow, b->used);
    heap_cut(b->used);
}

/* --- marks */

typedef struct {
    unsigned char *buffer;
    size_t at;
} Cursor;

static void edge_size(const Range *r, unsigned char *from, size_t len, void *arg) {
    (void)r, (void)from;
    ((Cursor *)arg)->at += len;
}

static void edge_save(const Range *r, unsigned char *from, size_t len, void *arg) {
    (void)r;
    Cursor *c = arg;
    raw_copy(c->buffer + c->at, from, len);
    c->at += len;
}

static void edge_load(const Range *r, unsigned char *from, size_t len, void *arg) {
    (void)r;
    Cursor *c = arg;
    raw_copy(from, c->buffer + c->at, len);
    c->at += len;
}

static void each_world_edge(Base *b, void (*fn)(const Range *, unsigned char *, size_t, void *), Cursor *c) {
    for (int i = 0; i < b->nranges; i++) each_edge(&b->ranges[i], fn, c);
}

Mark *snapshot_save(void) {
    Base *b = active;
    Mark *m = require_memory(calloc(1, sizeof(*m)));
    m->base = b;
    scan(b);
    m->pages = require_memory(malloc(b->nsticky * sizeof(*m->pages) + 1));
    m->contents = require_memory(malloc(b->nsticky * PAGE + 1));
    for (size_t i = 0; i < b->nsticky; i++) {
        m->pages[i] = b->sticky[i];
        raw_copy(m->contents + i * PAGE, page_address(b, b->sticky[i]), PAGE);
    }
    m->npages = b->nsticky;
    Cursor c = {0};
    each_world_edge(b, edge_size, &c);
    c = (Cursor){.buffer = m->edges = require_memory(malloc(c.at + 1))};
    each_world_edge(b, edge_save, &c);
    m->used = heap_used();
    m->tail = require_memory(malloc(m->used - b->used + 1));
    raw_copy(m->tail, (unsigned char *)heap_base() + b->used, m->used - b->used);
    m->shadow = require_memory(malloc(heap_shadow_size(m->used)));
    heap_shadow_read(m->shadow, m->used);
    return m;
}

void snapshot_restore(const Mark *m) {
    Base *b = m->base;
    snapshot_reset(b);
    for (size_t i = 0; i < m->npages; i++) raw_copy(page_address(b, m->pages[i]), m->contents + i * PAGE, PAGE);
    Cursor c = {.buffer = m->edges};
    each_world_edge(b, edge_load, &c);
    raw_copy((unsigned char *)heap_base() + b->used, m->tail, m->used - b->used);
    heap_cut(m->used);
    heap_shadow_write(m->shadow, m->used);
}

void snapshot_mark_free(Mark *m) {
    free(m->pages);
    free(m->contents);
    free(m->edges);
    free(m->tail);
    free(m->shadow);
    free(m);
}

/* --- for searches for pointers */

typedef struct {
    void (*fn)(const void *from, size_t len, void *arg);
    void *arg;
} Visitor;

static void visit_edge(const Range *r, unsigned char *from, size_t len, void *arg) {
    (void)r;
    Visitor *v = arg;
    if (len) v->fn(from, len, v->arg);
}

void snapshot_each_dirty(void (*fn)(const void *from, size_t len, void *arg), void *arg) {
    Base *b = active;
    Visitor v = {fn, arg};
    scan(b);
    for (size_t i = 0; i < b->nsticky; i++) fn(page_address(b, b->sticky[i]), PAGE, arg);
    for (int i = 0; i < b->nranges; i++) each_edge(&b->ranges[i], visit_edge, &v);
}

const void *snapshot_base_end(void) {
    return active ? (unsigned char *)heap_base() + active->used : heap_base();
}

void snapshot_each_global(void (*fn)(const void *from, size_t len, void *arg), void *arg) {
    fn(__start_vkdata, (size_t)(__stop_vkdata - __start_vkdata), arg);
    fn(__start_vkbss, (size_t)(__stop_vkbss - __start_vkbss), arg);
    fn(__start_vkworld, (size_t)(__stop_vkworld - __start_vkworld), arg);
}
