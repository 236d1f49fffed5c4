/* SPDX-License-Identifier: BSD-3-Clause */
/* stretch.c -- the work that defrag does between two readings of the clock; see stretch.h.
 *
 * The stack at the first question of a stretch is its path, from the stage inwards. Each further
 * question shortens the path to what both stacks have in common. */
#include "harness/reach/stretch.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/text.h"
#include "harness/defrag/moves.h"
#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/finding/symbol.h"
#include "harness/world/clock.h"

#define MAX_FRAMES 96 /* as in reach.c */

typedef struct {
    const Symbol *functions[MAX_FRAMES]; /* the stage first */
    int depth;
} Path;

static const Symbol *timer;
static struct {
    uint64_t pointers;
    Path path;
} stretch; /* under way */

static const char *current_file;
static int current_step;
static StretchRow *rows;
static size_t count, first_of_step;

const char *stretch_start(void) {
    if (!site_knows_statics()) return "latency: this build has no names of static functions; build it with a sanitizer";
    if (!symbol_load()) return "latency: this program has no symbol table";
    timer = symbol_named(VALKEY_FUNCTION("activeDefragTimeProc"));
    return timer ? NULL : "latency: this server has no activeDefragTimeProc";
}

/* --- one stretch */

/* The functions between defrag's timer and `frame`. */
static Path path_to(const void *frame) {
    uintptr_t pcs[MAX_FRAMES];
    Path path = {.depth = 0};
    int above = 0, frames = site_stack(frame, pcs, MAX_FRAMES);
    while (above < frames && symbol_at(pcs[above] - 1) != timer) above++;
    if (above == frames) finding_harness("latency: defrag asks, but its timer is not on the stack");
    while (above > 0) path.functions[path.depth++] = symbol_at(pcs[--above] - 1);
    return path;
}

static void shorten(Path *path, const Path *other) {
    int common = 0, most = path->depth < other->depth ? path->depth : other->depth;
    while (common < most && path->functions[common] == other->functions[common]) common++;
    path->depth = common;
}

static void see_question(void *context, const void *frame) {
    Path path = path_to(frame);
    (void)context;
    if (stretch.pointers++ == 0)
        stretch.path = path;
    else
        shorten(&stretch.path, &path);
}

static void name(char *to, size_t room, const Symbol *function) {
    snprintf(to, room, "%s", function ? function->name : "?");
}

/* --- the table */

static StretchRow *row_of(const char *stage, const char *within) {
    for (size_t i = first_of_step; i < count; i++) {
        if (strcmp(rows[i].stage, stage) == 0 && strcmp(rows[i].within, within) == 0) return &rows[i];
    }
    rows = array_reserve(rows, count, count + 1, sizeof(*rows));
    rows[count] = (StretchRow){.file = current_file, .step = current_step};
    snprintf(rows[count].stage, sizeof(rows[count].stage), "%s", stage);
    snprintf(rows[count].within, sizeof(rows[count].within), "%s", within);
    return &rows[count++];
}

/* The clock is read: the stretch is over. */
static void see_reading(void *context) {
    char stage[48], within[48];
    (void)context;
    if (stretch.pointers == 0) return;
    if (stretch.path.depth == 0) stretch.path.functions[stretch.path.depth++] = timer;
    name(stage, sizeof(stage), stretch.path.functions[0]);
    name(within, sizeof(within), stretch.path.functions[stretch.path.depth - 1]);
    StretchRow *row = row_of(stage, within);
    if (stretch.pointers > row->pointers) row->pointers = stretch.pointers;
    stretch.pointers = 0;
}

void stretch_begin(const char *file) {
    current_file = file ? text_make(file, strlen(file)).data : ""; /* its rows keep it */
    stretch.pointers = 0;
    stretch_step(0);
    moves_watch_questions(see_question, NULL);
    clock_watch(see_reading, NULL);
}

void stretch_step(int step) {
    current_step = step;
    first_of_step = count;
}

void stretch_end(void) {
    moves_watch_questions(NULL, NULL);
    clock_watch(NULL, NULL);
}

const StretchRow *stretch_rows(size_t *number) {
    *number = count;
    return rows;
}
