#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { COL_VERDICT, COL_REMARK, COL_WHAT, COL_FROM, COL_WHO, COL_RULE, COL_PORTS, COL_IP, COL_TEXT };

const struct ptn_column ptn_check_columns[] = {
    {"VERDICT", "how bad it is", true, false, false},
    {"REMARK", "what kind of remark", true, false, false},
    {"WHAT", "the service, or what it is about", true, false, false},
    {"FROM", "from where: rung and interface", true, false, false},
    {"WHO", "which peers there", true, false, false},
    {"RULE", "the rule that decides", true, true, false},
    {"PORTS", "the ports of the service", false, false, false},
    {"IP", "4, 6 or both", false, false, false},
    {"TEXT", "the remark as a sentence", false, true, false},
    {NULL, NULL, false, false, false},
};

struct check_under {
    struct ptn_out *out;
    const struct ptn_remarks *remarks;
};

static void print_under(void *ctx, size_t row)
{
    const struct check_under *u = ctx;
    const struct ptn_remark *m = &u->remarks->items[row];
    ptn_out_item(u->out, "", m->text);
    if (m->has_service && m->level > PTN_VERDICT_BLIND)
        ptn_out_item(u->out, "do", ptn_service_do(m->claim.service));
}

static void put_row(struct ptn_table *t, const struct ptn_remark *m)
{
    char rule[PTN_CHECK_RULE_TEXT], from[64] = "";
    if (m->iif)
        snprintf(from, sizeof(from), "%s by %.20s", ptn_rung_word(m->rung), m->iif);
    if (ptn_table_row(t) < 0)
        return;
    ptn_table_cell(t, COL_VERDICT, ptn_tone_of_verdict(m->level), ptn_verdict_word(m->level));
    ptn_table_cell(t, COL_REMARK, PTN_TONE_PLAIN, ptn_remark_word(m->kind));
    ptn_table_cell(t, COL_WHAT, PTN_TONE_STRONG, m->what);
    ptn_table_cell(t, COL_FROM, PTN_TONE_PLAIN, from);
    ptn_table_cell(t, COL_WHO, PTN_TONE_PLAIN, m->peers);
    ptn_table_cell(t, COL_RULE, PTN_TONE_PLAIN, m->chain ? ptn_check_rule(m->chain, m->rule, rule) : "");
    ptn_table_cell(t, COL_PORTS, PTN_TONE_PLAIN, m->ports);
    ptn_table_cell(t, COL_IP, PTN_TONE_PLAIN, m->v4 && m->v6 ? "4 6" : m->v4 ? "4" : m->v6 ? "6" : "");
    ptn_table_cell(t, COL_TEXT, PTN_TONE_PLAIN, m->text);
}

static void print_sums(struct ptn_out *out, const struct ptn_remarks *remarks)
{
    size_t sums[PTN_VERDICT_WORRY + 1] = {0};
    for (size_t i = 0; i < remarks->n; i++)
        sums[remarks->items[i].level]++;
    fprintf(out->file, remarks->n ? "\n%zu remark%s" : "no remarks", remarks->n, remarks->n == 1 ? "" : "s");
    for (int v = PTN_VERDICT_WORRY; v >= 0 && remarks->n; v--)
        if (sums[v])
            fprintf(out->file, ", %zu %s", sums[v], ptn_verdict_word((enum ptn_verdict)v));
    fputc('\n', out->file);
}

void ptn_check_print(struct ptn_table *t, struct ptn_out *out, const struct ptn_remarks *remarks, bool people)
{
    struct check_under under = {out, remarks};
    for (size_t i = 0; i < remarks->n; i++)
        put_row(t, &remarks->items[i]);
    ptn_table_close(t, people ? print_under : NULL, &under);
    if (people)
        print_sums(out, remarks);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------
 */

static json_t *text_or_null(const char *text)
{
    return text && *text ? ptn_json_text(text) : json_null();
}

json_t *ptn_check_json_rule(const struct ptn_chain *chain, const struct ptn_rule *rule)
{
    char words[PTN_CHECK_RULE_TEXT] = "";
    if (!chain)
        return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "family", json_string(ptn_table_word(chain->table->family)));
    json_object_set_new(o, "table", ptn_json_text(chain->table->name));
    json_object_set_new(o, "chain", ptn_json_text(chain->name));
    json_object_set_new(o, "handle", rule && rule->handle ? json_integer((json_int_t)rule->handle) : json_null());
    if (rule)
        ptn_rule_text(rule, words, sizeof(words));
    json_object_set_new(o, "rule", text_or_null(words));
    return o;
}

json_t *ptn_remark_json(const struct ptn_remark *m)
{
    json_t *o = json_object();
    json_object_set_new(o, "remark", json_string(ptn_remark_word(m->kind)));
    json_object_set_new(o, "verdict", json_string(ptn_verdict_word(m->level)));
    json_object_set_new(o, "netns", text_or_null(m->netns));
    json_object_set_new(o, "what", text_or_null(m->what));
    json_object_set_new(o, "service", text_or_null(m->has_service ? ptn_service_name(m->claim.service) : ""));
    json_object_set_new(o, "rating", text_or_null(m->has_service ? ptn_rating_word(m->claim.rating) : ""));
    json_object_set_new(o, "ports", text_or_null(m->ports));
    json_object_set_new(o, "rung", m->iif ? json_string(ptn_rung_word(m->rung)) : json_null());
    json_object_set_new(o, "interface", text_or_null(m->iif));
    json_object_set_new(o, "ipv4", json_boolean(m->v4));
    json_object_set_new(o, "ipv6", json_boolean(m->v6));
    json_object_set_new(o, "peers", text_or_null(m->peers));
    json_object_set_new(o, "by", ptn_check_json_rule(m->chain, m->rule));
    json_object_set_new(o, "text", ptn_json_text(m->text));
    return o;
}

json_t *ptn_check_json(const struct ptn_remarks *remarks, const char *source)
{
    json_t *list = json_array();
    for (size_t i = 0; i < remarks->n; i++)
        json_array_append_new(list, ptn_remark_json(&remarks->items[i]));
    json_t *doc = ptn_json_document("remarks", list);
    json_object_set_new(doc, "ruleset", ptn_json_text(source));
    return doc;
}
