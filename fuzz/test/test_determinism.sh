#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_determinism.sh TOOL CORPUS... -- checks that a stream's trace depends on the stream only.
#
# Compares, byte for byte, the traces of all streams: twice in one process, in reverse order, each
# in a process of its own (where address randomisation changes all addresses), on AddressSanitizer's
# heap, and with the arena at another address. With PLAIN_TOOL in the environment, only compares
# with the traces of that tool, which is of the plain -O2 build.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1
shift
tab=$(printf '\t')
find "$@" "$(dirname "$0")/script-set.stream" -name '*.stream' | sort >"$box/files"
sort -r "$box/files" >"$box/files-reversed"
cat "$box/files" "$box/files" >"$box/files-twice"

# trace NAME TOOL LIST OPTION...: writes the traces of the files in the list to $box/NAME, sorted by
# file.
trace() {
    name=$1 with=$2 list=$3
    shift 3
    tr '\n' '\0' <"$box/$list" >"$box/arguments"
    returns 0 xargs -0 -a "$box/arguments" "$with" replay --trace --no-twin "$@"
    awk '/^# .*\.stream$/ { file = substr($0, 3); next }
         /^[0-9]+\t/ || /^end\t/ { print file "\t" $0 }' "$box/out" | sort -s -t "$tab" -k1,1 >"$box/$name"
}

trace first "$tool" files --same-process
check 'there are traces' test -s "$box/first"
if [ -n "${PLAIN_TOOL:-}" ]; then
    trace plain "$PLAIN_TOOL" files --same-process
    same "$box/first" "$box/plain"
    finish
    exit
fi
trace twice "$tool" files-twice --same-process
sort -s "$box/first" "$box/first" | sort -s -t "$tab" -k1,1 >"$box/first-twice"
sort -s "$box/twice" | sort -s -t "$tab" -k1,1 >"$box/twice-sorted"
same "$box/first-twice" "$box/twice-sorted"
trace reversed "$tool" files-reversed --same-process
same "$box/first" "$box/reversed"
trace isolated "$tool" files
same "$box/first" "$box/isolated"
trace elsewhere "$tool" files --same-process --arena-at 0x300000000000
same "$box/first" "$box/elsewhere"

# With a large block across an address that ends with 32 zeros: what lies beside a small number, the
# upper half of an old pointer, must not make a reference of it.
printf '%s\n' '#! defrag-fuzz 1' 'SETRANGE s 30000000 x' '!reload' 'DEL s' >"$box/large.stream"
for place in 0x2fffff000000 0x2ffffe000000 0x2ffffd000000; do
    returns 0 "$tool" replay --no-twin --arena-at "$place" "$box/large.stream"
done

trace asan-heap "$tool" files --heap=asan
same "$box/first" "$box/asan-heap"
echo "$(wc -l <"$box/files") streams, $(wc -l <"$box/first") lines of traces"
finish
