#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_export.sh -- streams for other programs: replay --script, --tcl, --gdb, and --until.
#
# usage: see cli.sh
# shellcheck disable=SC2016,SC2154  # a $ means itself; variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
cd "$box"

printf '%s\n' '#! defrag-fuzz 1 after=none' 'SET k "a \"b\" $c [d]\xff"' \
    '1> SUBSCRIBE ch' '!slice 8' '!reload' '!clock 5' '!cycle' \
    'GET k' >all.stream
stream value.stream 'SET k v' '!canary value' 'GET k' 'SET never reached'

# --- valkey-cli: steps that it cannot run are comments

expect 0 replay --script all.stream
says out 'CONFIG SET hash-max-listpack-entries 8'
says out 'SET k "a \"b\" $c [d]\xff"'
says out '# 1> SUBSCRIBE ch'
says out '# !slice 8'
says out 'DEBUG RELOAD'
says out 'GET k'

# --- Tcl: brackets and dollars would be substituted

expect 0 replay --tcl all.stream
says out 'set c1 [valkey_deferring_client]'
says out 'catch {r SET k "a \"b\" \$c \[d\]\xff"}'
says out '$c1 SUBSCRIBE ch'
says out '# !slice 8'
says out 'r debug reload'
says out 'after 5'
says out '        cycle'

# --- the state before a step

expect 0 replay --until 3 all.stream
says out 'no cycle under way'
says out 'database 0  1 keys'
says out 'string     k '
says out 'client-1    database 0, 1 channels'
expect 0 replay --until 4 all.stream
says out 'in the middle of a cycle'
expect 0 replay --until 1 all.stream
says out '0 commands'

# --- the debugger stops at the failing step, the third of four

check 'gdb is installed' command -v gdb
status=0
printf 'info args\nkill\nquit\n' | "$tool" replay --gdb value.stream >out 2>err || status=$?
check 'gdb exits with status 0' test "$status" -eq 0
check 'gdb is at the failing step' grep -q '^i = 2$' out
mkdir empty
PATH=$box/empty run "$tool" replay --gdb value.stream
check 'without gdb --gdb fails' test "$status" -ne 0
says err 'cannot run gdb'

expect 2 replay --gdb --tcl value.stream
says err 'cannot be combined'
expect 2 replay --script value.stream all.stream
says err 'take one FILE'

finish
