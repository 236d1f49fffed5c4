#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_wire.sh -- replay --server and live with fake servers: each error has its message, each kind
# of failure its signature.
#
# usage: see cli.sh
# shellcheck disable=SC2016,SC2154  # a $ in a reply means itself; variables of cli.sh
set -eu
here=$(realpath -- "$(dirname "$0")")
# shellcheck source=fuzz/test/cli.sh
. "$here/cli.sh"
cd "$box"

FAKE_VERSION=$("$tool" --version | sed 's/.*Valkey //')
export FAKE_VERSION
stream calm.stream 'SET k v' '1> GET k' '!slice 3' '!clock 5'
stream info.stream 'SET k v' 'INFO memory' 'GET k'
stream left.stream 'SET k v' 'SHUTDOWN' '!jobs hold' '!jobs run' 'CLIENT PAUSE 10' 'GET k'

# fake MODE: writes a program for replay --server spawn:.
fake() {
    printf '#!/bin/sh\nexec "%s/fake_server.py" %s "$@"\n' "$here" "$1" >"$1"
    chmod +x "$1"
}

# there MODE: starts a running server at the socket $box/there.
there() {
    "$here/fake_server.py" "$1" --unixsocket "$box/there" 2>"$box/there.log" &
    server=$!
    while [ ! -S "$box/there" ]; do sleep 0.02; done
}

gone() {
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -f "$box/there"
}

# --- WHERE and options

refuse "'there' is neither HOST:PORT nor unix:PATH nor spawn:" replay --server there calm.stream
refuse 'has no port from 1 to 65535' replay --server localhost:0 calm.stream
refuse 'has no port from 1 to 65535' replay --server localhost:x calm.stream
refuse 'does not name a socket' replay --server unix: calm.stream
refuse 'does not name a program' replay --server spawn: calm.stream
refuse 'cannot be reached: No such file or directory' replay --server "unix:$box/nobody" calm.stream
refuse 'cannot be reached: Connection refused' replay --server 127.0.0.1:1 calm.stream
refuse 'cannot be started: No such file or directory' replay --server "spawn:$box/nobody" calm.stream
refuse '--server can be combined with --expect, --seconds and --json only' \
    replay --server localhost:1 --trace calm.stream
refuse '--server WHERE is missing' live
refuse "--clients: '9'" live --server localhost:1 --clients 9
refuse 'cannot be reached' live --server 127.0.0.1:1

# --- servers that cannot be used

# Seconds for a server's start and each answer. A silent server uses all of them; on a busy machine
# a good one needs more than two to start.
patience=10

# unusable MODE WORDS
unusable() {
    fake "$1"
    refuse "$2" replay --seconds $patience --server "spawn:$box/$1" calm.stream
}
unusable password 'requires a password; set the environment variable DEFRAG_FUZZ_PASSWORD'
unusable protected 'refuses: DENIED Redis is running in protected mode'
unusable http "is not a Valkey: it replies 'HTTP/1.1 400 Bad Request"
unusable silent "does not answer within $patience s"
unusable closing 'ends the connection'
unusable redis 'is not a Valkey but a Redis 7.4.1'
unusable old "is Valkey 7.2.9, but this program contains $FAKE_VERSION"
unusable no-debug 'does not permit DEBUG; start it with --enable-debug-command yes'
unusable unpatched 'lacks DEBUG DEFRAG; build it with server-patch/build'
unusable never-starts 'exited at start-up with status 1; its log ends: FATAL: no such option'
export DEFRAG_FUZZ_PASSWORD=secret
unusable wrong-password 'rejects the password in DEFRAG_FUZZ_PASSWORD'
unusable no-password 'has no password; unset DEFRAG_FUZZ_PASSWORD'
unset DEFRAG_FUZZ_PASSWORD

# --- no findings; expected differences and left-out steps

fake good
expect 0 replay --server "spawn:$box/good" calm.stream
says out 'calm.stream: ok'
says out 'on the server: 0 replies differ'
fake other-info
expect 0 replay --server "spawn:$box/other-info" info.stream
says out '  step 2: INFO memory: process: '
says out 'on the server: 1 replies differ'
expect 0 replay --server "spawn:$box/good" left.stream
says out '  step 2: SHUTDOWN: left out: ends the process'
says out '  step 3: !jobs hold: left out: '
says out '  step 5: CLIENT PAUSE 10: left out: '
says out '4 steps left out'

# --- findings

# found MODE SIGNATURE
found() {
    fake "$1"
    expect 1 replay --seconds $patience --expect "$2" --server "spawn:$box/$1" calm.stream
    says out "calm.stream: finding $2"
    says err "signature:  $2"
}
found other-reply wire:reply:GET
says err 'in process: $1\r\nv\r\n'
says err 'server:     $13\r\nanother value\r\n'
says err '>    2  1> GET k'
found shape shape:list:links
found dies wire:died
says err '  | the last words'
found hangs wire:hung
found assertion assert:defrag.c
found asan asan:heap-use-after-free:activeDefragHash
found ubsan ubsan:signed-integer-overflow:t_string.c
found leaves-badly wire:died
expect 5 replay --expect wire:hung --server "spawn:$box/dies" calm.stream

# --- a running server

there good
expect 0 replay --server "unix:$box/there" calm.stream
printf '#! defrag-fuzz 1 databases=3\nSET k v\n' >three.stream
printf '#! defrag-fuzz 1 cluster=yes\nSET k v\n' >cluster.stream
expect 0 replay --server "unix:$box/there" three.stream cluster.stream
says out 'three.stream: skipped: needs databases=3, the server has 2'
says out 'cluster.stream: skipped: needs cluster=yes'
says out '2 skipped'
gone
there dies
expect 1 replay --server "unix:$box/there" calm.stream
says err 'its log:    /var/lib/valkey/server.log'
gone

# --- under load

expect 0 live --server "spawn:$box/good" --seconds 1 --clients 8
says out 'nothing found'
expect 1 live --server "spawn:$box/shape" --seconds 5 --record live.stream
says err 'signature:  shape:list:links'
says out 'a finding'
check 'the record has its signature' grep -qx '# signature: shape:list:links' live.stream
expect 0 fmt --check live.stream
expect 1 replay --server "spawn:$box/shape" --expect shape:list:links live.stream

# --- no leftovers

check 'no scratch file is left' test -z "$(ls "$TMPDIR")"

finish
