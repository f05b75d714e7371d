#include "bytes.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unpack.h"

#define INPUT (256u << 10)
#define PATIENCE_MS 200 /* how long a pipe may be silent before `stop` is looked at */

#define UTF16_PIECE 4096
#define UTF16_ROOM(n) ((n) / 2 * 3 + 6) /* octets of UTF-8 that n octets of UTF-16 become */

enum { AS_IS, UTF16_LITTLE, UTF16_BIG };

struct ptn_bytes {
    int fd; /* -1: memory */
    const unsigned char *memory;
    size_t memory_len;
    const bool *stop;
    uint64_t size;
    bool regular;
    const struct ptn_unpacker *unpacker;
    void *state;
    unsigned char *in; /* octets of the file that were not used yet are in + in_at [in_len] */
    size_t in_at, in_len;
    bool in_ended, ended;
    uint8_t encoding;
    unsigned mark; /* octets of the byte order mark */
    bool has_odd;  /* of UTF-16: what waits for its other half */
    unsigned char odd;
    uint16_t high;       /* surrogate */
    unsigned char *wide; /* UTF-8 that was made from it */
    size_t wide_at, wide_len;
    uint64_t unpacked;
    unsigned char *head;
    size_t head_at, head_len;
    struct ptn_bytes_trouble trouble;
    bool troubled;
};

static bool stopped(const struct ptn_bytes *b)
{
    return b->stop && __atomic_load_n(b->stop, __ATOMIC_RELAXED);
}

static void fail(struct ptn_bytes *b, int code, const char *text)
{
    b->troubled = true;
    b->trouble.code = code;
    snprintf(b->trouble.text, sizeof(b->trouble.text), "%s", text);
    b->ended = true;
}

/* ---- the file's own octets --------------------------------------------------------------------------- */

/* Result: whether there is something to read; false: it was told to stop. */
static bool wait_for(const struct ptn_bytes *b)
{
    while (!stopped(b)) {
        struct pollfd p = {.fd = b->fd, .events = POLLIN};
        int r = poll(&p, 1, PATIENCE_MS);
        if (r > 0 || (r < 0 && errno != EINTR))
            return true;
    }
    return false;
}

/* One read of what is there. Result: 0 at the end. */
static size_t read_some(struct ptn_bytes *b, unsigned char *buf, size_t len)
{
    if (b->fd < 0) {
        size_t n = len < b->memory_len ? len : b->memory_len;
        memcpy(buf, b->memory, n);
        b->memory += n;
        b->memory_len -= n;
        return n;
    }
    ssize_t r;
    do {
        if (!b->regular && !wait_for(b))
            return 0;
        r = read(b->fd, buf, len);
    } while (r < 0 && (errno == EINTR || errno == EAGAIN) && !stopped(b));
    if (r < 0)
        fail(b, -errno, strerror(errno));
    return r > 0 ? (size_t)r : 0;
}

static bool refill(struct ptn_bytes *b)
{
    if (b->in_ended || b->in_len == INPUT)
        return false;
    memmove(b->in, b->in + b->in_at, b->in_len);
    b->in_at = 0;
    size_t n = read_some(b, b->in + b->in_len, INPUT - b->in_len);
    b->in_len += n;
    b->in_ended = n == 0;
    return n > 0;
}

/* ---- unpacked ---------------------------------------------------------------------------------------- */

static void tell(struct ptn_bytes *b, enum ptn_unpacked how, size_t now)
{
    char text[128];
    unsigned long long all = b->unpacked + now;
    if (how == PTN_UNPACK_CUT)
        snprintf(text, sizeof(text), "the %s archive is cut off after %llu octets of text; they are used",
                 b->unpacker->name, all);
    else if (how == PTN_UNPACK_MEMORY)
        snprintf(text, sizeof(text), "the %s archive needs too much memory to be unpacked", b->unpacker->name);
    else
        snprintf(text, sizeof(text), "the %s archive is broken after %llu octets of text; they are used",
                 b->unpacker->name, all);
    fail(b, how == PTN_UNPACK_MEMORY ? -ENOMEM : -EBADMSG, text);
}

#define IDLE_MAX 4 /* steps that neither take nor give */

static size_t unpack_some(struct ptn_bytes *b, unsigned char *buf, size_t len)
{
    struct ptn_unpack_step s = {.out = buf, .out_len = len};
    unsigned idle = 0;
    while (s.out_len == len && !b->ended) {
        if (!b->in_len || idle)
            refill(b);
        if (b->troubled || (b->in_ended && stopped(b)))
            break; /* what is missing after that is no fault of the archive's */
        s.in = b->in + b->in_at;
        s.in_len = b->in_len;
        s.last = b->in_ended;
        enum ptn_unpacked how = b->unpacker->step(b->state, &s);
        idle = s.in_len == b->in_len ? idle + 1 : 0;
        b->in_at += b->in_len - s.in_len;
        b->in_len = s.in_len;
        if (how == PTN_UNPACK_END)
            b->ended = true;
        else if (how != PTN_UNPACK_MORE || (idle > IDLE_MAX && s.out_len == len))
            tell(b, how == PTN_UNPACK_MORE ? PTN_UNPACK_BROKEN : how, len - s.out_len);
    }
    b->unpacked += len - s.out_len;
    return len - s.out_len;
}

/* The octets that the text is made of. Result: 0 at the end. */
static size_t text_some(struct ptn_bytes *b, unsigned char *buf, size_t len)
{
    if (b->ended || stopped(b))
        return 0;
    if (b->unpacker)
        return unpack_some(b, buf, len);
    if (b->in_len) {
        size_t n = len < b->in_len ? len : b->in_len;
        memcpy(buf, b->in + b->in_at, n);
        b->in_at += n;
        b->in_len -= n;
        return n;
    }
    return read_some(b, buf, len);
}

/* ---- UTF-16 ------------------------------------------------------------------------------------------ */

static size_t put_utf8(unsigned char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (unsigned char)(0xc0 | c >> 6);
        out[1] = (unsigned char)(0x80 | (c & 0x3f));
        return 2;
    }
    size_t n = c < 0x10000 ? 3 : 4;
    out[0] = (unsigned char)(n == 3 ? 0xe0 | c >> 12 : 0xf0 | c >> 18);
    for (size_t i = 1; i < n; i++)
        out[i] = (unsigned char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
    return n;
}

/* One unit of UTF-16. Result: the octets written, none after the first half of a pair. */
static size_t put_unit(struct ptn_bytes *b, uint16_t unit, unsigned char *out)
{
    uint16_t high = b->high;
    b->high = 0;
    if (unit >= 0xd800 && unit < 0xdc00) {
        b->high = unit;
        return high ? put_utf8(out, 0xfffd) : 0;
    }
    if (unit >= 0xdc00 && unit < 0xe000)
        return put_utf8(out, high ? 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(unit - 0xdc00) : 0xfffd);
    size_t n = high ? put_utf8(out, 0xfffd) : 0;
    return n + put_utf8(out + n, unit);
}

/* What does not fill a unit waits for the next call. Result: the octets written: at most three for two, and three. */
static size_t widen(struct ptn_bytes *b, const unsigned char *text, size_t len, unsigned char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (!b->has_odd) {
            b->odd = text[i];
            b->has_odd = true;
            continue;
        }
        unsigned unit = b->encoding == UTF16_LITTLE ? (unsigned)text[i] << 8 | b->odd : (unsigned)b->odd << 8 | text[i];
        n += put_unit(b, (uint16_t)unit, out + n);
        b->has_odd = false;
    }
    return n;
}

static size_t utf16_some(struct ptn_bytes *b, unsigned char *buf, size_t len)
{
    unsigned char piece[UTF16_PIECE];
    while (b->wide_at == b->wide_len) {
        size_t got = text_some(b, piece, sizeof(piece));
        if (!got)
            return 0;
        b->wide_at = 0;
        b->wide_len = widen(b, piece, got, b->wide);
    }
    size_t n = b->wide_len - b->wide_at;
    n = n < len ? n : len;
    memcpy(buf, b->wide + b->wide_at, n);
    b->wide_at += n;
    return n;
}

/* ---- all of it --------------------------------------------------------------------------------------- */

static size_t some(struct ptn_bytes *b, unsigned char *buf, size_t len)
{
    return b->encoding == AS_IS ? text_some(b, buf, len) : utf16_some(b, buf, len);
}

static void read_head(struct ptn_bytes *b)
{
    while (b->head_len < PTN_BYTES_HEAD) {
        size_t n = some(b, b->head + b->head_len, PTN_BYTES_HEAD - b->head_len);
        if (!n)
            break;
        b->head_len += n;
        if (!b->regular && b->fd >= 0 && memchr(b->head, '\n', b->head_len))
            break; /* a pipe may take its time with the rest */
    }
}

/* The byte order mark says how the rest is to be read. */
static void read_mark(struct ptn_bytes *b)
{
    const unsigned char *h = b->head;
    if (b->head_len >= 3 && memcmp(h, "\xef\xbb\xbf", 3) == 0) {
        b->head_at = b->mark = 3;
        return;
    }
    if (b->head_len < 2 || !((h[0] == 0xff && h[1] == 0xfe) || (h[0] == 0xfe && h[1] == 0xff)))
        return;
    unsigned char *head = malloc(UTF16_ROOM(PTN_BYTES_HEAD));
    b->wide = malloc(UTF16_ROOM(UTF16_PIECE));
    if (!head || !b->wide) {
        free(head);
        fail(b, -ENOMEM, strerror(ENOMEM));
        return;
    }
    b->encoding = h[0] == 0xff ? UTF16_LITTLE : UTF16_BIG;
    b->head_len = widen(b, h + 2, b->head_len - 2, head);
    free(b->head);
    b->head = head;
}

/* Result: false when out of memory; that its library is missing is told as trouble. */
static bool begin_unpacking(struct ptn_bytes *b)
{
    struct ptn_err err;
    char text[sizeof(b->trouble.text)];
    int r = ptn_library_load(b->unpacker->library, &err);
    if (r < 0) {
        snprintf(text, sizeof(text), "it is packed by %s, and %.80s", b->unpacker->name, err.text);
        fail(b, r, text);
        return true;
    }
    b->state = calloc(1, b->unpacker->state);
    return b->state && b->unpacker->open(b->state);
}

static bool prepare(struct ptn_bytes *b)
{
    b->in = malloc(INPUT);
    b->head = malloc(PTN_BYTES_HEAD);
    if (!b->in || !b->head)
        return false;
    while (b->in_len < PTN_UNPACK_MAGIC && refill(b))
        ;
    b->unpacker = ptn_unpacker_of(b->in + b->in_at, b->in_len);
    if (b->unpacker && !begin_unpacking(b))
        return false;
    read_head(b);
    read_mark(b);
    return true;
}

static struct ptn_bytes *begin(struct ptn_bytes *b)
{
    if (b && !prepare(b)) {
        ptn_bytes_close(b);
        return NULL;
    }
    return b;
}

struct ptn_bytes *ptn_bytes_open(int fd, const bool *stop)
{
    struct ptn_bytes *b = calloc(1, sizeof(*b));
    struct stat st;
    if (!b) {
        close(fd);
        return NULL;
    }
    b->fd = fd;
    b->stop = stop;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        b->regular = true;
        b->size = (uint64_t)st.st_size;
    }
    return begin(b);
}

struct ptn_bytes *ptn_bytes_of(const void *memory, size_t len, const bool *stop)
{
    struct ptn_bytes *b = calloc(1, sizeof(*b));
    if (!b)
        return NULL;
    b->fd = -1;
    b->memory = memory;
    b->memory_len = len;
    b->stop = stop;
    return begin(b);
}

void ptn_bytes_close(struct ptn_bytes *b)
{
    if (!b)
        return;
    if (b->state)
        b->unpacker->close(b->state);
    if (b->fd >= 0)
        close(b->fd);
    free(b->state);
    free(b->in);
    free(b->head);
    free(b->wide);
    free(b);
}

const unsigned char *ptn_bytes_head(struct ptn_bytes *b, size_t *ret_len)
{
    *ret_len = b->head_len - b->head_at;
    return b->head + b->head_at;
}

size_t ptn_bytes_read(struct ptn_bytes *b, void *buf, size_t len)
{
    size_t n = b->head_len - b->head_at;
    n = n < len ? n : len;
    memcpy(buf, b->head + b->head_at, n);
    b->head_at += n;
    while (n < len) {
        size_t more = some(b, (unsigned char *)buf + n, len - n);
        if (!more)
            break;
        n += more;
    }
    return n;
}

const struct ptn_bytes_trouble *ptn_bytes_trouble(const struct ptn_bytes *b)
{
    return b->troubled ? &b->trouble : NULL;
}

off_t ptn_bytes_plain(const struct ptn_bytes *b, int *ret_fd, uint64_t *ret_size)
{
    if (!b->regular || !b->size || b->unpacker || b->encoding != AS_IS)
        return -1;
    *ret_fd = b->fd;
    *ret_size = b->size;
    return (off_t)b->mark;
}
