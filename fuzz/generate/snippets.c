/* SPDX-License-Identifier: BSD-3-Clause */
/* snippets.c -- a table of stream texts with blanks; see snippets.h.
 *
 * A name with "cluster-" is one of a snippet for cluster mode; with "module-" at its beginning, for
 * the sample module; with "hide-", what it does hides what follows (SWARM_HIDING). A line that
 * begins with "?" is left out with a probability of 50 %. Blanks:
 *   $s $l $h ...    a key of the pool of that letter, the same throughout the snippet
 *   $S $L $H ...    another key of that pool
 *   $big $half      the number of elements of a big value, and half of it
 *   $some           a few, 1 to 40
 *   $slice          pointers in a slice
 *   $client         a client other than 0, the same throughout the snippet
 *   $other          another client
 *   $db             a database
 *   $ms             milliseconds
 *   $value          a short word
 *   $script $sha    a script of the pool and its SHA1; the script needs quotes
 *   $dump           the DUMP of a string
 *   $library $fun   a library of the pool, and the function of its number that it registers. */
#include "fuzz/generate/snippets.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/base/sha1.h"
#include "fuzz/generate/hints.h"
#include "fuzz/generate/weights.h"
#include "harness/base/array.h"

#define WORD_ROOM 16              /* bytes of a blank's name */
#define HEADER STREAM_HEADER "\n" /* required by the strict parser */

static const struct {
    const char *name;
    int weight;
    const char *text;
} table[] = {
    /* Big keys of every type: filled by one command, half scanned, changed, scanned to the end. */
    {"fill-list", 6,
     "RPUSH $l %seq(1-$big,e{})\n?!slice $slice\n?LTRIM $l $some -$some\n?LREM $l 1 e$half\n?!finish\n"},
    {"fill-hash", 6,
     "HSET $h %seq(1-$big,f{},v{})\n?!slice $slice\nHDEL $h %seq(1-$big/2,f{})\n?!slice $slice\n?HSET $h f1 "
     "%rep(5000,w)\n"},
    {"fill-set", 5, "SADD $t %seq(1-$big,m{})\n?!slice $slice\nSREM $t %seq(2-$big/2,m{})\n?SPOP $t $some\n?!finish\n"},
    {"fill-intset", 3, "SADD $t %seq(1-$big/3,{})\n?!slice $slice\nSADD $t 70000 5000000000\n?SADD $t $value\n"},
    {"fill-zset", 6,
     "ZADD $z %seq(1-$big,{},m{})\n?!slice $slice\nZREM $z %seq(1-$big/2,m{})\n?ZINCRBY $z $some m$half\n?!finish\n"},
    {"fill-stream", 6,
     "XADD $x * %seq(1-40,f{},v{})\nEVAL \"for i = 1, $half do redis.call('xadd', KEYS[1], '*', 'f', i) end\" 1 $x\n"
     "?!slice $slice\n?XTRIM $x MAXLEN $some\n?XDEL $x 1-1\n?!finish\n"},
    {"fill-hll", 1, "PFADD $p %seq(1-$big,m{})\n?PFMERGE $P $p\n?PFCOUNT $p $P\n"},
    {"fill-geo", 2, "GEOADD $g %seq(1-80,{},{},place{})\n?GEOSEARCH $g FROMLONLAT 15 15 BYRADIUS 5000 km\n"},
    {"long-values", 3, "SET $s %rep(70000,ab)\nAPPEND $s %rep(1000,c)\n?SETRANGE $s $some $value\n?GETDEL $s\n"},
    {"long-elements", 3,
     "RPUSH $l %rep(9000,a) %rep(9000,b) $value\n?LINSERT $l AFTER $value %rep(70000,c)\n?!slice $slice\n?LSET $l 1 "
     "$value\n"},
    {"many-keys", 4,
     "MSET %seq(1-$big,many{},v{})\n?!slice $slice\nDEL %seq(1-$big/2,many{})\n?SCAN 0 COUNT $some\n?!finish\n"},

    /* Conversions between encodings. */
    {"shrink-and-grow", 3,
     "HSET $h %seq(1-$some,f{},v{})\nHSET $h long %rep(100,x)\n?!slice $slice\nHDEL $h long\n?DEL $h\n"},
    {"encoding-limits", 3,
     "CONFIG SET list-max-listpack-size $some\nCONFIG SET hash-max-listpack-entries $some\nHSET $h "
     "%seq(1-$some,f{},v{})\n"
     "RPUSH $l %seq(1-$some,e{})\n"},
    {"node-limits", 3,
     "XADD $x * f1 v1\n?XADD $x * f1 $value f2 $value\nCONFIG SET stream-node-max-bytes 1\nXADD $x * f v\n?XADD $x * "
     "f1 "
     "%rep($some,a) f2 %rep($half,b)\n?CONFIG SET stream-node-max-bytes 64\n?XADD $x * f1 $value\n?XRANGE $x - +\n"},
    {"defer-limit", 3, "CONFIG SET active-defrag-max-scan-fields $some\n!slice $slice\n?!slice $slice\n!finish\n"},
    {"list-compression", 3,
     "CONFIG SET list-compress-depth 1\nRPUSH $l %seq(1-$big,element-{}-aaaaaaaaaaaaaaaaaaaa)\n?LINDEX $l $half\n"
     "?LPOS $l e5\n?!slice $slice\n?LINSERT $l BEFORE element-$some-aaaaaaaaaaaaaaaaaaaa new\n"},

    /* Time. */
    {"key-ttls", 4,
     "SET $s $value PX $ms\nHSET $h f1 v1\nPEXPIRE $h $ms\n?PERSIST $h\n!clock $ms\n?!cron 2\n?GET $s\n"},
    {"field-ttls", 6,
     "HSET $h %seq(1-$half,f{},v{})\nHPEXPIRE $h $ms FIELDS 20 %seq(1-20,f{})\n?HPEXPIRE $h 100000 FIELDS 20 "
     "%seq(30-49,f{})\n"
     "?!slice $slice\n?HPERSIST $h FIELDS 3 f1 f2 f40\n!clock $ms\n?!cron 3\n?HGETALL $h\n?!finish\n"},
    {"many-ttls", 3,
     "MSET %seq(1-$half,ttl{},v{})\nEVAL \"for i = 1, $half do redis.call('pexpire', 'ttl' .. i, i * 10) end\" 0\n"
     "?!slice $slice\n!clock $ms\n!cron 4\n?!finish\n"},

    /* Groups and pending entries. */
    {"group", 7,
     "XADD $x * f1 v1\nXADD $x * f2 v2 f3 v3\n?XGROUP CREATE $x grp1 0 MKSTREAM\nXREADGROUP GROUP grp1 ann COUNT 2 "
     "STREAMS $x >\n"
     "?!slice $slice\n?XCLAIM $x grp1 bob 0 1-1 2-1\n?XAUTOCLAIM $x grp1 eve 0 - COUNT $some\n?XACK $x grp1 1-1\n"
     "?XPENDING $x grp1 - + $some\n"},
    {"big-group", 4,
     "EVAL \"for i = 1, $half do redis.call('xadd', KEYS[1], '*', 'f', i) end\" 1 $x\n?XGROUP CREATE $x grp2 0\n"
     "XREADGROUP GROUP grp2 bob COUNT $half STREAMS $x >\n?!slice $slice\n?XAUTOCLAIM $x grp2 ann 0 0 COUNT $some\n"
     "?!slice $slice\n?XGROUP DELCONSUMER $x grp2 bob\n?XGROUP DESTROY $x grp2\n?!finish\n"},
    {"blocked-reader", 2,
     "?XGROUP CREATE $x grp1 0 MKSTREAM\n$client> XREADGROUP GROUP grp1 eve BLOCK 0 STREAMS $x >\n"
     "?!cycle $slice\n?!slice $slice\nXADD $x * f v\n?!finish\n"},

    /* Several clients. */
    {"blocked-pop", 4,
     "DEL $l\n$client> BLPOP $l $L 0\n?!slice $slice\n?$other> BLMOVE $l $L LEFT RIGHT 1\nRPUSH $l a b c\n"},
    {"blocked-timeout", 2, "DEL $z\n$client> BZPOPMIN $z 0.1\n!clock $ms\n!cron\n"},
    {"publish", 4,
     "$client> SUBSCRIBE ch1 ch2\n$other> PSUBSCRIBE ch* ?h1\n?!slice $slice\nPUBLISH ch1 $value\n?SPUBLISH ch1 "
     "$value\n"
     "?$client> UNSUBSCRIBE\n?$other> PUNSUBSCRIBE ch*\n?PUBLISH ch2 %rep(20000,m)\n$other> !close\n"},
    {"many-subscriptions", 4,
     "$client> SUBSCRIBE %seq(1-$half,ch{})\n?$client> SSUBSCRIBE %seq(1-20,ch{})\n?$other> PSUBSCRIBE "
     "%seq(1-50,p{}*)\n"
     "?!slice $slice\n?PUBLISH ch7 $value\n$client> UNSUBSCRIBE %seq(1-$half/2,ch{})\n?!finish\n?$client> !close\n"},
    {"transaction", 5,
     "?$client> WATCH $h $s\n$client> MULTI\n$client> HSET $h %seq(1-$some,f{},v{})\n?SET $s $value\n?!slice $slice\n"
     "$client> GET $s\n?$client> DEL $h\n$client> EXEC\n"},
    {"discarded", 1, "$client> MULTI\n$client> RPUSH $l %seq(1-$some,e{})\n!cycle\n$client> DISCARD\n"},
    {"watched-keys", 2, "$client> WATCH $h $l $z %seq(1-30,many{})\n?!slice $slice\nDEL $h\n?$client> UNWATCH\n"},
    {"tracking", 2,
     "$client> HELLO 3\n$client> CLIENT TRACKING ON\n$client> GET $s\n$client> HGETALL $h\nSET $s $value\n"
     "?DEL $h\n?$client> CLIENT TRACKING OFF\n"},

    /* Scripts and functions. */
    {"script-load", 4,
     "SCRIPT LOAD \"$script\"\n?!slice $slice\nEVALSHA $sha 1 $h $value\n?SCRIPT EXISTS $sha\n?SCRIPT FLUSH\n"},
    {"many-scripts", 3,
     "EVAL \"return $some\" 0\nEVAL \"return 'a' .. $half\" 0\nEVAL \"return {1, $big}\" 0\n!cycle\n"},
    {"functions", 4,
     "FUNCTION LOAD REPLACE \"$library\"\n?!slice $slice\n?FCALL $fun 0\n?FUNCTION LIST WITHCODE\n?FUNCTION FLUSH "
     "ASYNC\n"},

    /* The key space as a whole. */
    {"rename", 3,
     "HSET $h %seq(1-$big,f{},v{})\n!slice $slice\nRENAME $h $H\n!slice $slice\n?COPY $H $h REPLACE\n!finish\n"},
    {"copy", 3, "ZADD $z %seq(1-$big,{},m{})\nCOPY $z $Z REPLACE\n?!slice $slice\nDEL $z\n?!finish\n"},
    {"databases", 3,
     "SET $s $value\n?!slice $slice\n?MOVE $s $db\nSWAPDB 0 $db\n?!slice $slice\nSELECT $db\n?RPUSH $l "
     "%seq(1-$some,e{})\nSELECT 0\n"},
    {"flush", 2,
     "HSET $h %seq(1-$half,f{},v{})\n!slice $slice\n?!jobs hold\nFLUSHALL ASYNC\n?!finish\n?!jobs one\n!jobs run\n"},
    {"held-jobs", 2, "!jobs hold\nSADD $t %seq(1-$big,m{})\nUNLINK $t\n!cycle\n?!jobs one\n!jobs run\n"},
    {"store", 2,
     "SADD $t %seq(1-$half,m{})\nSADD $T %seq(1-$half/2,m{})\nSINTERSTORE $t $t $T\n?ZUNIONSTORE $z 2 $t $T\n?SORT $t "
     "ALPHA STORE $l\n"},
    {"reload", 2, "!slice $slice\n!reload\n?!slice $slice\n!finish\n"},

    /* Cycles. */
    {"interrupted-hash", 5, "!slice $slice\nHSET $h %seq(1-$some,f{},new{})\n!slice $slice\nDEL $h\n!finish\n"},
    {"interrupted-list", 5,
     "!slice $slice\nRPUSH $l %seq(1-$some,e{})\n!slice $slice\nLPOP $l $some\n?DEL $l\n!finish $slice\n"},
    {"interrupted-zset", 4,
     "!slice $slice\nZADD $z %seq(1-$some,{},m{})\n!slice $slice\nZREMRANGEBYRANK $z 0 $some\n!finish $slice\n"},
    {"interrupted-stream", 4,
     "!slice $slice\nXADD $x * f v\n!slice $slice\nXTRIM $x MAXLEN 1\n?DEL $x\n!finish $slice\n"},
    {"some-moves", 4, "!move some $some 50\n!cycle\n?!move every 2\n?!cycle\n!move all\n"},
    /* Commands that only succeed after others. */
    {"debug", 1,
     "?DEBUG DIGEST\n?DEBUG DIGEST-VALUE $h $l\n?DEBUG OBJECT $h\n?DEBUG HTSTATS 0 full\n?DEBUG HTSTATS-KEY $h\n"
     "?DEBUG LISTPACK $z\n?DEBUG QUICKLIST $l 1\n?DEBUG SDSLEN $s\n?DEBUG PROTOCOL attrib\n?DEBUG PROTOCOL bignum\n"
     "?DEBUG SET-ACTIVE-EXPIRE 0\n?DEBUG QUICKLIST-PACKED-THRESHOLD 100b\n?DEBUG DICT-RESIZING 0\n"
     "?DEBUG CLIENT-ENFORCE-REPLY-LIST 1\n?DEBUG STRINGMATCH-LEN 100 a*b?c\n?DEBUG CHANGE-REPL-ID\n?DEBUG HELP\n"
     "?DEBUG ERROR $value\n?DEBUG LOG $value\n?RPUSH $l %rep(300,q)\n?DEBUG DICT-RESIZING 1\n"},
    {"object-freq", 1,
     "CONFIG SET maxmemory-policy allkeys-lfu\nSET $s $value\n?GET $s\nOBJECT FREQ $s\n?RESTORE-ASKING $S 0 $dump "
     "REPLACE FREQ 200\n"},
    {"tracking-options", 2,
     "$client> HELLO 3\n?$client> CLIENT TRACKING ON BCAST PREFIX $h PREFIX $s NOLOOP\n?$client> CLIENT TRACKING ON "
     "BCAST\n?$client> CLIENT TRACKING ON OPTIN\n?$client> CLIENT CACHING YES\n?$client> GET $s\n?$client> CLIENT "
     "TRACKING ON OPTOUT\n?$client> CLIENT CACHING NO\n?$client> HGETALL $h\nSET $s $value\n?$client> CLIENT "
     "TRACKINGINFO\n"},
    {"redirect", 1,
     "CLIENT ID\n$client> CLIENT TRACKING OFF\n$client> CLIENT TRACKING ON REDIRECT 4\n?$client> GET $s\nSET $s "
     "$value\n?!close\n?SET $s $value\n"},
    {"optin", 1,
     "$client> CLIENT TRACKING OFF\n$client> CLIENT TRACKING ON OPTIN\n$client> CLIENT CACHING YES\n?$client> GET "
     "$s\n"},
    {"optout", 1,
     "$client> CLIENT TRACKING OFF\n$client> CLIENT TRACKING ON OPTOUT\n$client> CLIENT CACHING NO\n?$client> GET "
     "$s\n"},
    {"users", 1,
     "ACL SETUSER alice on >pw1 ~* &* +@all\n?$client> AUTH alice pw1\n?$client> HSET $h f1 $value\n?$client> ACL "
     "WHOAMI\n?ACL SETUSER alice -hset\n?$client> HSET $h f2 $value\n?ACL LOG\n?ACL DELUSER alice\n?ACL LOG RESET\n"},
    {"imports", 1,
     "CONFIG SET import-mode yes\n$client> CLIENT IMPORT-SOURCE ON\n?$client> SET $s $value PX 1\n?!clock $ms\n"
     "?$client> GET $s\n?$client> CLIENT IMPORT-SOURCE OFF\nCONFIG SET import-mode no\n"},
    {"unblock", 2,
     "DEL $l\n$client> CLIENT ID\n$client> BLPOP $l 0\n?CLIENT UNBLOCK 4 TIMEOUT\n?CLIENT UNBLOCK 5 ERROR\n?CLIENT "
     "UNBLOCK 6\n?RPUSH $l a\n"},
    {"function-dump", 1,
     "FUNCTION LOAD REPLACE \"$library\"\nFUNCTION DUMP\nEVAL \"return redis.call('function', 'restore', "
     "redis.call('function', 'dump'), 'replace')\" 0\n?FUNCTION STATS\n"},
    {"hide-kill", 1,
     "$client> BLPOP $l 0\n?$other> SUBSCRIBE ch1\n?CLIENT KILL TYPE pubsub\n?CLIENT KILL TYPE slave\n?CLIENT KILL ID "
     "5 SKIPME no\n?CLIENT KILL "
     "SKIPME yes\n"},
    {"hide-paused", 1,
     "CLIENT PAUSE 100 WRITE\n$client> SET $s $value\n?$other> GET $s\n?CLIENT PAUSE 50 ALL\n?CLIENT UNPAUSE\n!clock "
     "200\n"},
    {"hide-silent", 1,
     "$client> CLIENT REPLY SKIP\n$client> GET $s\n$client> CLIENT REPLY OFF\n$client> HGETALL $h\n?$client> "
     "CLIENT REPLY ON\n"},
    {"hide-monitored", 1,
     "$client> MONITOR\nHSET $h f1 $value\n?EVAL \"$script\" 0\n?$client> RESET\n?$client> !close\n"},

    /* Safe points. */
    {"loading", 2,
     "CONFIG SET loading-process-events-interval-bytes 1024\nMSET %seq(1-$big,loaded{},v{})\n!busy $slice $some\n"
     "!reload\n?!reload\nCONFIG SET loading-process-events-interval-bytes 2097152\n!busy 0\n"},

    /* Clients that send in parts, do not read, or act while the server is busy. */
    {"client-pipeline", 4,
     "$client> !cork\n?$client> MULTI\n?$client> SET $s $value\n?$client> BLPOP $l 1\n?$client> HSET $h f1 $value f2 "
     "%rep(500,v)\n?$client> GET $s\n?$client> EXEC\n?$client> !uncork $some\n?!slice $slice\n?$client> !close\n"
     "$client> !uncork\n"},
    {"client-window", 4,
     "?CONFIG SET client-output-buffer-limit \"normal 100000 20000 10 pubsub 50000 10000 5\"\n?CONFIG SET "
     "maxmemory-clients 200kb\n$client> !window $some\nRPUSH $l %seq(1-$big,e{})\n?$client> LRANGE $l 0 -1\n?$client> "
     "SUBSCRIBE ch1\n?PUBLISH ch1 %rep(9000,m)\n?!slice $slice\n?DEL $l\n?!clock 11000\n?!cron 3\n?$client> !window "
     "$big\n?$client> !close\n?$client> !window\n"},
    {"meanwhile-script", 4,
     "?$client> MULTI\n?$client> SET $s $value\n?$other> SUBSCRIBE ch1\n$client> !cork\n?$client> EXEC\n?$client> "
     "SCRIPT KILL\n?$client> RESET\n?$client> HELLO 3\n?$client> WATCH $s\n?$client> QUIT\n?$client> !close\n"
     "$client> !meanwhile 2\n?$other> !cork\n?$other> !close\n?$other> !meanwhile 1\n?!busy $slice\nEVAL \"for i = 1, "
     "400000 do if i % 10000 == 0 then redis.call('hset', KEYS[1], i, i) end end\" 1 $h\n!busy 0\n"},
    {"meanwhile-function", 2,
     "FUNCTION LOAD REPLACE \"#!lua name=slow\\nredis.register_function('slow', function(keys, args) for i = 1, 400000 "
     "do end return 1 end)\"\n$client> !cork\n$client> FUNCTION KILL\n?$client> !close\n$client> !meanwhile 2\n?!busy "
     "$slice\nFCALL slow 0\n!busy 0\n"},
    {"meanwhile-loading", 3,
     "CONFIG SET loading-process-events-interval-bytes 1024\nMSET %seq(1-$big,loaded{},v{})\n?$client> WATCH $s\n"
     "?$client> MULTI\n$client> !cork\n?$client> EXEC\n?$client> SUBSCRIBE ch1\n?$client> CONFIG SET "
     "hash-max-listpack-entries 1\n?$client> CLIENT TRACKING on BCAST\n?$client> CLIENT KILL TYPE pubsub\n?$client> "
     "PUBLISH ch1 $value\n?$client> !close\n$client> !meanwhile $some\n?$other> !cork\n?$other> !close\n?$other> "
     "!meanwhile 1\n?!busy $slice\n!reload\n?!rewrite\nCONFIG SET loading-process-events-interval-bytes 2097152\n"
     "!busy 0\n"},

    /* The sample module. */
    {"module-meanwhile", 8,
     "?$client> SAMPLE.WAIT 0\n?$client> WATCH $h\n?$client> SUBSCRIBE ch1\n$client> !cork\n?$client> RESET\n?$client> "
     "SAMPLE.WAKE $value\n?$client> QUIT\n?$client> !close\n$client> !meanwhile 1\n?$other> MULTI\n?$other> SET $s "
     "$value\n$other> !cork\n?$other> EXEC\n?$other> !close\n?$other> !meanwhile 2\n?!busy $slice\n?SAMPLE.HOLD $h "
     "2\n?SAMPLE.SCAN\n?SAMPLE.HOLDSCRIPT $z \"for i = 1, 300000 do end return 1\"\n!busy 0\n"},
    {"module-hold", 20,
     "!busy $slice\n?RPUSH $l $value a b\n?ZADD $z 1 a 2 b\n?XADD $x * f $value\n?XADD $x * f v\n?HSET $h f1 $value\n"
     "?SAMPLE.HOLD $l 2\n?SAMPLE.HOLD $z 2\n?SAMPLE.HOLD $h 1\n?SAMPLE.HOLD $x 2\n?SAMPLE.HOLD $s 1\n?SAMPLE.SCAN\n"
     "?SAMPLE.SCANKEY $h\n?SAMPLE.HOLDSCRIPT $z \"for i = 1, 300000 do end return 1\"\n?SAMPLE.SCANADD $some\n!busy "
     "0\n"},
    {"module-wait", 8,
     "$client> SAMPLE.WAIT 0\n?$other> SAMPLE.PAGESWAIT $v 100\n?!slice $slice\n?SAMPLE.PAGESADD $v $value\n?!clock "
     "200\n?SAMPLE.LATER 50 n1 $value\n?$client> !close\nSAMPLE.WAKE $value\n?!clock 100\n?SAMPLE.RECALL n1\n"},
    {"module-watch", 8,
     "SAMPLE.WATCH 1\n?SET $s $value\n?HDEL $h f1\n?SAMPLE.TREESET $r m1 $value\n?DEL $l\n?SAMPLE.RECALL event\n"
     "?SAMPLE.WATCH 0\n"},
    {"module-call", 8,
     "?EVAL \"return redis.call('sample.call', 'E', 'script', 'load', 'return 9')\" 0\n?EVAL \"return "
     "redis.call('sample.call', '', 'eval', 'return 1', '0')\" 0\n?EVAL \"return redis.call('sample.call', '', "
     "'script', "
     "'flush', 'sync')\" 0\nSAMPLE.CALL ES hset $h f2 $value\n?SAMPLE.CALL S nothing\n?SAMPLE.CALL E eval "
     "\"$script\" 0\n"},
    {"module-refer", 8,
     "HSET $h f1 $value f2 $value\nSAMPLE.HASHREFER $h f1 $value\n?SAMPLE.HASHREFERS $h f1\n?SAMPLE.HASHREFERS $h "
     "f9\n?HEXPIRE $h 100 FIELDS 1 f1\n?HPERSIST $h FIELDS 1 f1\n?COPY $h $H\n?HINCRBY $h f1 1\n?HSET $h f1 $value\n"},

    /* Cluster mode. */
    {"cluster-node", 4,
     "EVAL \"local id = redis.call('cluster', 'myid') redis.call('cluster', 'replicas', id) redis.call('cluster', "
     "'slaves', id) return redis.call('cluster', 'count-failure-reports', id)\" 0\n?EVAL \"return "
     "redis.call('cluster', "
     "'setslot', $some, 'node', redis.call('cluster', 'myid'))\" 0\n?CLUSTER SETSLOT $some STABLE TIMEOUT 100\n"},
    {"cluster-slots", 2,
     "CLUSTER DELSLOTS 5 6\nCLUSTER ADDSLOTS 5\nCLUSTER DELSLOTSRANGE 7 9\nCLUSTER ADDSLOTSRANGE 6 9\n!clock 6000\n"
     "!cron 3\n"},
    {"cluster-slot-stats", 2,
     "CLUSTER SLOT-STATS SLOTSRANGE 15000 16000\n?CLUSTER SLOT-STATS ORDERBY key-count LIMIT $some DESC\n"},
    {"cluster-slot-keys", 4, "HSET $h f v\nRPUSH $l a b\n?!slice $slice\nCLUSTER FLUSHSLOT 15891 ASYNC\n?!finish\n"},
    {"hide-cluster-reset", 12,
     "FLUSHALL\n?CLUSTER FLUSHSLOTS\nCLUSTER RESET HARD\n?CLUSTER RESET SOFT\n?CLUSTER SET-CONFIG-EPOCH 3\n"},
    {"cluster-asking", 2, "ASKING\nRESTORE-ASKING $s 0 $dump REPLACE\n?READONLY\n?READWRITE\n"},
    {"off-and-on", 2,
     "!slice $slice\nCONFIG SET activedefrag no\n?HSET $h f1 $value\n!cron\nCONFIG SET activedefrag yes\n!finish\n"},
};

/* --- Blanks */

typedef struct {
    const Draft *draft;
    int first_key, second_key; /* numbers of $h and $H in their pool */
    int64_t big;
    int client, other, script, library;
} Blanks;

static int count_bodies(const char *(*body)(int)) {
    int count = 0;
    while (body(count)) count++;
    return count;
}

static Blanks draw_blanks(Prng *prng, const Draft *draft) {
    Blanks blanks = {.draft = draft};
    blanks.first_key = (int)prng_below(prng, POOL_NAMES);
    blanks.second_key = (blanks.first_key + 1) % POOL_NAMES;
    blanks.big = prng_range(prng, 300, 1000);
    blanks.client = (int)prng_range(prng, 1, 3);
    blanks.other = blanks.client % 3 + 1;
    blanks.script = (int)prng_below(prng, (uint64_t)count_bodies(pools_script));
    blanks.library = (int)prng_below(prng, (uint64_t)count_bodies(pools_library));
    return blanks;
}

static void add_number(Text *out, int64_t number) {
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%lld", (long long)number);
    text_append(out, digits, (size_t)len);
}

/* Adds a body, which is between double quotes: a newline is written as two characters. */
static void add_body(Text *out, const char *body) {
    for (; *body; body++) {
        if (*body == '\n')
            text_append(out, "\\n", 2);
        else
            text_append(out, body, 1);
    }
}

static bool add_key(Text *out, const Blanks *blanks, char letter) {
    char text[2] = {(char)tolower((unsigned char)letter), '0'};
    KeyPool pool;
    int number;
    if (!pools_is_key((Text){.data = text, .len = 2}, &pool, &number)) return false;
    char name[POOL_NAME_ROOM];
    pools_key_name(blanks->draft, pool, islower((unsigned char)letter) ? blanks->first_key : blanks->second_key, name);
    text_append(out, name, strlen(name));
    return true;
}

static void add_sha(Text *out, const Blanks *blanks) {
    char hex[SHA1_HEX];
    const char *body = pools_script(blanks->script);
    sha1_hex(body, strlen(body), hex);
    text_append(out, hex, strlen(hex));
}

/* DUMP's reply for a string, as a word of a stream. */
static const char string_dump[] = "\"\\x00\\x06dumped\\x0b\\x00\\xb5\\x959\\xbeg\\x0e\\x05k\"";

static void add_short_word(Prng *prng, Text *out) {
    text_append(out, "v", 1);
    add_number(out, prng_range(prng, 0, 40));
}

static void fill_blank(Prng *prng, const Blanks *blanks, const char *word, Text *out) {
    if (!word[1] && add_key(out, blanks, word[0])) return;
    if (!strcmp(word, "big")) add_number(out, blanks->big);
    if (!strcmp(word, "half")) add_number(out, blanks->big / 2);
    if (!strcmp(word, "some")) add_number(out, prng_range(prng, 1, 40));
    if (!strcmp(word, "slice")) add_number(out, prng_scaled(prng, 1, 1500));
    if (!strcmp(word, "client")) add_number(out, blanks->client);
    if (!strcmp(word, "other")) add_number(out, blanks->other);
    if (!strcmp(word, "db")) add_number(out, blanks->draft->databases - 1);
    if (!strcmp(word, "ms")) add_number(out, prng_scaled(prng, 1, 100000));
    if (!strcmp(word, "value")) add_short_word(prng, out);
    if (!strcmp(word, "script")) add_body(out, pools_script(blanks->script));
    if (!strcmp(word, "sha")) add_sha(out, blanks);
    if (!strcmp(word, "dump")) text_append(out, string_dump, strlen(string_dump));
    if (!strcmp(word, "library")) add_body(out, pools_library(blanks->library));
    if (!strcmp(word, "fun")) text_format(out, "fun%d", blanks->library);
}

/* Reads the blank's name at *p, after its '$', and moves *p past it. */
static void read_word(const char **p, char word[WORD_ROOM]) {
    size_t len = 0;
    while (isalpha((unsigned char)(*p)[len]) && len < WORD_ROOM - 1) len++;
    memcpy(word, *p, len);
    word[len] = 0;
    *p += len;
}

static Text fill_text(Prng *prng, const Draft *draft, const char *text) {
    Blanks blanks = draw_blanks(prng, draft);
    Text out = text_make(HEADER, strlen(HEADER));
    char word[WORD_ROOM];
    while (*text) {
        bool line_begins = out.data[out.len - 1] == '\n';
        if (line_begins && *text == '?') {
            text++;
            if (prng_chance(prng, 50)) text += strcspn(text, "\n") + 1;
        } else if (*text == '$') {
            text++;
            read_word(&text, word);
            fill_blank(prng, &blanks, word, &out);
        } else {
            text_append(&out, text++, 1);
        }
    }
    return out;
}

/* --- Interface */

const char *snippets_name(int index) {
    return index >= 0 && index < COUNT_OF(table) ? table[index].name : NULL;
}

bool snippets_make(Prng *prng, const Draft *draft, int index, Stream *out) {
    if (!snippets_name(index)) return false;
    Text text = fill_text(prng, draft, table[index].text);
    StreamError error;
    bool made = stream_parse(text.data, text.len, STREAM_STRICT, out, &error);
    text_free(&text);
    return made;
}

static bool fits(const Draft *draft, int index) {
    if (hints_match("*cluster-*", table[index].name) && !draft->cluster) return false;
    if (hints_match("module-*", table[index].name) && !draft->module) return false;
    return !hints_match("hide-*", table[index].name) || !weights_left_out(draft, SWARM_HIDING, 0);
}

int snippets_insert(Prng *prng, const Draft *draft, Stream *stream, int at) {
    int weights[COUNT_OF(table)];
    for (int i = 0; i < COUNT_OF(table); i++)
        weights[i] = fits(draft, i) && !weights_left_out(draft, SWARM_SNIPPET, i) ? table[i].weight : 0;
    Stream snippet;
    if (!snippets_make(prng, draft, prng_weighted(prng, weights, COUNT_OF(table)), &snippet)) return 0;
    int inserted = 0;
    for (int i = 0; i < snippet.nsteps; i++) {
        Step step;
        step_copy(&step, &snippet.steps[i]);
        step.line = 0;
        if (stream_insert(stream, at + inserted, &step))
            inserted++;
        else
            step_free(&step);
    }
    stream_free(&snippet);
    return inserted;
}
