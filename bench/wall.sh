#!/bin/sh
# The wall's part of bench/run.sh: a machine of its own with six zones and 5,000 rules. Prints a line a measure: its key,
# and what bench-compare says.
#     live-machine sh bench/wall.sh BUILD PORTOLAN RUNS
set -eu
build=$1
portolan=$2
runs=$3
compare=$build/bench/bench-compare
here=$(dirname "$0")
skip() { echo "skipped: $1"; exit 77; }

PATH=$PATH:/usr/sbin:/sbin
command -v nft >/dev/null || skip "no nft here"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mount -t tmpfs -o mode=755 none /run || skip "cannot mount"

# the internet by eth0 with its own net, a LAN, a VPN, containers, and the loopback
for ns in peer box; do ip netns add $ns || skip "no network namespaces"; done
# shellcheck disable=SC2015
ip link add eth0 type veth peer name e0 netns peer && ip link add eth1 type bridge &&
    ip tuntap add tun0 mode tun && ip link add docker0 type bridge &&
    ip link add v0 type veth peer name e0 netns box master docker0 || skip "no veth, bridge or tun"
ip addr add 203.0.113.1/24 dev eth0
ip addr add 192.168.1.1/24 dev eth1
ip addr add 10.8.0.1/24 dev tun0
ip addr add 172.17.0.1/16 dev docker0
if [ -d /proc/sys/net/ipv6 ]; then
    ip -6 addr add 2001:db8:1::1/64 dev eth0 nodad
    ip -6 addr add fd00:1::1/64 dev eth1 nodad
    ip -6 addr add fd00:8::1/64 dev tun0 nodad
    echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
fi
echo 1 >/proc/sys/net/ipv4/ip_forward
for i in lo eth0 eth1 tun0 docker0 v0; do ip link set $i up; done
for ns in peer box; do ip -n $ns link set e0 up; done
ip route add default via 203.0.113.254
[ ! -d /proc/sys/net/ipv6 ] || ip -6 route add default via 2001:db8:1::fe

awk -f "$here/wall.awk" >"$tmp/rules"
nft -f "$tmp/rules" 2>"$tmp/why" || skip "nft: $(head -1 "$tmp/why")"
list="nft -j list ruleset"
answers() { # COMMAND...: that what is measured does its work
    status=0
    "$@" >/dev/null 2>"$tmp/why" || status=$?
    [ $status -le 1 ] || skip "$2: $(head -1 "$tmp/why")"
}
answers "$portolan" can 203.0.113.9 22/tcp
answers "$portolan" policy check
echo can "$("$compare" "$runs" "$portolan can 203.0.113.9 22/tcp" "$list")"
echo check "$("$compare" "$runs" "$portolan policy check" "$list")"

awk 'BEGIN {
    for (i = 0; i < 200; i++) {
        printf "Permit: %d/%s\nFrom: 10.%d.%d.0/24 192.0.2.%d", 20000 + 37 * i, i % 4 ? "tcp" : "udp", i % 7, i, i
        printf " 2001:db8:%x::/48\nBecause: service %d\nOwner: team %d\nEven-though: measured\n\n", i % 50, i, i % 9
    }
}' >"$tmp/intent"
"$portolan" policy write "$tmp/intent" >"$tmp/written" 2>"$tmp/why" || skip "policy write: $(head -1 "$tmp/why")"
echo write "$("$compare" "$runs" "$portolan policy write $tmp/intent" "nft -c -f $tmp/written")"
