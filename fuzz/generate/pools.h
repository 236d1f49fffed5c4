/* SPDX-License-Identifier: BSD-3-Clause */
/* pools.h -- the words of random streams: typed pools of key names, and values for every kind of
 * argument.
 *
 * There are a few names for each type of key, so that commands soon share keys. The first letter of
 * a name is its type ("h2" is a hash). The other pools are small too: few fields, members, channels
 * and groups, so that most of those that are read exist. Sizes are on both sides of the limits at
 * which Valkey changes an encoding (44 bytes for embedded strings, 64 for packed elements, 512 and
 * 128 for counts).
 *
 * Limits: a kind is a guess at what the command's parser accepts; about one command in ten may
 * fail. */
#ifndef FUZZ_GENERATE_POOLS_H
#define FUZZ_GENERATE_POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fuzz/base/prng.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

typedef enum {
    KEYS_STRINGS,  /* s0.. */
    KEYS_COUNTERS, /* n0.. strings that hold integers */
    KEYS_FLOATS,   /* m0.. strings that hold floats */
    KEYS_LISTS,    /* l0.. */
    KEYS_SETS,     /* t0.. */
    KEYS_HASHES,   /* h0.. */
    KEYS_ZSETS,    /* z0.. */
    KEYS_STREAMS,  /* x0.. */
    KEYS_HLL,      /* p0.. */
    KEYS_BITMAPS,  /* b0.. */
    KEYS_GEO,      /* g0.. */
    KEYS_TREES,    /* r0.. these three are the sample module's */
    KEYS_TABLES,   /* w0.. */
    KEYS_PAGES,    /* v0.. */
    KEYS_POOLS,
    KEYS_ANY = KEYS_POOLS, /* one of the above, drawn once for a step */
    KEYS_SORTABLE,         /* lists, sets or sorted sets */
    KEYS_GROUPED,          /* streams, preferably those with a consumer group */
} KeyPool;

#define POOL_NAMES 4      /* names in a pool of keys */
#define POOL_NAME_ROOM 16 /* bytes for any key name and its zero */
#define POOL_BODIES 32    /* the most scripts, and the most libraries */

/* The meaning of an argument where the command table's type is too general. */
typedef enum {
    KIND_VALUE,
    KIND_INTEGER,
    KIND_DOUBLE,
    KIND_SMALL,
    KIND_COUNT,
    KIND_PICKS, /* how many random entries: no limit of a type, which would take minutes */
    KIND_INDEX,
    KIND_RANK,
    KIND_BIT,
    KIND_BIT_OFFSET,
    KIND_BYTE_OFFSET,
    KIND_FIELD_OFFSET,
    KIND_BITFIELD_TYPE,
    KIND_FIELD,
    KIND_COUNTER_FIELD,
    KIND_FLOAT_FIELD,
    KIND_MEMBER,
    KIND_ELEMENT,
    KIND_PLACE,
    KIND_SCORE,
    KIND_SCORE_BOUND,
    KIND_LEX_BOUND,
    KIND_TIMEOUT,
    KIND_BLOCK_MS,
    KIND_SECONDS,
    KIND_MILLISECONDS,
    KIND_UNIX_SECONDS,
    KIND_UNIX_MILLISECONDS,
    KIND_CURSOR,
    KIND_GLOB,
    KIND_CHANNEL,
    KIND_CHANNEL_GLOB,
    KIND_BY_PATTERN,
    KIND_GET_PATTERN,
    KIND_NEW_ID,
    KIND_ID,
    KIND_ID_BOUND,
    KIND_READ_ID,
    KIND_GROUP_READ_ID,
    KIND_LAST_ID,
    KIND_GROUP,
    KIND_CONSUMER,
    KIND_SCRIPT,
    KIND_SCRIPT_RO,
    KIND_SHA,
    KIND_SHA_RO,
    KIND_LIBRARY_CODE,
    KIND_LIBRARY,
    KIND_FUNCTION,
    KIND_FUNCTION_RO,
    KIND_LONGITUDE,
    KIND_LATITUDE,
    KIND_RADIUS,
    KIND_DATABASE,
    KIND_TYPE_NAME,
    KIND_DUMP,
    KIND_ZERO,
    KIND_PROTOCOL,
    KIND_CLIENT_ID,
    KIND_WORD,
    KIND_USER,
    KIND_SLOT,
    KIND_COMMAND,
    KIND_PFDEBUG,
    KIND_SECTION,
    KIND_MODULE,
    KIND_CALL_FLAGS, /* of ValkeyModule_Call */
    KIND_PARAMETER,
    KIND_ACL_USER,
    KIND_ACL_RULE,
    KIND_ACL_CATEGORY,
    KIND_PASSWORD,
    KIND_KEYS_COMMAND,
    KIND_ADDRESS,
    KIND_CLIENT_FLAGS,
    KIND_CAPABILITY,
    KIND_ENGINE,
    KIND_NODE_ID,
    KIND_METRIC,
    KIND_EVENT,
    KIND_LOG,
    KIND_FUNCTION_DUMP,
} ValueKind;

/* What probably exists in a stream under construction; see draft.h. */
typedef struct {
    uint64_t swarm; /* what the stream leaves out (weights.h); 0: nothing */
    int databases;
    bool cluster;                /* key names share one slot */
    bool module;                 /* the sample module is loaded */
    uint8_t alive[KEYS_POOLS];   /* a bit for each key of the pool that was written to */
    uint32_t scripts, libraries; /* a bit for each loaded body of the pools below */
    int64_t next_id;             /* the next explicit stream ID is next_id-1 */
    uint8_t groups;              /* a bit for each stream with a consumer group */
    struct {
        bool subscribed, multi, resp3;
        int busy; /* perhaps blocked: steps for which other clients are preferred */
    } clients[STREAM_MAX_CLIENTS];
} Draft;

/* The pool of keys for a group's commands; KEYS_ANY for generic ones. */
KeyPool pools_of_group(CatGroup group);

/* A concrete pool: a random one for KEYS_ANY and KEYS_SORTABLE, mostly with a key that is believed
 * to exist; streams for KEYS_GROUPED, else the pool itself. */
KeyPool pools_draw(Prng *prng, const Draft *draft, KeyPool pool);

/* Writes the name of key `number` (0..POOL_NAMES-1) of a concrete pool, with the hash tag in
 * cluster mode. */
void pools_key_name(const Draft *draft, KeyPool pool, int number, char name[POOL_NAME_ROOM]);

/* Appends a key of the pool (any but KEYS_ANY and KEYS_SORTABLE) to the step: mostly one that is
 * believed to exist. */
void pools_add_key(Prng *prng, const Draft *draft, KeyPool pool, Step *step);

/* Is the text a key name of a pool? If so, sets *pool and *number. */
bool pools_is_key(Text text, KeyPool *pool, int *number);

/* Appends one argument of that kind to the step. */
void pools_add_value(Prng *prng, Draft *draft, ValueKind kind, Step *step);

/* The template of a %seq for that kind ("f{}" for fields), or NULL when it has none. */
const char *pools_template(ValueKind kind);

/* Bodies of scripts and of libraries: number `index` of the pool, or NULL beyond the last. */
const char *pools_script(int index);
const char *pools_library(int index);

#endif
