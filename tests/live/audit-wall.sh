#!/bin/sh
# Usage: audit-wall.sh BUILD [RANDOM-RULESETS [FIRST-SEED]]
# The rung that an audit names for each listener, held against what peers can really connect to: from the internet, a
# LAN, a VPN, containers and the machine itself, IPv4 and IPv6, under one ruleset after another.
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd) || exit 2
. "$here/lib.sh"
. "$here/lab.sh"
own_machine "$@"

PATH=$PATH:/usr/sbin:/sbin
command -v nft >/dev/null || skip "no nft here"
nft list ruleset >/dev/null 2>&1 || skip "no nf_tables in this kernel"
for i in tun serve probe forget; do cp "$build/tests/live/live-lab-$i" /mnt/$i || exit 2; done
lab || skip "no lab of network namespaces"

# ---- no filter, only routes -----------------------------------------------------------------------------------------

rules "no filter" </dev/null
forwarding 0 0
holds "no filter, nothing forwarded"
forwarding 0 1
holds "no filter, IPv6 forwarded alone"
forwarding 1 0
holds "no filter, IPv4 forwarded alone"
forwarding 1 1
switch ipv4/conf/all/rp_filter 1
holds "strict reverse path"
switch ipv4/conf/all/rp_filter 2
holds "loose reverse path"
switch ipv4/conf/all/rp_filter 0
switch ipv4/conf/all/route_localnet 1
holds "neighbours may ask for 127.0.0.0/8"
switch ipv4/conf/all/route_localnet 0
switch ipv4/conf/eth1/route_localnet 1
holds "those of the LAN alone may"
switch ipv4/conf/eth1/route_localnet 0
ip link set tun0 down
holds "a tunnel that is down"
ip link set tun0 up
for i in fd00:8::1 fe80::8; do ip addr add $i/64 dev tun0; done # down, it lost them

# ---- input ----------------------------------------------------------------------------------------------------------

rules "default drop, ssh from the LAN alone" <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        meta l4proto ipv6-icmp accept
        iifname "eth1" tcp dport 22 accept
    }
}
END

rules "IPv4 closed, IPv6 forgotten" <<'END'
table ip f {
    chain in {
        type filter hook input priority 0; policy drop;
        iif lo accept
        ct state established,related accept
        tcp dport { 22, 443 } accept
    }
    chain through { type filter hook forward priority 0; policy drop; }
}
END

rules "IPv6 closed, IPv4 forgotten" <<'END'
table ip6 f {
    chain in {
        type filter hook input priority 0; policy drop;
        iif lo accept
        ct state established,related accept
        tcp dport 22 ip6 saddr { fd00:8::/64, fe80::/10 } accept
        udp dport 53 ip6 saddr 2001:db8::/64 accept
    }
    chain through { type filter hook forward priority 0; policy drop; }
}
END

rules "limited by source" <<'END'
table inet f {
    set good { type ipv4_addr; flags interval; elements = { 10.8.0.0/24, 192.168.7.0-192.168.7.20 } }
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        tcp dport 22 ip saddr 10.8.0.0/24 accept
        tcp dport { 25, 3306 } ip saddr @good accept
        tcp dport 80 ip saddr 203.0.113.9 accept
        tcp dport 80 ip6 saddr fd00:1::/64 accept
        tcp dport 3306 ip6 saddr != fd00::/8 accept
        udp dport 53 ip saddr 172.17.0.0/16 accept
        udp dport 123 ip saddr 10.99.0.0/16 accept
    }
}
END

rules "limited by destination" <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        ip daddr 192.168.1.1 tcp dport { 22, 25, 445 } accept
        ip daddr 198.51.100.1 tcp dport { 80, 443 } accept
        ip6 daddr fd00:1::1 accept
        ip6 daddr 2001:db8::1 tcp dport { 22, 443 } accept
        ip daddr 172.17.0.1 accept
        ip daddr 10.8.0.1 udp dport 53 accept
    }
}
END

rules "limited by interface, each in its own chain" <<'END'
table inet f {
    chain world { tcp dport 443 accept; udp dport 53 accept; }
    chain house { tcp dport { 22, 139, 445 } accept; udp dport { 53, 137 } accept; tcp dport 25 return; drop; }
    chain tunnel { tcp dport 3306 accept; goto house; }
    chain boxes { tcp dport 2375 drop; accept; }
    chain in {
        type filter hook input priority 0; policy drop;
        ct state vmap { established : accept, related : accept, invalid : drop }
        iifname vmap {
            "lo" : accept, "eth0" : jump world, "eth1" : jump house, "tun0" : goto tunnel, "docker0" : jump boxes
        }
        tcp dport 25 accept
    }
}
END

rules "verdict maps and concatenations" <<'END'
table inet f {
    map door {
        type inet_proto . inet_service : verdict
        elements = { tcp . 22 : accept, udp . 53 : accept, tcp . 80 : drop }
    }
    set pair {
        type ipv4_addr . inet_service
        elements = { 203.0.113.9 . 3306, 192.168.1.2 . 25, 10.8.0.2 . 5900 }
    }
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        meta l4proto . th dport vmap @door
        ip saddr . tcp dport @pair accept
        ip6 saddr . tcp dport { fd00:8::2 . 5900, 2001:db8:f::9 . 443 } accept
    }
}
END

rules "policy accept, some refused" <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy accept;
        iifname "lo" accept
        tcp dport 22 iifname "eth0" reject with tcp reset
        tcp dport { 25, 80 } ip saddr != 192.168.0.0/16 reject
        udp dport { 53, 123 } reject with icmpx admin-prohibited
        tcp dport 3306 iifname != "docker0" drop
        meta nfproto ipv6 tcp dport 8080 drop
    }
}
END

rules "the machine's own loopback refused" <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        ct state established,related accept
        iifname "eth1" tcp dport { 22, 80 } accept
        iifname "lo" tcp dport 631 accept
    }
}
END

rules "two tables, the stricter one counts" <<'END'
table inet a {
    chain in { type filter hook input priority 10; policy accept; tcp dport 22 iifname != { "lo", "tun0" } drop; }
}
table inet b {
    chain in {
        type filter hook input priority -10; policy accept;
        tcp dport 22 accept
        tcp dport 80 ip saddr 203.0.113.0/24 drop
    }
}
table ip c {
    chain pre { type filter hook prerouting priority -300; policy accept; iifname "eth1" tcp dport { 25, 445 } drop; }
}
END

rules "output of the machine itself" <<'END'
table inet f {
    chain out {
        type filter hook output priority 0; policy accept;
        oifname "docker0" ct state new drop
        oifname "lo" tcp dport { 25, 631 } ct state new drop
    }
}
END

rules "netdev ingress" <<'END'
table netdev f {
    chain world {
        type filter hook ingress device "eth0" priority 0; policy accept;
        ip saddr 203.0.113.0/24 drop
        tcp dport { 22, 443 } drop
        ip6 nexthdr udp drop
    }
    chain boxes { type filter hook ingress device "docker0" priority 0; policy accept; tcp dport 2375 drop; }
}
END

# ---- routed to containers, NAT --------------------------------------------------------------------------------------

rules "forward drops all but answers" <<'END'
table inet f {
    chain through { type filter hook forward priority 0; policy drop; ct state established,related accept; }
}
END

rules "forward lets in from the LAN, and one port from the VPN" <<'END'
table inet f {
    chain through {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        iifname "eth1" oifname "docker0" accept
        iifname "tun0" oifname "docker0" tcp dport 5432 accept
        iifname "docker0" accept
    }
}
END

rules "a published port past a deny" <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        tcp dport 22 accept
    }
}
table ip nat {
    chain pre {
        type nat hook prerouting priority -100;
        fib daddr type local tcp dport 8081 dnat to 172.17.0.2:80
        fib daddr type local tcp dport 5433 dnat to 172.17.0.3:5432
        fib daddr type local udp dport 5353 dnat to 172.17.0.2:53
    }
    chain out {
        type nat hook output priority -100;
        ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8081 dnat to 172.17.0.2:80
    }
    chain post { type nat hook postrouting priority 100; ip saddr 172.17.0.0/16 oifname != "docker0" masquerade; }
}
table ip filter {
    chain through {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        oifname "docker0" ct status dnat accept
    }
}
table ip6 filter {
    chain through { type filter hook forward priority 0; policy drop; ct state established,related accept; }
}
END

rules "published by one interface or address alone" <<'END'
table inet nat {
    chain pre {
        type nat hook prerouting priority -100;
        iifname "eth0" tcp dport 8081 dnat ip to 172.17.0.2:80
        ip daddr 192.168.1.1 tcp dport 8082 dnat ip to 172.17.0.2:9100
        ip saddr 10.8.0.0/24 tcp dport 5433 dnat ip to 172.17.0.3:5432
        iifname "eth0" ip6 daddr 2001:db8::1 tcp dport 6381 dnat ip6 to [fd00:17::3]:6379
    }
    chain through {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        ct status dnat accept
    }
}
END

rules "redirected, and the real port closed" <<'END'
table inet f {
    chain pre {
        type nat hook prerouting priority -100;
        iifname { "eth0", "eth1" } tcp dport 8081 redirect to :8080
        iifname "tun0" udp dport 5353 redirect to :53
        tcp dport 5434 redirect to :5432
    }
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        iifname "eth0" tcp dport 8080 accept
        iifname "eth1" tcp dport 8081 accept
        udp dport 53 ct status dnat accept
    }
}
END

to_loopback='table ip f {
    chain pre { type nat hook prerouting priority -100; tcp dport 5434 dnat to 127.0.0.1:5432; }
    chain out { type nat hook output priority -100; oifname "lo" tcp dport 8082 dnat to 127.0.0.2:2049; }
}'
rules "DNAT to the loopback, which routing refuses" <<END
$to_loopback
END
switch ipv4/conf/eth0/route_localnet 1
holds "DNAT to the loopback, which routing lets through from one side"
switch ipv4/conf/eth0/route_localnet 0

rules "raw drops what goes straight to containers" <<'END'
table inet raw {
    chain pre {
        type filter hook prerouting priority -300; policy accept;
        ip daddr { 172.17.0.2, 172.17.0.3 } iifname != "docker0" drop
        ip6 daddr fd00:17::3 iifname != "docker0" drop
    }
}
table ip nat {
    chain pre { type nat hook prerouting priority -100; fib daddr type local tcp dport 8081 dnat to 172.17.0.2:80; }
}
END

rules "unmasked: the LAN and the internet hidden behind the machine" <<'END'
table inet nat {
    chain post { type nat hook postrouting priority 100; oifname "docker0" masquerade; }
}
END

# ---- containers with a filter of their own --------------------------------------------------------------------------

nft flush ruleset
in_net db nft -f - <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        meta l4proto ipv6-icmp accept
        tcp dport 5432 ip saddr { 172.17.0.1, 192.168.0.0/16 } accept
        tcp dport 5432 ip6 saddr fd00:17::/64 accept
        tcp dport 6379 ip saddr 172.17.0.9 accept
        tcp dport 6380 accept
    }
}
END
in_net web nft -f - <<'END'
table ip f {
    chain pre { type nat hook prerouting priority -100; tcp dport 8081 redirect to :9100; }
}
table inet g {
    chain in { type filter hook input priority 0; policy accept; iifname "eth0" tcp dport 80 drop; }
}
END
holds "filters in containers"
rules "filters in containers, behind masquerade" <<'END'
table ip nat {
    chain post {
        type nat hook postrouting priority 100;
        oifname "docker0" ip saddr != 172.17.0.0/16 masquerade
    }
}
END
for ns in db web; do in_net $ns nft flush ruleset; done

# ---- other people's shapes ------------------------------------------------------------------------------------------


if command -v iptables-nft-restore >/dev/null; then
    nft flush ruleset
    iptables-nft-restore <<'END'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER -d 192.168.1.1/32 ! -i docker0 -p tcp -m tcp --dport 5433 -j DNAT --to-destination 172.17.0.3:5432
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
:ufw-before-input - [0:0]
:ufw-user-input - [0:0]
-A INPUT -j ufw-before-input
-A INPUT -j ufw-user-input
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER -d 172.17.0.3/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5432 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-user-input -p tcp -m multiport --dports 22,443 -j ACCEPT
-A ufw-user-input -s 10.8.0.0/24 -p tcp -m tcp --dport 3306 -j ACCEPT
-A ufw-user-input -i eth1 -p udp -m udp --dport 53 -j ACCEPT
COMMIT
END
    holds "Docker and ufw, by iptables-nft"
    iptables-nft -I DOCKER-USER -i eth0 -j DROP
    holds "Docker, its users' chain shut to the internet"
    ip6tables-nft-restore <<'END'
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p ipv6-icmp -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -s fe80::/10 -p udp -m udp --dport 53 -j ACCEPT
-A INPUT -s fd00:1::/64 -p tcp -m tcp --dport 22 -j ACCEPT
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -d 2001:db8:17::3/128 -p tcp -m tcp --dport 6380 -j ACCEPT
COMMIT
END
    holds "and IPv6 as well"
    nft flush ruleset
else
    echo "# no iptables-nft here: nothing of Docker's"
fi

# ---- Portolan's own -------------------------------------------------------------------------------------------------

cat >/mnt/site.intent <<'END'
Permit: ssh
From: 192.168.1.0/24 fd00:1::/64
Because: the admins sit there

Permit: 443/tcp
From: anyone
Because: the web

Permit: 3306/tcp
From: 10.8.0.0/24
Because: reports
END
if /mnt/portolan policy write /mnt/site.intent >/mnt/site.nft 2>/mnt/write.err; then
    rules "what portolan policy writes" </mnt/site.nft
else
    not_ok "portolan policy write" "$(cat /mnt/write.err)"
fi

# ---- found by chance ------------------------------------------------------------------------------------------------

nft flush ruleset
in_net db nft -f - <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        ct state established,related accept
        ip saddr { 192.168.7.0/24, 10.8.0.2 } accept
    }
}
END
rules "a container open to a LAN that is not let through to it" <<'END'
table ip f {
    chain through { type filter hook forward priority 0; policy drop; ct state established,related accept; }
}
END
in_net db nft flush ruleset

in_net web nft 'table ip6 f {
    chain in {
        type filter hook input priority 0; policy accept;
        ip6 daddr { ::1, fd00:17::2 } tcp dport 80 drop
    }
}'
rules "by a link's own addresses alone, which are local on their link alone" <<'END'
table ip6 f {
    chain pre { type filter hook prerouting priority -300; policy accept; fib daddr type local tcp dport 3306 drop; }
    chain in { type filter hook input priority 0; policy accept; ip6 daddr != fe80::/10 tcp dport { 22, 80 } drop; }
}
END
in_net web nft flush ruleset

rules "an interface's own socket answers by it, even this machine" <<'END'
table ip f {
    chain in {
        type filter hook input priority 0; policy drop;
        ct state established,related accept
        iifname "lo" ip saddr != 192.168.1.1 tcp dport 139 accept
        iifname "lo" ip saddr 198.51.100.1 udp dport 161 accept
        iifname "lo" ip saddr 127.0.0.0/8 tcp dport 3389 accept
    }
}
END

if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then
    bridge_asks 1
    rules "containers of one bridge, told apart by the host" <<'END'
table inet f {
    chain through {
        type filter hook forward priority 0; policy accept;
        iifname "docker0" oifname "docker0" tcp dport { 5432, 80 } drop
        iifname "docker0" oifname "docker0" ip saddr 172.17.0.9 tcp dport 6379 reject with tcp reset
        iifname "docker0" oifname "docker0" ip6 saddr != fd00:17::9 tcp dport 6379 drop
    }
}
END
    forwarding 0 0
    rules "and dropped by default, where the host forwards nothing" <<'END'
table inet f {
    chain through {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        iifname "docker0" oifname "docker0" udp dport 53 accept
    }
}
END
    forwarding 1 1
    rules "before the bridge, a port forward for containers, too" <<'END'
table inet f {
    chain pre { type nat hook prerouting priority -100; iifname "docker0" ip daddr 172.17.0.3 tcp dport 80 dnat ip to 172.17.0.2; }
    chain raw { type filter hook prerouting priority -300; policy accept; iifname "docker0" ip daddr 172.17.0.3 tcp dport 5432 drop; }
}
END
    bridge_asks 0
fi

# ---- what cannot be decided -----------------------------------------------------------------------------------------

doubt='^host (udp/.*/53|tcp/.*/22) '
rules "limits: neither open nor shut, and said so" <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ct state established,related accept
        iifname "eth1" accept
        udp dport 53 limit rate 100000/second accept
        iifname "eth0" tcp dport 22 quota over 1000 mbytes drop
        tcp dport { 22, 25 } accept
    }
}
END
doubt=

# ---- as chance has it -----------------------------------------------------------------------------------------------

nft flush ruleset
seed=${3-1}
while [ "$seed" -lt $((${3-1} + ${2-16})) ]; do
    random "$seed"
    seed=$((seed + 1))
done

is "no peer was in trouble itself" "$(sort -u /mnt/probe.err)" ""
echo "$compared rungs held against the kernel"
finish
