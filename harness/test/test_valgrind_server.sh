#!/usr/bin/env bash
# test_valgrind_server.sh TOOL SERIES SOURCE WORK SEEDS FOUND -- a real server under Valgrind's memcheck: seeds run clean.
#
# Builds the server of the series without sanitizers in WORK, out of the trees that server-patch/fetch has downloaded to SOURCE, and sends it every eighth of
# SEEDS, a server for each, by server-patch/valgrind-server. Shown first: the same server without the fixes dies under the stream FOUND, which makes
# it read beyond an array.
#
# Limits: a part of the seeds, for time. Leaks are not looked for.
#
# exit status: 0 clean, 1 not, 3 a build fails, 77 there is no valgrind

set -Eeuo pipefail
export LC_ALL=C
tool=$1 series=$2 source=$3 work=$4 seeds=$5 found=$6
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
trap 'echo "harness: test_valgrind_server.sh failed at line $LINENO" >&2; exit 3' ERR
command -v valgrind >/dev/null || {
    echo "skipped: there is no valgrind (Debian's package valgrind)"
    exit 77
}
mkdir -p "$work"
failed=0

# build NAME OPTION...: prints the path of a server.
build() {
    local name=$1
    shift
    "$root/server-patch/build" --series "$series" --source "$source" --into "$work/$name" --optimize 1 "$@" | tail -n 1
}

# replay SERVER STREAM...: leaves $status and WORK/out.
replay() {
    status=0
    VALKEY_SERVER=$1 "$tool" replay --seconds 300 --server "spawn:$root/server-patch/valgrind-server" "${@:2}" >"$work/out" 2>&1 || status=$?
}

replay "$(build stock --no-fixes)" "$found"
if [[ $status -ne 1 ]] || ! grep -q 'Invalid read of size' "$work/out"; then
    cat "$work/out"
    echo "FAIL $found on the server without the fixes: status $status, expected 1 and an invalid read"
    failed=1
fi

mapfile -t streams < <(find "$seeds" -name '*.stream' | sort | awk 'NR % 8 == 1')
replay "$(build fixed)" "${streams[@]}"
if [[ $status -ne 0 ]]; then
    cat "$work/out"
    echo "FAIL seeds on a server under valgrind: status $status"
    failed=1
fi
echo "Valkey $series under memcheck: ${#streams[@]} streams, $(tail -n 1 "$work/out")"
exit $failed
