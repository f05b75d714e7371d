/* A port published from a container is held by a proxy on the host; what it serves is what listens behind it. */
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "judge.h"

/* The word after `option` in a command line, as docker-proxy takes it (moby, cmd/docker-proxy). 0 if there is none. */
static size_t option(const char *command, const char *name, const char **ret)
{
    const char *w;
    for (size_t n; (n = ptn_next_word(&command, &w)) > 0;)
        if (strlen(name) == n && memcmp(name, w, n) == 0)
            return ptn_next_word(&command, ret);
    return 0;
}

static bool has_address(const struct ptn_netns *ns, const struct ptn_addr *a)
{
    for (size_t i = 0; i < ns->n_addrs; i++)
        if (ptn_addr_equal(&ns->addrs[i].addr, a))
            return true;
    return false;
}

static const struct ptn_finding *behind(const struct ptn_findings *f, const struct ptn_listener *proxy)
{
    const char *ip, *port;
    struct ptn_addr a;
    size_t ip_len = option(proxy->owner->command, "-container-ip", &ip);
    size_t port_len = option(proxy->owner->command, "-container-port", &port);
    long number = port_len ? ptn_number(port, port_len, 65535) : -1;
    if (!ip_len || number < 1 || ptn_addr_parse(&a, ip, ip_len) < 0)
        return NULL;
    for (size_t i = 0; i < f->n; i++) {
        const struct ptn_listener *l = f->items[i].listener;
        if (l->port == number && l->proto == proxy->proto && l->netns != proxy->netns && l->owner &&
            has_address(f->items[i].netns, &a))
            return &f->items[i];
    }
    return NULL;
}

void ptn_judge_published(struct ptn_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct ptn_finding *proxy = &f->items[i];
        const struct ptn_owner *o = proxy->listener->owner;
        const struct ptn_finding *real = o && strcmp(o->comm, "docker-proxy") == 0 ? behind(f, proxy->listener) : NULL;
        if (!real)
            continue;
        proxy->behind = real->listener;
        proxy->has_service = real->has_service;
        proxy->claim = real->claim;
        proxy->evidence = real->evidence;
    }
}
