/* What a log tells as a document: portolan-json(5). */
#include <string.h>

#include "base/addr.h"
#include "explain.h"
#include "explain_words.h"
#include "json.h"

static json_t *text_or_null(const char *text)
{
    return text && *text ? ptn_json_text(text) : json_null();
}

/* JSON's numbers are int64_t in jansson. */
static json_t *number(uint64_t n)
{
    return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *number_or_null(uint64_t n)
{
    return n ? number(n) : json_null();
}

static json_t *time_or_null(uint32_t second)
{
    char text[PTN_UTC_TEXT];
    return second ? json_string(ptn_utc_text((int64_t)second * 1000000, text)) : json_null();
}

static json_t *port_json(const struct ptn_port_count *p)
{
    char word[PTN_IP_PROTO_TEXT];
    const bool icmp = ptn_is_icmp(p->proto), ported = !icmp && (ptn_has_ports(p->proto) || p->port);
    json_t *o = json_object();
    json_object_set_new(o, "proto", json_string(ptn_ip_proto_text(p->proto, word)));
    json_object_set_new(o, "port", ported ? json_integer(p->port) : json_null());
    json_object_set_new(o, "icmp_type", icmp ? json_integer(p->port >> 8) : json_null());
    json_object_set_new(o, "icmp_code", icmp ? json_integer(p->port & 255) : json_null());
    json_object_set_new(o, "name", text_or_null(ptn_port_name(p)));
    json_object_set_new(o, "lines", number(p->lines));
    json_object_set_new(o, "sources", number_or_null(p->sources));
    return o;
}

static json_t *ports_json(const struct ptn_port_count *ports, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, port_json(&ports[i]));
    return a;
}

static json_t *suspect_json(const struct ptn_suspect *s)
{
    char addr[PTN_ADDR_TEXT];
    json_t *o = json_object();
    json_object_set_new(o, "address", json_string(ptn_addr_format(&s->addr, addr)));
    json_object_set_new(o, "prefix", json_integer(s->prefix));
    json_object_set_new(o, "lines", number(s->lines));
    json_object_set_new(o, "passed", number(s->passed));
    json_object_set_new(o, "sources", number(s->sources));
    json_object_set_new(o, "ports", number(s->ports));
    json_object_set_new(o, "first", time_or_null(s->first));
    json_object_set_new(o, "last", time_or_null(s->last));
    json_object_set_new(o, "interval", number_or_null(s->interval));
    json_object_set_new(o, "cause", json_string(ptn_cause_word(s->cause)));
    json_object_set_new(o, "name", text_or_null(s->name));
    json_object_set_new(o, "place", text_or_null(s->place));
    json_object_set_new(o, "note", text_or_null(s->note));
    return o;
}

static json_t *suspects_json(const struct ptn_suspect *suspects, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, suspect_json(&suspects[i]));
    return a;
}

static json_t *timeline_json(const struct ptn_paragraph *p)
{
    json_t *a = json_array();
    for (size_t i = 0; i < PTN_TIMELINE; i++)
        json_array_append_new(a, number(p->timeline[i]));
    return a;
}

static json_t *evidence_json(const struct ptn_paragraph *p)
{
    json_t *a = json_array();
    for (size_t i = 0; i < p->n_evidence; i++)
        json_array_append_new(a, ptn_json_text(p->evidence[i]));
    return a;
}

static json_t *paragraph_json(const struct ptn_paragraph *p)
{
    json_t *o = json_object();
    json_object_set_new(o, "cause", json_string(ptn_cause_word(p->cause)));
    json_object_set_new(o, "verdict", json_string(ptn_verdict_word(p->verdict)));
    json_object_set_new(o, "title", ptn_json_text(p->title));
    json_object_set_new(o, "why", text_or_null(p->why));
    json_object_set_new(o, "facts", text_or_null(p->facts));
    json_object_set_new(o, "do", text_or_null(p->act));
    json_object_set_new(o, "fix", text_or_null(p->fix));
    json_object_set_new(o, "lines", number(p->lines));
    json_object_set_new(o, "passed", number(p->passed));
    json_object_set_new(o, "sources", number(p->sources));
    json_object_set_new(o, "first", time_or_null(p->first));
    json_object_set_new(o, "last", time_or_null(p->last));
    json_object_set_new(o, "all_ports", json_integer(p->all_ports));
    json_object_set_new(o, "source_ports", json_boolean(p->source_ports));
    json_object_set_new(o, "ports", ports_json(p->ports, p->n_ports));
    json_object_set_new(o, "suspects", suspects_json(p->suspects, p->n_suspects));
    json_object_set_new(o, "timeline", timeline_json(p));
    json_object_set_new(o, "interfaces", text_or_null(p->ifaces));
    json_object_set_new(o, "rules", text_or_null(p->rules));
    json_object_set_new(o, "evidence", evidence_json(p));
    return o;
}

/* ---- the whole log ------------------------------------------------------------------------------------------------
 */

static json_t *quotes_json(const struct ptn_log_quote *quotes, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n && i < PTN_LOG_QUOTES; i++) {
        json_t *o = json_object();
        json_object_set_new(o, "file", ptn_json_text(quotes[i].file));
        json_object_set_new(o, "line", number_or_null(quotes[i].line));
        json_object_set_new(o, "text", ptn_json_text(quotes[i].text));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *log_json(const struct ptn_explained *e, const struct ptn_log_counts *c)
{
    static const struct ptn_log_counts none = {0};
    json_t *o = json_object();
    c = c ? c : &none;
    json_object_set_new(o, "files", number_or_null(c->files));
    json_object_set_new(o, "lines", number(c->lines));
    json_object_set_new(o, "packets", number(e->packets));
    json_object_set_new(o, "passed", number(e->passed));
    json_object_set_new(o, "dropped", number(e->dropped));
    json_object_set_new(o, "sources", number(e->sources));
    json_object_set_new(o, "first", time_or_null(e->first));
    json_object_set_new(o, "last", time_or_null(e->last));
    json_object_set_new(o, "begin", time_or_null(e->begin));
    json_object_set_new(o, "step", json_integer(e->step));
    json_object_set_new(o, "remarks", number(c->remarks));
    json_object_set_new(o, "broken", number(c->broken));
    json_object_set_new(o, "broken_samples", quotes_json(c->broken_quotes, c->n_broken_quotes));
    json_object_set_new(o, "unknown", number(c->unknown));
    json_object_set_new(o, "unknown_samples", quotes_json(c->unknown_quotes, c->n_unknown_quotes));
    json_object_set_new(o, "troubles", number(c->troubles));
    json_object_set_new(o, "stopped", json_boolean(c->stopped));
    return o;
}

static json_t *days_json(const struct ptn_explained *e)
{
    json_t *a = json_array();
    for (size_t i = 0; i < e->n_days; i++) {
        const struct ptn_day_count *d = &e->days[i];
        json_t *o = json_object();
        json_object_set_new(o, "day", time_or_null(d->day));
        json_object_set_new(o, "lines", number(d->lines));
        json_object_set_new(o, "dropped", number(d->dropped));
        json_object_set_new(o, "passed", number(d->passed));
        json_object_set_new(o, "worry", number(d->worry_lines));
        json_array_append_new(a, o);
    }
    return a;
}

json_t *ptn_explained_json(const struct ptn_explained *e, const struct ptn_log_counts *counts)
{
    json_t *items = json_array(), *top = json_object();
    for (size_t i = 0; i < e->n; i++)
        json_array_append_new(items, paragraph_json(&e->items[i]));
    json_object_set_new(top, "ports", ports_json(e->ports, e->n_ports));
    json_object_set_new(top, "sources", suspects_json(e->by_source, e->n_by_source));
    json_object_set_new(top, "networks", suspects_json(e->by_network, e->n_by_network));
    json_object_set_new(top, "days", days_json(e));
    json_t *doc = ptn_json_document("explain", items);
    json_object_set_new(doc, "log", log_json(e, counts));
    json_object_set_new(doc, "top", top);
    json_object_set_new(doc, "host", text_or_null(e->host));
    return doc;
}
