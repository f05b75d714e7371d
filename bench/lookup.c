/* One lookup inside the library, and getservbyport_r beside it, over the same ports in the same order.
 * Prints: nanoseconds of ptn_chart_lookup, of ptn_chart_name, of getservbyport_r. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <time.h>

#include "portolan.h"

#define PORTS 4096

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(void)
{
    static uint16_t ports[PORTS];
    struct ptn_chart *chart;
    struct ptn_claim claims[PTN_CLAIMS_MAX];
    const struct ptn_chart_opts o = {.builtin_only = true};
    unsigned long sum = 0;
    uint32_t seed = 1;
    double start, lookup, name;
    if (ptn_chart_open(&chart, &o, NULL) < 0)
        return 1;
    for (int i = 0; i < PORTS; i++) {
        seed = seed * 1664525u + 1013904223u;
        ports[i] = (uint16_t)((seed >> 16) % 10000); /* where nearly all claims are */
    }
    start = now();
    for (int round = 0; round < 1000; round++)
        for (int i = 0; i < PORTS; i++)
            sum += (unsigned long)ptn_chart_lookup(chart, ports[i], PTN_TCP, claims, PTN_CLAIMS_MAX);
    lookup = (now() - start) / (1000.0 * PORTS);
    start = now();
    for (int round = 0; round < 1000; round++)
        for (int i = 0; i < PORTS; i++)
            sum += ptn_chart_name(chart, ports[i], PTN_TCP) != NULL;
    name = (now() - start) / (1000.0 * PORTS);
    start = now();
    for (int i = 0; i < PORTS; i++) {
        struct servent entry, *found;
        char buffer[1024];
        getservbyport_r(htons(ports[i]), "tcp", &entry, buffer, sizeof(buffer), &found);
        sum += found != NULL;
    }
    printf("%.1f %.1f %.1f\n", lookup, name, (now() - start) / PORTS);
    ptn_chart_close(chart);
    return sum == 0;
}
