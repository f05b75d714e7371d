#!/bin/sh
# Who may include whom: reads the block between ```layers and ``` in MAP.md and holds every #include "room/..." of
# src/ against it.
#     tools/check-layers.sh MAP.md
set -eu
map=$1
rules=$(awk '/^```layers$/ { on = 1; next } /^```$/ { on = 0 } on' "$map")
[ -n "$rules" ] || { echo "$map: has no layers block" >&2; exit 1; }
bad=0
for dir in src/*/; do
    room=$(basename "$dir")
    echo "$rules" | grep -q "^$room:" || { echo "$map: has no line for src/$room" >&2; bad=1; }
done
grep -n '^#include "[a-z]*/' src/*/*.[ch] | {
    while IFS=: read -r file line include; do
        room=$(echo "$file" | cut -d/ -f2)
        to=$(echo "$include" | sed 's/#include "\([a-z]*\)\/.*/\1/')
        [ "$to" = "$room" ] && continue
        echo "$rules" | sed -n "s/^$room://p" | tr ' ' '\n' | grep -qx "$to" && continue
        echo "$file:$line: $room may not include $to (see $map)" >&2
        bad=1
    done
    exit $bad
}
