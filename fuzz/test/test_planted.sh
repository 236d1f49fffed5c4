#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_planted.sh TOOL SEEDS -- a tool with a planted bug in its server finds it, by replaying the
# seeds and by at most 60 seconds of fuzzing with an empty corpus.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/../../harness/test/checks.sh"
tool=$1 seeds=$2

returns 1 "$tool" replay "$seeds"
tail -n 1 "$box/out"
returns 1 "$tool" run --seconds 60 --seed 1 --stop-on-first --findings "$box/findings"
tail -n 3 "$box/out"
finish
