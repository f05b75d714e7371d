/* --top: the log by ports, sources, networks and days, as tables. */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "explain.h"
#include "explain_words.h"
#include "table.h"

static const char *const top_words[PTN_TOP_OF_COUNT] = {
#define X(id, word) [PTN_TOP_OF_##id] = word,
    PTN_TOPS(X)
#undef X
};

int ptn_top_parse(const char *word, struct ptn_err *err)
{
    for (int i = 0; i < PTN_TOP_OF_COUNT; i++)
        if (strcmp(word, top_words[i]) == 0)
            return i;
    return ptn_fail(err, -EINVAL, "there is no top of \"%.40s\"; there are: ports sources networks days", word);
}

struct sheet {
    struct ptn_table *table;
    const struct ptn_explained *e;
    const struct ptn_explain_style *style;
};

static int open_table(struct sheet *s, struct ptn_out *o, const struct ptn_column *columns, struct ptn_err *err)
{
    const struct ptn_explain_style *style = s->style;
    return ptn_table_open(&s->table, columns, style->columns, o, style->raw, style->no_headings, err);
}

/* For people with separators, for programs without. */
static void put_number(const struct sheet *s, unsigned column, uint64_t n)
{
    char text[PTN_COUNT_TEXT];
    if (s->style->raw)
        snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
    else
        ptn_count_text(n, text);
    ptn_table_cell(s->table, column, n ? PTN_TONE_PLAIN : PTN_TONE_FAINT, text);
}

static void put_share(const struct sheet *s, unsigned column, uint64_t lines)
{
    char text[16];
    double share = s->e->packets ? 100.0 * (double)lines / (double)s->e->packets : 0;
    snprintf(text, sizeof(text), share >= 0.05 ? "%.1f" : "<0.1", share);
    ptn_table_cell(s->table, column, PTN_TONE_FAINT, s->style->raw && share < 0.05 ? "0.0" : text);
}

/* UTC for programs, the local clock for people. */
static void put_time(const struct sheet *s, unsigned column, uint32_t second)
{
    char text[PTN_SPAN_TEXT];
    if (second == 0)
        return;
    if (s->style->raw)
        ptn_utc_text((int64_t)second * 1000000, text);
    else
        ptn_minute_text(second, text);
    ptn_table_cell(s->table, column, PTN_TONE_PLAIN, text);
}

#define BAR 32 /* columns */

static void put_bar(const struct sheet *s, unsigned column, uint64_t lines, uint64_t most)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    char text[BAR * 3 + 4] = "", *at = text;
    unsigned parts = most ? (unsigned)((double)lines / (double)most * BAR * 8) : 0;
    if (s->style->raw)
        return;
    if (!s->style->blocks) {
        memset(text, '#', (parts + 7) / 8);
        text[(parts + 7) / 8] = '\0';
    } else {
        for (unsigned i = 0; i < parts / 8; i++, at += 3)
            memcpy(at, "█", 4);
        memcpy(at, eighths[lines && parts == 0 ? 1 : parts % 8], lines && (parts % 8 || parts == 0) ? 4 : 1);
    }
    ptn_table_cell(s->table, column, PTN_TONE_PLAIN, text);
}

/* ---- ports ---------------------------------------------------------------------------------------------------- */

enum { PORT_PORT, PORT_SERVICE, PORT_LINES, PORT_SHARE, PORT_SOURCES, PORT_BAR, PORT_PROTO, PORT_NUMBER, PORT_COUNT };

static const struct ptn_column port_columns[PORT_COUNT + 1] = {
    {"PORT", "port and protocol", true, false, false},
    {"SERVICE", "the chart's best name; a number proves nothing", true, false, false},
    {"LINES", "lines about it", true, false, true},
    {"SHARE", "of all packets, in percent", true, false, true},
    {"SOURCES", "who tried it", true, false, true},
    {"BAR", "its lines as a bar", true, false, false},
    {"PROTO", "protocol", false, false, false},
    {"NUMBER", "port alone; of ICMP the type", false, false, true},
    {NULL, NULL, false, false, false},
};

static int print_ports(struct sheet *s, struct ptn_out *o, struct ptn_err *err)
{
    int r = open_table(s, o, port_columns, err);
    for (size_t i = 0; r == 0 && i < s->e->n_ports && ptn_table_row(s->table) == 0; i++) {
        const struct ptn_port_count *p = &s->e->ports[i];
        char text[PTN_PORT_TEXT];
        ptn_table_cell(s->table, PORT_PORT, PTN_TONE_STRONG, ptn_port_text(p, text));
        ptn_table_cell(s->table, PORT_SERVICE, PTN_TONE_PLAIN, ptn_port_name(p));
        put_number(s, PORT_LINES, p->lines);
        put_share(s, PORT_SHARE, p->lines);
        if (p->sources)
            put_number(s, PORT_SOURCES, p->sources);
        put_bar(s, PORT_BAR, p->lines, s->e->ports[0].lines);
        ptn_table_cell(s->table, PORT_PROTO, PTN_TONE_PLAIN, ptn_ip_proto_text(p->proto, text));
        snprintf(text, sizeof(text), "%u", ptn_is_icmp(p->proto) ? p->port >> 8 : p->port);
        ptn_table_cell(s->table, PORT_NUMBER, PTN_TONE_PLAIN, text);
    }
    if (r == 0)
        ptn_table_close(s->table, NULL, NULL);
    return r;
}

/* ---- sources and networks -----------------------------------------------------------------------------------------
 */

enum {
    WHO_ADDRESS,
    WHO_LINES,
    WHO_SHARE,
    WHO_SOURCES,
    WHO_PORTS,
    WHO_PASSED,
    WHO_FIRST,
    WHO_LAST,
    WHO_CAUSE,
    WHO_NAME,
    WHO_PLACE,
    WHO_EVERY,
    WHO_NOTE,
    WHO_COUNT
};

static const struct ptn_column who_columns[WHO_COUNT + 1] = {
    {"ADDRESS", "who", true, false, false},
    {"LINES", "lines from there", true, false, true},
    {"SHARE", "of all packets, in percent", false, false, true},
    {"SOURCES", "addresses", false, false, true},
    {"PORTS", "about how many it tried", true, false, true},
    {"PASSED", "lines that were let in", true, false, true},
    {"FIRST", "first line", false, false, false},
    {"LAST", "last line", true, false, false},
    {"CAUSE", "of most of its lines", true, false, false},
    {"NAME", "from the list of --known", false, false, false},
    {"PLACE", "country and network", false, false, false},
    {"EVERY", "seconds, of a regular one", false, false, true},
    {"NOTE", "what else is to be said", false, true, false},
    {NULL, NULL, false, false, false},
};

static void fill_row(const struct sheet *s, const struct ptn_suspect *w)
{
    char text[PTN_SUSPECT_TEXT];
    ptn_table_cell(s->table, WHO_ADDRESS, PTN_TONE_STRONG, ptn_suspect_text(w, text));
    put_number(s, WHO_LINES, w->lines);
    put_share(s, WHO_SHARE, w->lines);
    put_number(s, WHO_SOURCES, w->sources);
    put_number(s, WHO_PORTS, w->ports);
    put_number(s, WHO_PASSED, w->passed);
    put_time(s, WHO_FIRST, w->first);
    put_time(s, WHO_LAST, w->last);
    ptn_table_cell(s->table, WHO_CAUSE, ptn_tone_of_verdict(ptn_cause_text(w->cause).verdict),
                   ptn_cause_word(w->cause));
    ptn_table_cell(s->table, WHO_NAME, PTN_TONE_PLAIN, w->name);
    ptn_table_cell(s->table, WHO_PLACE, PTN_TONE_PLAIN, w->place);
    if (w->interval)
        put_number(s, WHO_EVERY, w->interval);
    ptn_table_cell(s->table, WHO_NOTE, PTN_TONE_PLAIN, w->note);
}

static int print_suspects(struct sheet *s, struct ptn_out *o, const struct ptn_suspect *suspects, size_t n,
                          bool networks, struct ptn_err *err)
{
    struct ptn_column columns[WHO_COUNT + 1];
    memcpy(columns, who_columns, sizeof(columns));
    columns[WHO_ADDRESS].name = networks ? "NETWORK" : "ADDRESS";
    columns[WHO_SOURCES].shown = networks;
    for (size_t i = 0; i < n; i++) { /* what nobody has costs no room */
        columns[WHO_NAME].shown |= suspects[i].name && *suspects[i].name;
        columns[WHO_PLACE].shown |= suspects[i].place && *suspects[i].place;
    }
    int r = open_table(s, o, columns, err);
    for (size_t i = 0; r == 0 && i < n && ptn_table_row(s->table) == 0; i++)
        fill_row(s, &suspects[i]);
    if (r == 0)
        ptn_table_close(s->table, NULL, NULL);
    return r;
}

static int print_sources(struct sheet *s, struct ptn_out *o, struct ptn_err *err)
{
    return print_suspects(s, o, s->e->by_source, s->e->n_by_source, false, err);
}

static int print_networks(struct sheet *s, struct ptn_out *o, struct ptn_err *err)
{
    return print_suspects(s, o, s->e->by_network, s->e->n_by_network, true, err);
}

/* ---- days ------------------------------------------------------------------------------------------------------- */

enum { DAY_DAY, DAY_LINES, DAY_DROPPED, DAY_PASSED, DAY_WORRY, DAY_BAR, DAY_COUNT };

static const struct ptn_column day_columns[DAY_COUNT + 1] = {
    {"DAY", "in UTC", true, false, false},
    {"LINES", "lines about packets", true, false, true},
    {"DROPPED", "dropped, rejected, or without a word", true, false, true},
    {"PASSED", "let in", true, false, true},
    {"WORRY", "about how many belong to a cause to worry about", true, false, true},
    {"BAR", "its lines as a bar", true, false, false},
    {NULL, NULL, false, false, false},
};

static int print_days(struct sheet *s, struct ptn_out *o, struct ptn_err *err)
{
    uint64_t most = 0;
    int r = open_table(s, o, day_columns, err);
    for (size_t i = 0; i < s->e->n_days; i++)
        most = s->e->days[i].lines > most ? s->e->days[i].lines : most;
    for (size_t i = 0; r == 0 && i < s->e->n_days && ptn_table_row(s->table) == 0; i++) {
        const struct ptn_day_count *d = &s->e->days[i];
        char text[PTN_UTC_TEXT];
        ptn_utc_text((int64_t)d->day * 1000000, text);
        text[strcspn(text, "T")] = '\0';
        ptn_table_cell(s->table, DAY_DAY, PTN_TONE_STRONG, text);
        put_number(s, DAY_LINES, d->lines);
        put_number(s, DAY_DROPPED, d->dropped);
        put_number(s, DAY_PASSED, d->passed);
        put_number(s, DAY_WORRY, d->worry_lines);
        put_bar(s, DAY_BAR, d->lines, most);
    }
    if (r == 0)
        ptn_table_close(s->table, NULL, NULL);
    return r;
}

int ptn_explained_top(struct ptn_out *o, const struct ptn_explained *e, enum ptn_top top,
                      const struct ptn_explain_style *style, struct ptn_err *err)
{
    static int (*const prints[PTN_TOP_OF_COUNT])(struct sheet *, struct ptn_out *, struct ptn_err *) = {
        [PTN_TOP_OF_PORTS] = print_ports,
        [PTN_TOP_OF_SOURCES] = print_sources,
        [PTN_TOP_OF_NETWORKS] = print_networks,
        [PTN_TOP_OF_DAYS] = print_days,
    };
    struct sheet s = {.e = e, .style = style};
    return prints[top](&s, o, err);
}
