#!/usr/bin/env bash
# test_valgrind_server.sh TOOL SERIES SOURCE WORK SEEDS FOUND -- a real server under Valgrind's memcheck: seeds run clean.
#
# Builds the server of the series without sanitizers in WORK, out of the trees that server-patch/fetch has downloaded to SOURCE, and sends it all
# SEEDS, a server for each, by server-patch/valgrind-server. Shown first: the same server without the fixes dies under the stream FOUND, which makes
# it read beyond an array.
#
# Limits: leaks are not looked for.
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
box=$(mktemp -d)
trap 'rm -rf -- "$box"' EXIT
failed=0

# build NAME OPTION...: prints the path of a server.
build() {
    local name=$1
    shift
    "$root/server-patch/build" --series "$series" --source "$source" --into "$work/$name" --optimize 1 "$@" | tail -n 1
}

status=0
VALKEY_SERVER=$(build stock --no-fixes) "$tool" replay --seconds 300 --server "spawn:$root/server-patch/valgrind-server" "$found" >"$box/stock" 2>&1 || status=$?
if [[ $status -ne 1 ]] || ! grep -q 'Invalid read of size' "$box/stock"; then
    cat "$box/stock"
    echo "FAIL $found on the server without the fixes: status $status, expected 1 and an invalid read"
    failed=1
fi

VALKEY_SERVER=$(build fixed)
export VALKEY_SERVER
mkdir "$box/out"
find "$seeds" -name '*.stream' | sort >"$box/streams"
# shellcheck disable=SC2016  # for the inner shell
xargs -a "$box/streams" -n 8 -P "$(nproc)" sh -c 'out=$1/$$ && shift && "$@" >"$out" 2>&1' sh "$box/out" \
    "$tool" replay --seconds 300 --server "spawn:$root/server-patch/valgrind-server" || failed=1
cat "$box/out"/* >"$box/all"
clean=$(grep -c ': ok$' "$box/all" || true)
skipped=$(grep -c ': skipped' "$box/all" || true)
if ((clean == 0 || clean + skipped != $(wc -l <"$box/streams"))); then failed=1; fi
if ((failed)); then grep -v ': ok$' "$box/all" || true; fi
echo "Valkey $series under memcheck: $clean of $(wc -l <"$box/streams") streams clean, $skipped skipped"
exit $failed
