#!/bin/sh
# test_night_planted.sh TOOL SOURCE -- a night in small around a server with three planted bugs finds, files, shrinks and reports exactly these three;
# the night after it knows them.
set -eu
tool=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/wanted" <<'TEXT'
asan:global-buffer-overflow:scanLaterStreamListpacks
assert:defrag.c:activeDefragZsetNode
refs:streamCreateNACK:streamCreateConsumer
TEXT

# night WANTED STATUS: a night that ends with the exit status, and has just the three, all of them with the status.
night() {
    status=0
    "$source/fuzz/nightly" --hours 0.05 --corpus "$work/corpus" --out "$work/out" --tool "$tool" || status=$?
    python3 -c 'import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    if f["status"] == sys.argv[2]: print(f["signature"])
    else: print(f["signature"], "is", f["status"])' "$work/out/findings.json" "$2" >"$work/got"
    diff "$work/wanted" "$work/got" || {
        echo "FAIL not exactly the three planted bugs are $2"
        exit 1
    }
    [ $status -eq "$1" ] || {
        echo "FAIL a night ended with $status, expected $1"
        exit 1
    }
}

night 1 new
sed -n 1,12p "$work/out/report.md"
for folder in "$work"/out/findings/*; do
    signature=$(sed -n 's/^# signature: //p' "$folder/small.stream")
    "$tool" replay --expect "$signature" "$folder/small.stream" >/dev/null 2>&1 && status=0 || status=$?
    steps=$(grep -c '^[^#]' "$folder/small.stream")
    [ $status -eq 1 ] && [ "$steps" -le 6 ] || {
        echo "FAIL $folder/small.stream ends with $status and has $steps steps, expected 1 and at most 6"
        exit 1
    }
done
night 0 known
sed -n 1,12p "$work/out/report.md"
