/* runner.h -- a process that tries candidates for the shrinker, one after the other, each in a child of its own.
 *
 * Slots make it possible to try several at a time; and each keeps a symbolizer running, which its children then share, one at a time. To start one for each
 * candidate that fails takes ten times as long as everything else about it. */
#ifndef FUZZ_SHRINK_RUNNER_H
#define FUZZ_SHRINK_RUNNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/finding/finding.h"
#include "harness/oracles/oracle.h"
#include "harness/stream/stream.h"

typedef struct {
    pid_t pid;
    int ask, answer; /* descriptors; `answer` becomes readable (poll(2)) when the slot has one */
    bool busy;
} Slot;

/* How a candidate is to be run. */
typedef struct {
    OracleSet oracles; /* as in RunOptions */
    unsigned seconds;  /* as in IsolateOptions */
    int trusted;       /* as in IsolateOptions */
    bool fast;         /* as in RunOptions */
} SlotHow;

/* What became of it. */
typedef struct {
    int status, failing;               /* as in Isolated; the step at which it failed, from 1, 0 if that is not known */
    char signature[FINDING_SIGNATURE]; /* as in Isolated */
} SlotAnswer;

/* Starts a slot, a copy of this process, after isolate_init and before anything was symbolized here. A process that cannot be made is a fault of the
 * harness. It dies when we do. */
void slot_start(Slot *slot);

/* Gives a slot that is not busy a candidate. */
void slot_ask(Slot *slot, const Stream *candidate, const SlotHow *how);

/* Reads the answer; waits for it if need be. A slot that is gone is a fault of the harness. */
SlotAnswer slot_answer(Slot *slot);

/* Ends a slot, busy or not. */
void slot_end(Slot *slot);

/* Starts this process's own symbolizer, for the children that it has from now on, one at a time. */
void slot_warm_up(void);

#endif
