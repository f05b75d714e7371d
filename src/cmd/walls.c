#include "walls.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wall/live.h"

struct ptn_walled *ptn_walls_read(const struct ptn_host *h)
{
    struct ptn_walled *walls = calloc(h->n_netns + 1, sizeof(*walls));
    for (size_t i = 0; walls && i < h->n_netns; i++) {
        const struct ptn_door door = {.net = h->netns[i].door};
        struct ptn_wall *wall;
        struct ptn_err err = {""};
        int r = ptn_wall_read_live(&wall, &door, &err);
        walls[i].wall = r < 0 ? NULL : wall;
        walls[i].why = r < 0 ? strdup(*err.text ? err.text : strerror(-r)) : NULL;
    }
    return walls;
}

void ptn_walls_free(struct ptn_walled *walls, const struct ptn_host *h)
{
    for (size_t i = 0; walls && i < h->n_netns; i++) {
        ptn_wall_free((struct ptn_wall *)walls[i].wall);
        free((char *)walls[i].why);
    }
    free(walls);
}

const char *ptn_today(char out[static 16])
{
    const time_t now = time(NULL);
    struct tm tm;
    strftime(out, 16, "%Y-%m-%d", localtime_r(&now, &tm));
    return out;
}
