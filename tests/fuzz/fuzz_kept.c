/* Files that a site keeps: what it expects to listen (--allow), and an earlier audit (--against). */
#include "fuzz.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "judge/allow.h"
#include "store/baseline.h"

static const char now[] =
    "{\"schema\": 1, \"blind\": [], \"audit\": ["
    "{\"netns\": \"host\", \"proto\": \"tcp\", \"address\": \"::\", \"port\": 22, \"service\": \"ssh\", \"rating\": "
    "\"Y\", "
    "\"verdict\": \"OK\", \"rung\": {\"ipv4\": \"lan\", \"ipv6\": null}, \"owner\": {\"unit\": \"ssh.service\", "
    "\"pid\": 7}},"
    "{\"netns\": \"net:[1]\", \"proto\": \"udp\", \"address\": \"0.0.0.0\", \"port\": 53, \"owner\": null}]}";

static void check_allow(const uint8_t *data, size_t size)
{
    struct ptn_owner owner = {.comm = "sshd", .exe = "/usr/sbin/sshd", .unit = "ssh.service"};
    struct ptn_listener l = {.port = 22, .addr = {.family = AF_INET}, .owner = &owner};
    struct ptn_netns ns = {.name = "host"};
    struct ptn_finding item = {.listener = &l, .netns = &ns, .verdict = PTN_VERDICT_WORRY, .why = "w", .act = "d"};
    struct ptn_findings f = {.items = &item, .n = 1};
    struct ptn_allows a;
    struct ptn_err err = {""};
    int r = ptn_allow_read(&a, "fuzz", (const char *)data, size, &err);
    require(r == 0 || strncmp(err.text, "fuzz:", 5) == 0);
    if (r == 0) {
        require(ptn_allow_apply(&a, &f, "2026-11-23") == 0);
        ptn_allow_release(&a);
        require(item.verdict == PTN_VERDICT_OK || item.verdict == PTN_VERDICT_WORRY);
        require((item.verdict == PTN_VERDICT_OK) == (item.lints[PTN_LINT_EXPECTED] != NULL));
    }
    ptn_arena_release(&f.arena);
}

static void check_baseline(const uint8_t *data, size_t size)
{
    static json_t *document;
    static int fd = -1;
    static char path[64];
    struct ptn_err err = {""};
    json_t *d = NULL;
    if (!document)
        require((document = json_loads(now, 0, NULL)) != NULL);
    if (fd < 0) {
        fd = memfd_create("baseline", MFD_CLOEXEC);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    require(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    int r = ptn_baseline_compare(path, document, &d, &err);
    require((r < 0) == (err.text[0] != '\0'));
    if (r >= 0) {
        require(json_is_object(d));
        json_decref(d);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_allow(data, size);
    check_baseline(data, size);
    return 0;
}
