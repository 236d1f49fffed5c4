/* SPDX-License-Identifier: BSD-3-Clause */
/* libraries.h -- the tables of function libraries, and what functions.c keeps beside them. For
 * shape_function.c. */
#ifndef HARNESS_VALKEY_LIBRARIES_H
#define HARNESS_VALKEY_LIBRARIES_H

#include "harness/valkey/compat.h"

static inline PrivateLibraries *compat_libraries(void) {
    return (PrivateLibraries *)functionsLibCtxGetCurrent();
}

#endif
