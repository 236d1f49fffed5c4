# A real valkey-server with our patches, for tests that need one: the fixture `server`, and add_server_test.
#
# The server is not a target of this build but of Valkey's own Makefile, so a test builds it: server_build, which runs server-patch/build when
# a test that needs it is going to run, and takes a second when nothing has changed. With VALKEY_SOURCE_DIR a copy of that tree gets the patches; when
# they do not fit, server_build says which hunk, and it and all tests that need a server are skipped. With DEFRAG_FUZZ_SERVER nothing is built.

set(DEFRAG_FUZZ_SERVER "" CACHE FILEPATH "A patched valkey-server of your own for the tests; empty: they build one")

# The series of the patches: for your own tree that of its version if we have patches for it, else the
# one that was asked for.
string(REGEX MATCH "^[0-9]+\\.[0-9]+" server_series ${VALKEY_TREE_VERSION})
if(NOT VALKEY_SOURCE_DIR OR NOT IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${server_series})
    set(server_series ${VALKEY_SERIES})
endif()

# A series may have no patches for a real server; then tests that need one are skipped.
set(server_patches FALSE)
if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${server_series}/server)
    set(server_patches TRUE)
endif()

if(DEFRAG_FUZZ_SERVER)
    if(NOT EXISTS ${DEFRAG_FUZZ_SERVER} OR IS_DIRECTORY ${DEFRAG_FUZZ_SERVER})
        fail("DEFRAG_FUZZ_SERVER=${DEFRAG_FUZZ_SERVER} is no file; give the path of a valkey-server that server-patch/build has made")
    endif()
    set(server_path ${DEFRAG_FUZZ_SERVER})
else()
    set(server_path ${CMAKE_BINARY_DIR}/server/src/valkey-server)
    set(server_build ${CMAKE_CURRENT_SOURCE_DIR}/build --series ${server_series} --sanitize ${DEFRAG_FUZZ_SANITIZE} --allocator libc
                     --into ${CMAKE_BINARY_DIR}/server)
    if(VALKEY_SOURCE_DIR)
        list(APPEND server_build --tree ${VALKEY_TREE} --patch)
    else()
        list(APPEND server_build --source ${CMAKE_BINARY_DIR}/source)
        if(NOT VALKEY_FIXES)
            list(APPEND server_build --no-fixes)
        endif()
    endif()
    add_test(NAME server_build COMMAND ${server_build})
    set_tests_properties(server_build PROPERTIES LABELS tools TIMEOUT 1800 PROCESSORS 2 FIXTURES_SETUP server ENVIRONMENT CC=${CMAKE_C_COMPILER})
    if(NOT server_patches)
        set_tests_properties(server_build PROPERTIES SKIP_REGULAR_EXPRESSION "has no HAVE_DEFRAG;")
    elseif(VALKEY_SOURCE_DIR)
        set_tests_properties(server_build PROPERTIES SKIP_REGULAR_EXPRESSION "^build: .* does not fit ")
    endif()
endif()
set(SERVER_TEST_PATH ${server_path} CACHE INTERNAL "")
set(SERVER_TEST_SERIES ${server_series} CACHE INTERNAL "")

# add_server_test(NAME LABEL COMMAND ARGUMENT...): a test that needs a real server. LABEL may be a list. The command finds the server's path in the
# environment variable VALKEY_SERVER and its series, such as 9.1, in VALKEY_SERIES; it starts and stops the server itself. Exit status 77: skipped.
function(add_server_test name label)
    add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/need-server ${ARGN})
    set_tests_properties(${name} PROPERTIES LABELS "${label}" TIMEOUT 1800 SKIP_RETURN_CODE 77 FIXTURES_REQUIRED server
                                            ENVIRONMENT "VALKEY_SERVER=${SERVER_TEST_PATH};VALKEY_SERIES=${SERVER_TEST_SERIES}")
endfunction()

# --- tests of the scripts

set(script_tests ${CMAKE_CURRENT_SOURCE_DIR}/test)
foreach(name fetch fetch_index fetch_git packages pick_series rows)
    add_test(NAME ${name} COMMAND ${script_tests}/test_${name}.sh)
    set_tests_properties(${name} PROPERTIES LABELS tools TIMEOUT 1800)
endforeach()

# server-patch/fragmentation, without a server and with one.
add_test(NAME fragmentation_parts COMMAND ${script_tests}/test_fragmentation.py Parts)
set_tests_properties(fragmentation_parts PROPERTIES LABELS unit TIMEOUT 1800)
add_server_test(fragmentation tools ${script_tests}/test_fragmentation.py Real)

add_server_test(test_server tools ${script_tests}/test_server.py)

add_test(NAME test_server_build COMMAND ${script_tests}/test_server_build.sh)
set_tests_properties(test_server_build PROPERTIES LABELS tools TIMEOUT 1800)
if(server_patches AND NOT VALKEY_SOURCE_DIR)
    add_test(NAME test_series COMMAND ${script_tests}/test_series.sh ${VALKEY_SERIES} ${CMAKE_BINARY_DIR}/source)
    set_tests_properties(test_series PROPERTIES LABELS tools TIMEOUT 1800)
endif()

# --- Valgrind: with a tool and a server without sanitizers, both of which the default build makes for the purpose

if(DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    set(plain_tool $<TARGET_FILE:defrag-fuzz>)
    set(plain_fixture)
else()
    set(plain_tool ${CMAKE_BINARY_DIR}/plain/bin/defrag-fuzz)
    set(plain_fixture FIXTURES_REQUIRED plain)
endif()
add_test(NAME test_valgrind COMMAND ${script_tests}/test_valgrind.sh ${plain_tool} ${VALKEY_TREE}/src/valgrind.sup ${CMAKE_SOURCE_DIR}/corpus/seeds)
set_tests_properties(test_valgrind PROPERTIES LABELS "valgrind;slow" TIMEOUT 1800 PROCESSORS 2 SKIP_RETURN_CODE 77 ${plain_fixture})
if(server_patches AND NOT VALKEY_SOURCE_DIR)
    add_test(NAME test_valgrind_server COMMAND ${script_tests}/test_valgrind_server.sh ${plain_tool} ${VALKEY_SERIES} ${CMAKE_BINARY_DIR}/source
                                               ${CMAKE_BINARY_DIR}/server-valgrind ${CMAKE_SOURCE_DIR}/corpus/seeds
                                               ${CMAKE_SOURCE_DIR}/corpus/found/later-list-outlives-its-stage.stream)
    set_tests_properties(test_valgrind_server PROPERTIES LABELS "valgrind;slow" TIMEOUT 3600 PROCESSORS 2 SKIP_RETURN_CODE 77 ${plain_fixture}
                                                         ENVIRONMENT CC=${CMAKE_C_COMPILER})
endif()

# --- more servers than CI has time for

if(server_patches AND NOT VALKEY_SOURCE_DIR)
    add_test(NAME server_unchanged COMMAND ${script_tests}/test_server_unchanged.sh ${VALKEY_SERIES} ${CMAKE_BINARY_DIR}/source
                                           ${CMAKE_BINARY_DIR}/server-unchanged)
    set_tests_properties(server_unchanged PROPERTIES LABELS "tools;slow" TIMEOUT 3600 PROCESSORS 2
                                                     ENVIRONMENT "CC=${CMAKE_C_COMPILER};LLVM_OBJCOPY=${LLVM_OBJCOPY}")
    add_test(NAME server_allocators COMMAND ${script_tests}/test_server_allocators.sh ${VALKEY_SERIES} ${CMAKE_BINARY_DIR}/source
                                            ${CMAKE_BINARY_DIR}/server-allocators)
    set_tests_properties(server_allocators PROPERTIES LABELS "tools;slow" TIMEOUT 3600 PROCESSORS 2 ENVIRONMENT CC=${CMAKE_C_COMPILER})
endif()
