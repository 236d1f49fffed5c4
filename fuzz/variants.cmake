# Tools around variants of the server, and the tests that need them: what corpus/found must fail on, bugs that must be found.
#
#     defrag-fuzz-stock       Debian's server without our fixes
#     defrag-fuzz-<planted>   the server with test/planted/<planted>.patch

function(add_variant_tool name variant)
    add_executable(defrag-fuzz-${name} main.c)
    target_link_libraries(defrag-fuzz-${name} fuzz)
    target_compile_definitions(defrag-fuzz-${name} PRIVATE DEFRAG_FUZZ_VERSION="${PROJECT_VERSION}-${name}")
    target_compile_options(defrag-fuzz-${name} PRIVATE -std=gnu11 -D_GNU_SOURCE ${warnings} ${DEFRAG_FUZZ_CODEGEN} ${DEFRAG_FUZZ_SANITIZE_FLAGS})
    use_variant(defrag-fuzz-${name} ${variant})
endfunction()
