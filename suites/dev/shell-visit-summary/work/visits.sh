#!/usr/bin/env bash
# Visitors by day.

echo "not implemented" >&2
exit 1
