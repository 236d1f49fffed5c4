#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_server_allocators.sh SERIES SOURCE WORK -- does defrag work in a real server with every
# allocator?
#
# Builds each in WORK, from the tree that server-patch/fetch has downloaded to SOURCE, with make and
# some with CMake. Each must start with activedefrag on, name its allocator and the source of its
# figures, move the data set by DEBUG DEFRAG CYCLE without changing it, and find it well-formed; it
# must find a broken table. A server that has passed is removed, to save space.
#
# usage: server-patch/test/test_server_allocators.sh SERIES SOURCE WORK [WITH:ALLOCATOR]...
set -Eeuo pipefail
series=$1 source=$2 work=$3
shift 3
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"
# shellcheck source=server-patch/source/allocators.sh
. "$root/server-patch/source/allocators.sh"
# shellcheck disable=SC2046  # one word each
(($#)) || set -- $(awk '$1 == "allocator" {name = $2}
                        $1 == "tested" && $2 != "none" {for (i = 2; i <= NF; i++) print $i ":" name}' "$allocators")
pid=
mkdir -p "$work"

# shellcheck disable=SC2317  # called by checks.sh
cleanup() {
    if [[ -n $pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
}

# cli WORD...: one command; prints the reply.
cli() {
    "${server%/*}/valkey-cli" -s "$box/socket" --raw "$@" 2>&1
}

# is WHAT PATTERN TEXT: one check that the text matches.
is() {
    check "Valkey $series, $what: $1 is $2" text_matches "$3" "$2"
}

# text_matches TEXT PATTERN: prints the text, which is shown when a check fails.
text_matches() {
    echo "$1"
    [[ $1 =~ $2 ]]
}

# start: starts the server; a check that fails shows its output.
start() {
    (cd "$box" && exec "$server" --port 0 --unixsocket "$box/socket" --save '' --enable-debug-command yes \
        --activedefrag yes) >"$box/out" 2>"$box/err" &
    pid=$!
    for ((i = 0; i < 100; i++)); do
        if [[ $(cli PING || true) == PONG ]]; then break; fi
        sleep 0.1
    done
    is "the reply to PING" '^PONG$' "$(cli PING || true)"
}

stop() {
    cli SHUTDOWN NOSAVE >/dev/null || true
    kill "$pid" 2>/dev/null || true # for one that does not answer
    wait "$pid" || true
    pid=
}

# fill: lists, hashes, sets, sorted sets, streams, strings; more than one page of each.
fill() {
    local i
    for ((i = 0; i < 400; i++)); do
        echo "SET string:$i value-$i"
        echo "RPUSH list member-$i"
        echo "HSET hash field-$i value-$i"
        echo "SADD set member-$i"
        echo "ZADD zset $i member-$i"
        echo "XADD stream $((i + 1))-0 field value-$i"
    done | "${server%/*}/valkey-cli" -s "$box/socket" >/dev/null
}

# examine NAME FIGURES: checks INFO, and defrag itself.
examine() {
    local digest reply
    is "activedefrag" 'yes$' "$(cli CONFIG GET activedefrag)"
    is "mem_allocator" "mem_allocator:$1" "$(cli INFO memory)"
    is "the source of the figures" "active_defrag_figures:$2" "$(cli INFO memory)"
    fill
    is "DEBUG DEFRAG HINT always" '^OK' "$(cli DEBUG DEFRAG HINT always)"
    digest=$(cli DEBUG DIGEST)
    reply=$(cli DEBUG DEFRAG CYCLE | paste -sd ' ')
    is "DEBUG DEFRAG CYCLE" '^[0-9]+ [1-9][0-9][0-9]+$' "$reply"
    is "DEBUG DEFRAG VERIFY" '^OK' "$(cli DEBUG DEFRAG VERIFY)"
    is "DEBUG DIGEST after the cycle" "^$digest\$" "$(cli DEBUG DIGEST)"
    echo "Valkey $series, $what: mem_allocator $1, figures of $2, asked and moved: $reply"
    cli FLUSHALL >/dev/null
    cli SET canary x >/dev/null
    cli DEBUG DEFRAG BREAK table >/dev/null
    is "DEBUG DEFRAG VERIFY of a broken table" 'SHAPE shape:table' "$(cli DEBUG DEFRAG VERIFY)"
}

for what; do
    with=${what%:*}
    allocator=${what#*:}
    read_allocator "$allocator"
    before=$failures
    returns 0 "$root/server-patch/build" --series "$series" --source "$source" --with "$with" --allocator \
        "$allocator" --into "$work/$with-$allocator" --optimize 1
    if [[ $status -ne 0 ]]; then continue; fi
    server=$(tail -n 1 "$box/out")
    start
    # A server that has died fails the checks; its commands must not end the test.
    if [[ $failures -eq $before ]]; then examine "$allocator_info" "$allocator_figures" || true; fi
    stop
    if [[ $failures -eq $before ]]; then rm -rf -- "${work:?}/$with-$allocator"; fi
done
finish
