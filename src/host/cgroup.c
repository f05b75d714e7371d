#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "fs.h"

#define HANDLE_KERNFS 0xfe /* FILEID_KERNFS of linux/exportfs.h: the handle is the cgroup's id */
#define PROCS_MAX ((size_t)4 * 1024 * 1024)

/* How container managers name the cgroup of a container. The name follows the prefix; ids are hexadecimal and cut
 * to twelve digits as the tools print them. A monitor process lives in a group of its own, which is no container. */
static const struct manager {
    const char *prefix, *word;
    bool is_id;
} managers[] = {
    {"libpod-conmon-", NULL, false}, {"crio-conmon-", NULL, false},
    {"lxc.monitor", NULL, false},    {"docker-", "docker", true},
    {"libpod-", "podman", true},     {"cri-containerd-", "containerd", true},
    {"crio-", "crio", true},         {"nerdctl-", "containerd", true},
    {"lxc.payload.", "lxc", false},  {"systemd-nspawn@", "nspawn", false},
    {"machine-qemu", NULL, false},   {"machine-", "nspawn", false},
};

/* Parents whose children are containers: "/docker/ID", "/lxc/NAME". */
static const struct manager parents[] = {
    {"docker", "docker", true},
    {"lxc", "lxc", false},
    {"lxc.payload", "lxc", false},
    {"libpod_parent", "podman", true},
};

#define ID_SHOWN 12
#define ID_LEAST 32 /* of a container id, which has 64 digits */

static size_t hex_length(const char *p, size_t len)
{
    size_t n = 0;
    while (n < len && strchr("0123456789abcdef", p[n]) && p[n])
        n++;
    return n;
}

static size_t without_suffix(const char *p, size_t len)
{
    static const char *const suffixes[] = {".scope", ".service", ".slice"};
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        size_t n = strlen(suffixes[i]);
        if (len > n && memcmp(p + len - n, suffixes[i], n) == 0)
            return len - n;
    }
    return len;
}

/* "\x2d" in a unit's name is '-'. */
static void unescape(char *text)
{
    char *out = text;
    for (char *p = text; *p; out++) {
        if (p[0] == '\\' && p[1] == 'x' && hex_length(p + 2, 2) == 2) {
            char z[3] = {p[2], p[3], 0};
            *out = (char)strtoul(z, NULL, 16);
            p += 4;
        } else {
            *out = *p++;
        }
    }
    *out = '\0';
}

static void set_container(struct ptn_cgroup *ret, const struct manager *m, const char *name, size_t len, bool pod)
{
    if (!m->word) {
        ret->container[0] = '\0';
        return;
    }
    len = without_suffix(name, len);
    if (m->is_id && hex_length(name, len) < ID_LEAST)
        return;
    if (m->is_id)
        len = ID_SHOWN;
    snprintf(ret->container, sizeof(ret->container), "%s:%.*s", pod ? "kubernetes" : m->word, (int)len, name);
    unescape(ret->container);
}

static const struct manager *find(const struct manager *list, size_t n, const char *part, size_t len, bool whole)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = strlen(list[i].prefix);
        if (len >= k && memcmp(part, list[i].prefix, k) == 0 && (!whole || len == k))
            return &list[i];
    }
    return NULL;
}

/* One path, outermost part first: the innermost container and unit win. */
static void parse_path(const char *path, size_t len, struct ptn_cgroup *ret)
{
    const struct manager *parent = NULL;
    static const struct manager pod_child = {"", "kubernetes", true};
    bool pod = false;
    for (size_t at = 0; at < len;) {
        const char *part = path + at;
        const char *slash = memchr(part, '/', len - at);
        size_t n = slash ? (size_t)(slash - part) : len - at;
        at += n + 1;
        if (n == 0)
            continue;
        const struct manager *m = find(managers, sizeof(managers) / sizeof(managers[0]), part, n, false);
        pod |= n >= 8 && memcmp(part, "kubepods", 8) == 0;
        if (m)
            set_container(ret, m, part + strlen(m->prefix), n - strlen(m->prefix), pod);
        else if (parent || pod)
            set_container(ret, parent ? parent : &pod_child, part, n, pod);
        parent = find(parents, sizeof(parents) / sizeof(parents[0]), part, n, true);
        size_t bare = without_suffix(part, n);
        if (bare != n && memcmp(part + bare, ".slice", 6 < n - bare ? 6 : n - bare) != 0) {
            part += *part == '_'; /* systemd's escape for names that the kernel keeps */
            snprintf(ret->unit, sizeof(ret->unit), "%.*s", (int)(path + at - 1 - part), part);
        }
    }
}

void ptn_cgroup_parse(const char *text, struct ptn_cgroup *ret)
{
    *ret = (struct ptn_cgroup){0};
    while (*text) {
        size_t len = strcspn(text, "\n");
        const char *names = memchr(text, ':', len);
        const char *path = names ? memchr(names + 1, ':', len - (size_t)(names + 1 - text)) : NULL;
        if (path) {
            /* Container managers use any hierarchy; units are in systemd's own, or in version 2. */
            struct ptn_cgroup one = {0};
            parse_path(path + 1, len - (size_t)(path + 1 - text), &one);
            bool systemd = path == names + 1 || strncmp(names, ":name=systemd:", 14) == 0;
            if (one.unit[0] && (systemd || !ret->unit[0]))
                memcpy(ret->unit, one.unit, sizeof(one.unit));
            if (one.container[0] && (systemd || !ret->container[0]))
                memcpy(ret->container, one.container, sizeof(one.container));
        }
        text += len + (text[len] == '\n');
    }
}

int ptn_cgroup_open(void)
{
    static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct statfs f;
        int fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && fstatfs(fd, &f) == 0 && f.f_type == CGROUP2_SUPER_MAGIC)
            return fd;
        if (fd >= 0)
            close(fd);
    }
    return -ENOENT;
}

static int add_members(const char *text, struct ptn_array *pids)
{
    while (*text) {
        int32_t pid = (int32_t)ptn_leading_number(text);
        int32_t *slot = pid > 0 ? ptn_array_add(pids, sizeof(*slot)) : NULL;
        if (pid > 0 && !slot)
            return -ENOMEM;
        if (slot)
            *slot = pid;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return 0;
}

int ptn_cgroup_members(int tree, uint64_t id, struct ptn_array *pids)
{
    _Alignas(struct file_handle) char room[sizeof(struct file_handle) + sizeof(id)];
    struct file_handle *handle = (void *)room;
    handle->handle_bytes = sizeof(id);
    handle->handle_type = HANDLE_KERNFS;
    memcpy(room + offsetof(struct file_handle, f_handle), &id, sizeof(id));
    int dir = open_by_handle_at(tree, handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -errno;
    int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -errno : 0;
    char *text = NULL;
    size_t len;
    close(dir);
    if (fd >= 0) {
        r = ptn_fd_read(fd, PROCS_MAX, &text, &len);
        close(fd);
    }
    if (r == 0)
        r = add_members(text, pids);
    free(text);
    return r;
}

/* The group's list is in no promised order. */
static int32_t lowest(const char *text)
{
    struct ptn_array pids = {0};
    int32_t low = 0;
    add_members(text, &pids);
    for (size_t i = 0; i < pids.n; i++)
        if (!low || *PTN_AT(int32_t, &pids, i) < low)
            low = *PTN_AT(int32_t, &pids, i);
    ptn_array_free(&pids);
    return low;
}

int32_t ptn_cgroup_main_pid(const char *service)
{
    static const char *const trees[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"};
    char path[512], text[4096];
    for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
        snprintf(path, sizeof(path), "%s/system.slice/%s/cgroup.procs", trees[i], service);
        if (ptn_read_small(AT_FDCWD, path, text, sizeof(text)) > 0)
            return lowest(text);
    }
    return 0;
}
