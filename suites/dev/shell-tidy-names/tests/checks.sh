. ./expect.sh

files() { (cd "$box/in" && find . -mindepth 1 | sort | tr '\n' ' '); }

fresh() {
    rm -rf "$box/in"
    mkdir "$box/in"
    for name in "$@"; do echo "$name" >"$box/in/$name"; done
}

fresh
same "an empty folder" "$(bash tidy.sh "$box/in")" "renamed 0, skipped 0"

fresh a.scan b.txt c.jpg
same "one scan" "$(bash tidy.sh "$box/in")" "renamed 1, skipped 0"
same "one scan, files" "$(files)" "./a.txt ./b.txt ./c.jpg "
same "the content moves along" "$(cat "$box/in/a.txt")" "a.scan"

fresh "old map.scan" "two  blanks.scan" "it's.scan" "star*.scan" "-n.scan"
same "odd names" "$(bash tidy.sh "$box/in")" "renamed 5, skipped 0"
same "odd names, files" "$(files)" "./-n.txt ./it's.txt ./old map.txt ./star*.txt ./two  blanks.txt "

fresh scan.jpg a.scan.jpg myscan .hidden.scan
mkdir "$box/in/sub.scan"
echo x >"$box/in/sub.scan/deep.scan"
same "other files stay" "$(bash tidy.sh "$box/in")" "renamed 0, skipped 0"
same "other files stay, files" "$(files)" "./.hidden.scan ./a.scan.jpg ./myscan ./scan.jpg ./sub.scan ./sub.scan/deep.scan "

fresh scan.scan.scan
bash tidy.sh "$box/in" >/dev/null
same "only the end changes" "$(files)" "./scan.scan.txt "

fresh a.scan a.txt b.scan
same "skipped" "$(bash tidy.sh "$box/in" 2>"$box/err"; echo "$?")" "renamed 1, skipped 1
1"
same "skipped, message" "$(cat "$box/err")" "skipped: a.scan"
same "skipped, nothing is overwritten" "$(cat "$box/in/a.txt")" "a.txt"

same "no argument" "$(bash tidy.sh 2>&1; echo "$?")" "usage: tidy.sh FOLDER
2"
same "no folder" "$(bash tidy.sh "$box/none" 2>&1; echo "$?")" "usage: tidy.sh FOLDER
2"
finish
