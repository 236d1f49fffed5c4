#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_latency.sh -- defrag-fuzz latency: the longest stretch of each stage; two runs print
# the same; what is known to grow with the data grows, and what is known to be bounded does not.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
streams=$(realpath -- "$(dirname "$0")/../../corpus/latency")
cd "$box"

# verdict STREAM STAGE WORD: the row of the stream and the stage ends with that word.
verdict() {
    check "$1: $2 is $3" grep -q "/$1.stream | $2 | [0-9 ]* | $3 |\$" out
}

stream calm.stream 'SET k v'
if [ "$sanitize" = none ]; then # this build lacks the names of static functions
    expect 2 latency calm.stream
    lines err 1
    says err 'names of static functions'
    finish
    exit
fi

# --- usage
expect 2 latency
lines err 1
expect 2 latency nowhere
says err 'nowhere'

# --- one stream: a key is three blocks at most, and the clock is read after each bucket
stream one.stream 'SET k v' 'CONFIG SET activedefrag no' 'SET l v'
expect 0 latency one.stream
check 'a key alone is a short stretch' grep -qE '^\| defragStageDbKeys \| [a-zA-Z]+ \| [1-3] \| one.stream \| 1 \|$' out
expect 0 latency --json one.stream
says out '"stage": "defragStageDbKeys"'

# --- growth
expect 0 latency --growth "$streams"
cp out first
verdict scripts defragLuaScripts grows
verdict stream-groups defragStageDbKeys grows
verdict stream-pending defragStageDbKeys grows
for bounded in hash keys list set stream zset; do verdict "$bounded" defragStageDbKeys bounded; done
verdict channels defragStagePubsubKvstore bounded
verdict keys-with-ttl defragStageExpiresKvstore bounded
expect 0 latency --growth "$streams"
check 'two runs print the same' cmp first out
finish
