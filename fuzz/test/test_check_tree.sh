#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_check_tree.sh -- fuzz/check-tree: usage; builds that exist, one of them with a planted bug.
#
# usage: see cli.sh; then a tool with a planted bug, such as that of planted/list-tail.patch. With a
# Valkey tree as fourth argument, builds it too, with the planted bug and without.
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
good=$tool bad=$(realpath -- "$3") tree=${4:-}
here=$(realpath -- "$(dirname "$0")")
tool=$here/../check-tree
cd "$box"
signature="\`refs:quicklistCreate:quicklistCreateNode\`"

# --- usage

expect 0 --help
says out 'exit status:'
refuse 'either PATH or --tool is needed' --seconds 1
refuse "'0' is not a number from 1" . --seconds 0
refuse '--base-tool with --tool' . --base-tool "$good" --out o
refuse 'it has no src/server.h' . --out o
refuse 'missing is no file' --tool missing --out o
mkdir full
touch full/mine
refuse 'full has other files' --tool "$good" --out full
check 'what is there stays' test -e full/mine

# --- builds that exist

expect 1 --tool "$bad" --base-tool "$good" --seconds 3 --jobs 2 --out o
says out '# Defrag of this branch: '
says out ' fail'
says out "### $signature"
says out '# signature: refs:quicklistCreate:quicklistCreateNode'
same out o/page.md
expect 0 --tool "$bad" --base-tool "$bad" --seconds 3 --jobs 2 --out o
says out '# Defrag of this branch: nothing new, '
says out "$signature: the base has it too"

# --- a tree

if [ -n "$tree" ]; then
    cp -aL "$tree" valkey
    git -C valkey init -q
    git -C valkey -c user.name=Nobody -c user.email=nobody@example.org commit -q --allow-empty -m empty
    git -C valkey add -A
    git -C valkey -c user.name=Nobody -c user.email=nobody@example.org commit -q -m base
    returns 0 patch -d valkey -p1 -i "$here/planted/list-tail.patch"
    expect 1 valkey --base HEAD --seconds 5 --out built
    says out ', with changes, Valkey '
    says out "- base: HEAD at $(git -C valkey rev-parse --short=12 HEAD)"
    says out "### $signature"
    refuse "has no revision 'nowhere'" valkey --base nowhere --out built
    sed -i '1i #error tomorrow' valkey/src/t_list.c
    expect 2 valkey --seconds 5 --out built
    says err 'error: tomorrow'
fi
finish
