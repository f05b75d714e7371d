#!/bin/sh
# What the packet filter gives an audit to say: who alone gets in, what was published past a deny, IPv6 left open,
# permissions for nobody. The rungs themselves are in audit-wall.sh.
# shellcheck disable=SC2086,SC2015 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

PATH=$PATH:/usr/sbin:/sbin
command -v nft >/dev/null || skip "no nft here"
nft list ruleset >/dev/null 2>&1 || skip "no nf_tables in this kernel"

for n in wire box; do
    ip netns add $n || skip "network namespaces are not permitted"
    ip -n $n link set lo up
done
# shellcheck disable=SC2015
ip link add eth0 type veth peer name uplink netns wire && ip link add lan0 type bridge &&
    ip link add docker0 type bridge && ip link add box0 type veth peer name eth0 netns box || skip "no veth or bridge"
ip link set box0 master docker0
ip addr add 203.0.113.10/24 dev eth0
ip -6 addr add 2001:db8::10/64 dev eth0 nodad
ip addr add 10.9.9.1/24 dev lan0
ip addr add 172.17.0.1/16 dev docker0
for i in eth0 lan0 docker0 box0; do ip link set $i up; done
ip -n wire link set uplink up
ip -n box addr add 172.17.0.2/16 dev eth0
ip -n box link set eth0 up
ip route add default dev eth0
ip -6 route add default dev eth0
ip -n box route add default via 172.17.0.1
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start

# filter: the ruleset of this machine from standard input, in the place of the last one
filter() {
    nft flush ruleset
    nft -f - || exit 2
}

# remarks KEY=VALUE...: but for `root`, which all have here
remarks() {
    row "$@" lints | tr ',' '\n' | grep -vx -e root -e odd-port | paste -sd,
}

# ---- who alone gets in ------------------------------------------------------------------------------------------

named redis-server in.telnetd sshd mystery
start bin/redis-server tcp/0.0.0.0/6379
start bin/in.telnetd tcp/0.0.0.0/23
start bin/mystery tcp/0.0.0.0/4000
filter <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ip saddr 10.9.9.0/28 tcp dport { 6379, 23, 4000 } accept
        iifname "docker0" accept
    }
}
END
audit
is "a service rated - that only some may reach is OK" "$(row port=6379 verdict rung.ipv4 rung.limited rung.sure)" \
    "OK	lan	10.9.9.0/28	true"
like "and says who" "$(row port=6379 why)" "*reachable by 10.9.9.0/28 alone."
is "one rated N is not" "$(row port=23 verdict rung.limited)" "WORRY	10.9.9.0/28"
is "nor what nobody knows" "$(row port=4000 verdict rung.limited)" "ASK	10.9.9.0/28"
like "the step names the rule, and what keeps the others off" "$(row port=6379 rung.step)" \
    'from the local network by lan0 (10.9.9.0/28 alone): inet f in handle *accept; not from the internet by eth0: inet f in: policy drop'

filter <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        ip saddr 10.9.9.0/24 tcp dport 6379 accept
        ip saddr 198.51.100.7 tcp dport 6379 accept
        ip saddr != 198.51.100.0/24 tcp dport 23 accept
    }
}
END
audit
is "a whole network is not 'some'" "$(row port=6379 verdict rung.ipv4 rung.limited)" "LIMIT	internet	198.51.100.7"
is "all but a few is everybody" "$(row port=23 rung.ipv4 rung.limited)" "internet	."

# ---- what cannot be decided ---------------------------------------------------------------------------------------

filter <<'END'
table inet f {
    chain in {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        tcp dport 6379 limit rate 5/minute accept
        tcp dport 23 iifname "lan0" accept
        tcp dport 23 limit rate 5/minute accept
    }
}
END
audit
is "a limit decides: BLIND" "$(row port=6379 verdict rung.ipv4 rung.sure)" "BLIND	internet	false"
like "and the rule is said" "$(row port=6379 rung.step)" "perhaps from the internet by eth0: inet f in handle *limit rate 5/minute*"
is "what is sure is worse than that" "$(row port=23 verdict rung.ipv4 rung.sure)" "WORRY	internet	false"
is "the table has a question mark" "$(/mnt/portolan audit -nro PORT,RUNG | grep '^6379 ')" "6379 internet?"
is "exit status 1: telnet is a worry" "$status" 1

# ---- published past a deny --------------------------------------------------------------------------------------------

start in_net box bin/redis-server tcp/0.0.0.0/6390
filter <<'END'
table ip nat {
    chain pre {
        type nat hook prerouting priority -100;
        iifname != "docker0" fib daddr type local tcp dport 7000 dnat to 172.17.0.2:6390
    }
}
table ip filter {
    chain INPUT {
        type filter hook input priority 0; policy accept;
        iifname "lo" accept
        tcp dport 7000 drop
        tcp dport 6379 drop
    }
    chain FORWARD {
        type filter hook forward priority 0; policy drop;
        oifname "docker0" ip daddr 172.17.0.2 tcp dport 6390 accept
    }
}
END
audit
is "the container's listener has the rung of the published port" \
    "$(row netns=box port=6390 verdict rung.ipv4)" "WORRY	internet"
like "the deny is named, and what led past it" "$(/mnt/portolan audit --why | tr -s ' \n' ' ')" \
    "*Published past a deny: ip filter INPUT handle *: tcp dport 7000 drop; but the packets are sent on before that is asked, from the internet by eth0: ip nat pre handle *dnat to 172.17.0.2:6390, then ip filter FORWARD handle *"
is "it has its remark" "$(row netns=box port=6390 lints | tr ',' '\n' | grep past)" past-deny
is "the host's own is closed on IPv4" "$(row netns=host port=6379 verdict rung.ipv4)" "OK	loopback"
nft delete table ip filter
audit
is "without a deny it is not past one" "$(row netns=box port=6390 lints | grep -c past-deny)" 0
is "and still a worry: everybody gets in" "$(row netns=box port=6390 verdict rung.ipv4)" "WORRY	internet"

# ---- IPv6 left open -----------------------------------------------------------------------------------------------------

start bin/sshd tcp/::/22
start bin/redis-server tcp/::/6400
start bin/mystery tcp/2001:db8::10/4001 tcp/::1/4002
filter <<'END'
table ip filter {
    chain INPUT {
        type filter hook input priority 0; policy drop;
        iifname "lo" accept
        tcp dport 22 accept
    }
}
END
audit
is "IPv6 open where a rule closes IPv4" "$(row port=6400 verdict rung.ipv4 rung.ipv6) $(remarks port=6400)" \
    "WORRY	loopback	internet ipv6-open"
is "both open: no remark" "$(row port=22 rung.ipv4 rung.ipv6 lints | grep -c ipv6)" 0
is "no IPv4 at all: only that" "$(remarks port=4001)" ipv6-only
is "loopback alone" "$(remarks port=4002)" ""

# ---- permissions ----------------------------------------------------------------------------------------------------------

filter <<'END'
table inet f {
    set peers { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 } }
    chain in {
        type filter hook input priority 0; policy accept;
        iifname "lo" accept
        tcp dport { 22, 8080 } accept
        udp dport 22 accept
        tcp dport 9999 ip saddr @peers accept comment "old; until 2020-01-31"
        tcp dport 6400 ip saddr 192.0.2.0/24 accept comment "new; until 2999-01-31"
        tcp dport 22 ip saddr 192.0.2.9 drop
        tcp dport 23 drop
    }
}
END
audit
wall() { /mnt/ptnq /mnt/audit.json wall "$@"; }
is "permissions nobody listens behind, and none beside" "$(wall remark=idle what)" "8080/tcp
9999/tcp"
is "the rule is named" "$(wall remark=idle what=8080/tcp by.table by.chain)" "f	in"
is "a permission whose time is over" "$(wall remark=expired verdict what netns)" "ASK	old; until 2020-01-31	host"
like "a rule that never matches" "$(wall remark=shadowed verdict by.rule text)" \
    "ASK	tcp dport 22 ip saddr 192.0.2.9 drop	Nothing comes to it. What it would match is taken before by handle *"
is "no rule mentions it" "$(remarks netns=host port=4000)" unmentioned
is "a rule mentions it" "$(remarks netns=host port=22)" ""
like "the table says it to a person" "$(/mnt/portolan audit | tr -s ' \n' ' ')" \
    '* note inet f in handle *: tcp dport { 22, 8080 } accept. Nobody listens on 8080/tcp, which this rule lets in.*'

# ---- ports that lead elsewhere --------------------------------------------------------------------------------------

filter <<'END'
table ip nat {
    chain pre {
        type nat hook prerouting priority -100;
        iifname "eth0" tcp dport 2222 dnat to 10.9.9.77:22
        iifname "lan0" tcp dport 3333 dnat to 172.17.0.2:6390
    }
}
END
audit
is "a port that is sent on to another machine" "$(wall remark=forwarded what rung interface by.chain)" \
    "2222/tcp	internet	eth0	pre"
like "is told with its end" "$(wall remark=forwarded text)" "*sent on to 10.9.9.77 port 22, which is not of this machine."

# ---- a filter that is not seen ------------------------------------------------------------------------------------------------

stop $pids
start bin/sshd tcp/0.0.0.0/22
nft=$(readlink -f "$(command -v nft)")
mount --bind /dev/null "$nft" || skip "cannot hide nft"
audit
is "without nft it is BLIND" "$status" 3
like "and says of what" "$(/mnt/ptnq /mnt/audit.json blind what=rungs why matters)" "*nft*	true"
like "the step has its proviso" "$(row port=22 rung.ipv4 rung.sure rung.step)" \
    "internet	false	from the internet by eth0: if the packet filter lets it, which was not read"
umount "$nft"
nft flush ruleset
mount --bind /dev/null "$nft"
audit
is "where there is no filter nft is not wanted" "$status $(row port=22 rung.sure)" "0 true"
finish
