#!/bin/sh
# Runs every test of a build folder and closes with one plain line of sums.
#     tools/test.sh BUILD
set -u
out=$(mktemp)
trap 'rm -f "$out"' EXIT
meson test -C "$1" --no-rebuild --print-errorlogs --num-processes 2 2>&1 | tee "$out"
sum() { awk -F: -v k="$1" '$1 ~ "^" k " *$" { n += $2 } END { print n + 0 }' "$out"; }
passed=$(($(sum Ok) + $(sum 'Expected Fail')))
failed=$(($(sum Fail) + $(sum Timeout) + $(sum 'Unexpected Pass')))
skipped=$(sum Skipped)
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
