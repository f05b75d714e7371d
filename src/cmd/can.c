/* portolan can: who may reach a port through the packet filter, and by which rule. */
#include "can.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "report/json.h"
#include "wall/live.h"

#define WAYS_SHOWN 12

/* ---- the command line ----------------------------------------------------------------------------------------------
 */

/* An address or a prefix. Result: 0, -EINVAL if it is neither. */
static int parse_source(const char *word, uint8_t *family, struct ptn_ranges **ret)
{
    const char *slash = strchr(word, '/');
    size_t len = slash ? (size_t)(slash - word) : strlen(word);
    struct ptn_addr a;
    uint8_t lo[16], hi[16];
    if (ptn_addr_parse(&a, word, len) < 0)
        return -EINVAL;
    uint8_t width = ptn_addr_width(a.family);
    long prefix = slash ? ptn_number(slash + 1, strlen(slash + 1), width * 8) : width * 8;
    if (prefix < 0)
        return -EINVAL;
    ptn_addr_span(a.bytes, (unsigned)prefix, width, lo, hi);
    *family = a.family;
    *ret = ptn_ranges_of(width, lo, hi);
    return *ret ? 0 : -ENOMEM;
}

static bool is_address(const char *word)
{
    const char *slash = strchr(word, '/');
    struct ptn_addr a;
    return ptn_addr_parse(&a, word, slash ? (size_t)(slash - word) : strlen(word)) == 0;
}

static int add_port(struct ptn_can *c, struct ptn_can_port port)
{
    struct ptn_can_port *more = reallocarray(c->ports, c->n_ports + 1, sizeof(*more));
    if (!more)
        return ptn_complain(c->run, "out of memory");
    c->ports = more;
    c->ports[c->n_ports++] = port;
    return 0;
}

/* A number without a protocol means TCP and UDP; of a name's ports, too, only these are asked about. */
static int add_ports(struct ptn_can *c, const struct ptn_query *q)
{
    int status = 0;
    for (size_t i = 0; i < q->n && status == 0; i++) {
        const struct ptn_ports *p = &q->runs[i].ports;
        for (int proto = 0; proto < PTN_PROTO_PORTED && status == 0; proto++) {
            bool asked = p->proto >= 0 ? p->proto == proto : proto <= PTN_UDP;
            if (asked && !(q->runs[i].name && q->n > 1 && proto > PTN_UDP))
                status = add_port(c, (struct ptn_can_port){.proto = (enum ptn_proto)proto, .lo = p->lo, .hi = p->hi});
        }
    }
    return status;
}

/* "to ADDR": the words that take the next one with them. */
static const char **place_of(struct ptn_can *c, const char *word)
{
    const struct {
        const char *word;
        const char **to;
    } keys[] = {{"from", &c->from}, {"to", &c->to}, {"in", &c->in}, {"netns", &c->netns}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (strcmp(keys[i].word, word) == 0)
            return keys[i].to;
    return NULL;
}

static int read_word(struct ptn_can *c, struct ptn_query *q, struct ptn_chart **chart, const char *word)
{
    if (is_address(word)) {
        if (c->from)
            return ptn_complain(c->run, "one source at a time: %.60s, or %.60s? (a prefix may stand for many)", c->from,
                                word);
        c->from = word;
        return 0;
    }
    if (strcmp(word, "icmp") == 0 || strcmp(word, "ping") == 0)
        return add_port(c, (struct ptn_can_port){.echo = true});
    if (!*chart && ptn_run_chart(c->run, chart))
        return PTN_EXIT_TROUBLE;
    return ptn_query_add(q, c->run, *chart, word);
}

static int read_words(struct ptn_can *c)
{
    struct ptn_query q = {0};
    struct ptn_chart *chart = NULL;
    char **args = c->run->args;
    int n = c->run->n_args, status = 0;
    for (int i = 0; i < n && status == 0; i++) {
        const char **to = place_of(c, args[i]);
        if (to && i + 1 == n)
            status = ptn_complain(c->run, "\"%s\" what?", args[i]);
        else if (to)
            *to = args[++i];
        else
            status = read_word(c, &q, &chart, args[i]);
    }
    status = status ? status : add_ports(c, &q);
    ptn_query_release(&q);
    ptn_chart_close(chart);
    return status;
}

static int read_addresses(struct ptn_can *c)
{
    uint8_t family = 0;
    if (c->from && parse_source(c->from, &c->family, &c->sources) < 0)
        return ptn_complain(c->run, "from \"%.60s\": this is no address and no prefix", c->from);
    if (c->to && parse_source(c->to, &family, &c->dests) < 0)
        return ptn_complain(c->run, "to \"%.60s\": this is no address and no prefix", c->to);
    if (c->from && c->to && family != c->family)
        return ptn_complain(c->run, "%.60s cannot send to %.60s: one is IPv4, the other IPv6", c->from, c->to);
    c->family = c->family ? c->family : family;
    if (c->n_ports == 0 && !c->run->value[PTN_OPT_MATRIX])
        return ptn_complain(c->run, "what port? (portolan can %.60s 22/tcp)", c->from ? c->from : "203.0.113.9");
    if (c->run->value[PTN_OPT_MATRIX] && (c->from || c->to))
        return ptn_complain(c->run, "--matrix is from every place to every socket: it takes no address");
    return 0;
}

/* ---- reading -------------------------------------------------------------------------------------------------------
 */

static int choose_netns(struct ptn_can *c)
{
    for (size_t i = 0; i < c->host->n_netns && c->netns; i++) {
        const struct ptn_netns *ns = &c->host->netns[i];
        if (strcmp(ns->name, c->netns) == 0 || (*ns->container && strcmp(ns->container, c->netns) == 0))
            c->ns = ns;
    }
    if (!c->netns && c->host->n_netns)
        c->ns = &c->host->netns[0];
    if (c->ns)
        return 0;
    if (c->host->n_blind == 0)
        return ptn_complain(c->run, "there is no network namespace \"%.60s\" here", c->netns ? c->netns : "");
    ptn_say(c->run, "there is no network namespace \"%.60s\" here that could be seen: root sees more",
            c->netns ? c->netns : "");
    return PTN_EXIT_BLIND;
}

static int choose_iface(struct ptn_can *c)
{
    char list[400] = "";
    size_t at = 0;
    if (!c->in)
        return 0;
    for (size_t i = 0; i < c->ns->n_ifaces && at < sizeof(list); i++) {
        if (strcmp(c->ns->ifaces[i].name, c->in) == 0)
            return 0;
        at += (size_t)snprintf(list + at, sizeof(list) - at, " %s", c->ns->ifaces[i].name);
    }
    return ptn_complain(c->run, "there is no interface \"%.20s\" here; there are:%s", c->in, list);
}

static int read_machine(struct ptn_can *c)
{
    bool matrix = c->run->value[PTN_OPT_MATRIX];
    struct ptn_host_opts opts = {.no_owners = true, .this_netns = !c->netns};
    struct ptn_err err;
    if (!matrix) /* interfaces and routes are wanted, and of sockets the fewest */
        opts.protos = 1u << PTN_RAW;
    if (ptn_host_read(&c->host, &opts, &err) < 0)
        return ptn_complain(c->run, "%s", err.text);
    int status = choose_netns(c);
    status = status ? status : choose_iface(c);
    if (status)
        return status;
    int r = ptn_terrain_new(&c->terrain, c->ns);
    r = r < 0 ? r : ptn_places_of(&c->places, c->ns);
    return r < 0 ? ptn_can_failed(c, r) : 0;
}

/* What the kernel does not show leaves the question open; a file that cannot be read is trouble. */
static int read_wall(struct ptn_can *c)
{
    const char *file = c->run->value[PTN_OPT_RULESET];
    struct ptn_door door = {.net = c->ns->door};
    struct ptn_err err = {""};
    int r = file ? ptn_wall_read_file(&c->wall, file, &err) : ptn_wall_read_live(&c->wall, &door, &err);
    if (r < 0 && file)
        return ptn_complain(c->run, "%s", err.text);
    if (r < 0)
        ptn_say(c->run, "%s", *err.text ? err.text : strerror(-r));
    return r < 0 ? PTN_EXIT_BLIND : 0;
}

int ptn_can_failed(struct ptn_can *c, int r)
{
    if (r != -E2BIG)
        return ptn_complain(c->run, "%s", strerror(-r));
    ptn_say(c->run, "the question falls into too many pieces: ask about fewer addresses or ports");
    return PTN_EXIT_BLIND;
}

/* ---- the answer to a source
 * ------------------------------------------------------------------------------------------ */

static void print_asked(const struct ptn_can *c, struct ptn_out *out, const struct ptn_can_ask *a)
{
    char from[256], to[256];
    ptn_ranges_text(a->flow.field[PTN_PKT_SADDR], true, from, sizeof(from));
    ptn_ranges_text(a->flow.field[PTN_PKT_DADDR], true, to, sizeof(to));
    fprintf(out->file, "%s to %s, ", from, to);
    if (a->in)
        fprintf(out->file, "in by ");
    ptn_out_text(out, PTN_TONE_PLAIN, a->in ? a->in : "made here");
    fprintf(out->file, "%s%s%s\n", a->place && a->in ? " (" : "",
            a->place && a->in ? ptn_rung_word(a->place->rung) : "", a->place && a->in ? ")" : "");
    if (c->ns->routes_partial && !c->in && a->in)
        fprintf(out->file, "(the interface after the main routing table; ip rule has others)\n");
}

static int print_part(struct ptn_out *out, const struct ptn_part *p, bool apart)
{
    char fate[PTN_FATE_TEXT], only[PTN_PART_TEXT];
    ptn_part_text(p, only);
    if (apart) {
        ptn_out_text(out, PTN_TONE_STRONG, ptn_fate_text(p->outcome, fate));
        ptn_out_text(out, PTN_TONE_PLAIN, *only ? "  " : "");
        ptn_out_text(out, PTN_TONE_PLAIN, only);
        fputc('\n', out->file);
    }
    return ptn_way_print(out, p->outcome);
}

static void print_lost(const struct ptn_can_reply *reply, struct ptn_out *out)
{
    char text[256];
    if (reply->lost)
        fprintf(out->file, "no route leads back to %s: say by which interface it comes (in IFACE)\n",
                ptn_ranges_text(reply->lost, true, text, sizeof(text)));
}

static const char *first_word(const struct ptn_can_reply *reply, char fate[static PTN_FATE_TEXT])
{
    if (reply->lost && reply->parts.n == 0)
        return "unknown";
    const char *same = reply->lost ? NULL : ptn_parts_fate(&reply->parts, fate);
    return same ? same : reply->parts.n ? "depends" : "unknown";
}

/* The parts of one ask, from *at on. */
static int print_parts(struct ptn_out *out, const struct ptn_can_reply *reply, const struct ptn_can_ask *a, size_t *at,
                       bool one_fate)
{
    const struct ptn_part *parts = reply->parts.items;
    size_t first = *at, n = 0;
    int r = 0;
    while (first + n < reply->parts.n && parts[first + n].question == &a->flow)
        n++;
    for (size_t i = 0; i < n && i < WAYS_SHOWN && r == 0; i++)
        r = print_part(out, &parts[first + i], n > 1 || !one_fate);
    if (n > WAYS_SHOWN)
        fprintf(out->file, "and %zu more ways (-J has them all)\n", n - WAYS_SHOWN);
    *at = first + n;
    return r;
}

static int print_reply(const struct ptn_can *c, struct ptn_out *out, const struct ptn_can_port *port,
                       const struct ptn_can_reply *reply)
{
    char fate[PTN_FATE_TEXT], text[24];
    const char *word = first_word(reply, fate);
    int r = 0;
    if (c->n_ports > 1)
        fprintf(out->file, "%s: ", ptn_can_port_text(port, text));
    ptn_out_text(out, PTN_TONE_STRONG, word);
    fputc('\n', out->file);
    print_lost(reply, out);
    for (size_t i = 0, k = 0; i < reply->n && r == 0; i++) {
        if (i)
            fputc('\n', out->file);
        print_asked(c, out, &reply->asks[i]);
        r = print_parts(out, reply, &reply->asks[i], &k, word == fate);
    }
    return r;
}

static int answer_port(struct ptn_can *c, struct ptn_out *out, const struct ptn_can_port *port, json_t *list)
{
    struct ptn_can_reply reply;
    int r = ptn_can_ask_sources(c, port, &reply);
    if (r == 0) {
        ptn_can_count(c, &reply);
        if (list)
            r = ptn_can_json(list, c, port, &reply);
        else
            r = print_reply(c, out, port, &reply);
    }
    ptn_can_reply_release(&reply);
    return r;
}

static int answer_source(struct ptn_can *c, json_t *list)
{
    struct ptn_out out;
    int r = 0;
    ptn_out_init(&out, stdout, c->run->value[PTN_OPT_COLOR]);
    for (size_t i = 0; i < c->n_ports && r == 0; i++) {
        if (i && !list)
            fputc('\n', stdout);
        r = answer_port(c, &out, &c->ports[i], list);
    }
    return r < 0 ? ptn_can_failed(c, r) : PTN_EXIT_OK;
}

/* ---- all of it
 * ------------------------------------------------------------------------------------------------------- */

static int print_json(const struct ptn_can *c, json_t *list)
{
    json_t *doc = ptn_json_document("can", list), *unjudged = json_array();
    for (size_t i = 0; i < c->wall->n_unjudged; i++)
        json_array_append_new(unjudged, ptn_json_text(c->wall->unjudged[i]));
    json_object_set_new(doc, "unjudged", unjudged);
    return ptn_json_print(stdout, doc) < 0 ? ptn_complain(c->run, "standard output: %s", strerror(errno)) : 0;
}

static int answer(struct ptn_can *c)
{
    json_t *list = c->run->value[PTN_OPT_JSON] ? json_array() : NULL;
    bool matrix = c->run->value[PTN_OPT_MATRIX];
    int status = matrix ? ptn_can_matrix(c, list) : c->sources ? answer_source(c, list) : ptn_can_table(c, list);
    if (status == PTN_EXIT_OK && list)
        status = print_json(c, list);
    else
        json_decref(list);
    if (status)
        return status;
    struct ptn_out out = {.file = stdout};
    bool only_table = c->run->value[PTN_OPT_RAW] || c->run->value[PTN_OPT_NO_HEADINGS] || c->run->value[PTN_OPT_OUTPUT];
    for (size_t i = 0; !list && !only_table && i < c->wall->n_unjudged; i++) {
        fputs("not judged: ", stdout);
        ptn_out_put(&out, c->wall->unjudged[i], strlen(c->wall->unjudged[i]));
        fputc('\n', stdout);
    }
    if (matrix)
        return c->unknown ? PTN_EXIT_BLIND : PTN_EXIT_OK;
    if (c->refused)
        return PTN_EXIT_WORRY;
    return c->unknown || !c->accepted ? PTN_EXIT_BLIND : PTN_EXIT_OK;
}

int ptn_cmd_can(struct ptn_run *run)
{
    struct ptn_can c = {.run = run};
    int status = read_words(&c);
    status = status ? status : read_addresses(&c);
    status = status ? status : read_machine(&c);
    status = status ? status : read_wall(&c);
    status = status ? status : answer(&c);
    ptn_places_release(&c.places);
    ptn_terrain_free(c.terrain);
    ptn_wall_free(c.wall);
    ptn_host_free(c.host);
    ptn_ranges_unref(c.sources);
    ptn_ranges_unref(c.dests);
    free(c.ports);
    return status;
}
