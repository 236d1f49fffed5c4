#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_oss_fuzz_checks.sh -- fuzz/oss-fuzz --check with an $OUT that has the engine of this build,
# and with broken ones.
#
# usage: test_oss_fuzz_checks.sh PATH-OF-defrag-fuzz SANITIZERS|none PATH-OF-defrag_fuzzer
#
# Limits: nothing is built as on OSS-Fuzz; test_oss_fuzz.sh does that, which takes minutes.
# shellcheck disable=SC2016,SC2154  # a $ means itself; variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
corpus=$(realpath -- "$(dirname "$0")/../../corpus")
out=$box/made

# --- the dictionary

expect 0 gen --dictionary
for word in '"SET"' '"XREADGROUP"' '"SETID"' '"WITHSCORES"' '"!slice"' '" after="' '"%seq(1-40,e{})"'; do
    check "the dictionary has $word" grep -qxF -- "$word" "$box/out"
done
check 'the dictionary has no canaries' not grep canary "$box/out"
sort -u "$box/out" >"$box/sorted"
same "$box/out" "$box/sorted"
mkdir "$out"
cp "$box/sorted" "$out/defrag_fuzzer.dict"
expect 2 gen --dictionary extra

# --- a finished $OUT: it passes all checks as a build for AddressSanitizer

cp "$3" "$out/defrag_fuzzer"
zip -q -j "$out/defrag_fuzzer_seed_corpus.zip" "$corpus/seeds/hash-listpack.stream" "$corpus/seeds/key-databases.stream"
expect 0 run --print-flags
{
    echo '[libfuzzer]'
    sed 's/^-//; s/=/ = /' "$box/out"
} >"$out/defrag_fuzzer.options"

# --- bad usage: one line, exit status 2

tool=$(realpath -- "$(dirname "$0")/../oss-fuzz")
refuse "--engine: 'honggfuzz' is neither" --engine honggfuzz
refuse "--sanitizer: 'memory' is neither" --sanitizer memory
refuse "--seconds must be a number of at least 1, not '0'" --seconds 0
refuse '--into needs a value' --into
refuse "unknown argument 'x'" x
refuse 'is not a folder' --check "$box/none"
refuse 'is not a Valkey source tree' --source "$box"

# --- the checks

# check_out STATUS SANITIZER: runs the checks of fuzz/oss-fuzz on $out.
check_out() {
    expect "$1" --sanitizer "$2" --check "$out" --into "$box/into"
}

# This build has both sanitizers; its calls of UndefinedBehaviorSanitizer go through
# harness/finding/checks.c, which builds for OSS-Fuzz leave out.
check_out 1 undefined
check 'two checks fail' matches out '^FAIL' 2
says out 'FAIL  libfuzzer undefined: calls of AddressSanitizer'
says out 'FAIL  libfuzzer undefined: calls of UndefinedBehaviorSanitizer'
check_out 0 address
for words in 'has the target, 2 seeds' 'is a program for x86-64' 'needs no library that the runner lacks' \
    'calls of AddressSanitizer' 'are outside of the world' 'runs four inputs without any options' 'is instrumented' \
    'edges: ' 'runs four inputs after --' 'with options and dictionary' 'reads the dictionary' \
    'the seeds do not crash'; do
    check "passes: $words" matches out "^ok .*$words"
done

# A seed that crashes, and an unterminated word in the dictionary.
stream "$box/crash.stream" '!canary asan'
zip -q -j "$out/defrag_fuzzer_seed_corpus.zip" "$box/crash.stream"
printf '"half a word\n' >"$out/defrag_fuzzer.dict"
check_out 1 address
says out 'FAIL  libfuzzer address: the seeds do not crash'
says out 'FAIL  libfuzzer address: runs four inputs as run_fuzzer does'
says out 'ok    libfuzzer address: runs four inputs after --'

# Missing files.
rm "$out/defrag_fuzzer.dict" "$out/defrag_fuzzer.options"
check_out 1 address
says out 'FAIL  libfuzzer address: defrag_fuzzer.dict is in $OUT'
says out 'FAIL  libfuzzer address: defrag_fuzzer.options is in $OUT'

finish
