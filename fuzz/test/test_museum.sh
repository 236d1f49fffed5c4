#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_museum.sh TOOL MUSEUM_TOOL SOURCE SERIES -- every stream in corpus/museum that makes sense on
# SERIES fails on the server in which its exhibit, the bug of the same name, is back, with the
# signature that its header names ("signature SERIES:" goes before "signature:"); and passes on the
# server as it is. Every exhibit has a stream.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1 museum=$2 source=$3 series=$4
count=0 seen=0

# Without an exhibit the server of the museum is the server as it is.
returns 0 "$museum" replay "$source/corpus/museum"
returns 0 "$tool" replay "$source/corpus/museum"
mv "$box/out" "$box/verdicts"

for patch in "$source"/fuzz/test/museum/*.patch; do
    name=$(basename "$patch" .patch)
    stream=$source/corpus/museum/$name.stream
    count=$((count + 1))
    if grep -qF "/$name.stream: skipped, since" "$box/verdicts"; then continue; fi
    seen=$((seen + 1))
    signature=$(sed -n "s/^# signature $series: //p" "$stream" | head -1)
    [ -n "$signature" ] || signature=$(sed -n 's/^# signature: //p' "$stream" | head -1)
    check "$stream has a line '# signature: ...'" test -n "$signature"
    DEFRAG_FUZZ_EXHIBIT=$name returns 1 timeout 10 "$museum" replay --seconds 5 --expect "$signature" "$stream"
done

check 'every exhibit has a stream, and no other is there' test "$(find "$source/corpus/museum" -name '*.stream' | wc -l)" -eq $count
check 'there are exhibits' test $seen -gt 0
echo "$seen of $count exhibits"
finish
