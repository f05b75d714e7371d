# The examples that nftables ships. Those that ask for what this kernel has not are left out, with its own word.
examples=/usr/share/doc/nftables/examples
[ -e $examples/workstation.nft ] || skip "no examples of nftables here"
build_lab
for device in eth2 eth3 bond0 bond1; do ip tuntap add $device mode tap || skip "no tap device"; done

cd $examples || exit 2
for file in *.nft; do
    nft flush ruleset
    nft add table ip filter # that one of them deletes
    if nft -f "$file" >/mnt/nft.err 2>&1; then
        measure "$file"
    else
        echo "# left out: $file: $(head -1 /mnt/nft.err)"
    fi
done
cd /mnt || exit 2

nft -f $examples/workstation.nft || exit 2
holds "a workstation" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 drop
far 2001:db8:9::9 2001:db8::1 22 drop
lan 192.168.1.2 203.0.113.9 22 accept
self 198.51.100.1 203.0.113.9 22 accept
self 127.0.0.1 127.0.0.1 22 accept
TRIES

nft flush ruleset
nft -f $examples/nat.nft || exit 2
nft 'add rule ip nat prerouting tcp dport 9999 dnat to 192.168.1.2:8080'
holds "an address from a map" <<'TRIES'
far 203.0.113.9 198.51.100.1 9999 accept
far 203.0.113.9 198.51.100.1 22 accept
TRIES
