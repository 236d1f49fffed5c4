/* SPDX-License-Identifier: BSD-3-Clause */
/* likeness.c -- compares a further run that is meant to be another one with the first; see
 * likeness.h. */
#include "harness/oracles/likeness.h"

#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/oracles/leaves.h"
#include "harness/server/client.h"
#include "harness/server/reload.h"
#include "harness/valkey/fields.h"

static FILE *listed; /* where expected differences go */

void likeness_list(FILE *to) {
    listed = to;
}

static void forget(Likeness *l) {
    for (size_t i = 0; i < l->nrecords; i++) text_free(&l->records[i].leaves);
    l->nrecords = 0;
}

void likeness_begin(Likeness *l, bool again) {
    l->comparing = again;
    l->parted = l->holding = false;
    l->held.len = l->held_first.len = 0;
    l->held_may = (Difference){DIFFERENCE_NONE, NULL};
    if (!again) forget(l);
}

static Text all_leaves(void) {
    Text all = {0};
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) leaves_append(&all, i, client_reply(i));
    return all;
}

/* By what has run in the step. */
static Difference what_may_differ(const Likeness *l, const Step *step) {
    static const Difference expired = {DIFFERENCE_ALL, "fields expire in an order of places, some at a time"};
    return compat_expired_fields() > 0 ? expired : difference_by_commands(l->in, step);
}

static bool same_in_any_order(Text a, Text b) {
    Text sorted_a = leaves_sorted(a), sorted_b = leaves_sorted(b);
    bool same = text_equal(sorted_a, sorted_b);
    text_free(&sorted_a);
    text_free(&sorted_b);
    return same;
}

static void record(Likeness *l, Text leaves, Difference may) {
    l->records = array_reserve(l->records, l->nrecords, l->nrecords + 1, sizeof(*l->records));
    l->records[l->nrecords++] = (LikenessRecord){leaves, may};
}

static bool allows(Difference may, Text first, Text leaves) {
    return may.kind >= DIFFERENCE_REPLY || (may.kind == DIFFERENCE_ORDER && same_in_any_order(first, leaves));
}

static void write_difference(const Likeness *l, int number, Difference may) {
    static const char *const kinds[] = {[DIFFERENCE_ORDER] = "another order",
                                        [DIFFERENCE_REPLY] = "another reply",
                                        [DIFFERENCE_ALL] = "not compared from here on"};
    if (listed) fprintf(listed, "    step %d: %s: %s: %s\n", number, l->names.word, kinds[may.kind], may.reason);
}

/* The same, and by what the replies say where they differ. */
static Difference what_differs(const Likeness *l, Difference may, Text first, Text leaves) {
    if (text_equal(first, leaves)) return may;
    may = difference_larger(may, difference_by_leaves(l->in, first));
    return difference_larger(may, difference_by_leaves(l->in, leaves));
}

static void compare_step(Likeness *l, int number, const Step *step, Text first, Text leaves, Difference may) {
    may = what_differs(l, may, first, leaves);
    l->parted = may.kind == DIFFERENCE_ALL;
    if (!l->parted && text_equal(first, leaves)) return;
    if (!allows(may, first, leaves)) comparison_report(&l->names, number, step, first, leaves);
    write_difference(l, number, may);
}

/* Adds a step to those that are held, and compares them if it was the last one. */
static void compare_held(Likeness *l, int number, const Step *step, Text leaves, Difference may) {
    static const Difference together = {DIFFERENCE_ORDER, "one transaction"};
    const LikenessRecord *first = &l->records[number - 1];
    text_append(&l->held, leaves.data, leaves.len);
    text_append(&l->held_first, first->leaves.data, first->leaves.len);
    l->held_may = difference_larger(l->held_may, difference_larger(may, first->may));
    if (l->holding) {
        l->held_may = difference_larger(l->held_may, together);
        return;
    }
    compare_step(l, number, step, l->held_first, l->held, l->held_may);
    l->held.len = l->held_first.len = 0;
    l->held_may = (Difference){DIFFERENCE_NONE, NULL};
}

void likeness_settled(Likeness *l, int number, const Step *step) {
    Text leaves = all_leaves();
    Difference may = what_may_differ(l, step);
    if (!l->comparing) {
        record(l, leaves, may);
        return;
    }
    if ((size_t)number <= l->nrecords && !l->parted) compare_held(l, number, step, leaves, may);
    text_free(&leaves);
}

/* The caller frees it. */
static Text digest_of_data(void) {
    client_forget_replies();
    reload_data();
    client_forget_replies();
    client_admin_say("debug", "digest", NULL);
    Text reply = client_reply(CLIENT_ADMIN);
    return text_make(reply.data, reply.len);
}

void likeness_compare(Likeness *l, int steps, uint64_t digest) {
    if (!l->comparing) l->steps = 0;
    if (digest == 0) return; /* cut short */
    if (l->comparing && (l->parted || steps != l->steps)) return;
    Text data = digest_of_data();
    if (!l->comparing) {
        text_free(&l->digest);
        l->digest = data;
        l->steps = steps;
        return;
    }
    if (data.len && l->digest.len && !text_equal(data, l->digest)) {
        char signature[64];
        snprintf(signature, sizeof(signature), "%s:data", l->names.word);
        finding_report(signature, NULL, "the data at the end is not the same %s (%.40s) as %s (%.40s)", l->names.first,
                       l->digest.data + 1, l->names.second, data.data + 1);
    }
    text_free(&data);
}
