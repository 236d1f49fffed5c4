# SPDX-License-Identifier: BSD-3-Clause
# Which Valkey tree is built: VALKEY_SOURCE_DIR, or the one that server-patch/fetch makes. Sets
#
#     VALKEY_ORIGIN        that tree
#     VALKEY_TREE          what is compiled: the same, or, if it has no patches of its own, links to
#                          it, with the fixes of the nearest series that fit (server-patch/adopt)
#     VALKEY_TREE_VERSION  what it calls itself; for messages, nothing depends on it
#     VALKEY_ADOPTED       whether it has no patches of its own
#     VALKEY_PATCHES       the series whose patches it gets: its own, or the nearest
#     VALKEY_FIXED         the fixes that were applied, as files
#     VALKEY_HAD           the names of the fixes that the tree has already
#     VALKEY_MISFITS       a line for each fix that does not fit

set(VALKEY_ADOPTED TRUE)
if(VALKEY_SOURCE_DIR)
    get_filename_component(VALKEY_ORIGIN ${VALKEY_SOURCE_DIR} ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
else()
    set(fetch ${CMAKE_SOURCE_DIR}/server-patch/fetch --series ${VALKEY_SERIES} --into ${CMAKE_BINARY_DIR}/source)
    if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/server-patch/${VALKEY_SERIES}/fixes)
        set(VALKEY_ADOPTED FALSE)
    endif()
    if(VALKEY_ADOPTED OR NOT VALKEY_FIXES)
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
    string(REGEX REPLACE "^.*\n" "" VALKEY_ORIGIN "${fetched}")
endif()
if(NOT EXISTS ${VALKEY_ORIGIN}/src/defrag.c OR NOT EXISTS ${VALKEY_ORIGIN}/src/version.h)
    fail("${VALKEY_ORIGIN} is not a Valkey source tree: it has no src/defrag.c")
endif()
file(STRINGS ${VALKEY_ORIGIN}/src/version.h version_line REGEX "define VALKEY_VERSION \"")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" VALKEY_TREE_VERSION "${version_line}")
message(STATUS "Valkey ${VALKEY_TREE_VERSION} in ${VALKEY_ORIGIN}")

# The files that a patch changes, as paths in the tree.
function(patched_files patch out)
    file(STRINGS ${patch} lines REGEX "^\\+\\+\\+ b/")
    list(TRANSFORM lines REPLACE "^\\+\\+\\+ b/([^\t ]+).*" "\\1")
    set(${out} ${lines} PARENT_SCOPE)
endfunction()

set(VALKEY_TREE ${VALKEY_ORIGIN})
set(VALKEY_PATCHES ${VALKEY_SERIES})
set(VALKEY_FIXED)
set(VALKEY_HAD)
set(VALKEY_MISFITS)

# Links to the user's files show each change of them, but not that of a file that a fix has changed
# too, nor a new file.
function(watch_origin)
    file(GLOB_RECURSE ignored CONFIGURE_DEPENDS ${VALKEY_ORIGIN}/src/*.[ch])
    foreach(patch IN LISTS VALKEY_FIXED)
        patched_files(${patch} names)
        list(TRANSFORM names PREPEND ${VALKEY_ORIGIN}/)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${names})
    endforeach()
endfunction()

# Reads what adopt has written, and says what it left out.
function(read_adopted file)
    file(STRINGS ${file} lines)
    foreach(line IN LISTS lines)
        if(line MATCHES "^series (.+)")
            set(series ${CMAKE_MATCH_1})
        elseif(line MATCHES "^fixed (.+)")
            list(APPEND fixed ${CMAKE_SOURCE_DIR}/server-patch/${series}/fixes/${CMAKE_MATCH_1}.patch)
        elseif(line MATCHES "^has (.+)")
            list(APPEND had ${CMAKE_MATCH_1})
        elseif(line MATCHES "^misfit ([^ ]+) (.+)")
            list(APPEND misfits "fix ${CMAKE_MATCH_1}: does not fit, ${CMAKE_MATCH_2}")
        endif()
    endforeach()
    foreach(list fixed had misfits)
        list(LENGTH ${list} ${list}_count)
    endforeach()
    string(CONCAT line "nearest series: ${series}; of its fixes, ${fixed_count} are applied, "
                       "${had_count} are in the tree already, ${misfits_count} do not fit")
    message(STATUS "${line}")
    set(VALKEY_PATCHES ${series} PARENT_SCOPE)
    set(VALKEY_FIXED ${fixed} PARENT_SCOPE)
    set(VALKEY_HAD ${had} PARENT_SCOPE)
    set(VALKEY_MISFITS ${misfits} PARENT_SCOPE)
endfunction()

if(VALKEY_ADOPTED)
    set(adopted ${CMAKE_BINARY_DIR}/source/adopted)
    set(adopt ${CMAKE_SOURCE_DIR}/server-patch/adopt ${VALKEY_ORIGIN} ${adopted})
    if(NOT VALKEY_FIXES)
        list(APPEND adopt --no-fixes)
    endif()
    execute_process(COMMAND ${adopt} COMMAND_ERROR_IS_FATAL ANY)
    read_adopted(${adopted}/adopted)
    if(VALKEY_FIXED)
        set(VALKEY_TREE ${adopted}/tree)
        watch_origin()
    endif()
elseif(VALKEY_FIXES)
    file(GLOB VALKEY_FIXED CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server-patch/${VALKEY_SERIES}/fixes/*.patch)
endif()
