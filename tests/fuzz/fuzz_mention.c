/* A line of any text, as the annotator reads it. */
#include "fuzz.h"

#include "portolan.h"
#include "source/mention.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ptn_mention m[PTN_MENTIONS_MAX];
    int n = ptn_mentions((const char *)data, size, m);
    require(n >= 0 && n <= PTN_MENTIONS_MAX);
    for (int i = 0; i < n; i++) {
        require(m[i].lo > 0 && m[i].lo <= m[i].hi);
        require(m[i].proto >= -1 && m[i].proto < PTN_PROTO_PORTED);
        for (int k = 0; k < i; k++)
            require(m[i].lo != m[k].lo || m[i].hi != m[k].hi || m[i].proto != m[k].proto);
    }
    return 0;
}
