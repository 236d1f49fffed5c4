#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_canaries.sh -- every canary fails: each is replayed in a stream of its own, and must be found
# with the signature or exit status that "replay --list-canaries" lists.
#
# Limits: in a build without sanitizers, canaries that only a sanitizer can find are skipped, with a
# message.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"

# needs_sanitizer NAME: can only a sanitizer find this canary?
needs_sanitizer() {
    case $1 in
    asan | overflow) [ "${sanitize#*address}" = "$sanitize" ] ;;
    ubsan) [ "${sanitize#*undefined}" = "$sanitize" ] ;;
    *) false ;;
    esac
}

# see NAME WANTED: replays the canary; checks that the signature begins with WANTED, or, if WANTED
# is "exit status N", the exit status.
see() {
    stream "$box/$1.stream" 'SET k v' 'RPUSH l %seq(1-30,{})' "!canary $1" 'GET k'
    sed -i '1s/$/ module=yes/' "$box/$1.stream"
    case $2 in
    'exit status '*)
        expect "${2#exit status }" replay --seconds 1 "$box/$1.stream"
        ;;
    progress:*)
        expect 4 replay "$box/$1.stream"
        says out "$1.stream: out of time $2"
        says err "signature:  $2"
        expect 1 replay --expect "$2" "$box/$1.stream"
        ;;
    *)
        expect 1 replay "$box/$1.stream"
        says out "$1.stream: finding $2"
        says err "signature:  $2"
        says err "DEDUP_TOKEN: $2"
        ;;
    esac
}

expect 0 replay --list-canaries
mv "$box/out" "$box/canaries"
tab=$(printf '\t')
seen=0
while IFS=$tab read -r name wanted; do
    if needs_sanitizer "$name"; then
        echo "skipped: $name needs a sanitizer"
        continue
    fi
    see "$name" "$wanted"
    seen=$((seen + 1))
done <"$box/canaries"

# An empty list must not pass.
check "canaries were tried" test "$seen" -ge 9

# Each canary that a header comment in oracles/ or structures/ names must be in the list.
here=$(dirname -- "$0")
cat "$here"/../../harness/oracles/*.c "$here"/../../harness/structures/*.c | tr -s '\n *' ' ' |
    grep -o '"!canary [a-z-]*"' | tr -d '"' | sort -u >"$box/promised"
check "headers name canaries" test "$(wc -l <"$box/promised")" -ge 9
while read -r _ name; do
    check "the list has the canary $name, which a header names" grep -q "^$name$tab" "$box/canaries"
done <"$box/promised"

# A stream without a canary finds nothing.
stream "$box/calm.stream" 'SET k v' 'GET k'
expect 0 replay "$box/calm.stream"
finish
