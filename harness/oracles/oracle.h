/* oracle.h -- the small interface behind which every oracle stands.
 *
 * run.c calls these around what the oracle watches; an oracle that is not concerned leaves a member NULL. An oracle that finds something
 * calls finding_report and does not return. */
#ifndef HARNESS_ORACLES_ORACLE_H
#define HARNESS_ORACLES_ORACLE_H

#include <stdbool.h>

typedef struct {
    const char *name;
    void (*begin)(void); /* the world is newly born, the stream's first step comes next */
    void (*before)(
        bool whole); /* defrag is about to work; `whole`: it begins and ends a cycle with nothing in between */
    void (*after)(bool whole); /* it has */
    void (*settled)(void);     /* a step is over, defrag included */
    void (*end)(void);         /* the stream is over */
} Oracle;

/* Whether, between the last before and after of oracle_value, a hash table grew, shrank or went on being rehashed, or a list lost a bookmark. */
bool oracle_value_shape_changed(void);

/* Is the data set the same after the moves as before? */
extern const Oracle oracle_value;

/* Are the structures well-formed? */
extern const Oracle oracle_shape;

/* As many old blocks released as blocks moved, in every slice. */
extern const Oracle oracle_moves;

/* As many allocations and bytes after a cycle as before; nothing leaked at the end. */
extern const Oracle oracle_account;

/* Nothing leaked after any step. */
extern const Oracle oracle_leaks;

/* Does a live word point to a block that the move released? */
extern const Oracle oracle_refs;

#endif
