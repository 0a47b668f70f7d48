#!/usr/bin/env bash
# Prints the plan of a brewing timer.
set -u

fail() {
    echo "brew.sh: $1" >&2
    exit 2
}

seconds=0
read_duration() {
    [[ $1 =~ ^(([0-9]+)m)?(([0-9]+)s)?$ ]] && [ -n "$1" ] || fail "bad duration $1"
    seconds=$((10#0${BASH_REMATCH[2]} * 60 + 10#0${BASH_REMATCH[4]}))
}

clock() { printf '%02d:%02d' $(($1 / 60)) $(($1 % 60)); }

count=1
pause=0
quiet=
name=brew
set_option() {
    case $1 in
        -n)
            [[ $2 =~ ^[0-9]+$ ]] && [ "$((10#$2))" -ge 1 ] || fail "bad count $2"
            count=$((10#$2))
            ;;
        -p)
            read_duration "$2"
            pause=$seconds
            ;;
        --name) name=$2 ;;
    esac
}

while [ $# -gt 0 ]; do
    case $1 in
        --) shift; break ;;
        -q) quiet=yes ;;
        -n | -p | --name)
            [ $# -ge 2 ] || fail "$1 needs a value"
            set_option "$1" "$2"
            shift
            ;;
        -n* | -p*) set_option "${1:0:2}" "${1:2}" ;;
        --name=*) set_option --name "${1#--name=}" ;;
        -*) fail "unknown option $1" ;;
        *) break ;;
    esac
    shift
done

durations=()
for step in "$@"; do
    read_duration "${step%%:*}"
    [ "$seconds" -gt 0 ] || fail "bad duration ${step%%:*}"
    durations+=("$seconds")
done
[ $# -gt 0 ] || fail "no steps"

now=0
done=0
for ((round = 0; round < count; round++)); do
    index=0
    for step in "$@"; do
        [ "$done" -eq 0 ] || now=$((now + pause))
        label=
        [[ $step == *:* ]] && label=${step#*:}
        printf '%s%s\n' "$(clock "$now")" "${label:+ $label}"
        now=$((now + durations[index]))
        index=$((index + 1))
        done=$((done + 1))
    done
done
[ -n "$quiet" ] || echo "$name: $done steps, $(clock "$now")"
