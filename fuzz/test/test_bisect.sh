#!/bin/sh
# test_bisect.sh -- git bisect run fuzz/bisect finds the commit that planted a bug, past one that does not build.
#
# usage: test_bisect.sh PATH-OF-THE-VALKEY-TREE FOLDER-TO-BUILD-IN    exit status: 0 found, 1 not
#
# Limits: the history is made here: a good commit, one that does not build, a good one, the bad one
# (fuzz/test/planted/list-tail.patch), one more.
set -eu
export LC_ALL=C
tree=$(realpath -- "$1")
export DEFRAG_FUZZ_BISECT=$2
here=$(realpath -- "$(dirname "$0")")
repository=$(realpath -- "$here/../..")
box=$(mktemp -d)
trap 'rm -rf -- "$box"' EXIT

cd "$box"
cp -R "$tree" valkey
cd valkey
rm -rf .git
commit() {
    git add -A
    git -c user.name=t -c user.email=t@localhost commit -qm "$1"
}
git -c init.defaultBranch=main init -q
commit 'good'
cp src/defrag.c "$box/defrag.c"
echo '#error this commit does not build' >>src/defrag.c
commit 'does not build'
cp "$box/defrag.c" src/defrag.c
commit 'builds again'
patch -s -p1 <"$here/planted/list-tail.patch"
commit 'the bad one'
echo >>src/defrag.c
commit 'one more'

printf '%s\n' '#! defrag-fuzz 1' 'RPUSH list %seq(1-100,e{})' 'RPUSH list last' >"$box/tail.stream"
status=0
"$repository/fuzz/bisect" "$box/tail.stream" >/dev/null 2>"$box/err" || status=$?
[ $status -eq 128 ] && grep -q 'has no line' "$box/err" || {
    cat "$box/err"
    echo "FAIL a stream without a signature: status $status, expected 128"
    exit 1
}

sed -i '1i# signature: refs:quicklistCreate:quicklistCreateNode' "$box/tail.stream"
git bisect start main main~4 >/dev/null
git bisect run "$repository/fuzz/bisect" "$box/tail.stream" >"$box/out" 2>&1 || true
found=$(git log -1 --format=%s refs/bisect/bad)
[ "$found" = 'the bad one' ] || {
    tail -20 "$box/out"
    echo "FAIL the bisection ends at '$found'"
    exit 1
}
tail -n 12 "$box/out"
