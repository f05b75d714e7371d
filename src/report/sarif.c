/* SARIF 2.1.0: Static Analysis Results Interchange Format, OASIS standard of 27 March 2020. */
#include "check.h"

#include <string.h>

static json_t *rules(void)
{
    json_t *list = json_array();
    for (int k = 0; k < PTN_REMARK_COUNT; k++)
        json_array_append_new(list, json_pack("{s:s, s:{s:s}}", "id", ptn_remark_word((enum ptn_remark_kind)k),
                                              "shortDescription", "text", ptn_remark_help((enum ptn_remark_kind)k)));
    return list;
}

static const char *level(enum ptn_verdict v)
{
    return v == PTN_VERDICT_WORRY ? "error" : v == PTN_VERDICT_OK ? "note" : "warning";
}

/* A ruleset in the kernel has no file; a chain and a rule have names there. */
static json_t *location(const struct ptn_remark *m, const char *source)
{
    char name[600], rule[PTN_CHECK_RULE_TEXT];
    json_t *o = json_object();
    if (strcmp(source, "live") != 0)
        json_object_set_new(o, "physicalLocation",
                            json_pack("{s:{s:o}}", "artifactLocation", "uri", ptn_json_text(source)));
    if (m->chain) {
        int n = snprintf(name, sizeof(name), "%s/%.250s/%.250s", ptn_table_word(m->chain->table->family),
                         m->chain->table->name, m->chain->name);
        if (m->rule && m->rule->handle)
            snprintf(name + n, sizeof(name) - (size_t)n, "/%llu", (unsigned long long)m->rule->handle);
        json_object_set_new(o, "logicalLocations",
                            json_pack("[{s:o, s:o, s:s}]", "fullyQualifiedName", ptn_json_text(name), "name",
                                      ptn_json_text(ptn_check_rule(m->chain, m->rule, rule)), "kind",
                                      m->rule ? "rule" : "chain"));
    }
    return o;
}

static json_t *result(const struct ptn_remark *m, const char *source)
{
    json_t *where = location(m, source), *places = json_array();
    if (json_object_size(where))
        json_array_append_new(places, where);
    else
        json_decref(where);
    return json_pack("{s:s, s:i, s:s, s:{s:o}, s:o}", "ruleId", ptn_remark_word(m->kind), "ruleIndex", (int)m->kind,
                     "level", level(m->level), "message", "text", ptn_json_text(m->text), "locations", places);
}

json_t *ptn_check_sarif(const struct ptn_remarks *remarks, const char *source)
{
    json_t *results = json_array();
    for (size_t i = 0; i < remarks->n; i++)
        json_array_append_new(results, result(&remarks->items[i], source));
    return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:o}]}", "$schema",
                     "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs", "tool", "driver",
                     "name", "portolan", "version", PTN_VERSION, "rules", rules(), "results", results);
}
