/* SPDX-License-Identifier: BSD-3-Clause */
/* comparison.c -- compares a further run of a stream with the first; see comparison.h. */
#include "harness/oracles/comparison.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/server/client.h"
#include "harness/structures/hash.h"
#include "harness/valkey/fields.h"
#include "harness/world/heap.h"

/* Commands whose replies have memory in use, counters of defrag, or a block's address. */
static const char *const excused[] = {"info", "memory", "debug", "latency"};

struct ComparisonRecord {
    uint64_t hash, excused_hash; /* of all replies that count, and of the excused one */
    Text text;                   /* all replies that count */
};

static void forget(Comparison *c) {
    for (int i = 0; i < c->nrecords; i++) text_free(&c->records[i].text);
    c->nrecords = 0;
}

void comparison_begin(Comparison *c, bool again) {
    c->comparing = again;
    if (!c->comparing) {
        forget(c);
        c->unordered_from = INT_MAX;
    }
    c->excused_differed = false;
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

static void record(Comparison *c, Text replies, uint64_t excused_hash) {
    if (c->nrecords == c->room) {
        c->room = c->room ? c->room * 2 : 256;
        c->records = realloc(c->records, sizeof(*c->records) * (size_t)c->room);
        if (!c->records) finding_harness("out of memory for the replies of the first run");
    }
    c->records[c->nrecords++] =
        (ComparisonRecord){.hash = hash_of(replies), .excused_hash = excused_hash, .text = replies};
}

/* The command's name in lower case, or the verb with its "!". */
static void step_kind(const Step *step, char *name, size_t size) {
    if (step->kind == STEP_VERB)
        snprintf(name, size, "!%s", verb_name(step->verb));
    else
        snprintf(name, size, "%.40s", step->args[0].parts[0].data);
    for (char *p = name; *p; p++) *p = (char)((*p >= 'A' && *p <= 'Z') ? *p + 32 : *p);
}

void comparison_report(const Comparison *c, int number, const Step *step, Text first, Text second) {
    char name[64], signature[96];
    int width = (int)(strlen(c->first) > strlen(c->second) ? strlen(c->first) : strlen(c->second)) + 1;
    step_kind(step, name, sizeof(name));
    snprintf(signature, sizeof(signature), "%s:reply:%s", c->word, name);
    finding_report(signature, NULL, "step %d replies %s:%*s%.*s\n            step %d replies %s:%*s%.*s", number,
                   c->first, width - (int)strlen(c->first), "", (int)first.len, first.data ? first.data : "", number,
                   c->second, width - (int)strlen(c->second), "", (int)second.len, second.data ? second.data : "");
}

static void compare_step(Comparison *c, int number, const Step *step, Text replies, uint64_t excused_hash) {
    const ComparisonRecord *recorded = &c->records[number - 1];
    c->excused_differed |= recorded->excused_hash != excused_hash;
    if (recorded->hash == hash_of(replies) || (c->excused_differed && is_command(step, "client"))) return;
    comparison_report(c, number, step, recorded->text, replies);
}

/* Has the order of places decided which fields expired first? */
static void note_order(Comparison *c, int number) {
    if (number < c->unordered_from && heap_reused() != REUSE_NEVER && compat_expired_fields() > 0)
        c->unordered_from = number;
}

void comparison_settled(Comparison *c, int number, const Step *step) {
    note_order(c, number);
    bool passed_over = is_excused(step);
    Text replies = all_replies(passed_over ? step->client : -1);
    uint64_t excused_hash = passed_over ? hash_of(client_reply(step->client)) : 0;
    if (!c->comparing) {
        record(c, replies, excused_hash);
        return;
    }
    if (number <= c->nrecords && number < c->unordered_from) compare_step(c, number, step, replies, excused_hash);
    text_free(&replies);
}

void comparison_compare(Comparison *c, int steps, uint64_t digest) {
    char signature[96];
    if (!c->comparing) {
        c->digest = digest;
        c->steps = steps;
    } else if (steps == c->steps && digest != c->digest && steps < c->unordered_from) {
        snprintf(signature, sizeof(signature), "%s:data", c->word);
        finding_report(signature, NULL, "the data at the end is not the same %s (%016llx) as %s (%016llx)", c->first,
                       (unsigned long long)c->digest, c->second, (unsigned long long)digest);
    }
}
