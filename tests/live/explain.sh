#!/bin/sh
# Usage: explain.sh BUILD [ulogd|kernel]
# Real knocks on a real filter, through its real log, and what portolan explain makes of each: explain.tsv says what it
# should be. The log gets out by ulogd, which changes nothing of the machine; or as the kernel's own lines, for which
# the kernel must be told to log for every network namespace.
#
#     internet  203.0.113.1, 2001:db8::1 -- eth0 --+--- this machine --- eth1 -- lan  192.168.77.20
#
# In internet lie 198.51.100.0/24 and 2001:db8:1::/64, whose addresses answer. All others only knock.
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd) || exit 2
. "$here/lib.sh"
way=${2:-ulogd}
all_netns=/proc/sys/net/netfilter/nf_log_all_netns
if [ "$way" = kernel ] && [ -z "${PTN_OWN_MACHINE-}${PTN_TOLD-}" ]; then
    [ -w $all_netns ] && [ -w /dev/kmsg ] || skip "the kernel may not be told to log for all network namespaces"
    before=$(cat $all_netns)
    trap 'echo "$before" >$all_netns' EXIT
    trap 'exit 2' INT TERM
    echo 1 >$all_netns
    PTN_TOLD=1 "$0" "$@"
    exit
fi
own_machine "$@"

PATH=$PATH:/usr/sbin:/sbin
command -v nft >/dev/null || skip "no nft here"
nft list ruleset >/dev/null 2>&1 || skip "no nf_tables in this kernel"
for p in nmap traceroute ping socat; do command -v $p >/dev/null || skip "no $p here"; done
for p in explain-knock lab-serve lab-forget; do cp "$build/tests/live/live-$p" /mnt/${p#*-} || exit 2; done

# ---- the lab --------------------------------------------------------------------------------------------------------

quiet='for i in all default; do
    echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter
    echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad
    echo 0 >/proc/sys/net/ipv6/conf/$i/accept_ra
done
echo 1 >/proc/sys/net/ipv6/conf/default/addr_gen_mode
echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind
ip link set lo up'

# IPv6's neighbours are known here, because the rules below drop what they ask.
wires() {
    ip netns add internet && ip netns add lan || return 1
    sh -c "$quiet" && in_net internet sh -c "$quiet" && in_net lan sh -c "$quiet" || return 1
    ip link add eth0 address 02:00:00:00:e0:01 type veth peer name eth0 address 02:00:00:00:e0:02 netns internet &&
        ip link add eth1 address 02:00:00:00:e1:01 type veth peer name eth0 address 02:00:00:00:e1:02 netns lan &&
        ip link set eth0 up && ip link set eth1 up && ip -n internet link set eth0 up && ip -n lan link set eth0 up
}

addresses() {
    ip -batch - <<'END' && ip -n internet -batch - <<'END2' && ip -n lan -batch - <<'END3'
addr add 203.0.113.10/24 dev eth0
addr add 2001:db8::10/64 dev eth0
addr add fe80::10/64 dev eth0
addr add 192.168.77.1/24 brd + dev eth1
addr add fe80::77/64 dev eth1
route add default via 203.0.113.1
route add default via 2001:db8::1
neigh replace 2001:db8::1 lladdr 02:00:00:00:e0:02 dev eth0 nud permanent
END
addr add 203.0.113.1/24 dev eth0
addr add 2001:db8::1/64 dev eth0
addr add fe80::1/64 dev eth0
route add local 198.51.100.0/24 dev lo
route add local 2001:db8:1::/64 dev lo
END2
addr add 192.168.77.20/24 brd + dev eth0
addr add fe80::20/64 dev eth0
END3
}

# listening NAMESPACE ADDRESS:PORT...
listening() {
    ns=$1
    shift
    for a; do wait_for sh -c "nsenter --net=/run/netns/$ns ss -Hlntu | grep -qF ' $a '" || return 1; done
}

script() {
    { echo '#!/bin/sh' && cat; } >"/mnt/$1" && chmod +x "/mnt/$1"
}

# The mail server asks back before it greets; the others have a last word, but not before it is late.
servers() {
    script mail <<'END'
socat - "TCP:$SOCAT_PEERADDR:113,bind=198.51.100.25,connect-timeout=1" </dev/null
echo 220 mail.example
END
    script last <<'END'
until [ -e /mnt/late ]; do sleep 0.05; done
printf %s "$*"
END
    serve in_net internet socat TCP-LISTEN:25,bind=198.51.100.25,reuseaddr,fork EXEC:/mnt/mail
    serve in_net internet socat TCP-LISTEN:80,bind=198.51.100.80,reuseaddr,fork EXEC:"/mnt/last bye"
    serve in_net internet socat TCP-LISTEN:443,bind=198.51.100.81,reuseaddr,linger=0,fork EXEC:/mnt/last
    serve in_net internet socat -t 60 UDP-RECVFROM:53,bind=198.51.100.53,fork EXEC:"/mnt/last answer"
    listening internet 198.51.100.25:25 198.51.100.80:80 198.51.100.81:443 198.51.100.53:53 &&
        start /mnt/serve host tcp/0.0.0.0/22 tcp/::/22,v6only && members
}

# This machine listens to the groups of the LAN, or its kernel would not even ask the filter.
members() {
    for group in 224.0.0.251 224.0.0.252 239.255.255.250; do
        serve socat -u "UDP4-RECV:5000,bind=$group,ip-add-membership=$group:192.168.77.1" /dev/null
        wait_for sh -c "ip maddress show dev eth1 | grep -qw $group" || return 1
    done
    serve socat -u "UDP6-RECV:5001,ipv6-join-group=[ff02::fb]:eth1" /dev/null
    wait_for sh -c "ip maddress show dev eth1 | grep -qw ff02::fb"
}

# rules TO: with everything logged there. Each rule that logs counts, so that no line is lost unseen.
rules() {
    nft -f - <<END
table inet wall {
    chain nobody {
        type filter hook prerouting priority raw;
        iifname "eth0" ip saddr { 203.0.113.10, 127.0.0.0/8, 240.0.0.0/4 } counter log prefix "drop in: " $1 drop
    }
    chain input {
        type filter hook input priority filter; policy drop;
        iifname "lo" accept
        icmp type destination-unreachable icmp code frag-needed counter log prefix "drop in: " $1 drop
        icmpv6 type packet-too-big counter log prefix "drop in: " $1 drop
        ct state established,related accept
        tcp dport 22 ct state new counter log prefix "pass ssh: " $1 accept
        counter log prefix "drop in: " $1 drop
    }
    chain output {
        type filter hook output priority filter; policy accept;
        oifname "lo" accept
        meta l4proto igmp accept
        tcp dport 445 counter log prefix "drop out: " $1 drop
        ct state new counter log prefix "new out: " $1
    }
}
END
}

# ---- the log --------------------------------------------------------------------------------------------------------

log=/mnt/fw.log

ulogd_opens() {
    plugins=$(find /usr/lib /usr/local/lib -name ulogd_inppkt_NFLOG.so 2>/dev/null | head -1)
    command -v ulogd >/dev/null && [ -n "$plugins" ] || skip "no ulogd here"
    cat >/mnt/ulogd.conf <<END
[global]
logfile="/mnt/ulogd.err"
$(for p in inppkt_NFLOG raw2packet_BASE filter_IFINDEX filter_IP2STR filter_PRINTPKT output_LOGEMU; do
        echo "plugin=\"${plugins%/*}/ulogd_$p.so\""
    done)
stack=in:NFLOG,base:BASE,iface:IFINDEX,addr:IP2STR,line:PRINTPKT,out:LOGEMU
[in]
group=5
netlink_socket_buffer_size=4194304
netlink_socket_buffer_maxsize=8388608
[out]
file="$log"
sync=1
END
    serve ulogd -c /mnt/ulogd.conf
    logger=$pid
    wait_for grep -q '^ *5 ' /proc/net/netfilter/nfnetlink_log || skip "no NFLOG in this kernel"
}

# What is older than our mark is not ours.
kernel_opens() {
    mark="explain.sh $$ begins at $(date +%s)"
    echo "$mark" >/dev/kmsg || skip "no /dev/kmsg for us"
    dmesg --follow --time-format iso >/mnt/kernel.log 2>/dev/null &
    logger=$!
    pids="$pids $logger"
    wait_for grep -q "$mark" /mnt/kernel.log || skip "dmesg does not follow"
}

kernel_lines() {
    awk -v mark="$mark" 'ours && / (drop in|drop out|pass ssh|new out): IN=/; index($0, mark) { ours = 1 }' \
        /mnt/kernel.log >$log
}

lines() {
    [ "$way" != kernel ] || kernel_lines
    [ ! -e $log ] || wc -l <$log
}

# What the rules counted has become lines.
log_is_whole() {
    counted=$(nft list table inet wall | awk '/ log / { for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1) }
        END { print n + 0 }')
    [ "$(lines)" = "$counted" ]
}

# logged PATTERN: a line of the log
logged() {
    [ "$way" != kernel ] || kernel_lines
    grep -q -- "$1" $log
}

# ---- knocks -----------------------------------------------------------------------------------------------------------

four=203.0.113.10
six=2001:db8::10
knock() { in_net internet /mnt/knock "$@"; }
lan_knock() { in_net lan /mnt/knock dev=eth0 "$@"; }

# connected ADDRESS:PORT: this machine is
connected() {
    wait_for sh -c "ss -Hnt state established | grep -q ' $1 *$'"
}

# The first visitor by IPv6 finds no neighbour: its kernel asks, and is not answered. Then it is told.
neighbours() {
    in_net internet socat -u "TCP:[$six]:22,bind=[2001:db8:1::5]" - >/mnt/banner &
    visitor=$!
    wait_for logged "drop in: .*TYPE=135 "
    ip -n internet neigh replace $six lladdr 02:00:00:00:e0:01 dev eth0 nud permanent
    knock dev=eth0 from=fe80::1 to=ff02::1 proto=icmp6 type=134 ttl=255 data=8 count=3
    knock dev=eth0 from=fe80::1 to=ff02::1 proto=icmp6 type=136 ttl=255 data=16 count=2
    wait $visitor
}

# The host talks to others, and others to it.
host_talks() {
    socat -u TCP:198.51.100.25:25 - >/mnt/greeting 2>>/mnt/servers.log </dev/null &
    greeted=$!
    serve socat -u TCP:198.51.100.80:80 -
    serve socat -u TCP:198.51.100.81:443 -
    serve socat -u TCP:198.51.100.81:443 -
    echo query >/mnt/query
    serve socat -t 60 OPEN:/mnt/query UDP:198.51.100.53:53
    for peer in 41 42 43 44; do echo hello | socat -u - "UDP:198.51.100.$peer:6881,sourceport=51413"; done
    in_net internet socat -u TCP:$four:22,bind=198.51.100.5 - >>/mnt/banner </dev/null
    serve in_net internet socat -t 60 TCP:$four:22,bind=198.51.100.6 EXEC:/mnt/last
    socat -u OPEN:/mnt/query TCP:192.0.2.99:445,connect-timeout=0.2 2>>/mnt/servers.log
    connected 198.51.100.80:80 && connected 198.51.100.81:443 && wait_for logged "new out: .*DPT=53 " &&
        wait_for logged "pass ssh: .*SRC=198.51.100.6 " || return 1
    path_mtu
    wait $greeted
}

# What is open is forgotten, as when rules are loaded anew: last words come late.
late() {
    /mnt/forget && : >/mnt/late
    wait_for logged "SRC=198.51.100.80 .*SPT=80 " && wait_for logged "SRC=198.51.100.81 .*SPT=443 .*RST" &&
        wait_for logged "SRC=198.51.100.6 .*DPT=22 .*FIN" && wait_for logged "SRC=198.51.100.53 .*SPT=53 "
}

# A router's word about a connection that is there.
path_mtu() {
    port=$(ss -Hnt state established dst 198.51.100.80 | awk '{ sub(/.*:/, "", $3); print $3; exit }')
    knock from=198.51.100.250 to=$four proto=icmp type=3 code=4 mtu=1400 qfrom=$four qsport="$port" \
        qto=198.51.100.80 qport=80 count=3
    knock from=2001:db8:1::fa to=$six proto=icmp6 type=2 mtu=1400 qfrom=$six qsport=40000 qto=2001:db8:1::80 qport=80 \
        count=3
}

backscatter() {
    knock from=192.0.2.128/26 to=$four flags=SA sport=80 port=1024-61000 count=60
    knock from=192.0.2.128/26 to=$four flags=SA sport=443 port=20000-61000 count=60
    knock from=192.0.2.192/27 to=$four flags=RA sport=25565 port=2000-61000 count=60
    knock from=192.0.2.224/28 to=$four proto=icmp type=3 code=1-3 qfrom=$four qsport=3000-60000 qto=192.0.2.225 \
        qport=80 count=40
    knock from=192.0.2.240/28 to=$four proto=icmp type=11 qfrom=$four qsport=3000-60000 qto=192.0.2.225 qport=80 count=20
    knock from=2001:db8:1:80::/112 to=$six flags=SA sport=443 port=1024-61000 count=60
    knock from=2001:db8:1:81::/112 to=$six proto=icmp6 type=1 code=4 qfrom=$six qsport=3000-60000 qto=2001:db8:1:80::1 \
        qport=80 count=20
}

chatter() {
    for to in 224.0.0.251:5353 224.0.0.252:5355 239.255.255.250:1900 239.255.255.250:3702 192.168.77.255:137 \
        192.168.77.255:138 192.168.77.255:17500 192.168.77.255:57621 255.255.255.255:67; do
        port=${to#*:}
        [ "$port" != 67 ] || port=68
        lan_knock from=192.168.77.20 to=${to%:*} proto=udp sport="$port" port=${to#*:} ttl=4 data=40 count=3
    done
    lan_knock from=192.168.77.20 to=224.0.0.1 proto=igmp type=17 ttl=1 count=2
    lan_knock from=192.168.77.20 to=224.0.0.251 proto=igmp type=22 ttl=1 count=2
    lan_knock from=fe80::20 to=ff02::fb proto=udp sport=5353 port=5353 ttl=255 data=40 count=3
    lan_knock from=192.168.77.66 to=192.168.77.1 flags=S port=445 count=3
}

background() {
    knock from=198.18.0.0/16 to=$four flags=S port=23 seq=to window=5000 ttl=48 count=450
    knock from=198.18.3.3/16 to=$four flags=S port=2323 seq=to window=5000 ttl=48 count=50
    knock from=198.19.0.0/17 to=$four flags=S port=22 ttl=47 count=10
    knock from=198.19.128.0/17 to=$four proto=udp port=51413 data=30 count=200
    knock from=198.19.128.0/17 to=$four flags=S port=51413 count=100
    for port in 80 443 8080; do
        knock from=192.0.2.100 to=$four flags=S sport=43210 port=$port id=54321 ttl=241 count=2
    done
    knock from=192.0.2.101 to=$four flags=S port=443 id=54321 ttl=241 count=2
    knock from=192.0.2.0/26 to=$four flags=S port=8000-8039 count=256
    i=200
    for port in 123 11211 53 389 19; do
        i=$((i + 1))
        knock from=198.51.100.$i to=$four proto=udp sport=40000 port=$port data=12 ttl=240 count=5
    done
    knock from=$four to=$four flags=S sport=80 port=80 count=5
    knock from=127.0.0.0/8 to=$four flags=S port=80 count=10
    knock from=240.0.0.0/8 to=$four proto=udp port=5000-5009 count=10
}

# at_once COMMAND...: from the internet, with the others; $scanners
scanners=
at_once() {
    nsenter --net=/run/netns/internet "$@" >>/mnt/scanners.log 2>&1 </dev/null &
    scanners="$scanners $!"
}

# scan SOURCE TARGET OPTION...
scan() {
    from=$1 to=$2
    shift 2
    at_once nmap -n -Pn -T5 --max-retries 0 --min-rate 300 --send-ip -S "$from" -e eth0 "$@" "$to"
}

scans() {
    scan 198.51.100.61 $four -sS -p 23-222
    scan 198.51.100.63 $four -sF -p 100-249
    scan 198.51.100.64 $four -sU -p 1-60
    scan 198.51.100.65 $four -sS -p 1-100
    scan 198.51.100.66 $four -sX -p 100-249
    scan 2001:db8:1::61 $six -6 -sS -p 23-122
    ip -n internet route replace $four dev eth0 src 198.51.100.62 # a connection comes from where the route says
    at_once nmap -n -Pn -T5 --max-retries 0 -sT -p 100-179 $four
    at_once traceroute -n -s 198.51.100.90 -w 0.5 -q 2 -N 30 $four
    at_once traceroute -6 -n -s 2001:db8:1::90 -w 0.5 -q 2 -N 30 $six
    at_once ping -q -n -I 198.51.100.91 -c 5 -i 0.2 -W 0.2 $four
    at_once ping -q -n -I 2001:db8:1::91 -c 5 -i 0.2 -W 0.2 $six
    # shellcheck disable=SC2086
    wait $scanners
}

# ---- what is said of them -----------------------------------------------------------------------------------------------

# Lines "SOURCE PROTO PORT ACTION CAUSE" of the log itself, without a cause.
log_rows() {
    awk '
        function of(key,  at) {
            at = index($0, " " key "=")
            if (!at)
                return "-"
            at = substr($0, at + length(key) + 2)
            sub(/ .*/, "", at)
            return at
        }
        { proto = tolower(of("PROTO")) }
        proto == "icmpv6" { proto = "icmp6" }
        proto == "2" { proto = "igmp" }
        {
            port = proto ~ /^icmp/ ? of("TYPE") : of("DPT")
            print of("SRC"), proto, port, / pass ssh: / ? "pass" : / drop (in|out): / ? "drop" : "-", "-"
        }' $log
}

# The same of what portolan explain says of each line.
event_rows() {
    awk '
        function of(key,  value) {
            if (!match($0, "\"" key "\": *(\"[^\"]*\"|[0-9]+)"))
                return "-"
            value = substr($0, RSTART, RLENGTH)
            sub(/^"[^"]*": */, "", value)
            gsub(/"/, "", value)
            return value == "" ? "-" : value
        }
        { proto = of("proto") }
        proto ~ /^(icmpv6|ipv6-icmp|58)$/ { proto = "icmp6" }
        proto == "2" { proto = "igmp" }
        {
            port = proto ~ /^icmp/ ? of("icmp_type") : of("dport")
            print of("src"), proto, port, of("action"), of("cause")
        }' /mnt/events
}

# check ROWS
check() {
    awk -f "$here/explain-check.awk" "$here/explain.tsv" "$1" 2>&1
}

# ---- the test -----------------------------------------------------------------------------------------------------------

wires && addresses || skip "no lab of network namespaces"
servers || { not_ok "the servers stand" "$(cat /mnt/servers.log)"; finish; }
case $way in
ulogd) ulogd_opens && to="group 5" ;;
kernel) kernel_opens && to="level debug" ;;
*) exit 2 ;;
esac
rules "$to" || skip "no log in this kernel"

if neighbours; then ok "a neighbour that is not answered"; else not_ok "a neighbour that is not answered" "$(cat $log)"; fi
if host_talks; then ok "the host has company"; else not_ok "the host has company" "$(cat $log /mnt/servers.log)"; fi
is "the mail server greets in the end" "$(cat /mnt/greeting)" "220 mail.example"
is "visitors are let in" "$(cat /mnt/banner)" "host tcp/::/22,v6onlyhost tcp/0.0.0.0/22"
if late; then ok "late packets come"; else not_ok "late packets come" "$(cat $log /mnt/servers.log)"; fi
backscatter
chatter
background
scans
if wait_for log_is_whole; then ok "the log has every packet"; else not_ok "the log lost some" "$(lines) of $counted"; fi
stop "$logger"
nft flush ruleset # what is still late outlives us, and must not be logged among another run's
log_rows >/mnt/rows
is "the log is what was knocked" "$(check /mnt/rows)" ""

/mnt/portolan explain --events -J $log >/mnt/events 2>/mnt/explain.err
event_rows >/mnt/said
is "every line is an event" "$(wc -l </mnt/said)" "$(wc -l <$log)"
is "each knock has its cause" "$(check /mnt/said)$(cat /mnt/explain.err)" ""
finish
