#!/usr/bin/env bash
# Removes backups that are not needed any more.
set -eu
export LC_ALL=C

usage() {
    echo "usage: keep.sh [--dry-run] FOLDER DAYS" >&2
    exit 2
}

dry=
if [ "${1-}" = --dry-run ]; then
    dry=yes
    shift
fi
[ $# -eq 2 ] && [ -d "$1" ] && [[ $2 =~ ^[0-9]+$ ]] && [ "$2" -ge 1 ] || usage
folder=$1
days=$2

# date;name, the newest first within a name
listed() {
    local file
    for file in "$folder"/*; do
        [ -f "$file" ] || continue
        file=${file##*/}
        [[ $file =~ ^(.+)-([0-9]{8})\.tar$ ]] && printf '%s/%s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    done
    return 0
}

listed | sort -t / -k1,1 -k2,2r | awk -F / -v days="$days" '
    {
        if ($1 != name) { name = $1; seen = 0 }
        seen++
        month = $1 "/" substr($2, 1, 6)
        oldest[month] = $2
        if (seen > days) { candidate[++count] = $0; month_of[count] = month }
    }
    END {
        for (i = 1; i <= count; i++) {
            split(candidate[i], part, "/")
            if (oldest[month_of[i]] != part[2]) print part[1] "-" part[2] ".tar"
        }
    }' | sort | while IFS= read -r file; do
    if [ -n "$dry" ]; then
        echo "would remove $file"
    else
        rm -- "$folder/$file"
        echo "removed $file"
    fi
done
