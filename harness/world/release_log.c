/* SPDX-License-Identifier: BSD-3-Clause */
/* release_log.c -- a log of released blocks; see release_log.h. */
#include "harness/world/release_log.h"

#include <stdlib.h>

#include "harness/base/array.h"

static FreedBlock *blocks;
static size_t nblocks;
static bool logging;

void freed_begin(void) {
    nblocks = 0;
    logging = true;
}

void freed_end(void) {
    logging = false;
}

const FreedBlock *freed_blocks(size_t *count) {
    *count = nblocks;
    return blocks;
}

void freed_note(const void *block, size_t size) {
    if (!logging) return;
    blocks = array_reserve(blocks, nblocks, nblocks + 1, sizeof(*blocks));
    blocks[nblocks++] = (FreedBlock){block, size};
}
