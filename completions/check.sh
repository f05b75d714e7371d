#!/bin/sh
# Tries what the shells complete: bash for real, zsh and fish where they are installed.
#     completions/check.sh BUILD
# Prints a line a check and, last, the sums.
set -u
dir=${1:?usage: check.sh BUILD}/completions
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' INT TERM
dir=$(CDPATH='' cd -- "$dir" && pwd) || exit 2
cd "$tmp" || exit 2
: >site.rec
: >'old audit.json'
passed=0 failed=0
result() {
    echo "$1 - $2"
    if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
syntax() { # syntax SHELL OPTION FILE
    command -v "$1" >/dev/null 2>&1 || { echo "ok - $1 reads $3 # SKIP $1 is not installed"; return; }
    if "$1" "$2" "$dir/$3"; then result ok "$1 reads $3"; else result 'not ok' "$1 reads $3"; fi
}
# proposes EXPECTED WORD...: bash proposes exactly this for the last word, which may be empty
proposes() {
    expected=$1
    shift
    got=$(bash -c '. "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _portolan; IFS=,; echo "${COMPREPLY[*]}"' \
        "$dir/portolan" "$@" 2>&1)
    if [ "$got" = "$expected" ]; then result ok "bash: $*"; else result 'not ok' "bash: $* (got \"$got\", expected \"$expected\")"; fi
}

syntax bash -n portolan
syntax zsh -n _portolan
syntax fish --no-execute portolan.fish

proposes lookup,search,free,audit,explain,chart,can,policy portolan ''
proposes audit portolan au
proposes lookup,search,free,audit,explain,chart,can,policy portolan --color never ''
proposes lookup,search,free,audit,explain,chart,can,policy portolan --chart site.rec ''
proposes --as-of portolan --as
proposes --near portolan free --n
proposes '' portolan free --s
proposes --save portolan audit --s
proposes site.rec portolan audit --allow s
proposes 'old audit.json' portolan audit --against o
proposes site.rec portolan audit --chart = s
proposes auto,always portolan --color a
proposes always portolan audit --color = al
proposes list,check,export,import portolan chart ''
proposes site.rec portolan chart check s
proposes services,csv,json portolan chart export --format ''
proposes ports,sources,networks,days portolan explain --top ''
proposes '' portolan free --near ''
proposes '' portolan ssh ''

if command -v fish >/dev/null 2>&1; then
    got=$(HOME=$tmp fish --no-config -c "source $dir/portolan.fish; complete -C 'portolan audit --sa'" 2>&1 | cut -f 1)
    if [ "$got" = --save ]; then result ok 'fish: portolan audit --sa'; else result 'not ok' "fish: portolan audit --sa (got \"$got\")"; fi
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
