#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_fetch_index.sh -- the tests of server-patch/fetch --newest: the signed index, forgeries,
# writing a lock.
#
# Limits: those of fetch_fixture.sh.
#
# usage: server-patch/test/test_fetch_index.sh

set -Eeuo pipefail
# shellcheck source=server-patch/test/fetch_fixture.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/fetch_fixture.sh"

# Whether apt looks at dates depends on the machine: these two say so.
printf 'Dir::Etc::parts "/dev/null";\nDir::Etc::main "/dev/null";\nAcquire::Check-Valid-Until "%s";\n' true \
    >"$box/dates.conf"
sed 's/"true"/"false"/' "$box/dates.conf" >"$box/no-dates.conf"

make_suites() {
    make_suite forky 9.1.1-1
    make_suite sid 9.1.2-1 9.1.1-1
    make_suite trixie 8.1.1-1
    make_suite bookworm-backports 8.0.1-1
}

test_trouble() {
    DEBIAN_MIRROR=file:/nonexistent fetch_into unreachable --newest
    check "an unreachable mirror" unavailable \
        '^fetch: cannot read a signed package index at file:/nonexistent \(.+\); check the network'
    check "nothing is left of it" no_leftovers unreachable
    echo 'Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";' >"$box/empty.conf"
    APT_CONFIG=$box/empty.conf DEBIAN_MIRROR='' fetch_into nomirror --newest
    check "a machine without mirror" refused \
        "^fetch: this machine's apt configuration names no Debian mirror; set DEBIAN_MIRROR"
    DEBIAN_KEYRING=$box/none.gpg fetch_into nokeys --newest
    check "no keys" refused "^fetch: cannot read the keys '.*none.gpg'"
    fetch_into gone --series 7.2 --newest
    check "a series that is gone" unavailable "^fetch: file:.* has no valkey 7.2; series that it lists: 8.0 8.1 9.1$"
}

test_newest() {
    fetch_into newest --newest
    check "nothing is newer than the lock" matches err \
        "^fetch: nothing is newer than the lock's 9.1.2-1 \(the index has 9.1.2-1\)$"
    check "the tree is the locked one" made newest/valkey-9.1-fixed
    make_package 9.1.10-1
    make_suite forky 9.1.10-1
    fetch_into newest
    check "a newer version in the index does not matter" grep -qx 'version 9.1.2-1' \
        "$box/newest/valkey-9.1-fixed/SOURCE"
    fetch_into newest --newest
    check "but with --newest" grep -qx 'version 9.1.10-1' "$box/newest/valkey-9.1-fixed/SOURCE"
    check "which reports it" matches err "^fetch: valkey 9.1.10-1 is newer than the lock's 9.1.2-1$"
    check "the tree is the newest, wholly" grep -qx 'upstream 9.1.10' "$box/newest/valkey-9.1-fixed/src/version.h"
    check "without leftovers" no_leftovers newest
    check "the lock stays" grep -qx 'version 9.1.2-1' "$locks/9.1/source"
    DEBIAN_MIRROR=file:/nonexistent fetch_into newest --newest
    check "--newest needs the mirror" unavailable "^fetch: cannot read a signed package index"
    fetch_into newest --offline
    check "the next plain run makes the locked one" grep -qx 'version 9.1.2-1' "$box/newest/valkey-9.1-fixed/SOURCE"

    rm "$pool"/valkey_9.1.10*
    fetch_into superseded --newest
    check "files that are gone: the next version" made superseded/valkey-9.1-fixed
    check "which is 9.1.2" grep -qx 'version 9.1.2-1' "$box/superseded/valkey-9.1-fixed/SOURCE"
    mkdir "$box/aside"
    mv "$pool"/valkey_9.1* "$box/aside/"
    fetch_into allgone --newest
    check "all files gone" unavailable \
        "has no valkey 9.1 \(listed, but the files are gone: 9.1.10-1 9.1.2-1 9.1.1-1\); $(
        )series that it lists: 8.0 8.1; without --newest, fetch makes the locked 9.1.2-1$"
    mv "$box"/aside/* "$pool/"
    make_suite forky 9.1.1-1
}

test_write_lock() {
    cp -r "$locks" "$box/written"
    sed -i 's/^version.*/version 9.1.1-1/; s/^suite.*/suite forky/; s/^file ....../file 000000/' \
        "$box/written/9.1/source"
    run "$fetch" --into "$box/write" --downloads "$box/write/download" --patches "$box/written" --newest --write-lock
    check "a lock is written" made write/valkey-9.1-fixed
    check "and said to be" matches err "^fetch: wrote .*/written/9.1/source$"
    check "it is that of the newest version" test "$(grep -v '^#' "$box/written/9.1/source" | tr -s ' ' | sort)" = \
        "$(grep '^[a-z]' "$locks/9.1/source" | sort)"
    run "$fetch" --into "$box/write" --downloads "$box/write/download" --patches "$box/written" --offline
    check "and makes the same tree" matches err 'is there already$'
    make_package 9.1.3-1
    make_suite sid 9.1.3-1
    run "$fetch" --into "$box/write" --downloads "$box/write/download" --patches "$box/written" --newest --write-lock
    check "the release of another version is not kept" matches written/9.1/source '^(release|lacks)' 0
    check "which is said" matches err "names no release tarball for 9.1.3-1; add lines 'release' and 'lacks'"
    run "$fetch" --series 8.0 --into "$box/write" --downloads "$box/write/download" --patches "$box/written" \
        --newest --write-lock
    check "a series that had no lock" made write/valkey-8.0-fixed
    run "$fetch" --series 8.0 --into "$box/write" --downloads "$box/write/download" --patches "$box/written" --offline
    check "has one now" made write/valkey-8.0-fixed
    rm "$pool"/valkey_9.1.3*
    make_suite sid 9.1.2-1 9.1.1-1
}

test_too_old() {
    local suite
    for suite in forky sid trixie bookworm-backports; do
        sign_suite $suite 'Valid-Until: Mon, 08 Jan 2024 00:00:00 UTC'
    done
    APT_CONFIG=$box/dates.conf fetch_into old --newest
    check "an index that is too old" unavailable \
        "^fetch: the package index of file:.* is too old \(valid: .*sid until 2024-01-08.*\); set DEBIAN_MIRROR to"
    APT_CONFIG=$box/no-dates.conf fetch_into old --newest
    check "where apt does not look at dates" made old/valkey-9.1-fixed
    check "it is used, and said to be too old" matches err \
        "is too old .*; it is used anyway, because this machine's apt does not check dates$"
    APT_CONFIG=$box/dates.conf fetch_into oldlock
    check "the lock does not look at it" made oldlock/valkey-9.1-fixed
    make_suites
}

test_forgery() {
    local file=$pool/valkey_9.1.2.orig.tar.gz index=$box/mirror/dists/sid/main/source/Sources \
        release=$box/mirror/dists/sid/InRelease
    cp "$file" "$box/kept"
    printf 'X' | dd of="$file" bs=1 seek=40 conv=notrunc status=none
    fetch_into forged --newest
    check "a changed file" unavailable "^fetch: cannot download valkey 9.1.2-1 \(.*Hash Sum mismatch"
    check "gives no tree" absent forged/valkey-9.1-fixed
    check "and no download" absent forged/download/valkey_9.1.2.orig.tar.gz
    cp "$box/kept" "$file"

    # shellcheck disable=SC2016  # the text of a shim
    shim apt-get '/usr/bin/apt-get "$@" || exit' \
        'case $* in *" source "*) sed -i s/forky/sid/ ./*.dsc && sed -i "\$a x" ./*.orig.tar.gz ;; esac'
    PATH=$box/shims:$PATH fetch_into forged --newest
    rm -r "$box/shims"
    check "a file that apt took but that the index does not know" unavailable \
        "^fetch: the files of valkey 9.1.2-1 do not have the checksums of the signed index"
    check "gives no download" absent forged/download/valkey_9.1.2.orig.tar.gz

    cp "$index" "$box/kept"
    sed -i 's,^Directory: pool,Directory: evil,' "$index"
    fetch_into forged --newest
    check "a suite whose index was changed is skipped" made forged/valkey-9.1-fixed
    check "and said to be" matches err "skipped: sid \("
    check "the version comes from another suite" grep -qx 'version 9.1.1-1' "$box/forged/valkey-9.1-fixed/SOURCE"
    check "which is older than the lock" matches err \
        "^fetch: nothing is newer than the lock's 9.1.2-1 \(the index has 9.1.1-1\)$"
    cp "$box/kept" "$index"

    cp "$release" "$box/kept"
    sed -i 's/^Origin: Debian/Origin: Nobody/' "$release"
    fetch_into unsigned --newest
    check "a suite whose signature is wrong is skipped" matches err "skipped: sid \("
    cp "$box/kept" "$release"
    gpg --batch --quiet --passphrase '' --quick-generate-key other@example.org rsa2048 sign never 2>/dev/null
    gpg --batch --export other@example.org >"$box/other.gpg"
    DEBIAN_KEYRING=$box/other.gpg fetch_into otherkey --newest
    check "a mirror signed by another key" unavailable "^fetch: cannot read a signed package index"
}

make_keys
make_mirror
make_suites
test_trouble
test_newest
test_write_lock
test_too_old
test_forgery
finish
