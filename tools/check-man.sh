#!/bin/sh
# No man page goes stale: every command, option, column, field and word of the program stands in its page, and no page
# has an option that is gone. The words come from the program itself and from the lists in the sources.
#     tools/check-man.sh BUILD
# Prints a line for each thing that is missing, and the sums. Ends with 1 if anything is.
set -u
export LC_ALL=C
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
man=$root/man
portolan=${1:?usage: check-man.sh BUILD}/portolan
[ -x "$portolan" ] || { echo "check-man: $portolan: no such program; build it first" >&2; exit 2; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' INT TERM
# The program must not see this machine's overlays, nor wait for a terminal.
export HOME="$tmp" XDG_CONFIG_HOME="$tmp" XDG_DATA_HOME="$tmp"
exec </dev/null
checks=0
: >"$tmp/bad"

bad() { echo "check-man: $*" >>"$tmp/bad"; echo "check-man: $*" >&2; }
checked() { checks=$((checks + 1)); }
# A list that came out empty would check nothing: that is a fault of this script.
need() { [ -s "$1" ] || bad "found no $2: check-man.sh no longer understands where they stand"; }

# The text of one section or subsection of a page: section PAGE NAME
section() {
    awk -v want="$2" '/^\.S[hs] / { on = substr($0, 5) == want; next } on' "$man/$1"
}

# The item of a list, from its .It line to the next: item WORD <text. WORD, or several, stands right after the macro.
item() {
    awk -v want="$1" '
        /^\.It / {
            w = $3; sub(/^\\&/, "", w)
            all = $0; sub(/^\.It [^ ]+ /, "", all)
            on = w == want || all == want
            if (on) print
            next
        }
        /^\.El/ { on = 0 }
        on'
}

# has_word PAGE WORD WHAT: the word has an item (.It Cm WORD) somewhere in the page.
has_word() {
    checked
    [ -n "$(item "$2" <"$man/$1")" ] || bad "man/$1: $3 $2 has no .It line"
}

# words_of_list FILE MACRO POSITION: the POSITIONth quoted string of each X(...) in a list macro of a header.
words_of_list() {
    awk -v macro="$2" -v position="$3" '
        $0 ~ "^#define " macro "\\(X\\)" { on = 1; next }
        on { text = text $0; if ($0 !~ /\\$/) { on = 0 } }
        END {
            n = split(text, entry, /X\(/)
            for (i = 2; i <= n; i++) {
                split(entry[i], part, "\"")
                if (part[2 * position] != "") print part[2 * position]
            }
        }' "$root/$1"
}

# ---- pages, commands and options --------------------------------------------------------------------------

"$portolan" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' >"$tmp/commands"
need "$tmp/commands" commands

while read -r command; do
    page=portolan-$command.1
    checked
    [ -f "$man/$page" ] || { bad "man/$page: there is no page of the command $command"; continue; }
    has_word portolan.1 "$command" command
    checked
    grep -q "^\.Xr portolan-$command 1" "$man/portolan.1" || bad "man/portolan.1: does not refer to portolan-$command(1)"
    # "  -o, --output COLUMNS   help" as "o output COLUMNS", with - for what an option lacks
    "$portolan" "$command" --help | sed -n '/^Options:/,/^$/p' |
        sed -n 's/^  \(-\([A-Za-z]\),\)\{0,1\} *--\([a-z0-9-]*\) \{0,1\}\([A-Z]*\)  .*/\2 \3 \4/p' |
        awk '{ n = split($0, f, " "); letter = substr($0, 1, 1) == " " ? "-" : f[1]; i = letter == "-" ? 1 : 2
               print letter, f[i], (n > i ? f[i + 1] : "-") }' >"$tmp/options"
    need "$tmp/options" "options of $command"
    section "$page" OPTIONS >"$tmp/section"
    section "$page" SYNOPSIS >"$tmp/synopsis"
    while read -r letter word argument; do
        line=".It Fl -$word"
        [ "$letter" = - ] || line=".It Fl $letter , Fl -$word"
        [ "$argument" = - ] || line="$line Ar $argument"
        checked
        grep -Fxq -- "$line" "$tmp/section" || bad "man/$page: OPTIONS has no line \"$line\""
        name="-$word"
        [ "$letter" = - ] || name=$letter
        checked
        grep -Eq -- "(Fl|\|) $name( |$)" "$tmp/synopsis" || bad "man/$page: SYNOPSIS does not have --$word"
    done <"$tmp/options"
    sed -n 's/^\.It Fl \([A-Za-z] , Fl \)\{0,1\}-\([a-z0-9-]*\)\( Ar .*\)\{0,1\}$/\2/p' "$tmp/section" >"$tmp/written"
    while read -r word; do
        checked
        grep -q "^[^ ]* $word " "$tmp/options" || bad "man/$page: OPTIONS has --$word, which $command does not take"
    done <"$tmp/written"
    for title in 'EXIT STATUS' EXAMPLES FILES 'SEE ALSO'; do
        checked
        grep -q "^\.Sh $title\$" "$man/$page" || bad "man/$page: has no section $title"
    done
done <"$tmp/commands"

for page in "$man"/*.[1-8]; do
    name=${page##*/}
    checked
    grep -Fq "'$name'" "$man/meson.build" || bad "man/meson.build: does not install $name"
    checked
    grep -q '^\.Xr portolan 1' "$page" || [ "$name" = portolan.1 ] || bad "man/$name: does not refer to portolan(1)"
    # every page of ours that it refers to is there
    sed -n 's/^\.Xr \(portolan[a-z-]*\) \([1-8]\).*/\1.\2/p' "$page" | sort -u >"$tmp/refers"
    while read -r other; do
        checked
        [ -f "$man/$other" ] || bad "man/$name: refers to $other, which is not there"
    done <"$tmp/refers"
done

# ---- columns, conditions, verbs, formats ---------------------------------------------------------------------

columns() { # columns PAGE COMMAND...: an unknown column makes the program name those there are
    page=$1
    shift
    "$portolan" "$@" -o '?' 2>&1 | sed -n 's/.*there are: *//p' | tr ' ' '\n' >"$tmp/columns"
    need "$tmp/columns" "columns of $*"
    section "$page" Columns >"$tmp/section"
    while read -r word; do
        checked
        [ -n "$(item "$word" <"$tmp/section")" ] || bad "man/$page: Columns does not have $word"
    done <"$tmp/columns"
    sed -n 's/^\.It Cm \([A-Z0-9-]*\)$/\1/p' "$tmp/section" >"$tmp/written"
    while read -r word; do
        checked
        grep -Fxq -- "$word" "$tmp/columns" || bad "man/$page: Columns has $word, which $* does not print"
    done <"$tmp/written"
}
columns portolan-search.1 search ssh
columns portolan-chart.1 chart list
columns portolan-audit.1 audit
echo '{"nftables": []}' >"$tmp/ruleset.json"
columns portolan-can.1 can --ruleset "$tmp/ruleset.json" 22/tcp
columns portolan-policy.1 policy check --ruleset "$tmp/ruleset.json"

"$portolan" search no=thing 2>&1 | sed 's/.*conditions are//' | tr -c 'a-z' '\n' | grep -v '^and$' | grep . >"$tmp/keys"
need "$tmp/keys" "conditions of search"
while read -r word; do has_word portolan-search.1 "$word" condition; done <"$tmp/keys"

"$portolan" chart --help | sed -n 's/^Usage: .* \([a-z|]*\) \[FILE.*/\1/p' | tr '|' '\n' >"$tmp/verbs"
need "$tmp/verbs" "verbs of chart"
while read -r word; do has_word portolan-chart.1 "$word" verb; done <"$tmp/verbs"

"$portolan" policy --help | sed -n 's/^Usage: .* \([a-z|]*\) \[FILE.*/\1/p' | tr '|' '\n' >"$tmp/verbs"
need "$tmp/verbs" "verbs of policy"
while read -r word; do has_word portolan-policy.1 "$word" verb; done <"$tmp/verbs"

"$portolan" chart --help | sed -n 's/.*--format FORMAT *//p' | sed 's/,/ /g; s/ or / /' | tr -s ' ' '\n' >"$tmp/formats"
need "$tmp/formats" "formats of chart export"
while read -r word; do has_word portolan-chart.1 "$word" format; done <"$tmp/formats"

# ---- fields of records -------------------------------------------------------------------------------------------

# "word|records|required in|choices" of each field of the list
awk '
    /^#define PTN_FIELDS\(X\)/ { on = 1; next }
    on { line = $0; more = sub(/\\$/, "", line); text = text line; if (!more) on = 0 }
    END {
        n = split(text, entry, /X\(/)
        for (i = 2; i <= n; i++) {
            split(entry[i], q, "\"") # id, "word", ., "json", ., sets and form, "choices", ., "help"
            split(q[5], p, ",")
            gsub(/ /, "", p[2]); gsub(/ /, "", p[3])
            if (q[2] != "") print q[2] "|" p[2] "|" p[3] "|" q[6]
        }
    }' "$root/src/chart/field.h" | sed 's/PTN_//g' >"$tmp/lines"
# the sets have bars of their own: SVC|MAL
sed 's/SVC|MAL/SVC+MAL/g; s/SVC|SRC/SVC+SRC/g; s/MAL|SRC/MAL+SRC/g' "$tmp/lines" >"$tmp/fields"
need "$tmp/fields" "fields in src/chart/field.h"

fields_of() { # fields_of SET SECTION
    section portolan-chart.5 "$2" >"$tmp/section"
    : >"$tmp/known"
    while IFS='|' read -r word sets required choices; do
        case +$sets+ in *"+$1+"*) ;; *) continue ;; esac
        echo "$word" >>"$tmp/known"
        item "$word" <"$tmp/section" >"$tmp/item"
        checked
        [ -s "$tmp/item" ] || { bad "man/portolan-chart.5: \"$2\" does not have the field $word"; continue; }
        checked
        case +$required+ in
        *"+$1+"*) grep -q '^Required' "$tmp/item" || bad "man/portolan-chart.5: $2: $word is required, and it does not say so" ;;
        *) ! grep -q '^Required' "$tmp/item" || bad "man/portolan-chart.5: $2: $word is not required, and it says so" ;;
        esac
        for choice in $choices; do
            checked
            grep -Eq "(Cm|\|) $choice( |$)" "$tmp/item" || bad "man/portolan-chart.5: $2: $word does not have the word $choice"
        done
    done <"$tmp/fields"
    need "$tmp/known" "fields of $1"
    sed -n 's/^\.It Ic \(\\&\)\{0,1\}\([A-Za-z0-9-]*\) .*/\2/p' "$tmp/section" >"$tmp/written"
    while read -r word; do
        checked
        grep -Fxq -- "$word" "$tmp/known" || bad "man/portolan-chart.5: $2 has $word, which is no field there"
    done <"$tmp/written"
}
fields_of SVC Services
fields_of MAL 'Malware hints'
fields_of SRC Sources

words_of_list src/judge/allow.h PTN_ALLOW_FIELDS 1 >"$tmp/words"
need "$tmp/words" "fields in src/judge/allow.h"
while read -r word; do has_word portolan-audit.1 "$word" "allow field"; done <"$tmp/words"

# ---- words -------------------------------------------------------------------------------------------------

list() { # list HEADER MACRO POSITION WHAT PAGE...
    words_of_list "$1" "$2" "$3" >"$tmp/words"
    need "$tmp/words" "$4s in $1"
    what=$4
    shift 4
    for page in "$@"; do
        while read -r word; do has_word "$page" "$word" "$what"; done <"$tmp/words"
    done
}
list src/judge/judge.h PTN_LINTS 1 lint portolan-safe.7
list src/judge/check.h PTN_REMARKS 1 remark portolan-policy.1
list src/judge/judge.h PTN_EVIDENCES 1 evidence portolan-safe.7
list include/portolan.h PTN_KINDS 1 kind portolan-safe.7
list include/portolan.h PTN_VERDICTS 1 verdict portolan-safe.7
list src/judge/cause.h PTN_CAUSES 1 cause portolan-explain.1
list include/portolan.h PTN_RUNGS 1 rung portolan-audit.1

rungs=$(words_of_list include/portolan.h PTN_RUNGS 1 | tr '\n' ' ')
checked
grep -Fxq ".It rating Ta $(echo "$rungs" | sed 's/ *$//; s/ / Ta /g')" "$man/portolan-safe.7" ||
    bad "man/portolan-safe.7: the ladder's heading is not: rating $rungs"

words_of_list include/portolan.h PTN_RATINGS 1 >"$tmp/words"
need "$tmp/words" "ratings in include/portolan.h"
while read -r word; do
    case $word in -) word='\-' ;; '?') word='\&?' ;; esac
    checked
    grep -Fxq ".It Cm $word" "$man/portolan-safe.7" || bad "man/portolan-safe.7: rating $word has no .It line"
done <"$tmp/words"

# The ladder itself: each row of src/judge/verdict.c is a row of the table.
sed -n 's/.*\[PTN_RATING_\([A-Z]*\)\] = ROW(\(.*\)),.*/\1 \2/p' "$root/src/judge/verdict.c" | tr -d ',' >"$tmp/ladder"
need "$tmp/ladder" "rows of the ladder in src/judge/verdict.c"
while read -r rating row; do
    case $rating in
    NONE) word=none ;; SAFE) word=Y ;; LIMITED) word='\-' ;; UNSAFE) word=N ;; DEPENDS) word='\&?' ;; *) word=$rating ;;
    esac
    checked
    grep -Fxq ".It $word Ta $(echo "$row" | sed 's/ / Ta /g')" "$man/portolan-safe.7" ||
        bad "man/portolan-safe.7: the ladder's row of $word is not: $row"
done <"$tmp/ladder"

# ---- JSON ----------------------------------------------------------------------------------------------------

# Every key that the program prints has an item. A source's key is a name of its own: its line is two blanks in.
{
    "$portolan" chart export --format json
    echo 'port 22' | "$portolan" -J
    "$portolan" lookup -J --as-of 2001 23/tcp 22/tcp
    "$portolan" search -J kind=malware
    "$portolan" free -J
    "$portolan" audit -J --save "$tmp/audit.json"
    "$portolan" audit -J --against "$tmp/audit.json"
} 2>/dev/null | sed -n '/^  "[^"]*": {$/d; s/^ *"\([^"]*\)": .*/\1/p' | sort -u >"$tmp/keys"
# What no run here has shown stands in the sources: "netns" of an owner, "enabled" of a latent listener.
sed -n 's/.*json_object_set_new([a-z]*, "\([a-z0-9_]*\)".*/\1/p' "$root"/src/report/*.c "$root"/src/store/*.c \
    "$root"/src/cmd/*.c >>"$tmp/keys"
sort -u "$tmp/keys" -o "$tmp/keys"
need "$tmp/keys" "keys of JSON documents"
while read -r word; do has_word portolan-json.5 "$word" key; done <"$tmp/keys"
schema=$(sed -n 's/^#define PTN_JSON_SCHEMA //p' "$root/src/report/json.h")
checked
grep -q "^\.Nd .*schema $schema\$" "$man/portolan-json.5" || bad "man/portolan-json.5: is not about schema $schema"

# ---- the pages' own form ---------------------------------------------------------------------------------------

if command -v mandoc >/dev/null 2>&1; then
    checked
    mandoc -T lint -W warning "$man"/*.[1-8] >"$tmp/lint" 2>&1 ||
        while read -r line; do bad "$line"; done <"$tmp/lint"
else
    echo "check-man: mandoc is not installed: the pages' form was not checked" >&2
fi

failed=$(grep -c . "$tmp/bad")
echo "man pages: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
