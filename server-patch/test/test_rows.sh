#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_rows.sh -- does every series, allocator, fix, seed, oracle, setting and structure have its
# row in each place that needs one?
#
# A series is its folder, server-patch/SERIES, and an allocator its paragraph in
# server-patch/allocators. What cannot be derived from them is checked here: presets, Debian
# packages, the figures of defrag, and the tables of the READMEs. The words of a series' row are
# checked when the build is configured, its lines "absent" by fuzz/test/test_valkey_names.py.
#
# For the others, it checks what neither the compiler nor their own tests see: a fix without a
# stream or without a text for Valkey, a seed without a purpose, a setting that is never read, a
# check of a structure that is never called, has no canary or is never switched on, an oracle that
# README.md does not name, a pass of the shrinker that is not in its table, a subcommand that is not
# in that of fuzz/cli/README.md.
#
# Limits: presets, READMEs and C are read as text.
#
# usage: server-patch/test/test_rows.sh [ROOT]
set -Eeuo pipefail
root=$(realpath -- "${1:-$(dirname -- "${BASH_SOURCE[0]}")/../..}")
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"
# shellcheck source=server-patch/source/allocators.sh
. "$root/server-patch/source/allocators.sh"
cd -- "$root"

# in_file FILE PATTERN
in_file() {
    grep -qE -- "$2" "$1"
}

# The series with a lock, the newest first.
all_series() {
    for lock in server-patch/*/source; do
        if [[ -f $lock ]]; then basename "$(dirname "$lock")"; fi
    done | sort -Vr
}

# ---- series ----

# A series of Debian packages is built by its preset; the default one by the preset default.
check_presets() {
    local presets=CMakePresets.json name=${1//./\\.}
    check "$presets has a configure preset for $1" in_file $presets "\"VALKEY_SERIES\": \"$name\""
    check "$presets has a build preset $1" in_file $presets "\"name\": \"$name\", \"configurePreset\""
    check "$presets has a test preset $1" in_file $presets "\"name\": \"$name\", \"inherits\": .*\"configurePreset\""
}

check_series() {
    check "server-patch/README.md, the row of VALKEY_SERIES, names $1" \
        in_file server-patch/README.md "^\| .VALKEY_SERIES. .*\`$1\`"
    if ! grep -q '^package ' "server-patch/$1/source"; then return; fi
    check "$1 has a row, server-patch/$1/row" test -f "server-patch/$1/row"
    if [[ $1 != "$(<server-patch/default-series)" ]]; then check_presets "$1"; fi
}

# ---- bugs ----

# The series that have a fix, as README.md lists them, with the dots escaped.
series_with_fix() {
    all_series | while read -r name; do
        if [[ -f server-patch/$name/fixes/$1 ]]; then echo "$name"; fi
    done | paste -sd , | sed 's/,/, /g; s/\./\\./g'
}

# The items of lists in README.md, a line each.
readme_items() {
    awk '/^- / {item = item "\n" $0; next} /^  [^ ]/ {sub(/^ +/, " "); item = item $0} END {print item}' README.md
}

check_bug() {
    local name fix series what="README.md, What it has found, has"
    name=$(basename "$1" .stream)
    fix=$(sed -n 's,^# fix: .*/,,p' "$1" | head -n 1)
    series=$(series_with_fix "$fix")
    check "$what $name with the series ${series//\\/}" \
        in_file "$box/items" "^- \[$name\]\(corpus/found/$name\.stream\) \($series\): "
    check "$what a sentence '*See it:*' for $name" in_file "$box/items" "^- \[$name\].* \*See it:\* [^ ]"
    check "corpus/found/README.md has a heading $name" in_file corpus/found/README.md "^## $name\$"
}

# The streams of corpus/found that name a fix, whatever the series.
streams_of_fix() {
    grep -lE "^# fix: server-patch/[^/]+/fixes/$1\$" corpus/found/*.stream
}

check_fix() {
    local name
    name=$(basename "$1")
    check "server-patch/upstream has the text of $name" test -f "server-patch/upstream/${name%.patch}.txt"
    if grep -qE '^No stream: .{20,}' "$1"; then return; fi
    check "$1 has a stream in corpus/found with the line '# fix: .../$name', or a line 'No stream: why not'" \
        streams_of_fix "${name//./\\.}"
}

check_fix_of_stream() {
    local fix
    fix=$(sed -n 's/^# fix: //p' "$1" | head -n 1)
    check "$1 has a line '# fix: PATCH'" test -n "$fix"
    check "$1: there is a patch $fix" test -f "$fix"
}

# ---- seeds ----

# Twenty characters: a few words.
says_purpose() {
    head -n 1 "$1" | grep -qE '^# [A-Za-z].{18,}'
}

# ---- oracles, and passes of the shrinker ----

# The first words of the oracles' signatures.
oracle_words() {
    sed -nE 's/^ +\.word = "([a-z]+)",/\1/p' harness/oracles/*.c | sort -u
}

shrink_passes() {
    sed -nE 's/^Offer ([a-z_]+)\(.*/\1/p' fuzz/shrink/pass.h
}

# ---- settings ----

setting_fields() {
    awk '/^typedef struct/ {text = ""} {text = text $0 "\n"} /^} Settings;/ {print text; exit}' \
        harness/stream/settings.h |
        sed -nE 's/^ +[A-Za-z_0-9]+ ([a-z_]+)(\[[0-9]+\])?;.*/\1/p'
}

# A setting is used where its field is read, or a function for it is called; drawing it and
# shrinking it do not count.
reads_setting() {
    grep -rqE "\bsettings(->|\.)$1\b($|[^ ]| [^=]| ==)|\bsettings_$1\(" --include='*.c' \
        harness/{server,world,defrag,oracles,run} fuzz/{base,engine,wire,cli}
}

# ---- structures ----

# The functions of shape.h, and where one of them is: its name is after its type there.
shape_functions() {
    sed -nE '/^(typedef|static|#)/d; s/^[A-Za-z_].*[ *](shape_[a-z_]+)\(.*/\1/p' harness/structures/shape.h
}

# calls_shape NAME: another file calls it, or a macro of shape.h chooses it.
calls_shape() {
    local home
    home=$(grep -lE "^[a-z].*\b$1\(.*[^;]\$" harness/structures/shape*.c) || return 1
    grep -rlE "^ .*\b$1[(}]" --include='*.c' harness/structures harness/oracles server-patch/server |
        grep -qvFx "$home" || grep -qE "^#define shape_[a-z_]+ $1$" harness/structures/shape.h
}

# has_canary FILE: a signature that the file reports is what a canary expects.
has_canary() {
    grep -oE '"shape:[a-z]+:[a-z]+"' "$1" | grep -qFf - harness/oracles/canary.c
}

check_structure() {
    check "harness/oracles/canary.c has a canary for $1: a row that expects one of its signatures" has_canary "$1"
}

# The parts of the harness that the probe switches on or off. A macro that it does not define is 0,
# so a part without a row would be off in each tree, silently.
probed_units() {
    grep -rhoE '\bCHECKED_[a-z_]+\b' --include='*.[ch]' harness server-patch/server | sed 's/^CHECKED_//' | sort -u
}

# The structure of each canary can be broken on a real server too.
check_break() {
    check "server-patch/server/defrag_debug.c, the help of BREAK, names $1" in_file \
        server-patch/server/defrag_debug.c "\"BREAK .*\b$1\b"
    check "server-patch/test/test_server.py, canaries, has $1" in_file server-patch/test/test_server.py "^ +\"$1\": \("
}

# ---- allocators ----

check_allocator() {
    local word variable package figures=server-patch/server/defrag_figures.c
    check "server-patch/allocators: the words of $1" read_allocator "$1"
    for word in make with info figures tested; do
        variable=allocator_$word
        check "server-patch/allocators: $1 has a line '$word'" test -n "${!variable}"
    done
    check "$figures has the figures \"$allocator_figures\" of $1" in_file $figures "\"$allocator_figures\""
    check "server-patch/README.md, I want a real server, names $1" in_file server-patch/README.md "\b$1\b"
    package=${allocator_library##* }
    if [[ -n $package ]]; then
        check "server-patch/packages lists $package for $1" in_file server-patch/packages "^$package "
    fi
}

check_figures() {
    check "server/README.md, the table of active_defrag_figures, has $1" in_file server-patch/server/README.md \
        "^\| \`$1\` \|"
}

# ---- all of them ----

check "server-patch/default-series is a series with a lock" test -f \
    "server-patch/$(<server-patch/default-series)/source"
while read -r series; do check_series "$series"; done < <(all_series)
readme_items >"$box/items"
for stream in corpus/found/*.stream; do
    check_bug "$stream"
    check_fix_of_stream "$stream"
done
for fix in server-patch/*/fixes/*.patch; do check_fix "$fix"; done
for stream in corpus/seeds/*.stream; do
    check "$stream begins with a comment that says what it is for" says_purpose "$stream"
done
for stream in corpus/museum/*.stream; do
    name=$(basename "$stream" .stream)
    check "corpus/museum/README.md has a row for $name" in_file corpus/museum/README.md "^\| \`$name\` \|"
done

oracle_words >"$box/words"
check "harness/oracles has oracles" test "$(wc -l <"$box/words")" -ge 6
while read -r word; do
    check "README.md, How it works, explains the oracle *$word*" in_file README.md "\*$word\*"
done <"$box/words"
shrink_passes >"$box/passes"
check "fuzz/shrink/pass.h has passes" test "$(wc -l <"$box/passes")" -ge 11
while read -r pass; do
    check "fuzz/shrink/shrink.c has a row for $pass" in_file fuzz/shrink/shrink.c ", $pass, "
done <"$box/passes"

sed -nE 's/^    \{"([a-z]+)", .*, cmd_[a-z]+\},$/\1/p' fuzz/cli/main.c >"$box/subcommands"
check "fuzz/cli/main.c has subcommands" test "$(wc -l <"$box/subcommands")" -ge 11
while read -r name; do
    check "fuzz/cli/README.md has a row for $name" in_file fuzz/cli/README.md "^\| \`$name\` \|"
done <"$box/subcommands"

setting_fields >"$box/fields"
check "harness/stream/settings.h has a struct Settings" test "$(wc -l <"$box/fields")" -ge 9
while read -r name; do
    check "something reads settings->$name, or calls settings_$name, outside of harness/stream" reads_setting "$name"
done <"$box/fields"

shape_functions >"$box/functions"
check "harness/structures/shape.h has functions" test "$(wc -l <"$box/functions")" -ge 16
while read -r name; do check "$name of harness/structures/shape.h is called" calls_shape "$name"; done <"$box/functions"
for file in harness/structures/shape_*.c; do
    if [[ $file != */shape_break.c ]]; then check_structure "$file"; fi
done
probed_units >"$box/units"
check "the harness has parts that the probe switches off" test "$(wc -l <"$box/units")" -ge 21
while read -r name; do
    check "harness/valkey/probe.txt has a row 'unit $name', without which CHECKED_$name is never 1" \
        in_file harness/valkey/probe.txt "^unit $name "
done <"$box/units"
sed -nE 's/.*\.structure = "([a-z-]+)".*/\1/p' harness/oracles/canary.c >"$box/structures"
while read -r name; do check_break "$name"; done <"$box/structures"
while read -r name; do check_allocator "$name"; done < <(allocator_names)
sed -nE -e 's/.*(makeFigures\(|takeResident\(|\(defragFigures\)\{|source = )"([a-z]+)".*/\2/p' \
    -e 's/.* \? "([a-z]+)" : "([a-z]+)".*/\1\n\2/p' \
    server-patch/server/defrag_figures.c | sort -u >"$box/figures"
check "server/defrag_figures.c names its sources" test -s "$box/figures"
while read -r name; do check_figures "$name"; done <"$box/figures"
finish
