/* SPDX-License-Identifier: BSD-3-Clause */
/* ledger.c -- which replies are owed to each client; see ledger.h.
 *
 * A command that waits (it is blocked, or its client is paused) keeps its entry, which is written
 * again when the server runs the command again. EXEC's entry comes before those of its elements:
 * the elements are entered while it runs.
 *
 * Limits: part of the world, so nothing is allocated. */
#include "harness/server/ledger.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/server/calls.h"
#include "harness/stream/stream.h"
#include "harness/valkey/channels.h"
#include "harness/valkey/compat.h"
#include "harness/world/world.h"

void __real_call(client *c, int flags);
void __wrap_call(client *c, int flags);
int __real_processCommand(client *c);
int __wrap_processCommand(client *c);

#if CHECKED_ledger

enum { LINES = STREAM_MAX_CLIENTS + 1 }; /* the last one is the harness's own */

typedef struct {
    const connection *conn; /* NULL: not connected */
    Owed entries[LEDGER_ENTRIES];
    int first, count;
    int running;      /* index of the entry of the command that runs, from the first one */
    int next_element; /* of its transaction */
    int unread;
    bool waiting;     /* the last entry is one of a command that may run again */
    bool lost;        /* more was owed than there is room for */
    const char *last; /* name in the last entry that was taken off */
    size_t from;      /* as in LedgerState */
    bool fresh, closed, subscribed, monitors, spoke2, spoke3; /* since ledger_settle */
} Line;

static Line lines[LINES] WORLD;
static bool started WORLD;

/* --- the entries of a line */

static Owed *entry_at(Line *line, int index) {
    return &line->entries[(line->first + index) % LEDGER_ENTRIES];
}

/* Returns the new entry, or NULL when there is no room. */
static Owed *add(Line *line) {
    if (line->count == LEDGER_ENTRIES) line->lost = true;
    if (line->lost) return NULL;
    Owed *owed = entry_at(line, line->count++);
    *owed = (Owed){.kind = OWED_REPLY, .protocol = 2};
    return owed;
}

static void take(Line *line) {
    line->last = entry_at(line, 0)->name;
    line->first = (line->first + 1) % LEDGER_ENTRIES;
    line->count--;
}

/* The last entry stays as long as its command may run again. */
Owed *ledger_first(int client) {
    Line *line = &lines[client];
    while (line->count > line->waiting && entry_at(line, 0)->nothing) take(line);
    return line->count && !entry_at(line, 0)->nothing ? entry_at(line, 0) : NULL;
}

void ledger_take(int client) {
    take(&lines[client]);
}

void ledger_take_elements(int client) {
    Line *line = &lines[client];
    while (line->count && entry_at(line, 0)->element && entry_at(line, 0)->unseen) take(line);
}

void ledger_name(int client, const Owed *owed, char name[LEDGER_NAME]) {
    const char *known = owed ? owed->name : lines[client].last;
    snprintf(name, LEDGER_NAME, "%s", known ? known : owed ? "unknown" : "none");
}

/* --- connections */

void ledger_connected(int client, const void *conn, size_t from) {
    lines[client] = (Line){.conn = conn, .from = from, .fresh = true};
}

void ledger_closed(int client) {
    lines[client].conn = NULL;
    lines[client].closed = true;
}

void ledger_sent(int client) {
    lines[client].unread++;
}

static const client *struct_of(const Line *line) {
    return line->conn ? connGetPrivateData((connection *)line->conn) : NULL;
}

static Line *line_of(const client *c) {
    for (int i = 0; started && c->conn && i < LINES; i++) {
        if (lines[i].conn == c->conn) return &lines[i];
    }
    return NULL;
}

/* --- what a command owes */

#define DUMP_FOOTER 10 /* bytes: the version in 2, the checksum in 8 */

/* Is it RESTORE of a payload whose checksum is wrong, or that a later version has written? The
 * footer is what cluster.c (createDumpPayload) writes. */
static bool is_bad_payload(const client *c) {
    if (c->argc < 4 || strcasecmp(objectGetVal(c->argv[0]), "restore") != 0) return false;
    const unsigned char *payload = objectGetVal(c->argv[3]);
    size_t len = sdslen(objectGetVal(c->argv[3])), signed_len = len - (DUMP_FOOTER - 2);
    uint64_t checksum;
    if (len < DUMP_FOOTER) return true;
    const unsigned char *footer = payload + len - DUMP_FOOTER;
    memcpy(&checksum, footer + 2, sizeof(checksum));
    if (server.rdb_version_check == RDB_VERSION_CHECK_STRICT && (footer[0] | footer[1] << 8) > RDB_VERSION) return true;
    return !server.skip_checksum_validation && crc64(0, payload, signed_len) != checksum;
}

/* What is known before a command runs. */
typedef struct {
    bool refused, silent, multi, aborted, skips_next, subscribed;
    int queued, argc;
    long long commands; /* that the server has run */
    int64_t channels, patterns, shard_channels;
} Before;

static bool is_silent(const client *c) {
    return c->flag.reply_off || c->flag.reply_skip;
}

static Before look(const client *c) {
    Before before = {.refused = is_bad_payload(c),
                     .silent = is_silent(c),
                     .multi = c->flag.multi,
                     .aborted = c->flag.dirty_cas || c->flag.dirty_exec,
                     .skips_next = c->flag.reply_skip_next,
                     .subscribed = c->flag.pubsub,
                     .queued = c->flag.multi && c->mstate ? c->mstate->count : 0,
                     .argc = c->argc,
                     .commands = server.stat_numcommands};
    if (c->pubsub_data) {
        before.channels = (int64_t)compat_set_size(c->pubsub_data->pubsub_channels);
        before.patterns = (int64_t)compat_set_size(c->pubsub_data->pubsub_patterns);
        before.shard_channels = (int64_t)compat_set_size(c->pubsub_data->pubsubshard_channels);
    }
    return before;
}

static bool is_queued(const client *c, const Before *before) {
    return before->multi && c->flag.multi && c->mstate && c->mstate->count == before->queued + 1;
}

/* A confirmation for each argument; without arguments one for each subscription, and at least
 * one. */
static void owe_confirmations(Owed *owed, const char *word, const Before *before, int64_t subscriptions) {
    owed->kind = OWED_CONFIRMATIONS;
    owed->word = word;
    owed->left = before->argc > 1 ? before->argc - 1 : subscriptions > 0 ? subscriptions : 1;
}

typedef void OweFn(Owed *owed, const client *c, const Before *before);

static void owe_subscribe(Owed *owed, const client *c, const Before *before) {
    (void)c;
    owe_confirmations(owed, owed->name, before, 0);
}

/* Refused where a command may not block, as in a transaction (pubsub.c, ssubscribeCommand). */
static void owe_ssubscribe(Owed *owed, const client *c, const Before *before) {
    if (c->flag.deny_blocking)
        owed->nothing = is_silent(c);
    else
        owe_confirmations(owed, owed->name, before, 0);
}

static void owe_unsubscribe(Owed *owed, const client *c, const Before *before) {
    (void)c;
    owe_confirmations(owed, owed->name, before, before->channels);
}

static void owe_punsubscribe(Owed *owed, const client *c, const Before *before) {
    (void)c;
    owe_confirmations(owed, owed->name, before, before->patterns);
}

static void owe_sunsubscribe(Owed *owed, const client *c, const Before *before) {
    (void)c;
    owe_confirmations(owed, owed->name, before, before->shard_channels);
}

static void owe_exec(Owed *owed, const client *c, const Before *before) {
    (void)c;
    owed->kind = OWED_EXEC;
    owed->left = before->queued;
    owed->nothing = before->silent;
}

/* OFF and SKIP owe nothing when they are carried out. */
static void owe_reply(Owed *owed, const client *c, const Before *before) {
    const char *which = before->argc == 3 ? objectGetVal(c->argv[2]) : "";
    owed->nothing = is_silent(c);
    if (strcasecmp(which, "skip") == 0) owed->nothing |= c->flag.reply_skip_next || before->skips_next;
}

/* Commands that owe something else than one value, once they run. */
static const struct {
    CommandName name;
    OweFn *owe;
} unusual[] = {
    {"subscribe", owe_subscribe},
    {"psubscribe", owe_subscribe},
    {"ssubscribe", owe_ssubscribe},
    {"unsubscribe", owe_unsubscribe},
    {"punsubscribe", owe_punsubscribe},
    {"sunsubscribe", owe_sunsubscribe},
    {"exec", owe_exec},
    {"client|reply", owe_reply},
};

/* Fills in the entry of a command that was run, or rejected. */
static void owe(Owed *owed, const client *c, const Before *before, bool ran) {
    owed->name = c->realcmd ? c->realcmd->fullname : NULL;
    owed->protocol = (uint8_t)c->resp;
    owed->subscribed = before->subscribed;
    owed->nothing = is_silent(c);
    owed->kind = is_queued(c, before) ? OWED_QUEUED : OWED_REPLY;
    /* What comes after a refused command of a transaction is queued, be it wrong or right. */
    bool queues = before->multi && before->aborted;
    owed->refused = before->refused && owed->kind == OWED_REPLY && !queues;
    if (owed->kind == OWED_QUEUED || !ran || !owed->name) return;
    for (int i = 0; i < COUNT_OF(unusual); i++) {
        if (strcasecmp(unusual[i].name, owed->name) != 0) continue;
        owed->nothing = false;
        unusual[i].owe(owed, c, before);
    }
}

static void note_state(Line *line, const client *c) {
    line->subscribed |= c->flag.pubsub;
    line->monitors |= c->flag.monitor;
    line->spoke2 |= c->resp == 2;
    line->spoke3 |= c->resp == 3;
}

/* --- transactions */

/* Elements that EXEC replied to without running them, up to `until`: their permissions are gone. */
static void add_unseen(Line *line, const client *c, const multiCmd *commands, int until) {
    for (; line->next_element < until; line->next_element++) {
        Owed *owed = add(line);
        if (!owed) return;
        owed->name = commands ? commands[line->next_element].cmd->fullname : NULL;
        owed->protocol = (uint8_t)c->resp;
        owed->element = owed->unseen = true;
    }
}

/* The index of the command that EXEC has come to. */
static int element_of(const Line *line, const client *c) {
    int i = line->next_element;
    while (i < c->mstate->count && c->mstate->commands[i].argv != c->argv) i++;
    return i;
}

/* Runs instead of call() where another file of the server calls it: for EXEC's elements. What
 * scripts and modules run has clients without a connection. */
void __wrap_call(client *c, int flags) {
    Line *line = server.in_exec ? line_of(c) : NULL;
    if (!line) {
        if (!c->conn) calls_begin(c, CALLS_SCRIPT);
        __real_call(c, flags);
        if (!c->conn) calls_end(c, CALLS_SCRIPT, true);
        return;
    }
    add_unseen(line, c, c->mstate->commands, element_of(line, c));
    line->next_element++;
    Before before = look(c);
    Owed *owed = add(line);
    calls_begin(c, CALLS_ELEMENT);
    __real_call(c, flags);
    calls_end(c, CALLS_ELEMENT, true);
    note_state(line, c);
    if (!owed) return;
    owe(owed, c, &before, true);
    owed->element = true;
}

/* --- requests */

/* The entry of a command that begins, or begins again. */
static void begin(Line *line, bool again) {
    if (!again || !line->waiting || !line->count) {
        line->unread--;
        add(line);
    }
    line->running = line->count - 1;
    line->next_element = 0;
}

/* An array whose head was sent has all its elements, even if CLIENT REPLY is one of them; without a
 * head there are none. Subscriptions are always confirmed (pubsub.c). */
static void owe_elements(Line *line, bool nothing) {
    for (int i = line->running + 1; i < line->count; i++) {
        Owed *owed = entry_at(line, i);
        if (owed->kind != OWED_CONFIRMATIONS) owed->nothing = nothing;
    }
}

static void finish(Line *line, const client *c, const Before *before) {
    bool ran = server.stat_numcommands != before->commands;
    calls_end(c, CALLS_CLIENT, ran);
    line->waiting = c->flag.blocked;
    note_state(line, c);
    if (line->lost) return;
    Owed *owed = entry_at(line, line->running);
    owe(owed, c, before, ran);
    if (owed->kind != OWED_EXEC) return;
    if (!before->aborted) add_unseen(line, c, NULL, before->queued);
    owe_elements(line, owed->nothing);
}

int __wrap_processCommand(client *c) {
    Line *line = line_of(c);
    if (!line) return __real_processCommand(c);
    Before before = look(c);
    begin(line, c->cmd != NULL);
    calls_begin(c, CALLS_CLIENT);
    int result = __real_processCommand(c);
    /* The client may have been freed: then it is not the current one any more. */
    if (server.current_client == c && line->conn) finish(line, c, &before);
    return result;
}

/* --- for the reader */

void ledger_start(void) {
    started = true;
    for (int i = 0; i < LINES; i++) ledger_connected(i, lines[i].conn, 0);
}

/* Entries for which something has to be sent by now. */
static int due(Line *line, bool waits) {
    int owed = 0, count = line->count - (waits && line->waiting && line->count);
    for (int i = 0; i < count; i++) owed += !entry_at(line, i)->nothing;
    return owed;
}

LedgerState ledger_state(int client) {
    Line *line = &lines[client];
    const struct client *c = struct_of(line);
    bool waits = c && c->flag.blocked;
    return (LedgerState){.followed = started && !line->lost,
                         .fresh = line->fresh,
                         .closed = line->closed,
                         .waits = waits,
                         .unwritten = c && (clientHasPendingReplies((struct client *)c) || c->flag.close_asap ||
                                            c->flag.close_after_reply || c->flag.unblocked),
                         .subscribed = line->subscribed,
                         .monitors = line->monitors,
                         .spoke2 = line->spoke2,
                         .spoke3 = line->spoke3,
                         .unread = line->unread,
                         .owed = due(line, waits),
                         .from = line->from};
}

void ledger_settle(int client) {
    Line *line = &lines[client];
    if (line->closed) ledger_connected(client, line->conn, 0);
    line->from = 0;
    line->fresh = line->closed = line->subscribed = line->monitors = line->spoke2 = line->spoke3 = false;
    const struct client *c = struct_of(line);
    if (c) note_state(line, c);
}

#else /* nobody is followed */

void __wrap_call(client *c, int flags) {
    __real_call(c, flags);
}

int __wrap_processCommand(client *c) {
    return __real_processCommand(c);
}

void ledger_start(void) {
}

Owed *ledger_first(int client) {
    (void)client;
    return NULL;
}

void ledger_take(int client) {
    (void)client;
}

void ledger_take_elements(int client) {
    (void)client;
}

LedgerState ledger_state(int client) {
    (void)client;
    return (LedgerState){0};
}

void ledger_settle(int client) {
    (void)client;
}

void ledger_name(int client, const Owed *owed, char name[LEDGER_NAME]) {
    (void)client, (void)owed;
    name[0] = '\0';
}

void ledger_connected(int client, const void *conn, size_t from) {
    (void)client, (void)conn, (void)from;
}

void ledger_closed(int client) {
    (void)client;
}

void ledger_sent(int client) {
    (void)client;
}

#endif
