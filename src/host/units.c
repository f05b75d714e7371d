#include "units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/text.h"
#include "fs.h"
#include "unitfile.h"

#define UNITS_MAX 4096
#define PLACES_MAX 64 /* of one unit */

/* What the folders say of a name, before any file is opened. */
struct seen {
    char name[256];
    bool is_file, enabled, has_drop_ins;
};

int ptn_unit_address(const char *value, struct ptn_place *ret)
{
    const char *colon = strrchr(value, ':');
    const char *digits = colon ? colon + 1 : value;
    long port = ptn_number(digits, strlen(digits), UINT16_MAX);
    if (port <= 0)
        return -EINVAL;
    ret->port = (uint16_t)port;
    ret->addr = (struct ptn_addr){.family = AF_INET6};
    if (!colon)
        return 0;
    size_t len = (size_t)(colon - value);
    if (len >= 2 && value[0] == '[' && value[len - 1] == ']') {
        value++;
        len -= 2;
        const char *scope = memchr(value, '%', len);
        len = scope ? (size_t)(scope - value) : len;
    }
    return ptn_addr_parse(&ret->addr, value, len);
}

struct reading {
    struct ptn_snapshot *s;
    struct ptn_place places[PLACES_MAX];
    size_t n;
    struct ptn_unit unit;
    enum ptn_proto protocol; /* SocketProtocol=, else what kind of socket it is */
    bool has_protocol, ipv6_only;
};

static bool is_yes(const char *value)
{
    return strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0 ||
           strcasecmp(value, "on") == 0;
}

static void read_listen(struct reading *r, const char *key, const char *value)
{
    struct ptn_place p = {.proto = strcmp(key, "ListenDatagram") == 0 ? PTN_UDP : PTN_TCP};
    if (!*value) /* an empty one takes back all before it, of any kind */
        r->n = 0;
    else if (r->n < PLACES_MAX && ptn_unit_address(value, &p) == 0)
        r->places[r->n++] = p;
}

static void read_protocol(struct reading *r, const char *value)
{
    static const enum ptn_proto known[] = {PTN_UDPLITE, PTN_SCTP, PTN_MPTCP};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(value, ptn_proto_word(known[i])) == 0) {
            r->protocol = known[i];
            r->has_protocol = true;
        }
}

static void each_socket_line(void *ctx, const char *key, const char *value)
{
    struct reading *r = ctx;
    if (strcmp(key, "ListenStream") == 0 || strcmp(key, "ListenDatagram") == 0 ||
        strcmp(key, "ListenSequentialPacket") == 0)
        read_listen(r, key, value);
    else if (strcmp(key, "BindIPv6Only") == 0)
        r->ipv6_only = strcmp(value, "ipv6-only") == 0;
    else if (strcmp(key, "Service") == 0)
        r->unit.service = ptn_snapshot_clean(r->s, value, strlen(value));
    else if (strcmp(key, "Accept") == 0)
        r->unit.accept = is_yes(value);
    else if (strcmp(key, "BindToDevice") == 0)
        r->unit.device = ptn_snapshot_clean(r->s, value, strlen(value));
    else if (strcmp(key, "SocketProtocol") == 0)
        read_protocol(r, value);
}

/* What depends on several lines. */
static int finish(struct reading *r, const struct seen *seen, const char *path)
{
    struct ptn_snapshot *s = r->s;
    struct ptn_place *places = ptn_arena_alloc(&s->arena, r->n * sizeof(*places));
    if (!places)
        return -ENOMEM;
    for (size_t i = 0; i < r->n; i++) {
        places[i] = r->places[i];
        places[i].dual = places[i].addr.family == AF_INET6 && ptn_addr_is_any(&places[i].addr) && !r->ipv6_only;
        if (r->has_protocol)
            places[i].proto = r->protocol;
    }
    r->unit.name = ptn_snapshot_clean(s, seen->name, strlen(seen->name));
    r->unit.file = ptn_snapshot_clean(s, path, strlen(path));
    r->unit.enabled = seen->enabled;
    r->unit.places = places;
    r->unit.n_places = r->n;
    if (!*r->unit.service)
        r->unit.service = ptn_arena_printf(&s->arena, "%.*s%s.service", (int)(strlen(r->unit.name) - 7), r->unit.name,
                                           r->unit.accept ? "@" : "");
    return r->unit.service ? 0 : -ENOMEM;
}

static int read_unit(struct ptn_snapshot *s, const char *root, const struct seen *seen, struct ptn_array *units)
{
    struct reading r = {.s = s, .unit = {.service = "", .device = ""}};
    char path[PATH_MAX];
    int code = ptn_unit_load(root, seen->name, "Socket", seen->has_drop_ins, each_socket_line, &r, path);
    if (code != 0 || r.n == 0)
        return 0; /* masked, unreadable, or nothing on the network */
    code = finish(&r, seen, path);
    struct ptn_unit *u = code == 0 ? ptn_array_add(units, sizeof(*u)) : NULL;
    if (!u)
        return -ENOMEM;
    *u = r.unit;
    return 0;
}

static struct seen *see(struct ptn_array *all, const char *name, size_t len)
{
    for (size_t i = 0; i < all->n; i++) {
        struct seen *old = PTN_AT(struct seen, all, i);
        if (strncmp(old->name, name, len) == 0 && old->name[len] == '\0')
            return old;
    }
    struct seen *s = all->n < UNITS_MAX && len < sizeof(s->name) ? ptn_array_add(all, sizeof(*s)) : NULL;
    if (s)
        memcpy(s->name, name, len);
    return s;
}

/* Calls each() with every name in a folder. A folder that isn't there has none. */
static void each_name(int dirfd, const char *path, void (*each)(struct ptn_array *, int, const char *),
                      struct ptn_array *all)
{
    _Alignas(struct ptn_dirent) char buf[16 * 1024];
    int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    for (ssize_t n; (n = ptn_read_dir(fd, buf, sizeof(buf))) > 0;)
        for (size_t at = 0; at < (size_t)n;)
            each(all, fd, ptn_next_entry(buf, &at)->name);
    close(fd);
}

static void see_wanted(struct ptn_array *all, int dirfd, const char *name)
{
    (void)dirfd;
    struct seen *s = ptn_ends_with(name, ".socket") ? see(all, name, strlen(name)) : NULL;
    if (s)
        s->enabled = true;
}

static void see_entry(struct ptn_array *all, int dirfd, const char *name)
{
    struct seen *s = NULL;
    if (ptn_ends_with(name, ".wants") || ptn_ends_with(name, ".requires"))
        each_name(dirfd, name, see_wanted, all);
    else if (ptn_ends_with(name, ".socket") && (s = see(all, name, strlen(name))))
        s->is_file = true;
    else if (ptn_ends_with(name, ".socket.d") && (s = see(all, name, strlen(name) - 2)))
        s->has_drop_ins = true;
}

/* On a merged /usr the last folder is the one before it. */
static bool same_folder(const char *root, size_t a, size_t b)
{
    char path[PATH_MAX];
    struct stat x, y;
    snprintf(path, sizeof(path), "%s%s", root, ptn_unit_dirs[a]);
    if (stat(path, &x) < 0)
        return false;
    snprintf(path, sizeof(path), "%s%s", root, ptn_unit_dirs[b]);
    return stat(path, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

int ptn_units_read(struct ptn_snapshot *s, const char *root, struct ptn_array *units)
{
    struct ptn_array all = {0};
    int r = 0;
    for (size_t i = 0; i < PTN_UNIT_DIRS; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof(path), "%s%s", root, ptn_unit_dirs[i]);
        if (i + 1 < PTN_UNIT_DIRS || !same_folder(root, i - 1, i))
            each_name(AT_FDCWD, path, see_entry, &all);
    }
    for (size_t i = 0; i < all.n && r == 0; i++) {
        const struct seen *seen = PTN_AT(struct seen, &all, i);
        if (seen->is_file && !strstr(seen->name, "@.")) /* a template listens only as an instance */
            r = read_unit(s, root, seen, units);
    }
    ptn_array_free(&all);
    return r;
}

struct start_reading {
    struct ptn_snapshot *s;
    struct ptn_start *ret;
};

/* "-/usr/sbin/sshd -D": the marks before the path say how to start it, and quotes may stand around it. */
static void read_start(struct ptn_snapshot *s, const char *value, struct ptn_start *ret)
{
    value += strspn(value, "-@:+!|");
    ret->command = ptn_snapshot_clean(s, value, strlen(value));
    const char *end = *value == '"' || *value == '\'' ? strchr(value + 1, *value) : value + strcspn(value, " \t");
    if (end && (*value == '"' || *value == '\''))
        value++;
    ret->exe = end ? ptn_snapshot_clean(s, value, (size_t)(end - value)) : "";
}

static void each_service_line(void *ctx, const char *key, const char *value)
{
    struct start_reading *r = ctx;
    if (strcmp(key, "ExecStart") == 0)
        read_start(r->s, value, r->ret);
    else if (strcmp(key, "User") == 0)
        r->ret->user = ptn_snapshot_clean(r->s, value, strlen(value));
}

int ptn_units_start(struct ptn_snapshot *s, const char *root, const char *service, struct ptn_start *ret)
{
    char path[PATH_MAX];
    struct start_reading r = {s, ret};
    *ret = (struct ptn_start){"", "", ""};
    int code = ptn_unit_load(root, service, "Service", true, each_service_line, &r, path);
    return code > 0 ? -ENOENT : code;
}
