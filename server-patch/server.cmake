# SPDX-License-Identifier: BSD-3-Clause
# A real valkey-server with our patches, for tests that need one: the fixture `server`, and
# add_server_test.
#
# The server is not a target of this build but of Valkey's own Makefile, so a test builds it:
# build_server runs server-patch/build before the first test that needs the server, and takes a
# second when nothing has changed. For a tree without patches of its own it patches a copy. If a
# patch does not fit, build_server prints which hunk, and it is skipped like all tests that need a
# server.
# With DEFRAG_FUZZ_SERVER nothing is built.

set(DEFRAG_FUZZ_SERVER "" CACHE FILEPATH "A patched valkey-server of your own for the tests; empty: they build one")

# A series may have no patches for a real server; then tests that need one are skipped.
set(server_patches FALSE)
if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${VALKEY_PATCHES}/server)
    set(server_patches TRUE)
endif()

if(DEFRAG_FUZZ_SERVER)
    if(NOT EXISTS ${DEFRAG_FUZZ_SERVER} OR IS_DIRECTORY ${DEFRAG_FUZZ_SERVER})
        string(CONCAT why "DEFRAG_FUZZ_SERVER=${DEFRAG_FUZZ_SERVER} is no file; "
                          "give the path of a valkey-server that server-patch/build has made")
        fail("${why}")
    endif()
    set(server_path ${DEFRAG_FUZZ_SERVER})
else()
    set(server_path ${CMAKE_BINARY_DIR}/server/src/valkey-server)
    # One sanitizer and no optimisation, because with both and -O1 the build takes four times as
    # long. The server in the harness is checked for undefined behaviour, and no test depends on the
    # speed of this one.
    string(REPLACE "address,undefined" "address" server_sanitizer ${DEFRAG_FUZZ_SANITIZE})
    set(server_build ${CMAKE_CURRENT_SOURCE_DIR}/build --series ${VALKEY_PATCHES} --sanitize ${server_sanitizer}
                     --allocator libc --optimize 0 --into ${CMAKE_BINARY_DIR}/server)
    if(VALKEY_ADOPTED)
        list(APPEND server_build --tree ${VALKEY_TREE} --patch)
    else()
        list(APPEND server_build --source ${CMAKE_BINARY_DIR}/source)
        if(NOT VALKEY_FIXES)
            list(APPEND server_build --no-fixes)
        endif()
    endif()
    set(skip)
    if(NOT server_patches)
        set(skip SKIP_REGULAR_EXPRESSION "has no HAVE_DEFRAG")
    elseif(VALKEY_ADOPTED)
        set(skip SKIP_REGULAR_EXPRESSION "^build: .* does not fit ")
    endif()
    add_defrag_test(NAME build_server LABELS tools COMMAND ${server_build}
                    PROPERTIES PROCESSORS 2 FIXTURES_SETUP server ENVIRONMENT CC=${CMAKE_C_COMPILER} ${skip})
endif()
set(SERVER_TEST_PATH ${server_path} CACHE INTERNAL "")
set(SERVER_TEST_SERIES ${VALKEY_PATCHES} CACHE INTERNAL "")

# add_server_test(NAME name LABELS label... COMMAND command argument...): a test that needs a real
# server. The command gets the server's path in the environment variable VALKEY_SERVER, its series,
# such as 9.1, in VALKEY_SERIES, and the path of the sample module in SAMPLE_MODULE. It starts and
# stops the server itself. Exit status 77 means skipped.
function(add_server_test)
    cmake_parse_arguments(PARSE_ARGV 0 test "" "NAME" "LABELS;COMMAND")
    set(environment VALKEY_SERVER=${SERVER_TEST_PATH} VALKEY_SERIES=${SERVER_TEST_SERIES}
                    SAMPLE_MODULE=$<TARGET_FILE:sample>)
    add_defrag_test(NAME ${test_NAME} LABELS ${test_LABELS}
                    COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/need-server ${test_COMMAND}
                    PROPERTIES SKIP_RETURN_CODE 77 FIXTURES_REQUIRED server
                               ENVIRONMENT "${environment}")
endfunction()

# --- tests of the scripts

set(tests ${CMAKE_CURRENT_SOURCE_DIR}/test)
foreach(name adopt fetch fetch_index fetch_git packages pick_series server_build rows)
    add_defrag_test(NAME ${name} LABELS tools COMMAND ${tests}/test_${name}.sh)
endforeach()

# server-patch/fragmentation, without a server and with one.
add_defrag_test(NAME fragmentation_parts LABELS unit COMMAND ${tests}/test_fragmentation.py Parts)
add_server_test(NAME fragmentation LABELS tools COMMAND ${tests}/test_fragmentation.py Real)

add_server_test(NAME server LABELS tools COMMAND ${tests}/test_server.py)

# What belongs to one series: its name, and where its source is.
set(series ${VALKEY_SERIES} ${CMAKE_BINARY_DIR}/source)
set(own_series FALSE)
if(server_patches AND NOT VALKEY_ADOPTED)
    set(own_series TRUE)
    add_defrag_test(NAME series LABELS tools COMMAND ${tests}/test_series.sh ${series})
endif()

# --- Valgrind: with a tool and a server without sanitizers, which the default build makes for this

if(DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    set(plain_tool $<TARGET_FILE:defrag-fuzz>)
    set(plain_fixture)
else()
    set(plain_tool ${CMAKE_BINARY_DIR}/plain/bin/defrag-fuzz)
    set(plain_fixture FIXTURES_REQUIRED plain)
endif()
set(seeds ${CMAKE_SOURCE_DIR}/corpus/seeds)
add_defrag_test(NAME valgrind LABELS tools slow
                COMMAND ${tests}/test_valgrind.sh ${plain_tool} ${VALKEY_TREE}/src/valgrind.sup ${seeds}
                PROPERTIES PROCESSORS 2 SKIP_RETURN_CODE 77 ${plain_fixture})
if(own_series)
    add_defrag_test(NAME valgrind_server LABELS tools slow
                    COMMAND ${tests}/test_valgrind_server.sh ${plain_tool} ${series} ${CMAKE_BINARY_DIR}/server-valgrind
                            ${seeds} ${CMAKE_SOURCE_DIR}/corpus/found/later-list-outlives-its-stage.stream
                    PROPERTIES TIMEOUT 3600 PROCESSORS 2 SKIP_RETURN_CODE 77 ${plain_fixture}
                               ENVIRONMENT CC=${CMAKE_C_COMPILER})
endif()

# --- other servers, for which CI has no time

if(own_series)
    add_defrag_test(NAME server_unchanged LABELS tools slow
                    COMMAND ${tests}/test_server_unchanged.sh ${series} ${CMAKE_BINARY_DIR}/server-unchanged
                    PROPERTIES TIMEOUT 3600 PROCESSORS 2
                               ENVIRONMENT "CC=${CMAKE_C_COMPILER};LLVM_OBJCOPY=${LLVM_OBJCOPY}")
    # About three minutes on an idle machine: half of it builds, the rest waits for timers.
    add_defrag_test(NAME upstream LABELS tools slow
                    COMMAND ${tests}/test_upstream.sh ${series} ${CMAKE_BINARY_DIR}/server-upstream
                    PROPERTIES PROCESSORS 2 SKIP_RETURN_CODE 77 ENVIRONMENT CC=${CMAKE_C_COMPILER})
    add_defrag_test(NAME server_allocators LABELS tools slow
                    COMMAND ${tests}/test_server_allocators.sh ${series} ${CMAKE_BINARY_DIR}/server-allocators
                    PROPERTIES TIMEOUT 3600 PROCESSORS 2 ENVIRONMENT CC=${CMAKE_C_COMPILER})
endif()
