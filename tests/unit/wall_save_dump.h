/* Statements of the wall's model as a line of text, for tests that compare what a reader made. */
#ifndef PTN_TESTS_WALL_SAVE_DUMP_H
#define PTN_TESTS_WALL_SAVE_DUMP_H

#include <arpa/inet.h>

#include "wall/wall.h"

struct dump {
    char text[2048];
    size_t len;
};

static void __attribute__((format(printf, 2, 3))) dump_put(struct dump *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(d->text + d->len, sizeof(d->text) - d->len, fmt, ap);
    va_end(ap);
    d->len += n > 0 ? (size_t)n : 0;
    if (d->len >= sizeof(d->text))
        d->len = sizeof(d->text) - 1;
}

static bool dump_is_name(enum ptn_pkt f)
{
    return f == PTN_PKT_IIFNAME || f == PTN_PKT_OIFNAME || f == PTN_PKT_FIB_SADDR_OIF || f == PTN_PKT_FIB_SADDR_IIF_OIF;
}

static void dump_number(struct dump *d, enum ptn_pkt f, uint8_t width, const uint8_t *n)
{
    char text[48];
    uint32_t v = 0;
    if (dump_is_name(f)) {
        dump_put(d, "'%.16s'", (const char *)n);
        return;
    }
    bool addr = f == PTN_PKT_SADDR || f == PTN_PKT_DADDR || f == PTN_PKT_CT_SADDR || f == PTN_PKT_CT_DADDR;
    if (addr || width == 16) {
        dump_put(d, "%s", inet_ntop(width == 4 ? AF_INET : AF_INET6, n, text, sizeof(text)));
        return;
    }
    for (unsigned i = 0; i < width; i++)
        v = v << 8 | n[i];
    dump_put(d, v > 65535 ? "0x%x" : "%u", v);
}

static void dump_range(struct dump *d, enum ptn_pkt f, uint8_t width, const uint8_t *lo, const uint8_t *hi)
{
    if (dump_is_name(f) && memcmp(lo, hi, width) != 0) {
        dump_put(d, "'%.16s*'", (const char *)lo);
        return;
    }
    dump_number(d, f, width, lo);
    if (memcmp(lo, hi, width) != 0) {
        dump_put(d, "-");
        dump_number(d, f, width, hi);
    }
}

static void dump_group(struct dump *d, const struct ptn_look *l, const struct ptn_group *g)
{
    for (uint32_t i = 0; g->ranges && i < g->ranges->n; i++) {
        dump_put(d, i ? "," : "");
        dump_range(d, l->key[0].field, g->ranges->width, ptn_ranges_lo(g->ranges, i), ptn_ranges_hi(g->ranges, i));
    }
    const uint8_t *at = g->boxes;
    for (size_t i = 0; i < g->n_boxes; i++)
        for (unsigned k = 0; k < l->n_keys; k++) {
            dump_put(d, k ? "." : i ? "," : "");
            dump_range(d, l->key[k].field, l->key[k].width, at, at + l->key[k].width);
            at += 2u * l->key[k].width;
        }
}

static void dump_look(struct dump *d, const struct ptn_look *l)
{
    for (unsigned k = 0; k < l->n_keys; k++) {
        dump_put(d, k ? " . %s" : "%s", ptn_pkt_word(l->key[k].field));
        if (l->key[k].masked) {
            dump_put(d, "&");
            dump_number(d, l->key[k].field, l->key[k].width, l->key[k].mask);
        }
    }
    dump_put(d, l->negate ? "!=" : "=");
    for (size_t i = 0; i < l->set->n_groups; i++)
        dump_group(d, l, &l->set->groups[i]);
}

static void dump_nat(struct dump *d, const struct ptn_stmt *s)
{
    static const char *const words[] = {"dnat", "snat", "masquerade", "redirect", "tproxy"};
    const struct ptn_datum *to = &s->nat.to;
    dump_put(d, "%s%s", words[s->nat.type], s->nat.netmap ? " netmap" : "");
    if (to->n > 0 && to->width[0]) {
        dump_put(d, " ");
        dump_range(d, PTN_PKT_DADDR, to->width[0], to->lo[0], to->hi[0]);
    }
    if (to->n > 1 && to->width[1]) {
        dump_put(d, " port ");
        dump_range(d, PTN_PKT_DPORT, to->width[1], to->lo[1], to->hi[1]);
    }
}

static void dump_assign(struct dump *d, const struct ptn_stmt *s)
{
    dump_put(d, "%s := ", ptn_pkt_word(s->assign.to));
    if (s->assign.unknown) {
        dump_put(d, "?");
        return;
    }
    dump_put(d, "(%s & ", ptn_pkt_word(s->assign.from));
    dump_number(d, PTN_PKT_MARK, 4, s->assign.mask);
    dump_put(d, ") ^ ");
    dump_number(d, PTN_PKT_MARK, 4, s->assign.flip);
}

static void dump_stmt(struct dump *d, const struct ptn_stmt *s)
{
    static const char *const codes[] = {"accept", "drop", "reject", "continue", "return", "jump", "goto"};
    switch (s->kind) {
    case PTN_STMT_TEST:
    case PTN_STMT_VMAP:
        dump_look(d, &s->look);
        break;
    case PTN_STMT_MAYBE:
        dump_put(d, "maybe(%s)", s->text);
        break;
    case PTN_STMT_OPAQUE:
        dump_put(d, "opaque(%s)", s->text);
        break;
    case PTN_STMT_VERDICT:
        dump_put(d, "%s%s%s", codes[s->verdict.code], s->verdict.to ? " " : "", s->verdict.to ? s->verdict.to : "");
        break;
    case PTN_STMT_NAT:
        dump_nat(d, s);
        break;
    case PTN_STMT_ASSIGN:
        dump_assign(d, s);
        break;
    case PTN_STMT_NOTRACK:
        dump_put(d, "notrack");
        break;
    case PTN_STMT_LOG:
        dump_put(d, "log");
        break;
    }
}

static void dump_rule(struct dump *d, const struct ptn_rule *r)
{
    d->len = 0;
    d->text[0] = '\0';
    for (uint32_t i = 0; i < r->n_stmts; i++) {
        dump_put(d, i ? "; " : "");
        dump_stmt(d, &r->stmts[i]);
    }
}

#endif
