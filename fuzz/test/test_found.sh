#!/bin/sh
# test_found.sh FIXED_TOOL STOCK_TOOL SOURCE -- every stream in corpus/found fails on the stock server, with the signature that its
# header names, and passes on the server with our fixes; and the fix that it names is there.
set -eu
fixed=$1 stock=$2 source=$3
failed=0 count=0
field() { sed -n "s/^# $1: //p" "$2" | head -1; }

for stream in "$source"/corpus/found/*.stream; do
    count=$((count + 1))
    signature=$(field signature "$stream")
    fix=$(field fix "$stream")
    [ -n "$signature" ] && [ -f "$source/$fix" ] || {
        echo "FAIL $stream: needs '# signature:' and '# fix:' with a patch that exists"
        failed=1
        continue
    }
    status=0
    "$stock" replay --expect "$signature" "$stream" >/dev/null 2>&1 || status=$?
    [ $status -eq 1 ] || {
        echo "FAIL $stream: status $status on the stock server, expected 1 with $signature"
        failed=1
    }
    "$fixed" replay "$stream" >/dev/null 2>&1 || {
        echo "FAIL $stream: still fails on the fixed server"
        failed=1
    }
done
echo "$count streams"
[ $count -gt 0 ] && exit $failed
