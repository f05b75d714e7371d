#!/bin/sh
# Who this machine speaks with: both ends of real connections, with and without connection tracking, open and over.
#     tests/live/contacts.sh BUILD
# shellcheck disable=SC2086,SC2317 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

#     inside  10.0.0.2 ---- 10.0.0.1  near  192.0.2.1 ---- 192.0.2.2  far
PATH=$PATH:/usr/sbin:/sbin
for tool in socat nft ss setpriv; do command -v $tool >/dev/null || skip "no $tool here"; done
cp "$build/tests/live/live-contactsq" /mnt/contactsq || exit 2
for n in inside near far; do
    ip netns add $n || skip "network namespaces are not permitted"
    ip -n $n link set lo up
done
ip -n near link add out0 type veth peer name far0 netns far || skip "no veth"
ip -n near link add in0 type veth peer name box0 netns inside
# address NAMESPACE IFACE IPV4 [IPV6]
address() {
    ip -n $1 addr add $3 dev $2
    [ -z "${4-}" ] || ip -n $1 addr add $4 dev $2 nodad
    ip -n $1 link set $2 up
}
address near out0 192.0.2.1/24 2001:db8::1/64
address far far0 192.0.2.2/24 2001:db8::2/64
address near in0 10.0.0.1/24
address inside box0 10.0.0.2/24
ip -n inside route add default via 10.0.0.1
ip -n far route add 10.0.0.0/24 via 192.0.2.1
in_net near sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
in_net far nft list ruleset >/dev/null 2>&1 || skip "no nf_tables in this kernel"

# contacts NAMESPACE [-p]
contacts() { in_net $1 /mnt/contactsq ${2-} 2>&1; }
# with NAMESPACE PORT [-p]: those of one port, either end's
with() { contacts $1 ${3-} | grep " $2 "; }
has() { [ "$(with $1 $2)" = "$3" ]; }
# becomes WHAT NAMESPACE PORT WANTED
becomes() {
    wait_for has "$2" "$3" "$4"
    is "$1" "$(with $2 $3)" "$4"
}
# waits NAMESPACE PROTO PORT
waits() { in_net $1 ss -Hanl "--$2" "sport = $3" | grep -q .; }
# call NAMESPACE ADDRESS: says something, and stays; $pid
call() { serve in_net $1 socat -t 600 OPEN:/mnt/word!!OPEN:/dev/null "$2,shut-none"; }
# tracking NAMESPACE
tracking() {
    in_net $1 nft -f - <<'END'
table inet tracking {
    chain in { type filter hook prerouting priority 0; ct state new counter; }
    chain out { type filter hook output priority 0; ct state new counter; }
}
END
}

mkfifo /mnt/say1 /mnt/say2
echo hi >/mnt/word
serve in_net far socat TCP6-LISTEN:25,fork,reuseaddr,ipv6only=0 PIPE
serve in_net far socat TCP4-LISTEN:30001,fork,reuseaddr PIPE:/mnt/say1
serve in_net far socat TCP4-LISTEN:30002,fork,reuseaddr PIPE:/mnt/say2
serve in_net far socat UDP4-RECVFROM:123,fork,reuseaddr PIPE
serve in_net far socat -u UDP4-RECV:514 OPEN:/dev/null
serve in_net inside socat TCP4-LISTEN:80,fork,reuseaddr PIPE
for p in "far tcp 25" "far tcp 30001" "far tcp 30002" "far udp 123" "far udp 514" "inside tcp 80"; do
    wait_for waits $p || not_ok "a server starts: $p"
done

# ---- by sockets alone -----------------------------------------------------------------------------------------

is "nobody" "$(contacts near)" "seen tcp,udp blind -"
call near TCP4:192.0.2.2:25,sourceport=40001
first=$pid
becomes "the caller's end" near 25 "tcp 192.0.2.2 25 out 40001 tcp"
becomes "the listener's end, IPv4 on an IPv6 socket" far 25 "tcp 192.0.2.1 40001 in 25 tcp"
is "both from /proc, too" "$(with near 25 -p) $(with far 25 -p)" \
    "tcp 192.0.2.2 25 out 40001 tcp tcp 192.0.2.1 40001 in 25 tcp"
stop $first
becomes "over: the listener's end" far 25 ""
like "over: the caller's is in TIME_WAIT" "$(in_net near ss -Hant 'dport = 25')" "TIME-WAIT*"
is "over: and remembers" "$(with near 25)$(with near 25 -p)" \
    "tcp 192.0.2.2 25 out 40001 tcptcp 192.0.2.2 25 out 40001 tcp"

call near "TCP6:[2001:db8::2]:25,sourceport=40002"
becomes "IPv6: the caller's end" near 40002 "tcp 2001:db8::2 25 out 40002 tcp"
becomes "IPv6: the listener's" far 40002 "tcp 2001:db8::1 40002 in 25 tcp"
is "IPv6: both from /proc" "$(with near 40002 -p) $(with far 40002 -p)" \
    "tcp 2001:db8::2 25 out 40002 tcp tcp 2001:db8::1 40002 in 25 tcp"

call near UDP4:192.0.2.2:123,sourceport=40003
becomes "UDP: a connected socket" near 40003 "udp 192.0.2.2 123 out 40003 udp"
is "UDP: from /proc" "$(with near 40003 -p)" "udp 192.0.2.2 123 out 40003 udp"
is "UDP: one that isn't, shows none" "$(with far 123)" ""

call far TCP4:127.0.0.1:25,sourceport=40004
call far TCP4:192.0.2.2:25,sourceport=40005
own_calls() { in_net far ss -Hnt state established 'sport = 40004 or sport = 40005' | grep -c .; }
both() { [ "$(own_calls)" = 2 ]; }
wait_for both || not_ok "calls to itself come about"
is "who speaks with itself has no peer" "$(with far 40004; with far 40005)$(with far 40005 -p)" ""

in_net near nft 'table ip mute { chain in { type filter hook input priority 0; tcp flags == syn|ack tcp dport 40006 drop; }; }'
call near TCP4:192.0.2.2:25,sourceport=40006
half=$pid
half_open() { in_net far ss -Hnt state syn-recv | grep -q 40006; }
wait_for half_open || not_ok "half a handshake comes about"
is "half a handshake is no contact" "$(with far 40006)$(with far 40006 -p)" ""
is "for who began it, it is" "$(with near 40006)" "tcp 192.0.2.2 25 out 40006 tcp"
stop $half

# ---- with connection tracking ------------------------------------------------------------------------------------

call near TCP4:192.0.2.2:30001,sourceport=20010
call near TCP4:192.0.2.2:30002,sourceport=40010
becomes "older than the tracking: a lower port than the listener's" far 20010 "tcp 192.0.2.1 20010 in 30001 tcp"
becomes "older than the tracking: a higher port" near 40010 "tcp 192.0.2.2 30002 out 40010 tcp"
tracking near || skip "no connection tracking in this kernel"
tracking far
is "tracking that knows of nothing" "$(contacts far | tail -n 1)" "seen tcp,udp blind -"
says() {
    echo hello 1<>$1
    has $2 $3 "$4"
}
wait_for says /mnt/say1 far 20010 "tcp 192.0.2.1 20010 in 30001 track,tcp"
is "tracked from an answer on: the listener's end" "$(with far 20010)" "tcp 192.0.2.1 20010 in 30001 track,tcp"
wait_for says /mnt/say2 near 40010 "tcp 192.0.2.2 30002 out 40010 track,tcp"
is "tracked from an answer on: the caller's end" "$(with near 40010)" "tcp 192.0.2.2 30002 out 40010 track,tcp"
is "it is read in full" "$(contacts far | tail -n 1)" "seen track,tcp,udp blind -"

call near TCP4:192.0.2.2:25,sourceport=40011
tracked=$pid
becomes "the caller's end" near 40011 "tcp 192.0.2.2 25 out 40011 track,tcp"
becomes "the listener's end" far 40011 "tcp 192.0.2.1 40011 in 25 track,tcp"
stop $tracked
becomes "over: the listener's end is remembered" far 40011 "tcp 192.0.2.1 40011 in 25 track"
becomes "over: and the caller's" near 40011 "tcp 192.0.2.2 25 out 40011 track,tcp"

call near UDP4:192.0.2.2:123,sourceport=40012
asker=$pid
becomes "UDP: the asker's end" near 40012 "udp 192.0.2.2 123 out 40012 track,udp"
becomes "UDP: who answered" far 40012 "udp 192.0.2.1 40012 in 123 track"
stop $asker
becomes "UDP: over, and remembered" near 40012 "udp 192.0.2.2 123 out 40012 track"
call near UDP4:192.0.2.2:514,sourceport=40013
becomes "UDP: the sender's end" near 40013 "udp 192.0.2.2 514 out 40013 track,udp"
in_net far grep -q 'dport=514.*UNREPLIED' /proc/net/nf_conntrack || not_ok "what isn't answered is tracked"
is "UDP: what isn't answered is no contact" "$(with far 40013)" ""

in_net near nft 'add rule ip mute in tcp flags == syn|ack tcp dport 40014 drop'
call near TCP4:192.0.2.2:25,sourceport=40014
half=$pid
tracked_half() { in_net far grep -q 'SYN_RECV.*sport=40014' /proc/net/nf_conntrack; }
wait_for tracked_half || not_ok "half a handshake is tracked"
is "half a handshake is no contact" "$(with far 40014)" ""
stop $half

call near "TCP6:[2001:db8::2]:25,sourceport=40015"
becomes "IPv6: the caller's end" near 40015 "tcp 2001:db8::2 25 out 40015 track,tcp"
becomes "IPv6: the listener's" far 40015 "tcp 2001:db8::1 40015 in 25 track,tcp"

# ---- for others ---------------------------------------------------------------------------------------------------

call inside TCP4:192.0.2.2:25,sourceport=40020
becomes "what is only sent on: the far end" far 40020 "tcp 10.0.0.2 40020 in 25 track,tcp"
is "what is only sent on is no contact of ours" "$(with near 40020)" ""
in_net near nft -f - <<'END'
table ip nat {
    chain out { type nat hook postrouting priority 100; oifname "out0" masquerade; }
    chain in { type nat hook prerouting priority -100; iifname "out0" tcp dport 8080 dnat to 10.0.0.2:80; }
}
END
call inside TCP4:192.0.2.2:25,sourceport=40021
becomes "masqueraded: it is ours" near 40021 "tcp 192.0.2.2 25 out 40021 track"
becomes "masqueraded: the far end" far 40021 "tcp 192.0.2.1 40021 in 25 track,tcp"
call far TCP4:192.0.2.1:8080,sourceport=40022
becomes "a published port" near 40022 "tcp 192.0.2.2 40022 in 8080 track"
becomes "a published port: the far end" far 40022 "tcp 192.0.2.1 8080 out 40022 track,tcp"

# ---- what may not be read ------------------------------------------------------------------------------------------

nobody=$(in_net far setpriv --reuid 65534 --regid 65534 --clear-groups /mnt/contactsq)
like "an ordinary user: tracking is there" "$nobody" "*seen tcp,udp blind track"
is "an ordinary user: the sockets" "$(echo "$nobody" | grep ' 40015 ')" "tcp 2001:db8::1 40015 in 25 tcp"
is "sorted, each once" "$(contacts far | grep -c 40021) $(contacts far | sort | uniq -d)" "1 "

finish
