/* All formats at once: each line is one's and no other's, in whatever order and envelope it comes. */
#include "check.h"

#include <sys/socket.h>
#include <time.h>

#include "base/addr.h"
#include "source/log/envelope.h"
#include "source/log/formats.h"

#define ROWS 128
#define LINE 4096

static struct row {
    char name[32], line[LINE];
} rows[ROWS];
static size_t n_rows;

/* Everything a line is read with. */
struct reader {
    struct ptn_clock clock;
    struct ptn_log_state state;
    struct ptn_knocks knocks;
    struct ptn_message message;
    char room[2 * LINE];
};

static int read_rows(void **state)
{
    char line[LINE + 64], *tab;
    FILE *f = fopen("tests/unit/log_formats.tsv", "r");
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    if (!f)
        return -1;
    while (n_rows < ROWS && fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || !(tab = strchr(line, '\t')))
            continue;
        *tab = '\0';
        snprintf(rows[n_rows].name, sizeof(rows->name), "%.31s", line);
        snprintf(rows[n_rows++].line, sizeof(rows->line), "%s", tab + 1);
    }
    fclose(f);
    return n_rows ? 0 : -1;
}

static void open_line(struct reader *r, const char *line)
{
    r->clock.latest = INT64_C(1795521601) * 1000000;
    r->knocks.n = 0;
    ptn_envelope_open(&r->clock, (struct ptn_slice){line, strlen(line)}, r->room, &r->message);
}

static void expect_packet(const struct reader *r)
{
    char addr[PTN_ADDR_TEXT];
    EXPECT_INT(r->knocks.n, 1);
    const struct ptn_knock *k = r->knocks.items;
    EXPECT_TEXT(ptn_addr_format(&k->src, addr), "192.0.2.1");
    EXPECT_TEXT(ptn_addr_format(&k->dst, addr), "198.51.100.7");
    EXPECT_INT(k->proto, 6);
    EXPECT_INT(k->sport, 54321);
    EXPECT_INT(k->dport, 23);
    EXPECT_INT(k->action, PTN_ACTION_DROP);
    EXPECT((k->has & ~(uint32_t)(PTN_HAS_NO_FILTER | PTN_HAS_ROUTER)) >> 11 == 0);
}

static void expect_time(const struct reader *r)
{
    EXPECT_INT(r->knocks.items[0].time / 1000000, 1795435201);
}

/* By the whole list: the right format, the right packet. */
static void expect_line(struct reader *r, const char *line, const char *name)
{
    const struct ptn_format *which = NULL;
    open_line(r, line);
    EXPECT_INT(ptn_log_read_message(&r->state, &r->message, &r->knocks, &which), PTN_LINE_PACKET);
    EXPECT_TEXT(which->name, name);
    expect_packet(r);
}

static void no_other_wants_it(void **state)
{
    struct reader r = {0};
    (void)state;
    for (size_t i = 0; i < n_rows; i++) {
        unsigned takers = 0;
        for (size_t j = 0; j < ptn_n_formats; j++) {
            r.state = (struct ptn_log_state){0};
            open_line(&r, rows[i].line);
            AT("%s as %s", rows[i].name, ptn_formats[j]->name);
            enum ptn_line kind = ptn_format_read(ptn_formats[j], &r.state, &r.message, &r.knocks);
            takers += kind != PTN_LINE_OTHER_FORMAT;
            EXPECT(kind == PTN_LINE_OTHER_FORMAT || strcmp(rows[i].name, ptn_formats[j]->name) == 0);
        }
        AT("%s by its own", rows[i].name);
        EXPECT(takers >= 1); /* a product's generations may read each other's lines */
    }
    ptn_knocks_release(&r.knocks);
}

/* One file with everything in it: what stuck from the line before must not matter. */
static void mixed_files(void **state)
{
    struct reader r = {0};
    (void)state;
    for (size_t step = 1; step < n_rows; step += 2)
        for (size_t i = 0; i < n_rows; i++) {
            const struct row *row = &rows[i * step % n_rows];
            AT("%s, by steps of %zu", row->name, step);
            expect_line(&r, row->line, row->name);
            expect_time(&r);
        }
    ptn_knocks_release(&r.knocks);
}

/* A collector's envelope around the device's own. */
static void in_envelopes(void **state)
{
    static const char *const envelopes[] = {
        "Nov 23 12:00:01 relay ",
        "<134>Nov 23 12:00:01 relay ",
        "2026-11-23T12:00:01.000000+00:00 relay.example.net ",
        "<134>1 2026-11-23T12:00:01Z relay - - - - ",
        "Nov 23 12:00:01 relay Nov 23 12:00:01 relay2 ",
        "2026 Nov 23 12:00:01 relay->192.0.2.9 ",
        "2026-11-23T12:00:01Z stdout F ",
        "\xef\xbb\xbf",
    };
    static char line[2 * LINE];
    struct reader r = {0};
    (void)state;
    for (size_t e = 0; e < COUNT(envelopes); e++)
        for (size_t i = 0; i < n_rows; i++) {
            snprintf(line, sizeof(line), "%s%s", envelopes[e], rows[i].line);
            AT("%.400s", line);
            expect_line(&r, line, rows[i].name);
            expect_time(&r);
        }
    ptn_knocks_release(&r.knocks);
}

static void nobodys_lines(void **state)
{
    static const char *const lines[] = {
        "",
        "Nov 23 12:00:01 host sshd[123]: Failed password for root from 192.0.2.1 port 54321 ssh2",
        "Nov 23 12:00:01 host CRON[123]: (root) CMD (run-parts /etc/cron.hourly)",
        "Nov 23 12:00:01 host kernel: [12345.678901] usb 1-1: new high-speed USB device number 7 using xhci_hcd",
        "Nov 23 12:00:01 host kernel: eth0: link up, 1000Mbps, full-duplex",
        "Nov 23 12:00:01 host systemd[1]: Started Session 7 of user root.",
        "Nov 23 12:00:01 host named[123]: client @0x7f 192.0.2.1#54321 (example.org): query: example.org IN A + "
        "(198.51.100.7)",
        "Nov 23 12:00:01 host postfix/smtpd[123]: connect from unknown[192.0.2.1]",
        "Nov 23 12:00:01 host dhcpd: DHCPACK on 192.0.2.1 to 00:11:22:33:44:55 via eth0",
        "Nov 23 12:00:01 host -- MARK --",
        "Nov 23 12:00:01 host last message repeated 3 times",
        "192.0.2.1 - - [23/Nov/2026:12:00:01 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl/7.88\"",
        "{\"level\":\"info\",\"msg\":\"listening\",\"addr\":\"192.0.2.1:80\"}",
        "{}",
        "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "# a comment",
        "a,b,c,d,e",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        "key=value other=thing",
        "192.0.2.1 198.51.100.7",
        "\x7f"
        "ELF\x02\x01\x01",
    };
    struct reader r = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        const struct ptn_format *which = ptn_formats[0];
        AT("%s", lines[i]);
        open_line(&r, lines[i]);
        EXPECT_INT(ptn_log_read_message(&r.state, &r.message, &r.knocks, &which), PTN_LINE_OTHER_FORMAT);
        EXPECT(which == NULL);
        EXPECT_INT(r.knocks.n, 0);
    }
    ptn_knocks_release(&r.knocks);
}

static void the_list(void **state)
{
    (void)state;
    assert_null(ptn_formats[ptn_n_formats]);
    for (size_t i = 0; i < ptn_n_formats; i++) {
        AT("format %zu", i);
        EXPECT(ptn_formats[i]->name && ptn_formats[i]->name[0]);
        EXPECT(ptn_formats[i]->title && ptn_formats[i]->title[0]);
        EXPECT(ptn_formats[i]->read != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list),     cmocka_unit_test(no_other_wants_it), cmocka_unit_test(mixed_files),
        cmocka_unit_test(in_envelopes), cmocka_unit_test(nobodys_lines),
    };
    return check_all_in(tests, read_rows, NULL);
}
