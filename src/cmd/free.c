/* portolan free: ports that nobody claims, uses, or could be handed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/chart.h"
#include "chart/ports.h"
#include "cmd.h"
#include "report/json.h"

#define NEAR_DEFAULT 15000

/* What is known of a port. A habit of a whole range (RTP, NodePorts) is a claim, but a weak one: such ports are
 * proposed when no others are left. */
enum { BY_HABIT = 1, TAKEN = 2 };

struct taken {
    uint8_t port[65536];
};

static void take(struct taken *t, uint32_t lo, uint32_t hi, int how)
{
    for (uint32_t p = lo; p <= hi && p < 65536; p++)
        t->port[p] |= (uint8_t)how;
}

/* What anybody ever claimed, and what the registry set aside, in any protocol. */
static void take_claimed(struct taken *t, const struct ptn_chart *c)
{
    for (int layer = 0; layer < PTN_LAYERS; layer++) {
        const struct ptn_book *b = ptn_chart_book(c, layer);
        for (uint32_t i = 0; b && i < b->header->n_claims; i++) {
            const struct ptn_book_claim *claim = &b->claims[i];
            take(t, claim->lo, claim->hi, claim->how == PTN_HOW_HABIT ? BY_HABIT : TAKEN);
        }
    }
}

static void take_used(struct taken *t, const struct ptn_host *h)
{
    for (size_t i = 0; i < h->n_listeners; i++)
        take(t, h->listeners[i].port, h->listeners[i].port, TAKEN);
    for (size_t i = 0; i < h->n_netns; i++) {
        bool known = h->netns[i].ephemeral_hi; /* else the kernel's default */
        take(t, known ? h->netns[i].ephemeral_lo : 32768, known ? h->netns[i].ephemeral_hi : 60999, TAKEN);
        const char *list = h->netns[i].reserved; /* not handed out, and somebody keeps them for himself */
        for (struct ptn_ports p; ptn_ports_next(&list, &p);)
            take(t, p.lo, p.hi, TAKEN);
    }
}

/* The free ports around `near`, nearest first, the higher of two first. */
static size_t choose(const struct taken *t, uint32_t near, uint16_t *out, size_t max)
{
    size_t n = 0;
    for (int claim = 0; claim <= BY_HABIT; claim++)
        for (uint32_t d = 0; d < 65536 && n < max; d++) {
            if (near + d < 65536 && t->port[near + d] == claim)
                out[n++] = (uint16_t)(near + d);
            if (d && d <= near && n < max && t->port[near - d] == claim)
                out[n++] = (uint16_t)(near - d);
        }
    return n;
}

static int print(struct ptn_run *run, const uint16_t *ports, size_t n)
{
    if (!run->value[PTN_OPT_JSON]) {
        for (size_t i = 0; i < n; i++)
            printf("%u\n", ports[i]);
        return n ? PTN_EXIT_OK : ptn_complain(run, "no port is free");
    }
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(items, json_integer(ports[i]));
    int r = ptn_json_print(stdout, ptn_json_document("free", items));
    return r < 0 ? ptn_complain(run, "standard output: %s", strerror(errno ? errno : -r)) : PTN_EXIT_OK;
}

int ptn_cmd_free(struct ptn_run *run)
{
    static struct taken t;
    static uint16_t ports[1000];
    const char *near = run->value[PTN_OPT_NEAR], *count = run->value[PTN_OPT_COUNT];
    long from = near ? ptn_number(near, strlen(near), 65535) : NEAR_DEFAULT;
    long n = count ? ptn_number(count, strlen(count), 1000) : 1;
    struct ptn_host *host;
    struct ptn_chart *chart;
    struct ptn_err err;
    if (run->n_args)
        return ptn_complain(run, "\"%.40s\": free takes only options", run->args[0]);
    if (from < 0)
        return ptn_complain(run, "--near: \"%.20s\" is not a port", near);
    if (n < 1)
        return ptn_complain(run, "--count: \"%.20s\" is not a number from 1 to 1000", count);
    if (ptn_run_chart(run, &chart))
        return PTN_EXIT_TROUBLE;
    take(&t, 0, from < 1024 ? 0 : 1023, TAKEN); /* privileged ports only for who asks for them */
    take_claimed(&t, chart);
    int r = ptn_host_read(&host, NULL, &err);
    if (r == 0)
        take_used(&t, host);
    int status =
        r < 0 ? ptn_complain(run, "%s", err.text) : print(run, ports, choose(&t, (uint32_t)from, ports, (size_t)n));
    if (r == 0)
        ptn_host_free(host);
    ptn_chart_close(chart);
    return status;
}
