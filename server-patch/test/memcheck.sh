# SPDX-License-Identifier: BSD-3-Clause
# memcheck.sh -- sourced by the tests under Valgrind's memcheck, after harness/test/checks.sh: all
# seeds run clean.
# shellcheck shell=sh

# shellcheck disable=SC2154  # box, status: checks.sh
# replay_seeds FOLDER N COMMAND...: COMMAND gets N streams of the folder at a time, once on each
# processor. Checks that each stream is clean, or skipped because the server is too old for it.
replay_seeds() {
    folder=$1 share=$2
    shift 2
    find "$folder" -name '*.stream' | sort >"$box/streams"
    check 'there are streams' test -s "$box/streams"
    mkdir "$box/verdicts"
    # shellcheck disable=SC2016  # for the inner shell
    run xargs -a "$box/streams" -n "$share" -P "$(nproc)" \
        sh -c 'out=$1/$$ && shift && "$@" >"$out" 2>&1' sh "$box/verdicts" "$@"
    cat "$box/verdicts"/* >"$box/all"
    grep -v ': ok$' "$box/all" >"$box/out" || true # shown when a check fails
    clean=$(grep -c ': ok$' "$box/all" || true)
    skipped=$(grep -c ': skipped' "$box/all" || true)
    check 'no stream fails' test "$status" -eq 0
    check 'every stream is clean or skipped' test $((clean + skipped)) -eq "$(wc -l <"$box/streams")"
    check 'streams are clean' test "$clean" -gt 0
    echo "$clean of $(wc -l <"$box/streams") streams clean under memcheck, $skipped skipped"
}
