# SPDX-License-Identifier: BSD-3-Clause
# tree.sh -- sourced by fetch: makes the tree from the source, the patches and the new files.
#
# SOURCE in the tree is its record and its stamp: when it is up to date, the tree is not changed. A
# tree is made in another folder and renamed.
#
# Limits: does not notice manual changes of a finished tree. A tree that is being replaced must not
# be in use by a build.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of fetch

tree_name() {
    local name=$series
    if [[ $from_option == yes ]]; then
        name=git-${git_ref//[^A-Za-z0-9._-]/_}${series:+-$series}
    fi
    case $server$fixes in
    yesyes) echo "valkey-$name-server" ;;
    yesno) echo "valkey-$name-server-stock" ;;
    noyes) echo "valkey-$name-fixed" ;;
    nono) echo "valkey-$name-stock" ;;
    esac
}

# The patches to apply, in order, as paths below $patches. A tree of no series gets none.
list_patches() {
    local folders=("$series") folder file
    if [[ -z $series ]]; then return; fi
    if [[ $fixes == yes ]]; then folders+=("$series/fixes"); fi
    if [[ $server == yes ]]; then folders+=("$series/server"); fi
    for folder in "${folders[@]}"; do
        for file in "$patches/$folder"/*.patch; do
            if [[ -e $file ]]; then printf '%s\n' "$folder/${file##*/}"; fi
        done
    done
}

# Puts the new files of a tree for a real server into $work/new.
get_new_files() {
    mkdir -- "$work/new"
    if [[ $server == no ]]; then return; fi
    if ! "$here/new-files" "$patches" "$series" "$work/new" 2>"$work/new.log"; then
        die "$(sed 's/^new-files: //' "$work/new.log")"
    fi
}

# The new files, as paths below $work/new.
list_new_files() {
    (cd -- "$work/new" && find . -type f -printf '%P\n' | sort)
}

# The name of the source for messages: a version, or a ref with its commit.
source_name() {
    case $form in
    package) echo "$version" ;;
    release) echo "$release (Valkey's release)" ;;
    git) echo "$git_ref (commit ${commit:0:12})" ;;
    esac
}

# The lines of SOURCE about the source itself. They do not depend on the place of a file.
describe_origin() {
    case $form in
    package)
        printf 'package valkey\nversion %s\nsuite %s\n' "$version" "$suite"
        printf '%s\n' "${files[@]}" | sed -E 's/^([^ ]+) [^ ]+ /sha256 \1  /'
        ;;
    release)
        printf 'release valkey\nversion %s\n' "$release"
        if ((${#lacks[@]})); then printf 'lacks %s\n' "${lacks[@]}"; fi
        printf 'sha256 %s  %s\n' "$release_sum" "$(release_name)"
        ;;
    git) printf 'git %s\nref %s\ncommit %s\n' "$git_url" "$git_ref" "$commit" ;;
    esac
}

# sums KIND FOLDER: a line "KIND SHA256  NAME" for each name on stdin, a file below FOLDER.
sums() {
    (cd -- "$2" && xargs -r -d '\n' sha256sum --) | sed "s/^/$1 /"
}

# All of SOURCE, for the tree that the source, the patches and the new files make.
describe_source() {
    local name
    echo "# What this tree was made from; written by server-patch/fetch, which compares it before it makes" \
        "the tree again."
    describe_origin
    while read -r name; do
        [[ -r $patches/$name ]] || die "cannot read the patch '$patches/$name'"
    done < <(list_patches)
    list_patches | sums patch "$patches"
    list_new_files | sums file "$work/new"
}

# is_made FORM TREE: true when the tree is the one that the source in that form makes.
is_made() {
    form=$1
    describe_source >"$work/SOURCE"
    cmp -s "$work/SOURCE" "$2/SOURCE"
}

# Applies one patch to the tree in $work/tree.
apply_patch() {
    local name=$1 reason
    if ! reason=$("$here/apply" "$work/tree" "$patches/$name"); then
        die_if_full "$work"
        die "patch $patches/$name does not fit valkey $(source_name): $reason; bring it up to date or remove it" \
            "(see server-patch/README.md)"
    fi
}

# Ends the run because a source cannot be unpacked.
die_of_unpacking() {
    if full_in "$work/unpack.log"; then die_full "$into"; fi
    die_if_full "$into"
    die "$1 cannot unpack $2: $(grep -m 1 'error:' "$work/unpack.log" || tail -n 1 "$work/unpack.log")"
}

# Makes $work/tree from the package. The .dsc has the lock's hash, and must not name files that the
# lock lacks.
unpack_package() {
    local dsc
    dsc=$(printf '%s\n' "${files[@]}" | sed -n 's/^.* \(.*\.dsc\)$/\1/p')
    printf '%s\n' "${files[@]}" | sed -E 's/^([^ ]+) [^ ]+ /\1  /' >"$work/sums"
    checksums <"$downloads/$dsc" >"$work/dsc-sums"
    if [[ ! -s $work/dsc-sums ]] || grep -qvxFf "$work/sums" "$work/dsc-sums"; then
        die "$dsc asks for files that are not in '$patches/$series/source'; correct the lock"
    fi
    dpkg-source -q --no-check --extract "$downloads/$dsc" "$work/tree" >"$work/unpack.log" 2>&1 ||
        die_of_unpacking dpkg-source "$dsc"
}

unpack_release() {
    mkdir -- "$work/tree"
    tar -x --strip-components=1 -C "$work/tree" -f "$downloads/$(release_name)" >"$work/unpack.log" 2>&1 ||
        die_of_unpacking tar "$(release_name)"
}

# Makes $work/tree, patches it, and writes SOURCE.
unpack() {
    local name what
    what=$(source_name)
    say "unpacking valkey $what"
    case $form in
    package) unpack_package ;;
    release) unpack_release ;;
    git) unpack_commit || die_of_unpacking git "commit $commit" ;;
    esac
    while read -r name; do
        [[ ! -e $work/tree/$name ]] ||
            die "valkey $what has a file $name of its own; give ours another name in $patches/server/FILES"
    done < <(list_new_files)
    cp -R "$work/new/." "$work/tree"
    while read -r name; do
        say "applying $name"
        apply_patch "$name"
    done < <(list_patches)
    cp "$work/SOURCE" "$work/tree/SOURCE"
}

# Renames the new tree into place; not to be interrupted between the two renames.
install_tree() {
    local tree=$1
    trap '' INT TERM HUP
    if [[ -e $tree ]]; then mv -- "$tree" "$work/old"; fi
    mv -- "$work/tree" "$tree"
    trap - INT TERM HUP
}
