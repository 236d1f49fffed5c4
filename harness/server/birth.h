/* SPDX-License-Identifier: BSD-3-Clause */
/* birth.h -- the server comes to life in this process, and every stream starts from that moment.
 *
 * The server's real start-up code runs once for every set of start-up settings that streams ask for
 * (limits, databases, cluster mode); the world it leaves is saved, and each stream begins with it
 * brought back. */
#ifndef HARNESS_SERVER_BIRTH_H
#define HARNESS_SERVER_BIRTH_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stream/settings.h"
#include "harness/world/heap.h"

/* Once per process, before anything else: the heap, and the world before any birth. `at` as in
 * heap_init. Returns NULL, or what is wrong. */
const char *birth_init(HeapKind heap, void *at);

/* Makes the world that of a newly born server with these settings: born now if it is the first
 * time, brought back otherwise. With the ASan heap only one birth is possible in a process, and
 * only one stream after it. */
void birth_reset(const Settings *settings);

/* What a server with these settings is started with, as words of a command line ("--databases"
 * "2"): in this process and, for those who compare, in another. Where it listens, where its files
 * lie and what it logs is left to who starts it. */
#define BIRTH_MAX_OPTIONS 32
typedef struct {
    char name[48], value[32];
} BirthOption;
typedef struct {
    BirthOption items[BIRTH_MAX_OPTIONS];
    int count;
} BirthOptions;
void birth_options(const Settings *settings, BirthOptions *options);

/* Microseconds that the last real birth and the last reset took, by the real clock. For the
 * bench. */
typedef struct {
    double birth_us, reset_us;
} BirthTimes;
BirthTimes birth_times(void);

/* "9.1.2": the server's version. */
const char *birth_version(void);

#endif
