#!/bin/sh
# A number alone is no reason to worry. Sixty and more daemons that Debian machines run stand on their usual ports, open
# to everybody: a WORRY is theirs only by what they are. Then the same ports belong to a program that nobody knows.
#     tests/live/audit-daemons.sh BUILD
# shellcheck disable=SC2086,SC2015,SC2119,SC2046 source=lib.sh
. "$(dirname "$0")/lib.sh"
own_machine "$@"

daemons='
vsftpd              tcp/21
sshd                tcp/22
exim4               tcp/25 tcp/465 tcp/587
named               tcp/53 udp/53
dhcpd               udp/67
atftpd              udp/69
apache2             tcp/80 tcp/443
krb5kdc             tcp/88 udp/88
dovecot             tcp/110 tcp/143 tcp/993 tcp/995
rpcbind             tcp/111 udp/111
oidentd             tcp/113
innd                tcp/119
ntpd                udp/123
nmbd                udp/137 udp/138
smbd                tcp/139 tcp/445
snmpd               udp/161
snmptrapd           udp/162
bird                tcp/179
chronyd             udp/323
slapd               tcp/389 tcp/636
charon              udp/500 udp/4500
rsyslogd            udp/514 tcp/514
cupsd               tcp/631
kadmind             tcp/749
spamd               tcp/783
rsync               tcp/873
openvpn             udp/1194
mosquitto           tcp/1883
minidlnad           udp/1900 tcp/8200
freeradius          udp/1812 udp/1813
rpc.mountd          tcp/20048 udp/20048
etcd                tcp/2379 tcp/2380
dictd               tcp/2628
gpsd                tcp/2947
grafana             tcp/3000
squid               tcp/3128
tgtd                tcp/3260
mariadbd            tcp/3306
clamd               tcp/3310
xrdp                tcp/3389
turnserver          udp/3478 tcp/3478
upsd                tcp/3493
apcupsd             tcp/3551
distccd             tcp/3632
svnserve            tcp/3690
epmd                tcp/4369
salt-master         tcp/4505 tcp/4506
pulseaudio          tcp/4713
munin-node          tcp/4949
asterisk            udp/5060 tcp/5038
prosody             tcp/5222 tcp/5269
avahi-daemon        udp/5353
systemd-resolved    udp/5355 tcp/5355
postgres            tcp/5432
icinga2             tcp/5665
nrpe                tcp/5666
Xtigervnc           tcp/5901
couchdb             tcp/5984
varnishd            tcp/6081
redis-server        tcp/6379
mpd                 tcp/6600
ngircd              tcp/6667
ceph-mon            tcp/6789
java                tcp/8080
influxd             tcp/8086
privoxy             tcp/8118
puppetserver        tcp/8140
tinyproxy           tcp/8888
tor                 tcp/9001 tcp/9050
prometheus          tcp/9090
transmission-daemon tcp/9091 tcp/51413 udp/51413
prometheus-node-exporter tcp/9100
bacula-dir          tcp/9101
bacula-fd           tcp/9102
git-daemon          tcp/9418
zabbix_agentd       tcp/10050
zabbix_server       tcp/10051
postgrey            tcp/10023
amavisd-new         tcp/10024
nbd-server          tcp/10809
memcached           tcp/11211
glusterd            tcp/24007
mongod              tcp/27017
murmurd             tcp/64738 udp/64738
'

ip netns add wire || skip "network namespaces are not permitted"
ip link add eth0 type veth peer name out netns wire || skip "no veth"
ip -n wire link set out up
ip link set eth0 up
ip addr add 203.0.113.10/24 dev eth0
ip route add default dev eth0
# the remark on the ephemeral range is not what this is about
echo 32768-60999 >/proc/sys/net/ipv4/ip_local_reserved_ports

specs() { for p; do printf '%s ' "${p%%/*}/0.0.0.0/${p#*/}"; done; }

count=0 places=0
while read -r name ports; do
    [ -n "$name" ] || continue
    named "$name"
    start "bin/$name" $(specs $ports) || not_ok "$name starts"
    set -- $ports
    count=$((count + 1)) places=$((places + $#))
done <<END
$daemons
END

audit
[ $count -ge 60 ] && ok "$count daemons run on $places ports" || not_ok "sixty daemons" "$count"
is "each has its row" "$(row latent=false port | wc -l)" "$places"
is "all are open to everybody" "$(row rung.ipv4 | sort -u)" internet
is "a WORRY is a service rated - or N" "$(row verdict=WORRY rating owner.name port | grep -v '^[-N]	')" ""
is "a WORRY rests on the owner" "$(row verdict=WORRY evidence owner.name port | grep -v '^owner	')" ""
is "what is safe enough is OK" "$(row rating=Y evidence=owner verdict owner.name port | grep -v '^OK	')" ""
is "nothing is BLIND" "$(row verdict=BLIND port)" ""
is "whom the chart knows as unsafe or limited is a WORRY" \
    "$(for r in - N; do row rating=$r evidence=owner verdict owner.name port; done | grep -v '^WORRY	')" ""
is "exit status" "$status" 1
row evidence=number owner.name proto port service | sed 's/^/    # by number only: /'
for known in sshd:22:ssh redis-server:6379:redis mongod:27017:mongodb snmpd:161:snmp smbd:445:smb \
    memcached:11211:memcached postgres:5432:postgresql; do
    name=${known%%:*} rest=${known#*:}
    is "$name is known" "$(row owner.name="$name" port="${rest%:*}" service evidence)" "${rest#*:}	owner"
done

stop $pids
pids=
named zorgd
all=$(echo "$daemons" | while read -r name ports; do specs $ports; done)
start bin/zorgd $all || not_ok "zorgd starts"
audit
is "a program that nobody knows has all $places ports" "$(row owner.name=zorgd port | wc -l)" "$places"
is "no number alone is a WORRY" "$(row verdict=WORRY port service)" ""
is "each is ASK" "$(row verdict | sort -u)" ASK
is "each rests on the number, or on nothing" "$(row evidence | grep -v -e number -e nothing)" ""
is "exit status" "$status" 0
finish
