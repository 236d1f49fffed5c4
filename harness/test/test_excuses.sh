#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_excuses.sh PROGRAM TREE -- is every function that an excuse names a function of the compiled
# server? If the compiler has inlined it everywhere, the excuse holds for all blocks.
#
# PROGRAM is test_excuses.c. A function that the TREE's sources lack is no mistake: `defrag-fuzz
# tree` or the row of the series says so.
#
# Limits: a function counts as one of the tree if a line that begins in the first column names it.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/checks.sh"
program=$1 tree=$2

# in_tree PART: does the tree define a function with that in its name?
in_tree() {
    grep -qE "^[A-Za-z_][A-Za-z0-9_ *]*$1[A-Za-z0-9_]* *\(" "$tree"/src/*.c "$tree"/deps/lua/src/*.c
}

returns 0 "$program"
cp "$box/out" "$box/names"
check 'excuses name functions' grep -q '^yes ' "$box/names"
check 'the tree has luaM_realloc_' in_tree luaM_realloc_
check 'the tree lacks noSuchFunction' not in_tree noSuchFunction
while read -r found name; do
    case $found in
    yes) check "$name is a function of the program" true ;;
    no) check "$name, which is none of the program, is none of the tree" not in_tree "$name" ;;
    esac
done <"$box/names"
finish
