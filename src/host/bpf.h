/* The short way from inode to process: one read from a BPF iterator over all open files, where that is built in
 * (PTN_HAVE_BPF) and permitted. */
#ifndef PTN_HOST_BPF_H
#define PTN_HOST_BPF_H

#include "wanted.h"

/* Notes the holders of all wanted sockets. The process numbers are those of the initial PID namespace.
 * Result: 0 if every process was seen, or -errno: then walk /proc. */
int ptn_bpf_holders(struct ptn_wanted *w);

#endif
