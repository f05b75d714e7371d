#!/bin/sh
# A lookup says who listens on this machine now.
#     tests/live/lookup-here.sh BUILD
# shellcheck disable=SC2086,SC2015,SC2119,SC2046 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

ip netns add other || skip "network namespaces are not permitted"
ip -n other link set lo up
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start

# here PORT/PROTO: "address pid name" of each who listens, from JSON; "no list" without one
here() {
    ./portolan lookup -J "$1" >lookup.json || return
    ./ptnq lookup.json lookup proto="${1#*/}" port >/dev/null || echo "no list"
    # the lists of all ports of the answer, one below the other
    tr -d ' \n' <lookup.json | grep -o '"address":"[^"]*","owner":{"pid":[0-9a-z]*,"name":[^,]*' |
        sed 's/"address":"\([^"]*\)","owner":{"pid":\([0-9a-z]*\),"name":"*\([^"]*\)"*/\1 \2 \3/'
}

named mystery
is "nobody is here" "$(here 8123/tcp)" ""
case $(./portolan 8123/tcp) in *mystery*) not_ok "nobody is here: the card" ;; *) ok "nobody is here: the card" ;; esac

start bin/mystery tcp/127.0.0.1/8123 tcp/::1/8123 udp/0.0.0.0/8124
one=$pid
start in_net other bin/mystery tcp/0.0.0.0/8125
is "here, IPv4 and IPv6" "$(here 8123/tcp | sort)" "127.0.0.1 $one mystery
::1 $one mystery"
is "here, UDP" "$(here 8124/udp)" "0.0.0.0 $one mystery"
is "not by the other protocol" "$(here 8123/udp)" ""
is "not in another namespace" "$(here 8125/tcp)" ""
is "in that namespace" "$(in_net other ./portolan lookup -J 8125/tcp | grep -c '"mystery"')" 1
like "the card" "$(./portolan 8123/tcp)" "*127.0.0.1*mystery*"
like "the card says which process" "$(./portolan 8123/tcp)" "*mystery*$one*"
like "by a bare number" "$(./portolan 8124)" "*mystery*"
like "in a range" "$(./portolan 8120-8130/tcp)" "*8123*mystery*"
like "among several" "$(./portolan 22/tcp 8123/tcp)" "*mystery*"
is "exit status" "$(./portolan 8123/tcp >/dev/null; echo $?)" 0

# what this user may not know is not made up
like "an ordinary user sees that somebody is here" \
    "$(setpriv --reuid 65534 --regid 65534 --clear-groups ./portolan 8123/tcp)" "*127.0.0.1*"
case $(setpriv --reuid 65534 --regid 65534 --clear-groups ./portolan 8123/tcp) in
*mystery*) not_ok "an ordinary user does not see who" ;;
*) ok "an ordinary user does not see who" ;;
esac
is "an ordinary user: exit status" \
    "$(setpriv --reuid 65534 --regid 65534 --clear-groups ./portolan 8123/tcp >/dev/null 2>&1; echo $?)" 0

stop "$one"
is "gone" "$(here 8123/tcp)" ""
if sanitized; then
    echo "skipped: sanitizers cannot do without /proc"
else
    unshare -m sh -c 'mount -t tmpfs none /proc && exec ./portolan 113/tcp' >said 2>err
    is "an answer stands without /proc: exit status" $? 0
    like "an answer stands without /proc" "$(cat said)" "*113*ident*"
    is "no message" "$(cat err)" ""
fi

# the proposals of `free` know it, too
port=$(./portolan free --near 8500 --count 1 -J | tr -dc '0-9[],' | sed 's/.*\[\([0-9]*\)\].*/\1/')
start bin/mystery "tcp/127.0.0.1/$port"
now=$(./portolan free --near 8500 --count 1 -J | tr -dc '0-9[],' | sed 's/.*\[\([0-9]*\)\].*/\1/')
case $now in "$port" | '') not_ok "free: not what somebody uses" "$port, then $now" ;; *) ok "free: not what somebody uses" ;; esac
finish
