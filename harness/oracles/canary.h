/* SPDX-License-Identifier: BSD-3-Clause */
/* canary.h -- breaks things on purpose, to show that every check can fail.
 *
 * The step "!canary NAME" breaks something that one check has to report. Each canary is a row of
 * canary.c, and every oracle has at least one. Tests trigger each, through replay and through the
 * engine. */
#ifndef HARNESS_ORACLES_CANARY_H
#define HARNESS_ORACLES_CANARY_H

#include <stdbool.h>

#include "harness/defrag/moves.h"
#include "harness/oracles/oracle.h"

typedef struct {
    const char *name; /* NULL at the end of the table */
    /* That has to report it; NULL: a sanitizer, the server or the harness does */
    const Oracle *oracle;
    const char *expects;   /* start of the signature, or "exit status N" when there is none */
    void (*act)(void);     /* breaks something, now or in the next defrag; or: */
    MovesCanary move;      /* how the next move is broken; or: */
    const char *structure; /* which structure is broken (shape_break) */
} CanaryRow;

/* The table, in the order of `defrag-fuzz oracles`. */
const CanaryRow *canary_rows(void);

/* Breaks what the canary `name` has to break. Returns false when no canary has that name. */
bool canary_trigger(const char *name);

/* Does what canaries have postponed until defrag runs. Called between the oracles' before and
 * after. */
void canary_during_defrag(void);

#endif
