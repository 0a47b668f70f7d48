. ./expect.sh

fresh() {
    rm -rf "$box/in"
    mkdir -p "$box/in/old/deep" "$box/in/.trash"
}
put() { printf '%s' "$2" >"$box/in/$1"; }
found() { (bash same.sh "$@" "$box/in"; echo "status $?"); }

fresh
same "an empty folder" "$(found)" "0 sets, 0 bytes wasted
status 0"
put a.jpg 12345
put old/b.jpg 12345
put c.jpg 12346
same "the example" "$(found)" "a.jpg
old/b.jpg

1 sets, 5 bytes wasted
status 0"

fresh
put z 1
put old/y 1
put old/deep/x 1
put a 22
put Z 22
same "several sets, sorted bytewise" "$(found)" "Z
a

old/deep/x
old/y
z

2 sets, 4 bytes wasted
status 0"

fresh
put a ""
put b ""
put c 1
ln -s c "$box/in/d"
put .trash/e 1
mkdir "$box/in/old/.trash"
put old/.trash/f 1
same "what does not count" "$(found)" "0 sets, 0 bytes wasted
status 0"
put .hidden 1
put old/trash 1
same "hidden files count" "$(found)" ".hidden
c
old/trash

1 sets, 2 bytes wasted
status 0"

fresh
put "my photo" 1
put "it's" 1
put '-n' 1
put 'back\slash' 1
put '"q"' 1
same "odd names" "$(found)" '"q"
-n
back\slash
it'"'"'s
my photo

1 sets, 4 bytes wasted
status 0'

fresh
put a 123
ln "$box/in/a" "$box/in/b"
same "hard links" "$(found)" "a
b

1 sets, 3 bytes wasted
status 0"

fresh
put a 123
put "old/b c" 123
put d 123
put e 4
same "delete" "$(found --delete)" "a
removed d
removed old/b c

1 sets, 6 bytes wasted
status 0"
same "what is left" "$(cd "$box/in" && find . -type f | LC_ALL=C sort | tr '\n' ' ')" "./a ./e "
same "the first is untouched" "$(cat "$box/in/a")" "123"

usage="usage: same.sh [--delete] FOLDER
2"
same "no arguments" "$(bash same.sh 2>&1; echo $?)" "$usage"
same "no folder" "$(bash same.sh "$box/none" 2>&1; echo $?)" "$usage"
same "too many arguments" "$(bash same.sh "$box/in" "$box/in" 2>&1; echo $?)" "$usage"
finish
