# SPDX-License-Identifier: BSD-3-Clause
# places.sh -- sourced by fetch: the folder of downloads, and the places that its files come from.
#
# Every file is identified by its SHA-256, so its source does not matter. One flat folder serves all
# series and builds; a file in it with the right hash is used. Other files are requested from each
# place in turn: the mirror's pool, the pool of security updates, Debian's archive of past versions,
# and last Valkey's own release. apt's helper downloads, with the machine's proxies and passwords;
# dates are not checked.
#
# A place that does not answer at all is not tried again in the same run, so a dead network costs
# each place's time-out only once.
#
# Limits: the release is one file with another hash and without Debian's patches, so it is the last
# resort.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of fetch

readonly HELPER=/usr/lib/apt/apt-helper
readonly SILENCE=${DEFRAG_FUZZ_TIMEOUT:-15} # seconds to wait for an answer of a place

declare -A dead=() # places that did not answer, by name
answers=()         # "ADDRESS: answer" of each attempt that failed

# The mirror that this machine itself gets Debian from. Once the machine has read its lists, the
# origin is known; before that, the codename or the keyring distinguishes Debian from other
# repositories.
machine_mirror() {
    # shellcheck disable=SC2016  # apt's variables, not the shell's
    apt-get indextargets --format '$(RELEASE) $(REPO_URI) $(ORIGIN)|$(SIGNED_BY)' 'Created-By: Packages' 2>/dev/null |
        awk '$1 !~ /^[a-z]+$/ { next }
             $3 ~ /^Debian\|/ { print $2; found = 1; exit }
             $3 !~ /^\|/ || guess { next }
             $1 ~ /^(bullseye|bookworm|trixie|forky|sid)$/ || $3 ~ /debian-archive-keyring/ { guess = $2 }
             END { if (!found && guess) print guess }'
}

# expired INRELEASE: the day until which a suite's index was valid; empty while it is valid.
expired() {
    local until
    until=$(sed -n 's/^Valid-Until: //p;/^Valid-Until: /q' "$1")
    if [[ -n $until && $(date -d "$until" +%s 2>/dev/null || echo 0) -lt $(date +%s) ]]; then
        date -u -d "$until" +%F
    fi
}

# Sets mirror, security, archive and releases: addresses without a slash at the end. The first two
# are empty when the machine's configuration names no mirror.
find_mirrors() {
    local variable
    mirror=${DEBIAN_MIRROR:-$(machine_mirror)}
    mirror=${mirror%/}
    security=${DEBIAN_SECURITY_MIRROR:-${mirror:+$mirror-security}}
    security=${security%/}
    archive=${DEBIAN_ARCHIVE:-https://snapshot.debian.org/file}
    releases=${VALKEY_RELEASES:-https://github.com/valkey-io/valkey/archive/refs/tags}
    for variable in mirror security archive releases; do
        [[ -z ${!variable} || ${!variable} =~ ^[a-z+]+:[^][:space:][]+$ ]] ||
            die "'${!variable}' is not an address; correct the environment (server-patch/fetch --help names the" \
                "variables)"
    done
}

# address_of PLACE NAME SHA1
address_of() {
    case $1 in
    mirror) echo "$mirror/pool/main/v/valkey/$2" ;;
    security) echo "$security/pool/updates/main/v/valkey/$2" ;;
    archive) echo "$archive/$3" ;;
    release) echo "$releases/$release.tar.gz" ;;
    esac
}

# Writes the private apt configuration; everything apt reads or writes is below $work/apt.
write_apt_config() {
    mkdir -p "$work"/apt/{lists,cache,archives}/partial
    : >"$work/apt/status"
    : >"$work/apt/sources.list"
    cat >"$work/apt/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::status "$work/apt/status";
Dir::State::Lists "$work/apt/lists";
Dir::Cache "$work/apt/cache";
Dir::Cache::archives "$work/apt/archives";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
Acquire::Languages "none";
Acquire::Retries "0";
Acquire::http::Timeout "$SILENCE";
Acquire::https::Timeout "$SILENCE";
CONF
    # Root downloads as root: apt's own user may have no access to DIR, and apt would print long
    # warnings.
    if ((EUID == 0)); then echo 'APT::Sandbox::User "root";' >>"$work/apt/apt.conf"; fi
}

private_apt() {
    local program=$1
    shift
    "$program" --config-file="$work/apt/apt.conf" "$@"
}

# The first reason in apt's messages, without apt's prefix and the address.
apt_reason() {
    local reason
    reason=$(sed -n 's/^[EW]: *//p' "$work/apt/log" | head -n 1 |
        sed -E 's/^Failed to fetch [^ ]+ +//; s/ *\[IP: [^]]*\]//; s/ +/ /g')
    printf '%s' "${reason:-apt gave no reason}"
}

right_hash() { # SHA256 FILE
    [[ -f $2 && -r $2 && $(sha256sum <"$2" | cut -d ' ' -f 1) == "$1" ]]
}

# ask ADDRESS SHA256 FILE: one attempt. On failure sets answer, half a line; returns 1 when the
# place answers but does not have the file, 2 when it does not answer.
ask() {
    local address=$1 sum=$2 file=$3 start=$SECONDS
    rm -f -- "$file"
    if private_apt "$HELPER" download-file "$address" "$file" "SHA256:$sum" >"$work/apt/log" 2>&1; then
        # A place on a local disk leaves a link.
        if [[ -L $file ]] && ! cp --remove-destination -- "$(readlink -f -- "$file")" "$file" 2>/dev/null; then
            die_if_full "$downloads"
        fi
        if right_hash "$sum" "$file"; then return 0; fi
        answer='wrong hash'
        return 1
    fi
    if full_in "$work/apt/log"; then die_full "$downloads"; fi
    answer=$(apt_reason)
    case $answer in
    'Hash Sum mismatch'* | *'unexpected size'*) answer='wrong hash' && return 1 ;;
    4[0-9][0-9]\ * | 'File not found'*) answer=${answer%% - *} && return 1 ;;
    esac
    if ((SECONDS - start >= SILENCE)); then answer="no answer within $SILENCE s"; fi
    # the system's message, without apt's words
    if [[ $answer =~ \([0-9]+:\ ([^\)]+)\) ]]; then answer=${BASH_REMATCH[1]}; fi
    answer=${answer:0:90}
    return 2
}

# get_from PLACE SHA256 SHA1 NAME: gets one file from one place into the folder of downloads.
get_from() {
    local place=$1 sum=$2 sha1=$3 name=$4 address start=$SECONDS status=0 answer=''
    if [[ -n ${dead[$place]:-} ]]; then return 1; fi
    address=$(address_of "$place" "$name" "$sha1")
    if [[ $address == /* ]]; then
        answers+=("$place: this machine's apt configuration names no Debian mirror; set DEBIAN_MIRROR")
        dead[$place]=yes
        return 1
    fi
    ask "$address" "$sum" "$incoming/$name" || status=$?
    # A connection that ends at once may work the second time.
    if ((status == 2 && SECONDS - start < SILENCE)); then
        status=0 && ask "$address" "$sum" "$incoming/$name" || status=$?
    fi
    if ((status == 0)); then
        mv -f -- "$incoming/$name" "$downloads/$name" || die "cannot write '$downloads/$name'"
        return 0
    fi
    answers+=("$address: $answer")
    if ((status == 2)); then dead[$place]=yes; fi
    return 1
}

# get_file SHA256 NAME SHA1 PLACE...: gets one file from the first place that has it, unless it is
# in the folder of downloads.
get_file() {
    local sum=$1 name=$2 sha1=$3 place
    shift 3
    if right_hash "$sum" "$downloads/$name"; then return 0; fi
    if [[ -e $downloads/$name ]]; then answers+=("$downloads/$name: wrong hash"); fi
    if [[ $offline == yes ]]; then
        [[ -e $downloads/$name ]] || answers+=("$downloads/$name: not there")
        return 1
    fi
    say "downloading $name"
    open_downloads
    [[ ! -d $downloads/$name ]] || die "'$downloads/$name' is a folder; move it away"
    for place; do
        if get_from "$place" "$sum" "$sha1" "$name"; then return 0; fi
    done
    return 1
}

# True when all files of the package are in the folder of downloads, with the lock's hashes.
have_package() {
    local sum name
    while read -r sum _ name; do
        right_hash "$sum" "$downloads/$name" || return 1
    done < <(printf '%s\n' "${files[@]}")
}

release_name() {
    echo "valkey-$release.tar.gz"
}

have_release() {
    [[ -n $release ]] && right_hash "$release_sum" "$downloads/$(release_name)"
}

# Gets the package, or else the release. Sets form.
get_files() {
    local sum sha1 name file
    form=package
    if have_package; then return; fi
    if have_release; then form=release && return; fi
    if [[ $offline == no ]]; then
        find_mirrors
        write_apt_config
    fi
    for file in "${files[@]}"; do
        read -r sum sha1 name <<<"$file"
        if ! get_file "$sum" "$name" "$sha1" mirror security archive; then
            form=release
            break
        fi
    done
    if [[ $form == package ]]; then return; fi
    if [[ -n $release ]] && get_file "$release_sum" "$(release_name)" - release; then return; fi
    report_nowhere
}

# Ends the run: reports what was tried, and what the user can do.
report_nowhere() {
    local names
    names=$(printf '%s\n' "${files[@]}" | cut -d ' ' -f 3 | paste -sd ' ')
    if [[ -n $release ]]; then names+=", or $(release_name)"; fi
    if [[ $offline == yes ]]; then
        die_nowhere "the source of valkey $version is not in '$downloads', and --offline does not use the network:" \
            "${answers[@]/#/  }" "run once without --offline, or put there by hand: $names"
    fi
    die_nowhere "the source of valkey $version is not available; these places were tried:" "${answers[@]/#/  }" \
        "what to do, one of:" \
        "  put these files into '$downloads' by hand: $names (hashes: $patches/$series/source)" \
        "  set DEBIAN_MIRROR, DEBIAN_SECURITY_MIRROR or DEBIAN_ARCHIVE to another mirror" \
        "  take it from Valkey's repository: server-patch/fetch --git --ref ${release:-TAG} --series $series" \
        "  build with a tree of your own: cmake --preset default -DVALKEY_SOURCE_DIR=/path/to/valkey"
}
