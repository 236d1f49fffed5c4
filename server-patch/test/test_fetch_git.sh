#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_fetch_git.sh -- the tests of server-patch/fetch --git, and of series that are a branch.
#
# Limits: those of fetch_fixture.sh; the repository is on the local disk.
#
# usage: server-patch/test/test_fetch_git.sh

set -Eeuo pipefail
# shellcheck source=server-patch/test/fetch_fixture.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/fetch_fixture.sh"

readonly repository=$box/valkey.git

in_repository() {
    git -C "$repository" -c user.name=Nobody -c user.email=nobody@example.org "$@"
}

# commit VERSION: a commit on the branch; its hash on stdout.
commit() {
    make_tree "$repository" "$1"
    in_repository add -A
    in_repository commit -qm "$1"
    in_repository rev-parse HEAD
}

make_repository() {
    git init -q -b unstable "$repository"
    first=$(commit 1)
    in_repository tag -a v1 -m 1
    second=$(commit 2)
    in_repository branch 2.0/next
    mkdir -p "$locks/unstable" "$locks/9.1"
    printf 'git %s\nref unstable\n' "$repository" >"$locks/unstable/source"
    make_patch src/list.c two TWO >"$locks/9.1/0001-build.patch"
}

# of_commit TREE HASH VERSION
of_commit() {
    made "$1" && grep -qx "commit $2" "$box/$1/SOURCE" && grep -qx "upstream $3" "$box/$1/src/version.h"
}

test_options() {
    fetch_into options --git
    check "a repository without a ref" refused "^fetch: --git needs a branch, tag or commit; give it with --ref$"
    fetch_into options --ref x
    check "a ref without a repository" refused "^fetch: --ref goes with --git; give both$"
    fetch_into options --git "$repository" --ref a..b
    check "a ref that is none" refused "^fetch: 'a..b' is not the name of a branch, tag or commit; correct --ref$"
    fetch_into options --git "$repository" --ref v1 --series 7.2
    check "patches of a series that is none" refused \
        "^fetch: there are no patches '.*/7.2'; series that have a lock: unstable$"
    fetch_into options --series unstable --newest --write-lock
    check "a lock of a repository" refused "^fetch: a repository has nothing to lock; omit --write-lock$"
    mkdir "$box/nogit"
    # shellcheck disable=SC2046  # names without spaces
    ln -s $(command -v bash cat cut sed grep flock sha256sum sort paste dirname mkdir mktemp rm apt-get \
        apt-cache dpkg dpkg-source patch env find cp mv) "$box/nogit/"
    PATH=$box/nogit fetch_into options --git "$repository" --ref v1
    check "no git" refused "^fetch: 'git' is missing; server-patch/packages --install gets what is needed"
}

test_refs() {
    fetch_into refs --git "$repository" --ref v1
    check "a tag" of_commit refs/valkey-git-v1-fixed "$first" 1
    check "the repository is recorded" grep -qx "git $repository" "$box/refs/valkey-git-v1-fixed/SOURCE"
    check "the ref is recorded" grep -qx 'ref v1' "$box/refs/valkey-git-v1-fixed/SOURCE"
    check "no patch is applied" matches refs/valkey-git-v1-fixed/SOURCE '^patch' 0
    fetch_into refs --git "file://$repository" --ref 2.0/next --series 9.1
    check "a branch with a slash, and patches of a series" of_commit refs/valkey-git-2.0_next-9.1-fixed "$second" 2
    check "which are applied" grep -qx TWO "$box/refs/valkey-git-2.0_next-9.1-fixed/src/list.c"
    fetch_into refs --git "$repository" --ref "$first"
    check "a commit" of_commit "refs/valkey-git-$first-fixed" "$first" 1
    fetch_into refs --git "$repository" --ref nowhere
    check "a ref that the repository lacks" refused \
        "^fetch: $repository has no ref 'nowhere'; give a branch, a tag, or all 40 digits"
    fetch_into refs --git "$repository" --ref "${first//[0-9]/0}"
    check "a commit that it lacks" refused "has no ref '"
    fetch_into refs --git "$box/nothing" --ref v1
    check "a repository that is not there" unavailable \
        "^fetch: cannot read the repository $box/nothing \(.*\); check the address and the network"
    check "nothing is left" no_leftovers refs
}

test_moving_branch() {
    local third before tree=moved/valkey-unstable-fixed
    fetch_into moved --series unstable
    check "a series that is a branch" of_commit $tree "$second" 2
    third=$(commit 3)
    before=$(identity $tree)
    fetch_into moved --series unstable
    check "the branch moves, the tree stays" test "$before" = "$(identity $tree)"
    mv "$repository" "$repository.away"
    fetch_into moved --series unstable --offline
    check "also offline" test "$before" = "$(identity $tree)"
    fetch_into moved --series unstable --offline --no-fixes
    check "another tree comes from the same clone" of_commit moved/valkey-unstable-stock "$second" 2
    fetch_into moved --series unstable --newest
    check "--newest needs the repository" unavailable "^fetch: cannot read the repository"
    check "without it the tree stays" test "$before" = "$(identity $tree)"
    mv "$repository.away" "$repository"
    fetch_into moved --series unstable --newest
    check "--newest follows the branch" of_commit $tree "$third" 3
    fetch_into moved --series unstable
    check "and the tree stays there" of_commit $tree "$third" 3
    fetch_into moved --git "$repository" --ref other --offline
    check "a ref that was not fetched, offline" unavailable \
        "^fetch: '.*/download/git/valkey-[0-9a-f]{8}' has no 'other' of .*, and --offline does not use the network"
}

# The clone is only a store: what is lost is fetched again, by its hash.
test_lost_clone() {
    local tree=lost/valkey-unstable-fixed was
    fetch_into lost --series unstable
    was=$(sed -n 's/^commit //p' "$box/$tree/SOURCE")
    commit 4 >/dev/null
    rm -rf "$box/lost/download"
    make_patch src/list.c five FIVE >"$locks/unstable/0001-new.patch"
    fetch_into lost --series unstable
    check "a new patch makes the tree of the same commit again" of_commit $tree "$was" \
        "$(sed -n 's/^upstream //p' "$box/$tree/src/version.h")"
    check "with the patch" grep -qx FIVE "$box/$tree/src/list.c"
    rm "$locks/unstable/0001-new.patch"
    touch "$(echo "$box"/lost/download/git/*)/shallow.lock"
    fetch_into lost --series unstable --newest
    check "a lock that a killed git has left" grep -qx 'upstream 4' "$box/$tree/src/version.h"
}

make_repository
test_options
test_refs
test_moving_branch
test_lost_clone
finish
