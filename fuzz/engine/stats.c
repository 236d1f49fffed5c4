/* SPDX-License-Identifier: BSD-3-Clause */
/* stats.c -- what an engine process and its supervisor share; see stats.h.
 *
 * Limits: only the first STATS_INPUT bytes of an input are kept. */
#include "fuzz/engine/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/finding/finding.h"

static Stats *own;            /* this engine's */
static StatsFinding *matched; /* the known finding that was last asked for */

static Stats *map(int fd) {
    int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    Stats *stats = mmap(NULL, sizeof(*stats), PROT_READ | PROT_WRITE, flags, fd, 0);
    return stats == MAP_FAILED ? NULL : stats;
}

/* Adds the report of the input that ran to the sums. */
static void add_report(Stats *stats) {
    const RunReport *report = &stats->report;
    stats->commands += report->commands;
    stats->errors += report->errors;
    stats->cycles += report->cycles;
    stats->slices += report->slices;
    stats->moved += report->moved;
    stats->exhausted += report->exhausted;
}

/* --- the supervisor's side */

Stats *stats_create(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return NULL;
    Stats *stats = ftruncate(fd, sizeof(*stats)) == 0 ? map(fd) : NULL;
    int error = errno;
    close(fd);
    errno = error;
    return stats;
}

void stats_unmap(Stats *stats) {
    munmap(stats, sizeof(*stats));
}

void stats_know(Stats *stats, const uint8_t *data, size_t len) {
    uint64_t count = stats->nknown;
    stats->known[count % STATS_KNOWN] = stats_hash(data, len);
    stats->nknown = count + 1;
}

void stats_know_finding(Stats *stats, const char *signature, uint64_t place) {
    uint64_t count = stats->nfindings;
    if (count == STATS_FINDINGS) return;
    StatsFinding *finding = &stats->findings[count];
    snprintf(finding->signature, sizeof(finding->signature), "%s", signature);
    finding->place = place;
    stats->nfindings = count + 1; /* last: the engine reads this many */
}

void stats_bury(Stats *stats) {
    if (stats->busy) add_report(stats);
}

bool stats_input_left(const char *path, Text *input, int *error) {
    *input = (Text){0};
    *error = 0;
    Stats *left = malloc(sizeof(*left));
    FILE *file = left ? fopen(path, "re") : NULL;
    bool whole = file && fread(left, sizeof(*left), 1, file) == 1;
    if (!file || ferror(file)) *error = errno;
    if (file) fclose(file);
    whole = whole && left->busy && left->input_len <= STATS_INPUT;
    if (whole) *input = text_make((const char *)left->input, left->input_len);
    free(left);
    return whole;
}

/* --- the engine's side */

static bool signature_is_known(const char *signature) {
    for (uint64_t i = 0; i < own->nfindings; i++) {
        matched = &own->findings[i];
        if (strcmp(matched->signature, signature) == 0) return true;
    }
    return false;
}

static bool place_is_known(uint64_t place) {
    for (uint64_t i = 0; i < own->nfindings; i++) {
        matched = &own->findings[i];
        if (matched->place == place) return true;
    }
    return false;
}

const char *stats_attach(void) {
    const char *path = getenv(STATS_ENVIRONMENT);
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (path && fd < 0) return "cannot open the file that " STATS_ENVIRONMENT " names";
    own = map(fd);
    if (!own) return "cannot map the counters";
    if (fd < 0) return NULL;
    /* A finding writes its signature to this descriptor, and thereby into the field of the mapped
     * file. */
    if (lseek(fd, offsetof(Stats, signature), SEEK_SET) < 0) return "cannot seek in the file of counters";
    finding_set_note(fd);
    finding_set_known(&(FindingKnown){signature_is_known, place_is_known, &own->place});
    return NULL;
}

RunReport *stats_begin(const uint8_t *data, size_t len) {
    own->execs++;
    own->input_len = len < STATS_INPUT ? len : STATS_INPUT;
    if (len) memcpy(own->input, data, own->input_len);
    own->report = (RunReport){0};
    own->busy = true;
    return &own->report;
}

void stats_end(bool abandoned) {
    own->busy = false;
    add_report(own);
    if (abandoned) matched->repeats++;
}

bool stats_is_known(const uint8_t *data, size_t len) {
    uint64_t count = own->nknown < STATS_KNOWN ? own->nknown : STATS_KNOWN;
    uint64_t hash = count ? stats_hash(data, len) : 0;
    for (uint64_t i = 0; i < count; i++) {
        if (own->known[i] == hash) return true;
    }
    return false;
}

uint64_t stats_hash(const uint8_t *data, size_t len) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++) hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    return hash;
}
