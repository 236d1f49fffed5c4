/* SPDX-License-Identifier: BSD-3-Clause */
/* batch.c -- steps that are sent in one transaction; see batch.h. */
#include "harness/run/batch.h"

#include <string.h>
#include <strings.h>

#include "harness/base/valkey_name.h"
#include "harness/oracles/transaction.h"
#include "harness/server/catalogue.h"
#include "harness/server/client.h"
#include "harness/server/reload.h"
#include "harness/world/clock.h"

/* What may not be queued, what would end a transaction or the connection, and what is about the
 * next command. */
static const CommandNames alone =
    "multi exec discard watch unwatch reset quit hello auth monitor asking subscribe psubscribe ssubscribe "
    "unsubscribe punsubscribe sunsubscribe client wait waitaof script function debug failover cluster config";

static const char *first_word(const Step *step) {
    bool named = step->kind == STEP_COMMAND && step->nargs && step->args[0].kind == ARG_LITERAL;
    return named ? step->args[0].parts[0].data : "";
}

static bool can_be_queued(const Step *step) {
    const char *name = first_word(step);
    const CatCommand *command = catalogue_find(name, NULL);
    return *name && !valkey_names_have(alone, name) && !(command && command->blocking);
}

/* Has the client a transaction of its own open before the step at `at`? */
static bool in_own_transaction(const Stream *stream, int at, int client) {
    bool open = false;
    for (int i = 0; i < at; i++) {
        const Step *step = &stream->steps[i];
        if (step->client != client) continue;
        if (step->kind == STEP_VERB && step->verb == VERB_CLOSE) open = false;
        if (strcasecmp(first_word(step), "multi") == 0) open = true;
        if (valkey_names_have("exec discard reset quit", first_word(step))) open = false;
    }
    return open;
}

/* The number of steps from index `first` on, below `limit`, that one client sends and that can be
 * queued; 0: none can. */
static int count_steps(const Stream *stream, int first, int limit) {
    int client = stream->steps[first].client, count = 0;
    if (stream->settings.cluster || in_own_transaction(stream, first, client)) return 0;
    while (count < BATCH_MOST && first + count < limit) {
        const Step *step = &stream->steps[first + count];
        if (step->client != client || !can_be_queued(step) || !transaction_takes(first + count + 1)) break;
        count++;
    }
    return count;
}

static bool client_got(int client, const char *reply) {
    Text got = client_reply(client);
    return got.len == strlen(reply) && memcmp(got.data, reply, got.len) == 0;
}

void batch_begin(Batch *batch, const Stream *stream, int at, int limit) {
    if (batch->end || !reload_is_neutral()) return;
    int count = count_steps(stream, at, limit);
    if (count == 0) return;
    *batch = (Batch){at, at + count};
    if (transaction_is_rehearsed()) return;
    client_say(stream->steps[at].client, "multi", NULL);
    if (!client_got(stream->steps[at].client, "+OK\r\n")) transaction_part();
    client_forget_replies();
    transaction_hold(true);
}

/* The step was queued; the last one ends the transaction. */
static void queue_step(const Batch *batch, int client, int at) {
    if (!client_got(client, "+QUEUED\r\n")) transaction_part();
    client_forget_replies();
    if (at + 1 < batch->end) return;
    client_say(client, "exec", NULL);
    transaction_hold(false);
}

void batch_continue(Batch *batch, const Stream *stream, int at) {
    if (!batch->end) return;
    if (!transaction_is_rehearsed()) queue_step(batch, stream->steps[at].client, at);
    if (at + 1 < batch->end) return;
    clock_advance((batch->end - batch->begin) * CLOCK_COMMAND_US);
    *batch = (Batch){0};
}
