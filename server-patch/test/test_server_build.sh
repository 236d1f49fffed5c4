#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_server_build.sh -- the tests of server-patch/build.
#
# The tree is a Valkey of a few lines with a Makefile and a CMakeLists.txt that take the same
# options; the server is a program that prints what it was built with. The tests build_server and
# server_allocators build the real one.
#
# usage: server-patch/test/test_server_build.sh

set -Eeuo pipefail
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset CC

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
tool=$root/server-patch/build
# shellcheck source=harness/test/checks.sh
. "$root/harness/test/checks.sh"
tree=$box/tree
set=$box/repository/server-patch

# ---- the fixture ----

make_tree() {
    mkdir -p "$tree/src/modules/lua" "$tree/deps/jemalloc"
    touch "$tree/deps/jemalloc/configure" "$tree/src/modules/lua/x.c"
    echo '#define TEXT "one"' >"$tree/src/text.h"
    echo 'int defrag;' >"$tree/src/defrag.c"
    printf '#ifndef H\n#define H\n#endif\n' >"$tree/src/allocator_defrag.h"
    cat >"$tree/src/server.c" <<'C'
#include <stdio.h>
#include "text.h"
int main(void) { return printf("%s %s\n", TEXT, BUILT) < 0; }
C
    cat >"$tree/src/Makefile" <<'MAKE'
SETTINGS=MALLOC=$(MALLOC) HAVE_DEFRAG=$(HAVE_DEFRAG) OPTIMIZATION=$(OPTIMIZATION)
-include .make-settings
# USE_SYSTEM_JEMALLOC, mimalloc
ifneq ($(PREVIOUS),$(SETTINGS))
.PHONY: server.o
endif
valkey-server: server.o
	$(CC) $(OPTIMIZATION) -o $@ server.o
	echo 'PREVIOUS=$(SETTINGS)' >.make-settings
	echo linked
server.o: server.c text.h
	$(CC) $(OPTIMIZATION) -DBUILT='"make $(MALLOC) $(HAVE_DEFRAG) $(USE_SYSTEM_JEMALLOC) $(OPTIMIZATION)"' -c server.c
valkey-cli:
	touch $@
MAKE
    cat >"$tree/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.10)
project(valkey C)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_executable(valkey-server src/server.c)
target_compile_definitions(valkey-server PRIVATE BUILT="cmake ${BUILD_MALLOC} ${HAVE_DEFRAG} ${CMAKE_C_FLAGS_DEBUG}")
add_custom_target(valkey-cli)
CMAKE
}

make_patches() {
    mkdir -p "$set/server" "$set/9.1/server"
    echo 'server-patch/server/new.h src/new.h' >"$set/server/FILES"
    echo 'int new;' >"$set/server/new.h"
    cat >"$set/9.1/server/0001-flag.patch" <<'PATCH'
Subject: [PATCH] A flag

--- a/src/allocator_defrag.h
+++ b/src/allocator_defrag.h
@@ -1,3 +1,4 @@
 #ifndef H
 #define H
+#define DEFRAG_PORTABLE
 #endif
PATCH
}

# ---- running and checking ----

# build DIR OPTION...
build() {
    local into=$box/$1
    shift
    run "$tool" --into "$into" --tree "$tree" --patches "$set" "$@"
}

# Failed with status 2 and one line that matches, but for progress.
refused() {
    [[ $status -eq 2 ]] && explained "$1" '^build: (copying|building with) '
}

# The last line is the path of the server, which prints what matches.
built() {
    [[ $status -eq 0 && $(tail -n 1 "$box/out") == "$box/$1" ]] && "$box/$1" | grep -qE -- "$2"
}

absent() {
    [[ ! -e $box/$1 ]]
}

# ---- tests ----

test_usage() {
    run "$tool"
    check "no folder" refused "^build: where to\? give a folder with --into$"
    run "$tool" --into
    check "an option without its value" refused "^build: --into wants a value; see"
    run "$tool" --intro x
    check "an unknown argument" refused "^build: unknown argument '--intro'; see"
    build x --series nine
    check "a series that is none" refused "^build: 'nine' is not a series; expected a number such as 9.1, or the name"
    build x --allocator hoard
    check "an unknown allocator" refused \
        "^build: --allocator 'hoard' is not known; use one of: libc jemalloc .*mimalloc$"
    build x --sanitize thread
    check "an unknown sanitizer" refused \
        "^build: --sanitize 'thread' is not known; use one of: none address undefined address,undefined$"
    build x --with meson
    check "an unknown tool" refused "^build: --with 'meson' is not known; use one of: make cmake$"
    build x --jobs 0
    check "no jobs" refused "^build: --jobs '0' is not a number of compilers$"
    build x --allocator jemalloc --sanitize address
    check "two allocators" refused "^build: --sanitize address has an allocator of its own, .*; use --allocator libc$"
    build x --allocator system-jemalloc --with cmake
    check "what CMake cannot" refused "^build: --with cmake cannot use system-jemalloc; use --with make$"
    run "$tool" --into "$box/x" --patch
    check "--patch without a tree" refused "^build: --patch is for a tree that you name"
    run "$tool" --into "$box/x" --tree "$box" --no-defrag
    check "a tree that is none" refused "^build: '.*' is not a Valkey source tree: it has no src/defrag.c$"
    CC=nocc build x --no-defrag
    check "a compiler that is none" refused "^build: there is no compiler 'nocc'; set CC"
    : >"$box/file"
    build file/below --no-defrag
    check "a folder that cannot be made" refused \
        "^build: cannot write to '.*/file/below'; choose another folder with --into$"
    mkdir -p "$box/foreign/src"
    build foreign --no-defrag
    check "a folder that is not ours" refused \
        "^build: '.*/foreign' was not made by build; choose an empty folder with --into$"
    run "$tool" --help
    check "help" matches out '^example: '
}

test_libraries() {
    local name package
    printf '#!/bin/sh\ncase " $*" in *" -l"*) exit 1 ;; esac\nexec cc "$@"\n' >"$box/nolib"
    chmod +x "$box/nolib"
    while read -r name package; do
        CC=$box/nolib build libraries --no-defrag --allocator "$name"
        check "no $name" refused \
            "^build: the library for --allocator $name is missing; install Debian's package $package$"
    done < <(awk '$1 == "allocator" {name = $2} $1 == "library" {print name, $4}' "$root/server-patch/allocators")
}

test_incremental() {
    local before
    before=$(find "$tree" -printf '%p %T@ %s\n' | sort)
    build plain --no-defrag
    check "a server" built plain/src/valkey-server '^one make libc   -O2 -fno-omit-frame-pointer'
    build plain --no-defrag
    check "again" built plain/src/valkey-server '^one '
    check "does nothing" grep -q "'valkey-server' is up to date" "$box/plain/build.log"
    sed -i s/one/two/ "$tree/src/text.h"
    touch -d '2000-01-01' "$tree/src/text.h"
    build plain --no-defrag
    check "a file that changed, though it is old" built plain/src/valkey-server '^two '
    check "only it is copied" matches err '^build: copying 1 changed files$'
    touch "$tree/src/extra.c"
    build plain --no-defrag
    check "a file that came" test -e "$box/plain/src/extra.c"
    rm "$tree/src/extra.c"
    build plain --no-defrag
    check "and went" absent plain/src/extra.c
    build plain --no-defrag --sanitize undefined --allocator jemalloc
    check "other options" built plain/src/valkey-server \
        '^two make jemalloc   -O1 .* -fsanitize=undefined -fno-sanitize-recover=all'
    build plain --no-defrag --allocator system-jemalloc --optimize 0
    check "the system's jemalloc" built plain/src/valkey-server '^two make jemalloc  yes -O0 '
    sed -i s/two/one/ "$tree/src/text.h"
    sed -i 's/int main/int mean/' "$tree/src/server.c"
    build plain --no-defrag
    check "what does not compile" refused \
        '^build: building failed: .*undefined.*main.* \(all of it: .*/plain/build.log\)$'
    sed -i 's/int mean/int main/' "$tree/src/server.c"
    build plain --no-defrag
    check "and does again" built plain/src/valkey-server '^one make libc '
    check "the tree has what it had" test "$(find "$tree" -printf '%p %s\n' | sort)" = \
        "$(sed -E 's/ [0-9.]+( [0-9]+)$/\1/' <<<"$before")"
    check "nothing is left over" test -z "$(find "$box/plain/.build" -name 'work.*')"
}

test_force_defrag() {
    build forced --force-defrag
    check "Valkey's own forced defrag needs no patches" built forced/src/valkey-server '^one make libc  '
    check "and is what make was asked for" grep -q ' DEBUG_FORCE_DEFRAG=yes ' "$box/forced/build.log"
}

test_cmake() {
    build cmake --no-defrag --with cmake
    check "CMake" built cmake/build/bin/valkey-server '^one cmake libc  -g -gdwarf-4 -O2 '
    build cmake --no-defrag --with cmake --sanitize undefined
    check "CMake, other options" built cmake/build/bin/valkey-server '^one cmake libc  .*-fsanitize=undefined'
}

test_unclean_tree() {
    touch "$tree/src/stale.o" "$tree/src/.make-settings" "$tree/src/valkey-server"
    build unclean --no-defrag
    check "a tree that has results of a build" built unclean/src/valkey-server '^one make'
    check "is copied without that" absent unclean/src/stale.o
    rm "$tree/src/stale.o" "$tree/src/.make-settings" "$tree/src/valkey-server"
    git -C "$tree" init -q
    git -C "$tree" add src CMakeLists.txt
    echo '*.ignored' >"$tree/.gitignore"
    touch "$tree/src/x.ignored" "$tree/src/untracked.c"
    build repository-tree --no-defrag
    check "a git repository" built repository-tree/src/valkey-server '^one make'
    check "without what it ignores" absent repository-tree/src/x.ignored
    check "with what it does not know" test -e "$box/repository-tree/src/untracked.c"
    rm -rf "$tree/.git" "$tree/.gitignore" "$tree/src/x.ignored" "$tree/src/untracked.c"
}

test_patch() {
    build patched
    check "defrag needs the patches" refused \
        "^build: the Valkey in '.*/tree' has no HAVE_DEFRAG; patch it with --patch, or build it with --no-defrag$"
    build patched --patch
    check "a tree that is patched" built patched/src/valkey-server '^one make libc yes  -O2'
    check "has the new files" grep -qx 'int new;' "$box/patched/src/new.h"
    check "in the copy only" absent tree/src/new.h
    build patched --patch
    check "again" built patched/src/valkey-server '^one '
    check "does nothing" grep -q "'valkey-server' is up to date" "$box/patched/build.log"
    build patched --patch --series 7.2
    check "a series without patches" refused "^build: there are no patches in .*/7.2/server; give another --series$"
    sed -i 's/#define H/#define G/' "$tree/src/allocator_defrag.h"
    build patched --patch
    check "a tree that they do not fit" refused \
        "^build: patch 9.1/server/0001-flag.patch does not fit .* in .*/tree: hunk #1 of src/allocator_defrag.h fails$"
    check "has no server" absent patched/src/valkey-server
    sed -i 's/#define G/#define H\n#define DEFRAG_PORTABLE/' "$tree/src/allocator_defrag.h"
    build patched --patch
    check "a tree that has them" built patched/src/valkey-server '^one make libc yes'
}

make_tree
make_patches
test_usage
test_libraries
test_incremental
test_force_defrag
test_cmake
test_unclean_tree
test_patch
finish
