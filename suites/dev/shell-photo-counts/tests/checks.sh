. ./expect.sh

fresh() {
    rm -rf "$box/in"
    mkdir -p "$box/in/old.d/deep"
    for name in "$@"; do : >"$box/in/$name"; done
}
kinds() { bash kinds.sh "$box/in"; }

fresh
same "an empty folder" "$(kinds)" ""
fresh a.JPG old.d/b.jpg notes c.tar.gz
same "the example" "$(kinds)" "jpg 2
gz 1
none 1"
fresh .config end. old.d/plain .hidden.txt
same "names without an ending" "$(kinds)" "none 3
txt 1"
fresh "my photo.png" "a b.c d" old.d/deep/x.png
same "blanks" "$(kinds)" "png 2
c d 1"
fresh z.b y.a x.c w.c v.C
same "equal counts in alphabetical order" "$(kinds)" "c 3
a 1
b 1"
fresh 1.a 2.a 3.a 4.a 5.a 6.a 7.a 8.a 9.a 10.a 1.b 2.b 3.b
same "counts are numbers" "$(kinds)" "a 10
b 3"
fresh a.txt
ln -s a.txt "$box/in/link.txt"
same "links do not count" "$(kinds)" "txt 1"
same "no argument" "$(bash kinds.sh 2>&1; echo $?)" "usage: kinds.sh FOLDER
2"
same "no folder" "$(bash kinds.sh "$box/in/a.txt" 2>&1; echo $?)" "usage: kinds.sh FOLDER
2"
finish
