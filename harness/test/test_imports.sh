#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# test_imports.sh -- are all imports of the server classified, however a C library spells them, and
# are the others trapped?
#
# usage: test_imports.sh CC NM OBJCOPY AR READELF UNCLASSIFIED TOOL UNCLASSIFIED is the file that
# cut-seams has written for the server of this build. TOOL is a defrag-fuzz whose server calls an
# unknown function in STRLEN of 12345 bytes (fuzz/test/planted/new-import.patch).
set -Eeuo pipefail
export CC=$1 NM=$2 OBJCOPY=$3 AR=$4 READELF=$5
unclassified=$6 tool=$7
harness=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
here=$harness/world
# shellcheck source=harness/test/checks.sh
. "$harness/test/checks.sh"

# becomes NAME TARGET: does classify-imports map the name to TARGET?
becomes() {
    [[ $(echo "$1" | "$here/classify-imports" "$here/seams.txt" "$here/spellings.txt") == "$1 $2" ]]
}

# --- the server of this build

check "every import of the server has a row" test -f "$unclassified" -a ! -s "$unclassified"

# --- spellings that no C library has today, or that another one has

check "a later C standard" becomes __isoc42_strtol -
check "a later C standard of a function that is refused" becomes __isoc2y_getaddrinfo seam_refuse
check "fortified" becomes __read_chk seam_read
check "fortified, without a mode" becomes __open_2 seam_open
check "large files" becomes stat64 seam_stat
check "64-bit time" becomes __clock_gettime64 clock_clock_gettime
check "64-bit time of large files" becomes __stat64_time64 seam_stat
check "fortified large files" becomes __fopen64_chk seam_fopen
check "no rule makes a row out of nothing" becomes __isoc23_ '?'
check "a name that no rule fits" becomes strtol_of_tomorrow '?'
check "a name that is only like one" becomes xstrtol '?'
check "a function of the server that is replaced is no import" becomes aeMain '?'

run "$here/classify-imports" "$box/none" "$here/spellings.txt"
check "no table" test "$status" -eq 2
check "is reported in one line" matches err '^defrag-fuzz: cannot read .*/none$'
echo 'strtol -' >"$box/bad"
run "$here/classify-imports" "$box/bad" "$here/spellings.txt"
check "a row without a reason" matches err '^defrag-fuzz: .*/bad has a line without a reason: strtol -$'
check "ends it" test "$status" -eq 2

# --- imports found in the source, before it is compiled

cat >"$box/server.c" <<'TEXT'
#include <unistd.h>
/* getdelim( in a comment
 * getline( */
static int wcwidth(int c) {
    return c;
}
char *f(char *p) { return "tempnam("; } // tempnam(
int g(void) { return wcwidth(1) + getdomainname(0, 0) + (int)strtol("1", 0, 10); }
TEXT
run "$here/list-imports" "$CC" "$NM" "$box/server.c"
check "what is new is listed, and nothing else" test "$(cat "$box/out")" = getdomainname

# --- an archive

cat >"$box/server.c" <<'TEXT'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
extern int optind;
void function_of_tomorrow(int);
long __isoc42_strtol(const char *, char **, int);
void getpagesize_of_bsd(void) __asm__("getpagesize");
int variable = 1;
static int hidden;
int *g(void) { return &hidden; }
int f(int flags, size_t n) {
    char buffer[64];
    function_of_tomorrow(optind);
    getpagesize_of_bsd();
    ssize_t got = read(open("a", flags), buffer, n);
    return (int)(got + __isoc42_strtol(buffer, 0, 10) + (long)malloc(n));
}
TEXT
"$CC" -O1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -c -o "$box/server.o" "$box/server.c"
"$AR" qc "$box/raw.a" "$box/server.o" 2>/dev/null
echo hidden >"$box/show"
run "$here/cut-seams" "$box/raw.a" "$box/cut.a" "$box/show"
check "an unclassified import does not stop the build" test "$status" -eq 0
no_row='^defrag-fuzz: harness/world/seams.txt has no row for'
check "it is named" matches err "$no_row function_of_tomorrow: a call of one is a finding that names it$"
check "a variable is not trapped" matches err "$no_row optind: a variable of the C library, left as it is$"
check "both are kept" test "$(cat "$box/cut.a.unclassified")" = $'function_of_tomorrow\noptind'
"$NM" "$box/cut.a" >"$box/names" 2>/dev/null
check "fortified calls get what the plain ones get" matches names ' U seam_read$'
check "and open without a mode too" matches names ' U seam_open$'
check "so does malloc" matches names ' U heap_malloc$'
check "what is pure keeps its spelling" matches names ' U __isoc42_strtol$'
check "the trap is there" matches names ' T seam_trap_of_function_of_tomorrow$'
check "and called" matches names ' U seam_trap_of_function_of_tomorrow$'
check "what must never be called is trapped silently" matches names ' T seam_trap_of_getpagesize$'
check "nothing asks for the original names" \
    not matches names ' U (__read_chk|read|open64|open|malloc|function_of_tomorrow|getpagesize)$'
check "a static that is shown is global" matches names ' [BD] hidden$'

# --- sections

# cut FLAG...: compiles the same object with these flags.
cut() {
    rm -f "$box/raw.a"
    "$CC" "$@" -c -o "$box/server.o" "$box/server.c"
    "$AR" qc "$box/raw.a" "$box/server.o" 2>/dev/null
    run "$here/cut-seams" "$box/raw.a" "$box/cut.a" "$box/show"
    "$READELF" -SW "$box/cut.a" >"$box/sections"
}
cut -fdata-sections
check "variables with sections of their own" matches sections ' vkdata +PROGBITS .* WA '
check "and those that begin with zero" matches sections ' vkbss +NOBITS .* WA '
check "none is left over" not matches sections ' \.(data|bss)\.[a-z]'
echo '__attribute__((section("mine"))) int odd = 1;' >>"$box/server.c"
cut -O1
check "a variable in an unknown section stops the build" test "$status" -ne 0
check "in one line" \
    matches err '^defrag-fuzz: the server has variables in mine: sections that harness/world/cut-seams does not know$'

# --- a call

printf 'SET key %%rep(12344,x)\nSTRLEN key\n' >"$box/near.stream"
printf 'SET key %%rep(12345,x)\nSTRLEN key\n' >"$box/far.stream"
run "$tool" replay "$box/near.stream"
check "a trap that is not reached is harmless" test "$status" -eq 0
run "$tool" replay "$box/far.stream"
check "one that is reached is a finding" test "$status" -eq 1
check "with the name in its signature" matches err '^signature:  import:function_of_tomorrow$'
check "the step" matches err '^step:       2 of 2: STRLEN key$'
check "and what to do" matches err 'which has no row in harness/world/seams.txt: add one that says what it gets$'

finish
