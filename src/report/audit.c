#include "audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/text.h"
#include "check.h"
#include "explain_words.h"
#include "listener.h"
#include "table.h"

enum {
    COL_VERDICT,
    COL_RUNG,
    COL_NETNS,
    COL_SOCKET,
    COL_SERVICE,
    COL_SAFE,
    COL_OWNER,
    COL_WHY,
    COL_PROTO,
    COL_ADDRESS,
    COL_PORT,
    COL_PID,
    COL_USER,
    COL_UNIT,
    COL_SOCKET_UNIT,
    COL_CONTAINER,
    COL_PACKAGE,
    COL_EXE,
    COL_COMMAND,
    COL_RUNG4,
    COL_RUNG6,
    COL_LIMITED,
    COL_STEP,
    COL_EVIDENCE,
    COL_DO,
    COL_LINTS,
    COL_COUNT
};

static const struct ptn_column columns[COL_COUNT + 1] = {
    {"VERDICT", "the last word", true, false, false},
    {"RUNG", "how far it can be reached", true, false, false},
    {"NETNS", "network namespace", false, false, false},
    {"SOCKET", "address, port and protocol", true, false, false},
    {"SERVICE", "what it is; in brackets where only the number says so", true, false, false},
    {"SAFE", "the chart's rating", true, false, false},
    {"OWNER", "who holds the socket", true, false, false},
    {"WHY", "the reason of the verdict", false, true, false},
    {"PROTO", "protocol", false, false, false},
    {"ADDRESS", "bind address", false, false, false},
    {"PORT", "port", false, false, true},
    {"PID", "process", false, false, true},
    {"USER", "user", false, false, false},
    {"UNIT", "systemd unit", false, false, false},
    {"SOCKET-UNIT", "systemd socket unit", false, false, false},
    {"CONTAINER", "container", false, false, false},
    {"PACKAGE", "package that owns the binary", false, false, false},
    {"EXE", "the binary", false, false, false},
    {"COMMAND", "command line", false, true, false},
    {"RUNG4", "how far by IPv4", false, false, false},
    {"RUNG6", "how far by IPv6", false, false, false},
    {"LIMITED", "who alone gets in from there", false, false, false},
    {"STEP", "what decided the rung", false, true, false},
    {"EVIDENCE", "what the service's name rests on", false, false, false},
    {"DO", "what to do", false, true, false},
    {"LINTS", "remarks", false, true, false},
    {NULL, NULL, false, false, false},
};

/* ---- the cells -------------------------------------------------------------------------------------- */

/* "lan", or "internet?" where a rule on the way could not be decided. */
static const char *rung_text(const struct ptn_reach *r, char out[static 16])
{
    if (!r->any)
        return "";
    snprintf(out, 16, "%s%s", ptn_rung_word(r->rung), r->sure < r->rung ? "?" : "");
    return out;
}

static const char *rung_of(const struct ptn_finding *f, char out[static 16])
{
    const struct ptn_reach *r = ptn_finding_reach(f);
    return !f->reachable ? "" : r->any ? rung_text(r, out) : ptn_rung_word(f->rung);
}

static const char *step_of(const struct ptn_finding *f)
{
    const char *step = ptn_finding_reach(f)->step;
    return step ? step : "";
}

const char *ptn_audit_owner(const struct ptn_finding *f, char out[static PTN_AUDIT_OWNER])
{
    const struct ptn_listener *l = f->listener;
    const struct ptn_owner *o = l->owner;
    const char *end = out + PTN_AUDIT_OWNER;
    char *at = out;
    const char *name = o && *o->unit && (l->latent || *o->socket_unit) ? o->unit : o ? o->comm : "";
    at = ptn_put(at, end, l->latent ? "(latent) " : "");
    at = ptn_put(at, end, !o && l->latent ? l->latent_name : !o ? "?" : name);
    if (!o || l->latent)
        return out;
    if (*o->socket_unit) {
        ptn_put(ptn_put(at, end, " via "), end, o->socket_unit);
    } else if (f->behind) {
        const char *container = f->behind->owner->container;
        at = ptn_put(ptn_put(at, end, " for "), end, f->behind->owner->comm);
        ptn_put(ptn_put(at, end, " in "), end, *container ? container : "another namespace");
    } else if (*o->container) {
        ptn_put(ptn_put(at, end, " in "), end, o->container);
    } else if (o->pid > 0) {
        at = ptn_put(ptn_put_number(ptn_put(at, end, "["), end, (unsigned long)o->pid), end, "]");
        ptn_put(ptn_put(at, end, *o->unit ? " " : ""), end, o->unit);
    }
    return out;
}

static void lint_text(const struct ptn_finding *f, char *out, size_t size)
{
    char *at = out;
    out[0] = '\0';
    for (int i = 0; i < PTN_LINT_COUNT; i++)
        if (f->lints[i] && i != PTN_LINT_ROOT)
            at = ptn_put(ptn_put(at, out + size, at == out ? "" : " "), out + size, f->lints[i]);
}

static void put_place(struct ptn_table *t, const struct ptn_finding *f)
{
    char text[PTN_LISTENER_TEXT], number[16];
    const struct ptn_listener *l = f->listener;
    ptn_table_cell(t, COL_SOCKET, PTN_TONE_PLAIN, ptn_listener_socket(l, text));
    ptn_table_cell(t, COL_NETNS, PTN_TONE_PLAIN, f->netns->name);
    ptn_table_cell(t, COL_PROTO, PTN_TONE_PLAIN, ptn_proto_word(l->proto));
    if (ptn_table_shows(t, COL_ADDRESS))
        ptn_table_cell(t, COL_ADDRESS, PTN_TONE_PLAIN, ptn_listener_address(l, text));
    ptn_put_number(number, number + sizeof(number), l->port);
    ptn_table_cell(t, COL_PORT, PTN_TONE_PLAIN, l->port ? number : "");
}

static void put_owner(struct ptn_table *t, const struct ptn_finding *f)
{
    char text[PTN_AUDIT_OWNER], number[16];
    const struct ptn_owner *o = f->listener->owner;
    ptn_table_cell(t, COL_OWNER, PTN_TONE_PLAIN, ptn_audit_owner(f, text));
    if (!o)
        return;
    ptn_put_number(number, number + sizeof(number), (unsigned long)o->pid);
    ptn_table_cell(t, COL_PID, PTN_TONE_PLAIN, o->pid > 0 ? number : "");
    ptn_table_cell(t, COL_USER, PTN_TONE_PLAIN, o->user);
    ptn_table_cell(t, COL_UNIT, PTN_TONE_PLAIN, o->unit);
    ptn_table_cell(t, COL_SOCKET_UNIT, PTN_TONE_PLAIN, o->socket_unit);
    ptn_table_cell(t, COL_CONTAINER, PTN_TONE_PLAIN, o->container);
    ptn_table_cell(t, COL_PACKAGE, PTN_TONE_PLAIN, o->package);
    ptn_table_cell(t, COL_EXE, PTN_TONE_PLAIN, o->exe);
    ptn_table_cell(t, COL_COMMAND, PTN_TONE_PLAIN, o->command);
}

static void put_finding(struct ptn_table *t, const struct ptn_finding *f)
{
    char service[80] = "", lints[4096] = "", rung[16], *end = service + sizeof(service);
    const char *name = f->has_service ? ptn_service_name(f->claim.service) : "";
    bool sure = f->evidence == PTN_EVIDENCE_OWNER;
    if (*name)
        ptn_put(ptn_put(ptn_put(service, end, sure ? "" : "("), end, name), end, sure ? "" : ")");
    enum ptn_rating rating = f->has_service ? f->claim.rating : PTN_RATING_NONE;
    ptn_table_cell(t, COL_VERDICT, ptn_tone_of_verdict(f->verdict), ptn_verdict_word(f->verdict));
    ptn_table_cell(t, COL_RUNG, PTN_TONE_PLAIN, rung_of(f, rung));
    ptn_table_cell(t, COL_SERVICE, sure ? PTN_TONE_PLAIN : PTN_TONE_FAINT, service);
    ptn_table_cell(t, COL_SAFE, sure ? ptn_tone_of_rating(rating) : PTN_TONE_FAINT, ptn_rating_word(rating));
    ptn_table_cell(t, COL_RUNG4, PTN_TONE_PLAIN, rung_text(&f->v4, rung));
    ptn_table_cell(t, COL_RUNG6, PTN_TONE_PLAIN, rung_text(&f->v6, rung));
    const char *limited = ptn_finding_reach(f)->limited;
    ptn_table_cell(t, COL_LIMITED, PTN_TONE_PLAIN, limited ? limited : "");
    ptn_table_cell(t, COL_STEP, PTN_TONE_PLAIN, step_of(f));
    ptn_table_cell(t, COL_EVIDENCE, PTN_TONE_PLAIN, ptn_evidence_word(f->evidence));
    ptn_table_cell(t, COL_DO, PTN_TONE_PLAIN, f->act);
    ptn_table_cell(t, COL_WHY, PTN_TONE_PLAIN, f->why);
    if (ptn_table_shows(t, COL_LINTS))
        lint_text(f, lints, sizeof(lints));
    ptn_table_cell(t, COL_LINTS, PTN_TONE_PLAIN, lints);
    put_place(t, f);
    put_owner(t, f);
}

/* ---- the table ---------------------------------------------------------------------------------------- */

static void print_blind(struct ptn_out *o, const struct ptn_blind *blind, size_t n, bool *first)
{
    for (size_t i = 0; i < n; i++) {
        char text[512];
        snprintf(text, sizeof(text), "%s: %s", blind[i].what, blind[i].why);
        ptn_out_item(o, *first ? "not seen" : "", text);
        *first = false;
    }
}

static void print_sums(struct ptn_out *o, const struct ptn_host *h, const struct ptn_findings *f,
                       const struct ptn_finding *const *rows)
{
    size_t count[PTN_VERDICT_WORRY + 1] = {0}, n = 0;
    bool first = true;
    for (; rows[n]; n++)
        count[rows[n]->verdict]++;
    fprintf(o->file, "\n%zu %s", n, n == 1 ? "socket" : "sockets");
    for (int v = PTN_VERDICT_WORRY; v >= 0; v--)
        if (count[v])
            fprintf(o->file, ", %zu %s", count[v], ptn_verdict_word((enum ptn_verdict)v));
    fputs(".\n", o->file);
    print_blind(o, h->blind, h->n_blind, &first);
    print_blind(o, f->blind, f->n_blind, &first);
}

static bool is_shown(const struct ptn_finding *f, const struct ptn_audit_style *s)
{
    return !f->listener->latent || f->listener->enabled || s->columns;
}

/* What stands under a row for a person: reason, advice and remarks of whatever is not simply OK. */
struct under {
    struct ptn_out *out;
    const struct ptn_finding **rows;
    bool why;
};

/* Who gets in and who does not, farthest first; those of whom the same is to be said together. */
static void print_ways(struct ptn_out *o, const char *label, const struct ptn_reach *r)
{
    char text[PTN_WAY_IN_TEXT], who[PTN_WAY_IN_WHO], what[PTN_WAY_IN_WHAT], next[PTN_WAY_IN_WHAT];
    const char *end = text + sizeof(text);
    if (r->any && r->n_ways == 0)
        ptn_out_item(o, label, r->step);
    for (size_t i = r->any ? r->n_ways : 0; i > 0; label = "") {
        const struct ptn_way_in *w = &r->ways[--i];
        const char *word = ptn_way_in_word(w);
        char *at = ptn_put(ptn_put(ptn_put(text, end, word), end, " "), end, ptn_way_in_who(w, who));
        ptn_way_in_what(w, what);
        while (i > 0 && strcmp(ptn_way_in_word(w - 1), word) == 0 && strcmp(ptn_way_in_what(w - 1, next), what) == 0) {
            at = ptn_put(ptn_put(at, end, ", "), end, ptn_way_in_who(--w, who));
            i--;
        }
        ptn_put(ptn_put(at, end, ": "), end, what);
        ptn_out_item(o, label, text);
    }
}

static void print_evidence(struct ptn_out *o, const struct ptn_finding *f)
{
    const struct ptn_owner *w = f->listener->owner;
    char text[1024];
    print_ways(o, "  v4", &f->v4);
    print_ways(o, "  v6", &f->v6);
    snprintf(text, sizeof(text), "the service is named %s", ptn_evidence_help(f->evidence));
    ptn_out_item(o, "  name", f->listener->port ? text : "");
    if (!w)
        return;
    snprintf(text, sizeof(text), "%s%s%s%s%s, user %s%s%s", *w->exe ? w->exe : w->comm, *w->package ? " (package " : "",
             w->package, *w->package ? ")" : "", w->exe_deleted ? ", deleted or replaced" : "", w->user,
             *w->unit ? ", " : "", w->unit);
    ptn_out_item(o, "  owner", text);
}

/* Remarks on rows that are OK are summed up at the end: there may be thousands. */
static bool is_summed(const struct ptn_finding *f, int lint)
{
    return lint == PTN_LINT_ROOT || (f->verdict == PTN_VERDICT_OK && lint < PTN_LINT_LATENT);
}

#define SUMMED_SHOWN 4

static void print_notes(struct ptn_out *o, const struct ptn_findings *f)
{
    for (int lint = 0; lint < PTN_LINT_LATENT; lint++) {
        char text[1024], socket[PTN_LISTENER_TEXT];
        size_t n = 0, at = (size_t)snprintf(text, sizeof(text), "%s:", ptn_lint_help((enum ptn_lint)lint));
        for (size_t i = 0; i < f->n; i++)
            if (f->items[i].lints[lint] && is_summed(&f->items[i], lint) && n++ < SUMMED_SHOWN)
                at += (size_t)snprintf(text + at, sizeof(text) - at, " %s",
                                       ptn_listener_socket(f->items[i].listener, socket));
        if (n > SUMMED_SHOWN)
            snprintf(text + at, sizeof(text) - at, " and %zu more (--why)", n - SUMMED_SHOWN);
        if (n && lint != PTN_LINT_ROOT && lint != PTN_LINT_ODD_PORT)
            ptn_out_item(o, "note", text);
    }
}

/* What is to be said of the walls; of each kind no more than a few, unless all is asked for. */
static void print_remarks(struct ptn_out *o, const struct ptn_remarks *m, bool all)
{
    size_t of_kind[PTN_REMARK_COUNT] = {0};
    for (size_t i = 0; i < m->n; i++) {
        const struct ptn_remark *r = &m->items[i];
        char rule[PTN_CHECK_RULE_TEXT], text[2048];
        if (of_kind[r->kind]++ >= SUMMED_SHOWN && !all)
            continue;
        const bool here = !r->netns || strcmp(r->netns, "host") == 0;
        snprintf(text, sizeof(text), "%s%s%s%s. %s", here ? "" : "in ", here ? "" : r->netns, here ? "" : ": ",
                 ptn_check_rule(r->chain, r->rule, rule), r->text);
        ptn_out_item(o, "note", text);
    }
    for (int k = 0; k < PTN_REMARK_COUNT && !all; k++)
        if (of_kind[k] > SUMMED_SHOWN) {
            char text[256];
            snprintf(text, sizeof(text), "and %zu more: %s (--why)", of_kind[k] - SUMMED_SHOWN,
                     ptn_remark_help((enum ptn_remark_kind)k));
            ptn_out_item(o, "", text);
        }
}

static void print_under(void *ctx, size_t row)
{
    struct under *u = ctx;
    const struct ptn_finding *f = u->rows[row], *next = u->rows[row + 1];
    /* one daemon on IPv4 and IPv6: said once, under the second row */
    bool said_below = next && strcmp(f->why, next->why) == 0 && f->listener->port == next->listener->port;
    if ((f->verdict != PTN_VERDICT_OK && !said_below) || u->why) {
        ptn_out_item(u->out, "  why", f->why);
        ptn_out_item(u->out, "  do", f->act);
    }
    const char *limited = ptn_finding_reach(f)->limited;
    ptn_out_item(u->out, "  only", limited ? limited : "");
    for (int i = 0; i < PTN_LINT_COUNT; i++)
        if (f->lints[i] && (u->why || !is_summed(f, i)) && i != PTN_LINT_ODD_PORT)
            ptn_out_item(u->out, "  note", f->lints[i]);
    if (u->why)
        print_evidence(u->out, f);
}

bool ptn_audit_wants_packages(const char *chosen)
{
    return chosen && strcasestr(chosen, columns[COL_PACKAGE].name);
}

static int fill(struct ptn_table *t, const struct ptn_findings *f, const struct ptn_audit_style *s,
                const struct ptn_finding **rows)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (!is_shown(&f->items[i], s))
            continue;
        if (ptn_table_row(t) < 0)
            return -ENOMEM;
        put_finding(t, &f->items[i]);
        rows[n++] = &f->items[i];
    }
    return 0;
}

int ptn_audit_print(struct ptn_out *o, const struct ptn_host *h, const struct ptn_findings *f,
                    const struct ptn_audit_style *s, struct ptn_err *err)
{
    struct ptn_table *t;
    struct ptn_column shown[COL_COUNT + 1];
    struct under under = {.out = o, .why = s->why, .rows = calloc(f->n + 1, sizeof(*under.rows))};
    bool person = !s->raw && !s->columns && !s->no_headings;
    memcpy(shown, columns, sizeof(shown));
    shown[COL_NETNS].shown = h->n_netns > 1;
    int r = under.rows ? ptn_table_open(&t, shown, s->columns, o, s->raw, s->no_headings, err)
                       : ptn_fail(err, -ENOMEM, "out of memory");
    if (r == 0) {
        if ((r = fill(t, f, s, under.rows)) < 0)
            ptn_fail(err, r, "out of memory");
        ptn_table_close(t, person ? print_under : NULL, &under);
    }
    if (r == 0 && person)
        print_sums(o, h, f, under.rows);
    free(under.rows);
    if (r == 0 && person && !s->why)
        print_notes(o, f);
    if (r == 0 && person)
        print_remarks(o, &f->remarks, s->why);
    return r;
}

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static json_t *rung_or_null(const struct ptn_reach *r)
{
    return r->any ? json_string(ptn_rung_word(r->rung)) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? ptn_json_text(text) : json_null();
}

static json_t *rung_json(const struct ptn_finding *f)
{
    const struct ptn_reach *r = ptn_finding_reach(f);
    json_t *o = json_object();
    json_object_set_new(o, "ipv4", rung_or_null(&f->v4));
    json_object_set_new(o, "ipv6", rung_or_null(&f->v6));
    json_object_set_new(o, "sure", json_boolean(r->sure == r->rung && !r->unread));
    json_object_set_new(o, "limited", text_or_null(r->limited));
    json_object_set_new(o, "step", ptn_json_text(step_of(f)));
    return o;
}

static json_t *way_json(const struct ptn_way_in *w)
{
    char text[PTN_PASSAGE_TEXT];
    struct ptn_step room;
    const struct ptn_step *s = ptn_passage_step(w->passage, &room);
    json_t *o = json_object();
    json_object_set_new(o, "from", json_string(ptn_rung_word(w->rung)));
    json_object_set_new(o, "by", text_or_null(w->asker->iif));
    json_object_set_new(o, "ip", json_integer(w->passage->family == AF_INET ? 4 : 6));
    json_object_set_new(o, "answer", json_string(ptn_answer_word(w->answer)));
    json_object_set_new(o, "limited", text_or_null(w->limited));
    json_object_set_new(o, "because", text_or_null(ptn_passage_text(w->passage, text)));
    json_object_set_new(o, "rule", ptn_check_json_rule(s ? s->chain : NULL, s ? s->rule : NULL));
    return o;
}

/* Nearest first, IPv4 before IPv6. */
static json_t *ways_json(const struct ptn_finding *f)
{
    json_t *a = json_array();
    for (size_t i = 0; i < f->v4.n_ways && f->v4.any; i++)
        json_array_append_new(a, way_json(&f->v4.ways[i]));
    for (size_t i = 0; i < f->v6.n_ways && f->v6.any; i++)
        json_array_append_new(a, way_json(&f->v6.ways[i]));
    return a;
}

static json_t *lints(const struct ptn_finding *f)
{
    json_t *a = json_array();
    for (int i = 0; i < PTN_LINT_COUNT; i++)
        if (f->lints[i])
            json_array_append_new(a, json_pack("{s:s, s:o}", "lint", ptn_lint_word((enum ptn_lint)i), "text",
                                               ptn_json_text(f->lints[i])));
    return a;
}

static json_t *finding(const struct ptn_finding *f)
{
    char address[PTN_LISTENER_TEXT];
    const struct ptn_listener *l = f->listener;
    const char *service = f->has_service ? ptn_service_name(f->claim.service) : NULL;
    enum ptn_rating rating = f->has_service ? f->claim.rating : PTN_RATING_NONE;
    json_t *o = json_object();
    json_object_set_new(o, "netns", ptn_json_text(f->netns->name));
    json_object_set_new(o, "proto", json_string(ptn_proto_word(l->proto)));
    json_object_set_new(o, "address", json_string(ptn_listener_address(l, address)));
    json_object_set_new(o, "port", l->port ? json_integer(l->port) : json_null());
    json_object_set_new(o, "dual", json_boolean(l->dual));
    if (l->number)
        json_object_set_new(o, "number", json_integer(l->number));
    json_object_set_new(o, "service", service ? json_string(service) : json_null());
    json_object_set_new(o, "rating", rating ? json_string(ptn_rating_word(rating)) : json_null());
    json_object_set_new(o, "evidence", json_string(ptn_evidence_word(f->evidence)));
    json_object_set_new(o, "rung", rung_json(f));
    json_object_set_new(o, "ways", ways_json(f));
    json_object_set_new(o, "owner", ptn_json_owner(l->owner));
    if (f->behind)
        json_object_set_new(o, "behind", ptn_json_owner(f->behind->owner));
    json_object_set_new(o, "verdict", json_string(ptn_verdict_word(f->verdict)));
    json_object_set_new(o, "why", ptn_json_text(f->why));
    json_object_set_new(o, "do", ptn_json_text(f->act));
    json_object_set_new(o, "lints", lints(f));
    json_object_set_new(o, "client", json_boolean(f->client));
    json_object_set_new(o, "latent", json_boolean(l->latent));
    if (l->latent)
        json_object_set_new(o, "enabled", json_boolean(l->enabled));
    return o;
}

static void put_blind(json_t *list, const struct ptn_blind *blind, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:o, s:o, s:b}", "what", ptn_json_text(blind[i].what), "why",
                                              ptn_json_text(blind[i].why), "matters", blind[i].matters));
}

static const char *iface_name(const struct ptn_netns *ns, uint32_t index)
{
    for (size_t i = 0; i < ns->n_ifaces; i++)
        if (ns->ifaces[i].index == index)
            return ns->ifaces[i].name;
    return NULL;
}

static json_t *network(const struct ptn_netns *ns)
{
    char text[PTN_ADDR_TEXT];
    json_t *addresses = json_array(),
           *o = json_pack("{s:o, s:o}", "netns", ptn_json_text(ns->name), "addresses", addresses);
    for (size_t i = 0; i < ns->n_addrs; i++)
        json_array_append_new(
            addresses, json_pack("{s:s, s:i, s:o}", "address", ptn_addr_format(&ns->addrs[i].addr, text), "prefix",
                                 ns->addrs[i].prefix, "interface", text_or_null(iface_name(ns, ns->addrs[i].ifindex))));
    json_object_set_new(o, "ephemeral_ports",
                        ns->ephemeral_hi ? json_pack("{s:i, s:i}", "first", ns->ephemeral_lo, "last", ns->ephemeral_hi)
                                         : json_null());
    return o;
}

json_t *ptn_audit_json(const struct ptn_host *h, const struct ptn_findings *f, int64_t when)
{
    char at[PTN_UTC_TEXT];
    json_t *items = json_array(), *blind = json_array(), *wall = json_array(), *networks = json_array(),
           *doc = ptn_json_document("audit", items);
    json_object_set_new(doc, "at", json_string(ptn_utc_text(when * 1000000, at)));
    for (size_t i = 0; i < h->n_netns; i++)
        json_array_append_new(networks, network(&h->netns[i]));
    json_object_set_new(doc, "networks", networks);
    for (size_t i = 0; i < f->n; i++)
        json_array_append_new(items, finding(&f->items[i]));
    put_blind(blind, h->blind, h->n_blind);
    put_blind(blind, f->blind, f->n_blind);
    json_object_set_new(doc, "blind", blind);
    for (size_t i = 0; i < f->remarks.n; i++)
        json_array_append_new(wall, ptn_remark_json(&f->remarks.items[i]));
    json_object_set_new(doc, "wall", wall);
    return doc;
}
