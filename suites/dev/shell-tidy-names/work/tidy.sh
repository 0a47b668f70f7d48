#!/usr/bin/env bash
# Renames scans to texts.

cd $1
count=0
for file in $(ls); do
    if [ $(echo $file | grep scan) ]; then
        mv $file $(echo $file | sed 's/.scan/.txt/')
        count=$((count + 1))
    fi
done
echo "renamed $count"
