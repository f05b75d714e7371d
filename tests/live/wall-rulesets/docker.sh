# What Docker's daemon sets up by iptables, for IPv4 and IPv6: a container that is published, and one network that shall
# not reach the other. As of 20.10; as of 28, which drops what asks for a container's own address; and by nft, as of 29.
needs iptables-nft-restore ip6tables-nft-restore
build_lab br-4f2ac0ffee11

load() {
    nft flush ruleset
    iptables-nft-restore "$here/docker-$1.ip" || exit 2
    ip6tables-nft-restore "$here/docker-$1.ip6" || exit 2
}

load 20
measure "Docker 20.10"
sees "the host's own ports are none of its business" "internet eth0 IPv4 own tcp" "accept 65536"
holds "Docker 20.10" <<'TRIES'
far 203.0.113.9 198.51.100.1 8080 accept
far 2001:db8:9::9 2001:db8::1 8080 accept
far 203.0.113.9 198.51.100.1 22 accept
far 203.0.113.9 172.17.0.2 80 accept
far 203.0.113.9 172.17.0.2 22 drop
lan 192.168.1.2 192.168.1.1 8080 accept
lan 192.168.1.2 203.0.113.9 22 drop
box 172.17.0.2 203.0.113.9 22 accept
box 172.17.0.2 192.168.122.2 80 drop
box fd00:17::2 fd00:122::2 80 drop
guest 192.168.122.2 172.17.0.2 80 drop
guest 192.168.122.2 198.51.100.1 8080 accept
self 198.51.100.1 198.51.100.1 8080 accept
self 172.17.0.1 172.17.0.2 22 accept
TRIES

load 28
measure "Docker 28"
holds "Docker 28" <<'TRIES'
far 203.0.113.9 198.51.100.1 8080 accept
far 2001:db8:9::9 2001:db8::1 8080 accept
far 203.0.113.9 172.17.0.2 80 drop
far 203.0.113.9 172.17.0.2 22 drop
far 203.0.113.9 198.51.100.1 22 accept
box 172.17.0.2 203.0.113.9 22 accept
box 172.17.0.2 192.168.122.2 80 drop
guest 192.168.122.2 198.51.100.1 8080 accept
self 172.17.0.1 172.17.0.2 22 accept
TRIES

nft flush ruleset
nft -f "$here/docker-29.nft" || exit 2
measure "Docker 29, by nft"
holds "Docker 29, by nft" <<'TRIES'
far 203.0.113.9 198.51.100.1 8080 accept
far 203.0.113.9 172.17.0.2 80 drop
far 203.0.113.9 172.17.0.2 22 drop
far 203.0.113.9 198.51.100.1 22 accept
far 203.0.113.9 192.168.122.2 80 drop
lan 192.168.1.2 203.0.113.9 22 accept
box 172.17.0.2 203.0.113.9 22 accept
box 172.17.0.2 192.168.122.2 80 drop
guest 192.168.122.2 198.51.100.1 8080 accept
self 198.51.100.1 198.51.100.1 8080 accept
TRIES
