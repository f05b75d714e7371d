/* A machine made up for a test: network namespaces, addresses, listeners and their owners. */
#ifndef PTN_TESTS_WORLD_H
#define PTN_TESTS_WORLD_H

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "check.h"
#include "judge/judge.h"

struct world {
    struct ptn_host host;
    struct ptn_netns netns[3];
    struct ptn_iface ifaces[3][8];
    struct ptn_ifaddr addrs[3][16];
    struct ptn_route routes[3][16];
    struct ptn_listener listeners[160];
    struct ptn_owner owners[160];
    struct ptn_blind blind[2];
    const struct ptn_walled *walls;
    struct ptn_findings findings;
};

static inline struct ptn_addr world_addr(const char *text)
{
    struct ptn_addr a = {0};
    if (*text && ptn_addr_parse(&a, text, strlen(text)) < 0)
        fail_msg("%s is no address", text);
    return a;
}

static inline void world_netns(struct world *w, const char *name, bool host)
{
    size_t n = w->host.n_netns++;
    w->netns[n] = (struct ptn_netns){.name = name,
                                     .host = host,
                                     .container = "",
                                     .ifaces = w->ifaces[n],
                                     .addrs = w->addrs[n],
                                     .routes = w->routes[n],
                                     .ephemeral_lo = 32768,
                                     .ephemeral_hi = 60999,
                                     .reserved = "",
                                     .door = ""};
    w->host.netns = w->netns;
}

/* Adds an interface to the namespace last added. `traits`: "down", "default4", "default6", "containers". */
static inline void world_iface(struct world *w, const char *name, enum ptn_link link, const char *traits)
{
    size_t at = w->host.n_netns - 1;
    struct ptn_netns *ns = &w->netns[at];
    w->ifaces[at][ns->n_ifaces] = (struct ptn_iface){.index = (uint32_t)ns->n_ifaces + 1,
                                                     .name = name,
                                                     .link = link,
                                                     .up = !strstr(traits, "down"),
                                                     .default_v4 = strstr(traits, "default4"),
                                                     .default_v6 = strstr(traits, "default6"),
                                                     .carries_containers = strstr(traits, "containers")};
    ns->n_ifaces++;
}

static inline void world_route(struct world *w, const char *to, uint8_t prefix)
{
    size_t at = w->host.n_netns - 1;
    struct ptn_netns *ns = &w->netns[at];
    w->routes[at][ns->n_routes++] = (struct ptn_route){
        .to = world_addr(to), .prefix = prefix, .type = RTN_UNICAST, .ifindex = (uint32_t)ns->n_ifaces};
}

/* Adds an address to the interface last added, and the route to its network. */
static inline void world_address(struct world *w, const char *text)
{
    size_t at = w->host.n_netns - 1;
    struct ptn_netns *ns = &w->netns[at];
    w->addrs[at][ns->n_addrs++] =
        (struct ptn_ifaddr){.addr = world_addr(text), .prefix = 24, .ifindex = (uint32_t)ns->n_ifaces};
    if (w->ifaces[at][ns->n_ifaces - 1].up)
        world_route(w, text, 24);
}

static inline uint32_t world_index(const struct world *w, uint32_t netns, const char *iface)
{
    for (size_t i = 0; i < w->netns[netns].n_ifaces; i++)
        if (strcmp(w->ifaces[netns][i].name, iface) == 0)
            return w->ifaces[netns][i].index;
    fail_msg("there is no %s", iface);
    return 0;
}

/* A listener without an owner. "0.0.0.0", "::" (IPv6 alone), "*" (both), "192.0.2.1%eth0". */
static inline struct ptn_listener *world_socket(struct world *w, uint32_t netns, enum ptn_proto proto,
                                                const char *address, unsigned port)
{
    struct ptn_listener *l = &w->listeners[w->host.n_listeners++];
    char text[64];
    snprintf(text, sizeof(text), "%s", strcmp(address, "*") == 0 ? "::" : address);
    char *zone = strchr(text, '%');
    if (zone)
        *zone++ = '\0';
    *l = (struct ptn_listener){.netns = netns,
                               .proto = proto,
                               .addr = world_addr(text),
                               .dual = *address == '*',
                               .port = (uint16_t)port,
                               .ifname = "",
                               .latent_from = "",
                               .latent_name = "",
                               .inode = w->host.n_listeners};
    if (zone) {
        l->ifindex = world_index(w, netns, zone);
        l->ifname = strchr(address, '%') + 1;
    }
    w->host.listeners = w->listeners;
    return l;
}

static inline struct ptn_owner *world_owner(struct world *w, struct ptn_listener *l, const char *comm)
{
    struct ptn_owner *o = &w->owners[l - w->listeners];
    *o = (struct ptn_owner){.pid = (int32_t)(1000 + (l - w->listeners)),
                            .uid = 101,
                            .comm = comm,
                            .command = comm,
                            .exe = "",
                            .user = "daemon",
                            .unit = "",
                            .socket_unit = "",
                            .container = "",
                            .package = "",
                            .holders = 1};
    l->owner = o;
    l->uid = o->uid;
    return o;
}

static inline struct ptn_listener *world_listen(struct world *w, enum ptn_proto proto, const char *address,
                                                unsigned port, const char *comm)
{
    struct ptn_listener *l = world_socket(w, 0, proto, address, port);
    world_owner(w, l, comm);
    return l;
}

/* A machine on the internet with a LAN, containers, a VPN and a container's own namespace (netns 1). */
static inline struct world *world_public(void)
{
    static struct world w;
    ptn_findings_release(&w.findings);
    w = (struct world){0};
    world_netns(&w, "host", true);
    world_iface(&w, "lo", PTN_LINK_LOOPBACK, "");
    world_address(&w, "127.0.0.1");
    world_address(&w, "::1");
    world_iface(&w, "eth0", PTN_LINK_ETHERNET, "default4 default6");
    world_address(&w, "192.0.2.10");
    world_address(&w, "2001:db8::10");
    world_address(&w, "fe80::10");
    world_iface(&w, "eth1", PTN_LINK_ETHERNET, "");
    world_address(&w, "10.0.0.5");
    world_address(&w, "fd00::5");
    world_iface(&w, "docker0", PTN_LINK_BRIDGE, "containers");
    world_address(&w, "172.17.0.1");
    world_iface(&w, "wg0", PTN_LINK_VPN, "");
    world_address(&w, "10.8.0.1");
    world_iface(&w, "down0", PTN_LINK_ETHERNET, "down");
    world_address(&w, "198.51.100.1");
    world_netns(&w, "web", false);
    world_iface(&w, "lo", PTN_LINK_LOOPBACK, "");
    world_address(&w, "127.0.0.1");
    world_iface(&w, "eth0", PTN_LINK_VETH, "default4");
    world_address(&w, "172.17.0.2");
    return &w;
}

static inline void world_judge(struct world *w, const struct ptn_chart *chart)
{
    ptn_findings_release(&w->findings);
    assert_int_equal(ptn_judge(&w->findings, &w->host, w->walls, chart, "2026-11-23"), 0);
    assert_int_equal(w->findings.n, w->host.n_listeners);
}

static inline struct ptn_finding *world_finding(const struct world *w, const struct ptn_listener *l)
{
    for (size_t i = 0; i < w->findings.n; i++)
        if (w->findings.items[i].listener == l)
            return &w->findings.items[i];
    fail_msg("a listener has no finding");
    return NULL;
}

/* The chart with a site's records. */
static inline struct ptn_chart *world_chart(const char *records)
{
    char path[] = "/tmp/ptn-world-XXXXXX";
    const char *overlays[] = {path};
    struct ptn_chart_opts o = {.overlays = overlays, .n_overlays = 1};
    struct ptn_chart *c = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, records, strlen(records)), strlen(records));
    close(fd);
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_DATA_HOME");
    assert_int_equal(ptn_chart_open(&c, &o, NULL), 0);
    unlink(path);
    return c;
}

#endif
