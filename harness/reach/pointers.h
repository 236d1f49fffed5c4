/* SPDX-License-Identifier: BSD-3-Clause */
/* pointers.h -- the report pointers: which fields held a pointer to a block that moved. A measure
 * of coverage: a field whose targets never move is a pointer that a forgotten update would not
 * show.
 *
 * All runs of this process with RunOptions.pointers add to one table. After every slice of defrag,
 * each aligned word of a live block or of the server's globals that points to or into a live block
 * is counted under its field: a target that moved in this slice, or one that stayed. A word that
 * is known to be dead (harness/oracles/excuses.h) is not counted.
 *
 * Limits: a field is what field.h makes of an allocation site and an offset. A number that happens
 * to be an address of the arena counts as a pointer. Blocks that move in slices which the server
 * itself runs within a slow script count at the end of the next slice. Arena only. Needs names of
 * static functions (site_knows_statics). */
#ifndef HARNESS_REACH_POINTERS_H
#define HARNESS_REACH_POINTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Call once, before the first run with RunOptions.pointers. Returns NULL, or why this program
 * cannot name fields. */
const char *pointers_start(void);

/* Start and stop counting; call them around a run. */
void pointers_begin(void);
void pointers_end(void);

/* The slices after which words were counted so far. */
uint64_t pointers_slices(void);

/* What is known of a field. */
typedef enum {
    POINTERS_MOVED, /* a target of it moved: the server had to update it, and did */
    /* A gap: none moved, though a block that the same function allocated moved elsewhere */
    POINTERS_GAP,
    /* None moved, and no block of the functions that allocated them did */
    POINTERS_FIXED,
} PointersKind;

/* One field. */
typedef struct {
    PointersKind kind;
    char holder[64]; /* the function that allocated its block (site_owner), or "global" */
    char field[96];  /* its name (field.h): "listNode.next", "+24", "server.clients" */
    /* The functions that allocated what it pointed to, in alphabetical order, separated by blanks;
     * "..." stands for those that do not fit. Of a gap, only those whose blocks moved elsewhere */
    char targets[112];
    uint64_t moved;  /* words after a slice in which their target had moved */
    uint64_t stayed; /* words after a slice in which it had not */
    /* Of a gap: why its targets do not move (gap.h); "" if unknown */
    const char *reason;
} PointersRow;

/* All fields so far, by holder, then by name; *count gets their number. Their order and contents
 * depend only on what was counted. The caller frees them with free. */
PointersRow *pointers_rows(size_t *count);

/* One function to whose blocks fields point, and whose blocks never moved. */
typedef struct {
    char target[64];
    uint64_t fields;
    const char *reason; /* why its blocks do not move (gap.h); "" if unknown */
} PointersTarget;

/* All of them so far, by name; as above. */
PointersTarget *pointers_targets(size_t *count);

#endif
