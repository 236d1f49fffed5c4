#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_valgrind_server.sh TOOL SERIES SOURCE WORK SEEDS FOUND -- a real server under Valgrind's
# memcheck: seeds run clean.
#
# Builds the server of the series without sanitizers in WORK, from the trees that server-patch/fetch
# has downloaded to SOURCE, and sends all SEEDS, each to a new server, with
# server-patch/valgrind-server. First, the same server without the fixes must die of the stream
# FOUND, which makes it read outside of an array.
#
# Limits: does not look for leaks.
set -Eeuo pipefail
tool=$1 series=$2 source=$3 work=$4 seeds=$5 found=$6
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"
# shellcheck source=server-patch/test/memcheck.sh
. "$root/server-patch/test/memcheck.sh"
command -v valgrind >/dev/null || skip "there is no valgrind (Debian's package valgrind)"
mkdir -p "$work"

# build NAME OPTION...: prints the path of a server.
build() {
    local name=$1
    shift
    "$root/server-patch/build" --series "$series" --source "$source" --into "$work/$name" --optimize 1 "$@" | tail -n 1
}

VALKEY_SERVER=$(build stock --no-fixes)
export VALKEY_SERVER
returns 1 "$tool" replay --seconds 300 --server "spawn:$root/server-patch/valgrind-server" "$found"
check "the server without the fixes reads beyond an array" grep -q 'Invalid read of size' "$box/out" "$box/err"

VALKEY_SERVER=$(build fixed)
replay_seeds "$seeds" 8 "$tool" replay --seconds 300 --server "spawn:$root/server-patch/valgrind-server"
finish
