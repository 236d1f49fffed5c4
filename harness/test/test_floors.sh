#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_floors.sh VALKEY-TREE -- do the includes of harness/ and fuzz/ respect the floors in their
# READMEs?
#
# The floors are listed below, the lowest first; harness/README.md and fuzz/README.md say what is on
# each. No file includes one of a higher floor. Floors on the same line do not include each other.
# There is no cycle of includes through several files. fuzz/ includes harness/ and never the other
# way round. Only harness/valkey/ includes headers of Valkey. Only harness/base/stopwatch.c reads a
# real clock.
#
# Limits: includes and calls are read as text. Tests, mutation/ and night/ are on no floor: they may
# include what they test.
set -Eeuo pipefail
tree=$1
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"

cat >"$box/floors" <<'TEXT'
harness/base
harness/stream
harness/finding
harness/valkey
harness/module
harness/world
harness/structures
harness/server
harness/defrag
harness/oracles
harness/reach
harness/run
fuzz/base
fuzz/generate
fuzz/engine fuzz/shrink fuzz/wire fuzz/explore
fuzz/cli
TEXT

# list FOLDER: prints the files of a source tree that belong to a floor, as paths relative to it.
list() {
    (cd -- "$1" && find harness fuzz -name '*.[ch]' | grep -vE '^(harness|fuzz)/test/|^fuzz/(mutation|night)/' | sort)
}

# judge FOLDER: prints a line for each fault of a source tree.
judge() {
    list "$1" >"$box/files"
    sed -nE '\,^(harness|fuzz)/[a-z]+/[a-z_0-9]+\.[ch]$,!s/$/ is on no floor/p' "$box/files"
    (cd -- "$1" && xargs grep -oE '^#include "[^"]+"' <"$box/files") |
        sed -E 's/:#include "([^"]+)"/ \1/' >"$box/includes"
    awk 'NR == FNR {for (i = 1; i <= NF; i++) level[$i] = FNR; next}
         {from = $1; to = $2; sub("/[^/]*$", "", from); sub("/[^/]*$", "", to)}
         !(from in level) {next}
         !(to in level) {print $1 " includes \"" $2 "\", which is on no floor"; next}
         level[to] > level[from] || (level[to] == level[from] && to != from) {print $1 " may not include " $2}' \
        "$box/floors" "$box/includes"
    awk '$1 ~ /^harness/ && $2 ~ /^fuzz/ {print $1 " may not include " $2}' "$box/includes"
    { tsort "$box/includes" 2>&1 >/dev/null || true; } |
        sed -nE 's/^tsort: ([a-z_0-9/]+\.[ch])$/\1 is part of a cycle of includes/p'
    # A file and its header count as one. value_parts.h is the private part of value.c that the
    # other value_*.c share; parts.h is that of sample.c.
    sed -E 's/\.[ch]( |$)/\1/g' "$box/includes" |
        awk '$1 != $2 && $1 != "harness/structures/value_parts" && $1 != "harness/module/parts"' |
        sort -u >"$box/units"
    { tsort "$box/units" 2>&1 >/dev/null || true; } | sed -n 's/^tsort: \([a-z_\/]*\)$/\1 is part of a cycle/p'
    (cd -- "$tree" && find src deps/lua/src -name '*.h' -printf '%f\n') | sort -u >"$box/valkey"
    (cd -- "$1" && xargs grep -oE '^#include <[^>]+>' <"$box/files") | sed -E 's/:#include <(.*)>/ \1/' |
        awk 'NR == FNR {valkey[$1]; next}
             $2 in valkey && $1 !~ /^harness\/(valkey|module)\// {print $1 " may not include <" $2 ">"}' \
            "$box/valkey" - | sort -u
    # With a digit after the parenthesis, it is a page of the manual.
    clocks='clock_gettime|clock|getrusage|gettimeofday|timespec_get|time'
    (cd -- "$1" && xargs grep -oE "(^|[^a-z_])($clocks)\(([^1-9]|$)" /dev/null <"$box/files") |
        sed -nE -e '\,^harness/base/stopwatch\.c:,d' \
            -e 's/:(.*[^a-z_])?([a-z_]+)\(.?$/ calls \2; only harness\/base\/stopwatch.c reads a clock/p' | sort -u
}

judge "$root" >"$box/out"
check "the floors are respected" test ! -s "$box/out"
check "there are files" test "$(wc -l <"$box/files")" -gt 150

# broken WHAT PATTERN: checks that the fault in the copy is reported, then restores the copy.
broken() {
    judge "$box/tree" >"$box/out"
    check "$1" matches out "$2"
    check "$1, and nothing else" test "$(wc -l <"$box/out")" -ge 1
    rebuild
}
rebuild() {
    rm -rf -- "$box/tree"
    mkdir "$box/tree"
    (cd -- "$root" && list . | tar -c --files-from=-) | tar -x -C "$box/tree"
}
rebuild
echo '#include "harness/run/run.h"' >>"$box/tree/harness/world/heap.c"
broken "an include of a higher floor" '^harness/world/heap.c may not include harness/run/run.h$'
echo '#include "fuzz/base/option.h"' >>"$box/tree/harness/run/run.c"
broken "harness/ includes fuzz/" '^harness/run/run.c may not include fuzz/base/option.h$'
echo '#include "fuzz/shrink/shrink.h"' >>"$box/tree/fuzz/wire/wire.c"
broken "two floors on one line" '^fuzz/wire/wire.c may not include fuzz/shrink/shrink.h$'
echo '#include <quicklist.h>' >>"$box/tree/harness/oracles/refs.c"
broken "a header of Valkey" '^harness/oracles/refs.c may not include <quicklist.h>$'
echo '#include "quicklist.h"' >>"$box/tree/harness/oracles/refs.c"
broken "a header of Valkey, with quotes" '^harness/oracles/refs.c includes "quicklist.h", which is on no floor$'
echo '#include "harness/stream/stream.h"' >>"$box/tree/harness/stream/step.h"
broken "a cycle" 'harness/stream/(step|stream)(\.h)? is part of a cycle'
printf '#include <time.h>\nint64_t now(void) {\n    return time(NULL);\n}\n' >>"$box/tree/fuzz/shrink/shrink.c"
broken "another real-time clock" '^fuzz/shrink/shrink.c calls time; only harness/base/stopwatch.c reads a clock$'
echo 'int x;' >"$box/tree/harness/extra.c"
broken "a file without a floor" '^harness/extra.c is on no floor$'

finish
