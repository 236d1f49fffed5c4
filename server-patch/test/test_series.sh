#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_series.sh SERIES SOURCE -- can the mailboxes of server-patch/series be applied to other
# trees?
#
# SOURCE is where server-patch/fetch has downloaded the series to. The mailbox is applied with git
# am and with patch -p1 to Debian's tree, where the result must be the tree that fetch makes, and to
# the plain release out of the same package, without Debian's patches, where it must change the same
# lines. Prints which files Debian's patches and ours have in common.
#
# The mailbox of the fixes is applied with git am to Debian's tree. The result must be the tree that
# fetch makes with fixes, and the new tests.
#
# Limits: that the tests of the fixes fail without them is checked by the test upstream.
set -Eeuo pipefail
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Nobody GIT_AUTHOR_EMAIL=nobody@example.org GIT_COMMITTER_NAME=Nobody \
    GIT_COMMITTER_EMAIL=nobody@example.org

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
    printf 'server-patch/server/new.c src/new.c\nharness/structures/shape.h src/defrag_shape/shape.h\n' \
        >"$set/server/FILES"
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

# make_fixes: another Valkey of one file, and three fixes for it with their texts. In the order of
# their severity they are 2, 1, 3.
make_fixes() {
    local number severity=(resources crash undefined) words=(one two three) lines=(5 15 25) name
    mkdir -p "$set/9.1/fixes" "$set/upstream" "$box/valkey/src"
    seq 30 >"$box/valkey/src/list.c"
    touch "$box/valkey/src/server.h"
    git -C "$box/valkey" init -q
    git -C "$box/valkey" add -A
    git -C "$box/valkey" commit -qm base
    git -C "$box/valkey" tag base
    for number in 0 1 2; do
        name=000$((number + 1))-${words[number]}
        sed -i "${lines[number]}s/.*/${words[number]}/" "$box/valkey/src/list.c"
        git -C "$box/valkey" commit -qam 'Words'
        git -C "$box/valkey" format-patch -q -1 --stdout >"$set/9.1/fixes/$name.patch"
        git -C "$box/valkey" reset -q --hard base
        {
            printf 'severity: %s\nsubject: Fix %s\n' "${severity[number]}" "${words[number]}"
            printf 'test: tests/unit/%s.tcl\nstock: failed\n\n' "${words[number]}"
            printf 'It goes wrong.\n\nTo reproduce: try.\n---\ntest "%s"\n' "${words[number]}"
        } >"$set/upstream/$name.txt"
    done
}

test_usage() {
    run "$tool" nine --out "$box/mail"
    check "a series that is none" refused "^series: 'nine' is not a series; expected a number such as 9.1$"
    run "$tool" 9.1 --out
    check "an option without its value" refused "^series: --out wants a value; see"
    run "$tool" 9.1 --serious
    check "an unknown argument" refused "^series: unknown argument '--serious'; see"
    run "$tool" 7.2 --out "$box/mail" --patches "$set"
    check "an unknown series" refused "^series: there is no series 7.2 in .*; it has 9.1$"
    mkdir "$set/8.0"
    run "$tool" 8.0 --out "$box/mail" --patches "$set"
    check "a series without patches" refused "^series: there are no patches in .*/8.0/server; give another series$"
    run "$tool" 8.0 --fixes --patches "$set"
    check "a series without fixes" refused "^series: there are no fixes in .*/8.0/fixes; give another series$"
    rmdir "$set/8.0"
    run "$tool" 9.1 --signoff 'Jane Doe'
    check "a name without an address" refused \
        "^series: --signoff 'Jane Doe' is not a name and an address; expected a form"
    run "$tool" 9.1 --signoff '<jane@example.org>'
    check "an address without a name" refused "^series: --signoff '<jane@example.org>' is not a name and"
    run "$tool" 9.1 --signoff $'Jane\nX <jane@example.org>'
    check "a name of two lines" test "$status" -eq 2
    run "$tool" 9.1 --tree "$box/valkey"
    check "--tree without --fixes" refused "^series: --tree is for --fixes; "
    run "$tool" 9.1 --fixes --tree "$box/nowhere"
    check "a tree that is missing" refused \
        "^series: --tree '.*/nowhere' is not a Valkey source tree: it has no src/server.h$"
    mkdir "$box/full"
    touch "$box/full/letter.txt"
    run "$tool" 9.1 --out "$box/full" --patches "$set"
    check "a folder with something else in it" refused \
        "^series: .*/full' has a file 'letter.txt' that is no patch of a series; choose"
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
    check "as two commits" test "$(git -C "$box/small" log --format=%s base..)" = \
        $'Two is big\nDefrag with any allocator: the new files'
    check "with the new files" test "$(cat "$box/small/src/new.c" "$box/small/src/defrag_shape/shape.h")" = \
        $'int a;\nint b;\n#include "defrag_shape/compat.h"'
    printf 'no newline' >>"$set/server/new.c"
    run "$tool" 9.1 --out "$mail" --patches "$set"
    check "a new file without its last newline" refused "^series: the new file src/new.c does not end with a newline$"
    check "does not change the patches" diff -r "$box/before" "$mail"
}

test_signoff() {
    run "$tool" 9.1 --signoff 'Jane Doe <jane@example.org>' --patches "$set"
    check "without --out, a mailbox" test "$status" -eq 0
    check "from its author" matches out '^From: Jane Doe <jane@example.org>$' 2
    check "with the sign-off" matches out '^Signed-off-by: Jane Doe <jane@example.org>$' 2
    run "$tool" 9.1 --patches "$set"
    check "without --signoff there is none" not matches out '^Signed-off-by:'
    check "and no address" not matches out '^From: .*@'
}

# fixes OPTION...
fixes() {
    run "$tool" 9.1 --fixes --patches "$set" "$@"
}

test_fixes() {
    local mail=$box/fixes tree=$box/valkey
    fixes --out "$mail"
    check "writes a mail a fix, by severity" test "$(cat "$box/out")" = \
        "$(printf "$mail/%s.patch\n" 0001-two 0002-one 0003-three)"
    check "with its number" grep -qx 'Subject: \[PATCH 2/3\] Fix one' "$mail/0002-one.patch"
    fixes --signoff 'Jörg Doe <joerg@example.org>' --tree "$tree"
    check "a tree without fixes lacks all" matches out '^Subject: \[PATCH ./3\] ' 3
    cp "$box/out" "$box/mailbox"
    run git -C "$tree" am -q "$box/mailbox"
    check "git am takes the mailbox" test "$status" -eq 0
    check "as three commits" test "$(git -C "$tree" log -3 --format='%s, %an <%ae>')" = \
        "$(printf 'Fix %s, Jörg Doe <joerg@example.org>\n' three one two)"
    check "with the message" test "$(git -C "$tree" log -1 --format=%b)" = \
        $'It goes wrong.\n\nTo reproduce: try.\n\nSigned-off-by: Jörg Doe <joerg@example.org>'
    check "the fixes" test "$(sed -n '5p;15p;25p' "$tree/src/list.c")" = $'one\ntwo\nthree'
    check "and the tests" test "$(cat "$tree/tests/unit/"*.tcl)" = $'test "one"\ntest "three"\ntest "two"'
    fixes --tree "$tree"
    check "a tree with all fixes needs none" test "$status" -eq 0 -a ! -s "$box/out"
    check "which is reported" matches err '^series: no mail is written: the tree lacks no fix that fits it$'
    rm -r "$tree/tests"
    fixes --tree "$tree"
    check "also without the tests" matches err '^series: .*: left out, the tree has it$' 3
    git -C "$tree" reset -q --hard HEAD~2
    fixes --out "$mail" --tree "$tree"
    check "a tree with one of the fixes gets the others" test "$(cat "$box/out")" = \
        "$(printf "$mail/%s.patch\n" 0001-one 0002-three)"
    sed -i 's/^5$/won/' "$tree/src/list.c"
    fixes --out "$mail" --tree "$tree"
    check "a fix that does not fit" test "$status" -eq 1
    check "is named" matches err '^series: 0001-one: left out, it does not fit the tree: hunk #1 of src/list.c fails$'
    sed -i '1i upstream: src/list.c won' "$set/upstream/0001-one.txt"
    fixes --out "$mail" --tree "$tree"
    check "a fix that the tree has in another form" matches err \
        '^series: 0001-one: left out, the tree has it in another form$'
    git -C "$tree" reset -q --hard base
    rm "$set/upstream/0003-three.txt"
    fixes
    check "a fix without a text" refused "^series: the fix 0003-three.txt has no text: cannot read '.*'; see"
    sed -i '/^stock:/d' "$set/upstream/0001-one.txt"
    fixes
    check "a text that lacks a word" refused "^series: .*/0001-one.txt has no line 'stock: ...'; see"
    sed -i '1i stock: x\nseverity: bad' "$set/upstream/0001-one.txt"
    sed -i '/^severity: resources/d' "$set/upstream/0001-one.txt"
    fixes
    check "an unknown severity" refused \
        "^series: .*/0001-one.txt: severity 'bad' is not known; use one of: crash data resources figures undefined$"
}

# ---- the real ones ----

# make_trees: Debian's tree, the one that fetch makes of it, and the release; none has a SOURCE,
# which only fetch writes.
make_trees() {
    local tree
    tree=$("$root/server-patch/fetch" --offline --series "$series" --into "$source" --no-fixes 2>"$box/err" | tail -n 1)
    cp -R "$tree" "$box/debian"
    tree=$("$root/server-patch/fetch" --offline --series "$series" --into "$source" --no-fixes --server 2>"$box/err" |
        tail -n 1)
    cp -R "$tree" "$box/expected"
    rm "$box/debian/SOURCE" "$box/expected/SOURCE"
    mkdir "$box/release"
    tar -x --strip-components=1 -C "$box/release" -f \
        "$("$root/server-patch/fetch" --offline --series "$series" --files-only 2>"$box/err" |
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
    (cd "$box" && diff -rN -U0 "$1" "$2" | sed -n \
        's/^\(---\|+++\) [^/]*\/\([^\t]*\).*/\1 \2/p; /^[-+][^-+]/p; /^[-+]$/p') || true
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
    echo "changed by Debian's patches of Valkey $series and by ours:" \
        "$(comm -12 "$box/debian-files" "$box/our-files" | paste -sd ' ')"
}

# Valkey's subjects and messages are at most 72 columns wide, and ASCII.
fits_columns() {
    [[ $(sed -n 's/^subject: //p' "$1" | wc -L) -le 72 && $(sed '1,/^$/d; /^---$/,$d' "$1" | wc -L) -le 72 ]] &&
        ! grep -q '[^ -~]' "$1"
}

test_real_fixes() {
    local text tree=$box/fixed-am expected name
    for text in "$root/server-patch/upstream"/*.txt; do
        check "the message of ${text##*/} is at most 72 columns wide" fits_columns "$text"
    done
    cp -R "$box/debian" "$tree"
    git -C "$tree" init -q
    git -C "$tree" add -A -f
    git -C "$tree" commit -qm base
    run "$tool" "$series" --fixes --tree "$tree" --signoff 'Jane Doe <jane@example.org>'
    check "the real fixes" test "$status" -eq 0
    check "the stock tree lacks all" test ! -s "$box/err"
    cp "$box/out" "$box/mailbox"
    run git -C "$tree" am -q "$box/mailbox"
    check "git am takes them on Debian's tree" test "$status" -eq 0
    rm -rf "$tree/.git"
    expected=$("$root/server-patch/fetch" --offline --series "$series" --into "$source" 2>"$box/err" | tail -n 1)
    while read -r name; do rm "$tree/$name"; done < <(sed -n 's,^+++ b/\(tests/.*\),\1,p' "$box/mailbox")
    run diff -r --exclude=SOURCE "$expected" "$tree"
    check "without the tests it is the tree of fetch" test "$status" -eq 0
    run "$tool" "$series" --fixes --tree "$expected"
    check "which has all of them" test "$status" -eq 0 -a ! -s "$box/out"
}

make_set
make_fixes
test_usage
test_signoff
test_small
test_fixes
test_real
test_real_fixes
finish
