#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_packages.sh -- the tests of server-patch/packages, with shims for apt-get, dpkg-query and id.
#
# usage: server-patch/test/test_packages.sh

set -Eeuo pipefail
# shellcheck source=server-patch/test/fetch_fixture.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/fetch_fixture.sh"
packages=$root/server-patch/packages

run_packages() {
    : >"$box/calls"
    PATH=$box/shims:$PATH run "$packages" "$@"
}

test_packages() {
    local all
    run "$packages" --list
    check "each package has a reason" \
        test "$(grep -cE '^[a-z0-9][a-z0-9.+-]+ +[^ ]' "$box/out")" -eq "$(wc -l <"$box/out")"
    check "none is there twice" test -z "$(cut -d ' ' -f 1 "$box/out" | sort | uniq -d)"
    all=$(cut -d ' ' -f 1 "$box/out")
    run "$packages" --liszt
    check "an unknown argument" refused "^packages: unknown argument '--liszt'; see"

    shim apt-get 'exit 0'
    shim id 'echo 0'
    shim apt-cache 'exit 100'
    shim dpkg-query "cat <<'LIST'" "${all//$'\n'/$'\n'installed }" LIST
    sed -i '0,/^ca-cert/s/^ca-cert/installed &/' "$box/shims/dpkg-query"
    run_packages --check
    check "nothing missing" exited 0
    run_packages --install
    check "nothing to install" exited 0
    check "so apt-get is not called" matches calls '^apt-get' 0

    sed -i 's/^installed clang$/config-files clang/; /^installed lld$/d' "$box/shims/dpkg-query"
    run_packages --check
    check "two are missing" exited 1
    check "one is named with its reason" matches out '^clang  +the compiler'
    check "and so is the other" matches out '^lld  +the linker'
    check "and the command" matches out '^apt-get install --no-install-recommends clang lld$'
    run_packages --install
    check "they are installed" exited 0
    check "after an update" test "$(grep '^apt-get' "$box/calls")" = \
        $'apt-get -q update\napt-get -q -y install --no-install-recommends clang lld'
    shim id 'echo 1000'
    run_packages --install
    check "not as a user" refused '^packages: missing: clang lld; as root, run: apt-get install'
    check "so apt-get is not called" matches calls '^apt-get' 0
    shim id 'echo 0'
    sed -i '/^installed clang-format-14$/d' "$box/shims/dpkg-query"
    run_packages --check
    check "one that this suite does not have is not missing" matches out clang-format 0
    shim apt-cache 'exit 0'
    run_packages --check
    check "one that it has is missing" matches out '^apt-get install .* clang clang-format-14 lld$'
    shim apt-get 'exit 100'
    run_packages --install
    check "apt-get fails" refused '^packages: apt-get update failed; check the network'
}

test_packages
finish
