#!/bin/sh
# Audits that are kept and compared, and what is expected: --save, --against, --allow.
#     tests/live/audit-baseline.sh BUILD
# shellcheck disable=SC2086,SC2015,SC2119,SC2046 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

ip link add lan0 type bridge || skip "no bridge"
ip link set lan0 up
ip addr add 10.9.9.1/24 dev lan0
ip netns add box || skip "network namespaces are not permitted"
ip -n box link set lo up
named one two in.telnetd redis-server mystery

# servers: the same each time, with new PIDs
servers() {
    start bin/one tcp/0.0.0.0/7001 udp/0.0.0.0/7001
    one=$pid
    start bin/two -u 1001 tcp/127.0.0.1/7002
    two=$pid
    start bin/redis-server tcp/0.0.0.0/6379
    redis=$pid
    start in_net box bin/one tcp/127.0.0.1/7001
    serve unshare -n bin/two tcp/127.0.0.1/7003 -x sleep 600
    wait_for nsenter --net=/proc/$pid/ns/net sh -c 'ss -Hntl | grep -q 7003'
    start bin/one raw/0.0.0.0/1
}

# against: lines into $said, status into $status
against() {
    said=$(./portolan audit --against "$@" 2>audit.err)
    status=$?
    ./portolan audit -J --against "$@" >audit.json 2>/dev/null
}

# differs NEW GONE CHANGED: how many, and what follows from it
differs() {
    is "$what: new, gone and changed" \
        "$(for l in new gone changed; do ./ptnq audit.json against.$l port | wc -l; done | tr '\n' ' ')" "$1 $2 $3 "
    is "$what: exit status" "$status" "$([ "$1$2$3" = 000 ] && echo 0 || echo 1)"
    is "$what: as many lines" "$(printf '%s\n' "$said" | grep -c -e '^new ' -e '^gone ' -e '^changed ')" $(($1 + $2 + $3))
}

# ---- kept and compared -----------------------------------------------------------------------------------------

servers
./portolan audit --save kept.json >saved.table 2>&1
is "--save: the verdicts' exit status" $? 0
./portolan audit >plain.table 2>&1
cmp -s saved.table plain.table && ok "--save prints the table, too" || not_ok "--save prints the table, too"
is "what is kept is an audit" "$(./ptnq kept.json audit port=7002 owner.user owner.pid)" "1001	$two"
what="nothing happened"
against kept.json
differs 0 0 0

before=$pids
stop $pids
pids=
servers
what="all restarted"
against kept.json
differs 0 0 0
case " $before " in *" $one "*) not_ok "all restarted: there are new PIDs" ;; *) ok "all restarted: there are new PIDs" ;; esac

what="clients and portless sockets"
start bin/mystery udp/127.0.0.1/40123 raw/127.0.0.1/2
client=$pid
against kept.json
differs 0 0 0
stop $client

what="a new listener"
start bin/mystery tcp/127.0.0.1/7009
new=$pid
against kept.json
differs 1 0 0
is "$what: which" "$(./ptnq audit.json against.new netns proto address port verdict owner)" \
    "host	tcp	127.0.0.1	7009	OK	/mnt/bin/mystery"
like "$what: the line" "$said" "new *127.0.0.1:7009/tcp *mystery*"
stop $new

what="a stopped listener"
stop $redis
against kept.json
differs 0 1 0
is "$what: which" "$(./ptnq audit.json against.gone port service verdict owner)" \
    "6379	redis	LIMIT	/mnt/bin/redis-server"
like "$what: the line" "$said" "gone *0.0.0.0:6379/tcp *redis*"

what="another binary on the same port"
start bin/mystery tcp/0.0.0.0/6379
against kept.json
differs 0 0 1
is "$what: which" "$(./ptnq audit.json against.changed port owner)" "6379	/mnt/bin/mystery"
like "$what: what it says" "$(./ptnq audit.json against.changed what)" \
    "*owner was /mnt/bin/redis-server, is /mnt/bin/mystery*"
like "$what: the line" "$said" "changed *0.0.0.0:6379/tcp *redis-server*mystery*"
stop $pid
start bin/redis-server tcp/0.0.0.0/6379
redis=$pid

what="another user on the same port"
stop $two
start bin/two -u 1002 tcp/127.0.0.1/7002
against kept.json
differs 0 0 1
is "$what: what it says" "$(./ptnq audit.json against.changed port what)" "7002	user was 1001, is 1002"
stop $pid
start bin/two -u 1001 tcp/127.0.0.1/7002

what="another address on the same port"
stop $redis
start bin/redis-server tcp/10.9.9.1/6379
redis=$pid
against kept.json
differs 1 1 0
stop $redis
start bin/redis-server tcp/0.0.0.0/6379

what="a network that now leads everywhere"
ip addr add 203.0.113.10/24 dev lan0
ip route add default dev lan0
against kept.json
like "$what: a rung changed" "$(./ptnq audit.json against.changed port=6379 what)" \
    "*verdict was LIMIT, is WORRY*ipv4 rung was lan, is internet*"
is "$what: exit status" "$status" 1
ip addr del 203.0.113.10/24 dev lan0
what="all as it was"
against kept.json
differs 0 0 0

what="compared, then kept"
start in_net box bin/mystery tcp/127.0.0.1/7010
in_box=$pid
cp kept.json both.json
./portolan audit --against both.json --save both.json >said 2>&1
is "$what: the first time" "$? $(grep -c '^new .*7010.* in box' said)" "1 1"
./portolan audit --against both.json --save both.json >said 2>&1
is "$what: the second time" "$? $(grep -c '^new ' said)" "0 0"
stop $in_box

what="verdicts do not count"
start bin/in.telnetd tcp/0.0.0.0/23

./portolan audit --save worry.json >/dev/null 2>&1
is "$what: --save" $? 1
./portolan audit --against worry.json >/dev/null 2>&1
is "$what: --against" $? 0

# ---- baselines that are refused ------------------------------------------------------------------------------------

# refused WHAT PATTERN OPTION...: trouble, with a message of that pattern, and nothing on standard output
refused() {
    what=$1 pattern=$2
    shift 2
    ./portolan audit "$@" >said 2>audit.err
    is "refused: $what: exit status" $? 2
    like "refused: $what: the message" "$(cat audit.err)" "portolan: audit: $pattern"
    is "refused: $what: nothing else" "$(wc -c <said)" 0
}

echo '{"portolan": "0", "schema": 1, "lookup": []}' >lookup.json
echo '{"portolan": "0", "schema": 2, "audit": []}' >later.json
head -c 500 kept.json >half.json
: >empty.json
mkdir folder
refused "no such file" "none.json: No such file*" --against none.json
refused "a folder" "folder: *" --against folder
refused "an empty file" "empty.json:*" --against empty.json
refused "half a file" "half.json:[0-9]*" --against half.json
refused "not JSON at all" "/etc/passwd:1: *" --against /etc/passwd
refused "another document" "lookup.json: not an audit*" --against lookup.json
refused "another schema" "later.json: *schema*" --against later.json
setpriv --reuid 65534 --regid 65534 --clear-groups ./portolan audit -J >blind.json 2>/dev/null
refused "one that saw less" "blind.json: *did not see every owner*" --against blind.json
chmod 644 kept.json
setpriv --reuid 65534 --regid 65534 --clear-groups ./portolan audit --against kept.json >said 2>audit.err
is "refused: one that saw more: exit status" $? 2
like "refused: one that saw more: the message" "$(cat audit.err)" "portolan: audit: kept.json: *root*"
cd /mnt/home && chmod 777 . || exit 2
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups /mnt/portolan audit"
$nobody --save seen.json >/dev/null 2>&1
is "an ordinary user: --save" $? 3
$nobody --against seen.json >/dev/null 2>&1
is "an ordinary user: --against, nothing differs" $? 3
start /mnt/bin/mystery tcp/0.0.0.0/7011
$nobody --against seen.json >/mnt/said 2>&1
is "an ordinary user: --against, something is new" "$? $(grep -c "^new .*7011" /mnt/said)" "1 1"
stop $pid
cd /mnt || exit 2
./portolan audit --save /proc/nowhere.json >said 2>audit.err
is "--save where nothing can be written: exit status" $? 2
like "--save where nothing can be written: the message" "$(cat audit.err)" "portolan: audit: /proc/nowhere.json: *"
./portolan audit --save kept.json >/dev/null 2>&1
is "a kept audit is replaced in one step: no leftovers" "$(echo kept.json*) $(find . -name '*.tmp*' -o -name '.*kept*')" \
    "kept.json "

# ---- what is expected ------------------------------------------------------------------------------------------------

# allow: the lines of standard input as allow file, and the audit with it
allow() {
    cat >allow.rec
    audit --allow allow.rec
}

audit
is "telnet without --allow" "$status $(row port=23 verdict lints)" "1 WORRY	root"
allow <<'END'
# the old machine in the cellar
Allow: 23/tcp
Because: The lathe speaks nothing else.
Process: in.telnetd
END
is "expected: exit status" "$status" 0
is "expected: verdict and remark" "$(row port=23 verdict lints)" "OK	root,expected"
is "expected: the reason" "$(row port=23 why)" "Expected: The lathe speaks nothing else."
is "expected: others stay" "$(row port=6379 verdict)" LIMIT
like "expected: the table tells it" "$(./portolan audit --allow allow.rec)" "*The lathe speaks nothing else.*"

allow <<'END'
Allow: 23/tcp
Because: Until the new lathe.
Until: 2020-12-31
END
is "expired: exit status" "$status" 1
is "expired: verdict and remark" "$(row port=23 verdict lints)" "WORRY	root,expired"
allow <<END
Allow: 23/tcp
Because: Until tonight.
Until: $(date +%Y-%m-%d)
END
is "the last day: verdict and remark" "$status $(row port=23 verdict lints)" "0 OK	root,expected"

allow <<'END'
Allow: 23/tcp
Because: Another process.
Process: telnetd mystery

Allow: 23/udp
Because: Another protocol.

Allow: 24/tcp 25+/tcp
Because: Other ports.

Allow: 23
Because: Another address.
Address: 127.0.0.1 10.9.9.1 ::

Allow: 23
Because: Another namespace.
Netns: box
END
is "what does not fit does not count" "$status $(row port=23 verdict lints)" "1 WORRY	root"
allow <<'END'
Allow: 20-30/tcp 6379
Because: All of it.
Address: 0.0.0.0
Netns: host
Process: in.telnetd redis-server
END
is "ranges, addresses, namespaces, processes" "$status $(row port=23 verdict) $(row port=6379 verdict)" "0 OK OK"

# bad WHAT PATTERN: the allow file on standard input is refused
bad() {
    cat >allow.rec
    refused "$1" "allow.rec:$2" --allow allow.rec
}
bad "an unknown field" "3: *Untill*" <<'END'
Allow: 23/tcp
Because: x
Untill: 2099-01-01
END
bad "no reason" "1: *Because*" <<'END'
Allow: 23/tcp
END
bad "no ports" "1: *Allow*" <<'END'
Because: x
END
bad "a day that is none" "3: *Until*" <<'END'
Allow: 23/tcp
Because: x
Until: 2099-02-30
END
bad "a day in words" "3: *Until*" <<'END'
Allow: 23/tcp
Because: x
Until: tomorrow
END
bad "a port that is none" "1: *70000*" <<'END'
Allow: 70000/tcp
Because: x
END
bad "an address that is none" "3: *Address*" <<'END'
Allow: 23/tcp
Because: x
Address: 10.9.9
END
bad "the same twice" "2: *twice*" <<'END'
Allow: 23/tcp
Allow: 24/tcp
Because: x
END
refused "no such allow file" "none.rec: No such file*" --allow none.rec
refused "a binary allow file" "portolan:*" --allow portolan
finish
