# SPDX-License-Identifier: BSD-3-Clause
# hiredis for wire.c, in the variable wire_hiredis: Debian's archive with the prefix wire_ for all
# of its symbols. The server in this process defines some of the same symbols: its strings (sds),
# and in 8.1 a hiredis of its own. Without the prefix one would call functions of the other.

find_library(HIREDIS_ARCHIVE libhiredis.a)
find_path(HIREDIS_HEADERS hiredis/hiredis.h)
if(NOT HIREDIS_ARCHIVE OR NOT HIREDIS_HEADERS)
    fail("needs hiredis; install Debian's package libhiredis-dev")
endif()

set(wire_hiredis ${CMAKE_CURRENT_BINARY_DIR}/libwire_hiredis.a)
set(wire_symbols ${CMAKE_CURRENT_BINARY_DIR}/wire_hiredis.txt)
set(wire_names ${CMAKE_CURRENT_BINARY_DIR}/wire_hiredis.h)
execute_process(COMMAND ${LLVM_NM} --defined-only --extern-only --no-sort --format=just-symbols ${HIREDIS_ARCHIVE}
                OUTPUT_VARIABLE names RESULT_VARIABLE failed)
string(REGEX MATCHALL "[^\n]+" names "${names}")
list(FILTER names EXCLUDE REGEX ":$") # names of object files
list(REMOVE_DUPLICATES names)
if(failed OR NOT "redisConnectUnixWithTimeout" IN_LIST names)
    fail("cannot read the symbols of ${HIREDIS_ARCHIVE}")
endif()
set(redefinitions)
set(defines)
foreach(name IN LISTS names)
    string(APPEND redefinitions "${name} wire_${name}\n")
    string(APPEND defines "#define ${name} wire_${name}\n")
endforeach()
file(WRITE ${wire_symbols} "${redefinitions}")
file(WRITE ${wire_names} "${defines}")
add_custom_command(
    OUTPUT ${wire_hiredis}
    COMMAND ${LLVM_OBJCOPY} --redefine-syms=${wire_symbols} ${HIREDIS_ARCHIVE} ${wire_hiredis}
    DEPENDS ${HIREDIS_ARCHIVE} ${wire_symbols}
    COMMENT "Renaming the functions of hiredis"
    VERBATIM)
add_custom_target(wire_hiredis DEPENDS ${wire_hiredis})
set_source_files_properties(wire/wire.c PROPERTIES
                            COMPILE_OPTIONS "-include;${wire_names};-isystem;${HIREDIS_HEADERS}"
                            OBJECT_DEPENDS ${wire_names})
