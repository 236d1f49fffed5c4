/* SPDX-License-Identifier: BSD-3-Clause */
/* pools.c -- typed key names and values for every kind of argument; see pools.h. */
#include "fuzz/generate/pools.h"

#include <stdio.h>
#include <string.h>

#include "fuzz/base/sha1.h"
#include "fuzz/generate/payload.h"
#include "harness/base/array.h"
#include "harness/world/clock.h"

#define CLOCK_START_MS (CLOCK_START_US / 1000)
#define CLUSTER_TAG "{t}"      /* puts all keys into one slot */
#define REDRAWS 6              /* of pools in which no key exists */
#define PERCENT_KNOWN_KEY 88   /* keys that are believed to exist, if any do */
#define PERCENT_BROKEN_DUMP 15 /* payloads that are not what a server has written */
#define WIDE_NAMES 300         /* fields, members and elements of the wide sequences */

static const char key_letters[KEYS_POOLS] = {
    [KEYS_STRINGS] = 's', [KEYS_COUNTERS] = 'n', [KEYS_FLOATS] = 'm',  [KEYS_LISTS] = 'l', [KEYS_SETS] = 't',
    [KEYS_HASHES] = 'h',  [KEYS_ZSETS] = 'z',    [KEYS_STREAMS] = 'x', [KEYS_HLL] = 'p',   [KEYS_BITMAPS] = 'b',
    [KEYS_GEO] = 'g',     [KEYS_TREES] = 'r',    [KEYS_TABLES] = 'w',  [KEYS_PAGES] = 'v',
};

/* --- Bodies: scripts have no double quotes and backslashes, to be readable in a stream */

static const struct {
    const char *body;
    bool reads; /* writes nothing: usable with EVAL_RO */
} scripts[] = {
    {"return {KEYS[1], ARGV[1]}", true},
    {"return redis.call('exists', KEYS[1] or 's0')", true},
    {"local t = {} for i = 1, 200 do t[i] = 'x' .. i end return #table.concat(t)", true},
    {"return redis.sha1hex(ARGV[1] or '')", true},
    {"return cjson.encode({KEYS, ARGV})", true},
    {"return redis.call('object', 'encoding', KEYS[1] or 'h0')", true},
    {"redis.call('set', 's0', ARGV[1] or 'v') return redis.call('get', 's0')", false},
    {"for i = 1, 300 do redis.call('rpush', 'l0', 'e' .. i) end return redis.call('llen', 'l0')", false},
    {"for i = 1, 300 do redis.call('hset', 'h0', 'f' .. i, i) end return redis.call('hlen', 'h0')", false},
    {"for i = 1, 300, 2 do redis.call('hdel', 'h0', 'f' .. i) end return 1", false},
    {"for i = 1, 200 do redis.call('zadd', 'z0', i, 'm' .. i) end return redis.call('zcard', 'z0')", false},
    {"return redis.call('del', KEYS[1] or 's1')", false},
    {"return redis.call('expire', KEYS[1] or 'h0', 100)", false},
    {"for i = 1, 150 do redis.call('xadd', 'x1', '*', 'f', i) end return redis.call('xlen', 'x1')", false},
    {"return redis.call('publish', 'ch1', ARGV[1] or 'hello')", false},
};

static const struct {
    const char *name, *function;
    bool reads; /* registered as one that writes nothing: usable with FCALL_RO */
    const char *body;
} libraries[] = {
    {"lib0", "fun0", false,
     "#!lua name=lib0\nredis.register_function('fun0', function(keys, args) return redis.call('incr', 'n0') end)"},
    {"lib1", "fun1", true,
     "#!lua name=lib1\nredis.register_function{function_name='fun1', callback=function(keys, args) return #keys end, "
     "flags={'no-writes'}}"},
    {"lib2", "fun2", false,
     "#!lua name=lib2\nlocal held = {}\nfor i = 1, 100 do held[i] = 'h' .. i end\n"
     "redis.register_function('fun2', function(keys, args) return held[#keys + 1] end)\n"
     "redis.register_function('fun3', function(keys, args) return redis.call('hset', 'h1', 'f1', #args) end)"},
};

const char *pools_script(int index) {
    return index >= 0 && index < COUNT_OF(scripts) ? scripts[index].body : NULL;
}

const char *pools_library(int index) {
    return index >= 0 && index < COUNT_OF(libraries) ? libraries[index].body : NULL;
}

/* DUMP's reply for one small value of each type, for RESTORE: RDB version 11, which every supported
 * series reads. The last ten bytes are version and checksum. */
#define DUMP(pool, bytes)                                                                                              \
    { bytes, sizeof(bytes) - 1, pool }
static const struct {
    const char *bytes;
    size_t len;
    KeyPool pool;
} dumps[] = {
    /* string */
    DUMP(KEYS_STRINGS, "\000\006dumped\013\000\265\2259\276g\016\005k"),
    /* list */
    DUMP(KEYS_LISTS,
         "\022\002\002\027\027\000\000\000\004\000\202e1\003\202e2\003\202e3\003\202e4\003\377\002\017\017\000\000\000"
         "\002\000\202e5\003\202e6\003\377\013\000\256\231\134\372\254\343\213r"),
    /* intset */
    DUMP(KEYS_SETS,
         "\013\016\002\000\000\000\003\000\000\000\001\000\002\000X\002\013\000\357\243\031\034\244\244\3422"),
    /* set */
    DUMP(KEYS_SETS, "\024\017\017\000\000\000\002\000\202m1\003\202m2\003\377\013\000\301\226\327\277\370]\343\222"),
    /* sorted set */
    DUMP(KEYS_ZSETS,
         "\021\023\023\000\000\000\004\000\202m1\003\001\001\202m2\003\002\001\377\013\000Q\031G\021\256yP\317"),
    /* hash */
    DUMP(KEYS_HASHES,
         "\020\027\027\000\000\000\004\000\202f1\003\202v1\003\202f2\003\202v2\003\377\013\000j'\361\177\350KK5"),
    /* stream with a group and a pending entry */
    DUMP(KEYS_STREAMS,
         "\025\001\020\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000\001++"
         "\000\000\000\017\000\002\001\000\001\001\001\202f1\003\000\001\002\001\000\001\000\001\202v1\003\004\001\002"
         "\001\001\001\000\001\202v2\003\004\001\377\002\002\001\001\001\000\000\002\001\004grp1\001\001\001\001\000"
         "\000\000\000\000\000\000\001\000\000\000\000\000\000\000\001\212ks\006\242\001\000\000\001\001\003ann\212ks"
         "\006\242\001\000\000\212ks\006\242\001\000\000\001\000\000\000\000\000\000\000\001\000\000\000\000\000\000"
         "\000\001\013\0000\134a\353\352\315\255e"),
};
#undef DUMP

/* --- Keys */

KeyPool pools_of_group(CatGroup group) {
    switch (group) {
    case CAT_STRINGS:
        return KEYS_STRINGS;
    case CAT_LISTS:
        return KEYS_LISTS;
    case CAT_SETS:
        return KEYS_SETS;
    case CAT_ZSETS:
        return KEYS_ZSETS;
    case CAT_HASHES:
        return KEYS_HASHES;
    case CAT_STREAMS:
        return KEYS_STREAMS;
    case CAT_HLL:
        return KEYS_HLL;
    case CAT_BITMAPS:
        return KEYS_BITMAPS;
    case CAT_GEO:
        return KEYS_GEO;
    case CAT_TREES:
        return KEYS_TREES;
    case CAT_TABLES:
        return KEYS_TABLES;
    case CAT_PAGES:
        return KEYS_PAGES;
    default:
        return KEYS_ANY;
    }
}

static KeyPool draw_once(Prng *prng, KeyPool pool) {
    static const KeyPool sortable[] = {KEYS_LISTS, KEYS_SETS, KEYS_ZSETS};
    if (pool == KEYS_SORTABLE) return sortable[prng_below(prng, COUNT_OF(sortable))];
    return (KeyPool)prng_below(prng, KEYS_POOLS);
}

KeyPool pools_draw(Prng *prng, const Draft *draft, KeyPool pool) {
    if (pool == KEYS_GROUPED) return KEYS_STREAMS;
    if (pool < KEYS_POOLS) return pool;
    KeyPool drawn = draw_once(prng, pool);
    for (int tried = 0; tried < REDRAWS && !draft->alive[drawn]; tried++) drawn = draw_once(prng, pool);
    return drawn;
}

void pools_key_name(const Draft *draft, KeyPool pool, int number, char name[POOL_NAME_ROOM]) {
    snprintf(name, POOL_NAME_ROOM, "%s%c%d", draft->cluster ? CLUSTER_TAG : "", key_letters[pool], number % POOL_NAMES);
}

void pools_add_key(Prng *prng, const Draft *draft, KeyPool pool, Step *step) {
    char name[POOL_NAME_ROOM];
    uint8_t wanted = pool == KEYS_GROUPED ? draft->groups : draft->alive[pool];
    int number = (int)prng_below(prng, POOL_NAMES);
    if (prng_chance(prng, PERCENT_KNOWN_KEY)) {
        for (int tried = 0; tried < POOL_NAMES && !(wanted & (1 << number)); tried++)
            number = (number + 1) % POOL_NAMES;
    }
    pools_key_name(draft, pools_draw(prng, draft, pool), number, name);
    step_add_string(step, name);
}

bool pools_is_key(Text text, KeyPool *pool, int *number) {
    const char *name = text.data;
    size_t len = text.len, tag = strlen(CLUSTER_TAG);
    if (len == tag + 2 && memcmp(name, CLUSTER_TAG, tag) == 0) {
        name += tag;
        len -= tag;
    }
    if (len != 2 || name[1] < '0' || name[1] >= '0' + POOL_NAMES) return false;
    const char *letter = memchr(key_letters, name[0], KEYS_POOLS);
    if (!letter) return false;
    *pool = (KeyPool)(letter - key_letters);
    *number = name[1] - '0';
    return true;
}

/* --- Small helpers of the kinds */

static void add_number(Step *step, int64_t number) {
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)number);
    step_add_string(step, text);
}

static void add_named(Step *step, const char *prefix, int64_t number) {
    char text[48];
    snprintf(text, sizeof(text), "%s%lld", prefix, (long long)number);
    step_add_string(step, text);
}

/* Appends one of the words of a list, which are separated by one space. */
static void add_word(Prng *prng, Step *step, const char *words) {
    int count = 1;
    for (const char *p = words; *p; p++) count += *p == ' ';
    for (uint64_t skip = prng_below(prng, (uint64_t)count); skip > 0; skip--) words = strchr(words, ' ') + 1;
    step_add_literal(step, words, strcspn(words, " "));
}

/* The number of a name: mostly one of a few, sometimes from the wide range that sequences fill. */
static int64_t name_number(Prng *prng) {
    return prng_chance(prng, 65) ? prng_range(prng, 1, 8) : prng_range(prng, 1, WIDE_NAMES);
}

/* Where a server goes wrong that adds a number to another one, multiplies it or negates it before
 * it checks it. Rare, because most commands only reject such a number. */
#define LIMIT_ONE_IN 120

/* Is this number one at a limit? */
static bool at_limit(Prng *prng) {
    return prng_below(prng, LIMIT_ONE_IN) == 0;
}

/* --- Values: sizes on both sides of the encoding limits */

static void add_letters(Prng *prng, Step *step, int64_t length) {
    char letter[2] = {(char)('a' + prng_below(prng, 26)), 0};
    if (length > 80) {
        step_add_repeat(step, letter, 1, length);
        return;
    }
    char text[81];
    memset(text, letter[0], (size_t)length);
    step_add_literal(step, text, (size_t)length);
}

static void add_value(Prng *prng, Step *step) {
    /* small integer, integer, float, word, about 44 bytes, about 64, kilobytes, tens of kilobytes,
     * empty, binary */
    static const int weights[] = {20, 6, 7, 32, 9, 9, 9, 2, 2, 4};
    switch (prng_weighted(prng, weights, COUNT_OF(weights))) {
    case 0:
        add_number(step, prng_range(prng, 0, 20));
        break;
    case 1:
        add_number(step, prng_range(prng, INT64_MIN / 2, INT64_MAX / 2));
        break;
    case 2:
        add_word(prng, step, "0.5 3.14 -1.25 1e10 100.001");
        break;
    case 3:
        add_named(step, "v", prng_range(prng, 0, 40));
        break;
    case 4:
        add_letters(prng, step, prng_range(prng, 40, 48));
        break;
    case 5:
        add_letters(prng, step, prng_range(prng, 60, 68));
        break;
    case 6:
        add_letters(prng, step, prng_scaled(prng, 100, 5000));
        break;
    case 7:
        add_letters(prng, step, prng_scaled(prng, 8000, 70000));
        break;
    case 8:
        step_add_literal(step, "", 0);
        break;
    default:
        step_add_literal(step, "\x00\xff\r\n", 4);
        break;
    }
}

static void add_integer(Prng *prng, Step *step) {
    static const int64_t edges[] = {INT16_MAX, INT16_MIN, INT32_MAX, INT32_MIN, 127,
                                    -128,      4096,      1 << 20,   INT64_MAX, INT64_MIN};
    if (prng_chance(prng, 85))
        add_number(step, prng_range(prng, -5, 30));
    else
        add_number(step, edges[prng_below(prng, COUNT_OF(edges))]);
}

static void add_element(Prng *prng, Step *step, const char *prefix) {
    if (prng_chance(prng, 60))
        add_named(step, prefix, name_number(prng));
    else if (prng_chance(prng, 50))
        add_number(step, name_number(prng));
    else
        add_value(prng, step);
}

static void add_score_bound(Prng *prng, Step *step) {
    if (prng_chance(prng, 30))
        add_word(prng, step, "-inf +inf");
    else
        add_named(step, prng_chance(prng, 25) ? "(" : "", prng_range(prng, 0, WIDE_NAMES));
}

static void add_lex_bound(Prng *prng, Step *step) {
    if (prng_chance(prng, 40))
        add_word(prng, step, "- +");
    else
        add_named(step, prng_chance(prng, 50) ? "[m" : "(m", name_number(prng));
}

/* --- Streams */

/* Explicit IDs of XADD are 1-1, 2-1, ...; the server's own IDs begin at the virtual clock. */
static void add_id(Prng *prng, const Draft *draft, Step *step) {
    char text[48];
    if (at_limit(prng)) {
        add_word(prng, step,
                 "18446744073709551615-18446744073709551615 0-0 0-1 0-18446744073709551615 9-18446744073709551615");
        return;
    }
    if (prng_chance(prng, 85))
        snprintf(text, sizeof(text), "%lld-1", (long long)prng_range(prng, 1, draft->next_id));
    else
        snprintf(text, sizeof(text), "%lld-0", (long long)CLOCK_START_MS + (long long)prng_below(prng, 3));
    step_add_string(step, text);
}

/* Streams with an odd number use the server's IDs, the others explicit ones: an explicit ID after
 * one of the server's would be too small. */
static void add_new_id(Draft *draft, Step *step) {
    KeyPool pool;
    int number;
    bool ours = step->nargs > 1 && step->args[1].kind == ARG_LITERAL &&
                pools_is_key(step->args[1].parts[0], &pool, &number) && number % 2 == 0;
    if (!ours) {
        step_add_string(step, "*");
        return;
    }
    char text[48];
    snprintf(text, sizeof(text), "%lld-1", (long long)draft->next_id++);
    step_add_string(step, text);
}

static void add_id_bound(Prng *prng, const Draft *draft, Step *step) {
    if (prng_chance(prng, 55))
        add_word(prng, step, "- +");
    else
        add_id(prng, draft, step);
}

static void add_read_id(Prng *prng, const Draft *draft, Step *step) {
    if (prng_chance(prng, 70))
        add_word(prng, step, "0 0 $");
    else
        add_id(prng, draft, step);
}

static void add_group_read_id(Prng *prng, const Draft *draft, Step *step) {
    if (prng_chance(prng, 90))
        add_word(prng, step, "> > > 0");
    else
        add_id(prng, draft, step);
}

/* --- Scripts and functions */

/* The number of a body: of a loaded one if any are loaded, else of any. */
static int draw_body(Prng *prng, uint32_t loaded, int count) {
    int index = (int)prng_below(prng, (uint64_t)count);
    for (int tried = 0; loaded && tried < count && !(loaded & (1u << index)); tried++) index = (index + 1) % count;
    return index;
}

static uint32_t reading_scripts(void) {
    uint32_t mask = 0;
    for (int i = 0; i < COUNT_OF(scripts); i++) mask |= scripts[i].reads ? 1u << i : 0;
    return mask;
}

static uint32_t reading_libraries(void) {
    uint32_t mask = 0;
    for (int i = 0; i < COUNT_OF(libraries); i++) mask |= libraries[i].reads ? 1u << i : 0;
    return mask;
}

static void add_sha(Prng *prng, uint32_t loaded, Step *step) {
    char hex[SHA1_HEX];
    const char *body = scripts[draw_body(prng, loaded, COUNT_OF(scripts))].body;
    sha1_hex(body, strlen(body), hex);
    step_add_string(step, hex);
}

static void add_script_kind(Prng *prng, const Draft *draft, ValueKind kind, Step *step) {
    uint32_t readers = reading_scripts(), calm = reading_libraries();
    switch (kind) {
    case KIND_SCRIPT:
        step_add_string(step, scripts[draw_body(prng, 0, COUNT_OF(scripts))].body);
        break;
    case KIND_SCRIPT_RO:
        step_add_string(step, scripts[draw_body(prng, readers, COUNT_OF(scripts))].body);
        break;
    case KIND_SHA:
        add_sha(prng, draft->scripts, step);
        break;
    case KIND_SHA_RO:
        add_sha(prng, draft->scripts & readers, step);
        break;
    case KIND_LIBRARY_CODE:
        step_add_string(step, libraries[draw_body(prng, 0, COUNT_OF(libraries))].body);
        break;
    case KIND_LIBRARY:
        step_add_string(step, libraries[draw_body(prng, draft->libraries, COUNT_OF(libraries))].name);
        break;
    case KIND_FUNCTION:
        step_add_string(step, libraries[draw_body(prng, draft->libraries, COUNT_OF(libraries))].function);
        break;
    default:
        step_add_string(step, libraries[draw_body(prng, draft->libraries & calm, COUNT_OF(libraries))].function);
        break;
    }
}

/* --- The kinds: words, numbers, and the rest */

/* Kinds that are one of a few words, separated by spaces; a word that is listed twice is twice as
 * likely. */
static const char *const kind_words[] = {
    [KIND_DOUBLE] = "0 0 1 1 2.5 2.5 -3 -3 1e3 1e3 0.001 0.001 1e308 -inf",
    [KIND_BITFIELD_TYPE] = "u1 u8 i8 i16 u31 i64",
    [KIND_PLACE] = "Rome Oslo Lima Kyoto Perth Accra Quito Turin",
    [KIND_TIMEOUT] = "0.01 0.01 0.01 0.1 0.1 0.1 1 1 1 0 0 0 -1e308",
    [KIND_BLOCK_MS] = "1 10 100 0",
    [KIND_GLOB] = "* *1* [fmhl]* ?1 v* nothing*",
    [KIND_CHANNEL_GLOB] = "* ch* ch[12] ?h3",
    [KIND_BY_PATTERN] = "nosort s* h*->f1 n*",
    [KIND_GET_PATTERN] = "# s* h*->f1 h0->f*",
    [KIND_GROUP] = "grp1 grp1 grp2",
    [KIND_CONSUMER] = "ann bob eve",
    [KIND_TYPE_NAME] = "string list set zset hash stream",
    [KIND_ZERO] = "0",
    [KIND_PROTOCOL] = "3 3 2",
    [KIND_USER] = "default default default alice bob",
    [KIND_ACL_USER] = "alice alice bob bob carol default",
    [KIND_ACL_RULE] =
        "on on off reset nopass resetpass >pw1 >pw2 <pw1 allkeys ~* ~h* %R~s* %W~l* resetkeys allchannels "
        "&ch* resetchannels allcommands +@all +@all -@write +get -xgroup|create nocommands clearselectors "
        "(+get)",
    [KIND_ACL_CATEGORY] = "read write keyspace hash blocking",
    [KIND_PASSWORD] = "pw1 pw1 pw2",
    [KIND_PARAMETER] = "maxmemory hash-* *-max-* activedefrag *policy* nothing",
    [KIND_KEYS_COMMAND] = "mget del touch sinter sunion pfcount",
    [KIND_ADDRESS] = "client-1:0 client-2:0 127.0.0.1:6379",
    [KIND_CLIENT_FLAGS] = "N P b x t",
    [KIND_CAPABILITY] = "r",
    [KIND_ENGINE] = "lua",
    [KIND_NODE_ID] = "0 nobody 0123456789abcdef0123456789abcdef01234567",
    [KIND_METRIC] = "key-count cpu-usec network-bytes-in network-bytes-out",
    [KIND_LOG] = "slow large-request large-reply",
    [KIND_EVENT] = "command expire-cycle active-defrag-cycle",
    [KIND_COMMAND] = "get hset xadd xgroup|create zadd",
    [KIND_PFDEBUG] = "getreg encoding decode todense",
    [KIND_SECTION] = "keyspace stats replication cluster",
    [KIND_MODULE] = "sample",
    [KIND_CALL_FLAGS] = "E ES E! EM A R C",
};

/* Kinds that are a number between two bounds, perhaps with a prefix. */
static const struct {
    const char *prefix;
    int64_t low, high;
    bool scaled; /* small numbers are far more likely: prng_scaled */
} kind_numbers[] = {
    [KIND_SMALL] = {"", 1, 9, false},
    [KIND_COUNT] = {"", 1, WIDE_NAMES, true},
    [KIND_PICKS] = {"", -20, 20, false},
    [KIND_INDEX] = {"", -3, 3, false},
    [KIND_RANK] = {"", -10, 30, false},
    [KIND_BIT] = {"", 0, 1, false},
    [KIND_BIT_OFFSET] = {"", 0, 200000, true},
    [KIND_BYTE_OFFSET] = {"", 0, 20000, true},
    [KIND_COUNTER_FIELD] = {"c", 1, 6, false},
    [KIND_FLOAT_FIELD] = {"d", 1, 6, false},
    [KIND_SCORE] = {"", -5, WIDE_NAMES, false},
    [KIND_SECONDS] = {"", 1, 100000, true},
    [KIND_MILLISECONDS] = {"", 1, 100000000, true},
    [KIND_UNIX_SECONDS] = {"", CLOCK_START_MS / 1000 - 5, CLOCK_START_MS / 1000 + 5000, false},
    [KIND_UNIX_MILLISECONDS] = {"", CLOCK_START_MS - 5, CLOCK_START_MS + 5000000, false},
    [KIND_LAST_ID] = {"", 2 * CLOCK_START_MS, 2 * CLOCK_START_MS + 9, false},
    [KIND_LONGITUDE] = {"", -180, 180, false},
    [KIND_LATITUDE] = {"", -85, 85, false},
    [KIND_RADIUS] = {"", 1, 20000, true},
    [KIND_CLIENT_ID] = {"", 1, 12, false},
    [KIND_WORD] = {"w", 1, 4, false},
    [KIND_SLOT] = {"", 0, 16383, false},
};

static void add_limit(Prng *prng, Step *step) {
    /* The ends of the type; the same in seconds; what the time can just be added to, and what not,
     * in milliseconds and in seconds; where numbers become longer than 32 bits, or a double. */
    static const int64_t limits[] = {INT64_MAX,
                                     INT64_MAX - 1,
                                     INT64_MIN,
                                     INT64_MIN + 1,
                                     INT64_MAX / 1000,
                                     INT64_MAX / 1000 + 1,
                                     INT64_MIN / 1000 - 1,
                                     INT64_MAX - CLOCK_START_MS,
                                     INT64_MAX - CLOCK_START_MS + 1,
                                     INT64_MAX - CLOCK_START_MS - 60000,
                                     (INT64_MAX - CLOCK_START_MS) / 1000,
                                     (INT64_MAX - CLOCK_START_MS) / 1000 + 1,
                                     INT64_MIN + CLOCK_START_MS,
                                     INT64_MAX / 2,
                                     INT64_MAX / 2 + 1,
                                     INT32_MAX,
                                     (int64_t)INT32_MAX + 1,
                                     INT32_MIN,
                                     UINT32_MAX,
                                     (int64_t)UINT32_MAX + 1,
                                     (INT64_C(1) << 53) + 1};
    if (prng_chance(prng, 10))
        add_word(prng, step, "18446744073709551615 9223372036854775808 -9223372036854775809 -0 +1 01");
    else
        add_number(step, limits[prng_below(prng, COUNT_OF(limits))]);
}

/* The same for numbers that are no integers. */
static void add_double_limit(Prng *prng, Step *step) {
    add_word(prng, step,
             "inf -inf nan 1e308 -1e308 1.7976931348623157e308 4.9e-324 9223372036854775807 9223372036854775808 "
             "-9223372036854775809 1e19 9007199254740993 0x1p63 -0");
}

static void add_kind_number(Prng *prng, ValueKind kind, Step *step) {
    if (!*kind_numbers[kind].prefix && kind != KIND_PICKS && at_limit(prng)) {
        add_limit(prng, step);
        return;
    }
    int64_t low = kind_numbers[kind].low, high = kind_numbers[kind].high;
    int64_t number = kind_numbers[kind].scaled ? prng_scaled(prng, low, high) : prng_range(prng, low, high);
    add_named(step, kind_numbers[kind].prefix, number);
}

/* An offset of BITFIELD: in bits, or with a "#" in fields. */
static void add_field_offset(Prng *prng, Step *step) {
    Step holder = step_command(0);
    Text text = {0};
    add_kind_number(prng, KIND_BIT_OFFSET, &holder);
    text_format(&text, "%s%s", prng_chance(prng, 25) ? "#" : "", step_word(&holder, 0));
    step_add_literal(step, text.data, text.len);
    text_free(&text);
    step_free(&holder);
}

/* The dump of a value of the type of the step's key; a string's for all types that are stored as
 * strings. */
static void add_dump(Prng *prng, Step *step) {
    KeyPool pool = KEYS_STRINGS;
    int number;
    if (step->nargs > 1 && step->args[1].kind == ARG_LITERAL) pools_is_key(step->args[1].parts[0], &pool, &number);
    int which = (int)prng_below(prng, COUNT_OF(dumps));
    for (int tried = 0; tried < COUNT_OF(dumps) && dumps[which].pool != pool; tried++)
        which = (which + 1) % COUNT_OF(dumps);
    if (dumps[which].pool != pool) which = 0;
    Text dump = text_make(dumps[which].bytes, dumps[which].len);
    if (prng_chance(prng, PERCENT_BROKEN_DUMP)) payload_mutate(prng, &dump);
    step_add_literal(step, dump.data, dump.len);
    text_free(&dump);
}

/* FUNCTION DUMP's reply for one library. */
static void add_function_dump(Prng *prng, Step *step) {
    Text dump = {0};
    payload_add_library(libraries[prng_below(prng, COUNT_OF(libraries))].body, &dump);
    payload_sign(&dump);
    if (prng_chance(prng, PERCENT_BROKEN_DUMP)) payload_mutate(prng, &dump);
    step_add_literal(step, dump.data, dump.len);
    text_free(&dump);
}

static void add_cursor(Prng *prng, Step *step) {
    add_number(step, prng_chance(prng, 75) ? 0 : prng_scaled(prng, 1, 4096));
}

static bool is_double(ValueKind kind) {
    return kind == KIND_DOUBLE || kind == KIND_TIMEOUT || kind == KIND_LONGITUDE || kind == KIND_LATITUDE ||
           kind == KIND_RADIUS || kind == KIND_SCORE;
}

void pools_add_value(Prng *prng, Draft *draft, ValueKind kind, Step *step) {
    if (is_double(kind) && at_limit(prng)) {
        add_double_limit(prng, step);
        return;
    }
    if ((int)kind < COUNT_OF(kind_words) && kind_words[kind]) {
        add_word(prng, step, kind_words[kind]);
        return;
    }
    if ((int)kind < COUNT_OF(kind_numbers) && kind_numbers[kind].prefix) {
        add_kind_number(prng, kind, step);
        return;
    }
    switch (kind) {
    case KIND_INTEGER:
        add_integer(prng, step);
        break;
    case KIND_FIELD:
        add_named(step, "f", name_number(prng));
        break;
    case KIND_MEMBER:
        add_element(prng, step, "m");
        break;
    case KIND_ELEMENT:
        add_element(prng, step, "e");
        break;
    case KIND_SCORE_BOUND:
        add_score_bound(prng, step);
        break;
    case KIND_LEX_BOUND:
        add_lex_bound(prng, step);
        break;
    case KIND_CURSOR:
        add_cursor(prng, step);
        break;
    case KIND_CHANNEL:
        add_named(step, draft->cluster ? CLUSTER_TAG "ch" : "ch", prng_range(prng, 1, 4));
        break;
    case KIND_NEW_ID:
        add_new_id(draft, step);
        break;
    case KIND_ID:
        add_id(prng, draft, step);
        break;
    case KIND_ID_BOUND:
        add_id_bound(prng, draft, step);
        break;
    case KIND_READ_ID:
        add_read_id(prng, draft, step);
        break;
    case KIND_GROUP_READ_ID:
        add_group_read_id(prng, draft, step);
        break;
    case KIND_SCRIPT:
    case KIND_SCRIPT_RO:
    case KIND_SHA:
    case KIND_SHA_RO:
    case KIND_LIBRARY_CODE:
    case KIND_LIBRARY:
    case KIND_FUNCTION:
    case KIND_FUNCTION_RO:
        add_script_kind(prng, draft, kind, step);
        break;
    case KIND_DATABASE:
        add_number(step, (int64_t)prng_below(prng, (uint64_t)draft->databases));
        break;
    case KIND_FIELD_OFFSET:
        add_field_offset(prng, step);
        break;
    case KIND_DUMP:
        add_dump(prng, step);
        break;
    case KIND_FUNCTION_DUMP:
        add_function_dump(prng, step);
        break;
    default:
        add_value(prng, step);
        break;
    }
}

const char *pools_template(ValueKind kind) {
    switch (kind) {
    case KIND_VALUE:
        return "v{}";
    case KIND_FIELD:
        return "f{}";
    case KIND_MEMBER:
        return "m{}";
    case KIND_ELEMENT:
        return "e{}";
    case KIND_SCORE:
        return "{}";
    case KIND_ID:
        return "{}-1";
    default:
        return NULL;
    }
}
