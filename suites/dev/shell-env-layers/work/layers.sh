#!/usr/bin/env bash
# Merges settings files.

for file in $*; do
    source $file
    cat $file | grep = | cut -d= -f1
done | sort -u | while read name; do
    echo "$name=${!name}"
done
