#include "card.h"

#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "chart/ports.h"

const char *ptn_ports_text(uint16_t lo, uint16_t hi, enum ptn_proto proto, char out[static PTN_PORTS_TEXT])
{
    if (lo == hi)
        snprintf(out, PTN_PORTS_TEXT, "%u/%s", lo, ptn_proto_word(proto));
    else
        snprintf(out, PTN_PORTS_TEXT, "%u-%u/%s", lo, hi, ptn_proto_word(proto));
    return out;
}

const struct ptn_listener *ptn_answer_listener(const struct ptn_answer *a, size_t n)
{
    for (size_t i = 0; a->host && i < a->host->n_listeners; i++) {
        const struct ptn_listener *l = &a->host->listeners[i];
        if (!l->latent && l->port >= a->lo && l->port <= a->hi && ptn_proto_ported(l->proto) == a->proto && n-- == 0)
            return l;
    }
    return NULL;
}

static enum ptn_rating shown_rating(const struct ptn_answer *a, const struct ptn_claim *c)
{
    return a->as_of_2001 ? c->rating_2001 : c->rating;
}

/* A hint alone is no claimant: the port is still nobody's. */
static bool has_claimant(const struct ptn_answer *a)
{
    return a->n_claims && ptn_service_type(a->claims[0].service) != PTN_ENTRY_MALWARE;
}

static void print_heading(struct ptn_out *o, const struct ptn_chart *c, const struct ptn_answer *a)
{
    char ports[PTN_PORTS_TEXT];
    ptn_out_text(o, PTN_TONE_STRONG, ptn_ports_text(a->lo, a->hi, a->proto, ports));
    fputs("  ", o->file);
    if (!has_claimant(a)) {
        const char *state = ptn_chart_state(c, a->lo, a->proto);
        if (a->as_of_2001) {
            ptn_out_text(o, PTN_TONE_FAINT, "the page of 2001 has no row for it");
            return;
        }
        bool word = ptn_has_word("unassigned reserved dynamic", state, strlen(state));
        ptn_out_text(o, PTN_TONE_FAINT, word ? "nobody claims it" : "nobody claims it by name");
        fprintf(o->file, " (IANA: %s%s)", state, strcmp(state, "dynamic") == 0 ? ", never assigned" : "");
        return;
    }
    const struct ptn_claim *best = &a->claims[0];
    enum ptn_rating r = shown_rating(a, best);
    ptn_out_text(o, PTN_TONE_STRONG, ptn_service_name(best->service));
    fputs("  ", o->file);
    if (r != PTN_RATING_NONE) {
        ptn_out_text(o, ptn_tone_of_rating(r), ptn_rating_word(r));
        fputs("  ", o->file);
    }
    ptn_out_text(o, ptn_tone_of_rating(r), ptn_rating_help(r));
    if (a->as_of_2001)
        fputs(" (2001)", o->file);
}

void ptn_card_line(struct ptn_out *o, const struct ptn_chart *c, const struct ptn_answer *a)
{
    print_heading(o, c, a);
    const char *title = has_claimant(a) ? ptn_service_title(a->claims[0].service) : "";
    if (*title)
        fprintf(o->file, "  %s", title);
}

static void print_field(struct ptn_out *o, const char *label, struct ptn_service s, enum ptn_field f)
{
    ptn_out_item(o, label, ptn_service_field(s, f, 0));
}

/* The names under which IANA registered the port for this service, with date and reference where they are known. */
static void print_registration(struct ptn_out *o, const struct ptn_chart *c, const struct ptn_answer *a,
                               const struct ptn_claim *claim)
{
    struct ptn_service s;
    for (unsigned n = 0; claim->registered && ptn_chart_assignment(c, claim, a->lo, a->proto, n, &s); n++) {
        char text[512];
        const char *date = ptn_service_field(s, PTN_FIELD_REGISTERED, 0);
        const char *changed = ptn_service_field(s, PTN_FIELD_MODIFIED, 0);
        const char *ref = ptn_service_field(s, PTN_FIELD_REFERENCE, 0);
        snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", ptn_service_name(s), date ? ", registered " : "",
                 date ? date : "", changed ? ", changed " : "", changed ? changed : "", ref ? " " : "", ref ? ref : "");
        ptn_out_item(o, n ? "" : "IANA", text);
        print_field(o, "", s, PTN_FIELD_UNAUTHORIZED);
    }
}

static void print_2001(struct ptn_out *o, const struct ptn_claim *claim)
{
    char text[128];
    if (claim->rating_2001 == PTN_RATING_NONE)
        return;
    snprintf(text, sizeof(text), "%s  %s", ptn_rating_word(claim->rating_2001), ptn_rating_help(claim->rating_2001));
    ptn_out_item(o, "in 2001", text);
}

static void print_traits(struct ptn_out *o, struct ptn_service s)
{
    char text[512] = "";
    size_t n = 0;
    const char *v;
    if ((v = ptn_service_field(s, PTN_FIELD_ENCRYPTED, 0)))
        n += (size_t)snprintf(text + n, sizeof(text) - n, "encrypted: %s; ", v);
    if ((v = ptn_service_field(s, PTN_FIELD_AUTH, 0)))
        n += (size_t)snprintf(text + n, sizeof(text) - n, "authentication: %s; ", v);
    if ((v = ptn_service_field(s, PTN_FIELD_AMPLIFIES, 0)))
        n += (size_t)snprintf(text + n, sizeof(text) - n, "amplifies %s times; ", v);
    if (ptn_service_field(s, PTN_FIELD_TRAP, 0))
        n += (size_t)snprintf(text + n, sizeof(text) - n, "a good trap port; ");
    if ((v = ptn_service_field(s, PTN_FIELD_STATUS, 0)) && strcmp(v, "obsolete") == 0)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "obsolete; ");
    if (n >= 2 && n < sizeof(text))
        text[n - 2] = '\0';
    ptn_out_item(o, "traits", text);
}

static void print_sources(struct ptn_out *o, const struct ptn_chart *c, struct ptn_service s)
{
    const char *at = ptn_service_field(s, PTN_FIELD_SOURCE, 0), *w;
    char text[1024];
    size_t used = 0;
    for (size_t n; at && (n = ptn_next_word(&at, &w)) > 0 && used + n + 16 < sizeof(text);) {
        struct ptn_service source;
        const char *date = ptn_chart_source(c, w, n, &source) ? ptn_service_field(source, PTN_FIELD_DATE, 0) : NULL;
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%.*s%s%.4s%s", used ? ", " : "", (int)n, w,
                                 date ? " (" : "", date ? date : "", date ? ")" : "");
    }
    ptn_out_item(o, "source", used ? text : "");
}

static void print_errata(struct ptn_out *o, const char *label, struct ptn_service s)
{
    const char *v;
    for (unsigned n = 0; (v = ptn_service_field(s, PTN_FIELD_ERRATUM, n)); n++)
        ptn_out_item(o, n ? "" : label, v);
}

static void print_best(struct ptn_out *o, const struct ptn_chart *c, const struct ptn_answer *a)
{
    const struct ptn_claim *best = &a->claims[0];
    struct ptn_service s = best->service;
    ptn_out_toned_item(o, "", PTN_TONE_STRONG, ptn_service_title(s));
    print_field(o, "why", s, PTN_FIELD_WHY);
    print_field(o, "do", s, PTN_FIELD_DO);
    print_field(o, "instead", s, PTN_FIELD_INSTEAD);
    print_field(o, "knock", s, PTN_FIELD_KNOCK);
    print_field(o, "seen", s, PTN_FIELD_SEEN);
    print_traits(o, s);
    print_2001(o, best);
    print_errata(o, "erratum", s);
    print_field(o, "names", s, PTN_FIELD_ALIAS);
    if (best->kind == PTN_KIND_SITE)
        ptn_out_item(o, "site", "this site's own record; it wins over the chart and the registry");
    else if (!best->registered)
        ptn_out_item(o, "claim",
                     best->own || best->kind != PTN_KIND_COMMON ? ptn_kind_help(best->kind)
                                                                : "often found here; not its own port");
    print_registration(o, c, a, best);
    print_sources(o, c, s);
}

static void print_other(struct ptn_out *o, const struct ptn_answer *a, const struct ptn_claim *c, const char *label)
{
    char text[512];
    struct ptn_service s = c->service;
    enum ptn_rating r = shown_rating(a, c);
    if (ptn_service_type(s) == PTN_ENTRY_MALWARE) {
        snprintf(text, sizeof(text), "%s: %s, %s, confidence %s", ptn_service_name(s),
                 ptn_service_field(s, PTN_FIELD_ROLE, 0), ptn_service_field(s, PTN_FIELD_YEARS, 0),
                 ptn_service_field(s, PTN_FIELD_CONFIDENCE, 0));
    } else {
        const char *kind = c->registered ? "registered" : ptn_kind_word(c->kind), *title = ptn_service_title(s);
        snprintf(text, sizeof(text), "%s%s%s (%s%s%s)%s%s", r ? ptn_rating_word(r) : "", r ? "  " : "",
                 ptn_service_name(s), kind, c->rating_2001 && !a->as_of_2001 ? "; in 2001 " : "",
                 c->rating_2001 && !a->as_of_2001 ? ptn_rating_word(c->rating_2001) : "", *title ? "  " : "", title);
    }
    ptn_out_item(o, label, text);
    if (!a->as_of_2001)
        print_errata(o, "", s);
}

#define HERE_SHOWN 4

static void print_here(struct ptn_out *o, const struct ptn_answer *a)
{
    const struct ptn_listener *l;
    for (size_t n = 0; n < HERE_SHOWN && (l = ptn_answer_listener(a, n)); n++) {
        char text[512], socket[PTN_LISTENER_TEXT];
        const struct ptn_owner *w = l->owner;
        ptn_listener_socket(l, socket);
        if (w)
            snprintf(text, sizeof(text), "%s listens on %s now (PID %d, user %s%s%s)", w->comm, socket, w->pid, w->user,
                     *w->unit ? ", " : "", w->unit);
        else
            snprintf(text, sizeof(text), "somebody listens on %s now; who cannot be seen", socket);
        ptn_out_toned_item(o, n ? "" : "here", PTN_TONE_STRONG, text);
    }
}

#define HINTS_SHOWN 4

/* Hints come last and surest first; an everyday port has dozens, and a person needs to see only that there are. */
void ptn_card_others(struct ptn_out *o, const struct ptn_answer *a)
{
    const char *last = NULL;
    size_t hints = 0;
    for (size_t i = has_claimant(a) ? 1 : 0; i < a->n_claims; i++) {
        const char *label = a->claims[i].kind == PTN_KIND_MALWARE ? "malware" : "others";
        hints += a->claims[i].kind == PTN_KIND_MALWARE;
        if (hints <= HINTS_SHOWN)
            print_other(o, a, &a->claims[i], label == last ? "" : label);
        last = label;
    }
    char more[64] = "";
    if (hints > HINTS_SHOWN)
        snprintf(more, sizeof(more), "; %zu more with -J", hints - HINTS_SHOWN);
    char text[128];
    snprintf(text, sizeof(text), "(hints, never a verdict%s)", more);
    if (hints)
        ptn_out_toned_item(o, "", PTN_TONE_FAINT, text);
}

/* The page's answer: no sentence of today's but what the page got wrong. */
static void print_2001_best(struct ptn_out *o, const struct ptn_claim *best)
{
    char today[128];
    ptn_out_toned_item(o, "", PTN_TONE_STRONG, ptn_service_title(best->service));
    snprintf(today, sizeof(today), "%s  %s", ptn_rating_word(best->rating), ptn_rating_help(best->rating));
    ptn_out_item(o, "today", today);
    print_errata(o, "erratum", best->service);
}

void ptn_card_print(struct ptn_out *o, const struct ptn_chart *c, const struct ptn_answer *a)
{
    print_heading(o, c, a);
    fputc('\n', o->file);
    if (has_claimant(a) && a->as_of_2001)
        print_2001_best(o, &a->claims[0]);
    else if (has_claimant(a))
        print_best(o, c, a);
    ptn_card_others(o, a);
    print_here(o, a);
}
