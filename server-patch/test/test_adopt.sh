#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_adopt.sh -- server-patch/adopt on small trees: the nearest series, the fixes that fit, what
# is copied and what is a link; server-patch/other-programs on small Makefiles.
set -Eeuo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
tool=$root/server-patch/adopt
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"
cd "$box"

# make_patch SERIES NAME FILE LINE NEW: a fix that replaces a line of a file of numbers.
make_patch() {
    mkdir -p "patches/$1/fixes" old/src new/src
    seq 30 >"old/src/$3"
    sed "s/^$4\$/$5/" "old/src/$3" >"new/src/$3"
    diff -u --label "a/src/$3" --label "b/src/$3" "old/src/$3" "new/src/$3" >"patches/$1/fixes/$2.patch" || true
}

# Two series with other files; the texts of upstream/ say in which other form Valkey has fixed one.
mkdir -p tree/src/lua tree/deps tree/.git
echo 2.0 >patches-default
make_patch 2.0 0001-one one.c 5 five
make_patch 2.0 0002-two two.c 5 five
make_patch 1.0 0001-one one.c 5 five
make_patch 1.0 0002-two two.c 25 twenty-five
make_patch 1.0 0003-three three.c 9 nine
mv patches-default patches/default-series
mkdir patches/upstream
for name in 0001-one 0002-two 0003-three; do echo 'severity: crash' >"patches/upstream/$name.txt"; done
for name in one two three; do seq 30 >"tree/src/$name.c"; done
seq 3 >tree/src/lua/four.c

adopt() {
    returns "$1" "$tool" "${@:2}" --patches patches
}

# --- which series

adopt 0 tree links
says links/adopted 'series 1.0'
says links/adopted 'fixed 0003-three'
same <(sed 's/^5$/five/' tree/src/one.c) links/tree/src/one.c
check 'what no fix changes is a link' test -L links/tree/src/lua/four.c
check 'what a fix changes is a copy' not test -L links/tree/src/one.c
check 'the tree itself is unchanged' same <(seq 30) tree/src/one.c
check 'no .git, which would hide the links' not test -e links/tree/.git

rm tree/src/three.c
sed -i '24s/.*/other/' tree/src/two.c
adopt 0 tree links
says links/adopted 'series 2.0'
lines links/adopted 3

# --- later changes

touch -d 2001-01-01 links/tree/src/one.c
echo new >tree/src/lua/five.c
echo more >>tree/src/lua/four.c
adopt 0 tree links
same tree/src/lua/four.c links/tree/src/lua/four.c
same tree/src/lua/five.c links/tree/src/lua/five.c
check 'a copy that stays the same keeps its date' test links/tree/src/one.c -ot tree/src/one.c
sed -i '20s/.*/twenty/' tree/src/one.c
adopt 0 tree links
check 'a change of a fixed file is copied' grep -q twenty links/tree/src/one.c

# --- fixes that the tree has, and that do not fit

sed -i 's/^5$/five/' tree/src/one.c
sed -i 's/^4$/four/' tree/src/two.c
adopt 0 tree links
says links/adopted 'has 0001-one'
says links/adopted 'misfit 0002-two hunk #1 of src/two.c fails'
check 'no fix, no tree of links' not test -e links/tree
sed -i 's/^four$/4/' tree/src/two.c
echo 'upstream: src/two.c other' >>patches/upstream/0002-two.txt
adopt 0 tree links
says links/adopted 'has 0002-two'
adopt 0 tree links --no-fixes
lines links/adopted 1

# --- bad input

adopt 2 tree
says err 'usage: server-patch/adopt'
adopt 2 missing links
says err "cannot read 'missing/src'"
touch file
adopt 2 tree file/out
says err "cannot write to 'file/out'"

# --- other-programs

cat >Makefile <<'TEXT'
ENGINE_TRACE_OBJ = \
    trace/trace.o
ENGINE_SERVER_OBJ = \
    server.o \
    sds.o
ENGINE_SERVER_OBJ+=$(ENGINE_TRACE_OBJ)
ENGINE_CLI_OBJ=sds.o valkey-cli.o cli_common.o
ENGINE_BENCHMARK_OBJ = \
    sds.o cli_common.o \
    valkey-benchmark.o
TEXT
returns 0 "$root/server-patch/other-programs" Makefile
printf 'cli_common\nvalkey-benchmark\nvalkey-cli\n' >wanted
same out wanted
returns 2 "$root/server-patch/other-programs" missing
says err "cannot read 'missing'"

finish
