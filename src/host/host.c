#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "latent.h"
#include "netns.h"
#include "owner.h"
#include "scout.h"
#include "snapshot.h"

static int start_scout(struct ptn_snapshot *s, struct ptn_scout *sc)
{
    if (s->opts.this_netns)
        return 0;
    int r = ptn_scout_start(sc, !s->opts.no_owners);
    if (r < 0 && r != -ENOMEM)
        r = ptn_snapshot_blind(s, true, strerror(-r), "processes and their network namespaces (/proc)");
    return r;
}

/* Our own namespace is read while the scout looks for others. */
static int read_sockets(struct ptn_snapshot *s, struct ptn_scout *sc)
{
    int r = ptn_netns_add_own(s);
    if (r == 0)
        r = start_scout(s, sc);
    if (r == 0)
        r = ptn_netns_read_own(s);
    if (r == 0 && !s->opts.this_netns)
        r = ptn_netns_discover(s, sc);
    return r == 0 ? ptn_netns_read_others(s) : r;
}

static int read_all(struct ptn_snapshot *s)
{
    struct ptn_scout sc = {0};
    int r = read_sockets(s, &sc);
    ptn_scout_stop(&sc);
    if (r == 0 && !s->opts.no_owners)
        r = ptn_owner_read(s, &sc);
    if (r == 0 && !s->opts.no_owners)
        r = ptn_latent_read(s, "");
    if (r == 0)
        r = ptn_snapshot_freeze(s);
    ptn_scout_free(&sc);
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
        struct ptn_space *space = PTN_AT(struct ptn_space, &s->spaces, i);
        ptn_array_free(&space->links);
        ptn_array_free(&space->addrs);
        ptn_array_free(&space->routes);
    }
    struct ptn_array *const arrays[] = {&s->spaces, &s->socks,  &s->cgroups, &s->latent,
                                        &s->blind,  &s->owners, &s->users};
    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
        ptn_array_free(arrays[i]);
    ptn_arena_release(&s->arena);
    ptn_arena_release(&s->second_arena);
    free(s);
}
