/* What a control group says of a process: its systemd unit, its container; and who is in a group. */
#ifndef PTN_HOST_CGROUP_H
#define PTN_HOST_CGROUP_H

#include <stdint.h>

#include "snapshot.h"

struct ptn_cgroup {
    char unit[256];      /* innermost .service or .scope, "" if none */
    char container[128]; /* "docker:0123456789ab" and so on, "" if none */
};

/* Reads the text of /proc/PID/cgroup, version 1 or 2. */
void ptn_cgroup_parse(const char *text, struct ptn_cgroup *ret);

/* The mounted cgroup2 tree as a descriptor, or -errno. Caller closes. */
int ptn_cgroup_open(void);

/* Appends the processes of the cgroup2 with this id to pids (int32_t). Needs CAP_DAC_READ_SEARCH.
 * Result: 0 or -errno. */
int ptn_cgroup_members(int tree, uint64_t id, struct ptn_array *pids);

/* The lowest process number in the cgroup of a system service, or 0. */
int32_t ptn_cgroup_main_pid(const char *service);

#endif
