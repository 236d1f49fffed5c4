/* SPDX-License-Identifier: BSD-3-Clause */
/* flags.h -- the engine's flags, for every way to start it: `run`, the nights, ClusterFuzzLite. */
#ifndef FUZZ_ENGINE_FLAGS_H
#define FUZZ_ENGINE_FLAGS_H

#include <stdbool.h>

/* libFuzzer's flags for every run, such as "-timeout=N"; NULL ends the list. */
const char *const *engine_flags(void);

/* Does this build have an engine, which `run` can start? */
bool engine_exists(void);

#endif
