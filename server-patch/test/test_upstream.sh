#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_upstream.sh SERIES SOURCE WORK -- does each fix for Valkey bring a test that shows its bug?
#
# Builds Valkey's own server in WORK, with its DEBUG_FORCE_DEFRAG, and with AddressSanitizer and
# UndefinedBehaviorSanitizer. SOURCE is where server-patch/fetch has downloaded the series to. On
# the stock tree each test must fail in the way that its text says (the word "stock" in
# server-patch/upstream), unless it says why a sanitizer hides it ("unseen"). On the tree with all
# mails of `server-patch/series --fixes`, all must pass.
#
# Limits: the fixes are tested together. The suite listens on TCP ports from 43500 on. Tests wait
# for timers of the server, so a machine that stalls for seconds can make one pass on the stock
# tree.
set -Eeuo pipefail
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_COMMITTER_NAME=Nobody GIT_COMMITTER_EMAIL=nobody@example.org
export GIT_AUTHOR_NAME=Nobody GIT_AUTHOR_EMAIL=nobody@example.org
series=$1 source=$2 work=$3
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"
command -v tclsh >/dev/null || skip "there is no tclsh (Debian's package tcl)"

# make_trees: the stock tree with the new tests only, and the one with all mails.
make_trees() {
    local tree
    tree=$("$root/server-patch/fetch" --offline --series "$series" --into "$source" --no-fixes | tail -n 1)
    cp -R "$tree" "$box/fixed"
    git -C "$box/fixed" init -q
    git -C "$box/fixed" add -A -f
    git -C "$box/fixed" commit -qm base
    "$root/server-patch/series" "$series" --fixes --out "$box/mail" >"$box/mails"
    git -C "$box/fixed" am -q "$box/mail"/*.patch
    rm -rf "$box/fixed/.git"
    cp -R "$tree" "$box/stock"
    sed -n 's,^+++ b/tests/\(unit/.*\)\.tcl$,\1,p' "$box/mail"/*.patch >"$box/units"
    while read -r unit; do cp "$box/fixed/tests/$unit.tcl" "$box/stock/tests/$unit.tcl"; done <"$box/units"
    sed -n 's,^+++ b/\(tests/modules/.*\.c\)$,\1,p' "$box/mail"/*.patch >"$box/modules"
    while read -r module; do cp "$box/fixed/$module" "$box/stock/$module"; done <"$box/modules"
}

# build_server TREE: in WORK; the second one compiles only what the fixes change.
build_server() {
    local name
    "$root/server-patch/build" --tree "$box/$1" --force-defrag --sanitize address,undefined --optimize 1 \
        --into "$work" >"$box/server"
    for name in valkey-check-aof valkey-check-rdb valkey-sentinel; do
        ln -sf valkey-server "$work/src/$name" # the name decides what the program does
    done
}

# build_modules: those of Valkey's own that the new tests load, in WORK. The others are built by
# their tests.
build_modules() {
    local module
    while read -r module; do
        [[ ! -e $work/${module%.so}.c ]] || make -C "$work/tests/modules" "${module##*/}" >"$box/make"
    done < <(sed 's,.*,'"$box"'/fixed/tests/&.tcl,' "$box/units" |
        xargs grep -ho 'tests/modules/[a-z0-9_]*\.so' | sort -u)
}

# run_suite UNIT...: $box/suite gets the output, without colors.
run_suite() {
    local unit arguments=()
    for unit; do arguments+=(--single "$unit"); done
    status=0
    (cd "$work" && ./runtest --debug-defrag --clients 2 --baseport 43500 --portcount 2000 "${arguments[@]}") \
        >"$box/suite.raw" 2>&1 </dev/null || status=$?
    sed 's/\x1b\[[0-9;]*m//g' "$box/suite.raw" >"$box/suite"
    # Setting up a cluster is no test.
    grep -E '^\[(ok|err|exception|skip|ignore|TIMEOUT)\]' "$box/suite" | grep -v '^\[ok\]: Setup ' >"$box/out" || true
}

# text_of UNIT: the text that has the test.
text_of() {
    grep -lx "test: tests/$1.tcl" "$root/server-patch/upstream"/*.txt
}

# count_tests UNIT...: how many tests they have; none is in a loop.
count_tests() {
    local files=("${@/#/$box/fixed/tests/}")
    cat "${files[@]/%/.tcl}" | grep -cE '^ *test ["{]'
}

# Each test by itself, because a server that crashes ends the suite.
test_stock() {
    local unit
    while read -r unit; do
        ! grep -q '^unseen: ' "$(text_of "$unit")" || continue
        run_suite "$unit"
        check "$unit fails on the stock tree" test "$status" -ne 0
        check "in the way that its text says" matches suite "$(sed -n 's/^stock: //p' "$(text_of "$unit")")"
    done <"$box/units"
}

test_fixed() {
    local units
    mapfile -t units <"$box/units"
    run_suite "${units[@]}"
    check "all pass on the tree with the mails" test "$status" -eq 0
    check "each once" matches out '^\[ok\]: ' "$(count_tests "${units[@]}")"
    check "and none is left out" not matches suite '^\[(err|exception|skip|ignore|TIMEOUT)\]'
}

make_trees
build_server stock
build_modules
test_stock
build_server fixed
test_fixed
echo "$(wc -l <"$box/units") tests of Valkey $series"
finish
