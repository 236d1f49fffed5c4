/* SPDX-License-Identifier: BSD-3-Clause */
/* weights.c -- the table of weights; see weights.h.
 *
 * The numbers are chosen for active defrag: containers with many allocations are more frequent than
 * flat strings, commands that restructure a value more frequent than those that read it, and
 * administrative commands are rare. */
#include "fuzz/generate/weights.h"

#include <stddef.h>

#include "fuzz/generate/hints.h"
#include "harness/base/array.h"
#include "harness/base/valkey_name.h"

static const int group_weights[CAT_GROUP_COUNT] = {
    [CAT_ANY] = 14, /* DEL, EXPIRE, COPY, RENAME, SORT: for values of all types */
    [CAT_STRINGS] = 10,   [CAT_LISTS] = 14,   [CAT_SETS] = 10,    [CAT_ZSETS] = 14,
    [CAT_HASHES] = 16,    [CAT_STREAMS] = 14, [CAT_HLL] = 2,      [CAT_BITMAPS] = 4,
    [CAT_GEO] = 6,        [CAT_CHANNELS] = 5, [CAT_SCRIPTS] = 4,  [CAT_TRANSACTIONS] = 2,
    [CAT_CONNECTION] = 3, [CAT_SERVER] = 2,   [CAT_CLUSTER] = 20, /* in cluster mode only */
    [CAT_TREES] = 20,     [CAT_TABLES] = 20,  [CAT_PAGES] = 20,   /* with the sample module only */
    [CAT_MODULE] = 10,
};

#define DEFAULT_WEIGHT 10 /* of a command that no row names */
#define GROWTH_FACTOR 3   /* for commands that create things, which the others need */

/* Commands, by full name; the first matching row wins. */
static const struct {
    CommandNames commands;
    int weight;
} command_weights[] = {
    {"*|help", 1},
    /* Only made by snippets: these need a subcommand, or another command first. */
    {"debug,object|freq", 0},
    {"acl|setuser", 4},
    {"acl*,auth,module*,restore-asking,waitaof,config|get", 1},
    /* These undo what snippets set up, or hide what comes after them. */
    {"config|resetstat,monitor", 1},
    {"client|reply,client|pause,client|caching,client|import-source", 1},
    {"client|kill,client|list", 18},
    {"client|capa,client|unpause,client|info", 2},
    {"client|unblock", 4},
    {"client|tracking", 8},
    {"script|kill,script|debug,function|kill", 1},
    {"function|restore", 8},
    {"asking,readonly,readwrite", 2},
    {"clusterscan,cluster|slot-stats", 14},
    {"bitfield,bitfield_ro", 20}, /* they have the most options of their groups */
    {"georadius*", 15},
    {"cluster|getkeysinslot,cluster|countkeysinslot,cluster|flushslot,cluster|setslot", 6},
    {"cluster*", 2},
    /* Rare, so that the stream can continue. */
    {"quit,reset,hello", 2},
    {"exec,discard", 0}, /* made when a client is in MULTI */
    {"multi", 8},
    {"flushall,flushdb,sample.scandelete", 2},
    {"script|flush,function|flush", 1},
    {"swapdb", 5},
    {"del,unlink", 8},
    {"wait", 1},
    /* Commands that only read a few facts. */
    {"object|*,type,exists,touch,ttl,pttl,expiretime,pexpiretime,keys,randomkey", 4},
    {"info,lolwut,role,time,lastsave,dbsize,command*,latency*,slowlog*,commandlog*,memory*", 1},
    {"pfdebug", 2},
    {"echo,ping", 3},
    /* What defrag has special code for. */
    {"h*expire*,hsetex,hgetex,hpersist", 14},
    {"xreadgroup,xclaim,xautoclaim,xgroup|create", 20},
    {"xadd", 40},
    {"move", 5},
    {"sort,copy,rename,restore", 14},
    {"*scan", 14},
    {"eval,evalsha,fcall,script|load,function|load", 16},
    {"*unsubscribe", 5},
    {"*subscribe", 14},
};

int weights_group(CatGroup group, const Draft *draft) {
    if (group == CAT_CLUSTER && !draft->cluster) return 0;
    if (group >= CAT_TREES && group <= CAT_MODULE && !draft->module) return 0;
    if (weights_left_out(draft, SWARM_GROUP, (int)group)) return 0;
    return group_weights[group];
}

int weights_command(const CatCommand *command) {
    char name[HINTS_NAME_ROOM];
    hints_full_name(command, name);
    int factor = hints_makes_key(command) ? GROWTH_FACTOR : 1;
    for (int i = 0; i < COUNT_OF(command_weights); i++)
        if (hints_match(command_weights[i].commands, name)) return command_weights[i].weight * factor;
    return DEFAULT_WEIGHT * factor;
}

/* Commands that end a stream for a client, or for all, hide replies, or stop time. */
static const CommandNames hiding = "monitor,client|reply,client|pause,cluster|reset,cluster|flushslots,"
                                   "cluster|delslots,cluster|delslotsrange,acl|setuser";

bool weights_hides(const CatCommand *command) {
    char name[HINTS_NAME_ROOM];
    hints_full_name(command, name);
    return hints_match(hiding, name);
}

VerbId weights_verb(Prng *prng) {
    int weights[VERB_COUNT];
    for (VerbId i = 0; i < VERB_COUNT; i++) weights[i] = verb_row(i)->weight;
    return (VerbId)prng_weighted(prng, weights, VERB_COUNT);
}

int weights_repeats(Prng *prng) {
    static const int weights[] = {55, 18, 14, 9, 4}; /* 1, 2, 3, 4 to 7, 8 to 12 */
    static const int low[] = {1, 2, 3, 4, 8}, high[] = {1, 2, 3, 7, 12};
    int row = prng_weighted(prng, weights, COUNT_OF(weights));
    return (int)prng_range(prng, low[row], high[row]);
}

int64_t weights_sequence(Prng *prng) {
    /* Around the small limits, around the stock limits (128, 512), and sizes that defrag defers. */
    static const int weights[] = {40, 35, 25};
    static const int64_t low[] = {4, 60, 300}, high[] = {40, 260, 1000};
    int row = prng_weighted(prng, weights, COUNT_OF(weights));
    return prng_range(prng, low[row], high[row]);
}

/* The start-up settings. A stream whose start-up settings differ from the previous stream's costs 1
 * to 10 ms more. */
static const struct {
    int weight;
    LimitsKind limits;
    SizesKind sizes;
    int databases;
    bool cluster, module;
} births[] = {
    {72, LIMITS_SMALL, SIZES_EXACT, 2, false, false},
    {13, LIMITS_SMALL, SIZES_EXACT, 2, false, true},
    {5, LIMITS_STOCK, SIZES_EXACT, 2, false, false},
    {1, LIMITS_STOCK, SIZES_EXACT, 2, false, true},
    {4, LIMITS_SMALL, SIZES_JEMALLOC, 2, false, false}, /* growing strings, and MEMORY USAGE */
    {2, LIMITS_SMALL, SIZES_EXACT, 4, false, false},
    {3, LIMITS_SMALL, SIZES_EXACT, 2, true, false}, /* a table per slot */
};

void weights_birth(Prng *prng, Settings *settings) {
    int weights[COUNT_OF(births)];
    for (int i = 0; i < COUNT_OF(births); i++) weights[i] = births[i].weight;
    int row = prng_weighted(prng, weights, COUNT_OF(births));
    settings->limits = births[row].limits;
    settings->sizes = births[row].sizes;
    settings->databases = births[row].databases;
    settings->cluster = births[row].cluster;
    settings->module = births[row].module;
}

void weights_after(Prng *prng, Settings *settings) {
    /* With a cycle after each command, every command's leftovers are found; with nothing after it,
     * slices come from verbs only. */
    static const int weights[] = {[AFTER_CYCLE] = 48, [AFTER_SLICE] = 24, [AFTER_NOTHING] = 28};
    settings->after = (AfterKind)prng_weighted(prng, weights, COUNT_OF(weights));
    settings->after_pointers = settings->after == AFTER_SLICE ? prng_scaled(prng, 1, 2000) : 0;
}

void weights_reuse(Prng *prng, Settings *settings) {
    /* Mostly never: memory that is used again hides stale pointers from AddressSanitizer and the
     * oracle refs. */
    static const int weights[] = {[REUSE_NEVER] = 84, [REUSE_LAST] = 6, [REUSE_SAME] = 10};
    settings->reuse = (ReuseKind)prng_weighted(prng, weights, COUNT_OF(weights));
}

void weights_settings(Prng *prng, Settings *settings) {
    settings_default(settings);
    weights_after(prng, settings);
    weights_birth(prng, settings);
    weights_reuse(prng, settings);
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        const SettingsDraw *draw = &settings_row(i)->draw;
        if (draw->kind == SETTINGS_DRAW_ALONE && prng_chance(prng, draw->percent))
            settings_set_number(settings, i, prng_range(prng, draw->low, draw->high));
    }
}

void weights_one_setting(Prng *prng, Settings *settings) {
    SettingId alone[SETTING_COUNT];
    int count = 0;
    for (SettingId i = 0; i < SETTING_COUNT; i++)
        if (settings_row(i)->draw.kind == SETTINGS_DRAW_ALONE) alone[count++] = i;
    if (!count) return;
    SettingId drawn = alone[count > 1 ? prng_below(prng, (uint64_t)count) : 0];
    const SettingsRow *row = settings_row(drawn);
    int64_t low = row->usual < row->draw.low ? row->usual : row->draw.low;
    settings_set_number(settings, drawn, prng_range(prng, low, row->draw.high));
}

/* --- swarms */

static const int left_out_percent[] = {
    [SWARM_GROUP] = 20, [SWARM_COMMAND] = 30, [SWARM_SNIPPET] = 50, [SWARM_EVENT] = 60, [SWARM_HIDING] = 75};

/* The output function of splitmix64 (Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

bool weights_left_out(const Draft *draft, SwarmKind kind, int index) {
    if (!draft->swarm) return kind == SWARM_HIDING;
    return mix(draft->swarm + mix(((uint64_t)kind << 32) + (uint64_t)index)) % 100 < (uint64_t)left_out_percent[kind];
}

uint64_t weights_swarm(Prng *prng) {
    return prng_chance(prng, WEIGHT_SWARM) ? prng_next(prng) | 1 : 0;
}
