#!/usr/bin/env bash
# Finds files with the same content.
set -eu
export LC_ALL=C

delete=
if [ "${1-}" = --delete ]; then
    delete=yes
    shift
fi
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: same.sh [--delete] FOLDER" >&2
    exit 2
fi
cd -- "$1"

declare -A first=() others=()
while IFS= read -r -d '' path; do
    path=${path#./}
    sum=$(sha256sum <"./$path")
    sum=${sum%% *}
    if [ -z "${first[$sum]-}" ]; then
        first[$sum]=$path
    else
        others[$sum]+=$path$'\n'
    fi
done < <(find . -name .trash -type d -prune -o -type f -size +0 -print0 | sort -z)

sets=0
wasted=0
while IFS=$'\t' read -r sum _; do
    [ -n "$sum" ] || continue
    printf '%s\n' "${first[$sum]}"
    sets=$((sets + 1))
    while IFS= read -r path; do
        wasted=$((wasted + $(stat -c %s "./$path")))
        if [ -n "$delete" ]; then
            rm -- "./$path"
            printf 'removed '
        fi
        printf '%s\n' "$path"
    done <<<"${others[$sum]%$'\n'}"
    echo
done < <(for sum in "${!others[@]}"; do printf '%s\t%s\n' "$sum" "${first[$sum]}"; done | sort -t $'\t' -k2)
echo "$sets sets, $wasted bytes wasted"
