#!/bin/sh
# test_run.sh -- defrag-fuzz run, and the bare engine beside it: usage, budgets, findings, what is left behind.
#
# A tree of a user's own may have bugs that a short run meets: then the run must end with 1 and its reproducers must
# replay; in a tree without known bugs it ends with 0.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
. "$(dirname "$0")/cli.sh"
cd "$box"

engine=$(dirname "$tool")/defrag_fuzzer

mkdir seeds canaries
stream seeds/list.stream 'RPUSH l0 %seq(1-40,e{})' '!slice 5' 'LTRIM l0 0 3' 'LRANGE l0 0 -1'
stream seeds/hash.stream 'HSET h0 %seq(1-40,f{},v{})' 'HDEL h0 %seq(2-40/2,f{})' 'HGETALL h0'
stream canaries/calm.stream 'SET s0 v' 'GET s0'
stream canaries/assert.stream '# on purpose' 'SET s0 v' '!canary assert'

# --- bad usage: one line, exit status 2

# refuse WORDS ARGUMENT...
refuse() {
    words=$1
    shift
    expect 2 run "$@"
    says err "$words"
    lines err 1
    lines out 0
}

refuse 'cannot read no-such-folder' --runs 10 no-such-folder
refuse 'is not a folder of streams' --runs 10 seeds/list.stream
refuse "run has no option '--speed'" --speed 10 seeds
refuse "--seconds: '0' is no number from 1" --seconds 0 seeds
refuse "--jobs: '0' is no number from 1" --jobs 0 seeds
refuse '--seed wants a value' seeds --seed
if [ "$sanitize" = none ]; then
    refuse 'this build has no fuzz engine' --runs 10 seeds
    checks=$((checks + 1))
    "$engine" -runs=100 -- canaries/calm.stream seeds >out 2>err || fail "defrag_fuzzer without an engine does not run files"
    printf 'canaries/calm.stream\nseeds/hash.stream\nseeds/list.stream\n' >wanted
    same wanted out
    finish
    exit
fi
refuse 'cannot make the folder seeds/list.stream/x' --runs 10 --corpus seeds/list.stream/x seeds

# --- the bare engine

# bare WORDS ARGUMENT...: defrag_fuzzer ends with 0 and says the words.
bare() {
    words=$1
    shift
    checks=$((checks + 1))
    "$engine" "$@" >out 2>err || fail "defrag_fuzzer $*: exit status $?"
    says err "$words"
}

bare 'Usage:' -help=1
cp -R seeds corpus
bare 'DONE' -runs=100 -seed=1 corpus
cp -R seeds corpus2
bare 'DONE' -- -runs=100 -seed=1 corpus2
checks=$((checks + 1))
[ "$(find corpus -type f | wc -l)" -gt 10 ] || fail "an engine with 100 runs has not added to its corpus"

# --- both programs together work in any folder; one without the other says so

mkdir moved
cp "$tool" moved/
tool=$PWD/moved/$(basename "$tool")
refuse 'moved/defrag_fuzzer is missing' --runs 10 seeds
cp "$engine" moved/
engine=$PWD/moved/defrag_fuzzer
bare 'Executed seeds/list.stream' seeds/list.stream

# --- runs end with a summary, and are the same again

# sound FINDINGS-FOLDER: the last run, which ended with $got, found nothing, or what it found replays.
sound() {
    for word in seconds execs commands cycles moves coverage corpus findings; do says out "$word "; done
    checks=$((checks + 1))
    [ "$got" -eq 0 ] && [ ! -e "$1" ] && return
    [ "$got" -eq 1 ] || fail "the run ended with $got"
    for file in "$1"/*.stream; do
        signature=$(sed -n 's/^# signature: //p' "$file")
        checks=$((checks + 1))
        "$tool" replay --expect "$signature" "$file" >replay.out 2>&1 && fail "$file passes"
        grep -qF "finding $signature" replay.out || fail "$file does not bring out $signature"
    done
}

# fuzz ARGUMENT...: a run whose exit status is put into $got.
fuzz() {
    got=0
    "$tool" run "$@" >"$box/out" 2>"$box/err" || got=$?
}

cp -R seeds before
fuzz --runs 2000 --seed 1 --jobs 1 --findings f1 --corpus c1 seeds
sound f1
checks=$((checks + 1))
grep -q '^execs  *20[0-9][0-9] ' out || fail "--runs 2000 did not run 2000 inputs"
fuzz --runs 2000 --seed 1 --jobs 1 --findings f2 --corpus c2 seeds
checks=$((checks + 1))
diff -r c1 c2 >"$box/err" || fail "the same seed gave another corpus"
fuzz --runs 300 --seed 2 --jobs 1 --findings f3 --corpus c3 seeds
sound f3
checks=$((checks + 1))
diff -r c1 c3 >/dev/null && fail "another seed gave the same corpus"
fuzz --seconds 3 --seed 3 --jobs 2 --findings f4 seeds
sound f4
checks=$((checks + 1))
diff -r before seeds >"$box/err" || fail "the folder of seeds has changed"

# --- a finding: filed, replayed, reported; the run goes on

expect 1 run --runs 200 --seed 1 --jobs 1 --findings found canaries
says err 'signature:  assert:canary.c:fail_assertion'
says err 'filed as:   found/assert-canary.c-fail_assertion.stream'
says out '1 time, found/assert-canary.c-fail_assertion.stream'
says out 'findings '
checks=$((checks + 1))
grep -q '^execs  *[12][0-9][0-9] ' out || fail "the run did not go on past its finding"
checks=$((checks + 1))
head -n 1 found/assert-canary.c-fail_assertion.stream | grep -qx '# signature: assert:canary.c:fail_assertion' ||
    fail "the reproducer does not begin with its signature"
expect 1 replay --expect assert:canary.c:fail_assertion found/assert-canary.c-fail_assertion.stream
expect 0 fmt --check found/assert-canary.c-fail_assertion.stream
expect 1 run --runs 100000 --seed 1 --stop-on-first --findings found canaries
says err '(which was there already)'
stream canaries/assert.stream '!canary harness'
expect 3 run --runs 200 --seed 1 --jobs 1 --findings faults canaries
says err 'harness: a canary'
says err 'faults/harness-fault.stream'
expect 3 replay faults/harness-fault.stream
stream canaries/assert.stream '!canary hang'
expect 1 run --runs 20 --seed 1 --jobs 1 --stop-on-first --findings hangs canaries -- -timeout=1
says out 'hangs/timeout.stream'

# --- the end by a signal, and nothing left behind

checks=$((checks + 1))
"$tool" run --seed 1 --jobs 1 --findings f5 seeds >out 2>err &
sleep 2
kill -INT $!
got=0
wait $! || got=$?
sound f5
checks=$((checks + 1))
[ -z "$(ls -A "$TMPDIR")" ] || fail "files are left in the folder for scratch: $(ls -A "$TMPDIR")"

finish
