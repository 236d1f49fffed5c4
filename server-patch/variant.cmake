# SPDX-License-Identifier: BSD-3-Clause
# Variants of the server that differ in a few files: the stock server without our fixes, servers
# with planted bugs.
#
# add_variant(NAME BACKWARDS|FORWARDS PATCH...) makes a target NAME, an archive like valkey_raw in
# which the files that the patches change are compiled again, with the patches applied (or
# reversed). That takes seconds; a separate build would take minutes. The patches may not change
# headers, because other files would have to be compiled again too.
#
# add_variant_files(NAME FILE...) makes one from files that are changed already. In both,
# NAME_objects is the target that compiles them.

find_program(PATCH patch)
if(NOT PATCH)
    fail("needs patch; install Debian's package patch")
endif()

# The files that a patch changes, as paths in the tree.
function(patched_files patch out)
    file(STRINGS ${patch} lines REGEX "^\\+\\+\\+ b/")
    list(TRANSFORM lines REPLACE "^\\+\\+\\+ b/([^\t ]+).*" "\\1")
    set(${out} ${lines} PARENT_SCOPE)
endfunction()

function(add_variant_files name)
    add_library(${name}_objects OBJECT ${ARGN})
    target_link_libraries(${name}_objects PRIVATE server_code valkey_headers)
    set(archive ${CMAKE_CURRENT_BINARY_DIR}/lib${name}.a)
    add_custom_command(
        OUTPUT ${archive}
        COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:valkey_raw> ${archive}
        COMMAND ${LLVM_AR} r ${archive} $<TARGET_OBJECTS:${name}_objects>
        DEPENDS valkey_raw $<TARGET_OBJECTS:${name}_objects>
        COMMENT "Replacing what differs in ${name}"
        COMMAND_EXPAND_LISTS VERBATIM)
    add_custom_target(${name}_archive DEPENDS ${archive})
    add_library(${name} STATIC IMPORTED GLOBAL)
    set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${archive})
    add_dependencies(${name} ${name}_archive)
endfunction()

function(add_variant name direction)
    set(tree ${CMAKE_CURRENT_BINARY_DIR}/${name})
    file(REMOVE_RECURSE ${tree}.new)
    set(files)
    foreach(patch IN LISTS ARGN)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patch})
        patched_files(${patch} changed)
        list(APPEND files ${changed})
    endforeach()
    list(REMOVE_DUPLICATES files)
    foreach(file IN LISTS files)
        if(NOT file MATCHES "\\.c$")
            fail("${name} would change ${file}: a variant can change only .c files")
        endif()
        get_filename_component(folder ${tree}.new/${file} DIRECTORY)
        file(COPY ${VALKEY_TREE}/${file} DESTINATION ${folder})
    endforeach()
    set(patches ${ARGN})
    set(option)
    if(direction STREQUAL "BACKWARDS")
        list(REVERSE patches)
        set(option --reverse)
    endif()
    foreach(patch IN LISTS patches)
        execute_process(COMMAND ${PATCH} -p1 --silent --force --no-backup-if-mismatch ${option}
                                -d ${tree}.new -i ${patch}
                        RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
        if(status)
            string(REPLACE "\n" " " output "${output}")
            fail("${patch} does not fit Valkey ${VALKEY_TREE_VERSION} in ${VALKEY_TREE}: ${output}")
        endif()
    endforeach()
    set(sources)
    foreach(file IN LISTS files)
        get_filename_component(folder ${tree}/${file} DIRECTORY)
        file(MAKE_DIRECTORY ${folder})
        file(COPY_FILE ${tree}.new/${file} ${tree}/${file} ONLY_IF_DIFFERENT)
        list(APPEND sources ${tree}/${file})
    endforeach()
    file(REMOVE_RECURSE ${tree}.new)
    add_variant_files(${name} ${sources})
endfunction()
