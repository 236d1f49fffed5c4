/* SPDX-License-Identifier: BSD-3-Clause */
/* canary.h -- things that go wrong on purpose, so that every check is seen to fail.
 *
 * The step "!canary NAME" breaks something that one check has to report. One row a canary
 * (canary.c); every oracle has at least one. Tests trigger each, through replay and through the
 * engine. */
#ifndef HARNESS_ORACLES_CANARY_H
#define HARNESS_ORACLES_CANARY_H

#include <stdbool.h>

#include "harness/defrag/moves.h"
#include "harness/oracles/oracle.h"

typedef struct {
    const char *name;      /* NULL at the end of the table */
    const Oracle *oracle;  /* that has to report it; NULL: a sanitizer, the server or the harness does */
    const char *expects;   /* how the signature begins, or "exit status N" when there is none */
    void (*act)(void);     /* breaks it, now or when defrag runs next; or: */
    MovesCanary move;      /* how the next move is broken; or: */
    const char *structure; /* which structure is broken (shape_break) */
} CanaryRow;

/* The table, in the order in which it is listed. */
const CanaryRow *canary_rows(void);

/* Breaks what the canary `name` stands for; false when no canary has that name. */
bool canary_trigger(const char *name);

/* Called while defrag runs, between the oracles' before and after: what a canary has kept for this
 * moment. */
void canary_during_defrag(void);

#endif
