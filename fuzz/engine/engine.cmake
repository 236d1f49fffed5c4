# The bare engine target defrag_fuzzer: libFuzzer around target.c, or a driver that runs files when nothing is sanitized.
#
# With DEFRAG_FUZZ_ENGINE any engine that calls LLVMFuzzerTestOneInput: its library, or a flag like -fsanitize=fuzzer. Its instrumentation comes with
# the compiler and its flags, $CC and $CFLAGS (server-patch/toolchain.cmake). Most engines are C++, so the C++ compiler links.

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
    # So that the tool knows that there is an engine beside it.
    set_source_files_properties(engine/flags.c PROPERTIES COMPILE_DEFINITIONS DEFRAG_FUZZ_ENGINE)
endif()
target_link_libraries(defrag_fuzzer fuzz)
target_compile_options(defrag_fuzzer PRIVATE -std=gnu11 -D_GNU_SOURCE ${DEFRAG_FUZZ_WARNINGS} ${DEFRAG_FUZZ_CODEGEN} ${DEFRAG_FUZZ_SANITIZE_FLAGS})

# --- tests

add_executable(test_target test/test_target.c)
target_link_libraries(test_target fuzz)
target_compile_options(test_target PRIVATE -std=gnu11 -D_GNU_SOURCE ${DEFRAG_FUZZ_WARNINGS} ${DEFRAG_FUZZ_CODEGEN} ${DEFRAG_FUZZ_SANITIZE_FLAGS})
add_test(NAME test_target COMMAND test_target)
set_tests_properties(test_target PROPERTIES LABELS tools TIMEOUT 1800)
add_tool_test(test_run tools)
if(DEFRAG_FUZZ_SANITIZE STREQUAL "address,undefined" AND NOT DEFRAG_FUZZ_ENGINE)
    add_test(NAME test_canaries_engine COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test/test_canaries_engine.sh $<TARGET_FILE:defrag-fuzz>
                                               ${DEFRAG_FUZZ_SANITIZE} $<TARGET_FILE:defrag_fuzzer>)
    set_tests_properties(test_canaries_engine PROPERTIES LABELS tools TIMEOUT 1800)
endif()

# fuzz/oss-fuzz builds the target anew, with flags of its own; found streams among its seeds need the fixes.
if(VALKEY_FIXES AND NOT VALKEY_SOURCE_DIR AND NOT DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    set(oss_fuzz ${CMAKE_CURRENT_SOURCE_DIR}/test/test_oss_fuzz.sh $<TARGET_FILE:defrag-fuzz> ${DEFRAG_FUZZ_SANITIZE} ${VALKEY_TREE}
                 ${CMAKE_CURRENT_BINARY_DIR}/oss-fuzz)
    add_test(NAME oss_fuzz COMMAND ${oss_fuzz})
    set_tests_properties(oss_fuzz PROPERTIES LABELS tools TIMEOUT 1800)
    add_test(NAME oss_fuzz_afl COMMAND ${oss_fuzz} afl 180)
    set_tests_properties(oss_fuzz_afl PROPERTIES LABELS "tools;slow" TIMEOUT 3600 SKIP_RETURN_CODE 77)
endif()
