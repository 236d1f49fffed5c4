/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_portable.h -- active defrag with whatever allocator the server is linked with: what the
 * files defrag_*.c offer to the server and to each other.
 *
 * A server built with "make HAVE_DEFRAG=yes" gets all of this; allocator_defrag.h then defines
 * DEFRAG_PORTABLE and includes this file. Any other server gets the empty macros at the end and is
 * what it was before.
 *
 *     defrag_portable.c  the interface of allocator_defrag.h, answered by the files below
 *     defrag_hint.c      which blocks move
 *     defrag_pages.c     the hint "pages": an estimate that needs no help from the allocator
 *     defrag_figures.c   how fragmented the memory is: the allocator's figures, or simulated ones
 *     defrag_step.c      cycles and slices that are asked for, and a server whose time stands still between steps
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

/* Whether the allocator can say itself which blocks should move: the bundled jemalloc can. */
bool defragHasNativeHint(void);

/* What the allocator says of a block. Only with a hint of its own. */
int defragNativeHint(void *ptr);

/* The figures of an allocator with a hint of its own, as getAllocatorFragmentation gives them:
 * percent, and bytes into *bytes. */
float defragNativeFigures(size_t *bytes);

/* A block of `size` bytes and its release; with the bundled jemalloc past its cache for this
 * thread. Does not return without memory. */
void *defragRawAlloc(size_t size);
void defragRawFree(void *ptr, size_t size);

/* --- defrag_hint.c */

/* What happened since the server's start. */
typedef struct {
    uint64_t asked;       /* blocks that defrag asked about */
    uint64_t moved;       /* of them, those that moved */
    uint64_t moved_bytes; /* their usable sizes */
} defragCounts;

/* Chooses which blocks move from now on: "native", "always", "never", "every N", "some SEED
 * PERCENT", "only FIRST LAST", "pages"; "" stands for the allocator's own hint if it has one, else
 * for "pages". False, with the reason in *err, when `text` is none of these. */
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

/* The hint has been chosen: settings of the allocator that it needs. */
void defragPagesPrepare(void);

void defragPagesCycleBegins(void);
void defragPagesCycleEnds(void);
int defragPagesAsk(void *ptr);

/* Whether a census has found that moving would not be worth it, and fragmentation, of `bytes` now,
 * has not grown by a tenth since. */
bool defragPagesContent(size_t bytes);

/* Whether blocks move now, in the second of its two cycles. */
bool defragPagesMoving(void);

/* Whether a new block may lie here. */
bool defragPagesLikes(void *ptr);

/* Keeps a block that has just been allocated, so that the allocator does not hand it out again;
 * releases all that are kept; their bytes, which are no data, so that eviction does not count
 * them. */
void defragPagesHold(void *ptr);
void defragPagesReleaseAll(void);
size_t defragPagesHeldBytes(void);

/* What the last census and the cycle after it found, in bytes. */
typedef struct {
    size_t counted; /* live bytes of blocks which can move */
    size_t size;    /* of the units of memory they lie on */
    size_t chosen;  /* of these, of those to be emptied */
    size_t held;    /* kept back, the most at one time */
} defragPagesFigures;

defragPagesFigures defragPagesGetFigures(void);

/* --- defrag_figures.c */

typedef struct {
    const char *source; /* "glibc", "jemalloc", "tcmalloc", "mimalloc", "rss" or "simulated" */
    float percent;      /* bytes that fragmentation costs, to what is allocated */
    size_t bytes;       /* that fragmentation costs */
    size_t allocated;   /* bytes in live blocks */
    size_t resident;    /* bytes of the allocator's memory that is in use or kept, as far as it can be told */
    bool simulated;
} defragFigures;

/* The figures now: exact ones, which may take some 100 ms in a big heap, or cheap ones; an answer
 * of those is used again until a hundred times as long as it took has gone by. */
defragFigures defragFiguresTake(bool exact);

/* From now on the figures are those of `text`, "PERCENT BYTES"; "" ends that. False, with the
 * reason in *err, when they are not numbers. */
bool defragFiguresSimulate(const char *text, const char **err);

/* glibc only, and slow (malloc_info(3)): bytes in free chunks that are smaller than a page, which
 * no trimming gives back; 0 elsewhere. */
size_t defragFiguresSmallFree(void);

/* --- defrag_step.c; see there */

void defragStepInit(void);

/* Whether a cycle begins and ends as DEBUG DEFRAG says at the moment, whatever the figures say; and
 * if so, whether one should begin now. */
bool defragStepDecides(void);
bool defragStepWantsCycle(void);

bool defragStepRunning(void);
bool defragStepHeld(void);

/* Begins a cycle and holds it: the server's timer does not work on it. */
void defragStepStart(void);

/* Begins a cycle if none runs, and works until `pointers` blocks have been asked about. */
void defragStepSlice(long long pointers);

/* The cycle that is under way to its end, in slices of so many pointers (0: all at once). `whole`:
 * and then another one. */
void defragStepFinish(bool whole, long long pointers);

/* Lets the server's timer go on with the cycle that is held. */
void defragStepRelease(void);

/* From now on a slice of so many pointers whenever a script has run for a while; 0: no more. */
void defragStepWhenBusy(long long pointers);

/* A server whose time stands still between steps: environment VALKEY_DEFRAG_STEPPED=1. */
bool defragStepIsStepped(void);
void defragStepClock(long long us, bool later);
void defragStepSeed(uint64_t seed);

/* What ustime and getRandomBytes (util.c) ask first, if they are set: 1 when they got their
 * answer. */
extern int (*stepped_ustime)(long long *us);
extern int (*stepped_random_bytes)(unsigned char *p, size_t len);

/* Real time, in us from some moment on, whatever clock the server goes by. */
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

/* defrag_verify.c: checks everything. NULL, or what is wrong: "SIGNATURE WHERE: WHAT", in static
 * storage. */
const char *defragVerify(void);

/* Where the cycle stands; filled in by defrag.c, which keeps this to itself. */
typedef struct {
    const char *stage;         /* the stage at work, or "" */
    unsigned long stages_left; /* after it */
    int slot; /* where the scan of a store of tables is: -1 before the first slot, -2 at the tables themselves */
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
