# SPDX-License-Identifier: BSD-3-Clause
# index.sh -- sourced by fetch: --newest, the newest version of a series in Debian's signed package
# index.
#
# apt reads the index and checks its signature, with a configuration, lists and caches of its own
# that are removed after the run. The machine's own apt lists and caches are neither read nor
# written, and its hooks do not run. Only three things come from the machine's apt configuration:
# the address of its Debian mirror, how to reach it (proxies, passwords), and whether dates are
# checked.
#
# Limits: looks for Debian's suites by name (SUITES below); a series that has left all of them is
# not found. The mirror must still have the files that its index lists; versions whose files are
# gone are skipped.
# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154  # apt's variables, not the shell's; variables of fetch

readonly SUITES="forky sid trixie bookworm-backports"
readonly KEYRING=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

write_sources_list() {
    local one
    for one in $SUITES; do
        printf 'deb-src [signed-by=%s] %s %s main\n' "$KEYRING" "$mirror" "$one"
    done >"$work/apt/sources.list"
}

# The suites whose index is no longer valid, with the day, on one line.
expired_suites() {
    local release one until list=''
    for release in "$work"/apt/lists/*_InRelease "$work"/apt/lists/partial/*_InRelease; do
        if [[ ! -f $release ]]; then continue; fi
        one=$(sed -n 's/^Codename: //p;/^Codename: /q' "$release")
        until=$(expired "$release")
        list+=${until:+, $one until $until}
    done
    printf '%s' "${list#, }"
}

# Ends the run when no index was read, and reports the suites that were not.
judge_suites() {
    local came=$1 unread=$2 expired reason
    expired=$(expired_suites)
    reason=$(apt_reason)
    if [[ -z $expired && $reason == *'is expired'* ]]; then expired=${reason#*is expired }; fi
    if [[ -n $expired ]]; then
        expired="the package index of $mirror is too old (valid: $expired); "
        expired+="set DEBIAN_MIRROR to a mirror that is kept up to date, or correct this machine's clock"
    fi
    if [[ $came == ' ' ]]; then
        [[ -z $expired ]] || die_nowhere "$expired"
        reason="cannot read a signed package index at $mirror ($reason); "
        die_nowhere "${reason}check the network, or set DEBIAN_MIRROR to another mirror"
    fi
    [[ -z $expired ]] || say "$expired; it is used anyway, because this machine's apt does not check dates"
    [[ -z $unread ]] || say "suites that cannot be read, and are skipped:$unread ($reason)"
}

# Reads the indexes of all suites, and writes a line "version suite" for every valkey in them to
# $work/apt/index.
read_index() {
    local one file came=' ' unread=''
    say "reading the package index of $mirror"
    # which suites came is looked at below
    private_apt apt-get -q -o Acquire::Retries=1 update >"$work/apt/log" 2>&1 || true
    if full_in "$work/apt/log"; then die_full "$into"; fi
    while read -r one file; do
        if [[ -e $file ]]; then came+="$one "; fi
    done < <(private_apt apt-get indextargets --format '$(RELEASE) $(FILENAME)' 'Created-By: Sources')
    for one in $SUITES; do
        [[ $came == *" $one "* ]] || unread+=" $one"
    done
    judge_suites "$came" "$unread"
    private_apt apt-cache madison valkey 2>/dev/null |
        sed -En 's/^ *valkey \| +([^ ]+) \| .* ([^ ]+)\/main Sources *$/\1 \2/p' >"$work/apt/index"
}

# The newest version of the series in the index, as "version suite"; empty when there is none.
newest_version() {
    local one where best='' found=''
    while read -r one where; do
        [[ $one =~ ^([0-9]+:)?"$series"[.+~-] ]] || continue
        if [[ -z $best ]] || dpkg --compare-versions "$one" gt "$best"; then
            best=$one
            found="$one $where"
        fi
    done <"$work/apt/index"
    printf '%s' "$found"
}

known_series() {
    local list
    list=$(sed -En 's/^([0-9]+:)?([0-9]+\.[0-9]+).*/\2/p' "$work/apt/index" | sort -Vu | paste -sd ' ')
    printf '%s' "${list:-none}"
}

# checksums [VERSION]: the Checksums-Sha256 field of a source record or a .dsc on stdin, as
# sha256sum writes it; with VERSION, that of the first record with it.
checksums() {
    awk -v version="${1:-}" '
        /^[^ ]/ { inside = 0 }
        /^$/ { if (found && (right || version == "")) exit; right = 0 }
        /^Version: / { right = ($2 == version) }
        inside && NF == 3 && $3 !~ /\// { line[++n] = $1 "  " $3 }
        /^Checksums-Sha256:/ { inside = 1; found = 1; n = 0 }
        END { for (i = 1; i <= n; i++) print line[i] }'
}

# Downloads one version into $incoming/raw and checks it against the index; $work/sums gets the
# checksums. Returns 1 when the mirror lists the version but no longer has its files.
download_version() {
    local one=$1 where=$2 reason
    rm -rf -- "$incoming/raw"
    mkdir "$incoming/raw"
    say "downloading valkey $one of $where"
    if ! (
        cd "$incoming/raw" &&
            private_apt apt-get -q -o Acquire::Retries=1 source --download-only --only-source "valkey=$one"
    ) >"$work/apt/log" 2>&1; then
        if full_in "$work/apt/log"; then die_full "$downloads"; fi
        grep -Eq '404 +Not Found|File not found' "$work/apt/log" && return 1
        die_nowhere \
            "cannot download valkey $one ($(apt_reason)); check the network, or set DEBIAN_MIRROR to another mirror"
    fi
    private_apt apt-cache showsrc --only-source valkey 2>/dev/null | checksums "$one" >"$work/sums"
    if [[ ! -s $work/sums ]] ||
        ! (cd -- "$incoming/raw" && sha256sum --check --status --strict) <"$work/sums" 2>/dev/null; then
        reason="the files of valkey $one do not have the checksums of the signed index"
        die_nowhere "$reason; set DEBIAN_MIRROR to another mirror"
    fi
}

# Moves the files of the version that was downloaded into place, and makes the lock's variables
# describe them.
take_version() {
    local sum name
    version=$1 suite=$2 files=()
    while read -r sum name; do
        # A mirror on a local disk leaves links.
        cp -L -- "$incoming/raw/$name" "$incoming/$name"
        files+=("$sum $(sha1sum <"$incoming/$name" | cut -d ' ' -f 1) $name")
        mv -f -- "$incoming/$name" "$downloads/$name"
    done <"$work/sums"
}

# compare_lock VERSION: reports whether that is newer than the lock's version.
compare_lock() {
    if [[ -z $version ]]; then
        say "the newest valkey $series is $1; there is no lock yet"
    elif dpkg --compare-versions "$1" gt "$version"; then
        say "valkey $1 is newer than the lock's $version"
    else
        say "nothing is newer than the lock's $version (the index has $1)"
    fi
}

# Gets the newest version of the series that the mirror still has.
get_newest() {
    local found one where gone=''
    find_mirrors
    [[ -n $mirror ]] ||
        die "this machine's apt configuration names no Debian mirror; set DEBIAN_MIRROR to the address of one"
    [[ $KEYRING =~ ^[^][:space:][]+$ ]] || die "'$KEYRING' is not a path without spaces; correct DEBIAN_KEYRING"
    [[ -f $KEYRING && -r $KEYRING ]] ||
        die "cannot read the keys '$KEYRING' of the Debian archive; install debian-archive-keyring or set" \
            "DEBIAN_KEYRING"
    open_downloads
    write_apt_config
    write_sources_list
    read_index
    while found=$(newest_version) && [[ -n $found ]]; do
        read -r one where <<<"$found"
        if download_version "$one" "$where"; then
            compare_lock "$one"
            take_version "$one" "$where"
            return
        fi
        say "valkey $one is listed in $where but its files are gone, looking for an older one"
        gone+=" $one"
        awk -v gone="$one" '$1 != gone' "$work/apt/index" >"$work/apt/rest"
        mv "$work/apt/rest" "$work/apt/index"
    done
    reason="$mirror has no valkey $series${gone:+ (listed, but the files are gone:$gone)}; "
    reason+="series that it lists: $(known_series)${version:+; without --newest, fetch makes the locked $version}"
    die_nowhere "$reason"
}
