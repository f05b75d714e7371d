/*
 * libportolan: the book of ports, executable.
 *
 *     sources  ->  facts  ->  judge (reads the chart)  ->  findings  ->  reports
 *     sockets      listener       rating, rung               verdict,      table, JSON,
 *     overlays     owner                                     why, do       CSV
 *     registries   claim
 *
 * Nothing flows backwards: a source knows no chart, the judge does no I/O and reads no clock,
 * a report decides nothing.
 *
 * Results are int: 0 or more is good, a negative errno is failure. An optional struct ptn_err
 * carries the sentence for a person. The library never prints and never exits.
 * Everything handed out as `const` is borrowed from the object it came from and lives as long as it.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PORTOLAN_H
#define PORTOLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PTN_PUBLIC __attribute__((visibility("default")))
#else
#define PTN_PUBLIC
#endif

PTN_PUBLIC const char *ptn_version(void);

/* ---- errors ---------------------------------------------------------------------------------- */

/* What went wrong, for a person: "FILE:LINE: sentence" where there is a place. */
struct ptn_err {
    char text[512];
};

/* ---- words: each list is the one place where its words stand ----------------------------------- */

/* Transport protocols, with their IP protocol numbers (IANA protocol-numbers; MPTCP as in linux/in.h).
 * The first four have registered ports; the others are kinds of socket that can also wait. */
#define PTN_PROTOS(X)                                                                                                  \
    X(TCP, "tcp", 6)                                                                                                   \
    X(UDP, "udp", 17)                                                                                                  \
    X(SCTP, "sctp", 132)                                                                                               \
    X(DCCP, "dccp", 33)                                                                                                \
    X(UDPLITE, "udplite", 136)                                                                                         \
    X(MPTCP, "mptcp", 262)                                                                                             \
    X(RAW, "raw", 255)                                                                                                 \
    X(PACKET, "packet", 0)

enum ptn_proto {
#define X(id, word, number) PTN_##id,
    PTN_PROTOS(X)
#undef X
};
#define PTN_PROTO_PORTED 4 /* protocols below this have registered ports */
#define PTN_PROTO_COUNT 8

/* Ratings of a service. NONE: nobody has judged it. */
#define PTN_RATINGS(X)                                                                                                 \
    X(NONE, "", "not judged")                                                                                          \
    X(SAFE, "Y", "safe enough")                                                                                        \
    X(LIMITED, "-", "limit it to particular peers")                                                                    \
    X(UNSAFE, "N", "unsafe")                                                                                           \
    X(DEPENDS, "?", "it depends")

enum ptn_rating {
#define X(id, word, help) PTN_RATING_##id,
    PTN_RATINGS(X)
#undef X
};

/* Kinds of claim. They are ranked: the site's, the judged (registered or common), the merely registered, the
 * historical, the hints. */
#define PTN_KINDS(X)                                                                                                   \
    X(SITE, "site", "this site's own record")                                                                          \
    X(REGISTERED, "registered", "assigned by IANA")                                                                    \
    X(COMMON, "common", "in common use, not assigned")                                                                 \
    X(HISTORICAL, "historical", "used to be found here")                                                               \
    X(MALWARE, "malware", "a hint: malware was seen here once")

enum ptn_kind {
#define X(id, word, help) PTN_KIND_##id,
    PTN_KINDS(X)
#undef X
};

/* How far a listener can be reached, lowest first. */
#define PTN_RUNGS(X)                                                                                                   \
    X(NOBODY, "nobody")                                                                                                \
    X(LOOPBACK, "loopback")                                                                                            \
    X(CONTAINER, "container")                                                                                          \
    X(HOST, "host")                                                                                                    \
    X(LAN, "lan")                                                                                                      \
    X(VPN, "vpn")                                                                                                      \
    X(INTERNET, "internet")

enum ptn_rung {
#define X(id, word) PTN_RUNG_##id,
    PTN_RUNGS(X)
#undef X
};

/* The last word on one row. RULE: a rule of the host's own does harm. */
#define PTN_VERDICTS(X)                                                                                                \
    X(OK, "OK")                                                                                                        \
    X(BLIND, "BLIND")                                                                                                  \
    X(ASK, "ASK")                                                                                                      \
    X(LIMIT, "LIMIT")                                                                                                  \
    X(RULE, "YOUR RULE")                                                                                               \
    X(WORRY, "WORRY")

enum ptn_verdict {
#define X(id, word) PTN_VERDICT_##id,
    PTN_VERDICTS(X)
#undef X
};

PTN_PUBLIC const char *ptn_proto_word(enum ptn_proto);
PTN_PUBLIC uint8_t ptn_proto_number(enum ptn_proto); /* in the packets: MPTCP's are TCP's */
PTN_PUBLIC const char *ptn_rating_word(enum ptn_rating);
PTN_PUBLIC const char *ptn_rating_help(enum ptn_rating);
PTN_PUBLIC const char *ptn_kind_word(enum ptn_kind);
PTN_PUBLIC const char *ptn_kind_help(enum ptn_kind);
PTN_PUBLIC const char *ptn_rung_word(enum ptn_rung);
PTN_PUBLIC const char *ptn_verdict_word(enum ptn_verdict);

/* ---- the chart: who claims a port --------------------------------------------------------------- */

struct ptn_chart; /* the built-in chart and registry, an imported registry, and the site's overlay */

/* One service as one book tells it. Borrowed; compare with ptn_service_same(). */
struct ptn_service {
    const void *book;
    uint32_t index;
};

/* One claim: `service` lives on port `lo`-`hi` of a protocol. */
struct ptn_claim {
    struct ptn_service service;
    enum ptn_kind kind;
    enum ptn_rating rating;      /* today's word; NONE if nobody judged it */
    enum ptn_rating rating_2001; /* the page's word on this very port and protocol; NONE if it had no row */
    uint16_t lo, hi;
    bool own;        /* its own port, not one it is merely often found on */
    bool registered; /* IANA assigned this port to this service, whatever the kind says */
};

#define PTN_CLAIMS_MAX 128 /* no port has more claimants; the chart compiler refuses it */

struct ptn_chart_opts {
    const char *const *overlays; /* further overlay files, read after the standing ones */
    size_t n_overlays;
    bool builtin_only; /* no overlay, no imported registry */
    /* Called with each complaint about an overlay ("FILE:LINE: ..."); the sound records still count. */
    void (*complain)(void *ctx, const char *text);
    void *ctx;
};

/* Opens the chart. `opts` may be NULL. Caller closes. Result: 0, or -errno when even the built-in chart
 * cannot be used; a broken overlay or import is a complaint, not a failure. */
PTN_PUBLIC int ptn_chart_open(struct ptn_chart **ret, const struct ptn_chart_opts *opts, struct ptn_err *err);
PTN_PUBLIC void ptn_chart_close(struct ptn_chart *);

/* All claims on a port, ranked best first, into out[max]. Never allocates. Result: how many were written. */
PTN_PUBLIC int ptn_chart_lookup(const struct ptn_chart *, uint16_t port, enum ptn_proto, struct ptn_claim *out,
                                size_t max);

/* The best service name on a port or NULL: the fast path, with no ranking beyond the first. */
PTN_PUBLIC const char *ptn_chart_name(const struct ptn_chart *, uint16_t port, enum ptn_proto);

/* The service's fields. A missing field is an empty string. */
PTN_PUBLIC const char *ptn_service_name(struct ptn_service);
PTN_PUBLIC const char *ptn_service_title(struct ptn_service);
PTN_PUBLIC const char *ptn_service_why(struct ptn_service);
PTN_PUBLIC const char *ptn_service_do(struct ptn_service);
PTN_PUBLIC bool ptn_service_same(struct ptn_service, struct ptn_service);

/* ---- this machine: what listens, and whose it is --------------------------------------------------- */

struct ptn_addr {
    uint8_t family;    /* AF_INET, AF_INET6, or 0 where the socket has no address (packet) */
    uint8_t bytes[16]; /* network order; IPv4 uses the first four */
};

/* What /proc and the control groups tell of a socket's holder. Strings are "" where unknown. */
struct ptn_owner {
    int32_t pid;
    uint32_t uid;
    const char *comm;        /* /proc/PID/comm, at most 15 characters */
    const char *command;     /* command line, arguments joined by blanks, control characters replaced */
    const char *exe;         /* path of the binary, without " (deleted)" */
    const char *user;        /* name, or the number where it has no name */
    const char *unit;        /* systemd service (or scope), from the control group */
    const char *socket_unit; /* systemd socket that opened it for the unit */
    const char *container;   /* "docker:0123456789ab", "podman:...", "lxc:NAME", "kubernetes:..." */
    const char *package;     /* filled by ptn_host_packages() */
    bool exe_deleted;        /* the binary's file is gone or another one stands in its place */
    bool exe_temporary;      /* it runs from a temporary folder or from memory */
    uint32_t holders;        /* distinct processes seen holding the socket, when counted; at least 1 */
};

enum ptn_link { PTN_LINK_LOOPBACK, PTN_LINK_ETHERNET, PTN_LINK_BRIDGE, PTN_LINK_VETH, PTN_LINK_VPN, PTN_LINK_OTHER };

struct ptn_iface {
    uint32_t index;
    const char *name;
    enum ptn_link link;
    bool up;
    bool port;                   /* of a bridge or a bond: what comes in here came in by that */
    bool default_v4, default_v6; /* a default route leaves through it */
    bool carries_containers;     /* a bridge whose ports lead into other network namespaces of this machine */
    uint32_t group;              /* ip link's group */
    bool forward_v4, forward_v6; /* packets that came in here are sent on (net.ipv4.conf.IFACE.forwarding) */
    uint8_t rp_filter;           /* 0 no, 1 strict, 2 loose: the greater of the interface's and that of all */
    bool route_localnet;         /* 127/8 may come in here */
};

struct ptn_ifaddr {
    struct ptn_addr addr;
    uint8_t prefix;
    uint32_t ifindex;
};

/* A route that is not one of the kernel's own tables of local addresses. */
struct ptn_route {
    struct ptn_addr to;
    uint8_t prefix;
    uint8_t type;     /* RTN_UNICAST, RTN_BLACKHOLE, ... of linux/rtnetlink.h */
    uint32_t ifindex; /* of the first way, 0 if it leads nowhere */
    uint32_t metric;
};

/* One network namespace. */
struct ptn_netns {
    const char *name; /* "host", the name in /run/netns, the container, or "net:[INODE]" */
    uint64_t inode;
    bool host;             /* the namespace of process 1, or ours where 1 cannot be seen */
    const char *container; /* as in ptn_owner, of a process in it */
    const struct ptn_iface *ifaces;
    size_t n_ifaces;
    const struct ptn_ifaddr *addrs;
    size_t n_addrs;
    uint16_t ephemeral_lo, ephemeral_hi; /* net.ipv4.ip_local_port_range; 0 where unknown */
    const char *reserved;                /* net.ipv4.ip_local_reserved_ports, as the kernel prints it */
    const struct ptn_route *routes;      /* of the main table, more specific first */
    size_t n_routes;
    bool bridge_v4,
        bridge_v6;       /* what passes a bridge asks the packet filter, too (bridge-nf-call-iptables, -ip6tables) */
    bool routes_partial; /* there are more, or rules (ip rule) that ask other tables first */
    const char *door;    /* a file by which to enter it, "" for our own */
};

struct ptn_listener {
    uint32_t netns; /* index into ptn_host.netns */
    enum ptn_proto proto;
    struct ptn_addr addr; /* all zero: every address */
    bool dual;            /* an IPv6 wildcard that takes IPv4 too (no IPV6_V6ONLY) */
    uint16_t port;        /* 0 for raw and packet sockets; raw has `number` */
    uint16_t number;      /* raw: IP protocol number; packet: ethertype */
    uint32_t ifindex;     /* bound to this interface, or 0 */
    const char *ifname;
    uint32_t uid;
    uint64_t inode;
    bool reuseport_shared;         /* another socket has the same key */
    bool latent;                   /* nothing listens yet: a unit or a super-server's file says it will */
    bool enabled;                  /* latent: it is configured to start by itself */
    const char *latent_from;       /* latent: the file that says so */
    const char *latent_name;       /* latent: the service's name in that file, "" if by number */
    const struct ptn_owner *owner; /* NULL: not seen */
};

struct ptn_blind {
    const char *what; /* "owners of 3 sockets", "namespace net:[4026532]" */
    const char *why;  /* "needs root or CAP_SYS_PTRACE" */
    bool matters;     /* a verdict could change with it */
};

/* A snapshot; everything it points to is freed with it. */
struct ptn_host {
    const struct ptn_netns *netns;
    size_t n_netns;
    const struct ptn_listener *listeners; /* real ones first, then latent */
    size_t n_listeners;
    const struct ptn_blind *blind;
    size_t n_blind;
};

struct ptn_host_opts {
    bool no_owners;  /* sockets only */
    bool this_netns; /* only the caller's own network namespace */
    uint16_t port;   /* only this port, or 0 for all */
    unsigned protos; /* only these: a set of 1 << enum ptn_proto, or 0 for all */
};

/* Reads the machine. `opts` may be NULL. Caller frees with ptn_host_free(). What could not be seen is in
 * `blind`, not an error. Result: 0 or -errno. */
PTN_PUBLIC int ptn_host_read(struct ptn_host **ret, const struct ptn_host_opts *opts, struct ptn_err *err);
PTN_PUBLIC void ptn_host_free(struct ptn_host *);

/* Fills owner.package of every owner, by asking the machine's package manager once. Result: 0 or -errno. */
PTN_PUBLIC int ptn_host_packages(struct ptn_host *, struct ptn_err *err);

/* ---- knocks: packets, or flows of them, that a log tells of ------------------------------------------- */

/* A piece of text, not terminated. */
struct ptn_slice {
    const char *at;
    size_t len;
};

#define PTN_NO_TIME INT64_MIN

#define PTN_ACTIONS(X)                                                                                                 \
    X(NONE, "")                                                                                                        \
    X(PASS, "pass")                                                                                                    \
    X(DROP, "drop")                                                                                                    \
    X(REJECT, "reject")

enum ptn_action {
#define X(id, word) PTN_ACTION_##id,
    PTN_ACTIONS(X)
#undef X
};

/* Which way it went, as the filter sees it. */
enum ptn_way { PTN_WAY_UNKNOWN, PTN_WAY_IN, PTN_WAY_OUT, PTN_WAY_THROUGH };

/* Bits of `has`. */
enum {
    PTN_HAS_PROTO = 1,
    PTN_HAS_SPORT = 2,
    PTN_HAS_DPORT = 4,
    PTN_HAS_FLAGS = 8,
    PTN_HAS_ICMP_TYPE = 16,
    PTN_HAS_ICMP_CODE = 32,
    PTN_HAS_TTL = 64,
    PTN_HAS_ID = 128,
    PTN_HAS_WINDOW = 256,
    PTN_HAS_LENGTH = 512,
    PTN_HAS_COUNT = 1024, /* packets and octets */
    /* For slot.c, while a line is read: */
    PTN_HAS_DAY = 2048,        /* `time` is a day without its clock, */
    PTN_HAS_CLOCK = 4096,      /* or a clock without its day */
    PTN_HAS_ZONE = 8192,       /* `time` rests on no guess at the zone */
    PTN_HAS_ICMP_WORD = 16384, /* `icmp_type` was a word that IPv4 and IPv6 have alike */
    /* What holds for all lines of a format: */
    PTN_HAS_NO_FILTER = 32768, /* seen on the wire, or a flow: no filter was asked, so that no action is no drop */
    PTN_HAS_ROUTER = 65536,    /* its way is that by an interface: what came in may yet go on to others */
};

/* What the log does not say is not there: an address without a family, a number without its bit in `has`. The slices
 * are borrowed from the line it was read from. */
struct ptn_knock {
    int64_t time; /* microseconds since 1970-01-01 00:00 UTC, or PTN_NO_TIME */
    struct ptn_addr src, dst;
    uint32_t has;
    uint16_t sport, dport;
    uint8_t proto;  /* IP protocol number */
    uint8_t action; /* enum ptn_action */
    uint8_t way;    /* enum ptn_way */
    uint8_t flags;  /* TCP: fin 1, syn 2, rst 4, psh 8, ack 16, urg 32, ece 64, cwr 128 */
    uint8_t icmp_type, icmp_code;
    uint8_t ttl;
    uint16_t id, window;
    uint32_t length;          /* of the IP packet, octets */
    uint64_t packets, octets; /* of a flow */
    struct ptn_slice in, out; /* interfaces or zones */
    struct ptn_slice rule;    /* the rule's name, number or log prefix */
};

#ifdef __cplusplus
}
#endif
#endif
