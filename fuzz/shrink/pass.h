/* SPDX-License-Identifier: BSD-3-Clause */
/* pass.h -- what the parts of the shrinker share: passes, and what is smaller than what.
 *
 * A pass is a list of places in a stream ("sites") and, at each place, a list of changes from bold
 * to timid ("proposals"). It is a pure function of the stream. The driver (shrink.c) goes through
 * them; where one is accepted it asks again for the same site, of the new stream. */
#ifndef FUZZ_SHRINK_PASS_H
#define FUZZ_SHRINK_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/stream.h"

typedef enum {
    OFFER_MADE, /* *out is the changed stream, which the caller frees */
    OFFER_SKIP, /* this proposal changes nothing here; there may be more at this site */
    OFFER_OVER, /* no more proposals at this site */
    OFFER_END,  /* no such site, nor any behind it */
} Offer;

typedef struct {
    const char *name; /* rows of one name are one pass to the reader */
    Offer (*propose)(const Stream *best, int site, int proposal, int parameter, Stream *out);
    int parameter;
} ShrinkPass;

/* The passes in their order; name NULL at the end. The last one narrows down which pointers move;
 * it comes when no other pass can go on, because it counts pointers, and so what comes after it can
 * change little. */
extern const ShrinkPass shrink_passes[];
extern const ShrinkPass shrink_narrowing;

/* --- what is smaller (shrink/size.c) */

#define SHRINK_PARTS 9

/* How big a stream is: the parts are compared one after the other, then the text. */
typedef struct {
    int64_t parts[SHRINK_PARTS];
    Text text; /* canonical */
} ShrinkSize;

/* Measures a stream. The caller frees the size with text_free(&size.text). */
ShrinkSize shrink_measure(const Stream *stream);

/* Whether `a` is smaller than `b`. Every chain of ever smaller streams ends, so shrinking does. */
bool shrink_is_smaller(const ShrinkSize *a, const ShrinkSize *b);

/* Whether the stream begins with "!move only FIRST LAST" or "!move none", and that stays so: what
 * has to move is narrowed down then, and this step does not count as one. */
bool shrink_is_narrowed(const Stream *stream);

/* --- passes, each in the file of its name; parameter and numbering as in ShrinkPass */

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

/* The `index`-th value to try in the place of `value`: `least` first, then half way from it, and so
 * on up to value - 1. False: there are no more. */
bool shrink_value(int64_t least, int64_t value, int index, int64_t *tried);

/* A copy of the stream without the steps for which `gone` is true. */
void shrink_copy_without(const Stream *best, const bool *gone, Stream *out);

/* Makes an argument another literal. */
void shrink_write(Arg *arg, const char *data, size_t len);
void shrink_write_number(Arg *arg, int64_t number);

/* Whether the argument is a literal that is an integer, with or without a minus; its value then. */
bool shrink_read_number(const Arg *arg, int64_t *value);

/* Takes arguments `from` up to and not including `to` out of the step. */
void shrink_remove_arguments(Step *step, int from, int to);

/* Where the `site`-th argument is, counted from the last step's last one; commands' names are not
 * counted. False: there is none. */
bool shrink_argument(const Stream *best, int site, int *step, int *arg);

/* Whether the step itself makes defrag work. */
bool shrink_is_defrag(const Step *step);

/* Whether verbs' arguments in step `step` are in range; true for commands. */
bool shrink_is_valid(const Step *step);

#endif
