#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_night_hard.sh -- nights survive SIGKILL at any moment, of nightly alone or with all its child
# processes, and a full disk.
#
# The disk is a small tmpfs; where it cannot be mounted, that part is skipped, with a message.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
night=$(realpath -- "$(dirname "$0")/../nightly")
cd "$box"

mkdir seeds
stream seeds/list.stream 'RPUSH l0 %seq(1-40,e{})' '!slice 5' 'LTRIM l0 0 3' 'LRANGE l0 0 -1'
stream seeds/assert.stream 'SET s0 v' 'GET s0' '!canary assert' 'GET s0'
stream seeds/value.stream 'SET s0 v' '!canary value' '!cycle' 'GET s0'

# whole FOLDER CORPUS [entries]: checks that every file in the folder is well-formed, and that
# entries match their names. (Right after a kill an entry may be truncated; the next night removes
# it.)
whole() {
    check "all files in $1 and $2 are complete" python3 - "$@" <<'TEXT'
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

# family PID: lists a process and its descendants.
family() {
    echo "$1"
    for child in $(ps -o pid= --ppid "$1"); do family "$child"; done
}

# kept BEFORE CORPUS: checks that every entry in the list BEFORE is still in the corpus or with the
# failing ones.
kept() {
    find "$2" -type f | sed 's|.*/||' | sort >there
    sort "$1" | comm -23 - there >lost
    check 'the corpus has lost nothing' not grep '' lost
}

# night FOLDER: runs a night with all its files in the folder.
night() {
    run "$night" --hours 0.012 --corpus "$1/c" --out "$1/o" --tool "$tool" --jobs 2 --seeds seeds
}

# --- killed repeatedly: nightly alone, then all its processes

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
    check 'the night is running when it is killed' kill -9 $pid
    # shellcheck disable=SC2086 # a list of process ids
    [ $what = alone ] || kill -9 $members 2>/dev/null || true # some have ended meanwhile
    wait $pid 2>/dev/null || true
    whole o c
    kept before c
    mv now before
    # What a kill can leave: a finding that is not stored yet, and one that is not in the inbox yet.
    if [ $kills -eq 1 ]; then
        mkdir -p o/work/0/inbox/run o/work/0/scratch/dfrun-test
        stream o/work/0/inbox/run/panic.stream 'SET s0 v' '!canary panic'
        stream o/work/0/scratch/dfrun-test/crash-1 'SET s0 v' '!canary free'
    fi
    kills=$((kills + 1))
done
night .
check "the night that was killed $kills times exits with status 1" test "$status" -eq 1
says err 'night 1 resumes'
says o/night.json '"kills": 5'
for name in assert value panic free; do
    check "the finding of $name is not lost" grep -q "^!canary $name" o/findings/*/found.stream
done
whole o c entries
lines o/known 5 # four signatures and a comment

# --- a full disk

if ! { mkdir disk && mount -t tmpfs -o size=48m tmpfs disk; } 2>err; then
    echo "skipped: the full disk, because no tmpfs can be mounted here: $(cat err)"
    finish
    exit
fi
# shellcheck disable=SC2317  # called by checks.sh
cleanup() {
    umount "$box/disk"
}
"$night" --hours 0.012 --corpus disk/c --out disk/o --tool "$tool" --jobs 2 --seeds seeds >out 2>err &
pid=$!
tries=0
until [ -n "$(find disk/c -type f 2>/dev/null | head -n 1)" ] || [ $tries -ge 120 ]; do
    sleep 0.5
    tries=$((tries + 1))
done
dd if=/dev/zero of=disk/filler bs=1M 2>/dev/null || true
status=0
wait $pid || status=$?
check 'a night on a full disk exits with status 2' test "$status" -eq 2
check 'a full disk is reported in one line' test "$(grep '^nightly: ' err | cut -c 1-25)" = 'nightly: the disk is full'
check 'and without a traceback' not grep -q Traceback err
whole disk/o disk/c
night disk
check 'no night starts on a full disk' test "$status" -eq 2
lines err 1
rm disk/filler
night disk
check 'with free space the night exits with status 1' test "$status" -eq 1
says err 'night 1 resumes'
check 'and has two findings' test "$(find disk/o/findings -name found.stream | wc -l)" -eq 2
whole disk/o disk/c entries

finish
