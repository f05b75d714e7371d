#!/bin/sh
# Rulesets as they come: made by the real tools (or written in their shape), loaded into a machine that stands in the
# internet, a LAN, a VPN and two networks of containers, and asked about every port from every place. At most one port
# in a hundred may be unknown, and what is definite is tried by real connections.
#     wall-rulesets.sh BUILD MAKER      a file MAKER.sh in wall-rulesets
. "$(dirname "$0")/lib.sh"
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)/wall-rulesets
own_machine "$@"

PATH=$PATH:/usr/sbin:/sbin
needs() {
    for tool; do command -v "$tool" >/dev/null || skip "no $tool here"; done
}
needs nft iptables-nft socat
nft list ruleset >/dev/null 2>&1 || skip "no nf_tables in this kernel"
cp "$build/tests/live/live-wallports" /mnt/wallports || exit 2

# ---- the machine and its neighbours ------------------------------------------------------------------------------

# address NET DEVICE ADDRESS...: "self" is this machine
address() {
    enter="" device=$2
    [ "$1" = self ] || enter="in_net $1"
    shift 2
    for a; do
        case $a in
        *:*) $enter ip addr add "$a" dev "$device" nodad ;;
        *) $enter ip addr add "$a" dev "$device" ;;
        esac || skip "no addresses"
    done
    $enter ip link set "$device" up
}

# bridge NAME ADDRESS ADDRESS6 GUEST ITS-ADDRESS ITS-ADDRESS6: with one who is connected to it
bridge() {
    ip link add "$1" type bridge && ip link add "p-$4" type veth peer name e0 netns "$4" || skip "no bridge"
    ip link set "p-$4" master "$1" up
    address self "$1" "$2" "$3"
    address "$4" e0 "$5" "$6"
    in_net "$4" ip route add default via "${2%/*}"
    in_net "$4" ip -6 route add default via "${3%/*}"
}

# build_lab [BRIDGE]: with another second bridge than virbr0
build_lab() {
    second=${1:-virbr0}
    for ns in far lan box guest; do
        ip netns add $ns && in_net $ns ip link set lo up || skip "no network namespaces"
    done
    ip link add eth0 type veth peer name e0 netns far || skip "no veth"
    in_net lan ip link add e0 type veth peer name wire && in_net lan ip link set wire up &&
        in_net lan ip link add eth1 link wire netns $$ type macvlan mode private || skip "no macvlan"
    ip tuntap add tun0 mode tun || skip "no tun device"
    address self eth0 198.51.100.1/24 2001:db8::1/64
    address self eth1 192.168.1.1/24 fd00:1::1/64
    address self tun0 10.8.0.1/24 fd00:8::1/64
    address far e0 198.51.100.2/24 203.0.113.9/32 203.0.113.66/32 2001:db8::2/64 2001:db8:9::9/128
    address lan e0 192.168.1.2/24 fd00:1::2/64
    in_net lan ip route add default via 192.168.1.1
    in_net lan ip -6 route add default via fd00:1::1
    in_net far ip route add 172.16.0.0/12 via 198.51.100.1
    in_net far ip route add 192.168.0.0/16 via 198.51.100.1
    ip route add default via 198.51.100.2
    ip -6 route add default via 2001:db8::2
    bridge docker0 172.17.0.1/16 fd00:17::1/64 box 172.17.0.2/16 fd00:17::2/64
    bridge "$second" 192.168.122.1/24 fd00:122::1/64 guest 192.168.122.2/24 fd00:122::2/64
    echo 1 >/proc/sys/net/ipv4/ip_forward
    echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
    answer_everywhere
}

# copy_of FOLDER: a tool writes into what looks like its own
copy_of() {
    cp -a "$1" "/mnt/copy-$(basename "$1")" && mount --bind "/mnt/copy-$(basename "$1")" "$1" || skip "cannot mount"
}

# Someone answers at every port that is tried, so that silence is the wall's.
answer_everywhere() {
    specs=
    for port in 22 80 443 5432 8080 9999; do specs="$specs tcp/::/$port"; done
    # shellcheck disable=SC2086
    start $listener $specs || exit 2
    for ns in far lan box guest; do
        # shellcheck disable=SC2086
        start in_net $ns $listener $specs || exit 2
    done
    # of UDP one at a time, as its server takes what comes for who came first
    for port in 53 6001 6002; do serve socat "UDP6-LISTEN:$port,ipv6only=0,fork" PIPE; done
    bound() { [ "$(ss -Hlun | grep -cE ':(53|6001|6002) ')" -eq 3 ]; }
    wait_for bound || exit 2
}

# ---- what is promised ----------------------------------------------------------------------------------------------

# measure WHAT: every port from every place
measure() {
    all=$(/mnt/wallports -v 2>&1)
    last=$(echo "$all" | tail -1)
    if echo "$last" | awk '$1 == "all" && $2 > 0 && $4 * 100 <= $2 { found = 1 } END { exit !found }'; then
        ok "$1: $last"
    else
        not_ok "$1: at most 1 % unknown" "$all"
    fi
}

# sees WHAT "PLACE IFACE FAMILY own|beyond PROTO" "ANSWER N ANSWER N": what was measured last there, and nothing else
sees() {
    is "$1" "$(echo "$all" | sed -n "s/^$2 //p" | sed 's/\b[a-z]* 0\b *//g; s/ *$//')" "$3"
}

# hello tcp|udp ADDRESS COMMAND...: says hello by it, and hears it where someone answers
hello() {
    proto=$1 to=$2
    shift 2
    case $proto in
    tcp) "$@" timeout 3 socat -u /dev/null "TCP$to" && echo hello ;;
    udp) echo hello | "$@" timeout 4 socat -t2 - "UDP$to" ;;
    esac
}

# try NET SOURCE TO PORT/PROTO N: what becomes of a real connection, into /mnt/real.N
try() {
    case $3 in
    *:*) to="6:[$3]:${4%/*},bind=[$2]" ;;
    *) to="4:$3:${4%/*},bind=$2" ;;
    esac
    case $1 in
    self) said=$(hello "${4#*/}" "$to" env 2>&1) ;;
    *) said=$(hello "${4#*/}" "$to" nsenter --net="/run/netns/$1" 2>&1) ;;
    esac
    case $said in
    hello) echo accept ;;
    '') echo drop ;;
    *refused* | *unreachable* | *'No route'* | *denied* | *prohibited*) echo reject ;;
    *) echo "$said" ;;
    esac >"/mnt/real.$5"
}

# The interface at which someone comes in.
in_by() {
    case $1 in
    far) echo eth0 ;;
    lan) echo eth1 ;;
    box) echo docker0 ;;
    guest) echo "$second" ;;
    self) echo lo ;;
    esac
}

# holds WHAT: for each line "NET SOURCE TO PORT[/udp] ANSWER", Portolan says that answer and so does the kernel. All are
# tried at once.
holds() {
    cat >/mnt/tries
    n=0 tried=
    while read -r net source to port wanted; do
        n=$((n + 1))
        case $port in */*) ;; *) port=$port/tcp ;; esac
        try "$net" "$source" "$to" "$port" $n </dev/null &
        tried="$tried $!"
    done </mnt/tries
    # shellcheck disable=SC2086
    wait $tried
    n=0
    while read -r net source to port wanted; do
        n=$((n + 1))
        case $port in */*) ;; *) port=$port/tcp ;; esac
        said=$(/mnt/portolan can "$source" "$port" to "$to" in "$(in_by "$net")" 2>&1 </dev/null)
        word=$(echo "$said" | sed '1!d;s/[^a-z].*//')
        is "$1: $source to $to $port" "Portolan $word, kernel $(cat /mnt/real.$n)" \
            "Portolan $wanted, kernel $wanted"
        [ "$word" = "$wanted" ] || echo "$said" | sed 's/^/    # /'
    done </mnt/tries
}

# shellcheck disable=SC1090
. "$here/${2:?usage: $0 BUILD MAKER}.sh"
finish
