/* portolan can without a source: the answer for each place; with --matrix for each place and each listener. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "can.h"
#include "report/listener.h"

/* ---- one reply in a word -------------------------------------------------------------------------------------------
 */

/* "accept", "drop", ..., "limited" to some sources, or "depends" on something else. */
static const char *word_of(const struct ptn_can_reply *reply, char out[static PTN_FATE_TEXT])
{
    if (ptn_parts_fate(&reply->parts, out))
        return out;
    return strcpy(out, ptn_parts_limited(&reply->parts) ? "limited" : "depends");
}

static enum ptn_tone tone_of(const char *word)
{
    if (strncmp(word, "accept", 6) == 0)
        return PTN_TONE_GOOD;
    return strncmp(word, "drop", 4) == 0 || strncmp(word, "reject", 6) == 0 ? PTN_TONE_PLAIN : PTN_TONE_CARE;
}

/* The part that a row tells of: what is let in, where anything is. */
static const struct ptn_part *told(const struct ptn_can_reply *reply)
{
    const struct ptn_parts *p = &reply->parts;
    for (size_t i = 0; i < p->n; i++)
        if (p->items[i].outcome->answer == PTN_ANSWER_ACCEPT)
            return &p->items[i];
    return p->n ? &p->items[0] : NULL;
}

#define LIMITS_SHOWN 4

/* The one field that limits all that is accepted, or -1. */
static int limiting_field(const struct ptn_parts *p)
{
    int field = -1;
    for (size_t i = 0; i < p->n; i++) {
        if (p->items[i].outcome->answer != PTN_ANSWER_ACCEPT)
            continue;
        for (int f = 0; f < PTN_PKT_COUNT; f++)
            if (p->items[i].only[f] && field != f && field >= 0)
                return -1;
            else if (p->items[i].only[f])
                field = f;
        if (field < 0 || !p->items[i].only[field])
            return -1;
    }
    return field;
}

/* What is accepted by one rule or another, as one set of that field. */
static bool united(const struct ptn_parts *p, int field, char out[static PTN_PART_TEXT])
{
    struct ptn_part sum = {.question = p->items[0].question};
    bool good = field >= 0;
    for (size_t i = 0; i < p->n && good; i++) {
        struct ptn_ranges *was = sum.only[field];
        if (p->items[i].outcome->answer != PTN_ANSWER_ACCEPT)
            continue;
        sum.only[field] =
            was ? ptn_ranges_unite(was, p->items[i].only[field]) : ptn_ranges_ref(p->items[i].only[field]);
        ptn_ranges_unref(was);
        good = sum.only[field];
    }
    if (good)
        ptn_part_text(&sum, out);
    for (int f = 0; f < PTN_PKT_COUNT; f++)
        ptn_ranges_unref(sum.only[f]);
    return good;
}

static const char *limits(const struct ptn_can_reply *reply, char out[static PTN_PART_TEXT])
{
    const struct ptn_parts *p = &reply->parts;
    char one[PTN_PART_TEXT], fate[PTN_FATE_TEXT];
    size_t at = 0, told = 0;
    *out = '\0';
    if (ptn_parts_fate(p, fate) || united(p, limiting_field(p), out))
        return out;
    for (size_t i = 0; i < p->n && at < PTN_PART_TEXT && told <= LIMITS_SHOWN; i++) {
        if (p->items[i].outcome->answer != PTN_ANSWER_ACCEPT || !*ptn_part_text(&p->items[i], one))
            continue;
        const char *separator = told ? "; " : "";
        at += (size_t)snprintf(out + at, PTN_PART_TEXT - at, "%s%s", separator, told++ < LIMITS_SHOWN ? one : "...");
    }
    return out;
}

/* ---- a row a place -------------------------------------------------------------------------------------------------
 */

enum { COL_PORT, COL_PLACE, COL_IFACE, COL_IP, COL_ANSWER, COL_LIMITED, COL_BECAUSE, COL_COUNT };

static const struct ptn_column columns[COL_COUNT + 1] = {
    [COL_PORT] = {"PORT", "what is asked for", true, false, false},
    [COL_PLACE] = {"PLACE", "who asks", true, false, false},
    [COL_IFACE] = {"IFACE", "by which interface", true, false, false},
    [COL_IP] = {"IP", "IPv4 or IPv6", true, false, false},
    [COL_ANSWER] = {"ANSWER", "what becomes of it", true, false, false},
    [COL_LIMITED] = {"LIMITED", "what alone is accepted", true, false, false},
    [COL_BECAUSE] = {"BECAUSE", "the deciding step", true, true, false},
};

static void put_row(struct ptn_table *t, const struct ptn_can_port *port, const struct ptn_place *place,
                    const struct ptn_can_reply *reply)
{
    char text[24], fate[PTN_FATE_TEXT], limit[PTN_PART_TEXT], step[PTN_STEP_TEXT];
    const struct ptn_part *part = told(reply);
    struct ptn_step room;
    const struct ptn_step *deciding = part ? ptn_deciding_step(part->outcome, &room) : NULL;
    const char *word = word_of(reply, fate);
    ptn_table_row(t);
    ptn_table_cell(t, COL_PORT, PTN_TONE_PLAIN, ptn_can_port_text(port, text));
    ptn_table_cell(t, COL_PLACE, PTN_TONE_STRONG, ptn_rung_word(place->rung));
    ptn_table_cell(t, COL_IFACE, PTN_TONE_PLAIN, place->iif ? place->iif : "lo");
    ptn_table_cell(t, COL_IP, PTN_TONE_PLAIN, place->family == AF_INET ? "IPv4" : "IPv6");
    ptn_table_cell(t, COL_ANSWER, tone_of(word), word);
    ptn_table_cell(t, COL_LIMITED, PTN_TONE_PLAIN, limits(reply, limit));
    ptn_table_cell(t, COL_BECAUSE, PTN_TONE_FAINT, deciding ? ptn_step_text(deciding, step) : "no rule");
}

static bool wanted(const struct ptn_can *c, const struct ptn_place *p)
{
    const char *in = p->iif ? p->iif : "lo";
    return (!c->in || strcmp(c->in, in) == 0) && (!c->family || c->family == p->family);
}

static bool same_door(const struct ptn_place *a, const struct ptn_place *b)
{
    return a->rung == b->rung && (a->iif && b->iif ? strcmp(a->iif, b->iif) == 0 : a->iif == b->iif);
}

static int one_row(struct ptn_can *c, const struct ptn_can_port *port, const struct ptn_place *place,
                   struct ptn_table *t, json_t *list)
{
    struct ptn_can_reply reply;
    int r = ptn_can_ask_place(c, port, place, c->dests, &reply);
    if (r == 0 && reply.n) {
        ptn_can_count(c, &reply);
        if (t)
            put_row(t, port, place, &reply);
        else
            r = ptn_can_json(list, c, port, &reply);
    }
    ptn_can_reply_release(&reply);
    return r;
}

/* The farthest place first: that is what people ask about. Of each, IPv4 first. */
static int each_place(struct ptn_can *c, const struct ptn_can_port *port, struct ptn_table *t, json_t *list)
{
    const struct ptn_place *all = c->places.items;
    int r = 0;
    for (size_t end = c->places.n, first; end > 0; end = first) {
        for (first = end - 1; first > 0 && same_door(&all[first - 1], &all[end - 1]);)
            first--;
        for (size_t i = first; i < end && r == 0; i++)
            r = wanted(c, &all[i]) ? one_row(c, port, &all[i], t, list) : 0;
    }
    return r;
}

int ptn_can_table(struct ptn_can *c, json_t *list)
{
    struct ptn_table *t = NULL;
    struct ptn_out out;
    int r = 0;
    if (!list && ptn_run_table(c->run, columns, &out, &t))
        return PTN_EXIT_TROUBLE;
    for (size_t i = 0; i < c->n_ports && r == 0; i++)
        r = each_place(c, &c->ports[i], t, list);
    if (t)
        ptn_table_close(t, NULL, NULL);
    if (t && r == 0 && !c->accepted && !c->refused && !c->unknown)
        puts("nobody in any place here can ask for it");
    return r < 0 ? ptn_can_failed(c, r) : PTN_EXIT_OK;
}

/* ---- a row a listener, a column a place
 * ------------------------------------------------------------------------------ */

/* Places of one rung and interface, of both families. */
struct lane {
    char name[32];
    const struct ptn_place *place[2];
};

struct matrix {
    struct lane *lanes;
    struct ptn_column *columns;
    size_t n;
};

static int lanes_of(const struct ptn_can *c, struct matrix *m)
{
    m->lanes = calloc(c->places.n + 1, sizeof(*m->lanes));
    m->columns = calloc(c->places.n + 2, sizeof(*m->columns));
    if (!m->lanes || !m->columns)
        return -ENOMEM;
    for (size_t i = c->places.n; i-- > 0;) {
        const struct ptn_place *p = &c->places.items[i];
        size_t k = m->n ? m->n - 1 : 0;
        char name[32];
        snprintf(name, sizeof(name), "%s%s%.15s", ptn_rung_word(p->rung), p->iif ? ":" : "", p->iif ? p->iif : "");
        if (!wanted(c, p))
            continue;
        if (m->n == 0 || strcmp(m->lanes[k].name, name) != 0)
            memcpy(m->lanes[k = m->n++].name, name, sizeof(name));
        m->lanes[k].place[p->family == AF_INET6] = p;
    }
    m->columns[0] = (struct ptn_column){"SOCKET", "what listens", true, false, false};
    for (size_t k = 0; k < m->n; k++)
        m->columns[k + 1] = (struct ptn_column){m->lanes[k].name, "who asks", true, false, false};
    return 0;
}

static struct ptn_ranges *bound_to(const struct ptn_addr *a)
{
    return ptn_addr_is_any(a) ? ptn_ranges_all(ptn_addr_width(a->family))
                              : ptn_ranges_of(ptn_addr_width(a->family), a->bytes, a->bytes);
}

/* The answer for one listener, place and family into word; "-" if nobody there can ask for its address. */
static int one_cell(struct ptn_can *c, const struct ptn_listener *l, const struct ptn_place *place, json_t *list,
                    char word[static PTN_FATE_TEXT])
{
    struct ptn_can_port port = {.proto = l->proto == PTN_MPTCP ? PTN_TCP : l->proto, .lo = l->port, .hi = l->port};
    struct ptn_addr any = {.family = place->family}, bound = ptn_addr_unmapped(&l->addr);
    struct ptn_can_reply reply = {0};
    bool takes = bound.family == place->family || (l->dual && bound.family == AF_INET6);
    bool elsewhere = l->ifindex && (!place->iif || strcmp(place->iif, l->ifname) != 0);
    struct ptn_ranges *dests = takes && !elsewhere ? bound_to(bound.family == place->family ? &bound : &any) : NULL;
    strcpy(word, "-");
    if (!takes || elsewhere)
        return 0;
    int r = dests ? ptn_can_ask_place(c, &port, place, dests, &reply) : -ENOMEM;
    if (r == 0 && reply.n) {
        ptn_can_count(c, &reply);
        word_of(&reply, word);
        r = list ? ptn_can_json(list, c, &port, &reply) : 0;
    }
    word[strcspn(word, ":(,")] = '\0';
    for (size_t n = strlen(word); n && word[n - 1] == ' ';)
        word[--n] = '\0';
    ptn_can_reply_release(&reply);
    ptn_ranges_unref(dests);
    return r;
}

static int put_cell(struct ptn_can *c, struct ptn_table *t, const struct ptn_listener *l, const struct lane *lane,
                    unsigned column, json_t *list)
{
    char word[2][PTN_FATE_TEXT] = {"-", "-"}, both[2 * PTN_FATE_TEXT];
    int r = lane->place[0] ? one_cell(c, l, lane->place[0], list, word[0]) : 0;
    r = r == 0 && lane->place[1] ? one_cell(c, l, lane->place[1], list, word[1]) : r;
    bool one = strcmp(word[0], word[1]) == 0, no4 = strcmp(word[0], "-") == 0, no6 = strcmp(word[1], "-") == 0;
    if (one || no4 || no6)
        snprintf(both, sizeof(both), "%s", no4 ? word[1] : word[0]);
    else
        snprintf(both, sizeof(both), "%.40s, IPv6 %.40s", word[0], word[1]);
    if (t)
        ptn_table_cell(t, column, strcmp(both, "-") == 0 ? PTN_TONE_FAINT : tone_of(both), both);
    return r;
}

static bool has_port(const struct ptn_can *c, const struct ptn_listener *l)
{
    enum ptn_proto proto = l->proto == PTN_MPTCP ? PTN_TCP : l->proto;
    for (size_t i = 0; i < c->n_ports; i++)
        if (c->ports[i].proto == proto && c->ports[i].lo <= l->port && l->port <= c->ports[i].hi)
            return true;
    return c->n_ports == 0;
}

/* Sockets of one namespace that have a port, each once however many share it. */
static bool counts(const struct ptn_can *c, size_t i)
{
    const struct ptn_listener *l = &c->host->listeners[i];
    if (l->latent || l->port == 0 || &c->host->netns[l->netns] != c->ns || !has_port(c, l))
        return false;
    for (size_t k = 0; l->reuseport_shared && k < i; k++) {
        const struct ptn_listener *o = &c->host->listeners[k];
        if (o->netns == l->netns && o->proto == l->proto && o->port == l->port && o->ifindex == l->ifindex &&
            ptn_addr_equal(&o->addr, &l->addr))
            return false;
    }
    return true;
}

static int by_port(const void *a, const void *b)
{
    const struct ptn_listener *x = *(const struct ptn_listener *const *)a, *y = *(const struct ptn_listener *const *)b;
    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    return x->proto != y->proto ? (int)x->proto - (int)y->proto : x->addr.family - y->addr.family;
}

static int fill(struct ptn_can *c, const struct matrix *m, struct ptn_table *t, json_t *list)
{
    const struct ptn_listener **sorted = calloc(c->host->n_listeners + 1, sizeof(*sorted));
    char socket[PTN_LISTENER_TEXT];
    size_t n = 0;
    int r = sorted ? 0 : -ENOMEM;
    for (size_t i = 0; i < c->host->n_listeners && r == 0; i++)
        if (counts(c, i))
            sorted[n++] = &c->host->listeners[i];
    if (n)
        qsort(sorted, n, sizeof(*sorted), by_port);
    for (size_t i = 0; i < n && r == 0; i++) {
        if (t) {
            ptn_table_row(t);
            ptn_table_cell(t, 0, PTN_TONE_PLAIN, ptn_listener_socket(sorted[i], socket));
        }
        for (size_t k = 0; k < m->n && r == 0; k++)
            r = put_cell(c, t, sorted[i], &m->lanes[k], (unsigned)k + 1, list);
    }
    free(sorted);
    return r;
}

int ptn_can_matrix(struct ptn_can *c, json_t *list)
{
    struct matrix m = {0};
    struct ptn_table *t = NULL;
    struct ptn_out out;
    int r = lanes_of(c, &m), status = PTN_EXIT_OK;
    if (r == 0 && !list)
        status = ptn_run_table(c->run, m.columns, &out, &t);
    if (r == 0 && status == PTN_EXIT_OK)
        r = fill(c, &m, t, list);
    if (t)
        ptn_table_close(t, NULL, NULL);
    if (t && r == 0 && !c->accepted && !c->refused && !c->unknown)
        puts("nothing listens here that any place could ask for");
    free(m.lanes);
    free(m.columns);
    return r < 0 ? ptn_can_failed(c, r) : status;
}
