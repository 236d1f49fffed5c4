/* SPDX-License-Identifier: BSD-3-Clause */
/* finding_store.h -- the findings of a run: each is verified in a fresh process and written to a
 * folder, once for each signature. */
#ifndef FUZZ_BASE_FINDING_STORE_H
#define FUZZ_BASE_FINDING_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/finding/finding.h"

/* One signature. */
typedef struct {
    char signature[FINDING_SIGNATURE]; /* as replay reports it */
    /* as the engine reported it, one a line; differs when an oracle that only replay runs fails
     * first */
    Text seen_as;
    char path[PATH_MAX]; /* of the reproducer */
    int times;           /* inputs that produced it */
    bool reproduced;     /* a fresh process found it as well */
    bool old;            /* the file existed before this run and was not changed */
} FoundEntry;

typedef struct {
    const char *tool;    /* the program whose "replay" verifies */
    const char *folder;  /* for reproducers; created with the first one */
    const char *scratch; /* a folder for drafts */
    FoundEntry *entries;
    int count;
} FindingStore;

/* Stores the input on which an engine ended with `signature`, unless the signature is known. For a
 * new one, prints replay's report and the command that replays it on stderr. Returns false, after
 * reporting the error, when the file cannot be written. */
bool finding_store_add(FindingStore *store, const char *signature, const uint8_t *input, size_t len);

/* Counts `times` more inputs that led to a finding which was added as `signature`. */
void finding_store_count(FindingStore *store, const char *signature, int times);

/* Stores an input on which the harness itself failed, as harness-fault.stream. Returns false as
 * above. */
bool finding_store_add_fault(FindingStore *store, const uint8_t *input, size_t len);

/* Frees the entries. */
void finding_store_free(FindingStore *store);

#endif
