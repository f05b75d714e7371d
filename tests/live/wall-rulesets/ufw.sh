# ufw itself, with rules of every kind that people write; then a port that Docker publishes past its deny.
needs ufw
copy_of /etc/ufw
copy_of /etc/default
build_lab

mark() { ufw "$@" >/mnt/ufw.out 2>&1 || not_ok "ufw $*" "$(cat /mnt/ufw.out)"; }
cp "$here/ufw.profile" /etc/ufw/applications.d/portolan
mark --force reset
mark default deny incoming
mark default allow outgoing
mark logging medium
mark allow 22/tcp
mark limit 2222/tcp
mark allow Shop
mark deny 5432
mark allow from 192.168.1.0/24 to any port 8080 proto tcp
mark reject 9999/tcp
mark allow in on tun0
mark deny in on virbr0 to any port 22
mark allow 6000:6007/udp
mark allow from fd00:1::/64 to any port 8080 proto tcp
mark route allow in on eth1 out on eth0
mark insert 1 deny from 203.0.113.66
mark --force enable
iptables-nft-save | grep -q ufw-user-input || skip "ufw cannot work here: $(cat /mnt/ufw.out)"

measure "ufw"
sees "three ports are open, one is limited" "internet eth0 IPv6 own tcp" "accept 3 drop 65531 reject 1 unknown 1"
sees "eight ports of UDP" "internet eth0 IPv6 own udp" "accept 8 drop 65528"
sees "the VPN may all but what is denied before" "vpn tun0 IPv6 own tcp" "accept 65533 drop 1 reject 1 unknown 1"
holds "ufw" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 accept
far 2001:db8:9::9 2001:db8::1 22 accept
far 203.0.113.66 198.51.100.1 22 drop
far 203.0.113.9 198.51.100.1 443 accept
far 203.0.113.9 198.51.100.1 5432 drop
far 2001:db8:9::9 2001:db8::1 5432 drop
far 203.0.113.9 198.51.100.1 9999 reject
far 203.0.113.9 198.51.100.1 8080 drop
far 203.0.113.9 198.51.100.1 6001/udp accept
far 2001:db8:9::9 2001:db8::1 6002/udp accept
far 203.0.113.9 198.51.100.1 53/udp drop
lan 192.168.1.2 192.168.1.1 8080 accept
lan fd00:1::2 fd00:1::1 8080 accept
lan 192.168.1.2 203.0.113.9 22 accept
far 203.0.113.9 192.168.1.2 22 drop
box 172.17.0.2 203.0.113.9 22 drop
guest 192.168.122.2 192.168.122.1 22 accept
self 198.51.100.1 203.0.113.9 9999 accept
self 127.0.0.1 127.0.0.1 5432 accept
TRIES

iptables-nft-restore -n "$here/docker-past-ufw.ip" || exit 2
measure "ufw with Docker"
holds "ufw with Docker" <<'TRIES'
far 203.0.113.9 198.51.100.1 5432 accept
far 2001:db8:9::9 2001:db8::1 5432 drop
lan 192.168.1.2 192.168.1.1 5432 accept
box 172.17.0.2 203.0.113.9 22 accept
TRIES

# The other way round: what goes out is refused, what is sent on is not; and all is logged.
mark --force reset
nft flush ruleset
mark default reject incoming
mark default deny outgoing
mark default allow routed
mark logging full
mark allow out 80,443/tcp
mark reject out to 203.0.113.9 port 22
mark allow in on eth0 proto esp from 203.0.113.0/24
mark allow log 22/tcp
mark allow in on eth1 log to any port 137:139 proto udp
mark route deny in on docker0 out on virbr0 to 192.168.122.2 port 80 proto tcp
mark route allow in on eth0 out on docker0 to 172.17.0.2 port 80 from 203.0.113.9
mark route reject in on eth0 out on docker0
mark prepend deny from 2001:db8:9::9
mark --force enable
measure "ufw, the other way round"
holds "ufw, the other way round" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 accept
far 2001:db8::2 2001:db8::1 22 accept
far 2001:db8:9::9 2001:db8::1 22 drop
far 203.0.113.9 198.51.100.1 443 reject
far 203.0.113.9 172.17.0.2 80 accept
far 203.0.113.66 172.17.0.2 80 reject
box 172.17.0.2 192.168.122.2 80 drop
box 172.17.0.2 192.168.122.2 22 accept
self 198.51.100.1 203.0.113.9 22 reject
self 198.51.100.1 203.0.113.9 80 accept
self 198.51.100.1 203.0.113.9 9999 drop
lan 192.168.1.2 203.0.113.9 22 accept
TRIES
