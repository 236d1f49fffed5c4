#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_explore.sh -- defrag-fuzz explore: usage; equal results from a prefix and from the start, and
# for any number of jobs; no findings on the fixed server; known bugs found on the stock server.
#
# usage: test_explore.sh PATH-OF-defrag-fuzz SANITIZERS|none [PATH-OF-STOCK-defrag-fuzz]
# exit status: 0 all passed, 1 some failed
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
stock=${3:+$(realpath -- "$3")}
found=$(realpath -- "$(dirname "$0")/../../corpus/found")
cd "$box"

# value NAME: prints the number after that word in the summary.
value() { sed -n "s/^$1  *\([0-9.]*\).*/\1/p" out; }

# --- usage

expect 0 explore --help
says out 'usage: defrag-fuzz explore'
expect 0 explore --list
says out '  stream-groups'
says out '  renamed-over'
expect 2 explore --type lisp
says err "unknown type 'lisp'"
expect 2 explore --event born
says err "unknown event 'born'"
expect 2 explore --bound 0
expect 2 explore something

# --- the fixed server: every continuation of a prefix equals the run from the start; no findings

for type in list hash-field-ttl channels; do
    expect 0 explore --bound 3 --type $type --sample 1
    check "$type: all are compared" test "$(value sample)" = "$(value continuations)"
    check "$type: no findings" test "$(value findings)" = 0
    check "$type: there are many continuations" test "$(value continuations)" -gt 300
done
check 'without findings no folder is made' test ! -e findings

# --- the comparison fails with a canary

expect 3 explore --bound 1 --type list --sample 1 --canary
says err 'differs when run from a prefix and from the start'
expect 0 explore --bound 1 --type list --sample 0 --canary

# --- equal results for any number of jobs

expect 0 explore --bound 5 --type zset --event deleted --jobs 1
alone="$(value pairs) $(value prefixes) $(value continuations)"
expect 0 explore --bound 5 --type zset --event deleted --jobs 3
check 'one job and three jobs do the same work' test \
    "$alone" = "$(value pairs) $(value prefixes) $(value continuations)"

# --- the stock server: those of three bugs of corpus/found that it has; their reproducers replay

# has_bug NAME: does the stream of that name in corpus/found fail on this server?
has_bug() {
    run "$tool" replay "$found/$1.stream"
    [ "$status" -eq 1 ]
}

if [ -n "$stock" ] && [ "$sanitize" != none ]; then
    tool=$stock
    if has_bug later-list-outlives-its-stage; then
        expect 1 explore --bound 12 --type list --event flushall-async
        # Where a dict is a hashtable, this one can meet empty-table-stays-paused first.
        if "$tool" tree | grep -q '^has  *DICT_IS_HASHTABLE'; then
            says out 'shape:table:paused'
        else
            says out 'asan:heap-buffer-overflow:kvstoreGetHashtable'
        fi
    fi
    if has_bug hash-scan-takes-over-a-foreign-cursor; then
        expect 1 explore --bound 40 --type set --event becomes-a-hash
        says out 'hashTypeScanDefrag' # the place depends on the cursor that is taken for a pointer
    fi
    if has_bug hash-scan-without-volatile-set; then
        expect 1 explore --bound 60 --type hash-field-ttl --event becomes-a-hash
        says out 'ubsan:null-pointer-use:vset.c'
    fi
    check 'the stock server has one of the bugs of this test' test -d findings
    for file in findings/*.stream; do
        expect 1 replay --expect "$(sed -n 's/^# signature: //p' "$file")" "$file"
    done
fi
finish
