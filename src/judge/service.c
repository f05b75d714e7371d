/* What a listener serves: by its owner where the chart knows the daemon, else by the number, which proves nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/text.h"
#include "chart/ports.h"
#include "judge.h"

struct daemon {
    uint32_t hash, next; /* the next of the same bucket, counted from 1 */
    struct ptn_service service;
};

#define BUCKETS 2048

struct ptn_daemons {
    struct daemon *items;
    uint32_t n;
    size_t room;
    uint32_t first[BUCKETS]; /* counted from 1 */
};

#define COMM_MAX 15 /* the kernel cuts /proc/PID/comm there (TASK_COMM_LEN) */

static uint32_t daemon_hash(const char *name, size_t len)
{
    return ptn_name_hash(name, len < COMM_MAX ? len : COMM_MAX);
}

static int add(struct ptn_daemons *d, const struct daemon *one)
{
    if (ptn_grow(&d->items, d->n, &d->room, sizeof(*d->items)) < 0)
        return -ENOMEM;
    d->items[d->n++] = *one;
    return 0;
}

static int collect(struct ptn_daemons *d, const struct ptn_chart *c)
{
    int r = 0;
    for (int layer = PTN_LAYER_SITE; layer <= PTN_LAYER_CHART; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        for (uint32_t e = 0; b && e < b->header->n_entries; e++) {
            const char *at = ptn_book_field(b, e, PTN_FIELD_PROCESS, 0), *w;
            for (size_t len; r == 0 && at && (len = ptn_next_word(&at, &w)) > 0;)
                r = add(d, &(struct daemon){.hash = daemon_hash(w, len), .service = {.book = b, .index = e}});
        }
    }
    return r;
}

int ptn_daemons_open(struct ptn_daemons **ret, const struct ptn_chart *c)
{
    struct ptn_daemons *d = calloc(1, sizeof(*d));
    int r = d ? collect(d, c) : -ENOMEM;
    if (r < 0) {
        ptn_daemons_close(d);
        return r;
    }
    for (uint32_t i = d->n; i-- > 0;) { /* the last first, so that each bucket has the order of the books */
        uint32_t *first = &d->first[d->items[i].hash % BUCKETS];
        d->items[i].next = *first;
        *first = i + 1;
    }
    *ret = d;
    return 0;
}

void ptn_daemons_close(struct ptn_daemons *d)
{
    if (d)
        free(d->items);
    free(d);
}

/* ---- the owner's names ------------------------------------------------------------------------------- */

struct matching {
    const struct ptn_daemons *daemons;
    const struct ptn_finding *finding;
    const struct ptn_claim *claims; /* on the listener's port */
    int n_claims;
    const struct ptn_claim *on_port; /* the best claim here that the owner is known to serve */
    struct ptn_service off_port;     /* else the first service it is known for elsewhere */
    bool found_off, several;         /* several: it is known for others, too, of another rating */
};

static int same_protocol(void *proto, const struct ptn_book_claim *c)
{
    return c->proto == *(const int *)proto && (c->how <= PTN_HOW_ALSO || c->how == PTN_HOW_HABIT);
}

static enum ptn_rating rating_of(struct ptn_service s)
{
    return ptn_service_first_claim(s)->rating; /* every judged service has a claim */
}

static void match_hash(struct matching *m, uint32_t hash)
{
    int proto = (int)ptn_proto_ported(m->finding->listener->proto);
    for (uint32_t k = m->daemons->first[hash % BUCKETS]; k; k = m->daemons->items[k - 1].next) {
        struct ptn_service s = m->daemons->items[k - 1].service;
        if (m->daemons->items[k - 1].hash != hash)
            continue;
        for (int i = 0; i < m->n_claims; i++)
            if (ptn_service_same(m->claims[i].service, s) && (!m->on_port || &m->claims[i] < m->on_port))
                m->on_port = &m->claims[i];
        if (m->on_port || !ptn_service_claims(s, same_protocol, &proto))
            continue;
        if (!m->found_off)
            m->off_port = s;
        m->found_off = true;
        m->several |= rating_of(s) != rating_of(m->off_port);
    }
}

/* The length of a name without its version: "php-fpm8.2", "exim4", "python3.11". */
static size_t bare_length(const char *name, size_t len)
{
    while (len > 1 && ((name[len - 1] >= '0' && name[len - 1] <= '9') || name[len - 1] == '.'))
        len--;
    return len;
}

static void match_name(struct matching *m, const char *name, size_t len)
{
    if (len == 0 || m->on_port)
        return;
    match_hash(m, daemon_hash(name, len));
    size_t bare = bare_length(name, len);
    if (bare < len && !m->on_port)
        match_hash(m, daemon_hash(name, bare));
}

static const char *base_name(const char *path, size_t len)
{
    const char *slash = memrchr(path, '/', len);
    return slash ? slash + 1 : path;
}

static void match_path(struct matching *m, const char *path, size_t len)
{
    const char *name = base_name(path, len);
    match_name(m, name, len - (size_t)(name - path));
}

/* Programs whose first argument says what they are. */
static bool is_interpreter(const char *exe)
{
    static const char interpreters[] = "python perl ruby node nodejs java php lua tclsh mono dotnet sh bash dash tcpd";
    const char *name = base_name(exe, strlen(exe));
    return ptn_has_word(interpreters, name, bare_length(name, strlen(name)));
}

/* The script of an interpreter: its first argument that is no option. */
static void match_script(struct matching *m, const char *command)
{
    const char *w;
    size_t n;
    ptn_next_word(&command, &w);
    while ((n = ptn_next_word(&command, &w)) > 0 && w[0] == '-')
        ;
    for (size_t dot = n; dot > 1; dot--)
        if (w[dot - 1] == '.' && (n - dot == 2 || n - dot == 3)) /* .py .js .jar .rb */
            n = dot - 1;
    if (n)
        match_path(m, w, n);
}

static void match_owner(struct matching *m, const struct ptn_owner *o)
{
    const char *dot = strrchr(o->unit, '.');
    size_t unit = dot ? (size_t)(dot - o->unit) : strlen(o->unit);
    const char *at = memchr(o->unit, '@', unit);
    match_path(m, o->exe, strlen(o->exe));
    if (strcmp(o->comm, base_name(o->exe, strlen(o->exe))) != 0)
        match_name(m, o->comm, strlen(o->comm));
    if (is_interpreter(o->exe))
        match_script(m, o->command);
    match_name(m, o->unit, at ? (size_t)(at - o->unit) : unit);
}

/* A unit named as the service itself (kafka.service) says as much as a daemon's name. */
static const struct ptn_claim *by_unit(const struct matching *m, const char *unit)
{
    size_t len = strcspn(unit, ".@");
    if (len == 0 || !strstr(unit, ".service"))
        return NULL;
    for (int i = 0; i < m->n_claims; i++) {
        const struct ptn_book *b = m->claims[i].service.book;
        if (m->claims[i].kind != PTN_KIND_MALWARE &&
            ptn_book_has_hash(b, m->claims[i].service.index, ptn_name_hash(unit, len)))
            return &m->claims[i];
    }
    return NULL;
}

/* ---- the service -------------------------------------------------------------------------------------- */

/* A daemon off its port: what it serves there is known only if all it may serve is rated alike. */
static void set_off_port(struct ptn_finding *f, struct ptn_service s, bool several)
{
    const struct ptn_book_claim *c = ptn_service_first_claim(s); /* it has one: that is how it was found */
    f->claim = (struct ptn_claim){.service = s,
                                  .kind = PTN_KIND_COMMON,
                                  .lo = c->lo,
                                  .hi = c->hi,
                                  .rating = several ? PTN_RATING_DEPENDS : c->rating};
    f->has_service = true;
    f->several = several;
    f->evidence = PTN_EVIDENCE_OWNER;
}

/* The first claim that could be a verdict's: what a number merely reminds of is none. */
static const struct ptn_claim *first_living(const struct ptn_claim *claims, int n)
{
    for (int i = 0; i < n; i++)
        if (claims[i].kind < PTN_KIND_HISTORICAL)
            return &claims[i];
    return NULL;
}

void ptn_judge_service(struct ptn_finding *f, const struct ptn_chart *c, const struct ptn_daemons *d)
{
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    const struct ptn_listener *l = f->listener;
    enum ptn_proto proto = ptn_proto_ported(l->proto);
    struct matching m = {.daemons = d, .finding = f, .claims = claims};
    f->evidence = PTN_EVIDENCE_NOTHING;
    if (proto >= PTN_PROTO_PORTED)
        return;
    m.n_claims = ptn_chart_lookup(c, l->port, proto, claims, PTN_CLAIMS_MAX);
    if (l->owner)
        match_owner(&m, l->owner);
    if (l->owner && !m.on_port)
        m.on_port = by_unit(&m, l->owner->unit);
    const struct ptn_claim *claim = m.on_port;
    /* the kernel is known by its ports alone: what else it may do is not in the chart */
    bool kernel = l->owner && l->owner->pid == 0 && strcmp(l->owner->comm, "kernel") == 0;
    if (!claim && m.found_off && !kernel) {
        set_off_port(f, m.off_port, m.several);
        return;
    }
    f->evidence = claim ? PTN_EVIDENCE_OWNER : PTN_EVIDENCE_NUMBER;
    if (!claim)
        claim = first_living(claims, m.n_claims);
    f->has_service = claim != NULL;
    if (claim)
        f->claim = *claim;
    else
        f->evidence = PTN_EVIDENCE_NOTHING;
}
