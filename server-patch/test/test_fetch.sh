#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_fetch.sh -- the tests of server-patch/fetch: options, locks, places, trees, patches.
#
# Limits: those of fetch_fixture.sh. Where no file system can be mounted, the checks of a full disk
# are skipped by name.
#
# usage: server-patch/test/test_fetch.sh

set -Eeuo pipefail
# shellcheck source=server-patch/test/fetch_fixture.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/fetch_fixture.sh"

# ---- usage and surroundings ----

test_usage() {
    run "$fetch" --patches "$locks" --series nine
    check "a series that is none" \
        refused "^fetch: there is no lock '.*/locks/nine/source'; series that have one: 8.1 9.1$"
    run "$fetch" --patches "$locks" --series ../9.1
    check "a series that is a path" refused "^fetch: '../9.1' is not a series; expected one of: 8.1 9.1$"
    run "$fetch" --serious
    check "an unknown argument" refused "^fetch: unknown argument '--serious'; see"
    run "$fetch" --into
    check "an option without its value" refused "^fetch: --into wants a value; see"
    run "$fetch" --offline --newest
    check "options that exclude each other" refused "^fetch: --offline and --newest exclude each other"
    run "$fetch" --write-lock
    check "a lock of what?" refused "^fetch: --write-lock goes with --newest"
    run "$fetch" --patches "$box/nowhere"
    check "no folder of patches" refused "^fetch: cannot read the folder of patches .*nowhere"
    DEFRAG_FUZZ_TIMEOUT=soon run "$fetch"
    check "a time that is none" refused "^fetch: DEFRAG_FUZZ_TIMEOUT 'soon' is not a number of seconds"
    run "$fetch" --help
    check "help" matches out '^example: '
    check "help names the series of this repository" matches out '^  --series NAME .*8.1 9.1 unstable \(default 9.1\)$'
    : >"$box/file"
    fetch_into file/below
    check "a folder that cannot be made" refused "^fetch: cannot write to '.*/file/below'; choose"
    run "$fetch" --patches "$locks" --into /proc/self
    check "a folder that cannot be written" refused "^fetch: cannot write to '/proc/self'; choose"
    run "$fetch" --patches "$locks" --into "$box/usage" --downloads "$box/file/below"
    check "downloads that have no room" \
        refused "^fetch: cannot write to '.*/file/below'; choose another folder with --downloads"
}

test_foreign_folder() {
    mkdir -p "$box/foreign/valkey-9.1-fixed"
    fetch_into foreign
    check "a folder that is not ours is left alone" refused "^fetch: '.*/valkey-9.1-fixed' was not made by fetch"
}

# ---- the lock ----

# wrong_lock WHAT LINE PATTERN: a lock with one more line is refused.
wrong_lock() {
    cp -r "$locks" "$box/locks-wrong"
    printf '%s\n' "$2" >>"$box/locks-wrong/9.1/source"
    run "$fetch" --into "$box/wrong" --patches "$box/locks-wrong"
    check "$1" refused "$3"
    rm -r "$box/locks-wrong"
}

test_lock() {
    local dsc
    dsc=$(grep '\.dsc$' "$locks/9.1/source")
    wrong_lock "an unknown word" \
        'files none' "^fetch: .*/9.1/source, line 11: 'files none' is not a line of a lock; see server-patch/README.md$"
    wrong_lock "a hash that is none" 'file 12 34 valkey.dsc' "line 11: 'file 12 34 valkey.dsc' is not a line of a lock"
    wrong_lock "a file that is a path" "${dsc/valkey_/../valkey_}" "line 11: .* is not a line of a lock"
    wrong_lock "two .dsc" "$dsc" "exactly one file of a package ends with .dsc"
    wrong_lock "a package and a repository" \
        $'git file:/somewhere' "a repository needs lines 'git' and 'ref', and no others"
    mkdir -p "$box/locks-empty/9.1"
    : >"$box/locks-empty/9.1/source"
    run "$fetch" --into "$box/wrong" --patches "$box/locks-empty"
    check "an empty lock" refused "^fetch: .*/9.1/source: a package needs lines 'version', 'suite' and 'file'$"
}

test_lock_of_this_repository() {
    local name
    for name in 8.1 9.1; do
        check "the lock of $name has three files with two hashes each" test \
            "$(grep -cE '^file +[0-9a-f]{64} [0-9a-f]{40} valkey_[^ ]+$' "$root/server-patch/$name/source")" -eq 3
    done
    check "the default series has a lock" test -f "$root/server-patch/$(cat "$root/server-patch/default-series")/source"
}

# A hash that no file has: neither the package nor the release is taken.
test_wrong_hash() {
    local file=$pool/valkey_9.1.2.orig.tar.gz
    sed -i 's/^file ......\(.*orig.tar.gz\)$/file 000000\1/; s/^release ....../release 000000/' "$locks/9.1/source"
    fetch_into wronghash
    check "a lock with a wrong hash" nowhere
    check "the mirror's file is not taken" tried "file:$file" 'wrong hash'
    check "nor the release" tried "file:$box/releases/9.1.2.tar.gz" 'wrong hash'
    check "there is no tree" absent wronghash/valkey-9.1-fixed
    check "and no such file" absent wronghash/download/valkey_9.1.2.orig.tar.gz
    check "and nothing is left" no_leftovers wronghash
    make_lock 9.1 9.1.2-1

    sed -i '/\.orig\.tar/d' "$locks/9.1/source"
    fetch_into lockshort
    check "a lock without a file that the .dsc asks for" \
        refused "^fetch: valkey_9.1.2-1.dsc asks for files that are not in '.*/9.1/source'; correct the lock$"
    make_lock 9.1 9.1.2-1
}

# ---- what is fetched ----

test_fetch_and_again() {
    local before
    touch "$box/start"
    echo "APT::Update::Post-Invoke { \"touch $box/hook\"; };" >"$box/hook.conf"
    APT_CONFIG=$box/hook.conf fetch_into plain
    check "the locked version, though no index is there" made plain/valkey-9.1-fixed
    check "it is recorded" grep -qx 'version 9.1.2-1' "$box/plain/valkey-9.1-fixed/SOURCE"
    check "its suite is recorded" grep -qx 'suite sid' "$box/plain/valkey-9.1-fixed/SOURCE"
    check "its three files are recorded" matches plain/valkey-9.1-fixed/SOURCE '^sha256 [0-9a-f]{64}  valkey_' 3
    check "Debian's patches are applied" grep -qx SEVEN "$box/plain/valkey-9.1-fixed/src/list.c"
    check "nothing else is left" no_leftovers plain
    check "the machine's hooks do not run" absent hook
    check "the machine's apt files are not touched" \
        test -z "$(find /var/lib/apt /var/cache/apt -newer "$box/start" 2>/dev/null || true)"
    check "the downloads are copies, not links" test ! -L "$box/plain/download/valkey_9.1.2-1.dsc"

    before=$(identity plain/valkey-9.1-fixed)
    DEBIAN_MIRROR=file:/nonexistent fetch_into plain
    check "a second run needs no mirror" made plain/valkey-9.1-fixed
    check "and does nothing" test "$before" = "$(identity plain/valkey-9.1-fixed)"
    fetch_into plain --offline --no-fixes
    check "the stock tree comes from the same files" made plain/valkey-9.1-stock
    check "beside the other tree" test -d "$box/plain/valkey-9.1-fixed"
    fetch_into 'a folder' --series 8.1
    check "a folder with a space in its name" made 'a folder/valkey-8.1-fixed'
    fetch_into plain --series 8.1
    check "another series beside them" made plain/valkey-8.1-fixed
    check "with its files in the same folder" test -f "$box/plain/download/valkey_8.1.1-1.dsc"

    rm -r "$box/plain/valkey-9.1-fixed"
    echo damage >>"$box/plain/download/valkey_9.1.2.orig.tar.gz"
    fetch_into plain --offline
    check "a damaged download is not used" exited 4
    check "and named" tried "$box/plain/download/valkey_9.1.2.orig.tar.gz" 'wrong hash'
    fetch_into plain
    check "but downloaded again" made plain/valkey-9.1-fixed

    DEFRAG_FUZZ_DOWNLOADS=$box/plain/download run "$fetch" --into "$box/shared" --patches "$locks" --offline
    check "another build has the same downloads" made shared/valkey-9.1-fixed
    fetch_into filesonly --files-only
    check "only the files" test "$(cat "$box/out")" = "$(package_files 9.1.2-1 | sed "s,.*/,$box/filesonly/download/,")"
    check "and no tree" absent filesonly/valkey-9.1-fixed
}

# ---- places ----

# Hides the pool, and puts it back.
without_pool() {
    mv "$pool" "$pool.away"
    "$@"
    mv "$pool.away" "$pool"
}

test_places() {
    local file
    mkdir -p "$security_pool" "$box/archive"
    mv "$pool/valkey_9.1.2-1.dsc" "$security_pool/"
    file=$pool/valkey_9.1.2.orig.tar.gz
    mv "$file" "$box/archive/$(sha 1 "$file")"
    fetch_into places
    check "each file from the first place that has it" made places/valkey-9.1-fixed
    check "Debian's patches are applied" grep -qx SEVEN "$box/places/valkey-9.1-fixed/src/list.c"
    fetch_into mirrored
    check "the record does not depend on the places" \
        cmp -s "$box/places/valkey-9.1-fixed/SOURCE" "$box/mirrored/valkey-9.1-fixed/SOURCE"
    mv "$security_pool"/* "$pool/"
    mv "$box/archive"/* "$file"
}

test_release() {
    local tree=$box/release/valkey-9.1-fixed before unpatched
    make_patch src/list.c two TWO >"$locks/9.1/0001-build.patch"
    without_pool fetch_into release
    check "without Debian's files the release is taken" made release/valkey-9.1-fixed
    unpatched="^fetch: this is Valkey's release 9.1.2, WITHOUT Debian's patches"
    check "and said to be" matches err "$unpatched, because the files of 9.1.2-1 were not available"
    check "with what it lacks" matches err '^fetch:   the capital letters$'
    check "it is recorded" grep -qx 'release valkey' "$tree/SOURCE"
    check "with what it lacks" grep -qx 'lacks the capital letters' "$tree/SOURCE"
    check "Debian's patch is not in it" grep -qx seven "$tree/src/list.c"
    check "but ours is" grep -qx TWO "$tree/src/list.c"
    before=$(identity release/valkey-9.1-fixed)
    fetch_into release --offline
    check "the tree stays, offline" test "$before" = "$(identity release/valkey-9.1-fixed)"
    check "and is said to be what it is" matches err "WITHOUT Debian's patches"
    cp "$(package_files 9.1.2-1 | grep debian)" "$box/release/download/"
    fetch_into release --offline
    check "also with some of the package's files" test "$before" = "$(identity release/valkey-9.1-fixed)"
    # shellcheck disable=SC2046  # names without spaces
    cp $(package_files 9.1.2-1) "$box/release/download/"
    fetch_into release --offline
    check "with all of them it gives way" grep -qx SEVEN "$tree/src/list.c"
    rm "$locks/9.1/0001-build.patch"
}

# Everything out of reach, and files that somebody has brought.
test_by_hand() {
    local files='valkey_9.1.2-1.dsc valkey_9.1.2.orig.tar.gz valkey_9.1.2-1.debian.tar.xz, or valkey-9.1.2.tar.gz'
    local nothing=(DEBIAN_MIRROR=file:/nonexistent DEBIAN_ARCHIVE=file:/nonexistent VALKEY_RELEASES=file:/nonexistent)
    run env "${nothing[@]}" "$fetch" --into "$box/hand" --downloads "$box/byhand" --patches "$locks"
    check "all places out of reach" nowhere
    check "the pool is in the report" tried 'file:/nonexistent/pool/main/v/valkey/valkey_9.1.2-1.dsc' 'File not found'
    check "the security pool" \
        tried 'file:/nonexistent-security/pool/updates/main/v/valkey/valkey_9.1.2-1.dsc' 'File not found'
    check "the archive" tried "file:/nonexistent/$(sha 1 "$pool/valkey_9.1.2-1.dsc")" 'File not found'
    check "the release" tried 'file:/nonexistent/9.1.2.tar.gz' 'File not found'
    check "a folder for files by hand is named" matches err "put these files into '$box/byhand' by hand: $files"
    check "so is a repository" matches err 'server-patch/fetch --git --ref 9.1.2 --series 9.1$'
    check "and an own tree" matches err 'DVALKEY_SOURCE_DIR='
    # shellcheck disable=SC2046  # names without spaces
    cp $(package_files 9.1.2-1) "$box/byhand/"
    run env "${nothing[@]}" "$fetch" --into "$box/hand" --downloads "$box/byhand" --patches "$locks"
    check "files put there by hand" made hand/valkey-9.1-fixed
    rm -r "$box/hand" "$box/byhand"
    mkdir "$box/byhand"
    cp "$box/releases/9.1.2.tar.gz" "$box/byhand/valkey-9.1.2.tar.gz"
    run env "${nothing[@]}" "$fetch" --into "$box/hand" --downloads "$box/byhand" --patches "$locks"
    check "the release put there by hand" made hand/valkey-9.1-fixed
    cp "$pool/valkey_8.1.1-1.dsc" "$box/byhand/valkey-9.1.2.tar.gz"
    rm -r "$box/hand"
    run env "${nothing[@]}" "$fetch" --into "$box/hand" --downloads "$box/byhand" --patches "$locks"
    check "a wrong file put there by hand" nowhere
    check "is named" tried "$box/byhand/valkey-9.1.2.tar.gz" 'wrong hash'
    check "and left where it is" test -f "$box/byhand/valkey-9.1.2.tar.gz"
    fetch_into offline --offline
    check "offline without files" exited 4
    check "says what is missing" tried "$box/offline/download/valkey_9.1.2-1.dsc" 'not there'
    check "and what to do" matches err '^fetch: run once without --offline, or put there by hand: valkey_9.1.2-1.dsc '
}

# A loopback port that takes requests and does not answer; its number is in $box/port, what was
# asked in $box/asked.
start_silence() {
    rm -f -- "$box/port" "$box/asked"
    python3 -c '
import os, socket, sys
one = socket.socket()
one.bind(("127.0.0.1", 0))
one.listen(16)
open(sys.argv[1] + ".new", "w").write(str(one.getsockname()[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
kept = []
while True:
    kept.append(one.accept()[0])
    kept[-1].settimeout(10)
    open(sys.argv[2], "ab").write(kept[-1].recv(1000).split(b"\r\n")[0] + b"\n")
' "$box/port" "$box/asked" &
    silence=$!
    until [[ -s $box/port ]]; do sleep 0.05; done
}

test_silence() {
    local silence address start=$SECONDS
    start_silence
    address=http://127.0.0.1:$(<"$box/port")
    DEFRAG_FUZZ_TIMEOUT=1 DEBIAN_MIRROR=$address/debian DEBIAN_ARCHIVE=$address/archive \
        VALKEY_RELEASES=$address/releases fetch_into silent
    check "a mirror that answers nothing" nowhere
    check "is said to" tried "$address/debian/pool/main/v/valkey/valkey_9.1.2-1.dsc" 'no answer within 1 s'
    check "so is the release" tried "$address/releases/9.1.2.tar.gz" 'no answer within 1 s'
    check "it takes a bounded time" test $((SECONDS - start)) -lt 100
    DEFRAG_FUZZ_TIMEOUT=1 DEBIAN_MIRROR=$address/debian DEBIAN_SECURITY_MIRROR=file:$box/nothing fetch_into half
    check "the release is taken instead" made half/valkey-9.1-fixed
    kill "$silence"
    wait "$silence" 2>/dev/null || true
    DEBIAN_MIRROR=$address/debian DEBIAN_ARCHIVE=$address/archive VALKEY_RELEASES=$address/releases fetch_into closed
    check "a port that is closed" nowhere
    check "is said to be" tried "$address/debian/pool/main/v/valkey/valkey_9.1.2-1.dsc" 'Connection refused'
}

# A dead place is asked once, not once for each file.
test_dead_place() {
    local silence address file
    start_silence
    address=http://127.0.0.1:$(<"$box/port")
    mkdir -p "$box/archive"
    for file in $(package_files 9.1.2-1); do cp "$file" "$box/archive/$(sha 1 "$file")"; done
    DEFRAG_FUZZ_TIMEOUT=1 DEBIAN_MIRROR=$address/debian DEBIAN_SECURITY_MIRROR=file:$box/nothing fetch_into deadplace
    check "a dead mirror, and all in the archive" made deadplace/valkey-9.1-fixed
    check "the dead one is asked for the first file" matches asked '^GET /debian/pool/main/v/valkey/valkey_9.1.2-1.dsc '
    check "and for no other" matches asked 'orig|debian\.tar' 0
    rm -r "$box/archive"
    kill "$silence"
    wait "$silence" 2>/dev/null || true
}

test_no_mirror() {
    echo 'Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";' >"$box/empty.conf"
    APT_CONFIG=$box/empty.conf DEBIAN_MIRROR='' fetch_into nomirror
    check "a machine without mirror can still have the release" made nomirror/valkey-9.1-fixed
    APT_CONFIG=$box/empty.conf DEBIAN_MIRROR='' VALKEY_RELEASES=file:/nonexistent fetch_into nomirror2
    check "otherwise the missing mirror is reported" \
        tried mirror "this machine's apt configuration names no Debian mirror; set DEBIAN_MIRROR"
    DEBIAN_MIRROR='file:/no where' fetch_into unreachable
    check "an address that is none" refused "^fetch: 'file:/no where' is not an address"
    check "nothing is left of it" no_leftovers unreachable
}

# ---- a full disk ----

# on_small_disk SIZE COMMAND...: runs it with a file system of that size at $box/small, which is
# gone afterwards. Its names are listed in $box/left.
on_small_disk() {
    local size=$1
    shift
    # shellcheck disable=SC2016  # for the inner shell
    run unshare --map-root-user --mount sh -c 'size=$1 box=$2 && shift 2
        mount -t tmpfs -o "size=$size" none "$box/small" || exit 99
        status=0 && "$@" || status=$?
        find "$box/small" -mindepth 1 >"$box/left"
        exit $status' sh "$size" "$box" "$@"
}

test_full_disk() {
    local full="^fetch: no space left on the disk of '$box/small'"
    mkdir -p "$box/small"
    on_small_disk 1m true
    if [[ $status -ne 0 ]]; then
        echo "skipped: a full disk for downloads, for the tree, and from the start (no file system can be mounted here)"
        return
    fi
    head -c 300000 /dev/urandom >"$box/noise"
    make_package 9.9.1-1 "$box/noise"
    make_lock 9.9 9.9.1-1
    on_small_disk 200k "$fetch" --series 9.9 --into "$box/fullinto" --downloads "$box/small" --patches "$locks"
    check "a full disk for downloads" \
        refused "$full; make room, or choose another folder with --into and --downloads$"
    check "no broken file is left" matches left '\.orig\.tar|incoming' 0
    check "and no tree" absent fullinto/valkey-9.9-fixed
    fetch_into fulldown --series 9.9 --files-only
    on_small_disk 200k "$fetch" --series 9.9 --into "$box/small" --downloads "$box/fulldown/download" --patches "$locks"
    check "a full disk for the tree" refused "$full"
    check "no broken tree is left" matches left 'valkey|work' 0
    # shellcheck disable=SC2016  # for the inner shell
    on_small_disk 100k sh -c 'head -c 200000 /dev/zero >"$0/small/fill" 2>/dev/null; shift; exec "$@"' "$box" - \
        "$fetch" --into "$box/small" --downloads "$box/small/download" --patches "$locks"
    check "a disk that is full from the start" exited 2
    check "is said to be" matches err "$full"
    rm -r "$locks/9.9"
}

# ---- patches ----

test_patches() {
    local set=$box/patches tree=$box/patched/valkey-9.1 before misfit
    cp -r "$locks" "$set"
    mkdir -p "$set/9.1/fixes"
    make_patch src/list.c two TWO >"$set/9.1/0001-build.patch"
    make_patch src/list.c five FIVE >"$set/9.1/fixes/0001-bug.patch"
    make_patch src/list.c three 'of another series' >"$set/8.1/0001-build.patch"
    fetch_into patched --patches "$set"
    check "a patched tree" made patched/valkey-9.1-fixed
    check "has both patches" matches patched/valkey-9.1-fixed/src/list.c '^(TWO|FIVE)$' 2
    check "and says so" matches patched/valkey-9.1-fixed/SOURCE '^patch [0-9a-f]{64}  9.1/(fixes/)?0001' 2
    fetch_into patched --patches "$set" --no-fixes
    check "a stock tree" made patched/valkey-9.1-stock
    check "has what the build needs" matches patched/valkey-9.1-stock/src/list.c '^TWO$' 1
    check "and no fix" matches patched/valkey-9.1-stock/src/list.c '^FIVE$' 0
    before=$(stat -c '%i' "$tree-stock")
    make_patch src/list.c five Five >"$set/9.1/fixes/0001-bug.patch"
    fetch_into patched --patches "$set" --offline
    check "a changed patch makes the tree again" grep -qx Five "$tree-fixed/src/list.c"
    fetch_into patched --patches "$set" --offline --no-fixes
    check "but not the tree without it" test "$before" = "$(stat -c '%i' "$tree-stock")"

    before=$(stat -c '%i %y' "$tree-fixed")
    printf '%s\n' '--- a/src/list.c' '+++ b/src/list.c' '@@ -1,3 +1,3 @@' ' one' '-TWO' '+2' ' three' \
        '@@ -5,3 +5,3 @@' ' 4' '-5' '+V' ' 6' >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    misfit="9.1/fixes/0002-bad.patch does not fit valkey 9.1.2-1: hunk #2 of src/list.c fails"
    check "a patch that does not fit" refused "^fetch: patch .*/$misfit; bring it up to date"
    check "leaves the tree as it was" test "$before" = "$(stat -c '%i %y' "$tree-fixed")"
    check "and nothing else" no_leftovers patched
    fetch_into fresh --patches "$set"
    check "a patch that does not fit a first tree" refused "0002-bad.patch does not fit"
    check "leaves no tree" absent fresh/valkey-9.1-fixed
    printf -- '--- a/src/list.c\n+++ b/src/list.c\n@@ -1,5 +1,5 @@\n 1\n TWO\n-three\n+3\n four\n Five\n' \
        >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch whose context differs in one line" refused "hunk #1 of src/list.c fails"
    make_patch src/none.c five 5 >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch of a file that is not there" \
        refused "0002-bad.patch does not fit valkey 9.1.2-1: hunk #1 fails, there is no file b/src/none.c"
    make_patch src/list.c five Five >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch that is in already" refused "hunk #1 of src/list.c fails, because the source has this change already"
    echo nonsense >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch that is none" \
        refused "0002-bad.patch does not fit valkey 9.1.2-1: Only garbage was found in the patch input;"
}

# ---- the tree for a real server ----

# Its patches come last, on top of the new files, and all are part of what the tree was made from.
test_server() {
    local root=$box/repository tree=$box/server/valkey-9.1-server before misfit
    local set=$root/server-patch
    mkdir -p "$root/harness/structures" "$root/server-patch"
    cp -r "$locks"/* "$set/"
    mkdir -p "$set/9.1/fixes" "$set/9.1/server" "$set/server"
    fetch_into server --patches "$set" --server
    check "a server without patches" made server/valkey-9.1-server
    make_patch src/list.c five FIVE >"$set/9.1/fixes/0001-bug.patch"
    make_patch src/list.c two TWO >"$set/9.1/server/0001-flag.patch"
    printf '# from, to\nserver-patch/server/new.c src/new.c\nharness/structures/shape.h src/defrag_shape/shape.h\n' \
        >"$set/server/FILES"
    echo 'int new;' >"$set/server/new.c"
    printf '#include "harness/valkey/compat.h"\n#include "other/harness/x.h"\n' >"$root/harness/structures/shape.h"
    fetch_into server --patches "$set" --server
    check "a server with patches" made server/valkey-9.1-server
    check "has the fixes and its own patch" matches server/valkey-9.1-server/src/list.c '^(TWO|FIVE)$' 2
    check "has the new files" grep -qx 'int new;' "$tree/src/new.c"
    printf '#include "defrag_shape/compat.h"\n#include "other/harness/x.h"\n' >"$box/wanted"
    check "those of the harness include each other" cmp -s "$tree/src/defrag_shape/shape.h" "$box/wanted"
    check "SOURCE names the patches" \
        matches server/valkey-9.1-server/SOURCE '^patch [0-9a-f]{64}  9.1/(fixes|server)/0001' 2
    check "and the new files" \
        matches server/valkey-9.1-server/SOURCE '^file [0-9a-f]{64}  src/(new.c|defrag_shape/shape.h)$' 2
    before=$(stat -c '%i %y' "$tree")
    fetch_into server --patches "$set" --server --offline
    check "a second run does nothing" test "$before" = "$(stat -c '%i %y' "$tree")"
    fetch_into server --patches "$set"
    check "the other tree" matches server/valkey-9.1-fixed/src/list.c '^TWO$' 0
    check "has no new files" absent server/valkey-9.1-fixed/src/new.c
    fetch_into server --patches "$set" --server --no-fixes
    check "a server without fixes" made server/valkey-9.1-server-stock
    check "has its own patch only" matches server/valkey-9.1-server-stock/src/list.c '^(TWO|FIVE)$' 1
    echo '/* changed */' >>"$root/harness/structures/shape.h"
    fetch_into server --patches "$set" --server --offline
    check "a changed new file makes the tree again" grep -qF '/* changed */' "$tree/src/defrag_shape/shape.h"

    before=$(stat -c '%i %y' "$tree")
    make_patch src/list.c five 5 >"$set/9.1/server/0002-bad.patch"
    fetch_into server --patches "$set" --server
    misfit="9.1/server/0002-bad.patch does not fit valkey 9.1.2-1: hunk #1 of src/list.c fails"
    check "a patch that does not fit" refused "^fetch: patch .*/$misfit; bring it"
    check "leaves the tree as it was" test "$before" = "$(stat -c '%i %y' "$tree")"
    rm "$set/9.1/server/0002-bad.patch"
    echo 'server-patch/server/new.c src/list.c' >>"$set/server/FILES"
    fetch_into server --patches "$set" --server
    check "a new file that the source has already" \
        refused "^fetch: valkey 9.1.2-1 has a file src/list.c of its own; give ours another name in"
    echo 'server-patch/server/new.c ../new.c' >"$set/server/FILES"
    fetch_into server --patches "$set" --server
    check "a new file outside of the source" \
        refused "^fetch: .*/server/FILES: the line of 'server-patch/server/new.c' is wrong; expected"
    echo 'server-patch/server/none.c src/none.c' >"$set/server/FILES"
    fetch_into server --patches "$set" --server
    check "a new file that is not there" \
        refused "^fetch: cannot read '.*/server-patch/server/none.c', which .*/FILES names$"
    check "and nothing is left" no_leftovers server
}

# ---- two at once, and killed ----

test_concurrent() {
    local first second
    "$fetch" --into "$box/both" --downloads "$box/both/download" --patches "$locks" >"$box/out1" 2>&1 </dev/null &
    first=$!
    "$fetch" --into "$box/both" --downloads "$box/both/download" --patches "$locks" >"$box/out2" 2>&1 </dev/null &
    second=$!
    check "the first of two runs at once" wait "$first"
    check "the second" wait "$second"
    cat "$box/out1" "$box/out2" >"$box/outs"
    check "only one of them made the tree" matches outs '^fetch: unpacking' 1
    check "they leave one whole tree" no_leftovers both
}

# A dpkg-source that makes half a tree and then sends a signal to the script that called it.
test_killed() {
    local signal
    mkdir "$box/shims"
    for signal in TERM KILL; do
        # shellcheck disable=SC2016  # the text of a shim
        printf '%s\n' '#!/bin/sh' 'for last; do :; done' 'mkdir -p "$last/src"' 'touch "$last/SOURCE"' \
            "kill -$signal "'"$PPID"' 'sleep 0.2' >"$box/shims/dpkg-source"
        chmod +x "$box/shims/dpkg-source"
        PATH=$box/shims:$PATH fetch_into "killed$signal" 2>/dev/null
        check "a run killed by $signal fails" test "$status" -gt 128
        check "and leaves no tree" absent "killed$signal/valkey-9.1-fixed"
        if [[ $signal == TERM ]]; then check "and nothing else" no_leftovers killedTERM; fi
        fetch_into "killed$signal" --offline
        check "the next run makes a whole one" made "killed$signal/valkey-9.1-fixed"
        check "and sweeps up" no_leftovers "killed$signal"
    done
    rm -r "$box/shims"
}

make_mirror
test_usage
test_foreign_folder
test_lock
test_lock_of_this_repository
test_wrong_hash
test_fetch_and_again
test_places
test_release
test_by_hand
test_silence
test_dead_place
test_no_mirror
test_full_disk
test_patches
test_server
test_concurrent
test_killed
finish
