#!/bin/sh
# The audit and ss(8) must agree on every socket that ss knows, in several network namespaces: nothing more, nothing
# less, and the same owners. Once among the processes of the real machine, once alone.
#     tests/live/audit-vs-ss.sh BUILD [alone]
# shellcheck disable=SC2086,SC2015,SC2119,SC2046 source=lib.sh
. "$(dirname "$0")/lib.sh"
mode=${2-shared}
if [ "$mode" = alone ]; then own_machine "$@"; else own_machine -s "$@"; fi

have() { command -v "$1" >/dev/null || { echo "skipped: no $1 here"; false; }; }

# ---- the servers ----------------------------------------------------------------------------------------------

for n in a b c d; do
    ip netns add $n || skip "network namespaces are not permitted"
    ip -n $n link set lo up
done
ip -n a link add va type veth peer name vb netns b || skip "no veth"
# an address that comes later would give dnsmasq one more socket between our two looks
for n in a b; do ip -n $n link set v$n addrgenmode none up; done
ip -n a addr add 10.9.9.1/24 dev va
ip -n a -6 addr add fd00::1/64 dev va nodad
ip -n b addr add 10.9.9.2/24 dev vb
ip -n b -6 addr add fe80::10/64 dev vb nodad

# tcp4 NET PORT: whether somebody listens
tcp() { in_net "$1" ss -Hntl "sport = :$2" | grep -q .; }
udp() { in_net "$1" ss -Hnul "sport = :$2" | grep -q .; }

if have dropbear; then
    serve in_net a dropbear -F -E -R -P /mnt/dropbear.pid -p 22 -p 127.0.0.1:2222
    wait_for tcp a 22 || not_ok "dropbear starts" "$(tail -3 /mnt/servers.log)"
fi
if have dnsmasq; then
    serve in_net a dnsmasq -k -C /dev/null -x /mnt/dnsmasq.pid -u root -g root -z -i va -i lo -R -h -l /mnt/leases \
        --dhcp-range=10.9.9.50,10.9.9.60 --dhcp-range=fd00::100,fd00::1ff --enable-ra
    wait_for udp a 67 || not_ok "dnsmasq starts" "$(tail -3 /mnt/servers.log)"
    serve in_net c dnsmasq -k -C /dev/null -x /mnt/dnsmasq2.pid -u root -g root -R -h
    wait_for udp c 53 || not_ok "dnsmasq starts on every address" "$(tail -3 /mnt/servers.log)"
fi
if have tinyproxy; then
    printf 'User root\nGroup root\nPort 8888\nListen 10.9.9.2\nLogFile "/mnt/tinyproxy.log"\nPidFile "/mnt/tiny.pid"\n' \
        >/mnt/tinyproxy.conf
    serve in_net b tinyproxy -d -c /mnt/tinyproxy.conf
    wait_for tcp b 8888 || not_ok "tinyproxy starts" "$(tail -3 /mnt/servers.log /mnt/tinyproxy.log)"
fi
if have rsync; then
    : >/mnt/rsyncd.conf
    serve in_net b rsync --daemon --no-detach --config=/mnt/rsyncd.conf
    wait_for tcp b 873 || not_ok "rsync starts" "$(tail -3 /mnt/servers.log)"
fi
if have socat; then
    serve in_net c socat TCP4-LISTEN:9001,fork,reuseaddr /dev/null
    serve in_net c socat TCP6-LISTEN:9002,fork,ipv6only=0 /dev/null
    serve in_net c socat TCP6-LISTEN:9003,fork,ipv6only=1 /dev/null
    serve in_net c socat UDP4-RECVFROM:9004,fork /dev/null
    serve in_net c socat -u UDP6-RECV:9005,ipv6only=1 -
    serve in_net c socat -u UDP6-RECV:9006,ipv6only=0 -
    serve in_net c socat -u UDP4-RECV:5353,bind=224.0.0.251 -
    for p in 9001 9002 9003; do wait_for tcp c $p || not_ok "socat starts on $p/tcp"; done
    for p in 9004 9005 9006 5353; do wait_for udp c $p || not_ok "socat starts on $p/udp"; done
fi

# Each by itself: what this kernel doesn't have is left out.
try() {
    n=$1
    shift
    if ! start in_net "$n" $listener "$@" 2>/mnt/listener.err; then
        case $(cat /mnt/listener.err) in
        *"not supported"* | *"not available"*) echo "skipped: $*: this kernel hasn't got it" ;;
        *) not_ok "listener $*" "$(cat /mnt/listener.err)" ;;
        esac
    fi
}
try a tcp/0.0.0.0/8000,dev=va
try a tcp/::/8001,dev=va
try a udp/0.0.0.0/8000,dev=lo
try a udp/::/8002,dev=va,v6only
try b tcp/fe80::10/8003,dev=vb
try b udp/fe80::10/8003,dev=vb
try d tcp/0.0.0.0/7001
try d tcp/::/7002
try d tcp/::/7003,v6only
try d tcp/0.0.0.0/7003
try d tcp/::1/7004
try d tcp/::ffff:127.0.0.1/7005
try d udp/::ffff:127.0.0.1/7005
try d udp/0.0.0.0/7006 udp/::1/7006
try d tcp/0.0.0.0/7007,reuseport
try d tcp/0.0.0.0/7007,reuseport
try d tcp/127.0.0.1/7007,reuseport
try d udp/0.0.0.0/7013,reuseaddr
try d udp/0.0.0.0/7013,reuseaddr,uid=1234
try d udp/0.0.0.0/7008,reuseport
try d udp/0.0.0.0/7008,reuseport
try d -w 3 tcp/127.0.0.1/7009
try d -u 65534 tcp/0.0.0.0/7010 udp/0.0.0.0/7010
try d -m tcp/0.0.0.0/7011
try d tcp/127.3.2.1/7012,freebind tcp/192.0.2.77/7012,freebind
try d mptcp/0.0.0.0/7020
try d mptcp/::/7021
try d mptcp/::/7022,v6only
try d sctp/0.0.0.0/7030
try d sctp/::/7031
try d dccp/0.0.0.0/7040
try d udplite/0.0.0.0/7050
try d udplite/127.0.0.1/7051
try d udplite/::/7052
try d raw/0.0.0.0/1
try d raw/::/58
try d raw/127.0.0.1/255
try d raw/0.0.0.0/89,dev=lo
try d packet/*/0x0003
try d packet/lo/0x0800
try d packet/lo/0x88cc
# these wait for nobody
try d tcp/0.0.0.0/7090,bound
try d udp/127.0.0.1/7091,connected
try d udp/::1/7092,connected
# a namespace without a name, and the one that this test itself is in
serve unshare -n $listener tcp/0.0.0.0/6001 tcp/::/6002 udp/0.0.0.0/6003 -x sleep 600
unnamed=$pid
start $listener tcp/127.0.0.1/5001 tcp/::/5002 udp/::/5003
wait_for nsenter --net=/proc/$unnamed/ns/net ss -Hnul "sport = :6003"
wait_for sh -c "nsenter --net=/proc/$unnamed/ns/net ss -Hnul | grep -q 6003" || not_ok "a namespace without a name"

# ---- the two views ----------------------------------------------------------------------------------------------

# Both as lines "PROTO ADDRESS PORT DUAL<tab>PIDS", PORT also the protocol of a raw socket and the ethertype of a packet
# socket. ss knows no UDP-Lite: /proc/net has that.
ss_view() {
    for f in t u w M S d 0; do
        "$@" ss -H -n -O -l -p -$f 2>/dev/null | sed "s/^/$f /"
    done | awk '
        BEGIN { split("t tcp u udp w raw M mptcp S sctp d dccp 0 packet", w); for (i = 1; i in w; i += 2) name[w[i]] = w[i + 1] }
        {
            proto = name[$1]
            packet = proto == "packet"
            place = packet ? $6 : $5
            colon = length(place)
            while (substr(place, colon, 1) != ":") colon--
            address = substr(place, 1, colon - 1); port = substr(place, colon + 1)
            dual = "false"
            if (packet) { # "[2048]:eth0"
                dev = port; port = address; gsub(/[][]/, "", port)
                port = port == "*" ? 3 : port
                address = dev == "*" ? "." : "%" dev
            } else if (substr(address, 1, 1) == "*") {
                dual = proto == "raw" ? "false" : "true"
                address = "::" substr(address, 2)
            }
            gsub(/[][]/, "", address)
            pids = ""
            while (match($0, /pid=[0-9]+/)) {
                pids = pids " " substr($0, RSTART + 4, RLENGTH - 4)
                $0 = substr($0, RSTART + RLENGTH)
            }
            print proto, address, port, dual "\t" pids
        }'
    "$@" cat /proc/net/udplite /proc/net/udplite6 2>/dev/null | awk '
        function hex(s,  i, n) {
            for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789ABCDEF", substr(s, i, 1)) - 1
            return n
        }
        $4 == "07" {
            split($2, p, ":")
            six = length(p[1]) > 8
            a = six ? "::" : hex(substr(p[1], 7, 2)) "." hex(substr(p[1], 5, 2)) "." hex(substr(p[1], 3, 2)) "." hex(substr(p[1], 1, 2))
            print "udplite", a, hex(p[2]), (six ? "true" : "false") "\t"
        }'
}

portolan_view() {
    row netns="$1" proto address port number dual owner.pid |
        awk -F '\t' -v OFS='\t' '{ print $1 " " $2 " " ($3 == "." ? $4 : $3) " " $5, ($6 == "." ? "" : " " $6) }'
}

# compare NETNS COMMAND-TO-BE-IN-IT...
compare() {
    ns=$1
    shift
    ss_view "$@" | sort >/mnt/ss
    portolan_view "$ns" | sort >/mnt/ours
    cut -f1 /mnt/ss >/mnt/ss.keys
    cut -f1 /mnt/ours >/mnt/ours.keys
    n=$(wc -l </mnt/ss)
    if [ "$n" -gt 0 ] && cmp -s /mnt/ss.keys /mnt/ours.keys; then
        ok "$ns: the same $n sockets"
    else
        not_ok "$ns: the same sockets" "$(diff /mnt/ss.keys /mnt/ours.keys | sed 's/^</ss only:/; s/^>/portolan only:/')"
    fi
    # of several sockets on one place each holder must fit one of them
    wrong=$(awk -F '\t' '
        NR == FNR { known[$1] = known[$1] $2 " "; if ($2 != "") { sets[$1] = sets[$1] "|" $2 " "; shown++ } next }
        { mine[$1] = mine[$1] $2 " " }
        $1 in sets && $2 == "" { print $1 ": ss shows" sets[$1] ", portolan nobody" }
        $2 != "" && $1 in sets && index(known[$1], $2 " ") == 0 { print $1 ": ss shows" sets[$1] ", portolan" $2 }
        END {
            for (k in sets) {
                n = split(substr(sets[k], 2), set, "|")
                for (i = 1; i <= n; i++) {
                    m = split(mine[k], pid, " "); hit = 0
                    for (j = 1; j <= m; j++) hit += index(set[i], " " pid[j] " ") > 0
                    if (!hit) print k ": no row for the holders" set[i]
                }
            }
            if (!shown) print "ss shows no holder at all"
        }' /mnt/ss /mnt/ours)
    is "$ns: the same owners" "$wrong" ""
}

audit
like "exit status" "$status" "[013]"
for n in a b c d; do compare $n in_net $n; done
link=$(readlink /proc/$unnamed/ns/net)
compare "$link" nsenter --net=/proc/$unnamed/ns/net
own=host
[ "$mode" = alone ] || own=$(readlink /proc/1/ns/net >/dev/null && readlink /proc/self/ns/net || echo host)
compare "$own" env

# the real servers are known for what they are
for known in dropbear:22:ssh dropbear:2222:ssh dnsmasq:53:domain rsync:873:rsync tinyproxy:8888:tinyproxy; do
    name=${known%%:*} rest=${known#*:}
    have "$name" &&
        is "$name on ${rest%:*}" "$(row owner.name="$name" port="${rest%:*}" service evidence | sort -u)" "${rest#*:}	owner"
done

is "nothing of other namespaces is in ours" "$(row netns="$own" port | sort -u | tr '\n' ' ')" "5001 5002 5003 "
is "of several holders the first is named" "$(row netns=d port=7009 owner.pid)" \
    "$(in_net d ss -Hntlp "sport = :7009" | grep -o "pid=[0-9]*" | cut -c5- | sort -n | head -1)"
is "the user who opened it" "$(row netns=d port=7010 owner.user | sort -u)" "$(id -un 65534 2>/dev/null || echo 65534)"
row netns=d proto=udplite >/dev/null &&
    is "UDP-Lite on :: takes IPv4, too" "$(row netns=d proto=udplite port=7052 dual)" true
row netns=d port=7090 >/dev/null; is "a bound TCP socket that doesn't listen is no row" $? 1
row netns=d port=7091 >/dev/null; is "a connected UDP socket is no row" $? 1
[ "$mode" != alone ] || is "nothing was hidden" "$(/mnt/ptnq /mnt/audit.json blind what why)" ""

# With many processes and many sockets the owners are found on other ways.
try d -w 600 tcp/127.0.0.1/7100
set --
i=10000
while [ $i -lt 12200 ]; do set -- "$@" tcp/127.0.0.1/$i; i=$((i + 1)); done
try c "$@"
audit
for n in a c d; do compare $n in_net $n; done

# The table has the same sockets as the document.
/mnt/portolan audit -nro NETNS,SOCKET >/mnt/table 2>&1
for n in a b c d; do
    is "$n: the table has as many rows" "$(grep -c "^$n " /mnt/table)" "$(row netns=$n proto | wc -l)"
done
finish
