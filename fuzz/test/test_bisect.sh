#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_bisect.sh -- git bisect run fuzz/bisect finds the commit with a planted bug, despite a commit
# that does not build.
#
# usage: test_bisect.sh PATH-OF-THE-VALKEY-TREE FOLDER-TO-BUILD-IN
#
# Limits: the history is artificial: a good commit, one that does not build, a good one, the bad one
# (fuzz/test/planted/list-tail.patch), another one.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tree=$(realpath -- "$1")
export DEFRAG_FUZZ_BISECT="$2"
here=$(realpath -- "$(dirname "$0")")
repository=$(realpath -- "$here/../..")

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
returns 128 "$repository/fuzz/bisect" "$box/tail.stream"
says err 'has no line'

sed -i '1i# signature: refs:quicklistCreate:quicklistCreateNode' "$box/tail.stream"
git bisect start main main~4 >/dev/null
run git bisect run "$repository/fuzz/bisect" "$box/tail.stream"
check 'the bisection ends at the bad commit' test "$(git log -1 --format=%s refs/bisect/bad)" = 'the bad one'
tail -n 12 "$box/out"
finish
