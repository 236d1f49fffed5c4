#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_reach.sh -- defrag-fuzz reach: which cells of the table a stream fills, which blocks are left
# in place, which cycles are skipped; two runs print the same.
#
# usage: see cli.sh; a third argument "report" is for a tree whose reasons nobody has read: blocks
# that stay without a known reason are only printed.
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
seeds=$(realpath -- "$(dirname "$0")/../../corpus/seeds")
cd "$box"

# row STRUCTURE CELLS: checks a row of the table by structure: at once | later list | after an
# interruption | during a rehash | never.
row() {
    says out "| $1 | $2 |"
}

# site STRUCTURE OWNER CELLS REASON: checks a row of the table by site, with any stages: left in
# place | left, interrupted | moved.
site() {
    check "the table has the row $1 | $2 | $3 | ... | $4" grep -q "^| $1 | $2 | $3 | [A-Za-z ]*| $4 |\$" out
}

stream calm.stream 'SET k v'
if [ "$sanitize" = none ]; then # this build lacks the names of static functions
    expect 2 reach calm.stream
    lines err 1
    says err 'names of static functions'
    finish
    exit
fi

# --- usage

expect 0 reach --help
says out 'usage: defrag-fuzz reach'
expect 2 reach
says err 'FILE or DIR is missing'
expect 2 reach missing.stream
says err 'cannot read missing.stream'
stream value.stream 'SET k v' '!canary value' 'GET k'
expect 1 reach value.stream
says err 'signature:  value:'

# --- blocks that move

# An uninterrupted cycle: 1 object and 1 embedded value.
printf '#! defrag-fuzz 1 after=none\nSET k v\nRPUSH l a b\n!cycle\n' >once.stream
expect 0 reach once.stream
says out ' 1 cycles, 0 of them interrupted'
row 'string embstr' '1 | 0 | 0 | 0 | 0'
row 'list listpack' '2 | 0 | 0 | 0 | 0'

# A big list: its object and its head at once, its nodes and their listpacks from the later list.
printf '#! defrag-fuzz 1 after=none\nRPUSH l %%seq(1-100,e{})\n!cycle\n' >later.stream
expect 0 reach --sites later.stream
row 'list quicklist' '2 | 50 | 0 | 0 | 0'
site 'list quicklist' quicklistCreateNode '0 | 0 | 25' ''

# The same, interrupted after 9 nodes. The bookmark reallocates the head of the list, which is
# therefore new.
printf '#! defrag-fuzz 1 after=none\nRPUSH l %%seq(1-100,e{})\n!slice 20\n!finish\n' >sliced.stream
expect 0 reach sliced.stream
says out ' 1 cycles, 1 of them interrupted'
row 'list quicklist' '1 | 50 | 32 | 0 | 0'

# A big hash that grows between slices: its table is being rehashed at the end.
printf '%s\n' '#! defrag-fuzz 1 after=none' 'HSET h %seq(1-100,f{},v)' '!slice 20' 'HSET h %seq(101-116,f{},v)' \
    '!finish' >rehash.stream
expect 0 reach rehash.stream
check 'a hash moves during a rehash' grep -q \
    '^| hash hashtable | [0-9]* | [1-9][0-9]* | [1-9][0-9]* | [1-9][0-9]* | ' out

# --- blocks that stay

# Patterns have no stage. The head of the radix tree of a set of field TTLs stays in one cycle,
# while its other nodes move.
printf '#! defrag-fuzz 1 after=none limits=stock\n1> PSUBSCRIBE p*\n!cycle\n' >pattern.stream
expect 0 reach pattern.stream
site 'pub/sub patterns' createEmbeddedStringObjectWithKeyAndExpire '1 | 0 | 0' 'no stage'
printf '%s\n' '#! defrag-fuzz 1 after=none limits=stock' 'HSET h %seq(1-400,f{},v)' \
    'HEXPIRE h 1000 FIELDS 100 %seq(1-100,f{})' 'HEXPIRE h 10000000 FIELDS 100 %seq(101-200,f{})' \
    '!cycle' '!cycle' >head.stream
expect 0 reach head.stream
site 'hash hashtable, field TTLs' raxGenericInsert '2 | 0 | [0-9]*' 'the head of the radix tree is not visited'

# A stream whose scan is resumed: the nodes on the path to the first key after that point stay.
i=0
printf '#! defrag-fuzz 1 after=none\n' >big.stream
while [ $((i += 1)) -le 600 ]; do echo "XADD s $i-1 f v"; done >>big.stream
printf '!slice 20\n!finish\n' >>big.stream
expect 0 reach big.stream
site stream raxReallocForData '0 | 1 | [0-9]*' 'skipped where a scan resumes'

# A key that is renamed into a part of the table that the cycle has passed stays; the only reason is
# the interruption.
printf '#! defrag-fuzz 1 after=none\nSADD s %%seq(1-100,m{})\n!slice 40\nRENAME s t\n!finish\n' >renamed.stream
expect 0 reach renamed.stream
site 'set hashtable' setTypeAddAux '0 | [1-9][0-9]* | [1-9][0-9]*' 'between slices'

# --- cycles that are skipped

stream none.stream '!move none' 'SET k v' 'SET k w'
expect 0 reach none.stream
says out ' 0 cycles, 0 of them interrupted.'
says out 'Skipped: 2 cycles in which not everything moved, 0 that were switched off, 0 unfinished.'
check 'a skipped cycle is not in the table' not grep '^| [a-z]* [a-z]* |' out
printf '%s\n' '#! defrag-fuzz 1 after=none' 'RPUSH l %seq(1-100,e{})' '!slice 20' 'CONFIG SET activedefrag no' \
    '!finish' 'CONFIG SET activedefrag yes' '!slice 20' >off.stream
expect 0 reach off.stream
says out ' 0 cycles, 0 of them interrupted.'
says out 'Skipped: 0 cycles in which not everything moved, 1 that were switched off, 1 unfinished.'

# --- the seeds, with many start-up settings, in any order, twice; in uninterrupted cycles every
# block that stays has a known reason

expect 0 reach --sites "$seeds"
mv out first
expect 0 reach --sites "$seeds"
same out first
find "$seeds" -name '*.stream' | sort -r | tr '\n' '\0' >names
returns 0 xargs -0 -a names "$tool" reach --sites
same out first
awk -F' [|] ' '/allocated by/ { sites = 1 } sites && $3 + 0 > 0 && $NF !~ /[a-z]/' first >unexplained
if [ "${3:-}" = report ]; then
    sed 's/^/no reason is known: /' unexplained
else
    check 'blocks that are left in place have a known reason' not grep '' unexplained
fi
expect 0 reach --json "$seeds/list-later-slices.stream"
lines out 1
says out '"after_interruption": '

finish
