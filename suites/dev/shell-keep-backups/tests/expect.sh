# Counts checks and says what was expected and what came.
passed=0
failed=0
box=$(mktemp -d "$PWD/box.XXXXXX")
trap 'rm -rf "$box"' EXIT

same() { # what, got, expected
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    printf 'FAIL %s\n  expected: %s\n  got:      %s\n' "$1" "$3" "$2"
}

finish() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}
