# SPDX-License-Identifier: BSD-3-Clause
# fetch_fixture.sh -- sourced by the tests of server-patch/fetch: a small Debian and a small Valkey
# on the local disk.
#
# Everything happens in a private folder, $box, and without network: packages of a few lines in a
# mirror's pool, an index signed by a key made for this run, an archive by SHA-1, release tarballs,
# and locks for them in $locks. apt reads the mirror like a real one. For what must not happen for
# real a folder of shims comes first on the PATH.
#
# Series 9.1 is locked at 9.1.2-1, 8.1 at 8.1.1-1.
#
# Limits: of http, only that nobody answers is tested.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables of the test, and for it

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
fetch=$root/server-patch/fetch
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"
unset "${!GIT_@}" DEBIAN_SECURITY_MIRROR DEFRAG_FUZZ_DOWNLOADS DEFRAG_FUZZ_TIMEOUT
export GNUPGHOME=$box/gnupg
export DEBIAN_MIRROR=file:$box/mirror DEBIAN_KEYRING=$box/keyring.gpg
export DEBIAN_ARCHIVE=file:$box/archive VALKEY_RELEASES=file:$box/releases
readonly pool=$box/mirror/pool/main/v/valkey security_pool=$box/mirror-security/pool/updates/main/v/valkey
readonly locks=$box/locks

cleanup() {
    gpgconf --kill gpg-agent 2>/dev/null || true
}

# make_tree DIR VERSION: what a release of Valkey looks like.
make_tree() {
    mkdir -p "$1/src"
    printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n' >"$1/src/list.c"
    echo "upstream $2" >"$1/src/version.h"
}

# make_package VERSION [FILE]: a source package of the form that Debian's valkey has, into the
# mirror's pool, and the release's own tarball; FILE is put into both.
make_package() {
    local version=$1 upstream=${1%-*} tree
    tree=$box/build/valkey-$upstream
    mkdir -p "$pool" "$box/releases"
    make_tree "$tree" "$upstream"
    if [[ -n ${2:-} ]]; then cp -- "$2" "$tree/src/"; fi
    tar -C "$box/build" -czf "$box/build/valkey_$upstream.orig.tar.gz" "valkey-$upstream"
    tar -C "$box/build" --owner=valkey:1 -czf "$box/releases/$upstream.tar.gz" "valkey-$upstream"
    mkdir -p "$tree/debian/source" "$tree/debian/patches"
    echo '3.0 (quilt)' >"$tree/debian/source/format"
    printf '%s\n' "valkey ($version) unstable; urgency=low" '' '  * Fixture.' '' \
        ' -- Nobody <nobody@example.org>  Mon, 01 Jan 2024 00:00:00 +0000' >"$tree/debian/changelog"
    printf '%s\n' 'Source: valkey' 'Maintainer: Nobody <nobody@example.org>' '' \
        'Package: valkey-server' 'Architecture: any' 'Description: fixture' >"$tree/debian/control"
    echo debian.patch >"$tree/debian/patches/series"
    make_patch src/list.c seven SEVEN >"$tree/debian/patches/debian.patch"
    (cd "$box/build" && dpkg-source -q -b "valkey-$upstream") >"$box/build.log" 2>&1
    mv "$box"/build/valkey_* "$pool/"
    rm -rf "$box/build"
}

# make_patch FILE LINE NEW: a patch that replaces one of the fixture's seven lines.
make_patch() {
    printf '%s\n' one two three four five six seven >"$box/old-list"
    sed "s/^$2\$/$3/" "$box/old-list" >"$box/new-list"
    diff -U 1 --label "a/$1" --label "b/$1" "$box/old-list" "$box/new-list" || true # they differ
}

package_files() { # VERSION
    ls "$pool/valkey_$1.dsc"
    ls "$pool/valkey_${1%-*}".orig.*
    ls "$pool/valkey_$1".debian.*
}

sha() { # BITS FILE
    "sha$1sum" <"$2" | cut -d ' ' -f 1
}

# make_lock SERIES VERSION: locks a package of the pool, and the release that belongs to it.
make_lock() {
    local file
    mkdir -p "$locks/$1"
    {
        printf '# fixture\n\npackage valkey\nversion %s\nsuite sid\n' "$2"
        for file in $(package_files "$2"); do
            printf 'file %s %s %s\n' "$(sha 256 "$file")" "$(sha 1 "$file")" "${file##*/}"
        done
        printf 'release %s %s\nlacks the capital letters\n' "$(sha 256 "$box/releases/${2%-*}.tar.gz")" "${2%-*}"
    } >"$locks/$1/source"
}

# make_suite SUITE VERSION...: the signed index of one suite.
make_suite() {
    local suite=$1 version folder=$box/mirror/dists/$1
    shift
    mkdir -p "$folder/main/source"
    : >"$folder/main/source/Sources"
    for version; do
        mkdir "$box/scan"
        # shellcheck disable=SC2046  # names without spaces
        cp $(package_files "$version") "$box/scan/"
        (cd "$box" && dpkg-scansources scan) 2>/dev/null |
            sed 's,^Directory: .*,Directory: pool/main/v/valkey,' >>"$folder/main/source/Sources"
        rm -r "$box/scan"
    done
    sign_suite "$suite"
}

# sign_suite SUITE [LINE]: LINE goes into the signed file.
sign_suite() {
    local folder=$box/mirror/dists/$1 index=main/source/Sources
    {
        printf '%s\n' 'Origin: Debian' "Suite: $1" "Codename: $1" 'Components: main' 'Architectures: amd64' \
            'Date: Mon, 01 Jan 2024 00:00:00 UTC'
        if [[ -n ${2:-} ]]; then printf '%s\n' "$2"; fi
        printf 'SHA256:\n %s %s %s\n' "$(sha 256 "$folder/$index")" "$(wc -c <"$folder/$index")" "$index"
    } | gpg --batch --yes --quiet --clearsign -o "$folder/InRelease"
}

make_keys() {
    mkdir -m 700 "$GNUPGHOME"
    gpg --batch --quiet --passphrase '' --quick-generate-key fixture@example.org rsa2048 sign never 2>/dev/null
    gpg --batch --export >"$box/keyring.gpg"
}

make_mirror() {
    make_package 9.1.1-1
    make_package 9.1.2-1
    make_package 8.1.1-1
    make_package 8.0.1-1
    make_lock 9.1 9.1.2-1
    make_lock 8.1 8.1.1-1
}

# ---- running and checking ----

# fetch_into DIR OPTION...: fetch with the fixture's locks, and with downloads of its own.
fetch_into() {
    local into=$box/$1
    shift
    run "$fetch" --into "$into" --downloads "$into/download" --patches "$locks" "$@"
}

# shim NAME LINE...: a command of ours that comes first on the PATH and records how it was called.
shim() {
    local name=$1
    shift
    mkdir -p "$box/shims"
    # shellcheck disable=SC2016  # the text of a shim
    { printf '#!/bin/sh\necho "%s $*" >>%s\n' "$name" "$box/calls" && printf '%s\n' "$@"; } >"$box/shims/$name"
    chmod +x "$box/shims/$name"
}

exited() {
    [[ $status -eq $1 ]]
}

# ended STATUS PATTERN: the run ended so, with nothing on stdout, and reported why in one line.
ended() {
    exited "$1" &&
        explained "$2" '^fetch: (reading|downloading|unpacking|applying|asking|valkey .* looking for an older) ?'
}

refused() {
    ended 2 "$1"
}

unavailable() {
    ended 4 "$1"
}

# The source was nowhere, and a report says which places were tried and what to do.
nowhere() {
    exited 4 && [[ ! -s $box/out ]] &&
        grep -qE '^fetch: the source of valkey .* is not available; these places were tried:$' "$box/err" &&
        grep -qE '^fetch: what to do, one of:$' "$box/err"
}

# tried ADDRESS ANSWER: the report has one line with that place and its answer.
tried() {
    [[ $(grep -cxE -- "fetch:   $1: $2" "$box/err") -eq 1 ]]
}

# The run succeeded, and the last line of stdout is the tree.
made() {
    exited 0 && [[ $(tail -n 1 "$box/out") == "$box/$1" ]] && [[ -f $box/$1/src/list.c && -f $box/$1/SOURCE ]]
}

no_leftovers() {
    [[ -z $(find "$box/$1" -name '.work.*' -o -name '.incoming.*' -o -name '.probe.*' \
        -o -name '*.rej' -o -name '*.orig') ]]
}

absent() {
    [[ ! -e $box/$1 ]]
}

# What identifies a tree that was not made again.
identity() {
    stat -c '%i %y' "$box/$1"
}
