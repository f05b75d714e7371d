/* Sockets that a super-server opens for others, and those it will open: systemd, inetd, xinetd. */
#ifndef PTN_HOST_LATENT_H
#define PTN_HOST_LATENT_H

#include "snapshot.h"

/* Where systemd, inetd or xinetd holds a socket, its owner becomes the configured service. What is configured and
 * doesn't listen yet is added to s->latent, unless only one port was asked for. `root` is put before every path
 * of configuration. Result: 0 or -errno. */
int ptn_latent_read(struct ptn_snapshot *s, const char *root);

#endif
