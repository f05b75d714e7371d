/*
 * Names of ports as firewalls print them (Cisco's, Juniper's, Check Point's, pf's and the registry's for what they have
 * in common). Sorted; a name that is not here leaves the port unknown.
 */
#include "slot.h"

#include <stdlib.h>
#include <string.h>

struct port_name {
    char name[26];
    uint16_t port;
};

/* clang-format off */
static const struct port_name names[] = {
    {"acap", 674}, {"afp", 548}, {"afpovertcp", 548}, {"afs3-callback", 7001}, {"afs3-fileserver", 7000},
    {"aim", 5190}, {"amanda", 10080}, {"amandaidx", 10082}, {"amidxtape", 10083}, {"amqp", 5672}, {"amqps", 5671},
    {"aol", 5190}, {"aol-ultima", 5190}, {"at-echo", 204}, {"at-nbp", 202}, {"at-rtmp", 201}, {"at-zis", 206},
    {"auth", 113}, {"backorifice", 31337}, {"bacula-dir", 9101}, {"bacula-fd", 9102}, {"bacula-sd", 9103},
    {"battlenet", 1112}, {"bfd-control", 3784}, {"bfd-echo", 3785}, {"bgp", 179}, {"biff", 512}, {"binkp", 24554},
    {"bittorrent", 6881}, {"bootp", 67}, {"bootpc", 68}, {"bootps", 67}, {"canon-bjnp1", 8611},
    {"capwap-control", 5246}, {"capwap-data", 5247}, {"cfdptkt", 120}, {"cfengine", 5308}, {"cfinger", 2003},
    {"chargen", 19}, {"chat", 531}, {"cifs", 445}, {"cisco-fna", 130}, {"cisco-ipsla", 1167}, {"cisco-sccp", 2000},
    {"cisco-sccps", 2443}, {"cisco-tna", 131}, {"citrix", 1494}, {"citrix-ica", 1494}, {"citrix-session", 2598},
    {"citriximaclient", 2598}, {"clearcase", 371}, {"cluster", 3343}, {"cmd", 514}, {"cmip-man", 163},
    {"codaauth2", 370}, {"comsat", 512}, {"conference", 531}, {"courier", 530}, {"cpd", 18191}, {"cpmi", 18190},
    {"ctiqbe", 2748}, {"cups", 631}, {"cvs", 2401}, {"cvspserver", 2401}, {"daap", 3689}, {"dameware", 6129},
    {"datametrics", 1645}, {"daytime", 13}, {"dce-rpc", 135}, {"dhcp", 67}, {"dhcp-client", 68},
    {"dhcp-failover", 647}, {"dhcp-relay", 67}, {"dhcp-reply", 68}, {"dhcp-request", 67}, {"dhcpc", 68},
    {"dhcps", 67}, {"dhcpv6", 547}, {"dhcpv6-c", 546}, {"dhcpv6-client", 546}, {"dhcpv6-s", 547},
    {"dhcpv6-server", 547}, {"dict", 2628}, {"discard", 9}, {"distcc", 3632}, {"dns", 53}, {"dns-tcp", 53},
    {"dns-udp", 53}, {"dnsix", 195}, {"docker", 2375}, {"docker-s", 2376}, {"domain", 53}, {"domain-tcp", 53},
    {"domain-udp", 53}, {"dpm", 5718}, {"drip", 3949}, {"echo", 7}, {"edonkey", 4662}, {"efs", 520},
    {"eims-admin", 106}, {"elasticsearch", 9200}, {"enbd-cstatd", 5051}, {"epm", 135}, {"epmap", 135}, {"epmd", 4369},
    {"etcd-client", 2379}, {"etcd-server", 2380}, {"exec", 512}, {"fido", 60179}, {"finger", 79},
    {"finger-cfinger", 2003}, {"font-service", 7100}, {"ftp", 21}, {"ftp-data", 20}, {"ftpdata", 20}, {"ftps", 990},
    {"ftps-data", 989}, {"fw1", 256}, {"fw1-ica-pull", 18210}, {"fw1-log", 257}, {"fw1-mgmt", 258}, {"geneve", 6081},
    {"ggz", 5688}, {"git", 9418}, {"globalcatldap", 3268}, {"globalcatldapssl", 3269}, {"gnutella-rtr", 6347},
    {"gnutella-svc", 6346}, {"gopher", 70}, {"gpsd", 2947}, {"gtp-c", 2123}, {"gtp-control", 2123},
    {"gtp-prime", 3386}, {"gtp-u", 2152}, {"gtp-user", 2152}, {"h-323", 1720}, {"h-323-hostcall", 1720},
    {"h225", 1720}, {"h323", 1720}, {"h323hostcall", 1720}, {"hostmon", 5355}, {"hostname", 101}, {"hostnames", 101},
    {"hosts2-ns", 81}, {"hp-jetdirect", 9100}, {"hp-pdl-datastr", 9100}, {"hsrp", 1985}, {"http", 80},
    {"http-alt", 8080}, {"http-alternate", 8080}, {"http-mgmt", 280}, {"http-proxy", 8080}, {"http-rpc-epmap", 593},
    {"http-ssl", 443}, {"http8080", 8080}, {"https", 443}, {"https-alt", 8443}, {"iax", 4569}, {"ica", 1494},
    {"icq", 5190}, {"ident", 113}, {"igmpv3lite", 465}, {"ike", 500}, {"ike-nat", 4500}, {"ike-nat-t", 4500},
    {"ike-nat-traversal", 4500}, {"imap", 143}, {"imap-ssl", 993}, {"imap2", 143}, {"imap3", 220}, {"imap4", 143},
    {"imaps", 993}, {"ingreslock", 1524}, {"ipfix", 4739}, {"ipp", 631}, {"ipsec-ike", 500}, {"ipsec-msft", 4500},
    {"ipsec-nat-t", 4500}, {"ipsec-natt", 4500}, {"ipx", 213}, {"irc", 194}, {"irc-serv", 529}, {"ircd", 6667},
    {"ircs", 994}, {"ircs-u", 6697}, {"ircu", 6667}, {"isakmp", 500}, {"isakmp-nat", 4500}, {"iscsi", 3260},
    {"iscsi-target", 3260}, {"iso-tsap", 102}, {"jabber-client", 5222}, {"jabber-server", 5269}, {"java-rmi", 1099},
    {"jetdirect", 9100}, {"kazaa", 1214}, {"kerberos", 88}, {"kerberos-adm", 749}, {"kerberos-iv", 750},
    {"kerberos-master", 751}, {"kerberos-sec", 88}, {"kerberos-v5", 88}, {"kerberos-v5-tcp", 88},
    {"kerberos-v5-udp", 88}, {"kerberos4", 750}, {"klogin", 543}, {"kpasswd", 464}, {"kpasswd5", 464}, {"kpop", 1109},
    {"krb-prop", 754}, {"krb5", 88}, {"kshell", 544}, {"kubernetes", 6443}, {"l2f", 1701}, {"l2tp", 1701},
    {"ldap", 389}, {"ldap-ssl", 636}, {"ldaps", 636}, {"ldp", 646}, {"llmnr", 5355}, {"loc-srv", 135}, {"login", 513},
    {"lotus-notes", 1352}, {"lotusnote", 1352}, {"lotusnotes", 1352}, {"lpd", 515}, {"lpr", 515},
    {"lwapp-control", 12223}, {"lwapp-data", 12222}, {"mac-srvr-admin", 660}, {"macromedia-fcs", 1935},
    {"mandelspawn", 9359}, {"mdns", 5353}, {"memcache", 11211}, {"memcached", 11211}, {"mgcp", 2427},
    {"mgcp-ca", 2727}, {"mgcp-callagent", 2727}, {"mgcp-gateway", 2427}, {"mgcp-ua", 2427}, {"microsoft-ds", 445},
    {"minecraft", 25565}, {"mmcc", 5050}, {"mms", 1755}, {"mobile-ip", 434}, {"mobileip", 434},
    {"mobileip-agent", 434}, {"mongod", 27017}, {"mongodb", 27017}, {"ms-cluster-net", 3343}, {"ms-ds", 445},
    {"ms-olap3", 2382}, {"ms-olap4", 2383}, {"ms-rdp", 3389}, {"ms-rpc", 135}, {"ms-sna-base", 1478},
    {"ms-sna-server", 1477}, {"ms-sql", 1433}, {"ms-sql-m", 1434}, {"ms-sql-monitor", 1434}, {"ms-sql-s", 1433},
    {"ms-sql-server", 1433}, {"ms-streaming", 1755}, {"ms-term-serv", 3389}, {"ms-v-worlds", 2525},
    {"ms-wbt-server", 3389}, {"msdp", 639}, {"msft-gc", 3268}, {"msft-gc-ssl", 3269}, {"msn", 1863},
    {"msn-messenger", 1863}, {"msnp", 1863}, {"msrpc", 135}, {"mssql", 1433}, {"mssql-monitor", 1434},
    {"multicast-dns", 5353}, {"mysql", 3306}, {"mysql-server", 3306}, {"name", 42}, {"nameserver", 42},
    {"nat-pmp", 5351}, {"nat-stun-port", 3478}, {"nat-t", 4500}, {"nat-t-ike", 4500}, {"nbdatagram", 138},
    {"nbdgm", 138}, {"nbname", 137}, {"nbsession", 139}, {"nbt-datagram", 138}, {"nbt-name", 137},
    {"nbt-session", 139}, {"nbx-au", 2093}, {"ndmp", 10000}, {"netbios-datagram", 138}, {"netbios-dgm", 138},
    {"netbios-name", 137}, {"netbios-ns", 137}, {"netbios-session", 139}, {"netbios-ssn", 139}, {"netbus", 12345},
    {"netflow", 2055}, {"netnews", 532}, {"netshow", 1755}, {"netstat", 15}, {"netview-dm-1", 729}, {"netwall", 533},
    {"nextstep", 178}, {"nfs", 2049}, {"nfsd", 2049}, {"nicname", 43}, {"nntp", 119}, {"nntps", 563},
    {"non500-isakmp", 4500}, {"notes", 1352}, {"nrpe", 5666}, {"ntalk", 518}, {"ntp", 123}, {"ntp-udp", 123},
    {"nut", 3493}, {"odette-ftp", 3305}, {"odmr", 366}, {"omirr", 808}, {"openvpn", 1194}, {"oracle", 1521},
    {"oracle-sqlnet", 1521}, {"orasrv", 1525}, {"ospf-lite", 8899}, {"pcanywhere-data", 5631},
    {"pcanywhere-status", 5632}, {"pcanywheredata", 5631}, {"pcanywherestat", 5632}, {"pcsync-https", 8443},
    {"pdl-datastream", 9100}, {"photuris", 468}, {"pim-auto-rp", 496}, {"plex", 32400}, {"pop-2", 109},
    {"pop-3", 110}, {"pop2", 109}, {"pop3", 110}, {"pop3-ssl", 995}, {"pop3pw", 106}, {"pop3s", 995},
    {"portmap", 111}, {"portmapper", 111}, {"postgres", 5432}, {"postgresql", 5432}, {"pptp", 1723},
    {"pptp-control", 1723}, {"predict", 1210}, {"printer", 515}, {"puppet", 8140}, {"pwdgen", 129}, {"qmtp", 209},
    {"qotd", 17}, {"quake", 26000}, {"quic", 443}, {"radacct", 1813}, {"radan-http", 8088}, {"radius", 1812},
    {"radius-acct", 1813}, {"radius-acct-old", 1646}, {"radius-auth", 1812}, {"radius-old", 1645}, {"radmin", 4899},
    {"rdp", 3389}, {"re-mail-ck", 50}, {"real-media", 7070}, {"realaudio", 7070}, {"redis", 6379},
    {"remote-desktop", 3389}, {"remote-desktop-protocol", 3389}, {"remotefs", 556}, {"rexec", 512}, {"rfb", 5900},
    {"rfile", 750}, {"rip", 520}, {"ripng", 521}, {"rje", 5}, {"rlogin", 513}, {"rmi", 1099}, {"rmiregistry", 1099},
    {"route", 520}, {"router", 520}, {"rpc", 111}, {"rpc-epmap", 135}, {"rpc2portmap", 369}, {"rpcbind", 111},
    {"rrp", 648}, {"rsh", 514}, {"rsh-cmd", 514}, {"rsvp-encap", 363}, {"rsync", 873}, {"rtmp", 1935}, {"rtsp", 554},
    {"rwho", 513}, {"rwhois", 4321}, {"sa-msg-port", 1646}, {"sae-urn", 4500}, {"sane-port", 6566}, {"sccp", 2000},
    {"sctp-tunneling", 9899}, {"secureid-udp", 5510}, {"securid", 5500}, {"sflow", 6343}, {"sftp", 115},
    {"sgi-cmsd", 17001}, {"shell", 514}, {"sieve", 4190}, {"silc", 706}, {"sip", 5060}, {"sip-alg", 5060},
    {"sip-any", 5060}, {"sip-tcp", 5060}, {"sip-tls", 5061}, {"sip-udp", 5060}, {"sips", 5061}, {"skinny", 2000},
    {"skkserv", 1178}, {"slp", 427}, {"smb", 445}, {"smb-tcp", 445}, {"smtp", 25}, {"smtp-submission", 587},
    {"smtps", 465}, {"snet-sensor-mgmt", 10000}, {"snews", 563}, {"snmp", 161}, {"snmp-read", 161},
    {"snmp-tcp-port", 1993}, {"snmp-trap", 162}, {"snmptrap", 162}, {"snpp", 444}, {"socks", 1080}, {"socks5", 1080},
    {"sql-net", 150}, {"sqlnet", 1521}, {"sqlnet1", 1521}, {"sqlnet2", 1521}, {"squid", 3128}, {"srvloc", 427},
    {"ssdp", 1900}, {"ssh", 22}, {"ssl", 443}, {"ssmtp", 465}, {"stun", 3478}, {"submission", 587},
    {"submissions", 465}, {"subversion", 3690}, {"sunrpc", 111}, {"svn", 3690}, {"svrloc", 427}, {"swat", 901},
    {"syslog", 514}, {"systat", 11}, {"tabula", 1437}, {"tacacs", 49}, {"tacacs+", 49}, {"tacacs-ds", 49},
    {"tacacs-plus", 49}, {"talk", 517}, {"tcp-ldp", 646}, {"tcp-openview", 7426}, {"tcpmux", 1}, {"teamspeak", 8767},
    {"telnet", 23}, {"telnets", 992}, {"tempo", 526}, {"teredo", 3544}, {"terminal-services", 3389}, {"tftp", 69},
    {"time", 37}, {"timed", 525}, {"tinc", 655}, {"tls", 443}, {"tproxy", 8081}, {"traceroute", 33434},
    {"turn", 3478}, {"ulistserv", 372}, {"unidata-ldm", 388}, {"upnp", 1900}, {"upsd", 3493}, {"urd", 465},
    {"uucp", 540}, {"uucp-path", 117}, {"vnc", 5900}, {"vnc-http", 5800}, {"vnc-server", 5900}, {"vxlan", 4789},
    {"wap-wsp", 9200}, {"wbem-https", 5989}, {"web-proxy", 8080}, {"webcache", 8080}, {"webmin", 10000}, {"who", 513},
    {"whoami", 565}, {"whois", 43}, {"winrm", 5985}, {"winrm-http", 5985}, {"winrm-https", 5986}, {"wins", 1512},
    {"wireguard", 51820}, {"world-wide-web", 80}, {"ws-discovery", 3702}, {"wsdapi", 5357}, {"wsdapi-s", 5358},
    {"wsman", 5985}, {"wsmans", 5986}, {"www", 80}, {"www-alt", 8080}, {"www-http", 80}, {"x-window", 6000},
    {"x-windows", 6000}, {"x11", 6000}, {"x11-1", 6001}, {"x11-2", 6002}, {"x11-3", 6003}, {"x11-4", 6004},
    {"x11-5", 6005}, {"x11-6", 6006}, {"x11-7", 6007}, {"x11-ssh-offset", 6010}, {"xdmcp", 177}, {"xfs", 7100},
    {"xinetd", 9098}, {"xmpp", 5222}, {"xmpp-client", 5222}, {"xmpp-server", 5269}, {"xtel", 1313}, {"yahoo", 5050},
    {"z39-50", 210}, {"z3950", 210}, {"zabbix-agent", 10050}, {"zabbix-trapper", 10051}, {"zephyr-clt", 2103},
    {"zephyr-hm", 2104}, {"zephyr-srv", 2102}, {"zope", 9673}, {"zope-ftp", 8021},
};
/* clang-format on */

#define NAME_MAX_LEN 24

static int compare(const void *key, const void *one)
{
    return strcmp(key, ((const struct port_name *)one)->name);
}

static int port_by_name(struct ptn_slice s)
{
    char folded[NAME_MAX_LEN + 1];
    if (s.len == 0 || s.len > NAME_MAX_LEN)
        return -1;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        folded[i] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c == '_' || c == ' ' || c == '.' ? '-' : c;
    }
    folded[s.len] = '\0';
    const struct port_name *found = bsearch(folded, names, sizeof(names) / sizeof(*names), sizeof(*names), compare);
    return found ? found->port : -1;
}

static int port_plain(struct ptn_slice s)
{
    uint64_t n;
    return ptn_slot_number(s, UINT16_MAX, &n) == 0 ? (int)n : port_by_name(s);
}

/* "tcp/443", "443/tcp": the part that is no protocol. */
static int port_of_pair(struct ptn_slice s, const char *slash)
{
    struct ptn_slice a = {s.at, (size_t)(slash - s.at)}, b = {slash + 1, s.len - a.len - 1};
    bool a_is_proto = a.len && (a.at[0] < '0' || a.at[0] > '9') && ptn_proto_of(a) >= 0;
    return port_plain(a_is_proto ? b : a);
}

int ptn_port_of(struct ptn_slice s)
{
    int port = port_plain(s);
    if (port >= 0)
        return port;
    const char *mark = memchr(s.at, '/', s.len);
    if (mark)
        return port_of_pair(s, mark);
    mark = memchr(s.at, '(', s.len);
    if (!mark || s.at[s.len - 1] != ')')
        return -1;
    struct ptn_slice out = {s.at, (size_t)(mark - s.at)}, in = {mark + 1, s.len - out.len - 2};
    port = port_plain(ptn_value_trim(out)); /* "80 (http)", "http(80)" */
    return in.len && in.at[0] >= '0' && in.at[0] <= '9' ? port_plain(in) : port;
}
