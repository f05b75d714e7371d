#!/bin/sh
# What could not be seen is said, and nothing that vanishes, hides or breaks makes the audit fall.
#     tests/live/audit-blind.sh BUILD
# shellcheck disable=SC2086,SC2015,SC2119,SC2046 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

ip link add lan0 type bridge || skip "no bridge"
ip link set lan0 up
ip addr add 10.9.9.1/24 dev lan0
ip netns add hidden || skip "network namespaces are not permitted"
ip -n hidden link set lo up
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
named one
start bin/one tcp/0.0.0.0/22 tcp/0.0.0.0/7001 udp/10.9.9.1/7001 tcp/127.0.0.1/7002 raw/0.0.0.0/1
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
start $nobody bin/one tcp/0.0.0.0/7003
mine=$pid
start in_net hidden bin/one tcp/0.0.0.0/7004

# as_nobody [OPTION...]: as audit, as an ordinary user
as_nobody() {
    $nobody ./portolan audit -J "$@" >audit.json 2>audit.err
    status=$?
}

# ---- an ordinary user -----------------------------------------------------------------------------------------

audit
is "root: exit status" "$status" 0
is "root: nothing is hidden" "$(./ptnq audit.json blind what)" ""
as_nobody
is "an ordinary user: exit status" "$status" 3
is "an ordinary user: no message" "$(grep -v '^profiling:' audit.err)" "" # gcov's, where that is built in
is "an ordinary user: all sockets of this namespace" "$(row netns=host latent=false proto port | sort | tr '\t\n' '/ ')" \
    "raw/. tcp/22 tcp/7001 tcp/7002 tcp/7003 udp/7001 "
for p in 22 7001; do
    is "an ordinary user: $p of others" "$(row proto=tcp port=$p verdict owner.pid owner.exe owner.user)" "BLIND	.	.	."
done
is "an ordinary user: others' UDP" "$(row proto=udp port=7001 verdict)" BLIND
is "an ordinary user: others' on loopback" "$(row port=7002 verdict)" OK
is "an ordinary user: its own" "$(row port=7003 verdict owner.pid owner.exe)" "ASK	$mine	/mnt/bin/one"
is "an ordinary user: a number is no owner" "$(row port=22 service evidence)" "ssh	number"
like "an ordinary user: blind to owners" "$(./ptnq audit.json blind matters=true what why)" "*owners of 5 sockets*needs root*"
like "an ordinary user: blind to namespaces" "$(./ptnq audit.json blind matters=true what why)" "*amespace*needs root*"
like "an ordinary user: the table says it" "$($nobody ./portolan audit 2>&1)" "*owners of 5 sockets*needs root*"
like "an ordinary user: an owner that isn't seen" "$($nobody ./portolan audit -nro SOCKET,OWNER,VERDICT)" \
    "*0.0.0.0:22/tcp ? BLIND*"
like "an ordinary user: --why" "$($nobody ./portolan audit --why 2>&1)" "*CAP_SYS_PTRACE*"
cat >allow.rec <<'END'
Allow: 22/tcp 7001
Because: It is meant to be there.
END
as_nobody --allow allow.rec
is "an ordinary user: expected, and seen by nobody" "$(row proto=tcp port=22 verdict)" "BLIND"

# ---- root that may not see everything ------------------------------------------------------------------------------

# without CAPABILITY...
without() {
    drop=
    for c; do drop="$drop,-$c"; done
    setpriv --bounding-set "${drop#,}" --inh-caps "${drop#,}" ./portolan audit -J >audit.json 2>audit.err
    status=$?
}
without sys_admin
is "root without CAP_SYS_ADMIN: exit status" "$status" 3
like "root without CAP_SYS_ADMIN: the namespace is named" "$(./ptnq audit.json blind matters=true what why)" \
    "*hidden*CAP_SYS_ADMIN*"
row port=7004 >/dev/null
is "root without CAP_SYS_ADMIN: no row of the hidden one" $? 1
without sys_ptrace dac_override dac_read_search
is "root without CAP_SYS_PTRACE: exit status" "$([ "$status" -eq 0 ] || [ "$status" -eq 3 ] && echo 0 or 3)" "0 or 3"
is "root without CAP_SYS_PTRACE: all sockets" "$(row netns=host port | wc -l)" 6
is "root without CAP_SYS_PTRACE: a row without an owner is BLIND, or near" \
    "$(row netns=host proto=tcp owner.pid=. verdict port | grep -v -e BLIND -e 7002)" ""

# A container of its own processes: the holders are outside.
start unshare -p -f --mount-proc ./listener tcp/0.0.0.0/7005 2>/dev/null
unshare -p -f --mount-proc ./portolan audit -J >audit.json 2>audit.err
is "holders outside of our PID namespace: exit status" $? 3
is "holders outside of our PID namespace: a row" "$(row port=7001 proto=tcp verdict owner.pid)" "BLIND	."
like "holders outside of our PID namespace: the word" "$(./ptnq audit.json blind matters=true what why)" \
    "*owners of * sockets*outside this container*"

# ---- a /proc that says nothing -----------------------------------------------------------------------------------------

# with_proc COMMAND: the audit, with /proc changed by COMMAND before, in a mount namespace of its own
with_proc() {
    unshare -m sh -c "$1"' && shift && exec "$@"' sh "$@" ./portolan audit -J >audit.json 2>audit.err
    status=$?
}
if sanitized; then
    echo "skipped: sanitizers cannot do without /proc"
else
    with_proc 'mount -t tmpfs none /proc'
    like "an empty /proc: exit status" "$status" "[23]"
    if [ "$status" = 3 ]; then
        like "an empty /proc: it is said" "$(./ptnq audit.json blind matters=true what why)" "*/proc*"
        is "an empty /proc: sockets through netlink" "$(row netns=host port=7001 proto=tcp verdict)" BLIND
    else
        like "an empty /proc: the message" "$(cat audit.err)" "portolan: audit: *"
    fi
    # as often as it was mounted
    with_proc 'while umount -l /proc 2>/dev/null; do :; done'
    like "no /proc: exit status" "$status" "[23]"
    with_proc 'mount -t tmpfs none /proc && touch /proc/self /proc/net'
    like "a /proc of files: exit status" "$status" "[23]"
fi
with_proc 'mount -o remount,hidepid=2 /proc'
is "hidepid=2 for root: exit status" "$status" 0
unshare -m sh -c "mount -o remount,hidepid=2 /proc && exec $nobody ./portolan audit -J" >audit.json 2>audit.err
is "hidepid=2 for an ordinary user: exit status" $? 3
is "hidepid=2 for an ordinary user: rows" "$(row netns=host latent=false port | wc -l)" 6
like "hidepid=2 for an ordinary user: the word" "$(./ptnq audit.json blind matters=true what why)" "*owners of 5 sockets*root*"
mount -o remount,hidepid=0 /proc

# ---- namespaces that come and go -------------------------------------------------------------------------------------

# Until the file `enough` is there.
churn() {
    i=0
    while [ ! -e enough ] && [ $i -lt 3000 ]; do
        i=$((i + 1))
        ip netns add "fleet$i" && ./listener -u 0 tcp/127.0.0.1/1 >fleet.pid 2>/dev/null
        nsenter --net="/run/netns/fleet$i" ./listener tcp/0.0.0.0/80 >fleet2.pid 2>/dev/null
        ip netns del "fleet$i"
        kill -9 "$(cat fleet.pid)" "$(cat fleet2.pid)" 2>/dev/null
    done
    echo $i >churned
}
churn &
churner=$!
odd='' broken=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    audit
    case $status in 0 | 1 | 3) ;; *) odd="$odd $status:$(head -1 audit.err)" ;; esac
    row netns=host proto=tcp port=7001 >/dev/null || broken=$((broken + 1))
done
: >enough
wait $churner
is "30 audits while namespaces come and go: exit status" "$odd" ""
is "30 audits while namespaces come and go: the documents" "$broken" 0
[ "$(cat churned)" -ge 10 ] && ok "$(cat churned) namespaces came and went" || not_ok "namespaces came and went" "$(cat churned)"
rm -f enough

# Processes that come and go with their sockets.
churn_processes() {
    while [ ! -e enough ]; do
        p=$(bin/one tcp/127.0.0.1/7100 udp/127.0.0.1/7100 2>/dev/null) && kill -9 "$p"
    done
}
churn_processes &
churner=$!
odd=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    audit
    case $status in 0 | 3) ;; *) odd="$odd $status:$(head -1 audit.err)" ;; esac
done
: >enough
wait $churner
is "15 audits while processes come and go: exit status" "$odd" ""

# ---- output that goes nowhere ---------------------------------------------------------------------------------------------

for how in "audit -J" "audit" "audit -nr" "audit --why"; do
    ./portolan $how >/dev/full 2>audit.err
    is "$how to a full disk: exit status" $? 2
    like "$how to a full disk: the message" "$(cat audit.err)" "portolan: *No space left*"
    # the reader is gone before the first octet
    { sleep 0.2; ./portolan $how 2>audit.err; echo $? >code; } | :
    is "$how to a closed pipe: exit status" "$(cat code)" 2
    like "$how to a closed pipe: the message" "$(cat audit.err)" "portolan: *roken pipe*"
done
./portolan audit -J >&- 2>audit.err
is "closed standard output: exit status" $? 2
finish
