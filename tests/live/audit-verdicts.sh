#!/bin/sh
# Rungs, verdicts, remarks and exit statuses, as portolan-audit(1) and portolan-safe(7) promise them.
#     tests/live/audit-verdicts.sh BUILD
# shellcheck disable=SC2086,SC2015,SC2119,SC2046 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

# ---- the machine ------------------------------------------------------------------------------------------

# public NET ADDRESS ADDRESS6: an eth0 with a default route, the other end of which is in the namespace `wire`
public() {
    at=
    [ "$1" = here ] || at="-n $1"
    ip $at link add eth0 type veth peer name "to-$1" netns wire || skip "no veth"
    ip -n wire link set "to-$1" up
    ip $at link set eth0 addrgenmode none up
    [ -z "$2" ] || ip $at addr add "$2/24" dev eth0
    [ -z "$2" ] || ip $at route add default dev eth0
    [ -z "$3" ] || ip $at -6 addr add "$3/64" dev eth0 nodad
    [ -z "$3" ] || ip $at -6 route add default dev eth0
}

for n in wire box pub six; do
    ip netns add $n || skip "network namespaces are not permitted"
    ip -n $n link set lo up
done
ip link add lan0 type bridge || skip "no bridge"
ip link set lan0 addrgenmode none up
ip addr add 10.9.9.1/24 dev lan0
for a in fd00::10/64 fe80::10/64; do ip -6 addr add $a dev lan0 nodad; done
ip link add down0 type bridge
ip addr add 10.77.0.1/24 dev down0
ip link add br0 type bridge
ip addr add 172.18.0.1/16 dev br0
ip link add box0 type veth peer name eth0 netns box
ip link set box0 master br0 up
ip link set br0 up
ip -n box addr add 172.18.0.2/16 dev eth0
ip -n box link set eth0 up
ip -n box route add default via 172.18.0.1
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start

# ---- without a way out, then with one -----------------------------------------------------------------------------

# rung WHAT IPV4 IPV6 KEY=VALUE...
rung() {
    what=$1 want="$2	$3"
    shift 3
    is "rung: $what" "$(row "$@" rung.ipv4 rung.ipv6)" "$want"
}

named mystery
start bin/mystery tcp/0.0.0.0/4001 tcp/::/4002 tcp/::/4003,v6only
audit
rung "every address, all of them private" lan . netns=host port=4001
rung "every address of both" lan lan netns=host port=4002
is "exit status 0: nothing to worry about" "$status" 0
stop $pid

vpn= near=lan # Linux answers for each of its addresses on every interface: the VPN may ask for all of them
if ip tuntap add mode tun name tun0 2>/dev/null; then
    vpn=tun0 near=vpn
    ip link set tun0 addrgenmode none up
    ip addr add 10.8.0.1/24 dev tun0
    ip -6 addr add fd08::1/64 dev tun0 nodad
else
    echo "skipped: no tun device here: nothing is tried on a VPN"
fi
public here 203.0.113.10 2001:db8::10
public pub 203.0.113.20 2001:db8::20
public six "" 2001:db8::30
ip -n six link add lan0 type bridge
ip -n six link set lan0 addrgenmode none up
ip -n six addr add 10.1.1.1/24 dev lan0

# ---- rungs ---------------------------------------------------------------------------------------------------------

start bin/mystery tcp/127.0.0.1/4010 tcp/172.18.0.1/4010 tcp/10.9.9.1/4010 tcp/203.0.113.10/4010 \
    tcp/192.0.2.77/4010,freebind tcp/10.77.0.1/4010 tcp/127.5.5.5/4010 tcp/::1/4010 tcp/fd00::10/4010 \
    tcp/2001:db8::10/4010 tcp/fe80::10/4010,dev=lan0 tcp/0.0.0.0/4011 tcp/::/4012 tcp/::/4013,v6only \
    tcp/0.0.0.0/4014,dev=lan0 tcp/::/4015,dev=lan0 tcp/0.0.0.0/4016,dev=lo tcp/::ffff:127.0.0.1/4017 \
    tcp/::ffff:10.9.9.1/4018 tcp/::ffff:203.0.113.10/4019 tcp/0.0.0.0/4021,dev=br0 udp/224.0.0.251/4020 \
    tcp/::ffff:0.0.0.0/4022
start in_net box bin/mystery tcp/127.0.0.1/4010 tcp/172.18.0.2/4010 tcp/0.0.0.0/4011
start in_net six bin/mystery tcp/0.0.0.0/4011 tcp/::/4012
[ -z "$vpn" ] || start bin/mystery tcp/10.8.0.1/4010 tcp/fd08::1/4010 tcp/::/4030,dev=tun0
audit
rung "127.0.0.1" loopback . netns=host port=4010 address=127.0.0.1
rung "127.5.5.5" loopback . netns=host port=4010 address=127.5.5.5
rung "::1" . loopback netns=host port=4010 address=::1
rung "a container bridge's address" $near . netns=host port=4010 address=172.18.0.1
rung "a container bridge as the only device" container . netns=host port=4021
rung "a private address" $near . netns=host port=4010 address=10.9.9.1
rung "a unique local address" . $near netns=host port=4010 address=fd00::10
rung "a link-local address" . lan netns=host port=4010 address=fe80::10%lan0
rung "a public address with a default route" internet . netns=host port=4010 address=203.0.113.10
rung "a public IPv6 address with a default route" . internet netns=host port=4010 address=2001:db8::10
rung "an address that no interface has" nobody . netns=host port=4010 address=192.0.2.77
rung "an address of an interface that is down" $near . netns=host port=4010 address=10.77.0.1
rung "every IPv4 address" internet . netns=host port=4011
rung "every address of both" internet internet netns=host port=4012
rung "every IPv6 address only" . internet netns=host port=4013
rung "every IPv4 address of one private interface" lan . netns=host port=4014
rung "every address of one private interface" lan lan netns=host port=4015
rung "every address of lo" loopback . netns=host port=4016
rung "an IPv4 loopback address in IPv6 clothes" loopback . netns=host port=4017
rung "a private IPv4 address in IPv6 clothes" $near . netns=host port=4018
rung "a public IPv4 address in IPv6 clothes" internet . netns=host port=4019
rung "every IPv4 address in IPv6 clothes" internet . netns=host port=4022
rung "a multicast group" $near . netns=host port=4020
rung "loopback of a container" loopback . netns=box port=4010 address=127.0.0.1
rung "a container's address" host . netns=box port=4010 address=172.18.0.2
rung "every address of a container" host . netns=box port=4011
rung "every IPv4 address, private ones" lan . netns=six port=4011
rung "IPv4 and IPv6 apart: private here, public there" lan internet netns=six port=4012
if [ -n "$vpn" ]; then
    rung "a tunnel's address" vpn . netns=host port=4010 address=10.8.0.1
    rung "a tunnel's IPv6 address" . vpn netns=host port=4010 address=fd08::1
    rung "every address of a tunnel" vpn vpn netns=host port=4030
fi
is "the table has the same rungs" "$(/mnt/portolan audit -nro RUNG,RUNG4,RUNG6,NETNS,PORT | grep ' six 4012$')" \
    "internet lan internet six 4012"
like "the step is said" "$(row netns=six port=4012 rung.step)" "from the internet by eth0: no rule has a word in it"

# ---- verdicts -------------------------------------------------------------------------------------------------------

# verdict WHAT VERDICT SERVICE EVIDENCE KEY=VALUE...
verdict() {
    what=$1 want="$2	$3	$4"
    shift 4
    is "verdict: $what" "$(row "$@" verdict service evidence)" "$want"
}

named in.telnetd redis-server dropbear nginx docker-proxy
start bin/in.telnetd tcp/127.0.0.1/23 tcp/172.18.0.1/23,dev=br0 tcp/10.9.9.1/23 tcp/203.0.113.10/23
start in_net pub bin/in.telnetd tcp/0.0.0.0/23 tcp/::/2323
start in_net box bin/in.telnetd tcp/0.0.0.0/23
start bin/redis-server tcp/127.0.0.1/6379 tcp/172.18.0.1/6379,dev=br0 tcp/10.9.9.1/6379 tcp/::ffff:203.0.113.10/6379
start in_net pub bin/redis-server tcp/0.0.0.0/6379
start in_net box bin/redis-server tcp/0.0.0.0/6379
behind=$pid
start bin/docker-proxy tcp/203.0.113.10/7379 -- -proto tcp -host-ip 203.0.113.10 -host-port 7379 \
    -container-ip 172.18.0.2 -container-port 6379
start in_net pub bin/dropbear tcp/0.0.0.0/22 tcp/::/2222
start in_net pub bin/nginx tcp/0.0.0.0/80
start bin/nginx tcp/127.0.0.1/80
start in_net wire bin/mystery tcp/0.0.0.0/23 tcp/0.0.0.0/3306 udp/0.0.0.0/161
start in_net six bin/mystery tcp/::/23 tcp/::/3306 tcp/::/6379 udp/::/161 tcp/::/31337 tcp/::/46
start bin/mystery tcp/127.0.0.1/3306 tcp/127.0.0.1/31337
[ -z "$vpn" ] || start bin/in.telnetd tcp/10.8.0.1/23
[ -z "$vpn" ] || start bin/redis-server tcp/10.8.0.1/6379
audit
is "exit status 1: something to worry about" "$status" 1

verdict "telnet, reachable by everybody" WORRY telnet owner netns=pub port=23
verdict "telnet on a public address" WORRY telnet owner netns=host port=23 address=203.0.113.10
verdict "telnet on the local network" WORRY telnet owner netns=host port=23 address=10.9.9.1
verdict "telnet for containers" LIMIT telnet owner netns=host port=23 address=172.18.0.1%br0
verdict "telnet in a container" LIMIT telnet owner netns=box port=23
verdict "telnet on loopback" OK telnet owner netns=host port=23 address=127.0.0.1
verdict "telnet on a port that isn't its own" WORRY telnet owner netns=pub port=2323
is "its rating" "$(row netns=pub port=23 rating)" N
verdict "redis, reachable by everybody" WORRY redis owner netns=pub port=6379
verdict "redis on a public IPv4 address in IPv6 clothes" WORRY redis owner netns=host port=6379 \
    address=::ffff:203.0.113.10
verdict "redis on the local network" LIMIT redis owner netns=host port=6379 address=10.9.9.1
verdict "redis for containers" OK redis owner netns=host port=6379 address=172.18.0.1%br0
verdict "redis in a container" OK redis owner netns=box port=6379
verdict "redis on loopback" OK redis owner netns=host port=6379 address=127.0.0.1
is "its rating" "$(row netns=pub port=6379 rating)" -
verdict "a published port is what listens behind it" WORRY redis owner netns=host port=7379
is "who is behind it" "$(row netns=host port=7379 behind.pid behind.name)" "$behind	redis-server"
verdict "ssh, reachable by everybody" OK ssh owner netns=pub port=22
verdict "ssh on a port that isn't its own" OK ssh owner netns=pub port=2222
is "its rating" "$(row netns=pub port=22 rating)" Y
verdict "a web server, reachable by everybody" ASK http owner netns=pub port=80
verdict "a web server on loopback" OK http owner netns=host port=80
verdict "who knows what, on telnet's port" ASK telnet number netns=six port=23
verdict "who knows what, on MySQL's port" ASK mysql number netns=six port=3306
verdict "who knows what, on Redis's port" ASK redis number netns=six port=6379
verdict "who knows what, on SNMP's port" ASK snmp number netns=six port=161
verdict "who knows what, on a port of malware" ASK eldim number netns=six port=31337
verdict "who knows what, on a port that nobody uses" ASK mpm-snd number netns=six port=46
verdict "who knows what, on loopback" OK mysql number netns=host port=3306
is "no address, no worry" "$(row netns=wire verdict rung.ipv4 | sort -u)" "OK	loopback"
if [ -n "$vpn" ]; then
    verdict "telnet on the VPN" WORRY telnet owner netns=host port=23 address=10.8.0.1
    verdict "redis on the VPN" LIMIT redis owner netns=host port=6379 address=10.8.0.1
fi
for v in WORRY LIMIT ASK; do
    is "every $v says why and what to do" "$(row verdict=$v why 'do' | awk -F '\t' '$1 == "." || $2 == "."')" ""
done
is "worst first" "$(row verdict | uniq | tr '\n' ' ')" "WORRY LIMIT ASK OK "
is "the table agrees" "$(/mnt/portolan audit -nro VERDICT,NETNS,PROTO,ADDRESS,PORT,SERVICE,EVIDENCE | sort)" \
    "$(row verdict netns proto address port service evidence | sed 's/	\.	/		/g; s/	\.	/		/g' |
        awk -F '\t' '{ s = $6; if ($7 == "number") s = "(" s ")"; print $1, $2, $3, $4, $5, s, $7 }' | sort)"

# ---- remarks ----------------------------------------------------------------------------------------------------

# lint WORD yes|no WHAT KEY=VALUE...
lint() {
    word=$1 want=$2 what=$3
    shift 3
    case ,$(row "$@" lints | tr "\n" ,), in
    ,,) got="no such row" ;;
    *,$word,*) got=yes ;;
    *) got=no ;;
    esac
    is "$word: $what" "$got" "$want"
}

# dash reads octet by octet, which /proc/sys ends after the first
set -- $(cat /proc/sys/net/ipv4/ip_local_port_range)
lo=$1 hi=$2
inside=$((lo + 20)) outside=$((lo - 1))
start bin/mystery tcp/10.9.9.1/$inside tcp/10.9.9.1/$((inside + 1)) tcp/10.9.9.1/$((inside + 2)) \
    tcp/10.9.9.1/$outside tcp/10.9.9.1/$hi udp/0.0.0.0/$((inside + 3))
start in_net box bin/mystery tcp/0.0.0.0/$inside
audit
lint ephemeral yes "inside the range" netns=host port=$inside
lint ephemeral yes "the last of the range" netns=host port=$hi
lint ephemeral no "outside the range" netns=host port=$outside
is "a UDP client is not alarming" "$(row netns=host port=$((inside + 3)) verdict client lints)" "OK	true	root"
echo "$inside,$((inside + 2))-$((inside + 8))" >/proc/sys/net/ipv4/ip_local_reserved_ports
audit
lint ephemeral no "reserved" netns=host port=$inside
lint ephemeral yes "not reserved" netns=host port=$((inside + 1))
lint ephemeral no "in a reserved range" netns=host port=$((inside + 2))
lint ephemeral yes "reserved in another namespace only" netns=box port=$inside

named one other
start bin/one udp/10.9.9.1/5001,reuseaddr
start bin/other -u 1234 udp/10.9.9.1/5001,reuseaddr
start bin/one -d 1001 tcp/127.0.0.1/5002,reuseport
start bin/other -d 1002 tcp/127.0.0.1/5002,reuseport
start bin/one tcp/127.0.0.1/5003,reuseport
start bin/one tcp/127.0.0.1/5003,reuseport
start bin/one -u 1001 tcp/127.0.0.1/5004
start bin/other -u 1002 tcp/10.9.9.1/5004
audit
is "reuseport: two users on one UDP port" "$(row port=5001 verdict | sort -u)" WORRY
lint reuseport yes "it is remarked" port=5001
is "reuseport: two daemons that root started, each its own user now" "$(row port=5002 verdict | sort -u)" WORRY
is "reuseport: one user shares with itself" "$(row port=5003 verdict lints | sort -u)" "OK	root"
is "reuseport: two users on two addresses of one port" "$(row port=5004 lints | sort -u)" "."

start bin/mystery tcp/::/5010,v6only tcp/::/5011 tcp/::1/5012 tcp/::/5013,v6only tcp/0.0.0.0/5013 \
    tcp/::/5014,v6only tcp/127.0.0.1/5014
audit
lint ipv6-only yes "on IPv6 alone" port=5010
lint ipv6-only no "one socket for both" port=5011
lint ipv6-only no "loopback alone" port=5012
lint ipv6-only no "a socket for each" port=5013 address=::
lint ipv6-only yes "everybody by IPv6, loopback by IPv4" port=5014 address=::

named gone replaced kept
for n in gone replaced kept; do start bin/$n tcp/127.0.0.1/5020; stop $pid; done
start bin/gone tcp/127.0.0.1/5020
start bin/replaced tcp/127.0.0.1/5021
old=$pid
start bin/kept -u 1001 tcp/127.0.0.1/5022
rm bin/gone
cp listener bin/new && mv bin/new bin/replaced
cp listener /var/tmp/dropped
start /var/tmp/dropped tcp/127.0.0.1/5023
start ./listener -m tcp/127.0.0.1/5024
audit
is "deleted-binary: deleted" "$(row port=5020 verdict lints owner.exe)" "ASK	deleted-binary,root	/mnt/bin/gone"
is "deleted-binary: replaced" "$(row port=5021 verdict lints owner.exe)" "ASK	deleted-binary,root	/mnt/bin/replaced"
is "deleted-binary: neither" "$(row port=5022 verdict lints)" "OK	."
is "temporary-binary: from /var/tmp" "$(row port=5023 verdict lints)" "ASK	temporary-binary,root"
is "temporary-binary: from memory" "$(row port=5024 verdict lints)" "ASK	temporary-binary,root"
stop $old
start bin/replaced tcp/127.0.0.1/5021
audit
is "deleted-binary: no more after a restart" "$(row port=5021 verdict lints)" "OK	root"

# ---- exit status 3 -----------------------------------------------------------------------------------------------

stop $pids
start in_net pub bin/dropbear tcp/0.0.0.0/22
audit
is "exit status 0: ssh alone" "$status" 0
start bin/dropbear tcp/0.0.0.0/22
setpriv --reuid 65534 --regid 65534 --clear-groups ./portolan audit >/dev/null 2>&1
is "exit status 3: cannot see who it is" $? 3
# ---- trouble on the way ---------------------------------------------------------------------------------------
printf 'No record\n' >/mnt/bad.rec
like "a broken overlay does not hide the table" "$(/mnt/portolan audit --chart /mnt/bad.rec 2>/dev/null | head -1)" \
    "VERDICT *"
/mnt/portolan audit --chart /mnt/bad.rec >/dev/null 2>/mnt/err
is "a broken overlay is trouble" $? 2
like "a broken overlay is named with its line" "$(cat /mnt/err)" "*/mnt/bad.rec:1: *"

finish
