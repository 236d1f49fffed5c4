/* SPDX-License-Identifier: BSD-3-Clause */
/* value.h -- what oracle_value has noticed besides the values. */
#ifndef HARNESS_ORACLES_VALUE_H
#define HARNESS_ORACLES_VALUE_H

#include <stdbool.h>

/* Between the last before and after of oracle_value, did a hash table grow, shrink or continue its
 * rehash, or a list lose a bookmark? */
bool oracle_value_shape_changed(void);

#endif
