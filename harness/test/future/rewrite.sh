# SPDX-License-Identifier: BSD-3-Clause
# rewrite.sh -- sourced by the rewrites, which run in the root of a Valkey tree.
#
# Limits: line by line; a rewrite that changes nothing is an error.
# shellcheck shell=sh
set -eu
export LC_ALL=C

# rewrite FILES EXPRESSION...: sed -E on each of the files; at least one of them must change.
rewrite() {
    rewrite_files=$1 rewrite_changed=no
    shift
    for rewrite_file in $rewrite_files; do
        printf '%s\n' "$@" | sed -E -f - "$rewrite_file" >"$rewrite_file.new"
        if cmp -s "$rewrite_file" "$rewrite_file.new"; then
            rm "$rewrite_file.new"
        else
            mv "$rewrite_file.new" "$rewrite_file"
            rewrite_changed=yes
        fi
    done
    if [ $rewrite_changed = no ]; then
        echo "$0: nothing to rewrite in $rewrite_files: $*" >&2
        exit 1
    fi
}

# rename NAME...: each of these names gets another one, in all files of the server.
rename() {
    sources=$(echo src/*.[ch] src/*/*.[ch] src/*.def)
    for renamed; do rewrite "$sources" "s/\\b$renamed\\b/${renamed}_of_tomorrow/g"; done
}

# move_to_header FILE HEADER NAME: a struct goes into a new header that FILE includes.
move_to_header() {
    awk -v header="$2" -v first="^(typedef )?struct $3 \\\\{" '
        $0 ~ first {inside = 1}
        !inside {print}
        inside {print >("src/" header)}
        inside && /^\}/ {
            inside = 0
            print "#include \"" header "\""
        }' "src/$1" >"src/$1.new"
    [ -e "src/$2" ] && mv "src/$1.new" "src/$1"
}
