#!/usr/bin/env bash
# Seals a folder.
set -eu
export LC_ALL=C

fail() {
    echo "$1" >&2
    exit 2
}

[ $# -eq 2 ] && { [ "$1" = make ] || [ "$1" = check ]; } && [ -d "$2" ] || fail "usage: seal.sh make|check FOLDER"
cd -- "$2"

list() {
    local path sum
    find . -type f ! -path ./SEAL -print0 | sort -z | while IFS= read -r -d '' path; do
        sum=$(sha256sum <"$path")
        printf '%s %s %s\n' "${sum%% *}" "$(stat -c %s "$path")" "${path#./}"
    done
}

if [ "$1" = make ]; then
    lines=$(list)
    printf '%s' "${lines:+$lines$'\n'}" >SEAL
    echo "sealed $(wc -l <SEAL) files"
    exit 0
fi

[ -f SEAL ] || fail "seal.sh: no seal"
bad=$(grep -n -v -E '^[0-9a-f]{64} [0-9]+ .+$' SEAL | head -n 1 | cut -d : -f 1 || true)
[ -z "$bad" ] || fail "seal.sh: bad seal, line $bad"

declare -A sealed=() present=()
while IFS= read -r line; do
    rest=${line#* }
    sealed[${rest#* }]=${line%% *}
done <SEAL
while IFS= read -r line; do
    rest=${line#* }
    present[${rest#* }]=${line%% *}
done < <(list)

count=0
while IFS= read -r path; do
    if [ -z "${present[$path]-}" ]; then
        kind=missing
    elif [ -z "${sealed[$path]-}" ]; then
        kind=new
    elif [ "${present[$path]}" != "${sealed[$path]}" ]; then
        kind=changed
    else
        continue
    fi
    printf '%s %s\n' "$kind" "$path"
    count=$((count + 1))
done < <(printf '%s\n' "${!sealed[@]}" "${!present[@]}" | grep . | sort -u)
if [ "$count" -eq 0 ]; then
    echo "ok ${#sealed[@]} files"
    exit 0
fi
echo "$count differences"
exit 1
