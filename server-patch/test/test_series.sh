#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_series.sh SERIES SOURCE -- is what server-patch/series writes good for somebody else's tree?
#
# SOURCE is where server-patch/fetch has downloaded the series to. The mailbox is applied with git
# am and with patch -p1 to Debian's tree, where the result must be the tree that fetch makes, and to
# the plain release out of the same package, without Debian's patches, where it must change the same
# lines. Says which files Debian's patches and ours have in common.
#
# Limits: the fixes are not applied: a release does not have them.
set -Eeuo pipefail
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Nobody GIT_AUTHOR_EMAIL=nobody@example.org GIT_COMMITTER_NAME=Nobody GIT_COMMITTER_EMAIL=nobody@example.org

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
tool=$root/server-patch/series
series=$1
source=$(cd -- "$2" && pwd)
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"

refused() {
    [[ $status -eq 2 ]] && explained "$1"
}

# ---- usage, with small patches ----

# make_set: a folder of patches for a Valkey of one file.
make_set() {
    set=$box/repository/server-patch
    mkdir -p "$set/server" "$set/9.1/server" "$box/repository/harness/structures"
    printf 'server-patch/server/new.c src/new.c\nharness/structures/shape.h src/defrag_shape/shape.h\n' >"$set/server/FILES"
    printf 'int a;\nint b;\n' >"$set/server/new.c"
    echo '#include "harness/valkey/compat.h"' >"$box/repository/harness/structures/shape.h"
    mkdir -p "$box/small/src"
    printf 'one\ntwo\nthree\n' >"$box/small/src/list.c"
    git -C "$box/small" init -q
    git -C "$box/small" add -A
    git -C "$box/small" commit -qm base
    git -C "$box/small" tag base
    sed -i s/two/TWO/ "$box/small/src/list.c"
    git -C "$box/small" commit -qam 'Two is big' -m 'Because it is.'
    git -C "$box/small" format-patch -q -1 --start-number 7 -o "$set/9.1/server"
    git -C "$box/small" reset -q --hard base
}

test_usage() {
    run "$tool" nine --out "$box/mail"
    check "a series that is none" refused "^series: 'nine' is not a series; expected a number such as 9.1$"
    run "$tool" 9.1
    check "no folder" refused "^series: where to\?"
    run "$tool" 9.1 --out
    check "an option without its value" refused "^series: --out wants a value; see"
    run "$tool" 9.1 --serious
    check "an unknown argument" refused "^series: unknown argument '--serious'; see"
    run "$tool" 7.2 --out "$box/mail" --patches "$set"
    check "a series without patches" refused "^series: there are no patches in .*/7.2/server; give another series$"
    mkdir "$box/full"
    touch "$box/full/letter.txt"
    run "$tool" 9.1 --out "$box/full" --patches "$set"
    check "a folder with something else in it" refused "^series: .*/full' has a file 'letter.txt' that is no patch of a series; choose"
    run "$tool" --help
    check "help" matches out '^example: '
}

test_small() {
    local mail=$box/mail
    run "$tool" 9.1 --out "$mail" --patches "$set"
    check "writes two patches" test "$(cat "$box/out")" = "$mail/0001-new-files.patch"$'\n'"$mail/0002-Two-is-big.patch"
    check "with new numbers" grep -qx 'Subject: \[PATCH 2/2\] Two is big' "$mail/0002-Two-is-big.patch"
    cp -R "$mail" "$box/before"
    touch "$mail/0003-of-another-time.patch"
    run "$tool" 9.1 --out "$mail" --patches "$set"
    check "and again the same, and only those" diff -r "$box/before" "$mail"
    run git -C "$box/small" am -q "$mail"/*.patch
    check "git am takes them" test "$status" -eq 0
    check "as two commits" test "$(git -C "$box/small" log --format=%s base..)" = $'Two is big\nDefrag with any allocator: the new files'
    check "with the new files" test "$(cat "$box/small/src/new.c" "$box/small/src/defrag_shape/shape.h")" = $'int a;\nint b;\n#include "defrag_shape/compat.h"'
    printf 'no newline' >>"$set/server/new.c"
    run "$tool" 9.1 --out "$mail" --patches "$set"
    check "a new file without its last newline" refused "^series: the new file src/new.c does not end with a newline$"
    check "leaves the patches as they were" diff -r "$box/before" "$mail"
}

# ---- the real ones ----

# make_trees: Debian's tree, the one that fetch makes of it, and the release; none has a SOURCE,
# which only fetch writes.
make_trees() {
    local tree
    tree=$("$root/server-patch/fetch" --offline --series "$series" --into "$source" --no-fixes 2>"$box/err" | tail -n 1)
    cp -R "$tree" "$box/debian"
    tree=$("$root/server-patch/fetch" --offline --series "$series" --into "$source" --no-fixes --server 2>"$box/err" | tail -n 1)
    cp -R "$tree" "$box/expected"
    rm "$box/debian/SOURCE" "$box/expected/SOURCE"
    mkdir "$box/release"
    tar -x --strip-components=1 -C "$box/release" -f "$("$root/server-patch/fetch" --offline --series "$series" --files-only 2>"$box/err" |
        grep '\.tar\.' | grep -v '\.debian\.tar\.')"
}

# apply_with am|patch TREE: TREE-am or TREE-patch becomes a copy with the mailbox applied.
apply_with() {
    local way=$1 tree=$box/$2-$1 file
    cp -R "$box/$2" "$tree"
    if [[ $way == am ]]; then
        git -C "$tree" init -q
        git -C "$tree" add -A -f
        git -C "$tree" commit -qm base
        run git -C "$tree" am -q "$box/real"/*.patch
        check "git am on the tree of $2" test "$status" -eq 0
        rm -rf "$tree/.git"
    else
        for file in "$box/real"/*.patch; do
            run patch -d "$tree" -p1 --force --fuzz=0 --no-backup-if-mismatch -i "$file"
            check "patch -p1 < ${file##*/} on the tree of $2" test "$status" -eq 0
        done
    fi
}

# The lines that a change takes away and adds, without their numbers.
changed_lines() {
    (cd "$box" && diff -rN -U0 "$1" "$2" | sed -n 's/^\(---\|+++\) [^/]*\/\([^\t]*\).*/\1 \2/p; /^[-+][^-+]/p; /^[-+]$/p') || true
}

test_real() {
    local way
    make_trees
    run "$tool" "$series" --out "$box/real"
    check "the real series" test "$status" -eq 0
    for way in am patch; do
        apply_with $way debian
        run diff -r "$box/expected" "$box/debian-$way"
        check "on Debian's tree $way gives the tree of fetch" test "$status" -eq 0
        apply_with $way release
    done
    run diff -r "$box/release-am" "$box/release-patch"
    check "am and patch give the same on the release" test "$status" -eq 0
    changed_lines debian expected >"$box/debian-change"
    changed_lines release release-am >"$box/release-change"
    check "the series changes something" test -s "$box/debian-change"
    run diff "$box/debian-change" "$box/release-change"
    check "and the same lines of the release" test "$status" -eq 0
    changed_lines release debian | sed -n 's/^+++ //p' | sort -u >"$box/debian-files"
    sed -n 's/^+++ //p' "$box/debian-change" | sort -u >"$box/our-files"
    echo "changed by Debian's patches of Valkey $series and by ours: $(comm -12 "$box/debian-files" "$box/our-files" | paste -sd ' ')"
}

make_set
test_usage
test_small
test_real
finish
