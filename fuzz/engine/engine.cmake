# SPDX-License-Identifier: BSD-3-Clause
# The program defrag_fuzzer: libFuzzer with target.c, or, without sanitizers, a driver that runs
# files.
#
# DEFRAG_FUZZ_ENGINE is any engine that calls LLVMFuzzerTestOneInput: its library, or a flag like
# -fsanitize=fuzzer. Its instrumentation comes from the compiler and its flags, $CC and $CFLAGS
# (server-patch/toolchain.cmake). The C++ compiler links, because most engines are in C++.

if(DEFRAG_FUZZ_ENGINE)
    enable_language(CXX)
    separate_arguments(engine NATIVE_COMMAND "${DEFRAG_FUZZ_ENGINE}")
    add_executable(defrag_fuzzer engine/libfuzzer.c)
    set_target_properties(defrag_fuzzer PROPERTIES LINKER_LANGUAGE CXX)
    target_link_libraries(defrag_fuzzer ${engine})
elseif(DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    add_executable(defrag_fuzzer engine/files.c)
else()
    add_executable(defrag_fuzzer engine/libfuzzer.c)
    target_link_options(defrag_fuzzer PRIVATE -fsanitize=fuzzer)
    # Tells the tool that this build has an engine.
    set_source_files_properties(engine/flags.c PROPERTIES COMPILE_DEFINITIONS DEFRAG_FUZZ_ENGINE)
endif()
target_link_libraries(defrag_fuzzer own_code fuzz)

# --- tests

add_unit_test(target LIBRARY fuzz LABELS tools)
add_tool_test(run)
if(DEFRAG_FUZZ_SANITIZE STREQUAL "address,undefined" AND NOT DEFRAG_FUZZ_ENGINE)
    add_tool_test(canaries_engine ARGUMENTS $<TARGET_FILE:defrag_fuzzer>)
    add_tool_test(oss_fuzz_checks ARGUMENTS $<TARGET_FILE:defrag_fuzzer>)
endif()

# fuzz/oss-fuzz builds the target from scratch with its own flags; its seeds include found streams,
# which need the fixes.
if(VALKEY_FIXED AND NOT DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    set(oss_fuzz ${tests}/test_oss_fuzz.sh ${tool} ${DEFRAG_FUZZ_SANITIZE} ${VALKEY_TREE}
                 ${CMAKE_CURRENT_BINARY_DIR}/oss-fuzz)
    add_defrag_test(NAME oss_fuzz LABELS tools slow COMMAND ${oss_fuzz})
    add_defrag_test(NAME oss_fuzz_afl LABELS tools slow COMMAND ${oss_fuzz} afl 180
                    PROPERTIES TIMEOUT 3600 SKIP_RETURN_CODE 77)
endif()
