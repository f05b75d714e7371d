/* Whose log it is: this machine's if its addresses stand in it, another one's if its audit is given. */
#include <errno.h>
#include <string.h>

#include "base/addr.h"
#include "explain.h"

#define SAMPLE 2000 /* lines */
#define SHARE 10    /* one line in so many has an address of ours, where the log is ours */
#define OWN (SAMPLE / SHARE)

struct looking {
    const struct ptn_site *site;
    unsigned lines, own;
};

static int look(void *ctx, const struct ptn_knock *k, const struct ptn_format *format,
                const struct ptn_log_place *place)
{
    struct looking *l = ctx;
    (void)format;
    (void)place;
    if (!ptn_addr_is_public(&k->dst) && !ptn_addr_is_private(&k->dst) && !ptn_addr_is_link_local(&k->dst))
        return 0;
    l->lines++;
    l->own += ptn_site_is_own(l->site, &k->dst) || ptn_site_is_own(l->site, &k->src);
    return l->lines == SAMPLE || l->own == OWN || SAMPLE - l->lines < OWN - l->own; /* the rest changes nothing */
}

static bool is_ours(void *ctx, const struct ptn_site *site)
{
    struct ptn_explain_run *e = ctx;
    struct looking l = {.site = site};
    struct ptn_err err = {""};
    return ptn_pass_lines(&e->pass, look, &l, &err) == 0 && l.own && l.own >= l.lines / SHARE;
}

static int ask_here(struct ptn_explain_run *e)
{
    struct ptn_err err = {""};
    const int r = ptn_site_read_here(&e->room, e->chart, is_ours, e, &err);
    if (r < 0)
        ptn_say(e->run, "this machine: %s", err.text);
    if (r == 0 && e->room.site.from == PTN_SITE_HERE)
        return 0;
    ptn_site_release(&e->room);
    e->room = (struct ptn_site_room){.site = {.from = PTN_SITE_LOG}};
    return 0;
}

int ptn_explain_whose(struct ptn_explain_run *e)
{
    const char *audit = e->run->value[PTN_OPT_HOST], *known = e->run->value[PTN_OPT_KNOWN];
    const struct ptn_known_opts opts = {.complain = e->pass.complain, .ctx = e->run};
    int r = audit ? ptn_site_read_audit(&e->room, audit, &e->err) : ask_here(e);
    if (r == 0 && known)
        r = ptn_site_read_known(&e->room, known, &opts, &e->err);
    if (r < 0)
        return ptn_complain(e->run, "%s", e->err.text);
    ptn_site_learn(&e->room.site, e->chart);
    return 0;
}
