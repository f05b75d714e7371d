# fail2ban itself, with addresses banned by each of its ways to do so.
needs fail2ban-server fail2ban-client
build_lab
mkdir -p /mnt/fail2ban /run/fail2ban
cp -a /etc/fail2ban/action.d /etc/fail2ban/filter.d /mnt/fail2ban || exit 2
: >/mnt/auth.log
cat >/mnt/fail2ban/fail2ban.conf <<'CONF'
[Definition]
loglevel = INFO
logtarget = /mnt/fail2ban.log
syslogsocket = auto
socket = /run/fail2ban/fail2ban.sock
pidfile = /run/fail2ban/fail2ban.pid
dbfile = None
dbpurgeage = 1d
CONF

# jail NAME ACTION[OPTIONS]
jail() {
    cat >>/mnt/fail2ban/jail.conf <<CONF
[$1]
enabled = true
backend = polling
filter = sshd
logpath = /mnt/auth.log
bantime = 600
action = $2
CONF
}
jail sets 'nftables[name=sets, port=22, protocol=tcp]'
jail drops 'nftables[type=allports, name=drops, blocktype=drop]'
jail multiport 'iptables-multiport[name=multiport, port="80,443", protocol=tcp]'
jail allports 'iptables-allports[name=allports, blocktype=DROP]'

fail2ban() { fail2ban-client -c /mnt/fail2ban "$@" >/mnt/fail2ban.out 2>&1; }
serve fail2ban-server -c /mnt/fail2ban -f start
wait_for fail2ban ping || skip "fail2ban cannot start here: $(tail -1 /mnt/fail2ban.log)"
for ban in 'sets 203.0.113.9' 'sets 2001:db8:9::9' 'multiport 203.0.113.9' 'multiport 2001:db8:9::9' \
    'drops 203.0.113.66' 'allports 192.168.1.2' 'allports fd00:1::2'; do
    fail2ban set "${ban% *}" banip "${ban#* }" || not_ok "ban $ban" "$(cat /mnt/fail2ban.out)"
done
banned() { [ "$(nft list ruleset | grep -cE '203.0.113.9|203.0.113.66|2001:db8:9::9|192.168.1.2|fd00:1::2')" -ge 7 ]; }
wait_for banned || skip "fail2ban cannot ban here: $(grep ERROR /mnt/fail2ban.log)"

measure "fail2ban"
sees "three ports are not for all" "internet eth0 IPv6 own tcp" "accept 65533 depends 3"
sees "the others are" "internet eth0 IPv6 own udp" "accept 65536"
holds "fail2ban" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 reject
far 203.0.113.9 198.51.100.1 80 reject
far 203.0.113.9 198.51.100.1 8080 accept
far 198.51.100.2 198.51.100.1 22 accept
far 2001:db8:9::9 2001:db8::1 22 reject
far 2001:db8:9::9 2001:db8::1 443 reject
far 2001:db8::2 2001:db8::1 443 accept
far 203.0.113.66 198.51.100.1 9999 drop
lan 192.168.1.2 192.168.1.1 22 drop
lan fd00:1::2 fd00:1::1 80 reject
lan 192.168.1.2 203.0.113.9 22 accept
TRIES

fail2ban set sets unbanip 203.0.113.9 && fail2ban set multiport unbanip 203.0.113.9
unbanned() { ! nft list ruleset | grep -q '203\.0\.113\.9'; }
wait_for unbanned
holds "fail2ban has forgiven" <<'TRIES'
far 203.0.113.9 198.51.100.1 22 accept
far 203.0.113.9 198.51.100.1 80 accept
TRIES
