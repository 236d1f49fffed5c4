# SPDX-License-Identifier: BSD-3-Clause
# Tools around variants of the server, in bin/<variant>/, and the tests that need them.
#
#     bin/stock/       Debian's server without this project's fixes: corpus/found must fail on it
#     bin/list-tail/   the server with test/planted/list-tail.patch, which replay and fuzzing must
#                      find, and new-import.patch, which calls an unclassified function
#     bin/planted/     the server with three planted bugs, for a short night: three signatures
#     bin/single/      the server with all patches of test/planted that have a stream:
#                      DEFRAG_FUZZ_EXHIBIT=NAME selects one
#     bin/museum/      the server with the patches of test/museum: DEFRAG_FUZZ_EXHIBIT=NAME selects
#                      an old bug; or one of test/planted/reuse-*.patch
#     bin/mutants/     with -DDEFRAG_FUZZ_MUTANTS=ON: the server of mutation-score,
#                      DEFRAG_FUZZ_MUTANT=N selects a mutant

set(sanitized TRUE)
if(DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    set(sanitized FALSE)
endif()

function(add_variant_program target name variant)
    add_executable(${target} ${ARGN})
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name}
                                               RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/${variant})
    if(variant STREQUAL "stock")
        set(fixes 0)
    endif()
    target_compile_definitions(${target} PRIVATE DEFRAG_FUZZ_VERSION="${PROJECT_VERSION}-${variant}"
                                                 DEFRAG_FUZZ_FIXES=${fixes}
                                                 DEFRAG_FUZZ_SANITIZERS="${DEFRAG_FUZZ_SANITIZE}")
    target_link_libraries(${target} own_code fuzz)
    use_variant(${target} valkey_${variant})
endfunction()

# add_variant_tool(VARIANT [SOURCE...]): adds tool_<variant>, defrag-fuzz with the target
# valkey_<variant> and further sources.
function(add_variant_tool variant)
    add_variant_program(tool_${variant} defrag-fuzz ${variant} cli/main.c ${ARGN})
endfunction()

# add_variant_engine(VARIANT [SOURCE...]): adds engine_<variant>, libFuzzer's program, likewise.
function(add_variant_engine variant)
    add_variant_program(engine_${variant} defrag_fuzzer ${variant} engine/libfuzzer.c ${ARGN})
    target_link_options(engine_${variant} PRIVATE -fsanitize=fuzzer)
endfunction()

if(TARGET valkey_stock)
    add_variant_tool(stock)
    list(TRANSFORM VALKEY_FIXED REPLACE ".*/" "" OUTPUT_VARIABLE fix_names)
    list(TRANSFORM VALKEY_HAD REPLACE "(.+)" "has:\\1.patch" OUTPUT_VARIABLE had_names)
    add_defrag_test(NAME found LABELS replay
                    COMMAND ${tests}/test_found.sh ${tool} $<TARGET_FILE:tool_stock> ${CMAKE_SOURCE_DIR}
                            ${VALKEY_PATCHES} ${fix_names} ${had_names})
endif()

if(sanitized)
    add_variant(valkey_list-tail FORWARDS ${tests}/planted/list-tail.patch ${tests}/planted/new-import.patch)
    list(LENGTH valkey_list-tail_patches fitting)
endif()
if(sanitized AND fitting EQUAL 2)
    add_variant_tool(list-tail)
    add_variant_engine(list-tail)
    set(list_tail $<TARGET_FILE:tool_list-tail>)
    add_tool_test(check_tree ARGUMENTS ${list_tail})
    add_defrag_test(NAME check_tree_built LABELS tools slow
                    COMMAND ${tests}/test_check_tree.sh ${tool} ${DEFRAG_FUZZ_SANITIZE} ${list_tail} ${VALKEY_ORIGIN}
                    PROPERTIES PROCESSORS 2 TIMEOUT 3600)
    add_defrag_test(NAME planted LABELS replay tools
                    COMMAND ${tests}/test_planted.sh ${list_tail} ${CMAKE_SOURCE_DIR}/corpus/seeds)
    add_defrag_test(NAME imports LABELS tools
                    COMMAND ${CMAKE_SOURCE_DIR}/harness/test/test_imports.sh ${CMAKE_C_COMPILER} ${LLVM_NM}
                            ${LLVM_OBJCOPY} ${LLVM_AR} ${LLVM_READELF}
                            ${HARNESS_BINARY_DIR}/libvalkey_raw_world.a.unclassified ${list_tail})
    add_defrag_test(NAME bisect LABELS tools slow
                    COMMAND ${tests}/test_bisect.sh ${VALKEY_TREE} ${CMAKE_CURRENT_BINARY_DIR}/bisect)
endif()

series_has(planted has_planted)
if(sanitized AND (has_planted OR VALKEY_ADOPTED))
    set(three pending-consumer stream-last-id zset-ties)
    list(TRANSFORM three REPLACE "(.+)" "${tests}/planted/\\1.patch")
    add_variant(valkey_planted FORWARDS ${three})
    list(LENGTH valkey_planted_patches fitting)
else()
    set(fitting 0)
endif()
if(fitting EQUAL 3)
    add_variant_tool(planted)
    add_variant_engine(planted)
    add_defrag_test(NAME night_planted LABELS tools slow
                    COMMAND ${tests}/test_night_planted.sh $<TARGET_FILE:tool_planted> ${CMAKE_SOURCE_DIR})
endif()

# --- the museum and generated mutants: servers that the environment makes wrong (mutation/mutant.h)

option(DEFRAG_FUZZ_MUTANTS "Build bin/mutants/defrag-fuzz for mutation-score" OFF)

# Adds a tool with the variant valkey_<name>, whose changed files call mutation/mutant.c.
function(add_choosing_tool name)
    target_compile_options(valkey_${name}_objects PRIVATE -include ${CMAKE_CURRENT_SOURCE_DIR}/mutation/mutant.h)
    add_variant_tool(${name} mutation/mutant.c)
endfunction()

# choose_patches(OUT KIND STREAMS PATCH...): those of this series: of each PATCH of fuzz/test/KIND
# that, or server-patch/SERIES/KIND/NAME.patch if that exists; not those whose stream, in the folder
# STREAMS, needs a later series.
function(choose_patches out kind streams)
    set(series_folder ${CMAKE_SOURCE_DIR}/server-patch/${VALKEY_PATCHES}/${kind})
    file(GLOB own_names CONFIGURE_DEPENDS RELATIVE ${series_folder} ${series_folder}/*.patch)
    foreach(name IN LISTS own_names)
        if(NOT EXISTS ${tests}/${kind}/${name})
            fail("${series_folder}/${name} is useless: fuzz/test/${kind} has no patch of that name")
        endif()
    endforeach()
    set(chosen)
    foreach(patch IN LISTS ARGN)
        get_filename_component(name ${patch} NAME_WE)
        file(STRINGS ${streams}/${name}.stream header REGEX "^#! .* since=")
        if(header MATCHES " since=([0-9.]+)" AND VALKEY_TREE_VERSION VERSION_LESS CMAKE_MATCH_1)
            continue()
        endif()
        set(own ${series_folder}/${name}.patch)
        if(EXISTS ${own})
            set(patch ${own})
        endif()
        list(APPEND chosen ${patch})
    endforeach()
    set(${out} ${chosen} PARENT_SCOPE)
endfunction()

series_has(exhibits has_exhibits)

# Planted bugs, one at a time, for checks that the seeds and the museum do not need.
if(sanitized AND (has_exhibits OR VALKEY_ADOPTED))
    file(GLOB single CONFIGURE_DEPENDS test/planted/*.stream)
    list(FILTER single EXCLUDE REGEX "/reuse-") # these are in the museum's server
    list(TRANSFORM single REPLACE "stream$" "patch")
    choose_patches(single planted ${tests}/planted ${single})
    add_variant(valkey_single FORWARDS ${single})
endif()
if(TARGET valkey_single)
    add_choosing_tool(single)
    list(TRANSFORM valkey_single_patches REPLACE ".*/" "" OUTPUT_VARIABLE single_names)
    add_defrag_test(NAME planted_single LABELS replay
                    COMMAND ${tests}/test_planted_single.sh ${tool} $<TARGET_FILE:tool_single> ${tests}/planted
                            ${VALKEY_PATCHES} $<IF:$<BOOL:${VALKEY_ADOPTED}>,yes,no> ${single_names})
endif()

if((has_exhibits OR VALKEY_ADOPTED) AND VALKEY_FIXES AND sanitized)
    file(GLOB exhibits CONFIGURE_DEPENDS test/museum/*.patch)
    choose_patches(exhibits museum ${CMAKE_SOURCE_DIR}/corpus/museum ${exhibits})
    set(of_reuse)
    if(has_planted)
        file(GLOB of_reuse CONFIGURE_DEPENDS test/planted/reuse-*.patch)
    endif()
    add_variant(valkey_museum FORWARDS ${exhibits} ${of_reuse})
endif()
if(TARGET valkey_museum)
    add_choosing_tool(museum)
    list(TRANSFORM valkey_museum_patches REPLACE ".*/" "" OUTPUT_VARIABLE exhibit_names)
    set(reuse_names ${exhibit_names})
    list(FILTER exhibit_names EXCLUDE REGEX "^reuse-")
    list(FILTER reuse_names INCLUDE REGEX "^reuse-")
    add_defrag_test(NAME museum LABELS replay
                    COMMAND ${tests}/test_museum.sh ${tool} $<TARGET_FILE:tool_museum> ${CMAKE_SOURCE_DIR}
                            ${VALKEY_PATCHES} ${exhibit_names})
    if(reuse_names)
        add_defrag_test(NAME reuse LABELS replay
                        COMMAND ${tests}/test_reuse.sh $<TARGET_FILE:tool_museum> ${tests}/planted ${reuse_names})
    endif()
endif()

if(DEFRAG_FUZZ_MUTANTS)
    if(NOT sanitized)
        fail("DEFRAG_FUZZ_MUTANTS needs a build with sanitizers, which find most mutants")
    endif()
    find_program(PYTHON3 python3)
    if(NOT PYTHON3)
        fail("DEFRAG_FUZZ_MUTANTS needs python3; install Debian's package python3")
    endif()
    get_target_property(includes valkey_headers INTERFACE_INCLUDE_DIRECTORIES)
    get_target_property(defines valkey_headers INTERFACE_COMPILE_DEFINITIONS)
    list(TRANSFORM includes PREPEND -I)
    list(TRANSFORM defines PREPEND -D)
    set(mutants ${CMAKE_CURRENT_BINARY_DIR}/mutants)
    file(GLOB writers CONFIGURE_DEPENDS mutation-score mutation/*.py)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${writers})
    execute_process(COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/mutation-score write --tree ${VALKEY_TREE}
                            --into ${mutants} --clang ${CMAKE_C_COMPILER} -- ${includes} ${defines} -std=gnu11
                    RESULT_VARIABLE status)
    if(status)
        fail("mutation-score could not write the mutants (see the line above)")
    endif()
    file(GLOB mutated ${mutants}/*.c)
    add_variant_files(valkey_mutants ${mutated})
    # Headers beside the Lua engine's files.
    target_include_directories(valkey_mutants_objects SYSTEM PRIVATE ${VALKEY_TREE}/src/modules/lua)
    add_choosing_tool(mutants)
    add_variant_engine(mutants mutation/mutant.c)
endif()

# --- determinism; the plain build is in a folder of its own, from the same tree

if(sanitized)
    set(determinism ${tests}/test_determinism.sh ${tool} ${CMAKE_SOURCE_DIR}/corpus/seeds)
    add_defrag_test(NAME determinism LABELS determinism COMMAND ${determinism})
    set(plain ${CMAKE_BINARY_DIR}/plain)
    add_defrag_test(NAME build_plain LABELS determinism slow
                    COMMAND ${tests}/build_plain.sh ${CMAKE_COMMAND} ${CMAKE_SOURCE_DIR} ${plain}
                            ${CMAKE_C_COMPILER} ${VALKEY_TREE}
                    PROPERTIES FIXTURES_SETUP plain)
    add_defrag_test(NAME determinism_plain LABELS determinism slow COMMAND ${determinism}
                    PROPERTIES FIXTURES_REQUIRED plain ENVIRONMENT PLAIN_TOOL=${plain}/bin/defrag-fuzz)
endif()
