#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_found.sh FIXED_TOOL STOCK_TOOL SOURCE SERIES -- every stream in corpus/found that applies to
# SERIES fails on the stock server with the signature in its header, and passes on the fixed server;
# the fix that it names exists for SERIES. If only an older series has the fix, Valkey has fixed the
# bug since, and the stream passes on the stock server too.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
fixed=$1 stock=$2 source=$3 series=$4
count=0
field() { sed -n "s/^# $1: //p" "$2" | head -1; }

for stream in "$source"/corpus/found/*.stream; do
    returns 0 "$fixed" replay "$stream"
    if grep -q 'skipped, since' "$box/out"; then continue; fi
    count=$((count + 1))
    signature=$(field signature "$stream")
    fix=$(field fix "$stream")
    last=$(echo "$fix" | cut -d/ -f2)
    own=server-patch/$series/${fix#server-patch/*/}
    failing=1
    if [ ! -f "$source/$own" ] && [ "$(printf '%s\n' "$last" "$series" | sort -V | head -1)" = "$last" ]; then
        failing=0
    else
        fix=$own
    fi
    check "$stream has a line '# signature:'" test -n "$signature"
    check "$stream has a line '# fix:' with a patch that exists for $series" test -f "$source/$fix"
    returns $failing "$stock" replay --expect "$signature" "$stream"
done
echo "$count streams"
check 'there are streams' test $count -gt 0
finish
