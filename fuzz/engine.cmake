# The bare engine target defrag_fuzzer: libFuzzer around target.c, or a driver that runs files when nothing is sanitized.

if(DEFRAG_FUZZ_SANITIZE STREQUAL "none")
    add_executable(defrag_fuzzer engine_files.c)
else()
    add_executable(defrag_fuzzer engine_libfuzzer.c)
    target_link_options(defrag_fuzzer PRIVATE -fsanitize=fuzzer)
    # So that "run" knows that there is an engine beside it.
    set_source_files_properties(cmd_run.c PROPERTIES COMPILE_DEFINITIONS DEFRAG_FUZZ_ENGINE)
endif()
target_link_libraries(defrag_fuzzer fuzz)
target_compile_options(defrag_fuzzer PRIVATE -std=gnu11 -D_GNU_SOURCE ${warnings} ${DEFRAG_FUZZ_CODEGEN} ${DEFRAG_FUZZ_SANITIZE_FLAGS})

# --- tests

add_executable(test_target test/test_target.c)
target_link_libraries(test_target fuzz)
target_compile_options(test_target PRIVATE -std=gnu11 -D_GNU_SOURCE ${warnings} ${DEFRAG_FUZZ_CODEGEN} ${DEFRAG_FUZZ_SANITIZE_FLAGS})
add_test(NAME test_target COMMAND test_target)
set_tests_properties(test_target PROPERTIES LABELS tools TIMEOUT 120)
add_tool_test(test_run tools)
