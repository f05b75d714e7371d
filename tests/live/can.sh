#!/bin/sh
# portolan can: what it says of real rules in the kernel, held against real connections.
. "$(dirname "$0")/lib.sh"
own_machine "$@"

PATH=$PATH:/usr/sbin:/sbin
command -v nft >/dev/null || skip "no nft here"
nft list ruleset >/dev/null 2>&1 || skip "no nf_tables in this kernel"

can() {
    out=$(/mnt/portolan can "$@" 2>&1)
    status=$?
}
# says WHAT STATUS PATTERN ARGUMENT...: of all that is printed
says() {
    what=$1 wanted=$2 pattern=$3
    shift 3
    can "$@"
    like "$what" "$status $out" "$wanted $pattern"
}
# answers ANSWER STATUS ARGUMENT...: the first line alone
answers() {
    first=$1 wanted=$2
    shift 2
    can "$@"
    is "$*: $first" "$status $(echo "$out" | head -1)" "$wanted $first"
}

# ---- nothing there yet ----------------------------------------------------------------------------------------

says "no rules let everything in" 0 "accept
127.0.0.1 to *, made here
   no rule has a word in it" 127.0.0.1 22/tcp
says "no route back" 3 "unknown
no route leads back to 203.0.113.9: say by which interface it comes (in IFACE)" 203.0.113.9 22/tcp
can -J 203.0.113.9 22/tcp
echo "$out" >/mnt/can.json
is "JSON says so, too" "$(/mnt/ptnq /mnt/can.json can src answer doubt)" \
    "$(printf '203.0.113.9\tunknown\tno route leads back: by which interface does it come?')"

# ---- a net, a peer in it, a container ----------------------------------------------------------------------------

for ns in peer box; do ip netns add $ns || skip "no network namespaces"; done
# shellcheck disable=SC2015
ip link add eth0 type veth peer name e0 netns peer && ip link add docker0 type bridge &&
    ip link add v0 type veth peer name e0 netns box || skip "no veth or bridge"
ip link set v0 master docker0
ip addr add 198.51.100.1/24 dev eth0
ip -6 addr add 2001:db8::1/64 dev eth0 nodad
ip addr add 172.17.0.1/16 dev docker0
for i in eth0 v0 docker0; do ip link set $i up; done
ip route add default via 198.51.100.2
in_net peer ip addr add 198.51.100.2/24 dev e0
in_net peer ip -6 addr add 2001:db8::2/64 dev e0 nodad
in_net box ip addr add 172.17.0.2/16 dev e0
for ns in peer box; do in_net $ns ip link set e0 up; done
in_net box ip route add default via 172.17.0.1
echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f - <<'END' || exit 2
table ip nat {
    chain pre {
        type nat hook prerouting priority -100;
        tcp dport 5432 fib daddr type local dnat to 172.17.0.2:5432
        tcp dport 8080 redirect to :80
    }
}
table inet filter {
    set good { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 198.51.100.2 }; }
    chain input {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
        ip saddr @good tcp dport 22 accept comment "it's [home]"
        tcp dport { 80, 443 } jump web
        tcp dport 113 reject with tcp reset
        tcp dport 25 limit rate 5/second accept
        meta nfproto ipv6 tcp dport 23 accept
    }
    chain web { tcp dport 80 accept; tcp sport 1024-65535 accept; }
    chain forward {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        oifname "docker0" tcp dport 5432 accept
    }
}
END

answers accept 0 198.51.100.2 22/tcp
says "the way, and what decided" 0 "*in by eth0 (lan)
=> inet filter input handle *  ip saddr @good tcp dport 22 accept comment \"it's ?home?\"" 198.51.100.2 22/tcp
answers drop 1 203.0.113.9 22/tcp
says "the policy" 1 "*=> inet filter input  policy drop*" 203.0.113.9 22/tcp
answers "reject (tcp reset)" 1 203.0.113.9 113/tcp
answers "unknown: limit rate 5/second" 3 203.0.113.9 25/tcp
says "the rule that could not be decided" 3 "*=> inet filter input handle * tcp dport 25 limit rate 5/second accept  -> not decided*" \
    203.0.113.9 25/tcp
answers "accept, as 172.17.0.2:5432 by docker0" 0 203.0.113.9 5432/tcp
says "NAT, routing, forward" 0 "*
   ip nat pre handle *tcp dport 5432*dnat to 172.17.0.2:5432
   kernel *routed on by docker0
=> inet filter forward handle * oifname \"docker0\" tcp dport 5432 accept" 203.0.113.9 5432/tcp
answers "accept, as 198.51.100.1:80" 0 203.0.113.9 8080/tcp
says "a jump that leads on" 0 "*
   inet filter input handle *jump web
=> inet filter web handle *tcp dport 80 accept" 203.0.113.9 80/tcp
answers depends 3 203.0.113.9 443/tcp
says "by the source port" 3 "*drop  source port 1-1023
*accept  source port 1024-65535
*" 203.0.113.9 443/tcp
answers depends 3 198.51.100.0/24 22/tcp
says "by the source" 3 "*accept  from 198.51.100.2
*" 198.51.100.0/24 22/tcp
answers accept 0 2001:db8::2 23/tcp
answers drop 1 198.51.100.2 23/tcp
answers drop 1 198.51.100.2 icmp
answers accept 0 10.1.2.3 22/tcp in eth0
answers drop 1 203.0.113.9 22/tcp to 172.17.0.1
answers "22/tcp: drop" 1 203.0.113.9 22/tcp 80/tcp
answers depends 3 203.0.113.9 79-81/tcp
answers accept 0 127.0.0.1 9999/udp
answers accept 0 198.51.100.1 22/tcp netns peer

# ---- held against real connections -------------------------------------------------------------------------------

connects() {
    in_net peer timeout 1 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null
}
start $listener tcp/0.0.0.0/22 tcp/0.0.0.0/23 tcp/0.0.0.0/24 tcp/0.0.0.0/80 tcp/0.0.0.0/113 tcp/::/22,v6only \
    tcp/::/23,v6only || exit 2
start in_net box $listener tcp/0.0.0.0/5432 || exit 2
for port in 22 23 24 80 113 5432 8080; do
    can 198.51.100.2 $port/tcp
    said=$status
    if connects 198.51.100.1 $port; then real=0; else real=1; fi
    is "IPv4 port $port, as in truth" "$said" "$real"
done
for port in 22 23; do
    can 2001:db8::2 $port/tcp
    said=$status
    if connects 2001:db8::1 $port; then real=0; else real=1; fi
    is "IPv6 port $port, as in truth" "$said" "$real"
done

# ---- places, the matrix, JSON ---------------------------------------------------------------------------------------

says "a row a place, limits" 1 "*
22/tcp internet*eth0*IPv4 limited from 10.0.0.0/8*
22/tcp loopback*lo*IPv4 accept*" 22/tcp
says "only by one interface" 1 "PORT*
22/tcp container docker0 IPv4 drop*" 22/tcp in docker0
says "chosen columns, for a script" 1 "internet IPv4 reject?x20(tcp?x20reset)*
loopback IPv6 accept" -r -n -o PLACE,IP,ANSWER 113/tcp
says "the matrix" 0 "SOCKET*internet:eth0*loopback*
0.0.0.0:22/tcp *limited*
*" --matrix
says "the matrix of one port" 0 "SOCKET*
0.0.0.0:113/tcp *reject*accept" --matrix 113/tcp
can -J 203.0.113.9 113/tcp
echo "$out" >/mnt/can.json
is "JSON" "$(/mnt/ptnq /mnt/can.json can port=113 answer reject_with src dst)" \
    "$(printf 'reject\ttcp reset\t203.0.113.9\t198.51.100.1')"

# ---- what is not judged, not there, not permitted -----------------------------------------------------------------

nft 'table bridge far { chain over { type filter hook forward priority 0; }; }' &&
    says "what is not judged is named" 0 "*
not judged: table bridge far*" 198.51.100.2 22/tcp
nft -j list ruleset >/mnt/saved.json
nft flush ruleset
answers accept 0 203.0.113.9 22/tcp
answers drop 1 --ruleset /mnt/saved.json 203.0.113.9 22/tcp
says "a file that is not there" 2 "portolan: can: /mnt/none: *" --ruleset /mnt/none 203.0.113.9 22/tcp
echo '{"nftables": [' >/mnt/half.json
says "a file that ends too early" 2 "portolan: can: /mnt/half.json:*" --ruleset /mnt/half.json 203.0.113.9 22/tcp
says "an interface that is not there" 2 "portolan: can: there is no interface \"wg9\" here; there are: lo *" 22/tcp in wg9
says "a namespace that is not there" "[23]" "portolan: can: there is no network namespace \"none\" here*" 22/tcp netns none
nft 'table ip t { chain c { type filter hook input priority 0; }; }'
out=$(setpriv --reuid 65534 --regid 65534 --clear-groups /mnt/portolan can 203.0.113.9 22/tcp 2>&1)
is "not permitted" "$? $out" \
    "3 portolan: can: not permitted to read the packet filter: needs root or CAP_NET_ADMIN"
mount --bind /dev/null "$(readlink -f "$(command -v nft)")"
says "no nft" 3 "portolan: can: nft: not found: install nftables" 203.0.113.9 22/tcp

finish
