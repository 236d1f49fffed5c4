/* SPDX-License-Identifier: BSD-3-Clause */
/* pass.h -- what the parts of the shrinker share: passes, and the order of sizes.
 *
 * A pass is a list of places in a stream ("sites") and, for each site, a list of changes from large
 * to small ("proposals"). It is a pure function of the stream. The driver (shrink.c) tries them in
 * order; after a success it continues at the same site of the new stream. */
#ifndef FUZZ_SHRINK_PASS_H
#define FUZZ_SHRINK_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/stream.h"

typedef enum {
    OFFER_MADE, /* *out is the changed stream, which the caller frees */
    OFFER_SKIP, /* this proposal changes nothing; the site may have more */
    OFFER_OVER, /* no more proposals at this site */
    OFFER_END,  /* no such site, and none after it */
} Offer;

typedef struct {
    const char *name; /* rows with the same name are one pass in reports */
    Offer (*propose)(const Stream *best, int site, int proposal, int parameter, Stream *out);
    int parameter;
} ShrinkPass;

/* The passes in their order; name NULL at the end. The narrowing pass finds which pointers have to
 * move. It runs when no other pass makes progress: because it counts pointers, few changes are
 * possible after it. */
extern const ShrinkPass shrink_passes[];
extern const ShrinkPass shrink_narrowing;

/* --- what is smaller (shrink/size.c) */

#define SHRINK_PARTS 9

/* The size of a stream: the parts are compared in order, then the text. */
typedef struct {
    int64_t parts[SHRINK_PARTS];
    Text text; /* canonical */
} ShrinkSize;

/* Measures a stream. The caller frees the size with text_free(&size.text). */
ShrinkSize shrink_measure(const Stream *stream);

/* Is `a` smaller than `b`? Every descending chain of sizes is finite, so shrinking terminates. */
bool shrink_is_smaller(const ShrinkSize *a, const ShrinkSize *b);

/* Does the stream begin with "!move only FIRST LAST" or "!move none", with no "!move" after it?
 * Then the moves are narrowed down, and this step is not counted. */
bool shrink_is_narrowed(const Stream *stream);

/* --- passes, each in the file of its name; parameters as in ShrinkPass */

Offer shrink_steps_tail(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_steps_related(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_steps_chunks(const Stream *best, int site, int proposal, int size, Stream *out);
Offer shrink_steps_pairs(const Stream *best, int site, int proposal, int most, Stream *out);
Offer shrink_schedule(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_schedule_narrow(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_settings(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_arguments(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_sizes(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_numbers(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_words(const Stream *best, int site, int proposal, int unused, Stream *out);
Offer shrink_names(const Stream *best, int site, int proposal, int unused, Stream *out);

/* --- helpers (shrink/edit.c) */

/* The `index`-th value to try instead of `value`: `least` first, then halfway between, and so on up
 * to value - 1. Returns false when there are no more. */
bool shrink_value(int64_t least, int64_t value, int index, int64_t *tried);

/* Copies the stream without the steps for which `gone` is true. */
void shrink_copy_without(const Stream *best, const bool *gone, Stream *out);

/* Replaces an argument with a literal. */
void shrink_write(Arg *arg, const char *data, size_t len);
void shrink_write_number(Arg *arg, int64_t number);

/* Is the argument a literal integer, with or without a minus? If so, sets *value. */
bool shrink_read_number(const Arg *arg, int64_t *value);

/* Removes arguments `from` (included) to `to` (excluded) from the step. */
void shrink_remove_arguments(Step *step, int from, int to);

/* Finds the `site`-th argument, counted from the last argument of the last step; command names are
 * not counted. Returns false when there is none. */
bool shrink_argument(const Stream *best, int site, int *step, int *arg);

/* Does the step itself run defrag? */
bool shrink_is_defrag(const Step *step);

/* Are the arguments of a verb's step in range? True for commands. */
bool shrink_is_valid(const Step *step);

#endif
