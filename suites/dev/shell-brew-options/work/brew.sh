#!/usr/bin/env bash
# Prints the plan of a brewing timer.

count=1
pause=0
name=brew
while getopts "n:p:q" option; do
    case $option in
        n) count=$OPTARG ;;
        p) pause=${OPTARG%s} ;;
        q) quiet=1 ;;
    esac
done
shift $OPTIND

now=0
for step in $*; do
    printf '%02d:%02d %s\n' $((now / 60)) $((now % 60)) ${step#*:}
    now=$((now + ${step%s*} + pause))
done
[ $quiet ] || echo "$name: $# steps, $now"
