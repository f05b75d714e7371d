#!/bin/sh
# No function of 70 lines or more, no file over 600.
set -eu
git ls-files 'src/*.[ch]' 'tools/*.c' | xargs awk '
    FNR == 1 { if (last && n > 600) { print last ": " n " lines"; bad = 1 } last = FILENAME }
    { n = FNR }
    /^{$/ { start = FNR }
    /^}$/ && start { if (FNR - start >= 70) { print FILENAME ":" start ": a function of " FNR - start + 1 " lines"; bad = 1 } start = 0 }
    END { if (n > 600) { print last ": " n " lines"; bad = 1 } exit bad }' >&2
