#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_gen_coverage.sh -- random streams reach every command, option and type of values that the
# server knows, except those that fuzz/generate/unreached.c lists, and they do not reach those.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
cd "$box"

# --- usage

expect 2 gen --coverage --dictionary
says err 'only one of --into, --dictionary and --coverage'
expect 2 gen --seed 1 --count 2
says err '--count needs --into DIR or --coverage'

# --- few streams leave gaps, and the table has a row for each of them

expect 0 gen --coverage --count 2
check 'two streams leave gaps' matches err '^gap: .*: nothing reaches it; see fuzz/generate/README.md$'
check 'each gap has a row' test "$(grep -c '^gap: ' err)" -eq "$(grep -c '[*][*]gap[*][*]' out)"
says out '| shutdown |  | 0 | 0 | refused by the harness: ends the process |'
cp out first
expect 0 gen --coverage --count 2
same out first

# --- many leave none

expect 0 gen --coverage --count 12000
lines err 0
says out ' 0 gaps, 0 reasons for what is reached.'
check 'all commands have a row' test "$(grep -c '^| [a-z_|-]* |  | ' out)" -gt 300
finish
