/*
 * Showing that a ruleset is the policy it was written from: it is loaded in a scratch namespace, read back as the
 * kernel has it, and asked about every packet: both families, every protocol and port, every source, every interface,
 * every state of a connection. What it accepts must be what the policy permits (and what every policy lets in, see
 * write.h), nothing else and nothing less; the same for what is reset. One packet that says otherwise is named.
 *
 * The questions are asked on a machine made up for this, so that the proof holds on any: no rule of ours looks at what
 * is this machine's own, but for dropping.
 */
#ifndef PTN_WALL_PROVE_H
#define PTN_WALL_PROVE_H

#include "box.h"
#include "write.h"

/* `text` as ptn_policy_text() made it. Result: 0 it is the policy; -EBADMSG it is not, with an example packet
 * ("203.0.113.9 -> 25/tcp by eth0: the ruleset accepts it, the intent does not"), or nft does not take it, with nft's
 * message; -ENOENT, -EPERM and others: it could not be tried, with a sentence. */
int ptn_policy_prove(const struct ptn_policy *, const char *text, size_t len, struct ptn_err *err);

/* The same of a wall that was read: only this policy's table is in it. */
int ptn_policy_compare(const struct ptn_policy *, const struct ptn_wall *, struct ptn_err *err);

/* ---- inside: what is expected (expect.c) --------------------------------------------------------------------------
 */

/* Packets of one family: those that are accepted, and those that are reset unless they are accepted. Boxes may overlap,
 * and leave fields that do not matter open. */
struct ptn_expected {
    struct ptn_boxes accept, reset;
};

int ptn_expected_make(struct ptn_expected *ret, const struct ptn_policy *, uint8_t family);
void ptn_expected_release(struct ptn_expected *);

/* Interfaces' names: all but "lo". NULL when out of memory. */
struct ptn_ranges *ptn_names_but_lo(void);

#endif
