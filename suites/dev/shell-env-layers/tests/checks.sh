. ./expect.sh

one() { printf '%s\n' "$1" >"$box/one"; }
two() { printf '%s\n' "$1" >"$box/two"; }
merged() { bash layers.sh "$@" 2>&1; }

one 'A=1
B="x y"'
two 'export A=$B'
same "the example" "$(merged "$box/one" "$box/two")" 'A=$B
B=x y'
same "no files" "$(merged; echo $?)" "0"

one '# comment

  # another
  C = 1'
same "blanks before the equals sign" "$(merged "$box/one"; echo $?)" "$box/one:4:   C = 1
1"

one 'Z=1
A=2
Z=3'
same "order of the first setting" "$(merged "$box/one")" "Z=3
A=2"
same "sorted" "$(merged -s "$box/one")" "A=2
Z=3"

one "A='it is'
B=\"\"
C='half
D=\"x'
E='
F=a 'b'
G=  two "
same "quotes" "$(merged "$box/one")" "A=it is
B=
C='half
D=\"x'
E='
F=a 'b'
G=  two"

one "A=\$(touch $box/ran)
B=\`touch $box/ran\`
C=a\\nb
D=x=y # z
E=*"
same "nothing is expanded" "$(merged "$box/one")" "A=\$(touch $box/ran)
B=\`touch $box/ran\`
C=a\\nb
D=x=y # z
E=*"
same "nothing is run" "$(ls "$box" | grep -c ran)" "0"

one 'A=1
B=2'
two 'A
NONE
A=3'
same "removed and set again" "$(merged "$box/one" "$box/two")" "B=2
A=3"
two '  A '
same "removed" "$(merged "$box/one" "$box/two")" "B=2"

printf 'A=1' >"$box/one"
same "no line end at the end" "$(merged "$box/one")" "A=1"
printf 'A=1\n' >"$box/with blank"
same "a file name with a blank" "$(merged "$box/with blank")" "A=1"

for line in '1A=2' 'A-B=1' '=1' 'A B' 'echo hello'; do
    one "X=1
$line"
    same "bad line $line" "$(merged "$box/one"; echo $?)" "$box/one:2: $line
1"
done
same "a missing file" "$(merged "$box/two" "$box/none"; echo $?)" "layers.sh: no file $box/none
1"
finish
