#!/bin/sh
# portolan policy in a machine of its own: what it writes is taken by nft; what it applies comes and goes with its
# confirmation, and ends no session; what is wrong with a ruleset is found; what differs between two; a proposal.
. "$(dirname "$0")/lib.sh"
command -v nft >/dev/null || [ -x /usr/sbin/nft ] || skip "needs nft"
own_machine "$@"
PATH=/mnt:/usr/sbin:/sbin:$PATH
nft list tables >/dev/null 2>&1 || skip "no nftables in this kernel"
unshare -n true 2>/dev/null || skip "no namespaces in namespaces"
unset SSH_CONNECTION

ip link add eth0 type veth peer name far
ip netns add far || skip "no named namespaces here"
ip link set far netns far
ip addr add 198.51.100.2/24 dev eth0
ip -6 addr add 2001:db8::2/64 dev eth0 nodad
ip link set eth0 up
in_net far ip link set far up
ip route add default via 198.51.100.1
ip -6 route add default via 2001:db8::1

# ---- write --------------------------------------------------------------------------------------------------------

cat >intent.rec <<'END'
Group: office
Addresses: 192.0.2.0/24 2001:db8:1::/48

Permit: ssh
From: office
Because: We log in here.

Permit: http https
From: anyone

Permit: 8080/tcp
From: 192.0.2.1
Until: 2020-01-01
END
portolan policy write intent.rec >new.nft 2>err
is "an intent is written" "$?" 0
is "and taken by nft" "$(nft -c -f new.nft 2>&1)" ""
like "an expired permission is named" "$(cat err)" "*intent.rec:11: 8080/tcp: *2020-01-01*"
like "and left out" "$(grep -c 8080 new.nft)" "[01]"
is "writing changes nothing" "$(nft list ruleset)" ""
got=$(printf 'Permit: telnet\n\nPermit: nonesuch-service\n' | portolan policy write - 2>&1)
is "a refusal is trouble" "$(echo 'Permit: telnet' | portolan policy write - >/dev/null 2>&1; echo $?)" 2
like "the refusal has its place" "$got" "*standard input:1: *telnet*"
like "all of it at once" "$got" "*standard input:3: *"

# ---- apply, confirm, rollback -----------------------------------------------------------------------------------------

echo 'table inet site { chain input { type filter hook input priority 0; policy accept; tcp dport 9 drop; }; }' >site.nft
is "nothing was applied yet" "$(portolan policy status)" "state      none"
portolan policy apply site.nft --confirm 600 >out 2>&1
is "a script is applied" "$?" 0
like "it says what to do" "$(cat out)" "*600 seconds*portolan policy confirm*"
like "and is in force" "$(nft list ruleset)" "*dport 9 drop*"
like "its state is told" "$(portolan policy status)" "state      pending*table      inet site*time left *as it was loaded*"
is "a second one has to wait" "$(portolan policy apply site.nft >/dev/null 2>&1; echo $?)" 2
portolan policy confirm >/dev/null
is "it is confirmed" "$?" 0
like "and says so" "$(portolan policy status)" "state      confirmed*"
nft flush chain inet site input
is "what was changed by hand is seen" "$(portolan policy status | grep -c 'changed since'; portolan policy status >/dev/null; echo $?)" "1
1"
portolan policy rollback >/dev/null
is "it is taken back" "$? $(nft list ruleset)" "0 "
mkdir -p /etc/portolan /etc/systemd/system
portolan policy apply site.nft --confirm 600 >/dev/null
portolan policy confirm --persist >/dev/null
is "confirmed, to be loaded at boot" "$? $(portolan policy status | tail -n 1)" "0 at boot    loaded"
like "there is what is loaded" "$(cat /etc/portolan/policy.nft)" "*tcp dport 9 drop*"
portolan policy rollback >/dev/null
is "taken back for the boot, too" "$? $(portolan policy status | tail -n 1)$(cat /etc/portolan/policy.nft 2>/dev/null)" \
    "0 at boot    not loaded"
is "once" "$(portolan policy rollback >/dev/null 2>&1; echo $?)" 2
portolan policy apply site.nft --confirm 1 >/dev/null
gone() { [ -z "$(nft list ruleset)" ]; }
wait_for gone
is "without a confirmation it goes" "$(nft list ruleset)$(portolan policy status | head -n 1)" "state      expired"
is "a bad number of seconds" "$(portolan policy apply site.nft --confirm 0 >/dev/null 2>&1; echo $?)" 2
like "a script that nft does not take" "$(echo 'nonsense here' | portolan policy apply - 2>&1)" "*standard input:1*"
is "and leaves nothing" "$(nft list ruleset)" ""
portolan policy apply intent.rec --confirm 600 >/dev/null 2>&1
is "an intent is applied" "$?" 0
like "as its ruleset" "$(nft list tables)" "*table inet portolan*"
portolan policy rollback >/dev/null

# ---- the session ---------------------------------------------------------------------------------------------------

session() { SSH_CONNECTION="$1 40000 198.51.100.2 22" portolan policy apply "$2" --confirm 600 2>&1; }
got=$(session 203.0.113.9 new.nft)
is "an intent that locks one out is refused" "$(nft list tables)" ""
like "with the way in that is closed" "$got" "*a new session from 203.0.113.9 to port 22 would not be let in: inet portolan input *drop*"
like "and a word of how to do it all the same" "$got" "*--even-if-cut-off*"
like "it is found behind sudo" "$(SSH_CONNECTION='203.0.113.9 40000 198.51.100.2 22' sh -c \
    'env -u SSH_CONNECTION portolan policy apply new.nft; true' 2>&1)" "*a new session*"
like "who may come in may apply" "$(session 192.0.2.7 new.nft)" "new.nft is in force*second connection*"
portolan policy rollback >/dev/null
echo 'table inet shut { chain input { type filter hook input priority 0; tcp dport 22 drop; }; }' >shut.nft
like "this very session is asked for first" "$(session 192.0.2.7 shut.nft)" "*this session*tcp dport 22 drop*"
like "told to, it is applied" "$(session 192.0.2.7 shut.nft --even-if-cut-off >/dev/null
SSH_CONNECTION='192.0.2.7 40000 198.51.100.2 22' portolan policy apply shut.nft --even-if-cut-off --confirm 600)" "*in force*"
portolan policy rollback >/dev/null
nft -f - <<'END'
table inet filter { chain input { type filter hook input priority 0; policy accept; tcp dport 22 accept; }; }
END
echo 'insert rule inet filter input tcp dport 22 drop' >insert.nft
like "a script is seen together with what stands" "$(session 192.0.2.7 insert.nft)" "*this session*"
nft flush ruleset

# ---- check ---------------------------------------------------------------------------------------------------------

cat >bad.nft <<'END'
table bridge other { chain c { type filter hook forward priority 0; }; }
table inet filter {
    chain lonely { tcp dport 1 accept; }
    chain noise { log prefix "limited by who sends here "; }
    chain input {
        type filter hook input priority 0; policy drop;
        ip protocol tcp tcp dport 23 accept comment "old"
        tcp dport 5432 accept
        ip saddr 10.0.0.0/8 tcp dport 3306 accept
        meta nfproto ipv6 tcp dport 8000-8010 accept
        udp dport 40000-50000 accept
        ip saddr 10.0.0.0/8 tcp dport { 23, 5432 } drop
        tcp dport 512 limit rate 3/minute accept
        limit rate 3/minute jump noise
        log prefix "x"
    }
}
END
nft -f bad.nft
portolan policy check >check.txt
is "a bad ruleset is something to worry about" "$?" 1
found() { # found WHAT PATTERN
    if grep -Eq "$2" check.txt; then ok "$1"; else not_ok "$1" "$(cat check.txt)"; fi
}
portolan policy check -r -n -o VERDICT,REMARK,WHAT,FROM,WHO,IP,RULE >check.txt
found "a service rated N" '^WORRY unsafe telnet internet\\x20by\\x20eth0 anyone 4 .*tcp\\x20dport\\x2023'
found "one rated - that is open to anyone" '^WORRY open postgresql internet.* anyone 4\\x206 '
is "one that is limited is not named" "$(grep -c '^[A-Z]* [a-z]* mysql' check.txt)" 0
found "many ports are one remark" '^[A-Z]* wide 40000-50000/udp '
found "IPv6 without its twin" '^WORRY twin 8000-8010/tcp '
found "neighbour discovery" '^ASK discovery icmpv6\\x20type\\x20135 lan'
found "no loopback" '^ASK loopback lo '
found "nothing established" '^ASK established '
found "a log without a limit" '^LIMIT log .*log\\x20prefix\\x20\\?"?x'
is "one with a limit before it is fine" "$(grep -c '^LIMIT log' check.txt)" 1
found "a rule that can match nothing" '^ASK shadowed rule\\x206\\x20of\\x20chain\\x20input .*23,\\x205432'
is "and no other" "$(grep -c ' shadowed ' check.txt)" 1
found "a chain nobody asks" '^OK unreached lonely '
found "what is not judged" '^OK unjudged .*bridge'
found "what cannot be told" '^BLIND unsafe rexec '
nft -j list ruleset >bad.json
portolan policy check >live.txt
portolan policy check --ruleset bad.json >saved.txt
is "a saved ruleset says the same" "$(cat saved.txt)" "$(cat live.txt)"
portolan policy check -J >check.json
is "JSON" "$(/mnt/ptnq check.json remarks remark=unsafe service=telnet rung=internet verdict peers by.chain)" \
    "WORRY	anyone	input"
portolan policy check --sarif >check.sarif
like "SARIF" "$(tr -d ' \n' <check.sarif)" '*"version":"2.1.0"*"ruleId":"unsafe"*"level":"error"*"fullyQualifiedName":"inet/filter/input/*'
nft flush ruleset
nft -f new.nft
portolan policy check >good.txt
is "what policy write wrote has nothing to worry about" "$? $(grep -Ec '^(WORRY|ASK|BLIND)' good.txt)" "0 0"
is "a file that is none" "$(echo x >x.json; portolan policy check --ruleset x.json >/dev/null 2>&1; echo $?)" 2
mount --bind /dev/null "$(readlink -f "$(command -v nft)")"
is "without nft there is no telling" "$(portolan policy check >/dev/null 2>&1; echo $?)" 3
is "and no proof" "$(portolan policy write intent.rec 2>/dev/null; echo $?)" 3
umount "$(readlink -f "$(command -v nft)")"

# ---- diff ------------------------------------------------------------------------------------------------------------

is "a ruleset is like itself" "$(portolan policy diff live live; echo $?)" "every packet has the same fate in both
0"
nft flush ruleset
nft -f bad.nft
nft add rule inet filter input tcp dport 99 accept
portolan policy diff -r -n -o BEFORE,AFTER,PORTS,EXAMPLE bad.json live >diff.txt
is "one that differs" "$?" 1
like "the packets that change, with an example" "$(cat diff.txt)" "drop accept 99/tcp *99/tcp*"
is "and no others" "$(grep -c . diff.txt)" 1
nft flush ruleset

# ---- suggest -----------------------------------------------------------------------------------------------------------

named postgres nginx
start /mnt/bin/nginx tcp/0.0.0.0/80
start /mnt/bin/postgres tcp/0.0.0.0/5432
portolan policy suggest >suggest.rec
like "each listener has a permission" "$(cat suggest.rec)" "*Permit: 80/tcp*Permit: 5432/tcp*From: FILL-IN*"
is "that is refused before it was decided on" "$(portolan policy write suggest.rec >/dev/null 2>&1; echo $?)" 2
sed 's/FILL-IN/192.0.2.0\/24/' suggest.rec >decided.rec
is "and written after" "$(portolan policy write decided.rec >/dev/null 2>err; echo $?)$(cat err)" 0

finish
