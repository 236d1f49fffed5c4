#!/bin/sh
# test_valgrind.sh TOOL SUPPRESSIONS SEEDS -- our own tool, built without sanitizers, under Valgrind's memcheck: all seeds run clean.
#
# On --heap=asan, which in that build is the C library's heap, with a malloc for each block of the server: memcheck knows where they begin, end and
# are freed. Of the arena it would see one mapping. Shown first by three canaries that must be reported.
#
# Limits: new memory is filled with a pattern, so uses of uninitialised blocks are not seen (test_valgrind_server.sh sees them).
#
# exit status: 0 clean, 1 not, 77 there is no valgrind

set -eu
tool=$1 suppressions=$2 seeds=$3
command -v valgrind >/dev/null || {
    echo "skipped: there is no valgrind (Debian's package valgrind)"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# fly CANARY PATTERN: the canary must end as a finding, with a line of memcheck's that matches.
fly() {
    printf '#! defrag-fuzz 1\nSET canary x\n!canary %s\n' "$1" >"$work/canary.stream"
    status=0
    valgrind -q --error-exitcode=9 --suppressions="$suppressions" "$tool" replay --heap=asan "$work/canary.stream" >"$work/out" 2>&1 || status=$?
    if [ $status -ne 1 ] || ! grep -q "$2" "$work/out"; then
        cat "$work/out"
        echo "FAIL canary $1: status $status, expected 1 and '$2'"
        failed=1
    fi
}

fly asan 'Invalid read of size 1'
fly overflow 'Invalid read of size 1'
fly free 'Invalid read of size'

# Each process reads and translates the server anew; a few streams in each keep both cores busy to the end.
find "$seeds" -name '*.stream' | sort >"$work/streams"
[ -s "$work/streams" ] || {
    echo "FAIL there are no streams in $seeds"
    exit 1
}
# shellcheck disable=SC2016  # for the inner shell
xargs -a "$work/streams" -n 4 -P "$(nproc)" sh -c 'out=$1/$$.out && shift && "$@" >"$out" 2>&1' sh "$work" \
    valgrind -q --error-exitcode=9 --suppressions="$suppressions" "$tool" replay --heap=asan --seconds 300 || failed=1
cat "$work"/*.out >"$work/out"
if [ $failed -ne 0 ]; then grep -v ': ok$' "$work/out" || true; fi
clean=$(grep -c ': ok$' "$work/out" || true)
skipped=$(grep -c ': skipped' "$work/out" || true)
echo "$clean of $(wc -l <"$work/streams") streams clean under memcheck, $skipped skipped"
[ $((clean + skipped)) -eq "$(wc -l <"$work/streams")" ] && [ "$clean" -gt 0 ] || failed=1
exit $failed
