/* SPDX-License-Identifier: BSD-3-Clause */
/* saved.c -- checks that the same stream says the same, and leaves the same data, when the data set
 * is saved and loaded between any two steps.
 *
 * Proves: a saved data set has everything that later replies depend on, and loading makes values
 * that behave like the ones that were saved. Cannot see: what is lost while a client is tied to the
 * data (reload.h, reload_is_neutral), because nothing is saved then; what follows a step with
 * DIFFERENCE_ALL. Excuses: the rows of difference.c for DIFFERS_SAVED: a loaded value has another
 * encoding, order and age, and what has expired is not loaded. Not a hole: the data is compared at
 * the end. Canary: "!canary saved" writes another value when the data set was loaded before. */
#include "harness/oracles/likeness.h"
#include "harness/oracles/table.h"

static Likeness likeness = {
    .names = {.word = "saved", .first = "without saving", .second = "saved and loaded between steps"},
    .in = DIFFERS_SAVED};

static void begin(bool again) {
    likeness_begin(&likeness, again);
}

static void settled(int number, const Step *step) {
    likeness_settled(&likeness, number, step);
}

static void compare(int steps, uint64_t digest) {
    likeness_compare(&likeness, steps, digest);
}

const Oracle oracle_saved = {
    .name = "saved",
    .word = "saved",
    .title = "Saved",
    .finds = "The same stream gives different replies when the data set is saved and loaded in between.",
    .share = 64,
    .asks_commands = true,
    .second_run = SECOND_RUN_SAVED,
    .begin = begin,
    .settled = settled,
    .compare = compare,
};
