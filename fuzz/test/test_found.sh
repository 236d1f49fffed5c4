#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_found.sh FIXED_TOOL STOCK_TOOL SOURCE SERIES FIX... -- every stream in corpus/found passes on
# the fixed server. If its fix is one of the FIXes that were applied there, it fails on the stock
# server, with the signature in its header ("signature SERIES", if it has one). Otherwise Valkey
# has fixed the bug, and the stream passes there too: only another series than SERIES has the fix,
# or the stock server has it (has:FIX). The stream of a fix of SERIES that does not fit the tree is
# left out.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
fixed=$1 stock=$2 source=$3 series=$4
shift 4
count=0
field() { sed -n "s/^# $1: //p" "$2" | head -1; }

for stream in "$source"/corpus/found/*.stream; do
    fix=$(field fix "$stream")
    name=$(basename "$fix")
    own=$source/server-patch/$series/fixes/$name
    case " $* " in
    *" $name "*) failing=1 ;;
    *" has:$name "*) failing=0 ;;
    *)
        if [ -f "$own" ]; then echo "$name does not fit this tree" && continue; fi
        failing=0 own=$source/$fix
        ;;
    esac
    returns 0 "$fixed" replay "$stream"
    if grep -q 'skipped, since' "$box/out"; then continue; fi
    count=$((count + 1))
    signature=$(field "signature $series" "$stream")
    [ -n "$signature" ] || signature=$(field signature "$stream")
    check "$stream has a line '# signature:'" test -n "$signature"
    check "$stream has a line '# fix:' with a patch that exists for $series" test -f "$own"
    returns "$failing" "$stock" replay --expect "$signature" "$stream"
done
echo "$count streams"
check 'there are streams' test $count -gt 0
finish
