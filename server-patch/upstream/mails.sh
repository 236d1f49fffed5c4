# SPDX-License-Identifier: BSD-3-Clause
# mails.sh -- sourced by server-patch/series: the fixes as mails to Valkey.
#
# A fix is SERIES/fixes/NAME.patch, and its text for Valkey is upstream/NAME.txt, the same for all
# series; README.md describes its form. read_text reads one, write_fixes writes the mails.
#
# Limits: whether a tree has a fix is decided by text: by the patch, or by a line that the text
# names. A fix that Valkey has in a form unknown to both is reported as one that does not fit.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables of series

# The most severe first.
readonly SEVERITIES=(crash data resources figures undefined)

# --- texts

# words_of TEXT WORD: the values of all lines "WORD: VALUE" in the head of a text.
words_of() {
    sed -n "1,/^\$/s/^$2: //p" "$1"
}

# read_text TEXT: sets text_severity, text_subject and text_test; ends the run when one is missing.
read_text() {
    local word
    [[ -r $1 ]] || die "the fix ${1##*/} has no text: cannot read '$1'; see server-patch/upstream/README.md"
    for word in severity subject 'test' stock; do
        [[ -n $(words_of "$1" $word) ]] || die "$1 has no line '$word: ...'; see server-patch/upstream/README.md"
    done
    text_severity=$(words_of "$1" severity)
    text_subject=$(words_of "$1" subject)
    text_test=$(words_of "$1" test)
    text_module=$(words_of "$1" module)
    [[ " ${SEVERITIES[*]} " == *" $text_severity "* ]] ||
        die "$1: severity '$text_severity' is not known; use one of: ${SEVERITIES[*]}"
    [[ $text_test =~ ^tests/unit/(moduleapi/)?[a-z0-9-]+\.tcl$ ]] ||
        die "$1: test '$text_test' is not a file in tests/unit"
    [[ $text_module =~ ^(tests/modules/[a-z0-9_]+\.c)?$ ]] ||
        die "$1: module '$text_module' is not a file in tests/modules"
}

# The message of a text: from its head to the line "---".
print_text_message() {
    sed '1,/^$/d; /^---$/,$d' "$1"
}

# The test of a text: what follows the line "---", up to the next one if there is one.
print_text_test() {
    sed '1,/^---$/d' "$1" | sed '/^---$/,$d'
}

# The module of a text: what follows the second line "---".
print_text_module() {
    sed '1,/^---$/d' "$1" | sed '1,/^---$/d'
}

# The names of the fixes of the series, the most severe first.
list_fixes() {
    local severity file
    for severity in "${SEVERITIES[@]}"; do
        for file in "$patches/$series/fixes"/*.patch; do
            [[ -e $file ]] || die "there are no fixes in $patches/$series/fixes; give another series"
            file=${file##*/}
            read_text "$patches/upstream/${file%.patch}.txt"
            if [[ $text_severity == "$severity" ]]; then echo "${file%.patch}"; fi
        done
    done
}

# --- the tree

# Copies the files that the fixes change from the tree, so that they can be applied in order.
copy_changed_files() {
    local name
    mkdir -p -- "$work/tree"
    sed -n 's,^+++ b/,,p' "$patches/$series/fixes"/*.patch | sort -u >"$work/changed"
    while read -r name; do
        if [[ -r $tree/$name ]]; then
            mkdir -p -- "$work/tree/$(dirname -- "$name")"
            cp -- "$tree/$name" "$work/tree/$name"
        fi
    done <"$work/changed"
}

# has_other_form TEXT: the tree has the fix in another form, named by a line "upstream: FILE LINE".
has_other_form() {
    local file line
    while read -r file line; do
        if grep -qsF -- "$line" "$tree/$file"; then return 0; fi
    done < <(words_of "$1" upstream)
    return 1
}

# wanted NAME: the tree lacks the fix, and the fix fits. Reports why not otherwise.
wanted() {
    local patch=$patches/$series/fixes/$1.patch text=$patches/upstream/$1.txt reason
    if [[ -z $tree ]]; then return; fi
    if has_other_form "$text"; then
        say "$1: left out, the tree has it in another form"
    elif [[ -e $tree/$text_test ]]; then
        say "$1: left out, the tree has its test $text_test"
    elif reason=$("$here/apply" "$work/tree" "$patch"); then
        return 0
    elif [[ $reason == *"has this change already"* ]]; then
        say "$1: left out, the tree has it"
    else
        say "$1: left out, it does not fit the tree: $reason"
        exit_status=1
    fi
    return 1
}

# --- mails

# print_fix NAME NUMBER COUNT
print_fix() {
    local patch=$patches/$series/fixes/$1.patch text=$patches/upstream/$1.txt
    read_text "$text"
    print_text_test "$text" >"$work/test"
    print_head "[PATCH $2/$3] $text_subject" "$(date_of "$patch")"
    print_text_message "$text"
    print_signoff
    echo ---
    print_changes "$patch"
    print_new_file "$text_test" "$work/test"
    if [[ -n $text_module ]]; then
        print_text_module "$text" >"$work/module"
        print_new_file "$text_module" "$work/module"
    fi
    print_end
}

write_fixes() {
    local name number=0
    list_fixes >"$work/fixes"
    if [[ -n $tree ]]; then copy_changed_files; fi
    while read -r name; do
        read_text "$patches/upstream/$name.txt"
        if wanted "$name"; then echo "$name"; fi
    done <"$work/fixes" >"$work/wanted"
    if [[ ! -s $work/wanted ]]; then say "no mail is written: the tree lacks no fix that fits it"; fi
    while read -r name; do
        number=$((number + 1))
        print_fix "$name" $number "$(wc -l <"$work/wanted")" \
            >"$work/mail/$(printf '%04d' $number)-${name#[0-9][0-9][0-9][0-9]-}.patch"
    done <"$work/wanted"
}
