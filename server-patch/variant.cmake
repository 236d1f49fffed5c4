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

# rename_main(RESULT FILE...): gives the server's main another name, and sets RESULT to the files
# that have one. For targets of the folder that calls it.
function(rename_main result)
    set(with_main)
    foreach(file IN LISTS ARGN)
        file(STRINGS ${file} main REGEX "^[A-Za-z_][^;]*[ *]main *[(]")
        if(main)
            list(APPEND with_main ${file})
        endif()
    endforeach()
    if(with_main)
        set_property(SOURCE ${with_main} APPEND PROPERTY COMPILE_DEFINITIONS main=valkey_server_main)
    endif()
    set(${result} ${with_main} PARENT_SCOPE)
endfunction()

function(add_variant_files name)
    rename_main(with_main ${ARGN})
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

# patch_variant(TREE OPTION PATCH...): applies the patches to the copies in TREE. Sets applied. If
# the tree is adopted, the patches were not made for it, and one that does not fit is left out with
# a line; otherwise it ends the configuration.
function(patch_variant tree option)
    set(fitting)
    foreach(patch IN LISTS ARGN)
        foreach(dry --dry-run "")
            execute_process(COMMAND ${PATCH} -p1 --silent --force --no-backup-if-mismatch ${option} ${dry}
                                    -d ${tree} -i ${patch}
                            RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
            if(status)
                break()
            endif()
        endforeach()
        if(NOT status)
            list(APPEND fitting ${patch})
        elseif(VALKEY_ADOPTED)
            get_filename_component(name ${patch} NAME_WE)
            message(STATUS "left out: the patch ${name} does not fit this tree")
        else()
            string(REPLACE "\n" " " output "${output}")
            fail("${patch} does not fit Valkey ${VALKEY_TREE_VERSION} in ${VALKEY_TREE}: ${output}")
        endif()
    endforeach()
    set(applied ${fitting} PARENT_SCOPE)
endfunction()

# copy_variant_files(TREE FILE...): copies of the server's files; those that it lacks are left out.
function(copy_variant_files tree)
    foreach(file IN LISTS ARGN)
        if(NOT file MATCHES "\\.c$")
            fail("${tree} would change ${file}: a variant can change only .c files")
        endif()
        get_filename_component(folder ${tree}/${file} DIRECTORY)
        file(MAKE_DIRECTORY ${folder})
        if(EXISTS ${VALKEY_TREE}/${file})
            file(COPY_FILE ${VALKEY_TREE}/${file} ${tree}/${file}) # follows links
        endif()
    endforeach()
endfunction()

# Sets NAME_patches to the patches that were applied. When there is none, there is no target.
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
    copy_variant_files(${tree}.new ${files})
    set(patches ${ARGN})
    set(option)
    if(direction STREQUAL "BACKWARDS")
        list(REVERSE patches)
        set(option --reverse)
    endif()
    patch_variant(${tree}.new "${option}" ${patches})
    set(${name}_patches ${applied} PARENT_SCOPE)
    set(sources)
    foreach(patch IN LISTS applied)
        patched_files(${patch} changed)
        list(APPEND sources ${changed})
    endforeach()
    list(REMOVE_DUPLICATES sources)
    set(folders) # where a file's own headers are
    foreach(file IN LISTS sources)
        get_filename_component(folder ${VALKEY_TREE}/${file} DIRECTORY)
        list(APPEND folders ${folder})
        get_filename_component(folder ${tree}/${file} DIRECTORY)
        file(MAKE_DIRECTORY ${folder})
        file(COPY_FILE ${tree}.new/${file} ${tree}/${file} ONLY_IF_DIFFERENT)
        # For headers that the file names relative to its own folder.
        get_filename_component(folder ${VALKEY_TREE}/${file} DIRECTORY)
        set_property(SOURCE ${tree}/${file} PROPERTY INCLUDE_DIRECTORIES ${folder})
    endforeach()
    file(REMOVE_RECURSE ${tree}.new)
    list(TRANSFORM sources PREPEND ${tree}/)
    if(sources)
        add_variant_files(${name} ${sources})
        list(REMOVE_DUPLICATES folders)
        target_include_directories(${name}_objects SYSTEM PRIVATE ${folders})
    endif()
endfunction()
