/* SPDX-License-Identifier: BSD-3-Clause */
/* scripts.h -- what eval.c keeps to itself: the list of scripts that can be evicted, oldest first
 * (SHA1 strings), and the memory of all scripts. A script (a value of evalScriptsDict()) is a
 * PrivateScript. For the checks of scripts. */
#ifndef HARNESS_VALKEY_SCRIPTS_H
#define HARNESS_VALKEY_SCRIPTS_H

#include "harness/valkey/compat.h"

/* No header declares it. The probe has asked whether it exists. */
extern PrivateScripts evalCtx;
_Static_assert(sizeof(PrivateScripts) == SCRIPTS_SIZE, "evalCtx");

static inline const list *compat_script_evictions(void) {
    return evalCtx.scripts_lru_list;
}

/* Bytes of the keys and bodies of all scripts, as eval.c counts them. */
static inline unsigned long long compat_script_memory(void) {
    extern PrivateScripts evalCtx;
    return evalCtx.scripts_mem;
}

#endif
