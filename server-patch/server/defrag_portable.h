/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_portable.h -- active defrag with any allocator that the server is linked with: what the
 * files defrag_*.c offer to the server and to each other.
 *
 * A server built with "make HAVE_DEFRAG=yes" gets all of this; allocator_defrag.h then defines
 * DEFRAG_PORTABLE and includes this file. Any other server gets the empty macros at the end and is
 * not changed by them.
 *
 *     defrag_portable.c  the interface of allocator_defrag.h, implemented with the files below
 *     defrag_hint.c      which blocks move
 *     defrag_pages.c     the hint "pages": an estimate that needs no help from the allocator
 *     defrag_figures.c   how fragmented the memory is: the allocator's figures, or simulated ones
 *     defrag_step.c      cycles and slices on request, and a server whose clock stops between steps
 *     defrag_debug.c     the command DEBUG DEFRAG
 *     defrag_verify.c    DEBUG DEFRAG VERIFY: are all structures well-formed?
 *
 * Limits: one thread, the main one, calls these. */
#ifndef DEFRAG_PORTABLE_H
#define DEFRAG_PORTABLE_H

#ifdef DEFRAG_PORTABLE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;

/* --- the allocator's own part: defrag_portable.c */

/* Whether the allocator itself knows which blocks should move: the bundled jemalloc does. */
bool defragHasNativeHint(void);

/* The allocator's answer for a block: 1 if it should move. Only with a hint of its own. */
int defragNativeHint(void *ptr);

/* The figures of an allocator with a hint of its own, as getAllocatorFragmentation gives them:
 * percent, and bytes into *bytes. */
float defragNativeFigures(size_t *bytes);

/* Allocates and releases a block of `size` bytes. With the bundled jemalloc, both bypass its cache
 * for this thread. Ends the process when there is no memory. */
void *defragRawAlloc(size_t size);
void defragRawFree(void *ptr, size_t size);

/* --- defrag_hint.c */

/* What happened since the server's start. */
typedef struct {
    uint64_t asked;       /* blocks that defrag asked about */
    uint64_t moved;       /* the blocks of these that moved */
    uint64_t moved_bytes; /* their usable sizes */
} defragCounts;

/* Chooses which blocks move from now on: "native", "always", "never", "every N", "some SEED
 * PERCENT", "only FIRST LAST", "pages"; "" means the allocator's own hint if it has one, else
 * "pages". Returns false, with the reason in *err, when `text` is none of these. */
bool defragHintSet(const char *text, const char **err);

/* The hint in use, as defragHintSet takes it. */
const char *defragHintText(void);

/* Whether this block should move; counts the question. */
int defragHintAsk(void *ptr);

/* A block of `size` bytes has moved. */
void defragHintMoved(size_t size);

defragCounts defragHintCounts(void);

/* Whether the hint in use is "pages". */
bool defragHintIsPages(void);

/* --- defrag_pages.c; see there */

/* Called when the hint is chosen: makes the allocator's settings that it needs. */
void defragPagesPrepare(void);

void defragPagesCycleBegins(void);
void defragPagesCycleEnds(void);
int defragPagesAsk(void *ptr);

/* Whether a census has found that moving is not worth it, and fragmentation, now `bytes`, has not
 * grown by a tenth since. */
bool defragPagesContent(size_t bytes);

/* Whether blocks move now, in the second of its two cycles. */
bool defragPagesMoving(void);

/* Whether a new block may be at this address. */
bool defragPagesLikes(void *ptr);

/* Holds a block that has just been allocated, so that the allocator does not return it again. */
void defragPagesHold(void *ptr);

/* Releases all blocks that are held. */
void defragPagesReleaseAll(void);

/* The bytes of the blocks that are held. They are not data, so eviction does not count them. */
size_t defragPagesHeldBytes(void);

/* What the last census and the cycle after it found, in bytes. */
typedef struct {
    size_t counted; /* live bytes of blocks which can move */
    size_t size;    /* size of the units of memory that these blocks are on */
    size_t chosen;  /* size of the units that are to be emptied */
    size_t held;    /* the most that was held at one time */
} defragPagesFigures;

defragPagesFigures defragPagesGetFigures(void);

/* --- defrag_figures.c */

typedef struct {
    const char *source; /* "glibc", "jemalloc", "tcmalloc", "mimalloc", "rss" or "simulated" */
    float percent;      /* bytes lost to fragmentation, relative to `allocated` */
    size_t bytes;       /* bytes lost to fragmentation */
    size_t allocated;   /* bytes in live blocks */
    size_t resident;    /* bytes that the allocator uses or keeps, as far as they are known */
    bool simulated;
} defragFigures;

/* The current figures. Exact ones may take about 100 ms in a big heap. Cheap ones are reused for a
 * hundred times the time that it took to get them. */
defragFigures defragFiguresTake(bool exact);

/* From now on the figures are those of `text`, "PERCENT BYTES"; "" ends that. Returns false, with
 * the reason in *err, when they are not numbers. */
bool defragFiguresSimulate(const char *text, const char **err);

/* Bytes in free chunks that are smaller than a page, which trimming cannot give back. glibc only,
 * and slow (malloc_info(3)); 0 elsewhere. */
size_t defragFiguresSmallFree(void);

/* --- defrag_step.c; see there */

void defragStepInit(void);

/* Whether DEBUG DEFRAG decides at the moment when a cycle begins and ends, regardless of the
 * figures. */
bool defragStepDecides(void);

/* Whether a cycle should begin now. Only while defragStepDecides(). */
bool defragStepWantsCycle(void);

/* Whether a cycle is running, and whether it is held. */
bool defragStepRunning(void);
bool defragStepHeld(void);

/* Begins a cycle and holds it: the server's timer does not advance it. */
void defragStepStart(void);

/* Begins a cycle if none is running, and runs it until `pointers` blocks have been asked about. */
void defragStepSlice(long long pointers);

/* Runs the current cycle to its end, in slices of `pointers` blocks (0: all at once), and with
 * `whole` another cycle after it. */
void defragStepFinish(bool whole, long long pointers);

/* Lets the server's timer resume the cycle that is held. */
void defragStepRelease(void);

/* From now on, runs a slice of `pointers` blocks whenever a script has run for a while; 0 ends
 * that. */
void defragStepWhenBusy(long long pointers);

/* Whether this is a stepped server (VALKEY_DEFRAG_STEPPED=1 in its environment), whose clock stops
 * between steps. */
bool defragStepIsStepped(void);

/* Moves the clock of a stepped server by `us`. With `later`, timers see this only with the next
 * call. */
void defragStepClock(long long us, bool later);

/* Seeds all randomness of the server. */
void defragStepSeed(uint64_t seed);

/* Hooks of ustime and getRandomBytes (util.c); NULL unless the server is stepped. They return 1
 * when they have set the result. */
extern int (*stepped_ustime)(long long *us);
extern int (*stepped_random_bytes)(unsigned char *p, size_t len);

/* Real time in us since an arbitrary moment, regardless of the server's clock. */
long long defragRealUs(void);

/* The longest slice since the last call of this function with `reset`, in us of real time. */
long long defragStepLongestSlice(bool reset);

/* --- what the server calls */

void defragCycleBegins(void);
void defragCycleEnds(void);
void defragSliceBegins(void);
void defragSliceEnds(void);
void defragScriptInterrupted(void);

/* The command DEBUG DEFRAG ... */
void defragDebugCommand(struct client *c);

/* Two lines of INFO memory, appended to `info`. */
char *defragInfo(char *info);

/* The configs active-defrag-hint and active-defrag-simulated (sds). */
extern char *defrag_hint_config, *defrag_simulated_config;
int defragIsValidHintConfig(char *text, const char **err);
int defragIsValidSimulatedConfig(char *text, const char **err);
int defragApplyConfig(const char **err);

/* defrag_verify.c: checks everything. Returns NULL, or what is wrong: "SIGNATURE WHERE: WHAT", in
 * static storage. */
const char *defragVerify(void);

/* The position of the cycle; filled in by defrag.c, where it is private. */
typedef struct {
    const char *stage;          /* the current stage, or "" */
    unsigned long stages_left;  /* after it */
    int slot;                   /* of a kvstore; -1: before the first, -2: at its tables */
    unsigned long cursor;       /* in that slot's table */
    unsigned long later;        /* big values waiting to be scanned in parts */
    const char *later_key;      /* the first of them (sds), or NULL */
    unsigned long later_cursor; /* in that one */
} defragPlace;
void defragGetPlace(defragPlace *place);

#else /* DEFRAG_PORTABLE */

#define defragCycleBegins()
#define defragCycleEnds()
#define defragSliceBegins()
#define defragSliceEnds()

#endif
#endif
