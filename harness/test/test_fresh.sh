#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_fresh.sh SUITE -- do the two commands of the README pass on a newly installed Debian?
#
# As root, both must pass. Another user must get the list of packages, in one line, and exit status
# 2. Prints the last line of each and how long it took. Status 77: such a system cannot be made here
# (fresh-debian prints why).
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/checks.sh"
here=$(dirname "$0")
suite=$1

# fresh STATUS OPTION...: runs fresh-debian; one check that its exit status is STATUS.
fresh() {
    wanted=$1
    shift
    began=$(date +%s)
    run "$here/fresh-debian" "$@"
    [ "$status" -ne 77 ] || skip "$(cat "$box/err")"
    check "$* ends with status $wanted" test "$status" -eq "$wanted"
    echo "$*: $(cat "$box/out" "$box/err" | grep -v '^$' | tail -n 1 | cut -c 1-80) $(($(date +%s) - began)) s"
}

# lists_packages: one check that a user gets the list, in one line.
lists_packages() {
    check 'a user gets the list of packages' \
        matches err '^packages: missing: .*clang.*; as root, run: apt-get install' 1
}

fresh 2 --user "$suite" fuzz/quickstart
lists_packages
fresh 2 --user "$suite" harness/test/all
lists_packages
fresh 0 "$suite" fuzz/quickstart --seconds 20
check "quickstart's last word" matches err '^quickstart: done'
fresh 0 "$suite" harness/test/all
check 'all tests pass' matches out '^100% tests passed'
finish
