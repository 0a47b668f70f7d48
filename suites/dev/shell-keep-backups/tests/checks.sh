. ./expect.sh

files() { (cd "$box/in" && find . -mindepth 1 | LC_ALL=C sort | tr '\n' ' '); }

fresh() {
    rm -rf "$box/in"
    mkdir "$box/in"
    for name in "$@"; do : >"$box/in/$name"; done
}

april=(db-20240301.tar db-20240302.tar db-20240315.tar db-20240402.tar db-20240403.tar)
fresh "${april[@]}"
same "dry run" "$(bash keep.sh --dry-run "$box/in" 1)" "would remove db-20240302.tar
would remove db-20240315.tar"
same "a dry run removes nothing" "$(files | wc -w)" 5
same "the example" "$(bash keep.sh "$box/in" 1)" "removed db-20240302.tar
removed db-20240315.tar"
same "what is left" "$(files)" "./db-20240301.tar ./db-20240402.tar ./db-20240403.tar "
same "again" "$(bash keep.sh "$box/in" 1)" ""

fresh "${april[@]}"
same "keep three" "$(bash keep.sh "$box/in" 3)" "removed db-20240302.tar"
fresh "${april[@]}"
same "more than there are" "$(bash keep.sh "$box/in" 10)" ""

fresh web-20240101.tar web-20240102.tar web-20240103.tar db-20240107.tar db-20240108.tar
same "names are apart" "$(bash keep.sh "$box/in" 1)" "removed web-20240102.tar"

fresh a-1-20240101.tar a-1-20240102.tar a-1-20240103.tar "my pc-20240101.tar" "my pc-20240102.tar" "my pc-20240103.tar"
same "odd names" "$(bash keep.sh "$box/in" 1)" "removed a-1-20240102.tar
removed my pc-20240102.tar"

fresh a-20231201.tar a-20231231.tar a-20240101.tar a-20240102.tar
same "months of different years" "$(bash keep.sh "$box/in" 1)" "removed a-20231231.tar"

fresh a-2024010.tar a-20240101.tar.gz notes.txt -20240101.tar a20240101.tar a-20240105.tar a-20240106.tar
mkdir "$box/in/a-20240104.tar"
before=$(files)
same "other files" "$(bash keep.sh "$box/in" 1)" ""
same "other files stay" "$(files)" "$before"

usage="usage: keep.sh [--dry-run] FOLDER DAYS
2"
same "no arguments" "$(bash keep.sh 2>&1; echo $?)" "$usage"
same "no days" "$(bash keep.sh --dry-run "$box/in" 2>&1; echo $?)" "$usage"
same "zero days" "$(bash keep.sh "$box/in" 0 2>&1; echo $?)" "$usage"
same "wrong days" "$(bash keep.sh "$box/in" 1x 2>&1; echo $?)" "$usage"
same "no folder" "$(bash keep.sh "$box/none" 3 2>&1; echo $?)" "$usage"
finish
