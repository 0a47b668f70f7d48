#!/usr/bin/env bash
# Counts files by the ending of their names.

echo "not implemented" >&2
exit 1
