#!/bin/sh
# Measures against the peers, in turn and in one run, and prints a table and one line of JSON. Medians; ratios are the
# medians of pairs.
#     bench/run.sh BUILD
# The wall is measured in a machine of its own (bench/wall.sh), where that is permitted; logs by bench/explain.sh.
set -eu
build=$1
compare=$build/bench/bench-compare
load=$build/bench/bench-load
portolan=$build/portolan
tmp=$(mktemp -d)
feeder=
stop() { [ -z "$feeder" ] || { exec 9>&-; wait "$feeder" 2>/dev/null || true; feeder=; }; }
trap 'stop; rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

cp "$portolan" "$tmp/portolan"
strip "$tmp/portolan"
portolan=$tmp/portolan
json=

row() { # key, name, bound, median of ours, of the peer, ratio, peer
    printf '| %-74s | %9s | %9s | %6s | %5s |\n' "$2" "$4" "$5" "$6" "$3"
    json="$json,\"$1\":{\"ours\":$4,\"peer\":$5,\"ratio\":$6,\"bound\":$3}"
}
process() { # key, name, bound, runs, ours, peer; PORTOLAN_BPF as it stands
    set -- "$1" "$2" "$3" "$($compare "$4" "$5" "$6")"
    # shellcheck disable=SC2086
    set -- "$1" "$2" "$3" $4
    row "$1" "$2" "$3" "$(ms "$4")" "$(ms "$5")" "$(ratio "$6")"
    peak=$7
}
ms() { awk -v s="$1" 'BEGIN { printf "%.3f", s * 1000 }'; }
ratio() { awk -v r="$1" 'BEGIN { printf r < 0.01 ? "%.5f" : "%.3f", r }'; }
under_load() { # arguments of the load
    mkfifo "$tmp/stdin.$1"
    "$load" "$@" <"$tmp/stdin.$1" >"$tmp/ready" &
    feeder=$!
    exec 9>"$tmp/stdin.$1"
    for _ in $(seq 600); do grep -q ready "$tmp/ready" && return 0; sleep 0.1; done
    echo "bench: the load did not come up" >&2
    exit 1
}

printf '| %-74s | %9s | %9s | %6s | %5s |\n' "what (milliseconds, whole process)" ours peer ratio bound
echo '|---|---:|---:|---:|---:|'
process lookup_empty "\`portolan 113/tcp\`; an empty C program" 1.5 400 "$portolan 113/tcp" "$build/bench/bench-empty"
lookup_peak=$peak
process lookup_getent "\`portolan 113/tcp\`; \`getent services 113/tcp\`" 1.0 400 "$portolan 113/tcp" "getent services 113/tcp"
process audit_few "\`portolan audit\`; \`ss -H -tulpn\`, few sockets" 1.0 100 "$portolan audit" "ss -H -tulpn"
under_load listeners 5000 50
process audit_5000 "the same, 5,000 listeners in 50 processes" 0.5 20 "$portolan audit" "ss -H -tulpn"
stop
under_load processes 1500 22
export PORTOLAN_BPF=0
process audit_1500 "the same, 1,500 processes of 22 descriptors, by /proc" 0.75 20 "$portolan audit" "ss -H -tulpn"
unset PORTOLAN_BPF
process audit_1500_bpf "the same, by the BPF iterator where there is one" 0.3 20 "$portolan audit" "ss -H -tulpn"
stop

wall() { # key, name, bound, of what: "times" the peer, milliseconds "more" than the peer, or "in all"
    # shellcheck disable=SC2046
    set -- "$1" "$2" "$3" "$4" $(sed -n "s/^$1 //p" "$tmp/wall")
    ours=$(ms "$5") peer=$(ms "$6")
    case $4 in
    times) counts=$(ratio "$7") ;;
    more) counts=$(ms "$9") ;;
    *) counts=$ours ;;
    esac
    printf '| %-74s | %9s | %9s | %14s | %13s |\n' "$2" "$ours" "$peer" "$counts $4" "$3 $4"
    json="$json,\"wall_$1\":{\"ours\":$ours,\"peer\":$peer,\"counts\":$counts,\"bound\":$3,\"of\":\"$4\"}"
}
echo
if "$build/tests/live/live-machine" sh "$(dirname "$0")/wall.sh" "$build" "$portolan" 25 >"$tmp/wall"; then
    printf '| %-74s | %9s | %9s | %14s | %13s |\n' "the wall of 5,000 rules (milliseconds)" ours peer "what counts" bound
    echo '|---|---:|---:|---:|---:|'
    wall can "\`portolan can 203.0.113.9 22/tcp\`; \`nft -j list ruleset\`" 1.2 times
    wall check "every port, TCP and UDP, six zones: \`portolan policy check\`; the same" 100 more
    wall write "200 permissions written and proved: \`policy write\`; \`nft -c -f\` of that" 1000 "in all"
else
    echo "The wall was not measured: $(tail -1 "$tmp/wall")"
fi

log() { # key, name, bound
    # shellcheck disable=SC2046
    set -- "$1" "$2" "$3" $(sed -n "s/^$1 //p" "$tmp/explain")
    [ $# -gt 3 ] || { echo "| $2 | not measured | | | $3 |"; return; }
    row "explain_$1" "$2" "$3" "$(ms "$4")" "$(ms "$5")" "$(ratio "$6")"
}
figure() { # key, name, bound, "at most" or "at least", figure
    printf '| %-74s | %9s | %13s |\n' "$2" "$5" "$4 $3"
    json="$json,\"explain_$1\":{\"ours\":$5,\"bound\":$3}"
}
figures() { # sources, peak kilobytes of 1 GB, of 300 MB; packets of the capture, seconds
    memory=$(awk -v k="$2" 'BEGIN { printf "%.0f", k * 1.024 / 1000 }')
    growth=$(awk -v a="$2" -v b="$3" 'BEGIN { printf "%.2f", a / b }')
    packets=$(awk -v n="$4" -v s="$5" 'BEGIN { printf "%.1f", n / s / 1e6 }')
    echo
    printf '| %-74s | %9s | %13s |\n' "logs: memory and captures" ours bound
    echo '|---|---:|---:|'
    figure memory "peak memory in MB, $1 sources in 1 GB" 256 "at most" "$memory"
    figure growth "the same by that of the first 300 MB of it" 1.1 "at most" "$growth"
    figure pcap "packets of a capture a second on one core, in millions" 10 "at least" "$packets"
}
echo
mkdir "$tmp/logs"
if "$(dirname "$0")/explain.sh" "$build" "$portolan" "$tmp/logs" >"$tmp/explain"; then
    printf '| %-74s | %9s | %9s | %6s | %5s |\n' "a log of 1 GB, 4 million lines (milliseconds)" ours peer ratio bound
    echo '|---|---:|---:|---:|---:|'
    log wc "\`portolan explain\`, the whole report; \`wc -l\`" 3
    log grep "the same; \`grep -c 'DPT=23 '\` into a pipe" 0.6
    log words "the same; \`mawk\` that counts by DPT, word by word" 0.25
    log mawk "the same; \`mawk\` that finds \`DPT=\` by match()" 0.25
    log fwlogwatch "its first 20 MB, because it takes so long; \`fwlogwatch\` of the same 20 MB" 0.02
    log psad "its first 20 MB, because it takes so long; \`psad -A\` of the same 20 MB" 0.02
    log gz "its first 300 MB as .gz; \`zcat\` of that" 1
    log zst "its first 300 MB as .zst; \`zstdcat\` of that" 1
    # shellcheck disable=SC2046
    figures $(sed -n 's/^memory //p; s/^pcap //p' "$tmp/explain")
else
    echo "Logs were not measured: $(tail -1 "$tmp/explain")"
fi

# shellcheck disable=SC2046
set -- $("$build/bench/bench-lookup")
size=$(stat -c %s "$portolan")
echo
echo "| inside the library, nanoseconds | ours | \`getservbyport_r\` | bound |"
echo '|---|---:|---:|---:|'
echo "| one lookup: every claim on a port, ranked | $1 | $3 | 20 |"
echo "| the best name alone | $2 | $3 | 20 |"
echo
echo "Binary, stripped: $((size / 1000)) kB (at most 2,500); peak memory of a lookup: $lookup_peak kB (at most 4,096)."
echo
echo "{\"portolan\":\"bench\"$json,\"name_ns\":$2,\"lookup_ns\":$1,\"getservbyport_ns\":$3,\"binary\":$size,\"peak_kb\":$lookup_peak}"
