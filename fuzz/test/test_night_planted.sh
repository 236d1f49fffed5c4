#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_night_planted.sh TOOL SOURCE -- a short night with a server with three planted bugs finds,
# stores, shrinks and reports exactly these three; for the next night they are known.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1 source=$2
cat >"$box/three" <<'TEXT'
asan:global-buffer-overflow:scanLaterStreamListpacks
assert:defrag.c:activeDefragZsetNode
refs:streamCreateNACK:streamCreateConsumer
TEXT

# night STATUS VERDICT: runs a night; checks its exit status and that it has exactly the three
# findings, with the verdict.
night() {
    returns "$1" "$source/fuzz/nightly" --hours 0.05 --corpus "$box/corpus" --out "$box/results" --tool "$tool"
    python3 -c 'import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    if f["status"] == sys.argv[2]: print(f["signature"])
    else: print(f["signature"], "is", f["status"])' "$box/results/findings.json" "$2" >"$box/got"
    check "exactly the three planted bugs are $2" diff "$box/three" "$box/got"
    sed -n 1,12p "$box/results/report.md"
}

night 1 new
for folder in "$box"/results/findings/*; do
    signature=$(sed -n 's/^# signature: //p' "$folder/small.stream")
    returns 1 "$tool" replay --expect "$signature" "$folder/small.stream"
    check "$folder/small.stream has at most 6 steps" test "$(grep -c '^[^#]' "$folder/small.stream")" -le 6
done
night 0 known
finish
