#!/usr/bin/env bash
# test_server_allocators.sh SERIES SOURCE WORK -- does defrag work in a real server with every allocator?
#
# Builds each in WORK, out of the tree that server-patch/fetch has downloaded to SOURCE, by make and some by CMake. Each must start with activedefrag on,
# name its allocator and the source of its figures, move the data set by DEBUG DEFRAG CYCLE without changing it, and find it well-formed; a
# broken table must be found. A server that is built is removed again when it has passed, for the room.
#
# usage: server-patch/test/test_server_allocators.sh SERIES SOURCE WORK [WITH:ALLOCATOR]...
# exit status: 0 all passed, 1 some failed, 3 fault of this script

set -Eeuo pipefail
export LC_ALL=C
series=$1 source=$2 work=$3
shift 3
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=server-patch/source/allocators.sh
. "$root/server-patch/source/allocators.sh"
# shellcheck disable=SC2046  # one word each
(($#)) || set -- $(awk '$1 == "allocator" {name = $2}
                        $1 == "tested" && $2 != "none" {for (i = 2; i <= NF; i++) print $i ":" name}' "$allocators")
box=$(mktemp -d)
pid=
failed=0
mkdir -p "$work"

# shellcheck disable=SC2317  # called by the trap
cleanup() {
    if [[ -n $pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
    rm -rf -- "$box"
}
trap cleanup EXIT
trap 'echo "harness: test_server_allocators.sh failed at line $LINENO" >&2; exit 3' ERR

# cli WORD...: one command; prints the reply.
cli() {
    "${server%/*}/valkey-cli" -s "$box/socket" --raw "$@" 2>&1
}

fail() {
    echo "FAIL Valkey $series, $what: $*"
    tail -n 5 "$box/log" 2>/dev/null | sed 's/^/    log: /'
    failed=1
    return 1
}

# is WHAT PATTERN TEXT: the text matches.
is() {
    [[ $3 =~ $2 ]] || fail "$1 is '$3', expected '$2'"
}

start() {
    (cd "$box" && exec "$server" --port 0 --unixsocket "$box/socket" --save '' --enable-debug-command yes --activedefrag yes) >"$box/log" 2>&1 &
    pid=$!
    for ((i = 0; i < 100; i++)); do
        if [[ $(cli PING || true) == PONG ]]; then return; fi
        sleep 0.1
    done
    fail "does not start"
}

stop() {
    cli SHUTDOWN NOSAVE >/dev/null || true
    kill "$pid" 2>/dev/null || true # for one that does not answer
    wait "$pid" || true
    pid=
}

# fill: lists, hashes, sets, sorted sets, streams, strings; more than one page of each.
fill() {
    local i
    for ((i = 0; i < 400; i++)); do
        echo "SET string:$i value-$i"
        echo "RPUSH list member-$i"
        echo "HSET hash field-$i value-$i"
        echo "SADD set member-$i"
        echo "ZADD zset $i member-$i"
        echo "XADD stream $((i + 1))-0 field value-$i"
    done | "${server%/*}/valkey-cli" -s "$box/socket" >/dev/null
}

# checks NAME FIGURES: what is expected of INFO.
checks() {
    local digest reply
    is "activedefrag" 'yes$' "$(cli CONFIG GET activedefrag)" || return
    is "mem_allocator" "mem_allocator:$1" "$(cli INFO memory)" || return
    is "the source of the figures" "active_defrag_figures:$2" "$(cli INFO memory)" || return
    fill
    is "DEBUG DEFRAG HINT always" '^OK' "$(cli DEBUG DEFRAG HINT always)" || return
    digest=$(cli DEBUG DIGEST)
    reply=$(cli DEBUG DEFRAG CYCLE | paste -sd ' ')
    is "DEBUG DEFRAG CYCLE" '^[0-9]+ [1-9][0-9][0-9]+$' "$reply" || return
    is "DEBUG DEFRAG VERIFY" '^OK' "$(cli DEBUG DEFRAG VERIFY)" || return
    is "DEBUG DIGEST after the cycle" "^$digest\$" "$(cli DEBUG DIGEST)" || return
    echo "Valkey $series, $what: mem_allocator $1, figures of $2, asked and moved: $reply"
    cli FLUSHALL >/dev/null
    cli SET canary x >/dev/null
    cli DEBUG DEFRAG BREAK table >/dev/null
    is "DEBUG DEFRAG VERIFY of a broken table" 'SHAPE shape:table' "$(cli DEBUG DEFRAG VERIFY)" || return
}

for what; do
    with=${what%:*}
    allocator=${what#*:}
    read_allocator "$allocator"
    if ! server=$("$root/server-patch/build" --series "$series" --source "$source" --with "$with" --allocator "$allocator" --into "$work/$with-$allocator" --optimize 1 2>"$box/build" | tail -n 1); then
        echo "FAIL Valkey $series, $what: $(tail -n 1 "$box/build")"
        failed=1
        continue
    fi
    if start && checks "$allocator_info" "$allocator_figures"; then rm -rf -- "${work:?}/$with-$allocator"; fi
    stop
done
exit $failed
