#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_museum.sh TOOL MUSEUM_TOOL SOURCE SERIES -- every stream in corpus/museum that applies to
# SERIES fails on the server with the exhibit of the same name, with the signature in its header
# ("signature SERIES:" has priority over "signature:"), and passes on the original server. Every
# exhibit has a stream.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1 museum=$2 source=$3 series=$4
count=0 seen=0

# Without an exhibit the museum's server behaves like the original server.
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

check 'every exhibit has a stream, and every stream an exhibit' test \
    "$(find "$source/corpus/museum" -name '*.stream' | wc -l)" -eq $count
check 'there are exhibits' test $seen -gt 0
echo "$seen of $count exhibits"
finish
