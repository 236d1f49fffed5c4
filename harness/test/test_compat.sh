#!/bin/sh
# test_compat.sh CHECK TREE COMPILER ARGUMENT... -- does check-compat name what a Valkey tree has not, in one line? The ARGUMENTs are flags and sources
# that compile with TREE; here they get a copy of its headers in which names are missing.
set -eu
check=$1 tree=$2 compiler=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make_tree NAME...: a copy of the headers in which each NAME is called something else.
make_tree() {
    rm -rf "$work/src"
    mkdir "$work/src"
    cp "$tree"/src/*.h "$work/src"
    for name; do sed -i "s/\<$name\>/other_$name/g" "$work"/src/*.h; done
}

make_tree
"$check" "the tree" "$work/stamp" "$compiler" "-isystem$work/src" "$@"
[ -f "$work/stamp" ] || {
    echo "FAIL a whole tree leaves no stamp"
    exit 1
}

make_tree hashtableMetadata KVSTORE_FREE_EMPTY_HASHTABLES kvstoreSize pubsub_patterns
status=0
"$check" "the tree" "$work/stamp" "$compiler" "-isystem$work/src" "$@" >"$work/out" 2>&1 || status=$?
cat "$work/out"
[ $status -eq 1 ] && [ "$(wc -l <"$work/out")" -eq 1 ] || {
    echo "FAIL status $status, expected 1 and one line"
    exit 1
}
for name in hashtableMetadata kvstoreSize pubsub_patterns; do
    grep -q "^defrag-fuzz: the tree has no .*$name (" "$work/out" || {
        echo "FAIL the line does not name $name"
        exit 1
    }
done
! grep -q KVSTORE_FREE_EMPTY "$work/out" || {
    echo "FAIL the line names what the harness does not need"
    exit 1
}
