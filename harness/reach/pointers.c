/* SPDX-License-Identifier: BSD-3-Clause */
/* pointers.c -- which fields held a pointer to a block that moved; see pointers.h. */
#include "harness/reach/pointers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/defrag/moves.h"
#include "harness/defrag/slice.h"
#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/finding/symbol.h"
#include "harness/oracles/excuses.h"
#include "harness/reach/field.h"
#include "harness/reach/gap.h"
#include "harness/world/heap.h"
#include "harness/world/snapshot.h"

#define BUCKETS 8192 /* of the table of tallies */

/* The functions that allocate blocks. The first one stands for globals. */
typedef struct {
    char name[64];
    const FieldShape *shape;
    bool moved; /* one of its blocks, which a field points to */
} Owner;

/* The counts of a field and of what it points to. A field is an owner or a global variable, and
 * a number (field.h). */
typedef struct Tally Tally;
struct Tally {
    const Symbol *variable; /* NULL: in a block */
    unsigned owner, target;
    size_t field;
    uint64_t moved, stayed;
    Tally *next; /* in the same bucket */
};

static Owner *owners;
static unsigned nowners;
static unsigned *owner_of_site; /* 0: not asked */
static size_t nsites;

static Tally *tallies[BUCKETS];
static uint64_t slices;

/* Identities are numbered again in each run. */
static uint64_t turn = 1;  /* each slice of each run, and what follows the last one */
static uint64_t *moved_in; /* by identity: the turn in which the block moved last */
static size_t nmoved;

static uintptr_t low, high; /* of the arena's used part */

const char *pointers_start(void) {
    if (!site_knows_statics())
        return "pointers: this build has no names of static functions; build it with a sanitizer";
    if (!symbol_load()) return "pointers: this program has no symbol table";
    owners = array_reserve(owners, 0, 1, sizeof(*owners));
    owners[nowners++] = (Owner){.name = "global"};
    return NULL;
}

/* --- fields */

static unsigned find_owner(const char *name) {
    for (unsigned i = 1; i < nowners; i++) {
        if (strcmp(owners[i].name, name) == 0) return i;
    }
    owners = array_reserve(owners, nowners, nowners + 1, sizeof(*owners));
    Owner *owner = &owners[nowners];
    *owner = (Owner){0};
    snprintf(owner->name, sizeof(owner->name), "%.63s", name);
    owner->shape = field_shape(owner->name);
    return nowners++;
}

static unsigned owner_of(uint32_t site) {
    if (site >= nsites) {
        owner_of_site = array_reserve(owner_of_site, nsites, site + 1, sizeof(*owner_of_site));
        memset(owner_of_site + nsites, 0, (site + 1 - nsites) * sizeof(*owner_of_site));
        nsites = site + 1;
    }
    if (!owner_of_site[site]) owner_of_site[site] = find_owner(site_owner(site));
    return owner_of_site[site];
}

static Tally *tally_of(const Tally *key) {
    size_t hash = key->owner * 31u + key->target * 8191u + key->field + (uintptr_t)key->variable / 8;
    Tally **bucket = &tallies[hash % BUCKETS];
    for (Tally *t = *bucket; t; t = t->next) {
        if (t->variable == key->variable && t->owner == key->owner && t->target == key->target &&
            t->field == key->field)
            return t;
    }
    Tally *t = malloc(sizeof(*t));
    if (!t) finding_harness("out of memory for the report pointers");
    *t = *key;
    t->next = *bucket;
    return *bucket = t;
}

/* Counts a pointer to `target` that belongs to the field `key`. */
static void count(const HeapBlock *target, Tally key) {
    key.target = owner_of(target->origin_site);
    Tally *t = tally_of(&key);
    if (target->identity < nmoved && moved_in[target->identity] == turn) {
        t->moved++;
        owners[key.target].moved = true;
    } else {
        t->stayed++;
    }
}

/* --- the search */

/* Does the word point to or into a live block, and to which? */
static bool points(uintptr_t word, HeapBlock *target) {
    return word >= low && word < high && heap_find((const void *)word, target) && target->live &&
           word >= (uintptr_t)target->start && word < (uintptr_t)target->start + target->size;
}

/* Not instrumented: the words may be anything. */
__attribute__((no_sanitize("address"))) static void look_at_block(const HeapBlock *block, void *arg) {
    (void)arg;
    HeapBlock target;
    const uintptr_t *words = block->start;
    for (size_t i = 0; i < block->size / sizeof(*words); i++) {
        size_t offset = i * sizeof(*words);
        if (!points(words[i], &target) || excuses_hold(block, offset)) continue;
        unsigned owner = owner_of(block->origin_site);
        count(&target, (Tally){.owner = owner, .field = field_number(owners[owner].shape, block->size, offset)});
    }
}

/* The harness's own part of the world (world.h). */
extern unsigned char __start_vkworld[], __stop_vkworld[];

static bool is_harness(const void *at) {
    return (const unsigned char *)at >= __start_vkworld && (const unsigned char *)at < __stop_vkworld;
}

__attribute__((no_sanitize("address"))) static void look_at_globals(const void *from, size_t len, void *arg) {
    (void)arg;
    HeapBlock target;
    const Symbol *variable = NULL; /* the last one */
    const uintptr_t *word = (const uintptr_t *)(((uintptr_t)from + 7) & ~(uintptr_t)7);
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)from + len);
    for (; word + 1 <= end; word++) {
        if (is_harness(word) || !points(*word, &target) || excuses_hold_global(word)) continue;
        if (!variable || (uintptr_t)word >= variable->high) variable = symbol_at((uintptr_t)word);
        if (variable)
            count(&target, (Tally){.variable = variable,
                                   .field = field_variable_number(variable, (uintptr_t)word - variable->low)});
    }
}

static void see_move(void *context, const void *block, const void *frame) {
    (void)context, (void)frame;
    HeapBlock known;
    if (!heap_find(block, &known)) return;
    if (known.identity >= nmoved) {
        size_t need = known.identity + 1;
        moved_in = array_reserve(moved_in, nmoved, need, sizeof(*moved_in));
        memset(moved_in + nmoved, 0, (need - nmoved) * sizeof(*moved_in));
        nmoved = need;
    }
    moved_in[known.identity] = turn;
}

static void see_slice(void *context, SliceEvent event) {
    (void)context;
    if (event == SLICE_BEGINS) return;
    low = (uintptr_t)heap_base();
    high = (uintptr_t)heap_mark();
    heap_each_live(heap_base(), heap_mark(), look_at_block, NULL);
    snapshot_each_global(look_at_globals, NULL);
    slices++;
    turn++;
}

void pointers_begin(void) {
    moves_watch(see_move, NULL);
    slice_watch(see_slice, NULL);
}

void pointers_end(void) {
    moves_watch(NULL, NULL);
    slice_watch(NULL, NULL);
    turn++;
}

uint64_t pointers_slices(void) {
    return slices;
}

/* --- rows */

static void name_field(const Tally *t, PointersRow *row) {
    snprintf(row->holder, sizeof(row->holder), "%s", owners[t->owner].name);
    if (t->variable)
        field_variable_name(t->variable, t->field, row->field, sizeof(row->field));
    else
        field_name(owners[t->owner].shape, t->field, row->field, sizeof(row->field));
}

static PointersKind kind_of(const Tally *t) {
    if (t->moved) return POINTERS_MOVED;
    return owners[t->target].moved ? POINTERS_GAP : POINTERS_FIXED;
}

/* A row for each tally: with one target. */
static PointersRow *draft_rows(size_t *count) {
    PointersRow *rows = NULL;
    *count = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const Tally *t = tallies[i]; t; t = t->next) {
            rows = array_reserve(rows, *count, *count + 1, sizeof(*rows));
            PointersRow *row = &rows[(*count)++];
            memset(row, 0, sizeof(*row));
            name_field(t, row);
            snprintf(row->targets, sizeof(row->targets), "%s", owners[t->target].name);
            row->kind = kind_of(t);
            row->moved = t->moved;
            row->stayed = t->stayed;
            row->reason = "";
        }
    }
    return rows;
}

static int by_field(const void *a, const void *b) {
    const PointersRow *x = a, *y = b;
    int order = strcmp(x->holder, y->holder);
    if (!order) order = strcmp(x->field, y->field);
    return order ? order : strcmp(x->targets, y->targets);
}

static bool same_field(const PointersRow *a, const PointersRow *b) {
    return strcmp(a->holder, b->holder) == 0 && strcmp(a->field, b->field) == 0;
}

static void add_target(PointersRow *row, const char *target) {
    size_t used = strlen(row->targets), room = sizeof(row->targets) - sizeof(" ...");
    if (used && row->targets[used - 1] == '.') return;
    bool fits = used + 1 + strlen(target) <= room;
    snprintf(row->targets + used, sizeof(row->targets) - used, "%s%s", used ? " " : "", fits ? target : "...");
}

/* Makes one row of `count` rows of the same field. A gap has the reason that all its targets have:
 * the first target without one decides. */
static PointersRow join_rows(const PointersRow *rows, size_t count) {
    PointersRow row = rows[0];
    row.targets[0] = 0;
    row.moved = row.stayed = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind < row.kind) row.kind = rows[i].kind;
    }
    bool explained = true;
    for (size_t i = 0; i < count; i++) {
        row.moved += rows[i].moved;
        row.stayed += rows[i].stayed;
        if (row.kind == POINTERS_GAP && rows[i].kind != POINTERS_GAP) continue;
        add_target(&row, rows[i].targets);
        if (row.kind == POINTERS_GAP && explained) row.reason = gap_reason(row.holder, row.field, rows[i].targets);
        explained = row.reason[0] != 0;
    }
    return row;
}

PointersRow *pointers_rows(size_t *count) {
    size_t drafts, same;
    PointersRow *rows = draft_rows(&drafts);
    if (drafts) qsort(rows, drafts, sizeof(*rows), by_field);
    *count = 0;
    for (size_t i = 0; i < drafts; i += same) {
        for (same = 1; i + same < drafts && same_field(&rows[i], &rows[i + same]);) same++;
        rows[(*count)++] = join_rows(&rows[i], same);
    }
    return rows;
}

/* The number of fields that point to blocks of the function. */
static uint64_t count_fields(unsigned target) {
    uint64_t fields = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const Tally *t = tallies[i]; t; t = t->next) fields += t->target == target;
    }
    return fields;
}

static int by_target(const void *a, const void *b) {
    return strcmp(((const PointersTarget *)a)->target, ((const PointersTarget *)b)->target);
}

PointersTarget *pointers_targets(size_t *count) {
    PointersTarget *rows = array_reserve(NULL, 0, nowners, sizeof(*rows));
    *count = 0;
    for (unsigned i = 1; i < nowners; i++) {
        uint64_t fields = owners[i].moved ? 0 : count_fields(i);
        if (!fields) continue;
        PointersTarget *row = &rows[(*count)++];
        *row = (PointersTarget){.fields = fields, .reason = gap_fixed(owners[i].name)};
        snprintf(row->target, sizeof(row->target), "%s", owners[i].name);
    }
    qsort(rows, *count, sizeof(*rows), by_target);
    return rows;
}
