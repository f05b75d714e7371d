#include "ports.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

int ptn_proto_parse(const char *word, size_t len)
{
    for (int p = 0; p < PTN_PROTO_PORTED; p++) {
        const char *w = ptn_proto_word((enum ptn_proto)p);
        size_t i = 0;
        while (i < len && w[i] && ptn_name_fold(word[i]) == w[i])
            i++;
        if (i == len && !w[i])
            return p;
    }
    return -EINVAL;
}

static int bad(struct ptn_err *err, const char *word, size_t len, const char *what)
{
    return ptn_fail(err, -EINVAL, "\"%.*s\": %s", (int)(len < 80 ? len : 80), word, what);
}

int ptn_ports_parse(struct ptn_ports *ret, const char *word, size_t len, struct ptn_err *err)
{
    struct ptn_ports p = {.proto = -1};
    if (len == 0 || word[0] < '0' || word[0] > '9')
        return ptn_fail(err, -ENOENT, "\"%.*s\" is not a port", (int)(len < 80 ? len : 80), word);
    const char *slash = memchr(word, '/', len);
    size_t n = slash ? (size_t)(slash - word) : len;
    if (slash && (p.proto = ptn_proto_parse(slash + 1, len - n - 1)) < 0)
        return bad(err, word, len, "the protocol must be tcp, udp, sctp or dccp");
    bool up = word[n - 1] == '+';
    const char *dash = memchr(word, '-', n);
    long lo = ptn_number(word, dash ? (size_t)(dash - word) : n - up, 65535);
    long hi = up ? 65535 : dash ? ptn_number(dash + 1, (size_t)(word + n - dash - 1), 65535) : lo;
    if (up && dash)
        return bad(err, word, len, "a range has an end or a +, not both");
    if (dash && dash + 1 == word + n)
        return bad(err, word, len, "half a range: write N-M, or N+ for everything from N up");
    if (lo < 0 || hi < 0)
        return bad(err, word, len, "a port is a number from 0 to 65535");
    if (hi < lo)
        return bad(err, word, len, "the range runs backwards");
    p.lo = (uint16_t)lo;
    p.hi = (uint16_t)hi;
    *ret = p;
    return 0;
}

bool ptn_ports_next(const char **list, struct ptn_ports *ret)
{
    while (**list) {
        size_t len = strcspn(*list, ",");
        int r = ptn_ports_parse(ret, *list, len, NULL);
        *list += len + ((*list)[len] == ',');
        if (r == 0)
            return true;
    }
    return false;
}

enum ptn_proto ptn_proto_ported(enum ptn_proto p)
{
    return p == PTN_MPTCP ? PTN_TCP : p == PTN_UDPLITE ? PTN_UDP : p;
}
