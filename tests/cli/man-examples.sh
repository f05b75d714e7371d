#!/bin/sh
# Runs every example of the man pages.
#     tests/cli/man-examples.sh BUILD
# An example is a line `.Dl $ COMMAND` in a section EXAMPLES; it runs in a shell with the built portolan first in PATH,
# in a folder that holds the files the examples mention (made below), with that folder as HOME. It must end with 0 and
# print something. Comments on the lines before it say otherwise:
#     .\" exit 0 1 3    one of these statuses
#     .\" quiet         it may print nothing
#     .\" as nobody     as an ordinary user, because as root it would change this machine
# Prints a line an example and, last, the sums. Ends with 1 if an example failed.
set -u
export LC_ALL=C
build=$(CDPATH='' cd -- "${1:?usage: man-examples.sh BUILD}" && pwd) || exit 2
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
[ -x "$build/portolan" ] || { echo "man-examples: $build/portolan: no such program; build it first" >&2; exit 2; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' INT TERM
chmod 755 "$tmp"

# ---- what the examples find -------------------------------------------------------------------------------

# prepare FOLDER: each page starts with its own.
prepare() {
    mkdir "$1" && cd "$1" || exit 2
    cat >fw.log <<'END'
Nov 23 08:00:01 gate kernel: DROP IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 LEN=60 PROTO=TCP SPT=40112 DPT=113 SYN
Nov 23 08:00:02 gate kernel: DROP IN=eth0 OUT= SRC=192.0.2.9 DST=198.51.100.1 LEN=78 PROTO=UDP SPT=137 DPT=137
Nov 23 08:00:04 gate kernel: DROP IN=eth0 OUT= SRC=203.0.113.5 DST=198.51.100.1 LEN=60 PROTO=TCP SPT=51515 DPT=23 SYN
END
    # the literal examples of portolan-chart(5), portolan-audit(1) and portolan-intent(5) are the files themselves
    literal portolan-chart.5 >site.rec
    literal portolan-audit.1 >allow.rec
    literal portolan-can.1 >ruleset.json
    literal portolan-intent.5 >intent.rec
    # rulesets as nft prints them
    for port in 22 23; do
        printf '{"nftables": [{"metainfo": {"json_schema_version": 1}}, %s, %s, %s]}\n' \
            '{"table": {"family": "inet", "name": "filter", "handle": 1}}' \
            '{"chain": {"family": "inet", "table": "filter", "name": "input", "handle": 2, "type": "filter",
              "hook": "input", "prio": 0, "policy": "drop"}}' \
            '{"rule": {"family": "inet", "table": "filter", "chain": "input", "handle": 3, "expr": [{"match":
              {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": '$port'}},
              {"accept": null}]}}' >port-$port.json
    done
    # a registry of the size and shape of IANA's CSV
    awk 'BEGIN {
        printf "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
        printf "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\r\n"
        for (port = 1; port <= 48200; port += 4)
            printf "example-%d,%d,tcp,Example %d,[IESG],[IETF_Chair],2026-01-02,,[RFC6335],,,\r\n", port, port, port
        for (i = 1; i <= 1000; i++)
            printf "portless-%d,,tcp,Example without a port %d,[IESG],[IETF_Chair],,,,,,\r\n", i, i
    }' >service-names-port-numbers.csv
}

# literal PAGE: the first literal block of its section EXAMPLES
literal() {
    awk '/^\.Sh / { on = $2 == "EXAMPLES" } /^\.Ed/ && block { exit } block; /^\.Bd -literal/ && on { block = 1 }' \
        "$root/man/$1"
}

# ---- the examples -------------------------------------------------------------------------------------------

# examples PAGE: a line "STATUSES|FLAGS|COMMAND" an example
examples() {
    awk '
        function clear() { statuses = "0"; flags = "" }
        BEGIN { clear() }
        /^\.Sh / { on = $2 == "EXAMPLES"; clear(); next }
        !on { next }
        /^\.\\" exit / { sub(/^\.\\" exit /, ""); statuses = $0; next }
        /^\.\\" (quiet|as nobody)$/ { sub(/^\.\\" /, ""); flags = flags " " $0; next }
        /^\.Dl \$ / {
            sub(/^\.Dl \$ /, "")
            gsub(/\\-/, "-"); gsub(/\\&/, ""); gsub(/\\\(aq/, "\047"); gsub(/\\e/, "\\")
            print statuses "|" flags "|" $0
            clear()
        }' "$1"
}

passed=0 failed=0 skipped=0
result() { # result ok|"not ok" TEXT
    echo "$1 - $2"
    if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# run COMMAND FLAGS: fills $tmp/out, $tmp/err, $status; 1 if it cannot be run here
run() {
    drop=
    case $2 in
    *'as nobody'*)
        if [ "$(id -u)" -eq 0 ]; then
            drop='setpriv --reuid=65534 --regid=65534 --clear-groups'
            chown -R 65534:65534 .
            $drop test -x "$build/portolan" 2>/dev/null || return 1
        fi
        ;;
    esac
    status=0
    env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u NO_COLOR HOME="$PWD" PATH="$build:$PATH" \
        $drop sh -c "$1" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

for page in "$root"/man/*.[1-8]; do
    name=${page##*/}
    examples "$page" >"$tmp/examples"
    if [ ! -s "$tmp/examples" ]; then
        result 'not ok' "$name: has no examples"
        continue
    fi
    prepare "$tmp/$name"
    while IFS='|' read -r statuses flags command <&3; do
        what="$name: $command"
        # a | of the command itself was kept whole: read gives the last name the rest
        if ! run "$command" "$flags"; then
            echo "ok - $what # SKIP this needs an ordinary user who can reach $build"
            skipped=$((skipped + 1))
            continue
        fi
        why=
        case " $statuses " in *" $status "*) ;; *) why="status $status, expected $statuses" ;; esac
        # what cannot be done here says why, and need not print anything else
        case $flags$status in *quiet* | *3) ;; *) [ -s "$tmp/out" ] || why="${why:+$why; }printed nothing" ;; esac
        # what ends well has nothing to complain of
        if [ "$status" -lt 2 ] && [ -s "$tmp/err" ]; then why="${why:+$why; }complained"; fi
        if [ -z "$why" ]; then
            result ok "$what"
        else
            result 'not ok' "$what ($why)"
            sed 's/^/    /' "$tmp/err"
        fi
    done 3<"$tmp/examples"
done

[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
