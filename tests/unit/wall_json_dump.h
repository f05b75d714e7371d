/* The wall's model as text, maps and all, for tests that compare what the reader of nft's JSON made. */
#ifndef PTN_TESTS_WALL_JSON_DUMP_H
#define PTN_TESTS_WALL_JSON_DUMP_H

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "wall/wall.h"

struct dump {
    char text[4096];
    size_t len;
};

static void __attribute__((format(printf, 2, 3))) put(struct dump *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(d->text + d->len, sizeof(d->text) - d->len, fmt, ap);
    va_end(ap);
    d->len += n > 0 ? (size_t)n : 0;
    if (d->len >= sizeof(d->text))
        d->len = sizeof(d->text) - 1;
}

/* Names of interfaces in quotes, addresses as such, all else in decimal. */
static void put_number(struct dump *d, enum ptn_pkt f, uint8_t width, const uint8_t *n)
{
    bool name =
        f == PTN_PKT_IIFNAME || f == PTN_PKT_OIFNAME || f == PTN_PKT_FIB_SADDR_OIF || f == PTN_PKT_FIB_SADDR_IIF_OIF;
    bool addr = f == PTN_PKT_SADDR || f == PTN_PKT_DADDR || f == PTN_PKT_CT_SADDR || f == PTN_PKT_CT_DADDR;
    char text[48];
    unsigned v = 0;
    if (name) {
        put(d, "'%.16s'", (const char *)n);
    } else if (addr || width == 16) {
        put(d, "%s", inet_ntop(width == 4 ? AF_INET : AF_INET6, n, text, sizeof(text)));
    } else {
        for (unsigned i = 0; i < width; i++)
            v = v << 8 | n[i];
        put(d, "%u", v);
    }
}

static void put_range(struct dump *d, enum ptn_pkt f, uint8_t width, const uint8_t *lo, const uint8_t *hi)
{
    put_number(d, f, width, lo);
    if (memcmp(lo, hi, width) == 0)
        return;
    bool name = f == PTN_PKT_IIFNAME || f == PTN_PKT_OIFNAME;
    put(d, name ? "*" : "-");
    if (!name)
        put_number(d, f, width, hi);
}

static void put_fate(struct dump *d, const struct ptn_fate *f)
{
    static const char *const codes[] = {"accept", "drop", "reject", "continue", "return", "jump", "goto"};
    put(d, "%s%s%s", codes[f->code], f->to ? " " : "", f->to ? f->to : "");
}

static void put_datum(struct dump *d, const struct ptn_set *s, const struct ptn_datum *datum)
{
    if (!s->map)
        return;
    put(d, ":");
    if (s->verdicts)
        put_fate(d, &datum->verdict);
    for (unsigned i = 0; i < datum->n; i++) {
        put(d, i ? "." : "");
        put_range(d, datum->width[i] == 2 ? PTN_PKT_DPORT : PTN_PKT_DADDR, datum->width[i], datum->lo[i], datum->hi[i]);
    }
}

/* The fields are those of the look-up; NULL for a set by itself. */
static void put_set(struct dump *d, const struct ptn_set *s, const struct ptn_look *l)
{
    static const enum ptn_pkt by_width[17] = {
        [1] = PTN_PKT_L4PROTO, [2] = PTN_PKT_DPORT, [4] = PTN_PKT_SADDR, [16] = PTN_PKT_SADDR};
    put(d, s->opaque ? "opaque{" : "{");
    for (size_t i = 0; i < s->n_groups; i++) {
        const struct ptn_group *g = &s->groups[i];
        const uint8_t *at = g->boxes;
        put(d, "%s%s", i ? " | " : "", g->maybe ? "maybe " : "");
        for (uint32_t k = 0; g->ranges && k < g->ranges->n; k++) {
            put(d, k ? "," : "");
            put_range(d, l ? l->key[0].field : by_width[s->width[0]], s->width[0], ptn_ranges_lo(g->ranges, k),
                      ptn_ranges_hi(g->ranges, k));
        }
        for (size_t b = 0; b < g->n_boxes; b++)
            for (unsigned k = 0; k < s->n_keys; k++, at += 2u * s->width[k - 1]) {
                put(d, k ? "." : b ? "," : "");
                put_range(d, l ? l->key[k].field : by_width[s->width[k]], s->width[k], at, at + s->width[k]);
            }
        put_datum(d, s, &g->datum);
    }
    if (s->has_fallback) {
        put(d, s->fallback.maybe ? " * maybe " : " *");
        put_datum(d, s, &s->fallback.datum);
    }
    put(d, "}");
}

static void put_look(struct dump *d, const struct ptn_look *l)
{
    for (unsigned i = 0; i < l->n_keys; i++) {
        const struct ptn_key *k = &l->key[i];
        put(d, "%s%s", i ? " . " : "", ptn_pkt_word(k->field));
        if (!k->masked)
            continue;
        put(d, "&");
        put_number(d, k->field, k->width, k->mask);
        put(d, "^");
        put_number(d, k->field, k->width, k->flip);
    }
    put(d, l->negate ? " != " : " ");
    if (l->set->name)
        put(d, "%s@%s", l->set->opaque ? "opaque" : "", l->set->name);
    else
        put_set(d, l->set, l);
}

static void put_nat(struct dump *d, const struct ptn_stmt *s)
{
    static const char *const words[] = {"dnat", "snat", "masquerade", "redirect", "tproxy"};
    const struct ptn_datum *to = &s->nat.to;
    put(d, "%s%s", words[s->nat.type], s->nat.family == 0 ? "" : s->nat.family == AF_INET ? " 4" : " 6");
    if (to->n > 0 && to->width[0]) {
        put(d, " to ");
        put_range(d, PTN_PKT_DADDR, to->width[0], to->lo[0], to->hi[0]);
    }
    if (to->n > 1) {
        put(d, " port ");
        put_range(d, PTN_PKT_DPORT, to->width[1], to->lo[1], to->hi[1]);
    }
    if (s->nat.by_map) {
        put(d, s->nat.map_is_port ? " port by " : " by ");
        put_look(d, &s->nat.look);
    }
    put(d, s->nat.netmap ? " netmap" : "");
}

static void put_assign(struct dump *d, const struct ptn_stmt *s)
{
    const uint8_t width = ptn_pkt_width(s->assign.to, AF_INET);
    put(d, "%s := ", ptn_pkt_word(s->assign.to));
    if (s->assign.unknown) {
        put(d, "?");
        return;
    }
    put(d, "%s&", ptn_pkt_word(s->assign.from));
    put_number(d, s->assign.to, width, s->assign.mask);
    put(d, "^");
    put_number(d, s->assign.to, width, s->assign.flip);
}

static void put_stmt(struct dump *d, const struct ptn_stmt *s)
{
    switch (s->kind) {
    case PTN_STMT_VMAP:
        put(d, "vmap ");
        put_look(d, &s->look);
        break;
    case PTN_STMT_TEST:
        put_look(d, &s->look);
        break;
    case PTN_STMT_MAYBE:
        put(d, "maybe(%s)", s->text);
        break;
    case PTN_STMT_OPAQUE:
        put(d, "opaque(%s)", s->text);
        break;
    case PTN_STMT_VERDICT:
        put_fate(d, &s->verdict);
        break;
    case PTN_STMT_NAT:
        put_nat(d, s);
        break;
    case PTN_STMT_ASSIGN:
        put_assign(d, s);
        break;
    case PTN_STMT_NOTRACK:
        put(d, "notrack");
        break;
    case PTN_STMT_LOG:
        put(d, "log");
        break;
    }
}

static void put_rule(struct dump *d, const struct ptn_rule *r)
{
    d->len = 0;
    d->text[0] = '\0';
    for (uint32_t i = 0; i < r->n_stmts; i++) {
        put(d, i ? "; " : "");
        put_stmt(d, &r->stmts[i]);
    }
}

#endif
