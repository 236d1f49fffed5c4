#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_canaries_engine.sh -- every canary fails in the engine too: the engine runs the oracles that
# it should.
#
# Each canary of "replay --list-canaries" is put into streams that differ in a comment only, because
# the engine runs twin and refs for a share of its inputs, selected by their bytes. The engine runs
# the streams one after the other, like a corpus, and must end at one of them with the listed
# signature.
#
# Limits: needs a build with both sanitizers, like the engine.
#
# usage: test_canaries_engine.sh PATH-OF-defrag-fuzz SANITIZERS|none PATH-OF-defrag_fuzzer
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
engine=$(realpath -- "$3")
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"

VARIANTS=400 # of the oracles that the engine asks, the rarest are asked about one of 64 inputs

# stops NAME STATUS SIGNATURE: checks that the engine ends at the canary with that status and
# signature.
stops() {
    mkdir "$box/$1"
    for number in $(seq $VARIANTS); do
        stream "$box/$1/$number.stream" "# $number" 'SET k v' 'RPUSH l %seq(1-30,{})' "!canary $1" 'GET k'
        sed -i '1s/$/ module=yes/' "$box/$1/$number.stream"
    done
    tool=$engine
    expect "$2" -runs=0 -timeout=5 -artifact_prefix="$box/" "$box/$1"
    [ -z "$3" ] || says err "DEDUP_TOKEN: $3"
}

expect 0 replay --list-canaries
mv "$box/out" "$box/canaries"
tab=$(printf '\t')
seen=0
while IFS=$tab read -r name wanted; do
    case $wanted in
    asan:* | ubsan:*) stops "$name" 1 "$wanted" ;; # the sanitizer ends the process
    'exit status 3') stops "$name" 3 '' ;;         # a fault of the harness
    'exit status 4') stops "$name" 70 '' ;;        # libFuzzer's time limit
    *) stops "$name" 77 "$wanted" ;;               # libFuzzer's status for a crash
    esac
    seen=$((seen + 1))
done <"$box/canaries"

# An empty list must not pass.
check "canaries were tried" test "$seen" -ge 20

# Without a canary the same inputs find nothing.
stream "$box/calm.stream" 'SET k v' 'RPUSH l %seq(1-30,{})' 'GET k'
expect 0 "$box/calm.stream"
finish
