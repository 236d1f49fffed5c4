/* SPDX-License-Identifier: BSD-3-Clause */
/* release_log.c -- a log of released blocks; see release_log.h. */
#include "harness/world/release_log.h"

#include <stdlib.h>

#include "harness/base/array.h"

static ReleasedBlock *blocks;
static size_t nblocks;
static bool logging;

void release_log_begin(void) {
    nblocks = 0;
    logging = true;
}

void release_log_end(void) {
    logging = false;
}

const ReleasedBlock *release_log_blocks(size_t *count) {
    *count = nblocks;
    return blocks;
}

void release_log_add(const void *block, size_t size) {
    if (!logging) return;
    blocks = array_reserve(blocks, nblocks, nblocks + 1, sizeof(*blocks));
    blocks[nblocks++] = (ReleasedBlock){block, size};
}
