/*
 * MikroTik RouterOS: help.mikrotik.com, "Log" and "Filter"; action=log and log=yes write
 *
 *     DROP input: in:ether1 out:(unknown 0), connection-state:new src-mac 00:00:5e:00:53:01, proto TCP (SYN),
 *     203.0.113.9:4242->192.0.2.1:22, len 60
 *     forward: in:bridge out:ether1, proto UDP, 192.168.88.9:4242->198.51.100.1:53, NAT
 * (192.168.88.9:4242->192.0.2.1:4242)
 *     ->198.51.100.1:53, len 74
 *
 * What was done only the prefix tells.
 */
#include "pairs.h"
#include "prefix.h"

static void put(struct ptn_knock *k, enum ptn_slot slot, struct ptn_slice s)
{
    ptn_slot_put(k, &ptn_format_mikrotik, slot, s);
}

static struct ptn_slice behind(struct ptn_slice text, const char *mark)
{
    struct ptn_slice s = ptn_slice_from(text, mark);
    size_t n = strlen(mark);
    return s.len ? (struct ptn_slice){s.at + n, s.len - n} : s;
}

static struct ptn_slice before(struct ptn_slice text, const char *mark)
{
    struct ptn_slice s = ptn_slice_from(text, mark);
    return s.len ? (struct ptn_slice){text.at, (size_t)(s.at - text.at)} : text;
}

/* "br-local(ether3)": the bridge and its port; "(unknown 0)": none. */
static void put_iface(struct ptn_knock *k, enum ptn_slot slot, struct ptn_slice s)
{
    if (s.len && *s.at != '(')
        put(k, slot, before(s, "("));
}

/* "192.0.2.1:80", "[2001:db8::1]:80", "192.0.2.1", "2001:db8::1", "router:80" */
static void put_end(struct ptn_knock *k, bool source, struct ptn_slice s)
{
    enum ptn_slot addr = source ? PTN_SLOT_SRC : PTN_SLOT_DST, port = source ? PTN_SLOT_SPORT : PTN_SLOT_DPORT;
    const char *colon = s.len ? memrchr(s.at, ':', s.len) : NULL;
    bool bracket = s.len && *s.at == '[';
    bool one = colon && memchr(s.at, ':', s.len) == colon;
    if (colon && (one || (bracket && colon > s.at && colon[-1] == ']'))) {
        put(k, port, (struct ptn_slice){colon + 1, (size_t)(s.at + s.len - colon - 1)});
        s.len = (size_t)(colon - s.at);
    }
    if (bracket && s.len > 1 && s.at[s.len - 1] == ']')
        s = (struct ptn_slice){s.at + 1, s.len - 2};
    put(k, addr, s);
}

/* Before NAT: of "(was->is)" the first. */
static void put_nat(struct ptn_knock *k, struct ptn_slice nat)
{
    struct ptn_slice src = before(nat, "->"), dst = behind(nat, "->");
    if (src.len && *src.at == '(') {
        src = (struct ptn_slice){src.at + 1, src.len - 1};
        dst = behind(nat, ")->");
    }
    if (dst.len && *dst.at == '(')
        dst = before((struct ptn_slice){dst.at + 1, dst.len - 1}, "->");
    put_end(k, true, src);
    put_end(k, false, before(dst, ","));
}

static bool digits(struct ptn_slice s)
{
    return slice_number(s, 255) >= 0;
}

/* "TCP (SYN,ACK)", "ICMP (type 8, code 0)", "UDP", "47" */
static void put_proto(struct ptn_knock *k, struct ptn_slice s)
{
    struct ptn_slice word = before(before(s, " "), ",");
    put(k, PTN_SLOT_PROTO, word);
    struct ptn_slice more = {word.at + word.len, s.len - word.len};
    if (more.len < 2 || more.at[0] != ' ' || more.at[1] != '(')
        return;
    more = before((struct ptn_slice){more.at + 2, more.len - 2}, ")");
    if (k->proto == 6) {
        put(k, PTN_SLOT_FLAGS, more);
        return;
    }
    struct ptn_slice type = before(behind(more, "type "), ","), code = behind(more, "code ");
    if (digits(type))
        put(k, PTN_SLOT_ICMP_TYPE, type);
    if (digits(code))
        put(k, PTN_SLOT_ICMP_CODE, code);
}

/* The text that begins with the two ends: behind the protocol and its bracket. */
static struct ptn_slice ends_of(struct ptn_slice proto)
{
    struct ptn_slice rest = behind(proto, ", ");
    const char *open = memchr(proto.at, '(', proto.len);
    if (open && open < rest.at)
        rest = behind(behind(proto, ")"), ", ");
    return rest;
}

static void put_ends(struct ptn_knock *k, struct ptn_slice proto)
{
    struct ptn_slice ends = ends_of(proto);
    struct ptn_slice nat = behind(ends, ", NAT ");
    if (nat.len) {
        put_nat(k, nat);
    } else {
        ends = before(ends, ",");
        put_end(k, true, before(ends, "->"));
        put_end(k, false, behind(ends, "->"));
    }
    /* It writes ICMP for both. */
    if (k->proto == 1 && (k->src.family == AF_INET6 || k->dst.family == AF_INET6))
        k->proto = 58;
    put(k, PTN_SLOT_LENGTH, before(behind(proto, ", len "), ","));
}

static void put_way(struct ptn_knock *k)
{
    k->way = k->in.len && k->out.len ? PTN_WAY_THROUGH : k->in.len ? PTN_WAY_IN : k->out.len ? PTN_WAY_OUT : 0;
}

static const char *const marks[] = {" out:", " proto ", "->", NULL};

/* Behind "forward: in:"; an envelope may have taken the chain for a program. */
static struct ptn_slice find_in(struct ptn_slice text)
{
    if (text.len > 3 && memcmp(text.at, "in:", 3) == 0)
        return (struct ptn_slice){text.at + 3, text.len - 3};
    return behind(text, " in:");
}

static enum ptn_line read_mikrotik(const struct ptn_format *format, struct ptn_log_state *state,
                                   const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice in = find_in(m->text), out = behind(in, " out:"), proto = behind(out, " proto ");
    if (!in.len || !out.len || !proto.len)
        return PTN_LINE_OTHER_FORMAT;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    put_iface(k, PTN_SLOT_IN, before(in, " out:"));
    struct ptn_slice to = before(before(out, ", "), " connection-");
    put_iface(k, PTN_SLOT_OUT, before(to, " src-mac"));
    put_way(k);
    put_proto(k, proto);
    put_ends(k, proto);
    struct ptn_slice prefix = {m->text.at, (size_t)(in.at - m->text.at)};
    k->action = (uint8_t)ptn_prefix_action(prefix);
    if (k->action == PTN_ACTION_NONE)
        k->action = (uint8_t)ptn_prefix_action(m->tag);
    return ptn_pairs_settle(format, m, k, true);
}

const struct ptn_format ptn_format_mikrotik = {
    .name = "mikrotik",
    .title = "MikroTik RouterOS",
    .read = read_mikrotik,
    .marks = marks,
};
