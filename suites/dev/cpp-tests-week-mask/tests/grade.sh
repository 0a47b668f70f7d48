# Runs the answer's tests against the right functions and against wrong ones.
names=("the right functions" "lower-case names are taken" "three-part ranges are taken" "no ranges over the end of the week" "ranges miss their last day"
    "a range from a day to itself is a week" "the empty text is an error" "empty parts are skipped" "days named twice are out again"
    "today does not count" "the search ends with the week" "a run ends with the week" "a full week counts as six days")
passed=0
failed=0
g++ -std=c++17 -I. -c week_test.cpp -o week_test.o || exit 1
for wrong in "${!names[@]}"; do
    g++ -std=c++17 -DWRONG="$wrong" week_test.o variants/week.cpp -o "run_week_$wrong" || exit 1
    if timeout 5 "./run_week_$wrong" >/dev/null; then got=passing; else got=failing; fi
    if [ "$wrong" -eq 0 ]; then expected=passing; else expected=failing; fi
    if [ "$got" = "$expected" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL ${names[$wrong]}: expected $expected tests, got $got tests"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
