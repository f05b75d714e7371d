#!/bin/sh
# The wall as it stands, read by the library: which tools are asked, what is said where one is missing or may not, what
# was saved, and the facts of a namespace that the wall's questions rest on.
. "$(dirname "$0")/lib.sh"
own_machine "$@"

cp "$build/tests/live/live-wallq" /mnt/wallq || exit 2
for tool in nft iptables-nft iptables-legacy; do
    command -v $tool >/dev/null || [ -x /usr/sbin/$tool ] || skip "no $tool here"
done
PATH=$PATH:/usr/sbin:/sbin
nft list ruleset >/dev/null 2>&1 || skip "no nf_tables in this kernel"

# conceal TOOL...: as if it were not installed
conceal() {
    for t; do [ ! -e "/usr/sbin/$t" ] || mount --bind /dev/null "$(readlink -f "/usr/sbin/$t")"; done
}
reveal() {
    for t; do [ ! -e "/usr/sbin/$t" ] || umount "$(readlink -f "/usr/sbin/$t")"; done
}
live() { /mnt/wallq live "$@" 2>&1; }
file() { /mnt/wallq file "$@" 2>&1; }
nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

# ---- nothing there ------------------------------------------------------------------------------------------

conceal nft
is "no table, no nft needed" "$(live)" ""
ip netns add other
is "nor behind a door" "$(live /run/netns/other)" ""

# ---- nft ------------------------------------------------------------------------------------------------------

reveal nft
nft -f - <<'END' || exit 2
table inet house {
    set good { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }
    chain way { tcp dport 22 accept; }
    chain door { type filter hook input priority 0; policy drop; ip saddr @good accept; jump way; }
}
table ip first { chain door { type filter hook input priority -10; }; }
table bridge far { chain over { type filter hook forward priority 0; }; }
END
ip netns exec other nft 'table ip6 there { chain out { type filter hook output priority 0; drop; }; }'
got=$(live)
like "tables are read" "$got" "*table inet house nft chains 2 rules 3 sets 1*"
like "chains hang on their hooks, in order" "$got" "*ip input: first door priority -10 policy accept rules 0
ip input: house door priority 0 policy drop rules 2*
ip6 input: house door priority 0*"
like "what is not judged is named" "$got" "*unjudged *bridge*"
like "another namespace by its name" "$(live /run/netns/other)" "table ip6 there nft chains 1 rules 1*
ip6 output: there out priority 0 policy accept rules 1"
ip netns exec other sleep 600 &
there=$!
pids="$pids $there"
moved() { [ "$(readlink "/proc/$there/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_for moved
is "and by a process in it" "$(live /proc/$there/ns/net)" "$(live /run/netns/other)"
is "our own door is no door" "$(live /proc/self/ns/net)" "$got"
is "a namespace that is gone" "$(live /run/netns/none)" \
    "error -3 network namespace /run/netns/none: it is not there"

conceal nft
is "tables, but no nft" "$(live)" "error -2 nft: not found: install nftables"
reveal nft
is "not permitted" "$(nobody /mnt/wallq live)" \
    "error -1 not permitted to read the packet filter: needs root or CAP_NET_ADMIN"
like "not permitted to enter" "$(nobody /mnt/wallq live /proc/1/ns/net)" \
    "error -1 network namespace /proc/1/ns/net: not permitted to enter it: needs root"

# Half a document, and then nothing: nft's own sentence is the one that helps.
mkdir /mnt/fake
cat >/mnt/fake/nft <<'END'
#!/bin/sh
printf '{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "na'
echo "netlink: Error: cache initialization failed: Operation not permitted" >&2
exit 1
END
chmod +x /mnt/fake/nft
is "nft that fails half-way" "$(PATH=/mnt/fake:$PATH live)" \
    "error -1 nft: netlink: Error: cache initialization failed: Operation not permitted"
sed -i 's/exit 1/exit 0/' /mnt/fake/nft
like "nft that is cut short" "$(PATH=/mnt/fake:$PATH live)" "error -22 nft -j list ruleset:1: *"
printf '#!/bin/sh\nkill -9 $$\n' >/mnt/fake/nft
is "nft that is killed" "$(PATH=/mnt/fake:$PATH live)" "error -5 nft: ended by signal 9"
nft flush ruleset

# ---- iptables by nf_tables ------------------------------------------------------------------------------------------

iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT
iptables-nft -A INPUT -m string --string nasty --algo bm -j DROP
ip6tables-nft -A INPUT -p tcp --dport 23 -j ACCEPT
got=$(live)
like "what nft shows as xt, iptables-save tells" "$got" "table ip filter iptables chains 1 rules 2 sets 0
table ip6 filter *
ip input: filter INPUT priority 0 policy accept rules 2*"
case $got in
*foreign* | *unjudged*) not_ok "and nothing is left open" "$got" ;;
*) ok "and nothing is left open" ;;
esac
iptables-nft -N way
iptables-nft -N other
iptables-nft -A way -m string --string nasty --algo bm -g other
nft 'add rule ip filter INPUT tcp dport { 22, 80 } accept'
nft 'add rule ip filter INPUT ip saddr 192.0.2.1-192.0.2.9 drop'
got=$(/mnt/wallq rules | grep '^ip ')
is "but not what nft tells itself" "$(echo "$got" | sed 's/ [0-9]*:/:/')" 'ip filter INPUT: tcp dport 22 counter accept
ip filter INPUT: -A INPUT -m string --string "nasty" --algo bm -j DROP
ip filter INPUT: tcp dport { 22, 80 } accept
ip filter INPUT: ip saddr 192.0.2.1-192.0.2.9 drop
ip filter way: -A way -m string --string "nasty" --algo bm -g other'
case $got in
*' 0:'*) not_ok "handles are kept" "$got" ;;
*) ok "handles are kept" ;;
esac
nft 'add rule ip filter INPUT ct mark 5 drop'
like "a table that iptables cannot read" "$(live)" "table ip filter nft chains 3 rules 6 sets 0 foreign*
unjudged table ip filter: iptables-save does not tell all of its rules"
nft delete table ip filter
iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT
iptables-nft -A INPUT -m string --string nasty --algo bm -j DROP
nft 'add rule ip filter INPUT meta skuid 5 drop'
like "one over which it stumbles" "$(live)" "*
unjudged table ip filter: iptables-nft-save: *"
conceal iptables-nft iptables-legacy
is "where there is none it is said" "$(live | grep -E 'ip filter')" \
    "table ip filter nft chains 1 rules 3 sets 0 foreign
unjudged table ip filter: made by iptables, and there is no iptables-save"
reveal iptables-nft iptables-legacy
nft flush ruleset

# ---- legacy iptables ------------------------------------------------------------------------------------------------

if iptables-legacy -A INPUT -s 192.0.2.9 -j DROP 2>/dev/null; then
    ip6tables-legacy -P FORWARD DROP
    got=$(live)
    like "legacy tables are found" "$got" "table ip filter legacy chains 3 rules 1 sets 0
table ip6 filter legacy chains 3 rules 0 sets 0
*ip6 forward: filter FORWARD priority 0 policy drop rules 0*"
    is "they are none of the other namespace's" "$(live /run/netns/other | grep -c legacy)" 0
    conceal nft
    is "and need no nft" "$(live)" "$got"
    reveal nft
    conceal iptables-legacy
    is "without the tool there is no answer" "$(live)" "error -2 iptables-legacy-save: not found, and the kernel has \
tables of legacy iptables: install iptables"
    reveal iptables-legacy
    iptables-nft -A INPUT -m string --string nasty --algo bm -j DROP
    like "both kinds side by side" "$(live)" "table ip filter iptables chains 1 rules 1 *
table ip filter legacy chains 3 rules 1 *"
    nft flush ruleset
else
    echo "# no legacy iptables in this kernel"
fi

# ---- interfaces of ingress and egress, which nft 1.0.6 leaves out -----------------------------------------------

ip -n other link add e0 type veth peer name e1 || skip "no veth in this kernel"
cat >/mnt/hung.nft <<'END'
table netdev early {
    chain one { type filter hook ingress device "e0" priority 0; }
    chain two { type filter hook ingress devices = { "e0", "e1" } priority 5; policy drop; }
    chain last { type filter hook egress device "e1" priority 0; }
}
table inet early { chain one { type filter hook ingress device "e1" priority 7; }; }
END
if ip netns exec other nft -f /mnt/hung.nft; then
    hung="ip ingress: early one priority 0 policy accept rules 0 devices e0
ip ingress: early two priority 5 policy drop rules 0 devices e0 e1
ip ingress: early one priority 7 policy accept rules 0 devices e1
ip egress: early last priority 0 policy accept rules 0 devices e1"
    in_order() { grep -E '^ip (in|e)gress' | sed 's/e1 e0$/e0 e1/'; } # a list has none
    is "behind a door the kernel tells them" "$(live /run/netns/other | in_order)" "$hung"
    is "and where we are" "$(ip netns exec other /mnt/wallq live | in_order)" "$hung"
    ip netns exec other nft -j list ruleset | sed 's/, "dev": \("[^"]*"\|\[[^]]*\]\)//g' >/mnt/hung.json
    is "of a saved one they are unknown" "$(file /mnt/hung.json | grep -c '^ip .*gress.*devices unknown')" 4
    ip netns exec other nft 'delete table netdev early; delete table inet early'
else
    echo "# no egress in this kernel"
fi
ip -n other link del e0

# ---- saved ------------------------------------------------------------------------------------------------------------

ip netns exec other nft -j list ruleset >/mnt/there.json
is "saved JSON" "$(file /mnt/there.json)" "$(live /run/netns/other)"
is "by standard input" "$(file - </mnt/there.json)" "$(live /run/netns/other)"
printf '\n\n  ' | cat - /mnt/there.json >/mnt/blank.json
is "blanks before it" "$(file /mnt/blank.json)" "$(live /run/netns/other)"
cat >/mnt/both.save <<'END'
# Generated by iptables-save v1.8.9 (nf_tables)
*filter
:INPUT DROP [0:0]
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
# Completed
# Generated by ip6tables-save v1.8.9 (nf_tables)
*filter
:INPUT ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT
COMMIT
END
both="table ip filter iptables chains 1 rules 1 sets 0
table ip6 filter iptables chains 1 rules 2 sets 0
ip input: filter INPUT priority 0 policy drop rules 1
ip6 input: filter INPUT priority 0 policy accept rules 2"
is "iptables-save and ip6tables-save in one file" "$(file /mnt/both.save)" "$both"
grep -v '^#' /mnt/both.save | sed '/dport 80/s/-A INPUT/& -s 2001:db8::\/32/' >/mnt/bare.save
is "the same without comments, by its addresses" "$(file /mnt/bare.save)" "$both"
printf '*filter\n:INPUT DROP\n-A INPUT -p ipv6-icmp -j ACCEPT\nCOMMIT\n' >/mnt/six.save
like "or by its protocol" "$(file /mnt/six.save)" "table ip6 filter iptables *"
sed 's/^COMMIT/nonsense/' /mnt/both.save >/mnt/bad.save
like "a wrong line is named" "$(file /mnt/bad.save)" "error -22 /mnt/bad.save:5: *"
sed '11,$s/^COMMIT/nonsense/' /mnt/both.save >/mnt/bad.save
like "also in the second half" "$(file /mnt/bad.save)" "error -22 /mnt/bad.save:12: *"
printf '\ntable ip x {\n}\n' >/mnt/words.nft
is "nft's own words are not read" "$(file /mnt/words.nft)" \
    "error -22 /mnt/words.nft:2: neither nft's JSON (nft -j list ruleset) nor iptables-save"
is "an empty file" "$(file /dev/null)" "error -22 /dev/null: it is empty"
is "no file" "$(file /mnt/none)" "error -2 /mnt/none: No such file or directory"
is "a folder" "$(file /mnt)" "error -21 /mnt: Is a directory"
head -c 90 /mnt/there.json >/mnt/cut.json
like "a document that is cut short" "$(file /mnt/cut.json)" "error -22 /mnt/cut.json:1: *"

# ---- what the questions rest on -------------------------------------------------------------------------------------

ip link add d0 type veth peer name p0 && ip link add d1 type veth peer name p1 || skip "no veth in this kernel"
for i in p0 p1 d0 d1; do ip link set $i up; done
ip link set d0 group 7
ip addr add 10.0.0.1/24 dev d0
ip addr add 10.1.0.1/24 dev d1
ip route add default via 10.1.0.7 metric 50
ip route add default via 10.0.0.2
ip route add 192.0.2.0/24 nexthop via 10.1.0.2 nexthop via 10.0.0.2
ip route add blackhole 198.51.100.0/24
ip -6 route add unreachable 2001:db8:1::/48
ip route add 203.0.113.0/24 via 10.0.0.2 table 99
sysctl() { echo "$2" >"/proc/sys/net/$1"; }
sysctl ipv4/conf/d0/forwarding 1
sysctl ipv4/conf/all/rp_filter 2
sysctl ipv4/conf/d1/rp_filter 1
sysctl ipv4/conf/d1/route_localnet 1
/mnt/wallq net >/mnt/net.txt
here() { sed -n '/^netns other/q;p' /mnt/net.txt | grep -v fe80 | grep -E "$1"; }
is "an interface's switches" "$(here '^iface d')" "iface d0 group 7 forward 1 0 rp_filter 2 route_localnet 0
iface d1 group 0 forward 0 0 rp_filter 2 route_localnet 1"
is "routes, the more specific first" "$(here '^route.*(/0|/24|/48)')" "route 2001:db8:1::/48 type 7 dev - metric 1024
route 10.0.0.0/24 type 1 dev d0 metric 0
route 10.1.0.0/24 type 1 dev d1 metric 0
route 192.0.2.0/24 type 1 dev d1 metric 0
route 198.51.100.0/24 type 6 dev - metric 0
route 0.0.0.0/0 type 1 dev d0 metric 0
route 0.0.0.0/0 type 1 dev d1 metric 50"
like "and that is all" "$(here '^netns')" 'netns * door ""'
is "the other's door" "$(grep '^netns other' /mnt/net.txt)" 'netns other door "/run/netns/other"'
sysctl ipv6/conf/all/forwarding 1
sysctl ipv4/conf/all/route_localnet 1
ip rule add fwmark 5 table 99
/mnt/wallq net >/mnt/net.txt
is "switches of all" "$(here '^iface d1')" "iface d1 group 0 forward 0 1 rp_filter 2 route_localnet 1"
like "a rule that asks another table" "$(here '^netns')" 'netns * door "" partial'
ip rule del fwmark 5 table 99
i=0
while [ $i -lt 1001 ]; do
    echo "route add blackhole 100.64.$((i / 256)).$((i % 256))"
    i=$((i + 1))
done | ip -batch -
/mnt/wallq net >/mnt/net.txt
like "more routes than are kept" "$(here '^netns')" 'netns * door "" partial'
finish
