#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# test_outside.sh PROGRAM -- traces PROGRAM (test_outside.c, which runs every command of the server)
# and fails if a file outside of the scratch folder was opened for writing, a socket was opened, or
# a process was started.
set -eu
# shellcheck source=harness/test/checks.sh
. "$(dirname "$0")/checks.sh"
program=$1
command -v strace >/dev/null || fault "needs strace; install Debian's package strace"
mkdir "$box/tmp"
export TMPDIR="$box/tmp"
returns 0 strace -f -o "$box/trace" -e trace=%file,%network,%process,write "$program"
tail -n 1 "$box/out"
# From "begin" to "end" on the program's standard output.
sed -n '/write(1, "begin/,/write(1, "end/p' "$box/trace" >"$box/calls"
check 'the trace has a begin' test -s "$box/calls"

# calls NAMES: prints the calls of those functions.
calls() {
    grep -E "^[0-9]+ +($1)\\(" "$box/calls" || true
}

calls 'socket|socketpair|connect|bind|listen|accept4?|sendto|sendmsg' >"$box/sockets"
calls 'fork|vfork|clone3?|execve|execveat|kill|tkill' >"$box/processes"
calls 'open|openat|creat|openat2' | grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(' |
    grep -vE '"/dev/null"' | grep -vF "\"$box/tmp/defrag-fuzz-" >"$box/files" || true
renames='rename|renameat2?|unlink|unlinkat|link|linkat|symlink|symlinkat'
calls "$renames|mkdir|mkdirat|rmdir|chmod|fchmodat|chown|truncate" |
    grep -vF "$box/tmp/defrag-fuzz-" | grep -vE 'unlinkat\([0-9]+, "[^/"]+", 0\)' >"$box/names" || true
check 'no socket is opened' not grep '' "$box/sockets"
check 'no process is started' not grep '' "$box/processes"
check 'no file is opened for writing outside of the scratch folder' not grep '' "$box/files"
check 'no name is changed outside of the scratch folder' not grep '' "$box/names"
# Proves that the trace has such calls: the scratch folder and a file in it were created.
check 'the trace shows scratch files' \
    grep -qE "mkdir\(\"$box/tmp/defrag-fuzz-|openat\(.*$box/tmp/defrag-fuzz-.*O_CREAT" "$box/calls" "$box/trace"
check 'nothing is left in the scratch folder' test -z "$(ls -A "$box/tmp")"
finish
