/* SPDX-License-Identifier: BSD-3-Clause */
/* replies.c -- checks that every client gets exactly one well-formed reply to each command, and
 * nothing else but what RESP allows between replies.
 *
 * Proves: of each client's bytes, every one is part of a value that RESP2 or, after HELLO 3, RESP3
 * knows, with lengths that are right; the values are the replies to its commands, in their order,
 * none is missing and none is too much; EXEC's array has an element for each queued command; each
 * channel or pattern is confirmed; pushes, messages and lines of MONITOR come between replies; and
 * RESTORE refuses a payload whose checksum or version is wrong.
 * Cannot see: a reply that says the wrong thing; a missing push, message or line of MONITOR; of two
 * commands that run in one step, a reply too few to the first and too many to the second; what
 * ledger.h cannot. Excuses: what comes without a command (table `pushes`), because that is how it
 * is defined; an error before the server closes the connection, because it is about the connection.
 * Not a hole: each is recognized by its form, and only from clients that may get it. EXEC's array
 * is read as a head and a reply to each queued command, because SUBSCRIBE as an element sends more
 * than one value (pubsub.c allows it "for backward compatibility"); each is still checked.
 * Canaries: "!canary replies" replies once more; "!canary replies-form" sends a push in the middle
 * of an array. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/resp.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/server/client.h"
#include "harness/server/ledger.h"
#include "harness/world/world.h"

static RespReader readers[CLIENT_COUNT] WORLD;

/* A client, while its bytes are read. */
typedef struct {
    int number;
    LedgerState state;
    RespReader *reader;
    Text bytes; /* of this step */
    size_t at;  /* read so far */
} Reading;

/* --- findings */

#define QUOTED 120 /* bytes of the client's that a finding shows */

/* `owed`: the entry that it is about; NULL: the one before. */
_Noreturn static void report(const Reading *r, const char *kind, const Owed *owed, const char *what) {
    char name[LEDGER_NAME], signature[LEDGER_NAME + 32], who[24] = "the harness";
    Text shown = {0};
    ledger_name(r->number, owed, name);
    for (char *p = name; *p; p++) *p = *p == '|' ? '-' : (char)tolower((unsigned char)*p);
    snprintf(signature, sizeof(signature), "replies:%s:%s", kind, name);
    for (size_t i = 0; i < r->bytes.len && i < QUOTED; i++) {
        unsigned char c = (unsigned char)r->bytes.data[i];
        text_format(&shown, isprint(c) ? "%c" : c == '\r' ? "\\r" : c == '\n' ? "\\n" : "\\x%02x", c);
    }
    if (r->number != CLIENT_ADMIN) snprintf(who, sizeof(who), "client %d", r->number);
    finding_report(signature, NULL, "%s: %s; it got: %s%s", who, what, shown.data ? shown.data : "nothing",
                   r->bytes.len > QUOTED ? "..." : "");
}

/* --- what comes without a command */

typedef enum {
    FOR_PROTOCOL_3 = 1, /* as a push */
    FOR_SUBSCRIBERS = 2 /* as an array to a subscriber with RESP2, as a push with RESP3 */
} Receivers;

/* By the first element. Source: tracking.c, pubsub.c, debug.c of Valkey. */
static const struct {
    const char *word;
    Receivers receivers;
    const char *reason;
} pushes[] = {
    {"message", FOR_SUBSCRIBERS, "PUBLISH, a keyspace event, or an invalidation with REDIRECT"},
    {"pmessage", FOR_SUBSCRIBERS, "the same"},
    {"smessage", FOR_SUBSCRIBERS, "SPUBLISH"},
    {"sunsubscribe", FOR_SUBSCRIBERS, "the slot of a channel was given away"},
    {"invalidate", FOR_PROTOCOL_3, "CLIENT TRACKING"},
    {"tracking-redir-broken", FOR_PROTOCOL_3, "the client that invalidations go to is gone"},
    {"server-cpu-usage", FOR_PROTOCOL_3, "DEBUG PROTOCOL PUSH, before its reply"},
};

static bool is_listed(const char *word, bool protocol3) {
    for (int i = 0; i < COUNT_OF(pushes); i++) {
        if (strcmp(pushes[i].word, word) == 0) return protocol3 || pushes[i].receivers == FOR_SUBSCRIBERS;
    }
    return false;
}

/* "+1700000000.000000 [0 127.0.0.1:1234] ..." */
static bool is_monitor_line(const RespReader *v) {
    size_t digits = strspn(v->text, "0123456789");
    return v->type == '+' && digits && v->text[digits] == '.' && strspn(v->text + digits + 1, "0123456789") == 6 &&
           strncmp(v->text + digits + 7, " [", 2) == 0;
}

/* --- replies */

/* Takes the value as one of the confirmations that are owed, if it is one. */
static bool take_confirmation(const Reading *r, Owed *owed) {
    const RespReader *v = r->reader;
    if (!owed || owed->kind != OWED_CONFIRMATIONS || v->number != 3) return false;
    if (v->type != (owed->protocol == 3 ? '>' : '*') || strcmp(v->text, owed->word) != 0) return false;
    if (--owed->left == 0) ledger_take(r->number);
    return true;
}

/* May it be a message of RESP2? Not between the elements of EXEC's array: a client's own messages
 * wait for its end (networking.c, shouldDeferPushMessage). */
static bool may_be_message(const Reading *r, const Owed *owed) {
    const RespReader *v = r->reader;
    bool subscribed = owed ? owed->subscribed && !owed->element : r->state.subscribed;
    return v->type == '*' && v->number >= 3 && subscribed && r->state.spoke2;
}

/* Is it something that may come between replies? */
static bool is_between(const Reading *r, const Owed *owed) {
    const RespReader *v = r->reader;
    if (r->state.monitors && is_monitor_line(v)) return true;
    return (v->type == '>' || may_be_message(r, owed)) && is_listed(v->text, v->type == '>');
}

/* Not EXEC's array, whose head take_head sees. */
static void take_exec(const Reading *r, Owed *owed) {
    const RespReader *v = r->reader;
    bool null = v->type == '_' || (v->type == '*' && v->number == -1), none = v->type == '*' && v->number == 0;
    if (none && owed->left != 0) report(r, "count", owed, "an array without elements for a transaction with some");
    if (v->type != '-' && !null && !none) report(r, "count", owed, "EXEC replies with neither an array nor an error");
    ledger_take(r->number);
    ledger_take_elements(r->number);
}

static void take_reply(const Reading *r, Owed *owed) {
    const RespReader *v = r->reader;
    switch (owed->kind) {
    case OWED_EXEC:
        take_exec(r, owed);
        return;
    case OWED_CONFIRMATIONS:
        report(r, "count", owed, "a reply where a subscription has to be confirmed");
    case OWED_QUEUED:
        if (v->type != '+' || strcmp(v->text, "QUEUED") != 0) report(r, "count", owed, "queued, and not QUEUED");
        break;
    case OWED_REPLY:
        if (owed->refused && v->type != '-') report(r, "accepted", owed, "accepted, though its payload is not valid");
        break;
    }
    ledger_take(r->number);
}

/* A value has ended. */
static void take_value(const Reading *r) {
    const RespReader *v = r->reader;
    Owed *owed = ledger_first(r->number);
    if (v->type == '>' && !r->state.spoke3) report(r, "form", owed, "a push to a client that speaks RESP2");
    if (take_confirmation(r, owed) || is_between(r, owed)) return;
    if (v->type == '>') report(r, "count", owed, "a push that nothing has asked for");
    if (!owed && v->type == '-' && r->state.closed) return;
    if (!owed) report(r, "count", NULL, "a reply too many");
    if (v->only3 && owed->protocol < 3) report(r, "form", owed, "a type of RESP3 to a client that speaks RESP2");
    if (v->null2 && owed->protocol > 2) report(r, "form", owed, "a null of RESP2 to a client that speaks RESP3");
    take_reply(r, owed);
}

/* The head of a value was read. */
static void take_head(const Reading *r) {
    RespReader *v = r->reader;
    Owed *owed = ledger_first(r->number);
    if (v->type != '*' || !owed || owed->kind != OWED_EXEC) return;
    if (v->number != owed->left) report(r, "count", owed, "EXEC's array lacks an element, or has one too many");
    ledger_take(r->number);
    resp_end_at_head(v);
}

/* --- a step */

static void read_bytes(Reading *r) {
    while (r->at < r->bytes.len) {
        size_t used;
        RespEvent event = resp_read(r->reader, r->bytes.data + r->at, r->bytes.len - r->at, &used);
        r->at += used;
        if (event == RESP_WRONG) report(r, "form", ledger_first(r->number), r->reader->wrong);
        if (event == RESP_HEAD) take_head(r);
        if (event == RESP_VALUE) take_value(r);
    }
}

/* Nothing may be missing, unless more is to come. */
static void check_end(const Reading *r) {
    const LedgerState *state = &r->state;
    int owed = ledger_state(r->number).owed;
    if (state->closed || state->unwritten) return;
    if (!resp_between(r->reader)) report(r, "form", ledger_first(r->number), "a reply that does not end");
    if (owed) report(r, "count", ledger_first(r->number), "a reply is missing");
    if (state->unread && !state->waits) report(r, "count", NULL, "a command after this one was not run");
}

static void check_client(int number) {
    Reading r = {
        .number = number, .state = ledger_state(number), .reader = &readers[number], .bytes = client_reply(number)};
    r.at = r.state.from;
    if (r.state.fresh) readers[number] = (RespReader){0};
    if (r.state.followed) {
        read_bytes(&r);
        check_end(&r);
    }
    if (r.state.closed) readers[number] = (RespReader){0}; /* perhaps in the middle of a reply */
    ledger_settle(number);
}

static void begin(bool again) {
    (void)again;
    ledger_start();
}

static void settled(int number, const Step *step) {
    (void)number, (void)step;
    for (int i = 0; i < CLIENT_COUNT; i++) check_client(i);
}

const Oracle oracle_replies = {
    .name = "replies",
    .word = "replies",
    .title = "Replies",
    .finds = "A client got a reply too many or too few, or one that is not well-formed.",
    .share = 1,
    .follows = true,
    .begin = begin,
    .settled = settled,
};
