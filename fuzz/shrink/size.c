/* SPDX-License-Identifier: BSD-3-Clause */
/* size.c -- defines the order of sizes: which of two streams is smaller.
 *
 * Compared in this order: fewer steps; fewer pointers that may move; less defrag by itself; fewer
 * kinds of slices; defrag that begins later; fewer settings that are not default; fewer arguments;
 * fewer bytes that are sent; a shorter text; a text that is first in byte order. "!move only" or
 * "!move none" at the beginning is not counted as a step: it explains the bug and makes the stream
 * no harder to read.
 *
 * after=none is smaller than after=cycle, although that is the default: with it, the defrag that
 * matters is written where it happens. */
#include "fuzz/shrink/pass.h"

#include <string.h>

enum {
    PART_STEPS,
    PART_MOVING,
    PART_AFTER,
    PART_SLICES,
    PART_EARLY,
    PART_SETTINGS,
    PART_ELEMENTS,
    PART_BYTES,
    PART_TEXT
};

static bool is_move(const Step *step) {
    return step->kind == STEP_VERB && step->verb == VERB_MOVE;
}

bool shrink_is_narrowed(const Stream *stream) {
    if (stream->nsteps == 0 || !is_move(&stream->steps[0])) return false;
    for (int i = 1; i < stream->nsteps; i++) {
        if (is_move(&stream->steps[i])) return false;
    }
    return strcmp(step_word(&stream->steps[0], 0), "only") == 0 || strcmp(step_word(&stream->steps[0], 0), "none") == 0;
}

/* The number of pointers that may move. */
static int64_t moving(const Stream *stream) {
    if (!shrink_is_narrowed(stream)) return INT64_MAX;
    int64_t first = step_number(&stream->steps[0], 1, 1), last = step_number(&stream->steps[0], 2, 0);
    return last < first ? 0 : last - first + 1;
}

/* The complexity of a verb: the rank of its form, and its optional arguments. */
static int64_t complication(const Step *step) {
    if (step->kind != STEP_VERB) return 0;
    const VerbForm *form = verb_form(step->verb, step_word(step, 0));
    if (!form) return 0;
    int64_t rank = form->rank;
    int first = form->keyword ? 1 : 0;
    for (int i = 0; i < VERB_MAX_PARAMS && first + i < step->nargs; i++) rank += form->params[i].rank;
    return rank;
}

/* The number of settings that are not default, without those of the defrag schedule. */
static int64_t settings_set_by(const Settings *settings) {
    int64_t count = 0;
    for (SettingId i = 0; i < SETTING_COUNT; i++)
        count += settings_row(i)->shrink != SETTINGS_SHRINK_SCHEDULE && !settings_is_default(settings, i);
    return count;
}

static int64_t after_rank(AfterKind after) {
    return after == AFTER_NOTHING ? 0 : after == AFTER_CYCLE ? 1 : 2;
}

ShrinkSize shrink_measure(const Stream *stream) {
    ShrinkSize size = {.text = stream_print(stream)};
    int64_t *parts = size.parts;
    for (int i = 0; i < stream->nsteps; i++) {
        const Step *step = &stream->steps[i];
        Extent extent = step_extent(step);
        parts[PART_SLICES] += complication(step);
        if (shrink_is_defrag(step)) parts[PART_EARLY] += stream->nsteps - i;
        parts[PART_ELEMENTS] += extent.elements;
        parts[PART_BYTES] += extent.bytes;
    }
    parts[PART_STEPS] = stream->nsteps - shrink_is_narrowed(stream);
    parts[PART_MOVING] = moving(stream);
    parts[PART_AFTER] = after_rank(stream->settings.after);
    parts[PART_SETTINGS] = settings_set_by(&stream->settings);
    parts[PART_TEXT] = (int64_t)size.text.len;
    return size;
}

bool shrink_is_smaller(const ShrinkSize *a, const ShrinkSize *b) {
    for (int i = 0; i < SHRINK_PARTS; i++) {
        if (a->parts[i] != b->parts[i]) return a->parts[i] < b->parts[i];
    }
    return memcmp(a->text.data, b->text.data, a->text.len) < 0;
}
