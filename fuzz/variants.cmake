# Tools around variants of the server, in bin/<variant>/, and the tests that need them.
#
#     bin/stock/       Debian's server without our fixes: corpus/found must fail on it
#     bin/list-tail/   the server with test/planted/list-tail.patch: must be found, by replay and by fuzzing; and with
#                      new-import.patch: calls a function that nobody has classified
#     bin/planted/     the server with three planted bugs at once, for the night in small: three signatures, one each
#     bin/museum/      the server with the patches of test/museum: DEFRAG_FUZZ_EXHIBIT=NAME brings an old bug back
#     bin/mutants/     with -DDEFRAG_FUZZ_MUTANTS=ON: the server of mutation-score, DEFRAG_FUZZ_MUTANT=N makes it wrong

function(add_variant_program target name variant)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/${variant})
    target_compile_options(${target} PRIVATE -std=gnu11 -D_GNU_SOURCE ${DEFRAG_FUZZ_WARNINGS} ${DEFRAG_FUZZ_CODEGEN} ${DEFRAG_FUZZ_SANITIZE_FLAGS})
    target_compile_definitions(${target} PRIVATE DEFRAG_FUZZ_VERSION="${PROJECT_VERSION}-${variant}")
    target_link_libraries(${target} fuzz)
    use_variant(${target} valkey_${variant})
endfunction()

if(TARGET valkey_stock)
    add_executable(tool_stock cli/main.c)
    add_variant_program(tool_stock defrag-fuzz stock)
    add_test(NAME found COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/test_found.sh $<TARGET_FILE:defrag-fuzz> $<TARGET_FILE:tool_stock>
                                ${CMAKE_SOURCE_DIR} ${VALKEY_SERIES})
    set_tests_properties(found PROPERTIES LABELS replay TIMEOUT 1800)
endif()

if(NOT DEFRAG_FUZZ_SANITIZE STREQUAL "none" AND NOT VALKEY_SOURCE_DIR)
    add_variant(valkey_list-tail FORWARDS ${CMAKE_CURRENT_SOURCE_DIR}/test/planted/list-tail.patch
                                          ${CMAKE_CURRENT_SOURCE_DIR}/test/planted/new-import.patch)
    add_executable(tool_list-tail cli/main.c)
    add_variant_program(tool_list-tail defrag-fuzz list-tail)
    add_executable(engine_list-tail engine/libfuzzer.c)
    add_variant_program(engine_list-tail defrag_fuzzer list-tail)
    target_link_options(engine_list-tail PRIVATE -fsanitize=fuzzer)
    add_test(NAME planted COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/test_planted.sh $<TARGET_FILE:tool_list-tail> ${CMAKE_SOURCE_DIR}/corpus/seeds)
    set_tests_properties(planted PROPERTIES LABELS "replay;tools" TIMEOUT 1800)
    add_test(NAME imports COMMAND ${CMAKE_SOURCE_DIR}/harness/test/test_imports.sh ${CMAKE_C_COMPILER} ${LLVM_NM} ${LLVM_OBJCOPY} ${LLVM_AR} ${LLVM_READELF}
                                  ${HARNESS_BINARY_DIR}/libvalkey_raw_world.a.unclassified $<TARGET_FILE:tool_list-tail>)
    set_tests_properties(imports PROPERTIES LABELS tools TIMEOUT 1800)
    add_test(NAME bisect COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/test_bisect.sh ${VALKEY_TREE} ${CMAKE_CURRENT_BINARY_DIR}/bisect)
    set_tests_properties(bisect PROPERTIES LABELS "tools;slow" TIMEOUT 1800)
endif()

series_has(planted has_planted)
if(NOT DEFRAG_FUZZ_SANITIZE STREQUAL "none" AND NOT VALKEY_SOURCE_DIR AND has_planted)
    set(three pending-consumer stream-last-id zset-ties)
    list(TRANSFORM three REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/test/planted/\\1.patch")
    add_variant(valkey_planted FORWARDS ${three})
    add_executable(tool_planted cli/main.c)
    add_variant_program(tool_planted defrag-fuzz planted)
    add_executable(engine_planted engine/libfuzzer.c)
    add_variant_program(engine_planted defrag_fuzzer planted)
    target_link_options(engine_planted PRIVATE -fsanitize=fuzzer)
    add_test(NAME night_planted COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/test_night_planted.sh $<TARGET_FILE:tool_planted> ${CMAKE_SOURCE_DIR})
    set_tests_properties(night_planted PROPERTIES LABELS "tools;slow" TIMEOUT 1800)
endif()

# --- the museum, and generated mutants: servers that go wrong when the environment says so (mutation/mutant.h)

option(DEFRAG_FUZZ_MUTANTS "Build bin/mutants/defrag-fuzz for mutation-score" OFF)

# A tool around the variant valkey_<name>, whose changed files ask mutation/mutant.c what to do.
function(add_choosing_program name)
    target_compile_options(valkey_${name}_objects PRIVATE -include ${CMAKE_CURRENT_SOURCE_DIR}/mutation/mutant.h)
    add_executable(tool_${name} cli/main.c mutation/mutant.c)
    add_variant_program(tool_${name} defrag-fuzz ${name})
endfunction()

# The exhibits of this series: test/museum/NAME.patch, or server-patch/SERIES/museum/NAME.patch where that series needs another one; none
# where the stream of that name makes no sense yet.
function(choose_exhibits out)
    file(GLOB patches CONFIGURE_DEPENDS test/museum/*.patch)
    set(series_folder ${CMAKE_SOURCE_DIR}/server-patch/${VALKEY_SERIES}/museum)
    file(GLOB own_names CONFIGURE_DEPENDS RELATIVE ${series_folder} ${series_folder}/*.patch)
    foreach(name IN LISTS own_names)
        if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/test/museum/${name})
            fail("${series_folder}/${name} replaces nothing: fuzz/test/museum has no patch of that name")
        endif()
    endforeach()
    set(chosen)
    foreach(patch IN LISTS patches)
        get_filename_component(name ${patch} NAME_WE)
        file(STRINGS ${CMAKE_SOURCE_DIR}/corpus/museum/${name}.stream header REGEX "^#! .* since=")
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
if(has_exhibits AND VALKEY_FIXES AND NOT VALKEY_SOURCE_DIR AND NOT DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    choose_exhibits(exhibits)
    add_variant(valkey_museum FORWARDS ${exhibits})
    add_choosing_program(museum)
    add_test(NAME museum COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/test_museum.sh $<TARGET_FILE:defrag-fuzz> $<TARGET_FILE:tool_museum>
                                 ${CMAKE_SOURCE_DIR} ${VALKEY_SERIES})
    set_tests_properties(museum PROPERTIES LABELS replay TIMEOUT 1800)
endif()

if(DEFRAG_FUZZ_MUTANTS)
    if(DEFRAG_FUZZ_SANITIZE STREQUAL "none")
        fail("DEFRAG_FUZZ_MUTANTS needs a build with sanitizers: most mutants are found by them")
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
    execute_process(COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/mutation-score write --tree ${VALKEY_TREE} --into ${mutants}
                            --clang ${CMAKE_C_COMPILER} -- ${includes} ${defines} -std=gnu11
                    RESULT_VARIABLE status)
    if(status)
        fail("mutation-score could not write the mutants (see the line above)")
    endif()
    file(GLOB mutated ${mutants}/*.c)
    add_variant_files(valkey_mutants ${mutated})
    add_choosing_program(mutants)
    add_executable(engine_mutants engine/libfuzzer.c mutation/mutant.c)
    add_variant_program(engine_mutants defrag_fuzzer mutants)
    target_link_options(engine_mutants PRIVATE -fsanitize=fuzzer)
endif()

# --- determinism: the plain build is made in a folder of its own, out of the same tree

if(NOT DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    set(plain ${CMAKE_BINARY_DIR}/plain)
    add_test(NAME build_plain COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/build_plain.sh ${CMAKE_COMMAND} ${CMAKE_SOURCE_DIR} ${plain}
                                      ${CMAKE_C_COMPILER} ${VALKEY_TREE})
    set_tests_properties(build_plain PROPERTIES LABELS determinism TIMEOUT 1800 FIXTURES_SETUP plain)
    add_test(NAME determinism COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/test_determinism.sh $<TARGET_FILE:defrag-fuzz> ${CMAKE_SOURCE_DIR}/corpus/seeds)
    set_tests_properties(determinism PROPERTIES LABELS determinism TIMEOUT 1800 FIXTURES_REQUIRED plain
                                                ENVIRONMENT PLAIN_TOOL=${plain}/bin/defrag-fuzz)
endif()

add_test(NAME seeds COMMAND defrag-fuzz replay ${CMAKE_SOURCE_DIR}/corpus/seeds)
set_tests_properties(seeds PROPERTIES LABELS replay TIMEOUT 1800)
add_test(NAME canonical COMMAND defrag-fuzz fmt --check ${CMAKE_SOURCE_DIR}/corpus)
set_tests_properties(canonical PROPERTIES LABELS tools TIMEOUT 1800)
