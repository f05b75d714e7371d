/*
 * The list of formats, in the order in which they are tried: those with the surest marks first, those without any marks
 * (columns that a header named) last. One line a format; its struct is ptn_format_NAME in format_*.c.
 */
#ifndef PTN_SOURCE_LOG_FORMATS_H
#define PTN_SOURCE_LOG_FORMATS_H

#include "format.h"

/* clang-format off */
#define PTN_FORMATS(X) \
    X(ulogd_flow) \
    X(netfilter) \
    X(cisco_ftd) \
    X(cisco_asa) \
    X(cisco_ios) \
    X(cef) \
    X(leef) \
    X(fortigate) \
    X(fortigate_old) \
    X(fortigate_lean) \
    X(sophos_xg) \
    X(sophos_utm) \
    X(checkpoint) \
    X(checkpoint_fields) \
    X(srx) \
    X(netscreen) \
    X(stormshield) \
    X(sonicwall) \
    X(meraki) \
    X(clavister) \
    X(barracuda) \
    X(barracuda_waf) \
    X(mikrotik) \
    X(watchguard_pairs) \
    X(watchguard) \
    X(checkpoint_bars) \
    X(checkpoint_lea) \
    X(checkpoint_blanks) \
    X(checkpoint_log) \
    X(forcepoint) \
    X(suricata) \
    X(filterlog) \
    X(srx_text) \
    X(ipfw) \
    X(ipmon) \
    X(ipchains) \
    X(pflog) \
    X(ids) \
    X(nsx) \
    X(zyxel) \
    X(h3c) \
    X(huawei) \
    X(hubble) \
    X(router) \
    X(watchers) \
    X(panos) \
    X(panos_json) \
    X(azure_flow) \
    X(azure_firewall) \
    X(aws_firewall) \
    X(aws_vpc_json) \
    X(ecs) \
    X(zeek_json) \
    X(sophos_json) \
    X(fortigate_json) \
    X(checkpoint_json) \
    X(gcp) \
    X(cato) \
    X(ulogd_json) \
    X(ulogd_gprint) \
    X(nfdump_json) \
    X(nfdump_line) \
    X(oci) \
    X(zeek) \
    X(aws_vpc) \
    X(pfirewall) \
    X(nfdump) \
    /* end */
/* clang-format on */

#define X(name) extern const struct ptn_format ptn_format_##name;
PTN_FORMATS(X)
#undef X

/* Reads the message by this format alone: its marks, its packet marks, its reader, and then what holds for all: a knock
 * without a time has the message's, one without any address is broken. Readers need not look for marks themselves. */
enum ptn_line ptn_format_read(const struct ptn_format *, struct ptn_log_state *, const struct ptn_message *,
                              struct ptn_knocks *ret);

#endif
