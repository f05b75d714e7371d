#!/bin/sh
# Fuzzes every target of a build made with -Dfuzz=true.
#     run.sh BUILD [SECONDS]
# New inputs go to BUILD/fuzz/NAME; what crashed stays there as crash-*, and is to be kept in the corpus once mended.
set -u
build=${1:?usage: run.sh BUILD [SECONDS]}
seconds=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0
for corpus in "$here"/corpus/*/; do
    name=$(basename "$corpus")
    out=$build/fuzz/$name
    mkdir -p "$out"
    echo "fuzz-$name: $seconds seconds"
    if "$build/tests/fuzz-$name" -max_total_time="$seconds" -timeout=20 -max_len=4096 -print_final_stats=0 -verbosity=0 \
        -artifact_prefix="$out/" "$out" "$corpus"; then
        passed=$((passed + 1))
    else
        echo "FAILED: fuzz-$name (see $out)"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
