#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/text.h"
#include "fs.h"
#include "inetd.h"

#define FILES_MAX 256

/* One `service` block while it is read. */
struct block {
    enum { OUTSIDE, SERVICE, DEFAULTS } kind;
    bool off, rpc, unlisted, has_proto, is_dgram, is_raw, only_v4, only_v6;
    enum ptn_proto proto;
    struct ptn_addr addr;
    uint16_t port;
    const char *name, *id, *user, *server, *args;
};

static int add_words(struct ptn_snapshot *s, const char *value, struct ptn_array *list)
{
    const char *word;
    for (size_t n; (n = ptn_next_word(&value, &word)) > 0;) {
        const char **slot = ptn_array_add(list, sizeof(const char *));
        if (!slot)
            return -ENOMEM;
        *slot = ptn_snapshot_clean(s, word, n);
    }
    return 0;
}

static void read_protocol(const char *value, struct block *b)
{
    static const enum ptn_proto known[] = {PTN_TCP, PTN_UDP, PTN_SCTP};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t n = strlen(ptn_proto_word(known[i]));
        if (strncmp(value, ptn_proto_word(known[i]), n) != 0)
            continue;
        b->proto = known[i];
        b->has_proto = true;
        b->only_v6 |= strcmp(value + n, "6") == 0;
    }
}

/* One "key = value" of a service. */
static void set(struct ptn_snapshot *s, struct block *b, const char *key, const char *value)
{
    size_t n = strlen(value);
    if (strcmp(key, "disable") == 0)
        b->off = strcasecmp(value, "yes") == 0;
    else if (strcmp(key, "port") == 0)
        b->port = (uint16_t)(ptn_number(value, n, UINT16_MAX) > 0 ? ptn_number(value, n, UINT16_MAX) : 0);
    else if (strcmp(key, "socket_type") == 0)
        b->is_dgram = strcmp(value, "dgram") == 0, b->is_raw = strcmp(value, "raw") == 0;
    else if (strcmp(key, "protocol") == 0)
        read_protocol(value, b);
    else if (strcmp(key, "bind") == 0 || strcmp(key, "interface") == 0)
        ptn_addr_parse(&b->addr, value, n);
    else if (strcmp(key, "flags") == 0)
        b->only_v4 |= ptn_has_word(value, "IPv4", 4);
    else if (strcmp(key, "type") == 0)
        b->rpc |= ptn_has_word(value, "RPC", 3), b->unlisted |= ptn_has_word(value, "UNLISTED", 8);
    else if (strcmp(key, "id") == 0)
        b->id = ptn_snapshot_clean(s, value, n);
    else if (strcmp(key, "user") == 0)
        b->user = ptn_snapshot_clean(s, value, n);
    else if (strcmp(key, "server") == 0)
        b->server = ptn_snapshot_clean(s, value, n);
    else if (strcmp(key, "server_args") == 0)
        b->args = ptn_snapshot_clean(s, value, n);
}

/* Without `bind` it stands on every address, IPv6 included unless the flags say IPv4. */
static struct ptn_place place_of(const struct block *b)
{
    struct ptn_place p = {.proto = b->has_proto ? b->proto : b->is_dgram ? PTN_UDP : PTN_TCP, .addr = b->addr};
    if (!p.addr.family) {
        p.addr.family = b->only_v4 ? AF_INET : AF_INET6;
        p.dual = !b->only_v4 && !b->only_v6;
    }
    p.port = b->port ? b->port : b->unlisted ? 0 : ptn_super_port(b->name, p.proto);
    return p;
}

/* At the closing brace. */
static int finish(struct ptn_snapshot *s, const struct block *b, const char *file, struct ptn_array *supers,
                  struct ptn_xinetd *x)
{
    if (b->kind != SERVICE || b->off || b->rpc || b->is_raw)
        return 0;
    struct ptn_super *super = ptn_array_add(supers, sizeof(*super));
    const char **id = ptn_array_add(&x->ids, sizeof(const char *));
    if (!super || !id)
        return -ENOMEM;
    *id = b->id ? b->id : b->name;
    bool by_number = ptn_number(b->name, strlen(b->name), UINT16_MAX) >= 0;
    *super = (struct ptn_super){.place = place_of(b), .name = by_number ? "" : b->name, .file = file, .xinetd = true};
    super->user = b->user ? b->user : "";
    super->exe = super->command = b->server ? b->server : "";
    if (b->server && b->args)
        super->command = ptn_arena_printf(&s->arena, "%s %s", b->server, b->args);
    return super->command ? 0 : -ENOMEM;
}

static int inside(struct ptn_snapshot *s, struct block *b, char *line, struct ptn_xinetd *x)
{
    char *value = strchr(line, '=');
    if (!value)
        return 0;
    char *end = value;
    if (end > line && (end[-1] == '+' || end[-1] == '-'))
        end--;
    *end = '\0';
    value = ptn_trim(value + 1);
    line = ptn_trim(line);
    if (b->kind == SERVICE)
        set(s, b, line, value);
    else if (strcmp(line, "disabled") == 0)
        return add_words(s, value, &x->disabled);
    else if (strcmp(line, "enabled") == 0)
        return add_words(s, value, &x->enabled);
    return 0;
}

static int outside(struct ptn_snapshot *s, struct block *b, const char *line, struct ptn_xinetd *x)
{
    const char *word, *rest = line;
    size_t n = ptn_next_word(&rest, &word);
    rest += strspn(rest, " \t");
    size_t len = strcspn(rest, " \t{");
    if (n == 7 && memcmp(word, "service", n) == 0) {
        *b = (struct block){.kind = SERVICE, .name = ptn_snapshot_clean(s, rest, len)};
    } else if (n >= 8 && memcmp(word, "defaults", 8) == 0) {
        *b = (struct block){.kind = DEFAULTS};
    } else if ((n == 7 && memcmp(word, "include", n) == 0) || (n == 10 && memcmp(word, "includedir", n) == 0)) {
        struct ptn_more *m = x->more.n < FILES_MAX ? ptn_array_add(&x->more, sizeof(*m)) : NULL;
        if (m && snprintf(m->path, sizeof(m->path), "%s", rest) < (int)sizeof(m->path))
            m->is_folder = n == 10;
    }
    return 0;
}

int ptn_xinetd_parse(struct ptn_snapshot *s, char *text, const char *file, struct ptn_array *supers,
                     struct ptn_xinetd *x)
{
    char *save = NULL;
    struct block b = {0};
    int r = 0;
    for (char *line = strtok_r(text, "\n", &save); line && r == 0; line = strtok_r(NULL, "\n", &save)) {
        line = ptn_trim(line);
        if (*line == '#' || *line == '{' || *line == '\0')
            continue;
        if (*line == '}') {
            r = finish(s, &b, file, supers, x);
            b = (struct block){0};
        } else {
            r = b.kind == OUTSIDE ? outside(s, &b, line, x) : inside(s, &b, line, x);
        }
    }
    return r;
}

static int read_file(struct ptn_snapshot *s, const char *root, const char *file, struct ptn_array *supers,
                     struct ptn_xinetd *x)
{
    char *text;
    int r = ptn_super_file(s, root, file, &text);
    if (r <= 0)
        return r;
    r = ptn_xinetd_parse(s, text, ptn_snapshot_clean(s, file, strlen(file)), supers, x);
    free(text);
    return r;
}

/* xinetd itself leaves out names with a dot and those that end in '~'. */
static int add_folder(const char *root, const char *folder, struct ptn_xinetd *x)
{
    _Alignas(struct ptn_dirent) char buf[4096];
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s%s", root, folder);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    for (ssize_t n; (n = ptn_read_dir(fd, buf, sizeof(buf))) > 0;)
        for (size_t at = 0; at < (size_t)n;) {
            const char *name = ptn_next_entry(buf, &at)->name;
            if (strchr(name, '.') || ptn_ends_with(name, "~") || x->more.n >= FILES_MAX)
                continue;
            struct ptn_more *m = ptn_array_add(&x->more, sizeof(*m));
            if (m && snprintf(m->path, sizeof(m->path), "%s/%s", folder, name) >= (int)sizeof(m->path))
                m->path[0] = '\0';
        }
    close(fd);
    return 0;
}

static bool listed(const struct ptn_array *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(*PTN_AT(const char *, list, i), id) == 0)
            return true;
    return false;
}

/* The defaults may stand behind the services, so they are applied last. */
static void apply_defaults(struct ptn_array *supers, size_t first, const struct ptn_xinetd *x)
{
    size_t out = first;
    for (size_t i = first; i < supers->n; i++) {
        const char *id = *PTN_AT(const char *, &x->ids, i - first);
        if (listed(&x->disabled, id) || (x->enabled.n && !listed(&x->enabled, id)))
            continue;
        *PTN_AT(struct ptn_super, supers, out) = *PTN_AT(struct ptn_super, supers, i);
        out++;
    }
    supers->n = out;
}

int ptn_xinetd_read(struct ptn_snapshot *s, const char *root, struct ptn_array *supers)
{
    struct ptn_xinetd x = {0};
    size_t first = supers->n;
    int r = read_file(s, root, "/etc/xinetd.conf", supers, &x);
    for (size_t i = 0; i < x.more.n && r == 0; i++) { /* the list grows while we walk it, up to FILES_MAX */
        struct ptn_more m = *PTN_AT(struct ptn_more, &x.more, i);
        if (m.path[0])
            r = m.is_folder ? add_folder(root, m.path, &x) : read_file(s, root, m.path, supers, &x);
    }
    if (r == 0)
        apply_defaults(supers, first, &x);
    struct ptn_array *const lists[] = {&x.more, &x.disabled, &x.enabled, &x.ids};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        ptn_array_free(lists[i]);
    return r;
}
