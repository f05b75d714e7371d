/*
 * Cisco ASA, PIX, FWSM, and what FTD took over from them: "%ASA-4-106023: Deny tcp src ...". The number says which
 * sentence it is; the sentences are those of Cisco's "ASA Series Syslog Messages". What is not in the table tells of no
 * packet.
 */
#include <netinet/in.h>
#include <string.h>

#include "cisco.h"

/* Which of two ends asked, where the sentence does not say it. */
enum ends { ENDS_TOLD, ENDS_BY_PORT, ENDS_BY_CAST };

struct asa_sentence {
    uint32_t id;
    enum ptn_action action; /* NONE: a hole has it */
    const char *pattern;
    enum ends ends;
};

#define PASS PTN_ACTION_PASS
#define DROP PTN_ACTION_DROP
#define REJECT PTN_ACTION_REJECT
#define NONE PTN_ACTION_NONE

/* Users, groups and names stand in brackets behind the addresses. */
#define IN_TYPE "(type {icmp_type}, code {icmp_code})"
#define FROM "{in*}:{src}[[ ]({**})]"
#define TO "{out*}:{dst}[({**})]"
#define TO_SPACED "{out*}:{dst}[[ ]({**})]"
#define TO_TYPED TO_SPACED "[ ]" IN_TYPE

/* A connection: real address (mapped address). Who asked did so from its real address to a mapped one. */
#define BUILT_IN "{in*}:{src}[({**})][ ]({**} to {out*}:{*}[ ]({dst}){**}"
#define BUILT_OUT "{out*}:{*}[ ]({dst}){**} to {in*}:{src}[({**})][ ]({**}"
#define ENDED "{in*}:{src}{**} to {out*}:{dst}[({**})]{**}"
#define FILTERED "{in*}:{src} {**} to {out*}:{dst} {**}"
#define MAY_HAVE_TYPE "[{**} type {icmp_type} code {icmp_code}]{**}"
#define ACL "access-list {rule} {action} "
#define ACL_PORTS "{in}/{src}({sport}){**} {out}/{dst}({dport}){**}"
#define ACL_TYPES "{in}/{src}({icmp_type}){**} {out}/{dst}({icmp_code}){**}"
#define EXCEEDED "for {way} packet from {src} to {dst} on interface {in}"
#define FRAGMENT "src = {src}, dest = {dst}, proto = {proto}, id = {id}"
#define THROUGH "{in*}:{src} to {out*}:{dst}"

/* Messages that all say the same: the first of them stands for them. */
enum { FILTER_EVENTS = 338001, HTTP_INSPECTION = 415001, FTD_EVENTS = 430000 };

/* clang-format off */
static const struct asa_sentence sentences[] = {
    {106001, DROP, "Inbound {proto} connection denied from {src} to {dst} flags[ {flags}] on interface {in}", 0},
    {106002, DROP, "{proto} {*} denied by outbound list {rule} src {src} {sport} dest {dst} {dport}", 0},
    {106002, DROP, "{proto} {*} denied by outbound list {rule} src {src} dest {dst}", 0},
    {106006, DROP, "Deny inbound {proto} from {src} to {dst} on interface {in}", 0},
    {106006, DROP, "Deny inbound {proto} from {src} to {dst}", 0},
    {106007, DROP, "Deny inbound {proto} from {src} to {dst}", 0},
    {106010, DROP, "Deny inbound [protocol ]{proto} src " FROM " dst " TO_TYPED, 0},
    {106010, DROP, "Deny inbound [protocol ]{proto} src {in*}:[ ]{src}[({**})] dst {out*}:[ ]{dst}[({**})]", 0},
    {106010, DROP, "Deny inbound [protocol ]{proto} src {src} dst {dst}", 0},
    {106011, DROP, "Deny inbound (No xlate) [protocol ]{proto} src " FROM " dst " TO_TYPED, 0},
    {106011, DROP, "Deny inbound (No xlate) [protocol ]{proto} src " FROM " dst " TO, 0},
    {106011, DROP, "Deny inbound (No xlate) [protocol ]{proto} src {src} dst {dst}", 0},
    {106012, DROP, "Deny {proto} from {src} to {dst}", 0},
    {106013, DROP, "Dropping {icmp_type:echo} request from {src} to PAT address {dst}", 0},
    {106014, DROP, "Deny inbound {proto} src {in*}:[ ]{src}[({**})] dst {out*}:[ ]{dst}[ ]" IN_TYPE, 0},
    {106014, DROP, "Deny inbound {proto} src {in*}:[ ]{src}[({**})] dst {out*}:[ ]{dst}({**}) (type {icmp_type}, "
     "code {icmp_code})", 0},
    {106014, DROP, "Deny inbound {proto} src {in*}:[ ]{src}[({**})] dst {out*}:[ ]{dst}", 0},
    {106015, DROP, "Deny {proto} (no connection) from {src} to {dst} flags[ {flags}] on interface {in}", 0},
    {106016, DROP, "Deny {proto} spoof from ({src}) to {dst} on interface {in}", 0},
    {106016, DROP, "Deny {proto} spoof from {src} to {dst} on interface {in}", 0},
    {106017, DROP, "Deny {proto} due to Land Attack from {src} to {dst}", 0},
    {106018, DROP, "{proto} packet type {icmp_type} denied by outbound list {rule} src {src} dest {dst}", 0},
    {106019, DROP, "IP packet from {src} to {dst}, protocol {proto} received from interface {in} deny by "
     "access-group {rule}", 0},
    {106020, DROP, "Deny {proto} teardrop fragment ({**}) from {src} to {dst}", 0},
    {106021, DROP, "Deny {proto} reverse path check from {src} to {dst} on interface {in}", 0},
    {106022, DROP, "Deny {proto} connection spoof from {src} to {dst} on interface {in}", 0},
    {106023, DROP, "Deny [protocol ]{proto} src " FROM " dst " TO " by access{*} \"{rule}\"", 0},
    {106023, DROP, "Deny [protocol ]{proto} src " FROM " dst " TO_SPACED "[ ][(]type {icmp_type}, code {icmp_code}{**} "
     "by access{*} \"{rule}\"", 0},
    {106023, DROP, "Deny [protocol ]{proto} src " FROM " dst " TO_SPACED " by access{*} \"{rule}\"", 0},
    {106023, DROP, "Deny [protocol ]{proto} src " FROM " dst " TO "[ ][(]type {icmp_type}, code {icmp_code}", 0},
    {106023, DROP, "Deny [protocol ]{proto} src " FROM " dst " TO, 0},
    {106023, DROP, "Deny [protocol ]{proto} src {src}[({**})] dst {dst}[({**})][ ][(]type {icmp_type}, code "
     "{icmp_code}", 0},
    {106023, DROP, "Deny [protocol ]{proto} src {src}[({**})] dst {dst}[({**})]", 0},
    {106025, DROP, "Failed to determine {*} security context for {*} packet:{in*}:{src} {dst} {sport} {dport} "
     "{proto}", 0},
    {106026, DROP, "Failed to determine {*} security context for {*} packet:{in*}:{src} {dst} {sport} {dport} "
     "{proto}", 0},
    {106100, NONE, ACL "{proto:icmp}[6] " ACL_TYPES, 0},
    {106100, NONE, ACL "{proto} " ACL_PORTS, 0},
    {106100, NONE, ACL "{proto} {in}/{src}{**} -> {out}/{dst} hit-cnt{**}", 0},
    {106102, NONE, ACL "{proto:icmp}[6] for user {**} " ACL_TYPES, 0},
    {106102, NONE, ACL "{proto} for user {**} {in}/{src}[(]{sport}{**} {out}/{dst}[(]{dport}{**}", 0},
    {106103, NONE, ACL "{proto:icmp}[6] for user {**} " ACL_TYPES, 0},
    {106103, NONE, ACL "{proto} for user {**} " ACL_PORTS, 0},
    {108003, DROP, "Terminating {*} connection; {**} from " THROUGH "{**}", 0},
    {110002, DROP, "Failed to locate egress interface for {proto} from {in*}:{src} to {dst}", 0},
    {110003, DROP, "Routing failed to locate next{**}hop for {proto} from " THROUGH, 0},
    {201003, DROP, "Embryonic limit exceeded {*} for {src} ({**}) {dst} on interface {in}", 0},
    {201010, DROP, "Embryonic connection limit exceeded {*} " EXCEEDED, 0},
    {201011, DROP, "Connection limit exceeded {*} " EXCEEDED, 0},
    {201012, DROP, "Per-client embryonic connection limit exceeded {**} " EXCEEDED, 0},
    {201013, DROP, "Per-client connection limit exceeded {**} " EXCEEDED, 0},
    {202010, DROP, "{**}Unable to create {proto} connection from " THROUGH, 0},
    {209003, DROP, "Fragment database limit {**}: " FRAGMENT, 0},
    {209004, DROP, "Invalid IP fragment, {**}: " FRAGMENT, 0},
    {209005, DROP, "Discard IP fragment set {**}: " FRAGMENT, 0},
    {302001, PASS, "Built inbound {proto} connection {*} for faddr {src} gaddr {dst} laddr {**}", 0},
    {302001, PASS, "Built outbound {proto} connection {*} for faddr {dst} gaddr {*} laddr {src}", 0},
    {302002, PASS, "Teardown {proto} connection {*} for faddr {src} gaddr {*} laddr {dst}", ENDS_BY_PORT},
    {302005, PASS, "Built {proto} connection for faddr {src} gaddr {*} laddr {dst}", ENDS_BY_PORT},
    {302006, PASS, "Teardown {proto} connection for faddr {src} gaddr {*} laddr {dst}", ENDS_BY_PORT},
    {302013, PASS, "Built inbound [Probe ]{proto} connection {*} for " BUILT_IN, 0},
    {302013, PASS, "Built outbound [Probe ]{proto} connection {*} for " BUILT_OUT, 0},
    {302013, PASS, "Built inbound [Probe ]{proto} connection {*} for " ENDED, 0},
    {302013, PASS, "Built outbound [Probe ]{proto} connection {*} for {out*}:{dst} to {in*}:{src}[ {**}]", 0},
    {302014, PASS, "Teardown [Probe ]{proto} connection {*} for " ENDED, ENDS_BY_PORT},
    {302015, PASS, "Built inbound {proto} connection {*} for " BUILT_IN, 0},
    {302015, PASS, "Built outbound {proto} connection {*} for " BUILT_OUT, 0},
    {302015, PASS, "Built inbound {proto} connection {*} for " ENDED, 0},
    {302015, PASS, "Built outbound {proto} connection {*} for {out*}:{dst} to {in*}:{src}[ {**}]", 0},
    {302016, PASS, "Teardown {proto} connection {*} for " ENDED, ENDS_BY_PORT},
    {302017, PASS, "Built inbound {proto} connection {*} {*} {in*}:{src}{**} to {out*}:{dst} ({**}", 0},
    {302017, PASS, "Built outbound {proto} connection {*} {*} {out*}:{dst}{**} to {in*}:{src} ({**}", 0},
    {302018, PASS, "Teardown {proto} connection {*} {*} {in*}:{src}{**} to {out*}:{dst} {**}", 0},
    {302020, PASS, "Built inbound {proto} connection for faddr {src}{**} gaddr {dst} laddr {*}" MAY_HAVE_TYPE, 0},
    {302020, PASS, "Built outbound {proto} connection for faddr {dst}{**} gaddr {*} laddr {src}" MAY_HAVE_TYPE, 0},
    {302020, PASS, "Built {proto} connection for faddr {src}{**} gaddr {dst} laddr {*}" MAY_HAVE_TYPE, 0},
    /* The number behind an address is the echo's, at the end that sent it. */
    {302021, PASS, "Teardown {proto} connection for faddr {src}/0[({**})] gaddr {*} laddr {dst}/0"
     MAY_HAVE_TYPE, ENDS_BY_CAST},
    {302021, PASS, "Teardown {proto} connection for faddr {dst}/0[({**})] gaddr {*} laddr {src}"
     MAY_HAVE_TYPE, ENDS_BY_CAST},
    {302021, PASS, "Teardown {proto} connection for faddr {src}{**} gaddr {dst} laddr {*}" MAY_HAVE_TYPE, ENDS_BY_CAST},
    {302022, PASS, "Built {*} stub {proto} connection for " BUILT_IN, ENDS_BY_PORT},
    {302023, PASS, "Teardown stub {proto} connection for " ENDED, ENDS_BY_PORT},
    {302024, PASS, "Built {*} stub {proto} connection for " BUILT_IN, ENDS_BY_PORT},
    {302024, PASS, "Built {*} stub {proto} connection for {in*}:{src}{**} to {out*}:{dst}", ENDS_BY_PORT},
    {302025, PASS, "Teardown stub {proto} connection for " ENDED, ENDS_BY_PORT},
    {302026, PASS, "Built {*} stub {proto} connection for " BUILT_IN, 0},
    {302027, PASS, "Teardown stub {proto} connection for " ENDED, 0},
    {302035, PASS, "Built inbound {proto} connection {*} for " BUILT_IN, 0},
    {302035, PASS, "Built outbound {proto} connection {*} for " BUILT_OUT, 0},
    {302036, PASS, "Teardown {proto} connection {*} for " ENDED, ENDS_BY_PORT},
    {302303, PASS, "Built {proto} state-bypass connection {*} from " BUILT_IN, 0},
    {302304, PASS, "Teardown {proto} state-bypass connection {*} from " ENDED, 0},
    {302305, PASS, "Built {proto} state-bypass connection {*} for " BUILT_IN, 0},
    {302306, PASS, "Teardown {proto} state-bypass connection {*} for " ENDED, 0},
    {303004, DROP, "FTP {**}, terminating connection from " THROUGH, 0},
    {305005, DROP, "No translation group found for [protocol ]{proto} src " FROM " dst " TO_TYPED, 0},
    {305005, DROP, "No translation group found for [protocol ]{proto} src " FROM " dst " TO_SPACED, 0},
    {305006, DROP, "{**}translation creation failed for [protocol ]{proto} src " FROM " dst " TO_TYPED, 0},
    {305006, DROP, "{**}translation creation failed for [protocol ]{proto} src " FROM " dst " TO_SPACED, 0},
    {305013, DROP, "{**} Connection for {proto} src " FROM " dst " TO_TYPED "{**}", 0},
    {305013, DROP, "{**} Connection [for ]{proto} src " FROM " dst " TO_SPACED " denied{**}", 0},
    {313001, DROP, "Denied {proto} type={icmp_type}, code={icmp_code} from {src} on interface {in}", 0},
    {313004, DROP, "Denied {proto} type={icmp_type}, from [laddr ]{src} on interface {in} to {dst}", 0},
    {313005, DROP, "No matching connection for ICMP error message: {proto} src " FROM " dst " TO_TYPED " on {*} "
     "interface{**}", 0},
    {313005, DROP, "No matching connection for ICMP error message: {proto} src {src} dst {dst} " IN_TYPE " on {in} "
     "interface{**}", 0},
    {313008, DROP, "Denied {proto} type={icmp_type}, code={icmp_code} from {src} on interface {in}", 0},
    {313009, DROP, "Denied invalid {proto} code {icmp_code}, for {in*}:{src} ({**}) to {out*}:{dst} {**}ICMP type "
     "{icmp_type}", 0},
    {FILTER_EVENTS, NONE, "Dynamic {*} {action} {**}listed {proto} traffic from " FILTERED, 0},
    {401004, DROP, "Shunned packet: {src} ==> {dst} on interface {in}", 0},
    {401004, DROP, "Shunned packet: {src} = {dst} on interface {in}", 0},
    {410001, DROP, "Dropped {proto} DNS {*} from " THROUGH, 0},
    {410002, DROP, "Dropped {packets} DNS {**}: from " THROUGH, 0},
    {HTTP_INSPECTION, DROP, "{**}Dropping connection from " THROUGH, 0},
    {HTTP_INSPECTION, REJECT, "{**}Resetting connection from " THROUGH, 0},
    {416001, DROP, "Dropped {proto} SNMP packet from " THROUGH, 0},
    {418001, DROP, "Through-the-device packet {**} is denied: {proto} src " FROM " dst " TO, 0},
    {418001, DROP, "Through-the-device packet {**} is denied: {proto} from {in} {src} ({sport}){**} to {out} {dst} "
     "({dport}){**}", 0},
    {419001, DROP, "Dropping {proto} packet from " THROUGH ", reason{**}", 0},
    {419002, DROP, "{**}uplicate {proto} SYN from " THROUGH " with different{**}", 0},
    {420002, DROP, "{*} requested to drop {proto} packet{*} from " THROUGH, 0},
    {420002, DROP, "{*} requested to drop {proto} packet from " THROUGH, 0},
    {420003, REJECT, "{*} requested to reset {proto} connection from " THROUGH, 0},
    {424001, DROP, "Packet denied {proto} {in*}:{src}[ ][({**})] {out*}:{dst}[({**})]{**}", 0},
    {424002, DROP, "Connection to the backup interface is denied: {proto} {in*}:{src} {out*}:{dst}", 0},
    {429002, DROP, "{**} requested to drop {proto} packet from " THROUGH, 0},
    {429003, REJECT, "{**} requested to reset {proto} connection from " THROUGH, 0},
    {431001, DROP, "RTP conformance: Dropping {*} packet from " THROUGH ", {**}", 0},
    {431002, DROP, "RTCP conformance: Dropping {*} packet from " THROUGH ", {**}", 0},
    {434002, DROP, "{*} requested to drop {proto} packet from " THROUGH, 0},
    {434003, REJECT, "{*} requested to reset {proto} connection from " THROUGH, 0},
    {434004, PASS, "{*} requested {*} to bypass {**} process {proto} flow from " THROUGH " locally", 0},
    {450001, DROP, "Deny traffic for protocol {proto} src {in*}:{src} dst {out*}:{dst}", 0},
    {500003, DROP, "Bad {proto} hdr length ({**}) from {src} to {dst}, flags:[ {flags}], on interface {in}", 0},
    {500004, DROP, "Invalid transport field for protocol={proto}, from {src} to {dst}", 0},
    {500005, DROP, "connection terminated for {proto} from " THROUGH " due{**}", 0},
    {507001, DROP, "Terminating {proto}-Proxy connection from " THROUGH " {**}", 0},
    {507003, DROP, "The flow of type {proto} from " THROUGH " terminated{**}", 0},
    {507003, DROP, "{proto} flow from " THROUGH " terminated by inspection engine{**}", 0},
    {710001, PASS, "{proto} access requested from {src} to {in*}:{dst}", 0},
    {710002, PASS, "{proto} access permitted from {src} to {in*}:{dst}", 0},
    {710003, DROP, "{proto} access denied by ACL from {src} to {in*}:{dst}", 0},
    {710004, DROP, "{proto} connection limit exceeded from {src} to {in*}:{dst} ({**}", 0},
    {710005, DROP, "{proto} request discarded from {src} to {in*}:{dst}", 0},
    {710006, DROP, "{proto} request discarded from {src} to {in*}:{dst}", 0},
};
/* clang-format on */

static const struct ptn_action_word words[] = {
    {"permitted", PASS}, {"est-allowed", PASS}, {"allowed", PASS}, {"denied", DROP},
    {"dropped", DROP},   {"monitored", PASS},   {NULL, NONE},
};

#define N_SENTENCES (sizeof(sentences) / sizeof(*sentences))

static const struct asa_sentence *sentences_of(uint32_t id)
{
    size_t lo = 0, hi = N_SENTENCES;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (sentences[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return &sentences[lo];
}

/* "4-106023", "session-5-106100", "-4-733100": the number at its end. 0: it is none. */
static uint32_t id_of(struct ptn_slice s)
{
    uint32_t id = 0;
    if (s.len < 8 || s.at[s.len - 7] != '-')
        return 0;
    for (size_t i = s.len - 6; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return 0;
        id = id * 10 + (uint32_t)(s.at[i] - '0');
    }
    return id;
}

static size_t id_len(struct ptn_slice s)
{
    size_t n = 0;
    while (n < s.len && n < 32 && s.at[n] != ':' && s.at[n] != ' ')
        n++;
    return n;
}

static struct ptn_slice behind_mark(struct ptn_slice text)
{
    static const char *const marks[] = {"%ASA-", "%FTD-", "%PIX-", "%FWSM-"};
    struct ptn_slice after = {0};
    if (text.len && memchr(text.at, '%', text.len))
        for (size_t i = 0; !after.at && i < sizeof(marks) / sizeof(*marks); i++)
            after = ptn_slice_after(text, marks[i]);
    return after;
}

uint32_t ptn_asa_open(const struct ptn_message *m, struct ptn_slice *ret)
{
    struct ptn_slice id = behind_mark(m->tag);
    *ret = m->text;
    if (!id.at) {
        id = *ret = behind_mark(m->text);
        if (!id.at)
            return 0;
        id.len = id_len(id);
        ret->at += id.len;
        ret->len -= id.len;
    }
    for (; ret->len && (*ret->at == ':' || *ret->at == ' '); ret->at++)
        ret->len--;
    id.len = id_len(id);
    return id_of(id);
}

static void turn(struct ptn_knock *k)
{
    struct ptn_addr addr = k->src;
    k->src = k->dst;
    k->dst = addr;
    struct ptn_slice in = k->in;
    k->in = k->out;
    k->out = in;
    uint16_t port = k->sport;
    k->sport = k->dport;
    k->dport = port;
}

/* A server's port is a low one, a client's is from where its system takes them. */
static bool is_answer(const struct ptn_knock *k)
{
    if (!(k->has & PTN_HAS_SPORT) || !(k->has & PTN_HAS_DPORT))
        return false;
    return (k->sport < 1024 && k->dport >= 1024) || (k->sport < 32768 && k->dport >= 32768);
}

static bool is_cast(const struct ptn_addr *a)
{
    return a->family == AF_INET ? a->bytes[0] >= 224 : a->family == AF_INET6 && a->bytes[0] == 0xff;
}

static void set_ends(struct ptn_knock *k, enum ends ends)
{
    if (ends == ENDS_BY_PORT ? is_answer(k) && !is_cast(&k->src) : ends == ENDS_BY_CAST && is_cast(&k->src))
        turn(k);
}

static enum ptn_line read_asa(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    (void)state;
    struct ptn_slice text;
    uint32_t id = ptn_asa_open(m, &text);
    size_t before = ret->n;
    if (id == 0)
        return PTN_LINE_OTHER_FORMAT;
    if (id >= FTD_EVENTS && id < FTD_EVENTS + 100)
        return PTN_LINE_OTHER_FORMAT;
    if (id / 1000 == FILTER_EVENTS / 1000)
        id = FILTER_EVENTS;
    if (id / 1000 == HTTP_INSPECTION / 1000)
        id = HTTP_INSPECTION;
    const struct asa_sentence *s = sentences_of(id), *end = sentences + N_SENTENCES;
    enum ptn_line line = PTN_LINE_REMARK;
    for (; s < end && s->id == id; s++) {
        struct ptn_holes holes;
        line = id == HTTP_INSPECTION ? PTN_LINE_REMARK : PTN_LINE_BROKEN; /* it may only have been noted */
        if (!ptn_sentence_match(s->pattern, text, &holes))
            continue;
        line = ptn_sentence_put(f, m, &holes, s->action, ret);
        if (line == PTN_LINE_PACKET) {
            set_ends(&ret->items[ret->n - 1], s->ends);
            return line;
        }
        ret->n = before;
    }
    return line;
}

const struct ptn_format ptn_format_cisco_asa = {
    .name = "cisco-asa",
    .title = "Cisco ASA, FTD, PIX",
    .read = read_asa,
    .actions = words,
};
