# Prints the ruleset that `make bench` asks: 5,000 rules of a gateway, in the shapes that people and tools write: verdict
# maps by interface and port, a chain a service, named sets with intervals, concatenations, maps for DNAT, the rules of
# many published containers, and long runs of single rules. The same on every run.
#     awk -f bench/wall.awk | nft -f -

function number(n) { # 0 to n - 1
    seed = (seed * 16807) % 2147483647
    return int(seed / 2147483647 * n)
}
function port() { return 1 + number(65535) }
function net() { return sprintf("%d.%d.%d.0/24", 11 + number(150), number(256), number(256)) }
function host() { return sprintf("%d.%d.%d.%d", 11 + number(150), number(256), number(256), 1 + number(254)) }
function net6() { return sprintf("2001:db8:%x:%x::/64", number(65536), number(65536)) }
function box() { return sprintf("172.17.%d.%d", number(16), 2 + number(250)) }
function proto() { return number(4) ? "tcp" : "udp" }
function rule(text) { print "        " text; rules++ }
function chain(name) { print "    chain " name " {" }
function base(type, hook, priority, policy) {
    print "    chain " hook " {\n        type " type " hook " hook " priority " priority "; policy " policy ";"
}
function end() { print "    }" }
function set(name, type, n, what,  i) {
    printf "    set %s { type %s; flags interval; auto-merge; elements = {", name, type
    for (i = 0; i < n; i++)
        printf " %s,", what == "net" ? net() : what == "net6" ? net6() : what == "port" ? port() : host()
    print " } }"
}

# a service: whom it lets in, and how it sends away the others
function service(i,  k) {
    chain("service" i)
    for (k = 0; k < 10; k++) rule("ip saddr " (k % 2 ? net() : host()) " counter accept")
    for (k = 0; k < 4; k++) rule("ip6 saddr " net6() " accept")
    rule("ip saddr @partners" i % 20 " accept comment \"service " i "\"")
    rule("iifname { \"eth1\", \"tun0\" } ct state new accept")
    rule("limit rate 5/second burst 10 packets log prefix \"service" i " \" group 2")
    rule(i % 3 ? "counter drop" : "meta l4proto tcp reject with tcp reset")
    end()
}

function zone(name, first,  i) {
    chain("from_" name)
    rule("ip saddr @blocked drop")
    rule("ip6 saddr @blocked6 drop")
    rule("meta l4proto { icmp, ipv6-icmp } accept")
    printf "        tcp dport vmap {"
    for (i = 0; i < 40; i++) printf " %d : jump service%d,", 100 * (first + i) + 22, (first + i) % SERVICES
    print " }"; rules++
    rule("ip saddr . tcp dport @pairs accept")
    rule("udp dport @udp_open accept")
    for (i = 0; i < 150; i++)
        if (i % 5 < 3) rule(proto() " dport " port() " counter accept")
        else if (i % 5 == 3) rule("ip saddr " net() " tcp dport " port() " ct state new accept")
        else rule("ip saddr @partners" number(20) " " proto() " dport { " port() ", " port() ", " port() " } accept")
    rule("tcp dport 113 reject with tcp reset")
    end()
}

BEGIN {
    seed = 20011
    SERVICES = 120
    split("internet lan dmz vpn containers guests", zones)
    print "table inet filter {"
    set("blocked", "ipv4_addr", 1000, "net")
    set("blocked6", "ipv6_addr", 300, "net6")
    set("udp_open", "inet_service", 60, "port")
    for (i = 0; i < 20; i++) set("partners" i, "ipv4_addr", 50, "net")
    printf "    set pairs { type ipv4_addr . inet_service; flags interval; elements = {"
    for (i = 0; i < 100; i++) printf " %s . %d,", net(), port()
    print " } }"
    for (i = 0; i < SERVICES; i++) service(i)
    for (i = 1; i <= 6; i++) zone(zones[i], 20 * i)
    base("filter", "input", "filter", "drop")
    rule("ct state vmap { established : accept, related : accept, invalid : drop }")
    rule("iifname vmap { \"lo\" : accept, \"eth0\" : jump from_internet, \"eth1\" : jump from_lan, " \
         "\"eth2\" : jump from_dmz, \"tun0\" : jump from_vpn, \"docker0\" : jump from_containers, " \
         "\"wlan*\" : jump from_guests }")
    end()
    base("filter", "forward", "filter", "drop")
    rule("ct state established,related accept")
    rule("ct status dnat jump published")
    rule("iifname \"docker0\" oifname \"eth0\" accept")
    end()
    chain("published")
    containers = int((5000 - rules - 6) / 2)
    for (i = 0; i < containers; i++) {
        address[i] = box()
        inner[i] = port()
        rule("ip daddr " address[i] " iifname != \"docker0\" oifname \"docker0\" tcp dport " inner[i] " counter accept")
    }
    if (5000 - rules - 6 > containers) rule("counter")
    end()
    print "}\ntable ip nat {"
    printf "    map published { type inet_service : ipv4_addr . inet_service; elements = {"
    for (i = 0; i < 200; i++) printf " %d : %s . %d,", 30000 + 7 * i, address[i], inner[i]
    print " } }"
    chain("docker")
    for (i = 0; i < containers; i++)
        rule("iifname != \"docker0\" tcp dport " port() " counter dnat to " address[i] ":" inner[i])
    end()
    base("nat", "prerouting", "dstnat", "accept")
    rule("iifname \"eth0\" dnat ip to tcp dport map @published")
    rule("fib daddr type local jump docker")
    end()
    base("nat", "output", -100, "accept")
    rule("ip daddr != 127.0.0.0/8 fib daddr type local jump docker")
    end()
    base("nat", "postrouting", "srcnat", "accept")
    rule("oifname \"eth0\" masquerade")
    rule("ip saddr 172.17.0.0/16 oifname != \"docker0\" masquerade")
    rule("iifname \"eth1\" oifname \"eth1\" masquerade")
    end()
    print "}"
    if (rules != 5000) { print "bench/wall.awk: " rules " rules" >"/dev/stderr"; exit 1 }
}
