#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_wire_seeds.sh -- every seed and every exhibit of the museum gets the same replies from a real
# server and in process.
#
# usage: VALKEY_SERVER=PATH-OF-valkey-server test_wire_seeds.sh PATH-OF-defrag-fuzz SANITIZERS|none
# CORPUS
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
corpus=$(realpath -- "${3:?}")
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
cd "$box"

expect 0 replay --seconds 60 --server "spawn:${VALKEY_SERVER:?}" "$corpus/seeds" "$corpus/museum"
says out ' 0 findings'
check 'every stream is run' not grep 'skipped:' out
tail -n 2 out
finish
