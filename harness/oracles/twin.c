/* SPDX-License-Identifier: BSD-3-Clause */
/* twin.c -- checks that the same stream without moves gives the same reply to every step and the
 * same data at the end.
 *
 * "Without moves" means with moves in place: defrag runs at the same times and does the same work,
 * but every block's new place is its old one. A run without any defrag could not be compared: a
 * cycle's lookups and scans advance rehashes and let tables shrink, which changes the order in
 * which SCAN shows keys and the member that SPOP picks. Proves: nothing that a client can see
 * depends on where memory is. Cannot see: what is in no reply and in no digest; what defrag does
 * wrong even when no address changes (oracles/value.c sees that). Excuses: replies about memory or
 * defrag itself (table `excused`), because they are meant to differ; and, once such a reply did
 * differ, CLIENT, whose byte counts then differ too. Not a hole: their data is still in the digest
 * at the end, and only the reply of that one step to that one client is ignored. Canary: "!canary
 * twin" writes a different value with moves than without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/server/client.h"
#include "harness/structures/hash.h"

/* Commands whose replies have memory in use, counters of defrag, or a block's address. */
static const char *const excused[] = {"info", "memory", "debug", "latency"};

typedef struct {
    uint64_t hash, excused_hash; /* of all replies that count, and of the excused one */
    Text text;                   /* all replies that count */
} Record;

static bool comparing;  /* this is the second run */
static Record *records; /* of the first run */
static int nrecords, room;
static uint64_t recorded_digest;
static int recorded_steps;
static bool excused_differed; /* an excused reply of this run differed from the recorded one */

static void forget(void) {
    for (int i = 0; i < nrecords; i++) text_free(&records[i].text);
    nrecords = 0;
}

static void begin(bool again) {
    comparing = again;
    if (!comparing) forget();
    excused_differed = false;
}

static Text all_replies(int except) {
    Text all = {0};
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) {
        Text reply = client_reply(i);
        if (!reply.len || i == except) continue;
        char head[16];
        int n = snprintf(head, sizeof(head), "%d< ", i);
        text_append(&all, head, (size_t)n);
        text_append(&all, reply.data, reply.len);
    }
    return all;
}

static bool is_command(const Step *step, const char *name) {
    return step->kind == STEP_COMMAND && step->nargs && step->args[0].kind == ARG_LITERAL &&
           strcasecmp(step->args[0].parts[0].data, name) == 0;
}

static bool is_excused(const Step *step) {
    for (int i = 0; i < COUNT_OF(excused); i++) {
        if (is_command(step, excused[i])) return true;
    }
    return false;
}

static uint64_t hash_of(Text text) {
    return hash_bytes(text.data, text.len, 0);
}

static void record(Text replies, uint64_t excused_hash) {
    if (nrecords == room) {
        room = room ? room * 2 : 256;
        records = realloc(records, sizeof(*records) * (size_t)room);
        if (!records) finding_harness("out of memory for the twin");
    }
    records[nrecords++] = (Record){.hash = hash_of(replies), .excused_hash = excused_hash, .text = replies};
}

/* The command's name in lower case, or the verb with its "!". */
static void step_kind(const Step *step, char *name, size_t size) {
    if (step->kind == STEP_VERB)
        snprintf(name, size, "!%s", verb_name(step->verb));
    else
        snprintf(name, size, "%.40s", step->args[0].parts[0].data);
    for (char *p = name; *p; p++) *p = (char)((*p >= 'A' && *p <= 'Z') ? *p + 32 : *p);
}

static void compare_step(int number, const Step *step, Text replies, uint64_t excused_hash) {
    const Record *with = &records[number - 1];
    excused_differed |= with->excused_hash != excused_hash;
    if (with->hash == hash_of(replies) || (excused_differed && is_command(step, "client"))) return;
    char name[64], signature[96];
    step_kind(step, name, sizeof(name));
    snprintf(signature, sizeof(signature), "twin:reply:%s", name);
    finding_report(signature, NULL,
                   "step %d replies with moves:    %.*s\n            step %d replies without moves: %.*s", number,
                   (int)with->text.len, with->text.data ? with->text.data : "", number, (int)replies.len,
                   replies.data ? replies.data : "");
}

static void settled(int number, const Step *step) {
    bool passed_over = is_excused(step);
    Text replies = all_replies(passed_over ? step->client : -1);
    uint64_t excused_hash = passed_over ? hash_of(client_reply(step->client)) : 0;
    if (!comparing) {
        record(replies, excused_hash);
        return;
    }
    if (number <= nrecords) compare_step(number, step, replies, excused_hash);
    text_free(&replies);
}

static void compare(int steps, uint64_t digest) {
    if (!comparing) {
        recorded_digest = digest;
        recorded_steps = steps;
    } else if (steps == recorded_steps && digest != recorded_digest) {
        finding_report("twin:data", NULL,
                       "the data at the end is not the same with moves (%016llx) as without (%016llx)",
                       (unsigned long long)recorded_digest, (unsigned long long)digest);
    }
}

const Oracle oracle_twin = {
    .name = "twin",
    .word = "twin",
    .title = "Twin",
    .finds = "The same stream gives different replies with and without moves.",
    .share = 8,
    .second_run = true,
    .begin = begin,
    .settled = settled,
    .compare = compare,
};
