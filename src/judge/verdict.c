/* The last word on one listener. */
#include <errno.h>
#include <string.h>

#include "judge.h"

/* By rating, where the owner vouches for the service: the verdict at each rung. */
static const enum ptn_verdict ladder[][PTN_RUNG_INTERNET + 1] = {
#define ROW(nobody, loopback, container, host, lan, vpn, internet)                                                     \
    {                                                                                                                  \
        PTN_VERDICT_##nobody, PTN_VERDICT_##loopback, PTN_VERDICT_##container, PTN_VERDICT_##host, PTN_VERDICT_##lan,  \
            PTN_VERDICT_##vpn, PTN_VERDICT_##internet                                                                  \
    }
    [PTN_RATING_NONE] = ROW(OK, OK, OK, OK, ASK, ASK, ASK),
    [PTN_RATING_SAFE] = ROW(OK, OK, OK, OK, OK, OK, OK),
    [PTN_RATING_LIMITED] = ROW(OK, OK, OK, OK, LIMIT, LIMIT, WORRY),
    [PTN_RATING_UNSAFE] = ROW(OK, OK, LIMIT, LIMIT, WORRY, WORRY, WORRY),
    [PTN_RATING_DEPENDS] = ROW(OK, OK, OK, OK, ASK, ASK, ASK),
#undef ROW
};

static const char *everybody(enum ptn_rung r)
{
    static const char *const words[] = {[PTN_RUNG_NOBODY] = "nobody",
                                        [PTN_RUNG_LOOPBACK] = "this machine alone",
                                        [PTN_RUNG_CONTAINER] = "this machine's containers",
                                        [PTN_RUNG_HOST] = "this machine and its containers",
                                        [PTN_RUNG_LAN] = "everybody on the local network",
                                        [PTN_RUNG_VPN] = "everybody on the VPN",
                                        [PTN_RUNG_INTERNET] = "everybody"};
    return words[r];
}

/* Who gets in from farthest away. */
static const char *who(const struct ptn_finding *f, struct ptn_arena *a)
{
    const struct ptn_reach *far = ptn_finding_reach(f);
    const char *words = far->limited ? far->limited : everybody(f->rung);
    return ptn_arena_join(a, far->sure < far->rung ? "perhaps " : "", words, far->limited ? " alone" : "", NULL);
}

/* By the ladder. What is to be limited to particular peers counts from where anyone gets in; `sure`: without what could
 * not be decided. */
static enum ptn_verdict climb(const struct ptn_finding *f, bool sure)
{
    const struct ptn_reach *const both[] = {&f->v4, &f->v6};
    const enum ptn_rating rating = f->claim.rating;
    enum ptn_verdict v = PTN_VERDICT_OK;
    for (int i = 0; i < 2; i++) {
        enum ptn_rung rung = rating == PTN_RATING_LIMITED ? both[i]->open : both[i]->rung;
        rung = sure && both[i]->sure < rung ? both[i]->sure : rung;
        if (both[i]->any && ladder[rating][rung] > v)
            v = ladder[rating][rung];
    }
    return v;
}

static bool is_near(const struct ptn_finding *f)
{
    return f->rung <= PTN_RUNG_HOST;
}

static const char *owner_name(const struct ptn_finding *f)
{
    const struct ptn_owner *o = f->listener->owner;
    return o && *o->comm ? o->comm : o && *o->unit ? o->unit : "its owner";
}

/* A UDP socket on a port of the ephemeral range that nobody claims is, nearly always, a client waiting for answers. */
static bool is_client(const struct ptn_finding *f)
{
    const struct ptn_listener *l = f->listener;
    bool on_port = f->has_service && f->claim.own && l->port >= f->claim.lo && l->port <= f->claim.hi;
    return l->proto == PTN_UDP && l->port >= f->netns->ephemeral_lo && l->port <= f->netns->ephemeral_hi && !on_port;
}

static int set(struct ptn_finding *f, enum ptn_verdict v, const char *why, const char *act)
{
    f->verdict = v;
    f->why = why;
    f->act = act;
    return why && act ? 0 : -ENOMEM;
}

static int judge_by_owner(struct ptn_finding *f, struct ptn_arena *a)
{
    const struct ptn_service s = f->claim.service;
    const enum ptn_verdict worst = climb(f, false), sure = climb(f, true);
    const enum ptn_verdict v = worst == sure ? sure : sure > PTN_VERDICT_BLIND ? sure : PTN_VERDICT_BLIND;
    const char *odd = f->lints[PTN_LINT_ODD_PORT], *by = who(f, a);
    const char *stance = f->claim.rating == PTN_RATING_NONE ? "nobody has judged it" : ptn_rating_help(f->claim.rating);
    if (!by)
        return -ENOMEM;
    if (f->several)
        return set(f, v,
                   ptn_arena_join(a, owner_name(f), " serves ", ptn_service_name(s),
                                  " and more, but here it is on none of their ports; reachable by ", by, ".", NULL),
                   v == PTN_VERDICT_OK ? "" : "Look into its configuration for what this port is.");
    bool fine = v == PTN_VERDICT_OK;
    char *why = ptn_arena_join(a, ptn_service_name(s), " (", stance, "), reachable by ", by, ".", fine ? "" : " ",
                               fine ? "" : ptn_service_why(s), odd ? " " : "", odd ? odd : "", NULL);
    const char *act = *ptn_service_do(s) ? ptn_service_do(s)
                                         : "Find out if it is meant to be open; limit it, or judge it in an overlay.";
    return set(f, v, why, v == PTN_VERDICT_OK ? "" : act);
}

static int judge_by_number(struct ptn_finding *f, struct ptn_arena *a)
{
    const char *name = f->has_service ? ptn_service_name(f->claim.service) : "", *by = who(f, a);
    char *why;
    if (!by)
        return -ENOMEM;
    if (f->has_service)
        why = ptn_arena_join(a, "The number is ", f->claim.own ? "that of " : "often used by ", name, ", but ",
                             owner_name(f), " is not known to serve that, and a number proves nothing. Reachable by ",
                             by, ".", NULL);
    else
        why = ptn_arena_join(a, "Nobody claims this port and the chart does not know ", owner_name(f),
                             ". Reachable by ", by, ".", NULL);
    enum ptn_verdict v = is_near(f) ? PTN_VERDICT_OK : PTN_VERDICT_ASK;
    return set(f, v, why,
               v == PTN_VERDICT_OK ? ""
                                   : "Find out what it serves; then close it, limit it, or name it in an "
                                     "overlay.");
}

static int judge_unowned(struct ptn_finding *f, struct ptn_arena *a, bool blind)
{
    const char *name = f->has_service ? ptn_service_name(f->claim.service) : "nothing known", *by = who(f, a);
    enum ptn_verdict v = is_near(f) ? PTN_VERDICT_OK : blind ? PTN_VERDICT_BLIND : PTN_VERDICT_ASK;
    char *why = ptn_arena_printf(a, "%s Reachable by %s; by its number it is %s.",
                                 blind ? "Its owner cannot be seen."
                                       : "No process holds it: it is the kernel's own, or "
                                         "its holder is hidden.",
                                 by ? by : "", name);
    return set(f, v, by ? why : NULL,
               v == PTN_VERDICT_BLIND ? "Give the audit full sight: root, with CAP_SYS_PTRACE, and /proc."
               : v == PTN_VERDICT_ASK ? "Find out what it serves."
                                      : "");
}

static int judge_portless(struct ptn_finding *f, struct ptn_arena *a)
{
    bool packet = f->listener->proto == PTN_PACKET;
    return set(f, PTN_VERDICT_OK,
               ptn_arena_printf(a, "%s %s; it offers no port.", owner_name(f),
                                packet ? "sees the packets of the wire" : "takes raw packets of one protocol"),
               "");
}

int ptn_judge_verdict(struct ptn_finding *f, struct ptn_arena *a, bool blind)
{
    const struct ptn_listener *l = f->listener;
    if (l->proto == PTN_RAW || l->proto == PTN_PACKET)
        return judge_portless(f, a);
    if (l->latent && !l->enabled)
        return set(f, PTN_VERDICT_OK, "Configured but not enabled: nothing listens.", "");
    if (!l->owner)
        return judge_unowned(f, a, blind);
    f->client = is_client(f);
    if (f->client)
        return set(f, PTN_VERDICT_OK,
                   ptn_arena_join(a, owner_name(f),
                                  " waits here for answers: a port of the ephemeral range that nobody claims.", NULL),
                   "");
    return f->evidence == PTN_EVIDENCE_OWNER ? judge_by_owner(f, a) : judge_by_number(f, a);
}
