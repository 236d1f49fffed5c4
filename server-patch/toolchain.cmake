# SPDX-License-Identifier: BSD-3-Clause
# The compiler, the linker and the flags that decide what kind of build this is. Anything missing is
# reported in one line.

function(fail line)
    message(FATAL_ERROR "defrag-fuzz: ${line}")
endfunction()

if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang" OR CMAKE_C_COMPILER_VERSION VERSION_LESS 14)
    string(CONCAT why "needs clang 14 or newer, found ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}; "
                      "install it (server-patch/packages --list) "
                      "and configure with -DCMAKE_C_COMPILER=clang in an empty build folder")
    fail("${why}")
endif()
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    fail("runs on Linux only, this is ${CMAKE_SYSTEM_NAME}")
endif()

# The tool of this compiler's version if there is one, else the one with the plain name.
string(REGEX MATCH "^[0-9]+" clang_major ${CMAKE_C_COMPILER_VERSION})
function(find_llvm_tool variable name package)
    find_program(${variable} NAMES ${name}-${clang_major} ${name})
    if(NOT ${variable})
        fail("needs ${name}; install Debian's package ${package}")
    endif()
endfunction()
find_llvm_tool(LLVM_OBJCOPY llvm-objcopy llvm)
find_llvm_tool(LLVM_NM llvm-nm llvm)
find_llvm_tool(LLVM_AR llvm-ar llvm)
find_llvm_tool(LLVM_READELF llvm-readelf llvm)
find_llvm_tool(LLD ld.lld lld)

# For developers of this project. A newer compiler has new warnings, which should not stop users.
option(DEFRAG_FUZZ_WERROR "Treat warnings in the project's own code as errors" OFF)
# Warnings that are always errors, because they find forgotten places: a switch over the verbs
# (harness/stream/verb.h) or the like that lacks one; an oracle without its row
# (harness/oracles/table.h), or a function that no header declares.
set(DEFRAG_FUZZ_WARNINGS -Wall -Wextra -Werror=switch -Werror=missing-variable-declarations -Werror=missing-prototypes)
if(DEFRAG_FUZZ_WERROR)
    list(APPEND DEFRAG_FUZZ_WARNINGS -Werror)
endif()

# ccache does not see the environment variables that control afl-clang-fast.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_C_COMPILER MATCHES "/afl-")
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
add_link_options(-fuse-ld=lld -rdynamic)

# Frame pointers: harness/finding/site.c walks them at every allocation.
if(DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    set(DEFRAG_FUZZ_CODEGEN -O2 -g -gdwarf-4 -fno-omit-frame-pointer)
    set(DEFRAG_FUZZ_SANITIZE_FLAGS)
    set(DEFRAG_FUZZ_DEPS_SANITIZE_FLAGS)
    set(DEFRAG_FUZZ_ENGINE_FLAGS)
    set(DEFRAG_FUZZ_LINK_FLAGS)
else()
    set(DEFRAG_FUZZ_CODEGEN -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls)
    # No use-after-return checks: they keep stack frames in a heap of ASan's own, which a snapshot
    # does not save. No -fsanitize=function, which clang has for C since 17: Valkey calls functions
    # through pointers of other types, as C programs do.
    set(DEFRAG_FUZZ_SANITIZE_FLAGS -fsanitize=${DEFRAG_FUZZ_SANITIZE} -fno-sanitize=function -fno-sanitize-recover=all
                                   -fsanitize-address-use-after-return=never)
    set(DEFRAG_FUZZ_DEPS_SANITIZE_FLAGS)
    if(DEFRAG_FUZZ_SANITIZE MATCHES "address")
        set(DEFRAG_FUZZ_DEPS_SANITIZE_FLAGS -fsanitize=address -fsanitize-address-use-after-return=never)
    endif()
    set(DEFRAG_FUZZ_ENGINE_FLAGS -fsanitize-coverage=inline-8bit-counters,pc-table)
    set(DEFRAG_FUZZ_LINK_FLAGS -fsanitize=${DEFRAG_FUZZ_SANITIZE})
    if(NOT DEFRAG_FUZZ_SANITIZE MATCHES "^(address|undefined|address,undefined)$")
        string(CONCAT why "DEFRAG_FUZZ_SANITIZE=${DEFRAG_FUZZ_SANITIZE} is not supported: "
                          "use address, undefined, address,undefined or none")
        fail("${why}")
    endif()
endif()

# An external engine has flags of its own in $CFLAGS, and CMake uses them for everything that it
# compiles. Only the server's edges should be counted: clang's own counting is removed here for the
# rest, AFL++ gets a list (.clusterfuzzlite/build.sh). Overflow of unsigned integers is defined, so
# it is not checked.
if(DEFRAG_FUZZ_ENGINE)
    set(DEFRAG_FUZZ_ENGINE_FLAGS)
    if(CMAKE_C_FLAGS MATCHES "fuzzer-no-link")
        list(APPEND DEFRAG_FUZZ_CODEGEN -fno-sanitize=fuzzer-no-link)
        set(DEFRAG_FUZZ_ENGINE_FLAGS -fsanitize=fuzzer-no-link)
    endif()
    if(NOT DEFRAG_FUZZ_SANITIZE MATCHES "address")
        # Our code calls ASan's functions only if they exist. OSS-Fuzz takes direct calls for a
        # sign of a build with ASan, so they must be indirect.
        list(APPEND DEFRAG_FUZZ_CODEGEN -fno-plt)
    endif()
    list(APPEND DEFRAG_FUZZ_SANITIZE_FLAGS -fno-sanitize=unsigned-integer-overflow)
    list(APPEND DEFRAG_FUZZ_DEPS_SANITIZE_FLAGS -fno-sanitize=undefined,unsigned-integer-overflow)
endif()

if(DEFRAG_FUZZ_COVERAGE)
    set(DEFRAG_FUZZ_COVERAGE_FLAGS -fprofile-instr-generate -fcoverage-mapping)
    list(APPEND DEFRAG_FUZZ_LINK_FLAGS -fprofile-instr-generate)
else()
    set(DEFRAG_FUZZ_COVERAGE_FLAGS ${DEFRAG_FUZZ_ENGINE_FLAGS})
endif()

# --- the same as targets: code that links one of them is compiled and linked in that way

# Ways to compile this project's code. Its headers are included by their path from the root.
function(add_own_code name)
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_compile_definitions(${name} INTERFACE _GNU_SOURCE)
    target_compile_options(${name} INTERFACE -std=gnu11 ${DEFRAG_FUZZ_WARNINGS} ${DEFRAG_FUZZ_CODEGEN} ${ARGN}
                                             ${DEFRAG_FUZZ_SANITIZE_FLAGS})
    target_link_options(${name} INTERFACE ${DEFRAG_FUZZ_LINK_FLAGS})
endfunction()
add_own_code(own_code)
add_own_code(own_fast_code -O2) # code that runs at every step

# The server's own files, and the libraries that it bundles. The libraries get ASan only (Lua's
# unions fail UBSan's alignment checks), and no coverage: the engine would steer into Lua's parser.
# Variables without a value get a pattern: what is on the stack depends on the build.
set(same_stack -ftrivial-auto-var-init=pattern)
add_library(server_code INTERFACE)
target_compile_options(server_code INTERFACE -std=gnu11 -w ${same_stack} ${DEFRAG_FUZZ_CODEGEN}
                                             ${DEFRAG_FUZZ_SANITIZE_FLAGS} ${DEFRAG_FUZZ_COVERAGE_FLAGS})
add_library(deps_code INTERFACE)
target_compile_options(deps_code INTERFACE -std=gnu11 -w ${same_stack} ${DEFRAG_FUZZ_CODEGEN}
                                           ${DEFRAG_FUZZ_DEPS_SANITIZE_FLAGS})
