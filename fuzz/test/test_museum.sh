#!/bin/sh
# test_museum.sh TOOL MUSEUM_TOOL SOURCE SERIES -- every stream in corpus/museum that makes sense on SERIES fails on the server in which its
# exhibit, the bug of the same name, is back, with the signature that its header names ("signature SERIES:" goes before "signature:"); and passes
# on the server as it is. Every exhibit has a stream.
set -eu
tool=$1 museum=$2 source=$3 series=$4
failed=0 count=0 seen=0
fail() {
    echo "FAIL $1"
    failed=1
}

for patch in "$source"/fuzz/test/museum/*.patch; do
    name=$(basename "$patch" .patch)
    stream=$source/corpus/museum/$name.stream
    count=$((count + 1))
    case $("$tool" replay "$stream" 2>/dev/null) in
    *"skipped, since"*) continue ;;
    esac
    seen=$((seen + 1))
    signature=$(sed -n "s/^# signature $series: //p" "$stream" | head -1)
    [ -n "$signature" ] || signature=$(sed -n 's/^# signature: //p' "$stream" | head -1)
    [ -n "$signature" ] || {
        fail "$stream: needs a line '# signature: ...'"
        continue
    }
    status=0
    said=$(DEFRAG_FUZZ_EXHIBIT=$name timeout 10 "$museum" replay --seconds 5 --expect "$signature" "$stream" 2>/dev/null) || status=$?
    [ $status -eq 1 ] || fail "$name: status $status, expected 1 with $signature: $said"
done

# Without an exhibit the server of the museum is the server as it is.
"$tool" replay "$source/corpus/museum" >/dev/null 2>&1 || fail "corpus/museum does not pass"
"$museum" replay "$source/corpus/museum" >/dev/null 2>&1 || fail "corpus/museum does not pass on the museum's server without an exhibit"
streams=$(find "$source/corpus/museum" -name '*.stream' | wc -l)
[ "$streams" -eq $count ] || fail "$streams streams for $count exhibits"
echo "$seen of $count exhibits"
[ $seen -gt 0 ] && exit $failed
