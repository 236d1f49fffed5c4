#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_pick_series.sh -- the tests of server-patch/pick-series, and of fuzz/quickstart and
# harness/test/all around it.
#
# The two callers run with shims for cmake, ctest and the package list, and a tool of two lines, in
# a copy of this repository's scripts: what is tested is which series they configure, what they
# report, and their exit status.
#
# Limits: those of fetch_fixture.sh.
#
# usage: server-patch/test/test_pick_series.sh

set -Eeuo pipefail
# shellcheck source=server-patch/test/fetch_fixture.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/fetch_fixture.sh"

pick() {
    DEFRAG_FUZZ_DOWNLOADS=$box/$1 run "$root/server-patch/pick-series" --patches "$locks" "${@:2}"
}

# lose VERSION: its files are nowhere any more.
lose() {
    mkdir -p "$box/lost"
    mv "$pool/valkey_$1.dsc" "$box/lost/"
    mv "$box/releases/${1%-*}.tar.gz" "$box/lost/"
}

find_again() {
    mv "$box"/lost/*.dsc "$pool/"
    mv "$box"/lost/*.tar.gz "$box/releases/"
}

picked() {
    exited 0 && [[ $(<"$box/out") == "$1" ]]
}

test_pick() {
    mkdir -p "$locks/unstable"
    printf 'git file:/nonexistent\nref unstable\n' >"$locks/unstable/source"
    make_lock 8.0 8.0.1-1
    pick all
    check "the default series" picked 9.1
    pick preferred --prefer 8.0
    check "a preferred one" picked 8.0
    lose 9.1.2-1
    pick without91
    check "without it the newest other one" picked 8.1
    check "which is said" matches err '^pick-series: Valkey 9.1 is not available$'
    lose 8.1.1-1
    pick without81
    check "and then the next" picked 8.0
    pick all
    check "downloads count" picked 9.1
    lose 8.0.1-1
    mkdir -p "$box/build"
    echo 'VALKEY_SOURCE_DIR:PATH=' >"$box/build/CMakeCache.txt"
    pick nothing --for "$box/build"
    check "nothing is available" exited 4
    check "then nothing is printed" test ! -s "$box/out"
    echo 'VALKEY_SOURCE_DIR:PATH=/somewhere' >"$box/build/CMakeCache.txt"
    pick nothing --for "$box/build"
    check "but a build with a tree of its own needs nothing" picked 9.1
    find_again
    echo nonsense >>"$locks/9.1/source"
    pick broken
    check "a broken lock is not worked around" exited 2
    make_lock 9.1 9.1.2-1
    pick usage --perhaps
    check "an unknown argument" exited 2
}

# A repository with the real scripts and the fixture's locks, in which nothing is really built.
make_scripts() {
    copy=$box/copy
    mkdir -p "$copy/fuzz" "$copy/harness/test" "$copy/server-patch" "$copy/build/default/bin"
    cp "$root/fuzz/quickstart" "$copy/fuzz/"
    cp "$root/harness/test/all" "$copy/harness/test/"
    cp -r "$root"/server-patch/{fetch,source,pick-series,default-series,apply,new-files} "$locks"/* \
        "$copy/server-patch/"
    printf '#!/bin/sh\n' >"$copy/server-patch/packages"
    # shellcheck disable=SC2016  # the text of a script
    printf '#!/bin/sh\necho "tool $*" >>%s\n[ "$1" != run ] || exit "${TOOL_STATUS:-0}"\n' "$box/calls" \
        >"$copy/build/default/bin/defrag-fuzz"
    chmod +x "$copy/server-patch/packages" "$copy/build/default/bin/defrag-fuzz"
    shim cmake 'exit 0'
    # shellcheck disable=SC2016  # the text of a shim
    shim ctest 'exit "${TEST_STATUS:-0}"'
}

# call DOWNLOADS SCRIPT ARGUMENT...
call() {
    : >"$box/calls"
    DEFRAG_FUZZ_DOWNLOADS=$box/$1 PATH=$box/shims:$PATH run "$copy/$2" "${@:3}"
}

# The line about another series comes before the build and last.
reminded() {
    local text="Valkey 9.1 is not available$1"
    [[ $(grep -cF "$text" "$box/err") -eq 2 ]] && tail -n 1 "$box/err" | grep -qF "$text"
}

test_callers() {
    call fresh1 harness/test/all
    check "all takes the default series" \
        matches calls '^cmake --preset default -DVALKEY_SERIES=9.1 -DDEFRAG_FUZZ_WERROR=ON$' 1
    check "and does not mention it" matches err 'not available' 0
    TEST_STATUS=8 call fresh1 harness/test/all
    check "its status is that of ctest" exited 8
    call fresh1 fuzz/quickstart --seconds 1
    check "quickstart takes the default series" matches calls '^cmake --preset default -DVALKEY_SERIES=9.1$' 1
    check "its last line is as ever" \
        test "$(tail -n 1 "$box/err")" = 'quickstart: done: the seeds replay clean, and 1 s of fuzzing found nothing'
    lose 9.1.2-1
    call fresh2 harness/test/all --slow
    check "all takes another series" \
        matches calls '^cmake --preset default -DVALKEY_SERIES=8.1 -DDEFRAG_FUZZ_WERROR=ON$' 1
    check "and says so" reminded ', so these are the tests of Valkey 8.1'
    check "the tests that were asked for" matches calls '^ctest --preset slow$' 1
    TEST_STATUS=8 call fresh2 harness/test/all
    check "its status is that of ctest" exited 8
    check "and the last line is still there" reminded ', so these are the tests of Valkey 8.1'
    call fresh2 fuzz/quickstart --seconds 1
    check "quickstart takes another series" matches calls '^cmake --preset default -DVALKEY_SERIES=8.1$' 1
    check "and says so" reminded ', so this run uses Valkey 8.1'
    TOOL_STATUS=1 call fresh2 fuzz/quickstart --seconds 1
    check "its status is that of the tool" exited 1
    check "and the last line is still there" reminded ', so this run uses Valkey 8.1'
    lose 8.1.1-1
    lose 8.0.1-1
    call fresh3 harness/test/all
    check "no series: the status of fetch" exited 4
    check "nothing is configured" matches calls '^cmake' 0
    find_again
}

make_mirror
test_pick
make_scripts
test_callers
finish
