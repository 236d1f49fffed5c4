/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_pubsub.c -- do the server's tables of channels and those of its clients agree? See shape.h.
 *
 * The server has a table of subscribers for each channel, each client a table of its channels. Both
 * hold the same channel object, which a move must replace in every one of them: an equal object is
 * not enough, for defrag looks for it by its address.
 *
 * Patterns are not shared that way and defrag leaves them alone: their tables are checked, not
 * their ties. */
#include "harness/structures/shape.h"

/* One of the two kinds of channels. */
typedef struct {
    CompatSet *(*channels_of)(client *c);
    robj *channel; /* whose subscribers are being visited, and its hash */
    uint64_t hash;
    size_t ties; /* pairs of a channel and a client, seen from the server */
} Kind;

static void check_subscriber(void *entry, uint64_t hash, void *context) {
    (void)hash;
    Kind *kind = context;
    client *c = entry;
    kind->ties++;
    if (c->pubsub_data && shape_set_holds(kind->channels_of(c), kind->channel, kind->hash)) return;
    shape_broken("shape:pubsub:client", kind->channel,
                 "client %llu subscribes to a channel that is not in the client's own table",
                 (unsigned long long)c->id);
}

static void check_channel(void *entry, uint64_t hash, void *context) {
    Kind *kind = context;
    CompatSet *subscribers = entry;
    kind->channel = (robj *)compat_channel_name(subscribers);
    kind->hash = hash;
    shape_at("channel", objectGetVal(kind->channel), -1);
    /* The queue of a transaction under way holds SUBSCRIBE's arguments as well. */
    size_t references = kind->channel->refcount, wanted = compat_set_size(subscribers) + 1;
    if (references < wanted || (references > wanted && !server.in_exec))
        shape_broken("shape:pubsub:references", kind->channel, "a channel with %zu subscribers has %u references",
                     compat_set_size(subscribers), (unsigned)kind->channel->refcount);
    shape_set(subscribers, check_subscriber, kind);
}

/* The pairs of a channel and a client, seen from the clients. */
static size_t count_ties(const Kind *kind) {
    size_t ties = 0;
    for (const listNode *node = server.clients->head; node; node = node->next) {
        client *c = node->value;
        if (!c->pubsub_data) continue;
        shape_set(kind->channels_of(c), NULL, NULL);
        ties += compat_set_size(kind->channels_of(c));
    }
    return ties;
}

static void check_kind(kvstore *store, CompatSet *(*channels_of)(client *c)) {
    Kind kind = {.channels_of = channels_of};
    shape_store(store, check_channel, &kind);
    shape_at("the tables of channels", NULL, -1);
    size_t ties = count_ties(&kind);
    if (ties != kind.ties)
        shape_broken("shape:pubsub:count", NULL, "clients subscribe to %zu channels, the server's tables say %zu", ties,
                     kind.ties);
}

static void check_patterns(void) {
    shape_at("the tables of channel patterns", NULL, -1);
    shape_table_dict(server.pubsub_patterns, NULL, NULL);
    for (const listNode *node = server.clients->head; node; node = node->next) {
        const client *c = node->value;
        if (c->pubsub_data) shape_set(c->pubsub_data->pubsub_patterns, NULL, NULL);
    }
}

void shape_pubsub(void) {
    check_kind(server.pubsub_channels, getClientPubSubChannels);
    check_kind(server.pubsubshard_channels, getClientPubSubShardChannels);
    check_patterns();
}
