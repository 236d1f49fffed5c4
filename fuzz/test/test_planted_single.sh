#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_planted_single.sh TOOL SINGLE_TOOL PLANTED PATCH... -- each of the PATCHes has a stream of
# its name in the folder PLANTED, which fails on the server with that bug, with the signature in its
# header, and passes on the same server without the bug and on the original one.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1 single=$2 planted=$3
shift 3

returns 0 "$single" replay "$planted"
returns 0 "$tool" replay "$planted"
for patch in "$@"; do
    name=${patch%.patch}
    signature=$(sed -n 's/^# signature: //p' "$planted/$name.stream" | head -1)
    check "$name.stream has a line '# signature: ...'" test -n "$signature"
    DEFRAG_FUZZ_EXHIBIT=$name returns 1 timeout 20 "$single" replay --expect "$signature" "$planted/$name.stream"
done
check 'bugs were tried' test $# -ge 5
finish
