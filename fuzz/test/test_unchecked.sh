#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_unchecked.sh TREE -- are the lines right that the configuration prints about a Valkey tree
# with unknown commands, and without configs and commands that this project names?
#
# Changes a copy of the TREE's sources. The lines end up in `defrag-fuzz tree`: test_night.sh.
set -eu
here=$(realpath -- "$(dirname -- "$0")")
project=$(realpath -- "$here/../..")
# shellcheck source=harness/test/checks.sh
. "$project/harness/test/checks.sh"
tree=$(realpath -- "$1")

# report: what the configuration reports of the copy. The rows of all series excuse names, as for a
# user's own tree.
report() {
    "$project/harness/server/unknown-commands" "$box"
    "$here/test_valkey_names.py" --lost "$box" "$project"/server-patch/*/row
}

# add NAME LIKE [FLAG]: adds a command like another one to the copy.
add() {
    sed -i -E "/^\\{MAKE_CMD\\(\"$2\",/{p;s/\"$2\"/\"$1\"/${3:+;s/CMD_READONLY/$3/}}" "$box/src/commands.def"
}

mkdir "$box/src"
cp -R "$tree"/src/*.[ch] "$tree"/src/*.def "$tree"/src/commands "$tree"/src/modules "$box/src"
returns 0 report
cp "$box/out" "$box/before"

add outlandish lastsave
add new-data strlen
add new-pop blpop
add new-wait wait
add new-protected strlen CMD_PROTECTED
add frobnicate myshardid
sed -i '/create[A-Za-z]*Config("latency-tracking",/d; /create[A-Za-z]*Config("hll-sparse-max-bytes",/d' \
    "$box/src/config.c"
rm "$box/src/commands/acl-whoami.json"
returns 0 report
grep -vxF -f "$box/before" "$box/out" >"$box/new" || true
cat >"$box/wanted" <<'TEXT'
unknown commands, refused: cluster|frobnicate new-wait outlandish new-protected
config latency-tracking: this Valkey has none (harness/server/birth.c, harness/server/command_filter.c)
config hll-sparse-max-bytes: this Valkey has none (harness/server/command_filter.c, harness/stream/settings.c)
command acl|whoami: this Valkey has none (harness/server/known_commands.c)
TEXT
same "$box/new" "$box/wanted"
finish
