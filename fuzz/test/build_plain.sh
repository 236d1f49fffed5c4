#!/bin/sh
# build_plain.sh CMAKE SOURCE BUILD COMPILER VALKEY_TREE -- the plain -O2 build of the same sources, for test_determinism.sh.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$1" -G Ninja -S "$2" -B "$3" -DCMAKE_C_COMPILER="$4" -DVALKEY_SOURCE_DIR="$5" -DDEFRAG_FUZZ_SANITIZE=none >"$log" 2>&1 &&
    "$1" --build "$3" --target defrag-fuzz >>"$log" 2>&1 && exit 0
tail -20 "$log"
echo "FAIL the plain build of $5 in $3"
exit 1
