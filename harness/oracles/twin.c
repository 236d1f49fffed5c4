/* SPDX-License-Identifier: BSD-3-Clause */
/* twin.c -- checks that the same stream without moves gives the same reply to every step and the
 * same data at the end.
 *
 * "Without moves" means with moves in place: defrag runs at the same times and does the same
 * work, but every block's new place is its old one. A run without any defrag could not be
 * compared: a cycle's lookups and scans advance rehashes and let tables shrink, which changes
 * the order in which SCAN shows keys and the member that SPOP picks. Proves: nothing that a
 * client can see depends on where memory is. Cannot see: what is in no reply and in no digest;
 * what defrag does wrong even when no address changes (oracles/value.c sees that). Excuses:
 * replies about memory or defrag itself (comparison.c, `excused`), because they are meant to
 * differ; and, once such a reply did differ, CLIENT, whose byte counts then differ too; with
 * reuse=last and same, what follows the expiry of fields (comparison.h). Not a
 * hole: their data is still in the digest at the end, and only the reply of that one step to
 * that one client is ignored. Canary: "!canary twin" writes a different value with moves than
 * without. */
#include "harness/oracles/comparison.h"
#include "harness/oracles/table.h"

static Comparison comparison = {.word = "twin", .first = "with moves", .second = "without moves"};

static void begin(bool again) {
    comparison_begin(&comparison, again);
}

static void settled(int number, const Step *step) {
    comparison_settled(&comparison, number, step);
}

static void compare(int steps, uint64_t digest) {
    comparison_compare(&comparison, steps, digest);
}

const Oracle oracle_twin = {
    .name = "twin",
    .word = "twin",
    .title = "Twin",
    .finds = "The same stream gives different replies with and without moves.",
    .share = 8,
    .second_run = SECOND_RUN_IN_PLACE,
    .begin = begin,
    .settled = settled,
    .compare = compare,
};
