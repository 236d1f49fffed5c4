#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_run.sh -- defrag-fuzz run and the engine itself: usage, budgets, findings, leftovers.
#
# A user's own tree may have bugs that a short run finds: then the run must exit with 1 and its
# reproducers must replay; without findings it must exit with 0.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
cd "$box"

engine=$(dirname "$tool")/defrag_fuzzer

mkdir seeds canaries
stream seeds/list.stream 'RPUSH l0 %seq(1-40,e{})' '!slice 5' 'LTRIM l0 0 3' 'LRANGE l0 0 -1'
stream seeds/hash.stream 'HSET h0 %seq(1-40,f{},v{})' 'HDEL h0 %seq(2-40/2,f{})' 'HGETALL h0'
stream canaries/calm.stream 'SET s0 v' 'GET s0'
stream canaries/assert.stream '# on purpose' 'SET s0 v' '!canary assert'

# --- bad usage: one line, exit status 2

refuse 'cannot read no-such-folder' run --runs 10 no-such-folder
refuse 'is not a folder of streams' run --runs 10 seeds/list.stream
refuse "run has no option '--speed'" run --speed 10 seeds
refuse "--seconds: '0' is not a number from 1" run --seconds 0 seeds
refuse "--jobs: '0' is not a number from 1" run --jobs 0 seeds
refuse '--seed needs a value' run seeds --seed
if [ "$sanitize" = none ]; then
    refuse 'this build has no fuzz engine' run --runs 10 seeds
    returns 0 "$engine" -runs=100 -- canaries/calm.stream seeds
    printf 'canaries/calm.stream\nseeds/hash.stream\nseeds/list.stream\n' >wanted
    same wanted out
    finish
    exit
fi
refuse 'cannot create the folder seeds/list.stream/x' run --runs 10 --corpus seeds/list.stream/x seeds

# --- the engine itself

# bare WORDS ARGUMENT...: checks that defrag_fuzzer exits with 0 and prints the words.
bare() {
    words=$1
    shift
    returns 0 "$engine" "$@"
    says err "$words"
}

bare 'Usage:' -help=1
cp -R seeds corpus
bare 'DONE' -runs=100 -seed=1 corpus
cp -R seeds corpus2
bare 'DONE' -- -runs=100 -seed=1 corpus2
check 'an engine with 100 runs adds to its corpus' test "$(find corpus -type f | wc -l)" -gt 10

# --- both programs work together in any folder; one without the other reports an error

mkdir moved
cp "$tool" moved/
tool=$PWD/moved/$(basename "$tool")
refuse 'moved/defrag_fuzzer is missing' run --runs 10 seeds
cp "$engine" moved/
engine=$PWD/moved/defrag_fuzzer
bare 'Executed seeds/list.stream' seeds/list.stream

# --- runs end with a summary, and are reproducible

# sound FINDINGS-FOLDER: checks that the last run found nothing, or that its findings replay.
sound() {
    for word in seconds execs commands cycles moves coverage corpus findings; do says out "$word "; done
    if [ "$status" -eq 0 ]; then
        check 'a run that finds nothing makes no folder' test ! -e "$1"
        return
    fi
    check 'a run that finds something ends with status 1' test "$status" -eq 1
    for file in "$1"/*.stream; do
        signature=$(sed -n 's/^# signature: //p' "$file")
        expect 1 replay --expect "$signature" "$file"
        says out "finding $signature"
    done
}

cp -R seeds before
run "$tool" run --runs 2000 --seed 1 --jobs 1 --findings f1 --corpus c1 seeds
sound f1
check '--runs 2000 runs 2000 inputs' grep -q '^execs  *20[0-9][0-9] ' out
run "$tool" run --runs 2000 --seed 1 --jobs 1 --findings f2 --corpus c2 seeds
same c1 c2
run "$tool" run --runs 300 --seed 2 --jobs 1 --findings f3 --corpus c3 seeds
sound f3
check 'another seed gives another corpus' not diff -r c1 c3
run "$tool" run --seconds 3 --seed 3 --jobs 2 --findings f4 seeds
sound f4
same before seeds

# --- a finding: stored, replayed, reported; the run continues

expect 1 run --runs 200 --seed 1 --jobs 1 --findings found canaries
says err 'signature:  assert:canary.c:fail_assertion'
says err 'filed as:   found/assert-canary.c-fail_assertion.stream'
says out '1 time, found/assert-canary.c-fail_assertion.stream'
says out 'findings '
check 'the run continues after its finding' grep -q '^execs  *[12][0-9][0-9] ' out
check 'the reproducer begins with its signature' test \
    "$(head -n 1 found/assert-canary.c-fail_assertion.stream)" = '# signature: assert:canary.c:fail_assertion'
expect 1 replay --expect assert:canary.c:fail_assertion found/assert-canary.c-fail_assertion.stream
expect 0 fmt --check found/assert-canary.c-fail_assertion.stream
expect 1 run --runs 100000 --seed 1 --stop-on-first --findings found canaries
says err '(already there)'
stream canaries/assert.stream '!canary harness'
expect 3 run --runs 200 --seed 1 --jobs 1 --findings faults canaries
says err 'harness: a canary'
says err 'faults/harness-fault.stream'
expect 3 replay faults/harness-fault.stream
stream canaries/assert.stream '!canary hang'
expect 1 run --runs 20 --seed 1 --jobs 1 --stop-on-first --findings hangs canaries -- -timeout=1
says out 'hangs/timeout.stream'

# --- a known finding ends no engine again: each is in all seeds, and ends one engine

mkdir again
for canary in assert asan ubsan value; do
    for number in 1 2 3 4 5 6; do
        stream "again/$canary-$number.stream" "# $number" 'SET s0 v' 'RPUSH l0 a b c' "!canary $canary" 'GET s0'
    done
done
expect 1 run --runs 60 --seed 1 --jobs 1 --findings f6 again
says out '4  by signature:'
# Each engine begins with all seeds again.
check 'the other 20 seeds are repeats' test "$(awk '/^repeats / {print $2}' out)" -ge 20
times=$(sed -nE 's|^ +([0-9]+) times?, f6/.*|\1|p' out | awk '{sum += $1} END {print sum}')
repeats=$(sed -nE 's/^repeats +([0-9]+) .*/\1/p' out)
check 'repeats and the four ends are all times' test "$times" -eq "$((repeats + 4))"

# --- the end by a signal, without leftovers

"$tool" run --seed 1 --jobs 1 --findings f5 seeds >out 2>err &
sleep 2
kill -INT $!
status=0
wait $! || status=$?
check 'an interrupted run exits like others' test "$status" -le 1
sound f5
check 'no scratch file is left' test -z "$(ls -A "$TMPDIR")"

finish
