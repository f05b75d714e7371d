/* For tests of files: a folder of our own, and files in it. */
#ifndef PTN_TEST_LOG_FILES_H
#define PTN_TEST_LOG_FILES_H

#include <bzlib.h>
#include <fcntl.h>
#include <ftw.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "check.h"

static char folder[] = "/tmp/ptn-log-XXXXXX";

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_drop(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static int folder_remove(void **state)
{
    (void)state;
    return nftw(folder, folder_drop, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file of the folder; holds for eight calls. */
static __attribute__((unused)) const char *path_of(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static __attribute__((unused)) const char *file_of(const char *name, const void *data, size_t len)
{
    const char *path = path_of(name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    return path;
}

static __attribute__((unused)) const char *text_file(const char *name, const char *text)
{
    return file_of(name, text, strlen(text));
}

/* ---- packing ----------------------------------------------------------------------------------------- */

static size_t pack_gzip(const void *in, size_t len, char *out, size_t room)
{
    z_stream z = {.next_in = (Bytef *)in, .avail_in = (uInt)len, .next_out = (Bytef *)out, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static size_t pack_xz(const void *in, size_t len, char *out, size_t room)
{
    size_t n = 0;
    assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, in, len, (uint8_t *)out, &n, room), LZMA_OK);
    return n;
}

static size_t pack_zstd(const void *in, size_t len, char *out, size_t room)
{
    size_t n = ZSTD_compress(out, room, in, len, 3);
    assert_false(ZSTD_isError(n));
    return n;
}

static size_t pack_bzip2(const void *in, size_t len, char *out, size_t room)
{
    unsigned n = (unsigned)room;
    assert_int_equal(BZ2_bzBuffToBuffCompress(out, &n, (char *)in, (unsigned)len, 1, 0, 0), BZ_OK);
    return n;
}

static const struct packer {
    const char *name, *suffix;
    size_t (*pack)(const void *in, size_t len, char *out, size_t room);
} packers[] = {
    {"gzip", ".gz", pack_gzip}, {"xz", ".xz", pack_xz}, {"zstd", ".zst", pack_zstd}, {"bzip2", ".bz2", pack_bzip2}};

/* A packed file of one member or more, of which the last `cut` octets are missing. */
static __attribute__((unused)) const char *packed_file(const struct packer *p, const char *name,
                                                       const char *const *members, size_t n, size_t cut)
{
    static char out[16 << 20];
    char full[64];
    size_t len = 0;
    for (size_t i = 0; i < n; i++)
        len += p->pack(members[i], strlen(members[i]), out + len, sizeof(out) - len);
    snprintf(full, sizeof(full), "%s%s", name, p->suffix);
    return file_of(full, out, len - cut);
}

#endif
