/* SPDX-License-Identifier: BSD-3-Clause */
/* birth.c -- starts the server in this process; see birth.h.
 *
 * The server's real main runs, renamed. Where it would begin to loop, it is left, with everything
 * set up (seams.txt lists the other replacements). Then follows what would
 * otherwise happen at some time in the first stream: the harness's own client connects, and the
 * first cron runs.
 *
 * A later birth in the same process, with other settings, starts from the world before the first
 * one. */
#include "harness/server/birth.h"

#include <setjmp.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/module/sample.h"
#include "harness/server/catalogue.h"
#include "harness/server/client.h"
#include "harness/server/command_filter.h"
#include "harness/structures/hash.h"
#include "harness/valkey/compat.h"
#include "harness/world/clock.h"
#include "harness/world/entropy.h"
#include "harness/world/seams.h"
#include "harness/world/snapshot.h"

#define MAX_BIRTHS 8

int valkey_server_main(int argc, char **argv);

typedef struct {
    Settings settings;
    Base *base;
} Birth;

static Base *pristine; /* the world before any birth */
static Birth births[MAX_BIRTHS];
static int nbirths;
static bool asan_heap_used;
static BirthTimes times;

const char *birth_init(HeapKind heap, void *at) {
    setenv("TZ", "UTC", 1);
    if (!heap_init(heap, at)) return "the arena's address space is not available at that place";
    if (heap == HEAP_ARENA) pristine = snapshot_base();
    return NULL;
}

/* --- the command line of a server */

static const ConfigName cluster_config = "cluster-enabled";

bool birth_has_config(ConfigName name) {
    return compat_has_config(name);
}

const char *birth_lacks(const Settings *settings) {
    if (!settings->cluster) return NULL;
    if (!birth_has_config(cluster_config)) return "the config cluster-enabled";
    return seams_can_listen() ? NULL : "the function listenToPort"; /* a cluster's bus listens */
}

/* Adds an option, unless the server lacks it: it would not start. */
static void add(BirthOptions *options, ConfigName name, const char *value) {
    if (!birth_has_config(name)) return;
    BirthOption *option = &options->items[options->count++];
    snprintf(option->name, sizeof(option->name), "--%s", name);
    snprintf(option->value, sizeof(option->value), "%s", value);
}

void birth_options(const Settings *settings, BirthOptions *options) {
    char databases[24];
    snprintf(databases, sizeof(databases), "%d", settings->databases);
    *options = (BirthOptions){0};
    add(options, VALKEY_CONFIG("port"), "0");
    add(options, VALKEY_CONFIG("save"), "");
    add(options, VALKEY_CONFIG("appendonly"), "no");
    add(options, VALKEY_CONFIG("enable-debug-command"), "yes");
    add(options, VALKEY_CONFIG("set-proc-title"), "no");
    add(options, VALKEY_CONFIG("maxclients"), "100");
    add(options, VALKEY_CONFIG("activedefrag"), "yes");
    /* Payloads of RESTORE are checked in full. Servers without this config always do so. */
    add(options, VALKEY_CONFIG("sanitize-dump-payload"), "yes");
    /* It measures real time, and takes 20 kB per command. */
    add(options, VALKEY_CONFIG("latency-tracking"), "no");
    add(options, VALKEY_CONFIG("databases"), databases);
    if (settings->cluster) add(options, cluster_config, "yes");
    if (settings->module) {
        /* Milliseconds until a module that yields lets the server work. */
        add(options, VALKEY_CONFIG("busy-reply-threshold"), "5");
        add(options, VALKEY_CONFIG("enable-module-command"), "yes");
    }
    for (const SettingsLimit *limit = settings_limits(settings); limit->option; limit++)
        add(options, limit->option, limit->value);
}

/* Makes a server's arguments, zero-terminated. Returns their number. *options owns the words. */
static int make_command_line(BirthOptions *options, const Settings *settings, char **words) {
    int count = 0;
    birth_options(settings, options);
    add(options, VALKEY_CONFIG("unixsocket"), "mem");
    add(options, VALKEY_CONFIG("loglevel"), "nothing");
    add(options, VALKEY_CONFIG("logfile"), "/dev/null");
    if (settings->module) {
        BirthOption *option = &options->items[options->count++];
        *option = (BirthOption){"--loadmodule", SAMPLE_NAME};
    }
    words[count++] = (char *)"valkey-server";
    for (int i = 0; i < options->count; i++) {
        words[count++] = options->items[i].name;
        words[count++] = options->items[i].value;
    }
    words[count] = NULL;
    return count;
}

/* --- birth and reset */

static void expect_ok(const char *what) {
    if (client_reply_is_error(CLIENT_ADMIN)) {
        Text reply = client_reply(CLIENT_ADMIN);
        finding_harness("%s failed at birth: %.*s", what, (int)reply.len, reply.data);
    }
    client_forget_replies();
}

static void connect_admin(void) {
    client_admin_say("ping", NULL);
    expect_ok("PING");
}

/* Makes a cluster of one node that serves all slots. Its state becomes ok some time after the
 * start. */
static void own_all_slots(void) {
    client_admin_say("cluster", "addslotsrange", "0", "16383", NULL);
    expect_ok("CLUSTER ADDSLOTSRANGE");
    for (int i = 0; i < 50; i++) {
        clock_advance(100000);
        client_turn();
    }
}

/* What vset.c hashes entries with in its tables by address; no header declares it. Absent in a
 * server without TTLs of fields. */
extern __attribute__((weak)) hashtableType pointerHashtableType;

/* Replaces a hash of the address, which would make the shape of a table depend on where memory is
 * and what moved. */
static uint64_t hash_identity(const void *address) {
    uint64_t identity = heap_identity(address);
    return hash_bytes(&identity, sizeof(identity), 0);
}

static jmp_buf started;

static void give_birth(const Settings *settings) {
    BirthOptions options;
    char *words[2 * BIRTH_MAX_OPTIONS + 2];
    int count = make_command_line(&options, settings, words);
    clock_set(CLOCK_START_US);
    entropy_seed(1);
    heap_budget(HEAP_RESERVED, settings->sizes == SIZES_JEMALLOC);
    if (setjmp(started) == 0) {
        seams_when_started(&started);
        valkey_server_main(count, words);
    }
    refuse_install();
    catalogue_read();
    if (&pointerHashtableType) pointerHashtableType.hashFunction = hash_identity;
    connect_admin();
    if (settings->cluster && birth_has_config(cluster_config)) own_all_slots();
    clock_advance(100000);
    client_turn(); /* the first cron */
    client_forget_replies();
}

static Birth *find_birth(const Settings *settings) {
    for (int i = 0; i < nbirths; i++) {
        if (settings_same_birth(&births[i].settings, settings)) return &births[i];
    }
    return NULL;
}

/* Drops the oldest when there is no room. */
static Birth *new_birth(const Settings *settings) {
    if (nbirths == MAX_BIRTHS) {
        snapshot_base_free(births[0].base);
        memmove(births, births + 1, sizeof(births[0]) * --nbirths);
    }
    Birth *birth = &births[nbirths++];
    *birth = (Birth){.settings = *settings};
    return birth;
}

static void born_or_brought_back(const Settings *settings) {
    double start = stopwatch_us();
    Birth *birth = find_birth(settings);
    if (birth) {
        snapshot_reset(birth->base);
        times.reset_us = stopwatch_us() - start;
        return;
    }
    snapshot_reset(pristine);
    start = stopwatch_us();
    /* Other streams that are born again in this way may want to know the sites. */
    bool recorded = heap_record_sites(true);
    give_birth(settings);
    heap_record_sites(recorded);
    birth = new_birth(settings);
    birth->base = snapshot_base();
    times.birth_us = stopwatch_us() - start;
}

void birth_reset(const Settings *settings) {
    seams_forget_files();
    if (heap_kind() == HEAP_ARENA) {
        born_or_brought_back(settings);
    } else {
        if (asan_heap_used) finding_harness("the ASan heap cannot be restored: one stream per process");
        asan_heap_used = true;
        give_birth(settings);
    }
    entropy_seed((uint64_t)settings->seed);
    heap_reuse(settings->reuse);
    heap_budget((size_t)settings->memory_mb << 20, settings->sizes == SIZES_JEMALLOC);
}

BirthTimes birth_times(void) {
    return times;
}

const char *birth_version(void) {
    return VALKEY_VERSION;
}
