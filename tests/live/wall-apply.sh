#!/bin/sh
# The guard of src/wall/guard.h against the kernel's real filter: a ruleset that is not confirmed goes, with everything
# that stood before it coming back; and whichever process is killed at whichever step, there is the old ruleset or the
# new one, whole, and in the end the old one.
. "$(dirname "$0")/lib.sh"
command -v nft >/dev/null || [ -x /usr/sbin/nft ] || skip "needs nft"
command -v strace >/dev/null || skip "needs strace"
own_machine "$@"
PATH=/usr/sbin:/sbin:$PATH
nft list tables >/dev/null 2>&1 || skip "no nftables in this kernel"
cp "$build/tests/live/live-guardq" /mnt/guardq || exit 2
unshare -nmp --fork --mount-proc true 2>/dev/null || skip "no namespaces in namespaces"

cat >/mnt/old.nft <<'END'
table inet portolan {
	comment "old"
	set peers {
		type ipv4_addr
		flags timeout
		timeout 1h
		elements = { 192.0.2.1, 192.0.2.2 timeout 10m expires 5m comment "a guest" }
	}
	set nets {
		type ipv6_addr . inet_service
		flags interval
		counter
		elements = { 2001:db8::/32 . 1-100 counter packets 3 bytes 40 }
	}
	map fates {
		type inet_service : verdict
		elements = { 80 : accept, 81 : jump own }
	}
	quota q { over 10 mbytes used 5000 bytes
	}
	chain own { comment "ours"
	}
	chain input {
		type filter hook input priority filter + 1; policy accept;
		ip saddr @peers counter packets 7 bytes 800 drop comment "it's {so}"
		tcp dport vmap @fates
		quota name "q" drop
		quota over 500 bytes used 300 bytes drop
	}
}
table ip bans {
	set banned {
		type ipv4_addr
		flags timeout
		elements = { 198.51.100.1 timeout 1h }
	}
	chain input {
		type filter hook input priority filter + 2; policy accept;
		ip saddr @banned drop
	}
}
END
cat >/mnt/new.nft <<'END'
table inet portolan
delete table inet portolan
table inet portolan {
	comment "new"
	chain input {
		type filter hook input priority filter; policy accept;
		tcp dport 22 accept
	}
}
END

# What tests and cases share. Here, one namespace has one folder: $at.
cat >/mnt/case.lib <<'END'
PATH=/usr/sbin:/sbin:$PATH
LC_ALL=C
export PATH LC_ALL
table() { nft list table "$@" 2>/dev/null | sed 's/ expires [0-9a-z]*//g'; }
ours() { table inet portolan; }
furnished() {
    rm -rf "$at" && mkdir -p "$at" && nft flush ruleset && nft -f /mnt/new.nft && ours >"$at/new" &&
        nft flush ruleset && nft -f /mnt/old.nft && ours >"$at/old" && table ip bans >"$at/bans" && ip link set lo up
}
q() { /mnt/guardq "$at/state" "$@"; }
stands() {
    ours >"$at/now"
    if cmp -s "$at/now" "$at/old"; then echo old
    elif cmp -s "$at/now" "$at/new"; then echo new
    else echo neither; fi
}
# until FOR COMMAND...: tried every 50 ms, FOR times
until_so() {
    n=$1
    shift
    while ! "$@"; do
        n=$((n - 1))
        [ $n -gt 0 ] || return 1
        sleep 0.05
    done
}
guards() { pgrep -x guardq; } # first the one that keeps the other
guard_gone() { ! guards >/dev/null; }
over() { [ "$(stands)" = old ] && ! q status | grep -q pending; }
END
. /mnt/case.lib

# One case, in a machine of its own: case.sh NAME KIND ARG...
#     strace SYSCALL N        the process that applies is killed before its Nth SYSCALL
#     nft N WHEN VICTIM       at the Nth run of nft, before or after it, or while it goes on without its parent, is
#                             killed whoever runs it (runner), or that one's parent (keeper), which watches it
cat >/mnt/case.sh <<'END'
at=/mnt/cases/$1
. /mnt/case.lib
bad() { echo "bad $name: $*"; exit; }
name=$*
furnished || bad "cannot be set up"
case $2 in
strace) strace -qq -o /dev/null -e trace="$3" -e inject="$3:signal=SIGKILL:when=$4" \
        /mnt/guardq "$at/state" apply /mnt/new.nft 1 >"$at/said" 2>&1 ;;
nft)
    cp /mnt/wrapper "$at/nft"
    echo 0 >"$at/count"
    echo "$3 $4 $5" >"$at/plan"
    PATH=$at:$PATH q apply /mnt/new.nft 1 >"$at/said" 2>&1 ;;
esac
nft add element ip bans banned '{ 198.51.100.77 }'
while s=$(stands) && [ "$s" = new ]; do
    i=$((${i-0} + 1))
    [ $i -lt 100 ] || bad "the new ruleset stays"
    sleep 0.1
done
[ "$s" = old ] || bad "stands: $(cat "$at/now")"
until_so 200 guard_gone || bad "a guard stays: $(q status)" # one that was just started may load yet
until_so 100 over || bad "in the end: $(q status)"
sleep 0.3
[ "$(stands)" = old ] || bad "not for good: $(cat "$at/now")"
grep -q . "$at/hit" 2>/dev/null || [ "$2" = strace ] || { echo "none $name"; exit; }
[ "$(table ip bans | grep -c 198.51.100.77)" = 1 ] || bad "the other table was touched"
until_so 40 q apply /mnt/new.nft 5 >/dev/null && q confirm && [ "$(stands)" = new ] || bad "cannot be applied again"
echo "good $name"
END

cat >/mnt/wrapper <<'END'
#!/bin/sh
# nft as the guard runs it.
at=${0%/*}
read -r which when victim <"$at/plan"
n=$(($(cat "$at/count") + 1))
echo $n >"$at/count"
[ $n = "$which" ] || exec /usr/sbin/nft "$@"
whom=$PPID
if [ "$victim" = keeper ]; then
    whom=$(cut -d' ' -f4 "/proc/$PPID/stat")
    [ "$(cat "/proc/$whom/comm")" = guardq ] || exec /usr/sbin/nft "$@"
fi
case $when in
before) echo 1 >"$at/hit"; kill -9 "$whom"; sleep 0.1; exec /usr/sbin/nft "$@" ;;
after) /usr/sbin/nft "$@"; r=$?; echo 1 >"$at/hit"; kill -9 "$whom"; exit $r ;;
astray)
    cat >"$at/input.$n"
    (sleep 0.3; exec /usr/sbin/nft "$@" <"$at/input.$n") &
    echo 1 >"$at/hit"
    kill -9 "$whom"
    wait $! ;;
esac
END
chmod 755 /mnt/wrapper

# ---- as it should go ---------------------------------------------------------------------------------------------
at=/mnt/own
furnished || exit 2
is "nothing was applied" "$(q status)" "none unknown"
like "nothing to confirm" "$(q confirm)" "ENOENT: nothing was applied"
is "applied" "$(q apply /mnt/new.nft 2)" ""
is "the new ruleset stands" "$(stands)" new
is "pending" "$(q status)" "pending same guarded inet/portolan"
like "a second one has to wait" "$(q apply /mnt/new.nft 2)" "EBUSY: /mnt/new.nft, applied by *, waits 1 s more to be confirmed"
nft add element ip bans banned '{ 198.51.100.2 }' && table ip bans >"$at/bans"
nft add rule inet portolan input tcp dport 23 accept
is "a change is seen" "$(q status)" "pending changed guarded inet/portolan"
until_so 100 over
is "not confirmed: the old one is back, with its sets, times and counts" "$(stands)" old
like "times go on from where they stood" "$(nft list table inet portolan | grep expires)" "*timeout 10m expires 4m59s*"
is "the other table is untouched" "$(table ip bans)" "$(cat "$at/bans")"
is "expired" "$(q status)" "expired unknown inet/portolan"
like "too late" "$(q confirm)" "ENOENT: /mnt/new.nft: was not confirmed in time: what stood before it is back"
until_so 40 guard_gone
is "the guard is gone" "$(guards)" ""

q apply /mnt/new.nft 1 && q confirm
until_so 40 guard_gone
is "confirmed: the guard goes" "$(guards)" ""
sleep 1
is "and the new one stays" "$(stands)" new
is "confirmed" "$(q status)" "confirmed same inet/portolan"
is "persisted" "$(q confirm persist)" ""
is "what is loaded at boot" "$(cat "$at/state.boot/policy.nft")" "$(cat /mnt/new.nft)"
is "by a unit" "$(cd "$at/state.boot/sysinit.target.wants" && grep ExecStart= portolan-policy.service)" \
    "ExecStart=/usr/sbin/nft -f $at/state.boot/policy.nft"
is "rolled back" "$(q rollback)" ""
is "the old one is back" "$(stands)" old
is "and at boot" "$(ls "$at/state.boot/policy.nft" 2>&1)" \
    "ls: cannot access '$at/state.boot/policy.nft': No such file or directory"
like "once" "$(q rollback)" "ENOENT: /mnt/new.nft: was rolled back"
if command -v systemd-analyze >/dev/null; then
    mkdir -p "$at/unit" && sed "s|$at/state.boot|/etc/portolan|" "$at/state.boot/portolan-policy.service" \
        >"$at/unit/portolan-policy.service"
    is "systemd understands the unit" "$(systemd-analyze verify "$at/unit/portolan-policy.service" 2>&1 |
        grep portolan-policy | grep -v "'man ")" ""
fi

printf 'flush ruleset\n' >/mnt/flush.nft
q apply /mnt/flush.nft 1
is "a script that flushes everything" "$(nft list tables)" ""
is "changes every table" "$(q status)" "pending same guarded ip/bans inet/portolan"
until_so 100 over
is "and all comes back" "$(stands) $(table ip bans)" "old $(cat "$at/bans")"
printf 'table ip6 fresh {\n}\nadd element ip bans banned { 198.51.100.9 }\n' >/mnt/more.nft
q apply /mnt/more.nft 1
is "tables are found that it adds, or adds to" "$(q status)" "pending same guarded ip6/fresh ip/bans"
until_so 100 over
is "what was added goes" "$(nft list tables) $(table ip bans)" "table inet portolan
table ip bans $(cat "$at/bans")"

# ---- a lost shell ------------------------------------------------------------------------------------------------
setsid sh -c '. /mnt/case.lib; at=/mnt/own; q apply /mnt/new.nft 2; echo $$ >/mnt/shell; exec sleep 60' &
wait_for test -s /mnt/shell
kill -HUP "-$(cat /mnt/shell)"
is "the shell is lost: the guard is not" "$(sleep 0.1; q status)" "pending same guarded inet/portolan"
for g in $(guards); do kill -HUP "$g"; done
kill -TERM "$(guards | head -1)"
is "nor when somebody signals the one that keeps it" "$(sleep 0.1; q status)" "pending same guarded inet/portolan"
until_so 100 over
is "the old one is back" "$(stands)" old
q apply /mnt/new.nft 30
kill -TERM "$(guards | tail -1)"
until_so 40 over
is "asked to end, the guard puts the old one back at once" "$(stands)" old
q apply /mnt/new.nft 1
for g in $(guards); do kill -KILL "$g"; done
is "both of it killed: pending for ever" "$(sleep 1.5; q status)" "pending same inet/portolan"
like "and it is said" "$(q apply /mnt/new.nft 1)" "EBUSY: *its guard is dead: confirm it or roll back"
is "rolled back by hand" "$(q rollback)$(stands)" old

# ---- other places and times ----------------------------------------------------------------------------------------
q apply /mnt/new.nft 30
refusal="EXDEV: /mnt/new.nft: *in another network namespace"
like "not confirmed from another namespace" "$(unshare -n /mnt/guardq "$at/state" confirm)" "$refusal"
like "nor rolled back" "$(unshare -n /mnt/guardq "$at/state" rollback)" "$refusal"
for g in $(guards); do kill -KILL "$g"; done
sed -i 's/^boot .*/boot 00000000-0000-0000-0000-000000000000/' "$at/state/note"
like "the machine was started anew: nothing to confirm" "$(q confirm)" "ENOENT: *before the machine started anew: apply it again"
like "nor to roll back" "$(q rollback)" "ENOENT: *is not loaded since the machine started anew"
is "and the next one may come" "$(q apply /mnt/new.nft 30)" ""
is "it may be rolled back" "$(q rollback)" ""
is "without standard streams" "$(furnished; /mnt/guardq "$at/state" apply /mnt/new.nft 1 <&- >&- 2>&-; stands)" new
until_so 100 over
is "the old one is back" "$(stands)" old

# ---- refused -------------------------------------------------------------------------------------------------------
before=$(nft list ruleset | sed 's/ expires [0-9a-z]*//g')
refused() {
    what=$1 wanted=$2
    shift 2
    like "refused: $what" "$("$@" 2>&1)" "$wanted"
}
refused "a session that would be cut off" "EACCES: this would cut off port 2222" \
    q apply /mnt/new.nft 5 "203.0.113.9 50000 192.0.2.1 2222"
refused "no session" "EINVAL: 203.0.113.9: no session" q apply /mnt/new.nft 5 203.0.113.9
refused "no time" "EINVAL: the time to confirm in is 1 to 86400 seconds" q apply /mnt/new.nft 0
printf 'table inet portolan {\n\tchain x { bogus\n\t}\n}\n' >/mnt/bad.nft
refused "what nft refuses" "EINVAL: /mnt/bad.nft:2:*rror: *" q apply /mnt/bad.nft 5
printf 'delete table inet handle %s\n' "$(nft -a list table inet portolan | sed -n '1s/.*# handle //p')" >/mnt/bad.nft
refused "a table by its handle" "EOPNOTSUPP: /mnt/bad.nft: a table is told by its handle: name it" q apply /mnt/bad.nft 5
echo 'list ruleset' >/mnt/bad.nft
refused "what changes nothing" "EINVAL: /mnt/bad.nft: changes nothing" q apply /mnt/bad.nft 5
if command -v iptables-nft >/dev/null && iptables-nft -A INPUT -m recent --name x --set -j DROP 2>/dev/null; then
    refused "a table of iptables'" "EOPNOTSUPP: this changes table ip filter, which is iptables' and could not be put back" \
        q apply /mnt/flush.nft 5
    nft delete table ip filter
fi
mkdir /mnt/open && chmod 777 /mnt/open
refused "a folder that others may write" "EPERM: /mnt/open: others may write here" \
    /mnt/guardq /mnt/open apply /mnt/new.nft 5
mkdir /mnt/ro && mount -t tmpfs -o ro,mode=755 none /mnt/ro
refused "a folder that cannot be written" "EROFS: /mnt/ro/lock: Read-only file system" \
    /mnt/guardq /mnt/ro apply /mnt/new.nft 5
if command -v setpriv >/dev/null; then
    mkdir /mnt/nobody && chown 65534 /mnt/nobody && chmod 755 /mnt
    refused "who is not root" "EPERM: nft: *" \
        setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all \
        /mnt/guardq /mnt/nobody apply /mnt/new.nft 5
fi
mount --bind /dev/null /usr/sbin/nft
refused "no nft" "ENOENT: nft: not found: *" /mnt/guardq "$at/state" apply /mnt/new.nft 5
umount /usr/sbin/nft
is "nothing of this changed a thing" "$(nft list ruleset | sed 's/ expires [0-9a-z]*//g')" "$before"

# ---- kill -9 at every step -------------------------------------------------------------------------------------------
at=/mnt/count
furnished || exit 2
strace -qq -o /mnt/steps /mnt/guardq "$at/state" apply /mnt/new.nft 1
until_so 100 over
# each system call that changes or starts something, or waits for what was started
sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' /mnt/steps | awk '
    /^(openat|write|fsync|rename|unlinkat|mkdir|fchmod|flock|clone|clone3|vfork|wait4|recvfrom|socketpair|sendto|exit_group)$/ {
        print "strace", $1, ++n[$1] }' >/mnt/plan
n=$(grep -c . /mnt/plan)
i=0
while [ $i -lt 18 ]; do
    i=$((i + 1))
    for when in before after astray; do
        for victim in runner keeper; do echo "nft $i $when $victim"; done
    done
done >>/mnt/plan
awk '{ print NR, $0 }' /mnt/plan |
    xargs -P 16 -L 1 unshare -nmp --fork --mount-proc sh /mnt/case.sh >/mnt/results 2>/mnt/errors
is "kill -9 of apply before any of its $n steps: old or new, and old in the end" \
    "$(grep 'bad.* strace' /mnt/results) $(grep -c 'good.* strace' /mnt/results)" " $n"
hit=$(grep -c 'good.* nft' /mnt/results)
is "kill -9 of any process at any run of nft: the same" "$(grep 'bad.* nft' /mnt/results)" ""
[ "$hit" -ge 50 ] && ok "in $hit cases" || not_ok "in $hit cases only" "$(sort /mnt/results; tail -5 /mnt/errors)"
finish
