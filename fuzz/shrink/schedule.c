/* SPDX-License-Identifier: BSD-3-Clause */
/* schedule.c -- passes over the defrag schedule: fewer and simpler slices, a later start, fewer
 * pointers that move. */
#include <string.h>

#include "fuzz/shrink/pass.h"

/* --- the header's after= */

static void set_after(Stream *stream, AfterKind after) {
    stream->settings.after = after;
    stream->settings.after_pointers = 0;
}

static bool is_verb(const Step *step, VerbId verb) {
    return step->kind == STEP_VERB && step->verb == verb;
}

static bool has_effect(const Step *step, VerbEffect effect) {
    return step->kind == STEP_VERB && verb_row(step->verb)->effect == effect;
}

/* Replaces written cycles with a cycle after every command (after=cycle). Returns false when no
 * cycle is written. */
static bool with_cycles_implied(const Stream *best, Stream *out) {
    bool gone[STREAM_MAX_STEPS], any = false;
    for (int i = 0; i < best->nsteps; i++) any |= gone[i] = has_effect(&best->steps[i], VERB_ON_CYCLE);
    if (!any) return false;
    shrink_copy_without(best, gone, out);
    set_after(out, AFTER_CYCLE);
    return true;
}

static Offer propose_after(const Stream *best, int proposal, Stream *out) {
    static const AfterKind simpler[] = {AFTER_NOTHING, AFTER_CYCLE};
    int64_t pointers;
    if (proposal == 0) return with_cycles_implied(best, out) ? OFFER_MADE : OFFER_SKIP;
    if (proposal <= 2) {
        stream_copy(out, best);
        set_after(out, simpler[proposal - 1]);
        return OFFER_MADE;
    }
    if (best->settings.after != AFTER_SLICE) return OFFER_OVER;
    if (!shrink_value(1, best->settings.after_pointers, proposal - 3, &pointers)) return OFFER_OVER;
    stream_copy(out, best);
    out->settings.after_pointers = pointers;
    return OFFER_MADE;
}

/* --- a step of defrag */

static void replace_verb(Step *step, VerbId verb, const char *word) {
    Step plain = step_verb(verb);
    if (word) step_add_string(&plain, word);
    step_free(step);
    *step = plain;
}

/* Merges a slice with the next one. */
static bool merge_slices(Stream *stream, int at) {
    if (at + 1 >= stream->nsteps || !is_verb(&stream->steps[at], VERB_SLICE) ||
        !is_verb(&stream->steps[at + 1], VERB_SLICE))
        return false;
    int64_t both = step_number(&stream->steps[at], 0, 1) + step_number(&stream->steps[at + 1], 0, 1);
    shrink_write_number(&stream->steps[at].args[0], both);
    stream_remove(stream, at + 1);
    return true;
}

/* Swaps the step with the next one. */
static bool postpone(Stream *stream, int at) {
    if (at + 1 >= stream->nsteps) return false;
    Step step = stream->steps[at];
    stream->steps[at] = stream->steps[at + 1];
    stream->steps[at + 1] = step;
    return true;
}

enum { TRY_MERGED, TRY_CYCLE, TRY_FINISH, TRY_LATER, TRIES };

static bool change(Stream *stream, int at, int which) {
    Step *step = &stream->steps[at];
    if (which == TRY_MERGED) return merge_slices(stream, at);
    if (which == TRY_LATER) return postpone(stream, at);
    replace_verb(step, which == TRY_CYCLE ? VERB_CYCLE : VERB_FINISH, NULL);
    return true;
}

/* Replaces a command with the defrag that after= runs after it. */
static Offer propose_instead(const Stream *best, int at, int proposal, Stream *out) {
    if (best->settings.after == AFTER_NOTHING || proposal > 1) return OFFER_OVER;
    stream_copy(out, best);
    set_after(out, AFTER_NOTHING);
    replace_verb(&out->steps[at], proposal == 0 ? VERB_CYCLE : VERB_FINISH, NULL);
    return OFFER_MADE;
}

static Offer propose_simpler(const Stream *best, int at, int proposal, Stream *out) {
    const Step *step = &best->steps[at];
    if (step->kind == STEP_COMMAND) return propose_instead(best, at, proposal, out);
    bool defrag = shrink_is_defrag(step), move = is_verb(step, VERB_MOVE) && !(at == 0 && shrink_is_narrowed(best));
    if (proposal >= (defrag ? TRIES : move ? 1 : 0)) return OFFER_OVER;
    stream_copy(out, best);
    if (move) {
        replace_verb(&out->steps[at], VERB_MOVE, "all");
        return OFFER_MADE;
    }
    if (change(out, at, proposal)) return OFFER_MADE;
    stream_free(out);
    return OFFER_SKIP;
}

/* Site 0 is the header; then come the steps, starting with the last one. */
Offer shrink_schedule(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    if (site > best->nsteps) return OFFER_END;
    return site == 0 ? propose_after(best, proposal, out) : propose_simpler(best, best->nsteps - site, proposal, out);
}

/* --- which pointers move */

#define DOUBLINGS 31 /* larger numbers of pointers are not tried */

static bool has_defrag(const Stream *best) {
    bool any = best->settings.after != AFTER_NOTHING;
    for (int i = 0; i < best->nsteps; i++)
        any |= shrink_is_defrag(&best->steps[i]) || has_effect(&best->steps[i], VERB_ON_SCRIPTS);
    return any;
}

/* Writes the stream with "!move only FIRST LAST" at its beginning, or "!move none" when `last` is
 * 0, replacing such a step if it has one. */
static void narrow(const Stream *best, int64_t first, int64_t last, Stream *out) {
    Step step = step_verb(VERB_MOVE);
    step_add_string(&step, last ? "only" : "none");
    for (int i = 1; last && i <= 2; i++) {
        step_add_string(&step, "");
        shrink_write_number(&step.args[i], i == 1 ? first : last);
    }
    stream_copy(out, best);
    if (shrink_is_narrowed(out)) stream_remove(out, 0);
    if (!stream_insert(out, 0, &step)) step_free(&step);
}

/* Proposals: no pointers; then a number of pointers from the first one, which each site doubles. */
static Offer propose_end(const Stream *best, int site, int proposal, Stream *out) {
    if (proposal > 0) return OFFER_OVER;
    narrow(best, 1, site == 0 ? 0 : INT64_C(1) << (site - 1), out);
    return OFFER_MADE;
}

/* Proposals: a range that is shorter at its end or at its beginning. */
static Offer propose_shorter(const Stream *best, int site, int proposal, Stream *out) {
    int64_t first = step_number(&best->steps[0], 1, 1), last = step_number(&best->steps[0], 2, 0), span;
    bool from_end = site == DOUBLINGS;
    if (last < first || !shrink_value(1, last - first + 1, proposal, &span)) return OFFER_OVER;
    narrow(best, from_end ? first : last - span + 1, from_end ? first + span - 1 : last, out);
    return OFFER_MADE;
}

/* Finds a sufficient range that begins with the first pointer; then shortens it at its end, then at
 * its beginning. */
Offer shrink_schedule_narrow(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    if (best->nsteps == STREAM_MAX_STEPS || site > DOUBLINGS + 1 || !has_defrag(best)) return OFFER_END;
    if (site >= DOUBLINGS) return shrink_is_narrowed(best) ? propose_shorter(best, site, proposal, out) : OFFER_OVER;
    return shrink_is_narrowed(best) ? OFFER_OVER : propose_end(best, site, proposal, out);
}
