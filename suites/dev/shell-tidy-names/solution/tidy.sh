#!/usr/bin/env bash
# Renames scans to texts.
set -u

if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: tidy.sh FOLDER" >&2
    exit 2
fi

renamed=0
skipped=0
for file in "${1%/}"/*.scan; do
    [ -f "$file" ] || continue
    target=${file%.scan}.txt
    if [ -e "$target" ]; then
        echo "skipped: ${file##*/}" >&2
        skipped=$((skipped + 1))
    else
        mv -- "$file" "$target"
        renamed=$((renamed + 1))
    fi
done
echo "renamed $renamed, skipped $skipped"
[ "$skipped" -eq 0 ]
