/* SPDX-License-Identifier: BSD-3-Clause */
/* hints.c -- three tables that add to the server's command table; see hints.h.
 *
 * In each table the first matching row wins, so special rows precede general ones. Commands are
 * full names in lower case ("xgroup|create"); both columns hold patterns, separated by commas. */
#include "fuzz/generate/hints.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"

#define DEFAULT_PERCENT 25 /* of optional arguments that no row names */

/* --- Kinds of values */

static const struct {
    ArgumentNames args;
    CommandNames commands;
    ValueKind kind;
} value_hints[] = {
    /* The parts of values: fields, members, elements. Commands that count use fields that hold
     * numbers. */
    {"field", "hincrby", KIND_COUNTER_FIELD},
    {"field", "hincrbyfloat", KIND_FLOAT_FIELD},
    {"field", "*", KIND_FIELD},
    {"member*", "geo*", KIND_PLACE},
    {"member*", "*", KIND_MEMBER},
    {"element", "pfadd", KIND_MEMBER},
    {"element,pivot", "*", KIND_ELEMENT},
    {"increment", "*float", KIND_DOUBLE},

    /* Bits. */
    {"value", "setbit", KIND_BIT},
    {"value", "bitfield*", KIND_INTEGER},
    {"bit", "bitpos", KIND_BIT},
    {"encoding", "bitfield*", KIND_BITFIELD_TYPE},
    {"offset", "bitfield*", KIND_FIELD_OFFSET},
    {"offset", "*bit", KIND_BIT_OFFSET},
    {"offset", "setrange", KIND_BYTE_OFFSET},

    /* Positions and amounts. */
    {"index", "select", KIND_DATABASE},
    {"index1,index2,db,destination-db", "*", KIND_DATABASE},
    {"index", "*", KIND_INDEX},
    {"rank,num-matches,min-match-len,version,frequency,retrycount,entriesread", "*", KIND_SMALL},
    {"offset,limit", "*", KIND_SMALL},
    {"count", "lrem", KIND_INDEX},
    {"count", "*rand*", KIND_PICKS},
    {"count", "memory|usage", KIND_SMALL},
    {"count,len,threshold", "*", KIND_COUNT},
    {"cursor", "*", KIND_CURSOR},
    {"type", "scan,clusterscan", KIND_TYPE_NAME},

    /* Ranges. ZRANGE's bounds are ranks until BYLEX or BYSCORE follows: grammar.c rewrites them
     * then. */
    {"start,end", "x*", KIND_ID_BOUND},
    {"start,end,stop", "*", KIND_RANK},
    {"min,max", "*lex*,sample.zsetwalk", KIND_LEX_BOUND},
    {"min,max", "zrangestore", KIND_RANK},
    {"min,max", "*", KIND_SCORE_BOUND},
    {"score", "*", KIND_SCORE},
    {"weight", "*", KIND_INDEX},

    /* Time. */
    {"timeout", "wait*", KIND_BLOCK_MS},
    {"timeout", "b*", KIND_TIMEOUT},
    {"milliseconds", "xread*", KIND_BLOCK_MS},
    {"ms", "xclaim", KIND_SMALL},
    {"min-idle-time", "*", KIND_ZERO},
    {"seconds", "*", KIND_SECONDS},
    {"milliseconds,ttl", "*", KIND_MILLISECONDS},
    {"unix-time-seconds", "*", KIND_UNIX_SECONDS},
    {"unix-time-milliseconds", "*", KIND_UNIX_MILLISECONDS},

    /* Streams. */
    {"id-selector", "xadd", KIND_NEW_ID},
    {"id-selector", "xgroup*", KIND_READ_ID},
    {"id", "xread", KIND_READ_ID},
    {"id", "xreadgroup", KIND_GROUP_READ_ID},
    {"last-id,entries-added", "xsetid", KIND_LAST_ID},
    {"id,lastid,max-deleted-id", "x*,sample.streamtoggle", KIND_ID},
    {"group", "x*", KIND_GROUP},
    {"consumer", "x*", KIND_CONSUMER},

    /* Pub/sub and patterns. */
    {"channel,shardchannel", "*", KIND_CHANNEL},
    {"pattern", "p*subscribe,pubsub*", KIND_CHANNEL_GLOB},
    {"by-pattern", "*", KIND_BY_PATTERN},
    {"get-pattern", "*", KIND_GET_PATTERN},

    /* Scripts and functions. */
    {"script", "*_ro,sample.holdscript", KIND_SCRIPT_RO},
    {"script", "*", KIND_SCRIPT},
    {"sha1", "*_ro", KIND_SHA_RO},
    {"sha1", "*", KIND_SHA},
    {"function", "*_ro", KIND_FUNCTION_RO},
    {"function", "*", KIND_FUNCTION},
    {"function-code", "*", KIND_LIBRARY_CODE},
    {"library-name*", "*", KIND_LIBRARY},

    /* Geographic positions. */
    {"longitude", "*", KIND_LONGITUDE},
    {"latitude", "*", KIND_LATITUDE},
    {"radius,width,height", "*", KIND_RADIUS},

    /* The rest. */
    {"serialized-value", "restore*", KIND_DUMP},
    {"serialized-value", "function*", KIND_FUNCTION_DUMP},
    {"numreplicas,numlocal", "*", KIND_ZERO},
    {"protover", "*", KIND_PROTOCOL},
    {"client-id,not-client-id", "*", KIND_CLIENT_ID},
    {"slow,large-request,large-reply", "commandlog*", KIND_LOG}, /* strings in 8.1 */
    {"event", "latency*", KIND_EVENT},
    {"prefix", "*", KIND_WORD},
    {"name", "module|unload", KIND_MODULE},
    {"connection-name,clientname,libname,libver,name,lib-name,lib-ver", "*", KIND_WORD},
    {"not-name,not-lib-name,not-lib-ver", "client*", KIND_WORD},
    {"addr,laddr,ip,not-addr,not-laddr,not-ip,old-format", "client*", KIND_ADDRESS},
    {"flags,not-flags", "client*", KIND_CLIENT_FLAGS},
    {"capa,not-capa,capability", "client*", KIND_CAPABILITY},
    {"not-db", "client*", KIND_DATABASE},
    {"maxage,idle", "client*", KIND_SMALL},
    {"username", "acl|setuser,acl|deluser", KIND_ACL_USER},
    {"username,not-username", "*", KIND_USER},
    {"password", "*", KIND_PASSWORD},
    {"rule", "acl|setuser", KIND_ACL_RULE},
    {"category", "*", KIND_ACL_CATEGORY},
    {"bits", "acl|genpass", KIND_COUNT},
    {"parameter", "config|get", KIND_PARAMETER},
    {"engine", "script*", KIND_ENGINE},
    {"slot,start-slot,end-slot", "*", KIND_SLOT},
    {"node-id,node,importing,migrating", "cluster*", KIND_NODE_ID},
    {"metric", "cluster*", KIND_METRIC},
    {"config-epoch", "cluster*", KIND_SMALL},
    {"command", "acl|dryrun,command|getkeys*,sample.call", KIND_KEYS_COMMAND},
    {"callflags", "sample.call", KIND_CALL_FLAGS},
    {"yields", "sample.hold", KIND_SMALL},
    {"length", "sample.stringedit", KIND_SMALL},
    {"milliseconds", "sample.wait,sample.pageswait", KIND_SMALL},
    {"switch", "sample.watch,sample.pagesnames", KIND_BIT},
    {"command,command-name", "*", KIND_COMMAND},
    {"subcommand", "pfdebug", KIND_PFDEBUG},
    {"section", "*", KIND_SECTION},
};

/* --- Pools of keys; the argument "*" is the command in general */

static const struct {
    ArgumentNames args;
    CommandNames commands;
    KeyPool pool;
} key_pools[] = {
    {"*", "incr,incrby,decr,decrby", KEYS_COUNTERS},
    {"*", "incrbyfloat", KEYS_FLOATS},
    {"destination", "sort", KEYS_LISTS},
    {"*", "sort,sort_ro", KEYS_SORTABLE},
    {"*", "xreadgroup,xack,xclaim,xautoclaim,xpending,xinfo|consumers,xinfo|groups", KEYS_GROUPED},
    {"*", "xgroup|setid,xgroup|destroy,xgroup|createconsumer,xgroup|delconsumer", KEYS_GROUPED},
};

/* Commands that write to a key, but do not create it. */
static const CommandNames adders_only = "lset,linsert,lpushx,rpushx,xsetid,xgroup|createconsumer,bitfield";

/* --- Options: how often, after which others only, never after which others */

static const struct {
    ArgumentNames options; /* the token of an option, or its name if it has no token */
    CommandNames commands;
    int percent;
    const char *needs;   /* one of these words must be in the step; or NULL */
    const char *forbids; /* none of these words may be in the step; or NULL */
    int least;           /* repetitions, for repeated arguments */
} options[] = {
    /* Optional in the table; the parser demands it, unless there is a polygon. */
    {"from", "geosearch*", 75, NULL, NULL, 0},
    {"circle,box", "geosearch*", 100, "FROMMEMBER,FROMLONLAT", NULL, 0},
    {"polygon", "geosearch*", 100, NULL, "FROMMEMBER,FROMLONLAT", 0},
    {"count-block,ANY", "geo*", 45, NULL, NULL, 0},
    {"range,end-unit-block,unit", "bit*", 60, NULL, NULL, 0},
    {"operation", "bitfield", 90, NULL, NULL, 0},
    {"get-block", "bitfield_ro", 85, NULL, NULL, 0},
    {"overflow-block", "bitfield", 45, NULL, NULL, 0},
    {"vertices", "geosearch*", 100, NULL, NULL, 3},
    {"store", "georadius*", 30, NULL, "WITHCOORD,WITHDIST,WITHHASH", 0},
    {"ALPHA", "sort*", 92, NULL, NULL, 0},
    {"LIMIT", "zrange,zrangestore", 50, "BYSCORE,BYLEX", NULL, 0},
    {"WITHSCORES", "zrange", 30, NULL, "BYLEX", 0},
    {"comparison", "zadd", 15, NULL, "NX", 0},
    {"INCR", "zadd", 3, NULL, NULL, 0}, /* permits one pair only */
    {"IDX", "lcs", 30, NULL, "LEN", 0},
    {"MINMATCHLEN,WITHMATCHLEN", "lcs", 30, "IDX", NULL, 0},
    {"REPLACE", "restore*,function|load,copy", 85, NULL, NULL, 0},
    {"ABSTTL,IDLETIME,FREQ", "restore*", 10, NULL, NULL, 0},
    {"DB", "copy", 40, NULL, NULL, 0},
    {"MKSTREAM", "xgroup|create", 85, NULL, NULL, 0},
    {"NOMKSTREAM,trim", "xadd", 8, NULL, NULL, 0},
    {"LIMIT", "xadd,xtrim", 40, "~", NULL, 0},
    {"LASTID", "xclaim", 10, NULL, NULL, 0},
    {"BLOCK", "xread,xreadgroup", 20, NULL, NULL, 0},
    {"key", "eval*,fcall*", 60, NULL, NULL, 0},
    {"arg", "eval*,fcall*", 50, NULL, NULL, 0},
    {"arguments", "hello", 100, NULL, NULL, 0},
    {"AUTH", "hello", 20, NULL, NULL, 0},
    /* each forbids or needs another */
    {"PREFIX", "client|tracking", 0, NULL, NULL, 0}, /* needs BCAST, which is after it */
    {"REDIRECT", "client|tracking", 15, NULL, "OFF", 0},
    {"OPTIN", "client|tracking", 25, NULL, "BCAST,OFF", 0},
    {"OPTOUT", "client|tracking", 25, NULL, "BCAST,OPTIN,OFF", 0},
    /* Many options, any of which may find nobody. */
    {"*", "client|list,client|kill", 12, NULL, NULL, 0},
    {"username", "auth", 90, NULL, NULL, 0},
    {"arg", "acl|dryrun,command|getkeys*,sample.call", 100, NULL, NULL, 0},
    {"rule", "acl|setuser", 95, NULL, NULL, 0},
    /* without it the reply is long */
    {"COMMAND,command-name,section", "latency*,command*,info", 90, NULL, NULL, 0},
};

/* --- Matching */

void hints_full_name(const CatCommand *command, char name[HINTS_NAME_ROOM]) {
    const char *sub = command->subcommand;
    snprintf(name, HINTS_NAME_ROOM, "%s%s%s", command->name, sub ? "|" : "", sub ? sub : "");
    for (char *p = name; *p; p++) *p = (char)tolower((unsigned char)*p);
}

/* One pattern, up to its end or a comma. */
static bool match_one(const char *pattern, const char *text) {
    bool at_end = *pattern == 0 || *pattern == ',';
    if (at_end) return *text == 0;
    if (*pattern == '*') return match_one(pattern + 1, text) || (*text && match_one(pattern, text + 1));
    return tolower((unsigned char)*pattern) == tolower((unsigned char)*text) && match_one(pattern + 1, text + 1);
}

bool hints_match(const char *patterns, const char *text) {
    for (const char *p = patterns; p; p = strchr(p, ',')) {
        if (*p == ',') p++;
        if (match_one(p, text)) return true;
    }
    return false;
}

/* --- Lookup */

static bool kind_of_type(const CatArg *arg, ValueKind *kind) {
    switch (arg->type) {
    case CAT_STRING:
        *kind = KIND_VALUE;
        return true;
    case CAT_INTEGER:
        *kind = KIND_INTEGER;
        return true;
    case CAT_DOUBLE:
        *kind = KIND_DOUBLE;
        return true;
    case CAT_PATTERN:
        *kind = KIND_GLOB;
        return true;
    case CAT_UNIX_TIME:
        *kind = KIND_UNIX_SECONDS;
        return true;
    default:
        return false;
    }
}

bool hints_kind(const CatCommand *command, const CatArg *arg, ValueKind *kind) {
    if (arg->type == CAT_KEY || arg->type == CAT_PURE_TOKEN || arg->type == CAT_BLOCK) return false;
    char name[HINTS_NAME_ROOM];
    hints_full_name(command, name);
    for (int i = 0; i < COUNT_OF(value_hints); i++) {
        if (!hints_match(value_hints[i].args, arg->name) || !hints_match(value_hints[i].commands, name)) continue;
        *kind = value_hints[i].kind;
        return true;
    }
    return kind_of_type(arg, kind);
}

KeyPool hints_pool(const CatCommand *command, const CatArg *arg) {
    char name[HINTS_NAME_ROOM];
    hints_full_name(command, name);
    for (int i = 0; i < COUNT_OF(key_pools); i++)
        if (hints_match(key_pools[i].args, arg ? arg->name : "*") && hints_match(key_pools[i].commands, name))
            return key_pools[i].pool;
    return pools_of_group(command->group);
}

bool hints_makes_key(const CatCommand *command) {
    char name[HINTS_NAME_ROOM];
    hints_full_name(command, name);
    return command->adds && !hints_match(adders_only, name);
}

static bool step_has_word(const Step *step, const char *words) {
    for (int i = 1; i < step->nargs; i++)
        if (step->args[i].kind == ARG_LITERAL && hints_match(words, step->args[i].parts[0].data)) return true;
    return false;
}

static int find_option(const CatCommand *command, const CatArg *arg) {
    char name[HINTS_NAME_ROOM];
    const char *option = arg->token ? arg->token : arg->name;
    hints_full_name(command, name);
    for (int i = 0; i < COUNT_OF(options); i++)
        if (hints_match(options[i].options, option) && hints_match(options[i].commands, name)) return i;
    return -1;
}

int hints_percent(const CatCommand *command, const CatArg *arg, const Step *step) {
    int row = find_option(command, arg);
    if (row < 0) return DEFAULT_PERCENT;
    if (options[row].needs && !step_has_word(step, options[row].needs)) return 0;
    if (options[row].forbids && step_has_word(step, options[row].forbids)) return 0;
    return options[row].percent;
}

int hints_least(const CatCommand *command, const CatArg *arg) {
    int row = find_option(command, arg);
    return row >= 0 && options[row].least > 1 ? options[row].least : 1;
}
