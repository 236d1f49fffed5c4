/* SPDX-License-Identifier: BSD-3-Clause */
/* reuse.c -- checks that the same stream gives the same reply to every step and the same data at
 * the end, whichever memory is used again.
 *
 * The stream runs with its own setting reuse= and then with each of the other two. Proves:
 * nothing that a client can see depends on whether a new block gets the address of an old one,
 * so no stale address is compared with a new one, or found in a table, with an effect. Cannot
 * see: what is in no reply and in no digest. What the further runs break is reported by the
 * sanitizers, the server or twin, as in a stream that says so itself. Excuses: those of the twin
 * (twin.c). Canary: "!canary reuse" writes another value when a new block gets the address of
 * one that was released. */
#include <stdio.h>

#include "harness/oracles/comparison.h"
#include "harness/oracles/table.h"
#include "harness/world/heap.h"

static char runs[2][24]; /* what messages call the two runs */
static Comparison comparison = {.word = "reuse", .first = runs[0], .second = runs[1]};

static void begin(bool again) {
    snprintf(runs[again], sizeof(runs[again]), "with reuse=%s", settings_row(SETTING_REUSE)->words[heap_reused()]);
    comparison_begin(&comparison, again);
}

static void settled(int number, const Step *step) {
    comparison_settled(&comparison, number, step);
}

static void compare(int steps, uint64_t digest) {
    comparison_compare(&comparison, steps, digest);
}

const Oracle oracle_reuse = {
    .name = "reuse",
    .word = "reuse",
    .title = "Reuse",
    .finds = "The same stream gives different replies when other memory is used again.",
    .share = 16,
    .second_run = SECOND_RUN_REUSE,
    .begin = begin,
    .settled = settled,
    .compare = compare,
};
