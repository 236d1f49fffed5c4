/* SPDX-License-Identifier: BSD-3-Clause */
/* scripts.h -- what eval.c keeps to itself: the list of scripts that can be evicted, oldest first
 * (SHA1 strings). A script (a value of evalScriptsDict()) is a PrivateScript. For the checks of
 * scripts. */
#ifndef HARNESS_VALKEY_SCRIPTS_H
#define HARNESS_VALKEY_SCRIPTS_H

#include "harness/valkey/compat.h"

/* No header declares it. The probe has asked whether it exists. */
extern PrivateScripts evalCtx;
_Static_assert(sizeof(PrivateScripts) == SCRIPTS_SIZE, "evalCtx");

static inline const list *compat_script_evictions(void) {
    return evalCtx.scripts_lru_list;
}

#endif
