/* SPDX-License-Identifier: BSD-3-Clause */
/* shrink.c -- the driver of the passes; see shrink.h.
 *
 * Candidates are made and tried a window at a time. When one still fails, the pass continues at its
 * site, so a success costs few trials. A candidate that is not smaller (shrink/size.c) or was tried
 * before is not tried.
 *
 * Limits: tried candidates are recognised by a hash of 160 bits. */
#include "fuzz/shrink/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/base/sha1.h"
#include "fuzz/shrink/pass.h"
#include "harness/base/array.h"
#include "harness/base/stopwatch.h"

#define WINDOW 32      /* candidates that are tried together */
#define PAIRS_UP_TO 24 /* the most steps of a stream that is tried without each pair of steps */

const ShrinkPass shrink_passes[] = {{"drop what follows", shrink_steps_tail, 0},
                                    {"drop the unrelated", shrink_steps_related, 0},
                                    {"drop chunks", shrink_steps_chunks, 256},
                                    {"drop chunks", shrink_steps_chunks, 128},
                                    {"drop chunks", shrink_steps_chunks, 64},
                                    {"drop chunks", shrink_steps_chunks, 32},
                                    {"drop chunks", shrink_steps_chunks, 16},
                                    {"drop chunks", shrink_steps_chunks, 8},
                                    {"drop chunks", shrink_steps_chunks, 4},
                                    {"drop chunks", shrink_steps_chunks, 2},
                                    {"drop single steps", shrink_steps_chunks, 1},
                                    {"drop pairs of steps", shrink_steps_pairs, PAIRS_UP_TO},
                                    {"defrag schedule", shrink_schedule, 0},
                                    {"settings", shrink_settings, 0},
                                    {"arguments", shrink_arguments, 0},
                                    {"sizes", shrink_sizes, 0},
                                    {"numbers", shrink_numbers, 0},
                                    {"values", shrink_words, 0},
                                    {"names", shrink_names, 0},
                                    {0}};

const ShrinkPass shrink_narrowing = {"what needs to move", shrink_schedule_narrow, 0};

/* Texts that were tried: a hash table with open addressing; its size is a power of two. */
typedef struct {
    char (*slots)[SHA1_HEX];
    size_t room, used;
} Memo;

typedef struct {
    const ShrinkPredicate *predicate;
    ShrinkReport *report;
    ShrinkRow *row;
    Stream best;
    ShrinkSize size;
    Memo memo;
    int kept; /* number of improvements of the best stream */
    bool stopped;
} Shrink;

/* The position of a pass. */
typedef struct {
    int site, proposal;
} Place;

/* Candidates that are tried together, and the position of each in its pass. */
typedef struct {
    Stream streams[WINDOW];
    char hashes[WINDOW][SHA1_HEX];
    Place places[WINDOW];
    int count;
    bool end; /* the pass has no more candidates */
} Window;

/* --- candidates that were tried before */

static char *memo_slot(Memo *memo, const char hex[SHA1_HEX]) {
    size_t i = strtoul((char[]){hex[0], hex[1], hex[2], hex[3], hex[4], hex[5], hex[6], hex[7], 0}, NULL, 16);
    for (;; i++) {
        char *slot = memo->slots[i & (memo->room - 1)];
        if (!slot[0] || strcmp(slot, hex) == 0) return slot;
    }
}

static void memo_grow(Memo *memo) {
    Memo old = *memo;
    memo->room = old.room ? old.room * 2 : 1024;
    memo->slots = array_reserve(NULL, 0, memo->room, SHA1_HEX);
    memset(memo->slots, 0, memo->room * SHA1_HEX);
    for (size_t i = 0; i < old.room; i++) {
        if (old.slots[i][0]) memcpy(memo_slot(memo, old.slots[i]), old.slots[i], SHA1_HEX);
    }
    free(old.slots);
}

static bool memo_has(Memo *memo, const char hex[SHA1_HEX]) {
    return memo->room > 0 && memo_slot(memo, hex)[0] != '\0';
}

static void memo_add(Memo *memo, const char hex[SHA1_HEX]) {
    if (memo->used * 2 >= memo->room) memo_grow(memo);
    memcpy(memo_slot(memo, hex), hex, SHA1_HEX);
    memo->used++;
}

/* --- trying candidates */

static void report_best(Shrink *s) {
    s->row->steps = s->best.nsteps;
    s->row->bytes = s->size.text.len;
    if (s->predicate->improved) s->predicate->improved(s->predicate->context, &s->best);
}

/* Makes the candidate the best stream. */
static void accept(Shrink *s, Stream *candidate) {
    stream_free(&s->best);
    text_free(&s->size.text);
    s->best = *candidate;
    stream_init(candidate);
    s->size = shrink_measure(&s->best);
    s->row->kept++;
    s->kept++;
    report_best(s);
}

/* Is the next candidate of the window smaller than the best stream, and new? */
static bool is_worth_trying(Shrink *s, Window *window) {
    ShrinkSize size = shrink_measure(&window->streams[window->count]);
    char *hex = window->hashes[window->count];
    sha1_hex(size.text.data, size.text.len, hex);
    bool worth = shrink_is_smaller(&size, &s->size) && !memo_has(&s->memo, hex);
    for (int i = 0; worth && i < window->count; i++) worth = strcmp(window->hashes[i], hex) != 0;
    text_free(&size.text);
    return worth;
}

/* Tries the candidates of the window and accepts the first that fails; those after it remain
 * untried. Returns its index, SHRINK_NONE or SHRINK_STOP. */
static int ask(Shrink *s, Window *window) {
    int first =
        window->count ? s->predicate->first(s->predicate->context, window->streams, window->count) : SHRINK_NONE;
    int answered = first == SHRINK_NONE ? window->count : first == SHRINK_STOP ? 0 : first + 1;
    s->stopped = first == SHRINK_STOP;
    s->row->tried += answered;
    for (int i = 0; i < answered; i++) memo_add(&s->memo, window->hashes[i]);
    if (first >= 0) accept(s, &window->streams[first]);
    for (int i = 0; i < window->count; i++) stream_free(&window->streams[i]);
    return first;
}

/* --- passes */

/* Fills the window with candidates from `place` on, and advances `place` past them. */
static void fill(Shrink *s, const ShrinkPass *pass, Place *place, Window *window) {
    window->count = 0;
    window->end = false;
    while (window->count < WINDOW && !window->end) {
        Stream *candidate = &window->streams[window->count];
        Offer offer = pass->propose(&s->best, place->site, place->proposal, pass->parameter, candidate);
        window->places[window->count] = *place;
        place->proposal++;
        if (offer == OFFER_OVER) *place = (Place){place->site + 1, 0};
        window->end = offer == OFFER_END;
        if (offer != OFFER_MADE) continue;
        if (is_worth_trying(s, window))
            window->count++;
        else
            stream_free(candidate);
    }
}

static ShrinkRow *row_of(ShrinkReport *report, const char *name) {
    for (int i = 0; i < report->nrows; i++) {
        if (strcmp(report->rows[i].name, name) == 0) return &report->rows[i];
    }
    ShrinkRow *row = &report->rows[report->nrows++];
    *row = (ShrinkRow){.name = name};
    return row;
}

/* Runs a pass. Returns true when the best stream became smaller. */
static bool run_pass(Shrink *s, const ShrinkPass *pass) {
    static Window window;
    Place place = {0, 0};
    double start = stopwatch_seconds();
    s->row = row_of(s->report, pass->name);
    int before = s->kept;
    do {
        fill(s, pass, &place, &window);
        int first = ask(s, &window);
        if (first < 0) continue;
        place = (Place){window.places[first].site, 0};
        window.end = false;
    } while (!window.end && !s->stopped);
    s->row->steps = s->best.nsteps;
    s->row->bytes = s->size.text.len;
    s->row->seconds += stopwatch_seconds() - start;
    return s->kept > before;
}

/* Tries the best stream without the steps after the failing one. Returns false when the failing
 * step is unknown. */
static bool cut(Shrink *s) {
    static Window window;
    const ShrinkPredicate *predicate = s->predicate;
    int failing = predicate->failing ? predicate->failing(predicate->context) : 0;
    double start = stopwatch_seconds();
    if (failing == 0 || s->stopped) return false;
    s->row = row_of(s->report, shrink_passes[0].name);
    window.count = 0;
    stream_copy(&window.streams[0], &s->best);
    while (window.streams[0].nsteps > failing) stream_remove(&window.streams[0], failing);
    window.count = is_worth_trying(s, &window);
    if (window.count)
        ask(s, &window);
    else
        stream_free(&window.streams[0]);
    s->row->seconds += stopwatch_seconds() - start;
    return true;
}

/* Runs all passes once. Returns true when any made progress. */
static bool run_round(Shrink *s) {
    int before = s->kept;
    s->report->rounds++;
    for (const ShrinkPass *pass = shrink_passes; pass->name && !s->stopped; pass++) {
        if (!cut(s) || pass > shrink_passes) run_pass(s, pass);
    }
    return s->kept > before;
}

/* --- the whole */

void shrink_stream(const Stream *from, const ShrinkPredicate *predicate, Stream *out, ShrinkReport *report) {
    Shrink s = {.predicate = predicate, .report = report};
    *report = (ShrinkReport){0};
    s.row = row_of(report, shrink_passes[0].name);
    stream_copy(&s.best, from);
    stream_drop_notes(&s.best);
    s.size = shrink_measure(&s.best);
    report_best(&s);
    do {
        while (!s.stopped && run_round(&s)) continue;
    } while (!s.stopped && run_pass(&s, &shrink_narrowing));
    report->stopped = s.stopped;
    free(s.memo.slots);
    text_free(&s.size.text);
    *out = s.best;
}
