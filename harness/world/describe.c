/* SPDX-License-Identifier: BSD-3-Clause */
/* describe.c -- describes an address in words; see describe.h.
 *
 * Limits: on --heap=asan the block is AddressSanitizer's, whose own report describes it. */
#include "harness/world/describe.h"

#include <stdio.h>

#include "harness/finding/site.h"
#include "harness/world/heap.h"

static void print_site(const char *label, uint32_t site, uint32_t step) {
    char text[600];
    site_describe(site, text, sizeof(text));
    if (step)
        fprintf(stderr, "%s at step %u by %s\n", label, step, text);
    else
        fprintf(stderr, "%s at the server's birth by %s\n", label, text);
}

void describe_block(const void *address) {
    HeapBlock block;
    if (!heap_find(address, &block)) return;
    long offset = (long)((const char *)address - (const char *)block.start);
    fprintf(stderr, "block:      offset %ld of a %s block of %zu bytes\n", offset, block.live ? "live" : "freed",
            block.size);
    print_site("  allocated", block.alloc_site, block.alloc_step);
    if (!block.live) print_site("  freed", block.free_site, block.free_step);
}
