# SPDX-License-Identifier: BSD-3-Clause
# allocators.sh -- sourced by build and tests: reads server-patch/allocators, whose head explains
# the words.
#
# Limits: reads the file again for each allocator.
# shellcheck shell=bash
# shellcheck disable=SC2034  # callers use the variables

allocators=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)/allocators

# The names of all allocators, one a line.
allocator_names() {
    sed -n 's/^allocator  *//p' "$allocators"
}

# The allocators for a help text: "libc (default), ...".
allocator_help() {
    awk '$1 == "allocator" {printf "%s%s", comma, $2; comma = ", "}
         $1 == "words" {sub(/^words +/, ""); printf " (%s)", $0}' "$allocators"
}

# read_allocator NAME: sets allocator_make, allocator_with, ... to the values in the paragraph of
# NAME, "" for a word that it lacks. Status 1: there is no such paragraph, or it has an unknown
# word, which goes to stderr.
read_allocator() {
    local word value
    allocator_words='' allocator_make='' allocator_with='' allocator_library='' allocator_tree=''
    allocator_info='' allocator_figures='' allocator_tested=''
    while read -r word value; do
        case $word in
        words | make | with | library | tree | info | figures | tested) printf -v "allocator_$word" %s "$value" ;;
        allocator | '') ;;
        *) echo "$allocators: '$word $value' is not a line of an allocator" >&2 && return 1 ;;
        esac
    done < <(awk -v name="$1" '$1 == "allocator" {mine = $2 == name} mine' "$allocators")
    [[ -n $allocator_make ]]
}
