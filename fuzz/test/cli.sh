# SPDX-License-Identifier: BSD-3-Clause
# cli.sh -- functions for the tests of the command line, in addition to harness/test/checks.sh.
#
# Sets $tool and $sanitize, and makes a folder for the tool's scratch files, TMPDIR.
#
# usage of a test: test_NAME.sh PATH-OF-defrag-fuzz SANITIZERS|none
# shellcheck shell=sh
# shellcheck disable=SC2034  # used by scripts that source this

tool=${1:?usage: $0 PATH-OF-defrag-fuzz SANITIZERS|none}
sanitize=${2:?usage: $0 PATH-OF-defrag-fuzz SANITIZERS|none}
tool=$(realpath -- "$tool")
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
export TMPDIR="$box/scratch"
mkdir "$TMPDIR"

# expect STATUS ARGUMENT...: runs the tool and checks its exit status.
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

# refuse WORDS ARGUMENT...: checks that the tool rejects the arguments with exit status 2 and one
# line, which begins with the name of the tool and contains the words.
refuse() {
    words=$1
    shift
    expect 2 "$@"
    lines err 1
    lines out 0
    check "the error contains: $words" begins_with_tool "$words"
}

# begins_with_tool WORDS: stderr begins with the name of the tool and contains the words.
begins_with_tool() {
    IFS= read -r line <"$box/err"
    case $line in
    "${tool##*/}: "*"$1"*) ;;
    *) return 1 ;;
    esac
}
