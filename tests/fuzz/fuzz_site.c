/* Files that tell whose a log is: names of addresses (--known), another machine's audit (--host). */
#include "fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/utf8.h"
#include "cmd/explain_site.h"

static void check_text(const char *text, size_t most)
{
    const size_t len = strlen(text);
    require(len <= most);
    for (size_t i = 0, n; i < len; i += n)
        require((n = ptn_utf8_shown(text + i, len - i)) > 0);
}

static void count(void *ctx, const char *text)
{
    require(strncmp(text, "fuzz:", 5) == 0);
    check_text(text, 511);
    ++*(size_t *)ctx;
}

/* Every range is found by its first address and by its last, under its own name or that of a smaller one. */
static void check_known(const uint8_t *data, size_t size)
{
    struct ptn_site_room room = {0};
    struct ptn_err err = {""};
    size_t complaints = 0;
    const struct ptn_known_opts opts = {.complain = count, .ctx = &complaints};
    struct ptn_site *s = &room.site;
    const int e = ptn_known_read(&s->known, &s->n_known, &room.arena, "fuzz", (const char *)data, size, &opts, &err);
    require(e == 0 || (s->n_known == 0 && strncmp(err.text, "fuzz:", 5) == 0));
    require(complaints <= 101);
    for (size_t i = 0; i < s->n_known; i++) {
        const struct ptn_known *k = &s->known[i];
        struct ptn_addr lo = {.family = k->addr.family}, hi = lo;
        check_text(k->name, PTN_KNOWN_NAME);
        require(*k->name && k->parent <= i);
        ptn_addr_span(k->addr.bytes, k->prefix, ptn_addr_width(k->addr.family), lo.bytes, hi.bytes);
        require(ptn_addr_equal(&lo, &k->addr) && ptn_site_known(s, &lo) && ptn_site_known(s, &hi));
    }
    ptn_site_release(&room);
}

static void check_audit(const uint8_t *data, size_t size)
{
    char path[64];
    struct ptn_site_room room = {0};
    struct ptn_err err = {""};
    const int fd = memfd_create("audit", 0);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    const int e = ptn_site_read_audit(&room, path, &err);
    require(e == 0 || strncmp(err.text, path, strlen(path)) == 0);
    for (size_t i = 0; i < room.site.n_doors; i++) {
        const struct ptn_door *d = &room.site.doors[i];
        check_text(d->owner, 255);
        check_text(d->service, 255);
        require(d->port && d->rung <= PTN_RUNG_INTERNET && d->rating <= PTN_RATING_DEPENDS);
        require(d->verdict <= PTN_VERDICT_WORRY);
    }
    for (size_t i = 0; i < room.site.n_addrs; i++)
        require(room.site.addrs[i].prefix <= ptn_addr_width(room.site.addrs[i].addr.family) * 8);
    ptn_site_release(&room);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_known(data, size);
    check_audit(data, size);
    return 0;
}
