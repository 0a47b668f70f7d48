#!/usr/bin/env bash
# Visitors by day.
set -eu
export LC_ALL=C

for file in "$@"; do
    if [ ! -f "$file" ] || [ ! -r "$file" ]; then
        echo "visits.sh: cannot read $file" >&2
        exit 1
    fi
done

form='^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} (in|out) [0-9]+$'
text=$(awk 1 "$@"; echo end)
text=${text%end}
good=$(printf '%s' "$text" | grep -E "$form" || true)
bad=$(printf '%s' "$text" | grep -c -v -E "$form" || true)

if [ -n "$good" ]; then
    # "out" sorts before "in" at the same minute.
    sort -k1,1 -k2,2 -k3,3r <<<"$good" | awk '
        function report() { if (day != "") print day " visitors " visitors " peak " peak " at " at }
        $1 != day { report(); day = $1; visitors = inside = peak = 0; at = "--:--" }
        $3 == "in" { visitors += $4; inside += $4 }
        $3 == "out" { inside -= $4; if (inside < 0) inside = 0 }
        inside > peak { peak = inside; at = $2 }
        END { report() }'
fi
[ "$bad" -eq 0 ] || echo "ignored $bad"
