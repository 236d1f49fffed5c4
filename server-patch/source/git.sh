# SPDX-License-Identifier: BSD-3-Clause
# git.sh -- sourced by fetch: a tree from a git repository.
#
# A bare repository in the folder of downloads, git/NAME-HASH for each URL, keeps the commits that
# were fetched, without history. refs/taken/REF is the commit that a branch, tag or commit had when
# it was fetched. A tree keeps its commit until --newest, even when the branch moves; a new tree
# takes the commit that was fetched last.
#
# Limits: a commit is named by its full hash, since a server does not resolve a short one. Does not
# fetch submodules.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of fetch

commit=''
clone=''

plain_git() {
    git --git-dir="$clone" -c gc.auto=0 "$@"
}

name_clone() {
    local name=${git_url%/}
    name=${name##*/}
    name=${name%.git}
    clone=$downloads/git/${name//[^A-Za-z0-9._-]/_}-$(printf '%s' "$git_url" | sha256sum | cut -c 1-8)
}

# The name under which the clone keeps a ref: it has one level, so that a/b and a do not conflict.
taken_ref() {
    local name=${1//%/%25}
    printf 'refs/taken/%s' "${name//\//%2F}"
}

# The commit that the clone has for a ref or a full hash; empty when it has none.
cloned_commit() {
    if [[ -d $clone ]]; then plain_git rev-parse --quiet --verify "$1^{commit}" 2>/dev/null || true; fi
}

# The commit of the existing tree, when it is of this repository and ref.
tree_commit() {
    local stamp=$1/SOURCE
    if [[ -r $stamp ]] && grep -qxF "git $git_url" "$stamp" && grep -qxF "ref $git_ref" "$stamp"; then
        sed -n 's/^commit //p' "$stamp"
    fi
}

git_reason() {
    local reason
    reason=$(sed -n 's/^\(fatal\|error\): *//p' "$work/git.log" | head -n 1)
    printf '%s' "${reason:-git gave no reason}"
}

# Ends the run because of what git printed.
die_of_git() {
    local wanted=$1 reason
    if full_in "$work/git.log"; then die_full "$downloads"; fi
    reason=$(git_reason)
    if grep -qE "couldn't find remote ref|not our ref|no such remote ref" "$work/git.log"; then
        die "$git_url has no ref '$wanted'; give a branch, a tag, or all 40 digits of a commit with --ref"
    fi
    die_nowhere "cannot read the repository $git_url (${reason:0:120}); check the address and the network,$(
    ) or build with -DVALKEY_SOURCE_DIR=/path/to/valkey"
}

# fetch_ref REF: gets what the repository has for it, into refs/taken.
fetch_ref() {
    local ref=$1
    [[ $offline == no ]] ||
        die_nowhere \
            "'$clone' has no '$ref' of $git_url, and --offline does not use the network; run once without --offline"
    open_downloads
    name_clone # the folder has its full path now
    say "asking $git_url for $ref"
    # A short request first, because git itself waits long for a connection.
    if ! timeout --foreground $((SILENCE * 2)) git ls-remote --quiet -- "$git_url" HEAD >/dev/null 2>"$work/git.log"; \
        then
        die_of_git "$ref"
    fi
    mkdir -p -- "$downloads/git"
    # of a run that was killed: this one has the folder to itself
    find "$downloads/git" -path "$clone/*" -name '*.lock' -delete
    if ! {
        git init --quiet --bare "$clone" &&
            plain_git fetch --quiet --depth 1 --no-tags -- "$git_url" "+$ref:$(taken_ref "$ref")"
    } >"$work/git.log" 2>&1; then
        die_of_git "$ref"
    fi
    [[ -n $(cloned_commit "$(taken_ref "$ref")") ]] || die "'$ref' of $git_url is no commit"
}

# find_commit TREE: sets commit. TREE is what this run is going to make.
find_commit() {
    command -v git >/dev/null ||
        die "'git' is missing; server-patch/packages --install gets what is needed (Debian only)"
    git check-ref-format "$(taken_ref "$git_ref")" ||
        die "'$git_ref' is not the name of a branch, tag or commit; correct --ref"
    export GIT_TERMINAL_PROMPT=0 GIT_HTTP_LOW_SPEED_LIMIT=1 GIT_HTTP_LOW_SPEED_TIME=$SILENCE
    unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
    name_clone
    if [[ $newest == no ]]; then
        commit=$(tree_commit "$1")
        if [[ -n $commit ]]; then return; fi
        commit=$(cloned_commit "$(taken_ref "$git_ref")")
        if [[ -n $commit ]]; then return; fi
    fi
    fetch_ref "$git_ref"
    commit=$(cloned_commit "$(taken_ref "$git_ref")")
}

# Makes $work/tree out of the commit.
unpack_commit() {
    if [[ -z $(cloned_commit "$commit") ]]; then fetch_ref "$commit"; fi
    mkdir -- "$work/tree"
    plain_git archive --format=tar "$commit" 2>"$work/unpack.log" | tar -x -C "$work/tree" 2>>"$work/unpack.log"
}
