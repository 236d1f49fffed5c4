/* SPDX-License-Identifier: BSD-3-Clause */
/* value.c -- checks that the data set is the same after the moves as before.
 *
 * Proves: between the moment before a slice (or a cycle) and the moment after it, no key,
 * subscription or script changed its value, encoding, TTL or any other part that structures/value.c
 * reads. Cannot see: a stale pointer to memory whose old contents are still right (ASan reports it
 * when the walk follows it), and what structures/value.c does not read. Excuses: none. Canary:
 * "!canary value" changes a key while a cycle runs. */
#include <stdio.h>

#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/oracles/value.h"
#include "harness/structures/value.h"

static ValueImage image_before, image_after;

static void take(ValueImage *image, const char *when) {
    const char *why = NULL;
    if (value_take(image, &why)) return;
    finding_report(value_fault_signature(), NULL, "a structure contradicts itself %s the moves: %s", when, why);
}

static void before(bool whole) {
    (void)whole;
    take(&image_before, "before");
}

static void after(bool whole) {
    (void)whole;
    take(&image_after, "after");
    if (image_before.digest == image_after.digest) return;
    char text[1024], signature[128];
    const char *kind = "?";
    value_explain(&image_before, &image_after, text, sizeof(text), &kind);
    snprintf(signature, sizeof(signature), "value:%s", kind);
    finding_report(signature, NULL, "the data is not the same after the moves as before: %s", text);
}

bool oracle_value_shape_changed(void) {
    return image_before.tables != image_after.tables || image_before.bookmarks != image_after.bookmarks;
}

const Oracle oracle_value = {
    .name = "value",
    .word = "value",
    .title = "Value",
    .finds = "The data set has changed in the move.",
    .share = 1,
    .before = before,
    .after = after,
};
