/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_figures.c -- how fragmented the memory is; see defrag_portable.h.
 *
 * The figures, and what they do not show:
 *
 * - jemalloc, bundled: what the server has always used, the free regions in slabs of small size
 *   classes. These are what a move can reclaim.
 * - jemalloc, system: active pages minus live bytes ("stats.active", "stats.allocated"). Counts the
 *   free room inside slabs, and the cost of rounding up to a size class, which no move reclaims.
 * - glibc: resident bytes beyond live bytes, minus the same difference when the server started (the
 *   program itself, stacks, libraries): cheap, and an upper bound. DEBUG DEFRAG FIGURES also asks
 *   mallinfo2(3) for the bytes in free chunks of all arenas, and takes the smaller of the two. That
 *   walks all free chunks (80 ms for 600,000 of them), too long for a server that asks ten times a
 *   second; it does not know which pages of those chunks malloc_trim(3) has returned, and it counts
 *   blocks in a thread's own cache as live. Neither figure says whether a move would help: a large
 *   free chunk is not fragmentation, but is counted. defragFiguresSmallFree distinguishes the two,
 *   with malloc_info(3), at the same cost.
 * - tcmalloc: heap size minus unmapped pages minus live bytes (MallocExtension). Free spans count.
 * - mimalloc: committed memory (mi_process_info) minus what the server counts as used.
 * - rss: the same as glibc's cheap figure, for other allocators.
 * - simulated: a figure set by the user, to test thresholds, start, stop and effort of a cycle.
 *
 * Limits: an allocator is recognised by its functions. AddressSanitizer's report zeros, so "rss" is
 * used with it. */
#include "defrag_shape/compat.h"

#include <malloc.h>

static struct {
    bool on;
    float percent;
    size_t bytes;
} simulated;

static defragFigures makeFigures(const char *source, size_t allocated, size_t bytes, size_t resident) {
    defragFigures figures = {.source = source, .bytes = bytes, .allocated = allocated, .resident = resident};
    if (allocated) figures.percent = (float)bytes / allocated * 100;
    return figures;
}

#if defined(USE_JEMALLOC)

static defragFigures takeAllocator(bool exact) {
    size_t allocated, active, resident, bytes;
    UNUSED(exact);
    zmalloc_get_allocator_info(&allocated, &active, &resident, NULL, NULL);
    if (!defragHasNativeHint()) return makeFigures("jemalloc", allocated, active - allocated, resident);
    defragFigures figures = {.source = "jemalloc", .allocated = allocated, .resident = resident};
    figures.percent = defragNativeFigures(&bytes);
    figures.bytes = bytes;
    return figures;
}

#else

/* Resident memory beyond live bytes, minus that of the first call, which is made before there are
 * any data. */
static size_t residentOverhead(size_t allocated) {
    static size_t first;
    size_t rss = zmalloc_get_rss(), overhead = rss > allocated ? rss - allocated : 0;
    if (!first) first = overhead;
    return overhead > first ? overhead - first : 0;
}

static defragFigures takeResident(const char *source) {
    size_t used = zmalloc_used_memory(), overhead = residentOverhead(used);
    return makeFigures(source, used, overhead, used + overhead);
}

#if defined(USE_TCMALLOC)

#include <gperftools/malloc_extension_c.h>

static defragFigures takeAllocator(bool exact) {
    size_t allocated, heap, unmapped;
    UNUSED(exact);
    if (!MallocExtension_GetNumericProperty("generic.current_allocated_bytes", &allocated) ||
        !MallocExtension_GetNumericProperty("generic.heap_size", &heap) ||
        !MallocExtension_GetNumericProperty("tcmalloc.pageheap_unmapped_bytes", &unmapped))
        return takeResident("rss");
    return makeFigures("tcmalloc", allocated, heap - unmapped - allocated, heap - unmapped);
}

#else

/* mimalloc, when it has replaced the C library's functions (mimalloc.h). */
__attribute__((weak)) void mi_process_info(size_t *elapsed_ms, size_t *user_ms, size_t *system_ms, size_t *rss,
                                           size_t *peak_rss, size_t *commit, size_t *peak_commit, size_t *faults);

static defragFigures takeMimalloc(void) {
    size_t ignored, commit = 0, used = zmalloc_used_memory();
    mi_process_info(&ignored, &ignored, &ignored, &ignored, &ignored, &commit, &ignored, &ignored);
    return makeFigures("mimalloc", used, commit > used ? commit - used : 0, commit);
}

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)

/* Whether malloc is glibc's own: a sanitizer's has no figures. */
static bool glibc(void) {
    static int answer = -1;
    if (answer < 0) answer = mallinfo2().uordblks > 0;
    return answer;
}

static defragFigures takeAllocator(bool exact) {
    if (mi_process_info) return takeMimalloc();
    defragFigures figures = takeResident(glibc() ? "glibc" : "rss");
    size_t free_bytes = exact && glibc() ? mallinfo2().fordblks : figures.bytes;
    return free_bytes < figures.bytes ? makeFigures("glibc", figures.allocated, free_bytes, figures.resident) : figures;
}

#else

static defragFigures takeAllocator(bool exact) {
    UNUSED(exact);
    return mi_process_info ? takeMimalloc() : takeResident("rss");
}

#endif
#endif
#endif

defragFigures defragFiguresTake(bool exact) {
    static defragFigures last;
    static long long valid_until;
    if (simulated.on)
        return (defragFigures){"simulated", simulated.percent, simulated.bytes, zmalloc_used_memory(), 0, true};
    long long start = defragRealUs();
    if (!exact && last.source && start < valid_until) return last;
    last = takeAllocator(exact);
    long long end = defragRealUs();
    valid_until = end + 100 * (end - start);
    return last;
}

bool defragFiguresSimulate(const char *text, const char **err) {
    float percent;
    unsigned long long bytes;
    char rest;
    if (!text[0]) {
        simulated.on = false;
        return true;
    }
    *err = "simulated figures are PERCENT BYTES, two numbers of 0 or more; OFF (of the config: nothing) ends them";
    if (strchr(text, '-') || sscanf(text, "%f %llu%c", &percent, &bytes, &rest) != 2 || !(percent <= 1e6f))
        return false;
    simulated.on = true;
    simulated.percent = percent;
    simulated.bytes = bytes;
    return true;
}

/* --- glibc's free chunks */

#if defined(__GLIBC__) && !defined(USE_JEMALLOC) && !defined(USE_TCMALLOC)

/* Adds up the bins of chunks below a page: <size from="33" to="48" total="4800" count="100"/>.
 * The fast bins are among them. */
static size_t sumSmall(const char *xml) {
    size_t sum = 0, to, total, page = sysconf(_SC_PAGESIZE);
    for (const char *at = strstr(xml, "<size "); at; at = strstr(at + 1, "<size ")) {
        if (sscanf(at, "<size from=\"%*u\" to=\"%zu\" total=\"%zu\"", &to, &total) == 2 && to < page) sum += total;
    }
    return sum;
}

size_t defragFiguresSmallFree(void) {
    char *xml = NULL;
    size_t len, sum = 0;
    FILE *out = open_memstream(&xml, &len);
    if (!out) return 0;
    bool written = malloc_info(0, out) == 0;
    if (fclose(out) == 0 && written) sum = sumSmall(xml);
    zlibc_free(xml);
    return sum;
}

#else

size_t defragFiguresSmallFree(void) {
    return 0;
}

#endif
