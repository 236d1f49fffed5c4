#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_cli.sh -- the command line of defrag-fuzz: help, usage errors, exit statuses, isolation,
# --expect, options of the sanitizers, fmt, gen, bench.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
subcommands=$(sed -n 's/^int cmd_\([a-z]*\)(.*/\1/p' "$(dirname "$0")/../cli/cmd.h")
cd "$box"

stream calm.stream 'SET k v' 'RPUSH l %seq(1-30,{})' '!reload' 'GET k'
stream value.stream 'SET k v' '!canary value' 'GET k'
stream twin.stream 'SET k v' '!canary twin' 'GET k'
stream hang.stream '!reload' '!canary hang'
stream fault.stream '!canary harness'
printf '#! defrag-fuzz 1\nSET k v\n!slise 3\n' >wrong.stream
printf '#! defrag-fuzz 1 since=999.0\nSET k v\n' >later.stream
printf 'SET k v\n\377\n' >crash-raw

# --- help and versions

expect 0 --help
says out 'usage: defrag-fuzz SUBCOMMAND'
check 'cmd.h has subcommands' test "$(echo "$subcommands" | wc -l)" -gt 10
for name in $subcommands; do says out "  $name "; done
expect 0 --version
says out 'Valkey '
for name in $subcommands; do
    expect 0 "$name" --help
    says out "usage: defrag-fuzz $name"
    says out '--help'
    says out "example: defrag-fuzz $name"
    lines err 0
done

# --- bad usage: one line, exit status 2

refuse 'a subcommand is missing'
refuse "unknown subcommand 'rum'" rum
refuse "no option '--sed'" gen --sed 1
refuse 'FILE or DIR is missing' replay
refuse 'FILE or DIR is missing' fmt
refuse 'FILE or DIR is missing' bench
refuse '--seed N is missing' gen
refuse "--seed: 'x'" gen --seed x
refuse "--seed: ''" gen --seed=
refuse "--steps: '-1'" gen --seed 1 --steps=-1
refuse '--seed needs a value' gen --seed
refuse '--check takes no value' fmt --check=1 calm.stream
refuse '--count needs --into' gen --seed 1 --count 3
refuse 'neither arena nor asan' replay --heap=glibc calm.stream
refuse '--same-process needs --heap=arena' replay --heap=asan --same-process calm.stream
refuse '--expect cannot be combined with --same-process' replay --expect x --same-process calm.stream
expect 2 replay missing.stream
says err 'cannot read missing.stream: No such file or directory'
mkdir empty
expect 2 replay empty
says err 'no *.stream file in the folder empty'
if [ "$(id -u)" -ne 0 ]; then # root can read everything
    cp calm.stream locked.stream
    chmod 0 locked.stream
    expect 2 replay locked.stream
    says err 'cannot read locked.stream: Permission denied'
    rm -f locked.stream
fi
expect 2 replay wrong.stream
says err "wrong.stream:3:1: unknown verb '!slise'"
says out 'wrong.stream: unreadable'

# --- replay: exit statuses and their order

expect 0 replay calm.stream
says out 'calm.stream: ok'
says out '1 stream, 0 findings'
expect 1 replay value.stream
says out 'value.stream: finding value:'
says err 'step:       3 of 3: GET k'
check 'what was done before the finding is counted' matches out '; 2 commands .* 2 cycles, [1-9][0-9]* moves$'
expect 1 replay twin.stream
check 'a finding of the second run leaves the counts of the first' matches out '; 2 commands .* 2 cycles, [1-9]'
expect 3 replay fault.stream
says err 'harness: a canary'
expect 4 replay --seconds 1 hang.stream
says out 'hang.stream: out of time'
says err 'step:       2 of 2: !canary hang'
expect 0 replay later.stream
says out 'later.stream: skipped, since 999.0'
expect 0 replay crash-raw
says err 'reading it leniently'
says out 'crash-raw: ok'
expect 1 replay --seconds 1 hang.stream value.stream calm.stream
expect 2 replay value.stream wrong.stream missing.stream calm.stream
expect 3 replay value.stream wrong.stream fault.stream calm.stream
says out 'calm.stream: ok'

# --- replay: commands that the harness refuses are named, unless the stream expects them

printf '# a note\n#! defrag-fuzz 1\nSET k v\n# another\nSHUTDOWN\nEVAL "redis.pcall(%s)" 0\nMULTI\nPFSELFTEST\nEXEC\n' \
    "'pfselftest'" >refused.stream
expect 0 replay refused.stream calm.stream
says out 'refused.stream: ok'
says out '    refused.stream:5: refused: shutdown ends the process'
says out '    refused.stream:6: refused: pfselftest takes seconds'
says out '    refused.stream:9: refused: pfselftest takes seconds'
check 'refused commands are counted' matches out ' moves, 3 commands refused$'
expect 0 replay --json refused.stream
says out '"refused": 3'
sed 's/^#! defrag-fuzz 1$/& refused=expected/' refused.stream >expected.stream
expect 0 replay expected.stream
check 'refused commands that the stream expects are not reported' not grep -q refused out
# shellcheck disable=SC2046  # one word each
stream often.stream $(yes SAVE | head -n 20)
expect 0 replay often.stream
says out '    and 12 more refused'
check 'all refused commands are counted' matches out ' moves, 20 commands refused$'

expect 0 replay --trace refused.stream
says out '#   refused.stream:5: refused: shutdown ends the process'

stream debugger.stream 'SCRIPT DEBUG YES' 'EVAL "return 1" 0' 'SCRIPT DEBUG SYNC' 'EVAL "return 1" 0' 'SCRIPT DEBUG NO'
expect 0 replay --trace debugger.stream
check 'both ways into the debugger are refused' matches out '^#   debugger.stream:[24]: refused: script.debug starts' 2
check 'the scripts run without it' matches out '^[24][[:blank:]]EVAL .*[[:blank:]]:1[[:blank:]]' 2
check 'the way out of the debugger is open' matches out '^5[[:blank:]]SCRIPT DEBUG NO[[:blank:]][+]OK[[:blank:]]' 1

# --- isolation: a finding does not hide the next one; without it, it does

expect 1 replay value.stream twin.stream calm.stream
says out 'value.stream: finding value:'
says out 'twin.stream: finding twin:'
says out 'calm.stream: ok'
says out '3 streams, 2 findings'
expect 1 replay --same-process value.stream calm.stream
check 'a finding ends --same-process' not grep -q 'calm.stream: ok' out
expect 0 replay --no-twin twin.stream
expect 0 replay --until 1 value.stream
expect 3 replay --seconds 1 --same-process fault.stream
expect 4 replay --seconds 1 --same-process hang.stream

# --- folders: sorted, with subfolders, *.stream only

mkdir -p tree/b tree/.hidden
cp calm.stream tree/b/x.stream
cp calm.stream tree/a.stream
cp calm.stream tree/c.stream
cp value.stream tree/c.txt
cp value.stream tree/.hidden/v.stream
expect 0 replay tree
grep ok out | cut -d: -f1 >order
printf 'tree/a.stream\ntree/b/x.stream\ntree/c.stream\n' >wanted
same order wanted

# --- --expect

"$tool" replay value.stream 2>/dev/null | sed -n 's/^value.stream: finding //p' >signature
signature=$(cat signature)
expect 0 replay --expect "$signature" calm.stream
expect 1 replay --expect "$signature" value.stream
expect 1 replay --expect "$signature" value.stream value.stream
expect 5 replay --expect "$signature" twin.stream
expect 5 replay --expect "$signature" value.stream twin.stream
expect 0 replay --expect "$signature" value.stream calm.stream
expect 4 replay --expect "$signature" --seconds 1 value.stream hang.stream

# --- traces: equal when isolated, in one process, on ASan's heap, at another address; they contain
# clock values

stream timed.stream TIME 'SET k v PX 12345' '!cycle' 'PTTL k' TIME
expect 0 replay --trace calm.stream timed.stream tree
mv out trace
# shellcheck disable=SC2016  # the reply begins with a dollar
check 'the trace has a line for the last step' grep -qP '^4\tGET k\t\$1 v\t' trace
for way in --same-process --heap=asan --arena-at=0x300000000000 --no-twin; do
    expect 0 replay --trace "$way" calm.stream timed.stream tree
    mv out other
    same trace other
done

# --trace=full prints replies whole; nothing else differs.
stream long.stream 'SET k %rep(200,ab)' 'GET k' 'GET none'
expect 0 replay --trace=full long.stream
check 'a reply is printed whole' matches out '^2[[:blank:]]GET k[[:blank:]][$]200 (ab){100}[[:blank:]]' 1
grep -v '^#' out | cut -f 1,2,4- >whole
expect 0 replay --trace long.stream
check 'a reply is shortened' matches out '^2[[:blank:]]GET k[[:blank:]][$]200 (ab){32}[.]{3}#[0-9a-f]{8}[[:blank:]]' 1
grep -v '^#' out | cut -f 1,2,4- >short
same short whole
refuse "--trace: 'long' is not full" replay --trace=long long.stream

# The step that fails has a line, as far as it got.
expect 1 replay --trace --no-twin value.stream
failed='^3[[:blank:]]GET k[[:blank:]][$]1 v[[:blank:]][0-9]+/[0-9]+[[:blank:]]-> finding value:'
check 'the trace ends with the step that fails' matches out "$failed" 1
check 'the steps before it have ordinary lines' matches out '^[12][[:blank:]].*[[:blank:]][0-9a-f]{16}$' 2
expect 4 replay --trace --seconds 1 hang.stream
check 'the trace names the step that hangs' \
    matches out '^2[[:blank:]]!canary hang[[:blank:]].*[[:blank:]]-> out of time$' 1
expect 3 replay --trace fault.stream
check 'the trace names the step at which the harness failed' \
    matches out '^1[[:blank:]]!canary harness[[:blank:]].*[[:blank:]]-> harness fault$' 1

# --- options of the sanitizers: the user's override the tool's (harness/README.md)

case $sanitize in
*address*)
    stream freed.stream '!canary asan'
    # Of the three stacks, that of the access is always whole.
    expect 1 replay --heap=asan freed.stream
    says err 'Shadow byte legend'
    check 'the stacks of allocations end after 12 frames' matches err '^ +#[0-9]+ .* in main ' 1
    returns 1 env ASAN_OPTIONS=malloc_context_size=30 "$tool" replay --heap=asan freed.stream
    check 'malloc_context_size=30 shows them whole' matches err '^ +#[0-9]+ .* in main ' 3
    returns 1 env ASAN_OPTIONS=malloc_context_size=1:print_legend=0 "$tool" replay --heap=asan freed.stream
    check 'malloc_context_size=1 shows one frame' matches err '^ +#1 ' 1
    check 'print_legend=0 leaves out the legend' not grep -q 'Shadow byte legend' err
    returns 1 env ASAN_OPTIONS=log_path=report "$tool" replay --heap=asan freed.stream
    check 'log_path gets the report' grep -q 'ERROR: AddressSanitizer' report.*
    check 'the banner stays on stderr' matches err '^signature: +asan:heap-use-after-free:read_freed$' 1
    check 'the report does not' not grep -q 'ERROR: AddressSanitizer' err
    returns 5 env ASAN_OPTIONS=symbolize=0 "$tool" replay --expect asan:heap-use-after-free:read_freed freed.stream
    says out 'freed.stream: finding asan:heap-use-after-free:?'
    ;;
esac
case $sanitize in
*undefined*)
    stream undefined.stream '!canary ubsan'
    expect 1 replay undefined.stream
    check 'the report has a stack' matches err '^ +#0 '
    returns 1 env UBSAN_OPTIONS=print_stacktrace=0 "$tool" replay undefined.stream
    check 'print_stacktrace=0 leaves it out' not matches err '^ +#0 '
    ;;
esac

# --- fmt

printf '# why\n#! defrag-fuzz 1 databases=2\n\n  set   k  "v"  \n# last' >messy.stream
chmod 640 messy.stream
expect 1 fmt --check messy.stream calm.stream
echo messy.stream >wanted
same out wanted
expect 0 fmt messy.stream
printf '# why\n#! defrag-fuzz 1\n\nset k v\n# last\n' >wanted
same messy.stream wanted
check 'fmt keeps the permissions' test "$(stat -c %a messy.stream)" = 640
expect 0 fmt --check messy.stream
expect 2 fmt wrong.stream
says err 'wrong.stream:3:1: '
expect 2 fmt crash-raw
says err 'crash-raw:1:1: '

# --- gen

expect 0 gen --seed 7 --steps 12
mv out first.stream
expect 0 gen --seed 7 --steps 12
same out first.stream
expect 0 gen --seed 8 --steps 12
check 'another seed gives another stream' not cmp -s out first.stream
expect 0 fmt --check first.stream
expect 0 gen --seed 7 --steps 12 --count 3 --into made
same made/gen-00000007.stream first.stream
expect 0 replay made
says out '3 streams'

# --- bench

expect 0 bench --seconds 1 --runs 20 calm.stream
says out 'commands, each followed by a whole cycle'
says out 'resident after         20 inputs'
expect 0 bench --seconds 1 --each calm.stream
says out 'the oracle refs '
expect 0 bench --seconds 1 --json calm.stream
lines out 1
says out '"commands_per_second": '
expect 1 bench --seconds 1 value.stream

# --- no leftovers

check 'no scratch folder is left' test -z "$(ls -A "$TMPDIR")"
finish
