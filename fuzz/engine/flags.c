/* SPDX-License-Identifier: BSD-3-Clause */
/* flags.c -- the engine's flags; see flags.h.
 *
 * This is their only source. Programs get them from `defrag-fuzz run --print-flags` or `defrag-fuzz
 * --version --json`; a test searches for copies (test_interface.sh).
 *
 * Limits: flags that depend on the run (seed, runs, folders) are in worker.c. */
#include "fuzz/engine/flags.h"

#include <stddef.h>

const char *const *engine_flags(void) {
    static const char *const flags[] = {
        "-max_len=65536", /* bytes: longer streams are slow and rarely find more */
        "-timeout=25",    /* seconds for an input, as in OSS-Fuzz's run_fuzzer */
        /* OSS-Fuzz's limit of a process, so that the same inputs run out of memory here and there.
         * With memory=1024 a process needs at most 1230 MiB. */
        "-rss_limit_mb=2560",
        "-detect_leaks=0", /* the account oracle finds leaks */
        NULL,
    };
    return flags;
}

bool engine_exists(void) {
#ifdef DEFRAG_FUZZ_ENGINE
    return true;
#else
    return false;
#endif
}
