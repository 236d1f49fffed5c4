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
        sed -E "$@" "$rewrite_file" >"$rewrite_file.new"
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
