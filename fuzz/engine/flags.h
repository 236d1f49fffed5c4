/* SPDX-License-Identifier: BSD-3-Clause */
/* flags.h -- the engine's flags, wherever it is started: by `run`, by the nights, by
 * ClusterFuzzLite. */
#ifndef FUZZ_ENGINE_FLAGS_H
#define FUZZ_ENGINE_FLAGS_H

#include <stdbool.h>

/* The flags of libFuzzer that hold for every run, "-timeout=N" say; NULL ends them. */
const char *const *engine_flags(void);

/* Has this build an engine beside it, which `run` can start? */
bool engine_is_there(void);

#endif
