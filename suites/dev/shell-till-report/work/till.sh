#!/usr/bin/env bash
# Takings by category.

echo "not implemented" >&2
exit 1
