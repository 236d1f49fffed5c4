#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_shrink_tool.sh TOOL SANITIZERS|none [STOCK_TOOL [MUSEUM_TOOL]] -- shrink with real servers: a
# canary, a bug found by this project, exhibits of the museum in random streams; interruption, exit
# statuses, and equal results for any number of processes.
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
stock=${3:-} museum=${4:-}
tool_here=$tool

# steps FILE: prints its steps without "!move only" and "!move none".
steps() {
    grep -v -e '^#' -e '^!move only' -e '^!move none' "$1" || true
}

# shrunk FILE STEP...: checks that these are the steps of the file.
shrunk() {
    file=$1
    shift
    printf '%s\n' "$@" >"$box/want"
    steps "$file" >"$box/got"
    check "$file is minimal" diff "$box/want" "$box/got"
}

# at_most FILE N: checks that the file has at most N steps.
at_most() {
    check "$1 has at most $2 steps" test "$(steps "$1" | wc -l)" -le "$2"
}

# hide SEED FILE: prints 200 random steps, with the steps of the file after the first hundred.
hide() {
    "$tool_here" gen --seed "$1" --steps 200 | grep -v '^#' >"$box/noise"
    printf '#! defrag-fuzz 1 after=none\n'
    head -100 "$box/noise"
    grep -v '^#' "$2"
    tail -100 "$box/noise"
}

# bury FILE SIGNATURE: hides the file in the first random steps that do not fail in another way.
bury() {
    for seed in $(seq 30); do
        hide "$seed" "$1" >"$box/buried.stream"
        "$tool" replay --expect "$2" "$box/buried.stream" >"$box/replayed" 2>&1 || [ $? -ne 1 ] || break
    done
    cat "$box/buried.stream"
}

# --- errors

stream "$box/fine.stream" 'SET k v'
expect 2 shrink "$box/fine.stream"
says err 'does not fail, so it cannot be shrunk'
expect 2 shrink "$box/nowhere.stream"
expect 2 shrink
says err 'name one FILE'
printf '#! defrag-fuzz 1\n!nonsense\n' >"$box/wrong.stream"
expect 2 shrink "$box/wrong.stream"
stream "$box/canary.stream" 'SET a 1' '# a comment' 'RPUSH list %seq(1-50,e{})' '!canary assert' 'GET a'
expect 5 shrink --expect value:list "$box/canary.stream"
says err 'not with value:list'

# --- a canary needs no other steps

expect 0 shrink -o "$box/small.stream" "$box/canary.stream"
shrunk "$box/small.stream" '!canary assert'
says err 'drop single steps'
check 'the result says how often it fails' grep -q \
    '^# found on Valkey .*; reproduced by 10 of 10 replays$' "$box/small.stream"
signature=$(sed -n 's/^# signature: //p' "$box/small.stream")
expect 1 replay --expect "$signature" "$box/small.stream"
expect 0 fmt --check "$box/small.stream"

# Without -o the result goes to stdout; shrinking a small stream changes nothing, and neither does
# the number of processes.
expect 0 shrink --jobs 1 "$box/canary.stream"
same "$box/out" "$box/small.stream"
expect 0 shrink --jobs 3 "$box/small.stream"
same "$box/out" "$box/small.stream"

# --- interrupted: the best result so far

expect 0 shrink --seconds 1 -o "$box/early.stream" "$box/canary.stream"
{
    printf '#! defrag-fuzz 1\n'
    "$tool" gen --seed 4 --steps 300 | grep -v '^#'
    printf '!canary assert\n'
} >"$box/long.stream"
"$tool" shrink -o "$box/term.stream" "$box/long.stream" >"$box/out" 2>"$box/err" &
pid=$!
sleep 2
kill -TERM $pid 2>/dev/null || true
status=0
wait $pid || status=$?
check 'an interrupted shrink exits with status 0' test "$status" -eq 0
expect 1 replay --expect "$signature" "$box/term.stream"

# --- real bugs in random streams

if [ -n "$museum" ]; then
    tool=$museum
    here=$(dirname "$0")/../../corpus/museum
    # The second one fails in two ways, depending on the number of keys.
    for row in zset-old-node-leaked:1 kvstore-freed-under-stage:3 later-flag-kept:3 nack-consumer:3; do
        name=${row%:*}
        signature=$(sed -n 's/^# signature: //p' "$here/$name.stream")
        export DEFRAG_FUZZ_EXHIBIT="$name"
        bury "$here/$name.stream" "$signature" >"$box/$name.stream"
        expect 0 shrink --expect "$signature" -o "$box/$name.small" "$box/$name.stream"
        at_most "$box/$name.small" $((${row#*:} + 1))
        expect 1 replay --expect "$signature" "$box/$name.small"
    done
    unset DEFRAG_FUZZ_EXHIBIT
fi
if [ -n "$stock" ]; then
    tool=$stock
    expect 0 shrink -o "$box/found.stream" "$(dirname "$0")/../../corpus/found/later-list-outlives-its-stage.stream"
    shrunk "$box/found.stream" '1> SELECT 1' 'RPUSH a %seq(1-65,a)' '!slice 3' 'FLUSHALL'
fi
finish
