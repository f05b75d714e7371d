/*
 * The kernel's packet log: LOG of iptables and ip6tables, "log" of nftables, --log of ebtables, and all that is built
 * on them (ufw, firewalld, Shorewall, OpenWrt, EdgeOS, UniFi, VyOS, IPFire, Synology, QNAP, ...). What is written is
 * the kernel's nf_log_syslog.c; one scan from left to right, as there are many of these.
 *
 *     [12.345678] [UFW BLOCK] IN=eth0 OUT= MAC=... SRC=203.0.113.9 DST=192.0.2.1 LEN=60 ... PROTO=TCP SPT=4242 DPT=23
 * ...
 */
#include <string.h>

#include "format.h"
#include "netfilter.h"
#include "pairs.h"
#include "prefix.h"

/* Proxmox VE has its stamp there: "100 6 tap100i0-IN 02/Jan/2026:03:04:05 +0100 policy DROP: IN=..." */
static void put_time(struct ptn_knock *k, struct ptn_slice prefix)
{
    const char *slash = prefix.len ? memchr(prefix.at, '/', prefix.len) : NULL, *end = prefix.at + prefix.len;
    enum { DAY = 2, STAMP = 26 };
    if (slash && slash - prefix.at >= DAY && end - slash >= STAMP - DAY)
        ptn_slot_put(k, &ptn_format_netfilter, PTN_SLOT_TIME, (struct ptn_slice){slash - DAY, STAMP});
}

/* Lines of which the ring buffer lost the begin. */
static enum ptn_line read_rest(const struct ptn_message *m)
{
    return ptn_slice_from(m->text, " PROTO=").len && ptn_slice_from(m->text, " DPT=").len ? PTN_LINE_BROKEN
                                                                                          : PTN_LINE_OTHER_FORMAT;
}

static enum ptn_line read_netfilter(const struct ptn_format *format, struct ptn_log_state *state,
                                    const struct ptn_message *m, struct ptn_knocks *ret)
{
    (void)format;
    (void)state;
    struct ptn_knock *k = ptn_knocks_add(ret);
    if (!k)
        return PTN_LINE_BROKEN;
    struct ptn_netfilter scan = {.at = m->text.at, .end = m->text.at + m->text.len, .knock = k};
    if (!m->text.len || !ptn_netfilter_head(&scan))
        return read_rest(m);
    if (k->action == PTN_ACTION_NONE && m->tag.len && !slice_is(m->tag, "kernel"))
        k->action = (uint8_t)ptn_prefix_action(m->tag); /* what looked like a program was the prefix */
    if (!ptn_netfilter_order(&scan))
        ptn_netfilter_words(&scan);
    if (!k->src.family && !k->dst.family && scan.no_ip)
        return PTN_LINE_REMARK;
    if (!k->src.family && !k->dst.family && !k->has && !scan.bad && !ptn_slice_from(m->text, " MAC=").len)
        return PTN_LINE_OTHER_FORMAT;
    if (scan.bad || !k->src.family || !k->dst.family)
        return PTN_LINE_BROKEN;
    if (m->time == PTN_NO_TIME)
        put_time(k, k->rule);
    else
        k->time = m->time;
    return PTN_LINE_PACKET;
}

const struct ptn_format ptn_format_netfilter = {
    .name = "netfilter",
    .title = "Linux netfilter",
    .read = read_netfilter,
};
