#include "tables.h"

#include <errno.h>
#include <jansson.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "tool.h"

#define TABLES_MAX 4096
#define LISTING_MAX ((size_t)16 << 20)

static const char *const families[] = {
    [NFPROTO_INET] = "inet",     [NFPROTO_IPV4] = "ip",       [NFPROTO_ARP] = "arp",
    [NFPROTO_NETDEV] = "netdev", [NFPROTO_BRIDGE] = "bridge", [NFPROTO_IPV6] = "ip6",
};
#define FAMILIES (sizeof(families) / sizeof(*families))

const char *ptn_table_family_word(uint8_t family)
{
    return family < FAMILIES ? families[family] : NULL;
}

uint8_t ptn_table_family_of(const char *word)
{
    for (uint8_t i = 0; word && i < FAMILIES; i++)
        if (families[i] && strcmp(families[i], word) == 0)
            return i;
    return 0;
}

struct ptn_table_id *ptn_tables_find(const struct ptn_tables *t, uint8_t family, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->items[i].family == family && strcmp(t->items[i].name, name) == 0)
            return &t->items[i];
    return NULL;
}

int ptn_tables_add(struct ptn_tables *t, uint8_t family, const char *name)
{
    if (ptn_tables_find(t, family, name))
        return 0;
    if (t->n == TABLES_MAX || strlen(name) >= PTN_TABLE_NAME)
        return -E2BIG;
    if (ptn_grow(&t->items, t->n, &t->room, sizeof(*t->items)) < 0)
        return -ENOMEM;
    struct ptn_table_id *id = &t->items[t->n++];
    *id = (struct ptn_table_id){.family = family};
    memcpy(id->name, name, strlen(name) + 1);
    return 0;
}

void ptn_tables_release(struct ptn_tables *t)
{
    free(t->items);
    *t = (struct ptn_tables){0};
}

static int add_listed(struct ptn_tables *t, const json_t *object)
{
    const json_t *table = json_object_get(object, "table");
    const char *name = json_string_value(json_object_get(table, "name"));
    uint8_t family = ptn_table_family_of(json_string_value(json_object_get(table, "family")));
    return table && name && family ? ptn_tables_add(t, family, name) : 0;
}

int ptn_tables_read(struct ptn_tables *ret, struct ptn_err *err)
{
    char *text = NULL;
    size_t len, i;
    int r = ptn_tool_run(NULL, (const char *const[]){"nft", "-j", "list", "tables", NULL}, NULL, 0, LISTING_MAX, &text,
                         &len, err);
    if (r < 0)
        return r;
    json_t *doc = json_loadb(text, len, 0, NULL), *item;
    if (!json_is_array(json_object_get(doc, "nftables")))
        r = ptn_fail(err, -EIO, "nft: its list of tables is not understood");
    json_array_foreach(json_object_get(doc, "nftables"), i, item) if (r == 0) r = add_listed(ret, item);
    json_decref(doc);
    free(text);
    return r;
}
