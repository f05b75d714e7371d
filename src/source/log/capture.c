/*
 * Captures: pcap (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html) and pcapng
 * (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html). Read by ourselves: libpcap cannot be had without
 * D-Bus, wants a file of its own, and takes most of the time that a packet may take.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "whole.h"
#include "window.h"

#define RECORD_MAX (1u << 20) /* octets of a packet with all that stands around it */
#define INTERFACES_MAX 4096
#define SECOND 1000000

static const struct ptn_format format_capture = {.name = "pcap", .title = "packet capture"};

struct interface {
    const struct ptn_packet_link *link;
    uint64_t per_second; /* ticks of its clock, */
    int64_t offset;      /* and seconds to be added */
    char name[32];
};

struct capture {
    struct ptn_log_worker *worker;
    struct ptn_window window;
    bool swapped; /* numbers are not in our order */
    bool nanoseconds;
    struct interface *interfaces;
    size_t n_interfaces;
    unsigned strange; /* a link that cannot be read, and one; 0: none was met */
    const char *trouble;
};

static const uint8_t *here(const struct capture *c)
{
    return (const uint8_t *)c->window.buf + c->window.at;
}

static uint32_t get32(const struct capture *c, const uint8_t *p)
{
    uint32_t n;
    memcpy(&n, p, sizeof(n));
    return c->swapped ? __builtin_bswap32(n) : n;
}

static unsigned get16(const struct capture *c, const uint8_t *p)
{
    uint16_t n;
    memcpy(&n, p, sizeof(n));
    return c->swapped ? __builtin_bswap16(n) : n;
}

/* ---- packets ----------------------------------------------------------------------------------------- */

static struct ptn_slice name_of(const struct interface *i)
{
    return (struct ptn_slice){i->name, strlen(i->name)};
}

/* In two halves: all of it at once is cleared by an instruction that is slow for so little. */
static void clear(struct ptn_knock *k)
{
    enum { HALF = offsetof(struct ptn_knock, packets) };
    memset(k, 0, HALF);
    memset((char *)k + HALF, 0, sizeof(*k) - HALF);
}

static int tell_packet(struct capture *c, const struct interface *i, int64_t time, enum ptn_way way,
                       const uint8_t *packet, size_t len)
{
    struct ptn_knock k;
    clear(&k);
    k.time = time;
    k.way = (uint8_t)way;
    enum ptn_line kind = ptn_packet_read(i->link, packet, len, &k);
    if (kind == PTN_LINE_PACKET) {
        if (i->name[0] && !k.in.len && !k.out.len)
            *(k.way == PTN_WAY_OUT ? &k.out : &k.in) = name_of(i);
        return ptn_worker_knock(c->worker, &k, &format_capture);
    }
    if (kind == PTN_LINE_BROKEN)
        ptn_worker_broken(c->worker, (struct ptn_slice){"", 0});
    else
        ptn_worker_remark(c->worker);
    return 0;
}

static const struct ptn_packet_link *find_link(struct capture *c, unsigned link)
{
    const struct ptn_packet_link *found = ptn_packet_link(link);
    if (!c->strange && !found)
        c->strange = link + 1;
    return found;
}

static int fail(struct capture *c, const char *why)
{
    c->trouble = why;
    return 0;
}

/* ---- pcap -------------------------------------------------------------------------------------------- */

enum { PCAP_HEADER = 24, PCAP_RECORD = 16 };

static int64_t record_time(const struct capture *c)
{
    uint32_t fraction = get32(c, here(c) + 4);
    return (int64_t)get32(c, here(c)) * SECOND + (c->nanoseconds ? fraction / 1000 : fraction);
}

static int read_records(struct capture *c, const struct interface *i)
{
    int r = 0;
    while (r == 0 && ptn_window_has(&c->window, PCAP_RECORD) && !ptn_worker_stopped(c->worker)) {
        uint32_t len = get32(c, here(c) + 8);
        if (len > RECORD_MAX - PCAP_RECORD)
            return fail(c, "a packet is longer than a packet can be; the rest is left out");
        if (!ptn_window_has(&c->window, PCAP_RECORD + len))
            break;
        r = tell_packet(c, i, record_time(c), PTN_WAY_UNKNOWN, here(c) + PCAP_RECORD, len);
        c->window.at += PCAP_RECORD + len;
    }
    if (r == 0 && c->window.at < c->window.n && !ptn_worker_stopped(c->worker))
        return fail(c, "it ends in the middle of a packet");
    return r;
}

static int read_pcap(struct capture *c)
{
    if (!ptn_window_has(&c->window, PCAP_HEADER))
        return fail(c, "it ends in the middle of the header");
    uint32_t magic;
    memcpy(&magic, here(c), sizeof(magic));
    c->swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
    c->nanoseconds = magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
    struct interface i = {.link = find_link(c, get32(c, here(c) + 20) & 0xffff)};
    c->window.at += PCAP_HEADER;
    return read_records(c, &i);
}

/* ---- pcapng ------------------------------------------------------------------------------------------ */

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE = 3,
    BLOCK_PACKET = 6,
    OPTION_NAME = 2,
    OPTION_RESOLUTION = 9,
    OPTION_OFFSET = 14,
    OPTION_FLAGS = 2,
    BLOCK_FRAME = 12 /* the type, and the length before and behind the rest */
};

struct block {
    uint32_t type;
    const uint8_t *body;
    size_t len;
};

/* Steps through options. Result: false at their end. */
static bool next_option(const struct capture *c, const uint8_t **at, const uint8_t *end, unsigned *type,
                        const uint8_t **value, size_t *len)
{
    if (end - *at < 4)
        return false;
    *type = get16(c, *at);
    *len = get16(c, *at + 2);
    *value = *at + 4;
    if (!*type || *len > (size_t)(end - *value))
        return false;
    size_t padded = (*len + 3) & ~(size_t)3;
    *at = padded < (size_t)(end - *value) ? *value + padded : end;
    return true;
}

/* "9" is 10^-9 of a second, and with the highest bit set 2^-9. */
static uint64_t ticks(unsigned resolution)
{
    unsigned power = resolution & 0x7f;
    if (resolution & 0x80)
        return power < 63 ? UINT64_C(1) << power : 0;
    uint64_t n = 1;
    for (; power && n < UINT64_MAX / 10; power--)
        n *= 10;
    return power ? 0 : n;
}

static int read_interface(struct capture *c, struct block b)
{
    const uint8_t *at = b.body + 8, *end = b.body + b.len, *value;
    unsigned type;
    size_t len;
    if (b.len < 8 || c->n_interfaces == INTERFACES_MAX)
        return fail(c, "it has a broken interface, or too many");
    struct interface *more = reallocarray(c->interfaces, c->n_interfaces + 1, sizeof(*more));
    if (!more)
        return -ENOMEM;
    c->interfaces = more;
    struct interface *i = &more[c->n_interfaces++];
    *i = (struct interface){.link = find_link(c, get16(c, b.body)), .per_second = SECOND};
    while (next_option(c, &at, end, &type, &value, &len)) {
        if (type == OPTION_NAME && len < sizeof(i->name))
            memcpy(i->name, value, len);
        else if (type == OPTION_RESOLUTION && len == 1)
            i->per_second = ticks(value[0]);
        else if (type == OPTION_OFFSET && len == 8)
            i->offset = get32(c, value + (c->swapped ? 4 : 0));
    }
    return 0;
}

static int64_t time_of(const struct capture *c, const struct interface *i, const uint8_t *p)
{
    uint64_t n = (uint64_t)get32(c, p) << 32 | get32(c, p + 4);
    if (!i->per_second)
        return PTN_NO_TIME;
    uint64_t seconds = n / i->per_second, rest = n % i->per_second;
    if (seconds > UINT32_MAX)
        return PTN_NO_TIME;
    uint64_t fraction =
        i->per_second <= UINT64_MAX / SECOND ? rest * SECOND / i->per_second : rest / (i->per_second / SECOND);
    return ((int64_t)seconds + i->offset) * SECOND + (int64_t)fraction;
}

static enum ptn_way option_way(const struct capture *c, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *value;
    unsigned type;
    size_t len;
    while (next_option(c, &at, end, &type, &value, &len))
        if (type == OPTION_FLAGS && len == 4)
            return (get32(c, value) & 3) == 1 ? PTN_WAY_IN : (get32(c, value) & 3) == 2 ? PTN_WAY_OUT : PTN_WAY_UNKNOWN;
    return PTN_WAY_UNKNOWN;
}

static int read_packet(struct capture *c, struct block b)
{
    if (b.len < 20)
        return fail(c, "a block is too short for a packet");
    size_t index = b.type == BLOCK_OLD_PACKET ? get16(c, b.body) : get32(c, b.body);
    uint32_t len = get32(c, b.body + 12);
    if (index >= c->n_interfaces || len > b.len - 20)
        return fail(c, "a packet is of no interface, or longer than its block");
    const struct interface *i = &c->interfaces[index];
    size_t padded = ((size_t)len + 3) & ~(size_t)3;
    const uint8_t *options = padded < b.len - 20 ? b.body + 20 + padded : b.body + b.len;
    return tell_packet(c, i, time_of(c, i, b.body + 4), option_way(c, options, b.body + b.len), b.body + 20, len);
}

static int read_simple(struct capture *c, struct block b)
{
    if (b.len < 4 || !c->n_interfaces)
        return fail(c, "a packet is of no interface");
    uint32_t len = get32(c, b.body);
    return tell_packet(c, &c->interfaces[0], PTN_NO_TIME, PTN_WAY_UNKNOWN, b.body + 4,
                       len < b.len - 4 ? len : b.len - 4);
}

static int read_block(struct capture *c, struct block b)
{
    switch (b.type) {
    case BLOCK_SECTION:
        c->n_interfaces = 0;
        return 0;
    case BLOCK_INTERFACE:
        return read_interface(c, b);
    case BLOCK_OLD_PACKET:
    case BLOCK_PACKET:
        return read_packet(c, b);
    case BLOCK_SIMPLE:
        return read_simple(c, b);
    default:
        return 0; /* statistics, names, secrets */
    }
}

/* A section says by its magic in which order its numbers are, its own length included. */
static void note_order(struct capture *c)
{
    uint32_t magic;
    memcpy(&magic, here(c) + 8, sizeof(magic));
    c->swapped = magic == 0x4d3c2b1a;
}

static int read_pcapng(struct capture *c)
{
    struct ptn_window *x = &c->window;
    int r = 0;
    while (r == 0 && !c->trouble && ptn_window_has(x, BLOCK_FRAME) && !ptn_worker_stopped(c->worker)) {
        if (get32(c, here(c)) == BLOCK_SECTION)
            note_order(c);
        uint32_t type = get32(c, here(c)), len = get32(c, here(c) + 4);
        if (len < BLOCK_FRAME || len % 4)
            return fail(c, "a block has an impossible length; the rest is left out");
        bool wanted = type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_OLD_PACKET ||
                      type == BLOCK_SIMPLE || type == BLOCK_PACKET;
        if (wanted && len > RECORD_MAX)
            return fail(c, "a packet is longer than a packet can be; the rest is left out");
        if (!wanted) {
            if (!ptn_window_skip(x, len))
                break;
            continue;
        }
        if (!ptn_window_has(x, len))
            break;
        r = read_block(c, (struct block){type, here(c) + 8, len - BLOCK_FRAME});
        x->at += len;
    }
    if (r == 0 && !c->trouble && x->at < x->n && !ptn_worker_stopped(c->worker))
        return fail(c, "it ends in the middle of a packet");
    return r;
}

/* ------------------------------------------------------------------------------------------------------ */

int ptn_log_read_capture(struct ptn_log_worker *w, const struct ptn_log_file *file, struct ptn_bytes *bytes,
                         ptn_log_tell tell, void *ctx)
{
    struct capture c = {.worker = w};
    char text[128];
    int r = -ENOMEM;
    if (ptn_window_open(&c.window, bytes, RECORD_MAX + (256u << 10)) && ptn_window_has(&c.window, 4))
        r = here(&c)[0] == 0x0a ? read_pcapng(&c) : read_pcap(&c);
    if (r == 0 && c.trouble && !ptn_bytes_trouble(bytes))
        tell(ctx, file, c.trouble);
    if (r == 0 && c.strange) {
        snprintf(text, sizeof(text), "packets of links of type %u cannot be read", c.strange - 1);
        tell(ctx, file, text);
    }
    w->octets += c.window.octets;
    free(c.interfaces);
    ptn_window_close(&c.window);
    return r;
}
