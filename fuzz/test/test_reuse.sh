#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_reuse.sh MUSEUM_TOOL PLANTED PATCH... -- a server that remembers an address without a
# reference behaves well while no memory is used again, and fails with reuse=last or reuse=same. The
# oracle reuse sees it in the unchanged stream.
#
# PATCH is the name of a planted bug in the museum's server; PLANTED/NAME.stream shows it.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
museum=$1 planted=$2
shift 2

# trace_with NAME REUSE: prints the replies of one run of the stream with that setting and the bug.
trace_with() {
    sed "s/^#! defrag-fuzz 1/& reuse=$2/" "$planted/$1.stream" >"$box/$1-$2.stream"
    DEFRAG_FUZZ_EXHIBIT=$1 "$museum" replay --no-twin --trace "$box/$1-$2.stream" 2>"$box/err" |
        cut -f 1-3 | grep '^[0-9]' || true
}

differ() {
    ! cmp -s "$1" "$2"
}

for patch in "$@"; do
    name=${patch%.patch}
    returns 0 "$museum" replay "$planted/$name.stream"
    DEFRAG_FUZZ_EXHIBIT=$name returns 0 "$museum" replay --no-twin "$planted/$name.stream"
    trace_with "$name" never >"$box/never"
    trace_with "$name" last >"$box/last"
    check "$name is seen with reuse=last" differ "$box/never" "$box/last"
    DEFRAG_FUZZ_EXHIBIT=$name returns 1 "$museum" replay "$planted/$name.stream"
    says err 'signature:  '
    grep '^signature:' "$box/err"
done
returns 0 "$museum" replay "$(dirname "$0")/script-set.stream"
finish
