#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_interface.sh -- interfaces for programs: with --json each line is an object with the members
# that fuzz/cli/README.md lists; salvage recovers the inputs of a killed run; the engine's flags
# have one source.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
root=$(realpath -- "$(dirname "$0")/../..")
cd "$box"

# holds PYTHON: checks a condition about rows, the objects that the tool has printed, and sum, their
# number by type.
holds() {
    check "$1" python3 - "$1" "$box/out" <<'TEXT'
import collections, json, os, sys
rows = [json.loads(line) for line in open(sys.argv[2], "rb")]
sum = collections.Counter(row.get("type") for row in rows)
sys.exit(0 if eval(sys.argv[1]) else 1)
TEXT
}

name=$(printf 'n\377"a me.stream')
stream calm.stream 'SET k v' 'GET k'
cp calm.stream "$name"
stream value.stream 'SET k v' '!canary value' 'GET "k\xff"'
stream asan.stream 'SET k v' '!canary asan'
stream hang.stream 'SET k v' '!canary hang'
stream fault.stream '!canary harness'
stream wrong.stream '!slise 3'
printf '#! defrag-fuzz 1 since=999.0\nSET k v\n' >later.stream

# --- replay

expect 3 replay --json calm.stream "$name" value.stream fault.stream wrong.stream later.stream missing.stream
says err 'signature:  value:' # the report for people is still printed
holds 'sum == {"verdict": 6, "totals": 1} and rows[-1]["type"] == "totals"'
holds 'rows[0] == {**rows[0], "path": "calm.stream", "verdict": "ok", "commands": 2, "errors": 0, "cycles": 2}'
holds 'rows[0]["moves"] > 0'
holds 'rows[0]["seconds"] > 0 and not {"signature", "what", "step"} & set(rows[0])'
holds 'os.path.exists(os.fsencode(rows[1]["path"])) and rows[1]["verdict"] == "ok"'
holds 'rows[2]["verdict"] == "finding" and rows[2]["signature"].startswith("value:")'
holds '"data is not the same" in rows[2]["what"]'
holds '(rows[2]["step"], rows[2]["steps"], rows[2]["command"]) == (3, 3, "GET \"k\\xff\"")'
holds '[row["verdict"] for row in rows[3:6]] == ["harness fault", "unreadable", "skipped"]'
holds 'rows[5]["why"] == "since 999.0"'
holds 'rows[6] == {**rows[6], "streams": 4, "findings": 1, "timeouts": 0, "faults": 1, "skipped": 1, "unreadable": 2}'
expect 4 replay --json --seconds 1 hang.stream
holds 'rows[0] == {**rows[0], "verdict": "out of time", "step": 2, "steps": 2, "command": "!canary hang"}'
holds '"signature" not in rows[0]'
if [ "$sanitize" != none ]; then
    expect 1 replay --json --expect asan:heap-use-after-free:read_freed asan.stream
    holds 'rows[0]["signature"] == "asan:heap-use-after-free:read_freed"'
    holds 'rows[0]["what"].startswith("READ of size 1 in read_freed, canary.c:")'
    holds 'rows[0]["stack"][:1] == ["read_freed"] and "run_stream" in rows[0]["stack"] and len(rows[0]["stack"]) > 5'
fi
for way in --trace --until=1 --same-process --gdb --script --tcl; do
    refuse '--json can be combined with' replay --json $way calm.stream
done

# --- versions, tables, measurements

expect 0 --version
words=$(cat out)
expect 0 --version --json
holds "len(rows) == 1 and 'defrag-fuzz {version}, Valkey {valkey}'.format(**rows[0]) == '$words'"
holds "rows[0]['sanitizers'] == '$sanitize' and rows[0]['engine'] == ('$sanitize' != 'none')"
holds "rows[0]['fixes'] in (True, False)"
expect 0 run --print-flags
flags=$(tr '\n' ' ' <out)
expect 0 --version --json
holds "rows[0]['engine_flags'] == '$flags'.split() and len(rows[0]['engine_flags']) > 3"
refuse "--version does not accept '--jason'" --version --jason
expect 0 explore --list --json
holds '{"name": "list", "has_key": True} in rows[0]["types"]'
holds 'all(event["name"] and event["help"] for event in rows[0]["events"])'
refuse '--json needs --list' explore --json
expect 0 reach --json calm.stream
holds 'rows[0]["streams"] == 1 and {"structure", "blocks", "left"} <= set(rows[0]["structures"][0])'
holds 'rows[0]["sites"]'
expect 0 pointers --json calm.stream
holds 'rows[0]["streams"] == 1 and {"kind", "site", "field", "moved", "reason"} <= set(rows[0]["fields"][0])'
holds 'rows[0]["targets"] and rows[0]["unused_reasons"]'
expect 0 oracles --json
holds 'all(row["word"] and row["title"] and row["finds"] and row["weak"] in (True, False) for row in rows)'
holds '[row["share"] for row in rows if row["name"] == "value"] == [1]'
holds '{"twin", "slice"} <= {c for row in rows for c in row.get("canaries", [])}'
expect 0 bench --seconds 1 --runs 20 --json calm.stream
holds 'len(rows) == 1 and rows[0]["commands_per_second"] > 0 and rows[0]["resident_mib"][-1]["inputs"] == 20'
expect 0 bench --seconds 1 --each --json calm.stream
holds '{row["name"] for row in rows[0]["oracles"]} >= {"refs", "twin"}'
holds 'all(isinstance(row["percent"], float) for row in rows[0]["oracles"])'

# --- the engine's flags: one source. fuzz/oss-fuzz has those that OSS-Fuzz's run_fuzzer adds.

grep -rIE --exclude-dir=.git --exclude-dir=build --exclude-dir=findings \
    '(max_len|rss_limit_mb) ?= ?[0-9]|timeout ?= ?25\b' "$root" |
    grep -vE "^$root/(fuzz/engine/flags\.c|fuzz/oss-fuzz:runner_flags=|fuzz/test/test_interface\.sh)" >out || true
check "the engine's flags have no copy" test ! -s out

# --- inputs of a killed run

refuse 'FOLDER is missing' salvage --into left
refuse 'salvage: --into DIR is missing' salvage run
refuse "'--' is not accepted" salvage --into left -- run
expect 2 salvage --into left run
says err 'cannot read run: No such file or directory'
mkdir run
printf 'crashed' >run/crash-1
printf '\377\0' >run/oom-2
printf 'nothing to do with it' >run/notes
printf 'cut short' >run/stats-7
expect 0 salvage --into left run
says out 'run/crash-1: left/'
lines out 2
expect 0 salvage --json --into left run
holds 'len(rows) == 2 and {open(row["path"], "rb").read() for row in rows} == {b"crashed", b"\xff\0"}'
holds 'rows[0]["from"] == "run/crash-1"'
check 'salvage copies two inputs and removes nothing' test \
    "$(find left -type f | wc -l) $(find run -type f | wc -l)" = '2 4'
if [ "$(id -u)" -ne 0 ]; then
    chmod 0 run/oom-2
    expect 2 salvage --into other run
    says err 'cannot read run/oom-2: Permission denied'
    says out 'run/crash-1: other/'
fi
if [ "$sanitize" = none ]; then
    finish
    exit
fi

# --- run: only objects on stdout, text for people on stderr

mkdir seeds canaries hang
cp calm.stream seeds
cp calm.stream canaries
stream canaries/assert.stream 'SET s0 v' '!canary assert'
expect 1 run --json --runs 200 --seed 1 --jobs 1 --findings found canaries
says err 'signature:  assert:canary.c:fail_assertion'
# After any number of progress lines come the finding and the summary.
holds 'sum == {**sum, "finding": 1, "summary": 1} and all(row["type"] == "progress" for row in rows[:-2])'
holds 'rows[-1] == {**rows[-1], "type": "summary", "findings": 1, "faults": 0, "execs": 200}'
holds 'rows[-1]["coverage"] > 0'
holds 'rows[-2]["signature"] == "assert:canary.c:fail_assertion" and rows[-2]["reproduced"]'
holds 'rows[-2]["times"] == 1 and os.path.exists(rows[-2]["path"])'
holds '{"seconds", "execs", "commands", "errors", "cycles", "slices"} <= set(rows[-1])'
holds '{"moves", "exhausted", "coverage", "corpus"} <= set(rows[-1])'
expect 0 run --json --seconds 11 --jobs 1 --findings none seeds
holds 'sum["progress"] >= 1 and set(rows[0]) == set(rows[-1])'
holds 'all(0 <= rows[0][key] <= rows[-1][key] for key in ("seconds", "execs", "commands", "coverage", "corpus"))'

# --- ... and a run that is killed: the running input is read from its counters

cp hang.stream hang/hang.stream
mkdir scratch-of-run
TMPDIR=$PWD/scratch-of-run "$tool" run --seed 1 --jobs 1 --findings f hang >out 2>err &
pid=$!
tries=0
until { "$tool" salvage --into under-way scratch-of-run/dfrun-* >out 2>err && grep -qs 'canary hang' under-way/*; } ||
    [ $tries -ge 600 ]; do
    sleep 0.5
    tries=$((tries + 1))
done
check 'the running input is salvaged' grep -qs 'canary hang' under-way/*
kill -9 $pid
wait $pid 2>/dev/null || true
expect 0 salvage --json --into after scratch-of-run/dfrun-*
holds 'len(rows) == 1 and "/stats-0" in rows[0]["from"] and b"canary hang" in open(rows[0]["path"], "rb").read()'

finish
