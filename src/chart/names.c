#include "names.h"

#include <string.h>

#include "base/text.h"

struct near {
    const char *name;
    unsigned distance; /* edits, times two; plus one for a name only the registry has */
};

static void insert(struct near *list, size_t *n, struct near one)
{
    for (size_t i = 0; i < *n; i++)
        if (ptn_name_compare(list[i].name, one.name) == 0)
            return;
    size_t at = *n < PTN_NEAR_MAX ? (*n)++ : PTN_NEAR_MAX;
    if (at == PTN_NEAR_MAX && list[at - 1].distance <= one.distance)
        return;
    if (at == PTN_NEAR_MAX)
        at--;
    for (; at > 0 && list[at - 1].distance > one.distance; at--)
        list[at] = list[at - 1];
    list[at] = one;
}

int ptn_chart_near(const struct ptn_chart *c, const char *name, const char *out[static PTN_NEAR_MAX])
{
    struct near list[PTN_NEAR_MAX];
    size_t n = 0, len = strlen(name);
    unsigned limit = len < 4 ? 1 : 2;
    for (int layer = 0; layer < PTN_LAYERS; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        for (uint32_t i = 0; b && i < b->header->n_names; i++) {
            const char *have = ptn_book_string(b, b->names[i].text);
            if (b->entries[b->names[i].entry].type == PTN_ENTRY_SOURCE)
                continue;
            bool begins = len >= 3 && strncasecmp(name, have, len) == 0 && have[len]; /* kubernetes: kubernetes-api */
            unsigned d = begins ? 1 : ptn_name_distance(name, len, have, strlen(have), limit);
            if (d <= limit)
                insert(list, &n, (struct near){have, d * 2 + (layer == PTN_LAYER_REGISTRY)});
        }
    }
    for (size_t i = 0; i < n; i++)
        out[i] = list[i].name;
    return (int)n;
}
