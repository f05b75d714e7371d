/* One word of a command line: a port, a range, a name. Behind a '?', which makes it slow: names near it, and a search.
 */
#include "fuzz.h"

#include "base/text.h"
#include "chart/chart.h"
#include "chart/names.h"
#include "chart/ports.h"
#include "chart/search.h"

static int count(void *ctx, struct ptn_service s)
{
    require(*ptn_service_name(s));
    ++*(unsigned *)ctx;
    return 0;
}

static void check_ports(const char *word, size_t len)
{
    struct ptn_ports p;
    struct ptn_err err = {""};
    int r = ptn_ports_parse(&p, word, len, &err);
    require((r < 0) == (err.text[0] != '\0'));
    if (r == 0)
        require(p.lo <= p.hi && p.proto >= -1 && p.proto < PTN_PROTO_PORTED);
    long n = ptn_number(word, len, 65535);
    require(n >= -1 && n <= 65535);
}

static void check_names(const struct ptn_chart *c, const char *word, bool search)
{
    const char *near[PTN_NEAR_MAX];
    struct ptn_hit hits[8];
    struct ptn_search q = {.words = {word}, .n_words = 1, .proto = -1, .hi = 65535, .kind = -1};
    unsigned found = 0;
    ptn_chart_find(c, word, count, &found);
    if (!search)
        return;
    int n = ptn_chart_near(c, word, near);
    require(n >= 0 && n <= PTN_NEAR_MAX);
    for (int i = 0; i < n; i++)
        require(*near[i]);
    require(!found || strlen(word) > 32 || (n > 0 && ptn_name_compare(near[0], word) == 0));
    n = ptn_chart_search(c, &q, hits, 8);
    require(n >= 0 && n <= 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ptn_chart_opts o = {.builtin_only = true};
    static struct ptn_chart *chart;
    if (!chart)
        require(ptn_chart_open(&chart, &o, NULL) == 0);
    const bool search = size && data[0] == '?';
    data += search, size -= search;
    check_ports((const char *)data, size);
    char *word = calloc(1, size + 1);
    require(word != NULL);
    if (size)
        memcpy(word, data, size);
    check_names(chart, word, search);
    free(word);
    return 0;
}
