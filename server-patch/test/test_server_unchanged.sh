#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_server_unchanged.sh SERIES SOURCE WORK -- without HAVE_DEFRAG, does our patched Valkey
# compile to the same program as the unpatched one?
#
# Both trees from SOURCE (server-patch/fetch) are built in WORK in the usual ways: by make with
# jemalloc, then by CMake with libc. __LINE__ is defined as 0, since a patch moves the lines that
# assertions name; debug information and the build id, which hashes it, are removed. All builds use
# one folder, one after the other, because CMake puts its name into assertions and the RUNPATH. The
# rest of valkey-server must be the same byte for byte. As a control, the comparison must fail when
# make gets the flag.
#
# Limits: this compiler and this machine only, and not __LINE__.
set -Eeuo pipefail
export CC="${CC:-clang} -D__LINE__=0 -Wno-builtin-macro-redefined"

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
series=$1
source=$2
work=$3
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"

tree=$("$root/server-patch/fetch" --offline --series "$series" --into "$source" | tail -n 1)
mkdir -p "$work"

# program NAME OPTION...: builds a server in WORK/NAME, and writes the part of it that is compared
# to WORK/NAME.program.
program() {
    local name=$1 server
    shift
    rm -rf -- "$work/tree" "${work:?}/$name"
    server=$("$root/server-patch/build" --into "$work/tree" --optimize 1 "$@" | tail -n 1)
    "${LLVM_OBJCOPY:-objcopy}" --strip-all --remove-section .note.gnu.build-id "$server" "$work/$name.program"
    mv -- "$work/tree" "$work/$name"
}

# The objects that differ between two builds, without their debug information.
differing_objects() {
    local object
    (cd "$work/$1" && find . -name '*.o') | while read -r object; do
        "${LLVM_OBJCOPY:-objcopy}" --strip-debug "$work/$1/$object" "$work/one.o"
        "${LLVM_OBJCOPY:-objcopy}" --strip-debug "$work/$2/$object" "$work/two.o" 2>/dev/null || true
        cmp -s "$work/one.o" "$work/two.o" || echo "    $object differs"
    done
}

# same_program WITH: the two builds are the same; if not, names the objects that differ.
same_program() {
    cmp "$work/stock-$1.program" "$work/patched-$1.program" && return
    differing_objects "stock-$1" "patched-$1"
    return 1
}

for options in "make jemalloc" "cmake libc"; do
    read -r with allocator <<<"$options"
    program "stock-$with" --tree "$tree" --no-defrag --with "$with" --allocator "$allocator"
    program "patched-$with" --series "$series" --source "$source" --no-defrag --with "$with" --allocator "$allocator"
    check "Valkey $series, $with, $allocator: without the flag the patches change nothing" same_program "$with"
    echo "Valkey $series, $with, $allocator: $(stat -c %s "$work/patched-$with.program") bytes"
done

program patched-make --series "$series" --source "$source" --allocator jemalloc
check "with the flag they change something" not cmp "$work/stock-make.program" "$work/patched-make.program"
finish
