# A lab of network namespaces around this machine (see lib.sh: own_machine), with servers that say who they are and
# peers that try everything: how far a server can be reached in truth. Sourced by audit-wall.sh.
#
#     inet  198.51.100.2 -- eth0 --+                   +-- docker0 --+-- web    172.17.0.2
#     lan   192.168.1.2  -- eth1 --+---  this machine --+             +-- db     172.17.0.3
#     vpn   10.8.0.2     -- tun0 --+       "host"                      +-- other  172.17.0.9
#
# Behind inet lie the internet (203.0.113.9) and a private net (10.99.0.9), behind lan another LAN (192.168.7.9).
# $here is its folder.
# shellcheck shell=sh disable=SC2016,SC2154

# Peers: name, namespace, rung, and the addresses it asks from. Of each two there is one that rules may name, and one
# that stands for all that they do not.
peers="self host host - -
self1 host host 127.0.0.1 ::1
self2 host host 198.51.100.1 2001:db8::1
self3 host host 192.168.1.1 fd00:1::1
self4 host host 10.8.0.1 fd00:8::1
self5 host host 172.17.0.1 fd00:17::1
far inet internet 203.0.113.9 2001:db8:f::9
far2 inet internet 192.0.2.77 2001:db8:e::77
near inet lan 198.51.100.2 2001:db8::2
near2 inet lan 198.51.100.77 2001:db8::77
back inet lan 10.99.0.9 fd99::9
back2 inet lan 172.20.0.9 fcaa::9
lan lan lan 192.168.1.2 fd00:1::2
lan2 lan lan 192.168.1.77 fd00:1::77
lan7 lan lan 192.168.7.9 fd00:7::9
vpn vpn vpn 10.8.0.2 fd00:8::2
vpn2 vpn vpn 10.8.0.77 fd00:8::77
web web container 172.17.0.2 fd00:17::2
web2 web container 127.0.0.1 ::1
db db container 172.17.0.3 fd00:17::3
db2 db container 127.0.0.1 2001:db8:17::3
other other container 172.17.0.9 fd00:17::9
other2 other container 172.17.0.77 fd00:17::77
nearl inet lan - fe80::2%w0
lanl lan lan - fe80::2%w0
vpnl vpn vpn - fe80::2%tun0
otherl other container - fe80::9%eth0"

host_servers="tcp/0.0.0.0/22 tcp/::/22,v6only tcp/::/80 tcp/0.0.0.0/25 tcp/::/25,v6only tcp/127.0.0.1/631 tcp/::1/631
    tcp/192.168.1.1/445 tcp/fd00:1::1/445 tcp/198.51.100.1/443 tcp/2001:db8::1/443 tcp/10.8.0.1/5900 tcp/fd00:8::1/5900
    tcp/172.17.0.1/2375 tcp/fd00:17::1/2375 tcp/0.0.0.0/139,dev=eth1 tcp/::/3389,dev=tun0 tcp/::/111,dev=docker0
    tcp/0.0.0.0/3306 tcp/::/3306,v6only tcp/::/8080 tcp/127.0.0.1/5432 tcp/127.0.0.2/2049 tcp/::1/5432
    tcp/fe80::e1/547,dev=eth1 tcp/::/65535
    udp/0.0.0.0/53 udp/::/53,v6only udp/127.0.0.1/323 udp/::1/323 udp/::/123 udp/192.168.1.1/137 udp/::/161,dev=eth0"
web_servers="tcp/0.0.0.0/80 tcp/::/80,v6only tcp/127.0.0.1/9000 tcp/0.0.0.0/9100 udp/0.0.0.0/53 udp/::/53,v6only"
db_servers="tcp/::/5432 tcp/172.17.0.3/6379 tcp/fd00:17::3/6379 tcp/2001:db8:17::3/6380 tcp/127.0.0.1/9001 tcp/::1/9001"
other_servers="tcp/::/8000"
published="tcp/8081 tcp/8082 tcp/5433 tcp/5434 tcp/6381 udp/5353"

# 127.0.0.1 in a namespace is no other's; all else can be asked for from anywhere, with the right route
host_addresses="198.51.100.1 192.168.1.1 10.8.0.1 172.17.0.1 2001:db8::1 fd00:1::1 fd00:8::1 fd00:17::1 2001:db8:17::1"
box_addresses="172.17.0.2 fd00:17::2 172.17.0.3 fd00:17::3 2001:db8:17::3 172.17.0.9 fd00:17::9 172.17.0.77
    fd00:17::77"
public_addresses="198.51.100.1 2001:db8::1 2001:db8:17::1 2001:db8:17::3"

# in_all COMMAND: of the shell, in every namespace
in_all() {
    sh -c "$1"
    for ns in inet lan vpn web db other; do in_net $ns sh -c "$1"; done
}

# switch NAME VALUE: net/NAME here
switch() {
    echo "$2" >"/proc/sys/net/$1"
}

# forwarding IPV4 IPV6
forwarding() {
    switch ipv4/ip_forward "$1"
    switch ipv6/conf/all/forwarding "$2"
}

# bridge_asks 0|1: whether what passes the bridge asks the packet filter
bridge_asks() {
    for i in /proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/bridge/bridge-nf-call-ip6tables; do
        echo "$1" >$i
    done
}

# ---- wires ----------------------------------------------------------------------------------------------------

quiet='for i in all default; do
    echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter
    echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad
    echo 0 >/proc/sys/net/ipv6/conf/$i/accept_ra
done
echo 1 >/proc/sys/net/ipv6/conf/default/addr_gen_mode
for i in icmp_ratelimit icmp_msgs_per_sec; do echo 1000000 >/proc/sys/net/ipv4/$i 2>/dev/null; done
for i in /proc/sys/net/bridge/bridge-nf-call-ip*; do [ ! -e $i ] || echo 0 >$i; done
ip link set lo up'

# A wire from a namespace to this machine, where it is a network card: w0 - w1 - IFACE
wire() {
    ip -n "$1" link add w0 address "02:00:00:00:$3:02" type veth peer name w1 &&
        ip -n "$1" link add link w1 name "$2" address "02:00:00:00:$3:01" netns $$ type macvlan mode private &&
        ip -n "$1" link set w1 up && ip -n "$1" link set w0 up && ip link set "$2" up
}

# container NAME NUMBER
container() {
    ip -n "$1" link add eth0 address "02:00:00:00:17:0$2" type veth peer name "v$1" netns $$ &&
        ip link set "v$1" master docker0 up && ip -n "$1" link set eth0 up
    ip -n "$1" addr add "172.17.0.$2/16" dev eth0
    ip -n "$1" addr add "fd00:17::$2/64" dev eth0
    ip -n "$1" addr add "fe80::$2/64" dev eth0
    ip -n "$1" route add default via 172.17.0.1
    ip -n "$1" route add default via fd00:17::1
}

# know NAMESPACE DEVICE MAC ADDRESS...: as neighbours, for ever, so that no ruleset can hide them from each other
know() {
    ns=$1 dev=$2 mac=$3
    shift 3
    for a; do
        ${ns:+in_net $ns} ip neigh replace "$a" lladdr "$mac" dev "$dev" nud permanent
    done
}

wires() {
    wire inet eth0 e0 && wire lan eth1 e1 || return 1
    ip tuntap add tun0 mode tun && ip -n vpn tuntap add tun0 mode tun || return 1
    ip link set tun0 txqueuelen 10000 up && ip -n vpn link set tun0 txqueuelen 10000 up
    start /mnt/tun tun0 /run/netns/vpn tun0 || return 1
    ip link add docker0 address 02:00:00:00:17:01 type bridge && ip link set docker0 up || return 1
    container web 2 && container db 3 && container other 9
}

# Addresses and routes; link-local ones by hand, so that they can be named.
addresses() {
    ip -batch - <<'END'
addr add 198.51.100.1/24 dev eth0
addr add 2001:db8::1/64 dev eth0
addr add fe80::e0/64 dev eth0
addr add 192.168.1.1/24 dev eth1
addr add fd00:1::1/64 dev eth1
addr add fe80::e1/64 dev eth1
addr add 10.8.0.1/24 dev tun0
addr add fd00:8::1/64 dev tun0
addr add fe80::8/64 dev tun0
addr add 172.17.0.1/16 dev docker0
addr add fd00:17::1/64 dev docker0
addr add 2001:db8:17::1/64 dev docker0
addr add fe80::17/64 dev docker0
route add default via 198.51.100.2
route add default via 2001:db8::2
route add 192.168.7.0/24 via 192.168.1.2
route add fd00:7::/64 via fd00:1::2
END
    in_net inet ip -batch - <<'END'
addr add 198.51.100.2/24 dev w0
addr add 2001:db8::2/64 dev w0
addr add fe80::2/64 dev w0
addr add 198.51.100.77/24 dev w0
addr add 2001:db8::77/64 dev w0
addr add 203.0.113.9/32 dev lo
addr add 192.0.2.77/32 dev lo
addr add 10.99.0.9/32 dev lo
addr add 172.20.0.9/32 dev lo
addr add fcaa::9/128 dev lo
addr add 2001:db8:f::9/128 dev lo
addr add 2001:db8:e::77/128 dev lo
addr add fd99::9/128 dev lo
route add default via 198.51.100.1
route add default via 2001:db8::1
END
    in_net lan ip -batch - <<'END'
addr add 192.168.1.2/24 dev w0
addr add fd00:1::2/64 dev w0
addr add fe80::2/64 dev w0
addr add 192.168.1.77/24 dev w0
addr add fd00:1::77/64 dev w0
addr add 192.168.7.9/32 dev lo
addr add fd00:7::9/128 dev lo
route add default via 192.168.1.1
route add default via fd00:1::1
END
    in_net vpn ip -batch - <<'END'
addr add 10.8.0.2/24 dev tun0
addr add fd00:8::2/64 dev tun0
addr add 10.8.0.77/24 dev tun0
addr add fd00:8::77/64 dev tun0
addr add fe80::2/64 dev tun0
route add default dev tun0
route add ::/0 dev tun0
END
    in_net db ip addr add 2001:db8:17::3/64 dev eth0
    in_net other ip -batch - <<'END'
addr add 172.17.0.77/16 dev eth0
addr add fd00:17::77/64 dev eth0
route add 2001:db8:17::/64 dev eth0
END
}

# Neighbours that know how ask even for 127.0.0.1.
shameless() {
    for ns in inet lan vpn other; do
        in_net $ns sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
            ip addr del 127.0.0.1/8 dev lo
            ip route add 127.0.0.0/8 $(ip route show default | cut -d " " -f 2-)'
    done
}

neighbours() {
    know "" eth0 02:00:00:00:e0:02 198.51.100.2 198.51.100.77 2001:db8::2 2001:db8::77 fe80::2
    know inet w0 02:00:00:00:e0:01 198.51.100.1 2001:db8::1 fe80::e0
    know "" eth1 02:00:00:00:e1:02 192.168.1.2 192.168.1.77 fd00:1::2 fd00:1::77 fe80::2
    know lan w0 02:00:00:00:e1:01 192.168.1.1 fd00:1::1 fe80::e1
    know "" docker0 02:00:00:00:17:09 172.17.0.77 fd00:17::77
    for ns in web db; do know $ns eth0 02:00:00:00:17:09 172.17.0.77 fd00:17::77; done
    for n in web:2 db:3 other:9; do
        know "" docker0 "02:00:00:00:17:0${n#*:}" "172.17.0.${n#*:}" "fd00:17::${n#*:}" "2001:db8:17::${n#*:}" \
            "fe80::${n#*:}"
        know "${n%:*}" eth0 02:00:00:00:17:01 172.17.0.1 fd00:17::1 2001:db8:17::1 fe80::17
        for other in 2 3 9; do
            [ $other = "${n#*:}" ] || know "${n%:*}" eth0 02:00:00:00:17:0$other 172.17.0.$other fd00:17::$other \
                2001:db8:17::$other fe80::$other
        done
    done
}

# ---- who serves, who asks ---------------------------------------------------------------------------------------

# asks FILE ADDRESS...: every port of each
asks() {
    file=$1
    shift
    for a; do sed "s|/|/$a/|" /mnt/ports; done >"$file"
}

servers() {
    # shellcheck disable=SC2086
    start /mnt/serve host $host_servers && start in_net web /mnt/serve web $web_servers &&
        start in_net db /mnt/serve db $db_servers && start in_net other /mnt/serve other $other_servers || return 1
    # shellcheck disable=SC2086
    printf '%s\n' $host_servers | sed 's/^/host /' >/mnt/servers
    for ns in web db other; do
        eval "printf '%s\n' \$${ns}_servers" | sed "s/^/$ns /" >>/mnt/servers
    done
    # shellcheck disable=SC2086
    { sed 's|.* \(.*\)/.*/\([0-9]*\).*|\1/\2|' /mnt/servers && printf '%s\n' $published; } | sort -u >/mnt/ports
}

questions() {
    own="127.0.0.1 127.0.0.2 ::1"
    # shellcheck disable=SC2086
    {
        asks /mnt/asks.self $own $host_addresses $box_addresses fe80::e0%eth0 fe80::e1%eth1 fe80::8%tun0 \
            fe80::17%docker0 fe80::2%docker0 fe80::3%docker0
        asks /mnt/asks.far $public_addresses
        asks /mnt/asks.near 127.0.0.1 127.0.0.2 $host_addresses $box_addresses fe80::e0%w0
        asks /mnt/asks.lan 127.0.0.1 127.0.0.2 $host_addresses $box_addresses fe80::e1%w0
        asks /mnt/asks.vpn 127.0.0.1 127.0.0.2 $host_addresses $box_addresses fe80::8%tun0
        for p in web db other; do
            asks /mnt/asks.$p $own $host_addresses $box_addresses fe80::17%eth0 fe80::2%eth0 fe80::3%eth0 fe80::9%eth0
        done
        for p in self1:self self2:self self3:self self4:self self5:self near2:near back:near back2:near lan2:lan \
            lan7:lan vpn2:vpn far2:far web2:web db2:db other2:other; do
            ln "/mnt/asks.${p#*:}" "/mnt/asks.${p%:*}"
        done
        for p in near lan vpn other; do grep : /mnt/asks.$p >/mnt/asks.${p}l; done
    }
}

# Result: whether this kernel can have such wires; what fails then is the test's own fault.
lab() {
    for ns in inet lan vpn web db other; do ip netns add $ns || return 1; done
    in_all "$quiet"
    wires || return 1
    addresses && shameless && neighbours && servers && questions && forwarding 1 1 || exit 2
}

# ---- the truth ---------------------------------------------------------------------------------------------------

# probe MS: all peers at once; who was answered by whom into /mnt/answers.*, "PEER FAMILY SERVER SPEC" a line
probe() {
    ms=$1 asking=
    while read -r peer ns _ four six; do
        set -- /mnt/probe -t "$ms"
        [ "$four" = - ] || set -- "$@" -s "$four"
        [ "$six" = - ] || set -- "$@" -s "$six"
        [ "$ns" = host ] || set -- nsenter --net="/run/netns/$ns" "$@"
        "$@" "$peer" <"/mnt/asks.$peer" >"/mnt/answers.$peer" 2>>/mnt/probe.err &
        asking="$asking $!"
    done <<END
$peers
END
    # shellcheck disable=SC2086
    wait $asking
}

# The rung of each server and family, "SERVER SOCKET FAMILY RUNG" a line, with sockets as the audit writes them.
truth() {
    { echo "$peers" && cat /mnt/servers /mnt/answers.*; } | awk '
        function socket(spec,  part, option, dev) {
            split(spec, part, "/")
            split(part[3], option, ",")
            dev = match(spec, /dev=.*/) ? "%" substr(spec, RSTART + 4) : ""
            return part[1] "/" part[2] dev "/" option[1]
        }
        BEGIN {
            n = split("nobody loopback container host lan vpn internet", word)
            for (i = 1; i <= n; i++) rank[word[i]] = i - 1
        }
        NF == 5 { home[$1] = $2; distance[$1] = rank[$3] }
        NF == 2 {
            if ($2 !~ /:/ || $2 ~ /\/::\/[0-9]*(,dev=.*)?$/)
                rung[$1 " " socket($2) " 4"] = 0
            if ($2 ~ /:/)
                rung[$1 " " socket($2) " 6"] = 0
        }
        NF == 4 {
            key = $3 " " socket($4) " " $2
            d = home[$1] == $3 ? rank["loopback"] : distance[$1]
            if (d > rung[key])
                rung[key] = d
        }
        END { for (key in rung) print key, word[rung[key] + 1] }' | sort
}

# ---- what audit says -----------------------------------------------------------------------------------------------

# In the same words; "?" behind a rung that it is not sure of, or should be ($doubt) and is not.
doubt=
said() {
    audit
    row latent=false netns proto address port rung.ipv4 rung.ipv6 rung.sure | awk -F '\t' -v doubt="$doubt" '
        $1 != "host" && $1 != "web" && $1 != "db" && $1 != "other" { next }
        {
            key = $1 " " $2 "/" $3 "/" $4
            mark = ($7 == "false") == (doubt && key " " ~ doubt) ? "" : "?"
            if ($5 != ".") print key, 4, $5 mark
            if ($6 != ".") print key, 6, $6 mark
        }' | sort
}

# ---- both ------------------------------------------------------------------------------------------------------------

compared=0

forget() {
    /mnt/forget
    for ns in web db other; do in_net $ns /mnt/forget; done
}

differences() {
    truth >/mnt/truth
    awk 'NR == FNR { said[$1 " " $2 " " $3] = $4; next }
        { key = $1 " " $2 " " $3; true[key] = $4 }
        END {
            for (key in true) if (said[key] != true[key] && (said[key] || true[key] != "nobody"))
                print key ": " (said[key] ? said[key] : "nothing") ", in truth " true[key]
            for (key in said) if (!(key in true))
                print key ": " said[key] ", where no such server is"
        }' /mnt/said /mnt/truth | sort >/mnt/differences
}

# holds WHAT [RULESET...]: audit's rungs are the truth. Where not, peers ask once more and wait longer for an answer.
holds() {
    forget
    probe 250
    said >/mnt/said
    differences
    if [ -s /mnt/differences ]; then
        forget
        probe 1500
        differences
    fi
    compared=$((compared + $(wc -l </mnt/truth)))
    what=$1
    shift
    if [ -s /mnt/differences ]; then not_ok "$what" "$(cat /mnt/differences "$@")"; else ok "$what"; fi
}

# rules WHAT: an nft script comes in
rules() {
    nft flush ruleset
    if nft -f - 2>/mnt/nft.err; then holds "$1"; else not_ok "$1: not loaded" "$(cat /mnt/nft.err)"; fi
}

# random SEED: a ruleset as chance has it, and now and then filters in containers
random() {
    nft flush ruleset
    for ns in web db; do
        in_net $ns nft flush ruleset
        : >/mnt/rules.$ns
        [ $(($1 % 3)) -ne 0 ] || awk -v box=1 -v seed="$1${#ns}" -f "$here/lab-rules.awk" >/mnt/rules.$ns
        in_net $ns nft -f /mnt/rules.$ns || not_ok "random rules $1: not loaded in $ns"
    done
    awk -v seed="$1" -f "$here/lab-rules.awk" >/mnt/rules.host
    if nft -f /mnt/rules.host 2>/mnt/nft.err; then
        holds "random rules $1" /mnt/rules.*
    else
        not_ok "random rules $1: not loaded" "$(cat /mnt/nft.err)"
    fi
}
