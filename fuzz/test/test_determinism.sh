#!/bin/sh
# test_determinism.sh TOOL CORPUS... -- is a stream's trace a function of the stream alone?
#
# Compares, byte for byte, the traces of all streams: twice in one process, in reverse order, each in a process of its own (where address
# randomisation puts everything elsewhere), on AddressSanitizer's heap, with the arena at another address. The plain -O2 build, whose
# tool is PLAIN_TOOL if that is set, must give the same traces too.
set -eu
tool=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find "$@" -name '*.stream' | sort >"$work/files"
sort -r "$work/files" >"$work/reversed"
failed=0

# run NAME TOOL LIST OPTION...: the traces of the files in LIST into $work/NAME, sorted by file.
run() {
    name=$1 with=$2 list=$3
    shift 3
    while read -r file; do echo "$file"; done <"$list" | tr '\n' '\0' | xargs -0 "$with" replay --trace --no-twin "$@" >"$work/$name.raw" 2>"$work/$name.err" || {
        echo "FAIL $name: replay ended with status $?"
        tail -5 "$work/$name.err"
        exit 1
    }
    awk -v dir="$work/$name" '
        /^# .*\.stream$/ { file = substr($0, 3); next }
        /^[0-9]+\t/ || /^end\t/ { print file "\t" $0 }' "$work/$name.raw" | sort -s -t '	' -k1,1 >"$work/$name"
    [ -s "$work/$name" ] || {
        echo "FAIL $name: no trace"
        exit 1
    }
}

# same NAME: is it the same as the first run?
same() {
    if cmp -s "$work/first" "$work/$1"; then
        echo "ok   $1: $(wc -l <"$work/$1") lines"
    else
        echo "FAIL $1 differs from the first run:"
        diff "$work/first" "$work/$1" | head -6
        failed=1
    fi
}

run first "$tool" "$work/files" --same-process
run second "$tool" "$work/files" --same-process
same second
cat "$work/files" "$work/files" >"$work/twice.list"
run twice "$tool" "$work/twice.list" --same-process
sort -s "$work/first" "$work/first" | sort -s -t '	' -k1,1 >"$work/expected"
sort -s "$work/twice" | sort -s -t '	' -k1,1 >"$work/got"
if cmp -s "$work/expected" "$work/got"; then echo "ok   twice in one process"; else echo "FAIL twice in one process" && failed=1; fi
run reversed "$tool" "$work/reversed" --same-process
same reversed
run isolated "$tool" "$work/files"
same isolated
run elsewhere "$tool" "$work/files" --same-process --arena-at 0x300000000000
same elsewhere
run asan-heap "$tool" "$work/files" --heap=asan
same asan-heap
if [ -n "${PLAIN_TOOL:-}" ]; then
    run plain "$PLAIN_TOOL" "$work/files" --same-process
    same plain
fi
exit $failed
