# checks.sh -- sourced by tests of shell scripts: running a command, counting checks, the last line.
#
# The test has set $box, a folder of its own. run leaves $status, $box/out and $box/err there.
# shellcheck shell=bash

failures=0
checks=0
status=0

# run COMMAND...
run() {
    status=0
    "$@" >"$box/out" 2>"$box/err" </dev/null || status=$?
}

# check WHAT COMMAND...: counts one check; the command decides. When it fails, shows what the last run said.
check() {
    local what=$1
    shift
    checks=$((checks + 1))
    if ! "$@"; then
        failures=$((failures + 1))
        echo "FAILED: $what"
        head -n 20 "$box/out" | sed 's/^/    stdout: /'
        head -n 20 "$box/err" | sed 's/^/    stderr: /'
    fi
}

# The end of a test: how many checks there were. Exits with 1 when one failed.
finish() {
    echo "$(basename "$0" .sh): $checks checks, $failures failed"
    [[ $failures -eq 0 ]] || exit 1
}
