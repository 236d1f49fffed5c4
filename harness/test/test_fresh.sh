#!/bin/sh
# test_fresh.sh SUITE -- do the two commands of the README pass on a Debian on which nobody has worked yet?
#
# As root both have to pass; another user has to get the list of packages, in one line, and exit status 2. Prints the
# last line of each and how long it took. 77: such a system cannot be made here (fresh-debian says why).
set -eu
here=$(dirname "$0")
suite=$1
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT

fail() {
    tail -n 40 "$box/out"
    echo "FAIL $suite: $*"
    exit 1
}

# runs WANTED OPTION... -- the command has to end with that status.
runs() {
    wanted=$1
    shift
    began=$(date +%s)
    status=0
    "$here/fresh-debian" "$@" >"$box/out" 2>&1 || status=$?
    [ $status -ne 77 ] || { cat "$box/out" && exit 77; }
    [ $status -eq "$wanted" ] || fail "$* ended with $status, expected $wanted"
    echo "ok   $*: $(grep -v '^$' "$box/out" | tail -n 1 | cut -c 1-80) ($(($(date +%s) - began)) s)"
}

runs 2 --user "$suite" fuzz/quickstart
[ "$(grep -c '^packages: missing: .*clang.*; as root, run: apt-get install' "$box/out")" -eq 1 ] || fail "a user gets no list of packages"
runs 2 --user "$suite" harness/test/all
[ "$(grep -c '^packages: missing: .*clang.*; as root, run: apt-get install' "$box/out")" -eq 1 ] || fail "a user gets no list of packages"
runs 0 "$suite" fuzz/quickstart --seconds 20
grep -q '^quickstart: done' "$box/out" || fail "quickstart's last word is missing"
runs 0 "$suite" harness/test/all
grep -q '^100% tests passed' "$box/out" || fail "the tests ran, and not all passed"
