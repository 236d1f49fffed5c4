# SPDX-License-Identifier: BSD-3-Clause
# Which Valkey tree is built: VALKEY_SOURCE_DIR as it is, or the one that server-patch/fetch makes.
# Sets VALKEY_TREE and VALKEY_TREE_VERSION.

if(VALKEY_SOURCE_DIR)
    set(VALKEY_TREE ${VALKEY_SOURCE_DIR})
else()
    set(fetch ${CMAKE_SOURCE_DIR}/server-patch/fetch --series ${VALKEY_SERIES} --into ${CMAKE_BINARY_DIR}/source)
    if(NOT VALKEY_FIXES)
        list(APPEND fetch --no-fixes)
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
                 ${CMAKE_SOURCE_DIR}/server-patch/${VALKEY_SERIES}/source)
    execute_process(COMMAND ${fetch} OUTPUT_VARIABLE fetched RESULT_VARIABLE status OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT status EQUAL 0)
        string(CONCAT why "could not get the source of Valkey ${VALKEY_SERIES} (see above); "
                          "or pass -DVALKEY_SOURCE_DIR=/path/to/valkey")
        fail("${why}")
    endif()
    string(REGEX REPLACE "^.*\n" "" VALKEY_TREE "${fetched}")
endif()

get_filename_component(VALKEY_TREE ${VALKEY_TREE} ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
if(NOT EXISTS ${VALKEY_TREE}/src/defrag.c OR NOT EXISTS ${VALKEY_TREE}/src/version.h)
    fail("${VALKEY_TREE} is not a Valkey source tree: it has no src/defrag.c")
endif()
file(STRINGS ${VALKEY_TREE}/src/version.h version_line REGEX "define VALKEY_VERSION \"")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" VALKEY_TREE_VERSION "${version_line}")
message(STATUS "Valkey ${VALKEY_TREE_VERSION} in ${VALKEY_TREE}")
