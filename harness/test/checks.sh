# SPDX-License-Identifier: BSD-3-Clause
# checks.sh -- sourced by every shell test: runs commands, counts checks, prints the last line.
#
# It is POSIX sh, for tests in sh and in bash. It sets LC_ALL=C and creates the folder $box, which
# is removed when the test ends. A test must end with `finish`. One that ends earlier is faulty: it
# gets exit status 3 and a line on stderr.
#
# Exit status of a test: 0 all checks passed, 1 some failed, 2 bad usage, 3 the test itself is
# faulty, 77 skipped.
#
# Limits: sh has no local variables. Names that begin with check_ are reserved for this file.
# shellcheck shell=sh

export LC_ALL=C
checks=0
failures=0
status=0
check_name=${0##*/}
check_name=${check_name%.sh}
check_done=
box=$(mktemp -d)
trap check_leave EXIT
# shellcheck disable=SC3047  # bash knows ERR, and only bash gets it
[ -z "${BASH_VERSION:-}" ] || trap 'fault "failed at line $LINENO"' ERR
: >"$box/out"
: >"$box/err"

# --- run commands

# run COMMAND...: runs it. $box/out and $box/err get its output, $status its exit status.
run() {
    status=0
    "$@" >"$box/out" 2>"$box/err" </dev/null || status=$?
}

# returns STATUS COMMAND...: runs it; one check that its exit status is STATUS.
returns() {
    check_wanted=$1
    shift
    run "$@"
    check "$* ends with status $check_wanted" test "$status" -eq "$check_wanted"
}

# --- checks

# check WHAT COMMAND...: one check that the command succeeds. Its output is shown when it fails.
check() {
    checks=$((checks + 1))
    check_what=$1
    shift
    "$@" >"$box/.why" 2>&1 || fail "$check_what" "$@"
}

# says FILE TEXT: one check that the file in $box (out, err, ...) contains the text.
says() {
    check "$1 says: $2" grep -qF -- "$2" "$box/$1"
}

# lines FILE N: one check that the file in $box has N lines.
lines() {
    check "$1 has $2 lines" has_lines "$1" "$2"
}

# same FILE FILE: one check that two files or folders are the same.
same() {
    check "$1 and $2 are the same" diff -r -- "$1" "$2"
}

# fail WHAT COMMAND...: counts a failure and prints what was expected, then the last command's
# output.
fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$1"
    shift
    printf '    expected: %s\n' "$*"
    check_show '' "$box/.why"
    printf '    exit status: %s\n' "$status"
    check_show 'stdout: ' "$box/out"
    check_show 'stderr: ' "$box/err"
}

# check_show PREFIX FILE: prints the end of the file, if it still exists.
check_show() {
    [ ! -f "$2" ] || tail -n 40 "$2" | sed "s/^/    $1/"
}

# --- commands for check

# not COMMAND...: does the command fail?
not() {
    ! "$@"
}

# matches FILE PATTERN [N]: do lines, or exactly N lines, of the file in $box match the extended
# regular expression?
matches() {
    if [ $# -eq 2 ]; then
        grep -qE -- "$2" "$box/$1"
    else
        [ "$(grep -cE -- "$2" "$box/$1" || true)" -eq "$3" ]
    fi
}

# has_lines FILE N: reads the lines itself: they are few, and a process would cost more.
has_lines() {
    check_count=0
    while [ $check_count -le "$2" ] && read -r _; do check_count=$((check_count + 1)); done <"$box/$1"
    [ $check_count -eq "$2" ]
}

# explained PATTERN [PROGRESS]: is stdout empty, and has stderr just one line, which matches the
# pattern? Lines that match PROGRESS do not count.
explained() {
    grep -vE -- "${2:-.^}" "$box/err" >"$box/.explanation" || true # nothing matches .^
    [ ! -s "$box/out" ] && has_lines .explanation 1 && matches .explanation "$1"
}

# --- the end

# finish: prints the last line; ends the test with status 1 if a check failed.
finish() {
    check_done=yes
    echo "$check_name: $checks checks, $failures failed"
    [ "$failures" -eq 0 ] || exit 1
}

# skip WHY: ends a test that cannot run here.
skip() {
    check_done=yes
    echo "$check_name: skipped: $*"
    exit 77
}

# fault WHY: ends a test that cannot continue.
fault() {
    check_done=yes
    echo "harness: $check_name: $*" >&2
    exit 3
}

# cleanup: a test that leaves more than files in $box redefines this. Called once, before $box is
# removed.
cleanup() {
    :
}

check_leave() {
    check_wanted=$?
    cleanup
    rm -rf -- "$box"
    [ -n "$check_done" ] || fault "ended before its finish, with status $check_wanted, after $checks checks"
    exit "$check_wanted"
}
