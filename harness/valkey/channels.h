/* SPDX-License-Identifier: BSD-3-Clause */
/* channels.h -- the sets of pub/sub: the subscribers of a channel or pattern (clients), the
 * channels or patterns of a client (string objects). Hash tables since 9.1, dicts without values
 * before. */
#ifndef HARNESS_VALKEY_CHANNELS_H
#define HARNESS_VALKEY_CHANNELS_H

#include "harness/valkey/compat.h"

typedef __typeof__(*((ClientPubSubData *)0)->pubsub_channels) CompatSet;

static inline size_t compat_set_size(CompatSet *set) {
#if HAVE_CHANNELS_IN_HASHTABLE
    return hashtableSize(set);
#else
    return dictSize(set);
#endif
}

/* The name of a channel, given the set of its subscribers (an entry of server.pubsub_channels). */
static inline const robj *compat_channel_name(CompatSet *subscribers) {
#if HAVE_CHANNELS_IN_HASHTABLE
    return *(robj **)hashtableMetadata(subscribers);
#else
    return *(robj **)dictMetadata(subscribers);
#endif
}

#endif
