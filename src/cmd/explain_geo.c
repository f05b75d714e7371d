#include "explain_geo.h"

#include <errno.h>

#include "base/err.h"
#include "source/geo.h"

/* What is known of a network is what is known of its first address. */
static int fill(const struct ptn_geo *g, struct ptn_arena *arena, struct ptn_suspect *list, size_t n)
{
    char text[PTN_GEO_TEXT];
    for (size_t i = 0; i < n; i++)
        if (ptn_geo_place(g, &list[i].addr, text) && !(list[i].place = ptn_arena_strdup(arena, text)))
            return -ENOMEM;
    return 0;
}

int ptn_explain_geo(struct ptn_explained *x, const char *paths, struct ptn_err *err)
{
    struct ptn_geo *g = NULL;
    int r = ptn_geo_open(&g, paths, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < x->n && r == 0; i++)
        r = fill(g, &x->arena, x->items[i].suspects, x->items[i].n_suspects);
    r = r < 0 ? r : fill(g, &x->arena, x->by_source, x->n_by_source);
    r = r < 0 ? r : fill(g, &x->arena, x->by_network, x->n_by_network);
    ptn_geo_close(g);
    return r < 0 ? ptn_fail(err, r, "out of memory") : 0;
}
