#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_clients.sh -- clients that hold back what they send, do not read, or act while the server is
# busy: what arrives when, and what stays in the server.
#
# usage: see cli.sh
# shellcheck disable=SC2016  # "\$" is a byte of RESP in a pattern
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
cd "$box"
tab=$(printf '\t')

# step NUMBER REPLIES: checks the replies of a step in the trace.
step() {
    check "step $1 replies: $2" grep -q "^$1${tab}[^${tab}]*${tab}$2$tab" out
}

# Nothing arrives from behind a cork; then a part, in one read, and then the rest.
stream cork.stream '1> !cork' '1> SET a 1' '1> GET a' 'GET a' '1> !uncork 30' 'GET a' '1> !uncork' '1> GET a'
expect 0 replay --trace cork.stream
step 3 ''
step 4 '\$-1'
step 5 '1< +OK'
step 6 '\$1 1'
step 7 '1< \$1 1'
step 8 '1< \$1 1'

# The end of the connection is behind what is held, and half a command is never run.
stream end.stream '1> !cork' '1> SET a 1' '1> SET b 1' '1> !close' 'EXISTS a b' '1> !uncork 40' 'EXISTS a b' \
    '1> !uncork' 'EXISTS a b' '1> !cork' '1> SET c 1' '1> !uncork 20' '1> !close' 'EXISTS c' '1> PING' 'EXISTS c'
expect 0 replay --trace end.stream
step 5 ':0'
step 7 ':1'
step 9 ':2'
step 14 ':0'
step 15 '1< +PONG'
step 16 ':1'

# Replies that nobody reads stay in the server, in pieces of any size.
stream window.stream '1> !window 7' '1> PING' '1> ECHO abcdef' '!cycle' '1> !window 4' '1> !window' '1> PING'
expect 0 replay --trace window.stream
step 2 '1< +PONG'
step 3 ''
step 5 '1< \$6'
step 6 '1< abcdef'
step 7 '1< +PONG'

# A long value that nobody has read belongs to the reply when its key is gone.
stream long.stream 'SET k %rep(60000,x)' '1> !window 1' '1> GET k' '!cycle' 'DEL k' '!cycle' '1> !window'
expect 0 replay --trace long.stream
check 'the value is read' grep -q '^7.*1< 60000 xxx' out

# While a script is slow, others kill it, and their other commands are refused.
slow='EVAL "for i = 1, 1000000 do end return 1" 0'
stream meanwhile.stream '1> !cork' '1> SCRIPT KILL' '1> GET a' '1> !meanwhile 2' "$slow" '1> GET a' "$slow"
expect 0 replay --trace meanwhile.stream
step 2 ''
check 'the script is killed' grep -q '^5.*-ERR Script killed by user.*1< +OK -BUSY' out
step 6 '1< \$-1'
step 7 ':1'
stream late.stream '1> !cork' '1> SCRIPT KILL' '1> !meanwhile 1000' "$slow" '1> !uncork'
expect 0 replay --trace late.stream
step 4 ':1'
check 'nothing is left to kill' grep -q '^5.*1< -NOTBUSY' out

# What a client sends while its own command is protected waits for it, and so does its end.
stream own.stream '1> !cork' "1> $slow" '1> GET a' '1> !meanwhile 1' '1> !uncork 62' '1> !uncork' \
    '1> !cork' "1> $slow" '1> !close' '1> !uncork' 'CLIENT LIST'
expect 0 replay --trace=full own.stream
step 5 '1< :1'
step 6 '1< \$-1'
check 'the client is gone' not grep -q '^11.*addr=client-1' out

# Two runs do the same, and so do moves in place and other limits.
expect 0 replay --trace=full cork.stream end.stream window.stream meanwhile.stream
mv out first
expect 0 replay --trace=full cork.stream end.stream window.stream meanwhile.stream
same out first
finish
