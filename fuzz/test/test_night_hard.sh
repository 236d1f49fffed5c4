#!/bin/sh
# test_night_hard.sh -- what nights must survive: SIGKILL at any moment, of nightly alone and of all that it has started, and a disk that gets full.
#
# The disk is a small tmpfs; where that cannot be mounted, the part is left out, and the test says so.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
. "$(dirname "$0")/cli.sh"
night=$(realpath -- "$(dirname "$0")/../nightly")
cd "$box"

mkdir seeds
stream seeds/list.stream 'RPUSH l0 %seq(1-40,e{})' '!slice 5' 'LTRIM l0 0 3' 'LRANGE l0 0 -1'
stream seeds/assert.stream 'SET s0 v' 'GET s0' '!canary assert' 'GET s0'
stream seeds/value.stream 'SET s0 v' '!canary value' '!cycle' 'GET s0'

# whole FOLDER CORPUS [entries]: every file in the folder can be read as what it is; entries have the content that their names say. (Right after a
# kill an engine may have left half of one, which the next night takes away.)
whole() {
    checks=$((checks + 1))
    python3 - "$@" 2>"$box/err" <<'TEXT' || fail "something in $1 or $2 is not whole"
import hashlib, json, pathlib, sys, xml.etree.ElementTree as xml
out, corpus = map(pathlib.Path, sys.argv[1:3])
for path in [*out.glob("*.json"), *out.glob("*.sarif"), *out.glob("findings/*/finding.json")]:
    json.loads(path.read_text())
for path in out.glob("*.xml"):
    xml.parse(path)
if len(sys.argv) > 3:
    for path in [path for path in corpus.glob("*/*") if len(path.name) == 40]:
        assert hashlib.sha1(path.read_bytes()).hexdigest() == path.name, path
TEXT
}

# family PID: a process and all that it has started.
family() {
    echo "$1"
    for child in $(ps -o pid= --ppid "$1"); do family "$child"; done
}

# kept BEFORE CORPUS: every entry that was there is there still, or with those that fail.
kept() {
    checks=$((checks + 1))
    find "$2" -type f | sed 's|.*/||' | sort >there
    sort "$1" | comm -23 - there >lost
    [ ! -s lost ] || fail "the corpus has lost $(wc -l <lost) entries"
}

# --- killed again and again: nightly alone, then everything

: >before
kills=0
for what in alone all alone all all; do
    "$night" --hours 0.012 --corpus c --out o --tool "$tool" --jobs 2 --seeds seeds 2>"$box/err" &
    pid=$!
    sleep $((3 + kills * 2))
    python3 -c 'import hashlib, pathlib
for path in pathlib.Path("c").glob("[0-9]*/*"):
    if hashlib.sha1(path.read_bytes()).hexdigest() == path.name: print(path.name)' >now
    members=
    [ $what = alone ] || members=$(family $pid)
    checks=$((checks + 1))
    kill -9 $pid || fail "the night was over before it was killed"
    # shellcheck disable=SC2086  # a list of numbers
    [ $what = alone ] || kill -9 $members 2>/dev/null || true # some have ended meanwhile
    wait $pid 2>/dev/null || true
    whole o c
    kept before c
    mv now before
    if [ $kills -eq 1 ]; then # as a kill can leave them: a finding that is not on file yet, and one that was not even handed over
        mkdir -p o/work/0/inbox/run o/work/0/scratch/dfrun-test
        stream o/work/0/inbox/run/panic.stream 'SET s0 v' '!canary panic'
        stream o/work/0/scratch/dfrun-test/crash-1 'SET s0 v' '!canary free'
    fi
    kills=$((kills + 1))
done
got=0
"$night" --hours 0.012 --corpus c --out o --tool "$tool" --jobs 2 --seeds seeds >out 2>err || got=$?
checks=$((checks + 1))
[ $got -eq 1 ] || fail "the night that was killed $kills times ended with $got, expected 1"
says err 'night 1 goes on with'
checks=$((checks + 1))
grep -q '"kills": 5' o/night.json || fail "the night does not know that it was killed 5 times"
for name in assert value panic free; do
    checks=$((checks + 1))
    grep -q "^!canary $name" o/findings/*/found.stream || fail "the finding of $name was lost"
done
whole o c entries
checks=$((checks + 1))
[ "$(wc -l <o/known)" -eq 5 ] || fail "not four signatures and a comment are known: $(cat o/known)"

# --- a full disk

if ! { mkdir disk && mount -t tmpfs -o size=48m tmpfs disk; } 2>err; then
    echo "LEFT OUT: the full disk, since no tmpfs can be mounted here: $(cat err)"
    finish
    exit
fi
trap 'umount "$box/disk"; rm -rf -- "$box"' EXIT
"$night" --hours 0.012 --corpus disk/c --out disk/o --tool "$tool" --jobs 2 --seeds seeds >out 2>err &
pid=$!
tries=0
until [ -n "$(find disk/c -type f 2>/dev/null | head -n 1)" ] || [ $tries -ge 120 ]; do
    sleep 0.5
    tries=$((tries + 1))
done
dd if=/dev/zero of=disk/filler bs=1M 2>/dev/null || true
got=0
wait $pid || got=$?
checks=$((checks + 1))
[ $got -eq 2 ] || fail "a night on a full disk ended with $got, expected 2"
checks=$((checks + 1))
[ "$(grep '^nightly: ' err | cut -c 1-25)" = 'nightly: the disk is full' ] || fail "a full disk is not told in one line"
checks=$((checks + 1))
if grep -q Traceback err; then fail "a full disk ends in a traceback"; fi
whole disk/o disk/c
got=0
"$night" --hours 0.012 --corpus disk/c --out disk/o --tool "$tool" --jobs 2 --seeds seeds >out 2>err || got=$?
checks=$((checks + 1))
[ $got -eq 2 ] || fail "a night began on a full disk: $got"
lines err 1
rm disk/filler
got=0
"$night" --hours 0.012 --corpus disk/c --out disk/o --tool "$tool" --jobs 2 --seeds seeds >out 2>err || got=$?
checks=$((checks + 1))
[ $got -eq 1 ] || fail "with room again the night ended with $got, expected 1"
says err 'night 1 goes on with'
checks=$((checks + 1))
[ "$(find disk/o/findings -name found.stream | wc -l)" -eq 2 ] || fail "not two findings: $(find disk/o/findings)"
whole disk/o disk/c entries

finish
