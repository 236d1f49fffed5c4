#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_future.sh SOURCE VALKEY_TREE CMAKE COMPILER FOLDER [REWRITE...] -- trees that nobody has
# seen. Each rewrite of future/ makes one out of the tree: it builds, the seeds replay, with the
# stream of the rewrite's name if there is one, and just the lines that are due are printed.
#
# With a line "# stops: EXPRESSION" it must not build instead, and one line says why.
#
# A rewrite's lines "# due: EXPRESSION" are extended regular expressions; each fits one line, and
# each line that is printed needs one. The build folders stay in FOLDER, so that another run builds
# only what has changed.
#
# Limits: lines that the tree itself is due, without a rewrite, do not count.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/checks.sh"
source=$1 origin=$2 cmake=$3 compiler=$4 folder=$5
shift 5
here=$source/harness/test/future
# shellcheck disable=SC2046 # names without blanks
[ $# -gt 0 ] || set -- $(find "$here" -type f -perm -u+x -printf '%f\n' | sort)

# copy_tree NAME: the tree, rewritten, in $folder/NAME/tree. Files that stay the same keep their
# dates.
copy_tree() {
    mkdir -p "$folder/$1"
    rm -rf "$folder/$1/tree"
    cp -aL "$origin" "$folder/$1/tree"
    if [ -x "$here/$1" ]; then returns 0 env -C "$folder/$1/tree" "$here/$1"; fi
}

# configure NAME: prints about the tree.
configure() {
    "$cmake" -G Ninja -S "$source" -B "$folder/$1/build" -DCMAKE_C_COMPILER="$compiler" \
        -DVALKEY_SOURCE_DIR="$folder/$1/tree"
}

# stops_build NAME: with the line that is due.
stops_build() {
    expression=$(sed -n 's/^# stops: //p' "$here/$1")
    not configure "$1" >"$box/out" 2>&1
    check "$1: stops: $expression" grep -qE -- "^defrag-fuzz: .*$expression" "$box/out"
    check "$1: in one line" [ "$(grep -c '^defrag-fuzz: ' "$box/out")" -eq 1 ]
}

# build_tree NAME: configures and builds; $box/NAME.lines has what was printed about the tree.
build_tree() {
    build=$folder/$1/build
    returns 0 configure "$1"
    sed -n 's/^-- unchecked in this tree: //p' "$box/out" >"$box/$1.lines"
    rm -f "$build"/harness/*.unclassified
    returns 0 "$cmake" --build "$build" --target defrag-fuzz
    grep '^defrag-fuzz: .*seams.txt' "$box/out" "$box/err" | sed 's/^[^:]*:defrag-fuzz: //' >>"$box/$1.lines" || true
}

# compare_lines NAME: each line that the original tree does not print is due, and each due one is
# there.
compare_lines() {
    grep -vxFf "$box/original.lines" "$box/$1.lines" >"$box/new.lines" || true
    sed -n 's/^# due: //p' "$here/$1" >"$box/due"
    while read -r expression; do
        check "$1: a line about: $expression" grep -qE -- "$expression" "$box/new.lines"
    done <"$box/due"
    check "$1: no other line" not grep -vEf "$box/due" "$box/new.lines"
}

copy_tree original
build_tree original
for name; do
    copy_tree "$name"
    if grep -q '^# stops: ' "$here/$name"; then
        stops_build "$name"
        continue
    fi
    build_tree "$name"
    compare_lines "$name"
    returns 0 "$folder/$name/build/bin/defrag-fuzz" replay "$source/corpus/seeds"
    if [ -e "$here/$name.stream" ]; then
        returns 0 "$folder/$name/build/bin/defrag-fuzz" replay --expect ok "$here/$name.stream"
        check "$name.stream: no error" grep -q '(100.0 % without' "$box/out"
    fi
done
echo "$# trees"
finish
