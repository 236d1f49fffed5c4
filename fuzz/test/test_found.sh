#!/bin/sh
# test_found.sh FIXED_TOOL STOCK_TOOL SOURCE SERIES -- every stream in corpus/found that makes sense on SERIES fails on the stock server, with
# the signature that its header names, and passes on the server with our fixes; and the fix that it names is there, for SERIES. If only
# an older series has that fix, Valkey itself has fixed the bug since, and the stream passes on the stock server as well.
set -eu
fixed=$1 stock=$2 source=$3 series=$4
failed=0 count=0
field() { sed -n "s/^# $1: //p" "$2" | head -1; }

for stream in "$source"/corpus/found/*.stream; do
    case $("$fixed" replay "$stream" 2>/dev/null) in
    *"skipped, since"*) continue ;;
    esac
    count=$((count + 1))
    signature=$(field signature "$stream")
    fix=$(field fix "$stream")
    last=$(echo "$fix" | cut -d/ -f2)
    own=server-patch/$series/${fix#server-patch/*/}
    wanted=1
    if [ ! -f "$source/$own" ] && [ "$(printf '%s\n' "$last" "$series" | sort -V | head -1)" = "$last" ]; then
        wanted=0
    else
        fix=$own
    fi
    [ -n "$signature" ] && [ -f "$source/$fix" ] || {
        echo "FAIL $stream: needs '# signature:' and '# fix:' with a patch that exists for $series"
        failed=1
        continue
    }
    status=0
    "$stock" replay --expect "$signature" "$stream" >/dev/null 2>&1 || status=$?
    [ $status -eq $wanted ] || {
        echo "FAIL $stream: status $status on the stock server, expected $wanted with $signature"
        failed=1
    }
    "$fixed" replay "$stream" >/dev/null 2>&1 || {
        echo "FAIL $stream: still fails on the fixed server"
        failed=1
    }
done
echo "$count streams"
[ $count -gt 0 ] && exit $failed
