#include "live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "foreign.h"
#include "glance.h"
#include "relist.h"

#define SAVE_MAX ((size_t)256 << 20)

/* iptables of one family: `exact` is what we want, `any` may be it where a distribution has no other name. */
struct saver {
    enum ptn_table_family family;
    const char *exact, *any;
};

static const struct saver by_nft[] = {{PTN_TABLE_IP, "iptables-nft-save", "iptables-save"},
                                      {PTN_TABLE_IP6, "ip6tables-nft-save", "ip6tables-save"}};
static const struct saver by_itself[] = {{PTN_TABLE_IP, "iptables-legacy-save", "iptables-save"},
                                         {PTN_TABLE_IP6, "ip6tables-legacy-save", "ip6tables-save"}};

/* ---- iptables-save ------------------------------------------------------------------------------------------ */

/* The first line, a comment, says on what kernel interface the tool stands. */
static bool of_backend(const char *text, enum ptn_backend backend)
{
    size_t line = strcspn(text, "\n");
    const char *mark = strstr(text, "(nf_tables)");
    return text[0] == '#' && (mark && mark < text + line) == (backend == PTN_BACKEND_IPTABLES);
}

/* Result: 0; -ENOENT where there is no such tool, and none by its other name that is it. */
static int run_saver(const struct saver *s, enum ptn_backend backend, const struct ptn_door *door, const char **name,
                     char **ret, size_t *len, struct ptn_err *err)
{
    const char *const exact[] = {s->exact, NULL}, *const any[] = {s->any, NULL};
    *name = s->exact;
    int r = ptn_tool_run(door, exact, NULL, 0, SAVE_MAX, ret, len, err);
    if (r != -ENOENT)
        return r;
    *name = s->any;
    r = ptn_tool_run(door, any, NULL, 0, SAVE_MAX, ret, len, err);
    if (r < 0 || of_backend(*ret, backend))
        return r;
    free(*ret);
    *ret = NULL;
    return -ENOENT;
}

static int note_foreign(struct ptn_wall *w, enum ptn_table_family family, const char *why)
{
    int r = 0;
    for (size_t i = 0; i < w->n_tables && r == 0; i++) {
        const struct ptn_table *t = w->tables[i];
        const char *text = NULL;
        if (t->family != family || !t->foreign)
            continue;
        text = ptn_arena_printf(&w->arena, "table %s %s: %s", family == PTN_TABLE_IP ? "ip" : "ip6", t->name, why);
        r = text ? ptn_wall_unjudged(w, text) : -ENOMEM;
    }
    return r;
}

static bool any_foreign(const struct ptn_wall *w, enum ptn_table_family family)
{
    for (size_t i = 0; i < w->n_tables; i++)
        if (w->tables[i]->foreign && w->tables[i]->family == family)
            return true;
    return false;
}

static int read_saver(struct ptn_wall *w, const struct saver *s, enum ptn_backend backend, const struct ptn_door *door,
                      struct ptn_err *err)
{
    char *text = NULL;
    size_t len = 0;
    const char *name;
    int r = run_saver(s, backend, door, &name, &text, &len, err);
    if (r == 0 && backend == PTN_BACKEND_IPTABLES)
        r = ptn_wall_tell_foreign(w, s->family, name, text, len, err);
    else if (r == 0)
        r = ptn_wall_read_save(w, s->family, backend, name, text, len, err);
    free(text);
    return r;
}

/* Where iptables cannot tell these rules either, they stay unknown, which is no failure. */
static int read_foreign(struct ptn_wall *w, const struct ptn_door *door, struct ptn_err *err)
{
    int r = 0;
    for (size_t i = 0; i < 2 && r == 0; i++) {
        const struct saver *s = &by_nft[i];
        struct ptn_err why;
        if (!any_foreign(w, s->family))
            continue;
        r = read_saver(w, s, PTN_BACKEND_IPTABLES, door, &why);
        if (r == -ENOMEM)
            return ptn_fail(err, r, "out of memory");
        r = note_foreign(w, s->family,
                         r == -ENOENT ? "made by iptables, and there is no iptables-save"
                         : r < 0      ? why.text
                                      : "iptables-save does not tell all of its rules");
    }
    return r;
}

/* The rules of legacy iptables are in no other listing: without them nothing would be known. */
static int read_legacy(struct ptn_wall *w, const struct ptn_glance *g, const struct ptn_door *door, struct ptn_err *err)
{
    int r = 0;
    for (size_t i = 0; i < 2 && r == 0; i++) {
        if (!g->legacy[i])
            continue;
        r = read_saver(w, &by_itself[i], PTN_BACKEND_LEGACY, door, err);
        if (r == -ENOENT)
            ptn_fail(err, r, "%s: not found, and the kernel has tables of legacy iptables: install iptables",
                     by_itself[i].exact);
    }
    return r;
}

/* ---- nft ---------------------------------------------------------------------------------------------------- */

/* While nft takes its memory apart, we go on. */
static int read_rest(struct ptn_wall *w, const struct ptn_glance *g, const struct ptn_door *door, struct ptn_err *err)
{
    int r = g->nft ? read_foreign(w, door, err) : 0;
    if (r == 0 && g->nft)
        r = ptn_wall_relist(w, door, err);
    if (r == 0)
        r = read_legacy(w, g, door, err);
    return r == 0 ? ptn_wall_link(w, err) : r;
}

static int read_all(struct ptn_wall *w, const struct ptn_glance *g, const struct ptn_door *door, struct ptn_err *err)
{
    static const char *const listing[] = {"nft", "-j", "list", "ruleset", NULL};
    struct ptn_err its;
    struct ptn_tool t;
    if (!g->nft)
        return read_rest(w, g, door, err);
    int r = ptn_tool_start(&t, door, listing, false, err);
    if (r < 0)
        return r;
    r = ptn_wall_read_json(w, "nft -j list ruleset", ptn_tool_pull, &t, err);
    if (r == 0 && ptn_wall_tell_devices(w, door) < 0)
        r = ptn_fail(err, -ENOMEM, "out of memory");
    if (r == 0)
        r = read_rest(w, g, door, err);
    int end = ptn_tool_finish(&t, &its);
    return end < 0 ? ptn_fail(err, end, "%s", its.text) : r;
}

int ptn_wall_read_live(struct ptn_wall **ret, const struct ptn_door *door, struct ptn_err *err)
{
    struct ptn_glance g;
    int r = ptn_glance(&g, door, err);
    if (r < 0)
        return r;
    struct ptn_wall *w = ptn_wall_new();
    r = w ? read_all(w, &g, door, err) : ptn_fail(err, -ENOMEM, "out of memory");
    if (r < 0)
        ptn_wall_free(w);
    else
        *ret = w;
    return r;
}
