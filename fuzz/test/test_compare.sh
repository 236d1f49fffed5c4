#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_compare.sh -- defrag-fuzz compare: expected differences are listed with their reasons, others
# are findings, and only the ways that were asked for are compared.
#
# usage: see cli.sh
# shellcheck disable=SC2154  # variables of cli.sh
set -eu
# shellcheck source=fuzz/test/cli.sh
. "$(dirname "$0")/cli.sh"
cd "$box"

# --- usage
expect 2 compare
lines err 1
expect 2 compare --with everything nowhere
says err "'everything' compares nothing"
expect 2 compare nowhere
says err nowhere
expect 2 compare --with refs nowhere # an oracle that needs no further run
says err "'refs' compares nothing"

# --- what is listed
stream set.stream 'SADD s %seq(1-12,m{})' 'OBJECT ENCODING s' 'SMEMBERS s' 'SPOP s 2' 'SCARD s'
expect 0 compare set.stream
says out 'step 2: limits: another reply: encodings'
says out 'step 3: limits: another order: '
says out 'step 4: limits: not compared from here on: '
says out 'no other difference'
check 'the protocol makes no difference' test "$(grep -c ': protocol: ' out)" -eq 0
expect 0 compare --with protocol set.stream
check 'only what was asked for is compared' test "$(grep -c ': limits: ' out)" -eq 0
stream hello.stream 'HSET h f v' 'HGETALL h' 'ZADD z 1.5 m' 'ZSCORE z m' 'GET nothing' 'HELLO'
expect 0 compare --with protocol hello.stream
says out 'step 6: protocol: another reply: '
check 'maps, doubles and nulls say the same' test "$(grep -c ' step ' out)" -eq 1
stream time.stream 'SET k v PX 1' '!clock 2' 'DBSIZE'
expect 0 compare --with saved time.stream
says out 'step 3: saved: another reply: what has expired is not loaded'

# --- findings
for way in limits protocol saved transaction; do
    stream "$way.stream" 'SET k v' "!canary $way" 'GET canary'
    expect 1 compare --with "$way" "$way.stream"
    says out "finding $way:reply:get"
    says err "signature:  $way:reply:get"
done
expect 0 compare --with twin limits.stream

# --- another build: here the same tool, then one whose server replies w where this one replies v
stream get.stream 'SET k v' 'GET k' 'OBJECT ENCODING k'
expect 0 compare --series "$tool" get.stream
says out 'no other difference'
cat >other <<EOF
#!/bin/sh
"$tool" compare --record "$box/record" "\$4" && sed 's/^0< v\$/0< w/' "$box/record" >"\$3"
EOF
chmod +x other
expect 1 compare --series ./other get.stream
says out 'finding series:reply:get'
says err 'step 2 replies on the other one: 0< w'
printf '#!/bin/sh\necho "cannot do it"\nexit 2\n' >other
expect 0 compare --series ./other get.stream
says out '1 skipped'
says err 'cannot do it'
expect 2 compare --series "$tool" --with twin get.stream
says err 'cannot be combined'
finish
