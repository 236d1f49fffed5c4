/* SPDX-License-Identifier: BSD-3-Clause */
/* finding_store.h -- the findings of a run: each verified in a fresh process and put into a folder,
 * once for each signature. */
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
    char signature[FINDING_SIGNATURE]; /* as replay names it */
    Text seen_as;        /* as the engine named it, a line each: an oracle that only replay asks may be first */
    char path[PATH_MAX]; /* of the reproducer */
    int times;           /* inputs that brought it out */
    bool reproduced;     /* a fresh process found it as well */
    bool old;            /* the file was there before this run, and was left as it is */
} FoundEntry;

typedef struct {
    const char *tool;    /* the program whose "replay" verifies */
    const char *folder;  /* where reproducers go; made when the first one is filed */
    const char *scratch; /* a folder for drafts */
    FoundEntry *entries;
    int count;
} FindingStore;

/* Files an input with which an engine ended for the reason `signature`, unless its signature is
 * known. Writes what replay has to say about a new one, and the command that replays it, to stderr.
 * False when it cannot be written, which it has said. */
bool finding_store_add(FindingStore *store, const char *signature, const uint8_t *input, size_t len);

/* Files an input on which the harness itself failed, as harness-fault.stream. False as above. */
bool finding_store_add_fault(FindingStore *store, const uint8_t *input, size_t len);

/* Frees the entries. */
void finding_store_free(FindingStore *store);

#endif
