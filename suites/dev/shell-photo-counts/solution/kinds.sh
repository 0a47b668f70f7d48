#!/usr/bin/env bash
# Counts files by the ending of their names.
set -eu
export LC_ALL=C

if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: kinds.sh FOLDER" >&2
    exit 2
fi

find "$1" -type f -print0 | while IFS= read -r -d '' path; do
    name=${path##*/}
    case $name in
        ?*.?*) ending=${name##*.} ;;
        *) ending= ;;
    esac
    ending=${ending,,}
    echo "${ending:-none}"
done | sort | uniq -c | sort -k1,1nr -k2 | while read -r count ending; do
    echo "$ending $count"
done
