#!/bin/sh
# test_outside.sh PROGRAM -- traces PROGRAM (test_outside.c, which runs every command of the server) and fails when anything was opened for
# writing outside of the scratch folder, any socket was opened, or any process was started.
set -eu
program=$1
command -v strace >/dev/null || {
    echo "defrag-fuzz: needs strace; install Debian's package strace" >&2
    exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp"
export TMPDIR="$work/tmp"
strace -f -o "$work/trace" -e trace=%file,%network,%process,write "$program" >"$work/out" 2>"$work/err" || {
    tail -20 "$work/err"
    echo "FAIL $program ended with status $?"
    exit 1
}
tail -1 "$work/out"
# From "begin" to "end" on the program's standard output.
sed -n '/write(1, "begin/,/write(1, "end/p' "$work/trace" >"$work/calls"
[ -s "$work/calls" ] || {
    echo "FAIL the trace has no begin"
    exit 1
}
grep -E '^[0-9]+ +(socket|socketpair|connect|bind|listen|accept4?|sendto|sendmsg)\(' "$work/calls" >"$work/bad" || true
grep -E '^[0-9]+ +(fork|vfork|clone3?|execve|execveat|kill|tkill)\(' "$work/calls" >>"$work/bad" || true
grep -E '^[0-9]+ +(open|openat|creat|openat2)\(' "$work/calls" | grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(' |
    grep -vE '"/dev/null"' | grep -vF "\"$work/tmp/defrag-fuzz-" >>"$work/bad" || true
grep -E '^[0-9]+ +(rename|renameat2?|unlink|unlinkat|mkdir|mkdirat|rmdir|link|linkat|symlink|symlinkat|chmod|fchmodat|chown|truncate)\(' "$work/calls" |
    grep -vF "$work/tmp/defrag-fuzz-" | grep -vE 'unlinkat\([0-9]+, "[^/"]+", 0\)' >>"$work/bad" || true
# Proof that the trace sees what it looks for: the scratch folder and a file in it were made.
grep -qE "mkdir\(\"$work/tmp/defrag-fuzz-|openat\(.*$work/tmp/defrag-fuzz-.*O_CREAT" "$work/calls" "$work/trace" || {
    echo "FAIL the trace shows no scratch file at all: is it blind?"
    exit 1
}
if [ -s "$work/bad" ]; then
    echo "FAIL the server reached outside:"
    head -20 "$work/bad"
    exit 1
fi
[ -z "$(ls -A "$work/tmp")" ] || {
    echo "FAIL left behind: $(ls "$work/tmp")"
    exit 1
}
echo "ok   nothing outside of the scratch folder"
