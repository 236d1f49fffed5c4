#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_compat.sh CHECK TREE COMPILER ARGUMENT... -- does check-compat name what a Valkey tree lacks,
# in one line? The ARGUMENTs are flags and sources that compile with TREE; here they are used with a
# copy of its headers in which names are missing.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/checks.sh"
check=$1 tree=$2 compiler=$3
shift 3

# make_tree NAME...: makes a copy of the headers in which each NAME is renamed.
make_tree() {
    rm -rf "$box/src"
    mkdir "$box/src"
    cp "$tree"/src/*.h "$box/src"
    for name; do sed -i "s/\<$name\>/other_$name/g" "$box"/src/*.h; done
}

make_tree
returns 0 "$check" "the tree" "$box/stamp" "$compiler" "-isystem$box/src" "$@"
check 'a whole tree leaves a stamp' test -f "$box/stamp"

make_tree hashtableMetadata KVSTORE_FREE_EMPTY_HASHTABLES kvstoreSize pubsub_patterns
returns 1 "$check" "the tree" "$box/stamp" "$compiler" "-isystem$box/src" "$@"
cat "$box/err"
lines out 0
lines err 1
for name in hashtableMetadata kvstoreSize pubsub_patterns; do
    check "the line names $name" matches err "^defrag-fuzz: the tree does not work with the harness: no .*$name \("
done
check 'the line does not name what the harness does not need' not matches err KVSTORE_FREE_EMPTY
finish
