/* One netlink conversation: send a dump request, hand every answer on. */
#ifndef PTN_BASE_NETLINK_H
#define PTN_BASE_NETLINK_H

#include <libmnl/libmnl.h>

#define PTN_NL_REQUEST 256 /* room for any request of ours */

struct ptn_nl {
    struct mnl_socket *sock;
    unsigned seq;
};

/* Opens a conversation in the network namespace of the calling thread. Result: 0 or -errno. */
int ptn_nl_open(struct ptn_nl *, int bus);
void ptn_nl_close(struct ptn_nl *);

/* Called with each answer; a negative result ends the dump and is forwarded. */
typedef int (*ptn_nl_each)(void *ctx, const struct nlmsghdr *);

/* Sends the request (type, body and attributes already put) as a dump. Result: 0 or -errno. After a failure that
 * isn't the kernel's own refusal the conversation may still hold answers: close it. */
int ptn_nl_dump(struct ptn_nl *, struct nlmsghdr *request, ptn_nl_each, void *ctx);

/* The same for a request that has one answer. */
int ptn_nl_ask(struct ptn_nl *, struct nlmsghdr *request, ptn_nl_each, void *ctx);

/* The attributes of a message behind its `header` bytes, or those nested in `a` (may be NULL), by type: out[type],
 * NULL where missing. Types of `max` and above are left out. */
void ptn_nl_attrs(const struct nlmsghdr *, size_t header, const struct nlattr **out, size_t max);
void ptn_nl_nested(const struct nlattr *a, const struct nlattr **out, size_t max);

/* The value of an attribute; 0 or "" where it is NULL or too short. */
uint32_t ptn_nl_u32(const struct nlattr *);
const char *ptn_nl_text(const struct nlattr *);

#endif
