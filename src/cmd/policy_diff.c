/* portolan policy diff: packets whose fate differs between two rulesets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge/check.h"
#include "policy.h"
#include "report/check.h"
#include "wall/diff.h"
#include "wall/example.h"
#include "wall/live.h"
#include "wall/places.h"

/* ---- the questions -------------------------------------------------------------------------------------------------
 */

struct sides {
    const struct ptn_wall *wall[2];
    struct ptn_answers answers[2];
    struct ptn_terrain *terrain;
    struct ptn_places places;
    struct ptn_changes changes;
};

/* New connections of every protocol, and the packets of those that stand. */
static int ask(struct sides *s, const struct ptn_place *place, uint8_t state)
{
    struct ptn_flow q;
    int r = ptn_place_flow(&q, place, 0);
    if (r < 0)
        return r;
    if (state != 8) {
        r = ptn_flow_put_number(&q, PTN_PKT_CT_STATE, state, state);
        r = r < 0 ? r : ptn_flow_put_number(&q, PTN_PKT_TCPFLAGS, 16, 16);
    }
    for (int i = 0; i < 2 && r == 0; i++)
        r = ptn_wall_ask(s->wall[i], s->terrain, &q, &s->answers[i]);
    ptn_flow_release(&q);
    return r;
}

static int compare(struct sides *s, const struct ptn_netns *ns)
{
    int r = ptn_terrain_new(&s->terrain, ns);
    r = r < 0 ? r : ptn_places_of(&s->places, ns);
    for (size_t i = 0; i < s->places.n && r == 0; i++) {
        r = ask(s, &s->places.items[i], 8);
        r = r < 0 ? r : ask(s, &s->places.items[i], 2);
    }
    for (int i = 0; i < 2 && r == 0; i++)
        r = ptn_answers_settle(&s->answers[i]);
    return r < 0 ? r : ptn_answers_diff(&s->changes, &s->answers[0], &s->answers[1]);
}

static void release(struct sides *s)
{
    ptn_changes_release(&s->changes);
    ptn_answers_release(&s->answers[0]);
    ptn_answers_release(&s->answers[1]);
    ptn_places_release(&s->places);
    ptn_terrain_free(s->terrain);
}

/* ---- what differs
 * ----------------------------------------------------------------------------------------------------- */

enum { COL_BEFORE, COL_AFTER, COL_EXAMPLE, COL_PORTS, COL_RULE_BEFORE, COL_RULE_AFTER };

static const struct ptn_column columns[] = {
    {"BEFORE", "their fate in the first", true, false, false},
    {"AFTER", "their fate in the second", true, false, false},
    {"EXAMPLE", "one of these packets", true, false, false},
    {"PORTS", "all their ports", true, false, false},
    {"RULE-BEFORE", "what decides in the first", false, false, false},
    {"RULE-AFTER", "what decides in the second", true, true, false},
    {NULL, NULL, false, false, false},
};

/* Changes between the same two rules are one row. */
struct row {
    const struct ptn_change *change; /* the one from farthest away, of TCP if there is one */
    struct ptn_ranges *tcp, *udp;
    bool has_tcp, others; /* other protocols, too */
};

static void what_decides(const struct ptn_outcome *o, const struct ptn_chain **chain, const struct ptn_rule **rule)
{
    struct ptn_step room;
    const struct ptn_step *s = ptn_deciding_step(o, &room);
    *rule = s ? s->rule : NULL;
    *chain = s ? s->chain : NULL;
}

static bool same_rule(const struct ptn_outcome *a, const struct ptn_outcome *b)
{
    const struct ptn_chain *c[2];
    const struct ptn_rule *r[2];
    what_decides(a, &c[0], &r[0]);
    what_decides(b, &c[1], &r[1]);
    return a->answer == b->answer && c[0] == c[1] && r[0] == r[1];
}

static void unite(struct ptn_ranges **into, const struct ptn_ranges *more)
{
    struct ptn_ranges *sum = more && *into ? ptn_ranges_unite(*into, more) : NULL;
    if (sum) {
        ptn_ranges_unref(*into);
        *into = sum;
    }
}

static void add_to_row(struct row *row, const struct ptn_change *c)
{
    const struct ptn_ranges *proto = c->box.field[PTN_PKT_L4PROTO], *ports = c->box.field[PTN_PKT_DPORT];
    static const uint8_t tcp = 6, udp = 17;
    bool has_tcp = !proto || ptn_ranges_has(proto, &tcp), has_udp = !proto || ptn_ranges_has(proto, &udp);
    if (!row->change || has_tcp || !row->has_tcp)
        row->change = c;
    row->has_tcp |= has_tcp;
    if (has_tcp)
        unite(&row->tcp, ports);
    if (has_udp)
        unite(&row->udp, ports);
    row->others |= !proto || ptn_ranges_count(proto) > has_tcp + has_udp;
}

/* Changes come from the nearest place to the farthest. NULL when out of memory. */
static struct row *make_rows(const struct ptn_changes *changes, size_t *ret_n)
{
    struct row *rows = calloc(changes->n ? changes->n : 1, sizeof(*rows));
    size_t n = 0;
    for (size_t i = 0; rows && i < changes->n; i++) {
        const struct ptn_change *c = &changes->items[i];
        size_t k = 0;
        while (k < n && (!same_rule(rows[k].change->a, c->a) || !same_rule(rows[k].change->b, c->b)))
            k++;
        if (k == n) {
            rows[n].tcp = ptn_ranges_none(2);
            rows[n++].udp = ptn_ranges_none(2);
        }
        add_to_row(&rows[k], c);
    }
    *ret_n = n;
    return rows;
}

/* "0-21/tcp 23-65535/tcp", at most three of a protocol. */
static size_t say_ports(const struct ptn_ranges *r, const char *suffix, char *out, size_t size)
{
    size_t at = 0;
    *out = '\0';
    for (uint32_t i = 0; r && i < r->n && i < 3 && at < size; i++) {
        const uint8_t *lo = ptn_ranges_lo(r, i), *hi = ptn_ranges_hi(r, i);
        int a = lo[0] << 8 | lo[1], b = hi[0] << 8 | hi[1];
        at += (size_t)snprintf(out + at, size - at, a == b ? "%s%d" : "%s%d-%d", i ? " " : "", a, b);
        at += at < size ? (size_t)snprintf(out + at, size - at, "%s", suffix) : 0;
    }
    if (r && r->n > 3 && at < size)
        at += (size_t)snprintf(out + at, size - at, " and %u more", r->n - 3);
    return at < size ? at : size - 1;
}

static void say_all_ports(const struct row *row, char *out, size_t size)
{
    size_t at = say_ports(row->tcp, "/tcp", out, size);
    if (at && row->udp && row->udp->n && at < size - 2)
        out[at++] = ' ';
    at += say_ports(row->udp, "/udp", out + at, size - at);
    if (row->others)
        snprintf(out + at, size - at, "%sother protocols", at ? ", " : "");
}

static void say_fate(const struct ptn_outcome *o, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s", ptn_answer_word(o->answer), o->reject_with ? " " : "",
             o->reject_with ? o->reject_with : "");
}

static void put_row(struct ptn_table *t, const struct row *row)
{
    const struct ptn_change *c = row->change;
    char text[PTN_CHECK_RULE_TEXT], example[PTN_EXAMPLE_TEXT];
    say_fate(c->a, text, sizeof(text));
    ptn_table_cell(t, COL_BEFORE, PTN_TONE_PLAIN, text);
    say_fate(c->b, text, sizeof(text));
    ptn_table_cell(t, COL_AFTER, c->b->answer == PTN_ANSWER_ACCEPT ? PTN_TONE_CARE : PTN_TONE_PLAIN, text);
    ptn_table_cell(t, COL_EXAMPLE, PTN_TONE_STRONG, ptn_box_example(&c->box, example));
    say_all_ports(row, text, sizeof(text));
    ptn_table_cell(t, COL_PORTS, PTN_TONE_PLAIN, text);
    ptn_table_cell(t, COL_RULE_BEFORE, PTN_TONE_PLAIN, ptn_check_deciding(c->a, text));
    ptn_table_cell(t, COL_RULE_AFTER, PTN_TONE_PLAIN, ptn_check_deciding(c->b, text));
}

static int print_table(struct ptn_run *run, const struct ptn_changes *changes)
{
    struct ptn_out out;
    struct ptn_table *t;
    size_t n;
    if (ptn_run_table(run, columns, &out, &t))
        return PTN_EXIT_TROUBLE;
    struct row *rows = make_rows(changes, &n);
    for (size_t i = 0; rows && i < n; i++) {
        if (ptn_table_row(t) == 0)
            put_row(t, &rows[i]);
        ptn_ranges_unref(rows[i].tcp);
        ptn_ranges_unref(rows[i].udp);
    }
    ptn_table_close(t, NULL, NULL);
    int status = rows ? 0 : ptn_complain(run, "out of memory");
    free(rows);
    return status;
}

static json_t *fate_json(const struct ptn_outcome *o)
{
    const struct ptn_chain *chain;
    const struct ptn_rule *rule;
    json_t *j = json_object();
    what_decides(o, &chain, &rule);
    json_object_set_new(j, "answer", json_string(ptn_answer_word(o->answer)));
    json_object_set_new(j, "reject_with", o->reject_with ? ptn_json_text(o->reject_with) : json_null());
    json_object_set_new(j, "by", ptn_check_json_rule(chain, rule));
    return j;
}

static int print_json(struct ptn_run *run, const struct ptn_changes *changes)
{
    json_t *list = json_array();
    char text[PTN_EXAMPLE_TEXT];
    for (size_t i = 0; i < changes->n; i++) {
        const struct ptn_change *c = &changes->items[i];
        json_t *o = json_object();
        json_object_set_new(o, "example", ptn_json_text(ptn_box_example(&c->box, text)));
        json_object_set_new(o, "before", fate_json(c->a));
        json_object_set_new(o, "after", fate_json(c->b));
        json_array_append_new(list, o);
    }
    int r = ptn_json_print(stdout, ptn_json_document("changes", list));
    return r < 0 ? ptn_complain(run, "standard output: %s", strerror(-r)) : 0;
}

/* ---- the command
 * -------------------------------------------------------------------------------------------------------- */

static int diff(struct ptn_run *run, struct ptn_wall *const walls[2])
{
    const struct ptn_host_opts opts = {.no_owners = true, .this_netns = true};
    struct sides s = {.wall = {walls[0], walls[1]}};
    struct ptn_host *host;
    struct ptn_err err = {""};
    int status, r = ptn_host_read(&host, &opts, &err);
    if (r < 0)
        return ptn_complain(run, "%s", err.text);
    const struct ptn_netns *ns = ptn_policy_netns(host);
    r = ns ? compare(&s, ns) : -ENOENT;
    if (r < 0)
        status = ptn_complain(run, "%s", r == -E2BIG ? "the rulesets fall into too many cases" : strerror(-r));
    else
        status = run->value[PTN_OPT_JSON] ? print_json(run, &s.changes)
                 : s.changes.n            ? print_table(run, &s.changes)
                                          : (printf("every packet has the same fate in both\n"), 0);
    status = status ? status : s.changes.n ? PTN_EXIT_WORRY : PTN_EXIT_OK;
    release(&s);
    ptn_host_free(host);
    return status;
}

static int read_wall(struct ptn_run *run, const char *path, struct ptn_wall **ret)
{
    struct ptn_err err = {""};
    bool live = strcmp(path, "live") == 0;
    int r = live ? ptn_wall_read_live(ret, NULL, &err) : ptn_wall_read_file(ret, path, &err);
    if (r == 0)
        return 0;
    if (!live)
        return ptn_complain(run, "%s", *err.text ? err.text : strerror(-r));
    ptn_say(run, "%s", *err.text ? err.text : strerror(-r));
    return PTN_EXIT_BLIND;
}

int ptn_policy_verb_diff(struct ptn_run *run)
{
    struct ptn_wall *walls[2] = {NULL, NULL};
    int status = read_wall(run, run->args[0], &walls[0]);
    status = status ? status : read_wall(run, run->args[1], &walls[1]);
    status = status ? status : diff(run, walls);
    ptn_wall_free(walls[0]);
    ptn_wall_free(walls[1]);
    return status;
}
