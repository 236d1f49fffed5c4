/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_pubsub.c -- do the server's tables of channels match those of its clients? See shape.h.
 *
 * The server has a table of subscribers for each channel, each client a table of its channels. They
 * share one channel object, which a move must replace in all of them. An equal object is not
 * enough, because defrag searches for it by address.
 *
 * Patterns are not shared and defrag does not move them: their tables are checked, and that server
 * and clients have the same number of pairs. All counts are always equal. */
#include "harness/structures/shape.h"

#if CHECKED_shape_pubsub

#include "harness/valkey/channels.h"

/* Channels or shard channels. */
typedef struct {
    CompatSet *(*channels_of)(client *c);
    robj *channel; /* the channel whose subscribers are being visited, and its hash */
    uint64_t hash;
    size_t pairs; /* pairs of channel and client, as the server has them */
} Channels;

static void check_subscriber(void *entry, uint64_t hash, void *context) {
    (void)hash;
    Channels *channels = context;
    client *c = entry;
    channels->pairs++;
    if (c->pubsub_data && shape_set_holds(channels->channels_of(c), channels->channel, channels->hash)) return;
    shape_broken("shape:pubsub:client", channels->channel,
                 "client %llu subscribes to a channel that is not in the client's own table",
                 (unsigned long long)c->id);
}

static void check_channel(void *entry, uint64_t hash, void *context) {
    Channels *channels = context;
    CompatSet *subscribers = entry;
    channels->channel = (robj *)compat_channel_name(subscribers);
    channels->hash = hash;
    shape_at("channel", objectGetVal(channels->channel), -1);
    /* The queue of a running transaction holds SUBSCRIBE's arguments as well. */
    size_t references = channels->channel->refcount, wanted = compat_set_size(subscribers) + 1;
    if (references < wanted || (references > wanted && !server.in_exec))
        shape_broken("shape:pubsub:references", channels->channel, "a channel with %zu subscribers has %u references",
                     compat_set_size(subscribers), (unsigned)channels->channel->refcount);
    shape_set(subscribers, check_subscriber, channels);
}

/* The number of pairs of channel and client, as the clients have them. */
static size_t count_pairs(const Channels *channels) {
    size_t pairs = 0;
    for (const listNode *node = server.clients->head; node; node = node->next) {
        client *c = node->value;
        if (!c->pubsub_data) continue;
        shape_set(channels->channels_of(c), NULL, NULL);
        pairs += compat_set_size(channels->channels_of(c));
    }
    return pairs;
}

static void check_channels(kvstore *store, CompatSet *(*channels_of)(client *c)) {
    Channels channels = {.channels_of = channels_of};
    shape_store(store, check_channel, &channels);
    shape_at("the tables of channels", NULL, -1);
    size_t pairs = count_pairs(&channels);
    if (SHAPE_CALLS_BACK && pairs != channels.pairs)
        shape_broken("shape:pubsub:count", NULL, "clients subscribe to %zu channels, the server's tables say %zu",
                     pairs, channels.pairs);
}

static void check_pattern(void *entry, uint64_t hash, void *context) {
    (void)hash;
    CompatSet *subscribers = dictGetVal((dictEntry *)entry);
    shape_set(subscribers, NULL, NULL);
    *(size_t *)context += compat_set_size(subscribers);
}

static void check_patterns(void) {
    size_t at_server = 0, at_clients = 0;
    shape_at("the tables of channel patterns", NULL, -1);
    shape_dict(server.pubsub_patterns, check_pattern, &at_server);
    for (const listNode *node = server.clients->head; node; node = node->next) {
        const client *c = node->value;
        if (!c->pubsub_data) continue;
        shape_set(c->pubsub_data->pubsub_patterns, NULL, NULL);
        at_clients += compat_set_size(c->pubsub_data->pubsub_patterns);
    }
    if (SHAPE_CALLS_BACK && at_server != at_clients)
        shape_broken("shape:pubsub:count", NULL, "clients subscribe to %zu patterns, the server's table says %zu",
                     at_clients, at_server);
}

void shape_pubsub(void) {
    check_channels(server.pubsub_channels, getClientPubSubChannels);
    check_channels(server.pubsubshard_channels, getClientPubSubShardChannels);
    check_patterns();
}

#endif
