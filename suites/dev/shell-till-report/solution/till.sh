#!/usr/bin/env bash
# Takings by category.
set -eu -o pipefail
export LC_ALL=C

sums=$(awk -F ';' '
    /^[ \t]*$/ || /^#/ { next }
    {
        line = $0
        for (i = 1; i <= NF; i++) gsub(/^[ \t]+|[ \t]+$/, "", $i)
        if (NF != 3 || $2 == "" || $3 !~ /^-?[0-9]+$/) {
            print "line " NR ": " line > "/dev/stderr"
            failed = 1
            exit 1
        }
        sales[$2]++
        cents[$2] += $3
    }
    END {
        if (failed) exit 1
        for (name in sales) printf "%d;%s;%d\n", cents[name], name, sales[name]
    }')

printf '%s' "${sums:+$sums$'\n'}" | sort -t ';' -k1,1nr -k2,2 | awk -F ';' '
    function amount(cents) {
        return sprintf("%s%d.%02d", cents < 0 ? "-" : "", (cents < 0 ? -cents : cents) / 100, (cents < 0 ? -cents : cents) % 100)
    }
    {
        print $2 ": " $3 " sales, " amount($1)
        sales += $3
        cents += $1
    }
    END { print "total: " sales + 0 " sales, " amount(cents + 0) }'
