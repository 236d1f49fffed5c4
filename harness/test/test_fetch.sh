#!/usr/bin/env bash
# test_fetch.sh -- the tests of server-patch/fetch and server-patch/packages.
#
# Everything happens in a private folder and without network: a small Debian mirror is made there (packages of a few
# lines, an index, a signature by a key made for this run), and apt reads it like a real one. For what must not
# happen for real (installing, being killed in the middle) a folder of shims comes first on the PATH.
#
# Limits: the http side of apt is not tested here.
#
# usage: harness/test/test_fetch.sh    exit status: 0 all passed, 1 some failed, 3 the fixture cannot be made

# shellcheck disable=SC2016  # the text of a shim
set -Eeuo pipefail
export LC_ALL=C
unset DEBIAN_MIRROR DEBIAN_KEYRING

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
fetch=$root/server-patch/fetch
packages=$root/server-patch/packages
box=$(mktemp -d)
# shellcheck source=harness/test/checks.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/checks.sh"
export GNUPGHOME=$box/gnupg

cleanup() {
    gpgconf --kill gpg-agent 2>/dev/null || true
    rm -rf -- "$box"
}
trap cleanup EXIT
trap 'echo "harness: test_fetch.sh failed at line $LINENO" >&2; exit 3' ERR

# ---- the fixture ----

# make_package VERSION: a source package of the form that Debian's valkey has, into the mirror's pool.
make_package() {
    local version=$1 upstream=${1%-*} tree
    tree=$box/build/valkey-$upstream
    mkdir -p "$tree/src" "$mirror/pool"
    printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n' >"$tree/src/list.c"
    echo "upstream $upstream" >"$tree/src/version.h"
    tar -C "$box/build" -czf "$box/build/valkey_$upstream.orig.tar.gz" "valkey-$upstream"
    mkdir -p "$tree/debian/source" "$tree/debian/patches"
    echo '3.0 (quilt)' >"$tree/debian/source/format"
    printf 'valkey (%s) unstable; urgency=low\n\n  * Fixture.\n\n -- Nobody <nobody@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n' "$version" >"$tree/debian/changelog"
    printf 'Source: valkey\nMaintainer: Nobody <nobody@example.org>\n\nPackage: valkey-server\nArchitecture: any\nDescription: fixture\n' >"$tree/debian/control"
    echo debian.patch >"$tree/debian/patches/series"
    make_patch src/list.c seven SEVEN >"$tree/debian/patches/debian.patch"
    (cd "$box/build" && dpkg-source -q -b "valkey-$upstream") >"$box/build.log" 2>&1
    mv "$box"/build/valkey_* "$mirror/pool/"
    rm -rf "$box/build"
}

# make_patch FILE LINE NEW: a patch that replaces one of the fixture's seven lines.
make_patch() {
    printf '%s\n' one two three four five six seven >"$box/old-list"
    sed "s/^$2\$/$3/" "$box/old-list" >"$box/new-list"
    diff -U 1 --label "a/$1" --label "b/$1" "$box/old-list" "$box/new-list" || true # they differ
}

# make_suite SUITE VERSION...: the signed index of one suite.
make_suite() {
    local suite=$1 version folder=$mirror/dists/$1
    shift
    mkdir -p "$folder/main/source"
    : >"$folder/main/source/Sources"
    for version; do
        mkdir "$box/scan"
        cp "$mirror/pool/valkey_$version".* "$mirror/pool/valkey_${version%-*}.orig.tar.gz" "$box/scan/"
        (cd "$box" && dpkg-scansources scan) 2>/dev/null | sed 's/^Directory: .*/Directory: pool/' >>"$folder/main/source/Sources"
        rm -r "$box/scan"
    done
    sign_suite "$suite"
}

sign_suite() {
    local folder=$mirror/dists/$1 index=main/source/Sources
    {
        printf 'Origin: Debian\nSuite: %s\nCodename: %s\nComponents: main\nArchitectures: amd64\nDate: Mon, 01 Jan 2024 00:00:00 UTC\nSHA256:\n' "$1" "$1"
        printf ' %s %s %s\n' "$(sha256sum <"$folder/$index" | cut -d ' ' -f 1)" "$(wc -c <"$folder/$index")" "$index"
    } | gpg --batch --yes --quiet --clearsign -o "$folder/InRelease"
}

make_mirror() {
    mirror=$box/mirror
    mkdir -m 700 "$GNUPGHOME"
    gpg --batch --quiet --passphrase '' --quick-generate-key fixture@example.org rsa2048 sign never 2>/dev/null
    gpg --batch --export >"$box/keyring.gpg"
    make_package 9.1.1-1
    make_package 9.1.2-1
    make_package 8.1.1-1
    make_package 8.0.1-1
    make_suite forky 9.1.1-1
    make_suite sid 9.1.2-1 9.1.1-1
    make_suite trixie 8.1.1-1
    make_suite bookworm-backports 8.0.1-1
    export DEBIAN_MIRROR=file:$mirror DEBIAN_KEYRING=$box/keyring.gpg
    mkdir "$box/no-patches"
}

# ---- running and checking ----

# fetch_into DIR OPTION...: fetch without the patches of this repository.
fetch_into() {
    local into=$box/$1
    shift
    run "$fetch" --into "$into" --patches "$box/no-patches" "$@"
}

# shim NAME LINE...: a command of ours that comes first on the PATH and records how it was called.
shim() {
    local name=$1
    shift
    mkdir -p "$box/shims"
    { printf '#!/bin/sh\necho "%s $*" >>%s\n' "$name" "$box/calls" && printf '%s\n' "$@"; } >"$box/shims/$name"
    chmod +x "$box/shims/$name"
}

exited() {
    [[ $status -eq $1 ]] || { echo "    exit status $status, expected $1" && return 1; }
}

# The run failed with status 2, nothing on stdout, and said so in one line: what matches the pattern is the only line
# of stderr that is not progress.
refused() {
    exited 2 && [[ ! -s $box/out ]] && [[ $(grep -cvE '^fetch: (reading|downloading|unpacking|applying|valkey .* looking for an older) ?' "$box/err") -eq 1 ]] && tail -n 1 "$box/err" | grep -qE -- "$1"
}

# The run succeeded, and the last line of stdout is the tree.
made() {
    exited 0 && [[ $(tail -n 1 "$box/out") == "$box/$1" ]] && [[ -f $box/$1/src/list.c && -f $box/$1/SOURCE ]]
}

says() {
    grep -qE -- "$2" "$box/$1"
}

# lines PATTERN FILE N: the file, in the box, has so many lines that match.
lines() {
    [[ $(grep -cE -- "$1" "$box/$2" 2>/dev/null || true) -eq $3 ]]
}

no_leftovers() {
    [[ -z $(find "$box/$1" -name '.work.*' -o -name '*.rej' -o -name '*.orig') ]]
}

absent() {
    [[ ! -e $box/$1 ]]
}

# ---- fetch: usage and surroundings ----

test_usage() {
    run "$fetch" --series nine
    check "a series that is none" refused "^fetch: 'nine' is not a series; expected a number such as 9.1$"
    run "$fetch" --serious
    check "an unknown argument" refused "^fetch: unknown argument '--serious'; see"
    run "$fetch" --into
    check "an option without its value" refused "^fetch: --into wants a value; see"
    run "$fetch" --offline --newest
    check "options that exclude each other" refused "^fetch: --offline and --newest exclude each other"
    run "$fetch" --patches "$box/nowhere"
    check "no folder of patches" refused "^fetch: cannot read the folder of patches .*nowhere"
    run "$fetch" --help
    check "help" says out '^example: '
    : >"$box/file"
    run "$fetch" --into "$box/file/below"
    check "a folder that cannot be made" refused "^fetch: cannot write to '.*/file/below'; choose"
    run "$fetch" --into /proc/self
    check "a folder that cannot be written" refused "^fetch: cannot write to '/proc/self'; choose"
}

test_mirror_trouble() {
    DEBIAN_MIRROR=file:/nonexistent fetch_into unreachable
    check "an unreachable mirror" refused '^fetch: cannot read a signed package index at file:/nonexistent \(.+\); check the network'
    check "nothing is left of it" no_leftovers unreachable
    DEBIAN_MIRROR='file:/no where' fetch_into unreachable
    check "an address that is none" refused "^fetch: 'file:/no where' is not the address of a mirror"
    echo 'Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";' >"$box/empty.conf"
    APT_CONFIG=$box/empty.conf DEBIAN_MIRROR='' fetch_into nomirror
    check "a machine without mirror" refused "^fetch: this machine's apt configuration names no Debian mirror; set DEBIAN_MIRROR"
    DEBIAN_KEYRING=$box/none.gpg fetch_into nokeys
    check "no keys" refused "^fetch: cannot read the keys '.*none.gpg'"
    fetch_into gone --series 7.2
    check "a series that is gone" refused "^fetch: file:.* has no valkey 7.2; series that it lists: 8.0 8.1 9.1$"
    fetch_into empty --offline
    check "offline without files" refused "^fetch: no whole valkey 9.1 in '.*/empty/download/9.1'; run once without --offline$"
}

# ---- fetch: what is fetched ----

test_fetch_and_again() {
    local before
    touch "$box/start"
    echo "APT::Update::Post-Invoke { \"touch $box/hook\"; };" >"$box/hook.conf"
    APT_CONFIG=$box/hook.conf fetch_into plain
    check "the newest version of the series" made plain/valkey-9.1-fixed
    check "it is recorded" grep -qx 'version 9.1.2-1' "$box/plain/valkey-9.1-fixed/SOURCE"
    check "its suite is recorded" grep -qx 'suite sid' "$box/plain/valkey-9.1-fixed/SOURCE"
    check "its three files are recorded" lines '^sha256 ' plain/valkey-9.1-fixed/SOURCE 3
    check "Debian's patches are applied" grep -qx SEVEN "$box/plain/valkey-9.1-fixed/src/list.c"
    check "nothing else is left" no_leftovers plain
    check "the machine's hooks do not run" absent hook
    check "the machine's apt files are not touched" test -z "$(find /var/lib/apt /var/cache/apt -newer "$box/start" 2>/dev/null || true)"
    check "the downloads are copies, not links" test ! -L "$box/plain/download/9.1/valkey_9.1.2-1.dsc"

    before=$(stat -c '%i %y' "$box/plain/valkey-9.1-fixed")
    DEBIAN_MIRROR=file:/nonexistent fetch_into plain
    check "a second run needs no mirror" made plain/valkey-9.1-fixed
    check "and does nothing" test "$before" = "$(stat -c '%i %y' "$box/plain/valkey-9.1-fixed")"
    fetch_into plain --offline --no-fixes
    check "the stock tree comes from the same files" made plain/valkey-9.1-stock
    check "beside the other tree" test -d "$box/plain/valkey-9.1-fixed"
    fetch_into 'a folder' --series 8.1
    check "a folder with a space in its name" made 'a folder/valkey-8.1-fixed'
    fetch_into plain --series 8.1
    check "another series beside them" made plain/valkey-8.1-fixed

    echo damage >>"$box/plain/download/9.1/valkey_9.1.2.orig.tar.gz"
    fetch_into plain --offline
    check "a damaged download is not used" refused "^fetch: no whole valkey 9.1 in"
    fetch_into plain
    check "but downloaded again" made plain/valkey-9.1-fixed
}

test_foreign_folder() {
    mkdir -p "$box/foreign/valkey-9.1-fixed"
    fetch_into foreign
    check "a folder that is not ours is left alone" refused "^fetch: '.*/valkey-9.1-fixed' was not made by fetch"
}

test_newest_and_superseded() {
    fetch_into newest
    make_package 9.1.10-1
    make_suite forky 9.1.10-1
    fetch_into newest
    check "a tree stays what it is" grep -qx 'version 9.1.2-1' "$box/newest/valkey-9.1-fixed/SOURCE"
    fetch_into newest --newest
    check "--newest replaces it" grep -qx 'version 9.1.10-1' "$box/newest/valkey-9.1-fixed/SOURCE"
    check "wholly" grep -qx 'upstream 9.1.10' "$box/newest/valkey-9.1-fixed/src/version.h"
    check "without leftovers" no_leftovers newest
    DEBIAN_MIRROR=file:/nonexistent fetch_into newest --newest
    check "--newest needs the mirror" refused "^fetch: cannot read a signed package index"

    rm "$mirror"/pool/valkey_9.1.10*
    fetch_into superseded
    check "files that are gone: the next version" made superseded/valkey-9.1-fixed
    check "which is 9.1.2" grep -qx 'version 9.1.2-1' "$box/superseded/valkey-9.1-fixed/SOURCE"
    mkdir "$box/aside"
    mv "$mirror"/pool/valkey_9.1* "$box/aside/"
    fetch_into allgone
    check "all files gone" refused "has no valkey 9.1 \(listed, but the files are gone: 9.1.10-1 9.1.2-1 9.1.1-1\); series that it lists: 8.0 8.1$"
    mv "$box"/aside/* "$mirror/pool/"
    make_suite forky 9.1.1-1
}

test_forgery() {
    local file=$mirror/pool/valkey_9.1.2.orig.tar.gz index=$mirror/dists/sid/main/source/Sources release=$mirror/dists/sid/InRelease
    cp "$file" "$box/kept"
    printf 'X' | dd of="$file" bs=1 seek=40 conv=notrunc status=none
    fetch_into forged
    check "a changed file" refused "^fetch: cannot download valkey 9.1.2-1 \(.*Hash Sum mismatch\)"
    check "gives no tree" absent forged/valkey-9.1-fixed
    check "and no download" absent forged/download
    cp "$box/kept" "$file"

    shim apt-get '/usr/bin/apt-get "$@" || exit' 'case $* in *" source "*) sed -i s/forky/sid/ ./*.dsc && sed -i "\$a x" ./*.orig.tar.gz ;; esac'
    PATH=$box/shims:$PATH fetch_into forged
    rm -r "$box/shims"
    check "a file that apt took but that the index does not know" refused "^fetch: the files of valkey 9.1.2-1 do not have the checksums of the signed index"
    check "gives no download" absent forged/download

    cp "$index" "$box/kept"
    sed -i 's/^Directory: pool/Directory: evil/' "$index"
    fetch_into forged
    check "a suite whose index was changed is skipped" made forged/valkey-9.1-fixed
    check "and said to be" says err "skipped: sid \("
    check "the version comes from another suite" grep -qx 'version 9.1.1-1' "$box/forged/valkey-9.1-fixed/SOURCE"
    cp "$box/kept" "$index"

    cp "$release" "$box/kept"
    sed -i 's/^Origin: Debian/Origin: Nobody/' "$release"
    fetch_into unsigned
    check "a suite whose signature is wrong is skipped" says err "skipped: sid \("
    cp "$box/kept" "$release"
    gpg --batch --quiet --passphrase '' --quick-generate-key other@example.org rsa2048 sign never 2>/dev/null
    gpg --batch --export other@example.org >"$box/other.gpg"
    DEBIAN_KEYRING=$box/other.gpg fetch_into otherkey
    check "a mirror signed by another key" refused "^fetch: cannot read a signed package index"
}

# ---- fetch: patches ----

test_patches() {
    local set=$box/patches tree=$box/patched/valkey-9.1 before
    mkdir -p "$set/9.1/fixes" "$set/8.1"
    make_patch src/list.c two TWO >"$set/9.1/0001-build.patch"
    make_patch src/list.c five FIVE >"$set/9.1/fixes/0001-bug.patch"
    make_patch src/list.c three 'of another series' >"$set/8.1/0001-build.patch"
    fetch_into patched --patches "$set"
    check "a patched tree" made patched/valkey-9.1-fixed
    check "has both patches" lines '^(TWO|FIVE)$' patched/valkey-9.1-fixed/src/list.c 2
    check "and says so" lines '^patch [0-9a-f]{64}  9.1/(fixes/)?0001' patched/valkey-9.1-fixed/SOURCE 2
    fetch_into patched --patches "$set" --no-fixes
    check "a stock tree" made patched/valkey-9.1-stock
    check "has what the build needs" lines '^TWO$' patched/valkey-9.1-stock/src/list.c 1
    check "and no fix" lines '^FIVE$' patched/valkey-9.1-stock/src/list.c 0
    before=$(stat -c '%i' "$tree-stock")
    make_patch src/list.c five Five >"$set/9.1/fixes/0001-bug.patch"
    fetch_into patched --patches "$set" --offline
    check "a changed patch makes the tree anew" grep -qx Five "$tree-fixed/src/list.c"
    fetch_into patched --patches "$set" --offline --no-fixes
    check "but not the tree without it" test "$before" = "$(stat -c '%i' "$tree-stock")"

    before=$(stat -c '%i %y' "$tree-fixed")
    printf -- '--- a/src/list.c\n+++ b/src/list.c\n@@ -1,3 +1,3 @@\n one\n-TWO\n+2\n three\n@@ -5,3 +5,3 @@\n 4\n-5\n+V\n 6\n' >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch that does not fit" refused "^fetch: patch .*/9.1/fixes/0002-bad.patch does not fit valkey 9.1.2-1: hunk #2 of src/list.c fails; bring it up to date"
    check "leaves the tree as it was" test "$before" = "$(stat -c '%i %y' "$tree-fixed")"
    check "and nothing else" no_leftovers patched
    fetch_into fresh --patches "$set"
    check "a patch that does not fit a first tree" refused "0002-bad.patch does not fit"
    check "leaves no tree" absent fresh/valkey-9.1-fixed
    printf -- '--- a/src/list.c\n+++ b/src/list.c\n@@ -1,5 +1,5 @@\n 1\n TWO\n-three\n+3\n four\n Five\n' >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch whose context differs in one line" refused "hunk #1 of src/list.c fails"
    make_patch src/none.c five 5 >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch of a file that is not there" refused "0002-bad.patch does not fit valkey 9.1.2-1: hunk #1 fails, there is no file b/src/none.c"
    make_patch src/list.c five Five >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch that is in already" refused "hunk #1 of src/list.c fails, because the source has this change already"
    echo nonsense >"$set/9.1/fixes/0002-bad.patch"
    fetch_into patched --patches "$set"
    check "a patch that is none" refused "0002-bad.patch does not fit valkey 9.1.2-1: Only garbage was found in the patch input;"
}

# ---- fetch: the tree for a real server ----

# Its patches come last, on top of the new files, and all are part of what the tree was made from.
test_server() {
    local root=$box/repository tree=$box/server/valkey-9.1-server before
    local set=$root/server-patch
    mkdir -p "$set/9.1/fixes" "$set/9.1/server" "$set/server" "$root/harness"
    fetch_into server --patches "$set" --server
    check "a server without patches" made server/valkey-9.1-server
    make_patch src/list.c five FIVE >"$set/9.1/fixes/0001-bug.patch"
    make_patch src/list.c two TWO >"$set/9.1/server/0001-flag.patch"
    printf '# from, to\nserver-patch/server/new.c src/new.c\nharness/shape.h src/defrag_shape/shape.h\n' >"$set/server/FILES"
    echo 'int new;' >"$set/server/new.c"
    printf '#include "harness/compat.h"\n#include "other/harness/x.h"\n' >"$root/harness/shape.h"
    fetch_into server --patches "$set" --server
    check "a server with patches" made server/valkey-9.1-server
    check "has the fixes and its own patch" lines '^(TWO|FIVE)$' server/valkey-9.1-server/src/list.c 2
    check "has the new files" grep -qx 'int new;' "$tree/src/new.c"
    check "those of the harness include each other" test "$(cat "$tree/src/defrag_shape/shape.h")" = $'#include "defrag_shape/compat.h"\n#include "other/harness/x.h"'
    check "SOURCE names the patches" lines '^patch [0-9a-f]{64}  9.1/(fixes|server)/0001' server/valkey-9.1-server/SOURCE 2
    check "and the new files" lines '^file [0-9a-f]{64}  src/(new.c|defrag_shape/shape.h)$' server/valkey-9.1-server/SOURCE 2
    before=$(stat -c '%i %y' "$tree")
    fetch_into server --patches "$set" --server --offline
    check "a second run does nothing" test "$before" = "$(stat -c '%i %y' "$tree")"
    fetch_into server --patches "$set"
    check "the other tree" lines '^TWO$' server/valkey-9.1-fixed/src/list.c 0
    check "has no new files" absent server/valkey-9.1-fixed/src/new.c
    fetch_into server --patches "$set" --server --no-fixes
    check "a server without fixes" made server/valkey-9.1-server-stock
    check "has its own patch only" lines '^(TWO|FIVE)$' server/valkey-9.1-server-stock/src/list.c 1
    echo '/* changed */' >>"$root/harness/shape.h"
    fetch_into server --patches "$set" --server --offline
    check "a changed new file makes the tree anew" grep -qF '/* changed */' "$tree/src/defrag_shape/shape.h"

    before=$(stat -c '%i %y' "$tree")
    make_patch src/list.c five 5 >"$set/9.1/server/0002-bad.patch"
    fetch_into server --patches "$set" --server
    check "a patch that does not fit" refused "^fetch: patch .*/9.1/server/0002-bad.patch does not fit valkey 9.1.2-1: hunk #1 of src/list.c fails; bring it"
    check "leaves the tree as it was" test "$before" = "$(stat -c '%i %y' "$tree")"
    rm "$set/9.1/server/0002-bad.patch"
    echo 'server-patch/server/new.c src/list.c' >>"$set/server/FILES"
    fetch_into server --patches "$set" --server
    check "a new file that the source has already" refused "^fetch: valkey 9.1.2-1 has a file src/list.c of its own; give ours another name in"
    echo 'server-patch/server/new.c ../new.c' >"$set/server/FILES"
    fetch_into server --patches "$set" --server
    check "a new file outside of the source" refused "^fetch: .*/server/FILES: the line of 'server-patch/server/new.c' is wrong; expected"
    echo 'server-patch/server/none.c src/none.c' >"$set/server/FILES"
    fetch_into server --patches "$set" --server
    check "a new file that is not there" refused "^fetch: cannot read '.*/server-patch/server/none.c', which .*/FILES names$"
    check "and nothing is left" no_leftovers server
}

# ---- fetch: two at once, and killed ----

test_concurrent() {
    local first second
    "$fetch" --into "$box/both" --patches "$box/no-patches" >"$box/out1" 2>&1 </dev/null &
    first=$!
    "$fetch" --into "$box/both" --patches "$box/no-patches" >"$box/out2" 2>&1 </dev/null &
    second=$!
    check "the first of two runs at once" wait "$first"
    check "the second" wait "$second"
    cat "$box/out1" "$box/out2" >"$box/outs"
    check "only one of them made the tree" lines '^fetch: unpacking' outs 1
    check "they leave one whole tree" no_leftovers both
}

# A dpkg-source that makes half a tree and then sends a signal to the script that called it.
test_killed() {
    local signal
    mkdir "$box/shims"
    for signal in TERM KILL; do
        printf '#!/bin/sh\nfor last; do :; done\nmkdir -p "$last/src"\ntouch "$last/SOURCE"\nkill -%s "$PPID"\nsleep 0.2\n' "$signal" >"$box/shims/dpkg-source"
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

# ---- packages ----

run_packages() {
    : >"$box/calls"
    PATH=$box/shims:$PATH run "$packages" "$@"
}

test_packages() {
    local all
    run "$packages" --list
    check "each package has a reason" test "$(grep -cE '^[a-z0-9][a-z0-9.+-]+ +[^ ]' "$box/out")" -eq "$(wc -l <"$box/out")"
    check "none is there twice" test -z "$(cut -d ' ' -f 1 "$box/out" | sort | uniq -d)"
    all=$(cut -d ' ' -f 1 "$box/out")
    run "$packages" --liszt
    check "an unknown argument" refused "^packages: unknown argument '--liszt'; see"

    shim apt-get 'exit 0'
    shim id 'echo 0'
    shim dpkg-query "cat <<'LIST'" "${all//$'\n'/$'\n'installed }" LIST
    sed -i '0,/^ca-cert/s/^ca-cert/installed &/' "$box/shims/dpkg-query"
    run_packages --check
    check "nothing missing" exited 0
    run_packages --install
    check "nothing to install" exited 0
    check "so apt-get is not called" lines '^apt-get' calls 0

    sed -i 's/^installed clang$/config-files clang/; /^installed lld$/d' "$box/shims/dpkg-query"
    run_packages --check
    check "two are missing" exited 1
    check "one is named with its reason" says out '^clang  +the compiler'
    check "and so is the other" says out '^lld  +the linker'
    check "and the command" says out '^apt-get install --no-install-recommends clang lld$'
    run_packages --install
    check "they are installed" exited 0
    check "after an update" test "$(grep '^apt-get' "$box/calls")" = $'apt-get -q update\napt-get -q -y install --no-install-recommends clang lld'
    shim id 'echo 1000'
    run_packages --install
    check "not as a user" refused '^packages: missing: clang lld; as root, run: apt-get install'
    check "who only gets the list" lines '^apt-get' calls 0
    shim id 'echo 0'
    shim apt-get 'exit 100'
    run_packages --install
    check "apt-get fails" refused '^packages: apt-get update failed; check the network'
}

make_mirror
test_usage
test_mirror_trouble
test_fetch_and_again
test_foreign_folder
test_newest_and_superseded
test_forgery
test_patches
test_server
test_concurrent
test_killed
test_packages
finish
