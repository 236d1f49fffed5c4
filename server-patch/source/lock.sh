# SPDX-License-Identifier: BSD-3-Clause
# lock.sh -- sourced by fetch: the lock of a series, server-patch/SERIES/source.
#
# A small text file, one word and its values a line; # begins a comment. Either a package of Debian,
#
#     package valkey
#     version VERSION
#     suite   SUITE                   where the version was found; for readers only
#     file    SHA256 SHA1 NAME        each file of the package; the archive needs the SHA-1
#     release SHA256 VERSION          Valkey's own tarball, if Debian's files are missing (optional)
#     lacks   TEXT                    what that tarball lacks, any number of lines
#
# or a repository:
#
#     git URL
#     ref REF
#
# Limits: checks only that names and versions consist of the characters that Debian allows.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of fetch

readonly NAME_PATTERN='[A-Za-z0-9][A-Za-z0-9.+~_-]*'

# The lock, read by read_lock; --newest replaces it with a version of the index.
version=''      # of the package
suite=''        # of the package
files=()        # of the package: "SHA256 SHA1 NAME" each
release_sum=''  # SHA-256 of the release's tarball
release=''      # its version
lacks=()        # what it lacks
git_url=''      # the repository
git_ref=''      # its branch, tag or commit

# The series that have a lock, on one line.
locked_series() {
    local list
    list=$(cd -- "$patches" && printf '%s\n' */source | sed -n 's,^\([^*]*\)/source$,\1,p' | while read -r name; do
        if [[ -f $patches/$name/source ]]; then echo "$name"; fi
    done | sort -V | paste -sd ' ')
    printf '%s' "${list:-none}"
}

# parse_lock_line WORD VALUES: takes one line; returns 1 when it is wrong.
parse_lock_line() {
    local sha256='[0-9a-f]{64}' sha1='[0-9a-f]{40}'
    case $1 in
    package) [[ $2 == valkey ]] ;;
    version) [[ $2 =~ ^([0-9]+:)?$NAME_PATTERN$ ]] && version=$2 ;;
    suite) [[ $2 =~ ^$NAME_PATTERN$ ]] && suite=$2 ;;
    file) [[ $2 =~ ^$sha256\ $sha1\ $NAME_PATTERN$ ]] && files+=("$2") ;;
    release) [[ $2 =~ ^$sha256\ $NAME_PATTERN$ ]] && release_sum=${2% *} && release=${2#* } ;;
    lacks) [[ -n $2 ]] && lacks+=("$2") ;;
    git) [[ $2 =~ ^[^-\ ][^\ ]*$ ]] && git_url=$2 ;;
    ref) [[ $2 =~ ^[^-\ ][^\ ]*$ ]] && git_ref=$2 ;;
    *) return 1 ;;
    esac
}

# Reads the lock of the series into the variables above.
read_lock() {
    local lock=$patches/$series/source word values number=0
    [[ -r $lock ]] || die "cannot read '$lock'"
    while read -r word values || [[ -n $word ]]; do
        number=$((number + 1))
        if [[ -z $word || $word == '#'* ]]; then continue; fi
        parse_lock_line "$word" "$values" ||
            die "$lock, line $number: '$word $values' is not a line of a lock; see server-patch/README.md"
    done <"$lock"
    if [[ -n $git_url ]]; then
        [[ -n $git_ref && -z $version$release ]] || die "$lock: a repository needs lines 'git' and 'ref', and no others"
        return
    fi
    [[ -n $version && -n $suite && ${#files[@]} -gt 0 ]] ||
        die "$lock: a package needs lines 'version', 'suite' and 'file'"
    [[ $(printf '%s\n' "${files[@]}" | grep -c '\.dsc$') -eq 1 ]] ||
        die "$lock: exactly one file of a package ends with .dsc"
}

# Writes the lock from the variables. Keeps the release if it is that of the same upstream version.
write_lock() {
    local lock=$patches/$series/source folder=$patches/$series text
    text="# What Valkey $series is made from; server-patch/README.md explains the words.
# \`server-patch/fetch --series $series --newest --write-lock\` writes it again.
package valkey
version $version
suite   $suite
$(printf 'file    %s\n' "${files[@]}")"
    if [[ -n $release ]] && is_version_of "$release" "$version"; then
        text+=$'\n'"release $release_sum $release"$'\n'"$(printf 'lacks   %s\n' "${lacks[@]}")"
        say "check by hand that the lines 'lacks' in $lock are still right"
    else
        say "$lock names no release tarball for $version; add lines 'release' and 'lacks' when you have checked one"
    fi
    mkdir -p -- "$folder" 2>/dev/null || true # the next line reports a failure
    { printf '%s\n' "$text" >"$folder/.source.new" && mv -- "$folder/.source.new" "$lock"; } 2>/dev/null ||
        die "cannot write '$lock'"
    say "wrote $lock"
}

# is_version_of RELEASE VERSION: true when the Debian version packages that release.
is_version_of() {
    local upstream=${2#*:}
    upstream=${upstream%-*}
    [[ ${upstream%%[+~]*} == "$1" ]]
}
