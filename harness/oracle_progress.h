/* oracle_progress.h -- does defrag come to an end? It counts work in units that do not depend on the machine: one for each pointer that defrag asks
 * about, for each of its looks at the clock, and for each 64 bytes that it moves. */
#ifndef DEFRAG_FUZZ_ORACLE_PROGRESS_H
#define DEFRAG_FUZZ_ORACLE_PROGRESS_H

#include <stdint.h>

/* Until oracle_progress_end_cycles, defrag may do the work of so many (>= 1) cycles over the data that there is now, in slices of so many (>= 1)
 * pointers; more of it is a finding, "progress:cycle". No command may run in between. */
void oracle_progress_begin_cycles(int cycles, uint64_t pointers);
void oracle_progress_end_cycles(void);

/* The same for one slice: "progress:slice". May lie within the above. */
void oracle_progress_begin_slice(void);
void oracle_progress_end_slice(void);

/* For oracle_progress_work alone: the units that may still be done, and what happens when they are used up. */
extern int64_t oracle_progress_left;
void oracle_progress_overdue(void);

/* So many units of work are done. Does not return when that is more than may be; means nothing while neither of the above is under way. */
static inline void oracle_progress_work(uint64_t units) {
    oracle_progress_left -= (int64_t)units;
    if (oracle_progress_left < 0) oracle_progress_overdue();
}

#endif
