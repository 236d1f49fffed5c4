/* SPDX-License-Identifier: BSD-3-Clause */
/* shape.c -- checks that all structures that defrag touches are well-formed. The checks are in
 * structures/shape.c and structures/shape_*.c.
 *
 * Proves: after a slice (or a cycle) every list, skiplist, ordered index, hash table, store of
 * tables, radix tree, stream, listpack, set of fields with a TTL, side table of a database,
 * channel, script and function library is built as its own code requires, and the sums that
 * Valkey keeps beside their elements are right, those of its clients too; each shape_*.c says
 * how. A stale or missed link is found although no command follows it, unless it happens to point
 * to where the moved block is now. Cannot see: what each shape_*.c names as its limits; types of
 * other modules than the sample module; compiled scripts; the tables of ACLs, which defrag does not
 * touch. Excuses: none. What is allowed to differ (empty buckets in a chain, keys of slots that are
 * being imported, tables that are paused at a safe point) is named where it is allowed. Canaries:
 * "!canary shape-list" and others, one or more for each shape_*.c (ctest `rows`). Each breaks one
 * structure so that no command and no other oracle notices. */
#include "harness/defrag/slice.h"
#include "harness/oracles/table.h"
#include "harness/structures/shape.h"

static void after(bool whole) {
    (void)whole;
    shape_everything(slice_at_safe_point());
}

const Oracle oracle_shape = {
    .name = "shape",
    .word = "shape",
    .title = "Shape",
    .finds = "A structure is not well-formed: links, spans, counts, tables.",
    .needs = ORACLE_BIT(VALUE),
    .share = 1,
    .after = after,
};
