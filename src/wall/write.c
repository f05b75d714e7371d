#include "write.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

#define COMMENT_MAX 120 /* octets; nft takes 128 */
#define CHAIN_WORD_MAX 24

struct writer {
    FILE *out;
    const struct ptn_policy *policy;
    struct ptn_dispatch dispatch;
};

void ptn_permit_release(struct ptn_permit *p)
{
    ptn_ranges_unref(p->v4);
    ptn_ranges_unref(p->v6);
    free(p->openings);
    free(p->origins);
}

void ptn_policy_release(struct ptn_policy *p)
{
    for (size_t i = 0; i < p->n_permits; i++)
        ptn_permit_release(&p->permits[i]);
    for (size_t i = 0; i < p->n_over; i++)
        ptn_permit_release(&p->over[i]);
    for (size_t i = 0; i < p->n_origins; i++) {
        ptn_ranges_unref(p->origins[i]->v4);
        ptn_ranges_unref(p->origins[i]->v6);
    }
    free(p->permits);
    free(p->over);
    free(p->origins);
    ptn_arena_release(&p->arena);
    *p = (struct ptn_policy){0};
}

/* ---- foreign text --------------------------------------------------------------------------------------------------
 */

/* Text that may stand in quotes or behind a # of nft's: nft knows no escapes. */
static char harmless(char c)
{
    if (c == '"')
        return '\'';
    if (c == '\\')
        return '/';
    return (unsigned char)c < ' ' || c == 0x7f ? ' ' : c;
}

/* Appends as much of `text` as fits into out[size] up to `max` octets of it, "..." if not all; characters stay whole.
 */
static void put_text(char *out, size_t size, const char *text, size_t max)
{
    size_t at = strlen(out), len = strlen(text);
    size_t room = size - 1 - at < max ? size - 1 - at : max;
    bool cut = len > room;
    if (cut) {
        len = room > 3 ? room - 3 : 0;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    for (size_t i = 0; i < len; i++)
        out[at++] = harmless(text[i]);
    out[at] = '\0';
    if (cut && room >= 3)
        memcpy(out + at, "...", 4);
}

/* "ssh: reason; owner; until 2027-01-31": what is long gives way to what is short. */
static void permit_comment(const struct ptn_permit *p, char out[COMMENT_MAX + 1])
{
    const char *reason = *p->because ? p->because : p->even_though;
    char tail[64] = "", line[2 * COMMENT_MAX];
    if (*p->owner) {
        put_text(tail, sizeof(tail), "; ", 2);
        put_text(tail, sizeof(tail), p->owner, 32);
    }
    if (*p->until) {
        put_text(tail, sizeof(tail), "; until ", 8);
        put_text(tail, sizeof(tail), p->until, 10);
    }
    out[0] = '\0';
    put_text(out, COMMENT_MAX + 1, p->what, 40);
    if (*reason)
        put_text(out, COMMENT_MAX + 1, ": ", 2);
    snprintf(line, sizeof(line), "%s", reason);
    if (*tail && *line && line[strlen(line) - 1] == '.')
        line[strlen(line) - 1] = '\0';
    put_text(out, COMMENT_MAX + 1, line, COMMENT_MAX - strlen(out) - strlen(tail));
    put_text(out, COMMENT_MAX + 1, tail, sizeof(tail));
}

static void put_remark(FILE *f, const char *text)
{
    for (size_t i = 0; text[i] && i < 1024; i++)
        fputc(harmless(text[i]), f);
}

/* ---- sets ----------------------------------------------------------------------------------------------------------
 */

/* The length of the prefix that lo..hi is, or -1. */
static int prefix_length(const uint8_t *lo, const uint8_t *hi, uint8_t width)
{
    int bits = 0;
    while (bits < width * 8 && !((lo[bits / 8] ^ hi[bits / 8]) & 0x80 >> bits % 8))
        bits++;
    for (int i = bits; i < width * 8; i++)
        if (lo[i / 8] & 0x80 >> i % 8 || !(hi[i / 8] & 0x80 >> i % 8))
            return -1;
    return bits;
}

static void put_range(FILE *f, const struct ptn_ranges *r, uint32_t i)
{
    struct ptn_addr a = {.family = r->width == 4 ? AF_INET : AF_INET6}, b = a;
    char text[PTN_ADDR_TEXT];
    memcpy(a.bytes, ptn_ranges_lo(r, i), r->width);
    memcpy(b.bytes, ptn_ranges_hi(r, i), r->width);
    int bits = prefix_length(a.bytes, b.bytes, r->width);
    fputs(ptn_addr_format(&a, text), f);
    if (bits < 0)
        fprintf(f, "-%s", ptn_addr_format(&b, text));
    else if (bits < r->width * 8)
        fprintf(f, "/%d", bits);
}

static void put_addresses(FILE *f, const struct ptn_ranges *r)
{
    for (uint32_t i = 0; i < r->n; i++) {
        fputs(i == 0 ? "" : i % 4 ? ", " : ",\n\t\t             ", f);
        put_range(f, r, i);
    }
}

static void put_set(struct writer *w, const struct ptn_origin *o, const struct ptn_ranges *r, const char *family)
{
    if (!r || !r->n)
        return;
    fprintf(w->out, "\tset %s_%s_%s {\n\t\ttype %s_addr\n\t\tflags interval\n\t\telements = { ",
            o->zone ? "zone" : "group", o->name, family, family);
    put_addresses(w->out, r);
    fputs(" }\n\t}\n\n", w->out);
}

static void put_interfaces(FILE *f, const struct ptn_origin *o)
{
    for (size_t i = 0; i < o->n_ifaces; i++)
        fprintf(f, "%s\"%s\"", i ? ", " : "", o->ifaces[i]);
}

static void put_origins(struct writer *w)
{
    for (size_t i = 0; i < w->policy->n_origins; i++) {
        const struct ptn_origin *o = w->policy->origins[i];
        if (!o->used)
            continue;
        if (o->zone) {
            fprintf(w->out, "\tset zone_%s_interfaces {\n\t\ttype ifname\n\t\tflags interval\n\t\telements = { ",
                    o->name);
            put_interfaces(w->out, o);
            fputs(" }\n\t}\n\n", w->out);
        }
        put_set(w, o, o->v4, "ipv4");
        put_set(w, o, o->v6, "ipv6");
    }
}

/* ---- permissions -------------------------------------------------------------------------------------------------
 */

/* permit_3_ssh: names that nft's grammar cannot take for words of its own. */
static void put_permit_name(struct writer *w, size_t index)
{
    const char *what = w->policy->permits[index].what;
    fprintf(w->out, "permit_%zu_", index + 1);
    for (size_t i = 0; what[i] && what[i] != ' ' && i < CHAIN_WORD_MAX; i++) {
        char c = what[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        fputc(plain ? c : '_', w->out);
    }
}

static void put_list_name(struct writer *w, size_t list)
{
    const struct ptn_permit_list *l = &w->dispatch.lists[list];
    if (l->n == 1)
        put_permit_name(w, l->items[0]);
    else
        fprintf(w->out, "several_%zu", l->number);
}

static void end_rule(struct writer *w, const char *comment)
{
    fprintf(w->out, "counter accept comment \"%s\"\n", comment);
}

static void put_literal(struct writer *w, const struct ptn_ranges *r, const char *key, const char *comment)
{
    if (!r || !r->n)
        return;
    fprintf(w->out, "\t\t%s saddr ", key);
    fputs(r->n > 1 ? "{ " : "", w->out);
    put_addresses(w->out, r);
    fputs(r->n > 1 ? " } " : " ", w->out);
    end_rule(w, comment);
}

static void put_origin_rule(struct writer *w, const struct ptn_origin *o, const char *key, const char *family,
                            const char *comment)
{
    fputs("\t\t", w->out);
    if (o->zone)
        fprintf(w->out, "iifname @zone_%s_interfaces ", o->name);
    if (key)
        fprintf(w->out, "%s saddr @%s_%s_%s ", key, o->zone ? "zone" : "group", o->name, family);
    end_rule(w, comment);
}

static void put_permit(struct writer *w, size_t index)
{
    const struct ptn_permit *p = &w->policy->permits[index];
    char comment[COMMENT_MAX + 1];
    permit_comment(p, comment);
    fputs("\t# ", w->out);
    put_remark(w->out, w->policy->file);
    fprintf(w->out, ":%u\n\tchain ", p->line);
    put_permit_name(w, index);
    fputs(" {\n", w->out);
    if (p->anyone) {
        fputs("\t\t", w->out);
        end_rule(w, comment);
    }
    put_literal(w, p->v4, "ip", comment);
    put_literal(w, p->v6, "ip6", comment);
    for (size_t i = 0; i < p->n_origins; i++) {
        const struct ptn_origin *o = p->origins[i];
        if (!o->v4 && !o->v6)
            put_origin_rule(w, o, NULL, NULL, comment);
        if (o->v4 && o->v4->n)
            put_origin_rule(w, o, "ip", "ipv4", comment);
        if (o->v6 && o->v6->n)
            put_origin_rule(w, o, "ip6", "ipv6", comment);
    }
    fputs("\t}\n\n", w->out);
}

static void put_several(struct writer *w)
{
    for (size_t i = 0; i < w->dispatch.n_lists; i++) {
        const struct ptn_permit_list *l = &w->dispatch.lists[i];
        if (l->n < 2)
            continue;
        fprintf(w->out, "\tchain several_%zu {\n", l->number);
        for (size_t k = 0; k < l->n; k++) {
            fputs("\t\tjump ", w->out);
            put_permit_name(w, l->items[k]);
            fputc('\n', w->out);
        }
        fputs("\t}\n\n", w->out);
    }
}

/* ---- ports ---------------------------------------------------------------------------------------------------------
 */

static const struct {
    uint8_t proto;
    const char *map, *type, *key;
} maps[] = {
    {IPPROTO_TCP, "tcp_ports", "inet_service", "tcp dport"},
    {IPPROTO_UDP, "udp_ports", "inet_service", "udp dport"},
    {IPPROTO_SCTP, "sctp_ports", "inet_service", "sctp dport"},
    {IPPROTO_DCCP, "dccp_ports", "inet_service", "dccp dport"},
    {0, "ip_protocols", "inet_proto", "meta l4proto"},
};
#define N_MAPS (sizeof(maps) / sizeof(*maps))

static void put_maps(struct writer *w)
{
    for (size_t m = 0; m < N_MAPS; m++) {
        const struct ptn_piece_of_ports *pieces = w->dispatch.pieces[maps[m].proto];
        size_t n = w->dispatch.n_pieces[maps[m].proto];
        if (!n)
            continue;
        fprintf(w->out, "\tmap %s {\n\t\ttype %s : verdict\n\t\tflags interval\n\t\telements = { ", maps[m].map,
                maps[m].type);
        for (size_t i = 0; i < n; i++) {
            fputs(i ? ",\n\t\t             " : "", w->out);
            fprintf(w->out, "%u", pieces[i].lo);
            if (pieces[i].hi > pieces[i].lo)
                fprintf(w->out, "-%u", pieces[i].hi);
            fputs(" : jump ", w->out);
            put_list_name(w, pieces[i].list);
        }
        fputs(" }\n\t}\n\n", w->out);
    }
}

/* ---- what is the same in every ruleset ---------------------------------------------------------------------------
 */

static const char fixed_messages[] =
    "\tchain icmp_messages {\n"
    "\t\ticmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } counter accept\n"
    "\t}\n\n"
    "\tchain icmpv6_messages {\n"
    "\t\ticmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request } "
    "counter accept\n"
    "\t\ticmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } "
    "ip6 hoplimit 255 counter accept\n"
    "\t\ticmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } "
    "ip6 saddr fe80::/10 counter accept\n"
    "\t}\n\n";

static const char fixed_before[] =
    "\t\tiifname \"lo\" counter accept comment \"this machine itself\"\n"
    "\t\tip saddr 127.0.0.0/8 counter drop comment \"claims to be this machine\"\n"
    "\t\tip daddr 127.0.0.0/8 counter drop comment \"claims to be this machine\"\n"
    "\t\tip6 saddr ::1 counter drop comment \"claims to be this machine\"\n"
    "\t\tip6 daddr ::1 counter drop comment \"claims to be this machine\"\n"
    "\t\tct state established,related counter accept comment \"answers, and errors about them\"\n"
    "\t\tmeta l4proto vmap { icmp : jump icmp_messages, ipv6-icmp : jump icmpv6_messages }\n"
    "\t\tct state invalid counter drop comment \"of no connection\"\n"
    "\t\tip6 saddr fe80::/10 ip6 daddr fe80::/10 udp sport 547 udp dport 546 counter accept "
    "comment \"answers of a DHCPv6 server\"\n";

static const char fixed_after[] =
    "\t\ttcp dport 113 counter reject with tcp reset comment \"ident: who asks need not wait\"\n"
    "\t\tfib daddr type { broadcast, anycast, multicast } counter drop comment \"noise\"\n"
    "\t\tmeta pkttype { broadcast, multicast } counter drop comment \"noise\"\n";

static void put_log(struct writer *w)
{
    const struct ptn_policy *p = w->policy;
    if (p->log == PTN_POLICY_LOG_NONE)
        return;
    fprintf(w->out, "\t\tlimit rate %u/%s burst %u packets log prefix \"%s drop: \" ", p->log_rate, p->log_per,
            p->log_rate > 5 ? p->log_rate : 5, p->table);
    if (p->log == PTN_POLICY_LOG_GROUP)
        fprintf(w->out, "group %u\n", p->log_group);
    else
        fputs("level info\n", w->out);
}

static void put_input(struct writer *w)
{
    fprintf(w->out, "\tchain input {\n\t\ttype filter hook input priority %d; policy drop;\n\n", w->policy->priority);
    fputs(fixed_before, w->out);
    for (size_t m = 0; m < N_MAPS; m++)
        if (w->dispatch.n_pieces[maps[m].proto])
            fprintf(w->out, "\t\t%s vmap @%s\n", maps[m].key, maps[m].map);
    fputs(fixed_after, w->out);
    put_log(w);
    fputs("\t\tcounter drop comment \"not permitted\"\n\t}\n}\n", w->out);
}

static void put_head(struct writer *w)
{
    const struct ptn_policy *p = w->policy;
    fputs("#!/usr/sbin/nft -f\n# Written by portolan policy write from ", w->out);
    put_remark(w->out, p->file);
    fputs(": what is changed here is lost when it is written again.\n", w->out);
    if (*p->title) {
        fputs("# ", w->out);
        put_remark(w->out, p->title);
        fputc('\n', w->out);
    }
    for (size_t i = 0; i < p->n_over; i++) {
        fputs("# Left out, for its time is over: ", w->out);
        put_remark(w->out, p->file);
        fprintf(w->out, ":%u ", p->over[i].line);
        put_remark(w->out, p->over[i].what);
        fprintf(w->out, ", until %s\n", p->over[i].until);
    }
    fprintf(w->out, "\ntable inet %s\ndelete table inet %s\n\ntable inet %s {\n", p->table, p->table, p->table);
}

static void put_all(struct writer *w)
{
    put_head(w);
    put_origins(w);
    put_maps(w);
    for (size_t i = 0; i < w->policy->n_permits; i++)
        put_permit(w, i);
    put_several(w);
    fputs(fixed_messages, w->out);
    put_input(w);
}

int ptn_policy_text(const struct ptn_policy *policy, char **ret, size_t *ret_len, struct ptn_err *err)
{
    struct writer w = {.policy = policy};
    char *text = NULL;
    size_t len = 0;
    int r = ptn_dispatch_make(&w.dispatch, policy, err);
    if (r < 0)
        return r;
    w.out = open_memstream(&text, &len);
    if (w.out)
        put_all(&w);
    bool failed = !w.out || ferror(w.out);
    failed = (w.out && fclose(w.out) != 0) || failed;
    ptn_dispatch_release(&w.dispatch);
    if (failed) {
        free(text);
        return -ENOMEM;
    }
    *ret = text;
    *ret_len = len;
    return 0;
}
