/* SPDX-License-Identifier: BSD-3-Clause */
/* interruptions.c -- the tables of kinds and events, and their texts with the blanks filled in; see
 * interruptions.h.
 *
 * A text is a few lines of a stream with blanks:
 *   $k                 the key that the line is about
 *   $a $b $c           the scanned value's key, the second value's, and a free one
 *   $n $h $i $q        elements of a big value (an even number), half of it, that + 1, a quarter
 *   $db                another database
 * A line "@PART KEY WHOSE" inserts a part of a kind (table below) for that key: "@build a 2" builds
 * a value of the second kind under the scanned value's key. WHOSE is 1 for the first kind. A part
 * that a kind lacks inserts nothing.
 *
 * Limits: texts are written for limits=small, where a value of 16 elements is scanned later; with
 * stock limits most values are too small. An event that does not apply (to a missing consumer, for
 * example) is a command that fails. */
#include "fuzz/generate/interruptions.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/generate/weights.h"
#include "harness/base/array.h"
#include "harness/base/fault.h"

#define WORD_ROOM 16              /* bytes of a blank's name, or of a word of an "@" line */
#define HEADER STREAM_HEADER "\n" /* required by the strict parser */

/* --- kinds */

typedef enum { PART_BUILD, PART_SMALL, PART_GROW, PART_THIN, PART_TRIM, PART_TOUCH, PART_EMPTY, PART_COUNT } Part;

static const char *const part_names[PART_COUNT] = {
    [PART_BUILD] = "build", [PART_SMALL] = "small", [PART_GROW] = "grow",   [PART_THIN] = "thin",
    [PART_TRIM] = "trim",   [PART_TOUCH] = "touch", [PART_EMPTY] = "empty",
};

/* The parts of both kinds of streams. */
#define STREAM_BUILD "EVAL \"for i = 1, $n * 8 do redis.call('xadd', KEYS[1], '*', 'f', i) end\" 1 $k\n"
#define STREAM_SMALL "XADD $k * f v\n"
#define STREAM_GROW "EVAL \"for i = 1, $n * 4 do redis.call('xadd', KEYS[1], '*', 'g', i) end\" 1 $k\n"
#define STREAM_THIN                                                                                                    \
    "EVAL \"for i, e in ipairs(redis.call('xrange', KEYS[1], '-', '+', 'COUNT', $n)) do if i % 3 > 0 then "            \
    "redis.call('xdel', KEYS[1], e[1]) end end\" 1 $k\n"
#define STREAM_TRIM "XTRIM $k MAXLEN 5\n"
#define STREAM_TOUCH "XADD $k * %seq(1-20,f{},v{})\n"
#define STREAM_EMPTY "XTRIM $k MAXLEN 0\n"
#define STREAM_GROUPS                                                                                                  \
    "XGROUP CREATE $k grp1 0\nXGROUP CREATE $k grp2 0\nXREADGROUP GROUP grp1 ann COUNT $n STREAMS $k >\n"              \
    "XREADGROUP GROUP grp1 bob COUNT $h STREAMS $k >\nXREADGROUP GROUP grp2 ann COUNT 5 STREAMS $k >\n"
#define LONG "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"

static const struct {
    const char *name;
    char letter;                   /* of its key's pool; 0: it has no key */
    const char *parts[PART_COUNT]; /* build, small, grow, thin, trim, touch, empty */
} kinds[] = {
    {"list",
     'l',
     {"RPUSH $k %seq(1-$n,e{})\n", "RPUSH $k x y z\n", "RPUSH $k %seq(1-$n,g{})\nLPUSH $k %seq(1-$h,p{})\n",
      "LREM $k 1 e$h\nLREM $k 1 e$q\nLINSERT $k BEFORE e$i %rep(9000,x)\n", "LTRIM $k 0 2\n",
      "LSET $k 0 %rep(200,w)\nLSET $k -1 %rep(9000,w)\nLINDEX $k $q\n", "LPOP $k 20000\n"}},
    {"set",
     't',
     {"SADD $k %seq(1-$n,m{})\n", "SADD $k x y\n", "SADD $k %seq(1-$n/2,g{}) %seq(1-$n,h{})\n",
      "SREM $k %seq(1-$n/2,m{})\n", "SREM $k %seq(4-$n,m{})\n", "SREM $k m1 m$h\nSADD $k m1 m$h\n", "SPOP $k 20000\n"}},
    {"zset",
     'z',
     {"ZADD $k %seq(1-$n,{},m{})\n", "ZADD $k 1 x 2 y\n", "ZADD $k %seq(1-$n,7,g{})\n", "ZREM $k %seq(1-$n/2,m{})\n",
      "ZREMRANGEBYRANK $k 3 -1\n", "ZADD $k %seq(1-$n/3,7,m{})\nZINCRBY $k 1000 m$q\n", "ZREMRANGEBYRANK $k 0 -1\n"}},
    {"hash",
     'h',
     {"HSET $k %seq(1-$n,f{},v{})\n", "HSET $k f1 v f2 v\n", "HSET $k %seq(1-$n,g{},v{})\n",
      "HDEL $k %seq(1-$n/2,f{})\n", "HDEL $k %seq(4-$n,f{})\n",
      "HSET $k %seq(1-$n/3,f{}," LONG "{})\nHSET $k f1 %rep(5000,w)\n", "HDEL $k %seq(1-$n,f{})\n"}},
    {"hash-field-ttl",
     'h',
     {"HSET $k %seq(1-$n,f{},v{})\nHPEXPIRE $k 5000 FIELDS $h %seq(1-$h,f{})\nHPEXPIRE $k 500000 FIELDS $h "
      "%seq($i-$n,f{})\n",
      "HSETEX $k PX 5000 FIELDS 2 f1 v f2 v\n", "HSETEX $k PX 50000 FIELDS $n %seq(1-$n,g{},v{})\n",
      "HDEL $k %seq(1-$n/2,f{})\n", "HDEL $k %seq(4-$n,f{})\n",
      "HSETEX $k KEEPTTL FIELDS 2 f1 " LONG " f$h " LONG "\nHSET $k f2 %rep(5000,w)\n", "HDEL $k %seq(1-$n,f{})\n"}},
    {"stream", 'x', {STREAM_BUILD, STREAM_SMALL, STREAM_GROW, STREAM_THIN, STREAM_TRIM, STREAM_TOUCH, STREAM_EMPTY}},
    {"stream-groups",
     'x',
     {STREAM_BUILD STREAM_GROUPS, STREAM_SMALL STREAM_GROUPS, STREAM_GROW, STREAM_THIN, STREAM_TRIM, STREAM_TOUCH,
      STREAM_EMPTY}},
    {"string",
     's',
     {"SET $k %rep(3000,ab)\n", "SET $k v\n", "APPEND $k %rep(5000,c)\n", "SETRANGE $k 10 xyz\n", "SET $k v\n",
      "APPEND $k x\nGETRANGE $k 0 -1\n", "SET $k \"\"\n"}},
    {"tree",
     'r',
     {"SAMPLE.TREESET $k %seq(1-$n,m{},v{})\n", "SAMPLE.TREESET $k m1 v m2 v\n", "SAMPLE.TREESET $k %seq(1-$n,g{},w)\n",
      "SAMPLE.TREEDEL $k %seq(1-$n/2,m{})\n", "SAMPLE.TREEDEL $k %seq(4-$n,m{})\n",
      "SAMPLE.TREESET $k m1 %rep(5000,w) m$h w\nSAMPLE.TREEGET $k m$q\n", "SAMPLE.TREEDEL $k %seq(1-$n,m{})\n"}},
    {"table",
     'w',
     {"SAMPLE.TABLESET $k %seq(1-$n,f{},v{})\n", "SAMPLE.TABLESET $k f1 v f2 v\n",
      "SAMPLE.TABLESET $k %seq(1-$n,g{},w)\n", "SAMPLE.TABLEDEL $k %seq(1-$n/2,f{})\n",
      "SAMPLE.TABLEDEL $k %seq(4-$n,f{})\n", "SAMPLE.TABLESET $k f1 %rep(5000,w) f$h w\nSAMPLE.TABLEGET $k f$h\n",
      "SAMPLE.TABLEDEL $k %seq(1-$n,f{})\n"}},
    {"pages",
     'v',
     {"SAMPLE.PAGESADD $k %seq(1-$n,e{}) %seq(1-$n,e{}) %seq(1-$n,e{}) %seq(1-$n,e{})\n", "SAMPLE.PAGESADD $k x y\n",
      "SAMPLE.PAGESADD $k %seq(1-$n,g{})\n", "SAMPLE.PAGESTRIM $k $h\n", "SAMPLE.PAGESTRIM $k 3\n",
      "SAMPLE.PAGESADD $k %rep(5000,w)\n", "SAMPLE.PAGESTRIM $k 0\n"}},
    /* Tables and side tables, rather than one value. */
    {"many-keys",
     0,
     {"MSET %seq(1-$n,many{}," LONG "{})\n", NULL, "MSET %seq(1-$n,more{},v)\n", "DEL %seq(1-$n/2,many{})\n",
      "DEL %seq(4-$n,many{})\n", "MSET %seq(1-$n/2,many{},w{})\n", "DEL %seq(1-$n,many{})\n"}},
    {"many-ttls",
     0,
     {"EVAL \"for i = 1, $n do redis.call('set', 'ttl' .. i, i, 'px', i * 100) end\" 0\n", NULL,
      "EVAL \"for i = 1, $n do redis.call('set', 'ttm' .. i, i, 'px', i * 100) end\" 0\n",
      "EVAL \"for i = 1, $n, 2 do redis.call('persist', 'ttl' .. i) end\" 0\n",
      "EVAL \"for i = 4, $n do redis.call('persist', 'ttl' .. i) end\" 0\n",
      "EVAL \"for i = 1, $n, 2 do redis.call('pexpire', 'ttl' .. i, i * 77) end\" 0\n", "!clock $n00\n!cron 4\n"}},
    {"many-field-ttls",
     0,
     {"EVAL \"for i = 1, $n do redis.call('hsetex', 'hft' .. i, 'px', i * 100, 'fields', 1, 'f', i) end\" 0\n", NULL,
      "EVAL \"for i = 1, $n do redis.call('hsetex', 'hfu' .. i, 'px', i * 100, 'fields', 1, 'f', i) end\" 0\n",
      "EVAL \"for i = 1, $n, 2 do redis.call('hpersist', 'hft' .. i, 'fields', 1, 'f') end\" 0\n",
      "EVAL \"for i = 4, $n do redis.call('del', 'hft' .. i) end\" 0\n",
      "EVAL \"for i = 1, $n, 2 do redis.call('hset', 'hft' .. i, 'g', i) end\" 0\n", "!clock $n00\n!cron 4\n"}},
    {"channels",
     0,
     {"1> SUBSCRIBE %seq(1-$n,ch{})\n2> SUBSCRIBE %seq(1-$h,ch{})\n1> SSUBSCRIBE %seq(1-$h,sh{})\n2> PSUBSCRIBE "
      "%seq(1-9,p{}*)\n",
      NULL, "2> SUBSCRIBE %seq(1-$n,more{})\n", "1> UNSUBSCRIBE %seq(1-$n/2,ch{})\n",
      "1> UNSUBSCRIBE %seq(4-$n,ch{})\n", "PUBLISH ch1 x\nPUBLISH ch$h %rep(5000,x)\nSPUBLISH sh1 x\n", "1> !close\n"}},
    {"scripts",
     0,
     {"EVAL \"return 1\" 0\nEVAL \"return 'two'\" 0\nSCRIPT LOAD \"return 3\"\nEVAL \"return {4, 'four'}\" 0\nFUNCTION "
      "LOAD "
      "REPLACE \"#!lua name=lib0\\nredis.register_function('fun0', function(keys, args) return 1 end)\"\n",
      NULL, "EVAL \"return 5\" 0\nSCRIPT LOAD \"return 6\"\n", NULL, NULL, "EVAL \"return 1\" 0\nFCALL fun0 0\n",
      "SCRIPT FLUSH SYNC\n"}},
};

/* --- events */

/* What an event needs: a value with a key, a second value too, or only a server. */
typedef enum { NEEDS_NOTHING, NEEDS_KEY, NEEDS_TWO } Needs;

static const struct {
    const char *name, *help;
    Needs needs;
    const char *only; /* for kinds whose names begin with this; NULL: any */
    int weight;
    const char *text;
} events[] = {
    {"nothing", "nothing happens, the cycle continues", NEEDS_NOTHING, NULL, 1, ""},

    /* The value is removed or replaced. */
    {"deleted", "DEL", NEEDS_KEY, NULL, 8, "DEL $a\n"},
    {"unlinked", "UNLINK, the background job held", NEEDS_KEY, NULL, 5, "!jobs hold\nUNLINK $a\n"},
    {"expired-in-cron", "its TTL ends, cron removes it", NEEDS_KEY, NULL, 4, "PEXPIRE $a 100\n!clock 200\n!cron 2\n"},
    {"expired-when-read", "its TTL ends, a read removes it", NEEDS_KEY, NULL, 3,
     "PEXPIRE $a 100\n!clock 200\nEXISTS $a\n"},
    {"set-over", "SET, a short string", NEEDS_KEY, NULL, 4, "SET $a v\n"},
    {"set-over-raw", "SET, a long string", NEEDS_KEY, NULL, 3, "SET $a %rep(3000,x)\n"},
    {"rebuilt", "deleted and rebuilt", NEEDS_KEY, NULL, 5, "DEL $a\n@build a 1\n"},
    {"rebuilt-small", "deleted and rebuilt small", NEEDS_KEY, NULL, 5, "DEL $a\n@small a 1\n"},
    {"retyped", "deleted and rebuilt as the second kind", NEEDS_TWO, NULL, 8, "DEL $a\n@build a 2\n"},
    {"retyped-small", "the same, small", NEEDS_TWO, NULL, 4, "DEL $a\n@small a 2\n"},
    {"retyped-unlinked", "the same, big, with the old value in a held job", NEEDS_TWO, NULL, 4,
     "!jobs hold\nUNLINK $a\n@build a 2\n"},
    {"renamed-away", "RENAME to a free name", NEEDS_KEY, NULL, 5, "RENAME $a $c\n"},
    {"renamed-away-and-rebuilt", "the same, and rebuilt", NEEDS_KEY, NULL, 4, "RENAME $a $c\n@build a 1\n"},
    {"renamed-away-and-trimmed", "the same, and trimmed until it is not scanned later any more", NEEDS_KEY, NULL, 4,
     "RENAME $a $c\n@trim c 1\n"},
    {"renamed-over", "the second value takes its name", NEEDS_TWO, NULL, 8, "RENAME $b $a\n"},
    {"renamed-onto", "it takes the second value's name", NEEDS_TWO, NULL, 6, "RENAME $a $b\n"},
    {"exchanged", "both swap names", NEEDS_TWO, NULL, 5, "RENAME $a $c\nRENAME $b $a\nRENAME $c $b\n"},
    {"copied-over", "COPY of the second value over it", NEEDS_TWO, NULL, 5, "COPY $b $a REPLACE\n"},
    {"copied-onto", "COPY of it over the second value", NEEDS_TWO, NULL, 4, "COPY $a $b REPLACE\n"},
    {"copied-small-over", "COPY of a small value of the same type: another encoding", NEEDS_KEY, NULL, 4,
     "@small c 1\nCOPY $c $a REPLACE\n"},
    {"restored", "RESTORE of its own DUMP", NEEDS_KEY, NULL, 3,
     "EVAL \"return redis.call('restore', KEYS[1], 0, redis.call('dump', KEYS[1]), 'REPLACE')\" 1 $a\n"},
    {"restored-over", "RESTORE of the second value's DUMP", NEEDS_TWO, NULL, 3,
     "EVAL \"return redis.call('restore', KEYS[1], 0, redis.call('dump', KEYS[2]), 'REPLACE')\" 2 $a $b\n"},
    {"list-stored-over", "SORT STORE", NEEDS_KEY, NULL, 3, "RPUSH $c 3 1 2\nSORT $c STORE $a\n"},
    {"set-stored-over", "SUNIONSTORE", NEEDS_KEY, NULL, 3, "SADD $c %seq(1-$n,s{})\nSUNIONSTORE $a $c\n"},
    {"zset-stored-over", "ZUNIONSTORE", NEEDS_KEY, NULL, 3, "ZADD $c 1 x 2 y\nZUNIONSTORE $a 1 $c\n"},
    {"bits-stored-over", "BITOP", NEEDS_KEY, NULL, 2, "SET $c abc\nBITOP NOT $a $c\n"},
    {"moved", "MOVE to another database", NEEDS_KEY, NULL, 3, "MOVE $a $db\n"},
    {"moved-and-back", "the same, and back", NEEDS_KEY, NULL, 3, "MOVE $a $db\nSELECT $db\nMOVE $a 0\nSELECT 0\n"},
    {"other-deleted", "the second value, perhaps still waiting for its scan, is deleted", NEEDS_TWO, NULL, 3,
     "DEL $b\n"},
    {"both-deleted", "both are deleted", NEEDS_TWO, NULL, 2, "UNLINK $a $b\n"},

    /* The value changes. */
    {"grown", "elements are added", NEEDS_NOTHING, NULL, 6, "@grow a 1\n"},
    {"thinned", "every other element is removed", NEEDS_NOTHING, NULL, 6, "@thin a 1\n"},
    {"trimmed", "nearly all elements are removed", NEEDS_NOTHING, NULL, 6, "@trim a 1\n"},
    {"trimmed-and-grown", "nearly all elements are removed, others added", NEEDS_NOTHING, NULL, 4,
     "@trim a 1\n@grow a 1\n"},
    {"touched", "elements are overwritten with longer ones", NEEDS_NOTHING, NULL, 6, "@touch a 1\n"},
    {"emptied", "all elements are removed", NEEDS_NOTHING, NULL, 5, "@empty a 1\n"},
    {"emptied-and-rebuilt", "all elements are removed, others added", NEEDS_NOTHING, NULL, 5,
     "@empty a 1\n@build a 1\n"},
    {"other-grown", "the second value gets elements", NEEDS_TWO, NULL, 2, "@grow b 2\n"},
    {"given-a-ttl", "PEXPIRE, PERSIST, PEXPIRE", NEEDS_KEY, NULL, 3,
     "PEXPIRE $a 100000\nPERSIST $a\nPEXPIRE $a 200000\n"},
    {"in-a-transaction", "changed between MULTI and EXEC", NEEDS_KEY, NULL, 3,
     "3> WATCH $a\n3> MULTI\n3> DEL $a\n3> SET $a v\n3> EXEC\n"},
    {"watched-and-changed", "WATCH, a change, EXEC", NEEDS_KEY, NULL, 3,
     "3> WATCH $a $c\n3> MULTI\n3> SET $c v\n@touch a 1\n3> EXEC\n"},

    /* TTLs of fields. */
    {"fields-expired", "half of the fields expire", NEEDS_KEY, "hash-field", 5, "!clock 6000\n!cron 3\n"},
    {"fields-all-expired", "all fields expire", NEEDS_KEY, "hash-field", 5, "!clock 600000\n!cron 30\n"},
    {"fields-persisted", "all fields lose their TTLs", NEEDS_KEY, "hash-field", 5,
     "HPERSIST $a FIELDS $n %seq(1-$n,f{})\n"},
    {"fields-half-persisted", "half of the fields lose their TTLs", NEEDS_KEY, "hash-field", 4,
     "HPERSIST $a FIELDS $h %seq(1-$h,f{})\n"},
    {"fields-postponed", "all fields have the same TTL", NEEDS_KEY, "hash-field", 4,
     "HPEXPIRE $a 7000 FIELDS $n %seq(1-$n,f{})\n"},
    {"fields-overwritten", "HSET removes the TTLs", NEEDS_KEY, "hash-field", 4, "HSET $a %seq(1-$n,f{},w{})\n"},
    {"fields-given-ttls", "fields without a TTL get one", NEEDS_KEY, "hash", 4,
     "HPEXPIRE $a 9000 FIELDS $h %seq(1-$h,f{})\n"},
    {"becomes-a-hash-with-ttls", "replaced by a hash whose fields have TTLs", NEEDS_KEY, NULL, 3,
     "DEL $a\nHSETEX $a PX 5000 FIELDS $n %seq(1-$n,f{},v{})\n"},
    {"becomes-a-hash", "replaced by a hash without TTLs", NEEDS_KEY, NULL, 3, "DEL $a\nHSET $a %seq(1-$n,f{},v{})\n"},

    /* Groups. */
    {"groups-destroyed", "XGROUP DESTROY", NEEDS_KEY, "stream-groups", 4,
     "XGROUP DESTROY $a grp1\nXGROUP DESTROY $a grp2\n"},
    {"consumers-deleted", "XGROUP DELCONSUMER", NEEDS_KEY, "stream-groups", 4, "XGROUP DELCONSUMER $a grp1 ann\n"},
    {"entries-claimed", "XAUTOCLAIM", NEEDS_KEY, "stream-groups", 4, "XAUTOCLAIM $a grp1 eve 0 0 COUNT 100\n"},
    {"entries-read", "XREADGROUP of further entries", NEEDS_KEY, "stream-groups", 3,
     "XREADGROUP GROUP grp2 eve COUNT $h STREAMS $a >\n"},
    {"groups-made", "XGROUP CREATE", NEEDS_KEY, "stream", 3,
     "XGROUP CREATE $a grp3 0\nXREADGROUP GROUP grp3 ann STREAMS $a >\n"},

    /* The database. */
    {"flushdb", "FLUSHDB SYNC", NEEDS_NOTHING, NULL, 4, "FLUSHDB SYNC\n"},
    {"flushdb-async", "FLUSHDB ASYNC, the job held", NEEDS_NOTHING, NULL, 4, "!jobs hold\nFLUSHDB ASYNC\n"},
    {"flushall", "FLUSHALL SYNC", NEEDS_NOTHING, NULL, 4, "FLUSHALL SYNC\n"},
    {"flushall-async", "FLUSHALL ASYNC, the job held", NEEDS_NOTHING, NULL, 4, "!jobs hold\nFLUSHALL ASYNC\n"},
    {"flushed-and-rebuilt", "FLUSHDB, and rebuilt", NEEDS_NOTHING, NULL, 4, "FLUSHDB SYNC\n@build a 1\n"},
    {"flushed-and-retyped", "FLUSHALL ASYNC, and the second kind under its name", NEEDS_TWO, NULL, 4,
     "!jobs hold\nFLUSHALL ASYNC\n@build a 2\n"},
    {"swapped", "SWAPDB", NEEDS_NOTHING, NULL, 5, "SWAPDB 0 $db\n"},
    {"swapped-and-back", "SWAPDB twice", NEEDS_NOTHING, NULL, 4, "SWAPDB 0 $db\n!slice 8\nSWAPDB 0 $db\n"},
    {"swapped-and-rebuilt", "SWAPDB, and rebuilt", NEEDS_NOTHING, NULL, 4, "SWAPDB 0 $db\n@build a 1\n"},
    {"swapped-and-retyped", "SWAPDB, and the second kind under its name", NEEDS_TWO, NULL, 4,
     "SWAPDB 0 $db\n@build a 2\n"},
    {"reloaded", "saved and loaded back", NEEDS_NOTHING, NULL, 3, "!reload\n"},
    {"reloaded-with-slices", "the same, with slices while it is loaded", NEEDS_NOTHING, NULL, 3,
     "CONFIG SET loading-process-events-interval-bytes 1024\n!busy 12\n!reload\n!busy 0\n"},
    {"rewritten", "written as commands and loaded back", NEEDS_NOTHING, NULL, 3, "!rewrite\n"},
    {"held-open", "a module keeps it open, yields and runs a script, slices in between", NEEDS_KEY, NULL, 4,
     "!busy 12\nSAMPLE.HOLD $a 2\nSAMPLE.HOLDSCRIPT $a \"for i = 1, 300000 do end\"\nSAMPLE.SCAN\n!busy 0\n"},
    {"unread", "a client asks for it and does not read the reply", NEEDS_KEY, NULL, 3,
     "6> !window 0\n6> DUMP $a\n6> OBJECT ENCODING $a\n!slice 8\n@touch a 1\n6> !close\n"},
    {"pipelined", "copied, deleted and renamed by commands that arrive in two parts", NEEDS_KEY, NULL, 3,
     "6> !cork\n6> COPY $a piped\n6> DEL $a\n6> RENAME piped $a\n6> !uncork 50\n!slice 8\n6> !uncork\n"},
    {"script-killed", "a slow script is killed by a client that closes", NEEDS_NOTHING, NULL, 3,
     "6> !cork\n6> SCRIPT KILL\n6> !close\n6> !meanwhile 2\n!busy 12\nEVAL \"for i = 1, 300000 do end\" 0\n!busy 0\n"},
    {"table-grown", "keys are added until the table is rehashed", NEEDS_NOTHING, NULL, 4,
     "MSET %seq(1-300,more{},v)\n"},
    {"table-shrunk", "keys are removed until the table shrinks", NEEDS_NOTHING, NULL, 4,
     "MSET %seq(1-300,more{},v)\n!cron 3\n!slice 40\nDEL %seq(1-298,more{})\n"},
    {"rehashed", "cron continues rehashing", NEEDS_NOTHING, NULL, 4, "@grow a 1\n!cron 5\n"},

    /* The cycle, the settings, the scripts, the clients. */
    {"switched-off-and-on", "CONFIG SET activedefrag no and yes, unnoticed by the cycle", NEEDS_NOTHING, NULL, 3,
     "CONFIG SET activedefrag no\nCONFIG SET activedefrag yes\n"},
    {"switched-off", "CONFIG SET activedefrag no, the cycle ends, yes", NEEDS_NOTHING, NULL, 4,
     "CONFIG SET activedefrag no\n!slice 1\nCONFIG SET activedefrag yes\n"},
    {"switched-off-and-deleted", "the same, the value deleted in between", NEEDS_KEY, NULL, 3,
     "CONFIG SET activedefrag no\nDEL $a\n!slice 1\nCONFIG SET activedefrag yes\n"},
    {"limit-raised", "active-defrag-max-scan-fields above its size", NEEDS_NOTHING, NULL, 3,
     "CONFIG SET active-defrag-max-scan-fields 100000\n"},
    {"limit-lowered", "active-defrag-max-scan-fields 1", NEEDS_NOTHING, NULL, 3,
     "CONFIG SET active-defrag-max-scan-fields 1\n@small c 1\n"},
    {"encodings-changed", "limits of encodings change, then it is written to", NEEDS_NOTHING, NULL, 3,
     "CONFIG SET list-max-listpack-size 64 hash-max-listpack-entries 1000 zset-max-listpack-entries 1000\n@touch a "
     "1\n"},
    {"compressed", "list-compress-depth 1, then it is written to", NEEDS_KEY, "list", 3,
     "CONFIG SET list-compress-depth 1\n@grow a 1\n@touch a 1\n"},
    {"some-moves", "only some blocks move from now on", NEEDS_NOTHING, NULL, 3, "!move some 7 40\n"},
    {"scripts-loaded", "SCRIPT LOAD, EVAL, FUNCTION LOAD", NEEDS_NOTHING, NULL, 3,
     "SCRIPT LOAD \"return 7\"\nEVAL \"return 'eight'\" 0\nFUNCTION LOAD REPLACE \"#!lua "
     "name=lib1\\nredis.register_function('fun1', function(keys, args) return 1 end)\"\n"},
    {"scripts-flushed", "SCRIPT FLUSH SYNC, EVAL", NEEDS_NOTHING, NULL, 3, "SCRIPT FLUSH SYNC\nEVAL \"return 1\" 0\n"},
    {"scripts-flushed-async", "SCRIPT and FUNCTION FLUSH ASYNC, the jobs held", NEEDS_NOTHING, NULL, 3,
     "!jobs hold\nSCRIPT FLUSH ASYNC\nFUNCTION FLUSH ASYNC\nEVAL \"return 1\" 0\n"},
    {"slow-script", "a slow script deletes, rebuilds and reads it, slices in between", NEEDS_KEY, NULL, 3,
     "!busy 12\nEVAL \"redis.call('del', KEYS[1]) for i = 1, 150000 do end redis.call('rpush', KEYS[1], unpack({1, 2, "
     "3})) for i = "
     "1, 150000 do end\" 1 $a\n!busy 0\n"},
    {"slow-script-in-a-transaction", "the same in a transaction that changes things before it", NEEDS_KEY, NULL, 3,
     "!busy 12\n3> MULTI\n3> SUBSCRIBE ch1 new\n3> SPUBLISH ch1 x\n3> RENAME $a $c\n3> SET $a %rep(100,v)\n3> EVAL "
     "\"for i = 1, "
     "400000 do end\" 0\n3> EXEC\n3> UNSUBSCRIBE\n!busy 0\n"},
    {"slow-transaction", "a slow script in a transaction that subscribes and flushes scripts", NEEDS_NOTHING, NULL, 3,
     "!busy 12\n3> MULTI\n3> PSUBSCRIBE n*\n3> SSUBSCRIBE sh1\n3> SCRIPT FLUSH\n3> SUBSCRIBE ch1 ch2\n3> UNSUBSCRIBE "
     "ch2\n3> EVAL \"for i = 1, "
     "400000 do end\" 0\n3> EXEC\n3> !close\n!busy 0\n"},
    {"subscriber-gone", "a client subscribes, and leaves after a slice", NEEDS_NOTHING, NULL, 3,
     "3> SUBSCRIBE ch1 ch2 new\n!slice 12\n3> !close\n"},
    {"blocked-client-gone", "a client waits for a key, and leaves after a slice", NEEDS_NOTHING, NULL, 3,
     "3> BLPOP $c 0\n!slice 12\n3> !close\n"},
    {"blocked-client-served", "a client waits for a key, and is served after a slice", NEEDS_NOTHING, NULL, 3,
     "3> BLPOP $c 0\n!slice 12\nRPUSH $c x y\n"},
    {"watching-client-gone", "a client watches the key, and leaves after a slice", NEEDS_KEY, NULL, 3,
     "3> WATCH $a $c\n!slice 12\n3> !close\n"},
};

const char *interruptions_kind(int kind) {
    return kind >= 0 && kind < COUNT_OF(kinds) ? kinds[kind].name : NULL;
}

const char *interruptions_event(int event) {
    return event >= 0 && event < COUNT_OF(events) ? events[event].name : NULL;
}

const char *interruptions_event_help(int event) {
    return events[event].help;
}

static int find(const char *name, const char *(*name_of)(int)) {
    int i = 0;
    while (name_of(i) && strcmp(name_of(i), name) != 0) i++;
    return name_of(i) ? i : -1;
}

int interruptions_find_kind(const char *name) {
    return find(name, interruptions_kind);
}

int interruptions_find_event(const char *name) {
    return find(name, interruptions_event);
}

bool interruptions_has_key(int kind) {
    return kinds[kind].letter != 0;
}

static const char module_command[] = "SAMPLE.";

bool interruptions_needs_module(int kind) {
    return kind >= 0 && strncmp(kinds[kind].parts[PART_BUILD], module_command, strlen(module_command)) == 0;
}

static bool event_needs_module(int event) {
    return strstr(events[event].text, module_command) != NULL;
}

bool interruptions_fits(int event, int kind, int second) {
    const char *only = events[event].only;
    bool module = interruptions_needs_module(kind) || interruptions_needs_module(second);
    if (event_needs_module(event) && !module) return false;
    if (only && strncmp(kinds[kind].name, only, strlen(only)) != 0) return false;
    if (events[event].needs >= NEEDS_KEY && !interruptions_has_key(kind)) return false;
    return events[event].needs != NEEDS_TWO || second != INTERRUPTIONS_ALONE;
}

/* --- texts filled in */

/* The output of texts, and the key of "$k". */
typedef struct {
    const InterruptionFrame *frame;
    const char *key;
    Text *out;
} Filling;

static void fill_text(const Filling *f, const char *text);

static const char *key_named(const InterruptionFrame *frame, char letter) {
    return letter == 'a' ? frame->key : letter == 'b' ? frame->other : frame->third;
}

static void fill_blank(const Filling *f, const char *word) {
    const InterruptionFrame *frame = f->frame;
    const char *key = strcmp(word, "k") == 0 ? f->key : key_named(frame, word[0]);
    int64_t size = frame->size / 2 * 2;
    if (!strcmp(word, "n"))
        text_format(f->out, "%lld", (long long)size);
    else if (!strcmp(word, "h"))
        text_format(f->out, "%lld", (long long)size / 2);
    else if (!strcmp(word, "i"))
        text_format(f->out, "%lld", (long long)size / 2 + 1);
    else if (!strcmp(word, "q"))
        text_format(f->out, "%lld", (long long)size / 4);
    else if (!strcmp(word, "db"))
        text_format(f->out, "%d", frame->databases - 1);
    else
        text_append(f->out, key, strlen(key));
}

/* Inserts a part of a kind: "build a 2". */
static void fill_part(const Filling *f, const char *line) {
    char name[WORD_ROOM], letter;
    int whose, part = 0;
    sscanf(line, "%15s %c %d", name, &letter, &whose);
    while (strcmp(part_names[part], name) != 0) part++;
    int kind = whose == 1 ? f->frame->kind : f->frame->second;
    const char *text = kinds[kind].parts[part];
    Filling inner = {.frame = f->frame, .key = key_named(f->frame, letter), .out = f->out};
    if (text) fill_text(&inner, text);
}

static void fill_line(const Filling *f, const char *line, const char *end) {
    while (line < end) {
        if (*line != '$') {
            text_append(f->out, line++, 1);
            continue;
        }
        char word[WORD_ROOM];
        size_t len = 0;
        for (line++; isalpha((unsigned char)line[len]) && len < WORD_ROOM - 1; len++) word[len] = line[len];
        word[len] = '\0';
        fill_blank(f, word);
        line += len;
    }
}

static void fill_text(const Filling *f, const char *text) {
    while (*text) {
        const char *end = strchr(text, '\n') + 1;
        if (*text == '@')
            fill_part(f, text + 1);
        else
            fill_line(f, text, end);
        text = end;
    }
}

static void append(const InterruptionFrame *frame, const char *text, Stream *out) {
    Text filled = text_make(HEADER, strlen(HEADER));
    Stream parsed;
    StreamError error;
    fill_text(&(Filling){.frame = frame, .key = frame->key, .out = &filled}, text);
    if (!stream_parse(filled.data, filled.len, STREAM_STRICT, &parsed, &error))
        fault_end("a text in the tables of interruptions: %s\n%s", error.what, filled.data);
    for (int i = 0; i < parsed.nsteps; i++) {
        parsed.steps[i].line = 0;
        stream_insert(out, out->nsteps, &parsed.steps[i]);
    }
    stream_free(&parsed);
    text_free(&filled);
}

void interruptions_add_build(const InterruptionFrame *frame, Stream *out) {
    /* Databases are created at their first use; a cycle has stages for those that exist. */
    if (frame->databases > 1) append(frame, "1> SELECT $db\n", out);
    if (frame->second != INTERRUPTIONS_ALONE) append(frame, "@build b 2\n", out);
    append(frame, "@build a 1\n", out);
}

void interruptions_add_event(const InterruptionFrame *frame, int event, Stream *out) {
    append(frame, events[event].text, out);
}

void interruptions_add_end(const InterruptionFrame *frame, Stream *out) {
    append(frame, "DUMP $a\nDUMP $b\n", out);
    append(frame, "!jobs run\nFLUSHALL\n", out);
}

/* --- chance */

#define MOST_EVENTS 3
#define PERCENT_ALONE 25
#define LONGEST_SLICE 400 /* pointers */
#define PERCENT_PAUSE 60  /* events that are followed by a slice */

static void draw_key(Prng *prng, const Draft *draft, int kind, char name[POOL_NAME_ROOM]) {
    char text[2] = {kinds[kind].letter ? kinds[kind].letter : 's', '0'};
    KeyPool pool = KEYS_STRINGS;
    int number;
    pools_is_key((Text){.data = text, .len = 2}, &pool, &number);
    pools_key_name(draft, pool, (int)prng_below(prng, POOL_NAMES), name);
}

static int draw_kind(Prng *prng, const Draft *draft, bool with_key) {
    int kind;
    do kind = (int)prng_below(prng, COUNT_OF(kinds));
    while ((with_key && !interruptions_has_key(kind)) || (interruptions_needs_module(kind) && !draft->module));
    return kind;
}

/* Returns -1 when the swarm leaves no event that applies. */
static int draw_event(Prng *prng, const Draft *draft, const InterruptionFrame *frame) {
    int weights[COUNT_OF(events)];
    for (int i = 0; i < COUNT_OF(events); i++) {
        bool possible = interruptions_fits(i, frame->kind, frame->second) && !weights_left_out(draft, SWARM_EVENT, i);
        weights[i] = possible ? events[i].weight : 0;
    }
    return prng_weighted(prng, weights, COUNT_OF(events));
}

static void append_slice(Prng *prng, Stream *out) {
    Step slice = step_verb(VERB_SLICE);
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)prng_scaled(prng, 1, LONGEST_SLICE));
    step_add_string(&slice, digits);
    if (!stream_insert(out, out->nsteps, &slice)) step_free(&slice);
}

static void append_events(Prng *prng, const Draft *draft, const InterruptionFrame *frame, Stream *out) {
    for (int64_t left = prng_scaled(prng, 1, MOST_EVENTS); left > 0; left--) {
        int event = draw_event(prng, draft, frame);
        if (event >= 0) interruptions_add_event(frame, event, out);
        if (prng_chance(prng, PERCENT_PAUSE)) append_slice(prng, out);
    }
}

static void draw_interruption(Prng *prng, const Draft *draft, Stream *out) {
    char key[POOL_NAME_ROOM], other[POOL_NAME_ROOM], third[POOL_NAME_ROOM + 5];
    InterruptionFrame frame = {
        .kind = draw_kind(prng, draft, false), .second = INTERRUPTIONS_ALONE, .databases = draft->databases};
    if (!prng_chance(prng, PERCENT_ALONE)) frame.second = draw_kind(prng, draft, true);
    draw_key(prng, draft, frame.kind, key);
    draw_key(prng, draft, frame.second == INTERRUPTIONS_ALONE ? frame.kind : frame.second, other);
    frame.key = key;
    frame.other = other;
    snprintf(third, sizeof(third), "%s-free", key); /* in the same slot */
    frame.third = third;
    frame.size = prng_scaled(prng, 20, 300);
    interruptions_add_build(&frame, out);
    append_slice(prng, out);
    append_events(prng, draft, &frame, out);
    append(&frame, prng_chance(prng, 50) ? "!finish\nDUMP $a\n" : "!jobs run\n!cycle\n", out);
}

int interruptions_insert(Prng *prng, const Draft *draft, Stream *stream, int at) {
    Stream interruption;
    int inserted = 0;
    stream_init(&interruption);
    draw_interruption(prng, draft, &interruption);
    for (int i = 0; i < interruption.nsteps; i++)
        inserted += stream_insert(stream, at + inserted, &interruption.steps[i]);
    stream_free(&interruption);
    return inserted;
}
