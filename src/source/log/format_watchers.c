/*
 * Programs that watch logs and ports and say what they make of it: psad, portsentry, fail2ban, sshguard. What they
 * speak of was logged by others.
 */
#include "sentence.h"

static enum ptn_line read_watchers(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                                   struct ptn_knocks *ret)
{
    static const char *const programs[] = {"psad", "portsentry", "fail2ban", "sshguard", "denyhosts"};
    (void)f;
    (void)state;
    (void)ret;
    for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
        if (ptn_slice_begins(m->tag, programs[i]))
            return PTN_LINE_REMARK;
    return PTN_LINE_OTHER_FORMAT;
}

const struct ptn_format ptn_format_watchers = {
    .name = "watchers",
    .title = "psad, portsentry, fail2ban",
    .read = read_watchers,
};
