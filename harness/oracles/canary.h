/* canary.h -- things that go wrong on purpose, so that every oracle is seen to fail.
 *
 * The step "!canary NAME" breaks something of which the oracle NAME must hear. */
#ifndef HARNESS_ORACLES_CANARY_H
#define HARNESS_ORACLES_CANARY_H

#include <stdbool.h>
#include <stddef.h>

/* Breaks what `name` (len bytes) stands for; false when there is no such canary. `moves`: this is not the twin's run. */
bool canary_fly(const char *name, size_t len, bool moves);

/* Called while defrag runs, between the oracles' before and after: what a canary has kept for this moment. */
void canary_during_defrag(void);

/* Names and what each must bring out, "name\0what" pairs; NULL at the end. */
typedef struct {
    const char *name, *expects;
} CanaryRow;
const CanaryRow *canary_rows(void);

#endif
