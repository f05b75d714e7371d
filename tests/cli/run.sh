#!/bin/sh
# Runs command lines and compares what they print.
#
#     run.sh [--accept] BUILD [FILE.t...]
#
# A file has blocks, each begun by a command; `#` begins a comment, `% need drop` asks for a user who is not root.
#
#     $ portolan 113/tcp      the command, for sh, in an empty folder of the file's own
#     < text                  a line of its standard input (otherwise there is none)
#     ? 2                     the exit status, 0 if not given
#     > text                  standard output, line by line: all of it
#     ~ text                  or: some line of it holds this (with these, the rest is free)
#     ! text                  no line of it holds this
#     E text                  standard error, all of it; nothing may be there if nothing is said
#     e text                  or: some line of it holds this
#
# --accept writes what was printed in the place of the `?`, `>` and `E` lines; read the diff before you believe it.
set -u
accept=
[ "${1:-}" = --accept ] && accept=1 && shift
build=${1:?usage: run.sh [--accept] BUILD [FILE.t...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- "$here"/*.t

work=$(mktemp -d "${TMPDIR:-/tmp}/ptn-cli-XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
mkdir "$work/bin" "$work/block"
cp "$build/portolan" "$build/tests/mkiana" "$build/tests/jsoncheck" "$work/bin" &&
    cp "$here/../../data/registry/iana.tsv" "$work/iana.tsv" || exit 2
# Whoever is root steps down: what is tested as somebody must not write as everybody.
cat >"$work/bin/drop" <<'DROP'
#!/bin/sh
[ "$(id -u)" = 0 ] || exec "$@"
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
DROP
chmod 755 "$work" "$work/bin" "$work/bin"/*
chmod 644 "$work/iana.tsv"

PATH=$work/bin:$PATH
REGISTRY=$work/iana.tsv
LC_ALL=C.UTF-8
export PATH REGISTRY LC_ALL
unset NO_COLOR XDG_CONFIG_HOME XDG_DATA_HOME COLUMNS 2>/dev/null

passed=0 failed=0 skipped=0
b=$work/block

say_failed() {
    [ -f "$b/failed" ] || printf 'FAILED %s:%s: $ %s\n' "$name" "$at" "$(cat "$b/cmd")"
    : >"$b/failed"
}

# Whole output: $1 what, $2 wanted, $3 got.
compare() {
    cmp -s "$2" "$3" && return
    say_failed
    printf '  %s differs (- wanted, + got):\n' "$1"
    diff -u "$2" "$3" | sed -e 1,2d -e 's/^/  /'
}

# Lines held: $1 what, $2 file of texts, $3 got, $4 "" or "not".
holds() {
    while IFS= read -r sought; do
        if grep -qF -e "$sought" "$3"; then found=1; else found=; fi
        [ -z "$4" ] && [ -z "$found" ] && say_failed && printf '  %s does not hold: %s\n' "$1" "$sought"
        [ -n "$4" ] && [ -n "$found" ] && say_failed && printf '  %s holds: %s\n' "$1" "$sought"
    done <"$2"
}

end_block() {
    [ -f "$b/cmd" ] || return
    : >>"$b/in"
    (cd "$work/cwd" && sh -c "$(cat "$b/cmd")") <"$b/in" >"$b/got.out" 2>"$b/got.err"
    got=$?
    if [ -n "$accept" ]; then
        accept_block
    else
        [ "$got" = "$status" ] || { say_failed && printf '  exit status %s, not %s\n' "$got" "$status"; }
        if [ -f "$b/has" ] || [ -f "$b/not" ]; then
            : >>"$b/has" && : >>"$b/not"
            holds 'standard output' "$b/has" "$b/got.out" ''
            holds 'standard output' "$b/not" "$b/got.out" not
        else
            : >>"$b/out" && compare 'standard output' "$b/out" "$b/got.out"
        fi
        if [ -f "$b/has.err" ]; then
            holds 'standard error' "$b/has.err" "$b/got.err" ''
        else
            : >>"$b/err" && compare 'standard error' "$b/err" "$b/got.err"
        fi
    fi
    if [ -f "$b/failed" ]; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
    rm -f "$b"/*
}

accept_block() {
    [ "$got" = 0 ] || printf '? %s\n' "$got" >>"$new"
    [ -f "$b/has" ] || [ -f "$b/not" ] || sed -e 's/^/> /' -e 's/^> $/>/' "$b/got.out" >>"$new"
    [ -f "$b/has.err" ] || sed 's/^/E /' "$b/got.err" >>"$new"
    [ -f "$b/kept" ] && cat "$b/kept" >>"$new"
    [ -f "$b/tail" ] && cat "$b/tail" >>"$new"
}

# A line that --accept keeps: before the command's expectations, or behind them.
keep() {
    printf '%s\n' "$line" >>"$b/$1"
}

run_file() {
    name=$(basename "$1")
    n=0 at=0 status=0 new=$work/new
    : >"$new"
    rm -rf "$work/cwd" && mkdir "$work/cwd" && chmod 777 "$work/cwd"
    HOME=$work/cwd
    export HOME
    while IFS= read -r line || [ -n "$line" ]; do
        n=$((n + 1))
        text=${line#??}
        case $line in
        '% need drop')
            if [ "$(id -u)" = 0 ] && ! command -v setpriv >/dev/null; then
                echo "skipped: $name needs setpriv, to be somebody else than root"
                skipped=$((skipped + 1))
                return
            fi
            printf '%s\n' "$line" >>"$new" ;;
        '$ '*)
            end_block
            printf '%s\n' "$text" >"$b/cmd"
            printf '%s\n' "$line" >>"$new"
            at=$n status=0 ;;
        '< '* | '<') printf '%s\n' "$text" >>"$b/in" && printf '%s\n' "$line" >>"$new" ;;
        '? '*) status=$text ;;
        '> '* | '>') printf '%s\n' "${text#>}" >>"$b/out" ;;
        '~ '*) printf '%s\n' "$text" >>"$b/has" && keep kept ;;
        '! '*) printf '%s\n' "$text" >>"$b/not" && keep kept ;;
        'E '*) printf '%s\n' "$text" >>"$b/err" ;;
        'e '*) printf '%s\n' "$text" >>"$b/has.err" && keep kept ;;
        '#'* | '') if [ -f "$b/cmd" ]; then keep tail; else printf '%s\n' "$line" >>"$new"; fi ;;
        *)
            echo "$name:$n: what is this line?"
            failed=$((failed + 1)) ;;
        esac
    done <"$1"
    end_block
    [ -z "$accept" ] || cmp -s "$new" "$1" || { cp "$new" "$1" && echo "accepted: $name"; }
}

for file; do
    run_file "$file"
done
[ "$skipped" = 0 ] || echo "$skipped files skipped"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
