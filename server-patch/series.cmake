# SPDX-License-Identifier: BSD-3-Clause
# What is particular to the series that is built: server-patch/SERIES/row.
#
# series_has(WORD OUT) reads it. The row answers every word below with "has WORD" or "lacks WORD
# REASON"; a word that is misspelt, or has no answer, stops the configuration. A series without a
# row has none of them. The lines "absent ..." are for fuzz/test/test_valkey_names.py.

set(SERIES_WORDS
    exhibits # the patches of fuzz/test/museum, and of fuzz/test/planted with a stream, fit,
             # or those in SERIES/museum and SERIES/planted that replace them
    planted  # the three patches of the test night_planted fit
    reasons  # harness/reach/reason.c has the reason for each block that the seeds leave in place
    smallest # fuzz/test/test_shrink_tool.sh has the sizes of its smallest streams
)
set(SERIES_ROW ${CMAKE_SOURCE_DIR}/server-patch/${VALKEY_SERIES}/row)
if(VALKEY_SOURCE_DIR)
    set(SERIES_ROW ${CMAKE_SOURCE_DIR}/server-patch/none)
endif()
set(series_answers)

if(EXISTS ${SERIES_ROW})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${SERIES_ROW})
    file(STRINGS ${SERIES_ROW} lines REGEX "^[^#]")
    foreach(line IN LISTS lines)
        set(word)
        if(line MATCHES "^has +([a-z]+)$")
            set(word ${CMAKE_MATCH_1})
            set(SERIES_HAS_${word} TRUE)
        elseif(line MATCHES "^lacks +([a-z]+) +[^ ]")
            set(word ${CMAKE_MATCH_1})
        endif()
        if(word IN_LIST SERIES_WORDS)
            list(APPEND series_answers ${word})
        elseif(NOT line MATCHES "^absent ")
            fail("${SERIES_ROW}: '${line}' is not a line of a row; see server-patch/README.md")
        endif()
    endforeach()
    foreach(word IN LISTS SERIES_WORDS)
        if(NOT word IN_LIST series_answers)
            fail("${SERIES_ROW} says nothing about ${word}; add a line 'has ${word}' or 'lacks ${word} REASON'")
        endif()
    endforeach()
endif()

# Sets OUT to TRUE when the row has the word.
function(series_has word out)
    if(NOT word IN_LIST SERIES_WORDS)
        fail("series_has: '${word}' is not one of ${SERIES_WORDS}")
    endif()
    set(${out} ${SERIES_HAS_${word}} PARENT_SCOPE)
endfunction()
