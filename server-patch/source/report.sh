# SPDX-License-Identifier: BSD-3-Clause
# report.sh -- sourced by fetch: messages, the ends of a run, and the folders of a run.
#
# Exit statuses are documented in fetch. A command that fails unexpectedly is a fault of the script,
# unless the disk is full: that can make any command fail, so it is checked first.
#
# Limits: a disk counts as full when 64 kB cannot be written to it.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of fetch

readonly USAGE_STATUS=2 FAULT_STATUS=3 NOWHERE_STATUS=4

say() {
    printf 'fetch: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit $USAGE_STATUS
}

# die_nowhere LINE...: the source is not available. The lines report what was tried and what to do.
die_nowhere() {
    local line
    for line; do say "$line"; done
    exit $NOWHERE_STATUS
}

# disk_full DIR: true when there is no room for a small file.
disk_full() {
    local probe=$1/.probe.$$ full=no
    [[ -d $1 && -w $1 ]] || return 1
    head -c 65536 /dev/zero 2>/dev/null >"$probe" || full=yes
    rm -f -- "$probe"
    [[ $full == yes ]]
} 2>/dev/null

# die_if_full DIR...: ends the run when one of the folders is on a full disk.
die_if_full() {
    local folder
    for folder; do
        if disk_full "$folder"; then die_full "$folder"; fi
    done
}

# die_full DIR
die_full() {
    die "no space left on the disk of '$1'; make room, or choose another folder with --into and --downloads"
}

# full_in LOG: true when a program reports a full disk in its output.
full_in() {
    grep -qE 'No space left on device|Disk quota exceeded' "$1"
}

# Called by bash when a command fails that is not expected to fail.
fault() {
    trap - ERR
    die_if_full "$into" "$downloads"
    printf 'harness: server-patch/fetch failed at line %s of %s (status %s); please report this\n' "$2" "$3" "$1" >&2
    exit $FAULT_STATUS
}

# open_folder DIR OPTION LOCK DESCRIPTOR: makes DIR and takes its lock, held until this process
# ends.
open_folder() {
    local folder=$1 option=$2 lock=$1/$3 descriptor=$4
    mkdir -p -- "$folder" 2>/dev/null || true # the next line reports a failure
    [[ -d $folder && -w $folder && -x $folder ]] || die "cannot write to '$folder'; choose another folder with $option"
    { eval "exec $descriptor>>\"\$lock\""; } 2>/dev/null ||
        die "cannot write to '$lock'; choose another folder with $option"
    if ! flock --nonblock "$descriptor"; then
        say "waiting for another fetch in $folder"
        flock "$descriptor"
    fi
}

# new_folder DIR NAME: a work folder DIR/NAME.XXXXXX, its path on stdout; those of killed runs are
# removed.
new_folder() {
    rm -rf -- "$1/$2".*
    mktemp -d "$1/$2.XXXXXX" 2>/dev/null
}

open_into() {
    open_folder "$into" --into .lock 9
    into=$(cd -- "$into" && pwd)
    if work=$(new_folder "$into" .work); then return; fi
    die_if_full "$into"
    die "cannot write to '$into'; choose another folder with --into"
}

# Opens the folder of downloads for writing, which is not needed when it has all files.
open_downloads() {
    if [[ -n $incoming ]]; then return; fi
    open_folder "$downloads" --downloads .lock-downloads 8
    downloads=$(cd -- "$downloads" && pwd)
    incoming=$(new_folder "$downloads" .incoming) ||
        { die_if_full "$downloads" && die "cannot write to '$downloads'; choose another folder with --downloads"; }
}

# Releases the folder of downloads for other runs.
close_downloads() {
    if [[ -z $incoming ]]; then return; fi
    rm -rf -- "$incoming"
    incoming=
    exec 8>&-
}

cleanup() {
    if [[ -n $work ]]; then rm -rf -- "$work"; fi
    if [[ -n $incoming ]]; then rm -rf -- "$incoming"; fi
}
