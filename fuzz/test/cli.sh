# cli.sh -- what the tests of the command line share; to be sourced. Sets $tool, $sanitize and $box, a private folder.
#
# usage of a test: test_NAME.sh PATH-OF-defrag-fuzz SANITIZERS|none    exit status: 0 all passed, 1 some failed
# shellcheck disable=SC2034  # for those who source this

export LC_ALL=C
tool=${1:?usage: $0 PATH-OF-defrag-fuzz SANITIZERS|none}
sanitize=${2:?usage: $0 PATH-OF-defrag-fuzz SANITIZERS|none}
tool=$(realpath -- "$tool")
box=$(mktemp -d)
trap 'rm -rf -- "$box"' EXIT
export TMPDIR="$box/scratch"
mkdir "$TMPDIR"
: >"$box/out"
: >"$box/err"
checks=0
failures=0

# fail WORDS: counts a failure and says what the tool printed last.
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    [ ! -f "$box/out" ] || sed 's/^/  stdout: /' "$box/out" # a test may have moved it away
    sed 's/^/  stderr: /' "$box/err" | head -n 30
}

# expect STATUS ARGUMENT...: runs the tool and checks its exit status. Output goes to $box/out and $box/err.
expect() {
    wanted=$1
    shift
    checks=$((checks + 1))
    got=0
    "$tool" "$@" >"$box/out" 2>"$box/err" || got=$?
    [ "$got" -eq "$wanted" ] || fail "defrag-fuzz $*: exit status $got, expected $wanted"
}

# says FILE WORDS: the last output (out or err) has the words in it.
says() {
    checks=$((checks + 1))
    grep -qF -- "$2" "$box/$1" || fail "std$1 does not say: $2"
}

# lines FILE N: the last output has so many lines.
lines() {
    checks=$((checks + 1))
    [ "$(wc -l <"$box/$1")" -eq "$2" ] || fail "std$1 has not $2 lines"
}

# same FILE FILE: no difference.
same() {
    checks=$((checks + 1))
    cmp -- "$1" "$2" >"$box/err" 2>&1 || fail "$1 and $2 differ"
}

# stream FILE LINE...: writes a stream with a default header.
stream() {
    file=$1
    shift
    printf '#! defrag-fuzz 1\n' >"$file"
    printf '%s\n' "$@" >>"$file"
}

# finish: says how it went; to be called last.
finish() {
    echo "$(basename "$0"): $checks checks, $failures failures"
    [ "$failures" -eq 0 ]
}
