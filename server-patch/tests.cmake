# SPDX-License-Identifier: BSD-3-Clause
# How tests are added: one function for all, one for C programs.
#
# A test is named after what it tests, in lower case and without "test_", which its program and its
# file have: the test `snapshot` is test_snapshot.c. A label is the kind of evidence that a test
# gives: unit (parts), replay (the corpus), determinism, tools (commands and scripts), fresh (new
# Debian systems). `slow` removes it from the default set. Ctest `ctests`
# (harness/test/test_ctests.py) checks that for all tests, however they were added.

# add_defrag_test(NAME name LABELS label... COMMAND command argument... [PROPERTIES property
# value...])
#
# The limit of half an hour ends a test that hangs. A test that needs longer sets TIMEOUT in its
# PROPERTIES.
function(add_defrag_test)
    cmake_parse_arguments(PARSE_ARGV 0 test "" "NAME" "LABELS;COMMAND;PROPERTIES")
    add_test(NAME ${test_NAME} COMMAND ${test_COMMAND})
    set_tests_properties(${test_NAME} PROPERTIES LABELS "${test_LABELS}" TIMEOUT 1800 ${test_PROPERTIES})
endfunction()

# add_unit_test(name LIBRARY library [LABELS label...] [SOURCES source...] [ARGUMENTS argument...])
#
# The program test_<name>: test/test_<name>.c and its SOURCES, linked with LIBRARY. Without LABELS
# it is a unit test.
function(add_unit_test name)
    cmake_parse_arguments(PARSE_ARGV 1 test "" "LIBRARY" "LABELS;SOURCES;ARGUMENTS")
    if(NOT test_LABELS)
        set(test_LABELS unit)
    endif()
    add_executable(test_${name} test/test_${name}.c ${test_SOURCES})
    target_link_libraries(test_${name} own_code ${test_LIBRARY})
    add_defrag_test(NAME ${name} LABELS ${test_LABELS} COMMAND test_${name} ${test_ARGUMENTS})
endfunction()
