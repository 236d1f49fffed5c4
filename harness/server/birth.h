/* SPDX-License-Identifier: BSD-3-Clause */
/* birth.h -- starts the server in this process. Every stream begins at that moment.
 *
 * The server's real start-up code runs once for every set of start-up settings that streams ask for
 * (limits, databases, cluster mode). The world after it is saved, and restored for each stream. */
#ifndef HARNESS_SERVER_BIRTH_H
#define HARNESS_SERVER_BIRTH_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/valkey_name.h"
#include "harness/stream/settings.h"
#include "harness/world/heap.h"

/* Sets up the heap and saves the world before any birth. Call once per process, before anything
 * else. `at` as in heap_init. Returns NULL, or what is wrong. */
const char *birth_init(HeapKind heap, void *at);

/* Makes the world that of a newly born server with these settings: a birth the first time, a
 * restored snapshot later. With the ASan heap, a process can have only one birth, and only one
 * stream after it. */
void birth_reset(const Settings *settings);

/* The command line of a server with these settings ("--databases" "2"), for this process and for
 * servers that are compared with it. The caller adds where the server listens, where its files are
 * and what it logs. */
#define BIRTH_MAX_OPTIONS 32
typedef struct {
    char name[48], value[32];
} BirthOption;
typedef struct {
    BirthOption items[BIRTH_MAX_OPTIONS];
    int count;
} BirthOptions;
void birth_options(const Settings *settings, BirthOptions *options);

/* Has the server this config? Asked of its own table; needs no birth. Options for a config that the
 * server lacks are left out. */
bool birth_has_config(ConfigName name);

/* What these settings need and the server lacks ("the config cluster-enabled"); NULL: nothing. Such
 * a stream is not run. */
const char *birth_lacks(const Settings *settings);

/* Real time of the last birth and the last reset, in microseconds. For the bench. */
typedef struct {
    double birth_us, reset_us;
} BirthTimes;
BirthTimes birth_times(void);

/* The server's version: "9.1.2". */
const char *birth_version(void);

#endif
