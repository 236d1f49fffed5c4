# SPDX-License-Identifier: BSD-3-Clause
# cli.sh -- sourced by the tests of the command line: harness/test/checks.sh, and what is special to
# the tool.
#
# Sets $tool and $sanitize, and gives the tool a folder of its own for its scratch files, TMPDIR.
#
# usage of a test: test_NAME.sh PATH-OF-defrag-fuzz SANITIZERS|none
# shellcheck shell=sh
# shellcheck disable=SC2034  # for those who source this

tool=${1:?usage: $0 PATH-OF-defrag-fuzz SANITIZERS|none}
sanitize=${2:?usage: $0 PATH-OF-defrag-fuzz SANITIZERS|none}
tool=$(realpath -- "$tool")
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
export TMPDIR="$box/scratch"
mkdir "$TMPDIR"

# expect STATUS ARGUMENT...: runs the tool; one check that this is its exit status.
expect() {
    wanted=$1
    shift
    returns "$wanted" "$tool" "$@"
}

# stream FILE LINE...: writes a stream with a default header.
stream() {
    file=$1
    shift
    printf '#! defrag-fuzz 1\n' >"$file"
    printf '%s\n' "$@" >>"$file"
}

# refuse WORDS ARGUMENT...: bad usage gets exit status 2 and one line, which begins with the name of
# the tool and has the words.
refuse() {
    words=$1
    shift
    expect 2 "$@"
    lines err 1
    lines out 0
    check "it says: $words" begins_with_tool "$words"
}

# begins_with_tool WORDS: the line on stderr begins with the name of the tool and has the words.
begins_with_tool() {
    IFS= read -r line <"$box/err"
    case $line in
    "${tool##*/}: "*"$1"*) ;;
    *) return 1 ;;
    esac
}
