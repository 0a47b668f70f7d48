. ./expect.sh

fresh() {
    rm -rf "$box/in"
    mkdir -p "$box/in/sub/deep"
}
put() { printf '%s' "$2" >"$box/in/$1"; }
seal() { bash seal.sh "$@" "$box/in" 2>&1; echo "status $?"; }
sum() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }

fresh
same "an empty folder" "$(seal make)" "sealed 0 files
status 0"
same "an empty seal" "$(seal check)" "ok 0 files
status 0"

fresh
put b.txt hello
put B.txt ""
put sub/deep/.x yz
put sub/SEAL inner
ln -s b.txt "$box/in/link"
same "make" "$(seal make)" "sealed 4 files
status 0"
same "the seal" "$(cat "$box/in/SEAL")" "$(sum "") 0 B.txt
$(sum hello) 5 b.txt
$(sum inner) 5 sub/SEAL
$(sum yz) 2 sub/deep/.x"
same "make again" "$(seal make)" "sealed 4 files
status 0"
same "check" "$(seal check)" "ok 4 files
status 0"
put b.txt hallo
same "changed with the same size" "$(seal check)" "changed b.txt
1 differences
status 1"
rm "$box/in/B.txt"
put sub/new 1
put b 1
same "all kinds" "$(seal check)" "missing B.txt
new b
changed b.txt
new sub/new
4 differences
status 1"
rm "$box/in/b.txt"
ln -s b "$box/in/b.txt"
same "a link in place of a file" "$(seal check | grep b.txt)" "missing b.txt"

fresh
put " two  blanks " 1
put "it's" 1
put 'back\slash' 1
put '"q"' 1
seal make >/dev/null
same "odd names" "$(seal check)" "ok 4 files
status 0"
same "blanks at the end" "$(head -n 1 "$box/in/SEAL")" "$(sum 1) 1  two  blanks "
rm "$box/in/ two  blanks "
put 'back\slash' 2
same "odd names with differences" "$(seal check)" 'missing  two  blanks 
changed back\slash
2 differences
status 1'

fresh
same "no seal" "$(seal check)" "seal.sh: no seal
status 2"
put a 1
seal make >/dev/null
echo "abc 1 x" >>"$box/in/SEAL"
same "a bad seal" "$(seal check)" "seal.sh: bad seal, line 2
status 2"
usage="usage: seal.sh make|check FOLDER
status 2"
same "unknown verb" "$(seal break)" "$usage"
same "no folder" "$(bash seal.sh make "$box/none" 2>&1; echo "status $?")" "$usage"
same "no arguments" "$(bash seal.sh 2>&1; echo "status $?")" "$usage"
finish
