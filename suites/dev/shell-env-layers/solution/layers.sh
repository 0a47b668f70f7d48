#!/usr/bin/env bash
# Merges settings files.
set -u
export LC_ALL=C

sorted=
if [ "${1-}" = -s ]; then
    sorted=yes
    shift
fi

declare -A values=() places=()
place=0

assign() { # name, value
    local value=$2
    if [[ ${#value} -ge 2 && ( $value == \"*\" || $value == \'*\' ) ]]; then value=${value:1:-1}; fi
    if [ -z "${places[$1]-}" ]; then
        place=$((place + 1))
        places[$1]=$place
    fi
    values[$1]=$value
}

for file in "$@"; do
    if [ ! -f "$file" ]; then
        echo "layers.sh: no file $file" >&2
        exit 1
    fi
    number=0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        if [[ $line =~ ^[[:blank:]]*(#.*)?$ ]]; then
            continue
        elif [[ $line =~ ^[[:blank:]]*(export[[:blank:]]+)?([A-Za-z_][A-Za-z_0-9]*)=(.*)$ ]]; then
            name=${BASH_REMATCH[2]}
            value=${BASH_REMATCH[3]}
            assign "$name" "${value%"${value##*[![:blank:]]}"}"
        elif [[ $line =~ ^[[:blank:]]*([A-Za-z_][A-Za-z_0-9]*)[[:blank:]]*$ ]]; then
            unset "values[${BASH_REMATCH[1]}]" "places[${BASH_REMATCH[1]}]"
        else
            printf '%s:%d: %s\n' "$file" "$number" "$line" >&2
            exit 1
        fi
    done <"$file"
done

for name in "${!values[@]}"; do
    printf '%s\t%s\n' "${places[$name]}" "$name"
done | if [ -n "$sorted" ]; then sort -k2; else sort -n; fi | while IFS=$'\t' read -r _ name; do
    printf '%s=%s\n' "$name" "${values[$name]}"
done
