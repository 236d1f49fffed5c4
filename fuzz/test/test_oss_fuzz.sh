#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_oss_fuzz.sh -- fuzz/oss-fuzz: a build as on OSS-Fuzz passes their checks, and bad builds fail
# them. Tests without such a build are in test_oss_fuzz_checks.sh.
#
# usage: test_oss_fuzz.sh PATH-OF-defrag-fuzz SANITIZERS|none VALKEY-TREE FOLDER [afl SECONDS]
# FOLDER keeps the build, which makes the next run fast. With afl: only the run of AFL++; skipped
# (77) where AFL++ is not installed.
# shellcheck disable=SC2016,SC2154  # a $ means itself; variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
tree=$3
into=$4

if [ "${5-}" = afl ]; then
    command -v afl-fuzz >/dev/null || skip "afl-fuzz is missing; install Debian's package afl++"
    tool=$(realpath -- "$(dirname "$0")/../oss-fuzz")
    expect 0 --engine afl --seconds "$6" --into "$into" --source "$tree"
    says out 'in persistent mode'
    says out 'map density grows'
    cat "$box/out"
    finish
    exit
fi

tool=$(realpath -- "$(dirname "$0")/../oss-fuzz")

# --- a good build

expect 0 --sanitizer address --into "$into" --source "$tree"
says out 'calls of AddressSanitizer'
says out 'runs four inputs after --'
says out 'the seeds do not crash'
says out 'oss-fuzz: all checks passed'

# --- bad builds, one line each

good=$into/libfuzzer-address/out

# bad WORDS SANITIZER: checks that the build in $box/bad fails with those words.
bad() {
    expect 1 --sanitizer "$2" --check "$box/bad" --into "$box/into"
    says out "FAIL  libfuzzer $2: $1"
    rm -rf "$box/bad"
    cp -R "$good" "$box/bad"
}

cp -R "$good" "$box/bad"
bad 'calls of AddressSanitizer' undefined
rm "$box/bad/defrag_fuzzer.dict"
bad 'defrag_fuzzer.dict is in $OUT' address
printf '"half a word\n' >"$box/bad/defrag_fuzzer.dict"
bad 'runs four inputs as run_fuzzer does' address
cp "$1" "$box/bad/defrag_fuzzer"
bad 'runs four inputs without any options' address
stream "$box/crash.stream" '!canary asan'
zip -q -j "$box/bad/defrag_fuzzer_seed_corpus.zip" "$box/crash.stream"
bad 'the seeds do not crash' address

finish
