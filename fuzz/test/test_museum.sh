#!/bin/sh
# test_museum.sh TOOL MUSEUM_TOOL SOURCE -- every stream in corpus/museum fails on the server in which its exhibit, the bug of the same
# name, is back, with the signature that its header names; and passes on the server as it is. Every exhibit has a stream.
set -eu
tool=$1 museum=$2 source=$3
failed=0 count=0
fail() {
    echo "FAIL $1"
    failed=1
}

for patch in "$source"/fuzz/test/museum/*.patch; do
    name=$(basename "$patch" .patch)
    stream=$source/corpus/museum/$name.stream
    count=$((count + 1))
    signature=$(sed -n 's/^# signature: //p' "$stream" | head -1)
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
echo "$count exhibits"
[ $count -gt 0 ] && exit $failed
