#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_planted_single.sh TOOL SINGLE_TOOL PLANTED SERIES OWN PATCH... -- each of the PATCHes has a
# stream of its name in the folder PLANTED, which fails on the server with that bug, with the
# signature in its header ("signature SERIES:" has priority over "signature:"; "out of time": it
# does not end), and passes on the same server without the bug and on the original one.
#
# OWN: "yes" if the tree is a user's own. It may have one of the bugs itself: this is printed.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1 single=$2 planted=$3 series=$4 own=$5
shift 5

# has_itself NAME SIGNATURE: does a user's own tree have the bug?
has_itself() {
    [ "$own" = yes ] || return 1
    status=0
    "$tool" replay --expect "$2" "$planted/$1.stream" >"$box/itself" 2>&1 || status=$?
    [ "$status" -eq 1 ]
}

mkdir "$box/fine" # streams of bugs that the original server does not have
for patch in "$@"; do
    name=${patch%.patch}
    signature=$(sed -n "s/^# signature $series: //p" "$planted/$name.stream" | head -1)
    [ -n "$signature" ] || signature=$(sed -n 's/^# signature: //p' "$planted/$name.stream" | head -1)
    check "$name.stream has a line '# signature: ...'" test -n "$signature"
    if has_itself "$name" "$signature"; then
        echo "$name: the tree has this bug itself"
        continue
    fi
    cp "$planted/$name.stream" "$box/fine"
    if [ "$signature" = 'out of time' ]; then
        DEFRAG_FUZZ_EXHIBIT=$name returns 4 "$single" replay --seconds 5 "$planted/$name.stream"
    else
        DEFRAG_FUZZ_EXHIBIT=$name returns 1 "$single" replay --expect "$signature" "$planted/$name.stream"
    fi
done
returns 0 "$single" replay "$box/fine"
returns 0 "$tool" replay "$box/fine"
check 'bugs were tried' test $# -ge 5
finish
