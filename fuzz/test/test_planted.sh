#!/bin/sh
# test_planted.sh TOOL SEEDS -- a tool around a server with a planted bug finds it, by replaying the seeds and by fuzzing for at most 60
# seconds from an empty corpus.
set -eu
tool=$1 seeds=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

status=0
"$tool" replay "$seeds" >"$work/replay" 2>&1 || status=$?
[ $status -eq 1 ] || {
    tail -5 "$work/replay"
    echo "FAIL replay of the seeds ended with $status, expected 1"
    exit 1
}
tail -1 "$work/replay"

status=0
"$tool" run --seconds 60 --seed 1 --stop-on-first --findings "$work/findings" >"$work/run" 2>&1 || status=$?
tail -3 "$work/run"
[ $status -eq 1 ] || {
    echo "FAIL fuzzing ended with $status, expected 1"
    exit 1
}
