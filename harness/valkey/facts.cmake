# SPDX-License-Identifier: BSD-3-Clause
# What is known of the tree that is built, in one place: facts.h, for `defrag-fuzz tree`, and a line
# for each thing that is not checked. Included at the top, since both harness/ and fuzz/ have names
# of Valkey's in strings.

set(facts_folder ${CMAKE_BINARY_DIR}/probe/harness/valkey)
file(STRINGS ${facts_folder}/features features)
file(STRINGS ${facts_folder}/unchecked unchecked)

get_target_property(server_sources valkey_server SOURCES)
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/harness/world/lost-seams ${server_sources}
                OUTPUT_VARIABLE lost OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "\n" ";" lost "${lost}")
list(APPEND unchecked ${lost})

# Commands that the harness does not know are refused, unless they only handle data.
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/harness/server/unknown-commands ${VALKEY_TREE}
                OUTPUT_VARIABLE lost OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
list(APPEND unchecked ${lost})
file(GLOB command_files CONFIGURE_DEPENDS harness/server/unknown-commands harness/server/known_commands.c
     harness/server/command_filter.c ${VALKEY_TREE}/src/commands.c ${VALKEY_TREE}/src/commands.def)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${command_files})

# Names in strings: the series's row says which a tree lacks; of an adopted one the rows of all
# series together.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
    set(rows ${SERIES_ROW})
    if(VALKEY_ADOPTED)
        file(GLOB rows ${CMAKE_SOURCE_DIR}/server-patch/*/row)
    endif()
    set(names ${CMAKE_SOURCE_DIR}/fuzz/test/test_valkey_names.py)
    execute_process(COMMAND ${Python3_EXECUTABLE} ${names} --lost ${VALKEY_TREE} ${rows}
                    OUTPUT_VARIABLE lost OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX REPLACE "\n" ";" lost "${lost}")
    list(APPEND unchecked ${lost})
else()
    list(APPEND unchecked "names in strings: no python3 to look for them in the tree")
endif()
list(APPEND unchecked ${VALKEY_MISFITS})
foreach(line IN LISTS unchecked)
    message(STATUS "unchecked in this tree: ${line}")
endforeach()

set(facts)
function(add_fact kind text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(APPEND facts "    {\"${kind}\", \"${text}\"}, \\\n")
    set(facts "${facts}" PARENT_SCOPE)
endfunction()
add_fact(tree "${VALKEY_ORIGIN}")
add_fact(version "${VALKEY_TREE_VERSION}")
foreach(patch IN LISTS VALKEY_FIXED)
    get_filename_component(name ${patch} NAME_WE)
    add_fact(fixed ${name})
endforeach()
foreach(line IN LISTS features)
    if(line MATCHES "^yes (.+)")
        add_fact(has ${CMAKE_MATCH_1})
    endif()
endforeach()
foreach(line IN LISTS features)
    if(line MATCHES "^no (.+)")
        add_fact(lacks ${CMAKE_MATCH_1})
    endif()
endforeach()
foreach(line IN LISTS unchecked)
    add_fact(unchecked "${line}")
endforeach()
file(WRITE ${facts_folder}/facts.h.new "#define TREE_FACTS \\\n${facts}\n")
file(COPY_FILE ${facts_folder}/facts.h.new ${facts_folder}/facts.h ONLY_IF_DIFFERENT)
