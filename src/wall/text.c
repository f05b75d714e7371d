/* Rules in the words of the tool that shows them. */
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* ---- match, vmap, mangle ------------------------------------------------------------------------------------------
 */

static const struct ptn_json *flags_mask(const struct ptn_json *left)
{
    const struct ptn_json *and = ptn_json_get(left, "&"), *payload = ptn_json_get(ptn_json_at(and, 0), "payload");
    return ptn_json_equals(ptn_json_get(payload, "field"), "flags") ? ptn_json_at(and, 1) : NULL;
}

/* Of flags "==" is another question than none. */
static bool is_flags(const struct ptn_json *left)
{
    const struct ptn_json *payload = ptn_json_get(left, "payload"), *ct = ptn_json_get(left, "ct");
    return ptn_json_equals(ptn_json_get(payload, "field"), "flags") ||
           ptn_json_equals(ptn_json_get(ct, "key"), "state") || ptn_json_equals(ptn_json_get(ct, "key"), "status");
}

static bool is_bits(const struct ptn_json *left)
{
    return ptn_json_get(left, "&") || ptn_json_get(left, "|") || ptn_json_get(left, "^");
}

static void say_match(struct ptn_nft_text *t, const struct ptn_json *body)
{
    const struct ptn_json *left = ptn_json_get(body, "left"), *right = ptn_json_get(body, "right");
    const struct ptn_json *op = ptn_json_get(body, "op"), *mask = flags_mask(left);
    const bool set = ptn_json_get(right, "set") != NULL, equals = ptn_json_equals(op, "==");
    if (mask && !set && (equals || ptn_json_equals(op, "!="))) {
        const struct ptn_json *flags = ptn_json_at(ptn_json_get(left, "&"), 0);
        ptn_nft_say_expr(t, flags, NULL, 0);
        ptn_nft_say(t, equals ? " " : " != ");
        ptn_nft_say_expr(t, right, flags, 0);
        ptn_nft_say(t, " / ");
        ptn_nft_say_expr(t, mask, flags, 0);
        return;
    }
    ptn_nft_say_expr(t, left, NULL, 0);
    ptn_nft_say(t, " ");
    if (equals ? !ptn_json_get(right, "range") && (is_bits(left) || (is_flags(left) && !set))
               : op && !ptn_json_equals(op, "in")) {
        ptn_nft_say_expr(t, op, NULL, 0);
        ptn_nft_say(t, " ");
    }
    ptn_nft_say_expr(t, right, left, 0);
}

static void say_map(struct ptn_nft_text *t, const struct ptn_json *body, const char *word)
{
    const struct ptn_json *key = ptn_json_get(body, "key");
    ptn_nft_say_expr(t, key, NULL, 0);
    ptn_nft_say(t, word);
    ptn_nft_say_expr(t, ptn_json_get(body, "data"), key, 0);
}

static void say_vmap(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_map(t, body, " vmap ");
}

static void say_mangle(struct ptn_nft_text *t, const struct ptn_json *body)
{
    const struct ptn_json *key = ptn_json_get(body, "key");
    ptn_nft_say_expr(t, key, NULL, 0);
    ptn_nft_say(t, " set ");
    ptn_nft_say_expr(t, ptn_json_get(body, "value"), key, 0);
}

/* ---- objects
 * ----------------------------------------------------------------------------------------------------------- */

static void say_member(struct ptn_nft_text *t, const struct ptn_json *body, const char *key, const char *before)
{
    const struct ptn_json *j = ptn_json_get(body, key);
    if (!j)
        return;
    ptn_nft_say(t, before);
    ptn_nft_say_expr(t, j, NULL, 0);
}

/* "name" and what it is called, or where that is looked up. Result: false if it is neither. */
static bool say_named(struct ptn_nft_text *t, const struct ptn_json *body, const char *word)
{
    const struct ptn_json *map = ptn_json_get(body, "map"), *data = ptn_json_get(map, "data");
    if (!map && !ptn_json_text(body))
        return false;
    ptn_nft_say(t, word);
    if (!map) {
        ptn_nft_say_quoted(t, body->text);
        return true;
    }
    ptn_nft_say_expr(t, ptn_json_get(map, "key"), NULL, 0);
    ptn_nft_say(t, " map ");
    const char *sep = "{ ";
    if (!ptn_json_is(ptn_json_get(data, "set"), PTN_JSON_ARRAY)) {
        ptn_nft_say_expr(t, data, NULL, 0);
        return true;
    }
    PTN_JSON_EACH(item, ptn_json_get(data, "set"))
    {
        const char *name = ptn_json_text(ptn_json_at(item, 1));
        ptn_nft_say(t, sep);
        ptn_nft_say_expr(t, ptn_json_at(item, 0), ptn_json_get(map, "key"), 0);
        ptn_nft_say(t, " : ");
        ptn_nft_say_quoted(t, name ? name : "");
        sep = ", ";
    }
    ptn_nft_say(t, " }");
    return true;
}

static void say_counter(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "counter");
    say_named(t, body, " name ");
}

static void say_over(struct ptn_nft_text *t, const struct ptn_json *body)
{
    if (ptn_json_is(ptn_json_get(body, "inv"), PTN_JSON_TRUE))
        ptn_nft_say(t, " over");
}

static void say_limit(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "limit");
    if (say_named(t, body, " name "))
        return;
    const bool octets = ptn_json_get(body, "rate_unit") != NULL;
    int64_t burst = ptn_json_number(ptn_json_get(body, "burst"), INT64_MAX);
    ptn_nft_say(t, " rate");
    say_over(t, body);
    say_member(t, body, "rate", " ");
    say_member(t, body, "rate_unit", " ");
    say_member(t, body, "per", "/");
    if (burst <= 0 || (!octets && burst == 5))
        return;
    ptn_nft_say(t, " burst ");
    ptn_nft_say_number(t, burst);
    ptn_nft_say(t, " ");
    if (ptn_json_get(body, "burst_unit"))
        say_member(t, body, "burst_unit", "");
    else
        ptn_nft_say(t, "packets");
}

static void say_quota(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "quota");
    if (say_named(t, body, " name "))
        return;
    say_over(t, body);
    say_member(t, body, "val", " ");
    say_member(t, body, "val_unit", " ");
}

static void say_ct_count(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "ct count");
    say_over(t, body);
    say_member(t, body, "val", " ");
}

static void say_ct_helper(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_named(t, body, "ct helper set ");
}

static void say_ct_timeout(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_named(t, body, "ct timeout set ");
}

static void say_ct_expectation(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_named(t, body, "ct expectation set ");
}

static void say_secmark(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_named(t, body, "meta secmark set ");
}

/* Words of a list, or a single one. */
static void say_words(struct ptn_nft_text *t, const struct ptn_json *list, const char *before, const char *between)
{
    if (!list)
        return;
    ptn_nft_say(t, before);
    if (!ptn_json_is(list, PTN_JSON_ARRAY)) {
        ptn_nft_say_expr(t, list, NULL, 0);
        return;
    }
    const char *sep = "";
    PTN_JSON_EACH(item, list)
    {
        ptn_nft_say(t, sep);
        ptn_nft_say_expr(t, item, NULL, 0);
        sep = between;
    }
}

static void say_synproxy(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "synproxy");
    if (say_named(t, body, " name "))
        return;
    say_member(t, body, "mss", " mss ");
    say_member(t, body, "wscale", " wscale ");
    say_words(t, ptn_json_get(body, "flags"), " ", " ");
}

/* ---- where packets go
 * ---------------------------------------------------------------------------------------------------- */

static void say_reject(struct ptn_nft_text *t, const struct ptn_json *body)
{
    const struct ptn_json *type = ptn_json_get(body, "type"), *expr = ptn_json_get(body, "expr");
    const char *usual = t->family == PTN_TABLE_IP ? "icmp" : t->family == PTN_TABLE_IP6 ? "icmpv6" : "icmpx";
    ptn_nft_say(t, "reject");
    if (!type || (ptn_json_equals(type, usual) && ptn_json_equals(expr, "port-unreachable")))
        return;
    ptn_nft_say(t, " with ");
    ptn_nft_say_expr(t, type, NULL, 0);
    say_member(t, body, "expr", " ");
}

static bool is_six(const struct ptn_json *addr)
{
    const char *text = ptn_json_text(addr);
    return text && strchr(text, ':');
}

static void say_nat(struct ptn_nft_text *t, const char *kind, const struct ptn_json *body)
{
    const struct ptn_json *addr = ptn_json_get(body, "addr"), *port = ptn_json_get(body, "port");
    const struct ptn_json *flags = ptn_json_get(body, "flags");
    ptn_nft_say(t, kind);
    say_member(t, body, "family", " ");
    if (ptn_json_has(ptn_json_get(body, "type_flags"), "prefix"))
        ptn_nft_say(t, " prefix");
    if (addr || port)
        ptn_nft_say(t, " to ");
    ptn_nft_say(t, port && is_six(addr) ? "[" : "");
    ptn_nft_say_expr(t, addr, NULL, 0);
    ptn_nft_say(t, port && is_six(addr) ? "]" : "");
    say_member(t, body, "port", ":");
    if (!ptn_json_equals(flags, "netmap"))
        say_words(t, flags, " ", ",");
}

static void say_queue(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "queue");
    say_words(t, ptn_json_get(body, "flags"), " flags ", ",");
    say_member(t, body, "num", " to ");
}

/* fwd and dup: in the netdev family "addr" of dup is an interface. */
static void say_device(struct ptn_nft_text *t, const char *kind, const struct ptn_json *body)
{
    const struct ptn_json *addr = ptn_json_get(body, "addr");
    const char *dev = ptn_json_text(ptn_json_get(body, "dev"));
    ptn_nft_say(t, kind);
    say_member(t, body, "family", " ");
    ptn_nft_say(t, " to ");
    if (ptn_json_text(addr) && t->family == PTN_TABLE_NETDEV && !dev)
        ptn_nft_say_quoted(t, addr->text);
    else
        ptn_nft_say_expr(t, addr, NULL, 0);
    if (!dev)
        return;
    ptn_nft_say(t, addr ? " device " : "");
    ptn_nft_say_quoted(t, dev);
}

/* ---- log
 * --------------------------------------------------------------------------------------------------------------------
 */

static void say_log_flags(struct ptn_nft_text *t, const struct ptn_json *flags)
{
    const bool sequence = ptn_json_has(flags, "tcp sequence"), options = ptn_json_has(flags, "tcp options");
    if (sequence || options)
        ptn_nft_say(t, " flags tcp ");
    ptn_nft_say(t, sequence ? options ? "sequence,options" : "sequence" : options ? "options" : "");
    static const char *const others[] = {"ip options", "skuid", "ether", "all"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (ptn_json_has(flags, others[i])) {
            ptn_nft_say(t, " flags ");
            ptn_nft_say(t, others[i]);
        }
}

static void say_log(struct ptn_nft_text *t, const struct ptn_json *body)
{
    const char *prefix = ptn_json_text(ptn_json_get(body, "prefix"));
    ptn_nft_say(t, "log");
    if (prefix) {
        ptn_nft_say(t, " prefix ");
        ptn_nft_say_quoted(t, prefix);
    }
    say_member(t, body, "group", " group ");
    say_member(t, body, "snaplen", " snaplen ");
    say_member(t, body, "queue-threshold", " queue-threshold ");
    say_member(t, body, "level", " level ");
    say_log_flags(t, ptn_json_get(body, "flags"));
}

/* ---- sets
 * ---------------------------------------------------------------------------------------------------------------------
 */

static void say_stmts(struct ptn_nft_text *t, const struct ptn_json *stmts)
{
    if (!stmts)
        return;
    if (!ptn_json_is(stmts, PTN_JSON_ARRAY)) {
        ptn_nft_say(t, " ");
        ptn_nft_say_stmt(t, stmts);
        return;
    }
    PTN_JSON_EACH(item, stmts)
    {
        ptn_nft_say(t, " ");
        ptn_nft_say_stmt(t, item);
    }
}

static void say_set(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_member(t, body, "op", "");
    say_member(t, body, "set", " ");
    say_member(t, body, "map", " ");
    say_member(t, body, "elem", " { ");
    say_stmts(t, ptn_json_get(body, "stmt"));
    say_member(t, body, "data", " : ");
    ptn_nft_say(t, " }");
}

static void say_meter(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_member(t, body, "name", "meter ");
    say_member(t, body, "size", " size ");
    say_member(t, body, "key", " { ");
    say_stmts(t, ptn_json_get(body, "stmt"));
    ptn_nft_say(t, " }");
}

static void say_flow(struct ptn_nft_text *t, const struct ptn_json *body)
{
    say_member(t, body, "op", "flow ");
    say_member(t, body, "flowtable", " ");
}

static void say_reset(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "reset ");
    ptn_nft_say_expr(t, body, NULL, 0);
}

static void say_xt(struct ptn_nft_text *t, const struct ptn_json *body)
{
    ptn_nft_say(t, "xt");
    say_member(t, body, "name", " ");
}

/* ---- all of them
 * ---------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*say)(struct ptn_nft_text *, const struct ptn_json *body);
    void (*say_kind)(struct ptn_nft_text *, const char *kind, const struct ptn_json *body);
} kinds[] = {
    {"match", say_match, NULL},
    {"counter", say_counter, NULL},
    {"vmap", say_vmap, NULL},
    {"log", say_log, NULL},
    {"limit", say_limit, NULL},
    {"quota", say_quota, NULL},
    {"reject", say_reject, NULL},
    {"mangle", say_mangle, NULL},
    {"ct count", say_ct_count, NULL},
    {"ct helper", say_ct_helper, NULL},
    {"ct timeout", say_ct_timeout, NULL},
    {"ct expectation", say_ct_expectation, NULL},
    {"secmark", say_secmark, NULL},
    {"synproxy", say_synproxy, NULL},
    {"queue", say_queue, NULL},
    {"set", say_set, NULL},
    {"map", say_set, NULL},
    {"meter", say_meter, NULL},
    {"flow", say_flow, NULL},
    {"reset", say_reset, NULL},
    {"xt", say_xt, NULL},
    {"dnat", NULL, say_nat},
    {"snat", NULL, say_nat},
    {"masquerade", NULL, say_nat},
    {"redirect", NULL, say_nat},
    {"tproxy", NULL, say_nat},
    {"fwd", NULL, say_device},
    {"dup", NULL, say_device},
};

void ptn_nft_say_stmt(struct ptn_nft_text *t, const struct ptn_json *stmt)
{
    const struct ptn_json *body;
    const char *kind = ptn_json_only(stmt, &body);
    for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kinds[i].name, kind) != 0)
            continue;
        if (kinds[i].say)
            kinds[i].say(t, body);
        else
            kinds[i].say_kind(t, kind, body);
        return;
    }
    if (kind && strcmp(kind, "last") == 0)
        ptn_nft_say(t, kind);
    else
        ptn_nft_say_expr(t, stmt, NULL, 0); /* a verdict, or what nft had only text for */
}

static void say_rule(struct ptn_nft_text *t, const struct ptn_json *rule)
{
    const struct ptn_json *expr = ptn_json_get(rule, "expr");
    const char *comment = ptn_json_text(ptn_json_get(rule, "comment")), *sep = "";
    if (ptn_json_is(expr, PTN_JSON_ARRAY)) {
        PTN_JSON_EACH(stmt, expr)
        {
            if (t->cut)
                return;
            ptn_nft_say(t, sep);
            ptn_nft_say_stmt(t, stmt);
            sep = " ";
        }
    }
    if (!comment)
        return;
    ptn_nft_say(t, sep);
    ptn_nft_say(t, "comment ");
    ptn_nft_say_quoted(t, comment);
}

/* Puts dots over the end of what was cut, and over no half of a character. */
static void finish(const struct ptn_nft_text *t, char *out, size_t size)
{
    if (!t->cut || size < 4)
        return;
    char *dots = out + size - 4;
    while (dots > out && ((unsigned char)*dots & 0xc0) == 0x80)
        dots--;
    memcpy(dots, "...", 4);
}

const char *ptn_rule_text(const struct ptn_rule *rule, char *out, size_t size)
{
    struct ptn_nft_text t = {.at = out, .end = out + size, .family = rule->chain->table->family};
    struct ptn_json_doc doc = {0};
    const char *why;
    size_t at;
    if (!size)
        return out;
    *out = '\0';
    if (rule->source_len && rule->source[0] == '{') { /* a table may have rules in either's words */
        if (ptn_json_read(&doc, rule->source, rule->source_len, &why, &at) == 0)
            say_rule(&t, ptn_json_get(doc.nodes, "rule"));
        ptn_json_release(&doc);
    } else {
        char *copy = strndup(rule->source, rule->source_len);
        if (copy)
            ptn_nft_say(&t, copy);
        free(copy);
    }
    finish(&t, out, size);
    return out;
}
