/* Statements, one function a kind. What changes nothing for a packet's fate is left out. */
#include <errno.h>
#include <string.h>

#include "json.h"

static int verdict(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    struct ptn_fate fate;
    struct ptn_stmt *s;
    int e = ptn_nft_verdict(r, stmt, &fate);
    (void)body;
    if (e)
        return e < 0 ? e : ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
    e = ptn_nft_add(r, PTN_STMT_VERDICT, &s);
    if (e == 0)
        s->verdict = fate;
    return e;
}

static int harmless(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    (void)r, (void)stmt, (void)body;
    return 0;
}

static int maybe(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    (void)body;
    return ptn_nft_add_text(r, PTN_STMT_MAYBE, stmt);
}

static int opaque(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    (void)body;
    return ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
}

static int log_it(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    (void)stmt, (void)body;
    return ptn_nft_add(r, PTN_STMT_LOG, NULL);
}

static int notrack(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    (void)stmt, (void)body;
    return ptn_nft_add(r, PTN_STMT_NOTRACK, NULL);
}

/* ---- objects, by name or looked up --------------------------------------------------------------------------------
 */

static int object(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    const struct ptn_json *map = ptn_json_get(body, "map");
    return map ? ptn_nft_in_map(r, stmt, map) : 0;
}

static int limit(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    int e = object(r, stmt, body);
    return e ? e : ptn_nft_add_text(r, PTN_STMT_MAYBE, stmt);
}

static int synproxy(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    int e = ptn_nft_need(r, 0, 6);
    e = e ? e : object(r, stmt, body);
    return e ? e : ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
}

/* ---- reject -------------------------------------------------------------------------------------------------------
 */

static const char *reject_with(struct ptn_nft *r, const char *type, const struct ptn_json *expr)
{
    enum ptn_nft_type codes = strcmp(type, "icmp") == 0     ? PTN_NFT_ICMP_CODE
                              : strcmp(type, "icmpv6") == 0 ? PTN_NFT_ICMPV6_CODE
                                                            : PTN_NFT_ICMPX_CODE;
    const char *word = ptn_json_text(expr) ? ptn_json_text(expr) : "port-unreachable";
    uint32_t code;
    if (ptn_json_is(expr, PTN_JSON_NUMBER) && ptn_nft_number(codes, expr, &code) == 0) {
        word = ptn_nft_symbol(codes, code);
        if (!word)
            return ptn_arena_printf(&r->wall->arena, "%s code %u", type, code);
    }
    return ptn_arena_printf(&r->wall->arena, "%s %s", type, word);
}

static int reject(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    const enum ptn_table_family family = r->table->family;
    const char *type = ptn_json_text(ptn_json_get(body, "type"));
    struct ptn_stmt *s;
    int e = 0;
    (void)stmt;
    if (!type)
        type = family == PTN_TABLE_IP ? "icmp" : family == PTN_TABLE_IP6 ? "icmpv6" : "icmpx";
    const bool reset = strcmp(type, "tcp reset") == 0;
    if (reset)
        e = ptn_nft_need(r, 0, 6);
    else if (strcmp(type, "icmpx") != 0)
        e = ptn_nft_need(r, strcmp(type, "icmpv6") == 0 ? 10 : 2, 0);
    const char *to = reset ? "tcp reset" : reject_with(r, type, ptn_json_get(body, "expr"));
    if (e || !to || ptn_nft_add(r, PTN_STMT_VERDICT, &s) < 0)
        return -ENOMEM;
    s->verdict = (struct ptn_fate){.code = PTN_REJECT, .to = to};
    return 0;
}

/* ---- nat ----------------------------------------------------------------------------------------------------------
 */

static int dnat(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    return ptn_nft_nat(r, PTN_NAT_DNAT, stmt, body);
}

static int snat(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    return ptn_nft_nat(r, PTN_NAT_SNAT, stmt, body);
}

static int masquerade(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    return ptn_nft_nat(r, PTN_NAT_MASQUERADE, stmt, body);
}

static int redirect(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    return ptn_nft_nat(r, PTN_NAT_REDIRECT, stmt, body);
}

static int tproxy(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    return ptn_nft_nat(r, PTN_NAT_TPROXY, stmt, body);
}

/* ---- sets that rules fill -----------------------------------------------------------------------------------------
 */

static bool is_stateful(const struct ptn_json *j)
{
    return ptn_json_get(j, "limit") || ptn_json_get(j, "quota") || ptn_json_get(j, "ct count");
}

static bool has_stateful(const struct ptn_json *stmts)
{
    if (ptn_json_is(stmts, PTN_JSON_ARRAY)) {
        PTN_JSON_EACH(item, stmts)
        if (is_stateful(item))
            return true;
    }
    return is_stateful(stmts);
}

/* What must hold before a key can be taken from the packet. */
static int key_of(struct ptn_nft *r, const struct ptn_json *elem)
{
    struct ptn_nft_keys keys;
    const struct ptn_json *body = ptn_json_get(elem, "elem");
    int e = ptn_nft_keys(r, body ? ptn_json_get(body, "val") : elem, &keys);
    return e < 0 ? e : 0;
}

static int changes(struct ptn_nft *r, const char *op, const char *name)
{
    struct ptn_set *s = ptn_nft_named_set(r, *name == '@' ? name + 1 : name);
    if (!s)
        return -ENOMEM;
    if (strcmp(op, "delete") == 0)
        return ptn_nft_shrinks(r, s);
    s->live = true;
    return 0;
}

static int set(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    const char *op = ptn_json_text(ptn_json_get(body, "op")), *name = ptn_json_text(ptn_json_get(body, "set"));
    const struct ptn_json *elem = ptn_json_get(body, "elem");
    if (!name)
        name = ptn_json_text(ptn_json_get(body, "map"));
    if (!op || !name)
        return ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
    int e = changes(r, op, name);
    e = e ? e : key_of(r, elem);
    e = e ? e : ptn_json_get(body, "data") ? key_of(r, ptn_json_get(body, "data")) : 0;
    if (e == 0 && (has_stateful(ptn_json_get(body, "stmt")) || is_stateful(ptn_json_get(elem, "elem"))))
        e = ptn_nft_add_text(r, PTN_STMT_MAYBE, stmt);
    return e;
}

static int meter(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    int e = key_of(r, ptn_json_get(body, "key"));
    if (e == 0 && has_stateful(ptn_json_get(body, "stmt")))
        e = ptn_nft_add_text(r, PTN_STMT_MAYBE, stmt);
    return e;
}

/* What nft has no JSON for stands there as text: "add @map { ip saddr : tcp dport }", "jump { accept }". */
static int text(struct ptn_nft *r, const struct ptn_json *stmt)
{
    static const char *const ops[] = {"add", "update", "delete"};
    for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
        size_t len = strlen(ops[i]);
        if (strncmp(stmt->text, ops[i], len) != 0 || strncmp(stmt->text + len, " @", 2) != 0)
            continue;
        const char *name = stmt->text + len + 2;
        char *copy = ptn_arena_strndup(&r->wall->arena, name, strcspn(name, " \t\n"));
        int e = copy ? changes(r, ops[i], copy) : -ENOMEM;
        return e ? e : ptn_nft_add_text(r, PTN_STMT_MAYBE, stmt);
    }
    if (strcmp(stmt->text, "last") == 0 || strncmp(stmt->text, "last used", 9) == 0)
        return 0;
    return ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
}

/* ---- what iptables-nft leaves to the extensions of iptables -------------------------------------------------------
 */

static int xt(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    r->table->foreign = true;
    return ptn_nft_add_text(r, ptn_json_equals(ptn_json_get(body, "type"), "match") ? PTN_STMT_MAYBE : PTN_STMT_OPAQUE,
                            stmt);
}

/* "reset tcp option": of TCP only. */
static int reset(struct ptn_nft *r, const struct ptn_json *stmt, const struct ptn_json *body)
{
    struct ptn_nft_keys keys;
    int e = ptn_nft_keys(r, body, &keys);
    (void)stmt;
    return e < 0 ? e : 0;
}

/* ---- all of them --------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    int (*read)(struct ptn_nft *, const struct ptn_json *stmt, const struct ptn_json *body);
} kinds[] = {
    {"match", ptn_nft_match},
    {"counter", object},
    {"accept", verdict},
    {"drop", verdict},
    {"jump", verdict},
    {"vmap", ptn_nft_vmap},
    {"return", verdict},
    {"goto", verdict},
    {"continue", verdict},
    {"reject", reject},
    {"log", log_it},
    {"limit", limit},
    {"mangle", ptn_nft_mangle},
    {"dnat", dnat},
    {"snat", snat},
    {"masquerade", masquerade},
    {"redirect", redirect},
    {"tproxy", tproxy},
    {"notrack", notrack},
    {"xt", xt},
    {"set", set},
    {"map", set},
    {"meter", meter},
    {"quota", limit},
    {"ct count", maybe},
    {"ct helper", object},
    {"ct timeout", object},
    {"ct expectation", object},
    {"secmark", object},
    {"synproxy", synproxy},
    {"flow", harmless},
    {"dup", harmless},
    {"last", harmless},
    {"queue", opaque},
    {"fwd", opaque},
    {"reset", reset},
};

int ptn_nft_stmt(struct ptn_nft *r, const struct ptn_json *stmt)
{
    const struct ptn_json *body;
    const char *name = ptn_json_only(stmt, &body);
    if (stmt->kind == PTN_JSON_STRING)
        return text(r, stmt);
    for (size_t i = 0; name && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].read(r, stmt, body);
    return ptn_nft_add_text(r, PTN_STMT_OPAQUE, stmt);
}
