#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_wire_server.sh -- replay --server and live with a real server: equal replies for every seed,
# and the messages when it ends, hangs or requires a password.
#
# usage: VALKEY_SERVER=PATH-OF-valkey-server test_wire_server.sh PATH-OF-defrag-fuzz SANITIZERS|none
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
here=$(realpath -- "$(dirname "$0")")
# shellcheck source=fuzz/test/cli.sh
. "$here/cli.sh"
cd "$box"
program=$(realpath -- "${VALKEY_SERVER:?}")

# there OPTION...: starts a server at $box/there and waits until it is up.
there() {
    "$program" --unixsocket "$box/there" --dir "$box" --logfile server.log --save '' --databases 2 \
        --enable-debug-command yes "$@" >/dev/null 2>&1 &
    server=$!
    while [ ! -S "$box/there" ]; do
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.02
    done
}

gone() {
    kill -9 "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -f "$box/there"
}

# under_load COMMAND...: runs the command in the background when the clients of `live` are
# connected.
under_load() {
    (
        while [ "$(find "/proc/$server/fd" -lname 'socket:*' | wc -l)" -lt 6 ]; do sleep 0.1; done
        sleep 0.5
        "$@"
    ) &
}

stream calm.stream 'SET k v' '1> BLPOP l 0' 'RPUSH l a' '!slice 3' '!clock 5' 'HGETALL h' 'XADD x * f v' 'XLEN x'

# --- under load, started by the tool

expect 0 live --server "spawn:$program" --seconds 3 --clients 8
says out 'nothing found'

# --- a running server, by a socket and by TCP: differences due to its own clock are listed

there --port 0
expect 0 replay --server "unix:$box/there" calm.stream
says out '  step 7: XADD x * f v: clock: '
expect 0 live --server "unix:$box/there" --seconds 1
gone
port=$((20000 + $$ % 20000))
until there --port "$port"; do port=$((port + 1)); done
expect 0 replay --server "127.0.0.1:$port" calm.stream
says out '  step 7: XADD x * f v: clock: '
gone

# --- a password

there --port 0 --requirepass secret
expect 2 replay --server "unix:$box/there" calm.stream
lines err 1
says err 'requires a password'
DEFRAG_FUZZ_PASSWORD=other expect 2 replay --server "unix:$box/there" calm.stream
says err 'rejects the password'
DEFRAG_FUZZ_PASSWORD=secret expect 0 replay --server "unix:$box/there" calm.stream
gone

# --- no DEBUG

there --port 0 --enable-debug-command no
expect 2 replay --server "unix:$box/there" calm.stream
lines err 1
says err 'does not permit DEBUG'
gone

# --- a server that is killed, and one that stops answering: findings, with a record

there --port 0
under_load kill -9 "$server"
expect 1 live --server "unix:$box/there" --seconds 60 --record died.stream
says err 'signature:  wire:died'
says err "its log:    $box/server.log"
expect 0 fmt --check died.stream
gone
there --port 0
under_load kill -STOP "$server"
expect 1 live --server "unix:$box/there" --seconds 60 --answer 2 --record hung.stream
says err 'signature:  wire:hung'
says err 'the server does not answer within 2 s'
expect 0 fmt --check hung.stream
gone

finish
