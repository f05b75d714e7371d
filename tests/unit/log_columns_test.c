/* Columns: their grammar, and the products that write them. */
#include "log_read.h"

#include "source/log/columns.h"

static size_t cut(const char *text, char separator, struct ptn_slice *cells, size_t room)
{
    return ptn_columns_cut((struct ptn_slice){text, strlen(text)}, separator, cells, room);
}

static void test_cut(void **state)
{
    static const struct {
        const char *text;
        char separator;
        size_t n;
        const char *cells[6];
    } rows[] = {
        {"a,b,,d", ',', 4, {"a", "b", "", "d"}},
        {"", ',', 0, {0}},
        {",", ',', 2, {"", ""}},
        {"\"a,b\",c", ',', 2, {"a,b", "c"}},
        {"\"a \"\"b\"\",\",c", ',', 2, {"a \"\"b\"\",", "c"}},
        {"\"\",x", ',', 2, {"", "x"}},
        {"\"open,x", ',', 1, {"open,x"}},
        {"\"a\"b,c", ',', 2, {"a", "c"}},
        {"a\t\tb", '\t', 3, {"a", "", "b"}},
        {"  a   b\tc ", ' ', 3, {"a", "b", "c"}},
        {"a,b,c,d,e,f,g", ',', 6, {"a", "b", "c", "d", "e", "f"}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_slice cells[6];
        AT("%s", rows[i].text);
        EXPECT_INT(cut(rows[i].text, rows[i].separator, cells, 6), rows[i].n);
        for (size_t k = 0; k < rows[i].n; k++) {
            char text[64];
            (void)snprintf(text, sizeof(text), "%.*s", (int)cells[k].len, cells[k].at ? cells[k].at : "");
            EXPECT_TEXT(text, rows[i].cells[k]);
        }
    }
}

static const struct ptn_field_name place_names[] = {
    {"0", PTN_SLOT_TIME},  {"2", PTN_SLOT_SRC},    {"3", PTN_SLOT_SPORT}, {"4", PTN_SLOT_DST},
    {"5", PTN_SLOT_DPORT}, {"1", PTN_SLOT_ACTION}, {.name = ""},
};
static const struct ptn_field_name header_names[] = {
    {"when", PTN_SLOT_TIME},  {"real_src", PTN_SLOT_SRC},
    {"src", PTN_SLOT_SRC},    {"dst", PTN_SLOT_DST},
    {"dpt", PTN_SLOT_DPORT},  {"proto", PTN_SLOT_PROTO},
    {"date", PTN_SLOT_DATE},  {"clock", PTN_SLOT_CLOCK},
    {"act", PTN_SLOT_ACTION}, {.name = ""},
};
static const struct ptn_action_word words[] = {{"ok", PTN_ACTION_PASS}, {"no", PTN_ACTION_DROP}, {0}};
static const struct ptn_format by_place = {
    .name = "places", .read = ptn_read_columns, .names = place_names, .actions = words, .separator = ','};
static const struct ptn_format by_header = {
    .name = "header", .read = ptn_read_columns, .names = header_names, .actions = words, .separator = ';'};

static void test_grammar(void **state)
{
    static const struct log_row places[] = {
        {"2026-11-01T12:00:00Z,no,192.0.2.1,4000,198.51.100.1,22,more",
         "2026-11-01T12:00:00Z - 192.0.2.1 4000 198.51.100.1 22 drop - - - -"},
        {"\"2026-11-01T12:00:00Z\",ok,2001:db8::1,,2001:db8::2,53",
         "2026-11-01T12:00:00Z - 2001:db8::1 - 2001:db8::2 53 pass - - - -"},
        {"2026-11-01T12:00:00Z,ok,-,1,-,2", "remark"},
        {"2026-11-01T12:00:00Z,ok,192.0.2.1,4000,198.51.100.1,99999", "broken"},
        {"2026-11-01T12:00:00Z,ok", "broken"},
    };
    static const struct log_row header[] = {
        {"192.0.2.1;198.51.100.1;no", "other"},
        {"src;dst;act;date;clock", "header"},
        {"192.0.2.1;198.51.100.1;no;2026-11-01;12:00:01",
         "2026-11-01T12:00:01Z - 192.0.2.1 - 198.51.100.1 - drop - - - -"},
        {"192.0.2.1;198.51.100.1;no;2026-11-01", "other"},
        {"act;src;unknown;dst;real_src;proto;dpt", "header"},
        {"ok;192.0.2.1;x;198.51.100.1;203.0.113.7;6;80", "- 6 203.0.113.7 - 198.51.100.1 80 pass - - - -"},
        {"ok;192.0.2.1;x;198.51.100.1;-;1;80", "- 1 192.0.2.1 - 198.51.100.1 - pass - - - -"},
        {"ok;192.0.2.1;x;a.name.example;-;6;80", "- 6 192.0.2.1 - - 80 pass - - - -"},
    };
    (void)state;
    log_check(&by_place, places, COUNT(places));
    log_check(&by_header, header, COUNT(header));
}

static void test_filterlog(void **state)
{
    static const struct log_row rows[] = {
        {"<134>1 2026-11-01T12:00:00.578288-05:00 fw.example filterlog 72237 - - "
         "146,,,1535324496,igb1.12,match,block,in,4,0x0,,63,32989,0,DF,6,tcp,60,192.0.2.50,198.51.100.1,49652,853,0,S,"
         "1818117648,,64240,,mss;sackOK;TS;nop;wscale",
         "2026-11-01T17:00:00.578288Z 6 192.0.2.50 49652 198.51.100.1 853 drop igb1.12 - S -"},
        {"Nov  1 12:00:00 fw filterlog[97530]: 115,,,0,igb0,match,pass,out,4,0x0,,63,1,0,none,17,udp,69,192.0.2.1,"
         "198.51.100.53,5353,53,49",
         "2026-11-01T12:00:00Z 17 192.0.2.1 5353 198.51.100.53 53 pass - igb0 - -"},
        {"Nov  1 12:00:00 filterlog: 5,16777216,,1000000103,em0,match,block,in,4,0x0,,64,1,0,none,1,icmp,84,192.0.2.1,"
         "198.51.100.2,request,1234,1",
         "2026-11-01T12:00:00Z 1 192.0.2.1 - 198.51.100.2 - drop em0 - - 8"},
        {"Nov  1 12:00:00 filterlog: 5,,,1000000103,em0,match,reject,in,4,0x0,,64,1,0,none,1,icmp,56,192.0.2.1,"
         "198.51.100.2,unreachport,198.51.100.2,17,53",
         "2026-11-01T12:00:00Z 1 192.0.2.1 - 198.51.100.2 - reject em0 - - 3"},
        {"Nov  1 12:00:00 fw filterlog[1]: "
         "32,,,02f4bab031b57d1e30553ce08e0ec131,igb0,match,pass,in,4,0x0,,64,1,0,none,1,"
         "icmp,84,192.0.2.1,198.51.100.2,datalength=64",
         "2026-11-01T12:00:00Z 1 192.0.2.1 - 198.51.100.2 - pass igb0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "6,,,1000000105,igb1,match,block,in,6,0x00,0xf6279,1,UDP,17,32,fe80::208:9bff:fef3:652b,"
         "ff02::1:2,546,547,32",
         "2026-11-01T12:00:00Z 17 fe80::208:9bff:fef3:652b 546 ff02::1:2 547 drop igb1 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "6,,,1000000105,igb1,match,pass,out,6,0x00,0x00000,64,tcp,6,40,2001:db8::1,2001:db8::2,"
         "40000,443,0,FA,1,2,512,,",
         "2026-11-01T12:00:00Z 6 2001:db8::1 40000 2001:db8::2 443 pass - igb1 FA -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "32,,,1535324496a,igb0,match,pass,in,6,0x0,0x00000,255,ipv6-icmp,58,16,fe80::1,ff02::1,"
         "datalength=16",
         "2026-11-01T12:00:00Z 58 fe80::1 - ff02::1 - pass igb0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "4,,,1000000104,em0,match,block,in,6,0x00,0x00000,255,ICMPv6,58,32,fe80::1,ff02::1,",
         "2026-11-01T12:00:00Z 58 fe80::1 - ff02::1 - drop em0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: 9,,,0,em0,match,pass,out,4,0xe0,,255,0,0,DF,112,carp,56,192.0.2.2,224.0.0.18,"
         "advertise,255,1,2,0,1",
         "2026-11-01T12:00:00Z 112 192.0.2.2 - 224.0.0.18 - pass - em0 - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "9,,,0,em0,match,block,in,4,0xc0,,1,0,0,none,2,igmp,32,192.0.2.2,224.0.0.1,datalength=8",
         "2026-11-01T12:00:00Z 2 192.0.2.2 - 224.0.0.1 - drop em0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "9,,,0,em0,fragment,block,in,4,0x0,,60,7,1480,+,17,udp,500,192.0.2.2,198.51.100.3,"
         "errormsg='[bad length]'",
         "2026-11-01T12:00:00Z 17 192.0.2.2 - 198.51.100.3 - drop em0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "9,,,0,em0,match,block,in,4,0x0,,60,7,0,none,6,tcp,40,192.0.2.2,198.51.100.3,80,1024,0,SEC,"
         "1,,1024,,",
         "2026-11-01T12:00:00Z 6 192.0.2.2 80 198.51.100.3 1024 drop em0 - SEC -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "9,,,0,em0,match,rdr,in,4,0x0,,60,7,0,none,6,tcp,40,192.0.2.2,198.51.100.3,80,1024,0,S,"
         "1,,1024,,",
         "2026-11-01T12:00:00Z 6 192.0.2.2 80 198.51.100.3 1024 - em0 - S -"},
        {"9,,,0,em0,match,block,in,4,0x0,,60,7,0,none,6,tcp,40,192.0.2.2,198.51.100.3,80,1024,0,S,1,,1024,,",
         "- 6 192.0.2.2 80 198.51.100.3 1024 drop em0 - S -"},
        {"Nov  1 12:00:00 fw filterlog: 9,,,0,em0,match,block,in,4,0x0,,60,7,0,none,6,tcp", "broken"},
        {"Nov  1 12:00:00 fw filterlog: "
         "9,,,0,em0,match,block,in,4,0x0,,60,7,0,none,6,tcp,40,rubbish,more,80,1024,0,S,1,,1,,",
         "broken"},
        {"<134>1 2026-11-01T12:00:00-06:00 OPNsense.example filterlog 76404 - [meta sequenceId=\"1\"] "
         "124,,,fae559338f65e11c53669fc3642c93c2,ixl1_vlan70,match,pass,out,4,0x0,,63,5687,0,DF,6,tcp,60,192.0.2.1,198."
         "51.100.10,"
         "40370,80,0,S,3364871769,,65535,,mss;sackOK;TS;nop;wscale",
         "2026-11-01T18:00:00Z 6 192.0.2.1 40370 198.51.100.10 80 pass - ixl1_vlan70 S -"},
        {"2026-11-01T12:00:00+00:00 "
         "155,,,c0dbc3f4f934c1cb95f41a1f3d23a189,vtnet0,match,pass,in,4,0x0,,64,22309,0,DF,1,icmp,84,192.0.2.70,"
         "198.51.100.1,datalength=64",
         "2026-11-01T12:00:00Z 1 192.0.2.70 - 198.51.100.1 - pass vtnet0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "48,16777216,,1000000201,em0,match,block,in,6,0x00,0x00000,255,VRRP,112,36,fe80::100:1,ff02::12,",
         "2026-11-01T12:00:00Z 112 fe80::100:1 - ff02::12 - drop em0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         "5,16777216,,1000000103,re0,match,block,in,4,0x20,,49,0,0,DF,17,udp,129,192.0.2.234,X.X.X.X,50321,"
         "5475,109",
         "2026-11-01T12:00:00Z 17 192.0.2.234 50321 - 5475 drop re0 - - -"},
        {"Nov  1 12:00:00 fw filterlog: "
         ",,,0,em0,match,block,in,4,0x0,,1,0,0,none,2,igmp,32,192.0.2.2,224.0.0.1,datalength=8 ",
         "2026-11-01T12:00:00Z 2 192.0.2.2 - 224.0.0.1 - drop em0 - - -"},
        {"Nov  1 12:00:00 fw filterlog[77]: Unexpected shutdown", "remark"},
        {"Nov  1 12:00:00 fw dhcpd[40152]: DHCPDISCOVER from 4c:55:41:a0:fa:99 via eth0.60", "other"},
        {"9,a,b,c,d,e,block,in,5", "other"},
    };
    (void)state;
    log_check(&ptn_format_filterlog, rows, COUNT(rows));
}

#define PAN_HEAD "Nov  1 12:00:01 pa 1,2026/11/01 12:00:00,012801096514,TRAFFIC,"
#define PAN_TAIL ",400,100,300,4,2026/11/01 11:59:00,58,any,0,1,0x0,Reserved,Reserved,0,2,2,aged-out"

static void test_panos(void **state)
{
    static const struct log_row rows[] = {
        {PAN_HEAD
         "end,2049,2026/11/01 12:00:00,192.0.2.7,198.51.100.1,203.0.113.1,198.51.100.1,out,,,ssl,vsys1,trust,untrust,"
         "ethernet1/2,ethernet1/1,fwd,2026/11/01 12:00:00,22751,1,55113,443,16418,443,0x400053,tcp,allow" PAN_TAIL,
         "2026-11-01T12:00:00Z 6 192.0.2.7 55113 198.51.100.1 443 pass ethernet1/2 ethernet1/1 - -"},
        {PAN_HEAD "drop,2049,2026/11/01 12:00:00,203.0.113.9,198.51.100.1,,,\"a rule, with "
                  "commas\",,,not-applicable,vsys1,untrust,"
                  "trust,ethernet1/1,,fwd,2026/11/01 12:00:00,0,1,40000,23,0,0,0x0,tcp,drop" PAN_TAIL,
         "2026-11-01T12:00:00Z 6 203.0.113.9 40000 198.51.100.1 23 drop ethernet1/1 - - -"},
        {PAN_HEAD
         "deny,2049,2026/11/01 12:00:00,2001:db8::9,2001:db8::1,,,r,,,ssh,vsys1,untrust,trust,,,fwd,2026/11/01 "
         "12:00:00,0,1,40000,22,0,0,0x0,tcp,reset-both" PAN_TAIL,
         "2026-11-01T12:00:00Z 6 2001:db8::9 40000 2001:db8::1 22 reject untrust trust - -"},
        {PAN_HEAD "deny,2049,2026/11/01 "
                  "12:00:00,192.0.2.1,198.51.100.1,0.0.0.0,0.0.0.0,r,,,ping,vsys1,a,b,ae1.10,ae2.20,fwd,2026/11/01 "
                  "12:00:00,0,1,0,0,0,0,0x0,icmp,deny" PAN_TAIL,
         "2026-11-01T12:00:00Z 1 192.0.2.1 - 198.51.100.1 - drop ae1.10 ae2.20 - -"},
        {PAN_HEAD "deny,2049,2026/11/01 "
                  "12:00:00,192.0.2.1,198.51.100.1,0.0.0.0,0.0.0.0,r,,,x,vsys1,a,b,ae1.10,ae2.20,fwd,2026/11/01 "
                  "12:00:00,0,1,5,53,0,0,0x0,udp,drop ICMP" PAN_TAIL,
         "2026-11-01T12:00:00Z 17 192.0.2.1 5 198.51.100.1 53 reject ae1.10 ae2.20 - -"},
        {"<14>Nov  1 12:00:01 1,2026/11/01 12:00:00,01606001116,TRAFFIC,start,1,2026/11/01 "
         "11:59:59,192.0.2.7,198.51.100.1,,,out,"
         "dom\\user,,ssl,vsys1,t,u,e1,e2,fwd,2026/11/01 12:00:00,1,1,55113,443,0,0,0x0,tcp,allow" PAN_TAIL,
         "2026-11-01T11:59:59Z 6 192.0.2.7 55113 198.51.100.1 443 pass e1 e2 - -"},
        {"1,2026/11/01 12:00:00,01606001116,TRAFFIC,start,1,2026/11/01 "
         "11:59:59,192.0.2.7,198.51.100.1,,,out,,,ssl,vsys1,t,u,e1,e2,"
         "fwd,2026/11/01 12:00:00,1,1,55113,443,0,0,0x0,tcp,allow" PAN_TAIL,
         "2026-11-01T11:59:59Z 6 192.0.2.7 55113 198.51.100.1 443 pass e1 e2 - -"},
        {"<14>1 2026-11-01T12:00:01.000Z pa.example - - - - 1,2026/11/01 "
         "12:00:00,01606001116,TRAFFIC,start,1,2026/11/01 11:59:59,"
         "192.0.2.7,198.51.100.1,,,out,,,ssl,vsys1,t,u,e1,e2,fwd,2026/11/01 "
         "12:00:00,1,1,55113,443,0,0,0x0,tcp,allow" PAN_TAIL,
         "2026-11-01T11:59:59Z 6 192.0.2.7 55113 198.51.100.1 443 pass e1 e2 - -"},
        {"Nov  1 12:00:47 gke-pool-1 953 <142>1 2026-11-01T12:00:47.110Z stream-logfwd20 logforwarder - panwlogs - "
         "1,2026-11-01T12:00:42.000000Z,no-serial,TRAFFIC,start,10.0,2026-11-01T12:00:00.000000Z,192.0.2.7,198.51.100."
         "1,,,r,"
         "\"dom\\a o\"x\"'\"y\"z\",,psiphon,vsys1,z1,z2,,,rs,,371791,1,26367,21078,5556,16804,2048,tcp,allow" PAN_TAIL,
         "2026-11-01T12:00:00Z 6 192.0.2.7 26367 198.51.100.1 21078 pass z1 z2 - -"},
        {"Nov  1 12:00:01 pa 1,2026/11/01 12:00:00,0128,THREAT,url,2049,2026/11/01 "
         "12:00:00,192.0.2.7,198.51.100.1,,,r,,,web,vsys1,"
         "t,u,e1,e2,fwd,2026/11/01 12:00:00,1,1,1,80,0,0,0x8000,tcp,alert,\"x.example/\"",
         "remark"},
        {"Nov  1 12:00:01 pa 1,2026/11/01 12:00:00,0128,SYSTEM,general,0,2026/11/01 "
         "12:00:00,,general,,0,0,general,info,\"User "
         "admin logged in via Web from 192.0.2.4 using https\",1,0x0",
         "remark"},
        {"Nov  1 12:00:01 pa 1,2026/11/01 12:00:00,0128,CONFIG,0,0,2026/11/01 "
         "12:00:00,192.0.2.4,,commit,admin,Web,Submitted,,1,0x0",
         "remark"},
        {"Domain,Receive Time,Serial #,Type,Threat/Content Type,Config Version,Generate Time,Source address", "header"},
        {PAN_HEAD "end,2049,2026/11/01 12:00:00,192.0.2.7,198.51.100.1,203.0.113.1", "broken"},
        {"a,2026/11/01 12:00:00,x y,TRAFFIC,end", "other"},
        {"Nov  1 12:00:00 fw filterlog: 9,,,0,em0,match,block,in,4,0x0,,60,7,0,none,6,tcp", "other"},
    };
    (void)state;
    log_check(&ptn_format_panos, rows, COUNT(rows));
}

static void test_aws_vpc(void **state)
{
    static const struct log_row plain[] = {
        {"2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1793534400 1793534460 "
         "ACCEPT OK",
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"},
        {"2026-11-01T12:01:00.000Z 2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 "
         "1793534400 "
         "1793534460 REJECT OK",
         "2026-11-01T12:00:00Z 1 203.0.113.12 - 172.31.16.139 - drop - - - -"},
        {"2 123456789010 eni-1 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 "
         "6 54 8855 "
         "1793534400 1793534460 ACCEPT OK",
         "2026-11-01T12:00:00Z 6 2001:db8:1234:a100:8d6e:3477:df66:f105 34892 2001:db8:1234:a102:3304:8879:34cf:4071 "
         "22 pass - - "
         "- -"},
        {"2 123456789010 eni-1235b8ca123456789 - - - - - - - 1793534400 1793534460 - NODATA", "remark"},
        {"2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1793534400 1793534460 - SKIPDATA", "remark"},
        {"1793534460000,2 123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1793534400 1793534460 "
         "ACCEPT OK",
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"},
        {"1793534460000,\"2 123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1793534400 1793534460 "
         "ACCEPT OK\"",
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"},
        {"2026-11-01T12:01:00+00:00 eni-1-all 2 123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 "
         "1793534400 1793534460 ACCEPT OK",
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"},
        {"EVENTS\t3949\t1793534460\tstream\t1793534460\t2 123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 "
         "4249 1793534400 1793534460 ACCEPT OK",
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"},
        {"{\"message\": \"2 123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1793534400 1793534460 "
         "ACCEPT OK\"}",
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"},
        {"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"message\":\"2 123456789010 eni-1 "
         "172.31.16.139 172.31.16.21 20641 22 6 20 4249 1793534400 1793534460 ACCEPT "
         "OK\"},{\"id\":\"2\",\"message\":\"2 1 eni-1 - - - - - - - 1793534400 1793534460 - NODATA\"},{\"message\":\"2 "
         "123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1793534400 1793534460 ACCEPT OK\"}]}",
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"
         "; "
         "2026-11-01T12:00:00Z 6 172.31.16.139 20641 172.31.16.21 22 pass - - - -"},
        {"{\"version\":2}", "other"},
        {"2 words of something else that has as many words as a flow has in all ok", "other"},
    };
    static const struct log_row header[] = {
        {"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
         "log-status "
         "tcp-flags pkt-srcaddr pkt-dstaddr flow-direction",
         "header"},
        {"5 123456789010 eni-1 10.0.0.220 203.0.113.5 40000 443 6 9 900 1793534400 1793534460 ACCEPT OK 3 10.0.1.5 "
         "203.0.113.5 "
         "egress",
         "2026-11-01T12:00:00Z 6 10.0.1.5 40000 203.0.113.5 443 pass - eni-1 FS -"},
        {"5 123456789010 eni-1 203.0.113.5 10.0.0.220 40000 443 6 9 900 1793534400 1793534460 REJECT OK 2 203.0.113.5 "
         "10.0.0.220 "
         "ingress",
         "2026-11-01T12:00:00Z 6 203.0.113.5 40000 10.0.0.220 443 drop eni-1 - S -"},
        {"5 123456789010 eni-1 203.0.113.5 10.0.0.220 99 88 17 9 900 1793534400 1793534460 REJECT OK 0 - - ingress",
         "2026-11-01T12:00:00Z 17 203.0.113.5 99 10.0.0.220 88 drop eni-1 - - -"},
        {"version,account_id,interface_id,srcaddr,dstaddr,srcport,dstport,protocol,start,action,log_status,tcp_flags",
         "header"},
        {"\"2\",\"1\",\"eni-1\",\"203.0.113.5\",\"10.0.0.220\",\"40000\",\"443\",\"6\",\"1793534400\",\"REJECT\","
         "\"OK\",\"2\"",
         "2026-11-01T12:00:00Z 6 203.0.113.5 40000 10.0.0.220 443 drop - - S -"},
        {"instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "header"},
        {"- eni-1235b8ca123456789 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5",
         "- - 10.0.1.5 - 203.0.113.5 - - - - - -"},
        {"six words that are no flow", "other"},
        {"srcaddr dstaddr dstport srcport action protocol start", "header"},
        {"203.0.113.5 10.0.0.220 443 40000 REJECT 6 1793534400",
         "2026-11-01T12:00:00Z 6 203.0.113.5 40000 10.0.0.220 443 drop - - - -"},
        {"203.0.113.5 10.0.0.220 443 x REJECT 6 1793534400", "other"},
    };
    static const struct log_row custom[] = {
        {"3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 "
         "203.0.113.42 10.0.0.62 43416 5001 203.0.113.42 10.0.0.62 6 568 8 1793534400 1793534460 ACCEPT 18 OK",
         "2026-11-01T12:00:00Z 6 203.0.113.42 43416 10.0.0.62 5001 pass - - SA -"},
        {"5 203.0.113.179 10.0.0.71 80 34210 6 1793534400 1793534460 IPv4 14 15044 123456789012 vpc-abcdefab012345678 "
         "subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 "
         "203.0.113.179 "
         "10.0.0.71 S3 - - ingress OK",
         "2026-11-01T12:00:00Z 6 203.0.113.179 80 10.0.0.71 34210 pass eni-1235b8ca123456789 - FSA -"},
        {"3 eni-33333333333333333 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb i-01234567890123456 "
         "10.20.33.164 "
         "10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK",
         "- 6 10.20.33.164 39812 10.40.2.236 80 pass - - FS -"},
    };
    (void)state;
    log_check(&ptn_format_aws_vpc, plain, COUNT(plain));
    log_check(&ptn_format_aws_vpc, header, COUNT(header));
    log_check(&ptn_format_aws_vpc, custom, COUNT(custom));
}

static void test_pfirewall(void **state)
{
    static const struct log_row rows[] = {
        {"#Version: 1.5", "header"},
        {"#Software: Microsoft Windows Firewall", "header"},
        {"#Time Format: Local", "header"},
        {"#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin "
         "icmptype icmpcode "
         "info path pid",
         "header"},
        {"2026-11-01 12:00:19 DROP UDP 192.0.2.197 224.0.0.251 5353 5353 59 - - - - - - - RECEIVE 4",
         "2026-11-01T12:00:19Z 17 192.0.2.197 5353 224.0.0.251 5353 drop - - - -"},
        {"2026-11-01 12:00:19 ALLOW TCP 192.0.2.1 198.51.100.1 49700 443 0 - 0 0 0 - - - SEND 1234",
         "2026-11-01T12:00:19Z 6 192.0.2.1 49700 198.51.100.1 443 pass - - - -"},
        {"2026-11-01 12:00:19 DROP TCP 203.0.113.9 192.0.2.1 40000 445 52 S 1234567 0 8192 - - - RECEIVE 4",
         "2026-11-01T12:00:19Z 6 203.0.113.9 40000 192.0.2.1 445 drop - - S -"},
        {"2026-11-01 12:00:19 DROP ICMP 203.0.113.9 192.0.2.1 - - 60 - - - - 8 0 - RECEIVE 4",
         "2026-11-01T12:00:19Z 1 203.0.113.9 - 192.0.2.1 - drop - - - 8"},
        {"2026-11-01 12:00:19 DROP ICMPv6 fe80::1 ff02::1 - - 72 - - - - 134 0 - RECEIVE 4",
         "2026-11-01T12:00:19Z 58 fe80::1 - ff02::1 - drop - - - 134"},
        {"2026-11-01 12:00:19 DROP 2 192.0.2.9 224.0.0.22 - - 40 - - - - - - - RECEIVE 4",
         "2026-11-01T12:00:19Z 2 192.0.2.9 - 224.0.0.22 - drop - - - -"},
        {"2026-11-01 12:00:19 DROP UDP fe80::3680:dff:fe01:9e88 ff02::fb 5353 5353 89 - - - - - - ",
         "2026-11-01T12:00:19Z 17 fe80::3680:dff:fe01:9e88 5353 ff02::fb 5353 drop - - - -"},
        {"2026-11-01 12:00:19 CLOSE TCP 192.0.2.1 198.51.100.1 49700 443 - - - - - - - - -",
         "2026-11-01T12:00:19Z 6 192.0.2.1 49700 198.51.100.1 443 pass - - - -"},
        {"2026-11-01 12:00:19 OPEN-INBOUND TCP 203.0.113.9 192.0.2.1 4000 3389 - - - - - - - - -",
         "2026-11-01T12:00:19Z 6 203.0.113.9 4000 192.0.2.1 3389 pass - - - -"},
        {"2026-11-01 12:00:19 INFO-EVENTS-LOST - - - - - - - - - - - - 10 -", "remark"},
        {"2026-11-01 12:00:19 DROP TCP 203.0.113.9", "broken"},
        {"2026-11-01 12:00:19 GET /index.html 80", "other"},
        {"2026-11-01 12:00:19 DROP table a", "other"},
        {"#Fields: date time s-ip cs-method cs-uri-stem", "other"},
    };
    static const struct log_row bare[] = {
        {"2026-11-01 12:00:19 DROP TCP 203.0.113.9 192.0.2.1 40000 445 52 SA 1 2 8192 - - - RECEIVE",
         "2026-11-01T12:00:19Z 6 203.0.113.9 40000 192.0.2.1 445 drop - - SA -"},
    };
    (void)state;
    log_check(&ptn_format_pfirewall, rows, COUNT(rows));
    log_check(&ptn_format_pfirewall, bare, COUNT(bare));
}

#define CONN(proto, ports, state, history)                                                                             \
    "1793534400.125000\tCHhAvVGS1DHFjwGM9\t" ports "\t" proto "\t-\t0.1\t0\t0\t" state "\t-\t-\t0\t" history           \
    "\t1\t60\t1\t40\t(empty)"

static void test_zeek(void **state)
{
    static const struct log_row rows[] = {
        {"#separator \\x09", "header"},
        {"#set_separator\t,", "header"},
        {"#empty_field\t(empty)", "header"},
        {"#unset_field\t-", "header"},
        {"#path\tconn", "header"},
        {"#open\t2026-11-01-12-00-00", "header"},
        {"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_"
         "bytes\t"
         "conn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_"
         "bytes\t"
         "tunnel_parents",
         "header"},
        {"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount"
         "\tstring\t"
         "count\tcount\tcount\tcount\tset[string]",
         "header"},
        {CONN("tcp", "192.0.2.1\t40000\t198.51.100.1\t443", "SF", "ShADadFf"),
         "2026-11-01T12:00:00.125000Z 6 192.0.2.1 40000 198.51.100.1 443 pass - - S -"},
        {CONN("tcp", "192.0.2.1\t40000\t198.51.100.1\t23", "S0", "S"),
         "2026-11-01T12:00:00.125000Z 6 192.0.2.1 40000 198.51.100.1 23 drop - - S -"},
        {CONN("tcp", "192.0.2.1\t40000\t198.51.100.1\t23", "REJ", "Sr"),
         "2026-11-01T12:00:00.125000Z 6 192.0.2.1 40000 198.51.100.1 23 reject - - S -"},
        {CONN("tcp", "192.0.2.1\t40000\t198.51.100.1\t23", "REJ", "-"),
         "2026-11-01T12:00:00.125000Z 6 192.0.2.1 40000 198.51.100.1 23 reject - - S -"},
        {CONN("tcp", "192.0.2.1\t80\t198.51.100.1\t40000", "OTH", "^hA"),
         "2026-11-01T12:00:00.125000Z 6 192.0.2.1 80 198.51.100.1 40000 - - - - -"},
        {CONN("udp", "2001:db8::1\t5353\tff02::fb\t5353", "S0", "D"),
         "2026-11-01T12:00:00.125000Z 17 2001:db8::1 5353 ff02::fb 5353 - - - - -"},
        {CONN("icmp", "192.0.2.1\t8\t198.51.100.1\t0", "OTH", "-"),
         "2026-11-01T12:00:00.125000Z 1 192.0.2.1 - 198.51.100.1 - - - - - 8"},
        {CONN("icmp", "fe80::1\t134\tff02::1\t133", "OTH", "-"),
         "2026-11-01T12:00:00.125000Z 58 fe80::1 - ff02::1 - - - - - 134"},
        {CONN("unknown_transport", "192.0.2.1\t0\t198.51.100.1\t0", "OTH", "-"),
         "2026-11-01T12:00:00.125000Z - 192.0.2.1 - 198.51.100.1 - - - - - -"},
        {"1793534400.125000\tCHhAvVGS1DHFjwGM9\t192.0.2.1\t1", "other"},
        {"#close\t2026-11-01-13-00-00", "header"},
        {"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery", "header"},
        {"1793534400.125000\tCHhAvVGS1DHFjwGM9\t192.0.2.1\t4000\t198.51.100.53\t53\tudp\t1\twww.example", "remark"},
    };
    static const struct log_row bare[] = {
        {CONN("tcp", "192.0.2.1\t40000\t198.51.100.1\t443", "S1", "ShA"),
         "2026-11-01T12:00:00.125000Z 6 192.0.2.1 40000 198.51.100.1 443 pass - - S -"},
        {"a\tb\tc\td\te\tf\tg", "other"},
    };
    (void)state;
    log_check(&ptn_format_zeek, rows, COUNT(rows));
    log_check(&ptn_format_zeek, bare, COUNT(bare));
}

#define NF16_TAIL                                                                                                      \
    ",0,0,5,300,0,0,3,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,"        \
    "00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0.000,0.000,0.000,192.0.2.250,0/"   \
    "0,1,"                                                                                                             \
    "2026-11-01 12:01:00.000"

static void test_nfdump(void **state)
{
    static const struct log_row rows[] = {
        {"2026-11-01 12:00:00,2026-11-01 12:00:05,5.000,192.0.2.1,198.51.100.1,40000,22,TCP,.AP.SF" NF16_TAIL,
         "2026-11-01T12:00:00Z 6 192.0.2.1 40000 198.51.100.1 22 - 3 - FSPA -"},
        {"2026-11-01 12:00:00,2026-11-01 12:00:05,5.000,192.0.2.1,198.51.100.1,0,8.0,ICMP,......" NF16_TAIL,
         "2026-11-01T12:00:00Z 1 192.0.2.1 - 198.51.100.1 - - 3 - - 8"},
        {"2026-11-01 12:00:00,2026-11-01 12:00:05,5.000,192.0.2.1,198.51.100.1,0,771,ICMP,......" NF16_TAIL,
         "2026-11-01T12:00:00Z 1 192.0.2.1 - 198.51.100.1 - - 3 - - 3"},
        {"2026-11-01 12:00:00,2026-11-01 12:00:05,5.000,2001:db8::1,2001:db8::2,500,53,UDP,......" NF16_TAIL,
         "2026-11-01T12:00:00Z 17 2001:db8::1 500 2001:db8::2 53 - 3 - - -"},
        {"Summary", "remark"},
        {"flows,bytes,packets,avg_bps,avg_pps,avg_bpp", "remark"},
        {"4,1200,20,1,1,60", "remark"},
        {"firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows", "header"},
        {"2026-11-01 12:00:00.250,0.100,TCP,192.0.2.1,40000,198.51.100.1,443,5,300,1",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.1 40000 198.51.100.1 443 - - - - -"},
        {"cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,"
         "packets,bytes",
         "header"},
        {"1,2,1793534400250,1793534400350,6,192.0.2.1,40000,198.51.100.1,443,0,0,1,2,......S.,0,1,40",
         "2026-11-01T12:00:00.250000Z 6 192.0.2.1 40000 198.51.100.1 443 - 1 2 S -"},
        {"1,2,1793534400250,1793534400350,6,x,40000,y,443,0,0,1,2,......S.,0,1,40", "other"},
    };
    (void)state;
    log_check(&ptn_format_nfdump, rows, COUNT(rows));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),   cmocka_unit_test(test_grammar), cmocka_unit_test(test_filterlog),
        cmocka_unit_test(test_panos), cmocka_unit_test(test_aws_vpc), cmocka_unit_test(test_pfirewall),
        cmocka_unit_test(test_zeek),  cmocka_unit_test(test_nfdump),
    };
    return check_all(tests);
}
