/* SPDX-License-Identifier: BSD-3-Clause */
/* mutant.h -- a server that can be made wrong in one of many places, selected when the process
 * starts.
 *
 * Three servers include this before the files that they change (variants.cmake):
 *   - bin/mutants: mutants written by mutation-score; the environment variable DEFRAG_FUZZ_MUTANT=N
 *     selects one;
 *   - bin/museum and bin/single: exhibits, the patches in fuzz/test/museum, and those in
 *     fuzz/test/planted that have a stream; DEFRAG_FUZZ_EXHIBIT=NAME selects one.
 * Without the variable all behave like the original server. */
#ifndef FUZZ_MUTATION_MUTANT_H
#define FUZZ_MUTATION_MUTANT_H

#include <stdbool.h>

#define MUTANT_MOST 4096 /* the most mutants of a server */

extern int mutant_number;             /* the selected one; 0: none */
extern unsigned char *mutant_reached; /* MUTANT_MOST bytes: 1 if the mutant's place was reached */
/* the target of omitted stores: outside of the world, 4096 bytes */
extern char mutant_nowhere[];

/* Is mutant n selected? Records that its place was reached. */
#define MUTANT(n) (mutant_reached[n] = 1, mutant_number == (n))

/* The same for code that commands use too: only while defrag runs. */
#define MUTANT_IN_DEFRAG(n) (mutant_in_defrag() && MUTANT(n))

/* Marks that defrag runs from here to the end of the block. */
#define MUTANT_DEFRAG_SCOPE __attribute__((cleanup(mutant_leave), unused)) int mutant_scope = mutant_enter()
int mutant_enter(void);
void mutant_leave(int *scope);
bool mutant_in_defrag(void);

/* Is this the selected exhibit? */
bool mutant_exhibit(const char *name);

#endif
