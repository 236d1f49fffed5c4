#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# build_plain.sh CMAKE SOURCE BUILD COMPILER VALKEY_TREE -- makes the plain -O2 build of the same
# sources, for test_determinism.sh.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
returns 0 "$1" -G Ninja -S "$2" -B "$3" -DCMAKE_C_COMPILER="$4" -DVALKEY_SOURCE_DIR="$5" -DVALKEY_FIXES=OFF \
    -DDEFRAG_FUZZ_SANITIZE=none
returns 0 "$1" --build "$3" --target defrag-fuzz
finish
