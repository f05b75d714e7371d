/*
 * What stands around a message: syslog (RFC 3164, RFC 5424, ISO stamps, with and without priority, relays that put one
 * around another), dmesg, journalctl's JSON, docker's JSON and the like. (envelope.c)
 */
#ifndef PTN_SOURCE_LOG_ENVELOPE_H
#define PTN_SOURCE_LOG_ENVELOPE_H

#include "format.h"
#include "stamp.h"

/* Opens the envelope of a line, which has no end of line any more. *ret borrows from it, and from `room` where the text
 * had to be unescaped (JSON): at least as long as the line. What is in no envelope is all message.
 *
 * The structured data of RFC 5424 is left out, unless it is the message: where no other is, and where its producer says
 * all in it (Juniper; Check Point, whose is none). The text begins with the message's id then, if there is one. Lines
 * whose stamp is the first of their columns (Windows' firewall) are left whole. */
void ptn_envelope_open(struct ptn_clock *, struct ptn_slice line, char *room, struct ptn_message *ret);

/* The same with what is in the text of a message already. */
void ptn_envelope_peel(struct ptn_clock *, struct ptn_message *);

/* Journal entries, docker's lines and the like (envelope_json.c): fills *ret and says true, or leaves it. */
bool ptn_envelope_json(struct ptn_slice line, char *room, struct ptn_message *ret);

/* A collector's export as CSV, whose longest cell in quotes is the line (envelope_csv.c): fills *ret and says true, or
 * leaves it. */
bool ptn_envelope_csv(struct ptn_clock *, struct ptn_slice line, char *room, struct ptn_message *ret);

/* RFC 5424, behind the priority (envelope_5424.c): fills *m and says true, or leaves it. */
bool ptn_envelope_5424(struct ptn_clock *, struct ptn_message *m);

#endif
