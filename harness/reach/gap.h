/* SPDX-License-Identifier: BSD-3-Clause */
/* gap.h -- why the targets of a field never move. Part of the report pointers (pointers.h). */
#ifndef HARNESS_REACH_GAP_H
#define HARNESS_REACH_GAP_H

/* The known reason, in a few words, for a field whose targets never moved; "" if none is known.
 * Static. `holder`, `field` and `target` are as in PointersRow, with one target. Notes that the
 * reason was used (gap_unused). */
const char *gap_reason(const char *holder, const char *field, const char *target);

/* The same for the blocks of a function that never moved anywhere. */
const char *gap_fixed(const char *target);

/* The reasons that explained nothing so far, one at a call: from *row = 0 on, which each call
 * advances. Those that only other series need are left out. A text for people; NULL: no more.
 * Static, until the next call. */
const char *gap_unused(int *row);

#endif
