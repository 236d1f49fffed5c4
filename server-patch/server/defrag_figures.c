/* defrag_figures.c -- how fragmented the memory is; see defrag_portable.h.
 *
 * What the figures can say, and what they cannot:
 *
 *   jemalloc, bundled  what the server has always used: free regions in the slabs of small size classes. It is what a move can mend.
 *   jemalloc, system   active pages less live bytes ("stats.active", "stats.allocated"): counts the free room inside of slabs, and what rounding up
 *                      to a size class costs, which no move can mend.
 *   glibc              mallinfo2(3): bytes in free chunks of all arenas. It does not know which pages of those chunks have been given back by
 *                      malloc_trim(3) and would count them for ever, so the figure is cut to what is resident beyond live bytes. It counts blocks in a
 *                      thread's own cache as live. And it cannot say whether a move would help: a large free chunk is no fragmentation
 *                      but is counted; defragFiguresSmallFree tells them apart, from malloc_info(3), at a price.
 *   tcmalloc           heap size less unmapped pages less live bytes (MallocExtension). Free spans are counted as well.
 *   mimalloc           committed memory (mi_process_info) less what the server counts as used.
 *   rss                the process's resident memory less what the server counts as used: with the program itself, stacks and libraries. Crude.
 *   simulated          what somebody said, so that thresholds, start, stop and effort of a cycle can be tested.
 *
 * Limits: an allocator is recognised by its functions being there. AddressSanitizer's answers zeros, so "rss" is used under it. */
#include "defrag_shape/compat.h"

#include <malloc.h>

static struct {
    bool on;
    float percent;
    size_t bytes;
} simulated;

/* Resident memory beyond what the server counts as used. */
static size_t residentOverhead(size_t allocated) {
    size_t rss = zmalloc_get_rss();
    return rss > allocated ? rss - allocated : 0;
}

static defragFigures makeFigures(const char *source, size_t allocated, size_t bytes, size_t resident) {
    defragFigures figures = {.source = source, .bytes = bytes, .allocated = allocated, .resident = resident};
    if (allocated) figures.percent = (float)bytes / allocated * 100;
    return figures;
}

static defragFigures takeRss(void) {
    size_t used = zmalloc_used_memory(), overhead = residentOverhead(used);
    return makeFigures("rss", used, overhead, used + overhead);
}

#if defined(USE_JEMALLOC)

static defragFigures takeAllocator(void) {
    size_t allocated, active, resident, bytes;
    zmalloc_get_allocator_info(&allocated, &active, &resident, NULL, NULL);
    if (!defragHasNativeHint()) return makeFigures("jemalloc", allocated, active - allocated, resident);
    defragFigures figures = {.source = "jemalloc", .allocated = allocated, .resident = resident};
    figures.percent = defragNativeFigures(&bytes);
    figures.bytes = bytes;
    return figures;
}

#elif defined(USE_TCMALLOC)

#include <gperftools/malloc_extension_c.h>

static defragFigures takeAllocator(void) {
    size_t allocated, heap, unmapped;
    if (!MallocExtension_GetNumericProperty("generic.current_allocated_bytes", &allocated) ||
        !MallocExtension_GetNumericProperty("generic.heap_size", &heap) ||
        !MallocExtension_GetNumericProperty("tcmalloc.pageheap_unmapped_bytes", &unmapped))
        return takeRss();
    return makeFigures("tcmalloc", allocated, heap - unmapped - allocated, heap - unmapped);
}

#else

/* mimalloc, when it has taken the place of the C library's functions (mimalloc.h). */
__attribute__((weak)) void mi_process_info(size_t *elapsed_ms, size_t *user_ms, size_t *system_ms, size_t *rss,
                                           size_t *peak_rss, size_t *commit, size_t *peak_commit, size_t *faults);

static defragFigures takeMimalloc(void) {
    size_t ignored, commit = 0, used = zmalloc_used_memory();
    mi_process_info(&ignored, &ignored, &ignored, &ignored, &ignored, &commit, &ignored, &ignored);
    return makeFigures("mimalloc", used, commit > used ? commit - used : 0, commit);
}

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)

static defragFigures takeAllocator(void) {
    if (mi_process_info) return takeMimalloc();
    struct mallinfo2 info = mallinfo2();
    size_t allocated = info.uordblks + info.hblkhd, overhead = residentOverhead(allocated);
    if (!info.uordblks) return takeRss(); /* not glibc's own malloc after all */
    return makeFigures("glibc", allocated, info.fordblks < overhead ? info.fordblks : overhead, allocated + overhead);
}

#else

static defragFigures takeAllocator(void) {
    return mi_process_info ? takeMimalloc() : takeRss();
}

#endif
#endif

defragFigures defragFiguresTake(bool fresh) {
    static defragFigures last;
    static long long valid_until;
    if (simulated.on) return (defragFigures){"simulated", simulated.percent, simulated.bytes, zmalloc_used_memory(), 0};
    long long start = defragRealUs();
    if (!fresh && last.source && start < valid_until) return last;
    last = takeAllocator();
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

/* --- glibc's free chunks --- */

#if defined(__GLIBC__) && !defined(USE_JEMALLOC) && !defined(USE_TCMALLOC)

/* Adds up the bins of chunks below a page: <size from="33" to="48" total="4800" count="100"/>. Those of the fast bins are among them. */
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
    bool told = malloc_info(0, out) == 0;
    if (fclose(out) == 0 && told) sum = sumSmall(xml);
    zlibc_free(xml);
    return sum;
}

#else

size_t defragFiguresSmallFree(void) {
    return 0;
}

#endif
