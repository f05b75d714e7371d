#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "latent.h"
#include "netns.h"
#include "owner.h"
#include "proc.h"
#include "snapshot.h"

static int read_processes(struct ptn_snapshot *s, struct ptn_array *pids)
{
    int r = ptn_proc_list(pids);
    if (r < 0 && r != -ENOMEM)
        r = ptn_snapshot_blind(s, true, strerror(-r), "processes and their network namespaces (/proc)");
    return r == 0 ? ptn_netns_discover(s, pids) : r;
}

static int read_sockets(struct ptn_snapshot *s, struct ptn_array *pids)
{
    int r = ptn_netns_add_own(s);
    if (r == 0 && !s->opts.this_netns)
        r = read_processes(s, pids);
    if (r == 0)
        r = ptn_netns_read_own(s);
    return r == 0 && !s->opts.this_netns ? ptn_netns_read_others(s) : r;
}

static int read_all(struct ptn_snapshot *s)
{
    struct ptn_array pids = {0};
    int r = read_sockets(s, &pids);
    if (r == 0 && !s->opts.no_owners)
        r = ptn_owner_read(s, &pids);
    if (r == 0 && !s->opts.no_owners)
        r = ptn_latent_read(s, "");
    if (r == 0)
        r = ptn_snapshot_freeze(s);
    ptn_array_free(&pids);
    return r;
}

int ptn_host_read(struct ptn_host **ret, const struct ptn_host_opts *opts, struct ptn_err *err)
{
    struct ptn_snapshot *s = calloc(1, sizeof(*s));
    if (!s)
        return ptn_fail(err, -ENOMEM, "out of memory");
    if (opts)
        s->opts = *opts;
    int r = read_all(s);
    if (r < 0) {
        ptn_host_free(&s->pub);
        return ptn_fail(err, r, "cannot read this machine's sockets: %s", strerror(-r));
    }
    *ret = &s->pub;
    return 0;
}

void ptn_host_free(struct ptn_host *host)
{
    struct ptn_snapshot *s = (struct ptn_snapshot *)host;
    if (!s)
        return;
    for (size_t i = 0; i < s->spaces.n; i++) {
        ptn_array_free(&PTN_AT(struct ptn_space, &s->spaces, i)->links);
        ptn_array_free(&PTN_AT(struct ptn_space, &s->spaces, i)->addrs);
    }
    struct ptn_array *const arrays[] = {&s->spaces, &s->socks, &s->latent, &s->blind, &s->owners, &s->users};
    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
        ptn_array_free(arrays[i]);
    ptn_arena_release(&s->arena);
    free(s);
}
