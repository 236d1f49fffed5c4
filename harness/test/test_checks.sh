#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_checks.sh -- tests checks.sh itself, in sh and in bash: what passes, and that each of its
# checks can fail.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/checks.sh"
library=$(realpath -- "$(dirname "$0")/checks.sh")

# small STATUS LINE...: runs a test that consists of these lines, after a command that prints one
# line on each stream. It must end with STATUS.
small() {
    wanted=$1
    shift
    {
        printf 'set -eu\n. "%s"\n' "$library"
        printf 'run sh -c "echo here; echo there >&2"\n'
        printf '%s\n' "$@"
    } >"$box/test_small.sh"
    returns "$wanted" "$shell" "$box/test_small.sh"
}

# red LINE: the only check of that line must fail, and the test must show the command's output.
red() {
    small 1 "$1" finish
    says out 'FAILED: '
    says out '    stdout: '
    says out '    stderr: '
    check 'the check is counted' test "$(tail -n 1 "$box/out")" = 'test_small: 1 checks, 1 failed'
}

# shellcheck disable=SC2016  # variables of the small tests
for shell in sh bash; do
    small 0 'says out here' 'lines err 1' 'same "$box/out" "$box/out"' 'check true true' 'check false not false' \
        'check matches matches err "^th" 1' 'returns 3 sh -c "echo progress >&2; echo why >&2; exit 3"' \
        'check explained explained "^why$" ^progress' finish
    check 'all checks are counted' test "$(cat "$box/out")" = 'test_small: 8 checks, 0 failed'

    red 'check false false'
    red 'check true not true'
    red 'returns 1 sh -c "echo here; echo there >&2"'
    red 'says out there'
    red 'lines out 0'
    red 'lines out 2'
    red 'same "$box/out" "$box/err"'
    red 'check matches matches out there'
    red 'check matches matches out here 2'
    red 'check explained explained there'
    small 1 ': >"$box/out"' 'check explained explained nowhere' 'check explained explained THERE' \
        'echo another >>"$box/err"' 'check explained explained there' 'check explained explained another ^none' finish
    says out 'test_small: 4 checks, 4 failed'
    small 1 'check false false' 'check true true' finish
    says out 'test_small: 2 checks, 1 failed'

    small 3 'check true true'
    says err 'harness: test_small: ended before its finish, with status 0, after 1 checks'
    small 3 'check true true' false finish
    says err 'harness: test_small: '
    small 3 'fault nonsense' finish
    says err 'harness: test_small: nonsense'
    small 77 'skip nothing to do' finish
    says out 'test_small: skipped: nothing to do'

    small 0 'echo "$box"' 'cleanup() { ls "$box"; }' finish
    says out err # cleanup lists the files of the box, and is called before that is removed
    check 'the box is removed' test ! -e "$(head -n 1 "$box/out")"
done
finish
