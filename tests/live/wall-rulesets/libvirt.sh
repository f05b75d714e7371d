# What libvirt sets up for its default network: by iptables (until 10.4), and by nft of its own.
needs iptables-nft-restore ip6tables-nft-restore
build_lab

iptables-nft-restore "$here/libvirt.ip" && ip6tables-nft-restore "$here/libvirt.ip6" || exit 2
measure "libvirt, by iptables"
sees "this machine stays as open as it was" "internet eth0 IPv4 own tcp" "accept 65536"
tries='far 203.0.113.9 198.51.100.1 22 accept
far 203.0.113.9 192.168.122.2 22 reject
lan 192.168.1.2 192.168.122.2 22 reject
lan fd00:1::2 fd00:122::2 22 reject
lan 192.168.1.2 172.17.0.2 22 accept
guest 192.168.122.2 192.168.122.1 22 accept
guest 192.168.122.2 203.0.113.9 22 accept
guest fd00:122::2 2001:db8:9::9 22 reject
guest 192.168.122.2 192.168.122.1 53/udp accept
self 192.168.122.1 192.168.122.2 22 accept'
holds "libvirt, by iptables" <<TRIES
$tries
TRIES

nft flush ruleset
nft -f "$here/libvirt.nft" || exit 2
measure "libvirt, by nft"
holds "libvirt, by nft" <<TRIES
$tries
TRIES
