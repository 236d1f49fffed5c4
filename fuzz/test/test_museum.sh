#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_museum.sh TOOL MUSEUM_TOOL SOURCE SERIES PATCH... -- every stream in corpus/museum whose
# exhibit is one of the PATCHes in the museum's server fails there, with the signature in its header
# ("signature SERIES:" has priority over "signature:"), and passes on the original server. Every
# exhibit has a stream.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1 museum=$2 source=$3 series=$4
shift 4
count=0 seen=0

# Without an exhibit the museum's server behaves like the original server.
returns 0 "$museum" replay "$source/corpus/museum"
returns 0 "$tool" replay "$source/corpus/museum"

for patch in "$source"/fuzz/test/museum/*.patch; do
    name=$(basename "$patch" .patch)
    stream=$source/corpus/museum/$name.stream
    count=$((count + 1))
    case " $* " in *" $name.patch "*) ;; *) continue ;; esac
    seen=$((seen + 1))
    signature=$(sed -n "s/^# signature $series: //p" "$stream" | head -1)
    [ -n "$signature" ] || signature=$(sed -n 's/^# signature: //p' "$stream" | head -1)
    check "$stream has a line '# signature: ...'" test -n "$signature"
    DEFRAG_FUZZ_EXHIBIT=$name returns 1 timeout 10 "$museum" replay --seconds 5 --expect "$signature" "$stream"
done

check 'every exhibit has a stream, and every stream an exhibit' test \
    "$(find "$source/corpus/museum" -name '*.stream' | wc -l)" -eq $count
check 'each exhibit was tried' test $seen -eq $#
echo "$seen of $count exhibits"
finish
