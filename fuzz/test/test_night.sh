#!/bin/sh
# test_night.sh -- fuzz/nightly with a real server: usage, a night that finds something, the next one that knows it. (What an
# engine leaves behind when it is killed: test_interface.sh, test_night_hard.sh.)
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
. "$(dirname "$0")/cli.sh"
night=$(realpath -- "$(dirname "$0")/../nightly")
cd "$box"

# night WANTED ARGUMENT...: runs a night and checks its exit status. Output goes to out and err.
night() {
    wanted=$1
    shift
    checks=$((checks + 1))
    got=0
    "$night" "$@" >"$box/out" 2>"$box/err" || got=$?
    [ "$got" -eq "$wanted" ] || fail "nightly $*: exit status $got, expected $wanted"
}

# refuse WORDS ARGUMENT...: bad usage, in one line.
refuse() {
    words=$1
    shift
    night 2 "$@"
    says err "$words"
    lines err 1
}

# holds FILE WORDS: the file has the words in it.
holds() {
    checks=$((checks + 1))
    grep -qF -- "$2" "$1" || fail "$1 does not say: $2"
}

mkdir seeds canaries
stream seeds/list.stream 'RPUSH l0 %seq(1-40,e{})' '!slice 5' 'LTRIM l0 0 3' 'LRANGE l0 0 -1'
stream seeds/hash.stream 'HSET h0 %seq(1-40,f{},v{})' 'HDEL h0 %seq(2-40/2,f{})' 'HGETALL h0'
stream canaries/assert.stream 'SET s0 v' 'GET s0' '!canary assert' 'GET s0'

# --- usage

night 0 --help
says out 'exit status:'
refuse "argument --hours: '0' is no number above 0" --hours 0 --corpus c --out o
refuse 'are required: --hours' --corpus c --out o
refuse 'is no program' --hours 1 --corpus c --out o --tool ./nothing
refuse 'there is no folder nothing' --hours 1 --corpus c --out o --seeds nothing
refuse 'cannot read nothing' --hours 1 --corpus c --out o --tool "$tool" --known nothing
checks=$((checks + 1))
[ ! -e o/night.json ] || fail "bad usage has begun a night"
if [ "$sanitize" = none ]; then
    refuse 'this build has no fuzz engine' --hours 0.003 --corpus c --out o --tool "$tool" --seeds seeds --jobs 1
    finish
    exit
fi

# --- a night that finds a canary, then one that knows it, then one to which a file says that it is known

signature=assert:canary.c:fail_assertion
night 1 --hours 0.003 --corpus c --out o --tool "$tool" --jobs 1 --seeds seeds --seeds canaries
says err "new finding $signature, 10 of 10 replays fail so"
says err '1 new, 0 other findings'
folder=o/findings/assert-canary.c-fail_assertion
checks=$((checks + 1))
head -n 1 o/report.md | grep -qx '# Night 1: 1 new finding' || fail "report.md does not begin with what is new"
holds o/report.md "\`$signature\`"
holds o/known "$signature"
holds "$folder/found.stream" '!canary assert'
holds "$folder/banner.txt" "signature:  $signature"
holds "$folder/small.stream" "# signature: $signature"
holds o/findings.json '"status": "new"'
holds o/report.html '<svg'
holds o/reach.md '| structure |'
expect 1 replay --expect "$signature" "$folder/small.stream"
checks=$((checks + 1))
python3 -c 'import json, xml.etree.ElementTree as x
run, = json.load(open("o/findings.sarif"))["runs"]
assert [(r["ruleId"], r["baselineState"]) for r in run["results"]] == [("assert", "new")]
assert x.parse("o/junit.xml").getroot().get("failures") == "1"
assert json.load(open("o/history.jsonl"))["execs"] > 100' 2>err || fail "a report is not what it should be"
checks=$((checks + 1))
[ -n "$(ls c/*)" ] && [ ! -e o/work ] && [ -z "$(find o c -name '.*.part')" ] || fail "no corpus is kept, or something is left behind"
cp -R c before

night 0 --hours 0.003 --corpus c --out o --tool "$tool" --jobs 1 --seeds seeds --seeds canaries
says err "known finding $signature"
holds o/report.md '# Night 2: nothing new'
holds o/report.md '## Known, and still there'
holds o/findings.json '"status": "known"'
holds o/junit.xml '<skipped message="known"'

echo "$signature" >baseline
night 0 --hours 0.003 --corpus c --out o2 --tool "$tool" --jobs 1 --seeds seeds --seeds canaries --known baseline
holds o2/report.md 'nothing new'

finish
