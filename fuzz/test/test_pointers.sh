#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_pointers.sh -- defrag-fuzz pointers: which fields held a pointer to a block that moved, which
# are gaps; two runs print the same; over the seeds each gap has a reason, and each reason a gap.
#
# usage: see cli.sh; a third argument "report" is for a tree whose gaps nobody has read: gaps
# without a known reason, and reasons without a gap, are only printed.
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
seeds=$(realpath -- "$(dirname "$0")/../../corpus/seeds")
cd "$box"

# moved SITE FIELD COUNT: the field is in the first table, with that number of targets that moved.
moved() {
    check "the target of $2 moved $3 times" grep -q "^| $1 | $2 | $3 | [0-9]* | [A-Za-z _.]* |\$" out
}

# gap SITE FIELD REASON: the field is in the second table, with that reason.
gap() {
    check "$2 is a gap: $3" grep -q "^| $1 | $2 | [0-9]* | [A-Za-z _.]* | $3 |\$" out
}

# unexplained KIND TABLE: the rows of a table without a reason. TABLE is a word of its head.
unexplained() {
    awk -F' [|] ' -v head="$1" '/ why \|/ {inside = index($0, head)} /^$/ {inside = 0}
        inside && /^\| / && $NF !~ /[a-z]/' out
}

stream calm.stream 'SET k v'
if [ "$sanitize" = none ]; then # this build lacks the names of static functions
    expect 2 pointers calm.stream
    lines err 1
    says err 'names of static functions'
    finish
    exit
fi

# --- usage

expect 0 pointers --help
says out 'usage: defrag-fuzz pointers'
expect 2 pointers
says err 'FILE or DIR is missing'
expect 2 pointers missing.stream
says err 'cannot read missing.stream'
stream value.stream 'SET k v' '!canary value' 'GET k'
expect 1 pointers value.stream
says err 'signature:  value:'

# --- fields

# A list of 25 nodes: 24 of them have a next one, and 24 one before; each has a listpack.
printf '#! defrag-fuzz 1 after=none\nRPUSH l %%seq(1-100,e{})\n!cycle\n' >list.stream
expect 0 pointers list.stream
says out '1 streams, 1 slices'
moved quicklistCreate quicklist.head 1
moved quicklistCreate quicklist.tail 1
moved quicklistCreateNode quicklistNode.next 24
moved quicklistCreateNode quicklistNode.prev 24
moved quicklistCreateNode quicklistNode.entry 25
moved kvstoreCreate '\[\]' 1
gap global shared 'a shared object has many references'

# In a second cycle nothing moves: what moved in the first one does not count again.
printf '#! defrag-fuzz 1 after=none\nRPUSH l %%seq(1-100,e{})\n!cycle\n!move none\n!cycle\n' >again.stream
expect 0 pointers again.stream
says out '1 streams, 2 slices'
moved quicklistCreateNode quicklistNode.next 24

# Nothing moves: no field is in the first table, and none is a gap, as no function's blocks move.
printf '#! defrag-fuzz 1 after=none\n!move none\nRPUSH l %%seq(1-100,e{})\n!cycle\n' >none.stream
expect 0 pointers none.stream
says out ' 0 fields whose targets moved, 0 gaps, '
check 'the node of a list never moves' grep -q '^| quicklistCreateNode | [0-9]* |  |$' out

# One node in the middle moves: its neighbours' fields are in the first table, and the head of the
# list is a gap, for which there is no reason.
printf '#! defrag-fuzz 1 after=none\nRPUSH l %%seq(1-100,e{})\n!move only 19 19\n!cycle\n' >node.stream
expect 0 pointers node.stream
moved quicklistCreateNode quicklistNode.next 1
moved quicklistCreateNode quicklistNode.prev 1
gap quicklistCreate quicklist.head ''
expect 0 pointers --json node.stream
lines out 1
says out '{"kind": "gap", "site": "quicklistCreate", "field": "quicklist.head", '
says out '"unused_reasons": ["'

# A slice is counted when it ends, in the middle of a script too. The client's script is looked up
# when a cached one is called.
script='EVAL "for i = 1, 200000 do end" 0'
printf '%s\n' '#! defrag-fuzz 1 after=none' "$script" '!busy 1000000' "$script" '!cycle' >busy.stream
expect 0 pointers busy.stream
gap createClient client.cur_script 'no script moves while one runs'

# --- the seeds, twice, and in another order

expect 0 pointers "$seeds"
mv out first
expect 0 pointers "$seeds"
same out first
find "$seeds" -name '*.stream' | sort -r | tr '\n' '\0' >names
returns 0 xargs -0 -a names "$tool" pointers
same out first
{
    unexplained field
    unexplained 'targets that never move'
} >reasonless
expect 0 pointers --json "$seeds"
sed 's/.*"unused_reasons": \[//; s/\].*//' out | grep '"' >unused || true
if [ "${3:-}" = report ]; then
    sed 's/^/no reason is known: /' reasonless
    sed 's/^/reasons that nothing needs: /' unused
else
    check 'gaps have a known reason' not grep '' reasonless
    check 'each reason explains something' not grep '' unused
fi

finish
