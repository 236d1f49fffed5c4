/* oracle_twin.c -- the same stream without moves gives the same reply to every step and the same data at the end.
 *
 * Proves: nothing that a client can see depends on whether defrag ran.
 * Cannot see: what no reply shows and no digest holds.
 * Excuses: replies that tell about memory or defrag itself (table `excused`), because they are meant to differ. Not a hole: their data is still
 * in the digest at the end, and only the reply of that one step to that one client is passed over.
 * Canary: "!canary twin" writes another value with moves than without. */
#include "harness/oracle_twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/client.h"
#include "harness/finding.h"
#include "harness/value.h"

/* Commands whose replies tell of memory in use, of counters of defrag, or of a block's address. */
static const char *const excused[] = {"info", "memory", "debug", "latency"};

typedef struct {
    uint64_t hash;
    Text text; /* all clients' replies */
} Record;

static TwinMode mode;
static Record *records;
static int nrecords, room;
static uint64_t recorded_digest;
static int recorded_steps;

static void forget(void) {
    for (int i = 0; i < nrecords; i++) text_free(&records[i].text);
    nrecords = 0;
}

void twin_begin(TwinMode m) {
    mode = m;
    if (mode == TWIN_RECORD) forget();
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

static bool is_excused(const Step *step) {
    if (step->kind != STEP_COMMAND || !step->nargs || step->args[0].kind != ARG_LITERAL) return false;
    for (size_t i = 0; i < sizeof(excused) / sizeof(excused[0]); i++) {
        if (strcasecmp(step->args[0].parts[0].data, excused[i]) == 0) return true;
    }
    return false;
}

static void record(Text replies) {
    if (nrecords == room) {
        room = room ? room * 2 : 256;
        records = realloc(records, sizeof(*records) * (size_t)room);
        if (!records) finding_harness("out of memory for the twin");
    }
    records[nrecords++] = (Record){.hash = value_hash(replies.data, replies.len, 0), .text = replies};
}

/* The command's name in lower case, or the verb with its "!". */
static void step_kind(const Step *step, char *name, size_t size) {
    if (step->kind == STEP_VERB)
        snprintf(name, size, "!%s", verb_name(step->verb));
    else
        snprintf(name, size, "%.40s", step->args[0].parts[0].data);
    for (char *p = name; *p; p++) *p = (char)((*p >= 'A' && *p <= 'Z') ? *p + 32 : *p);
}

static void compare(int number, const Step *step, Text replies) {
    const Record *with = &records[number - 1];
    if (with->hash == value_hash(replies.data, replies.len, 0)) return;
    char name[64], signature[96];
    step_kind(step, name, sizeof(name));
    snprintf(signature, sizeof(signature), "twin:reply:%s", name);
    finding_report(signature, NULL, "step %d replies with moves:    %.*s\n            step %d replies without moves: %.*s", number,
                   (int)with->text.len, with->text.data ? with->text.data : "", number, (int)replies.len,
                   replies.data ? replies.data : "");
}

void twin_step(int number, const Step *step) {
    if (mode == TWIN_OFF) return;
    Text replies = all_replies(is_excused(step) ? step->client : -1);
    if (mode == TWIN_RECORD) {
        record(replies);
        return;
    }
    if (number <= nrecords) compare(number, step, replies);
    text_free(&replies);
}

void twin_end(int steps, uint64_t digest) {
    if (mode == TWIN_RECORD) {
        recorded_digest = digest;
        recorded_steps = steps;
    } else if (mode == TWIN_COMPARE && steps == recorded_steps && digest != recorded_digest) {
        finding_report("twin:data", NULL, "the data at the end is not the same with moves (%016llx) as without (%016llx)",
                       (unsigned long long)recorded_digest, (unsigned long long)digest);
    }
}
