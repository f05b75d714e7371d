/* systemd's .socket units that listen on the network, and the services behind them. */
#ifndef PTN_HOST_UNITS_H
#define PTN_HOST_UNITS_H

#include "snapshot.h"

/* One place where something is configured to listen. */
struct ptn_place {
    enum ptn_proto proto;
    struct ptn_addr addr;
    bool dual;
    uint16_t port;
};

struct ptn_unit {
    const char *name;    /* "ssh.socket" */
    const char *file;    /* without the root */
    const char *service; /* "ssh.service", "ssh@.service" */
    const char *device;  /* BindToDevice, or "" */
    bool enabled, accept;
    const struct ptn_place *places;
    size_t n_places;
};

/* What a service unit starts. Strings are "" where unknown. */
struct ptn_start {
    const char *exe, *command, *user;
};

/* Reads "22", "127.0.0.1:22" or "[::1]:22" (an interface after % is dropped). Result: 0, or -EINVAL for everything
 * that isn't an IP socket. */
int ptn_unit_address(const char *value, struct ptn_place *ret);

/* Adds every unmasked unit with an IP socket to `units` (struct ptn_unit). Result: 0 or -errno. */
int ptn_units_read(struct ptn_snapshot *s, const char *root, struct ptn_array *units);

/* Reads ExecStart= and User= of a service. Result: 0 or -errno. */
int ptn_units_start(struct ptn_snapshot *s, const char *root, const char *service, struct ptn_start *ret);

#endif
