#!/bin/bash -eu
# SPDX-License-Identifier: BSD-3-Clause
# build.sh -- the OSS-Fuzz style build (google.github.io/oss-fuzz/getting-started/new-project-guide,
# "build.sh").
#
# Reads $SRC (with defrag-fuzz/ and the Valkey tree valkey/ in it), $WORK, $OUT, $CC, $CXX, $CFLAGS,
# $CXXFLAGS, $LIB_FUZZING_ENGINE, $SANITIZER. Leaves in $OUT: defrag_fuzzer, its seed corpus,
# dictionary and options. Uses no network.
#
# Limits: the sanitizers are address, undefined and coverage. The world of this target is saved and
# brought back byte by byte, which MemorySanitizer cannot follow.

case $SANITIZER in
address | undefined) sanitize=$SANITIZER ;;
coverage | none) sanitize=none ;;
*) echo "build.sh: SANITIZER=$SANITIZER is not supported: use address, undefined, coverage or none" >&2 && exit 1 ;;
esac

repository=$SRC/defrag-fuzz
build=$WORK/defrag-fuzz-$SANITIZER

# afl-clang-fast counts edges in all that it compiles; harness, tools and bundled libraries are to
# be left alone. It knows a file by the path that the debug information has, which often lacks its
# beginning.
mkdir -p "$build"
printf 'src: %s\n' 'defrag-fuzz/harness/*' 'defrag-fuzz/fuzz/*' 'valkey/deps/*' >"$build/uncounted.txt"
export AFL_LLVM_DENYLIST=$build/uncounted.txt

# The function that an ifunc is resolved with runs before the process is relocated, so nothing may
# be counted in it (and AFL++ 4.04c, when it looks at one, dies). Without it string2ll asks for its
# processor at each call.
if grep -q 'define HAVE_IFUNC 1' "$SRC/valkey/src/config.h"; then
    sed -i 's/define HAVE_IFUNC 1/define HAVE_IFUNC 0/' "$SRC/valkey/src/config.h"
fi

cmake -G Ninja -S "$repository" -B "$build" -DVALKEY_SOURCE_DIR="$SRC/valkey" -DVALKEY_FIXES=OFF \
    -DDEFRAG_FUZZ_SANITIZE="$sanitize" -DDEFRAG_FUZZ_ENGINE="$LIB_FUZZING_ENGINE"
ninja -C "$build" defrag_fuzzer defrag-fuzz

cp "$build/bin/defrag_fuzzer" "$OUT/"
"$build/bin/defrag-fuzz" gen --dictionary >"$OUT/defrag_fuzzer.dict"
# One folder for all seeds: the name of the one that they came from goes before the file's.
rm -rf "$build/seeds" "$OUT/defrag_fuzzer_seed_corpus.zip"
mkdir "$build/seeds"
for folder in seeds museum found; do
    for file in "$repository/corpus/$folder"/*.stream; do cp "$file" "$build/seeds/$folder-${file##*/}"; done
done
(cd "$build/seeds" && zip -q "$OUT/defrag_fuzzer_seed_corpus.zip" ./*.stream)
# The flags are those of fuzz/engine/flags.c, "-name=value" lines. An oracle of our own looks for
# leaks, inside the world.
{
    echo '[libfuzzer]'
    "$build/bin/defrag-fuzz" run --print-flags | sed 's/^-//; s/=/ = /'
    printf '\n[asan]\ndetect_leaks = 0\n'
} >"$OUT/defrag_fuzzer.options"
