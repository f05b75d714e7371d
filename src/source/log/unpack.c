#include "unpack.h"

#include <bzlib.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define ZLIB(X) X(inflateInit2_) X(inflate) X(inflateReset) X(inflateEnd)
#define LZMA(X) X(lzma_stream_decoder) X(lzma_code) X(lzma_end)
#define ZSTD(X)                                                                                                        \
    X(ZSTD_createDCtx)                                                                                                 \
    X(ZSTD_freeDCtx)                                                                                                   \
    X(ZSTD_DCtx_setParameter)                                                                                          \
    X(ZSTD_decompressStream)                                                                                           \
    X(ZSTD_isError)                                                                                                    \
    X(ZSTD_getErrorCode)
#define BZIP2(X) X(BZ2_bzDecompressInit) X(BZ2_bzDecompress) X(BZ2_bzDecompressEnd)

PTN_LIBRARY(zlib, "libz.so.1", ZLIB)
PTN_LIBRARY(lzma, "liblzma.so.5", LZMA)
PTN_LIBRARY(zstd, "libzstd.so.1", ZSTD)
PTN_LIBRARY(bzip2, "libbz2.so.1.0", BZIP2)

#define WINDOW_LOG_MAX 27               /* of zstd: 128 MB, which is all that it writes by itself */
#define XZ_MEMORY (UINT64_C(192) << 20) /* xz -9 needs 65 MB */

/* ---- gzip -------------------------------------------------------------------------------------------- */

struct gzip {
    z_stream z;
    bool between; /* members */
};

static bool gzip_open(void *state)
{
    struct gzip *g = state;
    return zlib.inflateInit2_(&g->z, 15 + 16, ZLIB_VERSION, (int)sizeof(g->z)) == Z_OK;
}

/* What follows a member and is no member (zeros up to a block, mostly) is left alone, as gzip does. */
static enum ptn_unpacked gzip_next(struct gzip *g, struct ptn_unpack_step *s)
{
    if (s->in_len < 2)
        return s->last ? PTN_UNPACK_END : PTN_UNPACK_MORE;
    if (s->in[0] != 0x1f || s->in[1] != 0x8b)
        return PTN_UNPACK_END;
    g->between = false;
    return zlib.inflateReset(&g->z) == Z_OK ? PTN_UNPACK_MORE : PTN_UNPACK_BROKEN;
}

static enum ptn_unpacked gzip_step(void *state, struct ptn_unpack_step *s)
{
    struct gzip *g = state;
    if (g->between)
        return gzip_next(g, s);
    size_t in_len = s->in_len, out_len = s->out_len;
    g->z.next_in = (Bytef *)s->in;
    g->z.avail_in = (uInt)s->in_len;
    g->z.next_out = s->out;
    g->z.avail_out = (uInt)s->out_len;
    int r = zlib.inflate(&g->z, Z_NO_FLUSH);
    s->in = g->z.next_in;
    s->in_len = g->z.avail_in;
    s->out = g->z.next_out;
    s->out_len = g->z.avail_out;
    g->between = r == Z_STREAM_END;
    if (!g->between && !in_len && s->last && s->out_len == out_len)
        return PTN_UNPACK_CUT;
    return r == Z_OK || r == Z_BUF_ERROR || r == Z_STREAM_END ? PTN_UNPACK_MORE
           : r == Z_MEM_ERROR                                 ? PTN_UNPACK_MEMORY
                                                              : PTN_UNPACK_BROKEN;
}

static void gzip_close(void *state)
{
    struct gzip *g = state;
    zlib.inflateEnd(&g->z);
}

/* ---- xz ---------------------------------------------------------------------------------------------- */

static bool xz_open(void *state)
{
    return lzma.lzma_stream_decoder(state, XZ_MEMORY, LZMA_CONCATENATED) == LZMA_OK;
}

static enum ptn_unpacked xz_step(void *state, struct ptn_unpack_step *s)
{
    lzma_stream *x = state;
    x->next_in = s->in;
    x->avail_in = s->in_len;
    x->next_out = s->out;
    x->avail_out = s->out_len;
    lzma_ret r = lzma.lzma_code(x, s->last ? LZMA_FINISH : LZMA_RUN);
    s->in = x->next_in;
    s->in_len = x->avail_in;
    s->out = x->next_out;
    s->out_len = x->avail_out;
    switch (r) {
    case LZMA_OK:
        return PTN_UNPACK_MORE;
    case LZMA_STREAM_END:
        return PTN_UNPACK_END;
    case LZMA_BUF_ERROR:
        return s->last && s->out_len ? PTN_UNPACK_CUT : PTN_UNPACK_MORE;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
        return PTN_UNPACK_MEMORY;
    default:
        return PTN_UNPACK_BROKEN;
    }
}

static void xz_close(void *state)
{
    lzma.lzma_end(state);
}

/* ---- zstd -------------------------------------------------------------------------------------------- */

struct zstd {
    ZSTD_DCtx *z;
    bool between; /* frames */
};

static bool zstd_open(void *state)
{
    struct zstd *z = state;
    z->between = true;
    z->z = zstd.ZSTD_createDCtx();
    return z->z && !zstd.ZSTD_isError(zstd.ZSTD_DCtx_setParameter(z->z, ZSTD_d_windowLogMax, WINDOW_LOG_MAX));
}

static enum ptn_unpacked zstd_step(void *state, struct ptn_unpack_step *s)
{
    struct zstd *z = state;
    ZSTD_inBuffer in = {s->in, s->in_len, 0};
    ZSTD_outBuffer out = {s->out, s->out_len, 0};
    if (!s->in_len && s->last && z->between)
        return PTN_UNPACK_END;
    size_t r = zstd.ZSTD_decompressStream(z->z, &out, &in);
    bool stuck = !in.pos && !out.pos;
    s->in += in.pos;
    s->in_len -= in.pos;
    s->out += out.pos;
    s->out_len -= out.pos;
    if (zstd.ZSTD_isError(r))
        return zstd.ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge ||
                       zstd.ZSTD_getErrorCode(r) == ZSTD_error_memory_allocation
                   ? PTN_UNPACK_MEMORY
                   : PTN_UNPACK_BROKEN;
    z->between = r == 0;
    return stuck && s->last && !s->in_len && r ? PTN_UNPACK_CUT : PTN_UNPACK_MORE;
}

static void zstd_close(void *state)
{
    struct zstd *z = state;
    zstd.ZSTD_freeDCtx(z->z);
}

/* ---- bzip2 ------------------------------------------------------------------------------------------- */

struct bzip2 {
    bz_stream b;
    bool between; /* members */
};

static bool bzip2_open(void *state)
{
    struct bzip2 *b = state;
    return bzip2.BZ2_bzDecompressInit(&b->b, 0, 0) == BZ_OK;
}

static enum ptn_unpacked bzip2_next(struct bzip2 *b, struct ptn_unpack_step *s)
{
    if (s->in_len < 3)
        return s->last ? PTN_UNPACK_END : PTN_UNPACK_MORE;
    if (memcmp(s->in, "BZh", 3) != 0)
        return PTN_UNPACK_END;
    bzip2.BZ2_bzDecompressEnd(&b->b);
    memset(b, 0, sizeof(*b));
    return bzip2_open(b) ? PTN_UNPACK_MORE : PTN_UNPACK_MEMORY;
}

static enum ptn_unpacked bzip2_step(void *state, struct ptn_unpack_step *s)
{
    struct bzip2 *b = state;
    if (b->between)
        return bzip2_next(b, s);
    b->b.next_in = (char *)s->in;
    b->b.avail_in = (unsigned)s->in_len;
    b->b.next_out = (char *)s->out;
    b->b.avail_out = (unsigned)s->out_len;
    int r = bzip2.BZ2_bzDecompress(&b->b);
    bool stuck = b->b.avail_in == s->in_len && b->b.avail_out == s->out_len;
    s->in = (unsigned char *)b->b.next_in;
    s->in_len = b->b.avail_in;
    s->out = (unsigned char *)b->b.next_out;
    s->out_len = b->b.avail_out;
    b->between = r == BZ_STREAM_END;
    if (r == BZ_OK && stuck && s->last && !s->in_len)
        return PTN_UNPACK_CUT;
    return r == BZ_OK || r == BZ_STREAM_END ? PTN_UNPACK_MORE
           : r == BZ_MEM_ERROR              ? PTN_UNPACK_MEMORY
                                            : PTN_UNPACK_BROKEN;
}

static void bzip2_close(void *state)
{
    struct bzip2 *b = state;
    bzip2.BZ2_bzDecompressEnd(&b->b);
}

/* ------------------------------------------------------------------------------------------------------ */

static const struct ptn_unpacker unpackers[] = {
    {"gzip", "\x1f\x8b", 2, &zlib_library, sizeof(struct gzip), gzip_open, gzip_step, gzip_close},
    {"xz",
     "\xfd"
     "7zXZ\0",
     6, &lzma_library, sizeof(lzma_stream), xz_open, xz_step, xz_close},
    {"zstd", "\x28\xb5\x2f\xfd", 4, &zstd_library, sizeof(struct zstd), zstd_open, zstd_step, zstd_close},
    {"bzip2", "BZh", 3, &bzip2_library, sizeof(struct bzip2), bzip2_open, bzip2_step, bzip2_close},
};

const struct ptn_unpacker *ptn_unpacker_of(const unsigned char *head, size_t len)
{
    for (size_t i = 0; i < sizeof(unpackers) / sizeof(unpackers[0]); i++)
        if (len >= unpackers[i].magic_len && memcmp(head, unpackers[i].magic, unpackers[i].magic_len) == 0)
            return &unpackers[i];
    return NULL;
}
