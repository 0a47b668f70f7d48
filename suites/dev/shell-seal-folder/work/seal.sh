#!/usr/bin/env bash
# Seals a folder.

echo "not implemented" >&2
exit 1
