# A random ruleset for the lab (see lab.sh), from its seed: awk -v seed=N -f lab-rules.awk
# With -v box=1 one for a container. Rules name nothing but what the lab has peers for; and none of them stops the
# answers of a connection that was let in, for the rung is a matter of who may begin one.
function rnd(n) {
    state = (state * 69069 + 12345) % 4294967296
    return int(state / 65536) % n
}
function pick(list,  a) {
    return a[1 + rnd(split(list, a))]
}
function some(list, max,  s, i) { # a set of up to max of them
    if (rnd(2))
        return pick(list)
    for (i = rnd(max) + 1; i > 0; i--)
        s = s (s ? ", " : "") pick(list)
    return "{ " s " }"
}
function iface(word,  s) {
    s = some(box ? "eth0 lo" : "lo eth0 eth1 tun0 docker0", 3)
    gsub(/[a-z]+[0-9]*/, "\"&\"", s)
    return word (rnd(4) ? " " : " != ") s " "
}
function saddr(  four, six) {
    four = "203.0.113.0/24 203.0.113.9 198.51.100.0/24 198.51.100.2 192.168.1.0/24 192.168.1.2 192.168.7.0/24 " \
        "10.8.0.0/24 10.8.0.2 10.0.0.0/8 172.17.0.0/16 172.17.0.9 172.17.0.2 127.0.0.0/8"
    six = "2001:db8:f::/64 2001:db8:f::9 2001:db8::/64 2001:db8::2 fd00:1::/64 fd00:1::2 fd00:7::/64 " \
        "fd00:8::/64 fd00:8::2 fd00::/8 fe80::/10 fd00:17::/64 fd00:17::9 ::1"
    return family " saddr " (rnd(5) ? "" : "!= ") some(family == "ip" ? four : six, 4) " "
}
function daddr(where,  four, six) {
    four = where == "forward" ? "172.17.0.2 172.17.0.3 172.17.0.9 172.17.0.0/16" : \
        "198.51.100.1 192.168.1.1 192.168.0.0/16 10.8.0.1 172.17.0.1 127.0.0.1 127.0.0.0/8"
    six = where == "forward" ? "fd00:17::2 fd00:17::3 2001:db8:17::3 fd00:17::/64" : \
        "2001:db8::1 fd00:1::1 fd00::/8 fd00:8::1 fd00:17::1 2001:db8:17::1 ::1 fe80::/10"
    return family " daddr " (rnd(5) ? "" : "!= ") some(family == "ip" ? four : six, 3) " "
}
function ports(where,  tcp, udp, k) {
    tcp = where == "forward" ? "80 5432 6379 6380 8000 9100 9001" : \
        "22 25 80 111 139 443 445 547 631 2049 2375 3306 3389 5432 5900 8080 65535"
    udp = where == "forward" ? "53" : "53 123 137 161 323"
    k = where == "early" ? 2 + rnd(6) : rnd(8)
    if (k == 0)
        return "meta l4proto " pick("tcp udp") " "
    if (k == 1)
        return "tcp dport " (rnd(2) ? "!= " : "") pick("1-1023 1024-65535 20-79 3000-6000 5000-9999") " "
    if (k < 4)
        return "udp dport " some(udp, 3) " "
    return "tcp dport " (where == "early" || rnd(6) ? "" : "!= ") some(tcp, 5) " "
}
function matches(where,  s) {
    family = kind == "inet" ? pick("ip ip6") : kind
    if (rnd(3) == 0)
        s = s iface("iifname")
    if (where == "forward" && !box && rnd(3) == 0)
        s = s (rnd(4) ? "oifname \"docker0\" " : "oifname != \"docker0\" ")
    if (rnd(5) < 2)
        s = s saddr()
    if (rnd(4) == 0)
        s = s daddr(where)
    if (where == "forward" && rnd(5) == 0)
        s = s "ct status dnat "
    if (rnd(16) == 0)
        s = s "fib daddr type local "
    if (rnd(16) == 0)
        s = s "ct state new "
    if (kind == "inet" && rnd(16) == 0)
        s = s "meta nfproto ipv" (family == "ip" ? "4 " : "6 ")
    if (where == "early" || rnd(4) || s == "")
        s = s ports(where)
    return s
}
function chain(name, head, where, depth,  i) {
    print "    chain " name " {"
    if (head) {
        print "        " head
        print "        ct state established,related accept"
        if (where == "input" && rnd(8))
            print "        iifname \"lo\" accept"
    }
    for (i = 1 + rnd(5); i > 0; i--)
        print "        " matches(where) verdict(name, depth)
    print "    }"
}
function verdict(name, depth,  k) {
    k = rnd(10)
    if (k < 4)
        return "accept"
    if (k < 7)
        return "drop"
    if (k == 7)
        return "reject"
    if (k == 8)
        return depth ? "return" : "drop"
    return depth ? "accept" : (rnd(2) ? "jump " : "goto ") pick(name "a " name "b")
}
function filter(name, hook, priority, policy, where) {
    chain(name "a", "", where, 1)
    chain(name "b", "", where, 1)
    chain(name, "type filter hook " hook " priority " priority "; policy " policy ";", where, 0)
}
function table(name) {
    kind = pick("inet inet inet ip ip6")
    print "table " kind " " name " {"
}
function nat(  i, s, to) {
    kind = pick("ip ip ip6")
    family = kind
    print "table " kind " nat {\n    chain pre {\n        type nat hook prerouting priority -100;"
    for (i = 1 + rnd(4); i > 0; i--) {
        s = rnd(3) ? "" : iface("iifname")
        s = s (rnd(3) ? "" : saddr())
        s = s (rnd(2) ? "fib daddr type local " : "")
        s = s "tcp dport " pick("8081 8082 5433 5434 6381 22 25 443")
        to = "172.17.0.2:80 172.17.0.2:9100 172.17.0.3:5432 172.17.0.3:6379 172.17.0.9:8000 127.0.0.1:5432"
        if (kind == "ip6")
            to = "[fd00:17::2]:80 [fd00:17::3]:5432 [fd00:17::3]:6379 [2001:db8:17::3]:6380 [fd00:17::9]:8000"
        print "        " s (rnd(5) ? " dnat to " pick(to) : " redirect to :" pick("22 80 8080 5432 631"))
    }
    print "    }"
    if (kind == "ip" && rnd(2)) { # which of several IPv6 addresses the kernel takes is not in the rules
        print "    chain post {\n        type nat hook postrouting priority 100;"
        print "        oifname \"docker0\" masquerade\n    }"
    }
    print "}"
}
BEGIN {
    state = seed * 7919 + 1
    for (i = 0; i < 8; i++)
        rnd(2)
    if (box) {
        table("own")
        filter("in", "input", 0, pick("accept drop"), "forward")
        print "}"
        exit
    }
    table("f")
    filter("in", "input", 0, pick("accept drop drop"), "input")
    if (rnd(3))
        filter("through", "forward", 0, pick("accept drop drop"), "forward")
    print "}"
    if (rnd(2))
        nat()
    if (rnd(3) == 0) {
        table("g")
        filter("in", "input", pick("-5 5"), pick("accept accept drop"), "input")
        print "}"
    }
    if (rnd(4) == 0) {
        table("raw")
        print "    chain early {\n        type filter hook prerouting priority -300; policy accept;"
        for (i = 1 + rnd(3); i > 0; i--)
            print "        " matches("early") "drop"
        print "    }\n}"
    }
}
