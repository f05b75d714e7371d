/* Ports in lines of any text: what is found, and what must not be. */
#include "check.h"

#include "portolan.h"
#include "source/mention.h"

struct row {
    const char *line, *ports;
};

/* "22/tcp 6000-6063/udp 80": the mentions, in order. */
static const char *text_of(const struct ptn_mention *m, int n)
{
    static char out[1024];
    size_t at = 0;
    out[0] = '\0';
    for (int i = 0; i < n; i++) {
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%u", i ? " " : "", m[i].lo);
        if (m[i].hi != m[i].lo)
            at += (size_t)snprintf(out + at, sizeof(out) - at, "-%u", m[i].hi);
        if (m[i].proto >= 0)
            at += (size_t)snprintf(out + at, sizeof(out) - at, "/%s", ptn_proto_word((enum ptn_proto)m[i].proto));
    }
    return out;
}

/* Reads the line from memory of exactly its size. */
static int mentions(const char *line, size_t len, struct ptn_mention *out)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, line, len);
    int n = ptn_mentions(copy, len, out);
    free(copy);
    return n;
}

static void expect_rows(const struct row *rows, size_t n)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct ptn_mention m[PTN_MENTIONS_MAX];
        int found = mentions(rows[i].line, strlen(rows[i].line), m);
        if (strcmp(text_of(m, found), rows[i].ports) == 0)
            continue;
        print_error("\"%s\" has \"%s\", not \"%s\"\n", rows[i].line, text_of(m, found), rows[i].ports);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void lists_and_sentences(void **state)
{
    static const struct row rows[] = {
        {"23/tcp", "23/tcp"},
        {"137-139/udp", "137-139/udp"},
        {"53/UDP and 53/TCP", "53/udp 53/tcp"},
        {"tcp/443", "443/tcp"},
        {"sctp/36412, dccp/5000", "36412/sctp 5000/dccp"},
        {"6000+/tcp", "6000/tcp"},
        {"ssh             22/tcp                          # SSH Remote Login Protocol", "22/tcp"},
        {"22/tcp   open  ssh     OpenSSH 9.2p1 Debian 2 (protocol 2.0)", "22/tcp"},
        {"22", "22"},
        {"22 80 443", "22 80 443"},
        {"22, 80, 443", "22 80 443"},
        {"137-139", "137-139"},
        {"Close ports 135, 139 and 445 at the border.", "135 139"},
        {"Open port 8080.", "8080"},
        {"It waits on port 65535", "65535"},
        {"(22/tcp)", "22/tcp"},
        {"22/tcp, 22/tcp and 22/tcp again", "22/tcp"},
        {"open tcp 8443 for it", "8443/tcp"},
        {"caf\xc3\xa9 auf Port 22", "22"},
        {"22/tcp\r", "22/tcp"},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

static void tools(void **state)
{
    static const struct row rows[] = {
        /* ss, netstat, lsof, rpcinfo, docker */
        {"LISTEN 0      128          0.0.0.0:22        0.0.0.0:*", "22"},
        {"  53\tdomain\tTCP/UDP\t-\tDomain Name Service, TCP only for zone transfers", "53/tcp 53/udp"},
        {" 517\ttalk\tUDP\tN\tSets up TCP connection in random port", "517/udp"},
        {"docker run -p 8080:80 postgres:15 redis:7", ""},
        {"connect tcp:22 on db:5432", "22/tcp 5432"},
        {"tcp   LISTEN 0      4096   127.0.0.53%lo:53         0.0.0.0:*", "53/tcp"},
        {"udp   UNCONN 0      0      [fe80::1]%eth0:546          [::]:*", "546/udp"},
        {"tcp   LISTEN 0      511             [::]:443           [::]:*", "443/tcp"},
        {"tcp   LISTEN 0      511                *:8080             *:*", "8080/tcp"},
        {"tcp        0      0 0.0.0.0:3306            0.0.0.0:*               LISTEN      812/mysqld", "3306/tcp"},
        {"tcp        5      0 0.0.0.0:3306            0.0.0.0:*               LISTEN      812/mysqld", "3306/tcp"},
        {"tcp6       0      0 :::80                   :::*                    LISTEN      -", "80/tcp"},
        {"sshd  812 root  3u  IPv4  12345  0t0  TCP *:22 (LISTEN)", "22/tcp"},
        {"    100000    4   tcp    111  portmapper", "111/tcp"},
        {"0.0.0.0:8080->80/tcp, :::8080->80/tcp   web", "8080/tcp 80/tcp"},
        {"0.0.0.0:6000-6010->6000-6010/tcp", "6000-6010/tcp"},
        /* filters */
        {"-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT", "22/tcp"},
        {"-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT", "80/tcp 443/tcp"},
        {"-A INPUT -p tcp -m tcp --dport 6000:6010 -j DROP", "6000-6010/tcp"},
        {"tcp dport 22 accept", "22/tcp"},
        {"tcp dport { 22, 80-90, 443 } accept", "22/tcp 80-90/tcp 443/tcp"},
        {"udp dport 53 ip saddr 10.0.0.0/8 accept", "53/udp"},
        {"22/tcp                     ALLOW IN    Anywhere", "22/tcp"},
        {"permit tcp any host 10.0.0.1 eq 443", "443/tcp"},
        {"<port port=\"443\" protocol=\"tcp\"/>", "443/tcp"},
        /* logs */
        {"Nov 23 08:13:22 gw kernel: IN=eth0 OUT= MAC=00:16:3e:5e:6c:00:aa:bb:cc:dd:ee:ff:08:00 SRC=192.0.2.7 "
         "DST=198.51.100.1 LEN=60 TOS=0x00 TTL=51 ID=54321 DF PROTO=TCP SPT=51234 DPT=23 WINDOW=29200 SYN",
         "23/tcp"},
        {"sshd[812]: Server listening on 0.0.0.0 port 22.", "22"},
        {"sshd[812]: Server listening on :: port 22.", "22"},
        {"tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=51234 dport=22 [ASSURED]", "22/tcp"},
        {"{\"proto\":\"udp\",\"port\":5432}", "5432/udp"},
        /* configuration */
        {"Port 22", "22"},
        {"        listen 80;", "80"},
        {"        listen [::]:443 ssl;", "443"},
        {"listen_port: 5432", ""},
        {"port: 5432", "5432"},
        {"proxy_pass http://127.0.0.1:3000/api/v1;", "3000"},
        {"see https://[2001:db8::1]:8443/x", "8443"},
        {"http://host.example:8080", "8080"},
        {"bind 192.0.2.1:53", "53"},
        {"db.example:5432", "5432"},
    };
    (void)state;
    expect_rows(rows, COUNT(rows));
}

static void what_is_no_port(void **state)
{
    static const char *const lines[] = {
        "",
        " ",
        "Nov 23 08:13:22 host cron[812]: (root) CMD",
        "2026-11-23 08:13:22",
        "2026-11-23T08:13:22Z",
        "2026-11-23T08:13:22",
        "2026-11-23T08:13",
        "2026-11-23T08:13:22.123456+05:30 host sshd[1]: x",
        "2026-11-23T08:13:22+05:30 host",
        "[23/Nov/2026:08:13:22 +0100] \"GET / HTTP/1.1\" 200 512",
        "at 12:34 or 23:59",
        "duration 1:30:22",
        "uptime 12:34:56.78",
        "00:1a:2b:3c:4d:5e",
        "00-1a-2b-3c-4d-5e",
        "link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff",
        "52:54:00:12:34:22",
        "2001:db8::1",
        "2001:db8:0:0:0:0:0:22",
        "fe80::1:22",
        "fe80::5054:ff:fe12:3456",
        "::1",
        "::22",
        "inet6 fe80::22/64 scope link",
        "::ffff:192.0.2.1",
        "192.0.2.1",
        "10.0.0.0/8 via 10.0.0.1",
        "192.168.1.0/24",
        "version 1.2.3",
        "openssh 9.2p1-2+deb12u3",
        "nginx/1.22.1",
        "linux 6.1.0-13",
        "16:9",
        "the year 2001 had 365 days",
        "error 404: not found",
        "pid 1234, uid 1000",
        "512 bytes in 3 packets",
        "the port authority of 1492",
        "port 0",
        "port 65536",
        "65536/tcp",
        "99999",
        "port 022",
        "0",
        "0/tcp",
        "139-137/udp",
        "22/icmp",
        "1/2",
        "tcp",
        "port",
        "--dport",
        "/usr/share/doc/tcp/22x",
        "-5",
        "$1,234.56",
        "\xff\xfe",
    };
    struct row rows[COUNT(lines)];
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++)
        rows[i] = (struct row){lines[i], ""};
    expect_rows(rows, COUNT(lines));
}

static void bounds(void **state)
{
    static char line[65536];
    struct ptn_mention m[PTN_MENTIONS_MAX];
    size_t len = 0;
    (void)state;
    for (int i = 1; i <= 200; i++)
        len += (size_t)sprintf(line + len, "%d/tcp ", i);
    assert_int_equal(mentions(line, len, m), PTN_MENTIONS_MAX);
    assert_int_equal(m[PTN_MENTIONS_MAX - 1].lo, PTN_MENTIONS_MAX);
    assert_int_equal(mentions("port 22\0port 23", 15, m), 2); /* a NUL ends no line */
    assert_int_equal(mentions("port 2233", 7, m), 1);
    assert_int_equal(m[0].lo, 22);
    for (unsigned c = 0; c < 256; c++) {
        memset(line, (int)c, sizeof(line));
        assert_true(mentions(line, sizeof(line), m) <= PTN_MENTIONS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_sentences),
        cmocka_unit_test(tools),
        cmocka_unit_test(what_is_no_port),
        cmocka_unit_test(bounds),
    };
    return check_all(tests);
}
