/*
 * Shows what the library reads of a wall, or of this machine's namespaces.
 *     wallq live [DOOR]    the wall as it stands, here or behind the door
 *     wallq rules [DOOR]   its rules, in their tools' words
 *     wallq file PATH      a saved one
 *     wallq bench [DOOR]   milliseconds that reading takes, the median of 21
 *     wallq net            interfaces and routes
 * Ends with 0, or 2 after "error NUMBER SENTENCE".
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "portolan.h"
#include "wall/live.h"

static const char *const families[] = {"ip", "ip6", "inet", "netdev"};
static const char *const backends[] = {"nft", "iptables", "legacy"};
static const char *const policies[] = {"accept", "drop"};
static const char *const hooks[] = {
#define X(id, word) word,
    PTN_HOOKS(X)
#undef X
};

static void show_table(const struct ptn_table *t)
{
    size_t rules = 0;
    for (size_t i = 0; i < t->n_chains; i++)
        rules += t->chains[i]->n_rules;
    printf("table %s %s %s chains %zu rules %zu sets %zu%s%s\n", families[t->family], t->name, backends[t->backend],
           t->n_chains, rules, t->n_sets, t->foreign ? " foreign" : "", t->dormant ? " dormant" : "");
}

static void show_devices(const struct ptn_chain *c)
{
    printf(c->devices ? " devices" : " devices unknown");
    for (size_t i = 0; c->devices && c->devices[i]; i++)
        printf(" %s", c->devices[i]);
}

static void show_hook(const struct ptn_wall *w, int family, int hook)
{
    for (size_t i = 0; i < w->n_hooks[family][hook]; i++) {
        const struct ptn_chain *c = w->hooks[family][hook][i];
        printf("%s %s: %s %s priority %d policy %s rules %u", families[family], hooks[hook], c->table->name, c->name,
               c->priority, policies[c->policy], c->n_rules);
        if (hook == PTN_HOOK_INGRESS || hook == PTN_HOOK_EGRESS)
            show_devices(c);
        printf("\n");
    }
}

static void show(const struct ptn_wall *w)
{
    for (size_t i = 0; i < w->n_tables; i++)
        show_table(w->tables[i]);
    for (int family = 0; family < 2; family++)
        for (int hook = 0; hook < PTN_HOOK_COUNT; hook++)
            show_hook(w, family, hook);
    for (size_t i = 0; i < w->n_unjudged; i++)
        printf("unjudged %s\n", w->unjudged[i]);
}

static void show_rules(const struct ptn_table *t)
{
    char text[4096];
    for (size_t i = 0; i < t->n_chains; i++)
        for (uint32_t k = 0; k < t->chains[i]->n_rules; k++) {
            const struct ptn_rule *r = &t->chains[i]->rules[k];
            printf("%s %s %s %llu: %s\n", families[t->family], t->name, t->chains[i]->name,
                   (unsigned long long)r->handle, ptn_rule_text(r, text, sizeof(text)));
        }
}

static void show_netns(const struct ptn_netns *n)
{
    char text[INET6_ADDRSTRLEN];
    printf("netns %s door \"%s\"%s\n", n->name, n->door, n->routes_partial ? " partial" : "");
    for (size_t i = 0; i < n->n_ifaces; i++) {
        const struct ptn_iface *f = &n->ifaces[i];
        printf("iface %s group %u forward %d %d rp_filter %u route_localnet %d\n", f->name, f->group, f->forward_v4,
               f->forward_v6, f->rp_filter, f->route_localnet);
    }
    for (size_t i = 0; i < n->n_routes; i++) {
        const struct ptn_route *r = &n->routes[i];
        const char *name = "-";
        for (size_t k = 0; k < n->n_ifaces; k++)
            name = n->ifaces[k].index == r->ifindex ? n->ifaces[k].name : name;
        printf("route %s/%u type %u dev %s metric %u\n", inet_ntop(r->to.family, r->to.bytes, text, sizeof(text)),
               r->prefix, r->type, name, r->metric);
    }
}

static int net(struct ptn_err *err)
{
    struct ptn_host *h;
    struct ptn_host_opts opts = {.no_owners = true};
    int r = ptn_host_read(&h, &opts, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < h->n_netns; i++)
        show_netns(&h->netns[i]);
    ptn_host_free(h);
    return 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int bench(const struct ptn_door *door, struct ptn_err *err)
{
    double took[21];
    for (size_t i = 0; i < 21; i++) {
        struct timespec a, b;
        struct ptn_wall *w;
        clock_gettime(CLOCK_MONOTONIC, &a);
        int r = ptn_wall_read_live(&w, door, err);
        clock_gettime(CLOCK_MONOTONIC, &b);
        if (r < 0)
            return r;
        ptn_wall_free(w);
        took[i] = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    }
    qsort(took, 21, sizeof(*took), compare);
    printf("%.2f\n", took[10]);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "", *arg = argc > 2 ? argv[2] : "";
    struct ptn_door door = {.net = arg};
    struct ptn_wall *w = NULL;
    struct ptn_err err = {"usage: wallq live [DOOR] | rules [DOOR] | file PATH | bench [DOOR] | net"};
    int r = -1;
    if (strcmp(what, "live") == 0 || strcmp(what, "rules") == 0)
        r = ptn_wall_read_live(&w, &door, &err);
    else if (strcmp(what, "file") == 0)
        r = ptn_wall_read_file(&w, arg, &err);
    else if (strcmp(what, "bench") == 0)
        r = bench(&door, &err);
    else if (strcmp(what, "net") == 0)
        r = net(&err);
    if (r < 0) {
        printf("error %d %s\n", r, err.text);
        return 2;
    }
    for (size_t i = 0; w && *what == 'r' && i < w->n_tables; i++)
        show_rules(w->tables[i]);
    if (w && *what != 'r')
        show(w);
    ptn_wall_free(w);
    return 0;
}
