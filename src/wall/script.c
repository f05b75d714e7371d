#include "script.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define SCRIPT_MAX ((size_t)256 << 20)
#define COMPANY "portolan_check"

/* nft prints its messages as libmnl writes them (--debug=mnl):
 *     | 02562 | R--- |   |  type | flags  |
 *     | 01 00 00 00  |   |  extra header  |      the family first
 *     |00013|--|00001|   |len |flags| type|      an attribute: of every message that changes something, number 1 is
 *     | 70 6f 72 74  |   |      data      |      the table's name, and comes first
 */
struct reader {
    struct ptn_tables *tables;
    bool all[NFPROTO_NUMPROTO]; /* families of which every table goes; UNSPEC: all */
    bool begun, unnamed;        /* a transaction was seen; a table is told by its handle */
    int failed;
    bool change; /* the message at hand: it changes something */
    unsigned family, attrs, first;
    size_t want, got;
    char name[PTN_TABLE_NAME];
};

static bool asks_only(unsigned msg)
{
    static const uint8_t gets[] = {NFT_MSG_GETTABLE,
                                   NFT_MSG_GETCHAIN,
                                   NFT_MSG_GETRULE,
                                   NFT_MSG_GETSET,
                                   NFT_MSG_GETGEN,
                                   NFT_MSG_GETSETELEM,
                                   NFT_MSG_GETOBJ,
                                   NFT_MSG_GETOBJ_RESET,
                                   NFT_MSG_NEWGEN,
                                   NFT_MSG_GETFLOWTABLE,
                                   25 /* GETRULE_RESET */};
    return msg == 33 /* GETSETELEM_RESET */ || memchr(gets, (int)msg, sizeof(gets));
}

static void message_ends(struct reader *r)
{
    if (!r->change)
        return;
    r->change = false;
    if (r->attrs == 0 && r->family < NFPROTO_NUMPROTO)
        r->all[r->family] = true;
    else if (r->first != NFTA_TABLE_NAME || r->got != r->want || !ptn_table_family_word((uint8_t)r->family))
        r->unnamed = true;
    else if (r->failed == 0)
        r->failed = ptn_tables_add(r->tables, (uint8_t)r->family, r->name);
}

static void message_begins(struct reader *r, unsigned type)
{
    message_ends(r);
    r->begun |= type == NFNL_MSG_BATCH_BEGIN;
    r->change = type >> 8 == NFNL_SUBSYS_NFTABLES && !asks_only(type & 0xff);
    r->family = r->attrs = r->first = 0;
    r->want = r->got = 0;
    r->name[0] = '\0';
}

static void attribute(struct reader *r, unsigned len, unsigned type)
{
    if (r->attrs++)
        return;
    r->first = type;
    r->want = len > 4 && len - 4 < PTN_TABLE_NAME ? len - 4 : SIZE_MAX;
}

static void data(struct reader *r, const unsigned octets[4])
{
    if (r->attrs != 1 || r->want == SIZE_MAX)
        return;
    for (int i = 0; i < 4 && r->got < r->want; i++)
        r->name[r->got++] = (char)octets[i];
    r->name[r->got] = '\0';
}

static void take_line(struct reader *r, const char *line)
{
    unsigned o[4], n, type;
    char flags[5];
    int end = 0;
    if (sscanf(line, " | %5u | %4s | | type | flags |%n", &type, flags, &end) == 2 && end)
        message_begins(r, type);
    else if (sscanf(line, " |%5u|%2[^|]|%5u| |len |flags| type|%n", &n, flags, &type, &end) == 3 && end)
        attribute(r, n, type);
    else if (sscanf(line, " | %2x %2x %2x %2x | | data |%n", &o[0], &o[1], &o[2], &o[3], &end) == 4 && end)
        data(r, o);
    else if (sscanf(line, " | %2x %2x %2x %2x | | extra header |%n", &o[0], &o[1], &o[2], &o[3], &end) == 4 && end)
        r->family = o[0];
}

/* Lines without their colours; only the beginning of a long one matters. */
struct lines {
    char line[128];
    size_t len;
    bool escape;
};

static void take_char(struct reader *r, struct lines *l, char c)
{
    if (l->escape) {
        l->escape = c != 'm' && c != '\n';
    } else if (c == '\033') {
        l->escape = true;
    } else if (c == '\n') {
        l->line[l->len] = '\0';
        take_line(r, l->line);
        l->len = 0;
    } else if (l->len + 1 < sizeof(l->line)) {
        l->line[l->len++] = c;
    }
}

static int read_messages(struct reader *r, struct ptn_tool *nft)
{
    struct lines l = {.len = 0};
    char buf[16 * 1024];
    ssize_t n;
    while ((n = ptn_tool_pull(nft, buf, sizeof(buf))) > 0)
        for (ssize_t i = 0; i < n; i++)
            take_char(r, &l, buf[i]);
    message_ends(r);
    return n < 0 ? (int)n : 0;
}

void ptn_script_name(struct ptn_err *err, const char *name)
{
    static const char as_nft[] = "/dev/stdin", said_by[] = "nft: /dev/stdin";
    struct ptn_err out = {""};
    const char *at = err->text, *hit;
    if (strncmp(at, said_by, sizeof(said_by) - 1) == 0)
        at += sizeof(said_by) - sizeof(as_nft);
    size_t used = 0;
    while ((hit = strstr(at, as_nft))) {
        used += (size_t)snprintf(out.text + used, sizeof(out.text) - used, "%.*s%s", (int)(hit - at), at, name);
        if (used >= sizeof(out.text))
            break;
        at = hit + sizeof(as_nft) - 1;
    }
    if (!hit)
        snprintf(out.text + used, sizeof(out.text) - used, "%s", at);
    *err = out;
}

static int run_check(struct reader *reader, const char *text, size_t len, struct ptn_err *err)
{
    struct ptn_tool nft;
    int r = ptn_tool_start(&nft, NULL, (const char *const[]){"nft", "-c", "--debug=mnl", "-f", "-", NULL}, true, err);
    if (r < 0)
        return r;
    int fed = ptn_tool_feed(&nft, text, len), got = read_messages(reader, &nft);
    r = ptn_tool_finish(&nft, err);
    if (r < 0)
        return r;
    if (fed < 0 || got < 0)
        return ptn_fail(err, fed < 0 ? fed : got, "nft: cannot be spoken to: %s", strerror(fed < 0 ? -fed : -got));
    return 0;
}

/* Marks those that stand, and puts in those of which all go. */
static int mark_standing(struct reader *reader, struct ptn_err *err)
{
    struct ptn_tables now = {0};
    int r = ptn_tables_read(&now, err);
    for (size_t i = 0; r == 0 && i < now.n; i++) {
        const struct ptn_table_id *id = &now.items[i];
        if (reader->all[NFPROTO_UNSPEC] || reader->all[id->family])
            r = ptn_tables_add(reader->tables, id->family, id->name);
        struct ptn_table_id *mine = ptn_tables_find(reader->tables, id->family, id->name);
        if (mine)
            mine->stood = true;
    }
    ptn_tables_release(&now);
    return r;
}

/* In a check, nft takes a transaction with a single message without attributes ("flush ruleset") for an empty one, and
 * does not send it. So what seems empty is checked again with company. */
static int run_again(struct reader *reader, const char *text, size_t len, struct ptn_err *err)
{
    char *both;
    int n = asprintf(&both, "%.*s\nadd table inet " COMPANY "\n", (int)len, text);
    if (n < 0)
        return ptn_fail(err, -ENOMEM, "%s", strerror(ENOMEM));
    int r = run_check(reader, both, (size_t)n, err);
    free(both);
    struct ptn_tables *t = reader->tables;
    if (r == 0 && t->n && strcmp(t->items[t->n - 1].name, COMPANY) == 0)
        t->n--;
    return r;
}

int ptn_script_check(struct ptn_tables *ret, const char *name, const char *text, size_t len, struct ptn_err *err)
{
    struct ptn_err why = {""};
    struct reader reader = {.tables = ret};
    int r = len > SCRIPT_MAX ? ptn_fail(&why, -EFBIG, "%s: too big", name) : run_check(&reader, text, len, &why);
    if (r == 0 && !reader.begun)
        r = run_again(&reader, text, len, &why);
    if (r < 0) {
        ptn_script_name(&why, name);
        return ptn_fail(err, r == -EIO ? -EINVAL : r, "%s", why.text);
    }
    if (reader.failed < 0)
        return ptn_fail(err, reader.failed, "%s: %s", name, strerror(-reader.failed));
    if (!reader.begun)
        return ptn_fail(err, -ENOTSUP, "%s: nft does not tell what this would change (nft --debug=mnl)", name);
    if (reader.unnamed)
        return ptn_fail(err, -ENOTSUP, "%s: a table is told by its handle: name it", name);
    return mark_standing(&reader, err);
}
