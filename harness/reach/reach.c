/* SPDX-License-Identifier: BSD-3-Clause */
/* reach.c -- what defrag moved of the data set, how, and what it left in place; see reach.h. */
#include "harness/reach/reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/defrag/moves.h"
#include "harness/defrag/slice.h"
#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/finding/symbol.h"
#include "harness/reach/label.h"
#include "harness/reach/reason.h"
#include "harness/valkey/compat.h"
#include "harness/world/heap.h"

/* Between a move and the timer's function; radix trees in hashes need about 20 */
#define MAX_FRAMES 96
#define MAX_STAGES 24
#define BUCKETS 1024 /* of the table of tallies */

/* How a block has moved in this cycle. From STAGE_SHIFT on, there is a bit for each stage. */
enum { MOVED_AT_ONCE = 1, MOVED_LATER = 2, MOVED_RESUMED = 4, STAGE_SHIFT = 8 };

/* The current cycle. */
typedef struct {
    bool open, interrupted;
    uint32_t last; /* identity of the last block that existed before it */
    uint32_t *how; /* by identity */
    size_t how_room;
    MovesCount before;
} Cycle;

/* The counts of a structure and an allocation site. */
typedef struct Tally Tally;
struct Tally {
    int structure;
    uint32_t site, stages;
    ReachCounts counts;
    Tally *next; /* in the same bucket */
};

static Cycle current; /* reused for every cycle, with its memory */
static Tally *tallies[BUCKETS];
static ReachCycles cycles;

static const Symbol *timer, *later_step;
static struct {
    const Symbol *function;
    char name[48];
} stages[MAX_STAGES];
static unsigned nstages;

const char *reach_start(void) {
    if (!site_knows_statics()) return "reach: this build has no names of static functions; build it with a sanitizer";
    if (!symbol_load()) return "reach: this program has no symbol table";
    timer = symbol_named(VALKEY_FUNCTION("activeDefragTimeProc"));
    later_step = symbol_named(VALKEY_FUNCTION("defragLaterStep"));
    if (!timer || !later_step) return "reach: this server has no activeDefragTimeProc or no defragLaterStep";
    return NULL;
}

/* --- moves */

static bool within(const Symbol *function, uintptr_t pc) {
    return pc > function->low && pc <= function->high; /* a return address is after the call */
}

/* The bit of the stage whose code contains `pc`. */
static uint32_t stage_bit(uintptr_t pc) {
    const Symbol *function = symbol_at(pc - 1);
    for (unsigned i = 0; i < nstages; i++) {
        if (stages[i].function == function) return 1u << (STAGE_SHIFT + i);
    }
    if (!function) return 0;
    if (nstages == MAX_STAGES) finding_harness("reach: defrag has more than %d stages", MAX_STAGES);
    stages[nstages].function = function;
    snprintf(stages[nstages].name, sizeof(stages[nstages].name), "%s", function->name);
    return 1u << (STAGE_SHIFT + nstages++);
}

/* How the current block moves, by the stack above `frame`. */
static uint32_t how_now(const Cycle *cycle, const void *frame) {
    uintptr_t pcs[MAX_FRAMES];
    int count = site_stack(frame, pcs, MAX_FRAMES);
    uint32_t how = MOVED_AT_ONCE;
    for (int i = 0; i < count; i++) {
        if (within(later_step, pcs[i])) how = MOVED_LATER;
        if (!within(timer, pcs[i])) continue;
        return how | (cycle->interrupted ? MOVED_RESUMED : 0) | (i ? stage_bit(pcs[i - 1]) : 0);
    }
    finding_harness("reach: a block moved, but defrag's timer is not on the stack");
}

static void see_move(void *context, const void *block, const void *frame) {
    Cycle *cycle = context;
    HeapBlock known;
    if (!cycle->open || !heap_find(block, &known) || known.identity > cycle->last) return;
    cycle->how[known.identity] |= how_now(cycle, frame);
}

/* --- cycles */

static Tally *tally_of(int structure, uint32_t site) {
    Tally **bucket = &tallies[(site * 31u + (uint32_t)structure) % BUCKETS];
    for (Tally *t = *bucket; t; t = t->next) {
        if (t->structure == structure && t->site == site) return t;
    }
    Tally *t = calloc(1, sizeof(*t));
    if (!t) finding_harness("out of memory for the report reach");
    *t = (Tally){.structure = structure, .site = site, .next = *bucket};
    return *bucket = t;
}

static void count_block(void *context, const HeapBlock *block, int structure, bool rehash) {
    const Cycle *cycle = context;
    if (block->identity > cycle->last) return;
    uint32_t how = cycle->how[block->identity];
    Tally *t = tally_of(structure, block->origin_site);
    ReachCounts *c = &t->counts;
    t->stages |= how >> STAGE_SHIFT;
    c->all++;
    c->at_once += (how & MOVED_AT_ONCE) != 0;
    c->later += (how & MOVED_LATER) != 0;
    c->resumed += (how & MOVED_RESUMED) != 0;
    c->rehash += how && rehash;
    c->left += !how && !cycle->interrupted;
    c->left_sliced += !how && cycle->interrupted;
}

static void begin_cycle(Cycle *cycle) {
    cycles.unfinished += cycle->open;
    cycle->open = true;
    cycle->interrupted = false;
    cycle->last = heap_last_identity();
    cycle->before = moves_count();
    cycle->how = array_reserve(cycle->how, cycle->how_room, cycle->last + 1, sizeof(*cycle->how));
    if (cycle->how_room < cycle->last + 1) cycle->how_room = cycle->last + 1;
    memset(cycle->how, 0, (cycle->last + 1) * sizeof(*cycle->how));
}

static bool is_enabled(void) {
#if HAVE_active_defrag_enabled
    return server.active_defrag_enabled;
#else
    return true;
#endif
}

static void end_cycle(Cycle *cycle) {
    if (!cycle->open) return;
    MovesCount now = moves_count();
    cycle->open = false;
    if (!is_enabled()) {
        cycles.given_up++;
    } else if (now.asked - cycle->before.asked != now.moved - cycle->before.moved) {
        cycles.some++;
    } else {
        cycles.counted++;
        cycles.interrupted += cycle->interrupted;
        reach_label(count_block, cycle);
    }
}

static void see_slice(void *context, SliceEvent event) {
    Cycle *cycle = context;
    if (event == SLICE_BEGINS) begin_cycle(cycle);
    if (event == SLICE_PAUSES) cycle->interrupted = true;
    if (event == SLICE_ENDS) end_cycle(cycle);
}

void reach_begin(void) {
    current.open = false;
    moves_watch(see_move, &current);
    slice_watch(see_slice, &current);
}

void reach_end(void) {
    cycles.unfinished += current.open;
    current.open = false;
    moves_watch(NULL, NULL);
    slice_watch(NULL, NULL);
}

ReachCycles reach_cycles(void) {
    return cycles;
}

/* --- rows */

/* A row before it is printed. */
typedef struct {
    int structure;
    uint32_t stages;
    ReachRow row;
} Draft;

static void add_counts(ReachCounts *to, const ReachCounts *more) {
    to->all += more->all;
    to->at_once += more->at_once;
    to->later += more->later;
    to->resumed += more->resumed;
    to->rehash += more->rehash;
    to->left += more->left;
    to->left_sliced += more->left_sliced;
}

static void add_tally(Draft **drafts, size_t *count, const Tally *t, bool by_site) {
    const char *owner = by_site ? site_owner(t->site) : "";
    size_t i = 0;
    while (i < *count && ((*drafts)[i].structure != t->structure || strcmp((*drafts)[i].row.owner, owner) != 0)) i++;
    if (i == *count) {
        *drafts = array_reserve(*drafts, *count, *count + 1, sizeof(**drafts));
        Draft *d = &(*drafts)[(*count)++];
        memset(d, 0, sizeof(*d));
        d->structure = t->structure;
        reach_structure_name(t->structure, d->row.structure, sizeof(d->row.structure));
        snprintf(d->row.owner, sizeof(d->row.owner), "%s", owner);
    }
    (*drafts)[i].stages |= t->stages;
    add_counts(&(*drafts)[i].row.counts, &t->counts);
}

static uint64_t left_in_all(const Draft *d) {
    return d->row.counts.left + d->row.counts.left_sliced;
}

/* By structure, then by how much was left in place, the most first. */
static int by_structure(const void *a, const void *b) {
    const Draft *x = a, *y = b;
    if (x->structure != y->structure) return x->structure - y->structure;
    if (left_in_all(x) != left_in_all(y)) return left_in_all(x) > left_in_all(y) ? -1 : 1;
    return strcmp(x->row.owner, y->row.owner);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted by name, because the numbers depend on the order of discovery. */
static void name_stages(uint32_t bits, char *text, size_t room) {
    const char *names[MAX_STAGES];
    size_t count = 0, used = 0;
    for (unsigned i = 0; i < nstages; i++) {
        if (bits >> i & 1) names[count++] = stages[i].name;
    }
    qsort(names, count, sizeof(*names), by_name);
    for (size_t i = 0; i < count && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", i ? " " : "", names[i]);
}

static const char *reason_for(const ReachRow *row) {
    if (row->counts.left + row->counts.left_sliced == 0) return "";
    return reach_reason(row->structure, row->owner, row->counts.left == 0);
}

ReachRow *reach_rows(bool by_site, size_t *count) {
    Draft *drafts = NULL;
    *count = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const Tally *t = tallies[i]; t; t = t->next) add_tally(&drafts, count, t, by_site);
    }
    if (*count) qsort(drafts, *count, sizeof(*drafts), by_structure);
    ReachRow *rows = array_reserve(NULL, 0, *count, sizeof(*rows));
    for (size_t i = 0; i < *count; i++) {
        name_stages(drafts[i].stages, drafts[i].row.stages, sizeof(drafts[i].row.stages));
        drafts[i].row.reason = reason_for(&drafts[i].row);
        rows[i] = drafts[i].row;
    }
    free(drafts);
    return rows;
}
