/* SPDX-License-Identifier: BSD-3-Clause */
/* limits.c -- checks that the same stream says the same, and leaves the same data, under other
 * limits of encodings.
 *
 * The stream runs with its own setting limits= and then with the other one. Proves: what replies
 * say, and the data, does not depend on which of a type's encodings has it (listpack, integer set
 * or table; long or short nodes), so no conversion between them loses or changes anything. Cannot
 * see: what is the same fault in both; what follows a step with DIFFERENCE_ALL. Excuses: the rows
 * of difference.c for DIFFERS_LIMITS, because orders, random picks and descriptions of encodings
 * are meant to differ. Not a hole: the same members must come in any order, and the data is
 * compared at the end. Canary: "!canary limits" writes another value under each. */
#include "harness/oracles/likeness.h"
#include "harness/oracles/table.h"

static Likeness likeness = {.names = {.word = "limits", .first = "with its limits", .second = "with the other ones"},
                            .in = DIFFERS_LIMITS};

static void begin(bool again) {
    likeness_begin(&likeness, again);
}

static void settled(int number, const Step *step) {
    likeness_settled(&likeness, number, step);
}

static void compare(int steps, uint64_t digest) {
    likeness_compare(&likeness, steps, digest);
}

const Oracle oracle_limits = {
    .name = "limits",
    .word = "limits",
    .title = "Limits",
    .finds = "The same stream gives different replies when values have other encodings.",
    .share = 64,
    .asks_commands = true,
    .second_run = SECOND_RUN_LIMITS,
    .begin = begin,
    .settled = settled,
    .compare = compare,
};
