#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_night.sh -- fuzz/nightly with a real server: usage, a night with findings, and the next one,
# for which they are known. (Inputs of killed engines: test_interface.sh, test_night_hard.sh.)
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
defrag_fuzz=$tool
tool=$(realpath -- "$(dirname "$0")/../nightly")
cd "$box"

mkdir seeds canaries
stream seeds/list.stream 'RPUSH l0 %seq(1-40,e{})' '!slice 5' 'LTRIM l0 0 3' 'LRANGE l0 0 -1'
stream seeds/hash.stream 'HSET h0 %seq(1-40,f{},v{})' 'HDEL h0 %seq(2-40/2,f{})' 'HGETALL h0'
stream canaries/assert.stream 'SET s0 v' 'GET s0' '!canary assert' 'GET s0'
stream canaries/panic.stream 'SET s0 v' '!canary panic'

# --- usage

expect 0 --help
says out 'exit status:'
refuse "argument --hours: '0' is not a number above 0" --hours 0 --corpus c --out o
refuse 'are required: --hours' --corpus c --out o
refuse 'is not a program' --hours 1 --corpus c --out o --tool ./nothing
refuse 'nothing is not a folder' --hours 1 --corpus c --out o --seeds nothing
refuse 'cannot read nothing' --hours 1 --corpus c --out o --tool "$defrag_fuzz" --known nothing
check 'bad usage starts no night' test ! -e o/night.json
if [ "$sanitize" = none ]; then
    refuse 'this build has no fuzz engine' --hours 0.003 --corpus c --out o --tool "$defrag_fuzz" --seeds seeds --jobs 1
    finish
    exit
fi

# --- a night that finds a new canary and a known one, listed in a file; then a night for which both
# are known

signature=assert:canary.c:fail_assertion
listed=panic:canary.c:give_up
echo "$listed" >baseline
expect 1 --hours 0.003 --corpus c --out o --tool "$defrag_fuzz" --jobs 1 --seeds seeds --seeds canaries --known baseline
says err "known finding $listed"
says err "new finding $signature, reproduced by 10 of 10 replays"
says err '1 new, 1 other findings'
folder=o/findings/assert-canary.c-fail_assertion
check 'report.md begins with the new findings' test "$(head -n 1 o/report.md)" = '# Night 1: 1 new finding'
says o/report.md "\`$signature\`"
says o/known "$signature"
says "$folder/found.stream" '!canary assert'
says "$folder/banner.txt" "signature:  $signature"
says "$folder/small.stream" "# signature: $signature"
says o/findings.json '"status": "new"'
says o/report.html '<svg'
says o/reach.md '| structure |'
"$defrag_fuzz" tree --json >facts
cat >facts.py <<'PYTHON'
import json
facts = [json.loads(line) for line in open("facts")]
tree, version = [next(fact["text"] for fact in facts if fact["kind"] == kind) for kind in ("tree", "version")]
unchecked = [fact["text"] for fact in facts if fact["kind"] == "unchecked"]
(written,) = json.load(open("o/findings.json"))["trees"].values()
assert written == {"tree": tree, "version": version, "unchecked": unchecked}
report = open("o/report.md").read()
assert f"Valkey {version} in `{tree}`" in report
assert all(f"  - {text}\n" in report for text in unchecked)
PYTHON
check 'the reports have the tree and what is not checked in it' python3 facts.py
returns 1 "$defrag_fuzz" replay --expect "$signature" "$folder/small.stream"
check 'the reports for programs have the findings' python3 -c 'import json, xml.etree.ElementTree as x
run, = json.load(open("o/findings.sarif"))["runs"]
assert sorted((r["ruleId"], r["baselineState"]) for r in run["results"]) == [("assert", "new"), ("panic", "unchanged")]
assert x.parse("o/junit.xml").getroot().get("failures") == "1"
assert json.load(open("o/history.jsonl"))["execs"] > 0'
check 'the corpus is kept' test -n "$(ls c/*)"
check 'no work folder is left' test ! -e o/work
sed -n '/^| in .<out>. |/,/^$/p' "$(dirname "$tool")/night/README.md" >table
for path in o/* "$folder"/*; do
    check "fuzz/night/README.md, the table of <out>, names ${path##*/}" grep -qE "\`${path##*/}[/\`]" table
done
check 'no partial file is left' test -z "$(find o c -name '.*.part')"

expect 0 --hours 0.003 --corpus c --out o --tool "$defrag_fuzz" --jobs 1 --seeds seeds --seeds canaries
says err "known finding $signature"
says o/report.md '# Night 2: nothing new'
says o/report.md '## Known, and seen again'
says o/findings.json '"status": "known"'
says o/junit.xml '<skipped message="known"'

finish
