/* SPDX-License-Identifier: BSD-3-Clause */
/* mutant.h -- a server that can be made wrong in one of many places, chosen when the process
 * starts.
 *
 * Two servers include this in front of the files that they change (variants.cmake):
 *   - bin/mutants: mutants that mutation-score writes; DEFRAG_FUZZ_MUTANT=N in the environment
 *     chooses the N-th;
 *   - bin/museum: exhibits, patches in fuzz/test/museum; DEFRAG_FUZZ_EXHIBIT=NAME chooses one.
 * Without the variable both are the server as it is. */
#ifndef FUZZ_MUTATION_MUTANT_H
#define FUZZ_MUTATION_MUTANT_H

#include <stdbool.h>

#define MUTANT_MOST 4096 /* mutants that a server can have */

extern int mutant_number;             /* the chosen one; 0: none */
extern unsigned char *mutant_reached; /* MUTANT_MOST bytes: 1 for each whose place was reached */
extern char mutant_nowhere[];         /* where a left-out store goes: outside of the world, 4096 bytes */

/* Is mutant n the chosen one? Notes that its place was reached. */
#define MUTANT(n) (mutant_reached[n] = 1, mutant_number == (n))

/* The same for code that commands use as well: only while defrag runs. */
#define MUTANT_IN_DEFRAG(n) (mutant_in_defrag() && MUTANT(n))

/* Defrag runs from here to the end of the block. */
#define MUTANT_DEFRAG_SCOPE __attribute__((cleanup(mutant_leave), unused)) int mutant_scope = mutant_enter()
int mutant_enter(void);
void mutant_leave(int *scope);
bool mutant_in_defrag(void);

/* Is this the exhibit of the museum that was chosen? */
bool mutant_exhibit(const char *name);

#endif
