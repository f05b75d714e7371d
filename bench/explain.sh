#!/bin/sh
# What `portolan explain` costs, for bench/run.sh: a log is made in FOLDER, which is the caller's to remove. Prints a
# line a measure: its key, and what bench-compare says; for memory and captures the figures themselves.
#     bench/explain.sh BUILD PORTOLAN FOLDER [OCTETS]     OCTETS of log instead of 1 GB
# fwlogwatch (whose time grows with the square) and psad would take far too long for it: they get its beginning (SLICE
# octets), and so do we in turn with them.
set -eu
build=$1
portolan=$2
tmp=$3
octets=${4:-1000000000}
part=$((octets * 3 / 10)) # what is compressed, captured, and measured for its memory
slice=${SLICE:-20000000}
compare=$build/bench/bench-compare
knocks=$build/bench/bench-knocks
peers=$(cd "$build" && pwd)/peers
export LC_ALL=C
skip() { echo "skipped: $1"; exit 77; }

need=$((octets * 16 / 10 / 1024))
[ "$(df -k --output=avail "$tmp" | tail -1)" -gt $need ] || skip "$tmp has not the $((need / 1024)) MB that it takes"

script() { # NAME, LINES: a command without words to be quoted
    printf '#!/bin/sh\n%s\n' "$2" >"$tmp/$1"
    chmod +x "$tmp/$1"
}
first_lines() { head -c "$2" "$1" | sed '$d'; } # FILE, OCTETS: whole lines
# That the report is of all of it, whatever it found; now the file is in memory, and no longer on its way to the disk.
is_read() { # FILE, LINES
    sync "$1"
    status=0
    "$portolan" explain "$1" >"$tmp/report" 2>"$tmp/why" || status=$?
    [ $status -le 1 ] || skip "$(head -1 "$tmp/why")"
    found=$(sed -n '1s/^\([0-9,]*\) packets.*/\1/p' "$tmp/report" | tr -d ,)
    [ "${found:-0}" -ge "$2" ] || skip "of $2 packets it found ${found:-none}"
}
measure() { # KEY, RUNS, FILE, PEER: both with FILE as their last word
    echo "$1" "$("$compare" "$2" "$portolan explain $3" "$4 $3")"
}

"$knocks" "$octets" 1 >"$tmp/log"
is_read "$tmp/log" "$(wc -l <"$tmp/log")"
# shellcheck disable=SC2016
script count 'grep -c "DPT=23 " "$1" | cat' # into /dev/null it would stop at the first
# shellcheck disable=SC2016
script words 'exec mawk '\''{ for (i = 1; i <= NF; i++) if ($i ~ /^DPT=/) n[substr($i, 5)]++ }
    END { for (port in n) print n[port], port }'\'' "$1"'
# shellcheck disable=SC2016 # faster than anybody writes it down at once
script group 'exec mawk '\''match($0, /DPT=[0-9]+/) { n[substr($0, RSTART + 4, RLENGTH - 4)]++ }
    END { for (port in n) print n[port], port }'\'' "$1"'
measure wc 15 "$tmp/log" "wc -l"
measure grep 9 "$tmp/log" "$tmp/count"
measure words 3 "$tmp/log" "$tmp/words"
measure mawk 5 "$tmp/log" "$tmp/group"

first_lines "$tmp/log" "$slice" >"$tmp/slice"
lines=$(wc -l <"$tmp/slice")
is_read "$tmp/slice" "$lines"
if [ -f "$peers/complete" ]; then
    script fwlogwatch "exec $peers/usr/sbin/fwlogwatch -c /dev/null -P n \"\$1\""
    "$tmp/fwlogwatch" "$tmp/slice" | grep -q "^$lines of $lines entries in the file" || skip "fwlogwatch does not work"
    measure fwlogwatch 3 "$tmp/slice" "$tmp/fwlogwatch"

    # psad with its own folders for everything, no program to send mail with, and no firewall to list
    mkdir -p "$tmp/psad/var/log" "$tmp/psad/var/run" "$tmp/psad/var/lib" "$tmp/psad/usr/lib"
    cp -r "$peers/etc/psad" "$tmp/psad/etc"
    ln -s /bin/true "$tmp/psad/iptables"
    sed -E -i -e "s#^INSTALL_ROOT .*#INSTALL_ROOT $tmp/psad;#" -e "s#^PSAD_CONF_DIR .*#PSAD_CONF_DIR $tmp/psad/etc;#" \
        -e 's#^HOSTNAME .*#HOSTNAME gw;#' -e 's#^([a-zA-Z0-9_]*Cmd) .*#\1 /bin/true;#' \
        -e 's#^ENABLE_OVERRIDE_FW_CMD .*#ENABLE_OVERRIDE_FW_CMD Y;#' -e "s#^FW_CMD .*#FW_CMD $tmp/psad/iptables;#" \
        "$tmp/psad/etc/psad.conf"
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root="unshare -r "
    script psad-A "export PERL5LIB=$peers/usr/share/perl5:$(echo "$peers"/usr/lib/*/perl5/*)
exec ${as_root}perl $peers/usr/sbin/psad -c $tmp/psad/etc/psad.conf -A -m \"\$1\""
    "$tmp/psad-A" "$tmp/slice" | grep -q "Found $lines iptables log messages" || skip "psad does not work"
    measure psad 3 "$tmp/slice" "$tmp/psad-A"
fi

first_lines "$tmp/log" "$part" >"$tmp/part"
lines=$(wc -l <"$tmp/part")
rm "$tmp/log"
gzip -k "$tmp/part"
zstd -q -k "$tmp/part"
rm "$tmp/part"
is_read "$tmp/part.gz" "$lines"
is_read "$tmp/part.zst" "$lines"
measure gz 7 "$tmp/part.gz" zcat
measure zst 9 "$tmp/part.zst" zstdcat
rm "$tmp/part.gz" "$tmp/part.zst"

# a few more than a million, because some share an address
"$knocks" --each "$octets" 1 1001000 >"$tmp/many"
is_read "$tmp/many" "$(wc -l <"$tmp/many")"
# shellcheck disable=SC2046
set -- $(sed -n '2s/^\([0-9,]*\) sources.*/\1/p' "$tmp/report" | tr -d ,) \
    $("$compare" 1 "$portolan explain $tmp/many" true)
sources=$1 whole=$5
first_lines "$tmp/many" "$part" >"$tmp/less"
rm "$tmp/many"
is_read "$tmp/less" "$(wc -l <"$tmp/less")"
# shellcheck disable=SC2046
set -- $("$compare" 1 "$portolan explain $tmp/less" true)
echo memory "$sources" "$whole" "$4" # kilobytes
rm "$tmp/less"

"$knocks" --pcap "$part" 1 >"$tmp/pcap"
is_read "$tmp/pcap" $((part / 120))
# shellcheck disable=SC2046
set -- "$found" $("$compare" 9 "taskset -c 0 $portolan explain $tmp/pcap" true)
echo pcap "$1" "$2"
rm "$tmp/pcap"
