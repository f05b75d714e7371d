/* A log's answer made up by hand: what the reports print. */
#ifndef PTN_TESTS_EXPLAINED_SAMPLE_H
#define PTN_TESTS_EXPLAINED_SAMPLE_H

#include "base/addr.h"
#include "report/explain.h"

#define SAMPLE_DAY 1790812800u /* 2026-10-01 00:00:00 UTC */

static inline struct ptn_addr sample_addr(const char *text)
{
    struct ptn_addr a = {0};
    (void)ptn_addr_parse(&a, text, strlen(text));
    return a;
}

struct sample {
    struct ptn_explained e;
    struct ptn_paragraph items[6];
    struct ptn_port_count ports[24];
    struct ptn_suspect suspects[8];
    struct ptn_day_count days[3];
    struct ptn_log_counts counts;
};

static inline void sample_ports(struct sample *s)
{
    static const struct ptn_port_count ports[] = {
        {8080, 6, 3, 1, "http-alt"},
        {22, 6, 2, 1, "ssh"},
        {23, 6, 1, 1, "telnet"},
        {445, 6, 1, 1, "microsoft-ds"},
        {3389, 6, 1, 1, "ms-wbt"},
        {5900, 6, 1, 1, "rfb"},
        {6379, 6, 1, 1, "redis"},
        {9200, 6, 1, 1, "elasticsearch"},
        {135 << 8, 58, 800, 2, NULL},
        {136 << 8, 58, 112, 2, NULL},
        {6000, 17, 288, 1, NULL},
        {113, 6, 88, 3, "ident"},
        {23, 6, 9140, 1201, "telnet"},
        {22, 6, 6021, 870, "ssh"},
        {445, 6, 5117, 640, "microsoft-ds"},
        {3389, 6, 3800, 402, "ms-wbt"},
        {8080, 6, 2204, 310, "http-alt"},
        {0, 47, 12, 1, NULL},
        {443, 6, 9140, 0, "https"},
    };
    memcpy(s->ports, ports, sizeof(ports));
}

static inline void sample_suspects(struct sample *s)
{
    s->suspects[0] = (struct ptn_suspect){.addr = sample_addr("198.51.100.7"),
                                          .prefix = 32,
                                          .lines = 61,
                                          .passed = 3,
                                          .sources = 1,
                                          .ports = 61,
                                          .first = SAMPLE_DAY + 50531,
                                          .last = SAMPLE_DAY + 50740,
                                          .cause = PTN_CAUSE_SCAN_HIT,
                                          .place = "DE, Example Net",
                                          .note = "got through to 8080/tcp"};
    s->suspects[1] = (struct ptn_suspect){.addr = sample_addr("192.0.2.44"),
                                          .prefix = 32,
                                          .lines = 288,
                                          .sources = 1,
                                          .ports = 1,
                                          .first = SAMPLE_DAY + 12,
                                          .last = SAMPLE_DAY + 86112,
                                          .interval = 300,
                                          .cause = PTN_CAUSE_FRIEND,
                                          .name = "monitor"};
    s->suspects[2] = (struct ptn_suspect){.addr = sample_addr("2001:db8:17::"),
                                          .prefix = 48,
                                          .lines = 912,
                                          .sources = 4,
                                          .ports = 2,
                                          .first = SAMPLE_DAY + 5,
                                          .last = SAMPLE_DAY + 86399,
                                          .cause = PTN_CAUSE_IPV6_RULE};
    s->suspects[3] = (struct ptn_suspect){.addr = sample_addr("203.0.113.9"),
                                          .prefix = 32,
                                          .lines = 412,
                                          .sources = 1,
                                          .ports = 1,
                                          .first = SAMPLE_DAY + 900,
                                          .last = SAMPLE_DAY + 80000,
                                          .cause = PTN_CAUSE_SWEEP};
    s->suspects[4] = (struct ptn_suspect){.addr = sample_addr("198.51.100.77"),
                                          .prefix = 32,
                                          .lines = 300,
                                          .sources = 1,
                                          .ports = 2,
                                          .first = SAMPLE_DAY + 1900,
                                          .last = SAMPLE_DAY + 70000,
                                          .cause = PTN_CAUSE_SWEEP};
}

static inline void sample_paragraphs(struct sample *s)
{
    static const char *evidence[] = {"sequential test: 61 ports tried, 60 of them closed here; likelihood 10^11 to 1",
                                     "8080/tcp: nginx.service listens, reachable from the internet"};
    s->items[0] =
        (struct ptn_paragraph){.cause = PTN_CAUSE_SCAN_HIT,
                               .verdict = PTN_VERDICT_WORRY,
                               .title = "A scan that reached something",
                               .why = "One source tried many ports, and the filter let it through to one that answers.",
                               .facts = "198.51.100.7 tried 61 ports and connected to 8080/tcp (nginx).",
                               .act = "Look at what nginx saw: journalctl -u nginx --since '2026-10-01 14:02'.",
                               .fix = "nft add rule inet filter input ip saddr 198.51.100.7 drop",
                               .lines = 61,
                               .passed = 3,
                               .sources = 1,
                               .first = SAMPLE_DAY + 50531,
                               .last = SAMPLE_DAY + 50740,
                               .ports = s->ports,
                               .n_ports = 8,
                               .all_ports = 61,
                               .suspects = s->suspects,
                               .n_suspects = 1,
                               .ifaces = "eth0",
                               .rules = "[UFW BLOCK], [UFW ALLOW]",
                               .evidence = evidence,
                               .n_evidence = 2};
    s->items[1] = (struct ptn_paragraph){
        .cause = PTN_CAUSE_IPV6_RULE,
        .verdict = PTN_VERDICT_RULE,
        .title = "Your rule breaks IPv6",
        .why = "Neighbour discovery is how IPv6 finds a neighbour's card; without it nobody is reached.",
        .act = "Let ICMPv6 133-137 in.",
        .fix = "nft insert rule inet filter input icmpv6 type { 133-137 } accept",
        .lines = 912,
        .sources = 4,
        .first = SAMPLE_DAY + 5,
        .last = SAMPLE_DAY + 86399,
        .ports = s->ports + 8,
        .n_ports = 2,
        .all_ports = 2,
        .suspects = s->suspects + 2,
        .n_suspects = 1,
        .ifaces = "eth0",
        .rules = ""};
    s->items[2] = (struct ptn_paragraph){
        .cause = PTN_CAUSE_FRIEND,
        .verdict = PTN_VERDICT_ASK,
        .title = "A friend that is not let in",
        .why = "The same source asks for the same port at a regular interval: a program, not a scan.",
        .act = "If you know it, let it in; if not, ask whose it is.",
        .lines = 288,
        .sources = 1,
        .first = SAMPLE_DAY + 12,
        .last = SAMPLE_DAY + 86112,
        .ports = s->ports + 10,
        .n_ports = 1,
        .all_ports = 1,
        .suspects = s->suspects + 1,
        .n_suspects = 1,
        .ifaces = "eth0",
        .rules = ""};
    s->items[3] =
        (struct ptn_paragraph){.cause = PTN_CAUSE_IDENT,
                               .verdict = PTN_VERDICT_OK,
                               .title = "Mail servers ask who you are",
                               .why = "You sent them mail 1 to 4 s earlier, and they ask who you are (RFC 1413).",
                               .act = "Reject instead of drop, and your mail goes faster.",
                               .lines = 88,
                               .sources = 3,
                               .first = SAMPLE_DAY + 30000,
                               .last = SAMPLE_DAY + 64000,
                               .ports = s->ports + 11,
                               .n_ports = 1,
                               .all_ports = 1,
                               .ifaces = "eth0",
                               .rules = ""};
    s->items[4] = (struct ptn_paragraph){.cause = PTN_CAUSE_SWEEP,
                                         .verdict = PTN_VERDICT_OK,
                                         .title = "Background: one-port sweeps",
                                         .why = "Somebody tries the whole internet for one port, and you are in it.",
                                         .facts = "None of these ports is open here.",
                                         .act = "",
                                         .lines = 31020,
                                         .sources = 2914,
                                         .first = SAMPLE_DAY + 1,
                                         .last = SAMPLE_DAY + 86398,
                                         .ports = s->ports + 12,
                                         .n_ports = 6,
                                         .all_ports = 803,
                                         .suspects = s->suspects + 3,
                                         .n_suspects = 2,
                                         .ifaces = "eth0",
                                         .rules = ""};
    s->items[5] =
        (struct ptn_paragraph){.cause = PTN_CAUSE_LATE_TCP,
                               .verdict = PTN_VERDICT_OK,
                               .title = "Late packets of your own connections",
                               .why = "They answer to something that you asked, after the filter had forgotten it.",
                               .act = "",
                               .lines = 9140,
                               .sources = 212,
                               .first = SAMPLE_DAY + 3,
                               .last = SAMPLE_DAY + 86390,
                               .ports = s->ports + 18,
                               .n_ports = 1,
                               .all_ports = 1,
                               .source_ports = true,
                               .ifaces = "eth0",
                               .rules = ""};
    s->items[0].timeline[28] = 61;
    for (unsigned i = 0; i < PTN_TIMELINE; i++) {
        s->items[1].timeline[i] = 19;
        s->items[2].timeline[i] = 6;
        s->items[3].timeline[i] = i > 16 && i < 36 && i % 3 == 0 ? 5 + i % 7 : 0;
        s->items[4].timeline[i] = 300 + (i * 7919) % 700;
        s->items[5].timeline[i] = i < 14 ? 10 : 40 + (i * 31) % 300;
    }
}

static inline void sample_make(struct sample *s)
{
    memset(s, 0, sizeof(*s));
    sample_ports(s);
    sample_suspects(s);
    sample_paragraphs(s);
    for (unsigned i = 0; i < 3; i++)
        s->days[i] =
            (struct ptn_day_count){SAMPLE_DAY - 86400 * (2 - i), 20000 + i * 9000, 19000 + i * 9000, 1000, i * 30};
    s->e = (struct ptn_explained){.items = s->items,
                                  .n = 6,
                                  .packets = 41509,
                                  .passed = 3,
                                  .dropped = 41506,
                                  .sources = 3135,
                                  .first = SAMPLE_DAY + 1,
                                  .last = SAMPLE_DAY + 86399,
                                  .step = 1800,
                                  .begin = SAMPLE_DAY,
                                  .host = "tested against this machine as it is now; what it did then is not known",
                                  .ports = s->ports + 12,
                                  .n_ports = 6,
                                  .by_source = s->suspects,
                                  .n_by_source = 5,
                                  .by_network = s->suspects + 2,
                                  .n_by_network = 1,
                                  .days = s->days,
                                  .n_days = 3};
    s->counts = (struct ptn_log_counts){
        .files = 3,
        .lines = 41700,
        .packets = 41509,
        .remarks = 180,
        .broken = 11,
        .n_broken_quotes = 2,
        .broken_quotes = {
            {"ufw.log",
             "Oct  1 12:00:01 fw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.300 DST=203.0.113.10 LEN=40", 812},
            {"ufw.log.1", "Oct  1 12:00:02 fw kernel: [UFW BLOCK] IN=eth0 OUT= MAC=", 9}}};
}

#endif
