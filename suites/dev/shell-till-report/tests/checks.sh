. ./expect.sh

report() { printf "$1" | bash till.sh 2>"$box/err"; }

same "the example" "$(report '9:01;tea;250\n9:05;cake;399\n9:07;tea;250\n')" "tea: 2 sales, 5.00
cake: 1 sales, 3.99
total: 3 sales, 8.99"
same "no sales" "$(report '')" "total: 0 sales, 0.00"
same "comments and empty lines" "$(report '# monday\n\n9:01;tea;5\n  \n')" "tea: 1 sales, 0.05
total: 1 sales, 0.05"
same "blanks around fields" "$(report ' 9:01 ; green tea ; 250 \n9:02;green tea;1\n')" "green tea: 2 sales, 2.51
total: 2 sales, 2.51"
same "amounts compare as numbers" "$(report '1;a;900\n1;b;1000\n1;c;20\n')" "b: 1 sales, 10.00
a: 1 sales, 9.00
c: 1 sales, 0.20
total: 3 sales, 19.20"
same "equal amounts" "$(report '1;plum;100\n1;apple;100\n1;fig;100\n')" "apple: 1 sales, 1.00
fig: 1 sales, 1.00
plum: 1 sales, 1.00
total: 3 sales, 3.00"
same "returns" "$(report '1;tea;250\n1;mug;-300\n1;tea;-100\n')" "tea: 2 sales, 1.50
mug: 1 sales, -3.00
total: 3 sales, -1.50"
same "small negative amounts" "$(report '1;mug;-50\n')" "mug: 1 sales, -0.50
total: 1 sales, -0.50"
same "no end of line at the end" "$(report '1;tea;250')" "tea: 1 sales, 2.50
total: 1 sales, 2.50"
for line in '1;tea' '1;tea;1;2' '1;;5' '1;tea;2.50' '1;tea;x' '1;tea;'; do
    same "bad line $line" "$(report "# head\n1;tea;5\n$line\n"; echo "status $?")" "status 1"
    same "message for $line" "$(cat "$box/err")" "line 3: $line"
done
finish
