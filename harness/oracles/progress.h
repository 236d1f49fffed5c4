/* progress.h -- does defrag come to an end? */
#ifndef HARNESS_ORACLES_PROGRESS_H
#define HARNESS_ORACLES_PROGRESS_H

/* From now on a slice or a cycle that does more work than its bound (work.h) is a finding, "progress:slice" or
 * "progress:cycle". */
void oracle_progress_init(void);

#endif
