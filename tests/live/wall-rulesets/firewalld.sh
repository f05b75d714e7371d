# firewalld itself, on a bus of its own: zones by interface and by source, rich rules, a port forward, a policy.
needs firewalld firewall-cmd dbus-daemon
build_lab

mkdir -p /run/dbus /mnt/firewalld
cat >/mnt/bus.conf <<'CONF'
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF
cp -a /etc/firewalld/. /mnt/firewalld
serve dbus-daemon --config-file=/mnt/bus.conf --nofork --nopidfile
wait_for test -S /run/dbus/system_bus_socket || skip "no bus for firewalld here: $(tail -1 /mnt/servers.log)"
start_firewalld() {
    serve firewalld --nofork --nopid --system-config /mnt/firewalld --log-file /mnt/firewalld.log
    i=0
    until timeout 5 firewall-cmd --state >/dev/null 2>&1; do
        i=$((i + 1))
        [ -e "/proc/$pid/exe" ] && [ $i -lt 10 ] || skip "firewalld cannot start here: $(tail -3 /mnt/firewalld.log)"
    done
}
start_firewalld

fw() { firewall-cmd -q "$@" >/mnt/fw.out 2>&1 || not_ok "firewall-cmd $*" "$(cat /mnt/fw.out)"; }
measure "firewalld as installed"
sees "SSH" "internet eth0 IPv4 own tcp" "accept 1 reject 65535"
sees "and nothing of UDP" "internet eth0 IPv6 own udp" "reject 65536"
holds "firewalld as installed" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 accept
far 2001:db8:9::9 2001:db8::1 22 accept
far 203.0.113.9 198.51.100.1 80 reject
lan 192.168.1.2 192.168.1.1 80 reject
lan 192.168.1.2 203.0.113.9 22 reject
TRIES

fw --zone=public --change-interface=eth0
fw --zone=public --add-port=9999/tcp
fw --zone=public --add-rich-rule='rule family=ipv4 source address=203.0.113.66 drop'
fw --zone=public --add-rich-rule='rule family=ipv4 source address=203.0.113.0/24 service name=https accept'
fw --zone=public --add-rich-rule='rule family=ipv6 source address=2001:db8:9::/48 port port=8080 protocol=tcp reject'
fw --zone=public --add-rich-rule='rule service name=ftp accept limit value=3/m'
fw --zone=public --add-forward-port=port=5432:proto=tcp:toport=5432:toaddr=192.168.1.2
fw --zone=public --add-masquerade
fw --zone=drop --change-interface=eth1
fw --zone=trusted --change-interface=docker0
fw --zone=internal --change-interface=virbr0
fw --zone=work --add-source=10.8.0.0/24
measure "firewalld with zones"
sees "zone drop" "lan eth1 IPv4 own udp" "drop 65536"
sees "zone trusted" "container docker0 IPv4 own tcp" "accept 65536"
holds "firewalld with zones" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 accept
far 203.0.113.66 198.51.100.1 22 drop
far 203.0.113.9 198.51.100.1 443 accept
far 2001:db8:9::9 2001:db8::1 443 reject
far 2001:db8:9::9 2001:db8::1 8080 reject
far 203.0.113.9 198.51.100.1 9999 accept
far 203.0.113.9 198.51.100.1 5432 accept
lan 192.168.1.2 192.168.1.1 22 drop
lan fd00:1::2 fd00:1::1 22 drop
box 172.17.0.2 172.17.0.1 5432 accept
guest 192.168.122.2 192.168.122.1 22 accept
guest 192.168.122.2 192.168.122.1 80 reject
guest 192.168.122.2 192.168.122.1 53/udp reject
lan 192.168.1.2 192.168.1.1 53/udp drop
box 172.17.0.2 172.17.0.1 53/udp accept
guest 192.168.122.2 203.0.113.9 80 reject
self 198.51.100.1 203.0.113.9 80 accept
TRIES

fw --permanent --new-ipset=bad --type=hash:net --option=family=inet
fw --permanent --ipset=bad --add-entry=203.0.113.64/26
fw --permanent --new-policy=out
fw --permanent --policy=out --add-ingress-zone=internal
fw --permanent --policy=out --add-egress-zone=public
fw --permanent --policy=out --set-target=ACCEPT
fw --runtime-to-permanent
fw --permanent --zone=drop --add-source=ipset:bad
fw --permanent --direct --add-rule ipv4 filter INPUT 0 -p tcp --dport 9999 -j DROP
fw --reload
measure "firewalld, reloaded"
holds "firewalld, reloaded" <<'TRIES'
far 203.0.113.66 198.51.100.1 443 drop
far 203.0.113.9 198.51.100.1 443 accept
far 203.0.113.9 198.51.100.1 9999 drop
far 2001:db8:9::9 2001:db8::1 9999 accept
far 203.0.113.9 198.51.100.1 5432 accept
lan 192.168.1.2 192.168.1.1 22 drop
guest 192.168.122.2 203.0.113.9 80 accept
guest 192.168.122.2 192.168.122.1 80 reject
TRIES

# What else can be said of a zone.
fw --set-log-denied=all
fw --zone=public --add-service=ftp --add-service=tftp --add-service=samba
fw --zone=public --add-source-port=1234/udp
fw --zone=public --add-protocol=sctp
fw --zone=public --add-icmp-block=echo-request
fw --zone=public --add-icmp-block-inversion
fw --zone=public --add-forward-port=port=8888:proto=tcp:toport=80
set --
while read -r rule; do set -- "$@" --add-rich-rule="$rule"; done <<'RULES'
rule family=ipv4 source address=203.0.113.66 log prefix="x" level=info limit value=1/m drop
rule family=ipv4 source address=203.0.113.66 port port=99 protocol=tcp audit limit value=1/m accept
rule priority=-5 family=ipv4 source not address=10.0.0.0/8 port port=8080 protocol=tcp reject type=icmp-admin-prohibited
rule family=ipv6 source address=2001:db8:9::/64 service name=http log prefix=h accept
rule family=ipv4 destination address=198.51.100.1 port port=81 protocol=udp mark set=5
rule family=ipv4 forward-port port=2200 protocol=tcp to-port=22 to-addr=192.168.1.2
rule source mac=00:11:22:33:44:55 service name=telnet drop
RULES
fw --zone=public "$@"
fw --zone=home --change-interface=eth1
fw --zone=home --add-forward
fw --zone=dmz --change-interface=virbr0
fw --zone=block --change-interface=tun0
fw --direct --add-rule ipv4 filter INPUT 1 -p tcp --dport 7778 -m hashlimit --hashlimit-name x \
    --hashlimit-above 5/min --hashlimit-mode srcip -j DROP
fw --direct --add-rule ipv6 filter INPUT 1 -p tcp --dport 7779 -m connlimit --connlimit-above 5 -j REJECT
fw --direct --add-rule ipv4 filter FORWARD 1 -p tcp --dport 7780 -m time --timestart 08:00 --timestop 10:00 -j ACCEPT
measure "firewalld, much of it"
holds "firewalld, much of it" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 accept
far 203.0.113.66 198.51.100.1 22 drop
far 203.0.113.9 198.51.100.1 8080 reject
far 2001:db8:9::9 2001:db8::1 80 accept
far 2001:db8::2 2001:db8::1 80 reject
far 203.0.113.9 198.51.100.1 8888 accept
far 203.0.113.9 198.51.100.1 2200 accept
lan 192.168.1.2 192.168.1.1 22 accept
lan 192.168.1.2 203.0.113.9 22 reject
box 172.17.0.2 172.17.0.1 5432 accept
guest 192.168.122.2 192.168.122.1 22 accept
guest 192.168.122.2 192.168.122.1 80 reject
TRIES

fw --permanent --zone=drop --remove-source=ipset:bad # of which it makes sets of another tool there
fw --permanent --delete-ipset=bad
sed -i 's/^FirewallBackend=.*/FirewallBackend=iptables/' /mnt/firewalld/firewalld.conf
kill "$pid"
gone() { [ ! -e "/proc/$pid/exe" ]; }
wait_for gone
nft flush ruleset
start_firewalld
measure "firewalld by iptables"
holds "firewalld by iptables" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 accept
far 203.0.113.9 198.51.100.1 443 accept
far 203.0.113.9 198.51.100.1 9999 drop
far 203.0.113.9 198.51.100.1 8080 reject
far 2001:db8:9::9 2001:db8::1 9999 accept
far 203.0.113.9 198.51.100.1 5432 accept
lan 192.168.1.2 192.168.1.1 22 drop
box 172.17.0.2 172.17.0.1 5432 accept
guest 192.168.122.2 203.0.113.9 80 accept
guest 192.168.122.2 192.168.122.1 80 reject
TRIES
