#include "inetd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/file.h"
#include "base/text.h"
#include "fs.h"

#define CONF_MAX ((size_t)1024 * 1024)
#define WORDS 7 /* service, type, protocol, wait, user, program, its arguments */

uint16_t ptn_super_port(const char *name, enum ptn_proto proto)
{
    long n = ptn_number(name, strlen(name), UINT16_MAX);
    if (n >= 0)
        return (uint16_t)n;
    struct servent e, *found = NULL;
    char buf[4096];
    if (getservbyname_r(name, ptn_proto_word(proto), &e, buf, sizeof(buf), &found) != 0 || !found)
        return 0;
    return ntohs((uint16_t)found->s_port);
}

/* "tcp", "udp6", "tcp46": plain is IPv4, 46 is both. Anything else (unix, rpc/tcp) is not for us. */
static bool read_protocol(const char *word, struct ptn_place *place)
{
    static const enum ptn_proto known[] = {PTN_TCP, PTN_UDP, PTN_SCTP};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const char *base = ptn_proto_word(known[i]);
        size_t n = strlen(base);
        if (strncmp(word, base, n) != 0)
            continue;
        const char *rest = word + n;
        if (*rest && strcmp(rest, "4") != 0 && strcmp(rest, "6") != 0 && strcmp(rest, "46") != 0)
            continue;
        place->proto = known[i];
        place->addr.family = strchr(rest, '6') ? AF_INET6 : AF_INET;
        place->dual = strcmp(rest, "46") == 0;
        return true;
    }
    return false;
}

/* "address:service"; the address may be '*', bracketed, or left out. Result: the service. */
static const char *read_address(char *word, struct ptn_place *place)
{
    char *colon = strrchr(word, ':');
    if (!colon)
        return word;
    struct ptn_addr a;
    const char *start = word;
    size_t len = (size_t)(colon - word);
    if (len >= 2 && start[0] == '[' && start[len - 1] == ']') {
        start++;
        len -= 2;
    }
    if (ptn_addr_parse(&a, start, len) == 0) {
        place->addr = a;
        place->dual = false;
    }
    return colon + 1;
}

/* Cuts a line into WORDS pieces, the last of which is the rest. Result: how many. */
static size_t split(char *line, char *words[WORDS])
{
    size_t n = 0;
    for (char *p = line + strspn(line, " \t"); *p && n < WORDS;) {
        words[n++] = p;
        if (n == WORDS)
            break;
        p += strcspn(p, " \t");
        if (*p)
            *p++ = '\0';
        p += strspn(p, " \t");
    }
    return n;
}

static int add_line(struct ptn_snapshot *s, char *line, const char *file, const char *everywhere,
                    struct ptn_array *supers)
{
    char *w[WORDS], address[PTN_ADDR_TEXT + 4];
    size_t n = split(line, w);
    struct ptn_place place = {0};
    if (n < 6 || !read_protocol(w[2], &place))
        return 0;
    snprintf(address, sizeof(address), "%s", everywhere);
    read_address(address, &place);
    const char *name = read_address(w[0], &place);
    place.port = ptn_super_port(name, place.proto);
    struct ptn_super *super = ptn_array_add(supers, sizeof(*super));
    if (!super)
        return -ENOMEM;
    bool by_number = ptn_number(name, strlen(name), UINT16_MAX) >= 0;
    const char *command = n == WORDS ? w[6] : w[5];
    super->place = place;
    super->name = by_number ? "" : ptn_snapshot_clean(s, name, strlen(name));
    super->file = file;
    super->user = ptn_snapshot_clean(s, w[4], strcspn(w[4], ":./"));
    super->exe = strcmp(w[5], "internal") == 0 ? "" : ptn_snapshot_clean(s, w[5], strlen(w[5]));
    super->command = ptn_snapshot_clean(s, command, strlen(command));
    return 0;
}

int ptn_inetd_parse(struct ptn_snapshot *s, char *text, const char *file, struct ptn_array *supers)
{
    char *save = NULL, everywhere[PTN_ADDR_TEXT + 4] = "";
    int r = 0;
    for (char *line = strtok_r(text, "\r\n", &save); line && r == 0; line = strtok_r(NULL, "\r\n", &save)) {
        line += strspn(line, " \t");
        size_t n = strlen(line);
        if (*line == '#' || n == 0)
            continue;
        if (line[n - 1] == ':' && !strpbrk(line, " \t")) /* "address:" alone is meant for all lines below */
            snprintf(everywhere, sizeof(everywhere), "%s", line);
        else
            r = add_line(s, line, file, everywhere, supers);
    }
    return r;
}

int ptn_super_file(struct ptn_snapshot *s, const char *root, const char *file, char **ret)
{
    char path[PATH_MAX];
    size_t len;
    snprintf(path, sizeof(path), "%s%s", root, file);
    int r = ptn_file_read(path, CONF_MAX, ret, &len);
    if (r == 0)
        return 1;
    return r == -ENOENT ? 0 : r == -ENOMEM ? r : ptn_snapshot_blind(s, false, strerror(-r), "%s", file);
}

static int read_file(struct ptn_snapshot *s, const char *root, const char *file, struct ptn_array *supers)
{
    char *text;
    int r = ptn_super_file(s, root, file, &text);
    if (r <= 0)
        return r;
    r = ptn_inetd_parse(s, text, ptn_snapshot_clean(s, file, strlen(file)), supers);
    free(text);
    return r;
}

int ptn_inetd_read(struct ptn_snapshot *s, const char *root, struct ptn_array *supers)
{
    _Alignas(struct ptn_dirent) char buf[4096];
    char path[PATH_MAX];
    int r = read_file(s, root, "/etc/inetd.conf", supers);
    snprintf(path, sizeof(path), "%s/etc/inetd.d", root);
    int fd = r == 0 ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0)
        return r;
    for (ssize_t n; r == 0 && (n = ptn_read_dir(fd, buf, sizeof(buf))) > 0;)
        for (size_t at = 0; at < (size_t)n && r == 0;) {
            const char *name = ptn_next_entry(buf, &at)->name;
            if (name[0] == '.' || ptn_ends_with(name, "~"))
                continue;
            snprintf(path, sizeof(path), "/etc/inetd.d/%s", name);
            r = read_file(s, root, path, supers);
        }
    close(fd);
    return r;
}
