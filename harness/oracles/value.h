/* SPDX-License-Identifier: BSD-3-Clause */
/* value.h -- what oracle_value has seen besides the values. */
#ifndef HARNESS_ORACLES_VALUE_H
#define HARNESS_ORACLES_VALUE_H

#include <stdbool.h>

/* Whether, between the last before and after of oracle_value, a hash table grew, shrank or
 * continued to be rehashed, or a list lost a bookmark. */
bool oracle_value_shape_changed(void);

#endif
