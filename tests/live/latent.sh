#!/bin/sh
# What is configured to listen: systemd's socket units, inetd, xinetd; and whose a socket is that these hold for others.
#     tests/live/latent.sh BUILD
# shellcheck disable=SC2086,SC2015,SC2119,SC2046 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

# an /etc of our own, so that nothing of the machine's configuration is seen, or changed
cp -a /etc /mnt/etc && mount --bind /mnt/etc /etc || skip "cannot mount on /etc"
for d in /etc/systemd/system /etc/xinetd.d /etc/rc2.d /etc/rc3.d; do
    umount "$d" 2>/dev/null
    rm -rf "$d" && mkdir -p "$d"
done
umount /etc/inetd.conf /etc/xinetd.conf 2>/dev/null
rm -f /etc/inetd.conf /etc/xinetd.conf
printf 'telnet 23/tcp\necho 7/tcp\ntalk 517/udp\nlathe 7777/tcp\nfinger 79/tcp\n' >/etc/services
hide /sys/fs/cgroup
mkdir -p /run/systemd/system /etc/systemd/system/sockets.target.wants
units=/etc/systemd/system

ip netns add wire || skip "network namespaces are not permitted"
ip link add eth0 type veth peer name out netns wire || skip "no veth"
ip -n wire link set out up
ip link set eth0 up
ip addr add 203.0.113.10/24 dev eth0
ip route add default dev eth0

# unit NAME: from standard input
unit() { cat >"$units/$1"; }
wanted() { ln -s "../$1" "$units/sockets.target.wants/$1"; }
# latent WHAT WANTED KEY=VALUE... KEY...
latent() {
    what=$1 want=$2
    shift 2
    is "$what" "$(row latent=true "$@")" "$want"
}

audit
is "nothing is configured: nothing is latent" "$(row latent=true port)" ""
is "nothing is configured: exit status" "$status" 0

# ---- systemd's socket units ------------------------------------------------------------------------------------

unit alpha.socket <<'END'
[Unit]
Description=ListenStream=6999

# ListenStream=6998
[Socket]
ListenStream=7001
ListenStream=127.0.0.1:7002
ListenDatagram=[::1]:7003
ListenStream=/run/alpha.sock
ListenNetlink=route 1

[Install]
WantedBy=sockets.target
END
unit alpha.service <<'END'
[Service]
ExecStart=/usr/sbin/alphad --port 1
User=nobody
END
wanted alpha.socket
ln -s alpha.socket $units/alias.socket
unit beta.socket <<'END'
[Socket]
ListenStream=7004
END
printf '[Socket]\nListenStream=7005\n' >/run/systemd/system/gamma.socket
ln -s /dev/null $units/gamma.socket
wanted gamma.socket
unit delta.socket <<'END'
[Socket]
ListenStream=7006
BindIPv6Only=ipv6-only
END
mkdir $units/delta.socket.d
printf '[Socket]\nListenStream=\nListenStream=[::]:7007\n' >$units/delta.socket.d/port.conf
wanted delta.socket
unit epsilon.socket <<'END'
[Socket]
ListenStream=0.0.0.0:7008
Accept=yes
END
wanted epsilon.socket
unit zeta.socket <<'END'
[Socket]
ListenDatagram=7009
Service=alpha.service
END
wanted zeta.socket
printf '[Socket]\nListenStream=7010\n' >/run/systemd/system/eta.socket
mkdir -p /run/systemd/system/eta.service.requires
ln -s ../eta.socket /run/systemd/system/eta.service.requires/eta.socket

audit
is "exit status" "$status" 0
is "the places" "$(row latent=true proto address port dual enabled | sort -k3n | tr '\t\n' ' ;')" \
    "tcp :: 7001 true true;tcp 127.0.0.1 7002 false true;udp ::1 7003 false true;tcp :: 7004 true false;tcp :: 7007 false true;tcp 0.0.0.0 7008 false true;udp :: 7009 true true;tcp :: 7010 true true;"
latent "enabled: its owner" "alpha.service	alpha.socket	/usr/sbin/alphad	nobody	." \
    port=7001 owner.unit owner.socket_unit owner.exe owner.user owner.pid
latent "enabled: verdict, rung, remark" "ASK	internet	latent" port=7001 verdict rung.ipv4 lints
latent "enabled, loopback: verdict" "OK	loopback" port=7002 verdict rung.ipv4
latent "not enabled: verdict" "OK	false	beta.service" port=7004 verdict enabled owner.unit
latent "masked: no row" "" port=7005 verdict
latent "a drop-in takes back what was before" "" port=7006 verdict
latent "Accept=yes: an instance each" "epsilon@.service" port=7008 owner.unit
latent "Service=" "alpha.service	zeta.socket	/usr/sbin/alphad" port=7009 owner.unit owner.socket_unit owner.exe
like "the file is named" "$(row port=7001 lints why)$(grep -o 'Nothing listens yet[^"]*' audit.json)" "*$units/alpha.socket*"
table=$(./portolan audit)
like "the table has what is enabled" "$table" "*ASK*\*:7001/tcp*(latent) alpha.service*"
case $table in *7004*) not_ok "the table has not what nothing starts" ;; *) ok "the table has not what nothing starts" ;; esac
like "the table with -o has it" "$(./portolan audit -nro SOCKET,VERDICT,OWNER)" "*\*:7004/tcp OK (latent)*beta.service*"

rm -rf ${units:?}/* /run/systemd/system/*
mkdir $units/sockets.target.wants
unit telnet.socket <<'END'
[Socket]
ListenStream=23
Accept=yes
END
printf '[Service]\nExecStart=-/usr/sbin/in.telnetd -h\n' | unit telnet@.service
audit
latent "telnet, not enabled" "OK	telnet	owner" port=23 verdict service evidence
is "telnet, not enabled: exit status" "$status" 0
wanted telnet.socket
audit
latent "telnet, enabled" "WORRY	telnet	owner	telnet@.service" port=23 verdict service evidence owner.unit
is "telnet, enabled: exit status" "$status" 1
rm -rf ${units:?}/*

# ---- inetd and xinetd ----------------------------------------------------------------------------------------------

cat >/etc/inetd.conf <<'END'
#:STANDARD
telnet  stream  tcp     nowait  root    /usr/sbin/tcpd  /usr/sbin/in.telnetd
#finger stream  tcp     nowait  nobody  /usr/sbin/in.fingerd in.fingerd
echo    stream  tcp     nowait  root    internal
7101    dgram   udp     wait    nobody:nogroup /usr/sbin/myd myd -x
127.0.0.1:lathe stream tcp nowait root /usr/bin/turn turn
7103    stream  tcp6    nowait  root    /usr/bin/six six
nosuchname stream tcp nowait root /usr/bin/none none
broken line
END
cat >/etc/xinetd.conf <<'END'
defaults
{
    instances = 60
    disabled = off2
}
includedir /etc/xinetd.d
END
xservice() {
    printf 'service %s\n{\n    type = UNLISTED\n    port = %s\n    socket_type = %s\n    protocol = %s\n' "$1" "$2" "$3" "$4"
    printf '    wait = no\n    user = nobody\n    server = /usr/sbin/%s\n    server_args = -q\n    disable = %s\n}\n' "$1" "$5"
}
xservice on1 7201 stream tcp no >/etc/xinetd.d/on1
xservice on2 7202 dgram udp no | sed 's/    wait/    bind = 127.0.0.1\n    wait/' >/etc/xinetd.d/on2
xservice off1 7203 stream tcp yes >/etc/xinetd.d/off1
xservice off2 7204 stream tcp no >/etc/xinetd.d/off2
xservice wrapped 7206 stream tcp no |
    sed 's,server = .*,server = /usr/sbin/tcpd,; s,server_args = .*,server_args = /usr/sbin/in.fingerd -w\n    flags = NAMEINARGS,' \
        >/etc/xinetd.d/wrapped
xservice backup 7205 stream tcp no >/etc/xinetd.d/backup~
audit
is "inetd's and xinetd's places" "$(row latent=true enabled=false proto address port | sort -k3n | tr '\t\n' ' ;')" \
    "tcp 0.0.0.0 .;tcp 0.0.0.0 7;tcp 0.0.0.0 23;udp 0.0.0.0 7101;tcp :: 7103;tcp :: 7201;udp 127.0.0.1 7202;tcp :: 7206;tcp 127.0.0.1 7777;"
is "nothing starts inetd: exit status" "$status" 0
latent "inetd: a program and its user" "/usr/sbin/myd	nobody	OK" port=7101 owner.exe owner.user verdict
latent "xinetd: a program and its user" "/usr/sbin/on1	nobody	OK" port=7201 owner.exe owner.user verdict
latent "inetd: what tcpd starts" "telnet	owner" port=23 service evidence
latent "xinetd: what tcpd starts" "finger	owner" port=7206 service evidence
mkdir -p $units/multi-user.target.wants
ln -s /lib/systemd/system/inetd.service $units/multi-user.target.wants/inetd.service
audit
latent "inetd is started: telnet" "WORRY	true" port=23 verdict enabled
latent "inetd is started: not xinetd" "OK	false" port=7201 verdict enabled
is "inetd is started: exit status" "$status" 1
rm -f $units/multi-user.target.wants/inetd.service
ln -s ../init.d/xinetd /etc/rc2.d/S01xinetd
audit
latent "xinetd is started" "ASK	true" port=7201 verdict enabled
latent "xinetd is started: not inetd" "OK	false" port=23 verdict enabled

named inetd xinetd
start bin/inetd tcp/0.0.0.0/23 tcp/0.0.0.0/7 udp/0.0.0.0/7101 tcp/127.0.0.1/7777
inetd=$pid
start bin/xinetd tcp/0.0.0.0/7201
xinetd=$pid
audit
is "inetd holds it: telnet" "$(row latent=false port=23 service evidence verdict owner.pid)" "telnet	owner	WORRY	$inetd"
is "inetd holds it: the program" "$(row latent=false port=7101 owner.name owner.exe owner.user)" "myd	/usr/sbin/myd	nobody"
is "inetd holds it: its own echo" "$(row latent=false port=7 owner.pid owner.exe)" "$inetd	/mnt/bin/inetd"
is "xinetd holds it: the program" "$(row latent=false port=7201 owner.name owner.pid)" "on1	$xinetd"
is "what is held is latent no more" "$(row latent=true port | sort -n | tr '\n' ' ')" ". 7103 7202 7206 "
stop "$inetd" "$xinetd"
rm -f /etc/inetd.conf /etc/xinetd.conf /etc/xinetd.d/*
printf 'telnet stream tcp nowait root /usr/sbin/in.telnetd in.telnetd' >/etc/inetd.conf # no line end
head -c 100000 /dev/zero | tr '\0' x >/etc/xinetd.conf
head -c 10000 /dev/urandom >/etc/xinetd.d/noise
audit
latent "a last line without an end" "/usr/sbin/in.telnetd" port=23 owner.exe
is "nonsense in xinetd's files" "$status" 0
rm -rf /etc/inetd.conf /etc/xinetd.* ${units:?}/*

# ---- systemd holds it ------------------------------------------------------------------------------------------------

mkdir $units/sockets.target.wants
unit ssh.socket <<'END'
[Unit]
Before=sockets.target ssh.service
ConditionPathExists=!/etc/ssh/sshd_not_to_be_run
[Socket]
ListenStream=22
Accept=no
FreeBind=yes
END
printf '[Service]\nEnvironmentFile=-/etc/default/ssh\nExecStartPre=/usr/sbin/sshd -t\nExecStart=/usr/sbin/sshd -D $SSHD_OPTS\n' |
    unit ssh.service
wanted ssh.socket
printf '[Socket]\nListenStream=23\nAccept=yes\n' | unit telnet.socket
printf '[Service]\nExecStart=-/usr/sbin/in.telnetd -h\n' | unit telnet@.service
printf '[Socket]\nListenDatagram=127.0.0.1:7301\nListenStream=127.0.0.1:7302\n' | unit pair.socket
printf '[Service]\nExecStart=/usr/sbin/paird\n' | unit pair.service
named systemd sshd

# under_systemd COMMAND: after it, the audit of a machine of which the first process is one named systemd
under_systemd() {
    unshare -n -p -f --mount-proc bin/systemd tcp/::/22 tcp/::/23 udp/127.0.0.1/7301 tcp/127.0.0.1/7302 tcp/::/7303 \
        -x sh -c "ip link set lo up; $1; ./portolan audit -J >audit.json; s=\$?; ./portolan audit >table;
            ./portolan 22/tcp >lookup; exit \$s"
    status=$?
}
under_systemd :
is "systemd is the first process" "$(row port=7303 owner.name owner.pid)" "systemd	1"
is "systemd holds ssh's socket" "$(row port=22 service evidence verdict latent)" "ssh	owner	OK	false"
is "systemd holds ssh's socket: the owner" "$(row port=22 owner.name owner.exe owner.unit owner.socket_unit owner.user)" \
    "sshd	/usr/sbin/sshd	ssh.service	ssh.socket	root"
like "systemd holds ssh's socket: the table" "$(cat table)" "*\*:22/tcp*ssh.service via ssh.socket*"
like "systemd holds ssh's socket: a lookup" "$(cat lookup)" "*ssh.service*"
is "systemd holds telnet's socket" "$(row port=23 service evidence owner.unit owner.socket_unit)" \
    "telnet	owner	telnet@.service	telnet.socket"
is "systemd holds two of one unit" "$(row owner.unit=pair.service proto port | sort | tr '\t\n' ' ;')" "tcp 7302;udp 7301;"
is "nothing is latent" "$(row latent=true port)" ""
if [ -d /sys/fs/cgroup ]; then
    mkdir -p /sys/fs/cgroup/system.slice/ssh.service
    under_systemd 'bin/sshd >/sys/fs/cgroup/system.slice/ssh.service/cgroup.procs'
    is "the service runs already: the owner" "$(row port=22 owner.pid owner.exe owner.unit owner.socket_unit)" \
        "$(cat /sys/fs/cgroup/system.slice/ssh.service/cgroup.procs)	/mnt/bin/sshd	ssh.service	ssh.socket"
    is "the service runs already: verdict" "$(row port=22 service verdict)" "ssh	OK"
fi
rm -rf /sys/fs/cgroup/system.slice
mkdir $units/ssh.socket.d
printf '[Socket]\nListenStream=\nListenStream=23\n' >$units/ssh.socket.d/moved.conf
rm $units/telnet.socket
under_systemd :
is "a drop-in moved it" "$(row port=23 service owner.unit)" "ssh	ssh.service"
is "and the old place is systemd's own" "$(row port=22 owner.unit owner.name)" ".	systemd"
finish
