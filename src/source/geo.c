#include "geo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#ifdef PTN_HAVE_GEO

#include <maxminddb.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/utf8.h"

struct ptn_geo {
    MMDB_s bases[PTN_GEO_FILES];
    size_t n;
};

/* ---- opening --------------------------------------------------------------------------------------------------- */

static int open_base(struct ptn_geo *g, const char *path, struct ptn_err *err)
{
    if (g->n == PTN_GEO_FILES)
        return ptn_fail(err, -E2BIG, "%s: more than %d databases", path, PTN_GEO_FILES);
    if (access(path, R_OK) < 0)
        return ptn_fail(err, -errno, "%s: %s", path, strerror(errno));
    const int status = MMDB_open(path, MMDB_MODE_MMAP, &g->bases[g->n]);
    if (status != MMDB_SUCCESS)
        return ptn_fail(err, status == MMDB_OUT_OF_MEMORY_ERROR ? -ENOMEM : -EINVAL,
                        "%s: not a MaxMind database that can be used: %s", path, MMDB_strerror(status));
    g->n++;
    return 0;
}

static int open_bases(struct ptn_geo *g, const char *paths, struct ptn_err *err)
{
    int r = 0;
    char *list = strdup(paths);
    if (!list)
        return ptn_fail(err, -ENOMEM, "out of memory");
    for (char *save, *path = strtok_r(list, ",", &save); path && r == 0; path = strtok_r(NULL, ",", &save))
        r = open_base(g, path, err);
    free(list);
    return r == 0 && g->n == 0 ? ptn_fail(err, -EINVAL, "\"%.60s\" names no database", paths) : r;
}

int ptn_geo_open(struct ptn_geo **ret, const char *paths, struct ptn_err *err)
{
    struct ptn_geo *g = calloc(1, sizeof(*g));
    const int r = g ? open_bases(g, paths, err) : ptn_fail(err, -ENOMEM, "out of memory");
    if (r < 0)
        ptn_geo_close(g);
    else
        *ret = g;
    return r;
}

void ptn_geo_close(struct ptn_geo *g)
{
    for (size_t i = 0; g && i < g->n; i++)
        MMDB_close(&g->bases[i]);
    free(g);
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

union ask {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool look_up(const MMDB_s *base, const union ask *ask, MMDB_entry_s *ret)
{
    int error = MMDB_SUCCESS;
    const MMDB_lookup_result_s found = MMDB_lookup_sockaddr(base, &ask->any, &error);
    *ret = found.entry;
    return error == MMDB_SUCCESS && found.found_entry;
}

/* The text at a path of keys. */
static bool text_at(MMDB_entry_s *entry, const char *const *path, char *out, size_t size)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
        data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size == 0)
        return false;
    ptn_utf8_clean(out, size, data.utf8_string, data.data_size);
    return *out != '\0';
}

static unsigned number_at(MMDB_entry_s *entry, const char *const *path)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data)
        return 0;
    return data.type == MMDB_DATA_TYPE_UINT32 ? data.uint32 : data.type == MMDB_DATA_TYPE_UINT16 ? data.uint16 : 0;
}

struct place {
    char country[16], network[112];
    unsigned number;
};

/* What one database adds. */
static void add_to(struct place *p, MMDB_entry_s *entry)
{
    static const char *const country[] = {"country", "iso_code", NULL},
                             *const registered[] = {"registered_country", "iso_code", NULL},
                             *const network[] = {"autonomous_system_organization", NULL},
                             *const number[] = {"autonomous_system_number", NULL};
    if (!*p->country && !text_at(entry, country, p->country, sizeof(p->country)))
        text_at(entry, registered, p->country, sizeof(p->country));
    if (*p->network || p->number)
        return;
    text_at(entry, network, p->network, sizeof(p->network));
    p->number = number_at(entry, number);
}

static const char *put_place(const struct place *p, char out[static PTN_GEO_TEXT])
{
    char number[24] = "";
    const bool named = *p->network;
    if (p->number)
        snprintf(number, sizeof(number), named ? " (AS%u)" : "AS%u", p->number);
    snprintf(out, PTN_GEO_TEXT, "%s%s%s%s", p->country, *p->country && (named || p->number) ? ", " : "", p->network,
             number);
    return *out ? out : NULL;
}

const char *ptn_geo_place(const struct ptn_geo *g, const struct ptn_addr *a, char out[static PTN_GEO_TEXT])
{
    struct place place = {.number = 0};
    union ask ask = {.any.sa_family = a->family};
    MMDB_entry_s entry;
    if (a->family == AF_INET)
        memcpy(&ask.four.sin_addr, a->bytes, 4);
    else if (a->family == AF_INET6)
        memcpy(&ask.six.sin6_addr, a->bytes, 16);
    else
        return NULL;
    for (size_t i = 0; i < g->n; i++)
        if (look_up(&g->bases[i], &ask, &entry))
            add_to(&place, &entry);
    return put_place(&place, out);
}

#else

int ptn_geo_open(struct ptn_geo **ret, const char *paths, struct ptn_err *err)
{
    *ret = NULL;
    return ptn_fail(err, -ENOTSUP, "%.200s: Portolan was built without libmaxminddb", paths);
}

void ptn_geo_close(struct ptn_geo *g)
{
    (void)g;
}

const char *ptn_geo_place(const struct ptn_geo *g, const struct ptn_addr *a, char out[static PTN_GEO_TEXT])
{
    (void)g;
    (void)a;
    (void)out;
    return NULL;
}

#endif
