. ./expect.sh

visits() { printf "$1" | bash visits.sh; }

same "the example" "$(visits '2024-05-01 10:00 in 3\n2024-05-01 10:30 out 1\n2024-05-01 10:30 in 2\n')" "2024-05-01 visitors 5 peak 4 at 10:30"
same "nothing" "$(visits '')" ""
same "out before in" "$(visits '2024-05-01 10:30 in 2\n2024-05-01 10:30 out 3\n2024-05-01 10:00 in 3\n')" "2024-05-01 visitors 5 peak 3 at 10:00"
same "the first minute of the peak" "$(visits '2024-05-01 09:00 in 2\n2024-05-01 10:00 out 1\n2024-05-01 11:00 in 1\n')" "2024-05-01 visitors 3 peak 2 at 09:00"
same "any order" "$(visits '2024-05-01 17:00 out 4\n2024-05-01 09:00 in 4\n')" "2024-05-01 visitors 4 peak 4 at 09:00"
same "days" "$(visits '2024-10-02 09:00 in 1\n2024-05-01 09:00 in 5\n2024-10-02 08:00 in 1\n')" "2024-05-01 visitors 5 peak 5 at 09:00
2024-10-02 visitors 2 peak 2 at 09:00"
same "nobody stays over night" "$(visits '2024-05-01 09:00 in 5\n2024-05-02 09:00 in 1\n')" "2024-05-01 visitors 5 peak 5 at 09:00
2024-05-02 visitors 1 peak 1 at 09:00"
same "never below zero" "$(visits '2024-05-01 09:00 in 1\n2024-05-01 09:30 out 5\n2024-05-01 10:00 in 2\n')" "2024-05-01 visitors 3 peak 2 at 10:00"
same "no visitors" "$(visits '2024-05-01 09:00 out 1\n2024-05-01 09:00 in 0\n')" "2024-05-01 visitors 0 peak 0 at --:--"
same "numbers" "$(visits '2024-05-01 09:00 in 9\n2024-05-01 09:01 in 10\n2024-05-01 09:02 out 19\n2024-05-01 09:03 in 5\n')" "2024-05-01 visitors 24 peak 19 at 09:01"
same "ignored" "$(visits 'hello\n2024-05-01 09:00 in 1\n2024-05-01 9:00 in 1\n2024-05-01 09:00 in -1\n2024-05-01 09:00 in 1 x\n\n')" "2024-05-01 visitors 1 peak 1 at 09:00
ignored 5"
same "only ignored" "$(visits 'hello\n\n')" "ignored 2"

echo "2024-05-01 09:00 in 1" >"$box/one file"
printf '2024-05-01 08:00 in 2' >"$box/two"
same "files" "$(bash visits.sh "$box/two" "$box/one file")" "2024-05-01 visitors 3 peak 3 at 09:00"
same "a missing file" "$(bash visits.sh "$box/two" "$box/none" 2>"$box/err"; echo $?)" "1"
same "a missing file, message" "$(cat "$box/err")" "visits.sh: cannot read $box/none"
finish
