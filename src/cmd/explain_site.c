#include "explain_site.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/file.h"
#include "base/grow.h"
#include "base/utf8.h"
#include "report/audit.h"

#define KNOWN_MAX ((size_t)32 << 20)

/* ---- the parts ------------------------------------------------------------------------------------------------- */

int ptn_site_add_addr(struct ptn_site_parts *p, const struct ptn_ifaddr *a)
{
    if (ptn_addr_is_loopback(&a->addr))
        return 0;
    const int e = ptn_grow(&p->addrs, p->n_addrs, &p->room_addrs, sizeof(*p->addrs));
    if (e == 0)
        p->addrs[p->n_addrs++] = *a;
    return e;
}

int ptn_site_add_door(struct ptn_site_parts *p, struct ptn_arena *arena, const struct ptn_finding *f,
                      const char *service, enum ptn_rating rating, enum ptn_rung open)
{
    char owner[PTN_AUDIT_OWNER], clean[PTN_AUDIT_OWNER];
    const struct ptn_listener *l = f->listener;
    if (!l->port || l->latent || f->client)
        return 0;
    ptn_audit_owner(f, owner);
    struct ptn_door d = {.port = l->port,
                         .proto = ptn_proto_number(l->proto),
                         .rung = open,
                         .rating = rating,
                         .verdict = f->verdict,
                         .owner = ""};
    if (l->owner)
        d.owner = ptn_arena_strdup(arena, ptn_utf8_clean(clean, sizeof(clean), owner, strlen(owner)));
    d.service = ptn_arena_strdup(arena, ptn_utf8_clean(clean, sizeof(clean), service, strlen(service)));
    if (!d.owner || !d.service || ptn_grow(&p->doors, p->n_doors, &p->room_doors, sizeof(d)) < 0)
        return -ENOMEM;
    p->doors[p->n_doors++] = d;
    return 0;
}

/* A copy of n items in the arena. */
static const void *keep(struct ptn_arena *arena, const void *items, size_t n, size_t size)
{
    void *copy = ptn_arena_alloc(arena, (n + 1) * size);
    return copy && n ? memcpy(copy, items, n * size) : copy;
}

int ptn_site_put_parts(struct ptn_site_room *room, struct ptn_site_parts *p, int e)
{
    struct ptn_site *s = &room->site;
    s->addrs = keep(&room->arena, p->addrs, p->n_addrs, sizeof(*p->addrs));
    s->doors = keep(&room->arena, p->doors, p->n_doors, sizeof(*p->doors));
    s->n_addrs = s->addrs ? p->n_addrs : 0;
    s->n_doors = s->doors ? p->n_doors : 0;
    free(p->addrs);
    free(p->doors);
    *p = (struct ptn_site_parts){0};
    return e < 0 || (s->addrs && s->doors) ? e : -ENOMEM;
}

void ptn_site_release(struct ptn_site_room *room)
{
    ptn_arena_release(&room->arena);
    *room = (struct ptn_site_room){0};
}

/* ---- the user's list ------------------------------------------------------------------------------------------- */

int ptn_site_read_known(struct ptn_site_room *room, const char *path, const struct ptn_known_opts *opts,
                        struct ptn_err *err)
{
    char *text;
    size_t len;
    int e = ptn_file_read(path, KNOWN_MAX, &text, &len);
    if (e < 0)
        return ptn_fail(err, e, "%s: %s", path, strerror(-e));
    e = ptn_known_read(&room->site.known, &room->site.n_known, &room->arena, path, text, len, opts, err);
    free(text);
    return e;
}
