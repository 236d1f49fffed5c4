#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_valgrind.sh TOOL SUPPRESSIONS SEEDS -- our own tool, built without sanitizers, under
# Valgrind's memcheck: all seeds run clean.
#
# It uses --heap=asan, which in that build is the C library's heap, with a malloc for each block of
# the server: memcheck knows where they begin, end and are freed. To memcheck, the arena is one
# mapping. First, three canaries must be reported.
#
# Limits: new memory is filled with a pattern, so memcheck does not see uses of uninitialised blocks
# (in test_valgrind_server.sh it does).
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
# shellcheck source=server-patch/test/memcheck.sh
. "$(dirname "$0")/memcheck.sh"
tool=$1 suppressions=$2 seeds=$3
command -v valgrind >/dev/null || skip "there is no valgrind (Debian's package valgrind)"

# fly CANARY WORDS: the canary must end as a finding, with a line of memcheck's that has the words.
fly() {
    printf '#! defrag-fuzz 1\nSET canary x\n!canary %s\n' "$1" >"$box/canary.stream"
    returns 1 valgrind -q --error-exitcode=9 --suppressions="$suppressions" "$tool" replay --heap=asan \
        "$box/canary.stream"
    says err "$2"
}

fly asan 'Invalid read of size 1'
fly overflow 'Invalid read of size 1'
fly free 'Invalid read of size'

# Each process reads and translates the server again. With a few streams in each, both cores are
# busy to the end.
replay_seeds "$seeds" 4 valgrind -q --error-exitcode=9 --suppressions="$suppressions" \
    "$tool" replay --heap=asan --seconds 300
finish
