/*
 * The contacts of this network namespace.
 *     contactsq [-p]
 * With -p sock_diag is refused, which leaves /proc. Prints a line for each, "PROTO PEER PORT out|in OWN-PORT
 * SOURCE[,SOURCE...]", and last "seen SOURCES blind SOURCES", where `-` is none. Ends with 0, or 2 and the sentence.
 */
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/addr.h"
#include "host/contact.h"

static const char *sources(unsigned set, char out[32])
{
    snprintf(out, 32, "%s%s%s", set & PTN_CONTACT_TRACKED ? ",track" : "", set & PTN_CONTACT_TCP ? ",tcp" : "",
             set & PTN_CONTACT_UDP ? ",udp" : "");
    return out[0] ? out + 1 : "-";
}

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n)

static int refuse_diag(void)
{
    struct sock_filter f[] = {LOAD(nr),
                              SKIP_UNLESS(SYS_socket, 5),
                              LOAD(args[0]),
                              SKIP_UNLESS(AF_NETLINK, 3),
                              LOAD(args[2]),
                              SKIP_UNLESS(NETLINK_SOCK_DIAG, 1),
                              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 13 /* EACCES */),
                              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog p = {sizeof(f) / sizeof(*f), f};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) < 0;
}

int main(int argc, char **argv)
{
    struct ptn_contacts all;
    struct ptn_err err;
    char addr[PTN_ADDR_TEXT], one[32], two[32];
    if (argc > 1 && (strcmp(argv[1], "-p") != 0 || refuse_diag() != 0)) {
        printf("error: %s\n", argv[1]);
        return 2;
    }
    int r = ptn_contacts_read(&all, &err);
    if (r < 0) {
        printf("error: %s\n", err.text);
        return 2;
    }
    for (const struct ptn_contact *c = all.items; c < all.items + all.n; c++)
        printf("%s %s %u %s %u %s\n", c->proto == IPPROTO_TCP ? "tcp" : "udp", ptn_addr_format(&c->peer, addr), c->port,
               c->outgoing ? "out" : "in", c->own_port, sources(c->seen, one));
    printf("seen %s blind %s\n", sources(all.seen, one), sources(all.blind, two));
    ptn_contacts_release(&all);
    return 0;
}
