/* SPDX-License-Identifier: BSD-3-Clause */
/* flags.c -- the engine's flags; see flags.h.
 *
 * The one place where they are. Programs get them from `defrag-fuzz run --print-flags` or
 * `defrag-fuzz --version --json`; a test looks for copies (test_interface.sh).
 *
 * Limits: flags that depend on the run (seed, runs, folders) are in worker.c. */
#include "fuzz/engine/flags.h"

#include <stddef.h>

const char *const *engine_flags(void) {
    static const char *const flags[] = {
        "-max_len=65536", /* bytes: longer streams are slow and seldom say more */
        "-timeout=25",    /* seconds for an input: what OSS-Fuzz's run_fuzzer gives it */
        /* What OSS-Fuzz gives a process, so that an input which fails for want of memory there
         * fails here as well, and no other. An input that uses up memory=1024 makes it 1230 MiB. */
        "-rss_limit_mb=2560",
        "-detect_leaks=0", /* the account oracle looks for them */
        NULL,
    };
    return flags;
}

bool engine_is_there(void) {
#ifdef DEFRAG_FUZZ_ENGINE
    return true;
#else
    return false;
#endif
}
